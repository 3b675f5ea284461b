"""What the reach of seats refuses before it computes anything."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.steps.roads import road_reach
from eitgeo.study.roads import Isochrones

COMMUNES = pd.DataFrame({"code_insee": ["31483", "31042"]})


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"seats": ("31483", "75056")}, "seats » : commune inconnue « 75056 »"),
        ({"minutes": (30.0, 300.0)}, r"300 min au-delà de roads.max_minutes \(240\)"),
    ],
)
def test_seats_and_minutes_out_of_reach_are_refused(asked, told) -> None:
    roads = SimpleNamespace(isochrones=Isochrones(**asked), max_minutes=240.0)
    methods = SimpleNamespace(reach=SimpleNamespace(seat="31483"))
    study = SimpleNamespace(roads=roads, methods=methods)
    project: Any = SimpleNamespace(study=study, processed=None)
    with pytest.raises(StudyError, match=told):
        road_reach.run(COMMUNES, COMMUNES, project=project)
