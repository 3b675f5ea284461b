"""Which sectors to see first: those with sites to reach, then what sets them apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from eitgeo.reference.naf import in_divisions, naf_divisions
from eitgeo.zones.eligible import evidence_class
from eitgeo.zones.quotients import location_quotients
from eitgeo.zones.rule_ends import rule_ends, rules_met

OWN_REFERENCE = "territoire et couronne"
NATIONAL_REFERENCE = "table donnée"

_HEADCOUNTS = ["headcount_low", "headcount_mid", "headcount_high"]
_TWO = 2
_CRITERIA = ["n_sites", "quotient", "n_rules"]


def key_sectors(
    sites: pd.DataFrame,
    rules: pd.DataFrame,
    *,
    area: pd.Series[bool],
    target_naf: Sequence[str],
    min_headcount: float,
    reference: pd.Series[int] | None = None,
) -> pd.DataFrame:
    """Rank the NAF divisions of the study area.

    ``sites``: table ``sites``: the study area and its buffer, registers alone.
    ``rules``: as `synergy_rules` returns them, excluded ones left out. ``area``:
    whether each site is in the study area, on the index of ``sites``. ``target_naf``:
    divisions that the approach is meant for (``"05-39"``). ``min_headcount``: jobs of a
    site that can be reached: smaller ones have nobody to send. ``reference``: sites by
    division elsewhere, of the same least size; None: the study area and its buffer.
    Returns: table ``key_sectors``, sorted by rank: one row a division of ``target_naf``
    with at least one site to reach. Refused when the reference lacks a division of the
    area.

    Notes
    -----
    Rank: more sites to reach first; at equal number, higher location quotient; then
    more rules of which the sector holds an end and another site, in the area or its
    buffer, the other. Sectors alike on all three share a rank. Tonnes play no part:
    at this stage they are assumptions, and a sector is met through its firms. Rules
    are working assumptions (class H) whatever ``evidence`` says, which is that of the
    count and of the quotient.
    """
    large = sites["headcount_mid"] >= min_headcount
    wanted = in_divisions(sites["naf"], target_naf)
    named = sites.assign(division=sites["naf"].str[:2])
    reachable = named[large & wanted & area]
    everywhere = named[large & wanted]
    described = _described(reachable)
    counts = reachable["division"].value_counts()
    against = everywhere["division"].value_counts() if reference is None else reference
    quotients = location_quotients(counts, against).reindex(described.index)
    table = described.join(quotients.drop(columns=["n_sites", "expected"]))
    table = table.join(_rule_counts(named[area & wanted], named, rules))
    count_names = ["n_rules_given", "n_rules_taken", "n_rules"]
    table[count_names] = table[count_names].fillna(0).astype("int64")
    table["reference"] = OWN_REFERENCE if reference is None else NATIONAL_REFERENCE
    return _ranked(table.reset_index())


def _described(here: pd.DataFrame) -> pd.DataFrame:
    labels = naf_divisions()["label"]
    rows = {
        str(name): {
            "label": str(labels[name]),
            "n_sites": len(group),
            **{column: float(group[column].sum()) for column in _HEADCOUNTS},
            "synthetic_share_pct": 100 * float(group["synthetic"].mean()),
            "evidence": evidence_class(group),
        }
        for name, group in here.groupby("division")
    }
    columns = ["label", "n_sites", *_HEADCOUNTS, "synthetic_share_pct", "evidence"]
    index = pd.Index(list(rows), dtype="str", name="division")
    kinds = dict.fromkeys([*_HEADCOUNTS, "synthetic_share_pct"], "float64")
    table = pd.DataFrame(list(rows.values()), index=index, columns=columns)
    return table.astype({"label": "str", "n_sites": "int64", "evidence": "str"} | kinds)


def _rule_counts(
    here: pd.DataFrame, everywhere: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    own = rule_ends(_two_of_each(here), rules)
    partners = rule_ends(_two_of_each(everywhere), rules)
    giving, taken = (
        rules_met(own, partners, end=end, group="division")
        for end in ("donor", "taker")
    )
    either = pd.concat([giving, taken]).drop_duplicates()
    parts = {"n_rules_given": giving, "n_rules_taken": taken, "n_rules": either}
    sizes = {name: part.groupby("division").size() for name, part in parts.items()}
    return pd.DataFrame(sizes)


def _two_of_each(sites: pd.DataFrame) -> pd.DataFrame:
    """Keep two sites of each activity: whether one stands alone is all that counts."""
    ordered = sites[["site_id", "naf", "division"]].sort_values(
        "site_id", kind="stable"
    )
    return ordered.groupby("naf", sort=False).head(_TWO)


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.sort_values(
        [*_CRITERIA, "division"], ascending=[False, False, False, True]
    ).reset_index(drop=True)
    place = np.arange(1, len(ordered) + 1)
    alike = ordered[_CRITERIA].eq(ordered[_CRITERIA].shift()).all(axis=1).to_numpy()
    rank = np.maximum.accumulate(np.where(alike, 0, place))
    return ordered.assign(rank=rank.astype(np.int64))
