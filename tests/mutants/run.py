"""Mutants of six parts of the package: how many does a test that is about them kill?

``python -m tests.mutants.run [--seed N …] [--only PART …] [--most 100]``, from the root
of a clone. cosmic-ray sows each fault in a copy of the repository, runs the tests of
``modules.toml`` there until one fails, and keeps what it found: started again, it goes
on where the code is the same (``build/mutants``). Survivors are printed; one that
changes nothing anyone could see is argued in ``equivalent.csv``, by file, lines and
change. ``benchmarks/mutants.csv`` gains a line a part and seed.
"""

import argparse
import csv
import datetime as dt
import os
import shutil
import subprocess
import sys
import time
import tomllib
from hashlib import sha256 as digest
from pathlib import Path
from typing import Any

from cosmic_ray.commands import execute
from cosmic_ray.config import ConfigDict
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkItem

from tests.mutants.drawing import drawn

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "build" / "mutants"
SCORES = ROOT / "benchmarks" / "mutants.csv"
COUNTS = ("mutants", "first", "killed", "survived", "equivalent")
COLUMNS = ("seed", "module", "date", *COUNTS)
N_MUTANTS = 100
SEED = 20261127
TIMES, MARGIN_S = 3, 30
Change = tuple[str, str, str]


def parts() -> dict[str, dict[str, list[str]]]:
    """Read what is mutated, and what judges it."""
    return tomllib.loads((HERE / "modules.toml").read_text(encoding="utf-8"))


def listed(patterns: list[str], root: Path) -> list[Path]:
    """Return the files of some patterns, from the root."""
    return [
        path.relative_to(root) for one in patterns for path in sorted(root.glob(one))
    ]


def argued(path: Path = HERE / "equivalent.csv") -> dict[Change, str]:
    """Return why some survivors change nothing."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle)
        return {(one["path"], one["line"], one["mutation"]): one["why"] for one in rows}


def judge(part: dict[str, list[str]], session: Path, *, seed: str, most: int) -> None:
    """Draw mutants of a part, in this folder, and judge those that no one has yet."""
    files = listed(part["files"], Path())
    judges = [*files, *listed(part["tests"], Path())]
    options = "-x -q --no-header --tb=no -p no:cacheprovider"
    command = f"{sys.executable} -m pytest {options} {' '.join(map(str, judges))}"
    start = time.monotonic()
    subprocess.run(command.split(), check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    timeout = TIMES * (time.monotonic() - start) + MARGIN_S
    is_new = not session.exists()
    with use_db(session, WorkDB.Mode.create) as base:
        if is_new:
            mutations = enumerate(drawn(files, seed, most=most))
            base.add_work_items(WorkItem.single(f"{n:05}", one) for n, one in mutations)
        asked = {
            "test-command": command,
            "timeout": timeout,
            "distributor": {"name": "local"},
        }
        execute(base, ConfigDict(asked))


def changes(session: Path) -> list[tuple[Change, bool]]:
    """Return what each mutant changes, and whether it survived."""
    found = []
    with use_db(session, WorkDB.Mode.open) as base:
        items = {one.job_id: one.mutations[0] for one in base.work_items}
        for job, result in base.results:
            if result.worker_outcome is not WorkerOutcome.NORMAL:
                message = f"{items[job]}: not judged, {result.output}"
                raise RuntimeError(message)
            lines = result.diff.splitlines()
            before, after = (
                " ".join(
                    line[1:].strip()
                    for line in lines
                    if line.startswith(sign) and not line.startswith(3 * sign)
                )
                for sign in "-+"
            )
            change = (items[job].module_path.as_posix(), before, after)
            found.append((change, result.test_outcome is TestOutcome.SURVIVED))
    return found


def score(found: list[tuple[Change, bool]], why: dict[Change, str]) -> dict[str, int]:
    """Count mutants; what is argued and killed is killed."""
    left = [change for change, survived in found if survived]
    n_equivalent = sum(change in why for change in left)
    return {
        "mutants": len(found),
        "killed": len(found) - len(left),
        "survived": len(left) - n_equivalent,
        "equivalent": n_equivalent,
    }


def remember(row: dict[str, Any]) -> None:
    """Put the score of a part and seed in the table; ``first`` stays as it was told.

    Tests that a draw made somebody write say nothing of those that were there.
    """
    with SCORES.open(encoding="utf-8", newline="") as handle:
        rows = {(one["seed"], one["module"]): one for one in csv.DictReader(handle)}
    key = row["seed"], row["module"]
    rows[key] = {**row, "first": rows.get(key, {}).get("first", row["killed"])}
    with SCORES.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[key] for key in sorted(rows))


def state(name: str) -> str:
    """Sign the code of a part: a session is of the code as it was."""
    files = listed(parts()[name]["files"], ROOT)
    return digest(b"".join((ROOT / one).read_bytes() for one in files)).hexdigest()[:8]


def copied() -> Path:
    """Copy what git holds: faults are sown there."""
    tree = OUT / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    command = ["git", "ls-files", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603
    for name in names.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
    return tree


def main() -> None:
    """Judge what is asked for; keep the scores of whole draws."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--only", action="append", choices=[*parts()])
    parser.add_argument("--most", type=int, default=N_MUTANTS)
    given = parser.parse_args()
    why = argued()
    os.chdir(copied())
    sys.path.insert(0, "")
    os.environ["PYTHONPATH"] = str(Path.cwd())
    for seed in given.seed or [SEED]:
        for name in given.only or parts():
            session = OUT / f"{name}-{seed}-{given.most}-{state(name)}.sqlite"
            judge(parts()[name], session, seed=f"{seed} {name}", most=given.most)
            found = changes(session)
            counts = score(found, why)
            sys.stdout.write(f"{seed} {name}: {counts}\n")
            for change, survived in found:
                if survived:
                    sys.stdout.write(f"  {' | '.join(change)} {why.get(change, '')}\n")
            if given.most >= N_MUTANTS:
                date = f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}"
                remember({"seed": str(seed), "module": name, "date": date, **counts})


if __name__ == "__main__":
    main()
