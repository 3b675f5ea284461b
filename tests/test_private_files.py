"""What is private is its owner's alone, whatever stood there before."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from eitgeo.errors import SourceError
from eitgeo.store import (
    PARTIAL_PREFIX,
    private_folder,
    write_private,
    write_private_bytes,
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs modes and links")


def mode(path: Path) -> int:
    """Return the rights on a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_to_all() -> Iterator[None]:
    """Whatever is made is open to all, unless asked otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_to_all")
def test_a_folder_and_its_files_are_shut_from_the_first_byte(tmp_path) -> None:
    path = tmp_path / "private" / "2026" / "contacts.xlsx"
    seen = []

    def writer(partial: Path) -> None:
        partial.write_bytes(b"abc")
        seen.append(mode(partial))

    assert write_private(path, writer, root=tmp_path) == path
    assert path.read_bytes() == b"abc"
    assert seen == [0o600]
    assert mode(path) == 0o600
    assert [mode(one) for one in (path.parent, path.parent.parent)] == [0o700, 0o700]


@pytest.mark.usefixtures("open_to_all")
def test_what_was_open_before_is_shut(tmp_path) -> None:
    study = tmp_path / "étude"
    folder = study / "private"
    folder.mkdir(mode=0o755, parents=True)
    study.chmod(0o755)
    path = folder / "contacts.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o644)
    left = folder / f"{PARTIAL_PREFIX}contacts.xlsx"
    left.write_bytes(b"half")
    left.chmod(0o666)
    write_private_bytes(path, b"new", root=study)
    assert (mode(folder), mode(path), path.read_bytes()) == (0o700, 0o600, b"new")
    assert not left.exists()
    # The folder of the study is the user's to open.
    assert mode(study) == 0o755


def test_a_writer_that_makes_the_file_again_leaves_it_shut(tmp_path) -> None:
    def writer(partial: Path) -> None:
        partial.unlink()
        partial.write_bytes(b"abc")
        partial.chmod(0o644)

    path = write_private(tmp_path / "private/a.parquet", writer, root=tmp_path)
    assert mode(path) == 0o600


@pytest.mark.parametrize("name", ["private", "private/contacts.xlsx"])
def test_a_link_that_leads_out_is_refused(tmp_path, name) -> None:
    study, away = tmp_path / "étude", tmp_path / "partagé"
    (study / name).parent.mkdir(parents=True)
    away.mkdir(mode=0o755)
    target = away
    if name.endswith(".xlsx"):
        target = away / "contacts.xlsx"
        target.write_bytes(b"ours")
    (study / name).symlink_to(target)
    with pytest.raises(SourceError, match="un lien mène hors du dossier de l'étude"):
        write_private_bytes(study / "private/contacts.xlsx", b"new", root=study)
    assert [one.read_bytes() for one in away.iterdir()] == [b"ours"] * (
        name.endswith(".xlsx")
    )
    assert mode(away) == 0o755


def test_a_link_inside_the_study_is_followed(tmp_path) -> None:
    (tmp_path / "coffre").mkdir(mode=0o755)
    (tmp_path / "private").symlink_to(tmp_path / "coffre")
    write_private_bytes(tmp_path / "private/a.csv", b"abc", root=tmp_path)
    assert mode(tmp_path / "coffre") == 0o700
    assert mode(tmp_path / "coffre/a.csv") == 0o600


def test_a_study_reached_by_a_link_is_no_way_out(tmp_path) -> None:
    (tmp_path / "vraie").mkdir()
    (tmp_path / "lien").symlink_to(tmp_path / "vraie")
    root = tmp_path / "lien"
    assert private_folder(root / "private", root=root).is_dir()
    assert mode(tmp_path / "vraie/private") == 0o700


def test_a_file_in_place_of_the_folder_is_told(tmp_path) -> None:
    (tmp_path / "private").write_bytes(b"")
    with pytest.raises(SourceError, match="private : écriture impossible"):
        write_private_bytes(tmp_path / "private/a.csv", b"abc", root=tmp_path)
