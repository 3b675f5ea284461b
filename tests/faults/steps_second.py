"""Second step of the toy study of ``driver``: two products."""

from typing import TYPE_CHECKING

from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from eitgeo.study.project import Project


def run(project: "Project") -> None:
    text = (project.processed / "numbers.parquet").read_bytes()
    write_bytes(project.maps / "rapport.txt", text * 100_000)
    write_bytes(project.maps / "annexe.txt", b"fin")
