"""What could be begun with: shared services and exchanges, by ease and by reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.flows import rule_members

if TYPE_CHECKING:
    from eitgeo.scenarios.activity import Activity

FEWEST_SITES = 3
"""Sites below which a count is not told."""

EASE_ORDER = ("rapide", "moyen", "long", "eprouve", "cas_par_cas")
_PROVEN = "éprouvé"
OPTION_COLUMNS = [
    "kind",
    "option_id",
    "label",
    "family",
    "n_sites",
    "ease",
    "gate",
    "first_call",
    "least",
    "source",
]


def plan_options(
    activity: Activity, *, mutualisations: pd.DataFrame, sheets: pd.DataFrame
) -> pd.DataFrame:
    """Order shared services and families of exchange.

    Parameters
    ----------
    activity
        Facts of the study area.
    mutualisations
        :func:`eitgeo.reference.mutualisation_rules`.
    sheets
        :func:`eitgeo.reference.process_sheets`: one a family of exchanges, or a few.

    Returns
    -------
    pandas.DataFrame
        ``kind`` (``mutualisation``, ``synergie``), ``option_id``, ``label``,
        ``family``, ``n_sites`` (target sites that a service concerns, givers with a
        taker in reach), ``ease`` (delay of a service; whether a process is proven or
        a case by case matter), ``gate`` (regulation), ``first_call`` (a function) and
        ``least`` (quantity below which it does not pay) of a process, ``source``, and
        ``rank`` within its kind: easiest first, then most sites. Options of
        fewer than three sites are left out.
    """
    shared = _services(activity, mutualisations)
    given = _processes(activity, sheets)
    rows = pd.concat([shared, given], ignore_index=True)[OPTION_COLUMNS]
    rows = rows[rows["n_sites"] >= FEWEST_SITES]
    order = rows.assign(
        ease_rank=rows["ease"].map(list(EASE_ORDER).index), most=-rows["n_sites"]
    ).sort_values(["kind", "ease_rank", "most", "option_id"], ignore_index=True)
    rank = order.groupby("kind").cumcount() + 1
    return order.assign(rank=rank)[[*OPTION_COLUMNS, "rank"]]


def _services(activity: Activity, rules: pd.DataFrame) -> pd.DataFrame:
    members = rule_members(activity.target, rules)
    counts = members.groupby("rule_id")["site_id"].nunique()
    return pd.DataFrame(
        {
            "kind": "mutualisation",
            "option_id": rules["rule_id"],
            "label": rules["byproduct"],
            "family": rules["family"],
            "n_sites": rules["rule_id"].map(counts).fillna(0).astype("int64"),
            "ease": rules["lead_time"],
            "gate": rules["regulatory_gate"],
            "first_call": "",
            "least": "",
            "source": rules["source"],
        }
    )


def _processes(activity: Activity, sheets: pd.DataFrame) -> pd.DataFrame:
    families = sheets["rule_families"].str.split(";")
    pairs = families.rename_axis("option_id").explode().rename("family").reset_index()
    joined = pairs.merge(activity.families[["family", "site_id"]], on="family")
    counts = joined.groupby("option_id")["site_id"].nunique()
    proven = sheets["maturity"].eq(_PROVEN)
    return pd.DataFrame(
        {
            "kind": "synergie",
            "option_id": sheets.index,
            "label": sheets["title"],
            "family": sheets["rule_families"],
            "n_sites": counts.reindex(sheets.index).fillna(0).astype("int64"),
            "ease": proven.map({True: "eprouve", False: "cas_par_cas"}),
            "gate": sheets["permit"],
            "first_call": sheets["first_call"],
            "least": sheets["least_note"],
            "source": sheets["source"],
        }
    )
