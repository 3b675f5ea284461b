"""Mutants of six modules: how many does a test kill?

``python -m tests.mutants.run [--seed N …] [--only MODULE …] [--most 100] [--near]
[--workers 2] [--again]``, from the root of a clone; Linux. Each test file that may
judge runs once alone, to know which lines it runs; then each mutant is judged in a copy
of the repository by the tests that run its line, the fastest first, until one fails or
takes three times what they all took. ``build/mutants/judged.jsonl`` gains a line a
mutant: started again, what is judged stays judged, but survivors where tests moved.
``--near`` leaves out the tests that are not about the module, so that a score is the
least that it may be; ``--again`` starts anew.
"""

import argparse
import datetime as dt
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from tests.mutants import table
from tests.mutants.covering import MAP, Asked, Map, asked, known, mapped, taken_s
from tests.mutants.drawing import Mutant, drawn
from tests.mutants.modules import MODULES, N_MUTANTS, OUT, ROOT, SEEDS, judges_of
from tests.mutants.places import mutated
from tests.mutants.pool import Job, answers
from tests.mutants.table import Fate

JUDGED = OUT / "judged.jsonl"
TIMES, TEST_MARGIN_S, MARGIN_S = 3, 10, 30
TESTS_FAILED, KILLED_BY_IMPORT, NO_TEST = 1, 2, 5
ENDED = {"killed": "out of time, or dead"}
Judged = dict[str, dict[str, Any]]


def name_of(mutant: Mutant) -> str:
    """Name a mutant by the file and what changes, whatever drew it."""
    source = hashlib.sha256((ROOT / mutant.path).read_bytes()).hexdigest()[:8]
    operator, occurrence = mutant.mutation
    change = f"{mutant.before} → {mutant.after}"
    return f"{mutant.path}@{source} {operator} {occurrence}: {change}"


def outcome(found: dict[str, Any]) -> str:
    """Say what became of a mutant, of the answer of a worker."""
    if found.get("failed"):
        return "killed"
    if found.get("pytest") in {0, NO_TEST}:
        return "survived"
    # Out of time or of memory, or dead: the tests do not end as they did.
    is_dead = found["is_late"] or found["code"] < 0
    return "killed" if is_dead or found.get("pytest") == KILLED_BY_IMPORT else "error"


def job_of(mutant: Mutant, told: Map, n_near: int) -> Job:
    """Return what a worker needs to judge a mutant."""
    source = (ROOT / mutant.path).read_text(encoding="utf-8")
    changed = {mutant.path: mutated(source, mutant.mutation)}
    return trial(name_of(mutant), asked(mutant, told, n_near), told, changed)


def trial(name: str, tests: Asked, told: Map, changed: dict[str, Any]) -> Job:
    """Return what a worker needs to run some tests, files changed."""
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
    usual_s = {path: TIMES * taken_s(told, path) for path in files}
    return {
        "name": name,
        "files": files,
        "asked": tests,
        "known": known(told, files),
        "most_s": {path: most + TEST_MARGIN_S for path, most in usual_s.items()},
        "changed": changed,
        "cpu_s": sum(usual_s.values()) + MARGIN_S,
    }


def judged() -> Judged:
    """Return the last judgement of each mutant."""
    if not JUDGED.exists():
        return {}
    lines = JUDGED.read_text(encoding="utf-8").splitlines()
    return {one["name"]: one for one in map(json.loads, lines)}


def jobs_of(mutants: Iterable[Mutant], told: Map, n_near: int) -> Iterator[Job]:
    """List what was not judged yet, or survived other tests than these."""
    before = judged()
    tests = json.dumps([(one["mark"], *one["tests"]) for one in told.values()])
    mark = hashlib.sha256(tests.encode()).hexdigest()[:16]
    for mutant in mutants:
        last = before.get(name_of(mutant), {})
        if last.get("outcome") != "killed" and last.get("mark") != mark:
            yield {**job_of(mutant, told, n_near), "mark": mark}


def judge(jobs: Iterable[Job], *, n_workers: int) -> None:
    """Judge mutants; what no test runs survives without a trial."""

    def keep(job: Job, found: dict[str, Any]) -> None:
        fate = outcome(found)
        row = {
            "name": job["name"],
            "outcome": fate,
            "by": found.get("failed") or ENDED.get(fate, ""),
            "n_run": found.get("n_run", 0),
            "cpu_s": found["cpu_s"],
            "mark": job["mark"],
        }
        with JUDGED.open("a", encoding="utf-8") as handle:
            handle.write(f"{json.dumps(row, ensure_ascii=False)}\n")
        sys.stdout.write(f"{row['outcome']} {row['cpu_s']} s: {row['name']}\n")
        sys.stdout.flush()

    once = {job["name"]: job for job in jobs}
    for job in once.values():
        if not job["asked"]:
            keep(job, {"pytest": NO_TEST, "cpu_s": 0.0})
    seen = (job for job in once.values() if job["asked"])
    answers(seen, keep, n_workers=n_workers)


def check_killers(mutants: Iterable[Mutant], told: Map, *, n_workers: int) -> None:
    """Run what killed once more, on the code as it is: there it has to pass."""
    last = judged()
    by = (last[name_of(one)]["by"] for one in mutants)
    killers = {name.rpartition(" (")[0] for name in by} - {""}
    tests: Asked = {
        name: (0, one["cpu_s"])
        for told_of in told.values()
        for name, one in told_of["tests"].items()
        if name in killers
    }

    def check(_: Job, found: dict[str, Any]) -> None:
        if outcome(found) != "survived":
            fault = f"mutants: fails without any: {found.get('failed', found)}"
            raise RuntimeError(fault)

    jobs = [trial("nothing changed", tests, told, {})] if tests else []
    answers(jobs, check, n_workers=n_workers)


def fates(mutants: Iterable[Mutant]) -> list[Fate]:
    """Return what became of each mutant."""
    last = judged()
    rows = [(one, last[name_of(one)]) for one in mutants]
    faults = [row["name"] for _, row in rows if row["outcome"] == "error"]
    if faults:
        told = "\n".join(["mutants: not judged, delete their lines:", *faults])
        raise RuntimeError(told)
    return [Fate(one, row["by"], row["n_run"]) for one, row in rows]


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--only", action="append", choices=[*MODULES])
    parser.add_argument("--most", type=int, default=N_MUTANTS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--near", action="store_true")
    parser.add_argument("--again", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Judge what is asked for, and keep the scores of whole draws."""
    given = options()
    OUT.mkdir(parents=True, exist_ok=True)
    if given.again:
        for path in (JUDGED, MAP):
            path.unlink(missing_ok=True)
    modules = given.only or [*MODULES]
    near = {module: judges_of(module, wide=False) for module in modules}
    paths = {module: judges_of(module, wide=not given.near) for module in modules}
    told = mapped(chain(*paths.values()), n_workers=given.workers)
    draws = {
        (seed, module): drawn(module, seed, most=given.most)
        for seed in given.seed or SEEDS[:1]
        for module in modules
    }
    jobs = (
        jobs_of(
            mutants, {path: told[path] for path in paths[module]}, len(near[module])
        )
        for (_, module), mutants in draws.items()
    )
    judge(chain.from_iterable(jobs), n_workers=given.workers)
    check_killers(chain(*draws.values()), told, n_workers=given.workers)
    for (seed, module), mutants in draws.items():
        found = fates(mutants)
        sys.stdout.write(f"{table.told(seed, module, found)}\n")
        if given.most >= N_MUTANTS:
            judges = "near" if given.near else "all"
            date = f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}"
            table.remember(seed, module, found, date=date, judges=judges)


if __name__ == "__main__":
    main()
