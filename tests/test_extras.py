"""What an extra brings, on a machine that has not got it: a message, and no crash."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eitgeo import extras
from eitgeo.errors import StudyError
from eitgeo.extras import LIBRARIES, require_study
from tests.repository.test_network import DOCTOR_AND_GRAPH, GUARD

ROOT = Path(__file__).resolve().parents[1]
HIDDEN = {"distributed", "rfc3987_syntax", *LIBRARIES}
"""The second: grammars of addresses, which what notebooks import builds for seconds."""
HIDE = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HIDDEN}:
            raise ModuleNotFoundError("No module named " + name, name=name)
sys.meta_path.insert(0, Absent())
"""


def said(code: str, *arguments: str) -> str:
    """Run code in a process without the extras; return what it writes."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", HIDE + code, *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


BATCH = """
from eitgeo.commands.children import outcomes_there
def call(path): next(outcomes_there(print, {}, scheduler="tcp://h:1", retries=0))
"""
CRATE = """
from eitgeo.steps.records.crate import run_crate
def call(path): run_crate([], None)
"""
SEVEN = """
from eitgeo.sources.files.archives import extracted
def call(path):
    with extracted(path, wanted=[".csv"]): pass
"""
DOSSIER = """
from eitgeo.dossier.typst import dossier_pdf
def call(path): dossier_pdf(None)
"""
MIXING = """
import pandas as pd
from eitgeo.perimeters.ensemble.ensemble import mixing
def call(path): mixing([pd.DataFrame({"a": [1.0, 2, 3, 4]})] * 2)
"""
SIRENE = """
from eitgeo.sources.sites.sirene_scan import engine
def call(path):
    with engine(): pass
"""
CALLS = {
    "distributed": ("batch", BATCH),
    "rocrate": ("manifest", CRATE),
    "py7zr": ("archives", SEVEN),
    "typst": ("dossier", DOSSIER),
    "arviz_stats": ("methods", MIXING),
    "duckdb": ("sirene", SIRENE),
}
"""Library → the extra that brings it, and code that needs it."""

REFUSED = """
import json
from pathlib import Path
from eitgeo.errors import StudyError
for code in json.loads(sys.argv[1]):
    space = {}
    exec(code, space)
    try:
        space["call"](Path(sys.argv[2]))
    except StudyError as error:
        print(error)
    else:
        print("nothing was refused")
"""


@pytest.fixture(scope="module")
def lines(tmp_path_factory) -> list[str]:
    """Import each module in one process, then ask for what the extras bring.

    Modules of the provider run in QGIS alone. The doctor, and the reader of a graph
    that a library of the network saved, work so too, without a connection: in the
    process that has imported what they need.
    """
    path = tmp_path_factory.mktemp("extras") / "bdtopo.7z"
    path.write_bytes(b"7z\xbc\xaf\x27\x1c")
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "eitgeo").rglob("*.py"))
        if path.name not in {"__init__.py", "__main__.py"}
        and "qgis_provider" not in path.parts
    ]
    code = f"from importlib import import_module\nfor m in {json.dumps(modules)}:\n"
    code += "    import_module(m)\n"
    code = GUARD + code + DOCTOR_AND_GRAPH + "print('tous')\n" + REFUSED
    calls = json.dumps([call for _, call in CALLS.values()])
    return said(code, calls, str(path)).splitlines()


def test_everything_else_is_imported_without_them_nor_a_connection(lines) -> None:
    assert lines[0] == "tous"
    assert len(lines) == 1 + len(CALLS)


@pytest.mark.parametrize("library", CALLS)
def test_the_extra_is_named(lines, library) -> None:
    (extra, _), told = CALLS[library], lines[1 + list(CALLS).index(library)]
    assert f"la bibliothèque « {library} » est absente → " in told
    assert f'« pip install "eitgeo[{extra}]" »' in told


def test_a_study_says_at_once_what_it_will_lack(monkeypatch) -> None:
    require_study()
    there = {name: name not in {"spopt", "typst"} or None for name in LIBRARIES}
    monkeypatch.setattr(extras, "find_spec", there.get)
    told = r"absentes : spopt, typst → « pip install \"eitgeo\[study\]\" »"
    with pytest.raises(StudyError, match=told):
        require_study()
