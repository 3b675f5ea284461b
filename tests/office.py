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
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=LIMIT_S,
    )
    return folder / f"{path.stem}.{kind}"
