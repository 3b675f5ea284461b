"""What shuts a page in: its own script and style, its typeface, no network."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import Final
from urllib.parse import urlsplit

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
