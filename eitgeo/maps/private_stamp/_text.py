"""The words of the stamp, and HTML and JSON that bear them as text."""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from html.parser import HTMLParser
from itertools import accumulate
from typing import Any

from eitgeo.errors import SchemaError

_CLASS = "ne-pas-diffuser"
_BAND_PX = 24
INK = "#a3182d"
_STYLE = f"""
html {{ box-sizing: border-box; padding-top: {_BAND_PX}px !important; scroll-padding-top: {_BAND_PX}px; }}
.{_CLASS} {{ display: block !important; position: fixed; z-index: 2147483647; top: 0; left: 0; right: 0; height: {_BAND_PX}px; margin: 0; padding: 0; overflow: hidden; background: {INK}; color: #fff; font: 700 14px/{_BAND_PX}px "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; text-align: center; white-space: nowrap; pointer-events: none; -webkit-print-color-adjust: exact; print-color-adjust: exact; }}
.evitement:focus {{ top: {_BAND_PX + 8}px !important; }}
@media screen and (min-width: 60.01rem) {{ .territoire {{ height: calc(100vh - {_BAND_PX}px) !important; }} }}
@media print {{
  html {{ padding-top: 0 !important; }}
  body {{ padding-top: {_BAND_PX + 4}px !important; -webkit-box-decoration-break: clone; box-decoration-break: clone; }}
}}
"""  # noqa: E501 - one rule a line, as in the sheets of the pages
_UNSAFE = "'unsafe-inline'"
WORDS = "NE PAS DIFFUSER – réponses d’entreprises"
SHORT_WORDS = "NE PAS DIFFUSER"
_KEY = "ne_pas_diffuser"
_GRAPH, _ROOT = "@graph", "./"


class _Places(HTMLParser):
    """Where the title, the policy, the head and the body stand in a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        lines = text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in lines)]
        self.title = self.title_end = self.head_end = self.body = -1
        self.policy, self.policy_at, self.policy_length = "", -1, 0
        self.feed(text)
        self.close()

    def _at(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = self.get_starttag_text() or ""
        if tag == "title" and self.title < 0:
            self.title = self._at() + len(held)
        elif tag == "body" and self.body < 0:
            self.body = self._at() + len(held)
        elif tag == "meta":
            about = {key: value or "" for key, value in attrs}
            if about.get("http-equiv", "").lower() == "content-security-policy":
                self.policy = about.get("content", "")
                self.policy_at, self.policy_length = self._at(), len(held)

    def handle_endtag(self, tag: str) -> None:
        if tag == "head" and self.head_end < 0:
            self.head_end = self._at()
        elif tag == "title" and self.title_end < 0:
            self.title_end = self._at()


def stamp_page(content: bytes) -> bytes:
    """Stamp a page: band, title, and a policy that admits the style of the band."""
    text = content.decode()
    if f'<p class="{_CLASS}"' in text:
        return content
    places = _Places(text)
    if min(places.title, places.title_end, places.head_end, places.body) < 0:
        message = "page HTML sans titre, en-tête ou corps → supprimer ce fichier"
        raise SchemaError(message)
    band = f'\n<p class="{_CLASS}" role="note">{escape(WORDS)}</p>'
    title = told(text[places.title : places.title_end])
    edits = [
        (places.title, places.title_end, title),
        (places.head_end, places.head_end, f"<style>{_STYLE}</style>\n"),
        (places.body, places.body, band),
    ]
    if places.policy_at >= 0:
        end = places.policy_at + places.policy_length
        made = escape(_admitting(places.policy))
        meta = f'<meta http-equiv="Content-Security-Policy" content="{made}">'
        edits.append((places.policy_at, end, meta))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text.encode()


def _admitting(policy: str) -> str:
    """Add the digest of the style of the band to a policy that admits by digests."""
    hashed = hashlib.sha256(_STYLE.encode()).digest()
    admitted = f"'sha256-{base64.b64encode(hashed).decode()}'"
    rules = [one.strip() for one in policy.split(";") if one.strip()]
    ranks = {rule.split()[0].lower(): rank for rank, rule in enumerate(rules)}
    if "style-src" not in ranks:
        return "; ".join([*rules, f"style-src {admitted}"])
    rank = ranks["style-src"]
    # A digest would make a browser forget that every style is admitted.
    if _UNSAFE not in rules[rank]:
        rules[rank] += f" {admitted}"
    return "; ".join(rules)


def told(title: str) -> str:
    """Put the words before a title.

    Examples
    --------
    >>> told("Zones")
    'NE PAS DIFFUSER – réponses d’entreprises – Zones'
    >>> told(told("Zones")) == told("Zones")
    True
    >>> told("")
    'NE PAS DIFFUSER – réponses d’entreprises'
    """
    if WORDS in title:
        return title
    return f"{WORDS} – {title}" if title else WORDS


def stamp_json(content: bytes) -> bytes:
    """Stamp a JSON file."""
    document = json.loads(content)
    if not isinstance(document, dict):
        message = "JSON sans objet à sa racine → écrire un objet"
        raise SchemaError(message)
    if _GRAPH in document:
        _stamp_root(document)
    else:
        document[_KEY] = WORDS
    text = json.dumps(
        document, allow_nan=False, ensure_ascii=False, indent=1, sort_keys=True
    )
    return f"{text}\n".encode()


def _stamp_root(crate: dict[str, Any]) -> None:
    root = next((one for one in crate[_GRAPH] if one.get("@id") == _ROOT), None)
    if root is None:
        message = "manifeste RO-Crate sans jeu de données racine → refaire le manifeste"
        raise SchemaError(message)
    for key in ("name", "description"):
        root[key] = told(str(root.get(key, "")))
