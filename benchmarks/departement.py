"""Time a whole study of the size of a département, SIRENE national included.

Seven whole EPCI of the shipped layer (274 communes, and the 331 of the ring), the real
roads of the shipped extract, and made-up national stocks of SIRENE (`sirene_generate`):
what `eitgeo run` takes from the first step to the last, downloads apart, against what
one pass of pyarrow over the same two files takes. Wall, processor, and the largest
memory of its processes together, then its dearest steps. Usage:
``python -m benchmarks.departement [rows] [--jobs N] [--stocks FOLDER]``: 40 million
rows and one step at a time unless told; the folder keeps the stocks for next time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet as pq
import yaml

from benchmarks.sirene import BYTES_A_ROW, N_ROWS, RAW, SEED, with_pyarrow
from benchmarks.sirene_generate import write_pair
from eitgeo.commands.new_study import new_study
from eitgeo.commands.study_text import Wanted
from eitgeo.sources.territory.communes import read_communes
from eitgeo.study.project import open_project

ROOT = Path(__file__).resolve().parent.parent
DEPARTEMENT = "09"
LIMIT_S, LIMIT_GB = 600, 3.0
EVERY_S = 0.5
N_TOLD = 8


def write_study(folder: Path, stock: Path, geolocation: Path) -> Path:
    """Write the study of a département, its sites those of the made-up stocks."""
    asked = Wanted("departement", (), (DEPARTEMENT,), "", dt.date(2026, 11, 26))
    found = new_study(open_project(ROOT / "study.yaml"), folder, asked)
    study: dict[str, Any] = yaml.safe_load(found.path.read_text(encoding="utf-8"))
    study["sources"]["sites"] = [
        {
            "reader": "sirene",
            "path": str(stock),
            "geolocation": str(geolocation),
            "vintage": "inventée",
        }
    ]
    text = yaml.safe_dump(study, allow_unicode=True, sort_keys=False)
    found.path.write_text(text, encoding="utf-8")
    print(f"{found.n_communes} communes, {found.population:,} inhabitants")
    return found.path


def timed(command: list[str]) -> tuple[float, float, float, str]:
    """Run a command; return wall and processor [s], memory at its largest [GB]."""
    start = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile("w+") as said:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        run = subprocess.Popen(command, stdout=said, stderr=said, env=environment)  # noqa: S603
        peak = 0
        while run.poll() is None:
            peak = max(peak, _held_bytes(run.pid))
            time.sleep(EVERY_S)
        said.seek(0)
        told = said.read()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, cpu_s, peak / 1e9, told


def _held_bytes(pid: int) -> int:
    """Add the memory of a process and of those that it started, shared pages once."""
    found = 0
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        for one in [parent, *parent.children(recursive=True)]:
            with suppress(psutil.Error):
                found += one.memory_full_info().pss
    return found


def dearest(log: Path) -> list[str]:
    """Tell the steps that took most of the processor, and the memory held by then."""
    rows = [line.split("\t") for line in log.read_text(encoding="utf-8").splitlines()]
    done = [(float(row[4].split()[1]), row[1], row[5]) for row in rows if "done" in row]
    done.sort(reverse=True)
    return [f"  {name:24} {cpu:6.1f} s of CPU  {held}" for cpu, name, held in done]


def stocks(folder: Path, n_rows: int) -> tuple[Path, Path]:
    """Return the made-up stocks of a folder, written there if they are not."""
    folder.mkdir(parents=True, exist_ok=True)
    held = folder / "StockEtablissement_utf8.parquet"
    if held.exists():
        return held, folder / "Geolocalisation_utf8.parquet"
    free = shutil.disk_usage(folder).free
    if free < 2 * n_rows * BYTES_A_ROW:
        sys.exit(f"{free / 1e9:.0f} GB free: too little for {n_rows:,} rows")
    communes = read_communes(RAW / "communes.geojson")
    return write_pair(folder, n_rows=n_rows, communes=communes, seed=SEED)


def main(n_rows: int, n_jobs: int, kept: Path | None) -> None:
    """Write the files, run the study, print what it took."""
    with tempfile.TemporaryDirectory(prefix="departement-") as place:
        folder = Path(place)
        pair = stocks(kept or folder, n_rows)
        n_rows = pq.read_metadata(pair[0]).num_rows
        sizes = " + ".join(f"{path.stat().st_size / 1e6:.0f}" for path in pair)
        print(f"{n_rows:,} rows, {sizes} MB")
        communes = read_communes(RAW / "communes.geojson")
        start = time.perf_counter()
        n_picked = with_pyarrow(*pair, communes)
        pass_s = time.perf_counter() - start
        print(f"pyarrow, one pass: {n_picked:,} rows {pass_s:.1f} s")
        study = write_study(folder / "etude", *pair)
        command = [sys.executable, "-m", "eitgeo", "run", str(study)]
        command += ["--jobs", str(n_jobs)]
        wall_s, cpu_s, peak_gb, told = timed(command)
        totals = [one for one in told.splitlines() if one.startswith("Total : ")]
        print(*(totals or [told]))
        print(
            f"eitgeo run: {wall_s:.0f} s (limit {LIMIT_S}), {cpu_s:.0f} s of CPU, "
            f"{peak_gb:.2f} GB at the peak (limit {LIMIT_GB:.0f})  "
            f"{wall_s / pass_s:.1f} × one pass of pyarrow"
        )
        print(*dearest(study.parent / ".calcul/run.log")[:N_TOLD], sep="\n")
        if not totals:
            sys.exit("a step failed: what it took is no measure of the whole")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=N_ROWS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--stocks", type=Path, help="a folder that keeps the stocks")
    asked = parser.parse_args()
    main(asked.rows, asked.jobs, asked.stocks)
