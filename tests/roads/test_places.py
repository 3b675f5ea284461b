"""Places on the network and known trips, by hand."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from eitgeo.errors import StudyError
from eitgeo.roads.matrix.od_matrix import commune_places, outlet_places
from eitgeo.roads.questions.contiguity import add_road_minutes
from eitgeo.roads.questions.report import fit_summary, trip_fit
from eitgeo.tables.schema import validate
from tests.roads.toy import (
    X0,
    Y0,
    A,
    B,
    C,
    D,
    E,
    hand_network,
    make_borders,
    make_communes,
    make_roads,
)

SEATS = {code: (4_000.0 * n, 0.0) for n, code in enumerate([A, B, C, D, E])}
# Half the radius of the disc of 16 km²: ½ √(16e6 ÷ π).
INNER_M = 1_128.379


def outlets(code: str = B, *, east_m: float = 300.0) -> gpd.GeoDataFrame:
    """Return one outlet, 400 m north and ``east_m`` east of the seat of b."""
    spot = Point(X0 + 4_000 + east_m, Y0 + 400)
    return gpd.GeoDataFrame(
        {"outlet_id": ["isdnd"], "code_insee": [code]}, geometry=[spot], crs=2154
    )


def test_seats_are_places_with_half_a_radius_inside() -> None:
    places: Any = commune_places(make_communes(SEATS).iloc[::-1]).set_index("place_id")
    assert places.index.tolist() == sorted(SEATS)
    assert places["inner_m"].tolist() == pytest.approx([INNER_M] * 5)
    assert places.loc[C, ["x", "y", "snap_m"]].tolist() == [X0 + 8_000, Y0, 0.0]
    assert places["node_id"].tolist() == places.index.tolist()


def test_an_outlet_is_reached_through_its_seat() -> None:
    place = outlet_places(outlets(), make_communes(SEATS)).iloc[0]
    assert place["node_id"] == B
    assert place["place_kind"] == "outlet"
    assert place["snap_m"] == pytest.approx(500.0)  # 300, 400, 500
    assert place["inner_m"] == pytest.approx(INNER_M)


def test_an_outlet_of_an_unknown_commune_is_refused() -> None:
    with pytest.raises(StudyError, match="« isdnd » : commune 99999 hors des données"):
        outlet_places(outlets("99999"), make_communes(SEATS))


def test_a_border_without_edge_has_no_road() -> None:
    borders = make_borders((A, C), (B, D))
    contiguity = add_road_minutes(borders, hand_network(), make_roads())
    assert contiguity["road_minutes"].iloc[0] == pytest.approx(1_000 / 60)
    assert np.isnan(contiguity["road_minutes"].iloc[1])
    assert "road_minutes" not in borders


def trips(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    """Return known trips: from, to, kilometres, minutes."""
    table = pd.DataFrame(
        rows, columns=["from_code", "to_code", "road_km", "car_minutes"]
    )
    named = table.assign(**{"from": table["from_code"], "to": table["to_code"]})
    return named.assign(status="d'essai")


def fit_of(*rows) -> pd.DataFrame:
    """Set the drawn network beside trips."""
    fit = trip_fit(
        trips(*rows),
        hand_network(),
        communes=make_communes(SEATS),
        roads=make_roads(),
    )
    validate(fit, table="road_fit")
    return fit


def test_the_fit_by_hand() -> None:
    fit = fit_of((A, D, 20.0, 25.0), (D, B, 13.0, 10.0), (A, "31999", 1.0, 1.0))
    # By car a-d: 23 km, 1 250 s; d-b: 13 km, 750 s. The last is outside.
    assert fit["model_km"].tolist() == [23.0, 13.0]
    assert fit["model_min"].tolist() == pytest.approx([1_250 / 60, 12.5])
    # The way back takes as long: the surrogate knows no one-way road.
    assert fit["model_back_min"].tolist() == pytest.approx(fit["model_min"].tolist())
    longer = fit.assign(model_back_min=fit["model_min"] + [4.0, 2.0])
    assert fit_summary(longer)["n_unlike"] == 1
    summary = fit_summary(fit)
    assert (summary["n_trips"], summary["n_unlike"]) == (2, 0)
    assert summary["length_median_pct"] == pytest.approx(7.5)  # +15 % and 0 %
    assert summary["length_worst_pct"] == pytest.approx(15.0)
    assert summary["time_worst_pct"] == pytest.approx(25.0)  # −17 % and +25 %
    assert summary["time_median_pct"] == pytest.approx((25 - 50 / 3) / 2)


def test_the_worst_departure_keeps_its_sign() -> None:
    fit = pd.DataFrame(
        {
            "known_km": [10.0, 10.0, 10.0],
            "model_km": [11.0, 7.0, 10.0],
            "known_min": [10.0, 10.0, 10.0],
            "model_min": [10.0, 10.0, 10.0],
            "model_back_min": [10.0, 10.0, 10.0],
        }
    )
    summary = fit_summary(fit)
    assert summary["length_worst_pct"] == pytest.approx(-30.0)
    assert summary["length_median_pct"] == 0.0


def test_a_trip_that_the_network_does_not_join_is_counted_apart() -> None:
    summary = fit_summary(fit_of((A, D, 23.0, 20.0), (A, E, 10.0, 10.0)))
    assert (summary["n_trips"], summary["n_unreached"]) == (1, 1)
    assert summary["length_worst_pct"] == pytest.approx(0.0)


def test_no_trip_at_hand_gives_no_departure() -> None:
    summary = fit_summary(fit_of(("31998", "31999", 1.0, 1.0)))
    assert {summary.pop(n) for n in ("n_trips", "n_unreached", "n_unlike")} == {0}
    assert np.isnan(list(summary.values())).all()
