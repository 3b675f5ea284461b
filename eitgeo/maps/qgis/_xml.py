"""The few XML elements that QGIS files repeat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = "[%"


def plain(value: str) -> str:
    """Write a text that QGIS does not compute and XML can hold.

    Examples
    --------
    >>> plain("ZA [% env('HOME') %]")
    "ZA [ % env('HOME') %]"
    """
    return _FORBIDDEN.sub("", value).replace(_FORMULA, "[ %")


def element(tag: str, attributes: Mapping[str, object] | None = None) -> Element:
    """Make an element; attributes are written as text, in the order given."""
    return Element(tag, _texts(attributes))


def child(
    parent: Element,
    tag: str,
    attributes: Mapping[str, object] | None = None,
    *,
    text: str = "",
) -> Element:
    """Add an element to another."""
    made = SubElement(parent, tag, _texts(attributes))
    if text:
        made.text = text
    return made


def _texts(attributes: Mapping[str, object] | None) -> dict[str, str]:
    return {key: str(value) for key, value in (attributes or {}).items()}


def document(root: Element) -> str:
    """Write a whole document, every text of it made plain."""
    for one in root.iter():
        one.attrib = {key: plain(value) for key, value in one.attrib.items()}
        one.text = one.text and plain(one.text)
    indent(root)
    return tostring(root, encoding="unicode")


def add_options(parent: Element, options: Mapping[str, object]) -> None:
    """Write options as QGIS stores them: a map of strings."""
    held = child(parent, "Option", {"type": "Map"})
    for name, value in options.items():
        child(held, "Option", {"type": "QString", "name": name, "value": value})


def rgba(colour: str, *, alpha: int = 255) -> str:
    """Write a colour as QGIS does.

    Examples
    --------
    >>> rgba("#a3182d", alpha=128)
    '163,24,45,128'
    """
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return ",".join(str(part) for part in (*parts, alpha))
