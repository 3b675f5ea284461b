"""The payload of a page as text: closed to HTML, and no finer than it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eitgeo.words import tied

if TYPE_CHECKING:
    from collections.abc import Mapping

DIGITS = 10
"""Significant digits of a number on a page."""


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
