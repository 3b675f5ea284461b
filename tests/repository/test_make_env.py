"""The environment script: what it says when it cannot work, and when it rests."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "make_env.sh"
TOOLS = ("cat", "cksum", "dirname", "grep", "rm")
LOCKS = ("requirements.lock", "requirements-dev.lock")
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
    for lock in LOCKS:
        (clone / lock).write_text("# empty\n")
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


def run(
    clone: Path, folder: Path, what: str = "study", **extra: str
) -> subprocess.CompletedProcess[str]:
    """Run the script with only the commands of one folder."""
    return subprocess.run(  # noqa: S603
        ["/bin/sh", str(clone / "scripts" / "make_env.sh"), what],
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


@pytest.mark.parametrize(
    ("python", "asked", "what", "told"),
    [
        ("exit 1", "", "study", "python3-venv"),
        (f'exec "{sys.executable}" "$@"', "python9", "study", "python9"),
        (
            f'exec "{sys.executable}" "$@"',
            "",
            "tests",
            "« tests » n’est pas un environnement",
        ),
    ],
)
def test_what_cannot_be_is_named(
    tmp_path: Path, python: str, asked: str, what: str, told: str
) -> None:
    extra = {"EITGEO_PYTHON": asked} if asked else {}
    done = run(make_clone(tmp_path), make_bin(tmp_path, python3=python), what, **extra)
    assert done.returncode == 1
    assert told in done.stderr


@pytest.mark.parametrize("lock", LOCKS)
def test_a_missing_lock_is_said(tmp_path: Path, lock: str) -> None:
    clone = make_clone(tmp_path)
    (clone / lock).unlink()
    done = run(clone, make_bin(tmp_path))
    assert done.returncode == 1
    assert f"{lock} est absent" in done.stderr


def recording_bin(root: Path) -> tuple[Path, Path]:
    """Make a folder whose uv notes what it is asked, and the file of the notes."""
    log = root / "uv.log"
    uv = (
        '[ "$1" = --version ] && exit 0\n'
        'for last; do :; done; echo "$1 $last" >>"' + str(log) + '"\n'
        'if [ "$1" = venv ]; then '
        f'mkdir -p "$last/bin"; ln -s "{sys.executable}" "$last/bin/python"; fi\n'
        '[ "$last" != "$EITGEO_UV_FAILS" ]'
    )
    folder = make_bin(root, uv=uv, python3=f'exec "{sys.executable}" "$@"')
    for tool in ("mkdir", "ln"):
        (folder / tool).symlink_to(shutil.which(tool) or "")
    return folder, log


def asked(log: Path) -> list[str]:
    """Return what uv was asked since the last time."""
    text = log.read_text() if log.exists() else ""
    log.write_text("")
    return text.split("\n")[:-1]


CREATED = ["venv .venv"]
STUDY, DEV = ([f"pip {lock}"] for lock in LOCKS)
PROJECT = ["pip ."]


def test_nothing_is_done_while_the_lock_is_unchanged(tmp_path: Path) -> None:
    folder, log = recording_bin(tmp_path)
    clone = make_clone(tmp_path)
    done = []
    for text in ("# empty\n", "# empty\n", "# changed\n"):
        (clone / "requirements.lock").write_text(text)
        assert run(clone, folder).returncode == 0
        done.append(asked(log))
    assert done == [CREATED + STUDY + PROJECT, [], CREATED + STUDY + PROJECT]


def test_an_activated_environment_is_made_again_from_what_it_was_made_of(
    tmp_path: Path,
) -> None:
    clone = make_clone(tmp_path)
    own = clone / ".venv" / "bin"
    own.mkdir(parents=True)
    (own / "python3").symlink_to(sys.executable)
    base = Path(sys.base_prefix) / "bin"
    (own.parent / "pyvenv.cfg").write_text(f"home = {base}\n")
    (own.parent / ".eitgeo-lock").write_text("another lock")
    folder, log = recording_bin(tmp_path)
    (folder / "python3").unlink()
    uv = folder / "uv"
    uv.write_text(uv.read_text().replace('"$1 $last"', '"$1 $last $5"'))
    done = run(clone, folder, PATH=f"{own}:{folder}")
    assert done.returncode == 0, done.stderr
    maker = Path(asked(log)[0].removeprefix("venv .venv "))
    assert not maker.is_relative_to(clone)
    assert maker.resolve() == Path(sys.executable).resolve()


def test_tests_add_to_a_study_and_a_study_takes_nothing_away(tmp_path: Path) -> None:
    folder, log = recording_bin(tmp_path)
    clone = make_clone(tmp_path)
    done = []
    for what in ("study", "dev", "study", "dev"):
        assert run(clone, folder, what).returncode == 0
        done.append(asked(log))
    assert done == [CREATED + STUDY + PROJECT, DEV, [], []]


def test_a_study_uses_the_environment_of_developers_as_it_is(tmp_path: Path) -> None:
    folder, log = recording_bin(tmp_path)
    clone = make_clone(tmp_path)
    done = []
    for what in ("dev", "study"):
        assert run(clone, folder, what).returncode == 0
        done.append(asked(log))
    assert done == [CREATED + DEV + PROJECT, []]


def test_another_list_of_tools_remakes_what_had_the_former(tmp_path: Path) -> None:
    folder, log = recording_bin(tmp_path)
    clone = make_clone(tmp_path)
    assert run(clone, folder, "dev").returncode == 0
    asked(log)
    (clone / "requirements-dev.lock").write_text("# changed\n")
    assert run(clone, folder, "study").returncode == 0
    assert asked(log) == []
    assert run(clone, folder, "dev").returncode == 0
    assert asked(log) == CREATED + DEV + PROJECT


def test_tools_that_cannot_be_added_leave_the_study_its_environment(
    tmp_path: Path,
) -> None:
    folder, log = recording_bin(tmp_path)
    clone = make_clone(tmp_path)
    assert run(clone, folder).returncode == 0
    asked(log)
    done = run(clone, folder, "dev", EITGEO_UV_FAILS=LOCKS[1])
    assert done.returncode == 1
    assert "HTTPS_PROXY" in done.stderr
    assert run(clone, folder).returncode == 0
    assert run(clone, folder, "dev").returncode == 0
    assert asked(log) == DEV + DEV


def write_wheel(folder: Path, name: str) -> str:
    """Write the smallest wheel that pip takes, and return its line of a lock."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{inside},,\n" for inside in files)
    with zipfile.ZipFile(path, "w") as wheel:
        for inside, text in files.items():
            wheel.writestr(inside, text)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{name}==1.0 \\\n    --hash=sha256:{digest}\n"


@pytest.mark.skipif(find_spec("ensurepip") is None, reason="Python without ensurepip")
def test_pip_says_how_many_and_shows_what_it_does(tmp_path: Path) -> None:
    clone, wheels = make_clone(tmp_path), tmp_path / "roues"
    wheels.mkdir()
    lines = [write_wheel(wheels, name) for name in ("un_paquet", "autre_paquet")]
    (clone / LOCKS[0]).write_text("# two\n" + "".join(lines))
    folder = make_bin(tmp_path, python3=f'exec "{sys.executable}" "$@"')
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    # The project is an empty one: pip refuses it, after the lock is installed.
    done = run(clone, folder, **offline)
    assert "Installation de 2 bibliothèques avec pip" in done.stderr
    for name in ("un_paquet", "autre_paquet"):
        assert f"/{name}-1.0-py3-none-any.whl (from" in done.stderr
        (module,) = (clone / ".venv").glob(f"lib/*/site-packages/{name}.py")
        assert list(module.parent.glob(f"__pycache__/{name}.*")) == []
    assert done.stdout == ""
