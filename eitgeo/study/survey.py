"""Section ``survey``: where the answers of firms are kept, out of what is published."""

from __future__ import annotations

from pathlib import Path

from pydantic import field_validator

from eitgeo.study.base import Section

PRIVATE_FOLDER = "private"
"""Ignored by git; nothing there is published."""


class Survey(Section):
    """Answers to the sign-up form, brought in by ``eitgeo survey import``."""

    path: Path = Path(PRIVATE_FOLDER, "declarations.parquet")
    """Table of the answers; contacts and match sheets are written beside it."""

    published: Path = Path("data", "raw", "enquete.csv")
    """What ``eitgeo survey publish`` lets out of it, and a study reads."""

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

    @field_validator("published")
    @classmethod
    def _out_of_the_private_folder(cls, path: Path) -> Path:
        inside = not path.is_absolute() and ".." not in path.parts
        if not inside or path.parts[:1] == (PRIVATE_FOLDER,) or path.suffix != ".csv":
            message = (
                "un fichier .csv du dossier de l'étude est requis, hors de "
                f"« {PRIVATE_FOLDER} » : il est fait pour être diffusé"
            )
            raise ValueError(message)
        return path
