"""The picture of an EPCI: what its council is asked, large enough for a phone."""

import base64
import hashlib
import io
import re
from dataclasses import replace
from html import unescape
from typing import Any

import numpy as np
import pandas as pd
import pytest
import segno
from PIL import Image

from eitgeo.disclosure.door.rules import Released, release_derived, release_register
from eitgeo.errors import SchemaError
from eitgeo.maps.cards.epci_cards import QUIET, draw_qr, qr_modules
from eitgeo.maps.cards.epci_messages import (
    LEAST_PX,
    QUESTION,
    SIZE_PX,
    Message,
    epci_messages,
    messages_page,
)
from eitgeo.maps.pages.welcome import accessibility_page
from eitgeo.maps.paper import canvas
from eitgeo.maps.paper.canvas import Page, drawing_style
from eitgeo.maps.words.council_words import NOWHERE, CouncilTables, council_lines
from eitgeo.words import NBSP
from tests.maps.toy import HOSTILE, Toy

ROOT = "Commune 31005"
MIDDLE, SOUTH, NORTH = "200000002", "200000001", "200000003"
PERIMETERS = {
    "sud": ("publie", ["31001", "31002", "09003"], 1.0),
    "deux": (
        "a_confirmer",
        ["31001", "31002", "09003", "31004", "31005", "31006"],
        2.0,
    ),
    "coupe": ("publie", ["31001", "31007"], 2.0),
}


def plain(text: str) -> str:
    """Make spaces plain."""
    return " ".join(text.split())


def open_to_all(table: pd.DataFrame) -> Released:
    """Release a table that rests on nothing drawn."""
    release = release_derived if "indicator_id" in table else release_register
    return release(table, sources=("source",), demonstration=())


def council(toy: Toy, *, town: str = "Bourg") -> CouncilTables:
    """Return the tables: the south alone, with the middle, or cut."""
    perimeters = pd.DataFrame(
        [(name, status) for name, (status, *_) in PERIMETERS.items()],
        columns=["perimeter_id", "membership_status"],
    )
    members = pd.DataFrame(
        [(name, code) for name, (_, codes, _) in PERIMETERS.items() for code in codes],
        columns=["perimeter_id", "code_insee"],
    )
    indicators = pd.DataFrame(
        [
            (name, key, n + plus)
            for name, (*_, n) in PERIMETERS.items()
            for key, plus in (("n_epci", 0.0), ("n_deliberations", 1.0))
        ],
        columns=["perimeter_id", "indicator_id", "value"],
    )
    facts = pd.DataFrame(
        [(SOUTH, "minutes_to_root", 49.1, 49.1, 49.1, town, "S")],
        columns=["epci_siren", "fact_id", "value", "low", "high", "told", "evidence"],
    )
    budget = pd.DataFrame(
        [(1, "reste", 10_000.0, 40_000.0, 90_000.0, "H")],
        columns=["year", "item", "low", "mid", "high", "evidence"],
    )
    return CouncilTables(
        open_to_all(perimeters),
        open_to_all(members),
        open_to_all(pd.DataFrame(toy.communes.table)),
        open_to_all(indicators),
        open_to_all(facts),
        open_to_all(budget),
    )


def drawn(toy: Toy, names: dict[str, str]) -> list[Message]:
    """Draw the pictures of some EPCI of the toy study."""
    return epci_messages(
        toy.ground,
        council(toy),
        names=names,
        root_name=ROOT,
        sheet=replace(toy.sheet, demonstration=(), sources=("© IGN", "© OSM")),
    )


@pytest.fixture(scope="module")
def messages(toy: Toy) -> list[Message]:
    """Draw the three pictures once."""
    names = {SOUTH: "CA de l'Aval", MIDDLE: "CC du Milieu", NORTH: HOSTILE}
    return drawn(toy, names)


def test_a_council_is_told_what_every_perimeter_that_holds_it_asks(toy: Toy) -> None:
    # The south: 6 000 of 6 000 inhabitants, or of 21 000; the cut contour is left out.
    told = [
        (plain(one.figure), plain(one.text), one.evidence)
        for one in council_lines(council(toy), SOUTH, root_name=ROOT)
    ]
    assert told == [
        ("1 délibération", "si un périmètre qui comprend votre EPCI est retenu", "O"),
        (
            "Avec 0 à 1 autres EPCI",
            "2 à 3 délibérations en tout (2 périmètres comparés, dont 1 à confirmer)",
            "O",
        ),
        ("49 min", f"en voiture, de Bourg à {ROOT}", "S"),
        (
            "De l’ordre de 3 000 à 90 000 €/an",
            "à votre charge, au prorata : clé à négocier",
            "H",
        ),
    ]
    middle = council_lines(council(toy), MIDDLE, root_name=ROOT)
    assert plain(middle[1].text) == (
        "3 délibérations en tout (1 périmètre comparé, à confirmer)"
    )
    assert [one.evidence for one in middle] == ["O", "O", "H"], "no minutes known"
    assert council_lines(council(toy), NORTH, root_name=ROOT) == [NOWHERE]
    assert council_lines(council(toy), "", root_name=ROOT) == [NOWHERE]


def test_the_order_of_rows_moves_no_word(toy: Toy) -> None:
    tables = council(toy)
    turned = CouncilTables(*(open_to_all(one.table.iloc[::-1]) for one in tables))
    for siren in (SOUTH, MIDDLE, NORTH):
        assert council_lines(turned, siren, root_name=ROOT) == council_lines(
            tables, siren, root_name=ROOT
        )


def test_pictures_are_upright_light_and_the_same_bytes(
    toy: Toy, messages: list[Message]
) -> None:
    assert [one.siren for one in messages] == [SOUTH, MIDDLE, NORTH]
    for one in messages:
        with Image.open(io.BytesIO(one.picture)) as picture:
            assert picture.size == SIZE_PX
            assert picture.info["Title"].startswith(one.name)
        assert len(one.picture) < 120_000
    (again,) = drawn(toy, {NORTH: HOSTILE})
    assert again == messages[-1]


def test_letters_are_large_and_words_few(toy: Toy, monkeypatch) -> None:
    sizes, words = [], []

    def noted(page: Page, x: float, y: float, text: str, **options: object) -> None:
        sizes.append(float(str(options["size"])) / 72 * 254)
        words.append(text)
        usual(page, x, y, text, **options)

    usual = canvas.write
    for module in ("paper.canvas", "cards.epci_messages"):
        monkeypatch.setattr(f"eitgeo.maps.{module}.write", noted)
    drawn(toy, {SOUTH: "CA de l'Aval"})
    assert min(sizes) >= LEAST_PX - 1e-9
    assert QUESTION in words
    said = " ".join(one for one in words if "©" not in one)
    assert len(re.findall(r"[^\W\d_]{2,}", said)) <= 65


def test_the_page_holds_each_picture_and_says_its_words(
    toy: Toy, messages: list[Message]
) -> None:
    sheet = replace(toy.sheet, demonstration=())
    page = messages_page(messages, sheet=sheet).decode()
    held = re.findall(r'download="([^"]+)" href="data:image/png;base64,([^"]+)"', page)
    assert [base64.b64decode(data) for _, data in held] == [
        one.picture for one in messages
    ]
    policy = unescape(re.findall(r'Policy" content="([^"]+)"', page)[0])
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert held[0][0] == "message_ca_de_l_aval.png"
    assert len({name for name, _ in held}) == 3
    assert all(re.fullmatch(r"message_[a-z0-9_]+\.png", name) for name, _ in held)
    assert "<img src=x" not in page
    assert "Avec 0 à 1" in plain(page)
    assert "DÉMONSTRATION" not in page
    assert not re.findall(
        r"(?:https?:)?//[\w-]+\.[\w./-]+", re.sub('base64,[^"]+', "", page)
    )


def test_tables_that_were_not_released_are_refused(toy: Toy) -> None:
    budget: Any = council(toy).budget.table
    bare = council(toy)._replace(budget=budget)
    with pytest.raises(SchemaError, match="non diffusable"):
        council_lines(bare, SOUTH, root_name=ROOT)


ADDRESS = "https://www.exemple.fr/eit/index.html#epci-200000001"


def test_a_code_is_drawn_module_by_module_in_its_quiet_zone() -> None:
    modules = qr_modules(ADDRESS)
    code = segno.make_qr(ADDRESS, error="m", boost_error=False)
    assert modules.tolist() == [[bool(one) for one in row] for row in code.matrix]
    count = len(modules) + 2 * QUIET
    with drawing_style():
        page = Page()
        draw_qr(page, ADDRESS, corner=(20.0, 30.0), side=41.0)
        page.figure.set_dpi(254)
        drawing: Any = page.figure.canvas
        drawing.draw()
        dots = np.asarray(drawing.buffer_rgba())[..., 0] < 128
    step = 410 / count
    places = np.rint((np.arange(count) + 0.5) * step).astype(int)
    top = 2100 - 300 - 410
    seen = dots[np.ix_(top + places, 200 + places)]
    assert np.array_equal(seen[QUIET:-QUIET, QUIET:-QUIET], modules)
    assert not seen[:QUIET].any()
    assert not seen[:, :QUIET].any()
    assert seen.sum() == modules.sum()


def test_the_declaration_says_what_was_not_done_and_whom_to_write_to(toy: Toy) -> None:
    told = {
        contact: plain(
            accessibility_page(replace(toy.sheet, contact=contact)).decode()
        ).replace(NBSP, " ")
        for contact in ("", f"eit@essai.invalid {HOSTILE}")
    }
    for text in told.values():
        for page in ("Et si un conseil dit non", "Mon entreprise", "comparateur"):
            assert page in text
        heads = re.findall(r"<h2>(.*?)</h2>", text)
        assert heads == [
            "État de conformité",
            "Ce qui a été essayé",
            "Contenus non accessibles",
            "Établissement de cette déclaration",
            "Signaler une difficulté",
            "Voies de recours",
        ]
        assert "Non audité" in text
        assert "<img" not in text
        assert "http" not in text.replace("http-equiv", "")
    without, given = told.values()
    assert "Aucune adresse n’est donnée" in without
    assert "Écrire à : eit@essai.invalid" in given
