"""How long the comparator takes to open and to repaint, in headless Chromium.

Run a study first, then: python -m benchmarks.comparator maps/1_elus/…comparateur.html
"""

import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

OPENINGS, ROUNDS = 5, 5
DRAWN = "html[data-pret=oui]"


def main(path: Path) -> None:
    """Print the median and the worst of both times."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        screen: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
        opened, painted = [], []
        for _ in range(OPENINGS):
            page = browser.new_context(offline=True, **screen).new_page()
            page.goto(path.resolve().as_uri())
            page.locator(DRAWN).wait_for(state="attached")
            opened.append(page.evaluate("performance.now()"))
        page.click("#composer > summary")
        for _ in range(ROUNDS):
            for rank in range(page.locator("#blocs .bloc").count()):
                page.locator("#blocs .bloc").nth(rank).click()
                spent = page.evaluate("document.documentElement.dataset.peint")
                painted.append(float(spent))
        browser.close()
    print(f"page         {path.stat().st_size / 1e6:6.2f} Mo")
    for label, values in (("ouverture", opened), ("repeinte", painted)):
        middle, worst = statistics.median(values), max(values)
        print(f"{label:12} {middle:6.0f} ms (pire {worst:.0f} ms, n = {len(values)})")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
