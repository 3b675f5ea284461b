"""Write docs/sources.md from the docstrings of the readers and data/sources.csv.

Rows of docs/lecteurs.md follow what a study declares of its readers; what was written
there about a key that stays is kept. Run it after a reader or the register has changed;
tests hold both pages to them.
"""

from __future__ import annotations

import csv
import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import eitgeo.sources
from eitgeo.reference.nomenclatures import CNIG_CLASSES, cnig_fields
from eitgeo.reference.source_columns import source_columns
from eitgeo.sources.files.declared import CsvSource
from eitgeo.sources.files.vectors import VectorSource
from eitgeo.study.sources import (
    BodySource,
    CommuneSource,
    CountSource,
    OutletSource,
    SiteSource,
)
from eitgeo.study.zones import OfficialZones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from eitgeo.study.readers import Source

    type Reader = Callable[..., Any]

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "sources.md"
READERS_PAGE = ROOT / "docs" / "lecteurs.md"
DECLARED: dict[str, type[Source]] = {
    "sources.communes": CommuneSource,
    "sources.bodies": BodySource,
    "sources.sites": SiteSource,
    "sources.counts": CountSource,
    "sources.outlets": OutletSource,
    "zones.official": OfficialZones,
}
"""Key of ``study.yaml`` -> what is declared of its readers."""
REGISTER = ROOT / "data" / "sources.csv"
LABELS = ("Producer", "Licence", "Vintage", "CRS")
_COLUMN_NAME = re.compile(
    r"_([A-Z_]+_)?(NEEDED|OPTIONAL|NAMES|KEYS)$|_HEADING_COLUMNS$"
)
_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)
_INTRODUCTION = """\
# Sources: what each reader takes, gives and refuses

Written by `scripts/build_sources_page.py` from the docstrings of `eitgeo.sources` and
from `data/sources.csv`: change those, not this page.

Every reader of an official file gives a table and the account of the rows that it left
out (`Loaded`: `table`, `dropped`); most add remarks on rows that are kept (`Audited`:
`notes`). Messages are in French and name the file, the row and the remedy. A file that
is absent or empty, in another encoding, with another separator, without a column, or in
another coordinate system is refused; formulas and HTML in a cell stay text.
"""


def modules() -> Iterator[ModuleType]:
    """Give the public modules of the readers, by name."""
    found = pkgutil.walk_packages(eitgeo.sources.__path__, "eitgeo.sources.")
    names = [one.name for one in found if not one.ispkg]
    for name in sorted(names, key=lambda name: name.rpartition(".")[2]):
        if name.split(".")[2] not in {"fetch", "files"}:
            yield importlib.import_module(name)


def readers(module: ModuleType) -> list[Reader]:
    """Return the functions of a module that read a file, in the order of the file."""
    found = [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("read_") and function.__module__ == module.__name__
        if "Parameters" in sections(function)  # what an analyst may call
    ]
    return sorted(found, key=lambda function: function.__code__.co_firstlineno)


def sections(function: Reader) -> dict[str, str]:
    """Split a numpydoc docstring: the summary under ``""``, then each section."""
    parts = _SECTION.split(inspect.getdoc(function) or "")
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def references(text: str) -> list[tuple[str, str]]:
    """Return producer, licence, vintage and CRS where told so, else the paragraph."""
    flat = " ".join(text.split())
    pattern = "|".join(LABELS)
    parts = re.split(rf"(?:^|(?<=[.)] ))({pattern}): ", flat)
    told = dict(zip(parts[1::2], parts[2::2], strict=True))
    if set(told) >= set(LABELS[:3]):
        return [(label, told[label].strip()) for label in LABELS if label in told]
    return [("References", flat)]


def columns(module: ModuleType) -> list[str]:
    """Return the columns that a module reads, in the words of their files."""
    name = module.__name__.rpartition(".")[2]
    if name == "cnig":
        return [f"`{at}`" for one in CNIG_CLASSES for at in cnig_fields(one).index]
    if name == "sirene":
        module = importlib.import_module("eitgeo.sources.sites.sirene_rows")
    held = [vars(module)[key] for key in vars(module) if _COLUMN_NAME.fullmatch(key)]
    declared = [
        _with_unit("`/`".join(column.dialects), column.unit)
        for source in _declared(module)
        for column in source_columns(source.name)
    ]
    others = [name for value in held for name in _official_names(value)]
    return [*declared, *(f"`{name}`" for name in others)]


def _declared(module: ModuleType) -> list[CsvSource | VectorSource]:
    held = list(vars(module).values())
    held += [one for value in held if isinstance(value, dict) for one in value.values()]
    return [one for one in held if isinstance(one, CsvSource | VectorSource)]


def _with_unit(name: str, unit: str) -> str:
    return f"`{name}` [{unit}]" if unit else f"`{name}`"


def _official_names(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return [str(name) for name in value]
    # Ours -> names in the dialects, or the official name -> ours.
    dialects = [one for one in value.values() if isinstance(one, tuple | list)]
    return ["`/`".join(one) for one in dialects] if dialects else list(value)


def _plain(text: str) -> str:
    flat = " ".join(text.split()).replace("``", "`").replace("|", "\\|")
    return re.sub(r":\w+:`([^`]+)`", r"`\1`", flat)


def _items(text: str) -> list[tuple[str, str]]:
    """Return name and description of each item of a numpydoc list."""
    parts = re.split(r"^(?=\S)", text.strip(), flags=re.MULTILINE)
    heads = [part.partition("\n") for part in parts if part.strip()]
    return [(head.strip(), _plain(body)) for head, _, body in heads]


def reader_part(function: Reader) -> list[str]:
    """Return the lines of the page about one reader."""
    parts = sections(function)
    file = _items(parts["Parameters"])[0][1]
    rows = [("File", file), *references(parts.get("References", ""))]
    faults = [f"`{name}`: {text}" for name, text in _items(parts.get("Raises", ""))]
    notes = parts.get("Notes", "").strip()
    return [
        f"### `{function.__name__}`",
        "",
        _plain(parts[""]),
        "",
        "| | |",
        "|---|---|",
        *(f"| {label} | {_plain(text)} |" for label, text in rows if text),
        f"| Gives | {' '.join(text for _, text in _items(parts['Returns']))} |",
        f"| Refuses | {'<br>'.join(faults)} |",
        *([f"| Notes | {_plain(notes)} |"] if notes else []),
        "",
    ]


def register_part() -> list[str]:
    """Return the lines of the page about the files of the register."""
    with REGISTER.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    lines = [
        "## Register of the files (`data/sources.csv`)",
        "",
        "| File | Version | Licence | CRS | Note |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        name = f"[{row['name']}]({row['url']})" if row["url"] else row["name"]
        cells = [name, row["version"], row["licence"], row["crs"], row["note"]]
        lines.append("| " + " | ".join(_plain(cell) or "—" for cell in cells) + " |")
    return [*lines, ""]


def page() -> str:
    """Return the whole page."""
    lines = [_INTRODUCTION]
    for module in modules():
        found = readers(module)
        if not found:
            continue
        title = (module.__doc__ or "").strip().splitlines()[0].rstrip(".")
        lines += [f"## {title}", "", f"Module `{module.__name__}`."]
        names = list(dict.fromkeys(columns(module)))
        if names:
            lines += [
                "",
                "Columns read: " + ", ".join(names) + ".",
            ]
        lines.append("")
        for function in found:
            lines += reader_part(function)
    return "\n".join([*lines, *register_part()]).rstrip() + "\n"


def readers_page(text: str) -> str:
    """Return the French page about the readers, its tables as they are declared."""
    for section, source in DECLARED.items():
        head, mark, rest = text.partition(f": `{section}`")
        before, rule, after = rest.partition("|---|---|")
        rule, after = rule + after[: after.index("\n") + 1], after.split("\n", 1)[1]
        table = re.match(r"(\|.*\|\n)*", after)
        rows = table[0] if table else ""
        told = "".join(_reader_rows(source, rows, n_cells=rule.count("---")))
        text = head + mark + before + rule + told + after[len(rows) :]
    return text


def _reader_rows(source: type[Source], rows: str, *, n_cells: int) -> Iterator[str]:
    """Give a row a reader, in the order of its declaration; a true one stays as is."""
    held = {row.split("`")[1]: row for row in rows.splitlines(keepends=True)}
    for reader, keys in source.keys.items():
        notes = dict(re.findall(r"`(\w+)` (\([^)]*\))", held.get(reader, "")))
        cells = [
            ", ".join(f"`{key}` {notes.get(key, '')}".strip() for key in named)
            for named in (keys.needed, keys.optional)
        ]
        full = [f" {cell} " if cell else " " for cell in cells[: n_cells - 1]]
        yield "|".join(["", f" `{reader}` ", *full, "\n"])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    told = readers_page(READERS_PAGE.read_text(encoding="utf-8"))
    READERS_PAGE.write_text(told, encoding="utf-8", newline="\n")
    for one in (PAGE, READERS_PAGE):
        print(one.relative_to(ROOT).as_posix())
