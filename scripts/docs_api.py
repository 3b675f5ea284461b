"""Functions that bear the name of their module, in the pages of the API.

A hook of MkDocs. ``eitgeo.zones.concentration`` is a module and the function that the
folder takes from it; the site would tell of the module. Such functions are asked for
one by one.
"""

from __future__ import annotations

import re
from importlib import import_module
from inspect import isfunction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page

_ASKED = re.compile(r"^::: (eitgeo\.\w+)$", re.MULTILINE)
_OPTIONS = (
    "    options: {show_root_heading: true, show_root_toc_entry: true, "
    "show_root_full_path: false}"
)


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Ask for the functions that a module hides.

    Parameters
    ----------
    markdown
        A page.
    page
        What MkDocs knows of it.

    Returns
    -------
    str
        The same page; the functions come after the others.
    """
    found = _ASKED.search(markdown)
    if found is None or not page.file.src_uri.startswith("api/"):
        return markdown
    asked = [f"::: {path}\n{_OPTIONS}\n" for path in hidden_functions(found[1])]
    return "\n".join([markdown, *asked])


def hidden_functions(package: str) -> list[str]:
    """List the functions of a folder that bear the name of the module they come from.

    Parameters
    ----------
    package
        Its name, with dots.

    Returns
    -------
    list of str
        Where each is defined, in the order of ``__all__``.
    """
    module = import_module(package)
    known = {
        name: getattr(module, name, None) for name in getattr(module, "__all__", ())
    }
    return [
        f"{one.__module__}.{name}"
        for name, one in known.items()
        if isfunction(one) and one.__module__.endswith(f".{name}")
    ]
