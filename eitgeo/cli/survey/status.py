"""The interest that firms express, counted and never firm by firm."""

from __future__ import annotations

from eitgeo.cli.shared import french_number
from eitgeo.flows.arisings.interest import FEWEST, Interest
from eitgeo.reference.naf import naf_divisions

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
