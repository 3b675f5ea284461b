"""Links of the documentation that leave its folder: a hook of MkDocs.

A page names files of the repository (``../data/sources.csv``). They exist beside the
pages but not in the site: the site shows their path, and a path that does not exist
stops the build.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
_LINK = re.compile(
    r"\[(?P<text>[^\]]+)\]\((?P<target>(?:\.\./)+[^)#\s]+)(?:#[^)\s]*)?\)"
)
_log = logging.getLogger("mkdocs.docs_links")


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Write the links that leave the folder as paths.

    Parameters
    ----------
    markdown
        A page.
    page
        What MkDocs knows of it.

    Returns
    -------
    str
        The same page.
    """
    here = Path(str(page.file.abs_src_path)).parent

    def path_of(found: re.Match[str]) -> str:
        target = (here / found["target"]).resolve()
        if not target.exists() or not target.is_relative_to(ROOT):
            _log.warning("%s: no such file: %s", page.file.src_uri, found["target"])
            return found[0]
        path = target.relative_to(ROOT).as_posix()
        text = found["text"].strip("`")
        return f"`{path}`" if text.endswith(target.name) else f"{text} (`{path}`)"

    return _LINK.sub(path_of, markdown)
