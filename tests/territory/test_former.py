"""Former communes: followed to the present one, never where one was divided.

31001 ── 2019 ──> 31002 ── 2021 ──> 31003        (two mergers in a row)
31004 ── 2019 ──> 31003, 31005                   (divided: not followed)
31006 ── 2019 ──> 31003 ── (31006 comes back in 2020, from 31003) ── 2022 ──> 31005
31007 ── 2019 ──> 31099                          (beyond the layer)
"""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from eitgeo.reference.nomenclatures import cog_movements
from eitgeo.sources.territory.cog import read_merges
from eitgeo.territory.former import former_communes, renew_codes, with_former

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    ("2019-01-01", "31001", "31002"),
    ("2019-01-01", "31002", "31002"),
    ("2021-01-01", "31002", "31003"),
    ("2019-01-01", "31004", "31003"),
    ("2019-01-01", "31004", "31005"),
    ("2019-01-01", "31006", "31003"),
    ("2020-01-01", "31003", "31006"),
    ("2020-01-01", "31003", "31003"),
    ("2022-01-01", "31006", "31005"),
    ("2019-01-01", "31007", "31099"),
]


@pytest.fixture
def movements() -> pd.DataFrame:
    return pd.DataFrame(
        [(date, "k", old, f"n{old}", new, f"n{new}") for date, old, new in ROWS],
        columns=["date", "kind", "old_code", "old_name", "new_code", "new_name"],
    )


@pytest.fixture
def communes() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "code_insee": ["31003", "31005"],
            "nom": ["Trois", "Cinq"],
            "seat_x": [1.0, 2.0],
        },
        geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)],
        crs=2154,
    )


def test_codes_are_followed_to_a_commune_at_hand(communes, movements) -> None:
    found = former_communes(communes, movements)
    assert found.to_numpy().tolist() == [
        ["31001", "n31001", "31003"],
        ["31002", "n31002", "31003"],
        ["31006", "n31006", "31005"],
    ]


def test_a_layer_of_an_older_vintage_keeps_its_codes(movements) -> None:
    older = pd.DataFrame({"code_insee": ["31001", "31002", "31006"]})
    assert former_communes(older, movements).empty


def test_former_communes_stand_in_the_place_of_the_present(communes, movements) -> None:
    before = communes.copy()
    former = former_communes(communes, movements)
    every = with_former(communes, former).set_index("code_insee")
    assert every.index.tolist() == ["31003", "31005", "31001", "31002", "31006"]
    assert every.crs == communes.crs
    assert every["seat_x"].tolist() == [1.0, 2.0, 1.0, 1.0, 2.0]
    assert every.geometry["31006"].equals(communes.geometry[1])
    assert every.loc["31001", "nom"] == "n31001 (ancienne commune)"
    assert communes.equals(before)
    none = with_former(communes, former[:0])
    assert none["code_insee"].tolist() == ["31003", "31005"]


def test_rows_get_the_present_code_and_nothing_else(communes, movements) -> None:
    former = former_communes(communes, movements)
    rows = pd.DataFrame({"code_insee": ["31001", "31005", "99999"], "x": [1, 2, 3]})
    rows.index = pd.Index([7, 8, 9])
    found = renew_codes(rows, former)
    assert found["code_insee"].tolist() == ["31003", "31005", "99999"]
    assert found["x"].equals(rows["x"])
    assert found["code_insee"].dtype == rows["code_insee"].dtype
    assert rows["code_insee"].tolist()[0] == "31001"


def test_the_shipped_movements_lead_to_the_present_communes() -> None:
    here = pd.DataFrame({"code_insee": ["31471", "09334", "65092"]})
    found = former_communes(here, cog_movements()).set_index("old_code")["new_code"]
    assert found.to_dict() == {
        "09135": "09334",
        "09286": "09334",
        "09302": "09334",
        "31298": "31471",
        "65122": "65092",
    }


def test_the_shipped_movements_are_well_formed() -> None:
    table = cog_movements()
    assert not table.duplicated(["date", "old_code", "new_code"]).any()
    assert table["date"].str.fullmatch(r"20(19|2[0-6])-01-01").all()
    near = {"09", "11", "31", "32", "40", "47", "64", "65", "66", "81", "82"}
    assert set(table["old_code"].str[:2]) <= near
    # Every new code receives at least two communes, its own former self among them.
    for _, rows in table.groupby(["date", "new_code"]):
        assert len(rows) > 1
        assert rows["new_code"].iloc[0] in set(rows["old_code"])


def test_the_shipped_movements_give_the_twelve_mergers() -> None:
    merges = read_merges(ROOT / "data" / "raw" / "commune_merges.csv")
    assert len(merges) == 12
    shipped = cog_movements()
    near = shipped[shipped["old_code"].str[:2].isin(["09", "31", "32", "65"])]
    now = pd.DataFrame({"code_insee": sorted(set(near["new_code"]))})
    found = former_communes(now, shipped)
    assert dict(zip(found["old_code"], found["new_code"], strict=True)) == merges


def test_polygons_of_2018_pass_to_the_list_of_2026() -> None:
    shared = ROOT.parent / "shared" / "data"
    if not shared.is_dir():
        pytest.skip("official files absent: ../shared/data")
    codes = [
        feature["properties"]["code"]
        for path in sorted((shared / "communes").glob("*.geojson"))
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]
    ]
    text = (shared / "cog" / "communes_09_31_32_65.json").read_text(encoding="utf-8")
    listed = {
        row["code"] for row in json.loads(text) if row["type"] == "commune-actuelle"
    }
    assert len(codes) == 1850
    now = pd.DataFrame({"code_insee": sorted(listed)})
    older = pd.DataFrame({"code_insee": codes})
    present = renew_codes(older, former_communes(now, cog_movements()))
    assert set(present["code_insee"]) == listed
