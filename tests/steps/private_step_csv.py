"""A step that writes a kind of file that bears no words."""

from eitgeo.store import write_bytes
from eitgeo.study.project import Project


def run(project: Project) -> dict[str, object]:
    """Write it."""
    write_bytes(project.maps / "table.csv", b"a,b\n")
    return {}
