"""One file, brought in whole: tries, resumption, and what it must be at its end.

Sizes may be asked before, without the files.
"""

from __future__ import annotations

import errno
import itertools
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eitgeo.errors import SourceError
from eitgeo.sources.fetch.content import HEAD_BYTES, require_kind, require_whole
from eitgeo.sources.fetch.http import (
    OK,
    RESUMED,
    UNSATISFIABLE,
    Client,
    EndlessError,
    PassingFaultError,
    ask,
    steady,
)
from eitgeo.sources.fetch.plan import Part, Watch
from eitgeo.sources.fetch.register import Download
from eitgeo.store import digest

if TYPE_CHECKING:
    import requests

CHUNK_BYTES = 1 << 14
PROGRESS_BYTES = 1 << 20
"""A try that brings as much is no failure."""

SPARE_BYTES = 50_000_000
"""Left free on the disk."""

MAX_BYTES = 50_000_000_000
"""No official file is so large: a body without end stops there."""

MAX_RATIO, FREE_RATIO_BYTES = 100, 100_000_000
"""Of a body compressed on the way; CSV gains ten or twenty, from that many bytes on."""

_LOOK_BYTES = 1 << 26
_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_UNSATISFIED = re.compile(r"bytes \*/(\d+)")
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


@dataclass(frozen=True)
class Received:
    """What a download ended with.

    Attributes
    ----------
    final_url
        The address that gave the bytes.
    last_modified
        As the server says it, or empty.
    sha256
        Digest of the bytes.
    """

    final_url: str
    last_modified: str
    sha256: str


def transfer(client: Client, item: Download, part: Part, *, watch: Watch) -> Received:
    """Bring one file in; its final name is given by the caller."""
    try:
        answer = _persist(client, item, part, watch)
        if answer.status_code != OK and _fault(item, part) is not None:
            # Bytes of two days may not fit together: once more from the start.
            part.discard()
            answer = _persist(client, item, part, watch)
        fault = _fault(item, part)
        if fault is not None:
            part.discard()
            raise fault
        sha256 = digest(part.path)
    except SourceError as error:
        if not part.size_bytes or isinstance(error, EndlessError):
            part.discard()
        if str(error).startswith(item.file):
            raise
        raise SourceError(f"{item.file} : {error}") from error
    except OSError as error:
        raise _disk_fault(item, part, error) from error
    return Received(answer.url, answer.headers.get("Last-Modified", ""), sha256)


def _disk_fault(item: Download, part: Part, error: OSError) -> SourceError:
    if error.errno in _FULL:
        part.discard()
        message = (
            f"{item.file} : disque plein → libérer de la place, puis relancer "
            "(rien n'est gardé de ce fichier)"
        )
        return SourceError(message)
    reason = error.strerror or error
    message = f"{item.file} : écriture impossible ({reason}) → vérifier le dossier"
    return SourceError(message)


def _fault(item: Download, part: Part) -> SourceError | None:
    """Say why the bytes received are not the file, if they are not."""
    try:
        require_whole(part.path, name=item.file)
    except SourceError as error:
        return error
    sha256 = digest(part.path) if item.sha256 else ""
    if sha256 == item.sha256:
        return None
    message = (
        f"{item.file} : empreinte {sha256[:12]}…, le registre dit "
        f"{item.sha256[:12]}… → fichier changé par le producteur ou altéré : "
        "vérifier, puis corriger « sha256 » dans le registre"
    )
    return SourceError(message)


def _persist(
    client: Client, item: Download, part: Part, watch: Watch
) -> requests.Response:
    """Try until the bytes are all there, or several tries in a row bring nothing."""
    failures, best_bytes = 0, part.size_bytes
    deadline_s = time.monotonic() + client.longest_s
    while True:
        try:
            return _receive(client, item, part, watch, deadline_s=deadline_s)
        except PassingFaultError as fault:
            failures += 1
            if part.size_bytes >= best_bytes + PROGRESS_BYTES:
                failures, best_bytes = 1, part.size_bytes
            if failures >= client.tries:
                message = (
                    f"{item.file} : {fault.reason}, {failures} essais sans succès → "
                    "relancer plus tard : le téléchargement reprendra où il en est"
                )
                raise SourceError(message) from fault
            wait_s = client.wait_s(fault, failures=failures)
            watch.waiting(item, fault.reason, wait_s=wait_s)
            client.sleep(wait_s)


def _receive(
    client: Client, item: Download, part: Part, watch: Watch, *, deadline_s: float
) -> requests.Response:
    with ask(client, item.url, headers=_range_headers(item, part)) as answer:
        if answer.status_code == UNSATISFIABLE:
            _settle_unsatisfiable(answer, part)
            return answer
        chunks = steady(
            answer.iter_content(CHUNK_BYTES),
            window_s=client.read_s,
            deadline_s=deadline_s,
        )
        if answer.status_code == RESUMED:
            total_bytes = _continued_total_bytes(answer, item, part)
        else:
            # What an earlier try left is given up only for data of the right kind.
            total_bytes = _announced_bytes(answer)
            head = _head(chunks, item)
            _require_space(item, part, total_bytes)
            part.begin(url=item.url, validator=_validator(answer))
            chunks = itertools.chain([head], chunks)
        watch.started(item, done_bytes=part.size_bytes, total_bytes=total_bytes)
        with part.path.open("ab") as handle:
            for chunk in chunks:
                handle.write(chunk)
                watch.advanced(item, len(chunk))
                _require_end(answer, item, handle.tell())
                if total_bytes is None and handle.tell() % _LOOK_BYTES < len(chunk):
                    _require_room(part)
    if total_bytes is not None and part.size_bytes != total_bytes:
        raise PassingFaultError("transfert interrompu")
    return answer


def _range_headers(item: Download, part: Part) -> dict[str, str]:
    validator = part.validator(item.url)
    # Without a version told by the server, only a known digest can tell a bad join.
    if validator is None or not (validator or item.sha256):
        return {}
    headers = {"Range": f"bytes={part.size_bytes}-"}
    return {**headers, "If-Range": validator} if validator else headers


def _settle_unsatisfiable(answer: requests.Response, part: Part) -> None:
    """Nothing follows the bytes at hand: they are all of it, or of another file."""
    content_range = _UNSATISFIED.fullmatch(
        answer.headers.get("Content-Range", "").strip()
    )
    if content_range is None or int(content_range[1]) != part.size_bytes:
        part.discard()
        raise PassingFaultError("le serveur refuse la reprise", wait_s=0.0)


def _continued_total_bytes(
    answer: requests.Response, item: Download, part: Part
) -> int | None:
    """Return the size that the file will have, once sure that the bytes fit."""
    content_range = _RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
    tag, validator = answer.headers.get("ETag", "").strip(), part.validator(item.url)
    is_same = not (tag and validator and validator.startswith('"')) or tag == validator
    starts_well = content_range is not None and int(content_range[1]) == part.size_bytes
    if content_range is None or not (starts_well and is_same and _is_plain(answer)):
        part.discard()
        raise PassingFaultError("le serveur reprend ailleurs que demandé", wait_s=0.0)
    total_bytes = int(content_range[3]) if content_range[3] != "*" else None
    _require_space(item, part, total_bytes)
    return total_bytes


def _announced_bytes(answer: requests.Response) -> int | None:
    """Return the size that the file will have; None where it is not announced."""
    encoding = _encoding(answer)
    if encoding not in _ENCODINGS:
        message = f"compression « {encoding} » que personne n'a demandée"
        raise SourceError(f"{message} → signaler au producteur")
    announced = answer.headers.get("Content-Length", "").strip()
    # The length of a compressed body is not the length of the file.
    return int(announced) if _is_plain(answer) and announced.isdecimal() else None


def _is_plain(answer: requests.Response) -> bool:
    return _encoding(answer) in {"", "identity"}


def _encoding(answer: requests.Response) -> str:
    return answer.headers.get("Content-Encoding", "").strip().lower()


def _validator(answer: requests.Response) -> str:
    """Return what ``If-Range`` may hold (RFC 9110, 13.1.5): no weak ETag."""
    if not _is_plain(answer):
        return ""
    tag = answer.headers.get("ETag", "").strip()
    is_strong = tag.startswith('"')
    return tag if is_strong else answer.headers.get("Last-Modified", "").strip()


def _require_space(item: Download, part: Part, total_bytes: int | None) -> None:
    if total_bytes is None:
        return
    _require_limit(item, total_bytes)
    needed_bytes = total_bytes - part.size_bytes + SPARE_BYTES
    folder = next(one for one in part.path.parents if one.is_dir())
    free_bytes = shutil.disk_usage(folder).free
    if needed_bytes > free_bytes:
        message = (
            f"{item.file} : il faut {needed_bytes / 1e6:.0f} Mo, le disque n'en a que "
            f"{free_bytes / 1e6:.0f} → libérer de la place, puis relancer"
        )
        raise SourceError(message)


def _require_room(part: Part) -> None:
    """Stop before the disk is full, where nobody told how much was to come."""
    if shutil.disk_usage(part.path.parent).free < SPARE_BYTES:
        raise OSError(errno.ENOSPC, "")


def _require_end(answer: requests.Response, item: Download, size_bytes: int) -> None:
    _require_limit(item, size_bytes)
    if _is_plain(answer) or size_bytes < FREE_RATIO_BYTES:
        return
    if size_bytes > MAX_RATIO * max(answer.raw.tell(), 1):
        message = (
            f"{item.file} : contenu qui se déplie plus de {MAX_RATIO} fois "
            "→ vérifier l'adresse, puis signaler au producteur"
        )
        raise EndlessError(message)


def _require_limit(item: Download, size_bytes: int) -> None:
    if size_bytes > MAX_BYTES:
        message = f"{item.file} : plus de {MAX_BYTES / 1e9:.0f} Go → vérifier l'adresse"
        raise EndlessError(message)


def _head(chunks: Iterator[bytes], item: Download) -> bytes:
    """Take the first bytes and refuse those of another kind than wanted."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= HEAD_BYTES:
            break
    require_kind(head, name=item.file, is_all=len(head) < HEAD_BYTES)
    return head


def ask_sizes(client: Client, items: Iterable[Download]) -> dict[str, int | None]:
    """Ask for the size of files, once each; a host that is silent is left alone."""
    silent: set[str] = set()
    sizes: dict[str, int | None] = {}
    for item in items:
        host = urlsplit(item.url).netloc
        sizes[item.path] = None
        if host in silent:
            continue
        try:
            sizes[item.path] = _ask_size_bytes(client, item)
        except PassingFaultError:
            silent.add(host)
        except SourceError:
            continue
    return sizes


def _ask_size_bytes(client: Client, item: Download) -> int | None:
    with ask(client, item.url, method="HEAD") as answer:
        announced = answer.headers.get("Content-Length", "").strip()
        is_plain = not answer.headers.get("Content-Encoding", "").strip()
    # Services that make the answer on demand announce 0 to this question.
    is_told = is_plain and announced.isdecimal() and int(announced) > 0
    return int(announced) if is_told else None
