"""The syndicate's own account: what leaves its plants, line by line, draw by draw.

Lines of euros add up to the balance in every draw; percentiles are read last.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.flows.outlets.syndicate import collected_part
from eitgeo.study.sections import Study

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Lines = dict[tuple[str, str, str], Floats]

MATERIALS = "materials_lost"
IN_BALANCE = ("fee_lost", "cost_spared", "tax_spared", "premium_spared", MATERIALS)
BALANCE = "balance"
_BESIDE = ("out_t", "tax_passed", "landfill_t")
_THOUSAND_T = 1000.0
_DAYS = 365.0


class Landfill(NamedTuple):
    """A landfill of the syndicate, and the tax of the year.

    ``outlet_id``: its name. ``taken_t``: what it buries already, households alone; NaN
    where unknown [t/year]. ``rate_eur_per_t``, ``extra_eur_per_t``, ``above_t``: tax,
    and what is added on tonnes above a threshold.
    """

    outlet_id: str
    taken_t: float
    rate_eur_per_t: float
    extra_eur_per_t: float
    above_t: float

    @property
    def over_t(self) -> float:
        """Say how much of what it buries bears the added tax: none where unknown."""
        over_t = self.taken_t - self.above_t
        return over_t if over_t > 0 else 0.0


def premium_saved_eur(landfill: Landfill, less_t: Floats) -> Floats:
    """Say what tonnes less spare of the added tax: none below the threshold.

    Examples
    --------
    >>> place = Landfill("a", 48_500.0, 69.0, 5.0, 45_000.0)
    >>> premium_saved_eur(place, np.array([1_000.0, 3_500.0, 9_000.0])).tolist()
    [5000.0, 17500.0, 17500.0]
    """
    return landfill.extra_eur_per_t * np.minimum(less_t, landfill.over_t)


class Collected(NamedTuple):
    """What the public service collects of the exchanged waste, and buries.

    ``part``: part of each exchange (0–1). ``fee_eur_per_t``, ``cost_eur_per_t``: what
    firms pay it, and what it costs, tax aside. ``outlet_id``: the landfill where it
    goes; empty: nothing is collected.
    """

    part: pd.Series[float]
    fee_eur_per_t: float = 0.0
    cost_eur_per_t: float = 0.0
    outlet_id: str = ""


def collected_today(
    exchanges: pd.DataFrame, study: Study, codes: Collection[str], outlet_id: str
) -> Collected:
    """Say what the public service collects of each exchange, where the study tells it.

    ``outlet_id``: the landfill where it goes.
    """
    part = collected_part(exchanges, study, codes)
    service = study.flows.syndicate and study.flows.syndicate.public_collection
    if not service:
        return Collected(part)
    return Collected(part, service.fee_eur_per_t, service.cost_eur_per_t, outlet_id)


def account_entries(
    allocation: pd.DataFrame,
    lots: pd.DataFrame,
    collected: Collected,
    *,
    costs: Mapping[str, float],
) -> pd.DataFrame:
    """Share each exchange among the plants that its waste would leave.

    ``costs``: plant → what a tonne costs it [€/t]. Returns: one row an exchange and
    plant: ``row`` (place in `allocation`), ``outlet_id``, ``ewc_stat``, then per tonne
    exchanged ``share``, ``fee`` and ``cost`` [€; NaN where nobody tells it],
    ``landfill`` and ``collected`` (0–1).
    """
    part: Floats = np.asarray(collected.part, dtype=np.float64)
    own = allocation["syndicate_share"].to_numpy(float) - part
    rows = pd.DataFrame(
        {
            "row": np.arange(len(allocation)),
            "code_insee": allocation["donor_code"].to_numpy(),
            "ewc_stat": allocation["ewc_stat"].to_numpy(),
            "own": own,
        }
    ).merge(lots, on=["code_insee", "ewc_stat"])
    by_row = rows.groupby("row")
    # Residues that no ratio counts are exchanged beside the waste of a lot.
    scale = rows["own"] / by_row["share"].transform("sum")
    share = scale * rows["share"]
    entries = pd.DataFrame(
        {
            "row": rows["row"],
            "outlet_id": rows["outlet_id"],
            "ewc_stat": rows["ewc_stat"],
            "share": share,
            "fee": scale * rows["fee_eur_per_t"],
            "cost": share * rows["outlet_id"].map(costs).astype(float),
            "landfill": scale * rows["landfill_share"],
            "collected": 0.0,
        }
    )
    added = _collected_entries(allocation, part, collected)
    return pd.concat([entries, added], ignore_index=True)


def _collected_entries(
    allocation: pd.DataFrame, part: Floats, collected: Collected
) -> pd.DataFrame:
    rows = np.flatnonzero(part > 0)
    return pd.DataFrame(
        {
            "row": rows,
            "outlet_id": collected.outlet_id,
            "ewc_stat": allocation["ewc_stat"].to_numpy()[rows],
            "share": part[rows],
            "fee": part[rows] * collected.fee_eur_per_t,
            "cost": part[rows] * collected.cost_eur_per_t,
            "landfill": part[rows],
            "collected": part[rows],
        }
    )


class Factors(NamedTuple):
    """Draws of what the account depends on.

    ``t``: tonnes of each exchange, draws × rows of the allocation [t/year].
    ``disposal``: factor on fees, draws × 1. ``worth``: factor on what materials are
    sold for, draws × 1.
    """

    t: Floats
    disposal: Floats
    worth: Floats


def account_lines(
    entries: pd.DataFrame,
    factors: Factors,
    landfills: Sequence[Landfill],
    *,
    values: pd.Series[float],
) -> Lines:
    """Compute each line of the account in each draw.

    Notes
    -----
    Keys: line, plant, category; "" for all. ``balance`` is the sum of
    :data:`IN_BALANCE`, plant by plant and in all: tax on what the public service
    collected, added tax above the threshold, costs spared, less fees and what sorted
    materials were sold for (`values`, by category [€/t]): of either sign, as costs are
    above or below what a tonne brings in. Where nobody tells the cost of a plant that
    tonnes leave, its fees, sales and costs, hence the balance, are NaN. Tax that firms
    paid at the rate of the year is passed on, hence in no balance.
    """
    entries = entries.assign(material=sold_eur_per_t(entries, values))
    outlets = sorted({*entries["outlet_id"], *(one.outlet_id for one in landfills)})
    places = {one.outlet_id: one for one in landfills}
    lines: Lines = {}
    for outlet in outlets:
        own = entries[entries["outlet_id"] == outlet]
        for category, rows in own.groupby("ewc_stat"):
            lines["out_t", outlet, str(category)] = _summed(rows, "share", factors)
        lines |= _plant_lines(outlet, own, factors, places.get(outlet))
    nothing = np.zeros(len(factors.disposal))
    for name in (*IN_BALANCE, BALANCE, *_BESIDE):
        each = [lines[name, one, ""] for one in outlets if (name, one, "") in lines]
        lines[name, "", ""] = np.sum([nothing, *each], axis=0)
    return lines


def sold_eur_per_t(entries: pd.DataFrame, values: pd.Series[float]) -> pd.Series[float]:
    """Say what a plant sells of each tonne exchanged: nothing of what is buried."""
    sorted_part = entries["share"] - entries["landfill"]
    return sorted_part * entries["ewc_stat"].map(values).fillna(0.0)


def _summed(entries: pd.DataFrame, column: str, factors: Factors) -> Floats:
    each: Floats = factors.t[:, entries["row"].to_numpy(np.intp)]
    summed: Floats = each @ entries[column].to_numpy(float)
    return summed


def _plant_lines(
    outlet: str, entries: pd.DataFrame, factors: Factors, landfill: Landfill | None
) -> Lines:
    sold = factors.worth[:, 0] * _summed(entries, "material", factors)
    fees = factors.disposal[:, 0] * _summed(entries, "fee", factors)
    costs = _summed(entries, "cost", factors)
    # Losses without the costs that they spare would be half an account.
    known = np.where(np.isnan(costs), np.nan, 1.0)
    lines = {
        "out_t": _summed(entries, "share", factors),
        "fee_lost": 0.0 - known * fees,
        "cost_spared": costs,
    }
    if entries["material"].any():
        lines[MATERIALS] = 0.0 - known * sold
    if landfill:
        buried_t = _summed(entries, "landfill", factors)
        collected_t = _summed(entries, "collected", factors)
        rate = landfill.rate_eur_per_t
        lines |= {
            "tax_spared": rate * collected_t,
            "premium_spared": premium_saved_eur(landfill, buried_t),
            "tax_passed": rate * (buried_t - collected_t),
            "landfill_t": buried_t,
        }
    in_balance = [lines[name] for name in IN_BALANCE if name in lines]
    lines[BALANCE] = np.sum(in_balance, axis=0)
    return {(name, outlet, ""): drawn for name, drawn in lines.items()}


def space_lines(
    lines: Lines, landfills: Sequence[Landfill], *, years_left: tuple[float, float]
) -> dict[tuple[str, str, str], tuple[Floats, Floats]]:
    """Say what the space won is worth, in days and in years of life of the site.

    Two bounds a line: the permit ends between two years. NaN where nobody tells it, or
    what is buried.
    """
    taken_t = sum(one.taken_t for one in landfills)
    won_t = lines["landfill_t", "", ""]
    share = won_t / taken_t if taken_t > 0 else np.full_like(won_t, np.nan)
    least, most = (share * left for left in years_left)
    return {
        ("landfill_days", "", ""): (_DAYS * share, _DAYS * share),
        ("landfill_years", "", ""): (least, most),
    }


def landfill_marks(
    landfill: Landfill, *, years_left: tuple[float, float]
) -> dict[str, tuple[float, float]]:
    """Say where a landfill stands, and what a thousand tonnes less would be worth."""
    less = np.array([_THOUSAND_T])
    tax = landfill.rate_eur_per_t * _THOUSAND_T
    tax += float(premium_saved_eur(landfill, less)[0])
    taken = landfill.taken_t
    per_t = _THOUSAND_T / taken if taken > 0 else float("nan")
    over_t = landfill.over_t if taken >= 0 else float("nan")
    marks = {
        "taken_t": taken,
        "over_threshold_t": over_t,
        "premium_paid": landfill.extra_eur_per_t * over_t,
        "tax_1000t": tax,
    }
    years = {"years_1000t": (per_t * years_left[0], per_t * years_left[1])}
    return {name: (value, value) for name, value in marks.items()} | years


def member_draws(
    balance: Floats, hypotheses: Mapping[str, pd.Series[float]]
) -> dict[tuple[str, str], Floats]:
    """Share the balance among members, hypothesis by hypothesis, by population.

    ``balance``: one a draw [€/year]. ``hypotheses``: list of members → inhabitants of
    each EPCI. Returns: hypothesis and member → its part, one a draw; the members of a
    hypothesis add up to the balance.
    """
    return {
        (name, str(siren)): balance * float(people / population.sum())
        for name, population in hypotheses.items()
        for siren, people in population.items()
    }


def levels(low: Floats, high: Floats | None = None) -> tuple[float, float, float]:
    """Read the tenth of the lower bound, the median, the ninth of the upper one."""
    top = low if high is None else high
    p10, p90 = np.percentile(low, 10), np.percentile(top, 90)
    both = np.concatenate([low, top])
    return float(p10), float(np.median(both)), float(p90)


def member_levels(
    drawn: Mapping[tuple[str, str], Floats],
) -> dict[str, tuple[float, float, float]]:
    """Tell the part of each member over all hypotheses: 0 where one leaves it out."""
    names = sorted({name for name, _ in drawn})
    bounds = {}
    for siren in sorted({member for _, member in drawn}):
        zero = np.zeros_like(next(iter(drawn.values())))
        each = [drawn.get((name, siren), zero) for name in names]
        read = [levels(one) for one in each]
        low, middle, high = np.array(read).T
        bounds[siren] = float(low.min()), float(middle.mean()), float(high.max())
    return bounds
