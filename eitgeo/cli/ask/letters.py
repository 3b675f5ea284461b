"""The letter that goes with a sheet: a draft, to be validated before it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docx.enum.section import WD_ORIENT
from docx.shared import Pt

from eitgeo.dossier.docx import document_bytes, new_document, printable
from eitgeo.words import typographic

if TYPE_CHECKING:
    import datetime as dt

    from eitgeo.cli.ask.questions import Letter

DRAFT = "PROJET, À FAIRE VALIDER"
_RULE = (
    "Ce que deviendront vos réponses. Elles sont gardées dans un dossier qui n’est pas "
    "diffusé. Ce que l’étude publie porte sa source et sa date. Aucun chiffre n’est "
    "publié pour moins de trois établissements, ni quand un seul en fait plus de "
    "85 %. Aucun nom de personne n’est demandé."
)
_FORMAT = (
    "Sous quelle forme. Le tableau joint ({workbook}) est à remplir et à renvoyer tel "
    "quel. Un export de vos propres outils convient aussi : il sera recopié. Ce que "
    "vous ne savez pas reste vide."
)
_TO_FILL = "à compléter"


class Sender(NamedTuple):
    """Who writes, of what study, and until when an answer is asked."""

    study: str
    title: str
    contact: str
    edition: dt.date
    due: dt.date


def letter_docx(letter: Letter, sender: Sender) -> bytes:
    """Write the letter to one holder: the same bytes for the same study."""
    document = new_document(title=f"Demande : {letter.label}", edition=sender.edition)
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    _say(document, DRAFT, bold=True)
    _say(document, sender.study or sender.title)
    _say(document, f"Le {sender.edition:%d/%m/%Y}")
    _say(document, letter.to, bold=True)
    _say(document, f"Objet : données pour l’étude « {sender.title} »", bold=True)
    _say(document, "Madame, Monsieur,")
    _say(
        document,
        "Cette étude compare des périmètres pour une démarche d’écologie industrielle "
        "et territoriale. Aucun registre public ne donne ce qui suit ; vous l’avez "
        f"peut-être. Une réponse, même partielle, avant le {sender.due:%d/%m/%Y} "
        "nous serait utile.",
    )
    for rank, one in enumerate(letter.questions, start=1):
        _say(document, f"{rank}. {one.what}.", bold=True)
        _say(document, f"Pourquoi. {one.why}.")
        _say(document, f"Usage. {one.use}.")
    _say(document, _RULE)
    _say(document, _FORMAT.format(workbook=letter.workbook))
    _say(document, f"Contact : {sender.contact or _TO_FILL}.")
    _say(document, "Je vous remercie de votre aide.")
    _say(document, f"Nom et qualité du signataire : {_TO_FILL}.")
    return document_bytes(document)


def _say(document: Any, text: str, *, bold: bool = False) -> None:
    run = document.add_paragraph().add_run(typographic(printable(text)))
    run.bold = bold
