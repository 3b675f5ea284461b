"""Who may carry an initiative, by which rules; actions, costs and regions."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from eitgeo.reference.labels import with_labels
from eitgeo.reference.shipped import shipped_table

EFFECTS = ("impossible", "inadapte", "condition", "favorable", "vigilance")
"""What a rule that applies does to a carrier; ``vigilance`` changes no state."""

CASE_KINDS = ("territoire", "plateforme", "programme")
"""One animator's territory, plants on one platform, a programme of several."""

CASE_NUMBERS = (
    "n_firms",
    "n_meetings",
    "n_leads",
    "n_realised",
    "t_per_year",
    "eur_per_year",
    "tco2e_per_year",
    "fte",
)
"""What a documented case may tell."""

SWOT_SIDES = ("atout", "faiblesse", "opportunite", "menace")


def carriers() -> pd.DataFrame:
    """Return the structures that may carry an initiative, and those that may not.

    Returns: indexed by ``carrier_id``: ``carrier``, ``decides``, ``may_employ``,
    ``strong``, ``weak``, ``deliberations_least`` and ``deliberations_most`` (sums of
    numbers and facts such as ``1+n_epci``; empty: it cannot carry),
    ``deliberations_note``, ``status``, ``evidence``, ``source``; French.

    Notes
    -----
    Legal statements are general knowledge, class H, to be printed as « à faire
    valider par le service juridique ».
    """
    return shipped_table("carriers.csv").set_index("carrier_id")


def carrier_rules() -> pd.DataFrame:
    """Return the rules that say what a perimeter asks of a carrier."""
    return shipped_table("carrier_rules.csv").set_index("rule_id")


def governance_tasks() -> pd.DataFrame:
    """Return who does what under each carrier."""
    return shipped_table("governance_tasks.csv").set_index("task")


def swot_cells() -> pd.DataFrame:
    """Return the statements of the strengths and weaknesses grid."""
    return shipped_table("swot.csv", numbers=["threshold"]).set_index("cell_id")


def plan_actions() -> pd.DataFrame:
    """Return the actions of the first year, in their order of presentation.

    Returns: indexed by ``action_id``: ``action``, ``axis``, ``pilot``, ``partners``,
    ``cost_class`` (€, €€, €€€), ``funder``, ``start_month`` and ``end_month`` (from the
    launch, 1 = first month), ``needs`` (``;`` list: actions that end before it begins),
    ``brings`` (``;`` list: pilots and funds that exist once it has ended),
    ``indicator``, ``deliberation`` and ``quick`` (``oui``, ``non``), ``status``,
    ``evidence``, ``source``; French.
    """
    table = shipped_table("plan_actions.csv").set_index("action_id")
    months = ["start_month", "end_month"]
    table[months] = table[months].astype("int64")
    return table.assign(indicator=table["indicator"].map(with_labels))


def animation_costs() -> pd.DataFrame:
    """Return what animation costs and what aid may cover, as working assumptions.

    Returns: indexed by ``item``: ``label``, ``unit``, ``low``, ``mid``, ``high``,
    ``status``, ``evidence``, ``source``.
    """
    levels = ["low", "mid", "high"]
    return shipped_table("animation_costs.csv", numbers=levels).set_index("item")


def animation_posts() -> pd.DataFrame:
    """Return what a full-time post of animation can do, as working assumptions.

    Returns: indexed by ``item`` (``meetings_year``): ``label``, ``unit``, ``low``,
    ``high``, ``status``, ``evidence``, ``source``.
    """
    bounds = ["low", "high"]
    return shipped_table("animation_posts.csv", numbers=bounds).set_index("item")


def verdict_conditions() -> pd.DataFrame:
    """Return the conditions of the verdict: what lacks, makes it yes, or no, and why.

    Returns: indexed by ``condition_id``: ``label``, ``lacking``, ``yes``, ``no``,
    ``reason`` of its threshold.
    """
    return shipped_table("verdict_conditions.csv").set_index("condition_id")


def departement_regions() -> pd.Series[str]:
    """Return the region of each département of metropolitan France."""
    return shipped_table("departement_regions.csv").set_index("dep")["region"]


def eit_facts(regions: Iterable[str] = ()) -> pd.DataFrame:
    """Return what laws, plans and past initiatives say of industrial ecology."""
    table = shipped_table("eit_facts.csv").set_index("fact_id")
    return table[table["region"].isin(["", *regions])]


def documented_cases() -> pd.DataFrame:
    """Return what initiatives of industrial ecology realised, each from a page read.

    Returns: indexed by ``case_id``: ``name``, ``region``, ``kind`` (a value of
    ``CASE_KINDS``), ``years``, the numbers of ``CASE_NUMBERS`` (NaN: the page does not
    tell), ``author``, ``title``, ``year``, ``place``, ``value_printed``, ``conversion``
    (empty: as printed), ``url``.

    Notes
    -----
    What programmes and territories say of themselves: nobody audited it, and the cases
    that told nothing are not there. Cases stand beside a potential; none is fitted to.
    """
    table = shipped_table("documented_cases.csv").set_index("case_id")
    numbers = list(CASE_NUMBERS)
    table[numbers] = table[numbers].apply(pd.to_numeric).astype(float)
    return table
