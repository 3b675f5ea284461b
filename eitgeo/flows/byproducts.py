"""Residues of each site, and of each rule: tonnes, megawatt-hours, cubic metres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError
from eitgeo.flows.activities import rev2_activities
from eitgeo.flows.arising_margins import (
    HEADCOUNTS,
    MASS_COLUMNS,
    RATIOS,
    term_intervals,
)
from eitgeo.flows.ratio_checks import MAX_T_PER_EMPLOYEE
from eitgeo.reference import BYPRODUCT_AMOUNTS, BYPRODUCT_LIMIT, low_ewc

if TYPE_CHECKING:
    from collections.abc import Sequence

AMOUNT_COLUMNS = ["q_low", "q_mid", "q_high"]
UNQUANTIFIED = "non chiffrée"
ANY = "*"

_UNITS = ("MWh", "m3", "t")
_GASES = ("biogaz", "co2")


def require_byproducts(byproducts: pd.DataFrame) -> None:
    """Refuse quantities that cannot be, all their faults at once.

    Parameters
    ----------
    byproducts
        As :func:`eitgeo.reference.byproduct_ratios` returns them.

    Raises
    ------
    SchemaError
        Missing column; activity and resource told twice; unknown unit; quantity
        missing, not above 0, not from low to high, or above 10 000 t/employee; limit
        of a site not above 0.
    """
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
    for wrong, told, remedy in checks:
        for row in byproducts[wrong].to_dict("records"):
            faults.add(f"{row['naf_prefix']} {row['resource']} : {told}", remedy=remedy)
    faults.raise_if_any(SchemaError)


def site_byproducts(sites: pd.DataFrame, byproducts: pd.DataFrame) -> pd.DataFrame:
    """Estimate the residues of each site.

    Parameters
    ----------
    sites
        As in :func:`eitgeo.flows.arising_terms`.
    byproducts
        As :func:`eitgeo.reference.byproduct_ratios` returns them; of several prefixes
        that fit, the longest wins, resource by resource.

    Returns
    -------
    pandas.DataFrame
        Table ``byproducts``: ``site_id``, ``resource``, ``ewc_stat`` (empty where
        none), ``unit``, ``q_low``, ``q_mid``, ``q_high`` (P10, P50, P90 a year),
        ``in_ratio``, ``evidence``. Sites of unknown headcount or activity, and
        activities without a quantity, have no row.

    Raises
    ------
    SchemaError
        As :func:`require_byproducts`, or when a column of ``sites`` is missing.

    Notes
    -----
    ``headcount × quantity per employee``, at most ``most_per_site``: beyond the size
    of a large plant, jobs no longer tell what it makes (a cheese factory of 300 jobs
    dries its whey).
    """
    require_columns(sites, ["site_id", "naf", *HEADCOUNTS], where="sites")
    require_byproducts(byproducts)
    counted = sites.loc[sites["headcount_mid"].gt(0), ["site_id", *HEADCOUNTS]]
    naf = rev2_activities(sites).loc[counted.index]
    rows = _longest(counted.assign(naf=naf), byproducts)
    terms = rows.rename(columns=dict(zip(BYPRODUCT_AMOUNTS, RATIOS, strict=True)))
    found = term_intervals(terms).set_axis(AMOUNT_COLUMNS, axis=1)
    found = found.clip(upper=rows[BYPRODUCT_LIMIT].fillna(np.inf), axis=0)
    known = low_ewc()
    category = dict(zip(known["waste_code"], known["ewc_stat"], strict=True))
    named = [category.get(code, "") for code in rows["resource"]]
    table = rows.join(found).assign(
        ewc_stat=pd.Series(named, index=rows.index, dtype="str")
    )
    names = ["site_id", "resource", "ewc_stat", "unit", *AMOUNT_COLUMNS]
    return table[[*names, "in_ratio", "evidence"]]


def _longest(sites: pd.DataFrame, byproducts: pd.DataFrame) -> pd.DataFrame:
    names = ["naf_prefix", "resource", "unit", *BYPRODUCT_AMOUNTS, BYPRODUCT_LIMIT]
    kept = byproducts[[*names, "in_ratio", "evidence"]]
    parts = [sites.iloc[:0].merge(kept.iloc[:0], how="cross")]
    for prefix, rows in kept.groupby("naf_prefix"):
        fitting = sites[sites["naf"].str.startswith(str(prefix))]
        parts.append(fitting.merge(rows, how="cross"))
    every = pd.concat([part for part in parts if len(part)] or parts)
    size = every["naf_prefix"].str.len()
    ranked = every.assign(size=size).sort_values(["site_id", "resource", "size"])
    last = ranked.drop_duplicates(["site_id", "resource"], keep="last")
    return last.drop(columns="size").reset_index(drop=True)


def rule_resources(rules: pd.DataFrame) -> pd.Series[str]:
    """Say which resource each rule gives.

    Parameters
    ----------
    rules
        As :func:`eitgeo.reference.synergy_rules` returns them: ``low_code``,
        ``state``, ``byproduct``.

    Returns
    -------
    pandas.Series of str
        Named ``resource``, on the index of `rules`: the waste code; without one
        ``chaleur``, ``eau``, ``co2`` or ``biogaz``; empty for a service.

    Examples
    --------
    >>> rules = pd.DataFrame({"low_code": ["02 05 01", "", ""],
    ...     "state": ["liquide", "chaleur", "gaz"],
    ...     "byproduct": ["Lactosérum", "Chaleur fatale", "CO2 fatal"]})
    >>> rule_resources(rules).tolist()
    ['02 05 01', 'chaleur', 'co2']
    """
    require_columns(rules, ["low_code", "state", "byproduct"], where="règles")
    state = rules["state"].where(rules["state"].isin(["chaleur", "eau"]), "")
    named = rules["byproduct"].str.casefold()
    for gas in _GASES:
        is_it = (rules["state"] == "gaz") & named.str.contains(gas, regex=False)
        state = state.mask(is_it, gas)
    return rules["low_code"].where(rules["low_code"] != "", state).rename("resource")


def rule_amounts(
    sites: pd.DataFrame,
    rules: pd.DataFrame,
    residues: pd.DataFrame,
    *,
    arisings: pd.DataFrame,
) -> pd.DataFrame:
    """Say how much each donor of each rule has, or that nobody knows.

    Parameters
    ----------
    sites
        As in :func:`site_byproducts`.
    rules
        As :func:`eitgeo.reference.synergy_rules` returns them; ``source_naf`` lists
        codes or prefixes.
    residues
        As :func:`site_byproducts` returns them.
    arisings
        Table ``arisings``: what tells of the residues that `residues` does not.

    Returns
    -------
    pandas.DataFrame
        One row a rule and donor site, sorted: ``rule_id``, ``site_id``, ``resource``,
        ``basis`` (``residu``; ``gisement``: all that the site has of the
        category of EWC-Stat; ``non chiffrée``), ``unit``, ``q_low``, ``q_mid``,
        ``q_high`` (NaN where non chiffrée: never 0). Rules of any activity are left
        out.
    """
    require_columns(rules, ["rule_id", "source_naf", "ewc_stat"], where="règles")
    pairs = _donor_pairs(sites, rules)
    own = residues[["site_id", "resource", "unit", *AMOUNT_COLUMNS]]
    told = pairs.merge(own, on=["site_id", "resource"], how="left")
    masses = arisings.groupby(["site_id", "ewc_stat"])[MASS_COLUMNS].sum()
    at = pd.MultiIndex.from_frame(told[["site_id", "ewc_stat"]])
    wasted = masses.reindex(at).set_axis(AMOUNT_COLUMNS, axis=1).set_axis(told.index)
    is_own, is_waste = told["q_mid"].notna(), wasted["q_mid"].notna()
    told[AMOUNT_COLUMNS] = told[AMOUNT_COLUMNS].astype(np.float64).fillna(wasted)
    basis = np.select([is_own, is_waste], ["residu", "gisement"], default=UNQUANTIFIED)
    unit = told["unit"].where(is_own, np.where(is_waste, "t", ""))
    names = ["rule_id", "site_id", "resource", "basis", "unit", *AMOUNT_COLUMNS]
    table = told.assign(basis=pd.Series(basis, index=told.index).astype("str"))
    table = table.assign(unit=unit.astype("str"))[names]
    return table.sort_values(["rule_id", "site_id"], ignore_index=True)


def _donor_pairs(sites: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """List the sites whose activity each rule names, code or prefix."""
    named = rules[["rule_id", "source_naf", "ewc_stat"]].assign(
        resource=rule_resources(rules)
    )
    listed = named.assign(prefix=named["source_naf"].str.split(";")).explode("prefix")
    listed = listed[~listed["prefix"].isin([ANY, ""])]
    here = pd.DataFrame({"site_id": sites["site_id"], "naf": rev2_activities(sites)})
    parts = [here.iloc[:0].merge(listed.iloc[:0], how="cross")]
    for prefix, rows in listed.groupby("prefix"):
        donors = here[here["naf"].str.startswith(str(prefix))]
        parts.append(donors.merge(rows, how="cross"))
    pairs = pd.concat([part for part in parts if len(part)] or parts)
    pairs = pairs.drop_duplicates(["rule_id", "site_id"])
    return pairs[["rule_id", "site_id", "resource", "ewc_stat"]]
