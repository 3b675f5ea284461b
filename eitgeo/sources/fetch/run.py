"""All the files asked for, one after the other; a fault of one stops none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit, urlunsplit

from filelock import FileLock, Timeout

from eitgeo.errors import EitgeoError, SourceError
from eitgeo.sources.fetch.plan import (
    FETCHED_NAME,
    Fetched,
    Outcome,
    Part,
    Planned,
    Watch,
    inspect_files,
    planned_downloads,
    read_fetched,
    write_fetched,
)
from eitgeo.sources.fetch.register import Download

if TYPE_CHECKING:
    from eitgeo.sources.fetch.http import Client, Received

LOCK_NAME = ".eitgeo/fetch.lock"


class FetchBusyError(SourceError):
    """Another download is under way in the same folder."""


def open_client(*, proxy: str = "", read_s: float = 60.0) -> Client:
    """Open what makes the requests."""
    if proxy and not _is_address(proxy):
        # The address may hold a password: it is not repeated.
        message = "adresse du mandataire mal écrite → --proxy http://hôte:port"
        raise SourceError(message)
    # The network library is loaded by nothing else than a download.
    from eitgeo.sources.fetch.http import Client  # noqa: PLC0415

    return Client(proxy=proxy, read_s=read_s)


def fetch_files(
    downloads: Iterable[Download],
    *,
    base: Path,
    register: Path,
    force: bool = False,
    client: Client | None = None,
    watch: Watch | None = None,
) -> list[Outcome]:
    """Bring files in, and keep the account of them beside the register."""
    watch = watch or Watch()
    client = client or open_client()
    account = register.with_name(FETCHED_NAME)
    outcomes = []
    with _one_fetch(base):
        planned = inspect_files(downloads, base=base, fetched=read_fetched(account))
        asked = set(planned_downloads(planned, force=force))
        for entry in planned:
            if entry.item in asked:
                outcome = _fetch(
                    client, entry.item, base=base, account=account, watch=watch
                )
            else:
                outcome = _kept(entry)
            watch.ended(outcome)
            outcomes.append(outcome)
    return outcomes


def announced_sizes(
    downloads: Iterable[Download], *, client: Client | None = None
) -> dict[str, int | None]:
    """Ask the servers for the size of files, without the files."""
    from eitgeo.sources.fetch.http import ask_sizes  # noqa: PLC0415

    asker = client or open_client(read_s=10.0)
    items = list(downloads)
    sizes = ask_sizes(asker, (one for one in items if not is_of_overpass(one)))
    return {one.path: sizes.get(one.path) for one in items}


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


@contextmanager
def _one_fetch(base: Path) -> Iterator[None]:
    path = base / LOCK_NAME
    lock = FileLock(path, timeout=0)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        message = (
            f"{base} : un téléchargement y est déjà en cours → attendre sa fin, "
            "ou l'arrêter"
        )
        raise FetchBusyError(message) from error
    except OSError as error:
        message = (
            f"{base} : dossier impossible à écrire ({error.strerror}) "
            "→ vérifier vos droits"
        )
        raise SourceError(message) from error
    try:
        yield
    finally:
        lock.release()


def _kept(one: Planned) -> Outcome:
    if one.state != "changed":
        is_known = one.state == "present"
        status: Literal["present", "unrecorded"] = (
            "present" if is_known else "unrecorded"
        )
        return Outcome(one.item, status, one.size_bytes)
    message = (
        f"{one.item.file} : le fichier présent n'est pas celui du registre, ou a été "
        "modifié → le renommer, ou le reprendre avec --force"
    )
    return Outcome(one.item, "failed", error=SourceError(message))


def _fetch(
    client: Client, item: Download, *, base: Path, account: Path, watch: Watch
) -> Outcome:
    target = base / item.path
    part = Part(target)
    try:
        received = _received(client, item, part, base=base, watch=watch)
        part.finish()
        size_bytes = target.stat().st_size
        known = read_fetched(account)
        known[item.path] = _entry(item, received, size_bytes)
        write_fetched(account, known.values())
    except EitgeoError as error:
        return Outcome(item, "failed", error=error)
    return Outcome(item, "fetched", size_bytes, received.sha256)


def _received(
    client: Client, item: Download, part: Part, *, base: Path, watch: Watch
) -> Received:
    """Bring one file in, from the server that gives it, or from an Overpass server."""
    if is_of_overpass(item):
        from eitgeo.sources.fetch.overpass import transfer_graph  # noqa: PLC0415

        return transfer_graph(client, item, part, base=base, watch=watch)
    from eitgeo.sources.fetch.http import transfer  # noqa: PLC0415

    return transfer(client, item, part, watch=watch)


def is_of_overpass(item: Download) -> bool:
    """Say whether a file is made of what an Overpass server answers, box by box."""
    return item.path.endswith(".graphml") and "bbox=" in urlsplit(item.url).query


def _entry(item: Download, received: Received, size_bytes: int) -> Fetched:
    return Fetched(
        path=item.path,
        name=item.name,
        version=item.version,
        licence=item.licence,
        url=item.url,
        final_url=urlunsplit((*urlsplit(received.final_url)[:3], "", "")),
        retrieved=f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}",
        last_modified=received.last_modified,
        size_bytes=size_bytes,
        sha256=received.sha256,
    )
