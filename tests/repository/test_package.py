"""The wheel: the same bytes from any folder, complete, and it runs where it is put."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.repository.test_tracked_files import tracked_files

pytest.importorskip("hatchling", reason="hatchling absent: nothing builds the package")

ROOT = Path(__file__).resolve().parents[2]
FEW = "200066223"  # an EPCI of the delivered study
WEIGHT_MAX_BYTES = 1_250_000_000


def copy_sources(place: Path) -> Path:
    """Copy what git tracks, as a clone would have it."""
    for path in tracked_files():
        target = place / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return place


def call(*command: str | Path, cwd: Path, **more: str) -> str:
    """Run a command that must succeed, without the settings of the tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(  # noqa: S603
        list(map(str, command)),
        cwd=cwd,
        env=kept | more,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


def build(sources: Path, *targets: str, **more: str) -> dict[str, Path]:
    """Build the package from a folder, and return the files by suffix."""
    out = sources.parent / f"out-{sources.name}"
    asked = [word for target in targets for word in ("-t", target)]
    command = [sys.executable, "-m", "hatchling", "build", *asked, "-d", str(out)]
    call(*command, cwd=sources, **more)
    return {path.suffix: path for path in out.iterdir()}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> dict[str, Path]:
    """Wheel (.whl) and sources (.gz), from a copy of the repository."""
    return build(copy_sources(tmp_path_factory.mktemp("one") / "eitgeo"))


def disturb(sources: Path) -> None:
    """Change all that is not content: dates, rights, what Python and editors leave."""
    for path in sources.rglob("*"):
        os.utime(path, (981_173_106, 981_173_106))
        path.chmod(0o700 if path.is_dir() else 0o600)
    cache = sources / "eitgeo" / "__pycache__"
    cache.mkdir()
    (cache / "check.cpython-313.pyc").write_bytes(b"old")


def test_two_folders_give_the_same_bytes(built, tmp_path: Path) -> None:
    sources = copy_sources(tmp_path / "un autre dossier, à côté")
    disturb(sources)
    strange = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    again = build(sources, **strange)
    assert {x: sha256(path) for x, path in again.items()} == {
        x: sha256(path) for x, path in built.items()
    }
    assert set(built) == {".whl", ".gz"}


def test_the_archive_of_sources_gives_the_same_wheel(built, tmp_path: Path) -> None:
    shutil.unpack_archive(built[".gz"], tmp_path, filter="data")
    (sources,) = tmp_path.iterdir()
    assert sha256(build(sources, "wheel")[".whl"]) == sha256(built[".whl"])


def test_the_wheel_carries_every_file_of_the_package(built) -> None:
    with zipfile.ZipFile(built[".whl"]) as wheel:
        carried = {x for x in wheel.namelist() if x.startswith("eitgeo/")}
        licences = {Path(x).name for x in wheel.namelist() if "/licenses/" in x}
    package = ROOT / "eitgeo"
    tracked = {
        path.relative_to(ROOT).as_posix()
        for path in tracked_files()
        if path.is_relative_to(package)
    }
    assert carried == tracked
    assert {Path(x).suffix for x in carried} >= {
        ".css",
        ".csv",
        ".html",
        ".j2",
        ".js",
        ".qgs",
        ".typ",
    }
    assert "LICENSE" in licences


def install(place: Path, wheel: Path) -> Path:
    """Make a clean environment of the lock and the wheel; return its commands."""
    lock = ["--require-hashes", "-r", str(ROOT / "requirements.lock")]
    bin_folder = place / ("Scripts" if os.name == "nt" else "bin")
    python = str(bin_folder / "python")
    if shutil.which("uv"):
        call("uv", "venv", "--no-project", "--python", sys.executable, place, cwd=ROOT)
        pip = ["uv", "pip", "install", "--python", python]
    else:
        call(sys.executable, "-m", "venv", place, cwd=ROOT)
        pip = [python, "-m", "pip", "install", "--no-compile"]
    call(*pip, *lock, cwd=place)
    call(*pip, "--no-deps", wheel, cwd=place)
    return bin_folder


@pytest.mark.registry
def test_the_wheel_runs_in_a_clean_environment(built, tmp_path: Path) -> None:
    commands = install(tmp_path / "propre", built[".whl"])
    folder = tmp_path / "étude"
    folder.mkdir()
    shutil.copy(ROOT / "study.yaml", folder)
    shutil.copytree(ROOT / "data", folder / "data")
    where = "import eitgeo; print(eitgeo.__file__)"
    place = call(commands / "python", "-c", where, cwd=folder)
    assert Path(place.strip()).is_relative_to(tmp_path / "propre")
    assert "--help" in call(commands / "eitgeo", "--help", cwd=folder)
    told = call(commands / "eitgeo", "new", "essai", "--epci", FEW, cwd=folder)
    assert "À faire" in told
    study = folder / "essai" / "study.yaml"
    plan = call(commands / "eitgeo", "run", study, "--dry-run", cwd=tmp_path)
    assert "Manifeste du calcul" in plan
    weight = sum(path.lstat().st_size for path in (tmp_path / "propre").rglob("*"))
    assert weight < WEIGHT_MAX_BYTES, f"{weight:,}: a library weighs too much"
