"""One file through every fault of a network, against a server of this machine."""

from __future__ import annotations

import dataclasses
import errno
import gzip
import io
import os
import pathlib
import shutil
import time
import zipfile
from email.utils import formatdate

import pytest
import requests

from eitgeo.errors import SourceError
from eitgeo.sources.fetch import http
from tests.sources.fetch.official import (
    csv_body,
    digest,
    file,
    serving,
    status,
    whole,
)

BODY = csv_body(300_000)


def parquet(n_bytes: int) -> bytes:
    """Return bytes that begin and end as Parquet."""
    return b"PAR1" + b"\x01" * (n_bytes - 8) + b"PAR1"


def zipped(text: bytes) -> bytes:
    """Return an archive of one file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.csv", text)
    return held.getvalue()


def message(outcome) -> str:
    """Return why a file failed."""
    assert outcome.status == "failed"
    return str(outcome.error)


def test_a_file_comes_whole_and_is_told(study, official) -> None:
    official.give("/a.csv", file(BODY, modified="Tue, 24 Nov 2026 10:00:00 GMT"))
    outcome = study.fetch(study.item())
    assert (outcome.status, outcome.size_bytes) == ("fetched", len(BODY))
    assert outcome.sha256 == digest(BODY)
    assert study.content(outcome.item) == BODY
    assert study.left() == ["a.csv"]
    assert study.heard.starts == [(0, len(BODY))]
    assert study.heard.n_bytes == len(BODY)
    assert study.heard.ends == ["fetched"]


def test_who_asks_is_told_without_an_address_of_a_person(study, official) -> None:
    official.give("/a.csv", whole(BODY))
    study.fetch(study.item())
    ((method, _, headers),) = official.asked
    assert method == "GET"
    assert headers["User-Agent"].startswith("eitgeo/0.")
    assert "@" not in headers["User-Agent"]
    assert headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("tag", ['"v1"', ""])
def test_a_cut_goes_on_where_it_stopped(study, official, tag) -> None:
    modified = "Tue, 24 Nov 2026 10:00:00 GMT"
    cut = file(BODY, tag=tag, modified=modified, cut_bytes=200_000)
    official.give("/a.csv", cut, file(BODY, tag=tag, modified=modified))
    assert study.fetch(study.item()).sha256 == digest(BODY)
    first, second = official.ranges()
    assert first == ""
    received = int(second.removeprefix("bytes=").rstrip("-"))
    assert 100_000 < received <= 200_000
    assert official.asked[1][2]["If-Range"] == (tag or modified)
    assert study.heard.starts[1] == (received, len(BODY))
    assert study.heard.reasons == ["transfert interrompu"]


def test_a_cut_goes_on_at_the_next_command(study, official) -> None:
    official.give("/a.csv", file(BODY, cut_bytes=200_000), status(503))
    item = study.item(sha256=digest(BODY))
    assert "3 essais sans succès" in message(study.fetch(item))
    assert study.left() == [".a.csv.part", ".a.csv.part.json"]
    official.asked.clear()
    official.give("/a.csv", file(BODY))
    assert study.fetch(item).status == "fetched"
    assert official.ranges()[0].startswith("bytes=")
    assert study.content(item) == BODY
    assert study.left() == ["a.csv"]


def test_another_version_is_not_joined_to_the_first(study, official) -> None:
    new = csv_body(310_000)
    official.give(
        "/a.csv", file(BODY, cut_bytes=200_000), file(new, tag='"v2"', modified="x")
    )
    assert study.fetch(study.item()).sha256 == digest(new)
    assert official.ranges()[1].startswith("bytes=")


def test_a_part_from_another_address_is_not_used(study, official) -> None:
    official.give("/2026/a.csv", file(BODY, cut_bytes=200_000), status(404))
    study.fetch(study.item("/2026/a.csv"))
    new = csv_body(310_000)
    official.give("/2027/a.csv", file(new))
    assert study.fetch(study.item("/2027/a.csv")).sha256 == digest(new)
    assert official.ranges()[-1] == ""


def test_a_server_that_joins_two_versions_is_caught_by_its_tag(study, official) -> None:
    new = csv_body(310_000)

    def careless(ask) -> None:
        start = int(ask.headers.get("Range", "bytes=0-").removeprefix("bytes=")[:-1])
        told = {"ETag": '"v2"'}
        if not start:
            ask.reply(200, new, told)
            return
        told["Content-Range"] = f"bytes {start}-{len(new) - 1}/{len(new)}"
        ask.reply(206, new[start:], told)

    official.give("/a.csv", file(BODY, cut_bytes=200_000), careless)
    assert study.fetch(study.item()).sha256 == digest(new)


def test_a_bad_join_is_caught_by_the_digest_and_begun_again(study, official) -> None:
    other = csv_body(290_000) + BODY[290_000:]
    official.give(
        "/a.csv", file(other, cut_bytes=200_000), file(BODY), file(BODY, tag='"v1"')
    )
    assert study.fetch(study.item(sha256=digest(BODY))).sha256 == digest(BODY)
    assert [bool(one) for one in official.ranges()] == [False, True, False]


def test_a_server_without_ranges_begins_again(study, official) -> None:
    official.give(
        "/a.csv", file(BODY, cut_bytes=200_000), whole(BODY, {"ETag": '"v1"'})
    )
    assert study.fetch(study.item()).sha256 == digest(BODY)
    assert study.heard.starts == [(0, len(BODY)), (0, len(BODY))]


@pytest.mark.parametrize(("sha256", "goes_on"), [("", False), (digest(BODY), True)])
def test_without_a_version_only_a_known_digest_allows_a_join(
    study, official, sha256, goes_on
) -> None:
    official.give("/a.csv", file(BODY, tag="", cut_bytes=200_000), file(BODY, tag=""))
    assert study.fetch(study.item(sha256=sha256)).sha256 == digest(BODY)
    assert bool(official.ranges()[1]) == goes_on


def test_a_weak_tag_does_not_vouch_for_bytes(study, official) -> None:
    weak = 'W/"v1"'
    official.give(
        "/a.csv", file(BODY, tag=weak, cut_bytes=200_000), file(BODY, tag=weak)
    )
    assert study.fetch(study.item()).status == "fetched"
    assert official.ranges() == ["", ""]


def test_a_part_that_is_all_there_is_recognised(study, official) -> None:
    body = csv_body(4 * http.CHUNK_BYTES)
    # The body is whole; the server had announced 50 bytes more, then cut.
    liar = whole(body, {"ETag": '"v1"', "Content-Length": str(len(body) + 50)})
    official.give("/a.csv", liar, file(body))
    assert study.fetch(study.item()).sha256 == digest(body)
    assert official.ranges() == ["", f"bytes={len(body)}-"]
    assert study.heard.n_bytes == len(body)


def test_a_part_that_is_longer_than_the_file_is_begun_again(study, official) -> None:
    item = study.item(sha256=digest(BODY))
    official.give("/a.csv", file(BODY + BODY, cut_bytes=400_000), status(404))
    assert study.fetch(item).status == "failed"
    official.give("/a.csv", file(BODY))
    assert study.fetch(item).status == "fetched"
    assert study.content(item) == BODY


def test_a_length_too_short_gives_a_cut_file_that_is_refused(study, official) -> None:
    body = parquet(5000)
    official.give("/a.parquet", whole(body, {"Content-Length": "4000"}))
    assert "a.parquet : fichier tronqué" in message(
        study.fetch(study.item("/a.parquet"))
    )
    assert study.left() == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.zip", zipped(b"x" * 5000)[:-30]),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + b"\1" * 99),
    ],
)
def test_an_archive_without_its_end_is_refused(study, official, name, body) -> None:
    official.give(f"/{name}", whole(body))
    assert "fichier tronqué" in message(study.fetch(study.item(f"/{name}")))


def test_a_wrong_digest_is_refused_and_nothing_is_kept(study, official) -> None:
    official.give("/a.csv", file(BODY))
    said = message(study.fetch(study.item(sha256="0" * 64)))
    assert f"empreinte {digest(BODY)[:12]}…, le registre dit 000000000000…" in said
    assert study.left() == []
    assert len(official.asked) == 1


@pytest.mark.parametrize(
    ("code", "what"),
    [
        (404, "adresse introuvable"),
        (403, "accès refusé"),
        (418, "réponse inutilisable"),
    ],
)
def test_a_refusal_is_not_asked_again(study, official, code, what) -> None:
    official.give("/a.csv", status(code))
    said = message(study.fetch(study.item()))
    assert said == (f"a.csv : {what} (réponse {code}) → vérifier l'adresse du registre")
    assert len(official.asked) == 1
    assert study.left() == []


def test_a_server_in_trouble_is_asked_again_later_each_time(study, official) -> None:
    official.give("/a.csv", status(500), status(502), file(BODY))
    assert study.fetch(study.item()).status == "fetched"
    first, second = study.waits_s
    assert 1.0 <= first <= 2.0 <= second <= 4.0
    assert study.heard.reasons[0] == "le serveur est indisponible (réponse 500)"


def test_it_stops_after_some_tries(study, official) -> None:
    official.give("/a.csv", status(503))
    assert "3 essais sans succès → relancer plus tard" in message(
        study.fetch(study.item())
    )
    assert len(official.asked) == 3


def test_the_wait_that_a_server_asks_is_kept(study, official) -> None:
    soon = formatdate(time.time() + 30, usegmt=True)
    official.give(
        "/a.csv",
        status(429, {"Retry-After": "7"}),
        status(503, {"Retry-After": soon}),
        file(BODY),
    )
    assert study.fetch(study.item()).status == "fetched"
    assert study.waits_s[0] == 7.0
    assert 25.0 < study.waits_s[1] <= 30.0


def test_a_server_that_asks_for_an_hour_is_left_alone(study, official) -> None:
    official.give("/a.csv", status(429, {"Retry-After": "3600"}))
    assert "d'attendre 60 min → relancer plus tard" in message(
        study.fetch(study.item())
    )
    assert study.waits_s == []


def test_a_silent_server_is_given_up_then_gone_on_with(study, official) -> None:
    def slow(ask) -> None:
        file(BODY, cut_bytes=200_000)(ask)
        ask.wfile.flush()
        time.sleep(0.8)

    official.give("/a.csv", slow, file(BODY))
    assert study.fetch(study.item(), read_s=0.3).sha256 == digest(BODY)
    assert study.heard.reasons == ["le serveur ne répond plus"]
    assert official.ranges()[1].startswith("bytes=")


def test_a_closed_port_is_told(study, official) -> None:
    with serving() as gone:
        official.url = gone.url
    said = message(study.fetch(study.item()))
    assert "a.csv : connexion impossible ou coupée, 3 essais" in said


def test_tries_that_bring_bytes_do_not_count_as_failures(study, official) -> None:
    body = csv_body(5 << 20)
    cuts = [file(body, cut_bytes=n << 20) for n in (2, 3, 4)]
    official.give("/a.csv", *cuts, file(body))
    # Each cut brings a megabyte or so; two tries in a row without it would end it.
    assert study.fetch(study.item(), tries=3).sha256 == digest(body)


def test_redirections_are_followed_with_the_range(study, official) -> None:
    official.give("/a.csv", status(302, {"Location": "/b.csv?jeton=1"}))
    official.give("/b.csv?jeton=1", file(BODY, cut_bytes=200_000), file(BODY))
    assert study.fetch(study.item()).sha256 == digest(BODY)
    assert official.ranges()[-1].startswith("bytes=")


def test_redirections_without_end_are_refused(study, official) -> None:
    for rank in range(9):
        official.give(f"/{rank}.csv", status(302, {"Location": f"/{rank + 1}.csv"}))
    said = message(study.fetch(study.item("/0.csv")))
    assert "redirections en boucle ou plus de 5" in said
    assert len(official.asked) == 6


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://1.1.1.1/a.csv", "redirection de https vers http refusée"),
        ("https://moi:secret@1.1.1.1/a.csv", "identifiant ou un mot de passe"),
        ("https://127.0.0.1/a.csv", "vers cette machine ou son réseau"),
        ("https://localhost:8080/a.csv", "vers cette machine ou son réseau"),
        ("https://[::1]/a.csv", "vers cette machine ou son réseau"),
        ("https://[::ffff:10.0.0.1]/a.csv", "vers cette machine ou son réseau"),
        ("https://10.0.0.7/a.csv", "vers cette machine ou son réseau"),
        ("https://192.168.1.1/a.csv", "vers cette machine ou son réseau"),
        ("https://169.254.169.254/a.csv", "vers cette machine ou son réseau"),
        ("https://0/a.csv", "vers cette machine ou son réseau"),
        ("https://ici.invalid:99999/a.csv", "mal formée"),
    ],
)
def test_a_redirection_that_is_less_safe_is_refused(target: str, said: str) -> None:
    answer = redirected("https://8.8.8.8/a.csv", target)
    with pytest.raises(SourceError, match=said) as fault:
        http.refuse_unsafe_redirect(answer)
    assert "secret" not in str(fault.value)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://8.8.8.8/a.csv", "https://1.1.1.1/a.csv"),
        ("https://8.8.8.8/a.csv", "/b.csv"),
        ("http://10.0.0.7/a.csv", "http://10.0.0.8/a.csv"),
        ("http://127.0.0.1/a.csv", "http://10.0.0.8/a.csv"),
    ],
)
def test_a_redirection_to_no_nearer_host_is_followed(url: str, target: str) -> None:
    http.refuse_unsafe_redirect(redirected(url, target))


def redirected(url: str, target: str) -> requests.Response:
    """Return the answer of a server that sends elsewhere."""
    answer = requests.Response()
    answer.status_code, answer.raw = 302, io.BytesIO()
    answer.url = url
    answer.headers["Location"] = target
    return answer


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "certificat"),
        ("[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC]", "connexion chiffrée coupée"),
    ],
)
def test_a_bad_certificate_is_final_and_a_cut_is_not(study, fault, said) -> None:
    class Session(requests.Session):
        def request(self, *_: object, **__: object) -> requests.Response:
            raise requests.exceptions.SSLError(fault)

    told = message(study.fetch(study.item(), session=Session()))
    assert said in told
    assert ("3 essais" in told) == ("certificat" not in said)


@pytest.mark.parametrize("target", ["http://[::1/a.csv", "http://[x]/"])
def test_a_malformed_redirection_is_refused(study, official, target) -> None:
    official.give("/a.csv", status(302, {"Location": target}))
    assert "mal formée" in message(study.fetch(study.item()))


@pytest.mark.parametrize("target", ["file:///etc/hosts", "ftp://ici/a.csv"])
def test_a_redirection_to_another_protocol_is_refused(study, official, target) -> None:
    official.give("/a.csv", status(302, {"Location": target}))
    assert "redirection vers le protocole" in message(study.fetch(study.item()))


def test_a_page_in_place_of_data_is_refused_whatever_its_type(study, official) -> None:
    page = b"\xef\xbb\xbf  <!-- x --><!DOCTYPE HTML><title>Maintenance</title>" * 40
    official.give("/a.csv", whole(page, {"Content-Type": "text/csv"}))
    said = message(study.fetch(study.item()))
    assert (
        "a.csv : le serveur a envoyé une page web et non des données « .csv »" in said
    )
    assert study.left() == []


def test_a_page_does_not_cost_what_was_received(study, official) -> None:
    page = whole(b"<html>maintenance</html>", {"ETag": '"page"'})
    official.give("/a.csv", file(BODY, cut_bytes=200_000), page)
    item = study.item()
    assert "page web" in message(study.fetch(item))
    official.give("/a.csv", file(BODY))
    assert study.fetch(item).sha256 == digest(BODY)
    assert official.ranges()[-1].startswith("bytes=")


def test_another_type_is_refused(study, official) -> None:
    official.give("/a.7z", whole(zipped(b"x" * 3000)))
    said = message(study.fetch(study.item("/a.7z")))
    assert "un fichier « .zip » et non des données « .7z »" in said


def test_an_empty_body_is_refused(study, official) -> None:
    official.give("/a.csv", whole(b""))
    assert "a.csv : le serveur a envoyé un fichier vide" in message(
        study.fetch(study.item())
    )


def test_a_body_compressed_on_the_way_is_unfolded(study, official) -> None:
    packed = gzip.compress(BODY)
    told = {"Content-Encoding": "gzip", "ETag": '"v1"'}
    short = {**told, "Content-Length": str(len(packed) + 9)}
    official.give("/a.csv", whole(packed, short), whole(packed, told))
    outcome = study.fetch(study.item())
    assert outcome.sha256 == digest(BODY)
    # A compressed body has no place where to go on.
    assert official.ranges() == ["", ""]


def test_a_compression_that_nobody_asked_for_is_refused(study, official) -> None:
    official.give("/a.csv", whole(BODY, {"Content-Encoding": "br"}))
    assert "compression « br »" in message(study.fetch(study.item()))


def test_a_body_in_pieces_has_no_size(study, official) -> None:
    def pieces(ask) -> None:
        ask.send_response(200)
        ask.send_header("Transfer-Encoding", "chunked")
        ask.end_headers()
        for piece in (BODY[:1000], BODY[1000:]):
            ask.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        ask.wfile.write(b"0\r\n\r\n")

    official.give("/a.csv", pieces)
    assert study.fetch(study.item()).sha256 == digest(BODY)
    assert study.heard.starts == [(0, None)]


def test_a_full_disk_is_told_and_leaves_nothing(study, official, monkeypatch) -> None:
    class Full(io.FileIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    plain = pathlib.Path.open

    def opened(path, mode="r", *rest, **named):
        if mode == "ab":
            return Full(path, mode)
        return plain(path, mode, *rest, **named)

    official.give("/a.csv", file(BODY))
    monkeypatch.setattr(pathlib.Path, "open", opened)
    said = message(study.fetch(study.item()))
    assert said.startswith("a.csv : disque plein → libérer de la place")
    assert study.left() == []
    assert len(official.asked) == 1


def test_the_room_is_looked_at_before(study, official, monkeypatch) -> None:
    usage = shutil.disk_usage(study.base.parent)._replace(free=50_000_000 + 200_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    official.give("/a.csv", file(BODY))
    said = message(study.fetch(study.item()))
    assert said == (
        "a.csv : il faut 50 Mo, le disque n'en a que 50 → libérer de la place, "
        "puis relancer"
    )
    assert study.left() == []


def test_a_body_without_end_stops(study, official) -> None:
    official.give("/a.csv", file(BODY))
    item = dataclasses.replace(study.item(), most_bytes=200_000)
    assert "plus de 0 Mo → vérifier l'adresse, et « size_mb »" in message(
        study.fetch(item)
    )
    assert study.left() == []


def dripping(piece: bytes, head: bytes = b"", *, every_s: float = 0.05):
    """Answer without end, a piece at a time; after three seconds, the test failed."""

    def answer(ask) -> None:
        ask.wfile.write(head or b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nsiret\n")
        end = time.monotonic() + 3
        while time.monotonic() < end:
            ask.wfile.write(piece)
            ask.wfile.flush()
            time.sleep(every_s)

    return answer


@pytest.mark.parametrize(
    ("piece", "head", "said"),
    [
        (b"1", b"", "le serveur envoie trop lentement, 2 essais"),
        (b"1;x\n" * 5000, b"", "téléchargement trop long → relancer"),
    ],
    ids=["body", "endless"],
)
def test_a_server_that_drips_is_left_in_time(
    study, official, piece, head, said
) -> None:
    official.give("/a.csv", dripping(piece, head))
    start = time.monotonic()
    patience = {"read_s": 0.3, "connect_s": 0.2, "longest_s": 1.0}
    outcome = study.fetch(study.item(), tries=2, **patience)
    assert f"a.csv : {said}" in message(outcome)
    # Two tries of the slowest kind, and room for a machine that is busy.
    assert time.monotonic() - start < 2.9


def test_a_body_that_unfolds_without_end_stops_and_leaves_nothing(
    study, official, monkeypatch
) -> None:
    monkeypatch.setattr(http, "FREE_RATIO_BYTES", 1_000_000)
    folded = gzip.compress(b"siret;nom\n" + b"1;x\n" * 5_000_000)
    assert len(folded) < 100_000
    official.give("/a.csv", whole(folded, {"Content-Encoding": "gzip"}))
    outcome = study.fetch(study.item())
    assert "a.csv : contenu qui se déplie plus de 100 fois →" in message(outcome)
    assert study.heard.n_bytes < 15_000_000
    assert study.left() == []


def test_a_proxy_is_used_and_told_when_absent(study, official) -> None:
    official.give("http://loin.invalid/a.csv", whole(BODY))
    item = study.item()
    far = type(item)("a", "", "http://loin.invalid/a.csv", item.path, "LO", "")
    assert study.fetch(far, proxy=official.url).status == "fetched"
    with serving() as gone:
        closed = gone.url
    assert "mandataire injoignable" in message(
        study.fetch(far, proxy=closed, force=True)
    )
