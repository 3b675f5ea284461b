"""The tool that sows faults: it draws the same ones, and knows which are seen."""

from pathlib import Path

from tests.mutants.drawing import drawn, places
from tests.mutants.run import ROOT, argued, changes, judge, listed, parts, score

TOY = '''\
"""A toy."""

def larger(a: int | None, b: int) -> int:
    """Return 1 + 1."""
    if a > b:
        return a
    return b


def unused(a):
    return a + 1
'''
TEST = """\
from toy import larger

def test_the_larger_is_returned():
    assert larger(2, 1) == 2
    assert larger(1, 2) == 2
"""
SILENT = """\
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Many = int | str

def f(a: int | None, *, b: int | str) -> int | None:
    c: int | None = None
    for _ in zip(a, b, strict=True):
        faults.add(f"{a + 1} lignes")
    raise ValueError(f"{a - 1} lignes")
"""


def written(folder: Path, text: str) -> list[Path]:
    """Write a file to mutate."""
    (folder / "toy.py").write_text(text, encoding="utf-8")
    return [folder / "toy.py"]


def test_a_seed_draws_the_same_mutants_and_each_place_has_its_turn(tmp_path) -> None:
    paths = written(tmp_path, TOY)
    every = drawn(paths, "1", most=100)
    n_places = len(places(*paths))
    assert len({one.start_pos for one in every[:n_places]}) == n_places == 4
    assert drawn(paths, "1", most=100) == every
    assert drawn(paths, "1", most=3) == every[:3]
    assert drawn(paths, "2", most=3) != every[:3]


def test_what_nothing_runs_is_no_place(tmp_path) -> None:
    (one,) = drawn(written(tmp_path, SILENT), "1", most=100)
    assert one.operator_name == "core/ZeroIterationForLoop"


def test_what_changes_nothing_is_no_mutant(tmp_path) -> None:
    assert drawn(written(tmp_path, "x = (y)\n"), "1", most=9) == []
    assert drawn(written(tmp_path, "x = y + 1\n"), "1", most=9)


def test_every_part_has_files_and_tests() -> None:
    for name, part in parts().items():
        for pattern in (*part["files"], *part["tests"]):
            assert listed([pattern], ROOT), f"{name}: {pattern}"


def test_what_is_argued_is_still_there() -> None:
    lost = [
        change
        for change, why in argued().items()
        if not (ROOT / change[0]).exists()
        or change[1] not in " ".join(map(str.strip, _lines(change[0])))
        or change[1] == change[2]
        or len(why.split()) < 5
    ]
    assert lost == []


def _lines(path: str) -> list[str]:
    return (ROOT / path).read_text(encoding="utf-8").splitlines()


def test_a_test_kills_what_it_sees_and_nothing_else(tmp_path, monkeypatch) -> None:
    written(tmp_path, TOY)
    (tmp_path / "test_toy.py").write_text(TEST, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\npythonpath = ["."]\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    session = tmp_path / "toy.sqlite"
    judge({"files": ["toy.py"], "tests": ["test_*.py"]}, session, seed="1", most=4)
    assert (tmp_path / "toy.py").read_text(encoding="utf-8") == TOY
    found = changes(session)
    killed = {after for (_, _, after), survived in found if not survived}
    survived = {after for (_, _, after), survived in found if survived}
    assert all(one.startswith("if") for one in killed)
    assert all(one.startswith("return a") for one in survived)
    why = {change: "nothing calls it" for change, left in found if left}
    n_left = len(survived)
    counts = {"mutants": 4, "killed": 4 - n_left, "survived": n_left, "equivalent": 0}
    assert score(found, {}) == counts
    assert score(found, why) == counts | {"survived": 0, "equivalent": n_left}
