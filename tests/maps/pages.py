"""Read what a page was given, and let Node do its sums."""

import json
import re
import subprocess
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
