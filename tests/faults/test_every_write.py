"""A fault at each change of the disk: the same bytes after, or a clear refusal.

In CI one change in some; ``pytest -m slow tests/faults`` sets the fault off at each,
and kills the whole pipeline at each step and in the middle of writes.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.tiny import write_tiny

ROOT = Path(__file__).resolve().parents[2]
SAID = {
    "full": "(disque plein) → libérer de la place, puis relancer",
    "held": "fermez-le dans Excel, QGIS ou votre lecteur PDF",
    "readonly": "(disque en lecture seule) → choisir un autre dossier (--out)",
}
RIGHTS = "vous n'avez pas le droit d'écrire ici"
N_LEAST = 50
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def script(name: str, *arguments: object) -> list[dict[str, Any]]:
    """Run a module of this folder; return the JSON lines that it writes."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", f"tests.faults.{name}", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "MPLBACKEND": "Agg", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(fault: str, told: list[dict[str, Any]]) -> None:
    """Check what came of each fault."""
    # The last run met no n-th change: every change was tried, or one in `stride`.
    assert not told[-1]["came"]
    for one in told[:-1]:
        assert one["came"]
        assert one["half_written"] == [], one
        assert one["after"] == "", one
        assert one["same"], one
        if fault == "kill":
            assert one["said"] == "killed"
        elif one["said"]:
            assert any(text in one["said"] for text in (SAID[fault], RIGHTS)), one
    if fault != "kill":
        assert sum(bool(one["said"]) for one in told) > len(told) / 2


SOME = {fault: f"{fault} 7" for fault in ("kill", *SAID)}
EDITED = {fault: f"{fault} 5 edited" for fault in ("kill", "full")}


@pytest.fixture(scope="module")
def some(tmp_path_factory) -> dict[str, list[dict[str, Any]]]:
    """Play every series of CI, in one process: what came of each fault, by series."""
    plays = [*SOME.values(), *EDITED.values()]
    told = script("driver", tmp_path_factory.mktemp("faults"), *plays)
    return {play: [one for one in told if one["play"] == play] for play in plays}


@pytest.mark.parametrize("fault", SOME)
def test_a_fault_at_some_changes_of_the_disk(fault, some, record_property) -> None:
    told = some[SOME[fault]]
    check(fault, told)
    record_property("faults", len(told) - 1)


@pytest.mark.parametrize("fault", EDITED)
def test_a_fault_loses_no_file_that_the_user_edited(
    fault, some, record_property
) -> None:
    told = some[EDITED[fault]]
    check(fault, told)
    assert {tuple(one["edited"]) for one in told} == {(b"edited by hand".hex(),) * 2}
    record_property("faults", len(told) - 1)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["kill", *SAID])
def test_a_fault_at_every_change_of_the_disk(fault, tmp_path, record_property) -> None:
    told = script("driver", tmp_path, f"{fault} 1")
    assert len(told) > N_LEAST
    check(fault, told)
    record_property("faults", len(told) - 1)


@pytest.mark.slow
def test_the_whole_pipeline_survives_kills(tmp_path, record_property) -> None:
    study = write_tiny(tmp_path / "country")
    told = {one["kind"]: one for one in script("crash_tiny", study, tmp_path)}
    assert [one["differ"] for one in told.values()] == [[], []]
    assert told["boundary"]["kills"] >= 45
    assert told["writes"]["kills"] >= 8
    record_property("faults", sum(one["kills"] for one in told.values()))
