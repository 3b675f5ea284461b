"""Files that never end, or are beyond all measure: refused, in bounded time."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box
from typer.testing import CliRunner

from eitgeo.cli.app import app
from eitgeo.errors import EitgeoError, SchemaError, SourceError
from eitgeo.sources.files.csv import csv_dicts
from eitgeo.sources.files.rows import read_rows
from eitgeo.sources.territory.commune_layers import read_admin_express
from eitgeo.sources.territory.communes import read_communes
from eitgeo.sources.territory.perimeter_files import read_perimeter_file
from tests.faults.tiny import write_tiny

QUERY = (
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 20000) "
    "SELECT x AS fid, 'a' AS nom, (SELECT geom FROM autre) AS geom FROM c"
)
"""Without its limit, it has no end: the limit lets a reader that asks it fail here."""


def with_view(path: Path, name: str, *, registered: bool) -> Path:
    """Write a GeoPackage whose wanted layer is a query."""
    square = gpd.GeoDataFrame(
        {"nom": ["a"]}, geometry=[box(5e5, 6.2e6, 5.1e5, 6.21e6)], crs=2154
    )
    square.to_file(path, layer="autre")
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(f'CREATE VIEW "{name}" AS {QUERY}')
        if registered:
            base.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
                "VALUES (?, 'features', ?, 2154)",
                (name, name),
            )
            base.execute(
                "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POLYGON', "
                "2154, 0, 0)",
                (name,),
            )
    return path


@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize(
    ("reader", "layer"),
    [
        (read_admin_express, "commune"),
        (read_communes, "commune"),
        (read_perimeter_file, "perimetre"),
    ],
)
def test_a_layer_that_is_a_query_is_not_asked(
    tmp_path, reader, layer, registered
) -> None:
    path = with_view(tmp_path / "perimetre.gpkg", layer, registered=registered)
    with pytest.raises(SourceError, match=rf"perimetre.gpkg : « {layer} » est une vue"):
        reader(path)


def test_views_of_another_layer_are_left_alone(tmp_path) -> None:
    path = with_view(tmp_path / "autre.gpkg", "resume", registered=False)
    assert len(read_perimeter_file(path)) == 1


def test_the_directory_of_layers_cannot_be_a_query(tmp_path) -> None:
    path = with_view(tmp_path / "perimetre.gpkg", "gpkg_data_columns", registered=False)
    with pytest.raises(SourceError, match="« gpkg_data_columns » est une vue"):
        read_perimeter_file(path)


def test_a_hundred_thousand_columns_are_refused_at_once(tmp_path) -> None:
    path = tmp_path / "large.csv"
    path.write_text(",".join(f"c{n}" for n in range(100_000)) + "\n1\n")
    start = time.process_time()
    with pytest.raises(SchemaError, match=r"large\.csv : ligne 1 : 100000 colonnes"):
        read_rows(path, columns=["code_insee"])
    assert time.process_time() - start < 2.0


def test_a_cell_on_several_lines_is_one_cell_and_lines_are_counted(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'code,nom\r\n1,"deux\r\nlignes"\r\n2,b\r\n')
    rows = read_rows(path, columns=["code"])
    assert rows["nom"].tolist() == ["deux\r\nlignes", "b"]
    assert rows.index.tolist() == [3, 4]


def test_what_is_read_beside_the_readers_has_the_same_bounds(tmp_path) -> None:
    path = tmp_path / "sources.csv"
    path.write_text(f"name,sha256\na,{'f' * 140_000}\n")
    with pytest.raises(SchemaError, match="ligne 2 : cellule de plus de 131072"):
        csv_dicts(path)
    path.write_text('name,sha256\na,"b\nc"\nd\n')
    assert csv_dicts(path) == [{"name": "a", "sha256": "b\nc"}, {"name": "d"}]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX")
@pytest.mark.parametrize("name", ["bodies.csv", "membership.csv", "communes.geojson"])
def test_a_pipe_among_the_inputs_holds_no_command(tmp_path, name) -> None:
    study = write_tiny(tmp_path / "étude")
    pipe = tmp_path / "étude/raw" / name
    pipe.unlink()
    os.mkfifo(pipe)
    for command in (["doctor"], ["run", "--dry-run"]):
        found = CliRunner().invoke(app, [command[0], str(study), *command[1:]])
        assert not found.exception or isinstance(found.exception, SystemExit)
        assert command[0] == "doctor" or f"fichier absent : raw/{name}" in found.output


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX")
def test_a_reader_opens_no_pipe(tmp_path) -> None:
    for name in ("a.csv", "a.gpkg", "a.zip"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(EitgeoError, match="ce n'est pas un fichier → en donner"):
            read_perimeter_file(tmp_path / name)
