"""Every factor of the calculation of flows: value, bounds, class, and its sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from eitgeo.exact import at_most
from eitgeo.reference.labels import labels_of
from eitgeo.reference.naf import ANY_ACTIVITY
from eitgeo.reference.shipped import prepared, shipped_table
from eitgeo.reference.tables import (
    EVERY_VEHICLE,
    FACTOR_KEYS,
    factor_sources,
    vehicle_table,
)

FACTOR_KEY = ["factor_table", "row_key", "column"]
SHARES = "ewc_stat_shares"
"""Column of the composition of a ratio: a factor a category, named by it."""
KEYS = FACTOR_KEYS | {
    "participation": ("term",),
    "synergies": ("rule_id",),
}
"""What names a factor in each file of factors."""
NEAR = 0.2
"""How far a published value may lie from the middle that it supports, as a part."""
_EXCLUDED = "EXCLUDE"
_LEFT = "laisse"
_OWN_UNITS = ("byproducts", "freight_factors")
"""Files whose rows have units of their own."""


class _Bounds(NamedTuple):
    """Columns of the low, middle and high of a factor; one missing: none is told."""

    low: str = ""
    mid: str = ""
    high: str = ""


def _ends(stem: str) -> _Bounds:
    return _Bounds(f"{stem}_low", stem, f"{stem}_high")


def _sure(stem: str) -> _Bounds:
    return _Bounds(mid=stem)


_LEVELS = _Bounds("low", "mid", "high")
_FACTORS = {
    ("waste_ratios", "t_per_employee"): _ends("t_per_employee"),
    ("waste_ratios", SHARES): _sure("share"),
    ("byproducts", "per_employee"): _ends("per_employee"),
    ("byproducts", "most_per_site"): _sure("most_per_site"),
    ("input_needs", "t_per_employee"): _ends("t_per_employee"),
    ("input_needs", "max_share"): _ends("max_share"),
    ("input_needs", "most_t_per_site"): _sure("most_t_per_site"),
    ("residue_values", "value_eur_per_t"): _ends("value_eur_per_t"),
    ("residue_values", "processing_eur_per_t"): _ends("processing_eur_per_t"),
    ("heading_wastes", "gate_eur_per_t"): _ends("gate_eur_per_t"),
    ("current_outlets", "share"): _ends("share"),
    ("landfill_tax", "eur_per_t"): _sure("eur_per_t"),
    ("landfill_tax", "extra_eur_per_t"): _sure("extra_eur_per_t"),
    ("freight_factors", "mid"): _LEVELS,
    ("synergies", "yield_t_per_t"): _sure("yield_t_per_t"),
    ("synergies", "dist_typ_km"): _sure("dist_typ_km"),
    ("synergies", "dist_max_km"): _sure("dist_max_km"),
    ("synergies", "avoided_kgco2e_per_t"): _Bounds(
        "avoided_low", "avoided_kgco2e_per_t", "avoided_high"
    ),
    ("participation", "share"): _LEVELS,
}


@prepared(
    *sorted({f"{name}.csv" for name, _ in _FACTORS}),
    *("factor_sources.csv", "indicators.csv", "labels.csv", "vehicles.csv"),
)
def flow_factors() -> pd.DataFrame:
    """List every factor of the calculation of flows.

    Returns: ``factor_table``, ``row_key`` (its key in the file, joined by ``|``),
    ``column`` (the category, for a share of a composition); ``label`` (French),
    ``unit``, ``low``, ``mid``, ``high`` (NaN: the file tells no bound), ``evidence``,
    ``has_source``: class S where a row of `factor_sources` tells that very column,
    within a fifth of its middle, else H, whatever the rest of its row is.

    Notes
    -----
    The mix that establishments are drawn from makes sites, not flows: it is none. A
    figure that a file leaves empty is no factor. The middle of the share that takes
    part is that of its bounds: it is drawn evenly between them.
    """
    read = {name: _rows(name) for name in sorted({name for name, _ in _FACTORS})}
    parts = [
        _listed(read[name], name, column, bounds)
        for (name, column), bounds in _FACTORS.items()
    ]
    table = pd.concat(parts, ignore_index=True).dropna(subset="mid")
    known = table[["low", "high"]].notna().all(axis=1)
    table[["low", "high"]] = table[["low", "high"]].where(known)
    return _with_sources(table).reset_index(drop=True)


def _rows(name: str) -> pd.DataFrame:
    """Read a file, one row a factor, with its key and what its label says of it."""
    table = shipped_table(f"{name}.csv")
    keys = list(KEYS[name])
    table = table.assign(row_key=table[keys].agg("|".join, axis="columns"))
    if name == "waste_ratios":
        table = table[table["stream"] != _EXCLUDED]
    if name == "current_outlets":  # what is left in place is no use
        table = table[table["outlet"] != _LEFT]
    if name == "synergies":
        span = table["avoided_range"].str.extract(r"^(-?[\d.]+)-(-?[\d.]+)$")
        table = table.assign(avoided_low=span[0], avoided_high=span[1])
    if name == "participation":
        bounds = table[["low", "high"]].astype(float)
        table = table.assign(mid=bounds.mean(axis=1).astype("str"))
    return table.assign(what=_what(table, name))


def _what(table: pd.DataFrame, name: str) -> pd.Series[str]:
    """Say which row of a file it is, as readers know it."""
    say = _SAYS.get(name)
    return pd.Series("", index=table.index) if say is None else say(table)


def _freight(table: pd.DataFrame) -> pd.Series[str]:
    vehicles = vehicle_table()["label"].to_dict() | {EVERY_VEHICLE: "camions"}
    factors = table["factor"].map(labels_of("freight_factor"))
    return factors + " (" + table["vehicle"].map(vehicles) + ")"


def _heading(table: pd.DataFrame) -> pd.Series[str]:
    more = table["ewc_stats"].str.count(";")
    others = " et " + more.astype("str") + more.map({1: " autre"}).fillna(" autres")
    first = _waste_names(table["ewc_stats"].str.partition(";")[0])
    names = first + others.where(more > 0, "")
    return "rubrique " + table["heading"] + " (" + names + ")"


def _used(table: pd.DataFrame) -> pd.Series[str]:
    """Name what is used, and who gives it where that is not anybody."""
    codes = "déchets " + table["waste_codes"].str.replace(";", ", ")
    givers = " (NAF " + table["donors"].str.replace(";", ", ") + ")"
    return codes + givers.where(table["donors"] != ANY_ACTIVITY, "")


def _of_activity(label: pd.Series[str], table: pd.DataFrame) -> pd.Series[str]:
    return label + " (NAF " + table["naf_prefix"].str.replace(";", ", ") + ")"


_SAYS: dict[str, Callable[[pd.DataFrame], pd.Series[str]]] = {
    "byproducts": lambda table: _of_activity(table["label"], table),
    "current_outlets": _used,
    "freight_factors": _freight,
    "heading_wastes": _heading,
    "input_needs": lambda table: _of_activity(table["label_fr"], table),
    "landfill_tax": lambda table: "rubrique " + table["heading"] + ", " + table["year"],
    "residue_values": lambda table: _waste_names(table["ewc_stat"]),
    "synergies": lambda table: table["byproduct"] + " (" + table["rule_id"] + ")",
    "waste_ratios": lambda table: table["label"],
}


def _waste_names(codes: pd.Series[str]) -> pd.Series[str]:
    return codes.map(labels_of("ewc_stat")).fillna(codes)


def _listed(
    rows: pd.DataFrame, name: str, column: str, bounds: _Bounds
) -> pd.DataFrame:
    """Lay one column of a file out as factors."""
    if column == SHARES:
        rows = _by_category(rows)
    place = f"{name}.{column}"
    title, unit = labels_of("factor")[place], labels_of("factor_unit").get(place, "")
    named = [f"{title} – {what}" if what else title for what in rows["what"]]
    amounts = {
        level: pd.to_numeric(rows[source]) if source else np.nan
        for level, source in zip(_LEVELS, bounds, strict=True)
    }
    return pd.DataFrame(
        {
            "factor_table": name,
            "row_key": rows["row_key"],
            "column": rows["category"] if column == SHARES else column,
            "label": named,
            "unit": _units(rows, name) + unit,
            **amounts,
        }
    ).astype({"label": "str", "unit": "str"} | dict.fromkeys(_LEVELS, float))


def _units(rows: pd.DataFrame, name: str) -> pd.Series[str]:
    """Return the unit that each row of a file has of its own."""
    if name in _OWN_UNITS:
        return rows["unit"].replace("1", "")
    return pd.Series("", index=rows.index)


def _by_category(ratios: pd.DataFrame) -> pd.DataFrame:
    """Give each share of the composition of a ratio a row."""
    listed = ratios.assign(part=ratios[f"{SHARES}"].str.split(";")).explode("part")
    parts = listed["part"].str.split(":", expand=True)
    return listed.assign(
        category=parts[0],
        share=parts[1],
        what=listed["what"] + ", " + _waste_names(parts[0]),
    )


def _with_sources(factors: pd.DataFrame) -> pd.DataFrame:
    """Say which factors a row of `factor_sources` tells, near their middle."""
    sources = factor_sources().query("is_first_hand")
    sources = sources.rename(columns={"table": "factor_table"})
    read = factors.merge(sources[[*FACTOR_KEY, "value"]], on=FACTOR_KEY)
    gap, middle = (read["mid"] - read["value"]).abs(), read["mid"].abs()
    supported = pd.MultiIndex.from_frame(
        read.loc[at_most(gap, NEAR * middle), FACTOR_KEY]
    )
    has_source = pd.MultiIndex.from_frame(factors[FACTOR_KEY]).isin(supported)
    return factors.assign(
        evidence=np.where(has_source, "S", "H"), has_source=has_source
    ).astype({"evidence": "str"})
