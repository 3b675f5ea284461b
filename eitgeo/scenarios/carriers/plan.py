"""What could be begun with: shared services and exchanges, by ease and by reach."""

from __future__ import annotations

import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError
from eitgeo.flows.exchanges.mutualisation import rule_members
from eitgeo.scenarios.measures.activity import Activity

FEWEST_SITES = 3
"""Sites below which a count is not told."""

BENEFITS = ("plus_1000", "100_1000", "10_100", "moins_10", "")
"""Classes of what firms would save in all [k€/year], largest first; empty: not told."""
_CLASS_EUR = (10_000.0, 100_000.0, 1_000_000.0)
EASE_ORDER = ("rapide", "moyen", "long", "eprouve", "cas_par_cas")
_PROVEN = "éprouvé"
OPTION_COLUMNS = [
    "kind",
    "option_id",
    "label",
    "family",
    "n_sites",
    "n_groups",
    "benefit",
    "ease",
    "gate",
    "first_call",
    "least",
    "source",
]


def require_plan(actions: pd.DataFrame) -> None:
    """Refuse a plan in which an action begins before what it stands on.

    ``actions``: `plan_actions`. The refusal names each action that ends before it
    begins, that needs an unknown one or one that has not ended, or whose pilot or fund
    another action brings later.

    Examples
    --------
    >>> from eitgeo.reference.governance import plan_actions
    >>> require_plan(plan_actions())
    """
    faults = Faults("plan_actions.csv")
    rows = actions.astype({"start_month": int, "end_month": int}).to_dict("index")
    end = {str(name): int(row["end_month"]) for name, row in rows.items()}
    brought = {
        what: str(name) for name, row in rows.items() for what in _parts(row["brings"])
    }
    for name, row in rows.items():
        start = int(row["start_month"])
        if end[str(name)] < start:
            faults.add(f"{name} : finit avant de commencer", remedy="corriger les mois")
        used = {str(row["pilot"]), *str(row["funder"]).split(", ")}
        makers = {brought[what]: what for what in sorted(used & set(brought))}
        for need in [*_parts(row["needs"]), *makers]:
            if need not in end:
                fault = f"{name} : action préalable inconnue « {need} »"
                faults.add(fault, remedy=hint(need, end))
            elif end[need] >= start:
                why = f" (« {makers[need]} »)" if need in makers else ""
                faults.add(
                    f"{name} commence au mois {start}, avant la fin de {need}{why}",
                    remedy=f"la commencer au mois {end[need] + 1}",
                )
    faults.raise_if_any(SchemaError)


def _parts(listed: object) -> list[str]:
    return [one for one in str(listed).split(";") if one]


def benefit_class(saved_eur: float) -> str:
    """Say in which class the savings of a process fall.

    Examples
    --------
    >>> [benefit_class(one) for one in (2e6, 1e5, 9_999.0, -5.0, float("nan"))]
    ['plus_1000', '100_1000', 'moins_10', '', '']
    """
    if not saved_eur > 0:
        return ""
    return BENEFITS[len(_CLASS_EUR) - sum(saved_eur >= limit for limit in _CLASS_EUR)]


def plan_options(
    activity: Activity,
    *,
    mutualisations: pd.DataFrame,
    sheets: pd.DataFrame,
    saved_eur: pd.Series[float] | None = None,
) -> pd.DataFrame:
    """Order shared services and families of exchange.

    ``mutualisations``: `mutualisation_rules`. ``sheets``: `process_sheets`: one a
    family of exchanges, or a few. ``saved_eur``: what firms would save by process
    sheet, where it may be told [€/year]. Returns: ``kind`` (``mutualisation``,
    ``synergie``), ``option_id``, ``label``, ``family``, ``n_sites`` (target sites that
    a service concerns, givers with a taker in reach), ``n_groups`` (zones that could
    share the service), ``benefit`` (class of what a process saves), ``ease`` (delay of
    a service; whether a process is proven or a case by case matter), ``gate``
    (regulation), ``first_call`` (a function) and ``least`` (quantity below which it
    does not pay) of a process, ``source``, and ``rank`` within its kind: easiest first,
    then largest benefit, most groups and most sites. Options of fewer than three sites
    are left out.
    """
    shared = _services(activity, mutualisations)
    if activity.in_cells:  # who is large enough to share is not known
        shared = shared.iloc[:0]
    processes = _processes(activity, sheets, saved_eur)
    rows = pd.concat([shared, processes], ignore_index=True)[OPTION_COLUMNS]
    rows = rows[rows["n_sites"] >= FEWEST_SITES]
    order = rows.assign(
        ease_rank=rows["ease"].map(list(EASE_ORDER).index),
        benefit_rank=rows["benefit"].map(list(BENEFITS).index),
        groups=-rows["n_groups"],
        most=-rows["n_sites"],
    ).sort_values(
        ["kind", "ease_rank", "benefit_rank", "groups", "most", "option_id"],
        ignore_index=True,
    )
    rank = order.groupby("kind").cumcount() + 1
    return order.assign(rank=rank)[[*OPTION_COLUMNS, "rank"]]


def _services(activity: Activity, rules: pd.DataFrame) -> pd.DataFrame:
    members = rule_members(activity.target, rules)
    counts = members.groupby("rule_id")["site_id"].nunique()
    groups = pd.Series(dtype="int64")
    if activity.groups is not None:
        groups = activity.groups.groupby("rule_id")["group_id"].nunique()
    return pd.DataFrame(
        {
            "kind": "mutualisation",
            "option_id": rules["rule_id"],
            "label": rules["byproduct"],
            "family": rules["family"],
            "n_sites": rules["rule_id"].map(counts).fillna(0).astype("int64"),
            "n_groups": rules["rule_id"].map(groups).fillna(0).astype("int64"),
            "benefit": "",
            "ease": rules["lead_time"],
            "gate": rules["regulatory_gate"],
            "first_call": "",
            "least": "",
            "source": rules["source"],
        }
    )


def _processes(
    activity: Activity, sheets: pd.DataFrame, saved_eur: pd.Series[float] | None
) -> pd.DataFrame:
    families = sheets["rule_families"].str.split(";")
    pairs = families.rename_axis("option_id").explode().rename("family").reset_index()
    joined = pairs.merge(activity.families[["family", "site_id"]], on="family")
    counts = joined.groupby("option_id")["site_id"].nunique()
    saved = pd.Series(dtype=float) if saved_eur is None else saved_eur
    proven = sheets["maturity"].eq(_PROVEN)
    return pd.DataFrame(
        {
            "kind": "synergie",
            "option_id": sheets.index,
            "label": sheets["title"],
            "family": sheets["rule_families"],
            "n_sites": counts.reindex(sheets.index).fillna(0).astype("int64"),
            "n_groups": 0,
            "benefit": saved.reindex(sheets.index).map(benefit_class),
            "ease": proven.map({True: "eprouve", False: "cas_par_cas"}),
            "gate": sheets["permit"],
            "first_call": sheets["first_call"],
            "least": sheets["least_note"],
            "source": sheets["source"],
        }
    )
