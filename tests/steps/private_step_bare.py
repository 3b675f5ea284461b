"""A step that forgets the stamp of its study."""

from eitgeo.store import write_bytes
from eitgeo.study.project import Project


def run(project: Project) -> dict[str, object]:
    """Write a page without a stamp."""
    write_bytes(project.maps / "page.html", b"<html><title>x</title></html>")
    return {}
