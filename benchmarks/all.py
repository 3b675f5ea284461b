"""Run every benchmark; write a page with ratios, machine and date, and keep a history.

Each runs in a process of its own, one after the other, on an otherwise idle machine;
one that lacks a file or a peer is said so, not left out. ``benchmarks/last.json`` keeps
the last measure of each, with its date and machine; ``docs/mesures.md`` and a table of
``docs/etude_livree.md`` are made from it; ``history.csv`` gains a line each. With
``--quick`` sizes are small, nothing is written: it only says that each one starts. With
``--page`` nothing is measured: the page alone is written again (`make mutants`).
Usage: ``python benchmarks/all.py [--quick] [--page] [--only NAME]``.
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
MUTANTS, SURVIVORS = HERE / "mutants.csv", HERE / "survivors.csv"
COUNTS = ("mutants", "first", "killed", "survived", "equivalent")
INTEGRATION, FAMILIES = HERE / "integration.csv", HERE / "families.csv"
TYPES = HERE / "types.csv"
TABLED = ROOT / "docs" / "etude_livree.md"
TABLE_ENDS = ("<!-- bench -->", "<!-- /bench -->")
COLUMNS = ("date", "machine", "name", "outcome", "wall_s", "cpu_s", "ratios")
EXTRACT = ROOT.parent / "shared" / "data" / "roads" / "andorra_2025.osm.pbf"
PROCESSED = ROOT / "data" / "processed"
COMPARATOR = ROOT / "maps/1_elus/DEMO_comparateur.html"
RATIO = re.compile(r"\d+(?:[.,]\d+)?\s?×(?! \d)|rapport[^\d\n]*\d+(?:[.,]\d+)?")
DIVIDED = re.compile(r".*÷[^:\n]*: \d+(?:[.,]\d+)?")
EXTRAPOLATED = "one by one"
N_TABLED = 8
INTRO = (
    "Écrit par `make bench` : la dernière mesure de chaque banc, qui compare avec un "
    "outil nommé dans le même lancement ; les rapports sont ceux qu’il imprime. "
    "Historique : `benchmarks/history.csv`."
)
MUTANTS_INTRO = (
    "Écrit par `make mutants` : des fautes semées une à une dans six modules, tirées "
    "par une graine fixée d’avance (`tests/mutants`), et combien un test au moins en "
    "voit. Une faute restée que rien ne distingue du programme d’origine est "
    "argumentée une à une (`tests/mutants/equivalent.csv`) et ne compte pas. "
    "« D’abord » est le premier passage du 2026-12-02 : le code et les essais d’alors, "
    "avant ceux que ces fautes ont fait écrire. Des gardes qui ne servaient à rien ont "
    "été ôtées depuis : le code a bougé, donc les tirages aussi, et les deux graines "
    "ont guidé des essais. Tirées de nouveau, avant qu’un essai ne les voie, 87 à 96 "
    "fautes sur 100 étaient vues ou argumentées. Où les essais sont `near`, "
    "ceux du module seuls ont jugé : le score est un plancher."
)
INTEGRATION_INTRO = (
    "Toutes les vérifications sur deux cœurs, dans un clone neuf, de l’environnement à "
    "la roue (`.ci/run`, paquets de Debian à part) : `benchmarks/integration.csv`, une "
    "ligne par état mesuré. Dix minutes sont un plafond ; le rapport est à la première "
    "ligne."
)
TYPES_INTRO = (
    "Écrit par `scripts/type_sample.py` : des fautes de type semées par une graine, "
    "une par module tiré dans `eitgeo` et `tests`, jugées le 1er décembre 2026 par "
    "mypy 2.4.1 et pyrefly 1.5.0, aussi strict que ses réglages le permettent. Celles "
    "que mypy est seul à voir sont de trois sortes : une branche que les types rendent "
    "impossible, une comparaison qui n’est jamais vraie, une exemption qui ne sert "
    "plus. Un autre outil ne remplace mypy que s’il voit 98 % de ce que mypy voit : "
    "mypy reste. Processeur, même copie, l’un après l’autre, deux fois, machine "
    "chargée : mypy 71,7 et 75,0 s, pyrefly 16,3 et 19,3 s, soit 4,4 et 3,9 × moins."
)
WHO = ("sown", "both", "mypy_only", "pyrefly_only", "neither")
QUICK_TIMEOUT_S = 900


class Bench(NamedTuple):
    """A benchmark: script, arguments in full and in short, what it needs."""

    name: str
    subject: str
    script: str
    full: tuple[str, ...] = ()
    quick: tuple[str, ...] | None = ()
    needs: tuple[Path, ...] = ()


BENCHES = (
    Bench(
        "routes",
        "temps de route, contre igraph, scipy, pandana, OSRM",
        "roads.py",
        (str(EXTRACT),),
        None,
        (EXTRACT,),
    ),
    Bench(
        "sirene",
        "SIRENE national filtré, contre pyarrow et pandas",
        "sirene.py",
        (),
        ("200000",),
    ),
    Bench("zones", "balayage de zones, contre scikit-learn", "zones.py", (), ("500",)),
    Bench(
        "concentration",
        "M et Kd, contre des boucles",
        "concentration.py",
        (),
        ("300", "19"),
    ),
    Bench(
        "gisements",
        "tirages de gisements, contre une boucle",
        "flows.py",
        (),
        ("100", "50"),
    ),
    Bench(
        "affectation",
        "affectation, contre linprog d’un bloc",
        "allocation.py",
        (),
        ("200", "50"),
    ),
    Bench(
        "contours",
        "contours au hasard, contre gerrychain",
        "perimeters.py",
        (str(PROCESSED), "31483"),
        (str(PROCESSED), "31483", "50"),
        (PROCESSED / "contiguity.parquet",),
    ),
    Bench(
        "optimum",
        "contour par les échanges, contre spopt",
        "optimum.py",
        # All shares, and max-p for as long as it asks, take hours: see the script.
        (str(PROCESSED), "--shares", "0.5", "--minutes", "3"),
        None,
        (PROCESSED / "affinity.parquet",),
    ),
    Bench(
        "unions",
        "unions d’EPCI entiers : liste, Shapley, rangs",
        "unions.py",
        (str(PROCESSED),),
        (str(PROCESSED),),
        (PROCESSED / "contiguity.parquet",),
    ),
    Bench(
        "comparaison",
        "unions et rangs, contre scipy",
        "comparison.py",
        (),
        ("20", "50"),
    ),
    Bench(
        "cartes",
        "cartes d’impression, contre geopandas",
        "bench_maps.py",
        (),
        None,
        (PROCESSED / "communes.parquet",),
    ),
    Bench(
        "comparateur",
        "ouverture et dessin dans Chromium",
        "comparator.py",
        (str(COMPARATOR),),
        (str(COMPARATOR),),
        (COMPARATOR,),
    ),
    Bench(
        "étude",
        "étude entière : à froid, inchangée, un paramètre changé",
        "bench_study.py",
        (),
        None,
    ),
    Bench(
        "étude complète",
        "étude entière, effort complet",
        "bench_study.py",
        ("complet",),
        None,
    ),
    Bench(
        "département",
        "274 communes, SIRENE national : étude entière, contre un passage de pyarrow",
        "departement.py",
        (),
        None,
    ),
    Bench("lot", "16 études : un processus, puis deux", "batch.py", (), None),
)


class Measure(NamedTuple):
    """What a benchmark said, and what it took."""

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
        return Measure(f"sans {', '.join(missing)}")
    arguments = bench.quick if quick else bench.full
    if arguments is None:
        # No short form: that it can be imported and read is all that is checked.
        compile((HERE / bench.script).read_text("utf-8"), bench.script, "exec")
        return Measure("lu")
    before, start = os.times(), time.perf_counter()
    command = [sys.executable, str(HERE / bench.script), *arguments]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            cwd=ROOT,
            env={**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
            timeout=QUICK_TIMEOUT_S if quick else None,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Measure("trop long", time.perf_counter() - start)
    after = os.times()
    cpu_s = after.children_user - before.children_user
    cpu_s += after.children_system - before.children_system
    outcome = "fait" if done.returncode == 0 else f"échec ({done.returncode})"
    text = done.stdout if done.returncode == 0 else done.stdout + done.stderr[-1500:]
    wall_s = time.perf_counter() - start
    return Measure(
        outcome, round(wall_s, 1), round(cpu_s, 1), tuple(text.rstrip().splitlines())
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


def rows(measures: dict[str, Measure], most: int | None = None) -> str:
    """Lay the table out, with at most so many ratios a benchmark."""
    told = [
        f"| {bench.name} | {bench.subject} | {one.outcome} | {one.date} "
        f"| {one.wall_s:.0f} | {one.cpu_s:.0f} "
        f"| {' ; '.join(ratios(one.lines)[:most])} |".replace(".", ",")
        for bench in BENCHES
        if (one := measures.get(bench.name)) is not None
    ]
    head = "| banc | sujet | issue | date | durée (s) | processeur (s) | rapports |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *told])


def into_table(measures: dict[str, Measure]) -> None:
    """Replace the table of the delivered study."""
    text = TABLED.read_text(encoding="utf-8")
    first, last = TABLE_ENDS
    before, _, rest = text.partition(first)
    _, _, after = rest.partition(last)
    machines = " ; ".join(sorted({one.machine for one in measures.values()}))
    body = f"{first}\n{machines}.\n\n{rows(measures, N_TABLED)}\n{last}"
    TABLED.write_text(before + body + after, encoding="utf-8")


def page(measures: dict[str, Measure]) -> str:
    """Lay the measures out."""
    parts = [
        "# Mesures",
        INTRO,
        rows(measures),
    ]
    for name, one in measures.items():
        if one.lines:
            body = "\n".join(line.rstrip() for line in one.lines)
            where = f"Le {one.date}, {one.machine}."
            parts.append(f"## {name}\n\n{where}\n\n```text\n{body}\n```")
    return "\n\n".join([*parts, *integration(), *types(), *mutants()]) + "\n"


def integration() -> list[str]:
    """Lay out what all checks took, state after state."""
    told = read(INTEGRATION)
    first = float(told[0]["whole_s"])
    head = (
        "| date | état | tests | environnement (s) | en tout (s) | rapport | remarque |"
    )
    lines = [
        f"| {one['date']} | {one['state']} | {one['tests']} | {one['env_s']} "
        f"| {one['whole_s']} | {float(one['whole_s']) / first:.2f} ".replace(".", ",")
        + f"| {one['note']} |"
        for one in told
    ]
    table = "\n".join([head, "|---|---|---|---|---|---|---|", *lines])
    dearest = [
        f"| `{one['family']}` | {one['tests']} | {one['cpu_s']} |"
        for one in read(FAMILIES)
    ]
    head = "| famille (dernier état) | tests | processeur (s) |"
    families = "\n".join([head, "|---|---|---|", *dearest])
    return ["## intégration continue", INTEGRATION_INTRO, table, families]


def types() -> list[str]:
    """Lay out which faults of type each checker sees."""
    told = read(TYPES)
    sums = {name: sum(int(one[name]) for one in told) for name in WHO}
    share = f"{100 * sums['both'] / (sums['both'] + sums['mypy_only']):.1f} %"
    lines = [
        f"| {one['kind']} | {' | '.join(str(one[name]) for name in WHO)} |"
        for one in [*told, {"kind": "total", **sums}]
    ]
    head = "| faute | semées | vues des deux | mypy seul | pyrefly seul | d’aucun |"
    table = "\n".join([head, "|---|---|---|---|---|---|", *lines])
    seen = f"Pyrefly voit {share} de ce que mypy voit.".replace(".", ",", 1)
    return ["## types", TYPES_INTRO, table, seen]


def mutants() -> list[str]:
    """Lay out what became of the mutants (tests/mutants), and each survivor."""
    if not MUTANTS.exists():
        return []
    counted, left = read(MUTANTS), read(SURVIVORS)
    seeds = dict.fromkeys(one["seed"] for one in counted)
    totals = [total([one for one in counted if one["seed"] == seed]) for seed in seeds]
    head = (
        "| module | graine | date | essais | mutants | tués d’abord | tués | restés "
        "| équivalents | score d’abord | score | remarque |"
    )
    rows = map(mutant_row, [*counted, *totals])
    told = [
        f"- `{one['path']}`, `{one['function'] or 'module'}` : `{one['line']}` → "
        f"`{one['mutation'] or '(rien)'}` ; {one['why'] or 'non tué'}"
        for one in left
    ]
    table = "\n".join([head, f"|{12 * '---|'}", *rows])
    return ["## mutants", MUTANTS_INTRO, table, *filter(None, ["\n".join(told)])]


def read(path: Path) -> list[dict[str, str]]:
    """Read a table that is kept with the code."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def total(counted: list[dict[str, str]]) -> dict[str, str]:
    """Sum the modules of a seed."""
    sums = {name: str(sum(int(one[name]) for one in counted)) for name in COUNTS}
    last = max(one["date"] for one in counted)
    judges = "near" if any(one["judges"] == "near" for one in counted) else "all"
    own = {"module": "total", "seed": counted[0]["seed"], "date": last}
    return {**own, "judges": judges, **sums}


def mutant_row(one: dict[str, str]) -> str:
    """Lay out a module: what is argued equivalent cannot be killed."""
    can_die = max(1, int(one["killed"]) + int(one["survived"]))
    scores = [
        f"{100 * int(one[name]) / can_die:.1f} %".replace(".", ",")
        for name in ("first", "killed")
    ]
    cells = [one[name] for name in ("module", "seed", "date", "judges", *COUNTS)]
    return f"| {' | '.join([*cells, *scores, one.get('note', '')])} |"


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
    told = {
        bench.name: kept[bench.name]._asdict()
        for bench in BENCHES
        if bench.name in kept
    }
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
        into_table(measures)
        set_pages = [sys.executable, str(ROOT / "scripts" / "set_typography.py")]
        subprocess.run(set_pages, check=True)  # noqa: S603
    return n_failed


if __name__ == "__main__":
    sys.exit(main())
