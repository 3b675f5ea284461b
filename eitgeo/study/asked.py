"""What is asked of others, and what of it is kept out of what is published.

Sections ``survey`` (answers of firms), ``weighings`` (tickets of weighbridges),
``form`` (the sign-up form, and the notice without which it is not made), ``ask`` (until
when holders of data are asked to answer, and to whom).
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from eitgeo.errors import StudyError
from eitgeo.study.base import Line, Section

PRIVATE_FOLDER = "private"
"""Ignored by git; nothing there is published."""
PRIVATE_STAMP = "NE PAS DIFFUSER – réponses d’entreprises"
"""On every page, sheet and picture of a study that holds answers of firms."""

_DIRECTIVE = re.compile("%([A-Za-z])")

UNSETTLED = "à confirmer"
"""Words that a notice may bear while the study is a draft, and no longer."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Email = Annotated[str, Field(pattern=r"^([^\s@?&]+@[^\s@?&]+\.[^\s@?&]+)?$")]
Address = Annotated[
    str, Field(pattern=r"^(https://[\w.-]+(:\d{1,5})?(/[^\s'\";,]*)?)?$")
]
"""No sign-in: a page would publish it; no « * »: answers could go anywhere."""


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
    """What ``eitgeo survey publish`` lets out of them, and a study reads."""
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
        day, directives = dt.date(2026, 11, 24), set(_DIRECTIVE.findall(written))
        read = None
        if {"d", "m"} < directives and directives & {"Y", "y"}:
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


class Notice(Section):
    """What a person must be told before giving data (GDPR, articles 12 and 13)."""

    controller: Text
    """Who answers for the data (responsable du traitement)."""
    purpose: Text
    legal_basis: Text
    retention_years: Annotated[int, Field(ge=1, le=10)] = 3
    recipients: Text
    rights: Text
    dpo_contact: Text
    """How to reach the data protection officer."""
    secrets: Text = (
        "Ce que vous écrivez n'est pas publié tel quel. Un tiers peut demander un "
        "document que détient une collectivité ; ce qui relève du secret des affaires "
        "en est alors retiré (code des relations entre le public et l'administration, "
        "article L311-6)."
    )
    """Business secrets; this text, and the two below, are printed to be validated."""
    environment: Text = (
        "Toute personne peut demander une information sur l'environnement que détient "
        "une autorité publique (code de l'environnement, articles L124-1 et "
        "suivants) ; le secret des affaires ne couvre pas les émissions "
        "(article L124-5)."
    )
    inspection: Text = (
        "L'inspection des installations classées, la CNIL et la justice peuvent "
        "demander une fiche, chacune dans ses pouvoirs ; rien ne leur est envoyé "
        "d'office."
    )
    """Who may ask for an answer."""

    @property
    def drafted(self) -> frozenset[str]:
        """Return the texts that the study leaves as the package words them."""
        fields = type(self).model_fields
        own = ("secrets", "environment", "inspection")
        return frozenset(n for n in own if getattr(self, n) == fields[n].default)


class Form(Section):
    """The sign-up form: its notice, and where an answer may be sent."""

    notice: Notice
    contact_email: Email = ""
    """Address to which a firm may send its file; empty: none is proposed."""
    post_url: Address = ""
    """Server that takes the answers (https); empty: the page reaches no network."""
    answer_days: Annotated[int, Field(ge=1, le=90)] | None = None
    """Working days within which someone calls back; none: no delay is promised."""

    @property
    def has_address(self) -> bool:
        """Say whether an answer can be sent anywhere."""
        return bool(self.contact_email or self.post_url)


def require_settled(form: Form, *, status: str) -> Notice:
    """Return the notice, refusing one that is still a draft in a validated study."""
    texts = form.notice.model_dump()
    drafts = [name for name, text in texts.items() if UNSETTLED in str(text)]
    if status == "valide" and drafts:
        names = ", ".join(f"« form.notice.{name} »" for name in drafts)
        message = (
            f"formulaire : « {UNSETTLED} » figure dans {names} d'une étude validée "
            "→ écrire le texte définitif, ou remettre identity.status à « projet »"
        )
        raise StudyError(message)
    return form.notice


class Ask(Section):
    """What the letters of « eitgeo ask » say beside what they ask."""

    due_days: Annotated[int, Field(ge=1, le=365)] = 30
    """Days to answer, counted from ``identity.edition``."""
    due: dt.date | None = None
    """Date of the answer, in place of a number of days."""
    contact: Line = ""
    """Who answers questions, and where to send the sheet; empty: that of the study."""

    def due_on(self, edition: dt.date) -> dt.date:
        """Return the date by which an answer is asked.

        Examples
        --------
        >>> import datetime as dt
        >>> Ask().due_on(dt.date(2026, 11, 24)).isoformat()
        '2026-12-24'
        """
        return self.due or edition + dt.timedelta(days=self.due_days)
