"""A producer on this machine: true files, redirections, ranges, one fault a visit.

An address of the register, ``https://host/path``, is rewritten to ``/host/path`` here.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tests.producer import ground, registers, sirene, territories
from tests.sources.fetch.official import Handler, Official, digest, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.sources.fetch.official import Answer

STATIC = "/static"
"""Where redirections lead, as data.gouv.fr leads to its static host."""


class Served(NamedTuple):
    """Which addresses a file answers, what makes it, how its host behaves."""

    pattern: str
    make: Callable[[re.Match[str]], bytes]
    manner: str = "file"
    """``file``, ``moved`` (302), ``busy`` (503 once), ``cut`` (once, then a range),
    ``gzip`` (compressed on the way), ``octet`` (of no type, and no ETag)."""


def _tile(found: re.Match[str]) -> bytes:
    north, east = int(found["north"]), int(found["east"])
    return ground.copernicus(north, -east if found["side"] == "W" else east)


FILES = (
    Served(r"ADMIN-EXPRESS-COG.*\.7z$", lambda _: territories.admin_express()),
    Served(r"perimetre-epci-a-fp\.csv$", lambda _: territories.dgcl(), "moved"),
    Served(r"banatic", lambda _: territories.banatic(), "cut"),
    Served(r"mvt_?commune.*\.csv$", lambda _: territories.movements()),
    Served(r"base_cc_comparateur", lambda _: registers.comparator_zip(), "moved"),
    Served(r"urssaf", lambda _: registers.urssaf_ape(), "gzip"),
    Served(r"StockEtablissement_utf8\.parquet$",
           lambda _: sirene.establishments_parquet(), "cut"),
    Served(r"StockUniteLegale_utf8\.parquet$",
           lambda _: sirene.legal_units_parquet(), "moved"),
    Served(r"GeolocalisationEtablissement.*\.parquet$",
           lambda _: sirene.positions_parquet()),
    Served(r"installations_classees\?departement=(?P<dep>\w\w) ",
           lambda found: registers.icpe(found["dep"]), "octet"),
    Served(r"irep/(?P<year>20\d\d)\.zip ",
           lambda found: registers.gerep(int(found["year"])), "busy"),
    Served(r"sinoe|decheteries", lambda _: registers.drop_offs(), "gzip"),
    Served(r"(?P<region>limousin|centre)-latest\.osm\.pbf$",
           lambda found: ground.pbf(found["region"]), "moved"),
    Served(r"Copernicus_DSM_COG_10_N(?P<north>\d\d)_00_(?P<side>[EW])0*(?P<east>\d+)_00",
           _tile),
)  # fmt: skip


@dataclass
class Producer:
    """The server, and what each file is.

    Attributes
    ----------
    official
        The server: what it answers, what it was asked.
    bodies
        Path → bytes that are served there in the end.
    manners
        Manner → paths that were given it.
    """

    official: Official
    bodies: dict[str, bytes] = field(default_factory=dict)
    manners: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def rewrite(self, register: Path) -> dict[str, str]:
        """Lead the addresses of a register here; give target → digest of its file."""
        with register.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        told = {}
        for row in rows:
            if row["path"]:
                path = self.serve(row["url"], row["path"])
                told[row["path"]] = digest(self.bodies[path])
                row["url"] = f"{self.official.url}{path}"
        sink = io.StringIO()
        writer = csv.DictWriter(sink, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        register.write_text(sink.getvalue(), encoding="utf-8")
        return told

    def serve(self, url: str, target: str) -> str:
        """Prepare the answers of an address; give its path here."""
        path = "/" + url.split("://", 1)[1]
        one, found = _served(f"{path} {target}")
        body = one.make(found)
        self.bodies[path] = body
        self.manners[one.manner].append(path)
        self.official.give(path, *self._answers(path, body, one.manner))
        return path

    def _answers(self, path: str, body: bytes, manner: str) -> list[Answer]:
        whole = _file(body)
        if manner == "moved":
            self.official.give(f"{STATIC}{path}", whole)
            return [_moved(f"{STATIC}{path}")]
        if manner == "busy":
            return [_once(_busy, whole)]
        if manner == "cut":
            return [_once(_file(body, cut_bytes=len(body) // 2), whole)]
        if manner == "gzip":
            return [_compressed(body)]
        if manner == "octet":
            return [_of_no_type(body)]
        return [whole]


def _served(told: str) -> tuple[Served, re.Match[str]]:
    """Find the file by its address, or by its target where the address is a number."""
    for one in FILES:
        if found := re.search(one.pattern, told, re.IGNORECASE):
            return one, found
    message = f"no producer serves {told}"
    raise LookupError(message)


def _file(body: bytes, *, cut_bytes: int | None = None) -> Answer:
    """Answer as a file server, whose HEAD tells the size."""
    tag = f'"{hashlib.md5(body).hexdigest()}"'  # noqa: S324 - as producers do

    def answer(ask: Handler) -> None:
        start = 0
        told = {"ETag": tag, "Accept-Ranges": "bytes", "Content-Type": "text/html"}
        wanted = ask.headers.get("Range", "")
        if wanted and ask.headers.get("If-Range", tag) == tag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            told["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        rest = body[start:]
        told["Content-Length"] = str(len(rest))
        is_cut = cut_bytes is not None and ask.command == "GET"
        ask.reply(206 if start else 200, rest[:cut_bytes] if is_cut else rest, told)

    return answer


def _once(first: Answer, then: Answer) -> Answer:
    """Fail the first time that the file is asked for; its size is told always."""
    left = [first]

    def answer(ask: Handler) -> None:
        fails = ask.command == "GET" and bool(left)
        (left.pop() if fails else then)(ask)

    return answer


def _moved(path: str) -> Answer:
    return lambda ask: ask.reply(302, b"moved", {"Location": path})


def _busy(ask: Handler) -> None:
    ask.reply(503, b"<html>Maintenance</html>", {"Retry-After": "1"})


def _compressed(body: bytes) -> Answer:
    """Answer compressed, whatever encoding was asked for."""
    told = {"Content-Encoding": "gzip", "Content-Type": "text/csv"}
    return lambda ask: ask.reply(200, gzip.compress(body), told)


def _of_no_type(body: bytes) -> Answer:
    told = {"Content-Type": "application/octet-stream"}
    return lambda ask: ask.reply(200, body, told)


@contextmanager
def producing() -> Iterator[Producer]:
    """Serve for the time of the block."""
    with serving() as official:
        yield Producer(official)
