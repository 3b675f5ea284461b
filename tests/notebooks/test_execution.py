"""Each notebook runs from a clean kernel; a changed parameter moves its result."""

import base64

import pandas as pd
import pytest

from eitgeo.study import open_project
from eitgeo.tables import read_table
from tests.notebooks.book import NAMES, ROOT, Book, read_book, set_parameters

FIGURE_BYTES = 20_000
STAMPS = (
    "[text.get_text() for one in fig.axes for text in one.texts]"
    ' if "fig" in globals() else []'
)


def ready(name: str, tables, **values: object) -> Book:
    """Read a notebook, its parameter cell set to the tables of the test."""
    book = read_book(name)
    set_parameters(book, SORTIE=tables, **values)
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


def test_a_larger_radius_moves_the_zones(tables, run) -> None:
    book = ready("03_delimiter_zones", tables, RADIUS_M=1500)
    found = run(
        before_figure(book), n_zones="n_zones", sites="int(zone_of.ne('').sum())"
    )
    stored = read_table(tables / "data/processed", "zones")
    zones = stored[stored["kind"] == "zone"]
    assert found["n_zones"] != len(zones)
    assert found["sites"] > stored["n_sites"].sum()


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


def test_a_higher_threshold_leaves_fewer_sites_to_mobilise(tables, run) -> None:
    book = ready("08_comparer_choisir", tables, MIN_HEADCOUNT=50)
    cut = book.place("## Lire la comparaison")
    del book.node.cells[cut:]
    released = "released.table.query(\"indicator_id == 'target_sites'\")"
    values = f"{released}.set_index('perimeter_id')['value'].dropna().to_dict()"
    found = run(book, values=values)["values"]
    expected = sites_to_mobilise(tables, "petr_comminges", min_headcount=50)
    assert found["petr_comminges"] == expected
    assert expected < sites_to_mobilise(tables, "petr_comminges", min_headcount=10)


def sites_to_mobilise(tables, perimeter_id: str, *, min_headcount: float) -> int:
    """Count target sites of a perimeter, the plain way."""
    folder = tables / "data/processed"
    study = open_project(ROOT / "study.yaml", out=tables).study
    members = read_table(folder, "perimeter_communes")
    mine = members.loc[members["perimeter_id"] == perimeter_id, "code_insee"]
    sites = read_table(folder, "sites")
    ranges = [text.partition("-")[::2] for text in study.comparison.target_naf]
    division = sites["naf"].str[:2]
    wanted = pd.Series(data=False, index=sites.index)
    for first, last in ranges:
        wanted |= division.between(first, last or first)
    big = sites["headcount_low"] >= min_headcount
    return int((wanted & big & sites["code_insee"].isin(mine)).sum())
