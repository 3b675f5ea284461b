"""The sign-up page: one file that works from a disk and cannot reach the network."""

from __future__ import annotations

import json
from html import escape
from importlib import resources
from urllib.parse import quote, urlsplit

from eitgeo.maps.form._fields import block_html, fold_html
from eitgeo.maps.form.sign_up import (
    BLOCKS,
    DOOR_HELP,
    DOORS,
    DRAFT_NOTICE,
    LEGAL_STATUS,
    NO_ADDRESS,
    NO_ADDRESS_REASON,
    NO_DIVULGENCE,
    TITLE,
    SignUp,
    conversion_factors,
)
from eitgeo.maps.pages.page_parts import (
    AWAKE,
    accessibility_link,
    fill_slots,
    fold,
    html_text,
    still_block,
    still_list,
    still_style,
)
from eitgeo.maps.pages.policy import content_policy, font_face
from eitgeo.reference.naf import naf_divisions
from eitgeo.reference.survey import FORM_FORMAT, LIST_SEPARATOR, survey_fields
from eitgeo.words import NARROW, NBSP, tied

MAX_RESOURCES = 50
"""Resources that one page may declare."""
BACK_LINK = (
    '<p class="retour"><a href="../index.html">Toutes les pages de l’étude</a></p>'
)
WORKBOOK, PAPER = "inscription.xlsx", "inscription_A4.pdf"
_READING = (
    "Version de lecture : voici ce qui est demandé, et comment répondre sans cette "
    "page. Pour la remplir ici, l'ouvrir dans un navigateur (Firefox, Chrome, Edge, "
    "Safari), avec JavaScript."
)
_COLON = "\N{NO-BREAK SPACE}: "


def sign_up_page(sign_up: SignUp) -> bytes:
    """Make the page on which a firm signs up and declares resources.

    References
    ----------
    W3C, *Content Security Policy Level 3*; DINUM, *RGAA 4.1*.
    """
    style = font_face() + _read("form.css") + still_style()
    script = _read("form.js")
    slots = {
        "policy": escape(
            content_policy(script, style, post_url=sign_up.post_url, first=AWAKE)
        ),
        "title": html_text(TITLE),
        "subtitle": html_text(sign_up.sheet.subtitle or sign_up.sheet.title),
        "status": html_text(sign_up.sheet.status_stamp),
        "edition": sign_up.sheet.edition_text,
        "legal": html_text(LEGAL_STATUS),
        "secrets": html_text(NO_DIVULGENCE),
        "unsendable": _unsendable(sign_up),
        "back": BACK_LINK,
        "doors": _doors(),
        "notice": _notice(sign_up),
        "sending": _sending(sign_up),
        "post": _post(sign_up),
        "footer": _footer(sign_up),
        "needs": fold_html(
            BLOCKS["besoin"], block_html("besoin", sign_up), is_grid=False
        ),
        "css": style,
        "awake": AWAKE,
        "static": still_form(sign_up),
        "js": script,
        "data": _data(sign_up),
        **{f"head_{name}": html_text(heading) for name, heading in BLOCKS.items()},
        **{name: block_html(name, sign_up) for name in BLOCKS},
    }
    # One pass: what a slot brings in is never searched for slots.
    return fill_slots(_read("form.html"), slots)


def _read(name: str) -> str:
    folder = resources.files("eitgeo.maps.form")
    return folder.joinpath(name).read_text(encoding="utf-8")


def _data(sign_up: SignUp) -> str:
    """Return what the script reads, as JSON that cannot close its element."""
    fields = survey_fields().to_dict("index")
    content = {
        "format": FORM_FORMAT,
        "etude": sign_up.study,
        "etude_nom": sign_up.sheet.subtitle or sign_up.sheet.title,
        "separateur": LIST_SEPARATOR,
        "ressources_max": MAX_RESOURCES,
        "courriel": sign_up.contact_email,
        "envoi": sign_up.post_url,
        "jours": sign_up.answer_days,
        "interlocuteur": sign_up.sheet.contact,
        "champs": [
            {
                "id": name,
                "bloc": about["block"],
                "porte": about["door"],
                "type": about["type"],
                "oblige": about["compulsory"],
                "max": about["max_length"],
                "motif": about["pattern"],
                "libelle": about["label_fr"],
            }
            for name, about in fields.items()
        ],
        "divisions": naf_divisions()["label"].to_dict(),
        **conversion_factors(),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return tied(text).replace("&", "\\u0026").replace("<", "\\u003c")


def _unsendable(sign_up: SignUp) -> str:
    """Stamp a form that would be filled for nothing, on screen and on paper."""
    if sign_up.has_address:
        return ""
    return (
        '<section class="sans-adresse" aria-label="Avertissement">'
        f"<p><strong>{html_text(NO_ADDRESS)}</strong></p>"
        f"<p>{html_text(NO_ADDRESS_REASON)}</p></section>"
    )


def _doors() -> str:
    return "".join(
        f'<label class="porte" for="porte-{name}"><input type="checkbox" '
        f'id="porte-{name}" name="porte" value="{name}" aria-controls="bloc-{name}"> '
        f"<span><strong>{html_text(text)}</strong><br>"
        f'<span class="aide">{html_text(DOOR_HELP[name])}</span></span></label>'
        for name, text in DOORS.items()
    )


def _notice(sign_up: SignUp) -> str:
    first = sign_up.first_lines
    rest = [line for line in sign_up.notice_lines if line not in first]
    more = (
        '<details class="suite-notice"><summary>Lire la suite de la notice</summary>'
        f"{_lines(rest)}</details>"
    )
    draft = (
        f"<p><strong>{html_text(DRAFT_NOTICE)}</strong></p>" if sign_up.is_draft else ""
    )
    return f"{draft}{_lines(first)}{more}"


def _lines(lines: list[tuple[str, str]]) -> str:
    rows = "".join(
        f"<dt>{html_text(heading)}</dt><dd>{html_text(text)}</dd>"
        for heading, text in lines
    )
    return f"<dl>{rows}</dl>"


def _sending(sign_up: SignUp) -> str:
    """Return how the file reaches the study, in words and perhaps as a link."""
    address = sign_up.contact_email
    if not address:
        contact = sign_up.sheet.contact
        who = f"{NBSP}: {html_text(contact)}" if contact else ""
        return f"<p>Envoyez ensuite ce fichier à votre interlocuteur{who}.</p>"
    subject = quote(f"Inscription – {sign_up.sheet.subtitle or sign_up.sheet.title}")
    body = quote("Bonjour,\n\nVeuillez trouver ma fiche en pièce jointe.\n")
    link = escape(f"mailto:{quote(address, safe='@')}?subject={subject}&body={body}")
    return (
        "<p>Envoyez ensuite ce fichier, en pièce jointe, à "
        f'<a href="{link}">{html_text(address)}</a>.</p>'
    )


def _post(sign_up: SignUp) -> str:
    if not sign_up.post_url:
        return ""
    host = html_text(urlsplit(sign_up.post_url).netloc)
    return (
        '<button type="button" id="envoyer">Envoyer la fiche par internet</button>'
        f'<p class="aide">Elle est envoyée à {host}, après votre clic seulement.</p>'
    )


def _footer(sign_up: SignUp) -> str:
    sheet = sign_up.sheet
    sources = f"{NARROW}; ".join(html_text(source) for source in sheet.sources)
    access = (
        f"{accessibility_link()}. Mêmes "
        'questions dans le <a href="inscription.xlsx">classeur</a> et sur '
        '<a href="inscription_A4.pdf">papier (PDF)</a>.'
    )
    lines = [
        html_text(sheet.funders),
        f"Communes{NBSP}: {sources}" if sources else "",
        f"Contact{NBSP}: {html_text(sheet.contact)}" if sheet.contact else "",
        access,
    ]
    return "".join(f"<p>{line}</p>" for line in lines if line)


def still_form(sign_up: SignUp) -> str:
    """Return what stands in the page for who runs no script."""
    doors = still_list(f"{text} – {DOOR_HELP[name]}" for name, text in DOORS.items())
    return still_block(
        [
            f"<section><h2>Que souhaitez-vous faire ?</h2>{doors}</section>",
            f"<section><h2>Comment répondre</h2>{_ways(sign_up)}</section>",
            f"<section><h2>Ce qui est demandé</h2>{_asked()}</section>",
            fold("Notice d'information sur vos données", _whole_notice(sign_up)),
        ],
        notice=_READING,
    )


def _ways(sign_up: SignUp) -> str:
    ways = [
        f'Dans un tableur{_COLON}<a href="{WORKBOOK}">{WORKBOOK}</a>, mêmes questions.',
        f'Sur papier{_COLON}<a href="{PAPER}">{PAPER}</a>, à imprimer et à remplir.',
        *_senders(sign_up),
    ]
    return f"<ul>{''.join(f'<li>{one}</li>' for one in ways)}</ul>"


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
        block_fields = fields[fields["block"] == name]
        texts = [
            f"{label}{' (obligatoire)' if is_needed else ''}"
            for label, is_needed in zip(
                block_fields["label_fr"],
                block_fields["compulsory"].eq("oui"),
                strict=True,
            )
        ]
        if texts:
            parts.append(fold(heading, still_list(texts)))
    return "".join(parts)


def _whole_notice(sign_up: SignUp) -> str:
    draft = f"<p><b>{html_text(DRAFT_NOTICE)}</b></p>" if sign_up.is_draft else ""
    return draft + still_list(
        f"{heading} : {text}" for heading, text in sign_up.notice_lines
    )
