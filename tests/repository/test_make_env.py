"""The environment script: what it says when it cannot work, and when it rests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "make_env.sh"
TOOLS = ("cat", "cksum", "dirname", "rm")
# Answers the probe with its own path and its version; cannot make an environment.
BARE_PYTHON = """
case "$1" in -c) echo "$0";; -V) echo "Python 3.12.9";; *) exit 1;; esac
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX shell only")


def make_clone(root: Path) -> Path:
    """Copy what the script reads into a folder with a space and an accent."""
    clone = root / "dépôt d'essai"
    (clone / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPT, clone / "scripts")
    (clone / "requirements.lock").write_text("# empty\n")
    (clone / "pyproject.toml").write_text("[project]\n")
    return clone


def make_bin(root: Path, **commands: str) -> Path:
    """Make a folder of commands: the POSIX tools, and the given shell texts."""
    folder = root / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    for name, text in commands.items():
        command = folder / name
        command.write_text(f"#!/bin/sh\n{text}\n")
        command.chmod(0o755)
    return folder


def run(clone: Path, folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run the script with only the commands of one folder."""
    return subprocess.run(  # noqa: S603
        ["/bin/sh", str(clone / "scripts" / "make_env.sh")],
        env={"PATH": str(folder), "LC_ALL": "C.UTF-8", **extra},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_no_python_is_said_in_french_with_a_remedy(tmp_path: Path) -> None:
    done = run(make_clone(tmp_path), make_bin(tmp_path))
    assert done.returncode == 1
    assert "aucun Python 3.12 ou plus récent" in done.stderr
    assert "conda env create" in done.stderr


def test_a_shim_that_exists_but_fails_is_passed_over(tmp_path: Path) -> None:
    shim = "echo 'command not found' >&2; exit 127"
    commands = {"uv": shim, "python3.14": shim, "python3.13": shim}
    folder = make_bin(tmp_path, **commands, **{"python3.12": BARE_PYTHON})
    done = run(make_clone(tmp_path), folder)
    assert f"avec pip (Python 3.12.9, {folder}/python3.12)" in done.stderr
    assert "command not found" not in done.stderr


def test_a_failed_installation_leaves_no_environment(tmp_path: Path) -> None:
    clone = make_clone(tmp_path)
    (clone / ".venv").mkdir()
    done = run(clone, make_bin(tmp_path, python3=BARE_PYTHON))
    assert done.returncode == 1
    assert "HTTPS_PROXY" in done.stderr
    assert not (clone / ".venv").exists()


def test_an_old_python_is_refused(tmp_path: Path) -> None:
    folder = make_bin(tmp_path, python3="exit 1")
    done = run(make_clone(tmp_path), folder)
    assert done.returncode == 1
    assert "python3-venv" in done.stderr


def test_a_wrong_choice_is_named(tmp_path: Path) -> None:
    folder = make_bin(tmp_path, python3=f'exec "{sys.executable}" "$@"')
    done = run(make_clone(tmp_path), folder, EITGEO_PYTHON="python9")
    assert done.returncode == 1
    assert "python9" in done.stderr


def test_a_missing_lock_is_said(tmp_path: Path) -> None:
    clone = make_clone(tmp_path)
    (clone / "requirements.lock").unlink()
    done = run(clone, make_bin(tmp_path))
    assert done.returncode == 1
    assert "requirements.lock est absent" in done.stderr


def test_nothing_is_done_while_the_lock_is_unchanged(tmp_path: Path) -> None:
    log = tmp_path / "uv.log"
    uv = (
        f'echo "$1 $2" >>"{log}"\n'
        'if [ "$1" = venv ]; then for last; do :; done\n'
        f'mkdir -p "$last/bin"; ln -s "{sys.executable}" "$last/bin/python"; fi'
    )
    folder = make_bin(tmp_path, uv=uv, python3=f'exec "{sys.executable}" "$@"')
    for tool in ("mkdir", "ln"):
        (folder / tool).symlink_to(shutil.which(tool) or "")
    clone = make_clone(tmp_path)
    counts = []
    for text in ("# empty\n", "# empty\n", "# changed\n"):
        (clone / "requirements.lock").write_text(text)
        assert run(clone, folder).returncode == 0
        counts.append(log.read_text().count("pip install"))
    assert counts == [2, 2, 4]
