"""How useful a publication is: what `eitgeo survey publish` says, measured again."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.cli.survey.publish import SIMULATED_PCT
from eitgeo.disclosure.answers import PublishedSum, may_follow, may_tell, sums_of

POPULATIONS = [44_000, 17_700, 15_700, 35_091, 30_806, 30_003, 7_354]
"""Seven EPCI of the example: answers come as people live."""
STREAMS = {"NDNI": 0.85, "INERT": 0.3, "DANGEREUX": 0.25}
VERY, LESS = 2.0, 1.4
"""How unequal firms are: one in six throws away 7.4 or 4.1 times the median."""


def answers_of(rng: np.random.Generator, n_firms: int, spread: float) -> pd.DataFrame:
    """Draw answers of firms."""
    weights = np.array(POPULATIONS) / sum(POPULATIONS)
    rows = []
    for epci in rng.choice(len(POPULATIONS), n_firms, p=weights):
        firm = f"{rng.integers(10**9):09d}"
        streams = [item for item, share in STREAMS.items() if rng.random() < share]
        rows += [
            (f"{epci:09d}", "flux", item, firm, rng.lognormal(3, spread))
            for item in streams
        ]
    return pd.DataFrame(rows, columns=["epci_siren", "subject", "item", "firm", "t"])


def printed(rows: pd.DataFrame) -> set[str]:
    """Say whose tonnes a register prints: one large firm in three."""
    large = rows.groupby("firm")["t"].sum()
    return set(large.index[(large > 200) & (large.index < "333333333")])


def told_pct(rows: pd.DataFrame) -> float:
    """Return the share of tonnes in sums that are told [%]."""
    known, sums = printed(rows), sums_of(rows)
    mass = {cell: sum(firms.values()) for cell, firms in sums.items()}
    told = [t for c, t in mass.items() if may_tell(c, sums[c], known=known)]
    return 100 * sum(told) / sum(mass.values())


@pytest.mark.parametrize("n_firms", SIMULATED_PCT)
def test_the_tonnes_told_are_those_that_the_command_says(n_firms) -> None:
    measured = [
        np.mean([told_pct(answers_of(rng, n_firms, spread)) for _ in range(100)])
        for spread in (VERY, LESS)
        for rng in [np.random.default_rng(n_firms)]
    ]
    assert np.round(measured).tolist() == list(SIMULATED_PCT[n_firms])


@pytest.mark.parametrize(
    ("n_more", "low", "high"), [(5, 0, 2), (20, 10, 30), (60, 50, 75)]
)
def test_a_sum_moves_once_enough_firms_came(n_more, low, high) -> None:
    """Of the sums that new answers change, those that may be told anew [%]."""
    rng = np.random.default_rng(9)
    counts = []
    for spread in (VERY, LESS) * 20:
        rows, more = (answers_of(rng, n, spread) for n in (80, n_more))
        both = pd.concat([rows, more])
        known, first, second = printed(both), sums_of(rows), sums_of(both)
        told = [
            PublishedSum("1", cell, firms, {"mass_t": sum(firms.values())})
            for cell, firms in first.items()
            if may_tell(cell, firms, known=known)
        ]
        counts += [
            may_tell(cell, second[cell], known=known)
            and may_follow(cell, second, told, known=known)
            for cell in (one.cell for one in told)
            if second[cell] != first[cell]
        ]
    assert low <= 100 * np.mean(counts) <= high
