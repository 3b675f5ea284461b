"""What counts as the code of a step."""

import pytest

from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.code import code_digests, libraries


@pytest.fixture
def package(tmp_path, monkeypatch) -> str:
    """A package: ``steps.one`` → ``zones`` → ``zones._area``; ``types`` aside.

    ``steps.two`` asks for the whole folder ``zones``, which holds a script.
    """
    name = f"code_{abs(hash(str(tmp_path))) % 10**8}"
    sources = {
        "__init__.py": "",
        "types.py": "X = 1\n",
        "steps/__init__.py": "",
        "steps/one.py": (
            "from typing import TYPE_CHECKING\n"
            f"from {name}.zones._area import area\n"
            f"if TYPE_CHECKING:\n    from {name}.types import X\n"
        ),
        "steps/two.py": f"from {name} import zones\n",
        "zones/__init__.py": "",
        "zones/js/map.js": "1\n",
        "zones/_area.py": "def area():\n    return 1\n",
        "zones/classes.csv": "a\n",
    }
    for path, text in sources.items():
        file = tmp_path / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


@pytest.mark.parametrize(
    ("path", "moves"),
    [
        ("steps/one.py", True),
        ("zones/__init__.py", False),
        ("zones/_area.py", True),
        ("zones/js/map.js", True),
        ("zones/classes.csv", True),
        ("zones/other.csv", True),
        ("types.py", False),
        ("steps/__init__.py", False),
    ],
)
def test_the_closure_is_digested(package, tmp_path, path, moves) -> None:
    module = f"{package}.steps.one"
    before = code_digests([module])
    assert code_digests([module]) == before
    with (tmp_path / package / path).open("a") as handle:
        handle.write("# more\n")
    assert (code_digests([module]) != before) is moves


@pytest.mark.parametrize("path", ["zones/_area.py", "zones/classes.csv"])
def test_a_folder_that_is_imported_counts_whole(package, tmp_path, path) -> None:
    module = f"{package}.steps.two"
    before = code_digests([module])
    with (tmp_path / package / path).open("a") as handle:
        handle.write("# more\n")
    assert code_digests([module]) != before


def test_sources_that_change_places_are_told_apart(package, tmp_path) -> None:
    module, folder = f"{package}.steps.one", tmp_path / package
    (folder / "steps/zones").mkdir()
    (folder / "steps/zones/__init__.py").write_text("")
    inner, outer = folder / "steps/zones/_area.py", folder / "zones/_area.py"
    inner.write_text("def area():\n    return 2\n")
    with (folder / "steps/one.py").open("a") as handle:
        handle.write(f"from {package}.steps.zones._area import area as other\n")
    before = code_digests([module])
    texts = inner.read_text(), outer.read_text()
    inner.write_text(texts[1])
    outer.write_text(texts[0])
    assert code_digests([module]) != before


def test_libraries_are_those_the_package_requires() -> None:
    found = libraries()
    assert {"python", "geopandas", "shapely", "osmnx"} <= set(found)
    assert "playwright" not in found  # a tool of developers
    assert all(found.values())


def test_every_step_has_a_module_and_its_own_name() -> None:
    digests = code_digests([step.code for step in STEPS])
    assert len(digests) == len(STEPS)
    assert len({step.name for step in STEPS}) == len(STEPS)


def test_a_folder_left_by_an_earlier_version_is_no_package(package, tmp_path) -> None:
    """Git removes the sources of a folder that becomes a file, not what it compiled."""
    module = f"{package}.steps.one"
    before = code_digests([module])
    left = tmp_path / package / "zones/_area/__pycache__"
    left.mkdir(parents=True)
    (left / "old.cpython-313.pyc").write_bytes(b"old")
    assert code_digests([module]) == before
