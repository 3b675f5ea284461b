"""``study.yaml`` spoilt at random: a study, or a refusal in French; nothing else.

``make fuzz`` tries 10 000 files more.
"""

import copy
import datetime as dt
import os
import random
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eitgeo.errors import EitgeoError, StudyError
from eitgeo.study.project import read_study
from eitgeo.study.sections import Study
from tests.sources.mutate import mutated_bytes

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "study.yaml").read_bytes()
TREE = yaml.safe_load(TEXT)
ODD: list[Any] = [
    None,
    "",
    " ",
    "x" * 5000,
    "\U0001f4a9\u0000"[:1],
    "../../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    -1,
    0,
    10**30,
    1e308,
    float("nan"),
    float("inf"),
    True,
    [],
    {},
    [[]],
    {"a": {"b": 1}},
    dt.date(1, 1, 1),
    b"\xff\x00",
    "31483",
    31483,
    "on",
]
SETTINGS = settings(
    max_examples=int(os.environ.get("EITGEO_FUZZ", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def places(tree: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the ways to each value of a tree."""
    found = [at] if at else []
    if isinstance(tree, dict | list):
        items = tree.items() if isinstance(tree, dict) else enumerate(tree)
        for key, value in items:
            found += places(value, (*at, key))
    return found


def spoil(tree: Any, dice: random.Random) -> None:
    """Change one value, key or section of a tree, in place."""
    way = dice.choice(places(tree))
    parent = tree
    for key in way[:-1]:
        parent = parent[key]
    last = way[-1]
    kind = dice.randrange(4)
    if kind == 0:
        del parent[last]
    elif kind == 1 and isinstance(parent, dict):
        parent[dice.choice([f"{last}x", 3, None, "", "é", last])] = parent.pop(last)
    elif kind == 2:
        other = tree
        for key in dice.choice(places(tree)):
            other = other[key]
        parent[last] = copy.deepcopy(other)
    else:
        parent[last] = dice.choice(ODD)


def hold(path: Path) -> str:
    """Read a study file: a study, or a refusal that is given back; nothing else."""
    try:
        found = read_study(path)
    except EitgeoError as error:
        said = str(error)
        assert "study.yaml" in said
        assert "Traceback" not in said
        assert len(said) < 12_000
        assert "→" in said or "fichier absent" in said
        return said
    else:
        assert isinstance(found, Study)
        for name in type(found).model_fields:
            found.section(name)
    return ""


@SETTINGS
@given(seed=st.integers(0, 2**32), n_changes=st.integers(1, 3))
def test_spoilt_values(tmp_path, seed, n_changes) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret
    tree = copy.deepcopy(TREE)
    for _ in range(n_changes):
        spoil(tree, dice)
    path = tmp_path / "study.yaml"
    text = yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
    hold(path)


@SETTINGS
@given(data=mutated_bytes(TEXT))
def test_damaged_bytes(tmp_path, data) -> None:
    path = tmp_path / "study.yaml"
    path.write_bytes(data)
    hold(path)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\n"
        + "".join(
            f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 12)
        ).replace("*b0", "*a"),
        "a: &a {b: *a}\n",
        "identity: !!python/object/apply:os.system ['true']\n",
        "? [1, 2]\n: 3\n",
        "[" * 3000,
        "{a: " * 2000,
        "- 1\n- 2\n",
        "--- 1\n--- 2\n",
        "a: !!binary zzz\n",
        "a: 2026-13-45\n",
        "a: 0777777777777777777777777777777777777777\n",
        "a: 190:20:30.15\n",
        "\x07",
        "%YAML 9.9\n---\na: 1\n",
        "a: *nobody\n",
        "<<: 3\n",
        "<<: {identity: 3}\n",
        "\ufeffa: 1\n",
    ],
    ids=range(18),
)
def test_traps_of_yaml(tmp_path, text) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    start = time.process_time()
    with pytest.raises(StudyError, match=r"study\.yaml"):
        read_study(path)
    assert time.process_time() - start < 20.0
