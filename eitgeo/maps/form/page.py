"""The sign-up page: what it asks and says, in one file that cannot reach the network.

Printed before it is filled, it is the form on paper.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Final
from urllib.parse import quote, urlsplit

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from eitgeo.check import require_columns
from eitgeo.ledger import Place, written
from eitgeo.maps.pages.page_parts import (
    AWAKE,
    accessibility_link,
    content_policy,
    font_face,
    still_style,
)
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.reference.naf import naf_divisions
from eitgeo.reference.survey import (
    FORM_FORMAT,
    LIST_SEPARATOR,
    answer_kinds,
    declared_mass_t,
    survey_choices,
    survey_fields,
    survey_natures,
    survey_periods,
    survey_units,
)
from eitgeo.study.asked import Form, Notice, require_settled
from eitgeo.tables.public import Released
from eitgeo.words import name_key, tied, typographic

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


MAX_RESOURCES = 50
"""Resources that one page may declare."""
_TOLD_TO_THE_SCRIPT = {
    "id": "field_id",
    "bloc": "block",
    "porte": "door",
    "type": "type",
    "oblige": "compulsory",
    "max": "max_length",
    "libelle": "label_fr",
}
_CHECKED = ("siret", "naf", "low_code", "number", "date", "email", "phone")
"""Kinds that the page checks as they are typed."""


def sign_up_page(sign_up: SignUp) -> bytes:
    """Make the page on which a firm signs up and declares resources.

    References
    ----------
    W3C, *Content Security Policy Level 3*; DINUM, *RGAA 4.1*.
    """
    style = font_face() + _part("form.css") + still_style()
    script = _part("form.js")
    address = sign_up.contact_email
    subtitle = sign_up.sheet.subtitle or sign_up.sheet.title
    subject = quote(f"Inscription – {subtitle}")
    body = quote("Bonjour,\n\nVeuillez trouver ma fiche en pièce jointe.\n")
    natures = survey_natures()
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_typeset,
    )
    page = environment.from_string(_part("form.html")).render(
        form=sign_up,
        sheet=sign_up.sheet,
        words=WORDS,
        subtitle=subtitle,
        fields=sign_up.fields,
        families={
            family: rows["label_fr"].to_dict()
            for family, rows in natures.groupby("family", sort=False)
        },
        landmarks=landmarks(),
        host=urlsplit(sign_up.post_url).netloc,
        mailto=f"mailto:{quote(address, safe='@')}?subject={subject}&body={body}",
        accessibility=accessibility_link(),
        policy=content_policy(script, style, post_url=sign_up.post_url, first=AWAKE),
        css=style,
        awake=AWAKE,
        js=script,
        data=_data(sign_up, subtitle),
    )
    return page.encode()


def _part(name: str) -> str:
    folder = resources.files("eitgeo.maps.form")
    return folder.joinpath(name).read_text(encoding="utf-8")


def _typeset(value: Any) -> Any:
    """Set the apostrophes of a text that comes from data; what follows escapes it."""
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return typographic(value) if is_text else value


def _data(sign_up: SignUp, subtitle: str) -> str:
    """Return what the script reads, as JSON that cannot close its element."""
    content = {
        "format": FORM_FORMAT,
        "etude": sign_up.study,
        "etude_nom": subtitle,
        "separateur": LIST_SEPARATOR,
        "ressources_max": MAX_RESOURCES,
        "courriel": sign_up.contact_email,
        "envoi": sign_up.post_url,
        "jours": sign_up.answer_days,
        "interlocuteur": sign_up.sheet.contact,
        "champs": [
            {key: field[column] for key, column in _TOLD_TO_THE_SCRIPT.items()}
            for field in sign_up.fields
        ],
        "sortes": {
            kind: {"ote": removed, "motif": pattern, "joint": joined, "forme": remedy}
            for kind, removed, pattern, joined, remedy in answer_kinds()
            .loc[list(_CHECKED), ["removed", "pattern", "joined", "remedy"]]
            .itertuples(name=None)
        },
        "divisions": naf_divisions()["label"].to_dict(),
        **conversion_factors(),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return tied(text).replace("&", "\\u0026").replace("<", "\\u003c")
