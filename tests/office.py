"""LibreOffice as a reader: what it makes of a file, saved again by its own writer."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

SOFFICE = next(filter(None, map(shutil.which, ("soffice", "libreoffice"))), None)
LIMIT_S = 180

needs_office = [
    pytest.mark.office,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed"),
]


@cache
def _profile() -> TemporaryDirectory[str]:
    """Make the profile of this process: LibreOffice takes a second to fill it."""
    return TemporaryDirectory(prefix="eitgeo_office_")


def saved_again(path: Path, folder: Path, *, kind: str) -> Path:
    """Open a file and save it as another kind."""
    return all_saved_again([path], folder, kind=kind)[0]


def all_saved_again(paths: list[Path], folder: Path, *, kind: str) -> list[Path]:
    """Open files and save each as another kind: LibreOffice starts once for all."""
    profile = Path(_profile().name).as_uri()
    subprocess.run(  # noqa: S603
        [
            str(SOFFICE),
            "--headless",
            "--norestore",
            f"-env:UserInstallation={profile}",
            "--convert-to",
            kind,
            "--outdir",
            str(folder),
            *map(str, paths),
        ],
        check=True,
        capture_output=True,
        timeout=LIMIT_S,
    )
    return [folder / f"{path.stem}.{kind}" for path in paths]
