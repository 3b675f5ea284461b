"""Section ``survey``: where the answers of firms are kept, out of what is published."""

from __future__ import annotations

from pathlib import Path

from pydantic import field_validator

from eitgeo.study._base import Section

PRIVATE_FOLDER = "private"
"""Ignored by git; nothing there is published."""


class Survey(Section):
    """Answers to the sign-up form, brought in by ``eitgeo survey import``."""

    path: Path = Path(PRIVATE_FOLDER, "declarations.parquet")
    """Table of the answers; contacts and match sheets are written beside it."""

    @field_validator("path")
    @classmethod
    def _in_the_private_folder(cls, path: Path) -> Path:
        inside = path.parts[:1] == (PRIVATE_FOLDER,) and ".." not in path.parts
        if path.is_absolute() or not inside or path.suffix != ".parquet":
            message = (
                f"un fichier .parquet du dossier « {PRIVATE_FOLDER} » est requis : "
                "il contient des données personnelles"
            )
            raise ValueError(message)
        return path
