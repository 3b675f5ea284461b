"""The sheets of the workbook of governance: AFOM, plan, budget, EPCI."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from eitgeo.ledger import Place, added, plain, told, written
from eitgeo.maps.words.governance_words import (
    BENEFIT_WORDS,
    COST_CLASSES,
    COST_WORDS,
    EASE_WORDS,
    OUTCOME_WORDS,
    SIDE_WORDS,
    epci_lines,
)
from eitgeo.maps.workbooks.workbook import Book, Column, Figure, Group, Row
from eitgeo.words import MISSING

_ALL = "*"
_MONTHS = 12
_LEVELS = ["low", "mid", "high"]
_READ_THE_GRID = (
    "Grille préparatoire aux axes ELIPSE (état zéro) : chaque énoncé a son indicateur, "
    "son seuil et sa source. Ce n'est pas une note."
)


def write_swot(
    book: Book,
    names: Mapping[str, str],
    swot: pd.DataFrame,
    catalogue: pd.DataFrame,
) -> None:
    """Write strengths, weaknesses, opportunities and threats with their evidence."""
    rows: list[Row] = [Group(_READ_THE_GRID)]
    for side, title in SIDE_WORDS.items():
        rows.append(Group(title))
        side_cells = swot[swot["side"] == side].sort_values("cell_id", kind="stable")
        for _, cells in side_cells.groupby("cell_id", sort=True):
            rows.append(_swot_row(names, cells.set_index("perimeter_id"), catalogue))
    columns = [
        Column("Énoncé", 52),
        Column("Axe ELIPSE", 20),
        Column("Indicateur et seuil", 34),
        *(Column(name, 22) for name in names.values()),
        Column("Source", 44),
    ]
    book.sheet("AFOM", columns, rows, layout="grid")


def _swot_row(
    names: Mapping[str, str], cells: pd.DataFrame, catalogue: pd.DataFrame
) -> Row:
    first = cells.iloc[0]
    head = (str(first["statement"]), str(first["elipse_axis"]))
    if cells.index[0] == _ALL:
        texts = ["fait du territoire", *[""] * (len(names) - 1)]
        return (*head, "fait daté", *texts, str(first["source"]))
    measure = str(first["measure"])
    known = measure in catalogue.index
    label = str(catalogue.loc[measure, "label"]) if known else measure
    unit = str(catalogue.loc[measure, "unit"]) if known else ""
    place = Place("swot", str(first["cell_id"]), "threshold")
    limit = plain(float(first["threshold"]), place, decimals=None, unit=unit)
    signs = {"<=": "≤", ">=": "≥"}
    sign = signs.get(str(first["operator"]), str(first["operator"]))
    decimals = int(catalogue["decimals"][measure]) if known else 0
    by_cell = cells.to_dict("index")
    texts = [
        _outcome(
            by_cell[name],
            Place("indicators_public", f"{name} / {measure}"),
            unit=unit,
            decimals=decimals,
        )
        for name in names
    ]
    return (*head, f"{label} {sign} {limit}", *texts, str(first["source"]))


def _outcome(cell: Mapping[Any, Any], place: Place, *, unit: str, decimals: int) -> str:
    word = OUTCOME_WORDS[str(cell["outcome"])]
    if cell["outcome"] == "non_evalue":
        return f"{word} : {cell['missing']}"
    value = float(cell["value"])
    if not math.isfinite(value):
        # Both of its ends say so.
        return f"{word} ({cell['missing']})"
    bounds = (value, value)
    text = written(
        value, place, bounds=bounds, evidence="O", unit=unit, decimals=decimals
    )
    return f"{word} ({text})"


def write_plan(book: Book, actions: pd.DataFrame) -> None:
    """Write the actions with who, with what money, when, and what tells success."""
    rows: list[Row] = []
    for axis in dict.fromkeys(actions["axis"]):
        rows.append(Group(str(axis)))
        for name, action in actions[actions["axis"] == axis].iterrows():
            rows.append(
                (
                    f"{name}. {action['action']}",
                    str(action["pilot"]),
                    str(action["partners"]),
                    str(action["cost_class"]),
                    str(action["funder"]),
                    _months(int(action["start_month"]), int(action["end_month"])),
                    str(action["indicator"]),
                    str(action["deliberation"]),
                    str(action["quick"]),
                )
            )
    rows.append(Group(f"{COST_CLASSES}. Classes de coût : hypothèses de travail."))
    columns = [
        Column("Action", 50),
        Column("Pilote", 26),
        Column("Partenaires", 34),
        Column("Coût (classe)", 10),
        Column("Financeur", 30),
        Column("Échéance", 18),
        Column("Indicateur de réussite", 38),
        Column("Délibération", 12),
        Column("Action rapide", 10),
    ]
    book.sheet("Plan d'action", columns, rows, layout="grid")
    _write_roadmap(book, actions)


def _months(start: int, end: int) -> str:
    return f"mois {start}" if start == end else f"mois {start} à {end}"


def _write_roadmap(book: Book, actions: pd.DataFrame) -> None:
    """Write the twelve months, deliberations marked."""
    rows: list[Row] = []
    begun = actions[actions["start_month"] <= _MONTHS]
    order = begun.sort_values(["start_month", "end_month"], kind="stable")
    for name, action in order.iterrows():
        sign = "D" if action["deliberation"] == "oui" else "■"
        start, end = int(action["start_month"]), int(action["end_month"])
        marks = [sign if start <= m <= end else "" for m in range(1, _MONTHS + 1)]
        later = f"→ mois {end}" if end > _MONTHS else ""
        rows.append((f"{name}. {action['action']}", *marks, later))
    rows.append(Group("■ : action en cours ; D : délibération à prendre"))
    columns = [
        Column("Action", 66),
        *(Column(f"M{m}", 5) for m in range(1, _MONTHS + 1)),
        Column("Ensuite", 14),
    ]
    book.sheet("Feuille de route", columns, rows, layout="grid")


def write_budget(book: Book, budget: pd.DataFrame, perimeters: pd.DataFrame) -> None:
    """Write what animation costs by year, and what is left for each inhabitant."""
    items = budget.set_index(["item", "year"])
    years = sorted(set(budget["year"]))
    rows: list[Row] = []
    for item, label in COST_WORDS.items():
        lines = items.loc[item]
        texts = [added(lines.loc[year], _place(f"{item} / {year}")) for year in years]
        total = {level: float(lines[level].sum()) for level in _LEVELS}
        first = lines.iloc[0]
        summed = added(
            total | {"evidence": first["evidence"]}, _place(f"{item} / tous")
        )
        rows.append((label, *texts, summed, str(first["evidence"]), first["source"]))
    rows.append(Group("Reste à charge par habitant et par an, selon le périmètre"))
    left = items.loc["reste"].iloc[0]
    for perimeter in perimeters.to_dict("records"):
        per_head = {k: left[k] / perimeter["population"] for k in _LEVELS}
        text = told(
            per_head | {"evidence": left["evidence"]},
            _place(f"reste / {perimeter['perimeter_id']}"),
            unit="€/hab./an",
            decimals=2,
        )
        blanks = [""] * len(years)
        rows.append((perimeter["name"], text, *blanks, left["evidence"], ""))
    columns = [
        Column("Poste", 46),
        *(Column(f"Année {year}", 30) for year in years),
        Column("Ensemble", 32),
        Column("Fiabilité", 10),
        Column("Source", 60),
    ]
    book.sheet("Budget", columns, rows, layout="grid")


def _place(row: str) -> Place:
    return Place("animation_budget", row, "mid")


_OPTIONS_ORDER = (
    "Ordre : d'abord la facilité, puis ce que les entreprises y gagneraient "
    "(potentiel, classe H), le nombre de zones où trois entreprises le peuvent et "
    "celui des établissements concernés dans le territoire d'étude. Un gain que trop "
    "peu d'entreprises font n'est pas dit. Pistes à vérifier : des potentiels ; ce "
    "qu'un animateur en réalise, d'après des cas documentés, est dans "
    "gisements_echanges.xlsx (feuille « Leviers »)."
)


def write_options(book: Book, options: pd.DataFrame) -> None:
    """Write shared services and exchanges, easiest first, then by reach."""
    evidence = "H" if book.demonstration else "S"
    shared = options[options["kind"] == "mutualisation"].sort_values(
        "rank", kind="stable"
    )
    quick = shared[shared["ease"] == "rapide"]
    groups = {
        "Actions rapides : services à partager en moins de 6 mois": quick,
        "Synergies, à vérifier avec les entreprises": options[
            options["kind"] == "synergie"
        ].sort_values("rank", kind="stable"),
        "Autres services à partager": shared[shared["ease"] != "rapide"],
    }
    rows: list[Row] = []
    for title, phase_options in groups.items():
        rows.append(Group(title))
        rows += [
            (
                str(row["label"]),
                _counted(row, "n_sites", evidence),
                _counted(row, "n_groups", evidence) if row["n_groups"] else "",
                evidence,
                BENEFIT_WORDS[str(row["benefit"])],
                EASE_WORDS[str(row["ease"])],
                str(row["least"]),
                str(row["first_call"]),
                str(row["gate"]),
                str(row["source"]),
            )
            for row in phase_options.to_dict("records")
        ]
    rows.append(Group(_OPTIONS_ORDER))
    columns = [
        Column("Piste", 48),
        Column("Établissements concernés", 16),
        Column("Zones possibles", 12),
        Column("Fiabilité", 9),
        Column("Gain potentiel des entreprises", 24),
        Column("Facilité", 20),
        Column("À partir de quelle quantité", 40),
        Column("Premier appel", 36),
        Column("Réglementation", 44),
        Column("Source", 36),
    ]
    book.sheet("Actions rapides et synergies", columns, rows, layout="grid")


def _counted(row: Mapping[Any, Any], column: str, evidence: str) -> Figure:
    place = Place("plan_options", str(row["option_id"]), column)
    return Figure(float(row[column]), evidence, place=place)


def write_epci(
    book: Book,
    facts: pd.DataFrame,
    *,
    places: Mapping[str, list[tuple[str, str, str, str]]],
    epci_names: Mapping[str, str],
    division_names: Mapping[str, str],
    root_name: str,
) -> None:
    """Write what is known of each EPCI, one column an EPCI."""
    rows: list[Row] = []
    for siren, name in epci_names.items():
        rows.append(Group(name))
        epci_facts = facts[facts["epci_siren"] == siren]
        rows += list(
            epci_lines(epci_facts, division_names=division_names, root_name=root_name)
        )
        rows += [
            (
                f"Dans « {perimeter} »",
                f"{place} ; délibération : {council} ; reste à charge : {due}",
                "O" if due == MISSING else "H",
            )
            for perimeter, place, council, due in places[siren]
        ]
    columns = [Column("Fait", 52), Column("Valeur", 90), Column("Fiabilité", 10)]
    book.sheet("Fiches EPCI", columns, rows, layout="grid")
