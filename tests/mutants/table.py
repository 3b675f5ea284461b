"""What became of the mutants: one line a module and seed, and each survivor.

``benchmarks/mutants.csv`` and ``benchmarks/survivors.csv`` are kept with the code;
``benchmarks/all.py`` lays them out in docs/mesures.md. ``first`` stays what was killed
when the draw was first judged: tests that were written since may be about its
mutants. ``judges`` says whether ``near`` tests alone judged, or ``all``; ``note`` is
written by hand. A survivor that changes nothing anyone could see is argued in
``equivalent.csv``: by file, function, line and change.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.mutants.drawing import Mutant
from tests.mutants.modules import ROOT

EQUIVALENT = Path(__file__).with_name("equivalent.csv")
SCORES = ROOT / "benchmarks" / "mutants.csv"
SURVIVORS = ROOT / "benchmarks" / "survivors.csv"
ARGUED = ("path", "function", "line", "mutation", "why")
COUNTS = ("mutants", "first", "killed", "survived", "equivalent")
SCORED = ("seed", "module", "date", "judges", *COUNTS, "note")
LEFT = ("seed", "module", "path", "function", "line", "mutation", "tests", "why")
Key = tuple[str, str, str, str]


class Fate(NamedTuple):
    """A mutant, the test that killed it or ``""``, and how many tests tried."""

    mutant: Mutant
    by: str
    n_tests: int


def key(mutant: Mutant) -> Key:
    """Return what an argument names."""
    return mutant.path, mutant.function, mutant.before, mutant.after


def arguments(path: Path = EQUIVALENT) -> dict[Key, str]:
    """Return why some survivors change nothing."""
    return {
        (one["path"], one["function"], one["line"], one["mutation"]): one["why"]
        for one in _read(path)
    }


def score(fates: Iterable[Fate], argued: dict[Key, str]) -> dict[str, int]:
    """Count the mutants of a module; what is argued and killed is killed."""
    fates = list(fates)
    left = [one for one in fates if not one.by]
    n_equivalent = sum(key(one.mutant) in argued for one in left)
    return {
        "mutants": len(fates),
        "killed": len(fates) - len(left),
        "survived": len(left) - n_equivalent,
        "equivalent": n_equivalent,
    }


def left(fates: Iterable[Fate], argued: dict[Key, str]) -> list[dict[str, str]]:
    """List the survivors, with why where it is argued."""
    return [
        {
            **dict(zip(ARGUED, (*key(one.mutant), ""), strict=True)),
            "tests": str(one.n_tests),
            "why": argued.get(key(one.mutant), ""),
        }
        for one in fates
        if not one.by
    ]


def told(seed: int, module: str, fates: list[Fate]) -> str:
    """Lay out what became of a module."""
    argued = arguments()
    counts = score(fates, argued)
    head = ", ".join(f"{name} {count}" for name, count in counts.items())
    return "\n".join([f"{seed} {module}: {head}", *map(_line, left(fates, argued))])


def remember(
    seed: int, module: str, fates: list[Fate], *, date: str, judges: str
) -> None:
    """Put a module in both tables; what was killed first stays as it was told."""
    argued, own = arguments(), {"seed": str(seed), "module": module}
    counts = {name: str(count) for name, count in score(fates, argued).items()}
    before = [row for row in _read(SCORES) if {k: row[k] for k in own} == own]
    kept = {"first": counts["killed"], "note": ""}
    kept |= {name: before[0][name] for name in kept if before}
    told = {"date": date, "judges": judges, **kept, **counts}
    _replace(SCORES, SCORED, own, [told])
    _replace(SURVIVORS, LEFT, own, left(fates, argued))


def _line(row: dict[str, str]) -> str:
    argued = f" [{row['why']}]" if row["why"] else ""
    where = f"{row['path']} {row['function']} ({row['tests']} tests)"
    return f"  {where}: {row['line']} → {row['mutation']}{argued}"


def _read(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _replace(
    path: Path,
    columns: tuple[str, ...],
    own: dict[str, str],
    rows: list[dict[str, str]],
) -> None:
    """Replace the rows of a seed and a module, the others left as they are."""
    kept = [row for row in _read(path) if {k: row[k] for k in own} != own]
    every = [*kept, *({**own, **row} for row in rows)]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(every, key=lambda row: (row["seed"], row["module"])))
