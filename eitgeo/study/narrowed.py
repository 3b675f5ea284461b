"""A study of which some parts alone can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.study.base import Section

if TYPE_CHECKING:
    from collections.abc import Collection


def narrowed[Part: Section](
    part: Part, names: Collection[str], place: str = ""
) -> Part:
    """Keep what is named, dotted (``"roads.network"``): the rest raises when read."""
    held: dict[str, Any] = {}
    for name in {one.partition(".")[0] for one in names}:
        value = getattr(part, name)
        if name not in names and isinstance(value, Section):
            below = f"{name}."
            inner = {one.removeprefix(below) for one in names if one.startswith(below)}
            value = narrowed(value, inner, f"{place}{below}")
        held[name] = value
    found = part.model_copy()
    object.__setattr__(found, "__dict__", held)
    found._place = place  # noqa: SLF001 - of the same folder
    return found
