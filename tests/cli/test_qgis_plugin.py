"""The provider in QGIS: installed from its zip, it gives what the library gives."""

import importlib
import json
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from typer.testing import CliRunner

import eitgeo as eg
from eitgeo.cli.app import app
from eitgeo.commands.qgis_plugin import write_plugin
from tests.cli.layer_toys import (
    JOBS,
    KEY,
    PLACES,
    ROADS,
    ROOT,
    SUM,
    UNITS,
    contour,
    places,
    units,
    write_toys,
)

PROVIDER = ROOT / "eitgeo" / "qgis_provider"
QGIS_PYTHON = "/usr/bin/python3"
ASKING = Path(__file__).with_name("asking.py")
QGIS_TASKS = Path(__file__).with_name("qgis_tasks.py")
Written = dict[str, dict[str, str]]


def test_the_zip_holds_the_provider_alone_and_has_no_date(tmp_path) -> None:
    done = CliRunner().invoke(app, ["qgis-plugin", str(tmp_path / "un.zip")])
    assert done.exit_code == 0, done.stderr
    assert "Installer depuis un ZIP" in done.stdout
    again = write_plugin(tmp_path / "deux.zip")
    assert (tmp_path / "un.zip").read_bytes() == again.read_bytes()
    with zipfile.ZipFile(again) as archive:
        names = {Path(name).name for name in archive.namelist()}
        assert {Path(name).parent.name for name in archive.namelist()} == {
            "eitgeo_qgis"
        }
        told = archive.read("eitgeo_qgis/metadata.txt").decode()
    kept = {one.name for one in PROVIDER.iterdir() if one.is_file()}
    assert names == kept | {"__init__.py"}
    assert {"LICENSE", "metadata.txt"} < names
    assert f"version={eg.__version__}\n" in told


@pytest.fixture
def process(monkeypatch):
    """The module that runs the package, without QGIS around it."""
    core = ModuleType("qgis.core")
    vars(core).update(
        QgsProcessingException=RuntimeError,
        QgsSettings=lambda: SimpleNamespace(value=lambda _key: None),
    )
    monkeypatch.setitem(sys.modules, "qgis", ModuleType("qgis"))
    monkeypatch.setitem(sys.modules, "qgis.core", core)
    monkeypatch.syspath_prepend(PROVIDER)
    monkeypatch.delitem(sys.modules, "process", raising=False)
    yield importlib.import_module("process")
    sys.modules.pop("process", None)


def test_an_absent_environment_is_told(process, monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("EITGEO_PYTHON", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="Python de l’environnement eitgeo"):
        process.command()
    monkeypatch.setenv("EITGEO_PYTHON", str(tmp_path / "absent"))
    with pytest.raises(RuntimeError, match="absent » n’existe pas"):
        process.command()


def test_the_package_is_found_on_the_path(process, monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("EITGEO_PYTHON", raising=False)
    program = tmp_path / ("eitgeo.exe" if sys.platform == "win32" else "eitgeo")
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert process.command() == [str(program)]


def stand_in(folder: Path, code: str) -> Path:
    """Write a program that runs some code in place of Python."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\n{code}\n")
    path.chmod(0o755)
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_a_python_without_the_package_is_told(process, monkeypatch, tmp_path) -> None:
    code = "raise SystemExit('/usr/bin/python3: No module named eitgeo')"
    monkeypatch.setenv("EITGEO_PYTHON", str(stand_in(tmp_path, code)))
    with pytest.raises(RuntimeError, match="eitgeo n’est pas dans"):
        process.run({}, str(tmp_path), SimpleNamespace(isCanceled=lambda: False))


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_the_process_takes_no_library_of_qgis(process, monkeypatch, tmp_path) -> None:
    code = "import json, os\nprint(json.dumps(sorted(os.environ)))"
    monkeypatch.setenv("EITGEO_PYTHON", str(stand_in(tmp_path, code)))
    for name in ("PYTHONPATH", "PYTHONHOME", "GDAL_DATA", "PROJ_LIB", "GARDEE"):
        monkeypatch.setenv(name, "x")
    said: list[str] = []
    feedback = SimpleNamespace(isCanceled=lambda: False, pushInfo=said.append)
    process.run({"task": "é"}, str(tmp_path), feedback)
    known = set(json.loads(said[0]))
    assert "GARDEE" in known
    assert known & {"PYTHONPATH", "PYTHONHOME", "GDAL_DATA", "PROJ_LIB"} == set()
    assert json.loads((tmp_path / "tache.json").read_bytes()) == {"task": "é"}


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_cancelling_kills_the_process(process, monkeypatch, tmp_path) -> None:
    code = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)"
    monkeypatch.setenv("EITGEO_PYTHON", str(stand_in(tmp_path, code)))
    has_begun = threading.Event()

    def is_cancelled() -> bool:
        pid = tmp_path / "pid"
        if pid.exists() and pid.read_text():
            has_begun.set()
        return has_begun.is_set()

    start = time.monotonic()
    with pytest.raises(RuntimeError, match="annulé"):
        process.run({}, str(tmp_path), SimpleNamespace(isCanceled=is_cancelled))
    assert time.monotonic() - start < 30
    pid = (tmp_path / "pid").read_text()
    assert not Path("/proc", pid).exists()


@pytest.fixture(scope="module")
def profile(tmp_path_factory) -> Path:
    """A fresh profile of QGIS where the zip is installed, and layers beside it."""
    if shutil.which("qgis_process") is None:
        pytest.skip("QGIS is not installed (Debian: qgis python3-qgis)")
    folder = tmp_path_factory.mktemp("qgis")
    home = folder / "profiles" / "default"
    archive = write_plugin(folder / "eitgeo.zip")
    shutil.unpack_archive(archive, home / "python" / "plugins")
    (home / "QGIS").mkdir()
    (home / "QGIS" / "QGIS3.ini").write_text("[PythonPlugins]\neitgeo_qgis=true\n")
    folder.chmod(0o700)
    # What is tested is this folder, whatever is installed.
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return write_toys(folder)


def inputs_of(profile: Path, inputs: dict[str, Any]) -> dict[str, Any]:
    """Give layers, told by the names of their files, the folder of the profile."""
    return {
        name: str(profile / value) if str(value).endswith((".gpkg", ".csv")) else value
        for name, value in inputs.items()
    }


def answered(
    profile: Path, command: list[str], asked: dict[str, Any], *, python: str = "python"
) -> Any:
    """Run a program of QGIS that reads JSON and writes JSON.

    ``python``: in the profile, what runs the package.
    """
    done = subprocess.run(  # noqa: S603
        command,
        input=json.dumps(asked),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
        env={
            "QT_QPA_PLATFORM": "offscreen",
            "QGIS_CUSTOM_CONFIG_PATH": str(profile),
            "XDG_RUNTIME_DIR": str(profile),
            "HOME": str(profile),
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "EITGEO_PYTHON": str(profile / python),
        },
    )
    assert done.returncode == 0, done.stderr or done.stdout
    return json.loads(done.stdout)


def read(path: str) -> gpd.GeoDataFrame:
    return gpd.read_file(path, engine="pyogrio")


OF_UNITS: dict[str, Any] = {"UNITS": "units.gpkg", "UNITS_KEY": KEY, "SUMS": [SUM]}


TASKS: dict[str, dict[str, Any]] = {
    "matrix": {
        "ORIGINS": "places.gpkg",
        "ORIGINS_KEY": KEY,
        "ROADS": str(ROADS),
        "TABLE": "trajets.csv",
    },
    "isochrones": {
        "PLACES": "places.gpkg",
        "ROADS": str(ROADS),
        "MINUTES": [5, 10],
        "LAYER": "bandes.gpkg",
    },
    "zones": {
        "SITES": "places.gpkg",
        "SITES_KEY": KEY,
        "JOBS": JOBS,
        "DISTANCE": 1,
        "ROADS": str(ROADS),
        "RADIUS": 3_000,
        "MIN_SITES": 2,
        "ISOLATED_JOBS": 5,
        "LAYER": "zones.gpkg",
        "MEMBERS": "membres.gpkg",
    },
    "unions": dict(**OF_UNITS, ROOT=UNITS[1], TABLE="unions.csv"),
    "certify": dict(
        **OF_UNITS,
        GROUP="corps",
        CONTOUR="second.gpkg",
        LAYER="certifie.gpkg",
    ),
}


@pytest.fixture(scope="module")
def warm(profile: Path) -> Iterator[str]:
    """Name a stand-in for Python: it asks commands of one that has imported all."""
    door = profile / "porte"
    command = [sys.executable, "-m", "tests.cli.warm", str(door)]
    with subprocess.Popen(command, cwd=ROOT) as server:  # noqa: S603
        while not door.exists():
            assert server.poll() is None, "what commands import cannot be imported"
            time.sleep(0.1)
        text = f'#!/bin/sh\nexec "{sys.executable}" -IS "{ASKING}" "{door}" "$@"\n'
        (profile / "warm").write_text(text)
        (profile / "warm").chmod(0o755)
        yield "warm"
        server.terminate()


@pytest.fixture(scope="module")
def written(profile: Path, warm: str) -> Written:
    """Run the algorithms, all in one QGIS: what each wrote."""
    if not Path(QGIS_PYTHON).exists():
        pytest.skip("PyQGIS is not installed (Debian: python3-qgis)")
    plugins = str(profile / "profiles" / "default" / "python" / "plugins")
    asked = {task: inputs_of(profile, inputs) for task, inputs in TASKS.items()}
    command = [QGIS_PYTHON, str(QGIS_TASKS), plugins]
    found: Written = answered(profile, command, asked, python=warm)
    return found


@pytest.mark.qgis
def test_matrix(written: Written, profile: Path) -> None:
    paths = written["matrix"]
    assert paths == {"TABLE": str(profile / "trajets.csv")}
    found = pd.read_csv(paths["TABLE"], dtype={"origine": str, "destination": str})
    expected = eg.od_matrix(eg.read_roads(ROADS), places().set_index(KEY))
    assert [*zip(found["origine"], found["destination"], strict=True)] == [
        *expected.index
    ]
    minutes = (expected["time_s"] / 60).round(3).tolist()
    assert found["minutes"].to_numpy() == pytest.approx(minutes, nan_ok=True)
    assert set(found["origine"]) == {*PLACES}


@pytest.mark.qgis
def test_isochrones(written: Written) -> None:
    paths = written["isochrones"]
    found = read(paths["LAYER"])
    expected = eg.isochrones(eg.read_roads(ROADS), places(), minutes=[5, 10])
    assert found["minutes"].tolist() == [5, 10]
    assert found.symmetric_difference(expected).area.max() < 1e-3


@pytest.mark.qgis
def test_zones(written: Written) -> None:
    paths = written["zones"]
    expected = eg.cluster_sites(
        places(),
        radius=3_000,
        jobs=JOBS,
        min_sites=2,
        isolated_jobs=5,
        roads=eg.read_roads(ROADS),
    )
    members = read(paths["MEMBERS"])
    assert members["nom"].tolist() == PLACES
    assert members["zone"].tolist() == expected.tolist()
    outlines = eg.zone_outlines(places(), expected)
    zones = read(paths["LAYER"])
    assert zones["zone"].tolist() == outlines.index.tolist()
    outlines = outlines.reset_index(drop=True)
    assert zones.symmetric_difference(outlines).area.max() < 1e-3


@pytest.mark.qgis
def test_unions(written: Written) -> None:
    paths = written["unions"]
    found = pd.read_csv(paths["TABLE"])
    expected = eg.unions_of(units().set_index(KEY), root=UNITS[1], sums=[SUM])
    members = [tuple(json.loads(one)) for one in found["membres"]]
    assert members == expected["members"].tolist()
    assert found[SUM].tolist() == expected[SUM].tolist()


@pytest.mark.qgis
def test_certify(written: Written) -> None:
    paths = written["certify"]
    (row,) = read(paths["LAYER"]).to_dict("records")
    told = eg.certify(UNITS[1:], units().set_index(KEY), group="corps", sums=[SUM])
    assert json.loads(row["membres"]) == UNITS[1:]
    assert (row["n_unites"], row["n_morceaux"]) == (told["n_units"], told["n_pieces"])
    assert row["surface_km2"] == told["area_km2"]
    assert row["compacite"] == told["compactness"]
    assert json.loads(row["groupes_coupes"]) == [*told["groups_cut"]] == ["A"]
    assert row[SUM] == told[SUM]
    drawn = contour(1, 4).geometry[0]
    assert row["ecart_km2"] == pytest.approx(drawn.area / 1e6 - told["area_km2"])


@pytest.mark.qgis
def test_difference(profile: Path) -> None:
    """By the program of QGIS itself, with the provider that its profile holds."""
    inputs = dict(
        **OF_UNITS,
        FIRST="first.gpkg",
        SECOND="second.gpkg",
        TABLE="TEMPORARY_OUTPUT",
        LAYER="ecart.gpkg",
    )
    program = str(shutil.which("qgis_process"))
    asked = {"inputs": inputs_of(profile, inputs)}
    command = [program, "--json", "run", "eitgeo:difference", "-"]
    paths = answered(profile, command, asked)["results"]
    assert Path(paths["TABLE"]).suffix == ".csv"  # gone with the process
    expected = eg.compare(UNITS[:2], UNITS[1:], units().set_index(KEY))["second"]
    moved = read(paths["LAYER"]).set_index("nom")["sens"].to_dict()
    ways = {"entre": expected["joins"], "sort": expected["leaves"]}
    assert moved == {name: way for way, names in ways.items() for name in names}
    assert len(moved) == 3
