"""What is made of shipped files once: given to all, spoilt by none, never stale."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import eitgeo.reference
from eitgeo.reference import shipped
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.reference.labels import epci_fact_labels
from eitgeo.reference.shipped import prepared, shipped_table

ARGUMENTS = {"rests_on": "sites"}


def all_prepared() -> dict[str, Callable[..., Any]]:
    """Find what is made once in the whole folder."""
    name = prepared.__name__
    return {
        f"{room.name}.{one.__name__}": one
        for room in pkgutil.iter_modules(eitgeo.reference.__path__, "eitgeo.reference.")
        for _, one in inspect.getmembers(
            importlib.import_module(room.name), inspect.isfunction
        )
        if one.__code__.co_qualname.startswith(f"{name}.")
        and one.__module__ == room.name
    }


class Told:
    """The files of the package, copied, and which of them are asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand before the files."""
        self.read = shipped._parsed  # noqa: SLF001 - where all files are read
        self.copies: dict[str, pd.DataFrame] = {}
        self.asked: set[str] = set()
        monkeypatch.setattr(shipped, "_parsed", self)

    def __call__(self, file: str) -> pd.DataFrame:
        """Give the copy of a file."""
        self.asked.add(file)
        if file not in self.copies:
            self.copies[file] = self.read(file).copy()
        return self.copies[file]


@pytest.mark.parametrize(("name", "given"), all_prepared().items())
def test_it_names_all_files_that_it_is_made_of(name, given, monkeypatch) -> None:
    """Made from other copies, it reads all; given again, those that it names."""
    told = Told(monkeypatch)
    asked = inspect.signature(given).parameters.values()
    values = {
        one.name: ARGUMENTS[one.name] for one in asked if one.default is one.empty
    }
    first = given(**values)
    made_of, told.asked = told.asked, set()
    pd.testing.assert_frame_equal(given(**values), first)
    assert made_of <= told.asked, name


def test_it_is_made_anew_of_another_file(monkeypatch) -> None:
    before = epci_fact_labels()
    with monkeypatch.context() as patch:
        told = Told(patch)
        labels = told("indicators.csv")
        labels.loc[labels["indicator_id"] == "target_sites", "label"] = "Cibles"
        assert epci_fact_labels().loc["target_sites", "label"] == "Cibles"
    pd.testing.assert_frame_equal(epci_fact_labels(), before)


def test_each_argument_has_its_own() -> None:
    some, none = indicator_catalogue(), indicator_catalogue(if_part="sans personne")
    assert set(some["formula"]) ^ set(none["formula"])
    pd.testing.assert_frame_equal(indicator_catalogue(), some)


def test_it_is_made_once_and_spoilt_by_nobody() -> None:
    made = []

    @prepared("epci_facts.csv")
    def facts() -> pd.DataFrame:
        made.append(1)
        return shipped_table("epci_facts.csv")

    mine, as_shipped = facts(), facts()
    mine["label"] = "autre"
    mine.iloc[0, 0] = "autre"
    mine.index.name = "autre"
    mine.columns = [*mine.columns[::-1]]
    pd.testing.assert_frame_equal(facts(), as_shipped)
    assert len(made) == 1
    assert len(all_prepared()) > 10


def test_texts_are_held_the_same_whether_tables_are_loaded_or_not() -> None:
    shipped._parsed.cache_clear()  # noqa: SLF001 - as in a new process
    for storage in ("pyarrow", "python"):
        with pd.option_context("mode.string_storage", storage):
            table = shipped_table("indicators.csv")
        assert {kind.storage for kind in table.dtypes} == {"python"}
        shipped._parsed.cache_clear()  # noqa: SLF001
