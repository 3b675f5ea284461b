"""Several files: what is there, the account, the lock, a process that is killed."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.fetch.plan import (
    Fetched,
    inspect_files,
    planned_downloads,
    read_fetched,
    record_digests,
)
from eitgeo.sources.fetch.register import COLUMNS
from eitgeo.sources.fetch.run import FetchBusyError, announced_sizes, fetch_files
from tests.sources.fetch.official import (
    csv_body,
    digest,
    file,
    serving,
    status,
    whole,
)

ROOT = Path(__file__).resolve().parents[3]
BODY = csv_body(40_000)
MODIFIED = "Tue, 24 Nov 2026 10:00:00 GMT"
CHILD = """
import sys
from pathlib import Path
from eitgeo.sources.fetch.register import Download
from eitgeo.sources.fetch.run import fetch_files

url, base = sys.argv[1], Path(sys.argv[2])
item = Download("a.csv", "2026", url, "data/raw/a.csv", "LO", "")
(one,) = fetch_files([item], base=base, register=base / "data/sources.csv")
print(one.status, one.sha256)
"""


def account(study) -> dict[str, Fetched]:
    """Return what was fetched, by target."""
    return read_fetched(study.base / "data/fetched.csv")


def state(study, item) -> str:
    """Return what stands in the place of a file."""
    (one,) = inspect_files([item], base=study.base, fetched=account(study))
    return one.state


def put(study, item, content: bytes) -> None:
    """Put a file by hand."""
    target = study.base / item.path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def test_the_account_says_from_where_and_what(study, official) -> None:
    official.give("/a.csv", status(302, {"Location": "/b.csv?jeton=1"}))
    official.give("/b.csv?jeton=1", file(BODY, modified=MODIFIED))
    study.fetch(study.item())
    (entry,) = account(study).values()
    assert entry.path == "data/raw/a.csv"
    assert entry.url == f"{official.url}/a.csv"
    assert entry.final_url == f"{official.url}/b.csv"
    assert (entry.size_bytes, entry.sha256) == (40_000, digest(BODY))
    assert entry.last_modified == MODIFIED
    assert len(entry.retrieved) == len("2026-11-24")


def test_the_account_keeps_the_others_and_is_sorted(study, official) -> None:
    for name in ("b.csv", "a.csv", "c.csv"):
        official.give(f"/{name}", file(BODY))
        study.fetch(study.item(f"/{name}"))
    assert list(account(study)) == [f"data/raw/{one}.csv" for one in "abc"]


def test_what_is_there_is_not_fetched_again(study, official) -> None:
    official.give("/a.csv", file(BODY))
    item = study.item()
    assert state(study, item) == "missing"
    study.fetch(item)
    assert state(study, item) == "present"
    assert study.fetch(item).status == "present"
    assert len(official.asked) == 1


def test_force_replaces_only_once_the_new_one_is_whole(study, official) -> None:
    official.give("/a.csv", file(BODY), status(404))
    item = study.item()
    study.fetch(item)
    assert study.fetch(item, force=True).status == "failed"
    assert study.content(item) == BODY
    official.give("/a.csv", file(BODY + b"1;2\n", tag='"v2"'))
    assert study.fetch(item, force=True).status == "fetched"
    assert study.content(item) == BODY + b"1;2\n"


def test_a_file_put_by_hand_is_left_in_place(study, official) -> None:
    item = study.item()
    put(study, item, b"siret\n1\n")
    outcome = study.fetch(item)
    assert (outcome.status, outcome.size_bytes) == ("unrecorded", 8)
    assert official.asked == []
    known = replace(item, sha256=digest(b"siret\n1\n"))
    assert study.fetch(known).status == "present"


def test_a_file_changed_by_hand_is_told_and_kept(study, official) -> None:
    official.give("/a.csv", file(BODY))
    item = study.item()
    study.fetch(item)
    put(study, item, b"siret\n1\n")
    outcome = study.fetch(item)
    assert outcome.status == "failed"
    assert "a.csv : le fichier présent n'est pas celui du registre" in str(
        outcome.error
    )
    assert study.content(item) == b"siret\n1\n"
    assert study.fetch(item, force=True).sha256 == digest(BODY)


def test_a_register_that_changed_makes_a_file_outdated(study, official) -> None:
    official.give("/a.csv", file(BODY))
    new = csv_body(41_000)
    official.give("/2027.csv", file(new))
    study.fetch(study.item())
    assert state(study, study.item(sha256=digest(BODY))) == "present"
    assert state(study, study.item(sha256=digest(new))) == "outdated"
    moved = study.item("/2027.csv", file="a.csv")
    assert state(study, moved) == "outdated"
    assert study.fetch(moved).sha256 == digest(new)


def test_a_part_is_told_and_gone_on_with(study, official) -> None:
    big = csv_body(300_000)
    official.give("/a.csv", file(big, cut_bytes=200_000), status(404))
    item = study.item()
    study.fetch(item)
    (one,) = inspect_files([item], base=study.base, fetched={})
    assert one.state == "partial"
    assert 100_000 < one.size_bytes <= 200_000
    assert planned_downloads([one], force=False) == [item]


def test_a_fault_of_one_file_stops_none(study, official) -> None:
    official.give("/b.csv", file(BODY))
    outcomes = fetch_files(
        [study.item("/a.csv"), study.item("/b.csv")],
        base=study.base,
        register=study.base / "data/sources.csv",
        client=study.client(),
    )
    assert [one.status for one in outcomes] == ["failed", "fetched"]


def test_a_link_out_of_the_folder_is_refused(study, tmp_path) -> None:
    (study.base / "data").mkdir(parents=True)
    (study.base / "data/raw").mkdir()
    (study.base / "data/raw/ailleurs").symlink_to(tmp_path)
    item = study.item("/a.csv", file="ailleurs/a.csv")
    with pytest.raises(SourceError, match="un lien mène hors de data/raw/"):
        study.fetch(item)


def test_the_folder_may_be_a_link_to_a_larger_disk(study, official, tmp_path) -> None:
    large = tmp_path / "disque"
    large.mkdir()
    (study.base / "data").mkdir(parents=True)
    (study.base / "data/raw").symlink_to(large)
    official.give("/a.csv", file(BODY))
    assert study.fetch(study.item()).status == "fetched"
    assert (large / "a.csv").read_bytes() == BODY


def test_a_disk_without_hard_links_serves_too(study, official, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    official.give("/a.csv", file(BODY))
    assert study.fetch(study.item()).status == "fetched"
    assert study.left() == ["a.csv"]


def test_a_target_open_elsewhere_costs_no_new_download(
    study, official, monkeypatch
) -> None:
    official.give("/a.csv", file(BODY))
    item = study.item()
    plain = Path.replace

    def held(path, target):
        if Path(target).name == "a.csv":
            raise PermissionError(13, "Permission denied")
        return plain(path, target)

    monkeypatch.setattr(Path, "replace", held)
    assert "fermez-le dans Excel" in str(study.fetch(item).error)
    monkeypatch.undo()
    official.asked.clear()
    assert study.fetch(item).status == "fetched"
    assert official.ranges() == [f"bytes={len(BODY)}-"]
    assert study.content(item) == BODY


def test_two_fetches_at_once(study) -> None:
    lock = study.base / ".eitgeo/fetch.lock"
    lock.parent.mkdir(parents=True)
    with (
        FileLock(lock),
        pytest.raises(FetchBusyError, match="un téléchargement y est déjà en cours"),
    ):
        study.fetch(study.item())


def test_an_account_that_makes_no_sense_is_refused(study, official) -> None:
    official.give("/a.csv", file(BODY))
    study.fetch(study.item())
    path = study.base / "data/fetched.csv"
    text = path.read_text(encoding="utf-8").replace("40000", "beaucoup")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SchemaError, match="ligne 2 : taille « beaucoup »"):
        study.fetch(study.item())


def child(study, official) -> subprocess.Popen[str]:
    """Start a process that fetches one file."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", CHILD, f"{official.url}/a.csv", str(study.base)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_killed_process_goes_on_to_the_same_digest(study, official) -> None:
    body = csv_body(600_000)

    def slow(ask) -> None:
        file(body, cut_bytes=400_000)(ask)
        ask.wfile.flush()
        time.sleep(60)

    official.give("/a.csv", slow)
    part = study.base / "data/raw/.a.csv.part"
    with child(study, official) as killed:
        try:
            deadline = time.monotonic() + 60
            while not (part.is_file() and part.stat().st_size > 200_000):
                assert time.monotonic() < deadline, "nothing came"
                time.sleep(0.02)
        finally:
            killed.kill()
    received = part.stat().st_size
    official.give("/a.csv", file(body))
    with child(study, official) as again:
        said, _ = again.communicate(timeout=60)
    assert said.split() == ["fetched", digest(body)]
    assert official.ranges() == ["", f"bytes={received}-"]
    assert study.content(study.item()) == body
    assert study.left() == ["a.csv"]


def test_sizes_are_asked_without_the_files(study, official) -> None:
    official.give("/a.csv", whole(BODY))
    official.give("/b.csv", status(404))
    official.give("/c.csv", whole(b""))
    items = [study.item(f"/{one}.csv") for one in "abc"]
    sizes = announced_sizes(items, client=study.client())
    assert list(sizes.values()) == [40_000, None, None]
    assert {how for how, _, _ in official.asked} == {"HEAD"}


def test_a_silent_host_is_asked_once(study, official) -> None:
    official.give("/a.csv", status(503))
    items = [study.item(f"/{one}.csv") for one in "aaa"]
    with serving() as other:
        other.give("/a.csv", whole(BODY))
        items.append(replace(items[0], url=f"{other.url}/a.csv", path="data/raw/z"))
        sizes = announced_sizes(items, client=study.client())
    assert list(sizes.values()) == [None, 40_000]
    assert len(official.asked) == 1


def test_digests_are_recorded_when_asked_and_only_there(study, official) -> None:
    register = study.base / "data/sources.csv"
    register.parent.mkdir(parents=True)
    rows = [
        {"name": "A", "note": "« a », b"},
        {"name": "B", "sha256": digest(BODY), "retrieved": "2020-01-01"},
        {"name": "C"},
    ]
    with register.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, [*COLUMNS, "mien"], restval="")
        writer.writeheader()
        for row in rows:
            name = row["name"].lower()
            file_cells = {
                "url": f"{official.url}/{name}.csv",
                "path": f"data/raw/{name}.csv",
                "licence": "LO",
                "mien": "x",
            }
            writer.writerow(row | file_cells)
    official.give("/a.csv", file(BODY))
    official.give("/b.csv", file(BODY))
    before = register.read_bytes()
    for name in "ab":
        study.fetch(study.item(f"/{name}.csv"))
    assert register.read_bytes() == before
    assert record_digests(register, account(study)) == ["A"]
    with register.open(encoding="utf-8", newline="") as handle:
        first, second, third = csv.DictReader(handle)
    assert first["sha256"] == digest(BODY)
    assert first["retrieved"] == account(study)["data/raw/a.csv"].retrieved
    assert (first["note"], first["mien"]) == ("« a », b", "x")
    assert second["retrieved"] == "2020-01-01"
    assert third["sha256"] == ""
    after = register.read_bytes()
    assert record_digests(register, account(study)) == []
    assert register.read_bytes() == after
