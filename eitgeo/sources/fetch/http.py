"""One polite request: who asks, redirections, what an answer means, how long to wait.

No timeout of a socket bounds a server that drips: what may last runs in a thread of its
own, which is left alone once patience is over: it holds a socket that its owner closes,
and dies with the process.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import metadata
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import numpy as np
import requests
from requests.exceptions import (
    InvalidHeader,
    InvalidProxyURL,
    InvalidSchema,
    InvalidURL,
    ProxyError,
    RequestException,
    SSLError,
)
from urllib3 import Retry
from urllib3.exceptions import InvalidHeader as InvalidRetryAfter

from eitgeo.errors import SourceError

MAX_REDIRECTS = 5
MAX_WAIT_S = 300.0
"""A server that asks for more is left alone."""

OK, RESUMED, UNSATISFIABLE = 200, 206, 416
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BACK_OFF_MAX_S = 60.0
_SENTENCES = {
    401: "accès réservé",
    403: "accès refusé",
    404: "adresse introuvable",
    407: "le mandataire demande une identification",
    410: "fichier retiré",
}

SLOWEST_BYTES_PER_S = 1000.0
"""The slowest of modems was faster."""

_FEW = 8
_LOOK_S = 1.0


@dataclass(frozen=True)
class Client:
    """How requests are made.

    Attributes
    ----------
    proxy
        Address of the proxy; empty: the one of the environment, if any.
    connect_s, read_s
        Patience for a connection, and for the next bytes [s].
    longest_s
        Patience for a whole file [s].
    tries
        Tries in a row that bring nothing, before giving up.
    sleep
        Waits that many seconds.
    rng
        Draws the waits, so that many users do not come back together.
    session
        Keeps connections open.
    """

    proxy: str = ""
    connect_s: float = 20.0
    read_s: float = 60.0
    longest_s: float = 43_200.0
    tries: int = 5
    sleep: Callable[[float], None] = time.sleep
    rng: np.random.Generator = field(default_factory=np.random.default_rng, repr=False)
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def wait_s(self, fault: PassingFaultError, *, failures: int) -> float:
        """Say how long to wait before the next try."""
        if fault.wait_s is None:
            top = min(_BACK_OFF_MAX_S, 2.0**failures)
            return float(top * self.rng.uniform(0.5, 1.0))
        if fault.wait_s > MAX_WAIT_S:
            message = (
                f"{fault.reason} : le serveur demande d'attendre "
                f"{fault.wait_s / 60:.0f} min → relancer plus tard"
            )
            raise SourceError(message)
        return fault.wait_s


def user_agent() -> str:
    """Say who asks: name, version, and the address of the project where it has one."""
    package = metadata("eitgeo")
    named = f"{package['Name']}/{package['Version']}"
    addresses = [
        address.strip()
        for line in package.get_all("Project-URL") or []
        for label, _, address in [line.partition(",")]
        if label.strip().casefold() in {"homepage", "repository", "source"}
    ]
    return f"{named} (+{addresses[0]})" if addresses else named


@contextmanager
def ask(
    client: Client,
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
) -> Iterator[requests.Response]:
    """Ask for an address, following redirections, and give the answer to read."""
    with _saying_faults():
        answer = _follow(client, url, method, headers or {})
        with answer:
            _require_answer(answer)
            try:
                yield answer
            finally:
                _cut(answer)


def _cut(answer: requests.Response) -> None:
    """Wake whoever still reads the body: to close it would wait for him."""
    with suppress(AttributeError, OSError, RuntimeError, ValueError):  # all was read
        answer.raw.shutdown()


@contextmanager
def _saying_faults() -> Iterator[None]:
    try:
        yield
    except SSLError as error:
        if "certificate" not in str(error).lower():
            raise PassingFaultError("connexion chiffrée coupée") from error
        message = (
            "certificat du serveur refusé → derrière un mandataire, indiquer son "
            "certificat (variable REQUESTS_CA_BUNDLE, voir docs/windows.md)"
        )
        raise SourceError(message) from error
    except (InvalidProxyURL, ProxyError) as error:
        message = (
            "mandataire injoignable ou mal écrit → vérifier --proxy ou HTTPS_PROXY"
        )
        raise SourceError(message) from error
    except (InvalidHeader, InvalidSchema, InvalidURL) as error:
        message = "adresse que le réseau refuse → corriger le registre"
        raise SourceError(message) from error
    except RequestException as error:
        raise PassingFaultError(_cause(error)) from error


def _cause(error: RequestException) -> str:
    if isinstance(error, requests.Timeout) or "timed out" in str(error).lower():
        return "le serveur ne répond plus"
    if isinstance(error, requests.ConnectionError):
        return "connexion impossible ou coupée"
    return "transfert interrompu"


def _follow(
    client: Client, url: str, method: str, headers: Mapping[str, str]
) -> requests.Response:
    met = [url]
    while True:
        try:
            # A server may send its headers byte by byte, each in time.
            answer = _in_time(
                partial(_request, client, met[-1], method, headers),
                seconds=client.connect_s + 2 * client.read_s,
            )
            target = client.session.get_redirect_target(answer)
            if answer.status_code not in _REDIRECTS or not target:
                return answer
            answer.close()
            met.append(urljoin(met[-1], target))
            schemes = [urlsplit(url).scheme for url in met]
        except RequestException:
            raise
        except ValueError as error:  # what the parsers of addresses raise
            message = "adresse ou redirection mal formée → corriger le registre"
            raise SourceError(message) from error
        require_safe_redirect(met, *schemes[-2:])


def _request(
    client: Client, url: str, method: str, headers: Mapping[str, str]
) -> requests.Response:
    polite = {
        "User-Agent": user_agent(),
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }
    return client.session.request(
        method,
        url,
        headers={**polite, **headers},
        allow_redirects=False,
        proxies={"http": client.proxy, "https": client.proxy} if client.proxy else {},
        stream=True,
        timeout=(client.connect_s, client.read_s),
    )


def require_safe_redirect(met: list[str], old: str, new: str) -> None:
    """Refuse a redirection out of https, to another protocol, or without end."""
    if new not in {"http", "https"}:
        message = f"redirection vers le protocole « {new} » refusée"
        raise SourceError(f"{message} → corriger l'adresse du registre")
    if old == "https" and new == "http":
        message = "redirection de https vers http refusée (connexion sans chiffrement)"
        raise SourceError(f"{message} → corriger l'adresse du registre")
    if len(met) - 1 > MAX_REDIRECTS or met[-1] in met[:-1]:
        message = f"redirections en boucle ou plus de {MAX_REDIRECTS}"
        raise SourceError(f"{message} → ouvrir l'adresse dans un navigateur")


def _require_answer(answer: requests.Response) -> None:
    code = answer.status_code
    if code in {OK, RESUMED, UNSATISFIABLE}:
        return
    if code in _PASSING:
        reason = f"le serveur est indisponible (réponse {code})"
        raise PassingFaultError(reason, wait_s=_retry_after_s(answer))
    what = _SENTENCES.get(code, "réponse inutilisable")
    message = f"{what} (réponse {code}) → vérifier l'adresse du registre"
    raise SourceError(message)


def _retry_after_s(answer: requests.Response) -> float | None:
    """Read what the server asks to wait, seconds or date; None: nothing readable."""
    with suppress(InvalidRetryAfter, OverflowError, ValueError):
        return Retry().get_retry_after(answer.raw)
    return None


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


def _in_time[T: Closing](call: Callable[[], T], *, seconds: float) -> T:
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
