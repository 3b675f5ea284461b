"""What commands and steps import: no more than they use.

Nothing is timed: a library that is not imported costs nothing on any machine.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from eitgeo.steps import declared

ROOT = Path(__file__).resolve().parents[2]
TABLES = {"geopandas", "numpy", "pandas", "pandera", "pyarrow", "scipy", "shapely"}
COMPUTING = {
    *("arviz_stats", "dask", "distributed", "duckdb", "highspy", "libpysal"),
    *("networkx", "osmium", "pymcdm", "rasterio", "routingkit_cch", "sklearn"),
    "spopt",
}
PRINTING = {"docx", "folium", "matplotlib", "openpyxl", "typst", "xlsxwriter"}
ALL = TABLES | COMPUTING | PRINTING
STEPS = {
    "comparison_table": COMPUTING - {"rasterio"} | {"docx", "folium", "typst"},
    "core_map": COMPUTING - {"rasterio"} | PRINTING - {"matplotlib"} | {"scipy"},
    "indicators": COMPUTING | PRINTING,
    "manifest": COMPUTING | PRINTING | {"scipy"},
    "ranking": COMPUTING | PRINTING | {"scipy"},
    "territory": COMPUTING - {"duckdb", "rasterio"} | PRINTING - {"openpyxl"},
}
"""Step → libraries that it has no use for."""

ONE_STEP = """
import sys
from eitgeo.steps import declared
from eitgeo.steps.engine.contract import Step
step = Step("only", "Une étape", module="one_step.only",
            products=lambda project: [project.maps / "carte.txt"])
declared.STEPS = (step,)
"""
RUN = ONE_STEP + "from eitgeo.cli.app import app\napp(['run', sys.argv[1]])\n"
EACH = """
import importlib, json, os, sys
import geopandas, pandas
for name, code in json.loads(sys.argv[1]).items():
    child = os.fork()
    if not child:
        importlib.import_module(code)
        found = sorted({one.partition('.')[0] for one in sys.modules})
        print(json.dumps([name, found]), flush=True)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""
"""One process imports step after step, each from the same state."""

MODULE = """
from eitgeo.store import write_bytes
def run(project):
    write_bytes(project.maps / "carte.txt", b"texte")
"""


def imported(code: str, *arguments: str, path: Path = ROOT) -> tuple[set[str], str]:
    """Return the top modules that a process imports, and what it writes."""
    told = "import sys, json, atexit\natexit.register(lambda: sys.stderr.write("
    told += "json.dumps(sorted({name.partition('.')[0] for name in sys.modules}))))\n"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", told + code, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(path)])},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1])), done.stdout


def test_an_import_is_seen() -> None:
    assert {"decimal"} == imported("import decimal")[0] & {"decimal", "numpy"}


def test_help_imports_what_parses_it() -> None:
    found, said = imported("from eitgeo.cli.app import app\napp(['--help'])")
    assert "Délimiter, mesurer et comparer" in said
    aside = {"pydantic", "rich", "yaml", "grimp"}
    assert found & (ALL | aside) == set()


def test_an_unchanged_run_imports_no_library_that_computes(tmp_path) -> None:
    study = shutil.copy(ROOT / "study.yaml", tmp_path / "study.yaml")
    (tmp_path / "one_step").mkdir()
    (tmp_path / "one_step" / "__init__.py").write_text("")
    (tmp_path / "one_step" / "only.py").write_text(MODULE)
    (tmp_path / "data").symlink_to(ROOT / "data")
    found, said = imported(RUN, str(study), path=tmp_path)
    assert "1 étape(s) exécutée(s)" in said
    found, said = imported(RUN, str(study), path=tmp_path)
    assert "0 étape(s) exécutée(s), 1 à jour" in said
    assert found & ALL == set()


@pytest.fixture(scope="module")
def by_step() -> dict[str, set[str]]:
    """Import steps, each in a fork of a process that holds what all of them need."""
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    codes = {one.name: one.code for one in declared.STEPS if one.name in STEPS}
    assert codes.keys() == STEPS.keys()
    _, said = imported(EACH, json.dumps({"": "sys", **codes}))
    return {name: set(found) for name, found in map(json.loads, said.splitlines())}


def test_what_all_steps_need_imports_nothing_that_one_has_no_use_for(by_step) -> None:
    assert by_step[""] >= {"pandas", "geopandas"}
    assert by_step[""] & set().union(*STEPS.values()) == set()


@pytest.mark.parametrize("step", sorted(STEPS))
def test_a_step_imports_what_it_uses(by_step, step) -> None:
    assert by_step[step] > by_step[""]
    assert by_step[step] & STEPS[step] == set()
