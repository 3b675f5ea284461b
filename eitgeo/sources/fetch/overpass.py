"""Roads asked of an Overpass server, through osmnx: a graph, saved as GraphML.

osmnx makes the requests: its pauses (the server says when it is free), its cache, which
a broken download resumes from, and its way to cut a large box into several requests.
"""

from __future__ import annotations

import shutil
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, urlsplit, urlunsplit

import osmnx
import requests

from eitgeo.errors import SourceError
from eitgeo.sources.fetch.http import Client, user_agent
from eitgeo.sources.fetch.overpass_answers import Doorkeeper
from eitgeo.sources.fetch.transfer import Received
from eitgeo.sources.ground.osm_roads import HIGHWAYS, WAY_TAGS
from eitgeo.store import digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eitgeo.sources.fetch.part import Part
    from eitgeo.sources.fetch.plan import Watch
    from eitgeo.sources.fetch.register import Download

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
    told = parse_qs(parts.query).get("bbox", [""])[0]
    try:
        west, south, east, north = map(float, told.split(","))
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
    told = " ".join(str(error).split())
    short = "".join(one for one in told[:_LONGEST_REASON] if one.isprintable())
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
            "hooks": {"response": Doorkeeper().look_at},
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
