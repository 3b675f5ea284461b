"""A server on this machine that plays the official ones, their faults included."""

from __future__ import annotations

import hashlib
import random
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

type Answer = Callable[[Handler], None]

TEXT = "siret;nom\n"


def csv_body(n_bytes: int) -> bytes:
    """Return a CSV of that many bytes, no two stretches of it alike."""
    draw = random.Random(n_bytes)  # noqa: S311
    rows = (f"{draw.randrange(10**14):014};x\n" for _ in range(n_bytes // 16 + 1))
    return (TEXT + "".join(rows)).encode()[:n_bytes]


def digest(body: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(body).hexdigest()


@dataclass
class Official:
    """What the server answers, path by path, and what it was asked.

    Attributes
    ----------
    url
        Its address, without a slash at the end.
    answers
        By path: one answer a request, the last one for all the others.
    asked
        Method, path and headers of each request.
    """

    url: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def give(self, path: str, *answers: Answer) -> str:
        """Set the answers of a path and return its address."""
        self.answers[path] = list(answers)
        return self.url + path

    def next_answer(self, path: str) -> Answer:
        """Return the answer of a request; the last one stays."""
        with self.lock:
            left = self.answers.get(path, [status(404)])
            return left.pop(0) if len(left) > 1 else left[0]

    def ranges(self) -> list[str]:
        """Return the ``Range`` of each GET, empty where there is none."""
        return [head.get("Range", "") for how, _, head in self.asked if how == "GET"]


class Handler(BaseHTTPRequestHandler):
    """Answers as the list of its server says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer, then say that the connection ends."""
        official: Official = self.server.official  # type: ignore[attr-defined]
        official.asked.append((self.command, self.path, dict(self.headers)))
        self.close_connection = True
        try:
            official.next_answer(self.path)(self)
        except (BrokenPipeError, ConnectionResetError):
            return

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        """Read what is sent, then answer as to any request."""
        self.sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Keep silent."""

    def reply(
        self, code: int, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        """Send a whole answer; HEAD gets no body."""
        self.send_response(code)
        told = {"Content-Length": str(len(body)), "Connection": "close"}
        for name, value in (told | dict(headers or {})).items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def serving() -> Iterator[Official]:
    """Serve on this machine for the time of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    official = Official(f"http://127.0.0.1:{server.server_address[1]}")
    server.official = official  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield official
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def status(code: int, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer a code and a page."""
    return lambda ask: ask.reply(code, b"<html>non</html>", headers)


def whole(body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer all the bytes, whatever range is asked."""
    return lambda ask: ask.reply(200, body, headers)


def file(
    body: bytes, *, tag: str = '"v1"', cut_bytes: int | None = None, modified: str = ""
) -> Answer:
    """Answer as a file server: ranges, ``If-Range``; cut after so many bytes."""

    def answer(ask: Handler) -> None:
        told = {"ETag": tag, "Last-Modified": modified, "Accept-Ranges": "bytes"}
        start, code = 0, 200
        wanted = ask.headers.get("Range", "")
        if wanted and ask.headers.get("If-Range", tag) in {tag, modified}:
            start, code = int(wanted.removeprefix("bytes=").rstrip("-")), 206
        if start >= len(body) > 0:
            ask.reply(416, b"", told | {"Content-Range": f"bytes */{len(body)}"})
            return
        if code == 206:
            told["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        rest = body[start:]
        told["Content-Length"] = str(len(rest))
        sent = rest if cut_bytes is None else rest[: max(cut_bytes - start, 0)]
        ask.reply(code, sent, told)

    return answer
