"""SIRENE: valid files spoilt at random are read in full or refused in French."""

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from eitgeo.sources.sites.sirene import read_sirene_sites
from eitgeo.sources.sites.sirene_scan import ESTABLISHMENTS
from tests.sources.mutate import (
    assert_reads_or_refuses,
    count_rows,
    mutated_bytes,
    mutated_csv,
)
from tests.sources.sirene_files import (
    establishment,
    establishments_csv,
    geolocation_csv,
    left_out,
    legal_unit,
    legal_units_csv,
    position,
    write_parquet,
)

if TYPE_CHECKING:
    from pathlib import Path

COMMUNES = ("31002", "09001", "31002", "75056", "09001")
SIRETS = [f"0{rank}0000000000{rank}9" for rank in range(1, 6)]
ROWS = [
    establishment(
        siret, codeCommuneEtablissement=code, enseigne1Etablissement="A, « B »"
    )
    for siret, code in zip(SIRETS, COMMUNES, strict=True)
]
STOCK = establishments_csv(ROWS).encode()
UNITS = legal_units_csv([legal_unit(siret[:9], "FIRME") for siret in SIRETS]).encode()
POINTS = geolocation_csv(
    [
        position(SIRETS[0], 511_000.5, 6_201_000.5),
        position(SIRETS[1], 501_000, 6_201_000),
    ]
).encode()
SETTINGS = settings(
    deadline=None,
    max_examples=int(os.environ.get("EITGEO_FUZZ", "15")),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def files(write):
    return {
        "stock": write("stock.csv", STOCK),
        "units": write("unites.csv", UNITS),
        "geo": write("geo.csv", POINTS),
    }


def spoilt(files, communes, part, data, *, suffix=".csv", rows_in=None):
    folder: Path = files["stock"].parent
    path = folder / f"gate{suffix}"
    path.write_bytes(data)
    chosen = files | {part: path}

    def read(_):
        return read_sirene_sites(
            chosen["stock"],
            communes=communes,
            legal_units=chosen["units"],
            geolocation=chosen["geo"],
        )

    def entered(loaded):
        told = left_out(loaded.dropped, path.name)
        return len(loaded.table) + told - len(loaded.dropped)

    return assert_reads_or_refuses(
        read, path, table="sites", rows_in=rows_in, entered=entered
    )


@SETTINGS
@given(data=mutated_csv(STOCK, separator=","))
def test_a_spoilt_stock(files, communes, data):
    def rows_in(path):
        return count_rows(path, separator=",")

    # The account is that of the stock: no position is there to be reported too.
    alone = files | {"geo": None}
    spoilt(alone, communes, "stock", data, rows_in=rows_in)


@SETTINGS
@given(data=mutated_csv(UNITS, separator=","))
def test_spoilt_legal_units(files, communes, data):
    loaded = spoilt(files, communes, "units", data)
    if loaded is not None:
        assert len(loaded.table) == 4


@SETTINGS
@given(data=mutated_csv(POINTS, separator=";"))
def test_a_spoilt_geolocation(files, communes, data):
    loaded = spoilt(files, communes, "geo", data)
    if loaded is not None:
        assert len(loaded.table) == 4


@SETTINGS
@given(data=mutated_bytes(STOCK))
def test_a_damaged_stock(files, communes, data):
    spoilt(files, communes, "stock", data)


def test_a_damaged_parquet(files, communes, tmp_path):
    whole = write_parquet(tmp_path / "w.parquet", ROWS, list(ESTABLISHMENTS.needed))

    @SETTINGS
    @given(data=mutated_bytes(whole.read_bytes()))
    def damaged(data):
        spoilt(files, communes, "stock", data, suffix=".parquet")

    damaged()
