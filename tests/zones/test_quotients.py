"""Location quotients and their intervals, against tables and by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from eitgeo.errors import SchemaError
from eitgeo.zones.sectors import location_quotients, poisson_interval


def counts(**numbers: int) -> pd.Series:
    """Return counts by division: « d10 » for 10."""
    return pd.Series({name[1:]: n for name, n in numbers.items()}, dtype="int64")


def test_by_hand() -> None:
    # 20 sites here; the reference has 30 % of 10, 50 % of 25, 20 % of 38.
    here = counts(d10=12, d25=8)
    found = location_quotients(here, counts(d10=300, d25=500, d38=200))
    assert found["expected"].to_dict() == pytest.approx({"10": 6, "25": 10, "38": 4})
    assert found["quotient"].to_dict() == pytest.approx({"10": 2, "25": 0.8, "38": 0})
    # None of the four that were to be: up to 3.689 ÷ 4.
    assert found.loc["38", "quotient_low"] == 0
    assert found.loc["38", "quotient_high"] == pytest.approx(3.688879 / 4, rel=1e-6)


def test_the_place_itself_as_reference_gives_one() -> None:
    here = counts(d10=3, d25=40)
    assert location_quotients(here, here)["quotient"].tolist() == [1.0, 1.0]


@given(st.integers(0, 3000))
def test_bounds_are_those_of_a_poisson_count(n) -> None:
    (low,), (high,) = poisson_interval(np.array([n]))
    assert low <= n <= high
    assert poisson.cdf(n, high) == pytest.approx(0.025, rel=1e-6)
    if n:
        assert poisson.sf(n - 1, low) == pytest.approx(0.025, rel=1e-6)


def test_intervals_hold_the_truth_at_least_as_often_as_said() -> None:
    drawn = np.random.default_rng(1).poisson(6.0, 4000)
    low, high = poisson_interval(drawn)
    assert ((low <= 6) & (high >= 6)).mean() >= 0.95


def test_no_site_gives_no_quotient() -> None:
    assert location_quotients(counts(d10=0), counts(d10=5, d25=5)).empty
    assert location_quotients(counts(), counts(d10=5)).empty


def test_a_sector_that_the_reference_lacks_is_refused() -> None:
    with pytest.raises(SchemaError, match="secteur « 38 » absent de la référence"):
        location_quotients(counts(d10=2, d38=1), counts(d10=5, d38=0))


def test_negative_counts_are_refused() -> None:
    with pytest.raises(SchemaError, match="secteur « 10 » : nombre négatif"):
        location_quotients(counts(d25=2), counts(d10=-5, d25=3))
