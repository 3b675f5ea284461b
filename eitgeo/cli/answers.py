"""What becomes of the answers of firms in a study, for whoever asks."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from eitgeo.study.asked import PRIVATE_FOLDER

if TYPE_CHECKING:
    from eitgeo.study.project import Project

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
LEDGER = "publications.json"
"""In the private folder: who made each sum that was told."""


def answer_facts(project: Project) -> dict[str, str]:
    """Say which answers a study has, what was published, and what to do."""
    survey = project.study.survey
    form = {} if project.study.form is None else {"formulaire": _form(project)}
    if survey is None:
        return form | {"section survey": "absente : l'étude ne reçoit pas de fiches"}
    answers = project.path(survey.path)
    published = project.path(survey.published)
    facts = form | {
        "réponses": _answers(answers, published),
        "sommes publiées": _published(published, answers.with_name(LEDGER)),
    }
    folder = project.base / PRIVATE_FOLDER
    if folder.is_dir():
        facts[f"dossier {PRIVATE_FOLDER}"] = _rights(folder)
    return facts


def _form(project: Project) -> str:
    form = project.study.form
    if form is None or not form.has_address:
        return (
            "AUCUNE ADRESSE D'ENVOI, ne pas diffuser → form.contact_email ou "
            "form.post_url"
        )
    days = form.answer_days
    if days is None:
        return "adresse d'envoi indiquée ; aucun délai de réponse (form.answer_days)"
    return f"adresse d'envoi indiquée ; réponse sous {days} jour(s) ouvré(s)"


def _answers(answers: Path, published: Path) -> str:
    if not answers.is_file():
        return "aucune fiche importée"
    sentence = (
        "« eitgeo run » ne les lit pas ; « eitgeo run --private » fait une étude "
    )
    sentence += "à ne pas diffuser"
    if published.is_file():
        return sentence
    return f"{sentence} → en publier des sommes : « eitgeo survey publish »"


def _published(published: Path, ledger: Path) -> str:
    if not published.is_file():
        return "aucune"
    if ledger.is_file():
        return f"{published.name}, tenu par {ledger.name}"
    return (
        f"{published.name}, SANS {ledger.name} : l'écart avec la prochaine publication "
        "ne peut être vérifié → reprendre ce registre d'une sauvegarde"
    )


def _rights(folder: Path) -> str:
    if folder.is_symlink():
        return "LIEN vers un autre dossier → en faire un dossier de l'étude"
    if os.name == "posix" and folder.stat().st_mode & _OTHERS:
        return "OUVERT à d'autres comptes → chmod 700 (« eitgeo survey » le fait aussi)"
    return "réservé à son propriétaire" if os.name == "posix" else "présent"
