"""Run every benchmark; write a page with ratios, machine and date, and keep a history.

Each runs in a process of its own, one after the other, on an otherwise idle machine;
one that lacks a file or a peer is said so, not left out. ``benchmarks/last.json`` keeps
the last measure of each, of those too that went since, with its date and machine;
``docs/mesures.md`` is made from it; ``history.csv`` gains a line each. With ``--quick``
sizes are small, nothing is written: it only says that each one starts. With ``--page``
nothing is measured: the page alone is written again (`make mutants`).
Usage: ``python -m benchmarks.all [--quick] [--page] [--only NAME]``.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PAGE = ROOT / "docs" / "mesures.md"
HISTORY = HERE / "history.csv"
LAST = HERE / "last.json"
MUTANTS, INTEGRATION = HERE / "mutants.csv", HERE / "integration.csv"
COUNTS = ("mutants", "first", "killed", "survived", "equivalent")
COLUMNS = ("date", "machine", "name", "outcome", "wall_s", "cpu_s", "ratios")
EXTRACT = ROOT.parent / "shared" / "data" / "roads" / "andorra_2025.osm.pbf"
PROCESSED = ROOT / "data" / "processed"
COMPARATOR = ROOT / "maps/1_elus/DEMO_comparateur.html"
RATIO = re.compile(r"\d+(?:[.,]\d+)?\s?×(?! \d)|rapport[^\d\n]*\d+(?:[.,]\d+)?")
DIVIDED = re.compile(r".*÷[^:\n]*: \d+(?:[.,]\d+)?")
EXTRAPOLATED = "one by one"
INTRO = (
    "Écrit par `make bench` : la dernière mesure de chaque banc, qui compare avec un "
    "outil nommé dans le même lancement ; les rapports sont ceux qu’il imprime, ou, où "
    "il n’en imprime pas, ses lignes mêmes. La machine était partagée : les rapports "
    "comptent, pas les durées. Ce que chaque banc a écrit : `benchmarks/last.json` ; "
    "historique : `benchmarks/history.csv`. Quatre bancs, répondus une fois, ne sont "
    "plus lancés (gisements, concentration, unions, comparaison)."
)
MUTANTS_INTRO = (
    "Écrit par `make mutants` : des fautes semées une à une dans six modules, cent "
    "par module, tirées par une graine fixée d’avance, et combien les essais du module "
    "en voient : le score est un plancher. Une faute restée que rien ne distingue du "
    "programme d’origine est argumentée (`tests/mutants/equivalent.csv`) et ne compte "
    "pas. « D’abord » est le premier passage, avant les essais que ces fautes ont fait "
    "écrire ; par module : `benchmarks/mutants.csv`. Tirées de nouveau le 2026-12-02, "
    "avant qu’un essai ne les voie, 87 à 96 fautes sur 100 étaient vues ou argumentées."
)
TYPES = (
    "Des fautes de type semées par une graine dans `eitgeo` et `tests`, jugées le 1er "
    "décembre 2026 par mypy 2.4.1 et pyrefly 1.5.0 : sur 420, 327 vues des deux, 23 de "
    "mypy seul, 1 de pyrefly seul, 69 d’aucun. Pyrefly voit 93,4 % de ce que voit "
    "mypy, 3,9 à 4,4 fois plus vite ; il aurait fallu 98 % : mypy reste."
)
QUICK_TIMEOUT_S = 900


class Bench(NamedTuple):
    """A benchmark: module, arguments in full and in short, what it needs."""

    name: str
    subject: str
    module: str
    full: tuple[str, ...] = ()
    quick: tuple[str, ...] | None = ()
    needs: tuple[Path, ...] = ()


BENCHES = (
    Bench(
        "routes",
        "temps de route, contre igraph, scipy, pandana, OSRM",
        "roads",
        (str(EXTRACT),),
        None,
        (EXTRACT,),
    ),
    Bench(
        "sirene",
        "SIRENE national filtré, contre pyarrow et pandas",
        "sirene",
        (),
        ("200000",),
    ),
    Bench("zones", "balayage de zones, contre scikit-learn", "zones", (), ("500",)),
    Bench(
        "affectation",
        "affectation, contre linprog d’un bloc",
        "allocation",
        (),
        ("200", "50"),
    ),
    Bench(
        "contours",
        "contours au hasard, contre gerrychain",
        "perimeters",
        (str(PROCESSED), "31483"),
        (str(PROCESSED), "31483", "50"),
        (PROCESSED / "contiguity.parquet",),
    ),
    Bench(
        "optimum",
        "contour par les échanges, contre spopt",
        "optimum",
        # All shares, and max-p for as long as it asks, take hours: see the script.
        (str(PROCESSED), "--shares", "0.5", "--minutes", "3"),
        None,
        (PROCESSED / "affinity.parquet",),
    ),
    Bench(
        "cartes",
        "cartes d’impression, contre geopandas",
        "bench_maps",
        (),
        None,
        (PROCESSED / "communes.parquet",),
    ),
    Bench(
        "comparateur",
        "ouverture et dessin dans Chromium",
        "comparator",
        (str(COMPARATOR),),
        (str(COMPARATOR),),
        (COMPARATOR,),
    ),
    Bench(
        "étude",
        "étude entière : à froid, inchangée, un paramètre changé",
        "bench_study",
        (),
        None,
    ),
    Bench(
        "étude complète",
        "étude entière, effort complet",
        "bench_study",
        ("complet",),
        None,
    ),
    Bench(
        "département",
        "274 communes, SIRENE national : étude entière, contre un passage de pyarrow",
        "departement",
        (),
        None,
    ),
    Bench("lot", "16 études : un processus, puis deux", "batch", (), None),
)


class Measure(NamedTuple):
    """What a benchmark said, and what it took."""

    subject: str
    outcome: str
    wall_s: float = 0.0
    cpu_s: float = 0.0
    lines: tuple[str, ...] = ()
    date: str = f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}"
    machine: str = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cœurs"


def run(bench: Bench, *, quick: bool) -> Measure:
    """Run a benchmark in a process of its own."""
    missing = [path.name for path in bench.needs if not path.exists()]
    if missing:
        return Measure(bench.subject, f"sans {', '.join(missing)}")
    arguments = bench.quick if quick else bench.full
    if arguments is None:
        # No short form: that it can be imported and read is all that is checked.
        name = f"{bench.module}.py"
        compile((HERE / name).read_text("utf-8"), name, "exec")
        return Measure(bench.subject, "lu")
    before, start = os.times(), time.perf_counter()
    command = [sys.executable, "-m", f"benchmarks.{bench.module}", *arguments]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            cwd=ROOT,
            env={**os.environ, "MPLBACKEND": "Agg"},
            capture_output=True,
            encoding="utf-8",
            timeout=QUICK_TIMEOUT_S if quick else None,
            check=False,
        )
    except subprocess.TimeoutExpired:
        late_s = time.perf_counter() - start
        return Measure(bench.subject, "trop long", late_s)
    after = os.times()
    cpu_s = after.children_user - before.children_user
    cpu_s += after.children_system - before.children_system
    outcome = "fait" if done.returncode == 0 else f"échec ({done.returncode})"
    text = done.stdout if done.returncode == 0 else done.stdout + done.stderr[-1500:]
    wall_s = time.perf_counter() - start
    return Measure(
        bench.subject,
        outcome,
        round(wall_s, 1),
        round(cpu_s, 1),
        tuple(text.rstrip().splitlines()),
    )


def ratios(lines: Iterable[str]) -> list[str]:
    """Return the ratios that a benchmark prints, each with what its line is about."""
    told = []
    for line in lines:
        if whole := DIVIDED.fullmatch(line.strip()):
            told.append(whole[0])
        elif (found := RATIO.search(line)) and EXTRAPOLATED not in line:
            about = re.split(r"\s{2,}", line.strip())[0]
            told.append(about if found[0] in about else f"{about} : {found[0]}")
    return told


def page(measures: dict[str, Measure]) -> str:
    """Lay the measures out; one without ratios is told by the lines that it prints."""
    table = [
        "| banc | sujet | issue | date | durée (s) | processeur (s) | rapports |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {name} | {one.subject} | {one.outcome} | {one.date} | {one.wall_s:.0f} "
            f"| {one.cpu_s:.0f} | {' ; '.join(ratios(one.lines))} |".replace(".", ",")
            for name, one in measures.items()
        ),
    ]
    parts = ["# Mesures", INTRO, "\n".join(table)]
    for name, one in measures.items():
        if not ratios(one.lines):
            body = "\n".join(line.rstrip() for line in one.lines)
            where = f"**{name}**, le {one.date}, {one.machine}."
            parts.append(f"{where}\n\n```text\n{body}\n```")
    told = ["## intégration continue", integration(), "## types", TYPES]
    return "\n\n".join([*parts, *told, "## mutants", MUTANTS_INTRO, mutants()]) + "\n"


def integration() -> str:
    """Say what all checks took, first and last."""
    first, *_, last = read(INTEGRATION)
    return (
        "Toutes les vérifications sur deux cœurs, dans un clone neuf, de "
        "l’environnement à la roue (`.ci/run`, paquets de Debian à part) : "
        f"{first['whole_s']} s et {first['tests']} essais le {first['date']}, "
        f"{last['whole_s']} s et {last['tests']} essais le {last['date']} "
        f"({last['note']}). Dix minutes sont un plafond ; chaque état mesuré est dans "
        "`benchmarks/integration.csv`."
    )


def mutants() -> str:
    """Lay out what became of the mutants of each seed (tests/mutants)."""
    counted = read(MUTANTS)
    lines = [
        "| graine | date | mutants | tués d’abord | tués | restés | équivalents |",
        "|---|---|---|---|---|---|---|",
    ]
    for seed in dict.fromkeys(one["seed"] for one in counted):
        mine = [one for one in counted if one["seed"] == seed]
        sums = [str(sum(int(one[name]) for one in mine)) for name in COUNTS]
        date = max(one["date"] for one in mine)
        lines.append(f"| {' | '.join([seed, date, *sums])} |")
    return "\n".join(lines)


def read(path: Path) -> list[dict[str, str]]:
    """Read a table that is kept with the code."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def remember(name: str, one: Measure) -> None:
    """Add a measure to the history, and make it the last one."""
    is_new = not HISTORY.exists()
    with HISTORY.open("a", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        if is_new:
            writer.writerow(COLUMNS)
        times = (one.wall_s, one.cpu_s, " ; ".join(ratios(one.lines)))
        writer.writerow((one.date, one.machine, name, one.outcome, *times))
    kept = {**last_measures(), name: one}
    told = {name: one._asdict() for name, one in kept.items()}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    LAST.write_text(f"{text}\n", encoding="utf-8")


def last_measures() -> dict[str, Measure]:
    """Return the last measure of each benchmark."""
    if not LAST.exists():
        return {}
    told = json.loads(LAST.read_text(encoding="utf-8"))
    return {
        name: Measure(**{**one, "lines": tuple(one["lines"])})
        for name, one in told.items()
    }


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    n_failed = 0
    for bench in () if asked.page else BENCHES:
        if asked.only not in {"", bench.name}:
            continue
        one = run(bench, quick=asked.quick)
        print(f"{bench.name} : {one.outcome}, {one.wall_s:.0f} s", flush=True)
        has_failed = one.outcome.startswith(("échec", "trop"))
        if has_failed:
            print("\n".join(one.lines[-12:]), flush=True)
            n_failed += 1
        elif not asked.quick:
            remember(bench.name, one)
    if not asked.quick:
        measures = last_measures()
        PAGE.write_text(page(measures), encoding="utf-8")
        set_pages = [sys.executable, str(ROOT / "scripts" / "set_typography.py")]
        subprocess.run(set_pages, check=True)  # noqa: S603
    return n_failed


if __name__ == "__main__":
    sys.exit(main())
