"""Read what a page was given, let Node do its sums, open it afresh in a tab."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

COMPARE = Path(__file__).parent / "js" / "compare.mjs"


def payload_of(page: Path) -> dict[str, Any]:
    """Return the payload of a comparator."""
    text = page.read_text(encoding="utf-8")
    met = re.search(
        r'<script type="application/json" id="donnees">(.*?)</script>', text
    )
    assert met is not None
    content: dict[str, Any] = json.loads(met[1])
    return content


def long_numbers(text: str, *, digits: int = 10) -> set[str]:
    """Return the numbers with a comma that have more significant digits than that."""
    found = re.findall(r"(?<![\w.#])-?\d+\.\d+(?:[eE][-+]?\d+)?(?![\w.])", text)
    return {
        one
        for one in found
        if len(re.sub(r"[eE].*|[-.]", "", one).lstrip("0")) > digits
    }


def recomputed(payload: dict[str, Any], path: Path) -> dict[str, Any]:
    """Recompute every published figure as the page does; return what differs."""
    path.write_text(json.dumps(payload), encoding="utf-8")
    done = subprocess.run(  # noqa: S603
        ["node", str(COMPARE), str(path)],  # noqa: S607
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@contextmanager
def opened_afresh(tab: Any, address: str, *, screen: dict[str, int]) -> Iterator[None]:
    """Open a page in a tab that others used: nothing kept, the size of the screen.

    It may ask for nothing but files, and say nothing. A tab costs half a second.
    """
    asked: list[str] = []
    said: list[str] = []
    hear = {
        "request": lambda request: asked.append(request.url),
        "console": lambda message: said.append(message.text),
        "pageerror": lambda error: said.append(str(error)),
    }
    tab.goto("about:blank")  # an address that differs in its hash alone loads nothing
    tab.set_viewport_size(screen)
    for name, one in hear.items():
        tab.on(name, one)
    tab.goto(address)
    yield
    tab.evaluate("localStorage.clear(), sessionStorage.clear()")
    for name, one in hear.items():
        tab.remove_listener(name, one)
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
    assert said == []
