"""Release communes, bodies, outlets, towns, counts and the ground of maps."""

from eitgeo.disclosure.door.passing import write_step_tables
from eitgeo.steps.step import step
from eitgeo.study.project import Project


@step(
    "Diffusion : territoire et activité comptée",
    releases="territory",
)
def run(*, project: Project) -> dict[str, object]:
    """Write each table once, in ``public/``."""
    return write_step_tables(project, "territory")
