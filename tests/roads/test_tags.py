"""Tags of OpenStreetMap read one by one: speeds, limits, access, directions."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.roads.network.tags import (
    CLOSED,
    DESTINATION,
    LIMITS,
    OPEN,
    access,
    barrier_attributes,
    limit_value,
    speed_kmh,
    way_attributes,
)
from eitgeo.sources.ground.osm_roads import BARRIER_TAGS, WAY_TAGS

NAN = math.nan


def ways(*tags):
    """Make the tags of ways; what is not named is absent."""
    rows = [dict.fromkeys(WAY_TAGS, "") | {"highway": "primary"} | one for one in tags]
    return way_attributes(pd.DataFrame(rows, dtype="str"))


def both_senses(row, vehicle):
    return row[f"{vehicle}_forward"], row[f"{vehicle}_backward"]


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("30 mph", 48.28032),
        ("none", math.inf),
        ("FR:urban", 50.0),
        ("FR:rural", 80.0),
        ("ES:rural", 90.0),
        ("FR:motorway", 130.0),
        ("FR:zone30", 30.0),
        ("zone:30", 30.0),
        ("FR:walk", 6.0),
        ("70|100", 70.0),
        ("90;70", 70.0),
        ("70,5", 70.5),
        # Absurd, in no unit of a road, or not a speed: not known.
        ("0", NAN),
        ("3", NAN),
        ("999", NAN),
        ("1e9", NAN),
        ("-50", NAN),
        ("10 knots", NAN),
        ("signals", NAN),
        ("variable", NAN),
        ("FR:nowhere", NAN),
        ("nan", NAN),
        ("inf", NAN),
        ("９０", NAN),
    ],
)
def test_a_speed_is_read_or_not_known(text, kmh):
    assert speed_kmh(text) == pytest.approx(kmh, nan_ok=True)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("3.5", "max_weight_t", 3.5),
        ("7,5 t", "max_weight_t", 7.5),
        ("3500 kg", "max_weight_t", 3.5),
        ("20 st", "max_weight_t", 18.1436948),
        ("19;12", "max_weight_t", 12.0),
        ("none", "max_weight_t", math.inf),
        ("4.1 m", "max_height_m", 4.1),
        ("410 cm", "max_height_m", 4.1),
        ("13'6\"", "max_height_m", 4.1148),
        ("12'", "max_height_m", 3.6576),
        ("default", "max_height_m", math.inf),
        ("below_default", "max_height_m", NAN),
        ("0", "max_height_m", NAN),
        ("41", "max_height_m", NAN),
        ("19 m", "max_weight_t", NAN),
        ("10'0\"", "max_weight_t", NAN),
        ("3500", "max_weight_t", NAN),
        ("2.3", "max_width_m", 2.3),
        ("12", "max_length_m", 12.0),
        ("1e3", "max_length_m", NAN),
    ],
)
def test_a_limit_is_read_or_not_known(text, kind, value):
    assert limit_value(text, kind=kind) == pytest.approx(value, nan_ok=True)


@given(st.text(max_size=20))
def test_any_text_gives_a_speed_and_limits_within_bounds(text):
    kmh = speed_kmh(text)
    assert math.isnan(kmh) or math.isinf(kmh) or 5 <= kmh <= 140
    for kind in LIMITS:
        value = limit_value(text, kind=kind)
        assert math.isnan(value) or value >= 0.5
    assert access(text) in {OPEN, DESTINATION, CLOSED}


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("yes", OPEN),
        ("designated", OPEN),
        ("destination", DESTINATION),
        ("delivery", DESTINATION),
        ("agricultural;forestry", CLOSED),
        ("private", CLOSED),
        ("no;delivery", DESTINATION),
        ("<script>", CLOSED),
    ],
)
def test_the_freest_of_several_accesses_holds(text, use):
    assert access(text) == use


def test_the_most_specific_key_decides():
    table = ways(
        {"access": "no"},
        {"access": "no", "hgv": "yes"},
        {"motor_vehicle": "no", "motorcar": "yes"},
        {"hgv": "no"},
        {"access": "no", "vehicle": "destination"},
    )
    assert table["truck_forward"].tolist() == [
        CLOSED,
        OPEN,
        CLOSED,
        CLOSED,
        DESTINATION,
    ]
    assert table["car_forward"].tolist() == [CLOSED, CLOSED, OPEN, OPEN, DESTINATION]


@pytest.mark.parametrize(
    ("tags", "senses"),
    [
        ({}, (OPEN, OPEN)),
        ({"oneway": "yes"}, (OPEN, CLOSED)),
        ({"oneway": "1"}, (OPEN, CLOSED)),
        ({"oneway": "-1"}, (CLOSED, OPEN)),
        ({"oneway": "no"}, (OPEN, OPEN)),
        ({"oneway": "reversible"}, (CLOSED, CLOSED)),
        ({"junction": "roundabout"}, (OPEN, CLOSED)),
        ({"junction": "roundabout", "oneway": "-1"}, (CLOSED, OPEN)),
        ({"highway": "motorway"}, (OPEN, CLOSED)),
        ({"highway": "motorway_link", "oneway": "no"}, (OPEN, OPEN)),
        ({"highway": "trunk"}, (OPEN, OPEN)),
        ({"highway": "track"}, (CLOSED, CLOSED)),
        ({"highway": "track", "motor_vehicle": "yes"}, (OPEN, OPEN)),
        ({"highway": "service", "service": "driveway"}, (DESTINATION, DESTINATION)),
    ],
)
def test_directions(tags, senses):
    row = ways(tags).iloc[0]
    assert both_senses(row, "truck") == senses
    assert both_senses(row, "car") == senses


def test_a_speed_of_one_sense_wins_over_that_of_both():
    row = ways({"maxspeed": "80", "maxspeed:backward": "50", "maxspeed:hgv": "60"})
    assert row[["kmh_forward", "kmh_backward", "kmh_hgv"]].iloc[0].tolist() == [
        80.0,
        50.0,
        60.0,
    ]


def test_the_tightest_of_several_limits_holds_and_none_is_not_unknown():
    table = ways(
        {"maxweight": "19", "maxweightrating": "7.5"}, {"maxheight": "none"}, {}
    )
    np.testing.assert_array_equal(table["max_weight_t"], [7.5, NAN, NAN])
    np.testing.assert_array_equal(table["max_height_m"], [NAN, math.inf, NAN])


def test_bridges_and_tunnels():
    table = ways({"bridge": "yes"}, {"bridge": "no"}, {"tunnel": "building_passage"})
    assert table["bridge"].tolist() == [True, False, False]
    assert table["tunnel"].tolist() == [False, False, False]


@pytest.mark.parametrize(
    ("tags", "truck", "car"),
    [
        ({"barrier": "bollard"}, CLOSED, CLOSED),
        ({"barrier": "gate"}, OPEN, OPEN),
        ({"barrier": "gate", "access": "private"}, CLOSED, CLOSED),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, OPEN, OPEN),
        ({"barrier": "lift_gate", "hgv": "no"}, CLOSED, OPEN),
    ],
)
def test_a_barrier_bars_by_its_kind_unless_its_tags_say_otherwise(tags, truck, car):
    table = pd.DataFrame([dict.fromkeys(BARRIER_TAGS, "") | tags], dtype="str")
    row = barrier_attributes(table).iloc[0]
    assert both_senses(row, "truck") == (truck, truck)
    assert both_senses(row, "car") == (car, car)
