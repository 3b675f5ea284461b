"""Which tests run which lines: each test file alone, once, kept while nothing moves.

Alone, so that what one file computes and another reads is noted for both. The map of a
test file holds as long as the package, what tests share and the file itself do.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from typing import Any

from tests.mutants.drawing import Mutant
from tests.mutants.modules import MODULES, OUT, ROOT, listed
from tests.mutants.pool import Job, answers, files_of

MAP = OUT / "map.json"
MOST_CPU_S = 1_200
Map = dict[str, dict[str, Any]]
Asked = dict[str, tuple[int, float]]


def watched() -> list[str]:
    """Return every file that may be mutated."""
    return listed(tuple(one for module in MODULES.values() for one in module.files))


def mapped(paths: Iterable[str], *, n_workers: int) -> Map:
    """Return the map of some test files, those that moved run again."""
    told: Map = json.loads(MAP.read_text(encoding="utf-8")) if MAP.exists() else {}
    marks = {path: mark(path, shared_mark()) for path in paths}
    stale = [path for path in marks if told.get(path, {}).get("mark") != marks[path]]

    def keep(job: Job, found: dict[str, Any]) -> None:
        path = job["files"][0]
        if "tests" not in found:
            fault = f"mutants: {path} does not run, see build/mutants/tree-*-log.txt"
            raise RuntimeError(fault)
        told[path] = {**found, "mark": marks[path]}
        MAP.write_text(json.dumps(told), encoding="utf-8")
        n_tests = len(found["tests"].keys() - {""})
        sys.stdout.write(f"{path}: {n_tests} tests, {found['cpu_s']} s\n")

    jobs = [
        {"files": [path], "watched": watched(), "cpu_s": MOST_CPU_S} for path in stale
    ]
    answers(jobs, keep, n_workers=n_workers)
    return {path: told[path] for path in marks}


def shared_mark() -> str:
    """Sign what every test depends on: the package, and what tests share."""
    names = [
        name
        for name in files_of()
        if name.startswith(("eitgeo/", "tests/", "study.yaml", "pyproject.toml"))
        and not name.startswith("tests/mutants/")
        and not name.partition("tests/")[2].rpartition("/")[2].startswith("test_")
    ]
    return _signed(*names)


def mark(path: str, shared: str) -> str:
    """Sign a test file with what it depends on."""
    return f"{shared}{_signed(path)}"


def _signed(*names: str) -> str:
    one = hashlib.sha256()
    for name in names:
        one.update(name.encode())
        one.update((ROOT / name).read_bytes())
    return one.hexdigest()[:16]


def asked(mutant: Mutant, told: Map, n_near: int) -> Asked:
    """Return the tests to run: name → turn, seconds.

    First the near tests that run the line, then the others that do, last what else is
    in their files: it may read what the first one has computed. What imports run (a
    constant, a default) is judged by the tests that run anything of its file, though
    one of them may be the first to import it.
    """
    lines = set(range(mutant.run[0], mutant.run[1] + 1))
    if any(
        _hits(one["tests"].get("", {}), mutant.path, lines) for one in told.values()
    ):
        return _running(mutant.path, told, n_near, None)
    direct = _running(mutant.path, told, n_near, lines)
    files = {name.partition("::")[0] for name in direct}
    others = (
        (path, name) for path in told if path in files for name in _of(told, path)
    )
    last = {name: (2, _of(told, path)[name]["cpu_s"]) for path, name in others}
    return {**last, **direct}


def taken_s(told: Map, path: str) -> float:
    """Return the seconds of processor that all tests of a file took."""
    return sum(one["cpu_s"] for one in _of(told, path).values())


def _running(path: str, told: Map, n_near: int, lines: set[int] | None) -> Asked:
    return {
        name: (int(rank >= n_near), one["cpu_s"])
        for rank, file in enumerate(told)
        for name, one in _of(told, file).items()
        if _hits(one, path, lines)
    }


def _of(told: Map, path: str) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in told[path]["tests"].items() if name}


def _hits(test: dict[str, Any], path: str, lines: set[int] | None) -> bool:
    run = test.get("lines", {}).get(path, [])
    return bool(run) if lines is None else not lines.isdisjoint(run)


def known(told: Map, paths: Iterable[str]) -> list[str]:
    """Return every test of some files that was run, those that judge nothing too."""
    return [name for path in paths for name in (*_of(told, path), *told[path]["left"])]
