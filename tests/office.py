"""LibreOffice as a reader: what it makes of a file, saved again by its own writer."""

import shutil
import subprocess
from pathlib import Path

import pytest

SOFFICE = next(filter(None, map(shutil.which, ("soffice", "libreoffice"))), None)
LIMIT_S = 180

needs_office = [
    pytest.mark.office,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed"),
]


def saved_again(path: Path, folder: Path, *, kind: str) -> Path:
    """Open a file and save it as another kind, in a profile of its own."""
    return all_saved_again([path], folder, kind=kind)[0]


def all_saved_again(paths: list[Path], folder: Path, *, kind: str) -> list[Path]:
    """Open files and save each as another kind: LibreOffice starts once for all."""
    profile = (folder / "profile").as_uri()
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
