"""Net benefit of an exchange, by hand."""

from typing import Any

import pandas as pd
import pytest

from eitgeo.flows.benefits import (
    avoided_disposal,
    disposal_prices,
)
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
