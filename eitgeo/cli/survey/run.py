"""What `eitgeo survey` does and says; the slow imports are here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import pandas as pd

from eitgeo.cli.answers import LEDGER
from eitgeo.cli.survey.private import (
    alone,
    edited_versions,
    erase,
    extract_csv,
    extract_name,
    file_label,
    hand_over,
    report_csv,
)
from eitgeo.cli.survey.publish import (
    answer_sums,
    draft_lines,
    draft_publication,
    epci_names,
    printed_firms,
    read_ledger,
    write_ledger,
    write_publication,
)
from eitgeo.cli.survey.sheets import SurveyTables, match_sheets
from eitgeo.cli.survey.status import status_lines
from eitgeo.cli.survey.weighings import ticket_paths, weighed_lines, weighed_sums
from eitgeo.disclosure.publications import Publication, without_firms
from eitgeo.dossier.animator import contacts_xlsx, keep_until, match_sheets_docx
from eitgeo.errors import SourceError, StudyError
from eitgeo.flows.arisings.declared import expressed_interest, named_outlets
from eitgeo.reference.survey import survey_fields
from eitgeo.sources.survey.answers import (
    SurveyImport,
    import_survey,
    purge_survey,
    survey_facts,
)
from eitgeo.steps.engine.ledger import Ledger
from eitgeo.steps.inputs.answers import stored_declarations
from eitgeo.steps.inputs.renewal import load_former
from eitgeo.steps.inputs.weighings import weighed_tickets
from eitgeo.study.asked import PRIVATE_FOLDER
from eitgeo.study.project import Project
from eitgeo.tables.files import read_declarations, read_table, write_declarations
from eitgeo.words import typographic

CONTACTS, SHEETS = "contacts.xlsx", "fiches_rapprochement.docx"
REPORT = "compte_rendu_import.csv"
LINES_TOLD = 40
"""Lines of the account on the console; the report has all."""

_YEARS = 3
"""Retention where the study has no form [years]."""


def run_import(
    project: Project, files: Sequence[Path], *, received: str
) -> tuple[list[str], bool]:
    """Bring files of the form in, then write what the animator works with."""
    path = survey_path(project)
    with alone(path.parent, root=project.base) as ledger:
        communes = read_table(project.processed, "communes")
        done = import_survey(
            files,
            stored_declarations(project, path) if path.is_file() else None,
            facts=survey_facts(
                project.study.identity.name,
                communes=communes,
                former=load_former(project, communes),
                sites=_table_if_there(project, "sites"),
                received=received,
                # Without asking the clock.
                last_day=received or f"{project.study.identity.edition.year + 1}-12-31",
            ),
        )
        root = project.base
        write_declarations(path, done.declarations, root=root)
        report = {path.with_name(REPORT): report_csv(done.report)}
        made = hand_over(ledger, report, root=root)
        made += _write_private(project, done.declarations, ledger)
    lines = [
        *_account(done),
        *made,
        "« eitgeo run » ne les lit pas : « eitgeo survey publish » en publie des",
        "sommes, « eitgeo run --private » fait une étude à ne pas diffuser.",
    ]
    return lines, bool(done.n_refused)


def survey_path(project: Project) -> Path:
    """Say where the answers are kept."""
    if project.study.survey is None:
        message = (
            "section « survey » absente de l'étude → y ajouter "
            "« survey: {path: private/declarations.parquet} »"
        )
        raise StudyError(message)
    # Not resolved: a link that leads out of the study is seen when it is written.
    return project.base / project.study.survey.path


def _table_if_there(project: Project, name: str) -> pd.DataFrame | None:
    there = (project.processed / f"{name}.parquet").is_file()
    return read_table(project.processed, name) if there else None


def _write_private(
    project: Project, declarations: pd.DataFrame, ledger: Ledger
) -> list[str]:
    """Write contacts and match sheets beside the answers."""
    identity, folder = project.study.identity, survey_path(project).parent
    communes = read_table(project.processed, "communes")
    names = dict(zip(communes["code_insee"], communes["nom"], strict=True))
    contacts = contacts_xlsx(
        declarations,
        commune_names=names,
        retention_years=retention(project),
        edition=identity.edition,
    )
    lines = [f"Contacts (accord de recontact) : {folder.name}/{CONTACTS}"]
    lines += hand_over(ledger, {folder / CONTACTS: contacts}, root=project.base)
    sites, pairs = (_table_if_there(project, n) for n in ("sites", "od_matrix"))
    if sites is None or pairs is None:
        return [*lines, "Fiches de rapprochement : après « eitgeo run »."]
    sheets = match_sheets(SurveyTables(declarations, sites, pairs, names))
    reasons = project.study.demonstration_reasons
    notes = [f"DÉMONSTRATION – {', '.join(reasons)}"] if reasons else []
    document = match_sheets_docx(
        sheets,
        study=typographic(identity.title),
        edition=identity.edition,
        notes=notes,
    )
    lines.append(f"Fiches de rapprochement : {len(sheets)}, {folder.name}/{SHEETS}")
    lines += hand_over(ledger, {folder / SHEETS: document}, root=project.base)
    return [*lines, *_outlet_lines(project, declarations)]


def _outlet_lines(project: Project, declarations: pd.DataFrame) -> list[str]:
    """Say how many of the outlets that firms name are known by that name."""
    outlets = _table_if_there(project, "outlets")
    named = declarations[declarations["devenir_precision"] != ""]
    if outlets is None or named.empty:
        return []
    known = int((named_outlets(named, outlets) != "").sum())
    sentence = (
        f"Exutoires nommés par les entreprises : {len(named)}, reconnus : {known}"
    )
    return [f"{sentence} (les autres restent un texte des fiches de rapprochement)."]


def retention(project: Project) -> int:
    """Say how long answers are kept."""
    form = project.study.form
    return _YEARS if form is None else form.notice.retention_years


def run_status(project: Project, *, weighed: bool) -> list[str]:
    """Count the interest expressed, or say what was read of the weighbridges."""
    if weighed:
        tickets = weighed_tickets(project, ticket_paths(project))
        return weighed_lines(tickets, epci_names(project))
    declarations = stored_declarations(project, survey_path(project))
    communes = read_table(project.processed, "communes")
    names, area = epci_names(project), communes[communes["in_area"]]
    comparison = project.study.comparison
    interest = expressed_interest(
        declarations,
        sites=read_table(project.processed, "sites"),
        epci_of=dict(
            zip(area["code_insee"], area["epci_siren"].map(names), strict=True)
        ),
        target_naf=comparison.target_naf,
        min_headcount=comparison.min_headcount,
    )
    lines = status_lines(interest)
    if oldest := min(declarations["form_date"], default=""):
        day = keep_until(oldest, retention(project))
        lines.append(f"Fiche la plus ancienne : à effacer après le {day}.")
    return lines


def run_sheets(project: Project) -> list[str]:
    """Write contacts and match sheets again, from the answers at hand."""
    path = survey_path(project)
    with alone(path.parent, root=project.base) as ledger:
        return _write_private(project, stored_declarations(project, path), ledger)


def run_publish(
    project: Project, *, day: str, agreed: Callable[[list[str]], bool]
) -> list[str]:
    """Let guarded sums out, of answers and of weighings: one publication a year."""
    survey, pesees = project.study.survey, project.study.sources.pesees
    if survey is None and pesees is None:
        survey_path(project)  # says what to add
    declared_in = project.base / (survey.path if survey else f"{PRIVATE_FOLDER}/x")
    ledger = declared_in.with_name(LEDGER)
    day = day or dt.datetime.now(tz=dt.UTC).astimezone().date().isoformat()
    places = set(epci_names(project))
    with alone(ledger.parent, root=project.base):
        parts = [weighed_sums(project, year=day[:4])] if pesees else []
        if survey and (declared_in.is_file() or not pesees):
            parts.append(answer_sums(project, declared_in, survey.published))
        draft = draft_publication(
            parts,
            day=day,
            places=places,
            ledger=ledger,
            known=printed_firms(project),
            processed=project.processed,
        )
        lines = draft_lines(parts, draft)
        if draft.new.sums:
            if not agreed(lines):
                return ["Rien n'est écrit."]
        elif not draft.earlier:
            return [*lines[1:], "Rien à publier : aucune somme ne passe."]
        write = write_publication(
            parts, draft, places=places, ledger=ledger, root=project.base
        )
        stands = "Rien de neuf : ce qui est publié tient."
        return write if draft.new.sums else [stands, *write]


def run_extract(project: Project, siret: str) -> list[str]:
    """Give back what is kept of a firm: its right of access."""
    path = survey_path(project)
    with alone(path.parent, root=project.base) as ledger:
        answers = read_declarations(path)
        rows = answers[answers["siret"] == siret]
        if rows.empty:
            message = f"aucune fiche au SIRET {file_label(siret)} → vérifier le numéro"
            raise SourceError(message)
        content = extract_csv(rows, study=project.study.identity.name)
        name = extract_name(siret)
        stays = hand_over(ledger, {path.with_name(name): content}, root=project.base)
        days = [
            told.day
            for told in read_ledger(path.with_name(LEDGER))
            if any(siret[:9] in one.firms for one in told.sums)
        ]
    counted = ", ".join(dict.fromkeys(days)) or "aucune"
    return [
        f"Extrait : {path.parent.name}/{file_label(name)}, {len(rows)} ligne(s).",
        *(one.replace(siret, file_label(siret)) for one in stays),
        f"Comptée dans les sommes publiées : {counted}.",
        "À remettre à l'entreprise elle-même, puis à supprimer.",
    ]


def run_purge(
    project: Project, *, before: str, sirets: Sequence[str]
) -> tuple[list[str], bool]:
    """Forget old answers, and firms that ask for it, everywhere in ``private/``.

    Answers go last: until then a purge that was cut can be run again, and knows whom.
    """
    path = survey_path(project)
    with alone(path.parent, root=project.base) as ledger:
        answers = read_declarations(path)
        unknown = sorted(set(sirets) - set(answers["siret"]))
        left = purge_survey(answers, before=before, sirets=sirets)
        erased = set(answers["siret"]) - set(left["siret"]) | set(sirets)
        told = _forget_in_sums(project, {siret[:9] for siret in erased})
        made = _write_private(project, left, ledger)
        # The account of the last import quotes what firms wrote.
        names = [REPORT, *map(extract_name, sorted(erased))]
        erase(ledger, [path.with_name(name) for name in names])
        documents = [path.with_name(name) for name in (CONTACTS, SHEETS, *names)]
        edited = [file_label(one.name) for one in edited_versions(ledger, documents)]
        write_declarations(path, left, root=project.base)
    firms = answers["siret"].nunique() - left["siret"].nunique()
    resources = int(
        (answers["resource_id"] != "").sum() - (left["resource_id"] != "").sum()
    )
    lines = [
        f"Effacés des réponses : {firms} établissement(s), {resources} ressource(s).",
        *(
            f"RESTE À EFFACER À LA MAIN : {name}, modifié ou mis là par vous "
            "→ y ôter ces entreprises, ou le supprimer"
            for name in edited
        ),
        *told,
        *(
            f"ATTENTION : aucune fiche au SIRET {file_label(one)} → vérifier le numéro."
            for one in unknown
        ),
        *made,
        "Refaire l'étude privée, s'il y en a une : elle en garde la trace jusque-là.",
        "Effacer aussi les fichiers reçus (courriels, dossiers) : ils ne sont pas ici.",
    ]
    return lines, bool(unknown or edited)


def _forget_in_sums(project: Project, firms: Collection[str]) -> list[str]:
    """Take firms out of what remembers published sums; say in how many they were."""
    path = survey_path(project).with_name(LEDGER)
    publications = read_ledger(path)
    if publications:
        write_ledger(path, without_firms(publications, firms), root=project.base)
    return _still_told(publications, firms)


def _still_told(ledger: Sequence[Publication], firms: Collection[str]) -> list[str]:
    """Say how many published sums an erased firm was in: they stay."""
    sums = {
        (one.day, one.cell)
        for told in ledger
        for one in told.sums
        if one.firms.keys() & set(firms)
    }
    if not sums:
        return []
    counted = f"Déjà publiées avec eux : {len(sums)} somme(s) de trois entreprises ou"
    return [f"{counted} plus ; elles restent (docs/privacy.md, « Durées »)."]


def _account(done: SurveyImport) -> list[str]:
    labels = survey_fields()["label_fr"].to_dict()
    refused = [line for line in done.report if line.level != "accepté"]
    lines = []
    for line in refused[:LINES_TOLD]:
        name = f" : {labels.get(line.field, line.field)}" if line.field else ""
        tail = f" → {line.remedy}" if line.remedy else ""
        place = f"{file_label(line.file)} : {line.row}"
        lines.append(f"{line.level.upper()} {place}{name} : {line.met}{tail}")
    if len(refused) > LINES_TOLD:
        lines.append(f"… et {len(refused) - LINES_TOLD} autres lignes : voir {REPORT}")
    counts = {
        level: sum(one.level == level for one in done.report)
        for level in ("accepté", "averti", "refusé")
    }
    firms = done.declarations["siret"].nunique()
    resources = int((done.declarations["resource_id"] != "").sum())
    return [
        *lines,
        (
            f"Lignes acceptées : {counts['accepté']} ; avertissements : "
            f"{counts['averti']} ; refus : {counts['refusé']} (voir {REPORT})."
        ),
        f"Au total : {firms} établissement(s), {resources} ressource(s).",
    ]
