"""No code runs from data: no pickle, no eval, no shell, no unsafe YAML or XML."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}
XML = {"xml.sax", "xml.dom.pulldom", "lxml"}
CALLS = {"eval", "exec", "compile", "__import__"}
METHODS = {"os.system", "os.popen", "pd.read_pickle", "yaml.unsafe_load"}
NAMED = re.compile(
    r"pickle|dill|shelve|marshal|joblib|sax|pulldom|lxml|system|popen|unsafe_load"
    r"|shell|yaml\s*\.\s*load|(?<![\w.])(?:eval|exec|compile|__import__)\b"
)
"""What a source with any of them writes: others are not parsed."""
YAML_LOADERS = {"SafeLoader", "_StrictLoader"}


def dangers(source: str) -> list[str]:
    """Return what a source does that data could turn against its reader."""
    found: list[str] = []
    if NAMED.search(source) is None:
        return found
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names if _is_banned(one.name)]
        elif isinstance(node, ast.ImportFrom) and _is_banned(node.module or ""):
            found.append(node.module or "")
        elif isinstance(node, ast.Call):
            found += _of_call(node)
    return found


def _is_banned(module: str) -> bool:
    return module.partition(".")[0] in MODULES or module in XML


def _of_call(node: ast.Call) -> list[str]:
    name = _called(node.func)
    shell = any(
        one.arg == "shell"
        and not (isinstance(one.value, ast.Constant) and not one.value.value)
        for one in node.keywords
    )
    is_loose_yaml = name == "yaml.load" and not (
        YAML_LOADERS & {ast.unparse(one) for one in node.args[1:]}
    )
    pickled = any(
        one.arg == "allow_pickle" and ast.unparse(one.value) != "False"
        for one in node.keywords
    )
    banned = pickled or name in CALLS or name in METHODS or name.endswith("read_pickle")
    return [name] if banned or shell or is_loose_yaml else []


def _called(node: ast.expr) -> str:
    """Write what is called as its source does: the last name alone after a call."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_called(node.value)}.{node.attr}"
    return "…"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle", ["pickle"]),
        ("from joblib import load", ["joblib"]),
        ("eval('1')", ["eval"]),
        ("subprocess.run('ls', shell=True)", ["subprocess.run"]),
        ("subprocess.run(['ls'], shell=False)", []),
        ("yaml.load(text, yaml.Loader)", ["yaml.load"]),
        ("yaml.load(text, _StrictLoader)", []),
        ("re.compile('a')", []),
        ("np.load(path)", []),
        ("np.load(path, allow_pickle=True)", ["np.load"]),
        ("frame.eval", []),
        ("f(x)[0].read_pickle(path)", ["….read_pickle"]),
    ],
)
def test_a_danger_is_seen(source, found) -> None:
    assert dangers(source) == found


def test_nothing_in_the_package_runs_what_it_reads() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): dangers(path.read_text(encoding="utf-8"))
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
