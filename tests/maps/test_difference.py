"""A difference in words, on a sheet and in the workbook."""

import io
from dataclasses import replace
from typing import Any

import openpyxl
import pandas as pd
import pytest
from shapely import box

from eitgeo.disclosure.door.rules import release_derived
from eitgeo.errors import StudyError
from eitgeo.maps.paper.canvas import Page, drawing_style
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.labels import Box
from eitgeo.maps.paper.layout import open_map
from eitgeo.maps.paper.map_sheet import MapSheet, compose
from eitgeo.maps.prints.difference_map import difference_map, label_blocks
from eitgeo.maps.words.cards import (
    DifferenceTables,
    change_lines,
    gap_rows,
    gap_text,
    printed_gap,
)
from eitgeo.maps.workbooks.table import comparison_xlsx
from eitgeo.scenarios.decision.difference import figure_gaps, scenario_difference
from eitgeo.scenarios.decision.orders import PLANE
from eitgeo.tables.public import Released
from eitgeo.tables.schema import empty_table
from tests.maps.toy import EPCI, MEMBERS, Toy, released

PAIR = ("aval", "anneau")


def plain(text: object) -> str:
    return " ".join(str(text).split())


def derived(table: pd.DataFrame) -> Released:
    return release_derived(table, sources=("source",), demonstration=("essai",))


def made(toy: Toy, pair: tuple[str, str] = PAIR) -> DifferenceTables:
    """Compute what changes between two perimeters of the toy study."""
    first, second = (dict.fromkeys(MEMBERS[name], name) for name in pair)
    communes = toy.communes.table
    found = scenario_difference(first, second, communes=communes)
    table = toy.indicators.table.assign(
        hypothesis_share_pct=0.0, synthetic_share_pct=0.0
    )
    if "unit" not in table:
        table = table.assign(unit="")
    gaps = figure_gaps(table, pair=pair)
    return DifferenceTables(pair, *(derived(part) for part in (*found, gaps)))


def drawn_of(toy: Toy, difference: DifferenceTables, **changes: Any) -> MapSheet:
    given: dict[str, Any] = {
        "members": toy.members,
        "indicators": toy.indicators,
        "catalogue": toy.catalogue,
    } | changes
    return difference_map(toy.ground, toy.perimeters, difference, **given)


def sheet_of(
    toy: Toy, difference: DifferenceTables, **changes: Any
) -> dict[str, bytes]:
    return compose(drawn_of(toy, difference, **changes), toy.sheet)


def told(first: float, second: float, evidence: str, unit: str) -> str:
    classes = (evidence[0], evidence[-1])
    gap = printed_gap(first, second, evidence=classes, unit=unit, decimals=0)
    return plain(gap_text(gap, unit=unit))


def test_a_gap_has_a_sign_its_unit_and_the_rounding_of_both_figures() -> None:
    assert told(10.0, 14.0, "O", "nombre") == "+4"
    assert told(35_000.0, 22_655.0, "H", "t/an") == "−20 000 t/an"
    assert told(35_000.0, 22_655.0, "S", "t/an") == "−12 000 t/an"
    assert told(7.0, 7.0, "H", "t/an") == "="
    assert told(10.0, 9.0, "H", "%") == "−1 point"
    assert told(float("nan"), 4.0, "O", "%") == "–"


@pytest.mark.parametrize(
    ("first", "second", "unit", "printed", "gap"),
    [
        (205.0, 474.0, "nombre", ("200", "500"), "+300"),
        (90.6, 80.4, "%", ("91 %", "80 %"), "−11 points"),
        (80.4, 89.6, "%", ("80 %", "90 %"), "+10 points"),
        (18.0, 22.0, "min", ("20 min", "20 min"), "="),
    ],
)
def test_a_gap_is_that_of_the_printed_figures(
    toy: Toy,
    first: float,
    second: float,
    unit: str,
    printed: tuple[str, str],
    gap: str,
) -> None:
    """What a reader subtracts on the page is what every product prints."""
    name = "epci_whole_pct"
    table = toy.indicators.table
    rows = table[table["perimeter_id"].isin(PAIR) & table["indicator_id"].eq(name)]
    values = rows["perimeter_id"].map(dict(zip(PAIR, (first, second), strict=True)))
    rows = rows.assign(value=values, low=values, high=values, evidence="H")
    changed = released(rows)
    catalogue = toy.catalogue.assign(unit=unit)
    gaps = made(replace(toy, indicators=changed)).gaps
    (row,) = gap_rows(changed, gaps, catalogue)
    shown = [plain(one).removeprefix("≈ ") for one in row[2:4]]
    assert (*shown, plain(row.gap)) == (*printed, gap)


def test_who_comes_and_goes_is_named() -> None:
    communes = pd.DataFrame(
        [("a", "Amont", "1", 100, "sort"), ("b", "Bourg", "2", 50, "entre")],
        columns=["code_insee", "nom", "epci_siren", "population", "change"],
    )
    epci = pd.DataFrame({"epci_siren": ["1", "2"], "change": ["sort", "coupe"]})
    lines = dict(change_lines(communes, epci, names={"1": "CC Un", "2": "CC Deux"}))
    assert lines["Intercommunalités qui sortent"] == "CC Un"
    assert lines["Intercommunalités qui sont coupées"] == "CC Deux"
    assert plain(lines["Communes qui sortent"]) == "1 (100 habitants)"
    assert "Bourg" in lines["Communes qui entrent"]  # its EPCI is not whole
    assert change_lines(communes[:0], epci[:0], names={}) == [
        ("Communes", "aucune ne change")
    ]


def test_a_long_list_of_names_is_counted() -> None:
    rows = pd.DataFrame(
        [(str(n), f"C{n:02d}", "1", 1, "entre") for n in range(14)],
        columns=["code_insee", "nom", "epci_siren", "population", "change"],
    )
    epci = pd.DataFrame({"epci_siren": ["1"], "change": ["coupe"]})
    line = dict(change_lines(rows, epci, names={}))["Communes qui entrent"]
    assert "C11 et 2 autres (voir le tableur)" in line
    assert "C12" not in line


def test_figures_of_both_and_their_gap_stand_side_by_side(toy: Toy) -> None:
    rows = gap_rows(toy.indicators, made(toy).gaps, toy.catalogue)
    assert rows
    order = list(toy.catalogue.index)
    assert [order.index(row.indicator_id) for row in rows] == sorted(
        order.index(row.indicator_id) for row in rows
    )
    assert all(row.greyed == (row.evidence == "H") for row in rows)  # a demonstration


def test_the_sheet_is_the_same_bytes_and_draws_both(toy: Toy, pictured: Toy) -> None:
    difference = made(toy)
    first = sheet_of(toy, difference)
    assert first == sheet_of(toy, difference)
    assert first["pdf"].startswith(b"%PDF")
    turned = sheet_of(pictured, made(pictured, PAIR[::-1]))
    assert turned["png"] != first["png"]


def test_the_same_perimeter_twice_changes_nothing_and_is_drawn(pictured: Toy) -> None:
    difference = made(pictured, ("aval", "aval"))
    assert difference.communes.table.empty
    assert difference.gaps.table["gap"].dropna().eq(0).all()
    assert sheet_of(pictured, difference)["png"]


def labels(toy: Toy, pair: tuple[str, str], *, full: bool = False) -> dict[str, Box]:
    """Label the blocks of a difference on their own, or on a map without room."""
    first, second = (frozenset(MEMBERS[name]) for name in pair)
    with drawing_style():
        bounds = tuple(toy.ground.area.total_bounds)
        view = open_map(Page(FORMATS["A4"]), bounds, low_mm=20.0)
        if full:
            view.placer.block(view.placer.frame)
        found = label_blocks(view, toy.ground, {"first": first, "second": second})
    frame = view.placer.frame
    for _, place in found:
        assert frame.xmin <= place.xmin < place.xmax <= frame.xmax
        assert frame.ymin <= place.ymin < place.ymax <= frame.ymax
    return {plain(text): place for text, place in found}


@pytest.mark.parametrize("full", [False, True])
def test_every_block_of_a_difference_has_its_label_inside_the_frame(
    toy: Toy, *, full: bool
) -> None:
    # The ring adds two communes of the middle and three of the north.
    assert set(labels(toy, PAIR, full=full)) == {
        "B : +10 000 hab.",
        "B : +24 000 hab.",
    }
    assert set(labels(toy, PAIR[::-1], full=full)) == {
        "A : −10 000 hab.",
        "A : −24 000 hab.",
    }
    boxes = labels(toy, ("morceaux", "une"), full=full)
    assert len(boxes) == 3
    for text, code in (("A : −1 000 hab.", "31001"), ("B : +5 000 hab.", "31005")):
        shape = toy.ground.communes.geometry[code]
        assert box(*boxes[text]).intersects(shape)
    assert labels(toy, ("aval", "aval"), full=full) == {}


def test_the_heading_tells_what_comes_and_what_goes(toy: Toy) -> None:
    def heading(*pair: str) -> str:
        return plain(drawn_of(toy, made(toy, (pair[0], pair[1]))).heading)

    assert heading("aval", "anneau") == (
        "De A à B : 1 EPCI, 2 communes et 34 000 habitants de plus"
    )
    assert heading("morceaux", "une") == (
        "De A à B : 1 commune et 5 000 habitants de plus ; 2 EPCI et 10 000 "
        "habitants de moins"
    )
    assert heading("aval", "aval") == "De A à B : les mêmes communes"


def test_what_is_not_released_or_known_is_refused(toy: Toy) -> None:
    difference = made(toy)
    with pytest.raises(StudyError, match="périmètre inconnu « rien »"):
        sheet_of(toy, difference._replace(pair=("aval", "rien")))
    none = released(toy.members.table.iloc[:0])
    with pytest.raises(StudyError, match="« aval » sans commune"):
        sheet_of(toy, difference, members=none)


PARTS = {
    "criteria": "decision_criteria",
    "order": "decision_order",
    "ranks": "decision_ranks",
    "pairs": "decision_pairs",
    "switches": "decision_switches",
    "methods": "decision_methods",
    "stress": "stress_orders",
}
CRITERIA = pd.DataFrame(
    [("aval", "n_epci", 3.0, 0.75, 100.0, 100.0, "O", "")],
    columns=list(empty_table("decision_criteria").columns),
)
TWO_AXES = pd.concat([CRITERIA, CRITERIA.assign(indicator_id="seat_45min_pct")])
ORDER = pd.DataFrame(
    [("aval", True, 75.0, 1.0, ""), ("anneau", False, 40.0, 2.0, "")],
    columns=list(empty_table("decision_order").columns),
)


def workbook_of(toy: Toy, **parts: pd.DataFrame) -> openpyxl.Workbook:
    tables = {part: empty_table(name) for part, name in PARTS.items()} | parts
    content = comparison_xlsx(
        toy.indicators,
        toy.perimeters,
        catalogue=toy.catalogue,
        sheet=toy.sheet,
        difference=made(toy),
        decision={PARTS[part]: derived(t) for part, t in tables.items()},
        epci_names={str(siren): name for siren, name in EPCI.items()},
    )
    return openpyxl.load_workbook(io.BytesIO(content))


def texts(book: openpyxl.Workbook, name: str) -> list[str]:
    return [
        plain(cell)
        for row in book[name].iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]


def test_the_workbook_tells_the_gap_the_criteria_and_the_order(toy: Toy) -> None:
    book = workbook_of(toy, criteria=TWO_AXES, order=ORDER)
    assert {"Écart", "Critères", "Ordres"} <= set(book.sheetnames)
    assert "Qui entre, qui sort" in texts(book, "Écart")
    assert "75" in texts(book, "Critères")  # the score, of a hundred
    told = texts(book, "Ordres")
    assert "Non dominé" in told
    assert told.count("oui") >= 1
    for name in ("Écart", "Critères", "Ordres"):
        assert "DÉMONSTRATION" in texts(book, name)[0]


def test_an_order_that_stays_in_is_told_to_stay_in(toy: Toy) -> None:
    more = CRITERIA.assign(indicator_id="deposit_t", weight=0.0, evidence="H")
    book = workbook_of(toy, criteria=pd.concat([CRITERIA, more]))
    told = texts(book, "Ordres")
    assert any("sans être publiés" in text for text in told)
    assert any("« Gouvernance »" in text for text in told)
    assert not any("Rang" in text for text in told)
    assert not any("Rang" in text for text in texts(book, "Valeurs"))
    table = texts(book, "Critères")
    assert any(text.endswith(") (H)") for text in table)


def test_where_no_order_is_published_the_workbook_has_the_plane(toy: Toy) -> None:
    known = {"n_deliberations": 4.0, PLANE[1]: 338.0}
    table = toy.indicators.table
    rows = table[table["indicator_id"] == "deposit_t"].head(1)
    more = [
        rows.assign(indicator_id=n, value=v, evidence="O") for n, v in known.items()
    ]
    indicators = released(pd.concat([table, *more]))
    seen = replace(toy, indicators=indicators)
    assert "Plan" in workbook_of(seen, criteria=CRITERIA).sheetnames
    assert "Plan" not in workbook_of(seen, criteria=TWO_AXES, order=ORDER).sheetnames
    assert "Plan" not in workbook_of(toy, criteria=CRITERIA).sheetnames
    assert not any(word in str(text) for text in table for word in ("Note", "Poids"))
