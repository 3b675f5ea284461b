"""Time tables of road distances against the engines that are used for them.

Every contender runs in a process of its own, on one core, from the same extract of
OpenStreetMap: 2 000 origins by 2 000 destinations on its graph with a node at every
bend, then on the simplified one. OSRM reads the extract by itself, with its profile
for cars. Then a network of a million nodes made up by a seed: ordered once and kept
on disk, 200 × 200 pairs. Turn restrictions are left out, which the peers of the same
graph do not know. Prints seconds of wall clock and of processor, ratios to the same
table of eitgeo by processor, peak memory, and how many pairs exact engines find the
same. A peer that is not installed is said so. Usage:
``python -m benchmarks.roads EXTRACT.osm.pbf [--places 2000] [--side 1000]``;
``uv pip install igraph pandana osmnx osrm-bindings`` brings the peers.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import roads_contenders as contenders
from benchmarks.roads_generate import write_planar

PEERS = ("scipy", "igraph", "networkx", "pandana")
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
N_PLACES = 2000
SIDE = 1000
EMPTY_MB = "imports alone"


def child(job: list[str], folder: Path, extract: Path) -> None:
    """Do one job in this process; write its rows and its peak as JSON."""
    name, *options = job
    rows: list[contenders.Row] = []
    if name == "prepare":
        rows = contenders.prepare(folder, extract, int(options[0]))
    elif name == "generate":
        write_planar(folder / "planar.npz", int(options[0]))
    elif name in {"million_build", "million_pairs"}:
        rows = getattr(contenders, name)(folder)
    elif name != EMPTY_MB:
        rows = getattr(contenders, name)(folder, extract, options[0])
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer = {"rows": rows, "peak_mb": peak_mb}
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


def run(job: list[str], folder: Path, extract: Path) -> tuple[list[dict], float]:
    """Start a process for one job; a peer that is missing makes no row."""
    answer = folder / "answer.json"
    answer.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.roads", str(extract), "--job", *job]
    done = subprocess.run(  # noqa: S603
        [*command, "--folder", str(folder)],
        check=False,
        env=os.environ | ONE_CORE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1]
        return [{"name": f"{job[0]}: not run", "note": reason}], 0.0
    found = json.loads(answer.read_text(encoding="utf-8"))
    return found["rows"], found["peak_mb"]


def show(rows: list[dict], peak_mb: float, *, ours: dict | None = None) -> None:
    """Print the rows of one process, with ratios to the same table of eitgeo."""
    for row in rows:
        line = f"  {row['name']:44s}"
        if "wall_s" in row:
            line += f" {row['wall_s']:9.2f} s {row['cpu_s']:9.2f} s cpu"
        table = row["name"].partition(": ")[2].partition(",")[0]
        if table in (ours or {}):
            line += f" {row['cpu_s'] / ours[table]:8.1f} ×"
        print(line, row.get("note", ""))
    if peak_mb:
        print(f"  {'':44s} peak {peak_mb:.0f} MB", flush=True)


def main() -> None:
    """Run the contenders one after the other, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("extract", type=Path)
    parser.add_argument("--places", type=int, default=N_PLACES)
    parser.add_argument("--side", type=int, default=SIDE)
    parser.add_argument("--job", nargs="+")
    parser.add_argument("--folder", type=Path)
    told = parser.parse_args()
    if told.job:
        child(told.job, told.folder, told.extract)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, empty_mb = run([EMPTY_MB], folder, told.extract)
        print(f"load {os.getloadavg()[0]:.1f}; {EMPTY_MB}: {empty_mb:.0f} MB")
        sizes, peak_mb = run(["prepare", str(told.places)], folder, told.extract)
        print(f"reading the extract: peak {peak_mb:.0f} MB")
        for size in sizes:
            compare(size, folder, told)
        run(["generate", str(told.side)], folder, told.extract)
        print(f"{told.side**2} nodes made up, load {os.getloadavg()[0]:.1f}")
        for job in ("million_build", "million_pairs"):
            show(*run([job], folder, told.extract))


def compare(size: dict, folder: Path, told: argparse.Namespace) -> None:
    """Fill the table of one graph with every contender."""
    print(
        f"{told.extract.name}, {size['name']}: {size['nodes']} nodes, "
        f"{size['arcs']} arcs; {told.places} × {told.places}; "
        f"load {os.getloadavg()[0]:.1f}"
    )
    ours, peak_mb = run(["eitgeo", size["name"]], folder, told.extract)
    show(ours, peak_mb)
    by_table = {row["name"].partition(": ")[2]: row.get("cpu_s") for row in ours}
    for peer in (*PEERS, "osrm"):
        show(*run([peer, size["name"]], folder, told.extract), ours=by_table)


if __name__ == "__main__":
    main()
