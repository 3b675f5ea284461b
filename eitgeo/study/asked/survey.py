"""What is kept out of what is published: answers of firms, tickets of weighbridges."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from eitgeo.study.base import Line, Section

PRIVATE_FOLDER = "private"
"""Ignored by git; nothing there is published."""

_DIRECTIVE = re.compile("%([A-Za-z])")


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
        return _made_to_be_told(path)


def _made_to_be_told(path: Path) -> Path:
    inside = not path.is_absolute() and ".." not in path.parts
    if not inside or path.parts[:1] == (PRIVATE_FOLDER,) or path.suffix != ".csv":
        message = (
            "un fichier .csv du dossier de l'étude est requis, hors de "
            f"« {PRIVATE_FOLDER} » : il est fait pour être diffusé"
        )
        raise ValueError(message)
    return path


class TicketColumns(Section):
    """How the weighbridge calls what a ticket tells; empty: it does not tell it."""

    date: Line
    product: Line
    mass: Line
    siret: Line = ""
    naf: Line = ""
    client: Line = ""
    """Number or name by which the syndicate knows the client."""
    commune: Line = ""
    """INSEE code of the client's commune."""
    site: Line = ""
    ticket: Line = ""
    """Number of the ticket: without it, no repeated line is known for a duplicate."""
    state: Line = ""


class Weighings(Section):
    """Tickets of the weighbridges of a syndicate, one file or more of one layout."""

    paths: Annotated[tuple[Path, ...], Field(min_length=1)]
    published: Path = Path("data", "raw", "pesees.csv")
    """What ``eitgeo survey publish --pesees`` lets out of them, and a study reads."""
    columns: TicketColumns
    date_format: Line = "%d/%m/%Y"
    decimal: Literal[",", "."] = ","
    unit: Literal["kg", "t"]
    separator: Literal[";", ",", "\t"] = ";"
    sheet: Line | None = None
    """Sheet of a workbook; none: the first."""
    products: Annotated[dict[str, str], Field(min_length=1)]
    """Product → code of waste (« 15 01 03 »), or category (« W075 »); empty: it is no
    waste."""
    sites: dict[str, str] = Field(default_factory=dict)
    """Site of the weighbridge → identifier of the outlet."""
    cancelled: tuple[Line, ...] = ()
    """States of the tickets that count for nothing."""
    public_clients: tuple[Line, ...] = ()
    """Clients that are public bodies, where no SIRET tells it."""
    by: Literal["epci", "naf"] = "epci"
    """What sums are told by, beside families of waste."""
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    """Period of the export; none: from the first ticket to the last."""

    @field_validator("paths")
    @classmethod
    def _in_the_private_folder(cls, paths: tuple[Path, ...]) -> tuple[Path, ...]:
        for path in paths:
            inside = path.parts[:1] == (PRIVATE_FOLDER,) and ".." not in path.parts
            kind = path.suffix.lower() in {".csv", ".txt", ".xlsx"}
            if path.is_absolute() or not inside or not kind:
                message = (
                    f"un fichier .csv ou .xlsx du dossier « {PRIVATE_FOLDER} » est "
                    "requis : chaque ticket nomme un client (l'y déplacer)"
                )
                raise ValueError(message)
        return paths

    @field_validator("published")
    @classmethod
    def _out_of_the_private_folder(cls, path: Path) -> Path:
        return _made_to_be_told(path)

    @field_validator("date_format")
    @classmethod
    def _a_whole_day(cls, written: str) -> str:
        day, told = dt.date(2026, 11, 24), set(_DIRECTIVE.findall(written))
        read = None
        if {"d", "m"} < told and told & {"Y", "y"}:
            with suppress(ValueError):
                read = dt.datetime.strptime(day.strftime(written), written).date()  # noqa: DTZ007 - a day
        if read != day:
            message = "jour, mois et année sont requis (par exemple « %d/%m/%Y »)"
            raise ValueError(message)
        return written

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if self.first_day and self.last_day and self.first_day > self.last_day:
            message = "« first_day » vient après « last_day »"
            raise ValueError(message)
        return self
