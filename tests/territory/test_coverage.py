"""What the coverage report finds and names, each fault drawn alone."""

import geopandas as gpd
import pytest
from shapely import MultiPolygon, Point, Polygon

from eitgeo.errors import CrsError, SchemaError
from eitgeo.tables.schema import validate
from eitgeo.territory.coverage import coverage_report
from tests.territory.conftest import X, Y, rectangle, square, squares


def told(layer: gpd.GeoDataFrame, **options) -> list[tuple[str, str, str, bool]]:
    """Return the faults of a layer, without their rank; the table is valid."""
    report = validate(coverage_report(layer, **options), table="coverage_report")
    rows = report.drop(columns="fault_id")
    return list(rows.itertuples(index=False, name=None))


def test_a_clean_grid_has_no_fault(grid) -> None:
    assert told(grid) == []


def test_an_island_is_named() -> None:
    layer = squares(c10=rectangle(5000, 0, 6000, 1000))
    assert told(layer) == [
        ("ile", "Commune 10 (31010)", "aucune limite avec une autre commune", False)
    ]


def test_a_commune_that_touches_in_a_corner_only_is_an_island() -> None:
    layer = squares(c10=rectangle(3000, 3000, 4000, 4000))
    assert [fault[:2] for fault in told(layer)] == [("ile", "Commune 10 (31010)")]


def test_an_enclave_is_named_with_the_commune_around_it() -> None:
    """31005 is a ring; 31010 fills its hole of 400 m × 400 m."""
    inner = rectangle(1300, 1300, 1700, 1700)
    layer = squares(c5=square(5).difference(inner), c10=inner)
    assert told(layer) == [
        ("enclave", "Commune 10 (31010)", "entourée par Commune 05 (31005)", False)
    ]


def test_a_commune_at_the_end_of_the_layer_is_no_enclave() -> None:
    layer = squares(c10=rectangle(3000, 0, 4000, 1000))
    assert told(layer) == []


@pytest.mark.parametrize(
    ("side_m", "detail", "repaired"),
    [
        (100, "petit trou comblé : 10000 m²", True),
        (101, "terre absente de la couche : 10201 m²", False),
    ],
)
def test_a_gap_is_small_up_to_the_limit_included(side_m, detail, repaired) -> None:
    hole = rectangle(1300, 1300, 1300 + side_m, 1300 + side_m)
    layer = squares(c5=square(5).difference(hole))
    assert told(layer) == [("trou", "Commune 05 (31005)", detail, repaired)]
    # The limit is the caller's.
    assert told(layer, max_gap_m2=0)[0][2].startswith("terre absente")


def test_a_gap_names_the_communes_around_it() -> None:
    layer = squares(c5=None)
    (fault,) = told(layer)
    kind, around, detail, repaired = fault
    assert (kind, detail, repaired) == (
        "trou",
        "terre absente de la couche : 1000000 m²",
        False,
    )
    # Eight communes touch it, corners included; the first four are named.
    assert around.count("Commune") == 4


def test_a_notch_at_the_edge_is_no_gap() -> None:
    assert told(squares(c2=None)) == []


def test_an_overlap_is_named_with_its_area() -> None:
    """31001 reaches 50 m into 31002, over 1 000 m."""
    layer = squares(c1=rectangle(0, 0, 1050, 1000))
    (fault,) = told(layer)
    assert fault == (
        "recouvrement",
        "Commune 01 (31001)",
        "recouvre Commune 02 (31002) sur 50000 m²",
        True,
    )


def test_an_overlap_of_a_rounding_is_not_told() -> None:
    assert told(squares(c1=rectangle(0, 0, 1000.0005, 1000))) == []


BOW_TIE = Polygon([(X, Y), (X + 1000, Y + 1000), (X + 1000, Y), (X, Y + 1000)])


def test_a_bow_tie_is_invalid_and_in_two_pieces() -> None:
    """31001 crosses itself in its middle; the triangles north and south are lost."""
    kinds = {fault[0]: fault for fault in told(squares(c1=BOW_TIE))}
    assert set(kinds) == {"invalide", "morceaux"}
    _, subject, detail, repaired = kinds["invalide"]
    assert (subject, repaired) == ("Commune 01 (31001)", True)
    assert detail.startswith("polygone invalide : Self-intersection")


def test_a_commune_in_two_pieces_is_named() -> None:
    """31009 owns its square and the one beyond 31010."""
    pieces = MultiPolygon([square(9), rectangle(4000, 2000, 5000, 3000)])
    layer = squares(c9=pieces, c10=rectangle(3000, 2000, 4000, 3000))
    assert told(layer) == [("morceaux", "Commune 09 (31009)", "2 morceaux", False)]


def test_faults_are_ranked_and_do_not_depend_on_row_order() -> None:
    layer = squares(
        c1=rectangle(0, 0, 1050, 1000),
        c5=square(5).difference(rectangle(1300, 1300, 1350, 1350)),
        c10=rectangle(5000, 0, 6000, 1000),
    )
    report = coverage_report(layer)
    assert report["fault_id"].tolist() == ["00001", "00002", "00003"]
    assert report["kind"].tolist() == ["recouvrement", "trou", "ile"]
    assert coverage_report(layer.iloc[::-1]).equals(report)


def test_a_layer_without_names_or_metres_is_refused(grid) -> None:
    with pytest.raises(SchemaError, match="« nom » absente"):
        coverage_report(grid.drop(columns="nom"))
    with pytest.raises(CrsError, match="EPSG:2154"):
        coverage_report(grid.to_crs(4326))


def test_the_layer_is_untouched(grid) -> None:
    before = grid.copy()
    coverage_report(grid)
    assert grid.geom_equals_exact(before, tolerance=0).all()
    assert Point(X, Y).distance(grid.geometry[0]) == 0
