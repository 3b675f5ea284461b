"""Sow faults of type at random and tell which mypy sees, which pyrefly sees.

`python scripts/type_sample.py --pyrefly PATH [--seed N] [--faults N]`: each fault is
one edit of one module of a copy of the repository (kind, module, place by a seed);
each checker judges the copy in one run. A fault is seen where its function has an error
that the repository has not. What neither sees is no fault as far as they know (the
callee has no types): shares are of what mypy sees. Writes `benchmarks/types.csv`, then
`python benchmarks/all.py --page`. It costs more than mypy itself: no part of the tests.
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

WHO = {
    (True, True): "both",
    (True, False): "mypy_only",
    (False, True): "pyrefly_only",
    (False, False): "neither",
}
ROOT = Path(__file__).resolve().parents[1]
COPIED = ("benchmarks", "eitgeo", "scripts", "tests", "pyproject.toml")
OUT = ROOT / "benchmarks" / "types.csv"
REPORT = re.compile(r"^(\S+?):(\d+): error: (.*)$")
SKIPPED = ("eitgeo/qgis_provider/",)
SIMPLE = {"str", "int", "float", "bool", "Path", "pd.DataFrame", "Project"}


# What mypy takes from pyproject.toml, said to pyrefly: modules without types are Any.
UNTYPED = (
    "cosmic_ray",
    "distributed",
    "esda",
    "fontTools",
    "geopandas",
    "ipykernel",
    "IPython",
    "libpysal",
    "mapclassify",
    "matplotlib_map_utils",
    "networkx",
    "numpydoc",
    "openpyxl",
    "psutil",
    "pyarrow",
    "pygments",
    "pymcdm",
    "pyogrio",
    "qgis",
    "rasterio",
    "rocrate",
    "routingkit_cch",
    "scipy",
    "shapely",
    "sklearn",
    "spopt",
    "sqlalchemy",
    "xlsxwriter",
    "xstatic",
)
ERRORS = (
    "implicit-any-parameter",
    "unannotated-parameter",
    "unannotated-return",
    "unknown-base-class",
    "implicit-any-type-argument",
    "untyped-function-decorator",
    "untyped-class-decorator",
    "redundant-cast",
    "redundant-condition",
    "unnecessary-comparison",
    "incompatible-comparison",
    "unused-ignore",
    "unused-type-ignore",
    "implicit-reexport",
    "unreachable",
    "method-assign",
    "unused-coroutine",
)
FREE_IN_TESTS = (
    "implicit-any-parameter",
    "unannotated-parameter",
    "unannotated-return",
    "untyped-function-decorator",
    "untyped-class-decorator",
)


class Edit(NamedTuple):
    """A span of one line, and what takes its place; or lines put after a line."""

    line: int
    start: int
    end: int
    text: str
    span: tuple[int, int]


class Fault(NamedTuple):
    """A fault that was sown: where an error would tell it."""

    kind: str
    path: str
    first: int
    last: int


type Told = tuple[str, int, str]
type Spans = dict[ast.AST, tuple[int, int]]
type Kind = Callable[[ast.Module, Spans], Iterator[Edit]]


def spans(tree: ast.Module) -> Spans:
    """Sow return the lines in which an error about each node would stand."""
    found: Spans = {}

    def visit(node: ast.AST, span: tuple[int, int]) -> None:
        for child in ast.iter_child_nodes(node):
            within = span
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) or (
                isinstance(child, ast.stmt)
                and not isinstance(child, ast.ClassDef)
                and span == (0, 0)
            ):
                first = min([child.lineno, *_decorated(child)])
                within = (first, child.end_lineno or child.lineno)
            found[child] = within
            visit(child, within)

    visit(tree, (0, 0))
    return found


def _decorated(node: ast.stmt) -> list[int]:
    return [x.lineno for x in getattr(node, "decorator_list", ())]


def over(node: ast.expr, text: str, span: tuple[int, int]) -> Iterator[Edit]:
    """Put a text in place of an expression of one line."""
    if node.lineno == node.end_lineno and node.end_col_offset is not None:
        yield Edit(node.lineno, node.col_offset, node.end_col_offset, text, span)


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Sow every call, but for those of decorators and of `object`."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Sow every function of a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def wrong_argument(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow another object in place of an argument."""
    for call in calls(tree):
        for value in call.args:
            if not isinstance(value, ast.Starred):
                yield from over(value, "object()", at[call])


def wrong_keyword_value(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow another object in place of what a keyword is given."""
    for call in calls(tree):
        for keyword in call.keywords:
            if keyword.arg:
                yield from over(keyword.value, "object()", at[call])


def other_constant(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow a number in place of a text, a text in place of a number."""
    for call in calls(tree):
        for value in [*call.args, *(x.value for x in call.keywords if x.arg)]:
            if isinstance(value, ast.Constant) and isinstance(value.value, str | int):
                text = "7" if isinstance(value.value, str) else '"seven"'
                yield from over(value, text, at[call])


def wrong_literal(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow another text, which a literal type would refuse."""
    for call in calls(tree):
        for value in [*call.args, *(x.value for x in call.keywords if x.arg)]:
            word = value.value if isinstance(value, ast.Constant) else None
            if isinstance(word, str) and word.isidentifier():
                yield from over(value, f'"{word}_no"', at[call])


def missing_argument(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow the last argument taken away."""
    for call in calls(tree):
        if len(call.args) == 1 and not call.keywords:
            yield from over(call.args[0], "", at[call])
        elif len(call.args) > 1 and not isinstance(call.args[-1], ast.Starred):
            before, last = call.args[-2], call.args[-1]
            if before.end_lineno == last.end_lineno == last.lineno:
                yield Edit(
                    last.lineno,
                    before.end_col_offset,
                    last.end_col_offset,
                    "",
                    at[call],
                )


def unexpected_keyword(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow a keyword that nothing has."""
    for call in calls(tree):
        for keyword in call.keywords:
            if keyword.arg:
                end = keyword.col_offset + len(keyword.arg.encode())
                yield Edit(keyword.lineno, end, end, "_no", at[call])


def extra_argument(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow five arguments too many."""
    for call in calls(tree):
        if call.args and not call.keywords and call.lineno == call.end_lineno:
            end = call.args[-1].end_col_offset
            yield Edit(call.lineno, end, end, ", 1, 2, 3, 4, 5", at[call])


def absent_attribute(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow an attribute that nothing has."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield Edit(
                node.end_lineno,
                node.end_col_offset,
                node.end_col_offset,
                "_no",
                at[node],
            )


def optional_parameter(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow a parameter that may be None."""
    for function in functions(tree):
        for x in function.args.args + function.args.kwonlyargs:
            if x.annotation and "None" not in ast.unparse(x.annotation):
                note = ast.unparse(x.annotation)
                yield from over(x.annotation, f"{note} | None", at[function])


def optional_receiver(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow a receiver that may be None."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Load)
            and isinstance(node.value, ast.Name)
        ):
            name = node.value.id
            yield from over(node.value, f"({name} if {name} else None)", at[node])


def wrong_return(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow another object returned."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value:
            yield from over(node.value, "object()", at[node])


def none_return(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow None returned."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value:
            yield from over(node.value, "None", at[node])


def other_return_annotation(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow another type announced."""
    for function in functions(tree):
        if function.returns and ast.unparse(function.returns) != "None":
            yield from over(function.returns, "bytearray", at[function])


def not_iterable(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow a loop over a number."""
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.comprehension):
            yield from over(node.iter, "7", at[node])


def not_iterator(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow what is iterable taken for an iterator."""
    for node in ast.walk(tree):
        if isinstance(node, ast.For):
            yield from over(node.iter, f"[next({ast.unparse(node.iter)})]", at[node])


def unpacking(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow one name too many."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            last = node.targets[0].elts[-1]
            end = last.end_col_offset
            yield Edit(last.end_lineno, end, end, ", _seed", at[node])


def bare_generic(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow a generic type without its parameters."""
    for node in annotations(tree):
        for part in ast.walk(node):
            if isinstance(part, ast.Subscript):
                name = ast.unparse(part.value)
                if name not in {"Literal", "Annotated", "Callable", "ClassVar"}:
                    yield from over(part, name, at[node])


def annotations(tree: ast.Module) -> Iterator[ast.expr]:
    """Sow every annotation of a parameter, a result, a variable."""
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if isinstance(note := getattr(node, name, None), ast.expr):
                yield note


def unannotated_parameter(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow a parameter without a type."""
    for function in functions(tree):
        for x in function.args.args:
            if x.annotation and x.lineno == x.end_lineno:
                start = x.col_offset + len(x.arg.encode())
                yield Edit(x.lineno, start, x.end_col_offset, "", at[function])


def unannotated_return(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow a result without a type."""
    for function in functions(tree):
        note = function.returns
        if note and note.lineno == note.end_lineno:
            # From the parenthesis on: ` -> note`.
            start, end = note.col_offset - 4, note.end_col_offset
            yield Edit(note.lineno, start, end, "", at[function])


def unused_ignore(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow an ignore that nothing needs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.Return) and node.lineno == node.end_lineno:
            end = node.end_col_offset
            yield Edit(node.lineno, end, end, "  # type: ignore[arg-type]", at[node])


def unreachable_branch(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow a branch that no type can reach."""
    for function in functions(tree):
        names = [
            x.arg
            for x in function.args.args
            if x.annotation and ast.unparse(x.annotation) in SIMPLE
        ]
        first = function.body[0]
        if names and first.lineno > function.lineno and len(function.body) > 1:
            space = " " * first.col_offset
            text = f"{space}if isinstance({names[0]}, bytes):\n{space}    print(0)\n"
            span = (at[function][0], at[function][1] + 2)
            yield Edit(function.body[1].lineno, -1, -1, text, span)


def after_return(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow a statement after a return."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.lineno == node.end_lineno:
            end = node.end_col_offset
            yield Edit(node.lineno, end, end, "; print(0)", at[node])


def wrong_operand(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow another object as an operand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            yield from over(node.right, "object()", at[node])


def never_equal(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow a comparison that never holds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.In):
            text = "b'no'" if isinstance(node.ops[0], ast.Eq) else "[b'no']"
            yield from over(node.comparators[0], text, at[node])


def wrong_assignment(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow another object given to an annotated name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and node.value:
            yield from over(node.value, "object()", at[node])


def wrong_annotation(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow a parameter of another type."""
    for function in functions(tree):
        for x in function.args.args + function.args.kwonlyargs:
            if x.annotation:
                yield from over(x.annotation, "bytearray", at[function])


def wrong_index(tree: ast.Module, at: Spans) -> Iterator[Edit]:
    """Sow another object as an index."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield from over(node.slice, "object()", at[node])


def awaited(tree: ast.Module, _: Spans) -> Iterator[Edit]:
    """Sow what is not awaitable, awaited."""
    last = len(tree.body) and tree.body[-1].end_lineno
    for function in tree.body:
        if (
            isinstance(function, ast.FunctionDef)
            and not function.decorator_list
            and not function.args.args
            and not function.args.kwonlyargs
        ):
            text = f"\n\nasync def seed_await() -> None:\n    await {function.name}()\n"
            yield Edit(last + 1, -1, -1, text, (last + 1, last + 5))


def absent_field(tree: ast.Module, _: Spans) -> Iterator[Edit]:
    """Sow a field that a named tuple lacks."""
    last = tree.body[-1].end_lineno
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(
            ast.unparse(x) == "NamedTuple" for x in node.bases
        ):
            text = (
                f"\n\ndef seed_field(one: {node.name}) -> object:\n"
                "    return one.absent_field\n"
            )
            yield Edit(last + 1, -1, -1, text, (last + 1, last + 5))
            text = (
                f"\n\ndef seed_fields(one: {node.name}) -> object:\n"
                "    return one._replace(absent_field=1)\n"
            )
            yield Edit(last + 1, -1, -1, text, (last + 1, last + 5))


def override(tree: ast.Module, _: Spans) -> Iterator[Edit]:
    """Sow a method overridden with another signature."""
    last = tree.body[-1].end_lineno
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        for method in node.body:
            if (
                isinstance(method, ast.FunctionDef)
                and not method.name.startswith("_")
                and not method.decorator_list
            ):
                text = (
                    f"\n\nclass SeedOverride({node.name}):\n"
                    f"    def {method.name}(self, absent: bytes) -> bytearray:\n"
                    "        return bytearray(absent)\n"
                )
                yield Edit(last + 1, -1, -1, text, (last + 1, last + 6))


PACKAGE_ONLY = {unannotated_parameter, unannotated_return}
KINDS = (
    wrong_argument,
    wrong_keyword_value,
    other_constant,
    wrong_literal,
    missing_argument,
    unexpected_keyword,
    extra_argument,
    absent_attribute,
    optional_parameter,
    optional_receiver,
    wrong_return,
    none_return,
    other_return_annotation,
    not_iterable,
    not_iterator,
    unpacking,
    bare_generic,
    unannotated_parameter,
    unannotated_return,
    unused_ignore,
    unreachable_branch,
    after_return,
    wrong_operand,
    never_equal,
    wrong_assignment,
    wrong_annotation,
    wrong_index,
    awaited,
    absent_field,
    override,
)


def edited(text: str, edit: Edit) -> str:
    """Return a module with an edit; columns are bytes, as `ast` counts them."""
    lines = text.encode().split(b"\n")
    if edit.start < 0:
        lines[edit.line - 1 : edit.line - 1] = (
            edit.text.rstrip("\n").encode().split(b"\n")
        )
    else:
        line = lines[edit.line - 1]
        lines[edit.line - 1] = (
            line[: edit.start] + edit.text.encode() + line[edit.end :]
        )
    return b"\n".join(lines).decode()


def drawn(
    text: str, kinds: Sequence[Kind], draw: random.Random
) -> tuple[str, str, Edit] | None:
    """Return a module with the first kind of fault that it can have, and the fault."""
    tree = ast.parse(text)
    at = spans(tree)
    for kind in kinds if tree.body else ():
        edits = [one for one in kind(tree, at) if one.span != (0, 0)]
        if not edits:
            continue
        edit = draw.choice(edits)
        new = edited(text, edit)
        try:
            ast.parse(new)
        except SyntaxError:
            continue
        if new != text:
            return kind.__name__, new, edit
    return None


def sown(copy: Path, seed: int, count: int) -> list[Fault]:
    """Sow faults, one a module, the rarest kind first; return them."""
    draw = random.Random(seed)  # noqa: S311 - a sample
    modules = sorted(
        path
        for folder in ("eitgeo", "tests")
        for path in (copy / folder).rglob("*.py")
        if not path.relative_to(copy).as_posix().startswith(SKIPPED)
    )
    draw.shuffle(modules)
    done: Counter[str] = Counter()
    faults: list[Fault] = []
    for path in modules:
        if len(faults) == count:
            break
        name = path.relative_to(copy).as_posix()
        kinds = sorted(KINDS, key=lambda kind: (done[kind.__name__], draw.random()))
        if name.startswith("tests/"):
            kinds = [kind for kind in kinds if kind not in PACKAGE_ONLY]
        if found := drawn(path.read_text(encoding="utf-8"), kinds, draw):
            kind, new, edit = found
            path.write_text(new, encoding="utf-8")
            done[kind] += 1
            faults.append(Fault(kind, name, *edit.span))
    return faults


def mypy_told(copy: Path) -> Counter[Told]:
    """Return each error of mypy: path, line, text."""
    command = [sys.executable, "-m", "mypy", "--cache-dir=/dev/null"]
    said = subprocess.run(  # noqa: S603
        command, cwd=copy, capture_output=True, text=True, check=False
    ).stdout
    found = [match for line in said.splitlines() if (match := REPORT.match(line))]
    return Counter((match[1], int(match[2]), match[3]) for match in found)


def pyrefly_told(copy: Path, program: str) -> Counter[Told]:
    """Return each error of pyrefly: path, line, text."""
    any_of = [part for name in UNTYPED for part in (name, f"{name}.*")]
    settings = [
        'project-includes = ["eitgeo", "tests"]',
        'project-excludes = ["eitgeo/qgis_provider/**"]',
        'search-path = ["."]',
        'python-version = "3.12"',
        "check-unannotated-defs = true",
        'infer-return-types = "never"',
        f"replace-imports-with-any = {json.dumps(any_of)}",
        "[errors]",
        *(f'{name} = "error"' for name in ERRORS),
        '[[sub-config]]\nmatches = "tests/**"\n[sub-config.errors]',
        *(f'{name} = "ignore"' for name in FREE_IN_TESTS),
    ]
    (copy / "pyrefly.toml").write_text("\n".join(settings), encoding="utf-8")
    said = subprocess.run(  # noqa: S603
        [program, "check", "--output-format=json"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return Counter(
        (one["path"], one["line"], one["concise_description"])
        for one in json.loads(said)["errors"]
        if one["severity"] == "error"
    )


def seen(fault: Fault, told: Counter[Told], before: Counter[Told]) -> bool:
    """Say whether an error in the function of a fault was not there before it."""
    # Lines may have moved by two: texts alone are compared.
    usual = Counter(text for path, _, text in before.elements() if path == fault.path)
    now = [one for one in told.elements() if one[0] == fault.path]
    new = Counter(text for _, _, text in now) - usual
    return any(fault.first <= one[1] <= fault.last and one[2] in new for one in now)


def write_table(faults: list[Fault], by_mypy: list[bool], by_peer: list[bool]) -> None:
    """Count by kind who saw what."""
    counts: dict[str, Counter[str]] = {kind.__name__: Counter() for kind in KINDS}
    for fault, mine, peer in zip(faults, by_mypy, by_peer, strict=True):
        counts[fault.kind][WHO[mine, peer]] += 1
    with OUT.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(("kind", "sown", *WHO.values()))
        for kind, one in counts.items():
            writer.writerow((kind, one.total(), *(one[name] for name in WHO.values())))


def main() -> None:
    """Sow, ask both, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pyrefly", default="pyrefly", help="the program")
    parser.add_argument("--seed", type=int, default=20261201)
    parser.add_argument("--faults", type=int, default=420)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
        before = pyrefly_told(copy, asked.pyrefly)
        faults = sown(copy, asked.seed, asked.faults)
        peer, mine = pyrefly_told(copy, asked.pyrefly), mypy_told(copy)
    by_mypy = [seen(fault, mine, Counter()) for fault in faults]
    by_peer = [seen(fault, peer, before) for fault in faults]
    write_table(faults, by_mypy, by_peer)
    both = sum(a and b for a, b in zip(by_mypy, by_peer, strict=True))
    print(f"{len(faults)} faults; mypy sees {sum(by_mypy)}, pyrefly {both} of them")


if __name__ == "__main__":
    main()
