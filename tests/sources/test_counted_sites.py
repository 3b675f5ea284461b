"""What a study shows of a draw inside counts: how many, of whom, and where."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import box

from eitgeo.reference.naf import insee_sector, urssaf_sector
from eitgeo.reference.tables import sector_mix
from eitgeo.sources.sites.counted_draw import BEYOND, cell_sector, drawn_in, insee_left
from eitgeo.sources.sites.counted_redraw import redrawn_rows
from eitgeo.sources.sites.counted_sites import (
    DRAWN,
    Counts,
    Drawing,
    counted_sites,
    places_in_areas,
)
from eitgeo.sources.sites.synthetic import synthetic_sites
from tests.sources.counts import ape, insee, known, urssaf

MIX = sector_mix()
DRAWING = Drawing(seed=3, n_employers=60)
NO_INSEE = insee("00000").iloc[:0]
NO_AREA = pd.DataFrame({"code_insee": [], "kind": [], "piece": []})
COUNTS = Counts(
    urssaf(("09001", "industry", 7, 210), ("09001", "trade", 12, 40)), NO_INSEE, ape()
)
KNOWN = known(
    [
        ("A", "09001", "17.11Z", 80),
        ("B", "09001", "20.14Z", None),
        ("H", "09001", "86.10Z", 300),
    ]
)


def area(
    x: float, kind: str, *, size: float = 100, code: str = "09001"
) -> dict[str, Any]:
    """Return a square piece of an area of activity."""
    corner = (x, 6_201_000, x + size, 6_201_000 + size)
    return {"code_insee": code, "kind": kind, "piece": box(*corner)}


def draw(communes, counts=COUNTS, sites=KNOWN, pieces=NO_AREA, drawing=DRAWING):
    return counted_sites(
        communes, MIX, counts=counts, known=sites, pieces=pieces, drawing=drawing
    )


@pytest.fixture
def with_buffer(communes):
    """Return the two communes, the second outside the study area."""
    return communes.assign(in_area=[True, False])


def test_known_and_drawn_sites_have_what_is_counted(communes):
    drawn = draw(communes)
    sites = drawn.table[drawn.table["code_insee"].eq("09001")]
    sector = urssaf_sector(sites["naf"])
    heads = sites["headcount_mid"].groupby(sector).agg(["size", "sum"])
    assert heads.loc["trade"].tolist() == [12, 40]
    # Seven employers: two known; 210 employees: 80 known, some drawn for the other.
    assert heads.loc["industry", "size"] == 5
    assert heads.loc["industry", "sum"] + drawn.headcounts["B"] == 130
    assert (
        drawn.headcounts["B"] >= sites.loc[sector.eq("industry"), "headcount_mid"].max()
    )
    assert [note[3] for note in drawn.notes] == [DRAWN]
    assert list(drawn.headcounts.index) == ["B"]
    sector = drawn.cells.set_index("site_id")["sector"]
    assert sector[["A", "H"]].tolist() == ["industry", ""]  # a hospital is outside


def test_what_no_count_holds_is_drawn_as_before(communes):
    before = synthetic_sites(
        communes, MIX, rng=np.random.default_rng(3), n_employers=60
    )
    after = draw(communes).table
    outside = urssaf_sector(before["naf"]).eq("")
    for code, rows in (("31002", ~outside | outside), ("09001", outside)):
        columns = ["naf", "headcount_low", "headcount_high"]
        expected = before.loc[rows & before["code_insee"].eq(code), columns]
        mine = after[after["code_insee"].eq(code)]
        if code == "09001":
            mine = mine[urssaf_sector(mine["naf"]).eq("")]
        assert sorted(map(tuple, mine[columns].to_numpy())) == sorted(
            map(tuple, expected.to_numpy())
        )


def test_beyond_urssaf_insee_tells_sizes_sectors_and_jobs(with_buffer):
    told = insee(
        "31002",
        industry=20,
        public=0,
        trade_services=5,
        establishments=25,
        establishments_1_9=10,
        establishments_10_plus=8,
        employee_jobs=430.4,
        jobs=500,
    )
    counts = Counts(COUNTS.urssaf, told, ape())
    one = known([("K", "31002", "17.11Z", 40)])
    drawn = draw(with_buffer, counts, one)
    sites = drawn.table[drawn.table["code_insee"].eq("31002")]
    assert len(sites) == 7
    assert sites["headcount_low"].min() >= 10
    # 430 jobs, less the 40 known and 10 establishments of 3 employees.
    assert sites["headcount_mid"].sum() == 360
    assert set(insee_sector(sites["naf"])) <= {"industry", "trade_services"}
    told_of = drawn.cells.set_index("site_id").loc[sites["site_id"]]
    assert told_of["sector"].eq("").all()
    assert drawn.notes == []
    larger = draw(with_buffer, counts, known([("K", "31002", "17.11Z", 431)]))
    assert [note[1:4] for note in larger.notes] == [("31002", "31002", BEYOND)]
    assert "431 pour 430" in larger.notes[0][4]
    # Fewer jobs than ten each: an establishment of 10 or more has ten.
    least = larger.table[larger.table["code_insee"].eq("31002")]
    assert least["headcount_mid"].tolist() == [10] * 7
    small = draw(with_buffer, counts, one, drawing=Drawing(3, 60, 1.0))
    assert small.table["code_insee"].eq("31002").sum() == 17


def test_public_employers_have_what_insee_counts_beside_urssaf(communes):
    told = insee("09001", public=5, agriculture=4, employee_jobs=310.4)
    urssaf_rows = urssaf(
        ("09001", "industry", 3, 210), ("09001", "public_services", 2, 30)
    )
    counts = Counts(urssaf_rows, told, ape())
    hospital = known([("H", "09001", "86.10Z", None)])
    drawn = draw(communes, counts, hospital)
    sites = drawn.table[drawn.table["code_insee"].eq("09001")]
    public = sites[cell_sector(sites["naf"]).eq("public")]
    # 310 employees, less 240 private ones and three on each of four farms; five
    # establishments, less two private ones: the hospital is one of the three.
    assert len(public) == 2
    assert public["headcount_mid"].sum() + drawn.headcounts["H"] == 58
    assert set(drawn.cells.set_index("site_id")["sector"][public["site_id"]]) == {
        "public"
    }
    # Where private employees are as many as INSEE's, there is none.
    private = told.assign(
        value=told["value"].mask(told["measure"].eq("employee_jobs"), 240)
    )
    none = draw(communes, Counts(urssaf_rows, private, ape()), hospital)
    here = none.table[none.table["code_insee"].eq("09001")]
    assert not cell_sector(here["naf"]).eq("public").any()
    assert [note[3] for note in none.notes] == [BEYOND, DRAWN]


def test_a_known_site_that_insee_alone_counts_has_a_drawn_headcount(with_buffer):
    sizes = {"establishments_1_9": 0, "establishments_10_plus": 3}
    told = insee("31002", industry=9, employee_jobs=90, **sizes)
    sites = known([("B", "31002", "20.14Z", None), ("A", "31002", "17.11Z", 30)])
    drawn = draw(with_buffer, Counts(COUNTS.urssaf, told, ape()), sites)
    rows = drawn.table[drawn.table["code_insee"].eq("31002")]
    assert len(rows) == 1
    assert rows["headcount_mid"].sum() + drawn.headcounts["B"] == 60
    assert [note[2:4] for note in drawn.notes] == [("Usine B", DRAWN)]


def test_same_seed_same_table_in_any_order(communes):
    one = draw(communes)
    other = draw(communes.iloc[::-1], sites=KNOWN.iloc[::-1])
    assert one.table.equals(other.table)
    assert one.cells.sort_values("site_id", ignore_index=True).equals(
        other.cells.sort_values("site_id", ignore_index=True)
    )
    assert not one.table.equals(draw(communes, drawing=Drawing(4, 60)).table)


def test_sites_stand_in_the_areas_of_their_commune(communes):
    pieces = pd.DataFrame([area(501_000, "industrial"), area(502_000, "retail")])
    sites = draw(communes, pieces=pieces).table
    here = sites[sites["code_insee"].eq("09001")]
    inside = shapely.contains_xy(
        pieces["piece"].to_numpy()[:, None], here.geometry.x, here.geometry.y
    )
    sector = urssaf_sector(here["naf"]).to_numpy()
    bakery = here["naf"].str.startswith("10.71").to_numpy()
    assert inside[0][(sector == "industry") & ~bakery].all()
    retail = here["naf"].str[:2].eq("47").to_numpy()
    assert inside[1][retail].all()
    assert not inside[:, bakery | (sector == "")].any()
    # Not at one and the same place.
    assert here.geometry[inside.any(axis=0)].is_unique


def test_places_follow_areas_uniformly():
    rows = pd.DataFrame(
        {"name": [f"n{n}" for n in range(2000)], "code_insee": "09001", "naf": "25.11Z"}
    )
    hollow = box(0, 0, 20, 20).difference(box(1, 1, 19, 20))
    pieces = pd.DataFrame(
        [
            area(0, "industrial", size=30),
            area(100, "zone d'activités", size=10),
            area(200, "commercial"),
            {"code_insee": "09002", "kind": "industrial", "piece": hollow},
        ]
    )
    place = places_in_areas(rows, pieces, seed=1)
    # 900 m² and 100 m²: 1800 ± 4 √(2000 × 0.9 × 0.1) = 54.
    assert (place[:, 0] < 50).sum() == pytest.approx(1800, abs=54)
    assert place[place[:, 0] < 50, 0].mean() == pytest.approx(15, abs=1)
    thin = places_in_areas(rows.assign(code_insee="09002"), pieces, seed=1)
    assert shapely.contains_xy(hollow, *thin.T).all()
    assert len(np.unique(thin, axis=0)) == 2000
    nowhere = places_in_areas(rows.assign(code_insee="09003"), pieces, seed=1)
    assert np.isnan(nowhere).all()


def test_each_replicate_has_what_is_counted(communes):
    rows = redrawn_rows(
        communes, MIX, counts=COUNTS, known=KNOWN, drawing=DRAWING, n_replicates=3
    )
    sector = urssaf_sector(rows["naf"].astype("str"))
    here = rows["code_insee"].eq("09001")
    for name, employees in (("industry", 130), ("trade", 40)):
        mine = rows[here & sector.eq(name)].groupby("replicate")["headcount"].sum()
        assert mine.tolist() == [employees] * 3
    # As many, beside and inside, as the study area has drawn by population.
    beside = rows[~rows["name"].isin(["B"]) & (sector.eq("") | ~here)]
    assert beside.groupby("replicate").size().between(20, 60).all()
    told = [tuple(part["naf"]) for _, part in beside.groupby("replicate")]
    assert len(set(told)) == 3
    assert len(set(rows.loc[rows["name"].eq("B"), "headcount"])) > 1
    assert rows["headcount"].gt(0).all()


def test_replicates_of_what_insee_alone_counts(communes):
    told = insee(
        "31002",
        industry=9,
        establishments=9,
        establishments_1_9=4,
        establishments_10_plus=5,
        employee_jobs=100,
        jobs=120,
    )
    counts = Counts(COUNTS.urssaf, told, ape())
    rows = redrawn_rows(
        communes, MIX, counts=counts, known=KNOWN, drawing=DRAWING, n_replicates=3
    )
    mine = rows[rows["code_insee"].eq("31002")].groupby("replicate")
    assert mine.size().tolist() == [9] * 3
    large = [head[head.ge(10)].sum() for _, head in mine["headcount"]]
    assert large == [88] * 3
    # Each is what a draw of its own, of counts laid out anew, gives.
    columns = ["name", "naf", "headcount"]
    for replicate, head in mine:
        left = insee_left(told, MIX, sites=KNOWN, with_small=frozenset({"31002"}))
        source = f"tirage refait {replicate}"
        alone = drawn_in(left, seed=DRAWING.seed, sources=[source])
        assert head[columns].to_numpy().tolist() == alone[columns].to_numpy().tolist()
    shown = draw(communes, counts).table
    heads = shown.loc[shown["code_insee"].eq("31002"), "headcount_mid"]
    assert len(heads) == 9
    assert heads[heads.ge(10)].sum() == 88


def test_inputs_are_untouched(communes):
    before, sites = communes.copy(), KNOWN.copy()
    draw(communes)
    assert isinstance(before, gpd.GeoDataFrame)
    assert communes.equals(before)
    assert KNOWN.equals(sites)
