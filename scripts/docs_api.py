"""The modules of a folder, in the pages of the API, in the order in which to read them.

A hook of MkDocs: ``::: eitgeo.roads`` shows what the folder says of itself, then each
of its modules that has something for an analyst to call.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import rooms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mkdocs.structure.pages import Page

_ASKED = re.compile(r"^::: (eitgeo\.\w+)$", re.MULTILINE)
_OPTIONS = "    options: {show_root_heading: true, show_root_toc_entry: true}"


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Ask for the modules of the folder that a page asks for."""
    asked = _ASKED.search(markdown)
    if asked is None or not page.file.src_uri.startswith("api/"):
        return markdown
    folder = rooms.ROOT.joinpath(*asked[1].split("."))
    parts = [f"::: {name}\n{_OPTIONS}\n" for name in called_modules(folder)]
    return "\n\n".join([markdown, *parts])


def called_modules(folder: Path) -> Iterator[str]:
    """Name the modules of a folder that an analyst may call, rooms inside it too."""
    if not folder.is_dir():
        return
    for name in rooms.listed(folder):
        path = folder / f"{name}.py"
        if not path.exists():
            yield from called_modules(folder / name)
        elif called_names(path):
            yield ".".join(path.relative_to(rooms.ROOT).with_suffix("").parts)


def called_names(path: Path) -> list[str]:
    """Name the functions of a module whose docstring tells what they are given."""
    text = path.read_text(encoding="utf-8")
    if "Parameters\n" not in text:
        return []
    return [
        node.name
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if "Parameters\n---" in (ast.get_docstring(node) or "")
    ]
