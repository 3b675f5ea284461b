"""Roads asked of an Overpass server, through osmnx: a graph, saved as GraphML.

osmnx makes the requests: its pauses (the server says when it is free), its cache, which
a broken download resumes from, and its way to cut a large box into several requests.
What the server answers is looked at before osmnx keeps or believes it.
"""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import osmnx
import requests

from eitgeo.errors import SourceError
from eitgeo.sources.fetch.http import (
    OK,
    Client,
    Received,
    refuse_unsafe_redirect,
    user_agent,
)
from eitgeo.sources.fetch.plan import Part, Watch
from eitgeo.sources.fetch.register import Download
from eitgeo.sources.ground.osm_roads import HIGHWAYS, WAY_TAGS
from eitgeo.store import digest

CACHE_NAME = ".eitgeo/overpass"
"""Answers so far, in the folder of the study: removed once the graph is whole."""

_FILTER = f'["highway"~"^({"|".join(HIGHWAYS)})$"]["area"!~"yes"]'
_NoRoadError = osmnx._errors.InsufficientResponseError  # noqa: SLF001 - not exported
_REFUSALS = (
    _NoRoadError,
    osmnx._errors.ResponseStatusCodeError,  # noqa: SLF001
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
_LONGEST_REASON = 120

MAX_ANSWER_BYTES = 1_000_000_000
"""Of one request: osmnx cuts a box so that none comes near."""

MAX_BUSY = 5
"""Busy answers in a row, a minute each, before the server is left alone."""

_CHUNK_BYTES = 1 << 16
_BUSY = frozenset({429, 504})
_LATER = "relancer plus tard : ce qu'il a déjà donné est gardé"
_SHOWN = 80


def query_of(url: str) -> tuple[str, tuple[float, float, float, float]]:
    """Read the server and the box (W, S, E, N, degrees) that an address carries.

    Examples
    --------
    >>> query_of("https://overpass.example.org/api?bbox=0.1,43,0.5,43.4")
    ('https://overpass.example.org/api', (0.1, 43.0, 0.5, 43.4))
    """
    parts = urlsplit(url)
    box_text = parse_qs(parts.query).get("bbox", [""])[0]
    try:
        west, south, east, north = map(float, box_text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004
        message = (
            f"adresse « {url} » : cadre absent ou mal écrit "
            "→ …/api?bbox=ouest,sud,est,nord, en degrés"
        )
        raise SourceError(message)
    return urlunsplit((*parts[:3], "", "")), (west, south, east, north)


def transfer_graph(
    client: Client, item: Download, part: Part, *, base: Path, watch: Watch
) -> Received:
    """Ask for the roads of a box and write their graph; the caller names it."""
    api, box = query_of(item.url)
    cache = base / CACHE_NAME
    watch.started(item, done_bytes=0, total_bytes=None)
    part.begin(url=item.url, validator="")
    try:
        with _settings(client, api, cache):
            graph = osmnx.graph_from_bbox(
                box,
                simplify=False,
                retain_all=True,
                truncate_by_edge=True,
                custom_filter=_FILTER,
            )
        # Where a tag that counts changes, the road is cut: nothing is averaged.
        graph = osmnx.simplify_graph(graph, edge_attrs_differ=list(WAY_TAGS))
        osmnx.save_graphml(graph, part.path)
    except (SourceError, requests.RequestException, *_REFUSALS) as error:
        part.discard()
        if isinstance(error, LookupError | TypeError | ValueError | _NoRoadError):
            # What was kept makes no graph: it would make none the next time either.
            shutil.rmtree(cache, ignore_errors=True)
        raise SourceError(f"{item.file} : {_reason(error)}") from error
    except OSError as error:
        part.discard()
        reason = error.strerror or error
        message = f"{item.file} : écriture impossible ({reason}) → vérifier le dossier"
        raise SourceError(message) from error
    shutil.rmtree(cache, ignore_errors=True)
    watch.advanced(item, part.size_bytes)
    return Received(api, "", digest(part.path))


def _reason(error: Exception) -> str:
    if isinstance(error, requests.RequestException):
        return (
            "le serveur Overpass ne répond pas → relancer plus tard : ce qu'il a déjà "
            "donné est gardé"
        )
    if isinstance(error, SourceError):
        return str(error)
    reason = " ".join(str(error).split())
    short = "".join(sign for sign in reason[:_LONGEST_REASON] if sign.isprintable())
    return (
        f"réponse inutilisable du serveur Overpass ({short}) → vérifier le cadre et "
        "l'adresse du registre, ou relancer plus tard"
    )


@contextmanager
def _settings(client: Client, api: str, cache: Path) -> Iterator[None]:
    """Set osmnx for one graph, and leave it as it was: its settings are global."""
    proxies = {"http": client.proxy, "https": client.proxy} if client.proxy else {}
    wanted: dict[str, Any] = {
        "overpass_url": api,
        "overpass_rate_limit": True,
        "cache_folder": str(cache),
        "use_cache": True,
        "http_user_agent": user_agent(),
        "http_referer": user_agent(),
        "requests_timeout": 3 * client.read_s,
        "requests_kwargs": {
            "hooks": {"response": _guard()},
            **({"proxies": proxies} if proxies else {}),
        },
        "useful_tags_way": list(WAY_TAGS),
        # No other server is asked where a name is.
        "doh_url_template": None,
    }
    before = {name: getattr(osmnx.settings, name) for name in wanted}
    finder = socket.getaddrinfo
    for name, value in wanted.items():
        setattr(osmnx.settings, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)
        socket.getaddrinfo = finder  # osmnx pins the address of the server


def _guard() -> Callable[..., None]:
    """Return what looks at each answer before osmnx keeps or believes it."""
    n_busy = 0

    def look_at(answer: requests.Response, **_: Any) -> None:
        nonlocal n_busy
        refuse_unsafe_redirect(answer)
        if answer.is_redirect:
            return
        body = bytearray()
        for chunk in answer.iter_content(_CHUNK_BYTES):
            body += chunk
            if len(body) > MAX_ANSWER_BYTES:
                answer.close()  # the library would not, where a hook raises
                raise _unusable("sans fin")
        answer._content = bytes(body)  # noqa: SLF001 - read already, as `content` would
        if answer.request.method != "POST":
            return
        n_busy = n_busy + 1 if answer.status_code in _BUSY else 0
        if n_busy > MAX_BUSY:
            message = f"le serveur Overpass est trop occupé → {_LATER}"
            raise SourceError(message)
        if answer.status_code == OK:
            _require_roads(answer.content)

    return look_at


def _unusable(what: str) -> SourceError:
    short = "".join(sign for sign in what[:_SHOWN] if sign.isprintable())
    message = f"réponse inutilisable du serveur Overpass ({short}) → {_LATER}"
    return SourceError(message)


def _require_roads(body: bytes) -> None:
    """Refuse a page, and an answer that was cut short: nothing else would say it."""
    try:
        content = json.loads(body)
    except (RecursionError, ValueError) as error:
        raise _unusable("ce n'est pas du JSON") from error
    if not isinstance(content, dict) or not isinstance(content.get("elements"), list):
        raise _unusable("aucune liste de routes")
    if "remark" in content:
        raise _unusable(f"coupée avant sa fin : {content['remark']}")
