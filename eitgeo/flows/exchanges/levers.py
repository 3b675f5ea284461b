"""What the exchanges of a study move: tonnes, kilometres, euros, CO2, with intervals.

Everything comes from the same draws, so that a total knows which of its parts rise
together, and each source of doubt is told by its share of the variance. How far they
go is told by three medians, for one alone says what it weighs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError
from eitgeo.exact import at_most, weighted_median
from eitgeo.reference.labels import labels_of

type Floats = npt.NDArray[np.float64]

TONNES, PARTICIPATION, USE, HAUL, DISPOSAL, VALUE, SUBSTITUTION = (
    "tonnages",
    "participation",
    "usages",
    "transport",
    "elimination",
    "valeur",
    "substitution",
)
"""Sources of doubt: what there is, who takes part, which part is used already, what
hauling costs and emits, what disposal costs (tax aside: its rate is known), what the
input replaced is worth, what replacing it avoids."""
SOURCES = (TONNES, PARTICIPATION, USE, HAUL, DISPOSAL, VALUE, SUBSTITUTION)
_COLUMNS = [
    "t",
    "used_share",
    "secondary_share",
    "disposal_km",
    "length_km",
    "disposal_eur_per_t",
    "disposal_tax_eur_per_t",
    "landfill_share",
    "landfill_tax_eur_per_t",
    "haul_to_disposal_eur_per_t",
    "haul_eur_per_t",
    "processing_eur_per_t",
    "value_eur_per_t",
    "syndicate_share",
    "avoided_kgco2e_per_t",
    "haul_to_disposal_kgco2e_per_t",
    "haul_kgco2e_per_t",
]
_KG_PER_T = 1000.0

BY_COUNT, ABOVE, BY_TONNE = "modele", "modele_10t", "modele_tonne"
"""Each exchange once; each of more than ten tonnes once; each tonne once."""
_LEAST_T = 10.0


def lever_draws(
    exchanges: pd.DataFrame,
    draws: Mapping[str, Floats],
    *,
    names: Collection[str] | None = None,
) -> dict[str, Floats]:
    """Compute each lever in each draw.

    ``exchanges``: one row an exchange, at mid value: ``t`` [t/year], ``disposal_km``
    and ``length_km`` [km one way], then, per tonne of residue, ``disposal_eur_per_t``
    (gate and tax that its firm no longer pays), ``disposal_tax_eur_per_t`` (the tax in
    it), ``haul_to_disposal_eur_per_t``, ``haul_eur_per_t``, ``processing_eur_per_t``,
    ``value_eur_per_t``, ``landfill_tax_eur_per_t`` (at the rate of the year) [€/t],
    ``landfill_share``, ``syndicate_share``, ``used_share``, ``secondary_share`` (parts
    that would be buried, that go to the syndicate, that are used today, and that others
    threw away first, 0–1), and ``avoided_kgco2e_per_t``,
    ``haul_to_disposal_kgco2e_per_t``, ``haul_kgco2e_per_t`` [kgCO2e/t]. ``draws``: by
    source (:data:`SOURCES`): factors on the mid value (of :data:`USE`: on the part that
    is not used today), of shape ``(n_draws, n_exchanges)`` or ``(n_draws, 1)``. A
    source left out stays at 1. ``names``: levers to compute; None: all. Returns: by
    lever (`labels_of`), one total a draw. Refused: column missing or unknown value,
    negative tonnage, factors of another shape.

    Notes
    -----
    Firms: disposal and its haul avoided, plus the value of the input replaced, less
    haul and processing. What one firm pays another cancels out. Fees that they no
    longer pay a syndicate are a loss of its own account
    (:mod:`eitgeo.flows.exchanges.syndicate_account`). ``eur_tax`` is a part of what
    firms save, not an addition. An exchange whose ``avoided_kgco2e_per_t`` is NaN
    (« non chiffrée ») refuses the run: leave it out of the CO2 by an own table.
    """
    per_exchange = _by_exchange(exchanges, draws)
    chosen = per_exchange if names is None else names
    return {name: per_exchange[name]().sum(axis=1) for name in chosen}


def exchange_levers(exchanges: pd.DataFrame) -> pd.DataFrame:
    """Compute each lever of each exchange, at mid value: what makes its total.

    One column a lever, on the index of `exchanges`; refuses what :func:`lever_draws`
    refuses.
    """
    draws_of = _by_exchange(exchanges, {})
    columns = {name: drawn()[0] for name, drawn in draws_of.items()}
    return pd.DataFrame(columns, index=exchanges.index)


def gathered(exchanges: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Sum the exchanges that rise and fall together: each lever keeps its total.

    Returns: the columns of `by` and those that :func:`lever_draws` reads; amounts per
    tonne are means, weighted by tonnes.
    """
    amounts = exchanges[_COLUMNS].mul(exchanges["t"], axis=0)
    keys = [exchanges[name] for name in by]
    sums = amounts.assign(t=exchanges["t"]).groupby(keys).sum()
    per_t = sums.drop(columns="t").div(sums["t"], axis=0)
    return sums[["t"]].join(per_t).reset_index()


def disposal_ranks(exchanges: pd.DataFrame) -> pd.Series[float]:
    """Rank the ways that waste goes today by what firms would save on them.

    ``exchanges``: as in :func:`lever_draws`, with ``disposal_heading``: where it goes
    today. Returns: ICPE heading → rank, 1 where exchanges save most; exchanges that go
    nowhere known today are left out.
    """
    priced = exchanges.fillna({"avoided_kgco2e_per_t": 0.0})
    saved = exchange_levers(priced)["eur_firms"]
    known = exchanges["disposal_heading"] != ""
    by_heading = saved[known].groupby(exchanges.loc[known, "disposal_heading"]).sum()
    return by_heading.rank(ascending=False, method="min")


def _by_exchange(
    exchanges: pd.DataFrame, draws: Mapping[str, Floats]
) -> dict[str, Callable[[], Floats]]:
    """Say how each lever of each exchange is computed, draws × exchanges."""
    _require_known(exchanges, draws)
    value = {name: exchanges[name].to_numpy(float)[None, :] for name in _COLUMNS}
    unit = np.ones((1, 1))
    tonnes, made, idle, haul, disposal, worth, replaced = (
        draws.get(source, unit) for source in SOURCES
    )
    t = value["t"] * tonnes * made
    gaining = t * idle  # what is used today gains nothing: all the rest is of this

    def firms() -> Floats:
        tax = value["disposal_tax_eur_per_t"]
        paid: Floats = disposal * (value["disposal_eur_per_t"] - tax) + tax
        return (
            paid
            + worth * value["value_eur_per_t"]
            - value["processing_eur_per_t"]
            + haul * (value["haul_to_disposal_eur_per_t"] - value["haul_eur_per_t"])
        )

    def co2() -> Floats:
        ways = value["haul_to_disposal_kgco2e_per_t"] - value["haul_kgco2e_per_t"]
        spared: Floats = replaced * value["avoided_kgco2e_per_t"] + haul * ways
        return spared

    return {
        "t": lambda: t,
        "used_t": lambda: t - gaining * (1.0 - value["used_share"]),
        "secondary_t": lambda: t * value["secondary_share"],
        "landfill_t": lambda: gaining * value["landfill_share"],
        "syndicate_t": lambda: gaining * value["syndicate_share"],
        "tkm_avoided": lambda: gaining * (value["disposal_km"] - value["length_km"]),
        "eur_tax": lambda: gaining * value["landfill_tax_eur_per_t"],
        "eur_firms": lambda: gaining * firms(),
        "tco2e_avoided": lambda: gaining * co2() / _KG_PER_T,
    }


def _require_known(exchanges: pd.DataFrame, draws: Mapping[str, Floats]) -> None:
    require_columns(exchanges, _COLUMNS, where="leviers")
    faults = Faults("leviers")
    for name in _COLUMNS:
        n_unknown = int((~np.isfinite(exchanges[name].to_numpy(float))).sum())
        if n_unknown:
            fault = f"colonne « {name} » : {n_unknown} valeur(s) inconnue(s)"
            faults.add(fault, remedy="retirer ces échanges : « non chiffrés »")
    if (exchanges["t"] < 0).any():
        faults.add("tonnage négatif", remedy="corriger l’affectation")
    for source, factors in draws.items():
        if source not in SOURCES:
            known = ", ".join(SOURCES)
            faults.add(f"source « {source} » inconnue", remedy=f"admises : {known}")
        elif factors.ndim != 2 or factors.shape[1] not in {1, len(exchanges)}:  # noqa: PLR2004
            fault = f"tirages de « {source} » : forme {factors.shape}"
            faults.add(fault, remedy="(tirages, échanges) ou (tirages, 1)")
    faults.raise_if_any(SchemaError)


def levers(
    exchanges: pd.DataFrame,
    draws: Mapping[str, Floats],
    *,
    names: Collection[str] | None = None,
) -> pd.DataFrame:
    """Sum up each lever: interval, and which doubt makes it.

    ``names``: levers to sum up; None: all. Returns: indexed by lever: ``unit``,
    ``low``, ``mid``, ``high`` (P10, P50, P90 of the draws), then
    ``variance_<source>_pct`` [%] and ``variance_ensemble_pct``: the part of no source
    alone. Negative where sources hold one another back.

    Notes
    -----
    The share of a source is the variance when it alone is drawn, the others at their
    mid value, over that of all together. A lever without variance has NaN shares.
    """
    whole = lever_draws(exchanges, draws, names=names)
    alone = {
        source: lever_draws(exchanges, {source: draws[source]}, names=names)
        for source in SOURCES
        if source in draws
    }
    rows = []
    for lever, unit in labels_of("lever_unit").items():
        if lever not in whole:
            continue
        low, mid, high = np.percentile(whole[lever], [10, 50, 90])
        total = float(np.var(whole[lever]))
        shares = {
            f"variance_{source}_pct": _share_pct(np.var(drawn[lever]), total)
            for source, drawn in alone.items()
        }
        rest = 100.0 - sum(shares.values())
        rows.append(
            {"lever": lever, "unit": unit, "low": low, "mid": mid, "high": high}
            | shares
            | {"variance_ensemble_pct": rest}
        )
    return pd.DataFrame(rows).set_index("lever")


def _share_pct(part: float, total: float) -> float:
    return 100.0 * float(part) / total if total > 0 else float("nan")


def break_even_km(
    margin_eur_per_t: Floats, *, fixed_eur_per_t: Floats, eur_per_t_km: Floats
) -> Floats:
    """Return the distance at which an exchange stops paying.

    ``margin_eur_per_t``: disposal avoided (gate, tax, haul) plus value of the input,
    less processing [€/t of residue]. ``fixed_eur_per_t``: haul that distance does not
    change: loading, waiting [€/t]. ``eur_per_t_km``: haul of one tonne over one
    kilometre, return included [€/t/km one way]. Returns: [km one way]; 0 where even
    next door does not pay.

    Notes
    -----
    ``fixed + per_km · d = margin``, DOMAIN: « break-even distance ».

    Examples
    --------
    >>> break_even_km(np.array([7.0, 1.0]), fixed_eur_per_t=np.array([1.0, 2.0]),
    ...     eur_per_t_km=np.array([0.2, 0.2])).tolist()
    [30.0, 0.0]
    """
    return np.maximum(margin_eur_per_t - fixed_eur_per_t, 0.0) / eur_per_t_km


def rule_break_even(terms: pd.DataFrame) -> pd.DataFrame:
    """Give the break-even distance of each rule, low, mid and high.

    ``terms``: one row a rule: ``family`` and, each with ``_low`` and ``_high``,
    ``margin_eur_per_t``, ``fixed_eur_per_t``, ``eur_per_t_km``. Returns: on the index
    of `terms`: ``family``, ``break_even_km_low`` (lowest margin, dearest haul),
    ``break_even_km``, ``break_even_km_high`` [km].
    """
    opposite = {"_low": "_high", "": "", "_high": "_low"}
    rows = pd.DataFrame({"family": terms["family"]})
    for end, dear in opposite.items():
        rows[f"break_even_km{end}"] = break_even_km(
            terms[f"margin_eur_per_t{end}"].to_numpy(float),
            fixed_eur_per_t=terms[f"fixed_eur_per_t{dear}"].to_numpy(float),
            eur_per_t_km=terms[f"eur_per_t_km{dear}"].to_numpy(float),
        )
    return rows


def family_break_even(terms: pd.DataFrame) -> pd.DataFrame:
    """Give the break-even distance of each family: medians over its rules [km]."""
    return rule_break_even(terms).groupby("family").median()


def reach_weights(t: pd.Series[float]) -> pd.DataFrame:
    """Say what each exchange weighs in each median; NaN where it is left out.

    Examples
    --------
    >>> reach_weights(pd.Series([4.0, 20.0])).to_numpy().tolist()
    [[1.0, nan, 4.0], [1.0, 1.0, 20.0]]
    """
    once = pd.Series(1.0, index=t.index)
    small = at_most(t.to_numpy(float), _LEAST_T)
    return pd.DataFrame({BY_COUNT: once, ABOVE: once.mask(small), BY_TONNE: t})


def reach_medians(km: pd.Series[float], t: pd.Series[float]) -> pd.Series[float]:
    """Return the medians of ways [km one way]; NaN where no exchange counts.

    Examples
    --------
    >>> km, t = pd.Series([2.0, 30.0, 4.0]), pd.Series([4.0, 50.0, 20.0])
    >>> reach_medians(km, t).to_dict()
    {'modele': 4.0, 'modele_10t': 17.0, 'modele_tonne': 30.0}
    """
    weights = reach_weights(t)
    medians = {
        name: float(np.median(km[of.notna()])) if of.notna().any() else np.nan
        for name, of in weights[[BY_COUNT, ABOVE]].items()
    }
    by_tonne = weighted_median(np.asarray(km, np.float64), np.asarray(t, np.float64))
    return pd.Series(medians | {BY_TONNE: by_tonne})
