"""Three questions of a planner, answered in seconds on the delivered comparator."""

from collections.abc import Iterator
from typing import Any

import pytest

from eitgeo.study.project import Project
from tests.chromium import needs_chromium
from tests.maps.klm import CLICK_S, POINT_S, THINK_S, Reader, words_in
from tests.maps.pages import opened_afresh, payload_of
from tests.maps.test_comparator_browser import (
    SCREEN,
    plain,
    pointed,
)

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = needs_chromium
MOST_S = {"deliberations": 5.0, "one more": 10.0, "carriers": 10.0, "conditions": 25.0}
"""Seconds that a question may cost; « conditions »: read in full, from the opening."""


@pytest.fixture(scope="module")
def tab(chromium) -> Iterator[Any]:
    """Open a tab without a network."""
    context = chromium.new_context(offline=True, locale="fr-FR")
    yield context.new_page()
    context.close()


def test_words_and_acts_cost_what_they_are_said_to(tab) -> None:
    tab.set_content(
        "<p id=a>Un deux <b hidden>trois</b> : 4.</p><p id=b>cinq, six fin</p>"
        "<button id=c>Aller</button>"
    )
    reader = Reader(tab)
    assert reader.read("#a") == "Un deux : 4."
    assert reader.words == 3
    assert reader.seconds == pytest.approx(3 * 60 / 250)
    assert reader.read("#a", "#b", mark="six") == "Un deux : 4. cinq, six"
    assert reader.words == 3 + 5
    reader.click("#c")
    spent = THINK_S + POINT_S + CLICK_S
    assert reader.seconds == pytest.approx(8 * 60 / 250 + spent)
    assert reader.clicks == 1
    # A page that says more costs more: the bounds below can fail.
    tab.set_content(f"<p id=a>{'mot ' * 60}</p>")
    slow = Reader(tab)
    slow.read("#a")
    assert slow.seconds > max(MOST_S["one more"], MOST_S["carriers"])
    with pytest.raises(sync_api.Error, match="is not in"):
        slow.read("#a", mark="réponse")


def test_three_questions_are_answered_in_seconds(tab, delivered: Project) -> None:
    path = delivered.published("comparateur", ".html")
    payload = payload_of(path)
    spent = {}
    with opened_afresh(tab, path.as_uri(), screen=SCREEN):
        reader = Reader(tab)
        spent["deliberations"] = which_asks_less(reader, payload)
    with opened_afresh(tab, path.as_uri(), screen=SCREEN):
        reader = Reader(tab)
        spent["one more"] = what_one_more_changes(reader, payload)
    with opened_afresh(tab, path.as_uri(), screen=SCREEN):
        reader = Reader(tab)
        spent["carriers"] = who_could_carry(reader, payload)
        reader = Reader(tab)
        spent["conditions"] = on_what_conditions(reader, payload)
    assert {name: one for name, one in spent.items() if one > MOST_S[name]} == {}


def published(payload: dict[str, Any], indicator: str) -> dict[str, float]:
    """Return a published figure, perimeter by perimeter."""
    values = payload["published"]["perimeters"][indicator]["value"]
    ids = [one["id"] for one in payload["perimeters"]]
    return dict(zip(ids, values, strict=True))


def which_asks_less(reader: Reader, payload: dict[str, Any]) -> float:
    """Which of the two needs fewer deliberations?"""
    reader.think()
    said = plain(reader.read("#phrase", mark="que A"))
    figures = published(payload, "n_deliberations")
    a, b = (figures[one] for one in payload["study"]["pair"])
    assert b > a
    assert said == f"B demande {b:.0f} délibérations, {b - a:.0f} de plus que A"
    return reader.seconds


def what_one_more_changes(reader: Reader, payload: dict[str, Any]) -> float:
    """What does the Volvestre add?"""
    names = [one["short"] for one in payload["epci"]]
    rank = names.index("Volvestre")
    reader.point(*pointed(reader.page, rank))
    said = plain(reader.read("#survol"))
    communes = payload["communes"]
    people = sum(
        n for n, e in zip(communes["pop"], communes["epci"], strict=True) if e == rank
    )
    whole = f"{people // 1000} {people % 1000:03}"
    assert said.startswith("Si la CC du Volvestre sort de B : −1 délibération, ")
    assert f"−{whole} hab., dép. 31, −" in said
    assert "établissements" in said
    return reader.seconds


def who_could_carry(reader: Reader, payload: dict[str, Any]) -> float:
    """Who could carry B, and on what condition: no click."""
    reader.think()
    states = payload["carriers"]["states"][payload["study"]["pair"][1]]
    first = next(one for one in states if one["state"] == "sous_conditions")
    asks = ", ".join(dict.fromkeys(first["asks"]))
    said = plain(reader.read("#t-qui", "#porteurs-b", mark=f"({asks})"))
    assert asks
    best = [one for one in states if one["state"] == "favorable"]
    assert best
    assert all(one["short"] in said for one in best)
    assert "aucune condition connue" in said
    assert not any(one["conditions"] for one in best)
    return reader.seconds


def on_what_conditions(reader: Reader, payload: dict[str, Any]) -> float:
    """And what does each of these conditions say?"""
    reader.click("#ouvre-porteurs")
    reader.think()
    said = plain(reader.read("#porteurs-raisons h3", "[data-etat=sous_conditions]"))
    states = payload["carriers"]["states"][payload["study"]["pair"][1]]
    first = next(one for one in states if one["state"] == "sous_conditions")
    assert all(plain(one) in said for one in first["conditions"])
    boxes = reader.page.locator("[data-etat=sous_conditions]").first.locator("input")
    assert boxes.count() == len(first["conditions"])
    assert words_in(said) < 100
    return reader.seconds
