"""The interest that firms express, counted and never firm by firm."""

from __future__ import annotations

from eitgeo.cli.shared import french_number
from eitgeo.cli.survey.run import retention, survey_path
from eitgeo.dossier.chapters.contacts import keep_until
from eitgeo.flows.arisings.declared import FEWEST, Interest, expressed_interest
from eitgeo.reference.naf import naf_divisions
from eitgeo.steps.inputs.answers import stored_declarations
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table

_SECTIONS = {
    "A": "Agriculture, forêt",
    "B": "Carrières",
    "C": "Industrie",
    "D": "Énergie",
    "E": "Eau, déchets",
    "F": "Construction",
    "G": "Commerce, réparation",
    "H": "Transport, entreposage",
    "I": "Hébergement, restauration",
    "Q": "Santé, action sociale",
}


def run_status(project: Project) -> list[str]:
    """Count the interest expressed, by EPCI and by sector."""
    declarations = stored_declarations(project, survey_path(project))
    communes = read_table(project.processed, "communes")
    bodies = read_table(project.processed, "bodies").set_index("body_id")["name"]
    area = communes[communes["in_area"]]
    named = area["epci_siren"].map(lambda siren: bodies.get(f"epci_{siren}", siren))
    comparison = project.study.comparison
    interest = expressed_interest(
        declarations,
        sites=read_table(project.processed, "sites"),
        epci_of=dict(zip(area["code_insee"], named, strict=True)),
        target_naf=comparison.target_naf,
        min_headcount=comparison.min_headcount,
    )
    oldest = min(declarations["form_date"], default="")
    lines = status_lines(interest)
    if oldest:
        day = keep_until(oldest, retention(project))
        lines.append(f"Fiche la plus ancienne : à effacer après le {day}.")
    return lines


def status_lines(found: Interest) -> list[str]:
    """Write the interest expressed."""
    share = _few(found.n_target)
    if found.n_target >= FEWEST and found.n_targets:
        pct = french_number(round(100 * found.n_target / found.n_targets, 1))
        whole = french_number(found.n_targets)
        share = f"{share} sur {whole} ({pct}\N{NO-BREAK SPACE}%)"
    lines = [
        f"Intérêt exprimé : {_few(found.n_firms)} établissement(s) inscrit(s).",
        f"Dont établissements à mobiliser : {share}.",
    ]
    if 0 < found.n_firms < FEWEST:
        return [*lines, "Trop peu pour une répartition (secret statistique)."]
    lines.append("Par intercommunalité :")
    lines += [f"  {', '.join(names)} : {n}" for names, n in found.by_epci]
    lines.append("Par secteur (section de la NAF) :")
    return lines + [
        f"  {', '.join(map(_sector, names))} : {n}" for names, n in found.by_sector
    ]


def _few(count: int) -> str:
    return french_number(count) if count == 0 or count >= FEWEST else "moins de 3"


def _sector(letter: str) -> str:
    known = letter in set(naf_divisions()["section"])
    return _SECTIONS.get(letter, f"section {letter}") if known else letter
