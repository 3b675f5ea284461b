"""What could be begun with, and what is known of each EPCI."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError
from eitgeo.flows.exchanges.lever_terms import rule_members
from eitgeo.scenarios.measures.activity import Activity, Counted, vintage_words
from eitgeo.study.roads import TIMES_EVIDENCE

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

    ``saved_eur``: what firms would save by process sheet, where it may be told
    [€/year]. Returns: ``kind`` (``mutualisation``, ``synergie``), ``option_id``,
    ``label``, ``family``, ``n_sites`` (target sites that a service concerns, givers
    with a taker in reach), ``n_groups`` (zones that could share the service),
    ``benefit`` (class of what a process saves), ``ease`` (delay of a service; whether a
    process is proven or a case by case matter), ``gate`` (regulation), ``first_call``
    (a function) and ``least`` (quantity below which it does not pay) of a process,
    ``source``, and ``rank`` within its kind: easiest first, then largest benefit, most
    groups and most sites. Options of fewer than three sites are left out.
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

    ``communes``: ``code_insee``, ``nom``, ``dep``, ``population``, ``area_km2``,
    ``epci_communes``. ``sums``: released sums of ``industry_jobs`` and ``deposit_t``:
    ``value``, ``low``, ``high``, indexed by SIREN. ``outlets``: ``name``,
    ``code_insee``, ``status``, ``evidence``. Returns: ``epci_siren``, ``fact_id``,
    ``value``, ``low``, ``high`` (NaN where the fact is a text, or is not known),
    ``told`` (text), ``evidence``.
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

    ``counted``: what registers count; None: nothing is told. ``edition``: of the study:
    a count of more than five years says so. Returns: as :func:`epci_facts`; no value
    where a commune of the EPCI is not covered.
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
