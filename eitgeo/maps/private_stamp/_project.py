"""QGIS project: its title, the top of its canvas, and each print layout."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, fromstring, indent, tostring

from eitgeo.errors import SchemaError
from eitgeo.maps.private_stamp._archives import archive_bytes, members
from eitgeo.maps.private_stamp._words import INK, WORDS, told

if TYPE_CHECKING:
    from collections.abc import Mapping

_LABEL = "65641"
"""Item type of QGIS."""
_SPACE = uuid.UUID("0f3b7a3e-8a52-5d0b-8f0e-6d2d6a1f5c77")
_BAND_MM = 5.0
_ROOT = "<qgis"


def stamp_project(content: bytes) -> bytes:
    """Stamp a QGIS project."""
    parts = members(content)
    name = next((one for one in parts if one.endswith(".qgs")), "")
    if not name:
        message = "archive sans projet QGIS → supprimer ce fichier"
        raise SchemaError(message)
    text = parts[name].decode()
    if WORDS in text:
        return content
    before, _, inside = text.partition(_ROOT)
    root = fromstring(_ROOT + inside)  # noqa: S314 - written by this package
    _name(root)
    _cross_canvas(root)
    for layout in root.iter("Layout"):
        _label(layout)
    indent(root)
    parts[name] = f"{before}{tostring(root, encoding='unicode')}\n".encode()
    return archive_bytes(parts)


def _name(root: Element) -> None:
    title = root.find("title")
    if title is None:
        title = SubElement(root, "title")
    title.text = told(title.text or "")
    root.set("projectname", told(root.get("projectname", "")))


def _cross_canvas(root: Element) -> None:
    """Write the words at the top of the map's window, before what stands there."""
    properties = _held(root, "properties")
    label = _held(properties, "TitleLabel")
    shown = _held(label, "Enabled", {"type": "bool"})
    shown.text = "true"
    words = _held(label, "Label", {"type": "QString"})
    words.text = told(words.text or "")
    placement = _held(label, "Placement", {"type": "int"})
    placement.text = placement.text or "0"


def _held(parent: Element, tag: str, about: Mapping[str, str] | None = None) -> Element:
    found = parent.find(tag)
    return SubElement(parent, tag, dict(about or {})) if found is None else found


def _label(layout: Element) -> None:
    """Write a band along the top of each sheet of a layout."""
    pages = layout.find("PageCollection")
    if pages is None:
        return
    for rank, page in enumerate(pages.findall("LayoutItem")):
        top = float(page.get("position", "0,0,mm").split(",")[1])
        width = float(page.get("size", "297,210,mm").split(",")[0])
        key = f"{{{uuid.uuid5(_SPACE, f'{layout.get("name", "")}/{rank}')}}}"
        made = Element("LayoutItem", _about(key, top=top, width=width))
        SubElement(made, "BackgroundColor", _parts(INK))
        SubElement(made, "text-style", _letters())
        layout.insert(list(layout).index(pages) + 1, made)


def _about(key: str, *, top: float, width: float) -> dict[str, str]:
    return {
        "type": _LABEL,
        "uuid": key,
        "templateUuid": key,
        "id": "ne_pas_diffuser",
        "position": f"0,{top:g},mm",
        "positionOnPage": "0,0,mm",
        "size": f"{width:g},{_BAND_MM:g},mm",
        "outlineWidthM": "0.3,mm",
        "opacity": "1",
        "visibility": "1",
        "frame": "false",
        "background": "true",
        "zValue": "9",
        "itemRotation": "0",
        "referencePoint": "0",
        "positionLock": "true",
        "labelText": WORDS,
        "htmlState": "0",
        "halign": "4",
        "valign": "128",
        "marginX": "0",
        "marginY": "0",
    }


def _parts(colour: str) -> dict[str, str]:
    starts = {"red": 1, "green": 3, "blue": 5}
    held = {name: str(int(colour[one : one + 2], 16)) for name, one in starts.items()}
    return {**held, "alpha": "255"}


def _letters() -> dict[str, str]:
    return {
        "fontFamily": "DejaVu Sans",
        "fontSize": "9",
        "fontSizeUnit": "Point",
        "fontWeight": "75",
        "namedStyle": "Bold",
        "textColor": "255,255,255,255",
        "textOpacity": "1",
        "multilineHeight": "1",
    }
