"""The sign-up page: one file that works from a disk and cannot reach the network.

Printed before it is filled, it is the form on paper.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from eitgeo.maps.form.sign_up import WORDS, SignUp, conversion_factors, landmarks
from eitgeo.maps.pages.page_parts import (
    AWAKE,
    accessibility_link,
    content_policy,
    font_face,
    still_style,
)
from eitgeo.reference.naf import naf_divisions
from eitgeo.reference.survey import (
    FORM_FORMAT,
    LIST_SEPARATOR,
    answer_kinds,
    survey_natures,
)
from eitgeo.words import tied, typographic

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
