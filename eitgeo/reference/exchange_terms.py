"""Terms of an exchange: what receivers can use, who may take a waste, what it costs.

Each table ships with its source, status and evidence; most rows are working
assumptions (class H) that a survey, a permit or a quotation replaces.
"""

from __future__ import annotations

import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.reference.shipped import prepared, shipped_table

LANDFILL = "2760-2"
"""Heading of landfills of non-hazardous waste."""
_SORTED = ("W061", "W062", "W063", "W071", "W072", "W074")
"""What a sorting plant sells: metals, glass, paper, plastics; wood is paid for."""
COMPOSTING = "2780"
"""Heading of composters."""
OUTLET_SHARES = ["share_low", "share", "share_high"]
"""Part of a residue that goes to an outlet today, and its bounds (0–1)."""
COMPOST = "compost"
"""Need of those who treat waste: they charge their gate, and buy nothing."""


def _bounded(*stems: str) -> list[str]:
    """List the columns of figures and of their bounds."""
    return [f"{stem}{end}" for stem in stems for end in ("_low", "", "_high")]


@prepared("input_needs.csv")
def input_needs() -> pd.DataFrame:
    """Return what each activity buys, and how much of it a residue may replace.

    Returns: one row a NAF prefix, resource and category of waste: ``naf_prefix``
    (dotted prefix of a NAF rév. 2 code), ``need_id`` (the prefixes that share one need,
    as written), ``resource``, ``label_fr``, ``ewc_stat`` (a category that can stand in
    for the resource), ``t_per_employee`` [t of input/employee/year] and ``max_share``
    (0–1), each with ``_low`` and ``_high``, ``most_t_per_site`` (what one site takes at
    most, NaN: no limit) [t of input/year], ``status``, ``evidence``, ``source``.
    """
    numbers = _bounded("t_per_employee", "max_share")
    table = shipped_table("input_needs.csv", numbers=numbers)
    table = table.assign(
        most_t_per_site=pd.to_numeric(table["most_t_per_site"]).astype(float),
        need_id=table["naf_prefix"],
        naf_prefix=table["naf_prefix"].str.split(";"),
        ewc_stat=table["ewc_stats"].str.split(";"),
    )
    listed = table.drop(columns="ewc_stats").explode("naf_prefix").explode("ewc_stat")
    return listed.reset_index(drop=True)


@prepared("heading_wastes.csv")
def heading_wastes() -> pd.DataFrame:
    """Return which categories of waste each ICPE heading may take, at what price.

    Returns: one row a heading and category: ``heading``, ``stream``, ``ewc_stat``,
    ``ewc_stats`` (the categories that share one price, as written), ``gate_eur_per_t``
    with ``_low`` and ``_high`` [€/t, tax left out; negative where the outlet pays],
    ``status``, ``evidence``, ``source``.
    """
    table = shipped_table("heading_wastes.csv", numbers=_bounded("gate_eur_per_t"))
    table = table.assign(ewc_stat=table["ewc_stats"].str.split(";"))
    return table.explode("ewc_stat", ignore_index=True)


def composting_gate() -> pd.Series[float]:
    """Return what a composter charges whoever brings it waste [€/t]: low, mid, high."""
    stem = "gate_eur_per_t"
    gates = heading_wastes()
    of_composting = gates.loc[gates["heading"].eq(COMPOSTING)]
    levels = of_composting[[f"{stem}_low", stem, f"{stem}_high"]].mean()
    return levels.set_axis(["low", "mid", "high"])


def distance_checks() -> pd.DataFrame:
    """Return published distances that a median may be read beside, never fitted on.

    Returns: indexed by ``check_id``: ``label`` (French), ``km``, ``status``,
    ``evidence``, ``source``.
    """
    return shipped_table("distance_checks.csv", numbers=["km"]).set_index("check_id")


def participation() -> pd.DataFrame:
    """Return what is assumed of the part of receivers that take part, by term."""
    bounds = ["low", "high"]
    return shipped_table("participation.csv", numbers=bounds).set_index("term")


@prepared("syndicate_lines.csv")
def syndicate_lines() -> pd.DataFrame:
    """Return the lines of the syndicate's account, by line, in the order shown."""
    return shipped_table("syndicate_lines.csv").set_index("line")


def syndicate_terms() -> pd.DataFrame:
    """Return what a syndicate would renegotiate: ``line`` sizes it."""
    return shipped_table("syndicate_terms.csv").set_index("term")


@prepared("landfill_tax.csv")
def landfill_tax() -> pd.DataFrame:
    """Return the tax on waste (TGAP) by year and heading."""
    table = shipped_table("landfill_tax.csv")
    numbers = ["eur_per_t", "above_t", "extra_eur_per_t"]
    typed = {name: pd.to_numeric(table[name]).astype(float) for name in numbers}
    return table.assign(year=table["year"].astype(int), **typed)


def latest_tax_year(year: int, *, heading: str = LANDFILL) -> int:
    """Return the last year whose tax is known, up to one.

    Examples
    --------
    >>> latest_tax_year(2026), latest_tax_year(2040), latest_tax_year(2001)
    (2026, 2026, 2025)
    """
    table = landfill_tax()
    known = sorted(set(table.loc[table["heading"] == heading, "year"]))
    return max((one for one in known if one <= year), default=known[0])


def marginal_tax_eur_per_t(year: int, *, heading: str, landfilled_t: float) -> float:
    """Return the tax on one more tonne [€/t].

    Notes
    -----
    The premium is read as bearing on the tonnes above the threshold alone.

    Examples
    --------
    >>> marginal_tax_eur_per_t(2025, heading="2760-2", landfilled_t=40_000)
    65.0
    >>> marginal_tax_eur_per_t(2026, heading="2760-2", landfilled_t=48_500)
    74.0
    >>> marginal_tax_eur_per_t(2026, heading="2780", landfilled_t=0)
    0.0
    """
    table = landfill_tax()
    of_heading = table[table["heading"] == heading]
    if of_heading.empty:
        return 0.0
    rows = of_heading[of_heading["year"] == year]
    if rows.empty:
        known = ", ".join(str(one) for one in sorted(set(of_heading["year"])))
        message = (
            f"TGAP : aucun taux pour {heading} en {year} (années connues : {known}) "
            "→ ajouter la ligne de l’année à landfill_tax.csv"
        )
        raise StudyError(message)
    row = rows.iloc[0]
    extra = row["extra_eur_per_t"] if landfilled_t >= row["above_t"] else 0.0
    return float(row["eur_per_t"] + extra)


def residue_values() -> pd.DataFrame:
    """Return what a residue costs to prepare, and what its use is worth.

    Returns: indexed by ``ewc_stat``: ``processing_eur_per_t`` [€/t of residue],
    ``value_eur_per_t`` [€/t of input replaced], each with ``_low`` and ``_high``,
    ``status``, ``evidence``, ``source``.
    """
    numbers = _bounded("processing_eur_per_t", "value_eur_per_t")
    table = shipped_table("residue_values.csv", numbers=numbers)
    return table.set_index("ewc_stat")


def material_values() -> pd.Series[float]:
    """Return what a sorting plant sells a tonne for, by category [€/t]."""
    return residue_values()["value_eur_per_t"].loc[list(_SORTED)]


def current_outlets() -> pd.DataFrame:
    """Return which residues are sold, used, spread or left in place today.

    Returns: ``waste_codes`` and ``donors`` (``;`` lists: codes, prefixes of activities,
    ``*`` = any), ``outlet`` (``vendu``, ``utilise``, ``epandu``, ``laisse``),
    ``share_low``, ``share``, ``share_high`` (0–1: the part that goes there; the rest
    goes where the model of outlets sends it), ``status``, ``evidence``, ``source`` (the
    page, where a figure was read).
    """
    return shipped_table("current_outlets.csv", numbers=OUTLET_SHARES)
