"""Ways of target sites to legal outlets, by hand: what firms declare stays out."""

import pandas as pd
import pytest

from eitgeo.steps.decision.activity import outlet_ways
from tests.tables.conftest import row_of


def test_each_site_and_kind_of_waste_is_timed_to_its_nearest_outlet() -> None:
    target = pd.DataFrame({"site_id": ["s1", "s2"], "code_insee": ["31001", "31002"]})
    told = [
        ("s1", "W075", "NDNI", "ratio"),
        ("s1", "W121", "INERT", "ratio"),
        ("s1", "W09", "NDNI", "survey"),
        ("s2", "W075", "NDNI", "ratio"),
        ("small", "W075", "NDNI", "ratio"),
    ]
    names = ["site_id", "ewc_stat", "stream", "method"]
    arisings = pd.DataFrame(told, columns=names)
    outlets = pd.DataFrame(
        [
            row_of("outlets", outlet_id=name, kind="tri", icpe_headings="2714")
            for name in ("near", "far")
        ]
    )
    ways = pd.DataFrame(
        {
            "origin_id": ["31001", "31001", "31002"],
            "destination_id": ["near", "far", "near"],
            "status": ["ok", "ok", "unreachable"],
            "time_s": [900.0, 1_800.0, float("nan")],
        }
    )
    found = outlet_ways(target, arisings, outlets, ways)
    assert found["site_id"].tolist() == ["s1", "s2"]
    assert found["ewc_stat"].tolist() == ["W075", "W075"]
    assert found["minutes"].tolist() == pytest.approx([15.0, float("nan")], nan_ok=True)
