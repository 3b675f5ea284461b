"""The texts that QGIS opens, filled from templates: a project, the style of a layer."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eitgeo.maps.paper.palette import INK

QGIS_VERSION = "3.34.0"
"""Version whose file format is written: the long-term release of 2024."""

_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = "[%"
_IN_ATTRIBUTES = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#09;"}


def filled(template: str, **values: Any) -> str:
    """Fill a template of this folder; what is put in is text, never XML."""
    return _templates().get_template(template).render(values)


def plain(value: str) -> str:
    """Write a text that QGIS does not compute and XML can hold.

    Without control characters; ``[%``, which opens an expression in the titles and
    labels of QGIS, is cut in two.

    Examples
    --------
    >>> plain("ZA [% env('HOME') %]")
    "ZA [ % env('HOME') %]"
    """
    return _FORBIDDEN.sub("", value).replace(_FORMULA, "[ %")


def rgba(colour: str, *, alpha: int = 255) -> str:
    """Write a colour, ``#rrggbb``, as QGIS does.

    Examples
    --------
    >>> rgba("#a3182d", alpha=128)
    '163,24,45,128'
    """
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return ",".join(str(part) for part in (*parts, alpha))


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=_as_xml,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals.update(ink=INK, rgba=rgba, version=QGIS_VERSION, zip=zip)
    return made


def _as_xml(value: Any) -> Markup:
    if isinstance(value, Markup):  # of a macro
        return value
    return Markup(escape(plain(str(value)), _IN_ATTRIBUTES))  # noqa: S704 - escaped
