"""What is known of each EPCI, from registers and released blocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from eitgeo.scenarios.carriers.plan import FEWEST_SITES
from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.counted_facts import Counted, vintage_words
from eitgeo.study.roads import TIMES_EVIDENCE

Row = dict[str, float | str]
FACT_COLUMNS = ["epci_siren", "fact_id", "value", "low", "high", "told", "evidence"]
_N_DIVISIONS = 3
_COUNTED = {
    "counted_employees": "salaries",
    "counted_industry_employees": "salaries_industrie",
    "counted_firms_10": "etablissements_10",
}
"""Facts that registers count, by the names of the indicators."""
_LEVELS = ("value", "low", "high")


def epci_groups(communes: pd.DataFrame) -> dict[str, frozenset[str]]:
    """List the communes of each EPCI of the study area.

    ``communes``: ``code_insee``, ``epci_siren``, ``in_area``. Returns: SIREN → INSEE
    codes, in the area and out of it, of EPCI that the area meets.
    """
    area = set(communes.loc[communes["in_area"], "epci_siren"]) - {""}
    in_area = communes[communes["epci_siren"].isin(area)]
    groups = in_area.groupby("epci_siren")["code_insee"].agg(frozenset)
    return {str(siren): codes for siren, codes in sorted(groups.items())}


def epci_facts(
    groups: Mapping[str, frozenset[str]],
    communes: pd.DataFrame,
    *,
    activity: Activity,
    sums: Mapping[str, pd.DataFrame],
    outlets: pd.DataFrame,
    root_commune: str,
) -> pd.DataFrame:
    """Tell what each EPCI holds.

    ``groups``: as :func:`epci_groups` returns them. ``communes``: ``code_insee``,
    ``nom``, ``dep``, ``population``, ``area_km2``, ``epci_communes``. ``activity``:
    facts of the study area: only counts are told. ``sums``: released sums of
    ``industry_jobs`` and ``deposit_t``: ``value``, ``low``, ``high``, indexed by SIREN.
    ``outlets``: ``name``, ``code_insee``, ``status``, ``evidence``. ``root_commune``:
    town that minutes are counted to. Returns:
    ``epci_siren``, ``fact_id``, ``value``, ``low``, ``high`` (NaN where the fact is a
    text, or is not known), ``told`` (text), ``evidence``.
    """
    rows: list[Row] = []
    for siren, codes in groups.items():
        own = communes[communes["code_insee"].isin(codes)]
        facts = [
            *_identity(own),
            *_counts(codes, activity),
            *_sums(siren, sums, synthetic=_is_synthetic(codes, activity)),
            *_outlets(codes, outlets),
            *_minutes(own, activity, root_commune),
        ]
        rows += [{"epci_siren": siren, **fact} for fact in facts]
    return pd.DataFrame(rows, columns=FACT_COLUMNS)


def epci_counts(
    groups: Mapping[str, frozenset[str]],
    communes: pd.DataFrame,
    counted: Counted | None,
    *,
    edition: dt.date,
) -> pd.DataFrame:
    """Tell what registers count in each EPCI, as :func:`epci_facts` tells the rest.

    ``groups``, ``communes``: as :func:`epci_facts` takes them. ``counted``: what
    registers count; None: nothing is told. ``edition``: of the study: a count of more
    than five years says so. Returns: as :func:`epci_facts`; no value where a commune of
    the EPCI is not covered.
    """
    rows: list[Row] = []
    if counted is not None:
        sizes = communes.groupby("epci_siren")["epci_communes"].first()
        for siren, codes in groups.items():
            known = 1.0 if int(sizes[siren]) == len(codes) else np.nan
            sums = known * counted.table.reindex(sorted(codes)).sum(skipna=False)
            rows += [
                {
                    "epci_siren": siren,
                    **_fact(name, (sums[fact],), "O", _when(counted, fact, edition)),
                }
                for name, fact in _COUNTED.items()
                if fact in sums
            ]
    return pd.DataFrame(rows, columns=FACT_COLUMNS)


def _when(counted: Counted, fact: str, edition: dt.date) -> str:
    return vintage_words(counted.vintages[fact], edition)


def _fact(name: str, values: tuple[float, ...], evidence: str, told: str = "") -> Row:
    value, low, high = values if len(values) == len(_LEVELS) else (values[0],) * 3
    return {
        "fact_id": name,
        "value": float(value),
        "low": float(low),
        "high": float(high),
        "told": told,
        "evidence": evidence,
    }


def _identity(mine: pd.DataFrame) -> list[Row]:
    # Of members beyond the layer, neither people nor area is at hand.
    size = int(mine["epci_communes"].iloc[0])
    known = 1.0 if size == len(mine) else np.nan
    return [
        _fact("communes", (size,), "O"),
        _fact("population", (known * mine["population"].sum(),), "O"),
        _fact("area_km2", (known * mine["area_km2"].sum(),), "O"),
        _fact("departements", (np.nan,), "O", ", ".join(sorted(set(mine["dep"])))),
    ]


def _is_synthetic(codes: frozenset[str], activity: Activity) -> bool:
    own = activity.target[activity.target["code_insee"].isin(codes)]
    return bool(own["synthetic"].any())


def _counts(codes: frozenset[str], activity: Activity) -> list[Row]:
    own = activity.target[activity.target["code_insee"].isin(codes)]
    evidence = "H" if own["synthetic"].any() else "O"
    unsure = activity.unsure[activity.unsure["code_insee"].isin(codes)]
    no_size = len(own) == 0 and unsure["unsized"].astype(bool).any()
    divisions = own["naf"].str[:2].value_counts().sort_index()
    usual = divisions[divisions >= FEWEST_SITES]
    first = usual.sort_values(ascending=False, kind="stable").index[:_N_DIVISIONS]
    givers = activity.families[activity.families["code_insee"].isin(codes)]
    families = givers.groupby("family")["site_id"].nunique()
    present = families[families >= FEWEST_SITES].index
    count: tuple[float, ...] = (np.nan if no_size else len(own),)
    if activity.in_cells:
        most = len(own) + len(unsure)
        count = (len(own) if len(own) == most else np.nan, len(own), most)
        first = first[:0]
    return [
        _fact("target_sites", count, evidence),
        _fact("main_divisions", (np.nan,), evidence, ";".join(first)),
        _fact("families", (len(present),), "H", ";".join(sorted(present))),
    ]


def _sums(
    siren: str, sums: Mapping[str, pd.DataFrame], *, synthetic: bool
) -> list[Row]:
    rows = []
    for name, table in sums.items():
        values = tuple(float(table[level][siren]) for level in _LEVELS)
        assumed = synthetic or name == "deposit_t"
        rows.append(_fact(name, values, "H" if assumed else "S"))
    return rows


def _outlets(codes: frozenset[str], outlets: pd.DataFrame) -> list[Row]:
    """Count the outlets that are known, and name the other ones apart."""
    own = outlets[outlets["code_insee"].isin(codes)]
    sure = own["status"].eq("publie") & own["evidence"].ne("H")
    known, unsure = (" ; ".join(sorted(own.loc[one, "name"])) for one in (sure, ~sure))
    published = "S" if own.loc[sure, "evidence"].eq("S").any() else "O"
    facts = [_fact("outlets", (sure.sum(),), published, known)]
    return (
        [*facts, _fact("outlets_unsure", (np.nan,), "H", unsure)] if unsure else facts
    )


def _minutes(mine: pd.DataFrame, activity: Activity, root_commune: str) -> list[Row]:
    """Minutes by car from the most peopled commune to the root town, if another."""
    order = mine.sort_values(["population", "code_insee"], ascending=[False, True])
    code, name = str(order["code_insee"].iloc[0]), str(order["nom"].iloc[0])
    if code == root_commune:
        return []
    minutes = activity.town_minutes
    known = code in minutes.index and root_commune in minutes.columns
    value = float(minutes[root_commune][code]) if known else float("nan")
    return [_fact("minutes_to_root", (value,), TIMES_EVIDENCE, name)]
