"""Each notebook runs from a clean kernel; a changed parameter moves its result."""

import base64

import nbformat
import pandas as pd
import pytest

from eitgeo.study.project import open_project
from eitgeo.tables.files import read_table
from tests.notebooks.book import (
    NAMES,
    OWN_DATA,
    ROOT,
    Book,
    read_book,
    set_parameters,
)

FIGURE_BYTES = 20_000
STAMPS = (
    "[text.get_text() for one in fig.axes for text in one.texts]"
    ' if "fig" in globals() else []'
)


def ready(name: str, tables, **values: object) -> Book:
    """Read a notebook, its parameter cell set to the tables of the test."""
    book = read_book(name)
    if name != OWN_DATA:
        values["SORTIE"] = tables
    set_parameters(book, **values)
    return book


def before_figure(book: Book) -> Book:
    """Cut a notebook where it starts to draw."""
    del book.node.cells[book.place("## Dessiner") :]
    return book


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_from_top_to_bottom(name, tables, run) -> None:
    book = ready(name, tables)
    found = run(book, texts=STAMPS, demonstrates='"stamp_axes" in globals()')
    outputs = [one for cell in book.node.cells for one in cell.get("outputs", [])]
    noise = [one.text for one in outputs if one.get("name") == "stderr"]
    assert noise == []
    pictures = [
        base64.b64decode(one.data["image/png"])
        for one in outputs
        if "image/png" in one.get("data", {})
    ]
    assert len(pictures) == 1, "one figure, shown once"
    assert len(pictures[0]) > FIGURE_BYTES
    assert ("DÉMONSTRATION" in found["texts"]) == found["demonstrates"]


def test_nothing_passes_from_one_kernel_to_the_next(run) -> None:
    state = {
        "names": "'left' in globals()",
        "option": "pd.get_option('display.precision')",
        "folder": "os.path.basename(os.getcwd())",
        "variable": "os.environ.get('LEFT')",
        "module": "hasattr(pd, 'left')",
        "process": "os.getpid()",
    }
    leaving = (
        "left = pd.left = 1\nos.environ['LEFT'] = 'x'\n"
        "pd.set_option('display.precision', 3)\nos.chdir('/')"
    )
    found = []
    for last in (leaving, "pass"):
        cells = [nbformat.v4.new_code_cell(f"import os\nimport pandas as pd\n{last}")]
        found.append(run(Book("essai", nbformat.v4.new_notebook(cells=cells)), **state))
    first, second = found
    assert (first["names"], first["option"], first["variable"]) == (True, 3, "x")
    assert second.pop("process") != first["process"]
    assert second == {
        "names": False,
        "option": 6,
        "folder": "notebooks",
        "variable": None,
        "module": False,
    }


def test_one_body_alone_makes_a_smaller_territory(tables, run) -> None:
    book = ready("01_decrire_territoire", tables, PERIMETERS=["petr_comminges"])
    found = run(before_figure(book), n="n_communes", people="n_people")
    folder = tables / "data/processed"
    members = read_table(folder, "membership")
    mine = members.loc[members["body_id"] == "petr_comminges", "code_insee"]
    communes = read_table(folder, "communes").set_index("code_insee")
    assert found["n"] == len(mine) < communes["in_area"].sum()
    assert found["people"] == communes.loc[mine, "population"].sum()


def test_a_higher_threshold_leaves_fewer_sites_to_know(tables, run) -> None:
    book = ready("02_connaitre_acteurs", tables, MIN_HEADCOUNT=50)
    found = run(before_figure(book), n="n_target", counted="counted")
    assert found["n"] == found["counted"] == target_sites(tables, 50)
    assert found["n"] < target_sites(tables, 10)


def target_sites(tables, min_headcount: float) -> int:
    """Count target sites of the study area."""
    communes = read_table(tables / "data/processed", "communes")
    area = communes.loc[communes["in_area"], "code_insee"]
    return len(sites_among(tables, area, min_headcount))


def test_a_larger_radius_moves_the_zones(tables, run) -> None:
    book = ready("03_delimiter_zones", tables, RADIUS_M=700, RADII_M=[500, 700])
    found = run(
        before_figure(book), n_zones="n_zones", sites="int(zone_of.ne('').sum())"
    )
    stored = read_table(tables / "data/processed", "zones")
    zones = stored[stored["kind"] == "zone"]
    assert found["n_zones"] != len(zones)
    assert found["sites"] > stored["n_sites"].sum()


def test_small_sites_left_out_lower_the_arisings(tables, run) -> None:
    book = ready("04_estimer_gisements", tables, FROM_HEADCOUNT=20)
    found = run(before_figure(book), n="len(site_t)", t="float(site_t.sum())")
    folder = tables / "data/processed"
    arisings = read_table(folder, "arisings").query("stream == 'NDNI'")
    sites = read_table(folder, "sites").set_index("site_id")
    communes = read_table(folder, "communes").set_index("code_insee")
    t = arisings.groupby("site_id")["t_mid"].sum()
    here = communes["in_area"].reindex(sites["code_insee"]).set_axis(sites.index)
    t = t[here.reindex(t.index)]
    large = t[sites["headcount_mid"].reindex(t.index) >= 20]
    assert found["n"] == len(large) < len(t)
    assert found["t"] == pytest.approx(large.sum())


def test_a_shorter_time_and_a_light_vehicle_change_the_trips(tables, run) -> None:
    book = ready("05_mesurer_distances", tables, MINUTES=30, VEHICLE="car")
    values = {"n": "n_within", "moved": "sorted(set(detours['origin_id']))"}
    found = run(before_figure(book), **values)
    pairs = read_table(tables / "data/processed", "od_matrix")
    communes = read_table(tables / "data/processed", "communes")
    area = communes.loc[communes["in_area"], "code_insee"]
    mine = pairs[(pairs["origin_id"] == "31483") & (pairs["profile"] == "truck")]
    minutes = mine.set_index("destination_id")["time_s"].reindex(area) / 60
    assert found["n"] == minutes.le(30).sum() < minutes.le(45).sum()
    # Drawn by hand: a lorry from the west needs the closed road, a car has its lane.
    assert found["moved"] == ["Bourg", "Est", "Fond", "Pont"]


def test_a_shorter_reach_leaves_fewer_exchanges(tables, run) -> None:
    book = ready("06_chercher_synergies", tables, MAX_KM=10, NEEDS_PCT=50, DRAWS=2)
    values = {"t": "float(total_t)", "km": "float(longest_km)"}
    found = run(before_figure(book), **values)
    stored = read_table(tables / "data/processed", "allocation")
    assert 0 < found["t"] < stored["t"].sum()
    assert found["km"] <= 10 < stored["length_m"].max() / 1000


def test_fewer_minutes_shrink_the_contour_by_road(tables, run) -> None:
    book = ready("07_dessiner_perimetres", tables, MINUTES=30)
    found = run(before_figure(book), n_reach="n_reach", n_unions="len(unions)")
    pairs = read_table(tables / "data/processed", "od_matrix")
    communes = read_table(tables / "data/processed", "communes")
    area = communes.loc[communes["in_area"], "code_insee"]
    from_seat = pairs[(pairs["origin_id"] == "31483") & (pairs["profile"] == "truck")]
    inside = from_seat[from_seat["destination_id"].isin(area)]
    within = {m: int(inside["time_s"].le(60 * m).sum()) for m in (30, 45)}
    assert 1 < found["n_reach"] <= within[30] < within[45]
    assert found["n_unions"] == 392


def test_a_higher_minimum_leaves_fewer_activities_of_sites_to_mobilise(
    tables, run
) -> None:
    book = ready("08_comparer_choisir", tables, DIVERSITY_MIN_SITES=5)
    del book.node.cells[book.place("**Contrôle.**") :]
    figures = "figures.table.query(\"indicator_id == 'naf_diversity'\")"
    values = f"{figures}.set_index('perimeter_id')['value'].dropna().to_dict()"
    found = run(book, values=values)["values"]
    members = read_table(tables / "data/processed", "perimeter_communes")
    for name in ("petr_comminges", "systom_7_epci"):
        mine = members.loc[members["perimeter_id"] == name, "code_insee"]
        n_sites = sites_among(tables, mine, 10)["naf"].str[:2].value_counts()
        assert found[name] == (n_sites >= 5).sum() < (n_sites >= 3).sum()


def sites_among(tables, codes: pd.Series, min_headcount: float) -> pd.DataFrame:
    """Find the target sites of some communes, the plain way."""
    study = open_project(ROOT / "study.yaml", out=tables).study
    sites = read_table(tables / "data/processed", "sites")
    ranges = [text.partition("-")[::2] for text in study.comparison.target_naf]
    division = sites["naf"].str[:2]
    wanted = pd.Series(data=False, index=sites.index)
    for first, last in ranges:
        wanted |= division.between(first, last or first)
    big = sites["headcount_low"] >= min_headcount
    return pd.DataFrame(sites[wanted & big & sites["code_insee"].isin(codes)])


def test_a_second_post_doubles_its_cost(tables, run) -> None:
    book = ready("09_batir_plan_action", tables, POSTS=2, LAUNCH="2028-03")
    values = {"cost": "by_item.loc['poste', 'mid']", "term": "term[0]"}
    found = run(before_figure(book), **values)
    stored = read_table(tables / "data/processed", "animation_budget")
    one = stored.loc[stored["item"] == "poste", "mid"].sum()
    assert found["cost"] == pytest.approx(2 * one)
    assert found["term"].startswith("03/2028")


def test_own_data_without_an_extract_fall_back_and_a_radius_moves_the_zones(
    run,
) -> None:
    found = []
    for radius_m in (300, 900):
        book = read_book(OWN_DATA)
        set_parameters(book, EXTRAIT=ROOT / "absent.osm", RADIUS_M=radius_m)
        book.node.cells = book.node.cells[:-5]
        values = {"read": "extract.name", "zoned": "int(zone.ne('').sum())"}
        found.append(run(book, **values))
        pannable = [
            one.data["text/html"]
            for cell in book.node.cells
            for one in cell.get("outputs", [])
            if "iframe" in one.get("data", {}).get("text/html", "")
        ]
        assert len(pannable) == 2
        assert not any("src=&quot;http" in text for text in pannable)
    assert {one["read"] for one in found} == {"exemple_routes.osm"}
    assert found[0]["zoned"] < found[1]["zoned"]
