"""What is private: which files, and how a study that holds them is written."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from eitgeo.check import Faults
from eitgeo.errors import SourceError, StudyError
from eitgeo.store import private_folder, relative_name
from eitgeo.study.asked import PRIVATE_FOLDER

if TYPE_CHECKING:
    from eitgeo.study.project import Project

_OTHERS = 0o077
_TEMPORARY = "provisoire"


def is_secret(path: Path, project: Project) -> bool:
    """Say whether a study that may be published must leave a file alone."""
    full = path.resolve()
    return not project.private and any(
        one.name.casefold() == PRIVATE_FOLDER
        and not project.base.resolve().is_relative_to(one)
        for one in full.parents
    )


def tell_secrets(read: Iterable[Path], project: Project, *, faults: Faults) -> None:
    """Note the files that a study which may be published must leave alone."""
    for path in sorted(path for path in read if is_secret(path, project)):
        faults.add(
            f"{relative_name(path, project.base)} : une étude qui se publie n'ouvre "
            f"rien de {PRIVATE_FOLDER}/",
            remedy="mettre le fichier ailleurs, ou « eitgeo run --private »",
        )


def require_public(project: Project) -> None:
    """Refuse a private study where many are gathered for others to read."""
    if project.private:
        message = (
            f"un lot ne fait pas d'étude privée → écrire hors de {PRIVATE_FOLDER}/"
        )
        raise StudyError(message)


@contextmanager
def shut(project: Project) -> Iterator[None]:
    """Write for their owner alone the files of a private study, passing ones too."""
    if not project.private:
        yield
        return
    private_folder(project.base / PRIVATE_FOLDER, root=project.base)
    _require_kept_in(project)
    passing = project.cache / _TEMPORARY
    mask, folder = os.umask(_OTHERS), tempfile.tempdir
    try:
        # What a run that was cut left there is nobody's.
        shutil.rmtree(passing, ignore_errors=True)
        passing.mkdir(parents=True)
        tempfile.tempdir = str(passing)
        yield
    finally:
        tempfile.tempdir = folder
        os.umask(mask)
        shutil.rmtree(passing, ignore_errors=True)


def _require_kept_in(project: Project) -> None:
    """Refuse a folder of a private study that is a link out of the private folder."""
    home = (project.base / PRIVATE_FOLDER).resolve()
    for path in (project.out, *sorted(project.out.rglob("*"))):
        if path.is_dir() and not path.resolve().is_relative_to(home):
            message = (
                f"{path.name} : un lien mène hors de {PRIVATE_FOLDER}/ → le remplacer "
                "par un vrai dossier : une étude privée y écrit"
            )
            raise SourceError(message)
