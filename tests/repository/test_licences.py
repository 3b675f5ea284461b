"""Under which terms: the files of the repository, and the libraries of a study."""

import csv
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.repository.test_tracked_files import findings, tracked_files
from tests.scripts.load import load_script

ROOT = Path(__file__).resolve().parents[2]
REGISTER = {
    "CC BY 4.0": "CC-BY-4.0",
    "Domaine public": "LicenseRef-domaine-public-NOAA",
    "Licence Ouverte 2.0": "etalab-2.0",
    "MIT": "MIT",
    "ODbL 1.0": "ODbL-1.0",
}
OTHERS = re.compile(
    r"\b(?:INSEE|IGN|SDES|Etalab|OpenStreetMap|Licence Ouverte|Open Government)\b"
)
COPYLEFT = re.compile(r"(?<!L)GPL|Affero|GNU General|EUPL|SSPL")
sbom = load_script("build_sbom")


@cache
def rules() -> list[tuple[list[re.Pattern[str]], str]]:
    """Return the rules of REUSE.toml: which paths, which licence."""
    text = (ROOT / "REUSE.toml").read_text(encoding="utf-8")
    found = []
    for rule in tomllib.loads(text)["annotations"]:
        paths = rule["path"] if isinstance(rule["path"], list) else [rule["path"]]
        found.append((list(map(pattern, paths)), rule["SPDX-License-Identifier"]))
    return found


def pattern(path: str) -> re.Pattern[str]:
    """Read a path of REUSE.toml: ``*`` stays in a folder, ``**`` does not."""
    stars = {"**": ".*", "*": "[^/]*"}
    parts = re.split(r"(\*\*|\*)", path)
    return re.compile("".join(stars.get(part) or re.escape(part) for part in parts))


def licence(name: str) -> str:
    """Return the licence of a file: the last rule that names it."""
    said = [told for paths, told in rules() if any(x.fullmatch(name) for x in paths)]
    return said[-1] if said else ""


def bill() -> dict[str, Any]:
    """Read the bill of materials."""
    found: dict[str, Any] = json.loads(sbom.SBOM.read_text(encoding="utf-8"))
    return found


def components() -> dict[str, dict[str, Any]]:
    """Return the libraries of the bill of materials by name."""
    return {sbom.canonical(one["name"]): one for one in bill()["components"]}


def test_a_rule_names_files_that_exist() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in tracked_files()]
    idle = [
        path.pattern
        for paths, _ in rules()
        for path in paths
        if not any(map(path.fullmatch, names))
    ]
    assert idle == []
    assert [name for name in names if not licence(name)] == []


def test_delivered_data_have_the_licence_of_the_register() -> None:
    with (ROOT / "data" / "sources.csv").open(encoding="utf-8", newline="") as handle:
        told = {row["name"]: row["licence"] for row in csv.DictReader(handle)}
    files = sorted(path.name for path in (ROOT / "data" / "raw").glob("*.*"))
    assert len(files) > 10
    for name in files:
        expected = REGISTER[told[f"data/raw/{name}"]]
        assert licence(f"data/raw/{name}") == expected, name


def test_what_makes_the_delivered_data_has_their_licence() -> None:
    for path in (ROOT / "scripts" / "default_data").glob("*.csv"):
        raw = ROOT / "data" / "raw" / path.name
        if raw.exists():
            name = path.relative_to(ROOT).as_posix()
            assert licence(name) == licence(f"data/raw/{path.name}"), name


def test_a_reference_table_that_names_a_producer_is_not_ours_alone() -> None:
    tables = sorted((ROOT / "eitgeo" / "reference").glob("*.csv"))
    named = [x for x in tables if OTHERS.search(x.read_text(encoding="utf-8"))]
    assert len(named) >= 4
    ours = [x.name for x in named if licence(f"eitgeo/reference/{x.name}") == "MIT"]
    assert ours == []


def test_each_licence_has_its_text_and_the_package_says_those_it_carries() -> None:
    texts = {path.stem for path in (ROOT / "LICENSES").iterdir()}
    said = {one for _, told in rules() for one in told.split(" AND ")}
    assert said == texts
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = [path.relative_to(ROOT).as_posix() for path in tracked_files()]
    carried = {
        one
        for name in names
        if name.startswith("eitgeo/")
        for one in licence(name).split(" AND ")
    }
    assert set(project["project"]["license"].split(" AND ")) == carried
    files = {Path(x).stem for x in project["project"]["license-files"]}
    assert files == {x if x != "MIT" else "LICENSE" for x in carried}
    assert (ROOT / "LICENSE").read_bytes() == (ROOT / "LICENSES/MIT.txt").read_bytes()


def test_reuse_finds_nothing_to_say() -> None:
    pytest.importorskip("reuse", reason="reuse absent (dependency group « release »)")
    command = [sys.executable, "-m", "reuse", "--root", str(ROOT), "lint", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, f"{done.stdout}{done.stderr}: make licences"


def test_the_bill_of_materials_is_that_of_the_lock_of_a_study() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    everywhere = re.findall(r"^([\w.-]+)==([^\s;]+) \\$", lock, re.MULTILINE)
    somewhere = re.findall(r"^([\w.-]+)==([^\s;]+) ;", lock, re.MULTILINE)
    found = {(name, one["version"]) for name, one in components().items()}
    assert found >= set(everywhere), "run `make sbom`"
    assert found <= {*everywhere, *somewhere}, "run `make sbom`"


def test_the_bill_of_materials_has_the_digests_and_platforms_of_the_lock() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins, here = sbom.pins(lock), components()
    for name, one in here.items():
        told = [digest["content"] for digest in one["hashes"]]
        assert told == pins[name].digests != [], name
    assert sum(len(pin.digests) for pin in pins.values()) == lock.count("--hash=")
    beside = {one["value"] for one in bill()["metadata"]["properties"]}
    lines = re.findall(r"^(([\w.-]+)==\S+ ; .+) \\$", lock, re.MULTILINE)
    assert beside == {line for line, name in lines if name not in here}


def test_the_bill_of_materials_holds_no_address_and_no_date() -> None:
    text = sbom.SBOM.read_text(encoding="utf-8")
    assert "externalReferences" not in text
    assert findings(text) == []
    assert bill().get("serialNumber") is None
    assert "timestamp" not in bill()["metadata"]


def test_the_bill_of_materials_is_cyclonedx() -> None:
    validation = pytest.importorskip("cyclonedx.validation.json")
    pytest.importorskip("jsonschema")
    schema = pytest.importorskip("cyclonedx.schema")
    validator = validation.JsonStrictValidator(schema.SchemaVersion.V1_6)
    text = sbom.SBOM.read_text(encoding="utf-8")
    assert validator.validate_str(text) is None
    assert validator.validate_str('{"bomFormat": "CycloneDX"}') is not None


def test_every_library_of_a_study_has_a_licence_that_is_not_gpl() -> None:
    for name, one in components().items():
        told = json.dumps(one["licenses"])
        assert sbom.licence_of(one), name
        assert COPYLEFT.search(told) is None, f"{name}: {told}"


@pytest.mark.parametrize(
    ("told", "is_refused"),
    [
        ("GPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("AGPL-3.0-only", True),
        ("LGPL-2.1-or-later", False),
        ("GNU Lesser General Public License v2 or later (LGPLv2+)", False),
        ("MPL-2.0 AND MIT", False),
    ],
)
def test_a_licence_that_binds_the_whole_is_seen(told, is_refused) -> None:
    assert (COPYLEFT.search(told) is not None) == is_refused


def test_licences_that_were_looked_up_are_said_so() -> None:
    concluded = {
        name
        for name, one in components().items()
        if "concluded" in json.dumps(one["licenses"])
    }
    assert concluded == set(sbom.FOUND)


def test_installed_libraries_say_what_the_bill_of_materials_says() -> None:
    compared = 0
    for name, one in components().items():
        try:
            told = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        expression = told.get("License-Expression")
        if told["Version"] == one["version"] and expression and name not in sbom.FOUND:
            compared += 1
            assert sbom.licence_of(one) == expression, name
    assert compared > 40


def test_the_page_of_licences_is_that_of_the_bill_of_materials() -> None:
    assert sbom.PAGE.read_text(encoding="utf-8") == sbom.page(bill())
