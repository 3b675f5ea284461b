"""Where declared waste goes: départements, as the register tells and as we predict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from eitgeo.exact import at_most
from eitgeo.reference.waste import waste_operations
from eitgeo.tables.schema import empty_table, validate

ANY_KIND = "traitement"
"""Kind of outlet of an operation that the form does not name."""
OWN, OTHER, ABROAD, UNKNOWN = "propre", "autre", "etranger", "inconnu"
TOLERANCE_POINTS = 10.0
"""How far a predicted share may be from what is declared."""
_NAMED = 3
_HERE = ("", "france")


def declared_places(
    declarations: pd.DataFrame, departements: pd.Series[str]
) -> pd.DataFrame:
    """Say of each declaration in what place its waste goes, from where it is.

    ``declarations``: as `read_waste_declarations` returns them; the last year of each
    site is kept. ``departements``: département of each site (index ``site_id``); other
    sites are left out. Returns: the declarations with ``chapter`` (of the List of
    Waste), ``kind`` (of outlet) and ``place``: ``propre``, ``autre`` (département),
    ``etranger``, ``inconnu``.
    """
    rows = declarations[declarations["site_id"].isin(departements.index)]
    years = rows["year"].astype(int)
    rows = rows[years == years.groupby(rows["site_id"]).transform("max")]
    kinds = waste_operations().set_index("operation")["kind"]
    own = rows["site_id"].map(departements)
    is_abroad = ~rows["country"].str.casefold().isin(_HERE)
    place = np.select(
        [rows["dep"].eq(own), rows["dep"].ne(""), is_abroad],
        [OWN, OTHER, ABROAD],
        default=UNKNOWN,
    )
    return rows.assign(
        year=rows["year"].astype(int),
        chapter=rows["waste_code"].str[:2],
        kind=rows["operation"].map(kinds).fillna(ANY_KIND).astype("str"),
        place=pd.Series(place, index=rows.index, dtype="str"),
    )


def declared_destinations(places: pd.DataFrame) -> pd.DataFrame:
    """Add up what goes where.

    Returns: table ``declared_destinations``: tonnes and sites by year, chapter of
    waste, kind of outlet and département.
    """
    if places.empty:
        return pd.DataFrame(empty_table("declared_destinations"))
    key = ["year", "chapter", "hazardous", "kind", "place", "dep"]
    groups = places.groupby(key)
    sums = groups["mass_t"].sum().to_frame().assign(n_sites=groups["site_id"].nunique())
    table = sums.reset_index().assign(evidence="O")
    checked: pd.DataFrame = validate(table, table="declared_destinations")
    return checked


def chapter_tonnes(destinations: pd.DataFrame) -> pd.DataFrame:
    """Sum table ``declared_destinations`` by chapter, « 13* » where it is hazardous.

    Returns: ``mass_t`` [t/year], ``own_t``, what stays in its département, and
    ``deps``, the three others that take most; indexed by chapter, sorted.
    """
    stars = destinations["hazardous"].map({True: "*", False: ""}).astype("str")
    keys = destinations["chapter"] + stars
    own = destinations["mass_t"].where(destinations["place"] == OWN, 0.0)
    sums = destinations.assign(own_t=own).groupby(keys)[["mass_t", "own_t"]].sum()
    away = destinations[destinations["place"] == OTHER]
    largest = away.groupby([keys, "dep"])["mass_t"].sum()
    ordered = largest.sort_values(ascending=False, kind="stable").reset_index("dep")
    first = ordered["dep"].groupby(level=0).head(_NAMED).groupby(level=0)
    return sums.assign(deps=first.agg(", ".join).reindex(sums.index, fill_value=""))


def own_shares(
    places: pd.DataFrame, placed: pd.DataFrame, departements: pd.Series[str]
) -> Iterator[dict[str, Any]]:
    """Hold the share that stays in its département against what outlets predict.

    ``placed``: table ``allowed_flows``, with ``outlet_dep``. Yields: rows
    ``own_departement`` of table ``backtest``, one a chapter [%]: over the waste that
    the model places and whose destination is declared.
    """
    known = places[places["place"] != UNKNOWN]
    key = ["site_id", "waste_code"]
    declared = known.assign(own_t=known["mass_t"].where(known["place"] == OWN, 0.0))
    sums_t = (
        declared.groupby([*key, "chapter"])[["mass_t", "own_t"]].sum().reset_index()
    )
    is_own = placed["outlet_dep"] == placed["site_id"].map(departements)
    model = placed.assign(own_model_t=placed["t"].where(is_own, 0.0))
    sums = model.groupby(key)[["t", "own_model_t"]].sum().reset_index()
    both = sums_t.merge(sums[sums["t"] > 0], on=key)
    for chapter, rows in both.groupby("chapter", sort=True):
        declared_t = float(rows["mass_t"].sum())
        observed = 100.0 * float(rows["own_t"].sum()) / declared_t
        # Weighed as declared: what outlets could not hold must not weigh less.
        share = rows["own_model_t"] / rows["t"]
        expected = 100.0 * float((share * rows["mass_t"]).sum()) / declared_t
        agrees = bool(at_most(abs(expected - observed), TOLERANCE_POINTS))
        yield {
            "measure": "own_departement",
            "item": str(chapter),
            "n_sites": int(rows["site_id"].nunique()),
            "declared_t": declared_t,
            "observed": observed,
            "expected": expected,
            "verdict": "tenu" if agrees else "non_tenu",
        }
