"""The sign-up page without a script: what it asks, and how to answer on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.maps.form.sign_up import BLOCKS, DOOR_HELP, DOORS, DRAFT_NOTICE
from eitgeo.maps.pages.page_parts import html_text
from eitgeo.maps.pages.without_scripts import fold, still_block, still_list
from eitgeo.reference.survey import survey_fields

if TYPE_CHECKING:
    from eitgeo.maps.form.sign_up import SignUp

WORKBOOK, PAPER = "inscription.xlsx", "inscription_A4.pdf"
_NOTICE = (
    "Version de lecture : voici ce qui est demandé, et comment répondre sans cette "
    "page. Pour la remplir ici, l'ouvrir dans un navigateur (Firefox, Chrome, Edge, "
    "Safari), avec JavaScript."
)


def still_form(sign_up: SignUp) -> str:
    """Return what stands in the page for who runs no script."""
    doors = still_list(f"{text} – {DOOR_HELP[name]}" for name, text in DOORS.items())
    return still_block(
        [
            f"<section><h2>Que souhaitez-vous faire ?</h2>{doors}</section>",
            f"<section><h2>Comment répondre</h2>{_ways(sign_up)}</section>",
            f"<section><h2>Ce qui est demandé</h2>{_asked()}</section>",
            fold("Notice d'information sur vos données", _notice(sign_up)),
        ],
        notice=_NOTICE,
    )


def _ways(sign_up: SignUp) -> str:
    ways = [
        f'Dans un tableur{_COLON}<a href="{WORKBOOK}">{WORKBOOK}</a>, mêmes questions.',
        f'Sur papier{_COLON}<a href="{PAPER}">{PAPER}</a>, à imprimer et à remplir.',
        *_senders(sign_up),
    ]
    return f"<ul>{''.join(f'<li>{one}</li>' for one in ways)}</ul>"


_COLON = "\N{NO-BREAK SPACE}: "


def _senders(sign_up: SignUp) -> list[str]:
    """Say whom to send it to, or that no address was given."""
    contact = sign_up.contact_email or sign_up.sheet.contact
    if contact:
        return [f"À renvoyer à{_COLON}{html_text(contact)}."]
    return [html_text("À remettre à votre interlocuteur : aucune adresse d'envoi.")]


def _asked() -> str:
    """List the questions, block by block, those that must be answered marked."""
    fields = survey_fields()
    parts = []
    for name, heading in BLOCKS.items():
        mine = fields[fields["block"] == name]
        texts = [
            f"{label}{' (obligatoire)' if is_needed else ''}"
            for label, is_needed in zip(
                mine["label_fr"], mine["compulsory"].eq("oui"), strict=True
            )
        ]
        if texts:
            parts.append(fold(heading, still_list(texts)))
    return "".join(parts)


def _notice(sign_up: SignUp) -> str:
    draft = f"<p><b>{html_text(DRAFT_NOTICE)}</b></p>" if sign_up.is_draft else ""
    return draft + still_list(
        f"{heading} : {text}" for heading, text in sign_up.notice_lines
    )
