"""How long a server is waited for: no timeout of a socket bounds one that drips.

What may last runs in a thread of its own, which is left alone once patience is over:
it holds a socket that its owner closes, and dies with the process.
"""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Protocol

from eitgeo.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SLOWEST_BYTES_PER_S = 1000.0
"""The slowest of modems was faster."""

_FEW = 8
_LOOK_S = 1.0


class PassingFaultError(Exception):
    """A fault that may not be there at the next try."""

    def __init__(self, reason: str, *, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_s = wait_s


class EndlessError(SourceError):
    """A body that no file is: nothing of it is worth keeping."""


class Closing(Protocol):
    """What a call may give too late for anybody to want it."""

    def close(self) -> None:
        """Let it go."""


def in_time[T: Closing](call: Callable[[], T], *, seconds: float) -> T:
    """Give what a call returns, unless it lasts."""
    met: queue.SimpleQueue[tuple[T] | BaseException] = queue.SimpleQueue()
    late = threading.Lock()

    def run() -> None:
        try:
            found: tuple[T] | BaseException = (call(),)
        except BaseException as error:  # noqa: BLE001 - raised again by who waits
            found = error
        if late.acquire(blocking=False):
            met.put(found)
        elif isinstance(found, tuple):
            found[0].close()

    threading.Thread(target=run, daemon=True).start()
    try:
        found = met.get(timeout=seconds)
    except queue.Empty:
        if late.acquire(blocking=False):
            raise PassingFaultError("le serveur ne répond plus") from None
        found = met.get()  # just now
    if isinstance(found, BaseException):
        raise found
    return found[0]


def steady(
    chunks: Iterator[bytes], *, window_s: float, deadline_s: float
) -> Iterator[bytes]:
    """Give the bytes of a body while they come fast enough."""
    left = threading.Event()
    met: queue.Queue[bytes | BaseException | None] = queue.Queue(_FEW)
    threading.Thread(target=_pump, args=(chunks, met, left), daemon=True).start()
    try:
        yield from _taken(met, window_s, deadline_s)
    finally:
        left.set()


def _taken(
    met: queue.Queue[bytes | BaseException | None], window_s: float, deadline_s: float
) -> Iterator[bytes]:
    start, n_bytes = time.monotonic(), 0
    while True:
        now = time.monotonic()
        if now >= deadline_s:
            message = "téléchargement trop long → relancer : il reprendra où il en est"
            raise SourceError(message)
        if now >= start + window_s:
            if n_bytes < SLOWEST_BYTES_PER_S * window_s:
                raise PassingFaultError("le serveur envoie trop lentement")
            start, n_bytes = now, 0
        try:
            chunk = met.get(timeout=min(start + window_s, deadline_s) - now)
        except queue.Empty:
            continue
        if chunk is None:
            return
        if isinstance(chunk, BaseException):
            raise chunk
        n_bytes += len(chunk)
        yield chunk


def _pump(
    chunks: Iterator[bytes],
    met: queue.Queue[bytes | BaseException | None],
    left: threading.Event,
) -> None:
    try:
        for chunk in chunks:
            if not _put(chunk, met, left):
                return
        _put(None, met, left)
    except BaseException as error:  # noqa: BLE001 - raised again by who waits
        _put(error, met, left)


def _put(
    one: bytes | BaseException | None,
    met: queue.Queue[bytes | BaseException | None],
    left: threading.Event,
) -> bool:
    while not left.is_set():
        try:
            met.put(one, timeout=_LOOK_S)
        except queue.Full:
            continue
        return True
    return False
