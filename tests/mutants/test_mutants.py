"""The tool that sows faults: it draws the same ones, and knows who sees which."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mutants import table
from tests.mutants.covering import Map, asked
from tests.mutants.drawing import Mutant, described, drawn_from
from tests.mutants.modules import MODULES, ROOT, judges_of, listed
from tests.mutants.places import Mutation, mutated, places
from tests.mutants.pool import Worker
from tests.mutants.run import outcome, trial
from tests.mutants.table import Fate, arguments, score

HERE = Path(__file__).parent
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


def told(mutants: list[Mutant]) -> list[str]:
    return [f"{one.function} {one.line}: {one.after}" for one in mutants]


def test_a_seed_draws_the_same_mutants() -> None:
    every = drawn_from({"toy.py": TOY}, "1 toy", most=100)
    assert told(every[:4]) == [
        "unused 11: return a ** 1",
        "unused 11: return a + 2",
        "larger 5: if not a > b:",
        "larger 5: if a == b:",
    ]
    assert drawn_from({"toy.py": TOY}, "1 toy", most=100) == every
    assert drawn_from({"toy.py": TOY}, "1 toy", most=3) == every[:3]
    assert drawn_from({"toy.py": TOY}, "2 toy", most=3) != every[:3]


def test_files_are_drawn_from_in_one_order() -> None:
    names = ("a.py", "b.py")
    one = drawn_from(dict.fromkeys(names, TOY), "1", most=6)
    assert drawn_from(dict.fromkeys(names[::-1], TOY), "1", most=6) == one
    assert {mutant.path for mutant in one} == set(names)


def test_each_place_has_its_turn_before_any_has_two() -> None:
    every = drawn_from({"toy.py": TOY}, "1", most=100)
    n_places = len(places(TOY))
    first = [(one.line, one.mutation.operator[:17]) for one in every[:n_places]]
    assert len(set(first)) == n_places == 4
    assert len(every) == len(set(told(every))) > n_places


def test_what_nothing_runs_is_no_place() -> None:
    changed = {
        mutated(SILENT, one) for kinds in places(SILENT).values() for one in kinds
    }
    assert changed == {SILENT.replace("zip(a, b, strict=True)", "[]")}


def test_what_does_not_compile_or_changes_nothing_is_no_mutant() -> None:
    assert mutated("x = (1)\n", Mutation("ReplaceBinaryOperator_Add_Sub", 0)) is None
    assert mutated("x = y + 1\n", Mutation("ReplaceBinaryOperator_Add_Sub", 0))


def test_every_module_has_files_and_tests() -> None:
    for module, one in MODULES.items():
        for pattern in (*one.files, *one.near, *one.wide):
            assert listed((pattern,)), f"{module}: {pattern}"
        assert len(judges_of(module, wide=True)) > len(judges_of(module, wide=False))


def lost(argued: dict[tuple[str, str, str, str], str]) -> list[str]:
    """Return the arguments about lines that are no longer there, or without why."""
    found = []
    for (path, function, line, mutation), why in argued.items():
        text = (
            (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else ""
        )
        name = function.rpartition(".")[2]
        is_there = line in " ".join(map(str.strip, text.splitlines())) and name in text
        if not is_there or line == mutation or len(why.split()) < 5:
            found.append(f"{path} {function}: {line}")
    return found


def test_what_is_argued_is_still_there() -> None:
    assert lost(arguments()) == []


def test_an_argument_about_nothing_is_seen(tmp_path) -> None:
    path, why = "tests/mutants/places.py", "what is nothing is nothing again"
    rows = [
        "path,function,line,mutation,why",
        f"{path},_dumped,return ast.dump(ast.parse(source)),return None,{why}",
        f"{path},_dumped,return ast.dump(ast.parse(source)),return None,because",
        f"{path},_dumped,return ast.dump(source),return None,{why}",
        f"{path},_said,return ast.dump(ast.parse(source)),return None,{why}",
        f"absent.py,_dumped,return ast.dump(ast.parse(source)),return None,{why}",
    ]
    for rank, n_lost in enumerate((0, 1, 1, 1, 1), start=1):
        (tmp_path / "a.csv").write_text("\n".join([rows[0], rows[rank]]), "utf-8")
        assert len(lost(arguments(tmp_path / "a.csv"))) == n_lost


def mutant_of(before: str, after: str) -> Mutant:
    """Change the toy by hand."""
    line = TOY[: TOY.index(before)].count("\n") + 1
    texts = TOY, TOY.replace(before, after)
    return described("toy.py", line, Mutation("by hand", 0), texts)


def test_what_an_import_runs_is_judged_by_every_test_of_its_file() -> None:
    """One test imports the toy itself: it is not the only one that knows its head."""

    def ran(*lines: int) -> dict[str, Any]:
        return {"cpu_s": 0.0, "lines": {"toy.py": [*lines]} if lines else {}}

    seen: Map = {
        "a.py": {"tests": {"": ran(3), "a.py::sees": ran(5, 6)}},
        "b.py": {"tests": {"": ran(), "b.py::late": ran(3, 5), "b.py::not": ran()}},
    }
    head, body = mutant_of("int | None", "int"), mutant_of("return a\n", "return b\n")
    assert asked(head, seen, 1) == {"a.py::sees": (0, 0.0), "b.py::late": (1, 0.0)}
    assert asked(body, seen, 1) == {"a.py::sees": (0, 0.0)}


def test_a_decorator_is_told_with_its_line_and_what_it_decorates() -> None:
    source = "x = 1\n\n\n@cache\n@wraps\ndef f():\n    return None\n"
    every = drawn_from({"a.py": source}, "1", most=100)
    taken = [one for one in every if one.mutation.operator == "RemoveDecorator"]
    told = {(one.line, one.function, one.before, one.after, one.run) for one in taken}
    assert told == {
        (4, "f", "@cache", "", (4, 6)),
        (5, "f", "@wraps", "", (4, 6)),
    }


def test_what_is_argued_does_not_count_and_what_is_killed_needs_no_argument() -> None:
    first, second = mutant_of("a > b", "a < b"), mutant_of("a > b", "a >= b")
    third = mutant_of("a + 1", "a - 1")
    fates = [Fate(first, "a", 1), Fate(second, "", 1), Fate(third, "", 0)]
    why = "the larger of two equals is either"
    argued = {
        ("toy.py", "larger", "if a > b:", "if a >= b:"): why,
        ("toy.py", "larger", "if a > b:", "if a < b:"): why,
    }
    counts = {"mutants": 3, "killed": 1, "survived": 1, "equivalent": 1}
    assert score(fates, argued) == counts


def test_what_a_draw_scored_first_stays_told(tmp_path, monkeypatch) -> None:
    """Tests that a draw made somebody write say nothing of those that were there."""
    monkeypatch.setattr(table, "SCORES", tmp_path / "scores.csv")
    monkeypatch.setattr(table, "SURVIVORS", tmp_path / "survivors.csv")
    one, two = mutant_of("a > b", "a < b"), mutant_of("a + 1", "a - 1")
    for seed, by, date in ((1, "", "d1"), (1, "test", "d2"), (2, "test", "d3")):
        fates = [Fate(one, "test", 1), Fate(two, by, 1)]
        table.remember(seed, "toy", fates, date=date, judges="near")
    assert (tmp_path / "scores.csv").read_text("utf-8").splitlines() == [
        "seed,module,date,judges,mutants,first,killed,survived,equivalent,note",
        "1,toy,d2,near,2,1,2,0,0,",
        "2,toy,d3,near,2,2,2,0,0,",
    ]
    assert (tmp_path / "survivors.csv").read_text("utf-8").count("\n") == 1


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"code": 0, "failed": "test_a", "pytest": 1}, "killed"),
        ({"code": 0, "failed": "", "pytest": 0}, "survived"),
        ({"code": -24}, "killed"),  # out of time
        ({"code": -11}, "killed"),
        ({"code": -9, "is_late": True}, "killed"),
        ({"code": 70}, "error"),  # the tool failed, no test did
        ({"code": 0, "failed": "", "pytest": 4}, "error"),
    ],
)
def test_what_became_of_a_mutant(found, expected) -> None:
    assert outcome({"is_late": False, **found}) == expected


@pytest.fixture
def worker(tmp_path):
    tree = tmp_path / "tree"
    (tree / "tests" / "mutants").mkdir(parents=True)
    for name in ("worker.py", "watching.py"):
        shutil.copy(HERE / name, tree / "tests" / "mutants" / name)
    (tree / "toy.py").write_text(TOY, encoding="utf-8")
    (tree / "test_toy.py").write_text(TEST, encoding="utf-8")
    options = '[tool.pytest.ini_options]\npythonpath = ["."]\n'
    (tree / "pyproject.toml").write_text(options, encoding="utf-8")
    one = Worker(tree)
    yield one
    one.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="the tool forks")
def test_a_test_kills_what_it_sees_and_nothing_else(worker) -> None:
    job = {"files": ["test_toy.py"], "watched": ["toy.py"], "cpu_s": 20.0}
    seen = {"test_toy.py": worker.answer(job)}
    name = "test_toy.py::test_the_larger_is_returned"
    assert seen["test_toy.py"]["tests"][name]["lines"] == {"toy.py": [5, 6, 7]}

    def judged(before: str, after: str) -> str:
        tests = asked(mutant_of(before, after), seen, 1)
        text = {"toy.py": TOY.replace(before, after)}
        found = trial("a toy", tests, seen, text)
        return outcome(worker.answer(found)) if tests else "unseen"

    assert judged("a > b", "a < b") == "killed"
    assert judged("a > b", "a >= b") == "survived"
    assert judged("a + 1", "a - 1") == "unseen"
    assert (worker.tree / "toy.py").read_text(encoding="utf-8") == TOY
