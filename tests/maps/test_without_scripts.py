"""Pages without scripts: what they say is what they say with them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import shapely

from eitgeo.maps.comparator.still_view import change_sentence, first_pair
from eitgeo.maps.form.page import sign_up_page
from eitgeo.maps.pages.page_parts import outline_path, still_table
from eitgeo.reference.survey import survey_fields
from eitgeo.words import MISSING
from tests.maps.comparators import make_page
from tests.maps.forms import make_form
from tests.maps.pages import payload_of
from tests.maps.test_comparator_browser import SCREEN
from tests.maps.test_territory_page import make as make_territory
from tests.maps.toy import HOSTILE, Toy, indicator

PHONE = {"width": 390, "height": 844}


@contextmanager
def opened(chromium: Any, path: Path, *, scripts: bool) -> Iterator[Any]:
    """Open a page offline, on a phone where no script runs."""
    context = chromium.new_context(
        offline=True, java_script_enabled=scripts, viewport=SCREEN if scripts else PHONE
    )
    page = context.new_page()
    page.goto(path.as_uri())
    yield page
    context.close()


def bare(text: str) -> str:
    """Leave out spaces: the script parts a figure from its interval by a line."""
    return re.sub(r"\s", "", text)


READ = """(rows) => rows.map((row) => {
  const [a, b, gap, sure] = row.querySelectorAll('td');
  const figure = (cell) => cell.querySelector('.valeur, b').textContent
    + ([...cell.querySelectorAll('.note')].map((o) => o.textContent)
      .find((text) => text.startsWith('(')) ?? '');
  const label = row.querySelector('th').cloneNode(true);
  const mark = (sure ?? row.querySelector('.fiabilite')).querySelector('[aria-hidden]');
  label.querySelectorAll('small, .commune, .fiabilite').forEach((one) => one.remove());
  return [row.dataset.indicateur, label.textContent, figure(a), figure(b),
    gap.textContent, mark.textContent];
})"""
"""Label, figures of A and of B, gap and class of each indicator on the screen."""


def rows_of(page: Any, where: str) -> dict[str, list[str]]:
    """Return the words of each indicator, spaces apart."""
    rows = page.locator(f"{where} tr[data-indicateur]").evaluate_all(READ)
    return {name: [bare(one) for one in rest] for name, *rest in rows}


def cells_of(page: Any, table: str) -> list[list[str]]:
    """Return the words of a table, row by row, spaces apart."""
    rows = page.locator(table).locator("tr")
    return [
        [
            bare(one).replace("'", "’")
            for one in row.locator("th, td").all_text_contents()
        ]
        for row in rows.all()
    ]


def published() -> list[dict[str, Any]]:
    """Return figures of every class, one of them between bounds, one with a note."""
    values: dict[str, tuple[tuple[float, float], dict[str, Any]]] = {
        "n_deliberations": ((2.0, 4.0), {"evidence": "O"}),
        "counted_employees": ((12_888.0, 28_172.0), {"evidence": "O", "note": "2025"}),
        "counted_firms_10_45min": ((340.0, 680.0), {"evidence": "S"}),
        "target_sites": ((205.0, 474.0), {"evidence": "H", "low": 90.0, "high": 810.0}),
        "seat_45min_pct": ((93.2, 96.5), {"evidence": "H"}),
        "body_fit_pct": (
            (float("nan"), 100.0),
            {"evidence": "H", "low": 42.86, "high": 100.0},
        ),
    }
    return [
        indicator(key, name, value, **more)
        for name, (pair, more) in values.items()
        for key, value in zip(("aval", "anneau"), pair, strict=True)
    ]


@pytest.mark.browser
def test_the_comparator_says_the_same_without_scripts(
    chromium, toy: Toy, tmp_path: Path
) -> None:
    path = tmp_path / "comparateur.html"
    path.write_bytes(make_page(toy, also=published()))
    with opened(chromium, path, scripts=True) as page:
        scripted = rows_of(page, ".change")
        sentence = page.text_content("#phrase")
        assert page.is_hidden(".sans-script")
        page.click("#ouvre-fiche")
        posts = cells_of(page, "#fiche-epci table:has-text('rencontrés par an')")
        page.set_viewport_size(PHONE)
        cells = page.locator("#fiche-epci .postes td").all()
        assert min(cell.bounding_box()["width"] for cell in cells) > PHONE["width"] / 4
    with opened(chromium, path, scripts=False) as page:
        still_posts = cells_of(page, "details table:has-text('rencontrés par an')")
        still = rows_of(page, ".sans-script")
        told = page.text_content(".sans-script .grande")
        hidden = page.locator("body > main, dialog, header button").all()
        assert not any(one.is_visible() for one in hidden)
        assert page.is_visible(".sans-script svg[role=img]")
        folds = page.locator(".sans-script details")
        assert folds.count() >= 4
        text = page.text_content(".sans-script")
        body = page.locator(".sans-script").bounding_box()
        assert body["x"] + body["width"] <= PHONE["width"]
    assert bare(told) == bare(sentence)
    assert still_posts == posts
    assert posts[0][1] == "Établissementsrencontrésparan"
    assert [row[1] for row in posts[1:]] == ["≈20à30", "≈30à50", "≈60à100"]
    assert posts[2][3] != MISSING, "firms are known: shares are told"
    # The script also sums what this toy does not publish: fewer of its rows are first.
    shared = still.keys() & scripted.keys()
    assert len(shared) >= 6
    assert {one: still[one] for one in shared} == {one: scripted[one] for one in shared}
    assert HOSTILE.replace("'", "’") in text.replace("'", "’")
    assert path.stat().st_size < 2_500_000


@pytest.mark.browser
def test_territory_and_sign_up_answer_without_scripts(
    chromium, toy: Toy, tmp_path: Path
) -> None:
    path = tmp_path / "territoire.html"
    path.write_bytes(make_territory(toy))
    with opened(chromium, path, scripts=False) as page:
        answers = {
            line.rpartition(" (")[2][:5]: line.rpartition(": ")[2]
            for line in map(
                str.strip, page.locator(".sans-script details li").all_text_contents()
            )
        }
        assert page.locator("body > main").is_hidden()
    assert answers == {
        **dict.fromkeys(payload_of(path)["communes"]["code"], "non"),
        "31001": "oui",
        "31002": "à confirmer",
        "31004": "oui",
    }
    path = tmp_path / "inscription.html"
    path.write_bytes(sign_up_page(make_form(toy, contact_email="eit@essai.invalid")))
    with opened(chromium, path, scripts=False) as page:
        text = page.text_content(".sans-script")
        hrefs = [
            one.get_attribute("href") for one in page.locator(".sans-script a").all()
        ]
        assert page.locator("#fiche").is_hidden()
    assert hrefs == ["inscription.xlsx"]
    assert "eit@essai.invalid" in text
    asked = survey_fields()
    for label in asked.loc[asked["compulsory"].eq("oui"), "label_fr"]:
        assert f"{label} (obligatoire)".replace("'", "’") in text


@pytest.mark.browser
def test_a_page_whose_script_fails_shows_its_still_answers(
    chromium, toy: Toy, tmp_path: Path
) -> None:
    path = tmp_path / "comparateur.html"
    page_text = make_page(toy).decode()
    digest = re.search(r"script-src [^;]+", page_text)
    assert digest is not None
    spoilt = page_text.replace(digest[0], "script-src &#x27;unsafe-inline&#x27;")
    path.write_text(spoilt.replace('"use strict";', '"use strict"; }', 1), "utf-8")
    with opened(chromium, path, scripts=True) as page:
        assert page.is_visible(".sans-script")
        assert page.locator("body > main").is_hidden()


def pair_of(*codes: list[int]) -> tuple[dict[str, Any], ...]:
    """Return perimeters that hold communes by rank."""
    return tuple(
        {"id": str(n), "codes": one, "sure": n == 0} for n, one in enumerate(codes)
    )


PAYLOAD = {
    "communes": {
        "epci": [0, 0, 1, -1],
        "dep": [0, 0, 1, 1],
        "pop": [100, 200, 1_000, 5],
    },
    "study": {"pair": []},
    "plane": ["n_deliberations"],
    "perimeters": [{"id": "0"}, {"id": "1"}],
    "published": {"perimeters": {}},
}


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        ([0], [0], "A et B contiennent les mêmes communes."),
        (
            [0, 1],
            [0, 1, 2],
            (
                "B réunit 2 EPCI, 1 de plus que A ; il ajoute 1 EPCI, "
                "1 département et 1000 habitants."
            ),
        ),
        (
            [0, 1, 2],
            [0, 1],
            (
                "B réunit 1 EPCI, 1 de moins que A ; il retire 1 EPCI, "
                "1 département et 1000 habitants."
            ),
        ),
        (
            [0],
            [1, 3],
            (
                "B réunit 1 EPCI, autant que A ; il ajoute 2 communes, "
                "1 département et 205 habitants et retire 1 commune et 100 habitants."
            ),
        ),
    ],
)
def test_what_changes_is_told_in_counts(a: list[int], b: list[int], told: str) -> None:
    one, other = pair_of(a, b)
    assert bare(change_sentence(PAYLOAD, one, other)) == bare(told)


def test_the_first_pair_is_that_of_the_study_or_one_that_holds_it() -> None:
    perimeters = pair_of([0], [0, 1], [2])
    payload = {**PAYLOAD, "perimeters": perimeters}
    assert [one["id"] for one in first_pair(payload)] == ["0", "1"]
    asked = {**payload, "study": {"pair": ["2", "0"]}}
    assert [one["id"] for one in first_pair(asked)] == ["2", "0"]
    alone = {**payload, "perimeters": perimeters[:1]}
    assert [one["id"] for one in first_pair(alone)] == ["0", "0"]


def test_a_path_keeps_holes_and_names_stay_text() -> None:
    ring = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))
    path = outline_path(ring, frame=(0.0, 100.0, 10.0))
    assert path.count("M") == path.count("z") == 2
    line = outline_path(
        shapely.LineString([(0, 0), (0, 0.1), (50, 0)]), frame=(0, 0, 10)
    )
    assert line == "M0 0l5 0"
    table = still_table(("Q", HOSTILE), [(HOSTILE, HOSTILE)])
    assert "<img" not in table
    assert table.count("&lt;img") == 4
