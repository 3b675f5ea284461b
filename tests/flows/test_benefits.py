"""Net benefit of an exchange, by hand."""

from typing import Any

import pandas as pd
import pytest

from eitgeo.flows.outlets.legal_outlets import (
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
        "heading": ["2760-2", "2771"],
        "gate_eur_per_t": [135.0, 135.0],
        "rate_eur_per_t": [69.0, 25.0],
        "tax_eur_per_t": [74.0, 25.0],
        "premium_eur_per_t": [5.0, 0.0],
        "is_public": [True, False],
        "price_eur_per_t": [209.0, 160.0],
    }
)
REFERENCE = pd.DataFrame(
    {
        "ewc_stat": ["W102", "W102", "W071"],
        "heading": ["2771", "2760-2", "2715"],
        "gate_eur_per_t": [135.0, 51.0, -5.0],
        "tax_eur_per_t": [25.0, 69.0, 0.0],
        "rate_eur_per_t": [25.0, 69.0, 0.0],
        "price_eur_per_t": [160.0, 120.0, -5.0],
    }
)
NODES = pd.DataFrame(
    {"code_insee": [P, Q, Q, Q], "ewc_stat": ["W102"] * 2 + ["W071"] * 2}
)
NODES.loc[3, "ewc_stat"] = "W05"


def avoided() -> pd.DataFrame:
    """Return the disposal that the four lots avoid."""
    waste = pd.DataFrame({"code_insee": [P], "ewc_stat": "W102", "t": [45.0]})
    prices = disposal_prices(FLOWS, LEGAL, REFERENCE, waste=waste)
    return avoided_disposal(NODES, prices)


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


def test_what_leaves_the_syndicate_and_its_tax_are_shares_of_the_lot() -> None:
    """Three quarters go to its landfill: 3/4 × 5, 3/4 × 69 + 1/4 × 25."""
    terms = [
        "public_share",
        "landfill_share",
        "premium_eur_per_t",
        "tax_eur_per_t",
        "landfill_tax_eur_per_t",
    ]
    rows = avoided()[terms].to_numpy().tolist()
    assert rows[0] == pytest.approx([0.75, 0.75, 3.75, 61.75, 51.75])
    # Of 45 t thrown away, 5 t found no room.
    assert avoided()["lot_t"].tolist() == [45.0, 0.0, 0.0, 0.0]
    # Where nothing is placed, nothing is known to leave the syndicate.
    assert rows[1] == pytest.approx([0.0, 1.0, 0.0, 69.0, 69.0])
    assert rows[2] == rows[3] == [0.0] * 5
