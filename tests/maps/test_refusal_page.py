"""The page « Et si un conseil dit non ? » of three EPCI in a row, read and clicked."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eitgeo.maps.refusal_page.page import (
    RefusalChoices,
    refusal_page,
    refusal_payload,
)
from eitgeo.roads.questions.seats import seats_of_unions
from eitgeo.tables.public import Released
from tests.chromium import needs_chromium
from tests.maps.comparators import (
    UNIONS,
    bodies,
    contiguity,
    minutes,
    real_sheet,
    union_carrier_reasons,
    union_carrier_states,
)
from tests.maps.governance_toy import make_tables
from tests.maps.pages import opened_afresh
from tests.maps.test_comparator_browser import CONTRAST
from tests.maps.toy import EPCI, HOSTILE, Toy, released, squares
from tests.words.forbidden import plain

CHOICES = RefusalChoices(first="aval", root_epci="200000002", names_seats=True)
SECRET = {"eur": "7,77", "min": "67"}


def make_refusal_tables(toy: Toy) -> dict[str, Released]:
    """Release what the page reads; the third EPCI has a hostile name."""
    made = make_tables(toy)
    unions = {name: [f"20000000{n}" for n in held] for name, held in UNIONS.items()}
    seats = seats_of_unions(unions, squares(), minutes())
    return {
        "bodies": released(bodies()),
        "perimeters": toy.perimeters,
        "refusals": made["refusals"],
        "animation_budget": made["animation_budget"],
        "contiguity": released(contiguity()),
        "union_seats": released(seats),
        "union_carrier_states": released(union_carrier_states()),
        "union_carrier_reasons": released(union_carrier_reasons()),
    }


def make(toy: Toy, *, demonstration: bool = False, **changes: Any) -> str:
    """Make the page of the toy study."""
    return refusal_page(
        toy.ground,
        make_refusal_tables(toy) | changes,
        catalogue=toy.catalogue,
        choices=CHOICES,
        sheet=toy.sheet if demonstration else real_sheet(toy),
    ).decode()


@pytest.fixture(scope="module")
def text(toy: Toy) -> str:
    """Make the page once."""
    return make(toy)


def test_it_reads_without_scripts(text) -> None:
    body = plain(re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL))
    assert "1 refus isolé sur 3 coupe le périmètre à 3 EPCI :" in body
    assert "Par la route, déjà en 2 morceaux" in body
    assert "Chaque refus, seul (3)" in body
    assert "Deux refus ensemble (3)" in body
    # 30 000 € among 4 000 who stay where the first one refuses.
    assert "2 EPCI, 4 000 habitants ; d'un seul tenant par les frontières, en 2" in body
    assert "porteurs en moins : Co-portage PETR" in body
    assert "≈ 8 €/hab./an (3 à 20) (H)" in body
    assert HOSTILE not in body
    assert "&lt;img src=x" in body
    assert re.findall(r"\b(?:null|nan|union_\d+|counted_\w+)\b", body) == []


def test_it_reaches_nothing_and_is_stamped_where_it_must(toy, text) -> None:
    assert "connect-src &#x27;none&#x27;" in text
    assert "DÉMONSTRATION – " not in text
    assert "DÉMONSTRATION – établissements synthétiques" in make(
        toy, demonstration=True
    )
    assert len(text) < 250_000


def test_a_study_without_whole_perimeters_or_unions_says_so(toy) -> None:
    tables = make_refusal_tables(toy)
    none = make(
        toy,
        refusals=released(tables["refusals"].table.iloc[:0]),
        union_seats=released(tables["union_seats"].table.iloc[:0]),
        union_carrier_states=released(tables["union_carrier_states"].table.iloc[:0]),
        union_carrier_reasons=released(tables["union_carrier_reasons"].table.iloc[:0]),
    )
    assert "il n’y a pas de refus à compter" in none
    assert "<svg" not in none


def test_a_page_without_room_tells_fewer_refusals(toy, monkeypatch) -> None:
    monkeypatch.setattr("eitgeo.maps.refusal_page.page._MOST_ROWS", 7)
    payload = refusal_payload(
        toy.ground,
        make_refusal_tables(toy),
        catalogue=toy.catalogue,
        choices=CHOICES,
        sheet=toy.sheet,
    )
    (one,) = payload["perimeters"]
    assert one["most"] == 2
    assert len(one["rows"]["pop"]) == 7


@pytest.mark.parametrize(
    ("names_seats", "town"), [(True, "Commune 31006"), (False, "")]
)
def test_stand_in_roads_name_no_seat(toy, names_seats, town) -> None:
    payload = refusal_payload(
        toy.ground,
        make_refusal_tables(toy),
        catalogue=toy.catalogue,
        choices=replace(CHOICES, names_seats=names_seats),
        sheet=toy.sheet,
    )
    assert set(payload["unions"]["towns"]) - {""} == {town} - {""}


@pytest.mark.parametrize(
    ("most", "said"),
    [(None, "unions d’EPCI entiers d’un"), (4, "unions d’au plus 4 EPCI entiers d’un")],
)
def test_unions_are_those_that_the_study_lists(toy, most, said) -> None:
    page = refusal_page(
        toy.ground,
        make_refusal_tables(toy),
        catalogue=toy.catalogue,
        choices=replace(CHOICES, most_epci=most),
        sheet=toy.sheet,
    ).decode()
    assert said in page.replace("\xa0", " ").replace("\u202f", " ")


@pytest.fixture(scope="module")
def tab(chromium) -> Iterator[Any]:
    """Open a tab of Chromium without a network."""
    context = chromium.new_context(offline=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab, text, tmp_path) -> Iterator[Any]:
    """Open the page offline."""
    path = tmp_path / "si_un_conseil_dit_non.html"
    path.write_text(text, encoding="utf-8")
    with opened_afresh(tab, path.as_uri(), screen={"width": 390, "height": 844}):
        yield tab


def told(page: Any, name: str) -> str:
    """Return a text of the page with plain spaces."""
    return plain(page.locator(name).inner_text())


def cells(page: Any, label: str) -> list[str]:
    """Return both cells of a line of the table."""
    row = page.locator("#lignes-tableau tr", has_text=label)
    return [plain(one) for one in row.locator("td").all_inner_texts()]


def saved(page: Any, button: str) -> bytes:
    """Press a button and return the bytes of the file it saves."""
    with page.expect_download() as download:
        page.click(button)
    return Path(download.value.path()).read_bytes()


class TestBrowser:
    """What a mayor does on a phone."""

    pytestmark = needs_chromium

    def test_marking_who_says_no_tells_what_is_left(self, page) -> None:
        whole = told(page, "#reponse")
        assert whole.startswith("1 refus isolé sur 3 coupe le périmètre à 3 EPCI :")
        box = page.locator("#qui label", has_text=EPCI[2])
        box.focus()
        page.locator("#qui input").nth(1).press("Space")
        assert told(page, "#reponse") == (
            "Si Milieu dit non, il reste 2 EPCI et 7 000 habitants, en 2 morceaux. "
            f"Reste à charge : {cells(page, 'par habitant')[1]}."
        )
        # Further down, what is left stays in sight.
        page.locator("#lignes-tableau tr").last.scroll_into_view_if_needed()
        assert page.evaluate("scrollY") > 0
        assert page.locator("#reponse").bounding_box()["y"] >= 0
        assert cells(page, "Habitants") == ["10 000", "7 000"]
        assert cells(page, "par habitant")[1].startswith("≈ 4 €/hab./an")
        assert page.locator("path.non").count() == 1
        assert page.locator("path.morceau-1").count() == 1
        assert page.evaluate(CONTRAST) == []
        # All unions hold the EPCI that says no.
        assert told(page, "#verdict").startswith("Chacune des 3 unions contient")
        page.click("#tous")
        assert told(page, "#reponse") == whole
        page.locator("path.epci").first.click()
        assert page.locator("#qui input:checked").count() == 1
        page.click("#tous")

    def test_red_lines_stay_in_the_page(self, page) -> None:
        assert page.locator("#ouvertes").is_hidden()
        page.locator(".participant summary").nth(1).click()
        page.fill("#eur-1", SECRET["eur"])
        page.fill("#min-1", SECRET["min"])
        assert told(page, "#verdict") == "2 unions sur 3 ne sont refusées par personne."
        page.click("#sortir")
        assert "La liste les borne pourtant" in told(page, "#avis")
        assert page.evaluate(CONTRAST) == []
        first = [saved(page, button) for button in ("#csv", "#texte")]
        page.fill("#eur-1", "9999")
        assert [saved(page, button) for button in ("#csv", "#texte")] == first
        for content in first:
            for held in (*SECRET.values(), "7.77", "9999", "ligne", "refus"):
                assert held.encode() not in content
        assert first[0].count(b"\r\n") == 3
        page.fill("#eur-1", "beaucoup")
        assert told(page, "#eur-1-faute").startswith("Un nombre")
        kept = "[localStorage.length, sessionStorage.length, document.cookie]"
        assert page.evaluate(kept) == [0, 0, ""]
        page.click("#effacer")
        assert page.input_value("#eur-1") == ""
        page.locator("path.epci").first.click()
        assert page.locator("#qui input:checked").count() == 1
        page.evaluate("window.dispatchEvent(new Event('pagehide'))")
        assert page.locator("#qui input:checked").count() == 0
        assert "les 3 unions restent possibles" in told(page, "#verdict")

    def test_where_all_refuse_it_asks_the_least(self, page) -> None:
        page.locator(".participant summary").nth(1).click()
        page.fill("#eur-1", "0")
        assert told(page, "#verdict") == (
            "Aucune union ne respecte toutes les lignes rouges."
        )
        assert "desserrer une seule ligne rouge" in told(page, "#concession-mot")
        (item,) = page.locator("#concession-liste li").all_inner_texts()
        assert re.match(
            r"CC du Milieu paierait jusqu'à \S+ € par habitant", plain(item)
        )
        page.emulate_media(media="print")
        for name in ("#concession", "#participants", "#verdict"):
            assert page.locator(name).is_hidden()
        page.emulate_media(media="screen")

    def test_it_fits_a_phone_and_fingers(self, page) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate(CONTRAST) == []
        small = """() => [...document.querySelectorAll(
            'button, select, summary, label.case, input[type=text]')]
            .filter((one) => one.checkVisibility()
              && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"""
        assert page.evaluate(small) == []
