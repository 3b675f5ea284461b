"""The page of the territory in Chromium: is my commune concerned?"""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from eitgeo.maps.comparator.territory_page import territory_page
from tests.maps.pages import opened_afresh
from tests.maps.test_comparator_browser import CHROMIUM, CONTRAST, plain, sync_api
from tests.maps.toy import HOSTILE, Toy, released

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
MEMBERS = pd.DataFrame(
    [
        ("31001", "publie", "liste du syndicat"),
        ("31001", "a_confirmer", HOSTILE),
        ("31002", "a_confirmer", HOSTILE),
        ("31004", "publie", "liste du syndicat"),
    ],
    columns=["code_insee", "status", "list"],
)


def make(toy: Toy, *, form: str = "inscription.html") -> bytes:
    """Make the page of the toy study."""
    return territory_page(
        toy.ground, released(MEMBERS), name=HOSTILE, sheet=toy.sheet, form=form
    )


@pytest.fixture(scope="module")
def address(toy: Toy, tmp_path_factory) -> str:
    """Write the page and return its address."""
    path = tmp_path_factory.mktemp("page") / "territoire.html"
    path.write_bytes(make(toy))
    return str(path.as_uri())


@pytest.fixture(scope="module")
def tab() -> Iterator[Any]:
    """Open a tab of Chromium without a network."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser.new_context(offline=True).new_page()
        browser.close()


@pytest.fixture
def page(tab, address) -> Iterator[Any]:
    """Open the page offline."""
    with opened_afresh(tab, address, screen={"width": 1366, "height": 768}):
        yield tab


def test_a_commune_is_in_out_or_to_confirm(page) -> None:
    answers = {
        "31001": "oui",
        "commune 31002": "à confirmer",
        "Commune 31009 (31009)": "non",
    }
    for typed, word in answers.items():
        page.fill("#commune", typed)
        assert page.text_content("#reponse strong") == word
        assert page.locator("#reponse a").count() == (word != "non")
        assert "null" not in page.text_content("#reponse")
    page.fill("#commune", "Comm")
    assert plain(page.text_content("#reponse")).startswith("9 communes portent ce nom")
    page.fill("#commune", "Nulle part")
    assert "hors du territoire étudié" in page.text_content("#reponse")


def test_lists_say_what_the_map_says(page) -> None:
    rows = [plain(one.inner_text()) for one in page.locator("#membres tr").all()]
    assert rows == [
        "CA de l'Aval à confirmer (2 communes sur 3) 3 6 000",
        "CC du Milieu oui (1 commune sur 3) 3 15 000",
        "CC du Nord non 3 24 000",
    ]
    assert plain(page.text_content("#total")) == (
        "2 communes membres (5 000 habitants), 1 commune à confirmer "
        "(2 000 habitants), toutes listes réunies."
    )
    assert [plain(one) for one in page.locator("#listes li").all_inner_texts()] == [
        plain(f"{HOSTILE} : 2 communes"),
        "liste du syndicat : 2 communes",
    ]
    assert page.locator("#sites li").count() == page.locator("#carte .m-site").count()
    assert page.locator("#sites li").count() == 3


def test_it_is_light_readable_and_can_stand_in_a_frame(page, toy) -> None:
    assert page.evaluate(CONTRAST) == []
    assert page.locator("img").count() == 0
    assert 'src="territoire.html"' in page.input_value("#integrer")
    assert len(make(toy)) < 600_000
    assert b"frame-ancestors" not in make(toy)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_the_header_stacks_and_the_footer_covers_nothing(page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    box = {
        name: page.locator(name).first.bounding_box()
        for name in ("h1", ".statut", "#membres", "#sites", "footer")
    }
    assert box[".statut"]["y"] >= box["h1"]["y"] + box["h1"]["height"]
    for name in ("#membres", "#sites"):
        assert box["footer"]["y"] >= box[name]["y"] + box[name]["height"]


def test_without_a_form_no_link_is_offered(toy) -> None:
    assert b'"form":""' in make(toy, form="")
    assert b'"form":"inscription.html"' in make(toy)
