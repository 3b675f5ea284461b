"""The three lists of dependencies say the same thing.

`pyproject.toml` is the source; `environment.yml` serves conda, and
`requirements.lock` pins what `make` installs.
"""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "matplotlib": "matplotlib-base",
    "osmium": "pyosmium",
}
ONLY_PIP = {"pymcdm", "rocrate", "routingkit-cch", "typst", "xstatic-leaflet"}
CONDA_ONLY = {"python", "pip"}
BUILD = {"editables", "hatchling"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)(?: ; (.+?))? \\$")


def declared(*, with_groups: bool) -> dict[str, Requirement]:
    """Return the requirements of pyproject.toml by canonical name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = list(project["project"]["dependencies"])
    for extra in project["project"]["optional-dependencies"].values():
        lines += extra
    group = project["dependency-groups"]["dev"]
    lines += group if with_groups else [x for x in group if split(x)[0] in BUILD]
    found: dict[str, Requirement] = {}
    for line in lines:
        requirement = Requirement(line)
        found[canonicalize_name(requirement.name)] = requirement
    return found


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


def locked_blocks() -> list[str]:
    """Return one text block for each pin of requirements.lock."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return re.split(r"\n(?=\S)", "\n".join(lines).strip())


def locked_versions() -> dict[str, list[Version]]:
    """Return every pinned version by canonical name."""
    found: dict[str, list[Version]] = {}
    for block in locked_blocks():
        match = PIN.match(block.splitlines()[0])
        assert match is not None, block.splitlines()[0]
        name = canonicalize_name(match[1])
        found.setdefault(name, []).append(Version(match[2]))
    return found


def test_environment_yml_carries_every_dependency_with_its_bound() -> None:
    conda, pip = conda_lists()
    expected_conda, expected_pip = {}, {}
    for name, requirement in declared(with_groups=False).items():
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


@pytest.mark.parametrize("name", sorted(declared(with_groups=True)))
def test_lock_satisfies_pyproject(name: str) -> None:
    requirement = declared(with_groups=True)[name]
    versions = locked_versions().get(name, [])
    assert versions, f"{name} is not in requirements.lock: run `make lock`"
    assert all(requirement.specifier.contains(v) for v in versions)


def test_no_dependency_has_an_upper_bound() -> None:
    for name, requirement in declared(with_groups=True).items():
        operators = {part.operator for part in requirement.specifier}
        assert operators == {">="}, name


def test_every_pin_of_the_lock_has_hashes() -> None:
    blocks = locked_blocks()
    assert len(blocks) > len(declared(with_groups=True))
    bare = [b.splitlines()[0] for b in blocks if "--hash=sha256:" not in b]
    assert bare == []


def test_lock_names_no_address_and_no_option() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    options = {w.split("=")[0] for w in text.split() if w.startswith("-")}
    assert "://" not in text
    assert " @ " not in text
    assert options == {"--hash"}
