"""HTML fragments of the pages and what shuts them in; every text of data is escaped.

Previews of mail and of phones run no script. A page shows its still block, and hides
what needs a script, until one says that it runs; it takes that back if it fails.
"""

from __future__ import annotations

import base64
import hashlib
import re
from base64 import b64encode
from functools import cache
from html import escape
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from eitgeo.maps.paper.sheet import CRS_NAME, Sheet
from eitgeo.study.asked import PRIVATE_STAMP
from eitgeo.words import (
    EVIDENCE_NAMES,
    EVIDENCE_SYMBOLS,
    NBSP,
    french_count,
    typographic,
)

_IMAGE = re.compile(r"url\((images/[\w.-]+)\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


def _data() -> Traversable:
    return resources.files("xstatic.pkg.leaflet").joinpath("data")


@cache
def leaflet_script() -> str:
    """Return Leaflet's script from its wheel, without an address to follow."""
    text = _data().joinpath("leaflet.js").read_text(encoding="utf-8")
    return _SOURCE_MAP.sub("", text).replace("https://leafletjs.com", "leafletjs.com")


@cache
def leaflet_style() -> str:
    """Return Leaflet's style sheet, its images inlined."""
    text = _data().joinpath("leaflet.css").read_text(encoding="utf-8")
    text = _COMMENT.sub("", text)
    return _IMAGE.sub(lambda match: f"url({_data_uri(match[1])})", text)


def _data_uri(name: str) -> str:
    content = b64encode(_data().joinpath(name).read_bytes()).decode("ascii")
    return f"data:image/png;base64,{content}"


_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
FAMILY: Final = "Eitgeo Sans"
"""Name of the cut: its licence (OFL) keeps the name of the whole for the whole."""
_WEIGHTS: Final = {400: "Regular", 700: "Bold"}


def content_policy(script: str, style: str, *, post_url: str, first: str = "") -> str:
    """Return the policy that shuts the page in; `first` is a script of its head.

    Examples
    --------
    >>> content_policy("", "", post_url="").split("; ")[0]
    "default-src 'none'"
    >>> content_policy("", "", post_url="https://a.fr/b?c").split("; ")[3]
    'connect-src https://a.fr'
    """
    parts = urlsplit(post_url)
    scripts = " ".join(_digest(one) for one in ([first, script] if first else [script]))
    reached = f"{parts.scheme}://{parts.netloc}" if post_url else "'none'"
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            f"style-src {_digest(style)}",
            f"connect-src {reached}",
            "form-action 'none'",
            "base-uri 'none'",
            *_fonts(style),
        ]
    )


def still_policy(page: str, *, images: str = "") -> str:
    """Return the policy of a page without a script: its one style, and `images`.

    Examples
    --------
    >>> still_policy("<style></style>", images="data:").split("; ")[2:]
    ["form-action 'none'", "base-uri 'none'", 'img-src data:']
    """
    (style,) = _STYLE.findall(page)
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src {_digest(style)}",
            "form-action 'none'",
            "base-uri 'none'",
            *([f"img-src {images}"] if images else []),
            *_fonts(style),
        ]
    )


def _fonts(style: str) -> list[str]:
    return ["font-src data:"] if "@font-face" in style else []


def _digest(text: str) -> str:
    hashed = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(hashed).decode()}'"


@cache
def font_face() -> str:
    """Return the rules that give a page its typeface, the font written in them."""
    return "".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; '
        f"font-display: swap; src: url(data:font/woff;base64,"
        f'{base64.b64encode(cut_font(style)).decode()}) format("woff"); }}\n'
        for weight, style in _WEIGHTS.items()
    )


def cut_font(style: str) -> bytes:
    """Return the face cut to Latin letters and to signs of French prose, as WOFF.

    ``scripts/cut_fonts.py`` cuts it from the whole one.
    """
    folder = resources.files("eitgeo.maps.paper") / "fonts"
    return (folder / f"EitgeoSans-{style}.woff").read_bytes()


_CODE = re.compile(r"(<[^>]*>|\{[{%#].*?[}%#]\})", re.DOTALL)
"""Tags of HTML and of templates, which are no words."""
DECLARATION = "accessibilite.html"
"""Declaration of accessibility, beside the pages of elected members."""
AWAKE: Final = (
    "(function(){var r=document.documentElement,read=false;r.className+=' anime';"
    "window.addEventListener('load',function(){read=true});"
    "window.addEventListener('error',function(){"
    "if(!read)r.className=r.className.replace(' anime','')})})();"
)
"""First script of a page: others take over, unless one fails before all is read."""


def html_text(text: str) -> str:
    """Escape a text that comes from data, and set its apostrophes."""
    return escape(typographic(text))


def evidence_key() -> str:
    """Name the three classes of evidence."""
    return " · ".join(
        f"{EVIDENCE_SYMBOLS[letter]} {letter}{NBSP}: {name}"
        for letter, name in EVIDENCE_NAMES.items()
    )


def part_of(room: str, name: str) -> str:
    """Read a part of a page, as it is, from its room of maps."""
    return (resources.files("eitgeo.maps") / room / name).read_text(encoding="utf-8")


def closed_page(
    template: str,
    *,
    style: str,
    script: str,
    data: str,
    is_still: bool = False,
    images: str = "",
    sheet: Sheet,
    **values: Any,
) -> bytes:
    """Fill the template of a page that reaches nothing.

    `data`: JSON that closes no element; `is_still`: whether it has a part for who runs
    no script; `images`: where its pictures come from.
    """
    style = font_face() + style + (still_style() if is_still else "")
    style += private_style(sheet)
    first = AWAKE if is_still else ""
    policy = content_policy(script, style, post_url="", first=first)
    return filled(
        template,
        policy=f"{policy}; img-src {images}" if images else policy,
        css=style,
        js=script,
        data=data,
        sheet=sheet,
        **values,
    ).encode()


def private_style(sheet: Sheet) -> str:
    """Return the look of the band of a private study, or nothing."""
    return part_of("pages", "private.css") if sheet.private else ""


def filled(template: str, **values: Any) -> str:
    """Fill a template, named from the folder of maps.

    Words of the template and what is put in are set as French is; what is put in is
    text, never HTML, unless it is `Markup`.
    """
    return _templates().get_template(template).render(values)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        finalize=_as_text,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals.update(
        awake=AWAKE,
        crs=CRS_NAME,
        declaration=DECLARATION,
        evidence_key=evidence_key,
        private_stamp=PRIVATE_STAMP,
        symbols=EVIDENCE_SYMBOLS,
    )
    made.filters["counted"] = french_count
    return made


def _as_text(value: Any) -> Markup:
    if isinstance(value, Markup):
        return value
    return Markup(html_text(str(value)))  # noqa: S704 - escaped


def _template(name: str) -> str:
    parts = _CODE.split(part_of("", name))
    return "".join(
        part if rank % 2 else typographic(part) for rank, part in enumerate(parts)
    )


def accessibility_link() -> str:
    """Return the link to the declaration of accessibility, from beside it."""
    parts: Any = _templates().get_template("pages/parts.html.j2").module
    return str(parts.accessibility())


def still_style() -> str:
    """Return the style of still blocks, and what hides them when scripts run."""
    return part_of("pages", "still.css")
