"""What the sign-up form asks and says: study, communes, notice, words."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Final

from eitgeo.check import require_columns
from eitgeo.ledger import Place, written
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.reference.survey import (
    declared_mass_t,
    survey_choices,
    survey_fields,
    survey_natures,
    survey_periods,
    survey_units,
)
from eitgeo.study.asked import Form, Notice, require_settled
from eitgeo.tables.public import Released
from eitgeo.words import name_key

WORDS: Final[dict[str, Any]] = tomllib.loads(
    (resources.files("eitgeo.maps.form") / "words.toml").read_text(encoding="utf-8")
)
"""What is said beside the questions."""
_ROOM = {"siret": 20, "low_code": 14, "naf": 8}
"""Room for the spaces that people put in numbers [characters]."""


@dataclass(frozen=True)
class SignUp:
    """What the form says of the study, and the communes that it offers."""

    study: str  # Name of the study: what is imported must bear it
    sheet: Sheet
    notice: Notice
    contact_email: str  # Where an answer may go
    post_url: str  # may be empty
    # Working days within which someone calls back; None: no delay is promised
    answer_days: int | None
    # INSEE code and label « Saint-Girons (09261) », by name
    communes: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def notice_lines(self) -> list[tuple[str, str]]:
        """Return the notice as printed: heading and text, French."""
        years = self.notice.retention_years
        unit = "ans" if years > 1 else "an"
        texts = self.notice.model_dump() | {
            "published": WORDS["published"],
            "retention_years": (
                f"{years} {unit} à compter de la date de la fiche, puis effacement."
            ),
        }
        return [
            (
                f"{label} ({WORDS['to_validate']})"
                if name in self.notice.drafted
                else label,
                str(texts[name]),
            )
            for name, label in WORDS["notice"].items()
        ]

    @property
    def first_lines(self) -> list[tuple[str, str]]:
        """Return what the page tells of the notice before its fold."""
        heads = {WORDS["notice"][name] for name in WORDS["notice_first"]}
        return [line for line in self.notice_lines if line[0] in heads]

    @property
    def has_address(self) -> bool:
        """Say whether the answer can be sent anywhere."""
        return bool(self.contact_email or self.post_url)

    @property
    def is_draft(self) -> bool:
        """Say whether the notice must be printed as a draft."""
        return self.sheet.status != "valide"

    @property
    def fields(self) -> list[dict[str, Any]]:
        """Return the questions in order, each with what its list offers, by code."""
        outside = (WORDS["outside_code"], WORDS["outside_label"])
        questions = survey_fields().reset_index().to_dict("records")
        for one in questions:
            name = one["choices"]
            is_place = name == "commune"
            one["room"] = _ROOM.get(one["type"], one["max_length"])
            one["options"] = (
                dict([*self.communes, outside])
                if is_place
                else survey_choices(name)
                if name
                else {}
            )
        return [{str(key): value for key, value in one.items()} for one in questions]


def make_sign_up(communes: Released, *, form: Form, sheet: Sheet, study: str) -> SignUp:
    """Gather what the forms print, refusing a notice that is not settled."""
    table = communes.table
    require_columns(table, ["code_insee", "nom", "in_area"], where="communes")
    area = table[table["in_area"]]
    offered = sorted(
        zip(area["code_insee"], area["nom"], strict=True),
        key=lambda commune: (name_key(str(commune[1])), commune[0]),
    )
    return SignUp(
        study=study,
        sheet=sheet,
        notice=require_settled(form, status=sheet.status),
        contact_email=form.contact_email,
        post_url=form.post_url,
        answer_days=form.answer_days,
        communes=tuple((str(code), f"{name} ({code})") for code, name in offered),
    )


def conversion_factors() -> dict[str, dict[str, object]]:
    """Return the factors with which the page converts quantities as they are typed."""
    ends = ("low", "mid", "high")
    columns = {
        "unites": ["kind", "m3", *(f"{k}_{e}" for k in ("kg", "fill") for e in ends)],
        "natures": ["measure", *(f"t_per_m3_{end}" for end in ends)],
        "periodes": [*(f"per_year_{end}" for end in ends), "one_off", "note"],
    }
    columns["unites"].append("note")
    tables = (survey_units(), survey_natures(), survey_periods())
    return {
        name: {
            str(code): {
                column: value
                for column, value in row[columns[name]].items()
                if value == value and value != ""  # noqa: PLR0124 - NaN is not itself
            }
            for code, row in table.iterrows()
        }
        for name, table in zip(columns, tables, strict=True)
    }


def landmarks() -> list[tuple[str, str, str]]:
    """Return a few conversions that a firm can hold on to: nature, unit, mass."""
    units, natures = survey_choices("unite"), survey_natures()["label_fr"]
    lines = []
    for unit, nature in WORDS["landmarks"]:
        mass = declared_mass_t(1.0, unit, nature=nature, period="an")
        text = written(
            mass.mid_t,
            Place("survey_units", f"{unit} / {nature}", "mid_t"),
            bounds=(mass.low_t, mass.high_t),
            evidence="H",
            unit="t",
            decimals=0,
        )
        lines.append((str(natures[nature]), units[unit], text))
    return lines
