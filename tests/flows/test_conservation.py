"""Sums of exchanges between communes lose nothing, on random tables."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.flows.exchanges.synergies import affinity, flows_between
from tests.flows.toy import P, Q, R, S


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_affinity_is_symmetric_and_conserves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(0, 12))
    ends = rng.choice([P, Q, R, S, "2A004"], (size, 2))
    table = pd.DataFrame(ends, columns=["donor_id", "receiver_id"], dtype="str")
    table["t_mid"] = rng.uniform(0, 10, size)
    table["rule_id"] = rng.choice(["R1", "R2"], size)
    between = flows_between(table)
    assert between["t_mid"].sum() == pytest.approx(table["t_mid"].sum())
    pairs = affinity(table)
    assert pairs["t_mid"].sum() == pytest.approx(table["t_mid"].sum())
    assert (pairs["code_a"] <= pairs["code_b"]).all()
    assert not pairs.duplicated(["code_a", "code_b"]).any()
    turned = {"donor_id": "receiver_id", "receiver_id": "donor_id"}
    pd.testing.assert_frame_equal(pairs, affinity(table.rename(columns=turned)))
