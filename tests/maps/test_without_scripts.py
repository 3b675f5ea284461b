"""Pages without scripts: what they say is what they say with them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from eitgeo.maps.comparator.page import opening_pair
from eitgeo.maps.form.page import sign_up_page
from eitgeo.maps.pages.page_parts import filled
from eitgeo.reference.survey import survey_fields
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


def published() -> list[dict[str, Any]]:
    """Return figures of every class, one of them between bounds, one with a note."""
    values: dict[str, tuple[tuple[float, float], dict[str, Any]]] = {
        "n_deliberations": ((2.0, 4.0), {"evidence": "O"}),
        "counted_employees": ((12_888.0, 28_172.0), {"evidence": "O", "note": "2025"}),
        "counted_firms_10_45min": (
            (340.0, 680.0),
            {"evidence": "S", "note": HOSTILE},
        ),
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
        assert page.is_hidden(".sans-script")
    with opened(chromium, path, scripts=False) as page:
        still = rows_of(page, ".sans-script")
        hidden = page.locator("body > main, dialog, header button").all()
        assert not any(one.is_visible() for one in hidden)
        picture = page.locator(".sans-script figure img")
        assert picture.evaluate("one => one.naturalWidth") > 400
        assert picture.get_attribute("alt").startswith("Carte")
        places = page.locator(".sans-script table:has-text('Dans A') tbody tr")
        inside = {
            bare(row.locator("th").text_content()): row.locator(
                "td"
            ).all_text_contents()
            for row in places.all()
        }
        text = page.text_content(".sans-script")
        body = page.locator(".sans-script").bounding_box()
        assert body["x"] + body["width"] <= PHONE["width"]
    # The script also sums what this toy does not publish: fewer of its rows are first.
    shared = still.keys() & scripted.keys()
    assert len(shared) >= 6
    assert {one: still[one] for one in shared} == {one: scripted[one] for one in shared}
    assert HOSTILE in text
    assert len(inside) == 3
    words = {one for both in inside.values() for one in both}
    assert words == {"oui", "non", "2 communes sur 3"}
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


def test_the_pair_is_that_of_the_study_or_its_two_first_perimeters() -> None:
    perimeters = [{"id": name} for name in "abc"]
    payload = {"perimeters": perimeters, "study": {"pair": []}}
    assert [one["id"] for one in opening_pair(payload)] == ["a", "b"]
    asked = {**payload, "study": {"pair": ["c", "a"]}}
    assert [one["id"] for one in opening_pair(asked)] == ["c", "a"]
    alone = {"perimeters": perimeters[:1], "study": {"pair": ["a", "gone"]}}
    assert [one["id"] for one in opening_pair(alone)] == ["a", "a"]


SIZES = {"letters": 1, "number_size": 1}


def test_what_a_template_takes_in_stays_text_and_is_set() -> None:
    label = {"where": HOSTILE, "path": "", "x": 0, "top": 0, "number_y": 0}
    label["lines"] = [(0, HOSTILE), (9, "L'Isle d'a : oui")]
    shown = {"box": (0, 0, 9, 9), "step": 4, "radius": 1, "epci": [label]}
    text = filled("refusal_page/map.svg.j2", map=shown | SIZES)
    assert "<img" not in text
    assert text.count("&lt;img") == 3
    assert "L’Isle" in text
    assert "d’a\N{NO-BREAK SPACE}: oui" in text
