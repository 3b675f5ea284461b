"""First step of the toy study of ``driver``."""

from typing import TYPE_CHECKING

from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from eitgeo.study.project import Project


def run(project: "Project") -> None:
    text = (project.base / "numbers.csv").read_bytes()
    write_bytes(project.processed / "numbers.parquet", text)
