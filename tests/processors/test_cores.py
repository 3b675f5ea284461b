"""What computes figures finds the same on three processors, on toys full of ties.

The whole study does so too: `make processors`, a test of minutes.
"""

import json
import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.processors.cores import all_found
from tests.processors.settings import PROCESSORS, ROOT, environment

CORES = (
    *("blocks", "masses", "disclosure", "zones", "ensemble", "unions"),
    *("ranking", "roads", "market", "draw"),
)


@cache
def found(processor: str) -> dict[str, Any]:
    """Run every core: here, or in a process of its own on another processor."""
    if not processor:
        mine: dict[str, Any] = json.loads(json.dumps(all_found()))
        return mine
    done = subprocess.run(
        [sys.executable, "-m", "tests.processors.cores"],
        cwd=ROOT,
        env=environment(processor),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def flat(content: Any, where: str = "") -> dict[str, Any]:
    """Name every leaf: a list of numbers stays whole."""
    if isinstance(content, dict):
        return {
            key: leaf
            for name, part in content.items()
            for key, leaf in flat(part, f"{where}/{name}").items()
        }
    return {where: content}


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize("processor", PROCESSORS)
def test_a_core_finds_the_same_on(processor, core) -> None:
    """Numbers within 1e-9; words, names, ranks and classes as they are."""
    here, there = (flat(found(name)[core]) for name in ("", processor))
    assert list(here) == list(there)
    for name, mine in here.items():
        its = there[name]
        if isinstance(np.ravel(mine)[0], float):
            np.testing.assert_allclose(its, mine, rtol=1e-9, err_msg=name)
        else:
            assert mine == its, name


def test_toys_are_full_of_ties() -> None:
    here = found("")
    assert here["disclosure"]["passes"] == [True] * 201
    assert here["unions"]["rank"] == [50.0] * 24
    assert here["disclosure"]["classes"] == ["50 à 99", "100 à 249", "250 à 499"]
    ridges = [one for one in here["roads"]["edges"] if one.endswith("crete")]
    assert len(ridges) == 20 * 20 - 1
    assert max(here["zones"]["hdbscan"]) > 100
    assert here["blocks"]["half"]["text"][:4] == ["1,5", "2,5", "4,5", "35"]


def test_processors_differ_in_what_they_compute() -> None:
    """Else the tests above would hold of anything."""
    code = (
        "import numpy as np; r = np.random.default_rng(0); "
        "print((r.random((99, 999)) @ r.random(999)).tobytes().hex(), "
        "np.argsort(r.integers(0, 3, 5000).astype(float)).tolist())"
    )
    told = {
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", code],
            env=environment(name),
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for name in ("", *PROCESSORS)
    }
    assert len(told) > 1
