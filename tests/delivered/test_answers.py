"""« Vous êtes élu de … » on the delivered study: equal to the tables, read in time.

The figures of each answer are worked out again from the tables, for each EPCI and each
commune. Then Chromium, the network cut, does what an elected member does, and the
keystroke-level model (Card, Moran and Newell, 1980) says how long that takes.
"""

import html
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from eitgeo.words import figure_text, french_number, name_key, typographic
from tests.maps.pages import opened_afresh

SCREEN = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
POINT_S, CLICK_S, KEY_S, THINK_S, WORD_S = 1.1, 0.2, 0.28, 1.35, 60 / 250
GOAL_S = 30.0
VOLVESTRE, AURE_LOURON = "200066819", "246500573"
UP_FRONT = (
    ".reponse[open] > summary, .reponse[open] .devant, .reponse[open] .deux thead"
)
MOST_WORDS = 100
FINGER = 43.9
"""Height of what a finger presses [pixels], but for rounding."""


@pytest.fixture(scope="module")
def path(delivered: Project) -> Path:
    return delivered.published("index", ".html")


@pytest.fixture(scope="module")
def answers(path: Path) -> dict[str, str]:
    """Return the text of each answer, by SIREN, as it is without a script."""
    page = path.read_text(encoding="utf-8")
    parts = re.split(
        r'<details class="reponse" id="epci-(\d{9})" name="reponse">', page
    )
    whole = zip(parts[1::2], parts[2::2], strict=True)
    return {siren: read(text.partition("</article>")[0]) for siren, text in whole}


def read(text: str) -> str:
    """Return what is read of a piece of the page, a line a row or a paragraph."""
    lines = re.split(r"</(?:tr|p|li|summary|div)>", text)
    bare = (html.unescape(re.sub(r"<[^>]+>", " ", one)) for one in lines)
    return "\n".join(plain(one) for one in bare if one.strip())


def plain(text: str) -> str:
    """Make spaces plain."""
    return " ".join(text.split())


def payload(path: Path) -> dict[str, Any]:
    """Return what the field finds."""
    met = re.search(r'id="donnees">(.*?)</script>', path.read_text("utf-8"))
    assert met is not None
    told: dict[str, Any] = json.loads(met[1])
    return told


def said(value: float, bounds: tuple[float, float], *, unit: str, digits: int) -> str:
    """Write an assumed amount as every output does."""
    return plain(
        figure_text(value, bounds=bounds, evidence="H", unit=unit, decimals=digits)
    )


def test_each_epci_of_the_study_has_its_answer_in_order(delivered, answers) -> None:
    communes = read_table(delivered.processed, "communes")
    names = read_table(delivered.processed, "bodies").set_index("body_id")["name"]
    inside = communes.loc[communes["in_area"], "epci_siren"].unique()
    ordered = sorted(inside, key=lambda one: name_key(names[f"epci_{one}"]))
    assert list(answers) == ordered
    assert len(ordered) == 10
    for siren, text in answers.items():
        assert text.startswith(plain(typographic(names[f"epci_{siren}"])))


def test_figures_of_each_answer_are_those_of_the_tables(delivered, answers) -> None:
    """Share, cost, partners, refusal and road of each EPCI in each of the pair."""
    tables = {
        name: read_table(delivered.processed, name)
        for name in ("animation_budget", "communes", "epci_facts", "refusals")
    }
    members = read_table(delivered.processed, "perimeter_communes")
    names = read_table(delivered.processed, "bodies").set_index("body_id")["name"]
    budget = tables["animation_budget"]
    left = budget[budget["item"].eq("reste") & budget["year"].eq(1)].iloc[0]
    communes = tables["communes"].set_index("code_insee")
    facts = tables["epci_facts"].set_index(["epci_siren", "fact_id"])["value"]
    for siren, text in answers.items():
        mine = communes.index[communes["epci_siren"] == siren]
        people = communes.loc[mine, "population"].sum()
        assert f"{plain(french_number(people))} habitants" in text
        if (siren, "minutes_to_root") in facts:
            minutes = facts[siren, "minutes_to_root"]
            told = said(minutes, (minutes, minutes), unit="min", digits=0)
            assert f"○ {told} en voiture" in text
        else:
            assert "siéger chez vous" in text
        rows = {line.split(" ", 2)[1]: line for line in text.splitlines()}
        for name in delivered.study.first_pair:
            codes = members.loc[members["perimeter_id"] == name, "code_insee"]
            whole = communes.loc[codes, "population"].sum()
            if siren not in set(communes.loc[codes, "epci_siren"]):
                assert "rien : votre EPCI est en dehors" in text
                continue
            levels = [float(left[one]) for one in ("low", "mid", "high")]
            low, mid, high = (people / whole * one for one in levels)
            due = said(mid, (low, high), unit="€/an", digits=0)
            assert due in rows["Votre"]
            low, mid, high = (one / whole for one in levels)
            each = said(mid, (low, high), unit="€/hab./an", digits=2)
            assert each in rows["Par"]
            equal = [
                level / communes.loc[codes, "epci_siren"].nunique() for level in levels
            ]
            due = said(equal[1], (equal[0], equal[2]), unit="€/an", digits=0)
            assert f"à parts égales, {due}" in text
            partners = set(communes.loc[codes, "epci_siren"]) - {siren}
            for one in partners:
                assert plain(typographic(names[f"epci_{one}"])) in text
            refusals = tables["refusals"]
            row = refusals[
                refusals["perimeter_id"].eq(name) & refusals["refused"].eq(siren)
            ].iloc[0]
            assert f"restent {row['n_left']} EPCI d’un seul tenant" in text
            bounds = (row["left_low"], row["left_high"])
            assert said(row["left_mid"], bounds, unit="€/hab./an", digits=2) in text


def test_each_commune_leads_to_its_own_epci_or_out(delivered, path) -> None:
    communes = read_table(delivered.processed, "communes").set_index("code_insee")
    codes = read_table(delivered.processed, "postcodes")
    told = payload(path)
    served = codes.groupby("code_insee")["postcode"].agg(set)
    inside = {siren for siren, _ in told["epci"]}
    listed = zip(communes.sort_index().iterrows(), told["communes"], strict=True)
    n_inside = 0
    for (code, row), (name, dep, postcodes, rank, people) in listed:
        assert (name, dep, people) == (row["nom"], row["dep"], row["population"])
        assert set(postcodes.split()) == served[code]
        if row["epci_siren"] in inside:
            assert told["epci"][rank][0] == row["epci_siren"]
            n_inside += int(row["in_area"])
        else:
            assert rank == -1
            assert not row["in_area"]
    assert n_inside == communes["in_area"].sum() == 605


def test_without_a_script_each_answer_lists_its_communes(delivered, answers) -> None:
    communes = read_table(delivered.processed, "communes")
    for siren, rows in communes.groupby("epci_siren"):
        for name in rows["nom"] if siren in answers else ():
            assert plain(typographic(name)) in answers[str(siren)]


def test_no_answer_shows_what_is_drawn_nor_prefers(answers, path) -> None:
    for text in answers.values():
        assert not re.search(r"\b(?:nan|null|None|H_|a_confirmer)\b", text)
        assert not re.search(r"meilleur|préférable|recalcul|study\.yaml|ventilé", text)
        assert "DÉMONSTRATION" not in text.upper().replace("É", "É")
    assert not path.name.startswith("DEMO_")
    assert path.stat().st_size < 2_500_000


@pytest.fixture(scope="module")
def tab(chromium: Any) -> Iterator[Any]:
    """Open a tab without a network."""
    context = chromium.new_context(offline=True, locale="fr-FR")
    yield context.new_page()
    context.close()


def wait_for_answer(tab: Any) -> None:
    """Wait until the page has gone to the answer; its policy lets nothing poll."""
    tab.locator(".reponse[open]").wait_for()
    for _ in range(100):
        if tab.evaluate("scrollY") > 0:
            return
        tab.wait_for_timeout(10)
    pytest.fail("the page stays at its top")


def words_on(tab: Any, selector: str) -> int:
    """Count the words that are read there: a number with its spaces is one."""
    texts = [one.inner_text() for one in tab.locator(selector).all()]
    joined = re.sub(r"(?<=\d)[\u202f\u00a0](?=\d{3})", "", " ".join(texts))
    return len(re.findall(r"\w[\w’'.,/-]*", joined))


@pytest.mark.browser
def test_an_elected_member_has_the_answer_in_thirty_seconds(tab, path, answers) -> None:
    """Point at the field, click, think, type some letters, Enter, read what is first.

    Seconds by the keystroke-level model; the words are those up front, heads included.
    """
    seconds = {}
    asked = {name.split(" ")[-1][:5]: name for name in map(name_of, answers.values())}
    for typed in ("carbo", "luch", "aure", *asked):
        with opened_afresh(tab, path.as_uri(), screen=SCREEN):
            field = tab.locator("#elu-champ")
            place = field.bounding_box()
            assert place["y"] + place["height"] < SCREEN["height"] / 2
            field.click()
            tab.keyboard.type(typed)
            tab.keyboard.press("Enter")
            wait_for_answer(tab)
            n_words = words_on(tab, UP_FRONT)
            assert 40 < n_words <= MOST_WORDS, typed
            seconds[typed] = POINT_S + CLICK_S + 2 * THINK_S
            seconds[typed] += KEY_S * (len(typed) + 1) + WORD_S * n_words
            assert tab.evaluate("document.activeElement.tagName") == "SUMMARY"
            line = tab.locator(".reponse[open] .commune").inner_text()
            if typed == "aure":  # not a town around whose name begins so
                assert tab.url.endswith(f"#epci-{AURE_LOURON}")
            if typed == "carbo":
                assert tab.url.endswith(f"#epci-{VOLVESTRE}")
                assert line.startswith("Carbonne en fait partie")
                assert "l’intercommunalité vote, pas la commune" in line
    assert max(seconds.values()) <= GOAL_S, seconds


def name_of(answer: str) -> str:
    """Return the name that an answer opens with."""
    return answer.partition(" – ")[0]


@pytest.mark.browser
def test_each_answer_holds_on_one_screen_and_one_sheet(
    tab, path, answers, tmp_path
) -> None:
    for siren in answers:
        with opened_afresh(tab, f"{path.as_uri()}#epci-{siren}", screen=SCREEN):
            wait_for_answer(tab)
            assert tab.evaluate("scrollX") == 0
            box = tab.locator("#elu").bounding_box()
            assert box["y"] >= -1
            assert box["y"] + box["height"] <= SCREEN["height"], siren
            assert tab.locator(".reponse[open]").count() == 1
            sheet = tmp_path / f"{siren}.pdf"
            tab.pdf(path=sheet, prefer_css_page_size=True)
        told = poppler("pdfinfo", sheet)
        assert re.search(r"^Pages:\s+1$", told, re.MULTILINE), siren
        text = plain(poppler("pdftotext", sheet, "-"))
        name = name_of(answers[siren])
        assert text.startswith(name)
        assert "Ce n’est pas une décision" in text
        assert "Par où commencer" not in text
        assert "délibérations." in text  # what each carrier asks, unfolded


def poppler(command: str, file: Path, *more: str) -> str:
    """Ask poppler of a file."""
    done = subprocess.run(  # noqa: S603
        [command, str(file), *more], capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout


@pytest.mark.browser
def test_the_field_by_keyboard_name_postcode_and_outside(delivered, tab, path) -> None:
    """The combobox of WAI-ARIA 1.2: arrows, Escape, what is announced."""
    n_served = read_table(delivered.processed, "postcodes")["postcode"].value_counts()
    with opened_afresh(tab, path.as_uri(), screen=PHONE):
        field = tab.locator("#elu-champ")
        assert field.get_attribute("aria-expanded") == "false"
        links = [one.bounding_box() for one in tab.locator("main a:visible").all()]
        assert min(one["height"] for one in links) >= FINGER
        for typed, first in {
            "st gaudens": "Saint-Gaudens",
            "SAINT-GAUDENS": "Saint-Gaudens",
            "luchon": "Bagnères-de-Luchon",
            "31800": "Saint-Gaudens",
            "31390": "Bois-de-la-Pierre",
            "coeur et coteaux": "CC Cœur et Coteaux du Comminges",
            "communauté de communes du volv": "CC du Volvestre",
        }.items():
            field.fill(typed)
            options = tab.locator("#elu-liste li")
            found = [one.split("\n")[0] for one in options.all_inner_texts()]
            assert any(one.startswith(first) for one in found), (typed, found)
            served = typed.isdigit() and n_served[typed]
            assert options.count() == served or 0 < options.count() <= 8
        field.fill("volv")
        field.press("ArrowDown")
        active = field.get_attribute("aria-activedescendant")
        chosen = tab.locator(f"#{active}")
        assert chosen.get_attribute("aria-selected") == "true"
        assert field.get_attribute("aria-expanded") == "true"
        assert chosen.bounding_box()["height"] >= 44
        assert field.bounding_box()["height"] >= 44
        field.press("Escape")
        assert field.get_attribute("aria-expanded") == "false"
        field.fill("pamiers")
        field.press("Enter")
        told = tab.locator("#elu-dit")
        assert told.inner_text() == "Pamiers n’est pas dans le territoire de l’étude."
        assert tab.locator(".reponse[open]").count() == 0
        field.fill("zzzz")
        field.press("Enter")
        assert "Rien de ce nom" in told.inner_text()
        field.fill("<img src=x onerror=alert(1)>")
        assert tab.locator("#elu img").count() == 0
        field.fill("volvestre")
        field.press("Enter")
        wait_for_answer(tab)
        assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        top = tab.locator(".reponse[open] .deux tr.devant").first.bounding_box()
        assert top["y"] + top["height"] < PHONE["height"]
        tab.go_back()
        tab.go_forward()
        assert tab.locator(f"#epci-{VOLVESTRE}").get_attribute("open") is not None
