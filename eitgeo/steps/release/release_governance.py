"""Release carriers, budget, verdicts and facts of EPCI."""

from eitgeo.disclosure.door.passing import write_step_tables
from eitgeo.steps.step import step
from eitgeo.study.project import Project


@step("Diffusion : gouvernance", releases="governance")
def run(*, project: Project) -> dict[str, object]:
    """Write each table once, in ``public/``."""
    return write_step_tables(project, "governance")
