"""What lies within reach of a seat, on drawings."""

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.perimeters.contours.mesh import make_mesh
from eitgeo.perimeters.methods.ties import reach_perimeter, under_rules
from eitgeo.study.methods import Reach, Rules
from tests.perimeters.toy import code_at, make_contiguity, make_grid

SEAT = code_at(1, 1)


def make_pairs(minutes: dict[str, float], **columns: Any) -> pd.DataFrame:
    """Return truck pairs from the seat; NaN: out of reach."""
    table = pd.DataFrame(
        {"destination_id": list(minutes), "minutes": list(minutes.values())}
    )
    values = {
        "origin_id": SEAT,
        "profile": "truck",
        "time_s": 60 * table["minutes"],
        "status": table["minutes"].notna().map({True: "ok", False: "beyond_limit"}),
    }
    return table.assign(**(values | columns))


def reached(
    grid: gpd.GeoDataFrame, minutes: dict[str, float], *, limit=45, **options: Any
) -> Candidate:
    """Draw what is within reach of the seat."""
    return reach_perimeter(
        grid,
        make_contiguity(grid, gaps=options.pop("gaps", ())),
        od_matrix=make_pairs(minutes, **options),
        reach=Reach(seat=SEAT, minutes=limit, profile="truck"),
    )


def spread(*rows: str) -> dict[str, float]:
    """Read minutes written on the grid, ten for each unit; « x » is out of reach."""
    return {
        code_at(r, c): float("nan") if mark == "x" else 10.0 * int(mark)
        for r, row in enumerate(rows)
        for c, mark in enumerate(row)
        if mark != "."
    }


def test_an_island_within_reach_but_beyond_a_far_commune_is_left() -> None:
    """The east column is near by time, but only the far middle leads there.

    2 2 9 3
    2 0 9 3
    """
    minutes = spread("2293", "2093")
    found = reached(make_grid("1111", "1111"), minutes)
    assert found.codes == {code_at(r, c) for r in (0, 1) for c in (0, 1)}
    assert (found.perimeter_id, found.root) == ("route_45min", SEAT)
    assert found.method == "temps_de_route"
    assert found.must_hold_together


def test_a_far_commune_inside_stays_an_enclave() -> None:
    minutes = spread("2222", "2092", "2222")
    found = reached(make_grid("1111", "1111", "1111"), minutes)
    assert len(found.codes) == 11
    assert code_at(1, 2) not in found.codes


def test_a_border_without_road_does_not_join() -> None:
    grid = make_grid("111", "111")
    minutes = spread("111", "101")
    east = code_at(1, 2)
    gaps = [(SEAT, east), (code_at(0, 2), east)]
    assert east not in reached(grid, minutes, gaps=gaps).codes
    assert east in reached(grid, minutes, gaps=gaps[:1]).codes


def test_the_limit_is_reached_and_not_passed() -> None:
    grid = make_grid("111", "111")
    minutes = spread("999", "403")
    assert reached(grid, minutes, limit=40).codes == {
        code_at(1, 0),
        SEAT,
        code_at(1, 2),
    }
    assert reached(grid, minutes, limit=39).codes == {SEAT, code_at(1, 2)}


def test_the_area_bounds_the_reach() -> None:
    outside = code_at(1, 0)
    grid = make_grid("111", "111", outside=[outside])
    assert outside not in reached(grid, spread("111", "101")).codes


def test_pairs_of_another_vehicle_or_seat_or_out_of_reach_do_not_count() -> None:
    grid = make_grid("11", "11")
    minutes = spread("x1", "10")
    near = {code_at(0, 1), code_at(1, 0), SEAT}
    assert reached(grid, minutes).codes == near
    for other in ({"profile": "car"}, {"origin_id": code_at(0, 0)}):
        with pytest.raises(InfeasibleError, match="aucune commune à moins de 45 min"):
            reached(grid, minutes, **other)


def test_the_name_says_how_it_was_drawn_in_french() -> None:
    found = reached(make_grid("11", "11"), spread("11", "10"), limit=37.5)
    assert found.name == (
        f"Contour par la route : 37,5 min (poids lourd) de Commune {SEAT}"
    )
    assert found.perimeter_id == "route_37_5min"
    assert found.parameters == {"seat": SEAT, "minutes": 37.5, "profile": "truck"}


def test_a_seat_out_of_the_area_is_refused() -> None:
    grid = make_grid("11", "11", outside=[SEAT])
    with pytest.raises(StudyError, match=f"« {SEAT} » : commune hors du territoire"):
        reached(grid, spread("11", "10"))


def test_the_contour_by_the_road_keeps_the_common_rules() -> None:
    """Out of reach but imposed; in reach but excluded; a floor of no territory."""
    grid = make_grid("1111", "1111")
    drawn = reached(grid, spread("2123", "101x"))
    mesh = make_mesh(grid, make_contiguity(grid), root=SEAT)
    assert under_rules(drawn, mesh, Rules()) == drawn
    far, near = code_at(1, 3), code_at(0, 1)
    ruled = under_rules(drawn, mesh, Rules(include=(far,), exclude=(near,)))
    assert far in ruled.codes
    assert near not in ruled.codes
    assert ruled.parameters["n_removed"] == 1
    with pytest.raises(InfeasibleError, match="plancher"):
        under_rules(drawn, mesh, Rules(floors={"population": 1e9}))
