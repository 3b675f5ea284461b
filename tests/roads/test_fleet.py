"""Vehicles: those that ship, what a study changes, which one carries what."""

from dataclasses import replace
from typing import get_args

import pytest

from eitgeo.errors import StudyError
from eitgeo.reference.rules import synergy_rules
from eitgeo.reference.tables import SPEED_PREFIX, vehicle_table
from eitgeo.roads.network.profile import fleet, vehicle_for_state
from eitgeo.sources.ground.osm_roads import HIGHWAYS
from eitgeo.study.roads import RoadClass, TruckName, VehicleName
from eitgeo.tables.columns import ROAD_CLASSES
from tests.roads.toy import make_roads

OFF_THE_ROAD = {"service", "gaz", "chaleur", "eau"}
"""States of rules that no vehicle carries."""


def test_the_table_the_study_and_the_reader_name_the_same_things():
    table = vehicle_table()
    assert tuple(table.index) == get_args(VehicleName)
    assert tuple(table.index[table["kind"] == "truck"]) == get_args(TruckName)
    speeds = [name for name in table.columns if name.startswith(SPEED_PREFIX)]
    assert [name.removeprefix(SPEED_PREFIX) for name in speeds] == list(HIGHWAYS)
    assert get_args(RoadClass) == HIGHWAYS
    assert set(ROAD_CLASSES) == {*HIGHWAYS, "barrier"}


def test_every_figure_has_its_status_and_no_speed_is_past_the_law():
    table = vehicle_table()
    assert set(table["evidence"]) == {"H"}
    assert set(table["status"]) == {"a_confirmer"}
    assert table["source"].ne("").all()
    trucks = table[table["kind"] == "truck"]
    assert trucks["weight_t"].le(44).all()
    assert trucks["width_m"].le(2.55).all()
    assert trucks["length_m"].le(16.5).all()
    speeds = trucks.filter(like=SPEED_PREFIX)
    assert speeds.filter(like="motorway").le(90).all(axis=None)
    assert speeds.drop(columns=speeds.filter(like="motorway")).le(80).all(axis=None)
    # One way or another a truck is no faster than a car.
    car = table.loc["car"].filter(like=SPEED_PREFIX).astype(float)
    assert (speeds <= car).all(axis=None)


def test_the_study_changes_one_value_and_keeps_the_others():
    plain = fleet(make_roads())
    change = {"hooklift_26t": {"height_m": 4.2, "kmh": {"primary": 55}}}
    found = fleet(make_roads(vehicles=change))
    one, other = plain["hooklift_26t"], found["hooklift_26t"]
    assert other.kmh["primary"] == 55
    assert other == replace(one, height_m=4.2, kmh={**one.kmh, "primary": 55.0})
    assert {k: v for k, v in found.items() if k != "hooklift_26t"}.keys() == {
        k for k in plain if k != "hooklift_26t"
    }


def test_a_speed_past_the_law_is_refused_with_the_article():
    change = {"artic_44t": {"kmh": {"primary": 85, "motorway": 95, "trunk": 80}}}
    with pytest.raises(StudyError, match=r"2 anomalies(.|\n)*au plus 90(.|\n)*R413-8"):
        fleet(make_roads(vehicles=change))
    assert fleet(make_roads(vehicles={"car": {"kmh": {"primary": 85}}}))


@pytest.mark.parametrize(
    "change",
    [
        {"artic_44t": {"kmh": {"tertiary": 60}}},
        {
            "car": {"kmh": {"tertiary": 35}}
        },  # what the car loses, the truck may not keep
    ],
)
def test_a_truck_before_the_car_is_refused_with_a_remedy(change):
    told = r"sur « tertiary », plus vite que la voiture → au plus \d+ km/h, ou relever"
    with pytest.raises(StudyError, match=told):
        fleet(make_roads(vehicles=change))


def test_every_state_of_a_rule_is_carried_or_takes_no_road():
    vehicles = fleet(make_roads())
    for state in sorted(set(synergy_rules()["state"]) - OFF_THE_ROAD):
        assert vehicle_for_state(vehicles, state).kind == "truck"
    assert vehicle_for_state(vehicles, "solide_vrac").name == "hooklift_26t"
    assert vehicle_for_state(vehicles, "solide_balles").name == "artic_44t"
    assert vehicle_for_state(vehicles, "liquide").name == "tanker_44t"


@pytest.mark.parametrize("state", [*sorted(OFF_THE_ROAD), "", "solide_vracs"])
def test_what_no_vehicle_carries_is_refused(state):
    with pytest.raises(StudyError, match="aucun véhicule ne transporte"):
        vehicle_for_state(fleet(make_roads()), state)
