"""A step that writes the sites of the toy survey."""

from typing import Any

from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from tests.sources.counts import write_no_counts
from tests.steps.test_survey import sites


def run(project: Project) -> dict[str, Any]:
    """Write ``sites``, and that nothing is counted."""
    write_table(project.processed, sites(), table="sites")
    write_no_counts(project.processed)
    return {}
