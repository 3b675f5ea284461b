"""Release who could take part, what hangs on it, and published answers."""

from eitgeo.disclosure.door.passing import write_step_tables
from eitgeo.steps.step import step
from eitgeo.study.project import Project


@step(
    "Diffusion : échanges, facteurs, réponses publiées",
    releases="flows",
)
def run(*, project: Project) -> dict[str, object]:
    """Write each table once, in ``public/``."""
    return write_step_tables(project, "flows")
