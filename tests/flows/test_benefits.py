"""Net benefit of an exchange, by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.benefits import (
    avoided_disposal,
    disposal_prices,
    net_benefit_eur_per_t,
)
from eitgeo.flows.candidates import Arcs, Ends
from tests.flows.toy import P, Q

FLOWS = pd.DataFrame(
    {
        "code_insee": [P, P],
        "stream": "NDNI",
        "ewc_stat": "W102",
        "outlet_id": ["a", "b"],
        "t": [30.0, 10.0],
        "length_m": [10_000.0, 50_000.0],
        "cost_eur": [60.0, 100.0],
    }
)
LEGAL = pd.DataFrame(
    {
        "outlet_id": ["a", "b"],
        "stream": "NDNI",
        "ewc_stat": "W102",
        "price_eur_per_t": [209.0, 160.0],
    }
)
REFERENCE = pd.DataFrame(
    {"ewc_stat": ["W102", "W102", "W071"], "price_eur_per_t": [160.0, 120.0, -5.0]}
)
NODES = pd.DataFrame(
    {"code_insee": [P, Q, Q, Q], "ewc_stat": ["W102"] * 2 + ["W071"] * 2}
)
NODES.loc[3, "ewc_stat"] = "W05"


def avoided() -> pd.DataFrame:
    """Return the disposal that the four lots avoid."""
    return avoided_disposal(NODES, disposal_prices(FLOWS, LEGAL, REFERENCE))


def test_a_lot_avoids_what_its_outlets_cost_on_average() -> None:
    """(30 × 209 + 10 × 160) ÷ 40 = 196.75; haul 160 ÷ 40 = 4; 20 km."""
    first: Any = avoided().loc[0]
    assert first[["disposal_eur_per_t", "haul_eur_per_t", "length_m"]].tolist() == [
        pytest.approx(196.75),
        pytest.approx(4.0),
        pytest.approx(20_000.0),
    ]


def test_a_lot_without_an_outlet_avoids_the_cheapest_gate_else_nothing() -> None:
    rows = avoided()
    assert rows["known"].tolist() == [
        "exutoire_admis",
        "prix_de_reference",
        "prix_de_reference",
        "inconnu",
    ]
    assert rows["disposal_eur_per_t"].tolist()[1:] == [120.0, -5.0, 0.0]
    assert rows["haul_eur_per_t"].tolist()[1:] == [0.0, 0.0, 0.0]


def test_the_net_benefit_of_each_arc() -> None:
    """196.75 + 4 − 60 + 20 × 0.5 − 7 = 143.75; no value, no processing: 0 − 3."""
    values = pd.DataFrame(
        {"processing_eur_per_t": [60.0], "value_eur_per_t": [20.0]}, index=["W102"]
    )
    zero = np.zeros(2, np.int64)
    none, use = np.zeros(2), np.array([0.5, 1.0])
    arcs = Arcs(np.array([0, 3]), zero, zero, none, none, use, np.ones(2))
    found = net_benefit_eur_per_t(
        arcs,
        Ends(NODES, NODES, NODES),
        avoided=avoided(),
        values=values,
        haul_eur_per_t=np.array([7.0, 3.0]),
    )
    assert found == pytest.approx([143.75, -3.0])
