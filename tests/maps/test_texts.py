"""The sentences of maps, in files: all of them are asked for, and there."""

import re
import tomllib
from pathlib import Path

import pytest

from eitgeo.maps.words.sentences import sentences

MAPS = Path(__file__).resolve().parents[2] / "eitgeo" / "maps"
ASKS = re.compile(r'^(\w+) = sentences\("(\w+)", "(\w+)"\)$', re.MULTILINE)


def test_each_sentence_is_asked_for_and_there() -> None:
    written = {
        (path.stem, subject): set(texts)
        for path in sorted((MAPS / "texts").glob("*.toml"))
        for subject, texts in tomllib.loads(path.read_text("utf-8")).items()
    }
    asked = set()
    for path in sorted(MAPS.rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        for name, room, subject in ASKS.findall(code):
            asked.add((room, subject))
            called = re.findall(rf'\b{name}(?:\.titled)?\(\s*"(\w+)"', code)
            quoted = re.findall(r'"(\w+)"', code)
            assert set(called) <= written[room, subject] <= set(quoted), subject
    assert asked == written.keys()


def test_a_sentence_is_filled() -> None:
    say = sentences("prints", "zone_side")
    assert say("assumed") == (
        " ≈, ordre de\N{NO-BREAK SPACE}: classe H, sites tirés au sort."
    )
    reading = sentences("roads", "reach").titled("reading", vehicle="{x}", network="y")
    assert reading[0] == "Lecture"
    assert ", en {x}, sans" in reading[1]
    with pytest.raises(KeyError, match="vehicle"):
        sentences("roads", "reach").titled("reading", network="y")
