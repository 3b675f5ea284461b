"""A step that writes the sites of the toy survey."""

from typing import Any

from eitgeo.study.project import Project
from eitgeo.tables.empty import empty_table
from eitgeo.tables.files import write_table
from tests.steps.test_survey import sites


def run(project: Project) -> dict[str, Any]:
    """Write ``sites`` and ``site_cells``."""
    write_table(project.processed, sites(), table="sites")
    write_table(project.processed, empty_table("site_cells"), table="site_cells")
    return {}
