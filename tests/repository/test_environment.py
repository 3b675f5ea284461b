"""The three lists of dependencies say the same thing.

`pyproject.toml` is the source; `environment.yml` serves conda, and
`requirements.lock` pins what `make study` installs, `requirements-dev.lock` what
`make test` and the rest of the tools need beside.
"""

import re
import sys
import tomllib
from collections import Counter
from functools import cache, reduce
from operator import or_
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from eitgeo.extras import LIBRARIES, OF_A_STUDY

ROOT = Path(__file__).resolve().parents[2]
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "matplotlib": "matplotlib-base",
    "osmium": "pyosmium",
}
ONLY_PIP = {"pymcdm", "rocrate", "routingkit-cch", "typst", "xstatic-leaflet"}
CONDA_ONLY = {"python", "pip"}
IMPORT = re.compile(r"^ *(?:import (\w+)|from (\w+)[\w.]* import )", re.MULTILINE)
IMPORTED_AS = {
    "PIL": "pillow",
    "docx": "python-docx",
    "fontTools": "fonttools",
    "sklearn": "scikit-learn",
    "xstatic": "xstatic-leaflet",
    "yaml": "pyyaml",
}
OF_EXTRAS = {
    "eitgeo/commands/children.py": "batch",
    "eitgeo/dossier/typst.py": "dossier",
    "eitgeo/perimeters/ensemble/ensemble.py": "methods",
    "eitgeo/perimeters/methods/regions.py": "methods",
    "eitgeo/scenarios/decision/ranking.py": "methods",
    "eitgeo/sources/activity/urssaf.py": "sirene",
    "eitgeo/sources/files/archives.py": "archives",
    "eitgeo/sources/sites/sirene_rows.py": "sirene",
    "eitgeo/sources/sites/sirene_scan.py": "sirene",
    "eitgeo/steps/records/crate.py": "manifest",
}
"""Modules that say what is absent, and which extra brings it."""

IMPORTED_BY_NAME = {"xstatic-leaflet"}  # its files, through importlib.resources
RUN_NOT_IMPORTED = {"ipykernel", "jupyterlab"}
STUDY, DEV = "requirements.lock", "requirements-dev.lock"
Declared = dict[str, Requirement]
FROM_EXTRA = re.compile(r"""from_extra\("([\w.]+)", extra=(?!"aucun")""")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)(?: ; (.+?))? \\$")


@cache
def declared(*, groups: tuple[str, ...] = (), extras: bool = True) -> Declared:
    """Return the requirements of pyproject.toml by canonical name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = list(project["project"]["dependencies"])
    if extras:
        for extra in project["project"]["optional-dependencies"].values():
            lines += extra
    for group in groups:
        lines += project["dependency-groups"][group]
    found: dict[str, Requirement] = {}
    for line in lines:
        requirement = Requirement(line)
        if requirement.name != "eitgeo":  # an extra made of others
            found[canonicalize_name(requirement.name)] = requirement
    return found


def optional() -> dict[str, list[str]]:
    """Return the extras of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = project["project"]["optional-dependencies"]
    return found


def of_extra(extra: str) -> Declared:
    """Return the requirements of an extra by canonical name."""
    lines = map(Requirement, optional()[extra])
    return {canonicalize_name(one.name): one for one in lines}


@cache
def groups() -> tuple[str, ...]:
    """Return the names of the groups of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return tuple(project["dependency-groups"])


def split(line: str) -> tuple[str, str]:
    """Return name and bound of one line such as ``numpy>=2.5``."""
    requirement = Requirement(line)
    return canonicalize_name(requirement.name), str(requirement.specifier)


def conda_lists() -> tuple[list[str], list[str]]:
    """Return the conda lines and the pip lines of environment.yml."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    conda, pip = [], []
    for entry in yaml.safe_load(text)["dependencies"]:
        if isinstance(entry, dict):
            pip += entry["pip"]
        else:
            conda.append(entry)
    return conda, pip


def locked_blocks(lock: str) -> list[str]:
    """Return one text block for each pin of a lock."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return re.split(r"\n(?=\S)", "\n".join(lines).strip())


@cache
def locked_versions(lock: str) -> dict[str, list[Version]]:
    """Return every pinned version by canonical name."""
    found: dict[str, list[Version]] = {}
    for block in locked_blocks(lock):
        match = PIN.match(block.splitlines()[0])
        assert match is not None, block.splitlines()[0]
        name = canonicalize_name(match[1])
        found.setdefault(name, []).append(Version(match[2]))
    return found


def hashes(lock: str) -> dict[str, set[str]]:
    """Return the digests of each pin, by name and version."""
    return {
        block.split(maxsplit=1)[0]: set(re.findall(r"--hash=sha256:(\w+)", block))
        for block in locked_blocks(lock)
    }


def test_environment_yml_carries_every_dependency_with_its_bound() -> None:
    conda, pip = conda_lists()
    expected_conda, expected_pip = {}, {}
    for name, requirement in declared(groups=("build",)).items():
        if name in ONLY_PIP:
            expected_pip[name] = str(requirement.specifier)
        else:
            expected_conda[CONDA_NAMES.get(name, name)] = str(requirement.specifier)
    found_conda = dict(map(split, conda))
    assert found_conda.pop("python") == ">=3.12"
    assert found_conda.pop("pip") == ""
    assert found_conda == expected_conda
    assert dict(split(x) for x in pip if not x.startswith("--")) == expected_pip


def test_environment_yml_lists_nothing_twice_and_installs_the_package() -> None:
    conda, pip = conda_lists()
    names = [split(x)[0] for x in [*conda, *pip] if not x.startswith("--")]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [x for x in pip if x.startswith("--")] == ["--editable ."]


def test_python_bound_is_the_same_in_both_files() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    conda, _ = conda_lists()
    assert f"python{project['project']['requires-python']}" in conda


@pytest.mark.parametrize("name", sorted(declared(groups=groups())))
def test_lock_of_developers_satisfies_pyproject(name: str) -> None:
    check_pins(DEV, name, declared(groups=groups())[name])


@cache
def of_a_study() -> Declared:
    """Return the requirements of the extra ``study``, library and build included."""
    parts = map(of_extra, OF_A_STUDY)
    return reduce(or_, parts, declared(groups=("build",), extras=False))


@pytest.mark.parametrize("name", sorted(of_a_study()))
def test_lock_of_a_study_satisfies_pyproject(name: str) -> None:
    check_pins(STUDY, name, of_a_study()[name])


def check_pins(lock: str, name: str, requirement: Requirement) -> None:
    """Check that a lock pins what is declared."""
    versions = locked_versions(lock).get(name, [])
    assert versions, f"{name} is not in {lock}: run `make lock`"
    assert all(requirement.specifier.contains(v) for v in versions)


def test_a_study_runs_with_the_versions_that_were_tested() -> None:
    study, dev = hashes(STUDY), hashes(DEV)
    assert {pin for pin in study if study[pin] != dev.get(pin)} == set()
    assert set(dev) > set(study)


@pytest.mark.parametrize(
    "name", ["jupyterlab", "mkdocs", "osrm-bindings", "playwright", "pytest"]
)
def test_a_study_installs_no_tool_of_developers(name: str) -> None:
    assert name in locked_versions(DEV)
    assert name not in locked_versions(STUDY)


def imports_of(text: str) -> set[str]:
    """Return the libraries that a module imports, wherever it does, as indexes say."""
    names = {straight or package for straight, package in IMPORT.findall(text)}
    names -= sys.stdlib_module_names | {"eitgeo"}
    return {canonicalize_name(IMPORTED_AS.get(name, name)) for name in names}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import numpy as np", {"numpy"}),
        ("    from PIL import Image", {"pillow"}),
        ("from xstatic.pkg import leaflet", {"xstatic-leaflet"}),
        ("from __future__ import annotations\nimport os.path", set()),
        ("from the map, import nothing", set()),
    ],
)
def test_an_import_is_seen(text, found) -> None:
    assert imports_of(text) == found


@cache
def imports() -> dict[str, set[str]]:
    """Return what each module of the package imports or takes from an extra."""
    found = {}
    for path in sorted((ROOT / "eitgeo").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        extras = {
            canonicalize_name(name.partition(".")[0])
            for name in FROM_EXTRA.findall(text)
        }
        found[path.relative_to(ROOT).as_posix()] = imports_of(text) | extras
    return found


PROVIDER, IN_QGIS = "eitgeo/qgis_provider/", {"qgis", "processing"}
"""A folder that runs in QGIS, and has its libraries alone."""


def test_what_is_imported_is_declared() -> None:
    core = set(declared(extras=False))
    found = {}
    for name, libraries in imports().items():
        extra = OF_EXTRAS.get(name)
        allowed = core | (set(of_extra(extra)) if extra else set())
        if name.startswith(PROVIDER):
            allowed = IN_QGIS
        if absent := libraries - allowed:
            found[name] = absent
    assert found == {}


def test_what_is_declared_is_imported() -> None:
    used = set().union(*imports().values()) | IMPORTED_BY_NAME | RUN_NOT_IMPORTED
    assert set(declared()) - used == set()


def test_the_extra_of_a_study_is_made_of_those_that_the_code_knows() -> None:
    """It is checked at once, and its versions count; no cluster is needed."""
    (line,) = optional()["study"]
    assert Requirement(line).extras == {*OF_A_STUDY}
    names = {IMPORTED_AS.get(one, one) for one in LIBRARIES}
    assert {*map(canonicalize_name, names)} == set().union(*map(of_extra, OF_A_STUDY))
    assert not {*of_extra("batch")} & {*locked_versions(STUDY)}


def test_the_library_is_installed_without_what_studies_alone_need() -> None:
    heavy = {"duckdb", "libpysal", "spopt", "typst"}
    assert not heavy & {*declared(extras=False)}
    assert heavy <= {*of_a_study()}
