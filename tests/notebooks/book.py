"""A notebook as the tests read it."""

import ast
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# As in conftest.py, for what reads notebooks in a process of its own.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

import nbformat  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
NAMES = [
    "01_decrire_territoire",
    "02_connaitre_acteurs",
    "03_delimiter_zones",
    "04_estimer_gisements",
    "05_mesurer_distances",
    "06_chercher_synergies",
    "07_dessiner_perimetres",
    "08_comparer_choisir",
    "09_batir_plan_action",
    "10_ses_propres_donnees",
]
OWN_DATA = NAMES[-1]
"""The one that reads no study."""
PARAMETERS = "parameters"


@dataclass(frozen=True)
class Book:
    """A notebook and its name."""

    name: str
    node: Any = field(repr=False)

    @property
    def cells(self) -> list[Any]:
        """All cells, in order."""
        return list(self.node.cells)

    @property
    def prose(self) -> list[str]:
        """Sources of the markdown cells."""
        return [one.source for one in self.cells if one.cell_type == "markdown"]

    @property
    def code(self) -> list[str]:
        """Sources of the code cells."""
        return [one.source for one in self.cells if one.cell_type == "code"]

    @property
    def trees(self) -> list[ast.Module]:
        """Code cells parsed, magics left out."""
        return [ast.parse(without_magics(source)) for source in self.code]

    @property
    def parameter_cell(self) -> Any:
        """The cell of the parameters."""
        (cell,) = [
            one for one in self.cells if PARAMETERS in one.metadata.get("tags", [])
        ]
        return cell

    @property
    def parameters(self) -> list[str]:
        """Names that the parameter cell sets."""
        tree = ast.parse(self.parameter_cell.source)
        return [node.targets[0].id for node in tree.body]

    def place(self, heading: str) -> int:
        """Return the rank of the cell that opens with a heading."""
        (rank,) = [
            i
            for i, one in enumerate(self.cells)
            if one.cell_type == "markdown" and one.source.startswith(heading)
        ]
        return rank


def read_book(name: str) -> Book:
    """Read one notebook of the repository, afresh."""
    path = FOLDER / f"{name}.ipynb"
    return Book(name, nbformat.read(path, as_version=4))


def without_magics(source: str) -> str:
    """Drop the lines that only IPython understands."""
    return re.sub(r"^%.*$", "", source, flags=re.MULTILINE)


def set_parameters(book: Book, **values: object) -> None:
    """Replace values of the parameter cell, which must set each of them."""
    cell = book.parameter_cell
    lines = cell.source.splitlines()
    set_by = {node.targets[0].id: node for node in ast.parse(cell.source).body}
    for name, value in values.items():
        assert name in set_by, f"{book.name}: no parameter {name}"
        text = f"Path({str(value)!r})" if isinstance(value, Path) else repr(value)
        first, last = set_by[name].lineno - 1, set_by[name].end_lineno
        kept = [""] * (last - first - 1)  # other parameters keep their lines
        lines[first:last] = [f"{name} = {text}", *kept]
    cell.source = "\n".join(lines)
