"""What an Overpass server answers, looked at before osmnx keeps or believes it."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from eitgeo.errors import SourceError
from eitgeo.sources.fetch.http import MAX_WAIT_S, OK, require_safe_redirect

if TYPE_CHECKING:
    import requests

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


class Doorkeeper:
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
            told = _SLOT.fullmatch(line)
            if told is None:
                raise _unusable("état illisible")
            moment = dt.datetime.fromisoformat(told[1])
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
    held, limit_s = bytearray(), time.monotonic() + MAX_ANSWER_S
    for chunk in answer.iter_content(_CHUNK_BYTES):
        held += chunk
        if len(held) > MAX_ANSWER_BYTES or time.monotonic() > limit_s:
            raise _unusable("sans fin")
    answer._content = bytes(held)  # noqa: SLF001 - read already, as `content` would


def _require_roads(body: bytes) -> None:
    """Refuse a page, an answer that was cut short, rows that are no roads."""
    try:
        told = json.loads(body)
    except (RecursionError, ValueError) as error:
        raise _unusable("ce n'est pas du JSON") from error
    if not isinstance(told, dict) or not isinstance(told.get("elements"), list):
        raise _unusable("aucune liste de routes")
    if "remark" in told:
        # Roads are missing, and nothing else would say it.
        raise _unusable(f"coupée avant sa fin : {told['remark']}")
    if not all(map(_is_element, told["elements"])):
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
