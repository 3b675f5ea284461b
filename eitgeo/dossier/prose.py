"""The French sentences of the dossier, in files apart, filled with values only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from eitgeo.dossier.model import Paragraph, Runs, Value
from eitgeo.errors import StudyError
from eitgeo.reference.labels import with_labels
from eitgeo.words import typographic

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Prose:
    """The sentences of one file."""

    part: str  # Name of the file, for messages
    texts: Mapping[str, Any]  # Key → sentence, names of values in braces

    def runs(self, key: str, **values: Value | Runs) -> Runs:
        """Fill a sentence."""
        text = self._text(key)
        runs: list[str | Value] = []
        for rank, piece in enumerate(_PLACE.split(text)):
            if rank % 2 == 0:
                runs += [piece] if piece else []
                continue
            if piece not in values:
                message = f"dossier, {self.part}.{key} : « {piece} » n'est pas fourni"
                raise StudyError(message)
            value = values[piece]
            runs += [value] if isinstance(value, Value) else value
        return tuple(runs)

    def say(
        self, key: str, *, style: Any = "text", **values: Value | Runs
    ) -> Paragraph:
        """Fill a sentence and make a paragraph of it."""
        return Paragraph(self.runs(key, **values), style)

    def heads(self, key: str) -> tuple[Runs, ...]:
        """Return a list of texts: heads of a table, labels of indicators quoted."""
        return tuple((typographic(with_labels(str(one))),) for one in self.item(key))

    def bullets(self, key: str, *, style: Any = "bullet") -> tuple[Paragraph, ...]:
        """Return a list of texts without values as paragraphs."""
        return tuple(Paragraph(one, style) for one in self.heads(key))

    def pairs(self, key: str) -> list[tuple[str, str]]:
        """Return a table of the file: words and what they mean."""
        items = self.item(key).items()
        return [(typographic(word), typographic(text)) for word, text in items]

    def has(self, key: str) -> bool:
        """Say whether the file holds a text."""
        item: Any = self.texts
        for name in key.split("."):
            item = item.get(name)
        return item is not None

    def item(self, key: str) -> Any:
        """Return what the file holds under a key, or refuse one that it lacks."""
        item: Any = self.texts
        for name in key.split("."):
            if name not in item:
                message = f"dossier : pas de texte « {self.part}.{key} »"
                raise StudyError(message)
            item = item[name]
        return item

    def _text(self, key: str) -> str:
        return typographic(" ".join(str(self.item(key)).split()))


@lru_cache(maxsize=32)
def read_prose(part: str) -> Prose:
    """Read the sentences of a part of the dossier."""
    path = resources.files("eitgeo.dossier").joinpath("texts", f"{part}.toml")
    return Prose(part, tomllib.loads(path.read_text(encoding="utf-8")))
