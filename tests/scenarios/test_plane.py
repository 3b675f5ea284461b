"""What perimeters ask against what is counted in them: by hand, and drawn."""

import datetime as dt

import pandas as pd
import pytest

from eitgeo.disclosure.door.rules import release_derived
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.prints.graphs import plane_figure
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.decision.orders import PLANE, decision_plane

PERIMETERS = pd.DataFrame(
    [
        ("union_0001", "Un EPCI", "union_epci", False),
        ("petr", "Le PETR", "structure", True),
        ("aire", "Une aire que rien ne compare", "aire", False),
    ],
    columns=["perimeter_id", "name", "method", "compared"],
)


def indicators(firms=(164.0, 338.0, 500.0), evidence="S") -> pd.DataFrame:
    rows = [
        (perimeter, name, value, sure, note)
        for name, values, sure, note in (
            (PLANE[0], (2.0, 4.0, 9.0), "O", ""),
            (PLANE[1], firms, evidence, "siège calculé : X ; fin 2018"),
        )
        for perimeter, value in zip(PERIMETERS["perimeter_id"], values, strict=True)
    ]
    columns = ["perimeter_id", "indicator_id", "value", "evidence", "note"]
    return pd.DataFrame(rows, columns=columns)


def drawn(figures: pd.DataFrame) -> bytes:
    """Draw the plane of released figures."""
    plane = plane_figure(
        release_derived(figures, sources=()),
        release_derived(PERIMETERS, sources=()),
        labels=indicator_catalogue()["label"],
    )
    assert plane is not None
    files = compose(plane, Sheet("Étude", "", dt.date(2026, 11, 26)))
    assert [*files] == ["png"]
    return files["png"]


def test_compared_perimeters_come_before_unions_and_nobody_else() -> None:
    plane = decision_plane(indicators(), PERIMETERS)
    assert plane["perimeter_id"].tolist() == ["petr", "union_0001"]
    assert plane[[*PLANE]].to_numpy().tolist() == [[4, 338], [2, 164]]
    assert set(plane["note"]) == {"siège calculé : X ; fin 2018"}


@pytest.mark.parametrize(
    "figures",
    [
        indicators(evidence="H"),
        indicators().query("indicator_id == 'n_deliberations'"),
        indicators((float("nan"),) * 3),
    ],
)
def test_no_plane_without_a_figure_that_is_counted(figures) -> None:
    assert decision_plane(figures, PERIMETERS).empty


def test_the_plane_is_drawn_alike_each_time() -> None:
    picture = drawn(indicators())
    assert picture.startswith(b"\x89PNG")
    assert picture == drawn(indicators())
    assert picture != drawn(indicators((164.0, 388.0, 500.0)))
