"""The sentences of maps and sheets, in files apart; printing sets their signs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from eitgeo.words import NBSP


class Sentences(NamedTuple):
    """The sentences of one subject: names of values in braces, « ~ » ties two words."""

    texts: Mapping[str, Any]

    def __call__(self, key: str, /, **values: object) -> str:
        """Fill a sentence."""
        return _filled(self.texts[key], values)

    def titled(self, key: str, /, **values: object) -> tuple[str, str]:
        """Fill the title and the text of a statement."""
        title, text = (self.texts[key][part] for part in ("title", "text"))
        return _filled(title, values), _filled(text, values)


def _filled(template: str, values: Mapping[str, object]) -> str:
    return template.replace("~", NBSP).format(**values)


@cache
def sentences(room: str, subject: str) -> Sentences:
    """Read the sentences of a subject, from the file of its room of maps."""
    path = resources.files("eitgeo.maps") / "texts" / f"{room}.toml"
    return Sentences(tomllib.loads(path.read_text(encoding="utf-8"))[subject])
