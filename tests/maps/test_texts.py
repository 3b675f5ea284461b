"""The sentences of maps, in files: all of them are asked for, and there."""

import ast
import tomllib
from pathlib import Path

import pytest

from eitgeo.maps.words.texts import sentences

MAPS = Path(__file__).resolve().parents[2] / "eitgeo" / "maps"


def askers() -> dict[tuple[str, str], tuple[set[str], set[str]]]:
    """Return, by room and subject, the texts of the module and the keys it calls."""
    found = {}
    for path in sorted(MAPS.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names: dict[str, tuple[str, str]] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.Call(
                        func=ast.Name(id="sentences"),
                        args=[ast.Constant(value=room), ast.Constant(value=subject)],
                    ),
                ):
                    names[name] = (room, subject)
        texts = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        for name, subject in names.items():
            keys = {
                node.args[0].value
                for node in ast.walk(tree)
                if isinstance(node, ast.Call)
                and ast.unparse(node.func) in {name, f"{name}.titled"}
                and isinstance(node.args[0], ast.Constant)
            }
            found[subject] = (texts, keys)
    return found


def test_each_sentence_is_asked_for_and_there() -> None:
    written = {
        (path.stem, subject): set(texts)
        for path in sorted((MAPS / "texts").glob("*.toml"))
        for subject, texts in tomllib.loads(path.read_text("utf-8")).items()
    }
    asked = askers()
    assert written.keys() == asked.keys()
    for subject, keys in written.items():
        texts, called = asked[subject]
        assert keys <= texts, subject
        assert called <= keys, subject


def test_a_sentence_is_set_and_filled() -> None:
    say = sentences("prints", "zone_side")
    assert say("assumed") == (
        " ≈, ordre de\N{NO-BREAK SPACE}: classe H, sites tirés au sort."
    )
    reading = sentences("roads", "reach").titled("reading", vehicle="{x}", network="y")
    assert reading[0] == "Lecture"
    assert ", en {x}, sans" in reading[1]
    with pytest.raises(KeyError, match="vehicle"):
        sentences("roads", "reach").titled("reading", network="y")
