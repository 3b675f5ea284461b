"""Inside counts: sums hold exactly, known sites first, each slot by its own name."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.reference.labels import labels_of
from eitgeo.reference.naf import urssaf_sector
from eitgeo.reference.tables import sector_mix
from eitgeo.sources.sites.counted_draw import (
    BEYOND,
    NO_ACTIVITY,
    UNPLACED,
    counted_cells,
    sector_counts,
    slot_draws,
    stretched,
)
from eitgeo.tables.columns import URSSAF_SECTORS
from tests.sources.counts import ape, insee, known, urssaf

MIX = sector_mix()
NO_INSEE = insee("00000").iloc[:0]


def cells_of(counts, sites=(), by_ape=()):
    """Return what counts leave to draw."""
    told = ape(*by_ape)
    return counted_cells(
        sector_counts(counts, told, NO_INSEE), told, sites=known(sites)
    )


def draw(cells, *, n_draws=3, seed=1):
    """Draw slots of the packaged mix."""
    return slot_draws(cells, MIX, seed=seed, source="essai", n_draws=n_draws)


def test_known_sites_are_taken_out_by_hand():
    cells = cells_of(
        urssaf(("31001", "industry", 5, 100), ("31001", "trade", 2, 9)),
        [
            ("A", "31001", "17.11Z", 60),
            ("B", "31001", "20.14Z", None),
            ("C", "31001", "02.20Z", 500),  # agriculture: outside the field
            ("D", "31009", "17.11Z", 500),  # another commune
        ],
    )
    industry = cells.slots[cells.slots["sector"].eq("industry")]
    assert industry["site_id"].tolist() == ["B", "", "", ""]
    assert cells.employees[industry["group"]].tolist() == [40] * 4
    assert len(cells.slots) == 4 + 2
    assert cells.known["site_id"].tolist() == ["A", "B"]
    assert cells.notes == []


@pytest.mark.parametrize(
    ("employers", "employees", "sites", "kind", "told"),
    [
        (3, 50, [("A", 60)], BEYOND, "60 salariés de sites connus pour 50 comptés"),
        (
            1,
            50,
            [("A", 20), ("B", None)],
            BEYOND,
            "2 établissements de sites connus pour 1 comptés",
        ),
        (1, 50, [("A", 20)], UNPLACED, "20 salariés de sites connus pour 50 comptés"),
    ],
)
def test_a_known_site_above_its_cell_is_told(employers, employees, sites, kind, told):
    cells = cells_of(
        urssaf(("31001", "industry", employers, employees)),
        [(name, "31001", "17.11Z", head) for name, head in sites],
    )
    assert [note[2:] for note in cells.notes] == [("31001, industrie", kind, told)]
    # Nothing is drawn beside them above the count.
    n_drawn = cells.slots["site_id"].eq("").sum()
    assert n_drawn == max(employers - len(sites), 0)
    expected = max(employees - sum(head or 0 for _, head in sites), 0)
    assert cells.employees.sum() == (expected if len(cells.slots) else 0)


def test_an_unknown_activity_is_told_and_taken_from_nothing():
    cells = cells_of(urssaf(("31001", "industry", 1, 5)), [("A", "31001", "", 4)])
    assert [note[3] for note in cells.notes] == [NO_ACTIVITY]
    assert cells.employees.tolist() == [5]


CELLS = st.dictionaries(
    st.tuples(st.sampled_from(["31001", "31002"]), st.sampled_from(URSSAF_SECTORS)),
    st.tuples(st.integers(0, 12), st.integers(0, 300)),
    min_size=1,
)
HEADS = st.lists(st.one_of(st.none(), st.integers(1, 40)), max_size=4)


@settings(max_examples=25)
@given(counts=CELLS, heads=HEADS)
def test_each_cell_has_its_employers_and_employees_in_every_draw(counts, heads):
    table = urssaf(*((*cell, n, e) for cell, (n, e) in counts.items()))
    sites = [(f"S{n}", "31001", "17.11Z", head) for n, head in enumerate(heads)]
    cells = cells_of(table, sites)
    drawn = draw(cells)
    mine = [head for head in heads if head is not None]
    for (code, sector), (n, e) in counts.items():
        at = cells.slots["code_insee"].eq(code) & cells.slots["sector"].eq(sector)
        here = code == "31001" and sector == "industry"
        n_sites = at.sum() + (len(mine) if here else 0)
        jobs = drawn.headcount[:, at].sum(axis=1) + (sum(mine) if here else 0)
        name = f"{code}, {labels_of('counted_sector')[sector]}"
        told = [note for note in cells.notes if note[2] == name]
        if n == 0 and e > 0 and not (here and heads):
            assert told  # employees of nobody
        elif not told:
            assert n_sites == n
            assert (jobs == e).all()


def test_activities_lie_in_their_sector_and_follow_the_mix():
    cells = cells_of(urssaf(*(("31001", one, 400, 900) for one in URSSAF_SECTORS)))
    drawn = draw(cells)
    sector = urssaf_sector(pd.Series(drawn.naf))
    assert (sector.to_numpy()[drawn.activity] == cells.slots["sector"].to_numpy()).all()
    industry = MIX[urssaf_sector(MIX["naf"]).eq("industry")]
    weights = industry.set_index("naf")["per_1000_employers"]
    share = weights["10.71C"] / weights.sum()
    found = (drawn.naf[drawn.activity] == "10.71C").sum() / (3 * 400)
    # 1 200 draws: four standard deviations.
    assert found == pytest.approx(share, abs=4 * np.sqrt(share / 1200))


def test_named_sites_have_the_largest_sizes_in_an_order_that_is_drawn():
    cells = cells_of(
        urssaf(("31001", "industry", 9, 300)),
        [("A", "31001", "17.11Z", None), ("B", "31001", "20.14Z", None)],
    )
    drawn = draw(cells, n_draws=40)
    named = cells.slots["site_id"].ne("").to_numpy()
    others = drawn.headcount[:, ~named].max(axis=1)
    assert (drawn.headcount[:, named].min(axis=1) >= others).all()
    first_is_larger = drawn.headcount[:, 0] > drawn.headcount[:, 1]
    assert 5 < first_is_larger.sum() < 35
    naf = drawn.naf[drawn.activity[:, named]]
    assert (naf == cells.slots.loc[named, "naf"].to_numpy()).all()


def test_a_commune_more_changes_nothing_of_the_others():
    one = ("31001", "trade", 6, 80)
    alone = cells_of(urssaf(one))
    both = cells_of(urssaf(("09001", "trade", 6, 80), one))
    here = both.slots["code_insee"].eq("31001").to_numpy()
    first, second = draw(alone), draw(both)
    assert (first.headcount == second.headcount[:, here]).all()
    assert (first.naf[first.activity] == second.naf[second.activity[:, here]]).all()
    other = draw(alone, seed=2)
    assert (first.headcount != other.headcount).any()


def test_more_employers_than_employees_leave_some_at_zero():
    cells = cells_of(urssaf(("31001", "trade", 5, 2)))
    heads = draw(cells).headcount
    assert (heads.sum(axis=1) == 2).all()
    assert heads.min() == 0


def test_counts_by_activity_hold_where_they_are_read():
    cells = cells_of(
        urssaf(("31001", "industry", 4, 100), ("31002", "industry", 1, 3)),
        [("A", "31001", "17.11Z", 50)],
        [
            ("31001", "industry", "17.11Z", 2, 70),
            ("31001", "industry", "10.71C", 2, 30),
        ],
    )
    drawn = draw(cells)
    naf = pd.Series(drawn.naf[drawn.activity[0]])
    here = cells.slots["code_insee"].eq("31001")
    assert naf[here].value_counts().to_dict() == {"10.71C": 2, "17.11Z": 1}
    for head in drawn.headcount:
        sums = pd.Series(head)[here].groupby(naf[here]).sum()
        assert sums.to_dict() == {"10.71C": 30, "17.11Z": 20}
    # A commune that counts by activity do not cover takes the mix.
    assert cells.slots.loc[~here, "naf"].tolist() == [""]


def test_counts_by_activity_alone_make_the_sectors():
    told = ape(("31001", "trade", "47.11F", 1, 80), ("31001", "trade", "47.30Z", 1, 4))
    counts = sector_counts(urssaf(), told, NO_INSEE).set_index("sector")
    assert list(counts.loc["trade", ["employers", "employees"]]) == [2, 84]
    assert counts.drop("trade")[["employers", "employees"]].eq(0).all(axis=None)


def test_large_sizes_are_raised_to_the_power_that_gives_their_sum_by_hand():
    sizes = np.array([[10.0, 20.0, 40.0, 30.0]])
    group = np.array([0, 0, 0, 2])
    x = (np.sqrt(37) - 1) / 2  # 10 (1 + x + x²) = 100
    found = stretched(sizes, np.array([100, 0, 90]), group)
    assert found[0] == pytest.approx([10, 10 * x, 10 * x**2, 90], abs=1e-4)
    nobody = stretched(np.zeros((1, 0)), np.zeros(0, int), np.zeros(0, int))
    assert nobody.shape == (1, 0)
