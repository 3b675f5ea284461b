"""What a folder lends is imported when it is asked for, and only that."""

import importlib
import inspect
import pkgutil
import sys
from types import ModuleType

import pytest

import eitgeo
from eitgeo.asked import takes_tables

SOURCES = {
    "__init__.py": "",
    "roads/__init__.py": (
        "from eitgeo.lazy import AT_ONCE, lend\n"
        "if AT_ONCE:\n"
        "    from {package}.roads.graph import shortest, other as renamed\n"
        "    from {package}.roads.matrix import matrix\n"
        '__all__ = ["heavy", "matrix", "renamed", "shortest"]\n'
        "lend(__name__)\n"
    ),
    "roads/graph.py": "def shortest(): return 'shortest'\nother = 2\n",
    "roads/matrix.py": "def matrix(): return 'matrix'\nsize = 3\n",
    "roads/heavy.py": "raise ZeroDivisionError\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch) -> str:
    """A package whose folder ``roads`` lends names of two modules out of three."""
    name = f"lent_{abs(hash(str(tmp_path))) % 10**8}"
    for path, text in SOURCES.items():
        file = tmp_path / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("{package}", name))
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def loaded(package: str) -> set[str]:
    """Return the modules of a folder that were imported."""
    start = f"{package}.roads."
    return {name.removeprefix(start) for name in sys.modules if name.startswith(start)}


def test_a_name_imports_its_module_alone(package) -> None:
    roads = importlib.import_module(f"{package}.roads")
    assert loaded(package) == set()
    assert roads.shortest() == "shortest"
    assert roads.renamed == 2
    assert loaded(package) == {"graph"}


@pytest.mark.parametrize("module_first", [True, False])
def test_a_function_is_not_hidden_by_its_module(package, module_first) -> None:
    roads = importlib.import_module(f"{package}.roads")
    if module_first:
        assert importlib.import_module(f"{package}.roads.matrix").size == 3
    assert roads.matrix() == "matrix"
    assert importlib.import_module(f"{package}.roads.matrix").size == 3
    assert roads.matrix() == "matrix"


def test_what_is_not_lent_is_absent(package) -> None:
    roads = importlib.import_module(f"{package}.roads")
    assert not hasattr(roads, "nothing")
    with pytest.raises(AttributeError, match=r"roads' has no attribute 'nothing'"):
        _ = roads.nothing
    assert {"shortest", "renamed", "matrix"} <= set(dir(roads))
    with pytest.raises(ZeroDivisionError):  # a module of the folder, listed
        _ = roads.heavy


def test_a_name_can_be_replaced_for_a_while(package, monkeypatch) -> None:
    roads = importlib.import_module(f"{package}.roads")
    with monkeypatch.context() as patch:
        patch.setattr(roads, "shortest", lambda: "replaced")
        assert roads.shortest() == "replaced"
    assert roads.shortest() == "shortest"


def folders() -> list[str]:
    """Return the folders of the package."""
    found = pkgutil.walk_packages(eitgeo.__path__, "eitgeo.")
    return [one.name for one in found if one.ispkg]


@pytest.mark.parametrize("name", folders())
def test_every_name_that_a_folder_lists_is_there(name) -> None:
    folder = importlib.import_module(name)
    lent = vars(folder).get("_lent", {})
    listed = vars(folder).get("__all__", ())
    assert set(lent) <= set(listed)
    for one in listed:
        if one in lent:
            home, own_name = lent[one]
            found = getattr(folder, one)
            own = getattr(importlib.import_module(home), own_name)
            # A function of tables is lent inside of what names its columns.
            is_guarded = inspect.isfunction(own) and takes_tables(own)
            assert (found.__wrapped__ if is_guarded else found) is own
            assert not isinstance(found, ModuleType)
        elif one not in vars(folder):
            importlib.import_module(f"{name}.{one}")
