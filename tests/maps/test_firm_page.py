"""« Mon entreprise »: by hand, by brute force, in Chromium, and without a script."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from eitgeo.disclosure.door.rules import Released, release_derived
from eitgeo.maps.firm.advice import FAMILIES, LINES, Rulebook
from eitgeo.maps.firm.page import FirmTables, firm_page
from eitgeo.reference.naf import activity_labels
from eitgeo.reference.rules import mutualisation_rules, synergy_rules
from eitgeo.roads.questions.nearest_outlets import commune_outlets
from tests.maps.pages import opened_afresh, payload_of
from tests.maps.test_comparator_browser import plain
from tests.maps.toy import HOSTILE, Toy, released, squares

SCREEN = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
OUTLETS = pd.DataFrame(
    {
        "outlet_id": ["a", "b", "c", "d"],
        "name": ["Tri A", HOSTILE, "Métaux C", "Four D"],
        "kind": ["centre_tri", "centre_tri", "recuperation", "coincineration"],
        "code_insee": ["31001", "31001", "09010", "31001"],
        "status": ["publie", "a_verifier", "publie", "publie"],
    }
)
MINUTES = {"a": 12.5, "b": 12.5, "c": 40.0, "d": 1.0}
POSTCODES = pd.DataFrame(
    {"code_insee": ["31001", "31002"], "postcode": ["31800", "31800"]}
)
SHARED = pd.DataFrame(
    {"epci_siren": ["200000001"], "rule_id": ["MUT003"], "n_sites": [7]}
)


def ways() -> pd.DataFrame:
    """Lay out ways by truck; 31009 reaches nothing."""
    codes = [code for code in squares()["code_insee"] if code != "31009"]
    rows = [
        (code, outlet, "truck", 60 * (minutes + rank))
        for rank, code in enumerate(codes)
        for outlet, minutes in MINUTES.items()
    ]
    return pd.DataFrame(
        rows, columns=["origin_id", "destination_id", "profile", "time_s"]
    )


def make(
    toy: Toy, *, counted: bool = False, form: str = "inscription.html", **how: str
) -> bytes:
    """Make the page of the toy study; one commune has a hostile name."""
    communes = squares()
    communes.loc[communes["code_insee"] == "31002", "nom"] = HOSTILE
    communes.loc[communes["code_insee"] == "31004", "nom"] = "Bagnères-de-l'Étang"
    outlets = gpd.GeoDataFrame(OUTLETS, geometry=[Point(0, 0)] * 4, crs=2154)
    nearest = commune_outlets(communes, ways(), OUTLETS)
    tables = FirmTables(
        communes=released(communes),
        bodies=toy.bodies,
        postcodes=released(POSTCODES),
        outlets=released(outlets),
        ways=released(nearest),
        shared=shared() if counted else None,
    )
    sheet = replace(toy.sheet, demonstration=())
    about = {"network": "routes d'essai", "evidence": "S"} | how
    return firm_page(tables, sheet=sheet, form=form, **about)


def shared() -> Released:
    """Release the services of the toy study."""
    return release_derived(SHARED, sources=(), demonstration=())


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """Read the rules once."""
    return Rulebook()


def test_a_sawmill_is_told_of_wood_first_and_a_lawyer_of_paper(book) -> None:
    sawmill = book.advise(["16.10A"])
    assert sawmill.families[0].name == "Bois"
    assert any("pâte kraft" in line.text for line in sawmill.families[0].lines)
    assert "cinq_flux" in sawmill.duties
    assert {"vaisselle", "chantier"}.isdisjoint(sawmill.duties)
    assert "vaisselle" in book.advise(["56.10A"]).duties
    assert "chantier" in book.advise(["43.99C"]).duties
    names = {family.name for family in book.advise(["69.10Z"]).families}
    assert "Papiers et cartons" in names


def test_advice_is_what_the_rules_say_activity_by_activity(book) -> None:
    """Brute force: every line is a rule that names the activity, and no other."""
    rules = synergy_rules().to_dict("records")
    services = mutualisation_rules().to_dict("records")
    for code in sorted(activity_labels())[::23]:
        advice = book.advise([code])
        assert len(advice.families) <= FAMILIES
        for family in advice.families:
            for offered in (True, False):
                lines = [one for one in family.lines if one.offered is offered]
                assert len(lines) <= LINES
                end = "source_naf" if offered else "taker_naf"
                told = {
                    rule["byproduct"] for rule in rules if code in rule[end].split(";")
                }
                for line in lines:
                    assert any(line.text.startswith(one) for one in told), line
        wanted = {
            row["rule_id"] for row in services if code in row["source_naf"].split(";")
        }
        assert set(advice.services) == wanted


def test_the_nearest_place_of_each_kind_is_that_of_a_brute_force() -> None:
    communes = squares()
    found = commune_outlets(communes, ways(), OUTLETS)
    rows = {
        (str(row["code_insee"]), str(row["kind"])): (row["at_code"], row["minutes"])
        for row in found.to_dict("records")
    }
    od = ways().merge(OUTLETS, left_on="destination_id", right_on="outlet_id")
    inside = set(communes.loc[communes["in_area"], "code_insee"])
    expected: dict[tuple[str, str], tuple[str, float]] = {}
    for way in od.to_dict("records"):
        key = (str(way["origin_id"]), str(way["kind"]))
        told = (str(way["code_insee"]), float(way["time_s"]) / 60)
        if key[0] in inside and (key not in expected or told[1] < expected[key][1]):
            expected[key] = told
    assert rows == expected
    assert not {key for key in rows if key[0] in {"31009", "09010"}}


def test_drawn_establishments_are_counted_nowhere(toy, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(make(toy))
    drawn = payload_of(path)
    assert drawn["shared"] is None
    assert "tirés au sort" in drawn["shared_note"]
    path.write_bytes(make(toy, counted=True))
    counted = payload_of(path)
    assert sum(map(sum, counted["shared"])) == 7
    assert "trois au moins" in counted["shared_note"]


def test_assumed_roads_give_one_figure(toy, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(make(toy, evidence="H"))
    told = payload_of(path)
    minutes = {way[1] for line in told["ways"]["by"] for way in line if way}
    assert minutes <= {10, 20, 40, 50}
    assert told["ways"]["about"] == "de l’ordre de "
    assert told["ways_note"].startswith("○")


@pytest.fixture(scope="module")
def address(toy: Toy, tmp_path_factory) -> str:
    """Write the page and return its address."""
    path = tmp_path_factory.mktemp("firm") / "mon_entreprise.html"
    path.write_bytes(make(toy, counted=True))
    return str(path.as_uri())


@pytest.fixture(scope="module")
def tab(chromium) -> Iterator[Any]:
    """Open a tab of Chromium without a network."""
    context = chromium.new_context(offline=True)
    yield context.new_page()
    context.close()


def headings(page: Any) -> list[str]:
    """Return the headings that show."""
    return [plain(one) for one in page.locator("main h2:visible").all_inner_texts()]


@pytest.mark.browser
def test_a_commune_and_a_trade_are_told_what_concerns_them(tab, address) -> None:
    # Whoever wrote the link, what follows « # » is no reason to stop.
    with opened_afresh(tab, f"{address}#%E0%A4%A", screen=SCREEN):
        assert len(headings(tab)) == 1
        tab.fill("#commune", "etang")
        tab.fill("#activity", "scierie")
        assert headings(tab)[1:] == [
            "Ce que la loi vous demande de trier",
            "Trois familles de ressources qui valent un appel",
            "Les exutoires les plus proches",
            "Ce que d’autres partagent",
            "Et maintenant ?",
        ]
        rows = [
            plain(one) for one in tab.locator("#exutoires tbody tr").all_inner_texts()
        ]
        # 31004 is the fourth commune: three minutes more; 15.5 is rounded up.
        assert "16 min" in rows[0]
        assert "Commune 31001" in rows[0]
        assert HOSTILE in tab.text_content("#exutoires")
        assert "(à vérifier)" in rows[0]
        assert "43 min" in rows[1]
        assert "Four D" not in tab.text_content("#exutoires")
        assert "À faire valider" in tab.text_content("#tri")
        assert "null" not in tab.text_content("main")
        links = [one.get_attribute("href") for one in tab.locator("#suite a").all()]
        assert links == ["inscription.html#rejoindre", "inscription.html#ressources"]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("16.10A", ["16.10A"]),
        ("1610a", ["16.10A"]),
        ("menuiserie", ["16.23Z", "43.32A", "43.32B"]),
        ("Boulanger pains", ["10.71C", "47.24Z", "10.71A"]),
        ("EHPAD", ["87.10A"]),
        ("zzzz", []),
    ],
)
def test_a_trade_is_found_by_its_word_or_its_code(tab, address, typed, codes) -> None:
    with opened_afresh(tab, address, screen=PHONE):
        tab.fill("#activity", typed)
        text = tab.text_content("#trouve-activity")
        assert [code for code in codes if code not in text] == []
        offered = tab.locator("#trouve-activity button")
        assert offered.count() == (len(codes) if len(codes) > 1 else 0)
        if not codes:
            assert "Aucune activité ne porte ce mot" in text
        if len(codes) > 1:
            offered.nth(1).click()
            assert codes[1] in tab.input_value("#activity")
            assert tab.is_visible("#bloc-tri")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        tall = "b => b.getBoundingClientRect().height"
        assert all(one.evaluate(tall) >= 44 for one in offered.all())


@pytest.mark.browser
def test_others_share_where_sites_are_counted_and_a_postcode_offers(
    tab, address
) -> None:
    with opened_afresh(tab, f"{address}#31001", screen=SCREEN):
        tab.fill("#activity", "scierie")
        assert "7 établissements" in plain(tab.text_content("#partage"))
        tab.fill("#commune", "31800")
        assert tab.locator("#trouve-commune button").count() == 2
        assert HOSTILE in tab.text_content("#trouve-commune")
        assert "établissements –" not in tab.text_content("#partage")
        tab.fill("#commune", "Paris")
        assert "pas dans le territoire" in tab.text_content("#trouve-commune")
        tab.fill("#commune", "31009")
        assert "Hors d’atteinte" in tab.text_content("#exutoires")


@pytest.mark.browser
def test_it_reads_without_a_script(tab, address) -> None:
    """Each activity has its fold, each commune its row, names stay text."""
    context = tab.context.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    text = page.text_content("body")
    assert page.locator(".sans-script details").count() > 88
    assert page.locator(".sans-script tbody tr").count() == 9
    assert HOSTILE in text
    assert page.locator("img").count() == 0
    assert "hors d’atteinte" in text
    assert not page.is_visible("#commune")
    assert page.locator(".sans-script a[href='inscription.html#rejoindre']").count()
    context.close()


def test_no_key_stands_where_readers_read(toy) -> None:
    page = make(toy, form="").decode()
    shown = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    words = re.sub(r"<[^>]*>", " ", shown)
    for key in ("MUT0", "SYN", "cinq_flux", "centre_tri", "nan", "None", "null"):
        assert not re.search(rf"\b{key}", words), key
    assert "inscription.html" not in shown
    assert len(page) < 2_500_000
