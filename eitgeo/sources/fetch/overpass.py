"""Roads asked of an Overpass server, through osmnx: a graph, saved as GraphML.

osmnx makes the requests: its pauses (the server says when it is free), its cache, which
a broken download resumes from, and its way to cut a large box into several requests.
What the server answers is looked at before osmnx keeps or believes it.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit, urlunsplit

import osmnx
import requests

from eitgeo.errors import SourceError
from eitgeo.sources.fetch.http import (
    MAX_WAIT_S,
    OK,
    Client,
    require_safe_redirect,
    user_agent,
)
from eitgeo.sources.fetch.plan import Part, Watch
from eitgeo.sources.fetch.register import Download
from eitgeo.sources.fetch.transfer import Received
from eitgeo.sources.ground.osm_roads import HIGHWAYS, WAY_TAGS
from eitgeo.store import digest

CACHE_NAME = ".eitgeo/overpass"
"""Answers so far, in the folder of the study: removed once the graph is whole."""

_SIDES = 4
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

MAX_ANSWER_S = 3600.0
"""A server that gives its bytes one by one is left alone."""

_CHUNK_BYTES = 1 << 16
_RETRY_S, _POLL_S = 55.0, 5.0
"""What osmnx waits after a busy answer, and between two looks at a running query."""

_BUSY = frozenset({429, 504})
_SLOT = re.compile(r"Slot available after: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ), .*")
_STATUS_LINE = 4
"""The line of the status, from 0, that osmnx reads."""

_HALF_TURN, _QUARTER_TURN = 180.0, 90.0
_LATER = "relancer plus tard : ce qu'il a déjà donné est gardé"
_SHOWN = 80


class Asked(NamedTuple):
    """What an address of the register asks of Overpass.

    Attributes
    ----------
    api
        Base address of the server.
    box
        West, south, east, north [degrees, EPSG:4326].
    """

    api: str
    box: tuple[float, float, float, float]


def asked_of(url: str) -> Asked:
    """Read the box that an address carries.

    Examples
    --------
    >>> asked_of("https://overpass.example.org/api?bbox=0.1,43,0.5,43.4").box
    (0.1, 43.0, 0.5, 43.4)
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
    return Asked(urlunsplit((*parts[:3], "", "")), (west, south, east, north))


def transfer_graph(
    client: Client, item: Download, part: Part, *, base: Path, watch: Watch
) -> Received:
    """Ask for the roads of a box and write their graph; the caller names it."""
    asked = asked_of(item.url)
    cache = base / CACHE_NAME
    watch.started(item, done_bytes=0, total_bytes=None)
    part.begin(url=item.url, validator="")
    try:
        with _settings(client, asked.api, cache):
            graph = osmnx.graph_from_bbox(
                asked.box,
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
    return Received(asked.api, "", digest(part.path))


def _reason(error: Exception) -> str:
    if isinstance(error, requests.RequestException):
        return (
            "le serveur Overpass ne répond pas → relancer plus tard : ce qu'il a déjà "
            "donné est gardé"
        )
    if isinstance(error, SourceError):
        return str(error)
    reason = " ".join(str(error).split())
    short = "".join(one for one in reason[:_LONGEST_REASON] if one.isprintable())
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
            "hooks": {"response": _Doorkeeper().look_at},
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


class _Doorkeeper:
    """Looks at every answer of one download: redirections, waits, size, content."""

    def __init__(self) -> None:
        self._met: list[str] = []
        self._waited_s = 0.0

    def look_at(self, answer: requests.Response, **_: Any) -> None:
        """Refuse an answer that must not be believed, before it is read further."""
        try:
            self._look_at(answer)
        except BaseException:
            answer.close()  # the library would not, where a hook raises
            raise

    def _look_at(self, answer: requests.Response) -> None:
        self._met.append(answer.url)
        if answer.is_redirect:
            self._look_at_redirect(urljoin(answer.url, answer.headers["location"]))
            return
        self._met = []
        _read_within(answer)
        if answer.status_code in _BUSY:
            self._wait(_RETRY_S)
        elif answer.request.method == "GET":
            self._look_at_status(answer.text)
        elif answer.status_code == OK:
            _require_roads(answer.content)
            self._waited_s = 0.0

    def _look_at_redirect(self, target: str) -> None:
        old, new = (urlsplit(url).scheme for url in (self._met[-1], target))
        require_safe_redirect([*self._met, target], old, new)

    def _look_at_status(self, text: str) -> None:
        """Read what the server says of its next free place, as osmnx does."""
        lines = text.split("\n")
        line = lines[_STATUS_LINE] if len(lines) > _STATUS_LINE else ""
        if line.startswith("Currently "):
            self._wait(_POLL_S)
        elif line.startswith("Slot"):
            slot = _SLOT.fullmatch(line)
            if slot is None:
                raise _unusable("état illisible")
            moment = dt.datetime.fromisoformat(slot[1])
            self._wait((moment - dt.datetime.now(tz=dt.UTC)).total_seconds())

    def _wait(self, seconds: float) -> None:
        self._waited_s += max(seconds, 0.0)
        if self._waited_s > MAX_WAIT_S:
            minutes = math.ceil(self._waited_s / 60)
            message = f"le serveur Overpass fait attendre {minutes} min → {_LATER}"
            raise SourceError(message)


def _unusable(what: str) -> SourceError:
    short = "".join(one for one in what[:_SHOWN] if one.isprintable())
    message = f"réponse inutilisable du serveur Overpass ({short}) → {_LATER}"
    return SourceError(message)


def _read_within(answer: requests.Response) -> None:
    """Read a body of a bounded size, in a bounded time."""
    body, limit_s = bytearray(), time.monotonic() + MAX_ANSWER_S
    for chunk in answer.iter_content(_CHUNK_BYTES):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES or time.monotonic() > limit_s:
            raise _unusable("sans fin")
    answer._content = bytes(body)  # noqa: SLF001 - read already, as `content` would


def _require_roads(body: bytes) -> None:
    """Refuse a page, an answer that was cut short, rows that are no roads."""
    try:
        content = json.loads(body)
    except (RecursionError, ValueError) as error:
        raise _unusable("ce n'est pas du JSON") from error
    if not isinstance(content, dict) or not isinstance(content.get("elements"), list):
        raise _unusable("aucune liste de routes")
    if "remark" in content:
        # Roads are missing, and nothing else would say it.
        raise _unusable(f"coupée avant sa fin : {content['remark']}")
    if not all(map(_is_element, content["elements"])):
        raise _unusable("un nœud ou une voie mal formés")


def _is_element(one: Any) -> bool:
    if not isinstance(one, dict) or type(one.get("id")) is not int:
        return False
    tags = one.get("tags", {})
    if not isinstance(tags, dict) or not all(isinstance(t, str) for t in tags.values()):
        return False
    if one.get("type") == "node":
        return _is_within(one.get("lon"), _HALF_TURN) and _is_within(
            one.get("lat"), _QUARTER_TURN
        )
    nodes = one.get("nodes", [])
    is_listed = isinstance(nodes, list) and all(type(n) is int for n in nodes)
    return is_listed and (one.get("type") != "way" or len(nodes) > 0)


def _is_within(value: Any, most: float) -> bool:
    return type(value) in {int, float} and -most <= value <= most
