"""Time the national SIRENE pair filtered to the communes of the study.

40 million establishments and 38 million positions, made up in a temporary folder and
removed after. Each contender runs in a process of its own, on the same files:

* eitgeo: ``read_sirene_sites``, from the files to the checked table of sites;
* scan: its scan alone, without the table;
* pyarrow: batches of both files, columns and rows chosen as they come;
* pandas: the same batches as data frames.

The peers stop at the rows chosen: they check nothing and lay out no table. Usage:
``python -m benchmarks.sirene [rows]`` (40 000 000 unless told).
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.sirene_generate import write_pair
from eitgeo.sources.sites.sirene import read_sirene_sites
from eitgeo.sources.sites.sirene_scan import engine, picked_establishments, positions
from eitgeo.sources.territory.communes import read_communes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd

N_ROWS = 40_000_000
BYTES_A_ROW = 150
BATCH_ROWS = 500_000
SEED = 2026
RAW = Path(__file__).resolve().parent.parent / "data" / "raw"
STOCK_COLUMNS = [
    "siret",
    "statutDiffusionEtablissement",
    "trancheEffectifsEtablissement",
    "codeCommuneEtablissement",
    "etatAdministratifEtablissement",
    "enseigne1Etablissement",
    "denominationUsuelleEtablissement",
    "activitePrincipaleEtablissement",
    "nomenclatureActivitePrincipaleEtablissement",
    "activitePrincipaleNAF25Etablissement",
]
POSITION_COLUMNS = ["siret", "x", "y", "qualite_xy", "epsg"]


def with_eitgeo(stock: Path, geolocation: Path, communes: gpd.GeoDataFrame) -> int:
    """Read the table of sites."""
    loaded = read_sirene_sites(stock, communes=communes, geolocation=geolocation)
    return len(loaded.table)


def with_scan(stock: Path, geolocation: Path, communes: gpd.GeoDataFrame) -> int:
    """Scan both files, without the table of sites."""
    with engine() as connection:
        codes = set(communes["code_insee"])
        picked, *_ = picked_establishments(connection, stock, codes=codes)
        positions(connection, geolocation)
    return len(picked)


def with_pyarrow(stock: Path, geolocation: Path, communes: gpd.GeoDataFrame) -> int:
    """Filter batches in Arrow."""
    codes = pa.array(sorted(communes["code_insee"]))
    kept = []
    for batch in _batches(stock, STOCK_COLUMNS):
        wanted = pc.and_(
            pc.is_in(batch["codeCommuneEtablissement"], codes),
            pc.equal(batch["etatAdministratifEtablissement"], "A"),
        )
        seen = pc.not_equal(batch["statutDiffusionEtablissement"], "N")
        kept.append(batch.filter(pc.and_(wanted, seen)))
    rows = pa.Table.from_batches(kept)
    sirets = rows["siret"].combine_chunks()
    found = [
        batch.filter(pc.is_in(batch["siret"], sirets))
        for batch in _batches(geolocation, POSITION_COLUMNS)
    ]
    return rows.join(pa.Table.from_batches(found), "siret").num_rows


def with_pandas(stock: Path, geolocation: Path, communes: gpd.GeoDataFrame) -> int:
    """Filter batches as data frames."""
    import pandas as pd  # noqa: PLC0415

    codes = communes["code_insee"]
    kept = []
    for batch in _batches(stock, STOCK_COLUMNS):
        frame = batch.to_pandas()
        wanted = frame["codeCommuneEtablissement"].isin(codes)
        wanted &= frame["etatAdministratifEtablissement"] == "A"
        wanted &= frame["statutDiffusionEtablissement"] != "N"
        kept.append(frame[wanted])
    rows = pd.concat(kept)
    found = []
    for batch in _batches(geolocation, POSITION_COLUMNS):
        frame = batch.to_pandas()
        found.append(frame[frame["siret"].isin(rows["siret"])])
    return len(rows.merge(pd.concat(found), on="siret", how="left"))


def _batches(path: Path, columns: list[str]) -> Iterator[pa.RecordBatch]:
    yield from pq.ParquetFile(path).iter_batches(BATCH_ROWS, columns=columns)


CONTENDERS: dict[str, Callable[[Path, Path, gpd.GeoDataFrame], int]] = {
    "eitgeo": with_eitgeo,
    "scan": with_scan,
    "pyarrow": with_pyarrow,
    "pandas": with_pandas,
}


def contend(name: str, stock: Path, geolocation: Path) -> None:
    """Run one contender and print rows, seconds, CPU seconds and peak memory."""
    communes = read_communes(RAW / "communes.geojson")
    base_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, cpu_start = time.perf_counter(), time.process_time()
    n_rows = CONTENDERS[name](stock, geolocation, communes)
    seconds, cpu_s = time.perf_counter() - start, time.process_time() - cpu_start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(n_rows, seconds, cpu_s, peak_mb, base_mb)


def main(n_rows: int) -> None:
    """Write the files, run the contenders in turn, print the comparison."""
    with tempfile.TemporaryDirectory(prefix="sirene-") as folder:
        free = shutil.disk_usage(folder).free
        if free < 2 * n_rows * BYTES_A_ROW:
            sys.exit(f"{free / 1e9:.0f} GB free: too little for {n_rows:,} rows")
        start = time.perf_counter()
        communes = read_communes(RAW / "communes.geojson")
        pair = write_pair(Path(folder), n_rows=n_rows, communes=communes, seed=SEED)
        sizes = " + ".join(f"{path.stat().st_size / 1e6:.0f}" for path in pair)
        written_s = time.perf_counter() - start
        print(f"{n_rows:,} rows, {sizes} MB, written in {written_s:.0f} s")
        seconds_of = {}
        for name in CONTENDERS:
            command = [sys.executable, "-m", "benchmarks.sirene", name, *map(str, pair)]
            run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
            found, *figures = run.stdout.split()
            seconds, cpu_s, peak_mb, base_mb = map(float, figures)
            seconds_of[name] = seconds
            ratio = seconds / seconds_of["eitgeo"]
            print(
                f"{name:8} {int(found):>9,} rows {seconds:7.1f} s  {ratio:5.2f} ×  "
                f"{cpu_s:7.1f} s of CPU  peak {peak_mb:6.0f} MB "
                f"({base_mb:.0f} before the start: imports, communes)",
                flush=True,
            )


if __name__ == "__main__":
    if len(sys.argv) > 2:  # noqa: PLR2004
        contend(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else N_ROWS)
