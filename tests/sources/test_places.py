"""Towns: accents kept, positions moved to metres."""

import pytest

from eitgeo.errors import CrsError, SchemaError
from eitgeo.sources.territory import places
from eitgeo.sources.territory.places import read_places
from tests.sources.source import Source, plain

HEADER = "name,lon,lat,population,code_insee,source\n"


def test_a_town_is_moved_to_lambert_93(write):
    # 3° E, 46.5° N is the origin of Lambert-93: x = 700 000, y = 6 600 000.
    path = write("p.csv", HEADER + "Centre,3,46.5,10,03001,s\n")
    point = read_places(path).geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx((700_000, 6_600_000), abs=1e-3)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Ici,0.5,43,10,31999,s", "commune « 31999 » absente"),
    ],
)
def test_a_faulty_town_is_refused(write, line, message):
    with pytest.raises(SchemaError, match=message):
        read_places(write("p.csv", HEADER + line + "\n"), known_communes={"31001"})


def test_swapped_axes_are_refused(write):
    with pytest.raises(CrsError, match="ordre longitude, latitude"):
        read_places(write("p.csv", HEADER + "Ici,43.1,0.5,10,31001,s\n"))


def test_the_default_towns_keep_their_accents(raw):
    names = set(read_places(raw / "places.csv")["name"])
    assert {"Montréjeau", "Cazères", "Bagnères-de-Luchon", "Saint-Girons"} <= names


SAMPLES = {
    "places": Source(
        "Villes (GeoNames), CSV",
        ("read_places",),
        "places.csv",
        plain(places.read_places),
        (HEADER + "Été,0.5,43,10,09001,s\nLà,0.6,43.1,20,31002,s\n").encode(),
        table="places",
    ),
}
