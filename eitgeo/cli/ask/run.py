"""What ``eitgeo ask`` does and says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eitgeo.cli.ask.answers import read_answer
from eitgeo.cli.ask.kept import answered, keep, write_products
from eitgeo.cli.ask.questions import (
    every_letter,
    private_demands,
    study_letters,
)
from eitgeo.cli.ask.sheets import Sender, letter_docx, letter_xlsx
from eitgeo.cli.survey.private import alone, hand_over
from eitgeo.reference.asks import asked_bases
from eitgeo.sources.survey.raw import RefusedFileError
from eitgeo.study.project import Project
from eitgeo.words import french_number, typographic

READ_ME = "LISEZMOI.txt"
_READ_ME = (
    "Demandes de données : une lettre et un tableau par destinataire. Projets, à faire "
    "valider avant envoi. Ce dossier n’est pas publié. Au retour : eitgeo ask --read "
    "FICHIER ; eitgeo status compte les réponses."
)


def run_ask(project: Project) -> list[str]:
    """Write the letters and the sheets of a study."""
    letters = study_letters(project)
    identity, ask = project.study.identity, project.study.ask
    due = ask.due_on(identity.edition)
    sender = Sender(
        identity.subtitle,
        identity.title,
        ask.contact or identity.contact,
        identity.edition,
        due,
    )
    folder, root = private_demands(project), project.base
    lines: list[str] = []
    documents = {folder / READ_ME: f"{typographic(_READ_ME)}\n".encode()}
    for letter in letters:
        documents[folder / letter.workbook] = letter_xlsx(letter, sender)
        documents[folder / letter.document] = letter_docx(letter, sender)
        names = " ; ".join(question.title for question in letter.questions)
        lines.append(f"{letter.label} : {names}")
    with alone(folder, root=root) as ledger:
        lines += hand_over(ledger, documents, root=root)
    count = french_number(len(letters))
    where = folder.relative_to(root).as_posix()
    last = f"{count} lettre(s) et tableau(x) dans {where}, à faire valider ; réponse "
    return [*lines, f"{last}souhaitée avant le {due:%d/%m/%Y}."]


def run_read(project: Project, files: Sequence[Path]) -> tuple[list[str], bool]:
    """Read filled sheets back; say what was refused, and whether anything was."""
    with alone(private_demands(project), root=project.base) as ledger:
        lines, refused = _read(project, files)
        lines += write_products(project, ledger)
    return [*lines, answer_sentence(project)], refused


def _read(project: Project, files: Sequence[Path]) -> tuple[list[str], bool]:
    letters = every_letter(project, set(asked_bases()))
    lines: list[str] = []
    refused = False
    for path in files:
        try:
            answer = read_answer(path, letters)
        except RefusedFileError as error:
            lines.append(f"{path.name} : {error}")
            refused = True
            continue
        keep(project, answer, path.name)
        label = next(one.label for one in letters if one.holder == answer.holder)
        n_rows = sum(map(len, answer.rows.values()))
        lines += answer.faults
        lines.append(
            f"{path.name} : {label}, {french_number(n_rows)} ligne(s) gardée(s), "
            f"{french_number(len(answer.faults))} faute(s)."
        )
        refused = refused or bool(answer.faults)
    return lines, refused


def answer_sentence(project: Project) -> str:
    """Say how many demands have an answer."""
    folder, given = private_demands(project), set(answered(project))
    letters = every_letter(project, set(asked_bases()))
    written = {one.holder for one in letters if (folder / one.document).is_file()}
    written |= given
    if not written:
        return "Aucune demande écrite : « eitgeo ask » en prépare les lettres."
    done, total = len(given), french_number(len(written))
    if not done:
        return f"Aucune demande sur {total} n’a de réponse."
    many, verb = ("s", "ont") if done > 1 else ("", "a")
    return f"{french_number(done)} demande{many} sur {total} {verb} une réponse."
