"""docs/lecteurs.md says what a study may name, and readers say where they read."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import eitgeo.sources
from eitgeo.study.readers import Keys
from tests.scripts.load import load_script

LICENCES = re.compile(
    r"Licence Ouverte 2\.0|Domaine public|Copernicus|EUR-Lex|ODbL 1\.0"
    r"|no open licence|that of the\s+file"
)
REFERENCE_SYSTEM = re.compile(r"CRS: |EPSG:\d|No coordinates|no geometry")


@pytest.fixture(scope="module")
def builder():
    return load_script("build_readers_page")


def readers() -> Iterator[Callable[..., Any]]:
    """Give the functions that read an official file and that an analyst may call."""
    for one in pkgutil.walk_packages(eitgeo.sources.__path__, "eitgeo.sources."):
        if one.ispkg or one.name.split(".")[2] in {"fetch", "files"}:
            continue
        module = importlib.import_module(one.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            told = inspect.getdoc(function) or ""
            is_here = function.__module__ == one.name
            if name.startswith("read_") and is_here and "Parameters\n---" in told:
                yield function


def test_the_page_is_up_to_date(builder):
    written = builder.PAGE.read_text(encoding="utf-8")
    told = "run scripts/build_readers_page.py"
    assert written == builder.readers_page(written), told


def test_a_new_reader_has_its_row_and_what_is_told_of_others_stays(
    builder, monkeypatch
):
    """A reader added in the middle, one taken away, a key more."""
    keys = builder.DECLARED["sources.sites"].keys
    known = {
        "anchors": keys["anchors"],
        "mills": Keys(("path", "rivers"), ("year",)),
        "sirene": keys["sirene"]._replace(needed=("path", "year")),
    }
    monkeypatch.setattr(builder.DECLARED["sources.sites"], "keys", known)
    written = builder.PAGE.read_text(encoding="utf-8")
    told = builder.readers_page(written)
    assert "| `mills` | `path`, `rivers` | `year` |\n" in told
    assert "| `sirene` | `path` (établissements), `year` | `legal_units`," in told
    assert "| `synthetic` |" not in told
    n_rows = len(known) - len(keys)
    assert len(told.splitlines()) == len(written.splitlines()) + n_rows


def test_each_reader_of_an_official_file_cites_its_source():
    silent, n_readers = [], 0
    for reader in readers():
        given = inspect.signature(reader).return_annotation
        if given in {"Loaded", "Audited", "Relief", "BodyTables"}:
            _, _, told = (inspect.getdoc(reader) or "").partition("References\n---")
            text = " ".join(told.split())
            if not (LICENCES.search(text) and REFERENCE_SYSTEM.search(text)):
                silent.append(reader.__name__)
            n_readers += 1
    assert silent == []
    assert n_readers > 35
