"""Take the pictures of docs/captures that README and guides show of a run.

The three questions that a planner asks of the comparator, and a print map. Run a study
first, then ``python scripts/comparator_captures.py MAPS``, its folder ``maps``.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "captures"
MAP = "carte_isochrones"
"""The map of the first screen of README: real roads, no stamp."""
WIDTH, HEIGHT = 1366, 768


def which_needs_fewer_deliberations(_: Page) -> None:
    """Leave the first screen as it opens."""


def what_one_epci_changes(page: Page) -> None:
    """Take the Volvestre out of B, and put it in again: what it brings."""
    target = page.locator("#carte .m-cible[aria-label='CC du Volvestre']")
    for _ in range(2):
        target.focus()
        page.keyboard.press("Enter")
    page.mouse.move(1, 1)


def who_could_carry(page: Page) -> None:
    """Open who could carry B, and on what condition."""
    page.click("#ouvre-porteurs")


QUESTIONS = {
    "comparateur_1_deliberations": which_needs_fewer_deliberations,
    "comparateur_2_volvestre": what_one_epci_changes,
    "comparateur_3_porteurs": who_could_carry,
}


def keep(picture: Image.Image, name: str) -> None:
    """Write a picture, small enough for a repository."""
    picture.convert("RGB").quantize(128).save(FOLDER / f"{name}.png", optimize=True)


def main(maps: Path) -> None:
    """Keep the map; open the page once a question, and take its picture."""
    printed = Image.open(next(iter(sorted(maps.glob(f"2_cartes/{MAP}_*_A4.png")))))
    printed.thumbnail((WIDTH, WIDTH))
    keep(printed, MAP)
    (path,) = maps.glob("1_elus/*comparateur.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        for name, ask in QUESTIONS.items():
            context = browser.new_context(
                offline=True, viewport={"width": WIDTH, "height": HEIGHT}
            )
            page = context.new_page()
            page.goto(path.resolve().as_uri())
            page.locator("html[data-pret=oui]").wait_for(state="attached")
            ask(page)
            keep(Image.open(io.BytesIO(page.screenshot())), name)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
