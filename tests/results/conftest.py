"""The default data, taken through the real steps « territory » and « borders »."""

from pathlib import Path

import pytest

from eitgeo.study.project import Project, open_project
from tests.rerun import run_step

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="package")
def project(tmp_path_factory) -> Project:
    """Return the default study, what its sites are drawn in written aside."""
    out = tmp_path_factory.mktemp("results")
    opened = open_project(ROOT / "study.yaml", out=out)
    for name in ("territory", "borders", "counts", "official_zones"):
        run_step(name, opened)
    return opened
