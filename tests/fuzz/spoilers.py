"""Files spoilt by a seeded generator: the same rank gives the same bytes."""

import copy
import json
import random
from typing import Any

import yaml

from tests.sources.mutate import MUTATIONS, WRITINGS, spoil, spoil_value
from tests.test_study_fuzz import TREE
from tests.test_study_fuzz import spoil as spoil_tree

PAGE = b"<html><body>404 Not Found</body></html>"
KINDS = ("cut", "cut", "flip", "flip", "flip", "zeros", "twice", "lost", "page")
NAMES = sorted(MUTATIONS)


def spoilt_bytes(data: bytes, dice: random.Random) -> bytes:
    """Cut, overwrite, repeat or lose a part of a file."""
    kind = dice.choice(KINDS)
    if kind == "page" or not data:
        return dice.choice([PAGE, b""])
    at = dice.randrange(len(data))
    if kind == "cut":
        return data[:at]
    end = at + dice.randint(1, 64)
    if kind == "twice":
        return data[:end] + data[at:]
    if kind == "lost":
        return data[:at] + data[end:]
    spoilt = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data))
        end = min(at + dice.randint(1, 16), len(data))
        spoilt[at:end] = (
            bytes(end - at) if kind == "zeros" else dice.randbytes(end - at)
        )
    return bytes(spoilt)


def spoilt_csv(
    data: bytes, dice: random.Random, *, separator: str, encoding: str
) -> bytes:
    """Spoil the cells of a table, then how it is written, then maybe its bytes."""
    names = dice.choices(NAMES, k=dice.choice([0, 1, 1, 2, 2, 3]))
    how = dice.choice(WRITINGS)
    spoilt = spoil(data, names, dice, separator=separator, encoding=encoding, how=how)
    fate = dice.random()
    if fate < 0.2:
        return spoilt[: dice.randint(0, len(spoilt))]
    return spoilt_bytes(spoilt, dice) if fate < 0.35 else spoilt


def spoilt_json(data: bytes, dice: random.Random) -> bytes:
    """Spoil values of an answer, or its bytes."""
    if dice.random() < 0.3:
        return spoilt_bytes(data, dice)
    content = json.loads(data)
    for _ in range(dice.randint(1, 3)):
        spoil_value(content, dice)
    return json.dumps(content, ensure_ascii=False).encode()


def spoilt_study(data: bytes, dice: random.Random) -> bytes:
    """Spoil values, keys and sections of a study, or its bytes."""
    if dice.random() < 0.3:
        return spoilt_bytes(data, dice)
    tree: Any = copy.deepcopy(TREE)
    for _ in range(dice.randint(1, 3)):
        spoil_tree(tree, dice)
    return yaml.safe_dump(tree, allow_unicode=True).encode()
