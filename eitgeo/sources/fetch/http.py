"""One file brought in whole over HTTP: tries, resumption, what it must be at its end.

Redirections are those of the network library, each looked at. Sizes may be asked
before, without the files.
"""

import errno
import itertools
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import metadata
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import numpy as np
import requests
from requests import exceptions as faults
from urllib3 import Retry
from urllib3 import exceptions as body_faults

from eitgeo.errors import SourceError
from eitgeo.sources.fetch.content import HEAD_BYTES, require_kind, require_whole
from eitgeo.sources.fetch.plan import Part, Watch
from eitgeo.sources.fetch.register import Download
from eitgeo.store import digest

MAX_REDIRECTS = 5
MAX_WAIT_S = 300.0
"""A server that asks for more is left alone."""

SLOWEST_BYTES_PER_S = 1000.0
"""The slowest of modems was faster."""

CHUNK_BYTES = 1 << 14
PROGRESS_BYTES = 1 << 20
"""A try that brings as much is no failure."""

SPARE_BYTES = 50_000_000
"""Left free on the disk."""

MAX_RATIO, FREE_RATIO_BYTES = 100, 100_000_000
"""Of a body compressed on the way; CSV gains ten or twenty, from that many bytes on."""

OK, RESUMED, UNSATISFIABLE = 200, 206, 416
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_SENTENCES = {
    401: "accès réservé",
    403: "accès refusé",
    404: "adresse introuvable",
    407: "le mandataire demande une identification",
    410: "fichier retiré",
}
_BACK_OFF_MAX_S = 60.0
_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


class PassingFaultError(Exception):
    """A fault that may not be there at the next try."""

    def __init__(self, reason: str, *, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_s = wait_s


class EndlessError(SourceError):
    """A body that no file is: nothing of it is worth keeping."""


def _session() -> requests.Session:
    session = requests.Session()
    session.max_redirects = MAX_REDIRECTS
    return session


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
    session: requests.Session = field(default_factory=_session, repr=False)

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


@dataclass(frozen=True)
class Received:
    """Where bytes came from at last, as of when (or empty), and their digest."""

    final_url: str
    last_modified: str
    sha256: str


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


def refuse_unsafe_redirect(answer: requests.Response, **_: Any) -> None:
    """Refuse a redirection to what is less safe: a hook of requests."""
    if answer.is_redirect and (met := _unsafe(answer.url, answer.headers["location"])):
        answer.close()  # the library would not, where a hook raises
        raise SourceError(f"{met} → corriger l'adresse du registre")


def _unsafe(url: str, target: str) -> str:
    """Say what is less safe of where an address leads; empty: nothing."""
    try:
        old, new = urlsplit(url), urlsplit(urljoin(url, target))
        ports = old.port, new.port
    except ValueError:
        return "redirection mal formée"
    if new.scheme not in {"http", "https"}:
        return f"redirection vers le protocole « {new.scheme} » refusée"
    if (old.scheme, new.scheme) == ("https", "http"):
        return "redirection de https vers http refusée (connexion sans chiffrement)"
    if new.username is not None or new.password is not None:
        return "redirection qui donne un identifiant ou un mot de passe refusée"
    if _nearness(new.hostname, ports[1]) > _nearness(old.hostname, ports[0]):
        return "redirection vers cette machine ou son réseau refusée"
    return ""


def _nearness(host: str | None, port: int | None) -> int:
    """Say whether a host is this machine (2), of its network (1) or of none (0)."""
    try:
        found = socket.getaddrinfo(host, port)
    except (OSError, UnicodeError):
        return 0  # behind a proxy, which looks for names itself
    addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    return max(2 * one.is_loopback or int(not one.is_global) for one in addresses)


@contextmanager
def ask(
    client: Client,
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
) -> Iterator[requests.Response]:
    """Ask for an address, following redirections, and give the answer to read."""
    polite = {
        "User-Agent": user_agent(),
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }
    with (
        _faults_told(),
        client.session.request(
            method,
            url,
            headers={**polite, **(headers or {})},
            allow_redirects=True,
            proxies=dict.fromkeys(("http", "https"), client.proxy)
            if client.proxy
            else {},
            stream=True,
            timeout=(client.connect_s, client.read_s),
            hooks={"response": refuse_unsafe_redirect},
        ) as answer,
    ):
        code = answer.status_code
        if code in _PASSING:
            wait_s = None
            with suppress(body_faults.InvalidHeader, OverflowError, ValueError):
                wait_s = Retry().get_retry_after(answer.raw)
            reason = f"le serveur est indisponible (réponse {code})"
            raise PassingFaultError(reason, wait_s=wait_s)
        if code not in {OK, RESUMED, UNSATISFIABLE}:
            met = _SENTENCES.get(code, "réponse inutilisable")
            message = f"{met} (réponse {code}) → vérifier l'adresse du registre"
            raise SourceError(message)
        yield answer


@contextmanager
def _faults_told() -> Iterator[None]:
    """Part the faults of the network: what may pass, what somebody must correct."""
    try:
        yield
    except faults.SSLError as error:
        if "certificate" not in str(error).lower():
            raise PassingFaultError("connexion chiffrée coupée") from error
        fault: Exception = error
        message = (
            "certificat du serveur refusé → derrière un mandataire, indiquer son "
            "certificat (variable REQUESTS_CA_BUNDLE, voir docs/windows.md)"
        )
    except (faults.InvalidProxyURL, faults.ProxyError) as error:
        fault = error
        message = (
            "mandataire injoignable ou mal écrit → vérifier --proxy ou HTTPS_PROXY"
        )
    except faults.TooManyRedirects as error:
        fault = error
        message = (
            f"redirections en boucle ou plus de {MAX_REDIRECTS} → ouvrir l'adresse "
            "dans un navigateur"
        )
    except (faults.RequestException, body_faults.HTTPError) as error:
        if not isinstance(error, ValueError):
            raise PassingFaultError(_passing(error)) from error
        fault = error
        message = "adresse ou redirection mal formée → corriger le registre"
    else:
        return
    raise SourceError(message) from fault


def _passing(error: Exception) -> str:
    if "timed out" in str(error).lower():
        return "le serveur ne répond plus"
    if isinstance(error, requests.ConnectionError):
        return "connexion impossible ou coupée"
    return "transfert interrompu"


def transfer(client: Client, item: Download, part: Part, *, watch: Watch) -> Received:
    """Bring one file in; its final name is given by the caller."""
    try:
        answer = _persist(client, item, part, watch)
        fault = _content_fault(item, part)
        if fault is not None and answer.status_code != OK:
            # Bytes of two days may not fit together: once more from the start.
            part.discard()
            answer = _persist(client, item, part, watch)
            fault = _content_fault(item, part)
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
        message = (
            f"écriture impossible ({error.strerror or error}) → vérifier le dossier"
        )
        if error.errno in _FULL:
            part.discard()
            message = (
                "disque plein → libérer de la place, puis relancer (rien n'est gardé "
                "de ce fichier)"
            )
        raise SourceError(f"{item.file} : {message}") from error
    return Received(answer.url, answer.headers.get("Last-Modified", ""), sha256)


def _content_fault(item: Download, part: Part) -> SourceError | None:
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
            # Nothing follows the bytes at hand: they are all of it, or of another file.
            told = answer.headers.get("Content-Range", "").strip()
            if told != f"bytes */{part.size_bytes}":
                part.discard()
                raise PassingFaultError("le serveur refuse la reprise", wait_s=0.0)
            return answer
        chunks = _chunks(answer, window_s=client.read_s, deadline_s=deadline_s)
        if answer.status_code == RESUMED:
            total_bytes = _continued_total_bytes(answer, item, part)
            _require_space(item, part, total_bytes)
        else:
            # What an earlier try left is given up only for data of the right kind.
            total_bytes = _announced_bytes(answer)
            head = b""
            while len(head) < HEAD_BYTES and (chunk := next(chunks, b"")):
                head += chunk
            require_kind(head, name=item.file, is_all=len(head) < HEAD_BYTES)
            _require_space(item, part, total_bytes)
            part.begin(url=item.url, validator=_validator(answer))
            chunks = itertools.chain([head], chunks)
        watch.started(item, done_bytes=part.size_bytes, total_bytes=total_bytes)
        with part.path.open("ab") as handle:
            for chunk in chunks:
                handle.write(chunk)
                watch.advanced(item, len(chunk))
                _require_end(item, handle.tell(), n_folded=_folded_bytes(answer))
    if total_bytes is not None and part.size_bytes != total_bytes:
        raise PassingFaultError("transfert interrompu")
    return answer


def _chunks(
    answer: requests.Response, *, window_s: float, deadline_s: float
) -> Iterator[bytes]:
    """Give the bytes of a body as they come, while they come fast enough."""
    start_s, n_bytes = time.monotonic(), 0
    while chunk := answer.raw.read1(CHUNK_BYTES, decode_content=True):
        now_s = time.monotonic()
        if now_s >= deadline_s:
            message = "téléchargement trop long → relancer : il reprendra où il en est"
            raise SourceError(message)
        n_bytes += len(chunk)
        if now_s >= start_s + window_s:
            if n_bytes < SLOWEST_BYTES_PER_S * window_s:
                raise PassingFaultError("le serveur envoie trop lentement")
            start_s, n_bytes = now_s, 0
        yield chunk


def _range_headers(item: Download, part: Part) -> dict[str, str]:
    validator = part.validator(item.url)
    # Without a version told by the server, only a known digest can tell a bad join.
    if validator is None or not (validator or item.sha256):
        return {}
    headers = {"Range": f"bytes={part.size_bytes}-"}
    return {**headers, "If-Range": validator} if validator else headers


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
    return int(content_range[3]) if content_range[3] != "*" else None


def _announced_bytes(answer: requests.Response) -> int | None:
    """Return the size that the file will have; None where it is not announced."""
    if _encoding(answer) not in _ENCODINGS:
        met = f"compression « {_encoding(answer)} » que personne n'a demandée"
        raise SourceError(f"{met} → signaler au producteur")
    announced = answer.headers.get("Content-Length", "").strip()
    # The length of a compressed body is not the length of the file.
    return int(announced) if _is_plain(answer) and announced.isdecimal() else None


def _encoding(answer: requests.Response) -> str:
    return answer.headers.get("Content-Encoding", "").strip().lower()


def _is_plain(answer: requests.Response) -> bool:
    return _encoding(answer) in {"", "identity"}


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
    _require_end(item, total_bytes)
    needed_bytes = total_bytes - part.size_bytes + SPARE_BYTES
    folder = next(one for one in part.path.parents if one.is_dir())
    free_bytes = shutil.disk_usage(folder).free
    if needed_bytes > free_bytes:
        message = (
            f"{item.file} : il faut {needed_bytes / 1e6:.0f} Mo, le disque n'en a que "
            f"{free_bytes / 1e6:.0f} → libérer de la place, puis relancer"
        )
        raise SourceError(message)


def _folded_bytes(answer: requests.Response) -> float:
    """Return what a compressed body took on the way so far; infinite: it is plain."""
    return np.inf if _is_plain(answer) else max(answer.raw.tell(), 1)


def _require_end(item: Download, size_bytes: int, *, n_folded: float = np.inf) -> None:
    if size_bytes > item.most_bytes:
        met = f"plus de {item.most_bytes / 1e6:.0f} Mo"
        remedy = "vérifier l'adresse, et « size_mb » dans le registre"
    elif size_bytes > max(MAX_RATIO * n_folded, FREE_RATIO_BYTES):
        met = f"contenu qui se déplie plus de {MAX_RATIO} fois"
        remedy = "vérifier l'adresse, puis signaler au producteur"
    else:
        return
    raise EndlessError(f"{item.file} : {met} → {remedy}")


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
            with ask(client, item.url, method="HEAD") as answer:
                # Services that make the answer on demand announce 0 to this question.
                sizes[item.path] = _announced_bytes(answer) or None
        except PassingFaultError:
            silent.add(host)
        except SourceError:
            continue
    return sizes
