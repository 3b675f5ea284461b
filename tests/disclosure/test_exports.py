"""What the door lends: names, each imported when somebody asks for it."""

import importlib.util
from pathlib import Path

import eitgeo.disclosure


def test_names_are_imported_when_they_are_asked_for_and_not_before() -> None:
    """A command that publishes nothing loads no rule of secrecy."""
    path = Path(eitgeo.disclosure.__file__)
    spec = importlib.util.spec_from_file_location("eitgeo.disclosure", path)
    assert spec is not None
    assert spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    names = set(fresh.__all__)
    assert len(names) > 30
    assert not names & set(vars(fresh))
