"""Every mutation that may change what a file does, by the operators of cosmic-ray.

A place is a span of source; it has one mutation or several. Operators of cosmic-ray
that are kept:

- arithmetic for arithmetic, and among ``-``, ``|``, ``&``, ``^`` (sets, masks); not
  ``<<`` for ``+``, which fails on a float whatever the tests are;
- comparisons for comparisons; ``is`` only for ``is not``: on numbers and strings it
  says nothing that holds from one Python to another;
- ``not``, ``-`` and ``~`` taken away; ``not`` added to a condition; ``and``, ``or``,
  ``True``, ``False``, ``break``, ``continue`` turned round;
- a number plus or minus one, a loop without turns, an exception that is not caught, a
  decorator taken away.

Places that are left out, since nothing that runs depends on them:

- annotations, and blocks under ``if TYPE_CHECKING``; docstrings hold no place;
- figures inside the text of a message: f-strings of ``raise …`` and of ``….add(…)``;
- ``strict=`` of ``zip``, an assertion, and ``repr=`` of a field;
- stars that are no product (``def f(a, *, b)``, ``{**a}``);
- what does not compile, and what compiles to the same tree.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, TypeGuard

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.provider import OperatorProvider

Position = tuple[int, int]
Span = tuple[Position, Position]

ARITHMETIC = {"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow"}
SETS = {"Sub", "BitOr", "BitAnd", "BitXor"}
IDENTITY = {"Is", "IsNot"}
WITH_ARGUMENTS = {"VariableReplacer", "VariableInserter"}
PAIR = re.compile(r"Replace(Binary|Comparison|Unary)Operator_([A-Za-z]+)_([A-Za-z]+)")
SILENT_KEYWORDS = {"strict", "repr"}
NO_PRODUCT = {"parameters", "dictorsetmaker", "atom"}


class Mutation(NamedTuple):
    """One change: the operator of cosmic-ray, and which of its occurrences."""

    operator: str
    occurrence: int


def is_kept(name: str) -> bool:
    """Say whether an operator of cosmic-ray is used: see above."""
    if (pair := PAIR.fullmatch(name)) is None:
        return name not in WITH_ARGUMENTS
    kind, first, second = pair.groups()
    both = {first, second}
    if kind == "Unary":
        return first == "Delete"
    if kind == "Comparison":
        return both == IDENTITY or not both & IDENTITY
    return both <= ARITHMETIC or both <= SETS


def operators() -> dict[str, Any]:
    """Return the operators that are used, by name."""
    provider = OperatorProvider()
    return {name: provider[name]() for name in sorted(provider) if is_kept(name)}


def places(source: str) -> dict[Span, list[Mutation]]:
    """Return the mutations of a file by the span that they change, in order."""
    silent = list(_silent_spans(source))
    counts: Counter[str] = Counter()
    found: dict[Span, list[Mutation]] = {}
    used = operators()
    for node in ast_nodes(get_ast(source)):
        is_star = node.type == "operator" and node.parent.type in NO_PRODUCT
        for name, operator in used.items():
            for start, end in operator.mutation_positions(node):
                one = Mutation(name, counts[name])
                counts[name] += 1
                is_silent = any(a <= start and end <= b for a, b in silent)
                if not is_silent and not is_star:
                    found.setdefault((start, end), []).append(one)
    return dict(sorted(found.items()))


def mutated(source: str, mutation: Mutation) -> str | None:
    """Return the file changed, or nothing where what runs is the same or cannot."""
    operator = OperatorProvider()[mutation.operator]()
    changed = mutate_code(source, operator, mutation.occurrence)
    try:
        tree = ast.parse(changed or "")
    except SyntaxError:
        return None
    return None if ast.dump(tree) == _dumped(source) else changed


@cache
def _dumped(source: str) -> str:
    return ast.dump(ast.parse(source))


def statement(source: str, line: int) -> tuple[str, range]:
    """Return the function that holds a line, and the lines of its statement.

    Of a statement that holds others, its head alone.
    """
    names, lines = [], range(line, line + 1)
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.stmt | ast.ExceptHandler):
            continue
        first = min([node.lineno, *(d.lineno for d in _decorators(node))])
        if not first <= line <= (node.end_lineno or 0):
            continue
        body = getattr(node, "body", None)
        last = body[0].lineno - 1 if body else (node.end_lineno or 0)
        # Nodes come from the outside in: the last one that holds the line is kept.
        lines = range(first, max(first, last) + 1)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
    return ".".join(names), lines


def _decorators(node: ast.AST) -> list[ast.expr]:
    return getattr(node, "decorator_list", [])


def _silent_spans(source: str) -> Iterator[Span]:
    lines = source.splitlines()
    for node in _silent_nodes(ast.parse(source)):
        yield (
            _position(lines, node.lineno, node.col_offset),
            _position(lines, node.end_lineno or 0, node.end_col_offset or 0),
        )


def _position(lines: list[str], line: int, n_bytes: int) -> Position:
    """Count a column in characters, as parso does."""
    return line, len(lines[line - 1].encode()[:n_bytes].decode())


def _silent_nodes(tree: ast.Module) -> Iterator[ast.expr | ast.stmt]:
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if isinstance(part := getattr(node, name, None), ast.expr):
                yield part
        if isinstance(node, ast.TypeAlias) or _is_for_types(node):
            yield node
        elif isinstance(node, ast.Call):
            yield from (k.value for k in node.keywords if k.arg in SILENT_KEYWORDS)
        if _is_message(node):
            yield from (one for one in ast.walk(node) if isinstance(one, ast.JoinedStr))


def _is_for_types(node: ast.AST) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _is_message(node: ast.AST) -> bool:
    called = getattr(node, "func", None)
    is_noted = isinstance(called, ast.Attribute) and called.attr == "add"
    return isinstance(node, ast.Raise) or is_noted
