"""A step that writes the sites of the toy survey."""

from typing import Any

from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from tests.steps.test_survey import sites


def run(project: Project) -> dict[str, Any]:
    """Write ``sites``."""
    write_table(project.processed, sites(), table="sites")
    return {}
