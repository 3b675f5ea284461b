"""Mutations of cosmic-ray, drawn by a seed among those that may change what runs.

Left out of its operators: ``<<`` for ``+``, which fails on a float whatever the tests
are, and ``is`` for ``==``. Left out of the places: annotations, blocks for types,
f-strings of messages (``raise …``, ``….add(…)``), ``strict=``, ``repr=``, stars that
are no product; last, what does not compile, or compiles to the same tree. A place
weighs once, however many operators change it: a sum, which has many, is easier to kill
than a limit. Where places are fewer than mutants, each has a second mutation, and so
on.
"""

import ast
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.provider import OperatorProvider
from cosmic_ray.work_item import MutationSpec

Span = tuple[tuple[int, int], tuple[int, int]]
ARITHMETIC = {"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow"}
SETS = {"Sub", "BitOr", "BitAnd", "BitXor"}
IDENTITY = {"Is", "IsNot"}
WITH_ARGUMENTS = {"VariableReplacer", "VariableInserter"}
PAIR = re.compile(r"Replace(Binary|Comparison|Unary)Operator_([A-Za-z]+)_([A-Za-z]+)")
NO_PRODUCT = {"parameters", "dictorsetmaker", "atom"}
PROVIDER = OperatorProvider()


def drawn(paths: list[Path], seed: str, *, most: int) -> list[MutationSpec]:
    """Draw mutations of some files: for a seed, a shorter list starts a longer one."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    left = [one for path in sorted(paths) for one in places(path).values()]
    dice.shuffle(left)
    for mutations in left:
        dice.shuffle(mutations)
    found: list[MutationSpec] = []
    while left and len(found) < most:
        dealt = (mutations.pop() for mutations in left)
        found += [one for one in dealt if _changes(one)]
        left = [mutations for mutations in left if mutations]
    return found[:most]


def places(path: Path) -> dict[Span, list[MutationSpec]]:
    """Return the mutations of a file by the span that they change, in order."""
    source = path.read_text(encoding="utf-8")
    silent = list(_silent_spans(source))
    operators = {name: PROVIDER[name]() for name in sorted(PROVIDER) if is_kept(name)}
    counts: Counter[str] = Counter()
    found: dict[Span, list[MutationSpec]] = {}
    for node in ast_nodes(get_ast(source)):
        is_star = node.type == "operator" and node.parent.type in NO_PRODUCT
        for name, operator in operators.items():
            for start, end in operator.mutation_positions(node):
                one = MutationSpec(path, f"core/{name}", counts[name], start, end)
                counts[name] += 1
                if not is_star and not any(a <= start and end <= b for a, b in silent):
                    found.setdefault((start, end), []).append(one)
    return dict(sorted(found.items()))


def is_kept(name: str) -> bool:
    """Say whether an operator of cosmic-ray is used."""
    if (pair := PAIR.fullmatch(name)) is None:
        return name not in WITH_ARGUMENTS
    kind, first, second = pair.groups()
    both = {first, second}
    if kind == "Unary":
        return first == "Delete"
    if kind == "Comparison":
        return both == IDENTITY or not both & IDENTITY
    return both <= ARITHMETIC or both <= SETS


def _changes(mutation: MutationSpec) -> bool:
    """Say whether what runs is another programme."""
    source = mutation.module_path.read_text(encoding="utf-8")
    operator = PROVIDER[mutation.operator_name.removeprefix("core/")]()
    changed = mutate_code(source, operator, mutation.occurrence)
    try:
        tree = ast.parse(changed or "")
    except SyntaxError:
        return False
    return ast.dump(tree) != ast.dump(ast.parse(source))


def _silent_spans(source: str) -> Iterator[Span]:
    lines = source.splitlines()

    def position(line: int, n_bytes: int) -> tuple[int, int]:
        """Count a column in characters, as parso does."""
        return line, len(lines[line - 1].encode()[:n_bytes].decode())

    for node in ast.walk(ast.parse(source)):
        for part in _silent_parts(node):
            start = position(part.lineno, part.col_offset)
            yield start, position(part.end_lineno or 0, part.end_col_offset or 0)


def _silent_parts(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    for name in ("annotation", "returns"):
        if isinstance(part := getattr(node, name, None), ast.expr):
            yield part
    if isinstance(node, ast.TypeAlias) or (
        isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ):
        yield node
    if isinstance(node, ast.Call):
        yield from (one.value for one in node.keywords if one.arg in {"strict", "repr"})
    called = getattr(node, "func", None)
    is_noted = isinstance(called, ast.Attribute) and called.attr == "add"
    if is_noted or isinstance(node, ast.Raise):
        yield from (one for one in ast.walk(node) if isinstance(one, ast.JoinedStr))
