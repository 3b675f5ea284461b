"""The pictures of a dossier, each once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from eitgeo.dossier.model import Figure, Pair, Section, Wide, all_chapters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eitgeo.dossier.model import Block, Dossier


def picture_name(png: bytes) -> str:
    """Name a picture by its content."""
    return f"{hashlib.sha256(png).hexdigest()}.png"


def pictures_of(dossier: Dossier) -> dict[str, bytes]:
    """Gather the pictures of a dossier."""
    blocks = (block for one in all_chapters(dossier) for block in one.blocks)
    return {picture_name(one.png): one.png for one in _figures(blocks)}


def _figures(blocks: Iterable[Block]) -> Iterator[Figure]:
    for block in blocks:
        match block:
            case Figure():
                yield block
            case Pair():
                yield from block.figures
            case Section() | Wide():
                yield from _figures(block.blocks)
            case _:
                continue
