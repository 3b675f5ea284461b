"""The notebooks of the repository, run over the tables of a study."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

try:
    import nbformat
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError
    from nbconvert import HTMLExporter
    from pygments.formatters import HtmlFormatter
except ModuleNotFoundError as absent:  # an extra
    ABSENT = str(absent.name)
else:
    ABSENT = ""

from eitgeo.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eitgeo.study.project import Project

_PARAMETERS = "parameters"
_FIGURES = "module://matplotlib_inline.backend_inline"
_CELL_SECONDS = 600
_SAME_PROJECT = """\
import eitgeo.study.project as project_module
from eitgeo.study.project import Project
from eitgeo.study.sections import Study

{name} = Study.model_validate_json(Path({path!r}).read_text(encoding="utf-8"))
{name} = Project({name}, Path({base!r}), Path({out!r}))
open_project = project_module.open_project = lambda *_, **__: {name}
"""
"""After the parameters: the project of the run, its effort included."""


def study_parameters(project: Project) -> dict[str, Any]:
    """Return what the parameter cells are set to."""
    study = project.study
    zones, reach = study.zones, study.methods.reach
    comparison = study.comparison
    values = {
        "PERIMETERS": list(study.territory.perimeters),
        "ON_DATE": study.territory.on_date.isoformat(),
        "MIN_HEADCOUNT": comparison.min_headcount,
        "TARGET_NAF": list(comparison.target_naf),
        "RADIUS_M": zones.radius_m,
        "MIN_SITES": zones.min_sites,
        "MIN_JOBS": zones.min_jobs,
        "ISOLATED_JOBS": zones.isolated_jobs,
        "RADII_M": list(zones.radii),
        "COMMON_ERROR_SHARE": study.arisings.common_error_share,
        "MAX_KM": study.flows.max_km,
        "FAMILIES_MIN_DONORS": study.flows.families_min_donors,
        "SEAT": reach.seat,
        "MINUTES": reach.minutes,
        "PROFILE": reach.profile,
        "SEAT_MINUTES": comparison.seat_minutes,
        "POSTS": study.governance.posts,
        "DIVERSITY_MIN_SITES": comparison.diversity_min_sites,
        "YEARS": study.governance.budget.years,
    }
    return {name: value for name, value in values.items() if value is not None}


def set_parameters(source: str, values: Mapping[str, Any]) -> str:
    r"""Set the parameters of a cell, those that it has.

    Examples
    --------
    >>> set_parameters("A = 1  # km\nB = 2", {"A": 3, "C": 4})
    'A = 3  # km\nB = 2'
    """
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        name = ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else ""
        if name not in values:
            continue
        first, last = node.lineno - 1, node.end_lineno or node.lineno
        comment = next((x for line in lines[first:last] if (x := _comment(line))), "")
        lines[first:last] = [f"{name} = {_written(values[name])}{comment}".rstrip()]
    return "\n".join(lines)


def _written(value: Any) -> str:
    """Write a value as an analyst does: « 10 », not « 10.0 »."""
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _comment(line: str) -> str:
    _, sign, text = line.partition("  # ")
    return sign + text


def run_notebook(path: Path, project: Project) -> tuple[Any, str]:
    """Run a notebook over the tables of a study, from a kernel of its own."""
    if ABSENT:
        message = (
            f"carnets exécutés : « {ABSENT} » est absent "
            "→ « make env » (extra « notebooks »), ou garder l’effort « rapide »"
        )
        raise StudyError(message)
    node = nbformat.read(path, as_version=4)
    with TemporaryDirectory() as folder:
        study_file = Path(folder) / "study.json"
        study_file.write_text(project.study.model_dump_json(), encoding="utf-8")
        code = _SAME_PROJECT.format(
            name="_projet",
            path=str(study_file),
            base=str(project.base),
            out=str(project.out),
        )
        rank = _parameter_rank(node.cells)
        cell = node.cells[rank]
        cell.source = set_parameters(cell.source, study_parameters(project))
        node.cells.insert(rank + 1, nbformat.v4.new_code_cell(code))
        fault = _execute(node, path.parent, Path(folder))
        del node.cells[rank + 1]
    return node, fault


def _parameter_rank(cells: Sequence[Any]) -> int:
    tags = [cell.metadata.get("tags", []) for cell in cells]
    return next(rank for rank, told in enumerate(tags) if _PARAMETERS in told)


def _execute(node: Any, place: Path, scratch: Path) -> str:
    """Execute every cell; the kernel is the interpreter of the run."""
    specs = KernelSpecManager(kernel_dirs=[])
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs)
    if os.name != "nt":
        manager.transport = "ipc"
        manager.ip = str(scratch / "kernel")
    client = NotebookClient(
        node,
        km=manager,
        timeout=_CELL_SECONDS,
        record_timing=False,
        resources={"metadata": {"path": str(place)}},
    )
    folders = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")
    env = os.environ | {name: str(scratch / name.lower()) for name in folders}
    env |= {"MPLBACKEND": _FIGURES, "PYTHONHASHSEED": "0"}
    env |= {"PYTHONPATH": str(place.parent)}
    try:
        client.execute(env=env, cleanup_kc=True)
    except CellExecutionError as error:
        return f"{error.ename} : {error.evalue}"
    except CellTimeoutError:
        return f"plus de {_CELL_SECONDS} s pour une cellule"
    return ""


def notebook_body(node: Any) -> str:
    """Write the cells as HTML, without a page around them."""
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs = [one for one in cell.outputs if _is_shown(one)]
            cell.execution_count = None
    exporter = HTMLExporter(
        template_name="basic",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    body, _ = exporter.from_notebook_node(node)
    return str(body)


def code_css() -> str:
    """Return the style of highlighted code."""
    return str(HtmlFormatter().get_style_defs(".highlight"))


def _is_shown(output: Any) -> bool:
    """Leave out faults, and maps that pan: a page holds no script."""
    if output.output_type == "error" or output.get("name") == "stderr":
        return False
    return "<iframe" not in output.get("data", {}).get("text/html", "")
