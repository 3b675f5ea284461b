"""The store: whole or nothing, and a sidecar that says from what."""

import errno
import hashlib
import json
import os
import time
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo import store
from eitgeo.errors import SourceError
from eitgeo.steps.engine.ledger import Ledger
from eitgeo.steps.engine.states import file_states
from eitgeo.store import (
    PARTIAL_PREFIX,
    digest,
    input_digests,
    parts_below,
    relative_name,
    remove_partials,
    write,
    write_bytes,
    write_json,
    write_sidecar,
)

SHA_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""SHA-256 of the three bytes « abc » (FIPS 180-4, appendix B.1)."""


def names(folder: Path) -> list[str]:
    """Return every file name under a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_appears_with_its_folder(tmp_path) -> None:
    path = tmp_path / "data" / "processed" / "zones.parquet"
    assert write_bytes(path, b"abc") == path
    assert path.read_bytes() == b"abc"
    assert names(tmp_path) == ["zones.parquet"]
    write_bytes(path, b"d")
    assert path.read_bytes() == b"d"


def test_the_writer_sees_the_suffix_and_the_folder_of_the_final_name(tmp_path) -> None:
    seen = []

    def writer(partial: Path) -> None:
        seen.append(partial)
        partial.write_bytes(b"")

    write(tmp_path / "carte.pdf", writer)
    assert seen == [tmp_path / f"{PARTIAL_PREFIX}carte.pdf"]


def failing(error: BaseException):
    """Return a writer that stops half-way."""

    def writer(partial: Path) -> None:
        partial.write_bytes(b"half")
        raise error

    return writer


@pytest.mark.parametrize(
    ("met", "raised", "message"),
    [
        (ZeroDivisionError("panne"), ZeroDivisionError, "panne"),
        (KeyboardInterrupt("stop"), KeyboardInterrupt, "stop"),
        (
            PermissionError(errno.EACCES, "Permission denied"),
            SourceError,
            "carte.xlsx ne peut pas être remplacé : fermez-le dans Excel",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            SourceError,
            r"carte.xlsx : écriture impossible \(disque plein\) → libérer de la place",
        ),
        (
            OSError(errno.EIO, "Input/output error"),
            SourceError,
            r"carte.xlsx : écriture impossible \(Input/output error\) → vérifier",
        ),
        (OSError("tuyau rompu"), SourceError, r"\(tuyau rompu\)"),
    ],
)
@pytest.mark.parametrize("old", [b"old", None])
def test_a_writer_that_stops_half_way_leaves_what_was_there(
    tmp_path, met, raised, message, old
) -> None:
    path = tmp_path / "carte.xlsx"
    if old is not None:
        path.write_bytes(old)
    with pytest.raises(raised, match=message):
        write(path, failing(met))
    assert names(tmp_path) == ([] if old is None else ["carte.xlsx"])
    if old is not None:
        assert path.read_bytes() == old


def test_a_file_held_open_elsewhere_is_told(tmp_path, monkeypatch) -> None:
    path = tmp_path / "carte.pdf"
    path.write_bytes(b"old")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(errno.EACCES, "in use", self.name, target.name)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(SourceError, match=r"fermez-le .* QGIS ou votre lecteur PDF"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["carte.pdf"]


def test_a_disk_that_fills_at_the_last_moment_changes_nothing(
    tmp_path, monkeypatch
) -> None:
    path = tmp_path / "sites.parquet"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SourceError, match="disque plein"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["sites.parquet"]


def test_bytes_reach_the_disk_before_they_take_their_name(
    tmp_path, monkeypatch
) -> None:
    path = tmp_path / "table.csv"
    write_bytes(path, b"before")
    held: list[tuple[bytes, bytes]] = []

    def sent(descriptor: int) -> None:
        held.append((os.pread(descriptor, 99, 0), path.read_bytes()))

    monkeypatch.setattr(os, "fsync", sent)
    write_bytes(path, b"after")
    assert held == [(b"after", b"before")]
    assert path.read_bytes() == b"after"


def test_a_folder_that_cannot_be_made_is_told(tmp_path) -> None:
    (tmp_path / "maps").write_bytes(b"a file, not a folder")
    with pytest.raises(
        SourceError, match=r"carte\.pdf : écriture impossible \(un fichier .* dossiers"
    ):
        write_bytes(tmp_path / "maps" / "carte.pdf", b"new")
    assert names(tmp_path) == ["maps"]


def test_a_writer_that_writes_nothing_is_not_a_success(tmp_path) -> None:
    with pytest.raises(SourceError, match=r"vide\.csv : écriture impossible"):
        write(tmp_path / "vide.csv", lambda _: None)
    assert names(tmp_path) == []


def test_digest_is_the_published_one_and_an_absent_file_is_told(tmp_path) -> None:
    path = write_bytes(tmp_path / "abc.txt", b"abc")
    assert digest(path) == SHA_OF_ABC
    with pytest.raises(SourceError, match=r"absent\.txt : lecture impossible"):
        digest(tmp_path / "absent.txt")


def test_json_is_sorted_utf8_with_a_last_line(tmp_path) -> None:
    path = write_json(tmp_path / "a.json", {"ville": "Salies-du-Salat", "été": [1, 2]})
    again = write_json(tmp_path / "b.json", {"été": [1, 2], "ville": "Salies-du-Salat"})
    assert path.read_bytes() == again.read_bytes()
    assert path.read_text(encoding="utf-8").splitlines()[0] == "{"
    assert "été" in path.read_text(encoding="utf-8")
    assert path.read_bytes().endswith(b"}\n")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused(tmp_path, value) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "a.json", {"value": value})
    assert names(tmp_path) == []


def artefact(out: Path, base: Path) -> Path:
    """Write an artefact made from a raw file and a table; return its sidecar."""
    table = write_bytes(out / "data/processed/sites.parquet", b"sites")
    path = write_bytes(out / "data/processed/zones.parquet", b"abc")
    inputs = [table, base / "data/raw/anchors.csv"]
    return write_sidecar(
        path.with_name(f"{path.name}.json"),
        artefact=path.name,
        sha256=digest(path),
        step="zones",
        inputs=input_digests(inputs, (out, base)),
        parameters={"zones": {"radius_m": 500.0}},
    )


def test_the_sidecar_says_from_what_with_what_by_what(tmp_path) -> None:
    base = tmp_path / "étude"
    write_bytes(base / "data/raw/anchors.csv", b"anchors")
    sidecar = artefact(tmp_path / "out", base)
    assert sidecar.name == "zones.parquet.json"
    told = json.loads(sidecar.read_text(encoding="utf-8"))
    assert told.pop("versions")["shapely"] == version("shapely")
    assert told == {
        "artefact": "zones.parquet",
        "sha256": SHA_OF_ABC,
        "step": "zones",
        "inputs": {
            "data/processed/sites.parquet": hashlib.sha256(b"sites").hexdigest(),
            "data/raw/anchors.csv": hashlib.sha256(b"anchors").hexdigest(),
        },
        "parameters": {"zones": {"radius_m": 500.0}},
    }


def test_sidecars_do_not_depend_on_the_folder(tmp_path) -> None:
    base = tmp_path / "étude"
    write_bytes(base / "data/raw/anchors.csv", b"anchors")
    first = artefact(tmp_path / "un", base).read_bytes()
    assert artefact(tmp_path / "deux" / "là", base).read_bytes() == first
    assert artefact(base, base).read_bytes() == first
    assert str(tmp_path).encode() not in first


def test_two_inputs_of_one_bare_name_are_both_told(tmp_path) -> None:
    inputs = [
        write_bytes(tmp_path / folder / "communes.json", folder.encode())
        for folder in ("09", "31", "65")
    ]
    assert input_digests([*inputs, inputs[0]], [tmp_path / "out"]) == {
        "communes.json": hashlib.sha256(b"09").hexdigest(),
        "communes.json (2)": hashlib.sha256(b"31").hexdigest(),
        "communes.json (3)": hashlib.sha256(b"65").hexdigest(),
    }


@pytest.mark.parametrize("folder", ["a", "/a", "/a/b", "/", ".", "a/b", "/a/bc"])
@pytest.mark.parametrize("path", ["/a/b/c", "a/b/c", "/a", "a", "/ab", "/a/../b", "."])
def test_the_way_below_a_folder_is_that_of_pathlib(path: str, folder: str) -> None:
    below = parts_below(Path(path), Path(folder))
    assert (below is not None) == Path(path).is_relative_to(folder)
    if below is not None:
        assert Path(*below) == Path(path).relative_to(folder)


def test_relative_names_prefer_the_first_root_and_tell_no_machine(tmp_path) -> None:
    inner = tmp_path / "a" / "b"
    path = inner / "c.csv"
    assert relative_name(path, inner, tmp_path) == "c.csv"
    assert relative_name(path, tmp_path, inner) == "a/b/c.csv"
    assert relative_name(path, tmp_path / "x") == "c.csv"
    assert relative_name(inner / ".." / "d.csv", tmp_path) == "a/d.csv"
    # A folder whose name starts alike does not hold the file.
    assert relative_name(tmp_path / "ab" / "c.csv", tmp_path / "a") == "c.csv"


def test_only_partials_of_what_is_written_are_removed(tmp_path) -> None:
    written = [tmp_path / "maps/carte.pdf", tmp_path / "maps/carte.png"]
    write_bytes(written[0], b"whole")
    (tmp_path / f"maps/{PARTIAL_PREFIX}carte.png").write_bytes(b"half")
    (tmp_path / f"maps/{PARTIAL_PREFIX}x").write_bytes(b"a draft of the user")
    write_bytes(tmp_path / f"maps/archive/{PARTIAL_PREFIX}carte.png", b"his too")
    assert remove_partials([*written, written[1]]) == 1
    assert names(tmp_path) == [
        f"{PARTIAL_PREFIX}carte.png",
        f"{PARTIAL_PREFIX}x",
        "carte.pdf",
    ]
    assert remove_partials(written) == 0
    assert remove_partials([tmp_path / "absent/carte.pdf"]) == 0


@given(content=st.binary(max_size=64))
def test_what_is_written_is_read_back(tmp_path_factory, content) -> None:
    path = tmp_path_factory.mktemp("store") / "a.bin"
    write_bytes(path, content)
    assert path.read_bytes() == content
    assert digest(path) == hashlib.sha256(content).hexdigest()


def test_why_a_file_is_not_read_is_said_in_french(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"carte\.pdf : lecture impossible \(absent\)"
    ):
        digest(tmp_path / "carte.pdf")


@pytest.fixture
def settled(tmp_path: Path, monkeypatch) -> tuple[Path, list[str]]:
    """A file written long ago, as the clock tells, and what is read of it."""
    now, hashed = time.time_ns, hashlib.file_digest
    monkeypatch.setattr(time, "time_ns", lambda: now() + 10**10)
    read: list[str] = []

    def noted(handle, name):
        read.append(handle.name)
        return hashed(handle, name)

    monkeypatch.setattr(hashlib, "file_digest", noted)
    path = tmp_path / "communes.csv"
    path.write_bytes(b"un")
    return path, read


def test_a_file_that_nothing_touched_is_read_once(settled) -> None:
    path, read = settled
    link = path.with_name("lien.csv")
    link.hardlink_to(path)
    told = {digest(one) for one in (path, path, link)}
    assert told == {hashlib.sha256(b"un").hexdigest()}
    assert len(read) == (1 if os.name == "posix" else 3)


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(b"on"),
        lambda path: (
            path.with_name("b").write_bytes(b"on") and path.with_name("b").replace(path)
        ),
        lambda path: path.unlink() or path.write_bytes(b"on"),
    ],
)
def test_another_content_of_one_size_and_time_is_seen(settled, change) -> None:
    path, read = settled
    before = path.stat()
    assert digest(path) == hashlib.sha256(b"un").hexdigest()
    time.sleep(0.02)  # a tick of the clock of the disk
    change(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (2, before.st_mtime_ns)
    assert digest(path) == hashlib.sha256(b"on").hexdigest()
    assert len(read) == 2


@pytest.mark.parametrize("young", [True, False])
def test_where_a_change_may_be_missed_a_file_is_read_again(
    settled, monkeypatch, young
) -> None:
    path, read = settled
    if young:  # another write may fall on the same tick
        monkeypatch.setattr(time, "time_ns", lambda: path.stat().st_ctime_ns + 10**9)
    else:  # Windows tells when a file was made instead
        monkeypatch.setattr(store, "_TELLS_CHANGES", False)
    assert digest(path) == digest(path)
    assert len(read) == 2


def test_who_asks_for_it_has_every_file_read_again(settled, tmp_path) -> None:
    path, read = settled
    for reads_all, n_read in ((False, 1), (False, 1), (True, 2)):
        states = file_states(Ledger(tmp_path, tmp_path), reads_all=reads_all)
        assert states.content(path) == hashlib.sha256(b"un").hexdigest()
        if os.name == "posix":
            assert len(read) == n_read


def test_a_file_that_may_be_read_no_more_is_told(settled) -> None:
    path, _ = settled
    assert digest(path)
    path.unlink()
    with pytest.raises(SourceError, match=r"communes\.csv : lecture impossible"):
        digest(path)
