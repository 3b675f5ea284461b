"""Mutants drawn by a seed: places first, then one of the mutations of each.

Each place weighs once, however many operators change it: a sum, which has many, is
easier to kill than a limit. A module with fewer places than mutants has a second
mutation of each, drawn in the same order, and so on.
"""

import difflib
import random
from collections.abc import Iterator
from typing import NamedTuple

from tests.mutants.modules import MODULES, N_MUTANTS, ROOT, listed
from tests.mutants.places import Mutation, mutated, places, statement


class Mutant(NamedTuple):
    """A file changed at one place.

    Attributes
    ----------
    path
        Of the file, from the root.
    mutation
        The operator and its occurrence.
    function
        That holds the line, or ``""``.
    line
        Where the change starts, from 1.
    before, after
        The lines that change, without indents.
    run
        First and last line of the statement.
    """

    path: str
    mutation: Mutation
    function: str
    line: int
    before: str
    after: str
    run: tuple[int, int]


def drawn(module: str, seed: int, *, most: int = N_MUTANTS) -> list[Mutant]:
    """Draw mutants of a module: for a seed, a shorter list starts a longer one."""
    paths = listed(MODULES[module].files)
    sources = {path: (ROOT / path).read_text(encoding="utf-8") for path in paths}
    return drawn_from(sources, f"{seed} {module}", most=most)


def drawn_from(sources: dict[str, str], seed: str, *, most: int) -> list[Mutant]:
    """Draw mutants of some files."""
    found: list[Mutant] = []
    dice = random.Random(seed)  # noqa: S311 - no secret
    for path, line, mutation in _in_order(sources, dice):
        if len(found) == most:
            break
        changed = mutated(sources[path], mutation)
        if changed is not None:
            found.append(described(path, line, mutation, (sources[path], changed)))
    return found


def _in_order(
    sources: dict[str, str], dice: random.Random
) -> Iterator[tuple[str, int, Mutation]]:
    """Shuffle places and the mutations of each, then deal in rounds."""
    left = [
        (path, start[0], list(mutations))
        for path in sorted(sources)
        for (start, _), mutations in places(sources[path]).items()
    ]
    dice.shuffle(left)
    for _, _, mutations in left:
        dice.shuffle(mutations)
    while left:
        yield from ((path, line, mutations.pop()) for path, line, mutations in left)
        left = [one for one in left if one[-1]]


def described(
    path: str, line: int, mutation: Mutation, texts: tuple[str, str]
) -> Mutant:
    """Say what changes between two texts at a line, as an argument about it would."""
    old, new = (text.splitlines() for text in texts)
    told = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    parts = [part for part in told if part[0] != "equal"]
    first, last = parts[0], parts[-1]
    before, after = old[first[1] : last[2]], new[first[3] : last[4]]
    function, run = statement(texts[0], line)
    ends = run[0], run[-1]
    return Mutant(path, mutation, function, line, _joined(before), _joined(after), ends)


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())
