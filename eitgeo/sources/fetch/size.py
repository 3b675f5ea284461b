"""The size of files, asked without the files."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eitgeo.errors import SourceError
from eitgeo.sources.fetch.http import Client, ask
from eitgeo.sources.fetch.patience import PassingFaultError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eitgeo.sources.fetch.register import Download


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
        told = answer.headers.get("Content-Length", "").strip()
        is_plain = not answer.headers.get("Content-Encoding", "").strip()
    # Services that make the answer on demand announce 0 to this question.
    return int(told) if is_plain and told.isdecimal() and int(told) > 0 else None
