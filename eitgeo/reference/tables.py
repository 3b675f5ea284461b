"""The CSV tables that ship with the package, typed."""

from __future__ import annotations

from functools import cache

import pandas as pd

from eitgeo.reference.divisions import expand_divisions
from eitgeo.reference.shipped import prepared, shipped_table

BYPRODUCT_AMOUNTS = ["per_employee_low", "per_employee", "per_employee_high"]
BYPRODUCT_LIMIT = "most_per_site"
"""What one site has at most: jobs do not tell the size of a plant for ever."""
CODELESS = ("biogaz", "chaleur", "co2", "eau")
"""Resources that no waste code names."""
EVERY_VEHICLE = "*"
FACTOR_KEYS = {
    "byproducts": ("naf_prefix", "resource"),
    "current_outlets": ("waste_codes", "donors"),
    "freight_factors": ("vehicle", "factor"),
    "heading_wastes": ("heading", "stream", "ewc_stats"),
    "input_needs": ("naf_prefix", "resource"),
    "landfill_tax": ("year", "heading"),
    "residue_values": ("ewc_stat",),
    "sector_mix": ("naf",),
    "synergies": ("rule_id",),
    "waste_ratios": ("naf_prefix", "stream"),
}
"""What names a factor in each table whose sources are written down."""
LEVELS = ("low", "mid", "high")
SPEED_FIT_SEED = 20261128
"""Of the pairs that speeds are set on (``benchmarks/calibrate_speeds.py``)."""
SPEED_PREFIX = "kmh_"
"""Begins the columns of speeds, one a class of road."""

_SECOND_HAND = "dénominateur de seconde main"
_TEXTS = ("name", "label", "kind", "states", "evidence", "source", "status")
_SIDES = ("west", "south", "east", "north")


@prepared("waste_ratios.csv")
def waste_ratios() -> pd.DataFrame:
    """Return waste ratios by activity, one row a composition share.

    Returns: ``naf_prefix`` (dotted prefix of a NAF rév. 2 code), ``ratio_id`` (the
    prefixes that share one ratio, as written), ``stream`` (``NDNI``: neither hazardous
    nor inert, ``INERT``, ``EXCLUDE``), ``ewc_stat``, ``share`` (0–1),
    ``t_per_employee``, ``t_per_employee_low``, ``t_per_employee_high``
    [t/employee/year], ``status``, ``evidence``, ``source``.

    Notes
    -----
    A prefix list ``10;11`` or range ``58-82`` of the file becomes one row each.
    """
    amounts = ["t_per_employee", "t_per_employee_low", "t_per_employee_high"]
    table = shipped_table("waste_ratios.csv", numbers=amounts)
    table["ratio_id"] = table["naf_prefix"]
    table["naf_prefix"] = table["naf_prefix"].map(_prefixes)
    table = table.explode("naf_prefix", ignore_index=True)
    table["part"] = table["ewc_stat_shares"].str.split(";")
    table = table.explode("part", ignore_index=True)
    parts = table["part"].str.split(":", expand=True)
    table["ewc_stat"] = parts[0]
    table["share"] = parts[1].astype(float)
    return table.drop(columns=["part", "ewc_stat_shares"])


def _prefixes(written: str) -> list[str]:
    if "-" in written:
        first, last = written.split("-")
        return [f"{division:02d}" for division in range(int(first), int(last) + 1)]
    return written.split(";")


def factor_sources() -> pd.DataFrame:
    """Return where published factors were read, one row a factor and source.

    Returns: ``table`` (a key of `FACTOR_KEYS`), ``row_key`` (its key, joined by ``|``),
    ``column``; ``author``, ``title``, ``year``, ``place`` (page, table, section);
    ``value_printed`` and ``unit_printed``, ``conversion`` (French) and ``value``, in
    the unit of the column; ``url``; ``is_first_hand`` (no denominator was read in a
    blog, a foundation's page or a newspaper).

    Notes
    -----
    The page was opened and shows the value. A factor is of class S where a row of first
    hand lies within a fifth of its middle; two rows of one factor may disagree: its
    interval holds both, and between two far ones no middle is published.
    """
    table = shipped_table("factor_sources.csv", numbers=["value"])
    return table.assign(is_first_hand=~table["conversion"].str.endswith(_SECOND_HAND))


def factor_table(name: str) -> pd.DataFrame:
    """Return a table of `FACTOR_KEYS` as it is written, texts only, by ``row_key``."""
    table = shipped_table(f"{name}.csv")
    keys = table[list(FACTOR_KEYS[name])].agg("|".join, axis="columns")
    return table.set_index(keys.rename("row_key"))


def waste_totals() -> pd.DataFrame:
    """Return published totals of waste, and what brings them to a territory.

    Returns: indexed by ``reference_id``: ``label``; what is counted (``stream``;
    ``naf``: ranges of divisions; ``ewc_stat``, ``without_ewc_stat``: lists of
    categories, empty: all, none); ``place``; ``t_low``, ``t_high`` [t/year] and
    ``years`` of the sources; ``population``; ``jobs`` of the sectors of ``sector`` (one
    of `SECTORS` of the counts of URSSAF, ``all``; empty: not counted, NaN); ``source``;
    ``feeds_ratio`` (``oui``, ``en_partie``, ``non``: whether a page of the total is
    that of the ratios of its divisions); ``explains`` (French).

    Notes
    -----
    Sources are in ``waste_total_sources.csv``, one row a figure that was read: an
    interval is from the lowest to the highest of them. A total whose page makes a
    ratio too does not check that ratio.
    """
    return _waste_totals().copy()


@cache
def _waste_totals() -> pd.DataFrame:
    table = shipped_table("waste_totals.csv").set_index("reference_id")
    sources = waste_total_sources()
    of_total = sources[sources["what"].eq("t")].groupby("of")
    years = of_total["year"].agg(lambda read: "–".join(sorted({min(read), max(read)})))
    value = sources.set_index(["what", "of"])["value"]
    table["sector"] = table.pop("jobs")
    return table.assign(
        t_low=of_total["value"].min(),
        t_high=of_total["value"].max(),
        years=years,
        source=of_total["author"].agg(lambda read: " ; ".join(read.unique())),
        population=table["place"].map(value["population"]),
        jobs=(table["place"] + "|" + table["sector"]).map(value["jobs"]),
        feeds_ratio=[
            _feeds_ratio(total, set(sources["url"][sources["of"].eq(str(name))]))
            for name, total in table.iterrows()
        ],
    )


def _feeds_ratio(total: pd.Series, pages: set[str]) -> str:
    """Say whether pages of a total are those of ratios of its divisions."""
    sources = factor_sources()
    ratio = f"|{total['stream']}"
    keys = sources.loc[
        sources["table"].eq("waste_ratios")
        & sources["url"].isin(pages)
        & sources["row_key"].str.endswith(ratio),
        "row_key",
    ]
    prefixes = ";".join(keys.str.removesuffix(ratio)).split(";") if len(keys) else []
    ratios = expand_divisions(prefix.partition(".")[0] for prefix in prefixes)
    divisions = expand_divisions(total["naf"].split(";"))
    if not divisions & ratios:
        return "non"
    return "oui" if divisions <= ratios else "en_partie"


def waste_total_sources() -> pd.DataFrame:
    """Return where totals, inhabitants and employees were read, one row a figure."""
    return shipped_table("waste_total_sources.csv", numbers=["value"])


def sector_mix() -> pd.DataFrame:
    """Return the mix of activities that the synthetic generator draws from.

    Notes
    -----
    Of class S: the national share of its URSSAF sector, published counts over counts
    (`factor_sources`); what remains of the sector is shared as memory has it (``H``).
    """
    return shipped_table("sector_mix.csv", numbers=["per_1000_employers"])


def byproduct_ratios() -> pd.DataFrame:
    """Return the quantity of residues by activity and employee.

    Notes
    -----
    Orders of magnitude from memory, class H: they are there to rank what to ask
    about first. A residue without a row is « non chiffrée », never 0.
    """
    table = shipped_table("byproducts.csv", numbers=BYPRODUCT_AMOUNTS)
    most = pd.to_numeric(table[BYPRODUCT_LIMIT]).astype(float)
    return table.assign(**{BYPRODUCT_LIMIT: most})


def ranking_criteria() -> pd.DataFrame:
    """Return the criteria that rank perimeters, with their fixed anchors.

    Notes
    -----
    Anchors do not depend on the perimeters that are compared: adding one moves the
    score of no other. Weights and anchors are working assumptions; the study replaces
    the weights.
    """
    numbers = ["weight", "worst", "best"]
    return shipped_table("criteria.csv", numbers=numbers).set_index("indicator_id")


def freight_factors() -> pd.DataFrame:
    """Return the factors of road freight, one row a vehicle and factor.

    Returns: ``vehicle`` (a name of `vehicle_table`, or ``*``: all), ``factor``,
    ``unit``, ``low``, ``mid``, ``high`` (P10, P50, P90), ``status``, ``evidence``,
    ``source``.

    Notes
    -----
    Costs are the three terms of the CNR (kilometre, hour, vehicle-day). ``handling_h``
    is loading and unloading, both together. ``empty_return_share`` is the share of
    the way back that the flow pays for.
    """
    return shipped_table("freight_factors.csv", numbers=LEVELS)


def vehicle_table() -> pd.DataFrame:
    """Return the vehicles: what they are, how fast they go, what they cost.

    Notes
    -----
    Costs are the three terms of the CNR (kilometre, hour, day), in orders of
    magnitude to confirm. Speeds of trucks are at most those of article R413-8 of the
    Code de la route: 90 km/h on motorways, 80 km/h elsewhere.
    """
    table = shipped_table("vehicles.csv")
    for column in table.columns.difference(list(_TEXTS)):
        table[column] = pd.to_numeric(table[column])
    return table.set_index("name")


def speed_fit() -> pd.DataFrame:
    """Return how far our times are from other engines', by class of length.

    Returns: ``vehicle``, ``reference`` (an engine, or the geometric mean of both cars),
    ``ground``, ``state`` (``apres``, or ``hors_calage``: after a calibration without
    that ground), ``km_from`` [km], ``pairs``; ``p05``, ``median``, ``p95`` of ours ÷
    theirs; ``seed``.

    Notes
    -----
    Written by ``benchmarks/calibrate_speeds.py``: a study does not run these engines.
    """
    table = shipped_table("speed_fit.csv")
    numbers = table.columns.difference(["vehicle", "reference", "ground", "state"])
    return table.astype(dict.fromkeys(numbers, float) | {"seed": int, "pairs": int})


def ready_closures() -> pd.DataFrame:
    """Return the closures that a study may name without describing them.

    Examples
    --------
    >>> ready_closures().loc["n125_saint_beat", "ref"]
    'N 125'
    """
    table = shipped_table("closures.csv")
    for side in _SIDES:
        table[side] = pd.to_numeric(table[side])
    return table.set_index("closure_id")
