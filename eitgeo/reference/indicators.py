"""The catalogue of indicators, one row each, and what a figure may rest on."""

from __future__ import annotations

import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError
from eitgeo.reference.shipped import prepared, shipped_table
from eitgeo.tables.columns import COUNTED_FACTS

_FILE = "indicators.csv"
_BETWEEN = ";"
_POINTS = "points"
"""Basis of what a file of points tells."""
PLACES = {
    "summary": "the five figures that open the dossier",
    "brief": "the table of the dossier that compares perimeters in brief",
    "words": "the sentences that explain a perimeter",
    "difference": "the sheet of difference, beside the first screen",
    "matter": "the table of arisings and exchanges of the dossier",
    "outlets": "the table of outlets of the dossier",
    "core": "the table of the core of the dossier",
    "seat": "the table of means of the dossier",
    "solid": "the table of what holds without the first site of the dossier",
}
"""Where an indicator may be shown beside what shows all of them: ``shown_in``."""

_SOME_PART = "si une part des donneurs et des preneurs à portée prend part"


@prepared("indicators.csv", "indicator_bases.csv")
def indicator_catalogue(*, if_part: str = _SOME_PART) -> pd.DataFrame:
    """Return what each indicator is called, means, rests on, and where it is shown.

    `if_part` says who takes part in exchanges, where the study is known.
    """
    table = shipped_table(_FILE).set_index("indicator_id")
    _require_known(table)
    table["formula"] = table["formula"].str.replace("{if_part}", if_part, regex=False)
    table["decimals"] = table["decimals"].astype(int)
    return table


def _require_known(table: pd.DataFrame) -> None:
    """Refuse a row that does not say what it rests on, or names what nobody knows."""
    bases = list(indicator_bases().index)
    faults = Faults(_FILE)
    shown = zip(table.index, table["rests_on"], table["shown_in"], strict=True)
    for name, rests_on, shown_in in shown:
        for basis in rests_on.split(_BETWEEN):
            if basis not in bases:
                fault = f"« {name} » : repose sur « {basis} », inconnu (rests_on)"
                faults.add(fault, remedy=hint(basis, bases))
        for item in filter(None, shown_in.split(_BETWEEN)):
            place = item.partition(":")[0]
            if place not in PLACES:
                fault = f"« {name} » : montré dans « {place} », inconnu (shown_in)"
                faults.add(fault, remedy=hint(place, PLACES))
    _note_sums(table, faults)
    faults.raise_if_any(SchemaError)


def _note_sums(table: pd.DataFrame, faults: Faults) -> None:
    """Note recipes that sum what nobody counts: the page would show 0."""
    summed = dict.fromkeys(("counted", "near"), COUNTED_FACTS)
    summed |= dict.fromkeys(("blocks", "cells", "tranche"), tuple(table.index))
    for name, recipe in table["recipe"].items():
        parts = dict(part.split("=", maxsplit=1) for part in recipe.split())
        known = summed.get(parts.get("how", ""))
        if known is not None and parts.get("of") not in known:
            fault = (
                f"« {name} » : la page en somme « {parts.get('of')} », inconnu (recipe)"
            )
            faults.add(fault, remedy=hint(str(parts.get("of")), known))


@prepared("indicator_bases.csv")
def indicator_bases() -> pd.DataFrame:
    """Return what figures may rest on.

    ``synthetic``: the share that may be drawn, or ``fact:`` and a fact of
    ``register_counts``; ``made_here``: the study or the package makes it, nobody else
    has it; ``optional``: a study without it supposes nothing in its place.
    """
    return shipped_table("indicator_bases.csv").set_index("basis")


def parted(rests_on: str) -> list[str]:
    """List the bases that a cell of ``rests_on`` names."""
    return rests_on.split(_BETWEEN)


def point_kinds() -> list[str]:
    """Return the kinds of points that an indicator counts: what its recipe sums."""
    table = shipped_table(_FILE)
    counted = table[[_POINTS in parted(cell) for cell in table["rests_on"]]]
    return list(counted["recipe"].str.extract(r"\bof=(\w+)", expand=False))


def gap_rows() -> pd.DataFrame:
    """Return what each basis lacks where it is weak, and who has it."""
    return shipped_table("gaps.csv").set_index("basis")


def hypothesis_rows() -> pd.DataFrame:
    """Return what is supposed where a basis lacks, and what replaces it.

    Returns: indexed by ``basis``, those of :func:`gap_rows`: ``label`` (French),
    ``replaced_by`` and ``stand_ins`` (keys of a study, ``:`` and readers where only
    those count, ``+`` between keys that only replace it together), ``whole`` (``non``:
    it never replaces all), ``uses`` (rows of ``real_sources.csv`` that bring it),
    ``line`` (what the study then says).
    """
    return shipped_table("hypotheses.csv").set_index("basis")


def indicators_in(catalogue: pd.DataFrame, place: str) -> list[str]:
    """List the indicators that a place shows, in its order.

    Examples
    --------
    >>> indicators_in(indicator_catalogue(), "summary")[:2]
    ['n_deliberations', 'epci_whole_pct']
    """
    ranks = {}
    for name, written in catalogue["shown_in"].items():
        for item in filter(None, str(written).split(_BETWEEN)):
            where, _, rank = item.partition(":")
            if where == place:
                ranks[str(name)] = float(rank or "inf")
    return sorted(ranks, key=ranks.__getitem__)
