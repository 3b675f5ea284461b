"""The readers that a study names are functions of the package."""

from importlib import import_module

import pytest

import eitgeo.study.sections  # noqa: F401 - declares every source
from eitgeo.study.readers import Source

NAMED = sorted(
    {
        keys.read_by
        for source in Source.__subclasses__()
        for keys in source.keys.values()
        if keys.read_by
    }
)


@pytest.mark.parametrize("name", NAMED)
def test_a_study_finds_the_reader_that_it_names(name: str) -> None:
    module, _, function = name.rpartition(".")
    assert callable(getattr(import_module(f"eitgeo.sources.{module}"), function))
