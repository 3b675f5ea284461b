"""The sign-up form on paper: A4 sheets to fill with a pen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_pdf import PdfPages

from eitgeo.maps.form._blocks import (
    HEIGHT_MM,
    MARGIN_MM,
    WIDTH_MM,
    Item,
    boxes,
    digits,
    heading,
    paginate,
    paragraph,
    ticks,
)
from eitgeo.maps.form.sign_up import (
    BLOCKS,
    DOORS,
    DRAFT_NOTICE,
    LEGAL_STATUS,
    NO_ADDRESS,
    NO_DIVULGENCE,
    TITLE,
    landmarks,
)
from eitgeo.maps.paper.canvas import Page, drawing_style, fill_box, text_width_mm, write
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.palette import DEMONSTRATION_INK, INK, MUTED
from eitgeo.reference.survey import survey_choices, survey_fields

if TYPE_CHECKING:
    from eitgeo.maps.form.sign_up import SignUp

RESOURCES_ON_PAPER = 2
_SIRET_DIGITS = 14
_COLUMNS = {
    "sens": 2,
    "effectif": 4,
    "interet": 3,
    "besoin": 7,
    "periode": 6,
    "etat": 5,
    "stockage": 6,
    "devenir": 3,
    "prix": 3,
}
_TOGETHER = {
    "commune": ("commune", "naf"),
    "nature": ("nature", "nature_precision"),
    "quantite": ("quantite", "unite", "code_dechet"),
    "mois_debut": ("mois_debut", "mois_fin", "disponible_des"),
    "devenir_precision": ("devenir_precision", "contrat_fin", "distance_km"),
    "contact_nom": ("contact_nom", "contact_fonction"),
    "contact_courriel": ("contact_courriel", "contact_telephone"),
}
"""Fields that stand on one line, under the first of them."""

_PAPER_HELP = {
    "commune": "Nom et code postal",
    "unite": "Tonne, benne de 15 m³, bac de 660 L, balle …",
    "nature": "En mots de tous les jours : palettes, cartons, gravats …",
    "code_dechet": "Facultatif, six chiffres",
    "devenir_precision": "Entreprise ou site",
}


def sign_up_pdf(sign_up: SignUp) -> bytes:
    """Lay the sign-up form out on A4 sheets, to print and fill by hand."""
    buffer = io.BytesIO()
    about: dict[str, Any] = {"Title": TITLE, "Subject": sign_up.sheet.subtitle}
    about |= {"CreationDate": None, "Producer": None, "Creator": "eitgeo"}
    with drawing_style(), PdfPages(buffer, metadata=about) as pdf:
        pages = paginate(_blocks(sign_up))
        for rank, items in enumerate(pages, start=1):
            page = Page(FORMATS["A4_portrait"])
            _draw_header(page, sign_up, f"{rank} / {len(pages)}")
            for y, item in items:
                item.draw(page, y)
            pdf.savefig(page.figure)
    return buffer.getvalue()


def _draw_header(page: Page, sign_up: SignUp, number: str) -> None:
    sheet, right = sign_up.sheet, WIDTH_MM - MARGIN_MM
    top = HEIGHT_MM - 10.0
    write(page, MARGIN_MM, top, TITLE, size=15, bold=True)
    write(page, MARGIN_MM, top - 7.5, sheet.subtitle, size=8.5, color=MUTED)
    status = sheet.status_stamp.upper()
    width = text_width_mm(status, 8, bold=True) + 5
    box = (right - width, top - 6, width, 6)
    fill_box(page, box, facecolor="none", edgecolor=INK, linewidth=0.8)
    middle = right - width / 2
    write(page, middle, top - 3, status, size=8, bold=True, ha="center", va="center")
    if not sign_up.has_address:
        stamp = NO_ADDRESS.upper()
        write(
            page, MARGIN_MM, top - 13, stamp, size=9, bold=True, color=DEMONSTRATION_INK
        )
    date = f"Édition du {sheet.edition_text} · {number}"
    write(page, right, top - 7.5, date, size=8, color=MUTED, ha="right")
    foot = " · ".join(filter(None, [sheet.funders, sheet.contact]))
    write(page, MARGIN_MM, 10.0, foot, size=6.8, color=MUTED)


def _blocks(sign_up: SignUp) -> list[list[Item]]:
    resources = [
        [heading(f"Ressource {rank}"), *_questions("ressource"), *_questions("devenir")]
        for rank in range(1, RESOURCES_ON_PAPER + 1)
    ]
    return [
        [paragraph(LEGAL_STATUS, bold=True), paragraph(NO_DIVULGENCE)],
        [ticks("Que souhaitez-vous faire ?", DOORS.values(), columns=2)],
        [heading(BLOCKS["etablissement"]), *_questions("etablissement")],
        [heading(BLOCKS["interet"]), *_questions("interet")],
        [heading(BLOCKS["besoin"]), *_questions("besoin")],
        _landmarks(),
        *resources,
        [*_notice(sign_up), heading(BLOCKS["consentement"]), *_consents()],
        [heading(BLOCKS["contact"]), *_questions("contact")],
        [boxes([("Date", ""), ("Signature", "")])],
        [paragraph(_return_to(sign_up), bold=True)],
    ]


def _return_to(sign_up: SignUp) -> str:
    where = sign_up.contact_email or sign_up.sheet.contact or "votre interlocuteur"
    return f"À remettre à {where}."


def _questions(block: str) -> list[Item]:
    fields = survey_fields()
    rows = fields[fields["block"] == block]
    followers = {name for group in _TOGETHER.values() for name in group[1:]}
    return [
        _question(str(name), fields.loc[[*_TOGETHER.get(str(name), (name,))]])
        for name in rows.index
        if name not in followers
    ]


def _question(name: str, rows: Any) -> Item:
    about = rows.iloc[0]
    label = _label(about)
    if name == "siret":
        return digits(label, about["help_fr"], _SIRET_DIGITS)
    if name in _COLUMNS:
        choices = survey_choices(about["choices"]).values()
        return ticks(label, choices, columns=_COLUMNS[name], told=about["help_fr"])
    return boxes(
        [
            (_label(row), _PAPER_HELP.get(str(field), row["help_fr"]))
            for field, row in rows.iterrows()
        ]
    )


def _label(about: Any) -> str:
    return f"{about['label_fr']}{' *' if about['compulsory'] == 'oui' else ''}"


def _consents() -> list[Item]:
    fields = survey_fields()
    rows = fields[fields["block"] == "consentement"]
    return [ticks("", [_label(row)], columns=1) for _, row in rows.iterrows()]


def _landmarks() -> list[Item]:
    marks = [f"{nature}, {unit} : {mass}" for nature, unit, mass in landmarks()]
    return [
        heading("Repères : ce que pèse une unité"),
        *(paragraph(mark, muted=True) for mark in marks),
    ]


def _notice(sign_up: SignUp) -> list[Item]:
    draft = [paragraph(DRAFT_NOTICE, bold=True)] if sign_up.is_draft else []
    return [
        heading("Notice d'information sur vos données"),
        *draft,
        *(paragraph(f"{heading_} : {text}") for heading_, text in sign_up.notice_lines),
    ]
