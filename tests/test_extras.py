"""What an extra brings, on a machine that has not got it: a message, and no crash."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HIDE = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"distributed", "py7zr", "rocrate"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
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
from eitgeo.commands.cluster import outcomes_there
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
REFUSED = """
from pathlib import Path
from eitgeo.errors import StudyError
try:
    call(Path(sys.argv[1]))
except StudyError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("call", "library", "extra"),
    [
        (BATCH, "distributed", "batch"),
        (CRATE, "rocrate", "manifest"),
        (SEVEN, "py7zr", "archives"),
    ],
)
def test_the_extra_is_named(tmp_path, call, library, extra) -> None:
    path = tmp_path / "bdtopo.7z"
    path.write_bytes(b"7z\xbc\xaf\x27\x1c")
    told = said(call + REFUSED, str(path))
    assert f"la bibliothèque « {library} » est absente → " in told
    assert f'« pip install "eitgeo[{extra}]" »' in told


def test_everything_else_is_imported_without_them() -> None:
    """Each module of the package; those of the provider run in QGIS alone."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "eitgeo").rglob("*.py"))
        if path.name not in {"__init__.py", "__main__.py"}
        and "qgis_provider" not in path.parts
    ]
    code = f"from importlib import import_module\nfor m in {json.dumps(modules)}:\n"
    assert said(code + "    import_module(m)\nprint('tous')") == "tous\n"
