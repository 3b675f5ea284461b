"""Release perimeters, their members, core and fringe."""

from eitgeo.disclosure.door.passing import write_step_tables
from eitgeo.steps.step import step
from eitgeo.study.project import Project


@step("Diffusion : périmètres", releases="perimeters")
def run(*, project: Project) -> dict[str, object]:
    """Write each table once, in ``public/``."""
    return write_step_tables(project, "perimeters")
