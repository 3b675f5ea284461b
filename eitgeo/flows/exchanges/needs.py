"""What receivers could use instead of what they buy: the other end of an exchange."""

from __future__ import annotations

from collections.abc import Container, Iterable

import numpy as np
import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError
from eitgeo.sources.activity.cells import counts_of
from eitgeo.zones.rule_ends import rule_matches

RATIO, PERMIT, SURVEY, UNBOUNDED = "ratio", "permit", "survey", "unbounded"
"""How a need is known; ``unbounded``: not at all, told apart and never summed."""
_HEADCOUNTS = ["headcount_low", "headcount_mid", "headcount_high"]
_MASSES = ["t_low", "t_mid", "t_high"]
_POWER_PLANT = "35.11Z"
_BURNING = r"(?:^|;)(?:2910|2971|3110)"
"""ICPE headings of whoever burns fuel or prepared waste."""
_AMOUNTS = ("need_id", "t_per", "max_share", "most_t")


def resource_of(
    naf: pd.Series[str], ewc_stat: pd.Series[str], inputs: pd.DataFrame
) -> pd.DataFrame:
    """Name the resource that a category of waste replaces in an activity.

    Examples
    --------
    >>> inputs = pd.DataFrame({"naf_prefix": ["16", "16.21"], "ewc_stat": ["W075"] * 2,
    ...     "resource": ["ouvrage", "fibre"], "t_per_employee": [60.0, 500.0]})
    >>> found = resource_of(pd.Series(["16.21Z", "16.10A", "35.30Z"]),
    ...     pd.Series(["W075"] * 3), inputs)
    >>> found["resource"].tolist()
    ['fibre', 'ouvrage', 'W075']
    """
    asked = pd.DataFrame({"naf": naf, "ewc_stat": ewc_stat})
    once = asked.drop_duplicates().reset_index(drop=True)
    pairs = once.assign(at=once.index).merge(inputs, on="ewc_stat")
    codes = zip(pairs["naf"].tolist(), pairs["naf_prefix"].tolist(), strict=True)
    fits = [str(code).startswith(prefix) for code, prefix in codes]
    longest = (
        pairs[np.array(fits, dtype=bool)]
        .assign(length=lambda rows: rows["naf_prefix"].str.len())
        .sort_values(["at", "length"], kind="stable")
        .drop_duplicates("at", keep="last")
        .set_index("at")
    )
    needs = longest.reindex(once.index)
    needs = needs.assign(resource=needs["resource"].fillna(once["ewc_stat"]))
    amounts = [n for n in inputs.columns if str(n).startswith(_AMOUNTS)]
    answer = once.join(needs[["resource", *amounts]])
    answers = asked.merge(answer, on=["naf", "ewc_stat"], how="left")
    answers.index = asked.index
    return answers[["resource", *amounts]]


def receiver_links(
    sites: pd.DataFrame, rules: pd.DataFrame, inputs: pd.DataFrame
) -> pd.DataFrame:
    """List which site could receive under which rule, and for which resource.

    ``sites``: ``site_id``, ``naf``. ``rules``: as `synergy_rules` returns them.
    ``inputs``: as `input_needs` returns them. Returns: ``site_id``, ``rule_id``,
    ``resource``, each once, sorted.
    """
    matched = rule_matches(sites[["site_id", "naf"]], rules, end="taker_naf")
    rows = matched.merge(rules[["rule_id", "ewc_stat"]], on="rule_id")
    resources = resource_of(rows["naf"], rows["ewc_stat"], inputs)
    links = rows[["site_id", "rule_id"]].assign(resource=resources["resource"])
    return (
        links.drop_duplicates()
        .sort_values(["site_id", "rule_id"])
        .reset_index(drop=True)
    )


def able_receivers(
    sites: pd.DataFrame, outlets: pd.DataFrame, declared: Container[str]
) -> pd.DataFrame:
    """Leave out power plants that no permit says to burn: most are dams and panels.

    ``sites``: ``site_id``, ``siret``, ``naf``. ``outlets``: table ``outlets``: its
    aliases name the SIRET, its headings what it may do. ``declared``: sites that said
    what they look for: they stay.
    """
    burns = outlets["icpe_headings"].str.contains(_BURNING)
    permitted = set(outlets.loc[burns, "aliases"].str.split(";").explode())
    is_declared = [site in declared for site in sites["site_id"]]
    is_able = sites["siret"].isin(permitted - {""}) | np.array(is_declared, dtype=bool)
    return sites[sites["naf"].ne(_POWER_PLANT) | is_able]


def estimated_needs(
    sites: pd.DataFrame,
    rules: pd.DataFrame,
    inputs: pd.DataFrame,
    *,
    permitted_t: pd.Series[float] | None = None,
) -> pd.DataFrame:
    """Estimate how much of each resource a site could receive.

    ``sites``: ``site_id``, ``naf`` (NAF rév. 2), ``headcount_low``, ``headcount_mid``,
    ``headcount_high``. ``rules``: as `synergy_rules` returns them. ``inputs``: as
    `input_needs` returns them. ``permitted_t``: capacity that a permit leaves, by
    ``site_id`` [t/year]. Returns: table ``receiver_needs`` [t of input/year].
    ``ratio``: input per employee × maximum share × headcount. Else ``permit``: what is
    permitted, for each resource. Else ``unbounded``: NaN tonnes, a need that nothing
    measures. Refused: column missing, negative headcount or permitted tonnage.

    Notes
    -----
    Low takes the low headcount, input and share; high the high ones: outer bounds.
    None is above ``most_t_per_site``: beyond the size of a large plant, jobs no longer
    tell what it takes in; ``n_establishments`` of a row of `sites`, where told, as
    many times.
    A permit covers all that a site receives: where it stands in, the resources of
    the site share it in equal parts.
    """
    require_columns(sites, ["site_id", "naf", *_HEADCOUNTS], where="sites")
    permits = pd.Series(dtype=float) if permitted_t is None else permitted_t
    _require_positive(sites, permits)
    matched = rule_matches(
        sites[["site_id", "naf", *_HEADCOUNTS]], rules, end="taker_naf"
    )
    rows = matched.merge(rules[["rule_id", "ewc_stat"]], on="rule_id")
    amounts = resource_of(rows["naf"], rows["ewc_stat"], inputs)
    rows = rows.join(amounts).drop_duplicates(["site_id", "resource"])
    for tail in ("low", "mid", "high"):
        end = "" if tail == "mid" else f"_{tail}"
        per_employee = rows[f"t_per_employee{end}"] * rows[f"max_share{end}"]
        rows[f"t_{tail}"] = rows[f"headcount_{tail}"] * per_employee
    most_t = rows["most_t_per_site"].fillna(np.inf) * counts_of(sites, rows["site_id"])
    rows[_MASSES] = rows[_MASSES].clip(upper=most_t, axis=0)
    rows[_MASSES] = rows[_MASSES].where(rows["headcount_mid"].gt(0))
    table = _permits_where_unknown(rows, permits).assign(evidence="H")
    columns = ["site_id", "resource", *_MASSES, "method", "evidence"]
    return table[columns].sort_values(["site_id", "resource"], ignore_index=True)


def _permits_where_unknown(
    rows: pd.DataFrame, permitted_t: pd.Series[float]
) -> pd.DataFrame:
    unknown = rows["t_mid"].isna()
    n_unknown = unknown.groupby(rows["site_id"]).transform("sum")
    share = rows["site_id"].map(permitted_t).astype(float) / n_unknown.clip(lower=1)
    by_permit = unknown & share.notna()
    method = np.select([by_permit, unknown], [PERMIT, UNBOUNDED], RATIO)
    filled = {name: rows[name].mask(by_permit, share) for name in _MASSES}
    return rows.assign(**filled, method=method).astype({"method": "str"})


def _require_positive(sites: pd.DataFrame, permitted_t: pd.Series[float]) -> None:
    faults = Faults("besoins")
    for site, jobs in sites.loc[
        sites["headcount_mid"].lt(0), ["site_id", "headcount_mid"]
    ].to_numpy():
        faults.add(f"« {site} » : effectif négatif ({jobs:g})", remedy="le corriger")
    for site, mass in permitted_t[permitted_t < 0].items():
        faults.add(
            f"« {site} » : capacité négative ({mass:g} t/an)", remedy="la corriger"
        )
    faults.raise_if_any(SchemaError)


def permitted_capacity(sites: pd.DataFrame, outlets: pd.DataFrame) -> pd.Series[float]:
    """Say what the permit of an outlet leaves to the site that runs it.

    ``sites``: ``site_id``, ``siret``. ``outlets``: table ``outlets``: its aliases name
    the SIRET. Returns: capacity less household tonnage, never below 0 [t/year], by
    ``site_id``.
    """
    left = (outlets["capacity_t"] - outlets["household_t"].fillna(0.0)).clip(lower=0)
    listed = pd.DataFrame({"siret": outlets["aliases"].str.split(";"), "t": left})
    named = listed.dropna(subset="t").explode("siret")
    named = named[named["siret"].ne("")]
    rows = sites.loc[sites["siret"].ne(""), ["site_id", "siret"]].merge(named)
    return rows.groupby("site_id")["t"].sum().astype(float)


def prefer_declared_needs(
    estimated: pd.DataFrame,
    declared: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    natures: pd.DataFrame,
    inputs: pd.DataFrame,
) -> pd.DataFrame:
    """Put what firms look for before what ratios say they could use.

    ``estimated``: as :func:`estimated_needs` returns it. ``declared``: as
    `survey_needs` returns it; ``resource`` is a nature. ``sites``: ``site_id``,
    ``naf``. ``natures``: as `survey_natures` returns them. ``inputs``: as `input_needs`
    returns them. Returns: table ``receiver_needs``: declared tonnes, by resource of the
    receiver, in place of the estimate of the same site and resource. A need without
    mass changes nothing.
    """
    weighed = declared[declared["t_mid"].notna()]
    naf = weighed["site_id"].map(sites.set_index("site_id")["naf"]).fillna("")
    ewc_stat = weighed["resource"].map(natures["ewc_stat"])
    named = weighed.assign(resource=resource_of(naf, ewc_stat, inputs)["resource"])
    key = ["site_id", "resource"]
    sums = named.groupby(key, as_index=False)[_MASSES].sum()
    sums = sums.assign(method=SURVEY, evidence="O")
    is_told = pd.MultiIndex.from_frame(estimated[key]).isin(
        pd.MultiIndex.from_frame(sums[key])
    )
    parts = [part for part in (sums, estimated[~is_told]) if len(part)]
    whole = pd.concat(parts, ignore_index=True) if parts else estimated
    return whole.sort_values(key, ignore_index=True)


def rules_without_receiver(
    rules: pd.DataFrame, *, donors: Iterable[str], reached: Iterable[str]
) -> pd.DataFrame:
    """List the rules that have donors here but no receiver in reach.

    ``rules``: as `synergy_rules` returns them. ``donors``: rules with a donor and a
    tonnage. ``reached``: rules with at least one pair in reach. Returns: ``rule_id``,
    ``family``, ``byproduct``, ``dist_max_km``.
    """
    missing = set(donors) - set(reached)
    rows = rules.loc[
        rules["rule_id"].isin(missing),
        ["rule_id", "family", "byproduct", "dist_max_km"],
    ]
    return rows.sort_values("rule_id", ignore_index=True, kind="stable")
