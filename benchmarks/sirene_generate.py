"""Writes a national pair of SIRENE Parquet files, made up, with the real headers.

Row by row nothing is true; the shares are near those of the national files: 40 % of
the establishments active, 5 % without position, sizes and diffusion statuses. The
same seed gives the same rows. 40 million rows take about 3 GB: outside the repository.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.sources.sirene_header import ESTABLISHMENT_HEADER, GEOLOCATION_HEADER

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

CHUNK_ROWS = 1_000_000
NATIONAL_POPULATION = 68_000_000
N_OTHER_COMMUNES = 33_000
SIREN_STEP = 14
POSITION_SHARE = 0.95

STATES = {"A": 0.4, "F": 0.6}
STATUSES = {"O": 0.92, "P": 0.07, "N": 0.01}
BRACKETS = {"NN": 0.8, "00": 0.05, "01": 0.08, "02": 0.03, "11": 0.03, "21": 0.01}
QUALITIES = {"11": 0.80, "12": 0.11, "21": 0.02, "22": 0.02, "33": 0.05}
ACTIVITIES = ("17.11Z", "38.32Z", "10.51A", "43.21A", "68.20B", "01.41Z", "25.62B")
STREETS = ("RUE", "AV", "CHE", "RTE", "PL", "IMP")


@dataclass(frozen=True)
class Places:
    """Communes to draw from.

    Attributes
    ----------
    codes
        INSEE codes, the real ones first.
    shares
        Probability of each.
    x, y
        A place in each, EPSG:2154 [m].
    """

    codes: pa.Array
    shares: Any
    x: Any
    y: Any


def places(communes: gpd.GeoDataFrame, rng: np.random.Generator) -> Places:
    """Add made-up communes to those given, up to the national population."""
    others = [f"{dep:02d}{rank:03d}" for dep in range(1, 96) for rank in range(1, 500)]
    known = set(communes["code_insee"].str[:2])
    free = [code for code in others if code[:2] not in known][:N_OTHER_COMMUNES]
    sizes = rng.lognormal(6.5, 1.4, len(free))
    rest = NATIONAL_POPULATION - communes["population"].sum()
    weights = np.concatenate([communes["population"], sizes / sizes.sum() * rest])
    return Places(
        codes=pa.array([*communes["code_insee"], *free]),
        shares=weights / weights.sum(),
        x=np.concatenate([communes["seat_x"], rng.uniform(2e5, 1.1e6, len(free))]),
        y=np.concatenate([communes["seat_y"], rng.uniform(6.3e6, 7.0e6, len(free))]),
    )


def write_pair(
    folder: Path, *, n_rows: int, communes: gpd.GeoDataFrame, seed: int
) -> tuple[Path, Path]:
    """Write the stock of establishments and their geolocation."""
    rng = np.random.default_rng(seed)
    where = places(communes, rng)
    stock = folder / "StockEtablissement_utf8.parquet"
    geolocation = folder / "Geolocalisation_utf8.parquet"
    schemas = _schema(ESTABLISHMENT_HEADER), _schema(GEOLOCATION_HEADER)
    with (
        pq.ParquetWriter(stock, schemas[0], compression="zstd") as rows,
        pq.ParquetWriter(geolocation, schemas[1], compression="zstd") as points,
    ):
        for first in range(0, n_rows, CHUNK_ROWS):
            ranks = np.arange(first, min(first + CHUNK_ROWS, n_rows))
            drawn = rng.choice(len(where.shares), len(ranks), p=where.shares)
            siret = _sirets(ranks, rng)
            rows.write_table(_stock(siret, where, drawn, rng).cast(schemas[0]))
            kept = np.sort(
                rng.permutation(len(ranks))[: round(POSITION_SHARE * len(ranks))]
            )
            table = _positions(siret.take(kept), where, drawn[kept], rng)
            points.write_table(table.cast(schemas[1]))
    return stock, geolocation


def _schema(header: tuple[str, ...]) -> pa.Schema:
    floats = {"x", "y", "y_latitude", "x_longitude", "distance_precision"}
    return pa.schema(
        [(name, pa.float32() if name in floats else pa.string()) for name in header]
    )


def _sirets(ranks: Any, rng: np.random.Generator) -> pa.Array:
    sirens = 300_000_000 + ranks * SIREN_STEP + rng.integers(0, SIREN_STEP, len(ranks))
    nics = pa.array(rng.integers(10, 100, len(ranks))).cast(pa.string())
    return pc.binary_join_element_wise(
        pa.array(sirens).cast(pa.string()), pc.utf8_lpad(nics, 5, "0"), ""
    )


def _drawn(shares: dict[str, float], n_rows: int, rng: np.random.Generator) -> pa.Array:
    ranks = rng.choice(len(shares), n_rows, p=list(shares.values()))
    return pa.array(list(shares)).take(ranks)


def _evenly(words: tuple[str, ...], n_rows: int, rng: np.random.Generator) -> pa.Array:
    return pa.array(words).take(rng.integers(0, len(words), n_rows))


def _table(header: tuple[str, ...], known: dict[str, pa.Array], n_rows: int) -> Any:
    empty = pa.nulls(n_rows, pa.string())
    return pa.table({name: known.get(name, empty) for name in header})


def _stock(
    siret: pa.Array, where: Places, drawn: Any, rng: np.random.Generator
) -> pa.Table:
    n_rows = len(siret)
    codes = where.codes.take(drawn)
    days = rng.integers(3_000, 20_600, n_rows).astype("datetime64[D]")
    dates = pa.array(days).cast(pa.string())
    names = pa.array(rng.integers(0, 2_000_000, n_rows)).cast(pa.string())
    known = {
        "siren": pc.utf8_slice_codeunits(siret, 0, 9),
        "nic": pc.utf8_slice_codeunits(siret, 9, 14),
        "siret": siret,
        "statutDiffusionEtablissement": _drawn(STATUSES, n_rows, rng),
        "dateCreationEtablissement": dates,
        "trancheEffectifsEtablissement": _drawn(BRACKETS, n_rows, rng),
        "dateDernierTraitementEtablissement": dates,
        "etablissementSiege": _evenly(("true", "false"), n_rows, rng),
        "nombrePeriodesEtablissement": _evenly(("1", "2", "3"), n_rows, rng),
        "numeroVoieEtablissement": pc.utf8_slice_codeunits(names, 0, 2),
        "typeVoieEtablissement": _evenly(STREETS, n_rows, rng),
        "libelleVoieEtablissement": names,
        "codePostalEtablissement": codes,
        "libelleCommuneEtablissement": codes,
        "codeCommuneEtablissement": codes,
        "dateDebut": dates,
        "etatAdministratifEtablissement": _drawn(STATES, n_rows, rng),
        "enseigne1Etablissement": names,
        "activitePrincipaleEtablissement": _evenly(ACTIVITIES, n_rows, rng),
        "nomenclatureActivitePrincipaleEtablissement": _drawn(
            {"NAFRev2": 0.8, "NAFRev1": 0.2}, n_rows, rng
        ),
        "caractereEmployeurEtablissement": _evenly(("O", "N"), n_rows, rng),
        "activitePrincipaleNAF25Etablissement": _evenly(ACTIVITIES, n_rows, rng),
    }
    return _table(ESTABLISHMENT_HEADER, known, n_rows)


def _positions(
    siret: pa.Array, where: Places, drawn: Any, rng: np.random.Generator
) -> pa.Table:
    n_rows = len(siret)
    known = {
        "siret": siret,
        "x": pa.array(where.x[drawn] + rng.normal(0, 300, n_rows)),
        "y": pa.array(where.y[drawn] + rng.normal(0, 300, n_rows)),
        "qualite_xy": _drawn(QUALITIES, n_rows, rng),
        "epsg": _drawn({"2154": 1.0}, n_rows, rng),
        "plg_code_commune": where.codes.take(drawn),
    }
    return _table(GEOLOCATION_HEADER, known, n_rows)
