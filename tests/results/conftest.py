"""The default data, taken through the real steps « territory » and « borders »."""

from pathlib import Path

import pytest

from eitgeo.steps import borders, territory
from eitgeo.study.project import Project, open_project

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="package")
def project(tmp_path_factory) -> Project:
    """Return the default study, its communes, bodies and borders written aside."""
    out = tmp_path_factory.mktemp("results")
    opened = open_project(ROOT / "study.yaml", out=out)
    territory.run(opened)
    borders.run(opened)
    return opened
