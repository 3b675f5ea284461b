"""Points of a file of the study: each in its commune, none counted twice."""

import pytest

from eitgeo.errors import SchemaError
from eitgeo.reference import source_columns
from eitgeo.reference.source_columns import _every_column
from eitgeo.sources.ground import points
from eitgeo.tables.schema import validate
from tests.sources.source import Source

HEADER = "point_id,name,code_insee,lon,lat\n"
ROWS = "a,Été,09001,,\nb,Gare,31002,,\n"


@pytest.fixture
def read(write, communes):
    """Return a function that reads the text of a file of stations."""
    return lambda text: points.read_points(
        write("stations.csv", text), communes=communes, kind="stations"
    )


def test_points_are_named_by_kind_and_stand_in_their_commune(read) -> None:
    found = read(HEADER + ROWS + "c,Loin,65258,,\n")
    table = found.table
    assert table["point_id"].tolist() == ["a", "b"]
    assert set(table["kind"]) == {"stations"}
    assert table["code_insee"].tolist() == ["09001", "31002"]
    assert set(table["position_quality"]) == {"commune"}
    assert found.dropped["reason"].tolist() == ["hors des communes (« 65258 »)"]
    assert found.notes.empty  # no file without coordinates is told row by row
    validate(table, table="points")


def test_a_point_at_its_degrees_is_kept_one_elsewhere_is_at_the_town_hall(
    read, communes
) -> None:
    hall = communes.to_crs(4326).geometry.iloc[0].centroid
    text = f"{HEADER}a,A,09001,{hall.x + 0.01},{hall.y}\nb,B,09001,2.35,48.85\n"
    found = read(text)
    assert found.table["position_quality"].tolist() == ["exacte", "commune"]
    assert found.notes["kind"].tolist() == ["hors_commune"]


def test_a_kind_may_have_columns_of_its_own(read, monkeypatch) -> None:
    own = ("id_station", "nom", "code_insee", "carburant")
    names = ("point_id", "name", "code_insee", "label")
    kinds = ("text", "text", "commune", "choice")
    columns = tuple(
        source_columns.SourceColumn(
            *(column, name, kind, name == "point_id", True, "", "GNV|H2", "", "")
        )
        for column, name, kind in zip(own, names, kinds, strict=True)
    )
    declared = {**_every_column(), "stations": columns}
    monkeypatch.setattr(source_columns, "_every_column", lambda: declared)
    source_columns.source_columns.cache_clear()
    header = f"{','.join(own)}\n"
    table = read(header + "s1,Relais,09001,H2\n").table
    assert table[["point_id", "label"]].to_numpy().tolist() == [["s1", "H2"]]
    with pytest.raises(SchemaError, match="carburant"):
        read(header + "s1,Relais,09001,gazole\n")
    source_columns.source_columns.cache_clear()


SAMPLES = {
    "points": Source(
        "Points de l'étude, CSV",
        ("read_points",),
        "points.csv",
        lambda path, communes: points.read_points(
            path, communes=communes, kind="bornes"
        ),
        b"point_id,name,code_insee,lon,lat,label\na,\xc3\x89t\xc3\xa9,09001,,,quai\nb,Gare,31002,,,\n",
        table="points",
    ),
}
