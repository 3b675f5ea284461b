"""Seats of unions of whole EPCI: by hand, then every town of every union tried."""

import math
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from eitgeo.roads.questions.seats import seats_of_unions

# a: A (30), B (10); b: C (20); c: D (40). B and D are towns; no road leads to D from C.
COMMUNES = pd.DataFrame(
    {
        "code_insee": list("ABCD"),
        "epci_siren": list("aabc"),
        "population": [30, 10, 20, 40],
    }
)
MINUTES = pd.DataFrame(
    {"B": [15.0, 0.0, 25.0, 50.0], "D": [40.0, 50.0, np.nan, 0.0]}, index=list("ABCD")
)


def found(*unions: str) -> Any:
    return seats_of_unions(
        {one: list(one) for one in unions}, COMMUNES, MINUTES
    ).set_index(["union_id", "epci_siren"])


def test_each_union_sits_in_a_town_of_its_own() -> None:
    table = found("ba", "c", "abc", "b")
    # Half of 60 inhabitants are within 15 min of B; D is outside.
    assert table.loc["ba", "seat"].tolist() == ["B", "B"]
    assert table.loc["ba", "minutes"].tolist() == [15.0, 25.0]
    assert table.loc[("c", "c")].tolist() == [40, "D", 0.0]
    # 50 of 100 are within 25 min of B, within 40 of D.
    assert table.loc["abc", "seat"].tolist() == ["B"] * 3
    assert table.loc["abc", "minutes"].tolist() == [15.0, 25.0, 50.0]
    # No town inside.
    assert table.loc[("b", "b"), "seat"] == ""
    assert np.isnan(table.loc[("b", "b"), "minutes"])


def test_without_a_town_there_is_no_seat() -> None:
    table = seats_of_unions({"ab": ["a", "b"]}, COMMUNES, MINUTES[[]])
    assert table["seat"].tolist() == ["", ""]
    assert table["minutes"].isna().all()
    assert seats_of_unions({}, COMMUNES, MINUTES).empty


def test_a_member_without_a_way_has_no_minutes() -> None:
    table = found("bc")
    # 40 of 60 are at no minute of D; C has no way there.
    assert table.loc["bc", "seat"].tolist() == ["D", "D"]
    assert np.isnan(table.loc[("bc", "b"), "minutes"])


def brute(people: pd.Series, minutes: pd.Series) -> float:
    """Return the median by laying inhabitants in a row."""
    row = np.sort(np.repeat(minutes.fillna(np.inf), people))
    middle = float(row[(len(row) + 1) // 2 - 1])
    return math.nan if math.isinf(middle) else middle


def test_every_union_against_every_town() -> None:
    rng = np.random.default_rng(30)
    codes = [f"C{n:02}" for n in range(12)]
    communes = pd.DataFrame(
        {
            "code_insee": codes,
            "epci_siren": [f"e{n % 5}" for n in range(12)],
            "population": rng.integers(1, 9, 12),
        }
    )
    times = rng.integers(1, 30, (12, 6)).astype(float)
    times[rng.random(times.shape) < 0.15] = np.nan
    minutes: Any = pd.DataFrame(times, index=codes, columns=codes[:6])
    sirens = sorted(set(communes["epci_siren"]))
    unions = {
        "".join(held): held for size in (1, 2, 3) for held in combinations(sirens, size)
    }
    table = seats_of_unions(unions, communes, minutes)
    about: Any = communes.set_index("code_insee")
    for name, rows in table.groupby("union_id"):
        which = str(name)
        held = about[about["epci_siren"].isin(unions[which])]
        towns = [str(one) for one in minutes if one in held.index]
        medians = {
            one: brute(held["population"], minutes.loc[held.index, one])
            for one in towns
        }
        known = {one: value for one, value in medians.items() if value >= 0}
        best = min(known, key=lambda one: (known[one], one), default="")
        assert set(rows["seat"]) == {best}
        for row in rows.to_dict("records"):
            mine = held[held["epci_siren"] == row["epci_siren"]]
            assert row["population"] == mine["population"].sum()
            truth = (
                brute(mine["population"], minutes.loc[mine.index, best])
                if best
                else np.nan
            )
            assert row["minutes"] == truth or np.isnan([row["minutes"], truth]).all()
