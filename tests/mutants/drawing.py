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
    for path, mutation in _in_order(sources, random.Random(seed)):  # noqa: S311
        if len(found) == most:
            break
        changed = mutated(sources[path], mutation)
        if changed is not None:
            found.append(described(path, mutation, sources[path], changed))
    return found


def _in_order(
    sources: dict[str, str], dice: random.Random
) -> Iterator[tuple[str, Mutation]]:
    """Shuffle places and the mutations of each, then deal in rounds."""
    left = [
        (path, list(mutations))
        for path in sorted(sources)
        for mutations in places(sources[path]).values()
    ]
    dice.shuffle(left)
    for _, mutations in left:
        dice.shuffle(mutations)
    while left:
        yield from ((path, mutations.pop()) for path, mutations in left)
        left = [(path, mutations) for path, mutations in left if mutations]


def described(path: str, mutation: Mutation, source: str, changed: str) -> Mutant:
    """Say what changes, as an argument about it would."""
    old, new = source.splitlines(), changed.splitlines()
    told = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    parts = [part for part in told if part[0] != "equal"]
    first, last = parts[0], parts[-1]
    function, lines = statement(source, first[1] + 1)
    return Mutant(
        path,
        mutation,
        function,
        first[1] + 1,
        _joined(old[first[1] : last[2]]),
        _joined(new[first[3] : last[4]]),
        (lines[0], lines[-1]),
    )


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)
