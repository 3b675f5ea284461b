"""Shares of exchanges and of the first site: their limits, by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.published import (
    LEFT_NOTE,
    UNSURE_NOTE,
    WITHHELD_NOTE,
    kept_shares,
)
from tests.disclosure.test_published import published
from tests.disclosure.toy import (
    ROW,
    A,
    B,
    C,
    D,
    make_amounts,
    perimeter,
    three,
)

UNITS = pd.DataFrame(
    {
        "indicator_id": "captured_pct",
        "block_id": [A, A, D],
        "code_insee": [A, B, D],
        "n_sites": [3, 3, 3],
        "released": True,
    }
)
"""A unit of two communes, and one of one."""


def share(cells: dict[tuple[str, str], float], *codes: str) -> Any:
    """Return the share of its exchanges that a perimeter keeps, note and tonnes."""
    table = pd.DataFrame(
        [(*ends, t) for ends, t in cells.items()],
        columns=["donor_id", "receiver_ids", "value"],
    )
    shares, kept = kept_shares(UNITS, table, [perimeter("p", *codes)])
    return shares.loc[0, "value"], shares.loc[0, "note"], kept[0]


@pytest.mark.parametrize(
    ("unsure_t", "expected"),
    [(20.0, 70.0), (19.9, 70.0), (20.1, np.nan), (0.0, 70.0)],
)
def test_a_fifth_given_to_takers_partly_inside_is_the_most(unsure_t, expected) -> None:
    """Of 100 t that a gives, 70 stay; some go to a and d together, the rest out."""
    cells = {(A, A): 70.0, (A, f"{A};{D}"): unsure_t, (A, "hors"): 30.0 - unsure_t}
    value, note, kept = share(cells, A, B)
    assert value == pytest.approx(expected, nan_ok=True)
    assert note == ("" if expected == 70.0 else UNSURE_NOTE)
    assert kept == 70.0


def test_a_taker_held_in_part_makes_a_cell_unsure() -> None:
    cells = {(D, D): 70.0, (D, A): 30.0}
    value, note, _ = share(cells, D, A)  # a without b: a part of the unit
    # Half of who gives is in d, the other in a unit that is cut.
    assert (np.isnan(value), note) == (True, UNSURE_NOTE)
    assert share(cells, D)[:2] == (70.0, "")
    assert share(cells, D, A, B)[0] == 100.0


def test_less_than_a_tonne_has_a_share_too() -> None:
    assert share({(D, D): 0.3, (D, A): 0.1}, D)[:2] == (pytest.approx(75.0), "")


def test_units_that_give_nothing_keep_no_share() -> None:
    value, note, kept = share({(D, A): 30.0}, A, B)
    assert (np.isnan(value), note, kept) == (True, WITHHELD_NOTE, 0.0)


def test_a_share_says_that_most_of_who_gives_is_in_units_that_stay_in() -> None:
    value, note, _ = share({(D, D): 70.0, (A, A): 10.0}, A, D)  # a without b
    assert (np.isnan(value), note) == (
        False,
        "non ventilé : 1 commune, 50 % des établissements (secret statistique)",
    )
    value, note, _ = share({(A, A): 10.0}, A)
    assert (np.isnan(value), note) == (True, LEFT_NOTE)


def test_sites_without_an_employee_make_no_share_of_jobs() -> None:
    jobs = make_amounts([*three(A, each=0.4), *three(*ROW[1:], each=10.0)])
    rows = published(perimeter("p", A), perimeter("q", A, B, C), jobs=jobs)
    band = rows.xs("top_site_pct", level="indicator_id")[["low", "high"]]
    assert band.loc["p"].tolist() == [0.0, 0.0]
    # 10 to 19 of 61.2 jobs, told as 1.2, 30 and 30.
    assert band.loc["q"].tolist() == pytest.approx([100 * 10 / 61.2, 100 * 19 / 61.2])
