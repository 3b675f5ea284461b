"""What the repository carries: no machine path, no registry host, no bulk."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SIZE_MAX_BYTES = 30_000_000
# Written in pieces, or this file would be its own finding.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("conda", "anaconda", "org"),
        ("deb", "debian", "org"),
    )
]
FORBIDDEN = [
    re.compile(one)
    for one in (
        *map(re.escape, HOSTS),
        r"https?://\S*/simple(?=[/\"'\s]|$)",
        r"/(?<![\w.~-]/)(?:work|tmp|root|home|Users)/(?=\w)",
        r":(?<=\b[A-Za-z]:)\\Users\\",
    )
]
"""One after the other, each from its first letter: as one they take ten times more."""


def tracked_names() -> list[Path]:
    """Return what git tracks or would add, whether it is there or not."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone: the list of tracked files is unknown")
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)  # noqa: S603
    names = done.stdout.decode("utf-8").split("\0")
    return sorted({ROOT / name for name in names if name})


def tracked_files() -> list[Path]:
    """Return those that are files."""
    return [path for path in tracked_names() if path.is_file()]


def findings(text: str) -> list[str]:
    """Return the forbidden pieces of a text."""
    return [match[0] for one in FORBIDDEN for match in one.finditer(text)]


def read_text(path: Path) -> str:
    """Return a file's text, or nothing for a binary file."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


def test_no_registry_host_and_no_machine_path() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): pieces
        for path in tracked_files()
        if (pieces := findings(read_text(path)))
    }
    assert found == {}


def test_no_link_leads_out_of_a_clone() -> None:
    """Where one leads to is a path of the machine that made it."""
    assert [path for path in tracked_names() if path.is_symlink()] == []


def test_repository_is_small() -> None:
    sizes = {path: path.stat().st_size for path in tracked_files()}
    assert sizes
    assert sum(sizes.values()) < SIZE_MAX_BYTES


@pytest.mark.parametrize(
    "text",
    [
        "see https://" + HOSTS[0] + "/project/x",
        "--index-url https://mirror.example" + "/simple/",
        "cd " + "/" + "tmp/scratch",
        'open("/' + 'home/me/data.csv")',
        "C:" + "\\Users\\me",
    ],
)
def test_a_forbidden_piece_is_found(text: str) -> None:
    assert findings(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "#!/usr/bin/env bash",
        "https://www.insee.fr/" + "work/tables",
        "data/raw/communes.geojson",
        "a simple sentence",
        "../shared/data",
    ],
)
def test_ordinary_text_passes(text: str) -> None:
    assert findings(text) == []


@pytest.mark.parametrize("folder", ["", "studies/essai/", "private/etude/"])
def test_no_private_folder_is_tracked_at_any_depth(folder) -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    name = f"{folder}private/declarations.parquet"
    command = [git, "check-ignore", "-q", name]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0  # noqa: S603
