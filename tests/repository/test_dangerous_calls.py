"""No code runs from data: no pickle, no eval, no shell, no unsafe YAML or XML."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DANGER = re.compile(
    r"^ *(?:import|from) +(?:pickle|cPickle|dill|cloudpickle|shelve|marshal|joblib)\b"
    r"|^ *(?:import|from) +(?:xml\.sax|xml\.dom\.pulldom|lxml)(?![\w.])"
    r"|(?<![\w.])(?:eval|exec|compile|__import__)\("
    r"|\b(?:os\.system|os\.popen|read_pickle|yaml\.unsafe_load)\("
    r"|\b(?:shell|allow_pickle) *= *(?!False)"
    r"|\byaml\.load\((?![^\n]*(?:SafeLoader|_StrictLoader))",
    re.MULTILINE,
)
"""Ruff's rules on security hold most of it, and may be told to be silent; not this."""


@pytest.mark.parametrize(
    ("source", "is_danger"),
    [
        ("import pickle", True),
        ("    from joblib import load", True),
        ("from xml.sax import parse", True),
        ("from xml.sax.saxutils import escape", False),
        ("eval('1')", True),
        ("subprocess.run('ls', shell=True)", True),
        ("subprocess.run(['ls'], shell=False)", False),
        ("yaml.load(text, yaml.Loader)", True),
        ("yaml.load(text, _StrictLoader)", False),
        ("re.compile('a')", False),
        ("np.load(path)", False),
        ("np.load(path, allow_pickle=True)", True),
        ("frame.eval", False),
        ("f(x)[0].read_pickle(path)", True),
    ],
)
def test_a_danger_is_seen(source, is_danger) -> None:
    assert (DANGER.search(source) is not None) is is_danger


def test_nothing_in_the_package_runs_what_it_reads() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): DANGER.findall(path.read_text("utf-8"))
        for folder in ("eitgeo", "scripts")
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
    assert {name: one for name, one in found.items() if one} == {}


def test_pages_run_no_text() -> None:
    unsafe = re.compile(r"\beval\s*\(|new Function\s*\(|document\.write\s*\(")
    found = [
        path.name
        for path in sorted((ROOT / "eitgeo").rglob("*"))
        if path.suffix in {".js", ".html", ".j2"}
        if unsafe.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_its_digest(lock) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[A-Za-z0-9])", text)[1:]
    assert len(packages) > 100
    assert [one.split()[0] for one in packages if "--hash=sha256:" not in one] == []
