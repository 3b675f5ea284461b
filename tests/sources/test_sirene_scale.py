"""SIRENE: the scan against a brute force, on a made-up pair of files."""

import os

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from benchmarks.sirene_generate import write_pair
from eitgeo.sources.sites.sirene import read_sirene_sites
from eitgeo.sources.sites.sirene_scan import engine
from tests.sources.sirene_files import left_out
from tests.sources.sirene_header import ESTABLISHMENT_HEADER, GEOLOCATION_HEADER

N_ROWS = 5_000


@pytest.fixture
def large(communes):
    # Large enough that some of the 5 000 establishments are theirs.
    return communes.assign(population=[5_000_000, 15_000_000])


def write(folder, communes, seed):
    folder.mkdir()
    return write_pair(folder, n_rows=N_ROWS, communes=communes, seed=seed)


def test_the_pair_has_the_official_headers_and_the_same_rows_for_a_seed(
    tmp_path, large
):
    pair = write(tmp_path / "a", large, 7)
    frames = [pd.read_parquet(path) for path in pair]
    assert tuple(frames[0].columns) == ESTABLISHMENT_HEADER
    assert tuple(frames[1].columns) == GEOLOCATION_HEADER
    assert [len(frame) for frame in frames] == [N_ROWS, round(0.95 * N_ROWS)]
    assert frames[0]["siret"].is_unique
    again = write(tmp_path / "b", large, 7)
    other = write(tmp_path / "c", large, 8)
    assert pair[0].read_bytes() == again[0].read_bytes()
    assert pair[0].read_bytes() != other[0].read_bytes()


def test_the_scan_agrees_with_a_brute_force(tmp_path, large):
    stock, geolocation = write(tmp_path / "a", large, 7)
    loaded = read_sirene_sites(stock, communes=large, geolocation=geolocation)
    rows = pd.read_parquet(stock)
    wanted = rows[
        rows["codeCommuneEtablissement"].isin(large["code_insee"])
        & (rows["etatAdministratifEtablissement"] == "A")
        & (rows["statutDiffusionEtablissement"] != "N")
    ]
    assert 100 < len(wanted) < N_ROWS / 2
    table = loaded.table
    counts = wanted.groupby("codeCommuneEtablissement").size()
    assert table.groupby("code_insee").size().tolist() == counts.tolist()
    assert len(table) + left_out(loaded.dropped, stock.name) == N_ROWS
    points = pd.read_parquet(geolocation)
    found = wanted[["siret"]].merge(points, on="siret")
    expected = np.sort(found["x"].to_numpy(dtype=float))
    at_seat = table.geometry.isin(
        [Point(505_000, 6_205_000), Point(515_000, 6_205_000)]
    )
    drawn = np.sort(gpd.GeoSeries(table.geometry[~at_seat]).x.to_numpy())
    assert drawn == pytest.approx(expected, abs=0.5)  # Float32 in the file


def seen(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the tables and views that a reading sees."""
    return {name for (name, *_) in connection.execute("SHOW TABLES").fetchall()}


def test_readings_of_a_process_see_nothing_of_each_other(monkeypatch) -> None:
    with engine() as one, engine() as other:
        one.register("area", pd.DataFrame({"code_insee": ["31002"]}))
        one.execute("CREATE TEMP TABLE picked AS SELECT * FROM area")
        one.register("rows", one.sql("SELECT 1 AS n"))
        assert seen(one) == {"area", "picked", "rows"}
        assert seen(other) == set()
    with engine() as after:
        assert seen(after) == set()
        # What is of the database is seen by all of its process, and by no other.
        after.execute("CREATE TABLE shared AS SELECT 1 AS n")
        with engine() as same:
            assert seen(same) == {"shared"}
        monkeypatch.setattr(os, "getpid", lambda: -1)
        with engine() as forked:
            assert seen(forked) == set()
        monkeypatch.undo()
        after.execute("DROP TABLE shared")


def test_a_file_is_read_as_it_is_now_though_nothing_tells_that_it_changed(
    tmp_path,
) -> None:
    path = tmp_path / "stock.parquet"
    for text in ("matin", "soirs"):
        pd.DataFrame({"name": [text] * 1000}).to_parquet(path, compression=None)
        os.utime(path, ns=(1, 1))
        with engine() as connection:
            names = connection.read_parquet(str(path)).distinct().fetchall()
            kept = connection.sql(
                "SELECT current_setting($$enable_external_file_cache$$)"
            )
            assert kept.fetchall() == [(False,)]
        assert names == [(text,)]
