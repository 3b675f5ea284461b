"""Libraries that an extra brings: named where they are absent."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from eitgeo.errors import StudyError

OF_A_STUDY = ("archives", "dossier", "manifest", "methods", "sirene")
"""What ``eitgeo[study]`` holds."""

LIBRARIES = (
    "arviz_stats",
    "duckdb",
    "libpysal",
    "py7zr",
    "pymcdm",
    "rocrate",
    "spopt",
    "typst",
)
"""The same, as they are imported."""


def require_study() -> None:
    """Say at once what a study would lack hours later."""
    if absent := [name for name in LIBRARIES if find_spec(name) is None]:
        message = (
            f"étude : bibliothèques absentes : {', '.join(absent)} → "
            '« pip install "eitgeo[study]" », ou « make study » dans le dépôt'
        )
        raise StudyError(message)


def from_extra(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import a library, or say which extra brings it.

    Examples
    --------
    >>> from_extra("json", extra="aucun", purpose="exemple").__name__
    'json'
    >>> from_extra("pas_la", extra="aucun", purpose="exemple")
    Traceback (most recent call last):
    eitgeo.errors.StudyError: exemple : la bibliothèque « pas_la » est absente →
    « pip install "eitgeo[aucun]" », ou « make env » dans le dépôt
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as absent:
        message = (
            f"{purpose} : la bibliothèque « {absent.name} » est absente → "
            f'« pip install "eitgeo[{extra}]" », ou « make env » dans le dépôt'
        )
        raise StudyError(message) from absent
