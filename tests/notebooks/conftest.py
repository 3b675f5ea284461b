"""The tables of the default study, computed once, and a clean kernel a notebook."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from filelock import FileLock
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import open_project
from tests.lent import lent_tables
from tests.notebooks.book import FOLDER, ROOT, Book

CELL_SECONDS = 120
STRICT = "import warnings\nwarnings.simplefilter('error')"
FIGURES = "module://matplotlib_inline.backend_inline"
ASK = Path(__file__).with_name("ask.py")
START_SECONDS = 120

type Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def tables(tmp_path_factory) -> Path:
    """Run the steps that write tables; parallel workers share the folder.

    Where ``EITGEO_TABLES`` names the folder of a run that is current, its tables; else
    those that the tests of the default run lent.
    """
    if "EITGEO_TABLES" in os.environ:
        return Path(os.environ["EITGEO_TABLES"]).resolve()
    if (lent := lent_tables(tmp_path_factory)) is not None:
        return lent
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    out = shared / "notebooks"
    project = open_project(ROOT / "study.yaml", out=out)
    with FileLock(shared / "notebooks.lock"):
        reports = run_steps(
            [one for one in STEPS if one.writes or one.name == "territory_map"], project
        )
    failed = [one for one in reports if one.status not in {"done", "current"}]
    assert failed == []
    return out


@pytest.fixture(scope="session")
def kernels(tmp_path_factory) -> Iterator[list[str]]:
    """Start what forks kernels; yield the arguments of the interpreter that ask it.

    Elsewhere than on Linux, each kernel imports afresh.
    """
    if sys.platform != "linux":
        yield ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return
    door = tmp_path_factory.mktemp("noyaux") / "porte"
    command = [sys.executable, "-m", "tests.notebooks.warm", str(door)]
    env = os.environ | {"MPLBACKEND": FIGURES, "PYTHONPATH": str(ROOT)}
    # A fork takes no thread along: none is to be lost.
    env |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, env=env, cwd=ROOT) as server:  # noqa: S603
        deadline = time.monotonic() + START_SECONDS
        while not door.exists():
            assert server.poll() is None, "what notebooks import cannot be imported"
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield ["-IS", str(ASK), str(door), "{connection_file}"]
        server.terminate()


@pytest.fixture
def run(tmp_path, kernels) -> Run:
    """Return what executes a notebook and reads values from its kernel."""
    # No folder is searched: the kernel is the interpreter that runs the tests.
    specs = KernelSpecManager(kernel_dirs=[])
    folders = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")
    env = os.environ | {
        **{name: str(tmp_path / name.lower()) for name in folders},
        "MPLBACKEND": FIGURES,
        "PYTHONPATH": str(ROOT),
    }

    def execute(book: Book, **values: str) -> dict[str, Any]:
        book.node.cells.insert(0, nbformat.v4.new_code_cell(STRICT))
        book.node.cells.append(nbformat.v4.new_code_cell(_question(values)))
        manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs)
        assert manager.kernel_spec is not None
        manager.kernel_spec.argv[1:] = kernels
        place = {"metadata": {"path": str(FOLDER)}}
        client = NotebookClient(
            book.node, km=manager, timeout=CELL_SECONDS, resources=place
        )
        client.execute(env=env, cleanup_kc=True)
        spec = manager.kernel_spec
        assert spec is not None
        assert spec.argv[0] == sys.executable
        answer = book.node.cells.pop().outputs
        return dict(json.loads(answer[0].text))

    return execute


def _question(values: dict[str, str]) -> str:
    pairs = ", ".join(f"{name!r}: {code}" for name, code in values.items())
    return f"import json\nprint(json.dumps({{{pairs}}}))"
