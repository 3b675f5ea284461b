"""Residues of each site: tonnes, megawatt-hours, cubic metres."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.activities import rev2_activities
from eitgeo.flows.arisings.arising_draws import (
    HEADCOUNTS,
    RATIOS,
    term_intervals,
)
from eitgeo.flows.arisings.ratio_checks import MAX_T_PER_EMPLOYEE
from eitgeo.reference.tables import BYPRODUCT_AMOUNTS, BYPRODUCT_LIMIT
from eitgeo.reference.waste import low_ewc
from eitgeo.sources.activity.cells import counts_of

AMOUNT_COLUMNS = ["q_low", "q_mid", "q_high"]
_UNITS = ("MWh", "m3", "t")


def require_byproducts(byproducts: pd.DataFrame) -> None:
    """Refuse quantities that cannot be, all their faults at once."""
    names = ["naf_prefix", "resource", "unit", *BYPRODUCT_AMOUNTS, BYPRODUCT_LIMIT]
    require_columns(byproducts, names, where="résidus")
    faults = Faults("résidus")
    low, mid, high = (byproducts[name] for name in BYPRODUCT_AMOUNTS)
    checks: Sequence[tuple[pd.Series[bool], str, str]] = [
        (
            byproducts.duplicated(["naf_prefix", "resource"]),
            "deux quantités",
            "n'en garder qu'une",
        ),
        (~byproducts["unit"].isin(_UNITS), "unité inconnue", ", ".join(_UNITS)),
        (
            ~((low > 0) & (low <= mid) & (mid <= high)),
            "quantités absentes, négatives ou en désordre",
            "0 < bas ≤ médian ≤ haut",
        ),
        (
            (byproducts["unit"] == "t") & (high > MAX_T_PER_EMPLOYEE),
            "plus de 10\u202f000 t/salarié",
            "des kilogrammes pris pour des tonnes ?",
        ),
        (byproducts[BYPRODUCT_LIMIT] <= 0, "plafond nul ou négatif", "le laisser vide"),
    ]
    for wrong, why, remedy in checks:
        for row in byproducts[wrong].to_dict("records"):
            faults.add(f"{row['naf_prefix']} {row['resource']} : {why}", remedy=remedy)
    faults.raise_if_any(SchemaError)


def site_byproducts(sites: pd.DataFrame, byproducts: pd.DataFrame) -> pd.DataFrame:
    """Estimate the residues of each site.

    ``byproducts``: as `byproduct_ratios` returns them; of several prefixes that fit,
    the longest wins, resource by resource. Returns: table ``byproducts``: ``site_id``,
    ``resource``, ``ewc_stat`` (empty where none), ``unit``, ``q_low``, ``q_mid``,
    ``q_high`` (P10, P50, P90 a year), ``in_ratio``, ``evidence``. Sites of unknown
    headcount or activity, and activities without a quantity, have no row. Refused: as
    :func:`require_byproducts`, or when a column of ``sites`` is missing.

    Notes
    -----
    ``headcount × quantity per employee``, at most ``most_per_site``: beyond the size
    of a large plant, jobs no longer tell what it makes (a cheese factory of 300 jobs
    dries its whey). A row of ``sites`` that stands for ``n_establishments`` has as many
    times the limit.
    """
    terms = byproduct_terms(sites, byproducts)
    amounts = term_intervals(terms).set_axis(AMOUNT_COLUMNS, axis=1)
    amounts = amounts.clip(upper=terms["most"], axis=0)
    known = low_ewc()
    category = dict(zip(known["waste_code"], known["ewc_stat"], strict=True))
    named = [category.get(code, "") for code in terms["resource"]]
    table = terms.join(amounts).assign(
        ewc_stat=pd.Series(named, index=terms.index, dtype="str")
    )
    names = ["site_id", "resource", "ewc_stat", "unit", *AMOUNT_COLUMNS]
    return table[[*names, "in_ratio", "evidence"]]


def byproduct_terms(sites: pd.DataFrame, byproducts: pd.DataFrame) -> pd.DataFrame:
    """Give each site its quantities: one row a site and resource.

    ``naf_prefix`` (of the quantity), the columns that `term_intervals` reads, ``most``
    (what the site has at most a year; infinite where nothing limits it).
    """
    require_columns(sites, ["site_id", "naf", *HEADCOUNTS], where="sites")
    require_byproducts(byproducts)
    counted = sites.loc[sites["headcount_mid"].gt(0), ["site_id", *HEADCOUNTS]]
    naf = rev2_activities(sites).loc[counted.index]
    rows = _longest(counted.assign(naf=naf), byproducts)
    terms = rows.rename(columns=dict(zip(BYPRODUCT_AMOUNTS, RATIOS, strict=True)))
    most = rows[BYPRODUCT_LIMIT].fillna(np.inf) * counts_of(sites, rows["site_id"])
    return terms.assign(most=most)


def _longest(sites: pd.DataFrame, byproducts: pd.DataFrame) -> pd.DataFrame:
    names = ["naf_prefix", "resource", "unit", *BYPRODUCT_AMOUNTS, BYPRODUCT_LIMIT]
    figures = byproducts[[*names, "in_ratio", "evidence"]]
    code, activities = pd.factorize(sites["naf"])
    site, figure = [np.zeros(0, dtype=int)], [np.zeros(0, dtype=int)]
    for number, prefix in enumerate(figures["naf_prefix"]):
        fits = [naf.startswith(prefix) for naf in activities]
        site.append(np.flatnonzero(np.array(fits, dtype=bool)[code]))
        figure.append(np.full(len(site[-1]), number))
    every = pd.concat(
        [
            table.iloc[np.concatenate(rows)].reset_index(drop=True)
            for table, rows in ((sites, site), (figures, figure))
        ],
        axis=1,
    )
    size = every["naf_prefix"].str.len()
    ranked = every.assign(size=size).sort_values(["site_id", "resource", "size"])
    last = ranked.drop_duplicates(["site_id", "resource"], keep="last")
    return last.drop(columns="size").reset_index(drop=True)
