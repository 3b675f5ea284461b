"""Script and payload of a page as text: no loader, nothing that HTML could close."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

from eitgeo.errors import SchemaError
from eitgeo.words import tied

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(?P<name>\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function|const|let|class)\b)", re.MULTILINE
)
_TOP = re.compile(
    r"^(?:export )?(?:async )?(?:function|const|let|class)\*? "
    r"(?P<names>[\w$]+|\[[^\]]*\]|\{[^}]*\})",
    re.MULTILINE,
)
_NAME = re.compile(r"[\w$]+")
_LEFT = re.compile(r"^\s*(?:import|export)\b", re.MULTILINE)
DIGITS = 10
"""Significant digits of a number on a page."""


def read_modules(folder: str = "js") -> dict[str, str]:
    """Read the modules of the page."""
    place = resources.files("eitgeo.maps.comparator").joinpath(folder)
    return {
        item.name.removesuffix(".js"): item.read_text(encoding="utf-8")
        for item in sorted(place.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".js")
    }


def bundle(modules: Mapping[str, str], entry: str) -> str:
    """Join modules in the order of their imports, inside one function.

    Examples
    --------
    >>> print(bundle({"a": "const one = 1;", "b": "let unused;"}, "a"), end="")
    (() => {
    "use strict";
    const one = 1;
    })();
    """
    order: list[str] = []
    _visit(entry, modules, order, ())
    owner: dict[str, str] = {}
    parts = []
    for name in order:
        for declared in _declared(modules[name]):
            if declared in owner:
                message = (
                    f"{name}.js : « {declared} » est déjà dans {owner[declared]}.js"
                )
                raise SchemaError(message)
            owner[declared] = name
        body = _EXPORT.sub("", _IMPORT.sub("", modules[name])).strip("\n")
        if _LEFT.search(body):
            message = f"{name}.js : import ou export d'une forme non admise"
            raise SchemaError(message)
        parts.append(body)
    return "\n".join(["(() => {", '"use strict";', *parts, "})();"]) + "\n"


def _declared(module: str) -> list[str]:
    """Return the names at the top of a module, those of a list or an object too."""
    return [
        name for met in _TOP.finditer(module) for name in _NAME.findall(met["names"])
    ]


def _visit(
    name: str, modules: Mapping[str, str], order: list[str], path: tuple[str, ...]
) -> None:
    if name in order:
        return
    if name not in modules or name in path:
        what = "absent" if name not in modules else "importé en rond"
        message = f"{name}.js : module {what} ({' → '.join((*path, name))})"
        raise SchemaError(message)
    for imported in _IMPORT.finditer(modules[name]):
        _visit(imported["name"], modules, order, (*path, name))
    order.append(name)


def payload_json(payload: Mapping[str, Any]) -> str:
    """Write the payload so that it can close no element and start none.

    Notes
    -----
    Ten digits move a number by 5e-10 of itself at most: sums made from the page equal
    those of the package to 1e-9, and nobody reads in a figure more than it says.
    """
    text = json.dumps(
        _shortened(payload), ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _shortened(value: Any) -> Any:
    """Round every number of a payload that is not whole; tie those of its sentences."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, str):
        return tied(value)
    if isinstance(value, dict):
        return {key: _shortened(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shortened(one) for one in value]
    return value
