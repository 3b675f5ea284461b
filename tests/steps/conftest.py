"""A toy study of four steps in a package of its own.

numbers.csv ──> numbers ──> doubled ──> maps/rapport.txt
                               │
alone.csv ──> alone         helper.py, factors.csv
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from eitgeo.steps.engine.contract import Step, StepReport
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import Project, read_study

ROOT = Path(__file__).resolve().parents[2]
STUDY = "étude à moi"
SOURCES = {
    "__init__.py": "",
    "factors.csv": "factor\n2\n",
    "helper.py": "def times(text, factor):\n    return str(int(text) * factor)\n",
    "numbers.py": (
        "from eitgeo.store import write_bytes\n"
        "def run(project):\n"
        "    text = (project.base / 'raw/numbers.csv').read_bytes()\n"
        "    assert project.study.zones.radius_m\n"
        "    write_bytes(project.processed / 'numbers.parquet', text)\n"
        "    return {'nombres': 1}\n"
    ),
    "doubled.py": (
        "from pathlib import Path\n"
        "from eitgeo.store import write_bytes\n"
        "from {package}.helper import times\n"
        "def run(project):\n"
        "    factor = Path(__file__).with_name('factors.csv').read_text().split()[1]\n"
        "    text = (project.processed / 'numbers.parquet').read_text()\n"
        "    doubled = times(text, int(factor)).encode()\n"
        "    write_bytes(project.processed / 'doubled.parquet', doubled)\n"
    ),
    "report.py": (
        "from eitgeo.store import write_bytes\n"
        "def run(project):\n"
        "    text = (project.processed / 'doubled.parquet').read_text()\n"
        "    title = project.study.identity.title\n"
        "    write_bytes(project.maps / 'rapport.txt', (title + text).encode())\n"
    ),
    "alone.py": (
        "from eitgeo.errors import SchemaError\n"
        "from eitgeo.store import write_bytes\n"
        "def run(project):\n"
        "    text = (project.base / 'raw/alone.csv').read_bytes()\n"
        "    write_bytes(project.processed / 'alone.parquet', text)\n"
        "    if b'faux' in text:\n"
        "        raise SchemaError('alone.csv : valeur « faux » → la corriger')\n"
        "    if b'panne' in text:\n"
        "        raise ZeroDivisionError('panne')\n"
    ),
}


@dataclass
class Toy:
    """The toy study, and what its last run did."""

    package: str
    folder: Path
    project: Project

    @property
    def steps(self) -> tuple[Step, ...]:
        """The four steps, in an order that is not that of execution."""

        def step(name: str, label: str, **options) -> Step:
            return Step(name, label, module=f"{self.package}.{name}", **options)

        return (
            step(
                "report",
                "Rapport",
                tables=("doubled",),
                products=lambda project: [project.maps / "rapport.txt"],
            ),
            step("doubled", "Doubles", tables=("numbers",), writes=("doubled",)),
            step(
                "numbers",
                "Nombres",
                files=lambda project: [project.base / "raw/numbers.csv"],
                writes=("numbers",),
            ),
            step(
                "alone",
                "Table à part",
                files=lambda project: [project.base / "raw/alone.csv"],
                writes=("alone",),
            ),
        )

    def run(self, project: Project | None = None) -> set[str]:
        """Run, with modules as they stand now; return the steps that ran."""
        self.forget()
        reports = run_steps(self.steps, project or self.project)
        return names(reports, "done")

    def forget(self) -> None:
        """Drop the modules of the toy, so that an edited source is read again."""
        for name in [name for name in sys.modules if name.startswith(self.package)]:
            del sys.modules[name]

    def out(self, folder: Path) -> Project:
        """Return the same study, written elsewhere."""
        return Project(self.project.study, self.project.base, folder)

    def edit(self, name: str, text: str) -> None:
        """Append to a source file of the toy package."""
        path = self.folder / name
        path.write_text(path.read_text() + text)


def names(reports: list[StepReport], status: str) -> set[str]:
    """Return the names of the steps with a status."""
    return {report.step.name for report in reports if report.status == status}


def products(folder: Path) -> dict[str, bytes]:
    """Return every artefact and sidecar under a folder, by relative name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for part in ("data/processed", "maps")
        for path in sorted((folder / part).rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".log"
    }


def write_toy(folder: Path) -> None:
    """Write the package of the toy and the files that it reads."""
    package = f"toy_{abs(hash(str(folder))) % 10**8}"
    code = folder / "code" / package
    code.mkdir(parents=True)
    for name, text in SOURCES.items():
        (code / name).write_text(text.replace("{package}", package))
    raw = folder / STUDY / "raw"
    raw.mkdir(parents=True)
    (raw / "numbers.csv").write_text("21")
    (raw / "alone.csv").write_text("seul")


def open_toy(folder: Path, patch: pytest.MonkeyPatch) -> Toy:
    """Return the toy of a folder, whose package can then be imported."""
    (code,) = (folder / "code").iterdir()
    patch.syspath_prepend(str(code.parent))
    patch.setattr(sys, "dont_write_bytecode", True)
    base = folder / STUDY
    return Toy(code.name, code, Project(read_study(ROOT / "study.yaml"), base, base))


@pytest.fixture
def toy(tmp_path, monkeypatch) -> Iterator[Toy]:
    write_toy(tmp_path)
    found = open_toy(tmp_path, monkeypatch)
    yield found
    found.forget()
