"""A contour dropped on the comparator, in Chromium: B, undone, evaluated, printed."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.chromium import needs_chromium
from tests.maps.comparators import make_page
from tests.maps.contours import geojson
from tests.maps.pages import opened_afresh
from tests.maps.toy import HOSTILE, SIDE_M, X0, Y0, Toy

pytestmark = [
    *needs_chromium,
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent"),
]
SCREEN = {"width": 1366, "height": 768}
DROP = """([name, text]) => {
  const held = new DataTransfer();
  held.items.add(new File([text], name));
  const about = { dataTransfer: held, bubbles: true, cancelable: true };
  const carte = document.getElementById('carte');
  const over = new DragEvent('dragover', about);
  carte.dispatchEvent(over);
  const hinted = !document.getElementById('depot').hidden;
  carte.dispatchEvent(new DragEvent('drop', about));
  return [over.defaultPrevented, hinted, document.getElementById('depot').hidden];
}"""
BORDER = shapely.box(X0, Y0, X0 + 1.6 * SIDE_M, Y0 + 2 * SIDE_M)
"""The two western communes of two rows, and most of those beside: EPCI are cut."""


@pytest.fixture(scope="module")
def page(chromium, toy: Toy, tmp_path_factory) -> Iterator[Any]:
    """Open the page in Chromium, the network cut."""
    path = tmp_path_factory.mktemp("contour") / "comparateur.html"
    path.write_bytes(make_page(toy))
    context = chromium.new_context(offline=True, locale="fr-FR")
    with opened_afresh(context.new_page(), path.as_uri(), screen=SCREEN) as _:
        yield context.pages[0]
    context.close()


def plain(text: str) -> str:
    """Make spaces plain."""
    return " ".join(text.split())


def printed(page: Any, path: Path) -> list[str]:
    """Print what is on the screen; return the text of each page."""
    page.pdf(path=str(path), prefer_css_page_size=True, print_background=True)
    done = subprocess.run(  # noqa: S603
        ["pdftotext", "-layout", str(path), "-"],  # noqa: S607
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return [plain(one) for one in done.stdout.split("\f")[:-1]]


def test_a_contour_is_dropped_undone_and_evaluated_on_two_pages(page, tmp_path) -> None:
    before = page.text_content("#identite-b")
    name = f"{HOSTILE.replace('/', '')}.geojson"
    assert page.evaluate(DROP, [name, geojson(BORDER)]) == [True, True, True]
    page.locator("#import-dit", has_text=re.compile(r"\S")).wait_for()
    said = plain(page.inner_text("#contour-resultat"))
    assert "4 communes" in said
    assert "⚠ 2 EPCI coupés : CA de l'Aval (2 sur 3 communes)" in said
    assert page.locator("#contour img").count() == 0
    page.click("#contour-coupe summary")
    cells = page.locator("#contour-communes tr").all()
    assert [plain(one.inner_text()) for one in cells] == [
        "Commune 31002 60 % dans B",
        "Commune 31005 60 % dans B",
    ]
    check_evaluation(page, tmp_path)
    check_small_screen(page)
    page.click("#annuler")
    assert page.text_content("#identite-b") == before
    page.click("#retablir")
    page.locator("#carte .m-cible").nth(0).focus()
    page.keyboard.press("Enter")
    assert "5 communes" in plain(page.text_content("#identite-b"))


def check_evaluation(page: Any, tmp_path: Path) -> None:
    """Two pages, the figures of the screen, the EPCI cut, a stamp."""
    page.click("#ouvre-evaluation")
    first, second = printed(page, tmp_path / "evaluation.pdf")
    assert "Ce contour réunit 4 communes et 12 000 habitants" in first
    assert "dans 2 EPCI, dont 2 coupés, et 1 département" in first
    assert "CC du Milieu (2 sur 3 communes)" in first
    for rank, one in enumerate((first, second), start=1):
        # Letters of a kerned font may be read apart.
        assert f"page{rank}sur2" in one.replace(" ", "")
    assert "Document de travail" in first
    assert "DÉMONSTRATION" in second
    for part in ("Ce que l’on sait", "Qui pourrait porter", "Sources : "):
        assert part in second
    assert page.locator("#carte-evaluation .m-a-confirmer").get_attribute("d") != ""
    # What was printed is back in its dialog, at the size of the screen.
    assert page.locator("#evaluation .feuille").count() == 2
    shown = {
        row.get_attribute("data-indicateur"): plain(row.inner_text())
        for row in page.locator(".feuille tr[data-indicateur]").all()
    }
    page.click("#evaluation .fermer")
    for row in page.locator("#lignes tr[data-indicateur]").all():
        value = plain(row.locator("td .valeur").nth(1).inner_text())
        assert value in shown[row.get_attribute("data-indicateur")]


def check_small_screen(page: Any) -> None:
    """On a phone nothing is wider than the screen."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.click("#ouvre-contour")
    for dialog in ("contour", "evaluation"):
        wide = page.evaluate(
            """(id) => [...document.querySelectorAll(`#${id} *`)]
              .filter((one) => one.checkVisibility() && !one.closest('svg'))
              .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
              .map((one) => one.outerHTML.slice(0, 80))""",
            dialog,
        )
        assert wide == []
        if dialog == "contour":
            page.click("#ouvre-evaluation")
    page.click("#evaluation .fermer")
    page.set_viewport_size(SCREEN)


def test_a_real_study_has_no_stamp_and_an_old_page_prints_as_before(
    page, toy, tmp_path
) -> None:
    path = tmp_path / "comparateur.html"
    path.write_bytes(make_page(toy, demonstration=False))
    with opened_afresh(page, path.as_uri(), screen=SCREEN):
        page.click("#ouvre-contour")
        page.click("#ouvre-evaluation")
        pages = printed(page, tmp_path / "reel.pdf")
        assert len(pages) == 2
        assert "DÉMONSTRATION" not in "".join(pages)
        page.click("#evaluation .fermer")
        assert len(printed(page, tmp_path / "ecran.pdf")) == 1
        content = {
            "name": "faux.csv",
            "mimeType": "text/plain",
            "buffer": b"nom\nX\n",
        }
        page.set_input_files("#import", files=[content])
        page.locator("#import-dit.refus").wait_for()
        said = plain(page.inner_text("#import-dit"))
        assert said.startswith("« faux.csv » n’est pas ouvert. Ce fichier n’a ni code")
        assert page.input_value("#choix-b") == "anneau"
