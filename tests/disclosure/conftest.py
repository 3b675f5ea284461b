"""Studies that what leaves is read from: opened once, nothing is run nor written."""

import pytest

from eitgeo.study.project import Project, open_project
from tests.scenarios.toy import ROOT


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory) -> Project:
    """The delivered study: made-up sites on real roads, told on 24 November 2026."""
    return open_project(ROOT / "study.yaml", out=tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def real_sites(tmp_path_factory) -> Project:
    """A study of real sites, on a network that stands in for roads."""
    path = ROOT / "tests" / "studies" / "real.yaml"
    return open_project(path, out=tmp_path_factory.mktemp("real_sites"))
