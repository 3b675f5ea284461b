"""Leaflet from its wheel: a map of a notebook that does without a network."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

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
