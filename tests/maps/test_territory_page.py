"""The page of the territory in Chromium: is my commune concerned?"""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from eitgeo.maps.comparator.territory_page import (
    TerritoryLinks,
    distinct_colours,
    territory_page,
)
from tests.chromium import needs_chromium
from tests.maps.pages import opened_afresh
from tests.maps.test_comparator_browser import CONTRAST, plain
from tests.maps.toy import HOSTILE, Toy, released

pytestmark = needs_chromium
MEMBERS = pd.DataFrame(
    [
        ("31001", "publie", "liste du syndicat"),
        ("31001", "a_confirmer", HOSTILE),
        ("31002", "a_confirmer", HOSTILE),
        ("31004", "publie", "liste du syndicat"),
    ],
    columns=["code_insee", "status", "list"],
)


POSTCODES = pd.DataFrame(
    [
        ("31001", "31800"),
        ("31002", "31800"),
        ("31002", "31801"),
        ("31004", "31110"),
        ("09003", "09000"),
    ],
    columns=["code_insee", "postcode"],
)
LINKS = TerritoryLinks("inscription.html")


def make(toy: Toy, *, links: TerritoryLinks = LINKS) -> bytes:
    """Make the page of the toy study."""
    return territory_page(
        toy.ground,
        released(MEMBERS),
        postcodes=released(POSTCODES),
        name=HOSTILE,
        sheet=toy.sheet,
        links=links,
    )


@pytest.fixture(scope="module")
def address(toy: Toy, tmp_path_factory) -> str:
    """Write the page and return its address."""
    path = tmp_path_factory.mktemp("page") / "territoire.html"
    path.write_bytes(make(toy))
    return str(path.as_uri())


@pytest.fixture(scope="module")
def tab(chromium) -> Iterator[Any]:
    """Open a tab of Chromium without a network."""
    context = chromium.new_context(offline=True)
    yield context.new_page()
    context.close()


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
    assert plain(page.text_content("#reponse")).startswith("9 communes répondent à")
    page.fill("#commune", "Nulle part")
    assert "hors du territoire étudié" in page.text_content("#reponse")


def test_pieces_of_names_and_postcodes_find_communes(page) -> None:
    """One: it is answered; several: each is offered, and a click or keys take it."""
    for typed, codes in {
        "31800": ["31001", "31002"],
        "31801": ["31002"],
        "3111": ["31004"],
        "09000": ["09003"],
        "COMMUNE-31004": ["31004"],
        "31005": ["31005"],
        "ommune 31006": ["31006"],
        "99999": [],
    }.items():
        page.fill("#commune", typed)
        check_found(page, codes)


def check_found(page: Any, codes: list[str]) -> None:
    """Hold what is answered to those who typed a piece of these communes."""
    offered = page.locator("#reponse button")
    assert offered.count() == (len(codes) if len(codes) > 1 else 0)
    if len(codes) > 1:
        assert all(
            box["height"] >= 44 for box in (b.bounding_box() for b in offered.all())
        )
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.input_value("#commune") == f"Commune {codes[1]} ({codes[1]})"
    if codes:
        assert page.locator("#reponse strong").count() == 1
        assert codes[-1] in page.text_content("#reponse .reponse")
        return
    assert "hors du territoire étudié" in page.text_content("#reponse")


def test_a_member_to_confirm_differs_by_pattern_colour_and_words(page) -> None:
    hatch = page.get_attribute("#carte .m-a-confirmer", "d")
    pale = page.locator("#carte .m-doute")
    drawn = [one.get_attribute("d") for one in pale.all() if one.get_attribute("d")]
    assert drawn == [hatch]
    assert (
        page.evaluate(
            "getComputedStyle(document.querySelector('.m-doute')).fillOpacity"
        )
        == "0.6"
    )
    names = page.locator("#carte .m-nom-epci").all_text_contents()
    assert [one.endswith("?") for one in sorted(map(plain, names))] == [
        True,
        False,
        False,
    ]
    row = page.locator("#membres tr").first
    assert row.locator(".c-hachure").count() == 1
    assert page.locator("#membres .c-hachure").count() == 1
    page.fill("#commune", "31002")
    assert page.locator(".reponse-doute").count() == 1
    page.fill("#commune", "31004")
    assert page.locator(".reponse-oui").count() == 1


def test_no_two_bodies_have_the_same_yellow() -> None:
    yellow = "#f4e9b2"
    made = distinct_colours([yellow, "#85d3bd", yellow, yellow, "#85d3bd"])
    assert len(set(made)) == 5
    assert made[:2] == [yellow, "#85d3bd"]
    assert distinct_colours(made) == made


def test_it_stands_in_a_frame_of_360_pixels(tab, toy, tmp_path) -> None:
    """By the line that it gives; its links then leave the frame."""
    links = LINKS._replace(address="territoire.html")
    (tmp_path / "territoire.html").write_bytes(make(toy, links=links))
    host = tmp_path / "site.html"
    with opened_afresh(
        tab,
        (tmp_path / "territoire.html").as_uri(),
        screen={"width": 800, "height": 600},
    ):
        line = tab.input_value("#integrer")
        assert "\n" not in line
        assert tab.is_visible(".retour")
    host.write_text(
        f'<!DOCTYPE html><html lang="fr"><title>Site</title>'
        f'<div style="width:360px">{line}</div>',
        encoding="utf-8",
    )
    with opened_afresh(tab, host.as_uri(), screen={"width": 800, "height": 900}):
        frame = tab.frames[1]
        frame.wait_for_selector("html[data-pret]")
        assert frame.evaluate("innerWidth") == 360
        assert frame.evaluate("document.documentElement.scrollWidth") <= 360
        assert not frame.is_visible(".retour")
        frame.fill("#commune", "31004")
        assert frame.get_attribute("#reponse a", "target") == "_blank"
        assert frame.get_attribute("#reponse a", "href") == "inscription.html#rejoindre"


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
    assert b'"form":""' in make(toy, links=TerritoryLinks())
    assert b'"form":"inscription.html"' in make(toy)
