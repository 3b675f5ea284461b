"""The offline page: nothing outside, names harmless, same bytes."""

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from eitgeo.errors import SchemaError
from eitgeo.maps.pages.features import as_text, collection, simplified_area
from eitgeo.maps.pages.folium_map import letter_of
from eitgeo.maps.pages.web import leaflet_script, leaflet_style, offline_page
from eitgeo.maps.paper.ground import make_ground
from eitgeo.reference.map_sheets import map_title
from eitgeo.study.prints import shelf_of
from tests.maps.test_comparator_browser import sync_api
from tests.maps.toy import HOSTILE, Toy, released, squares

# Identifiers of a vocabulary, never fetched.
NAMESPACES = ("http://www.w3.org/2000/svg",)
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
MAX_BYTES = 3_000_000


def make_page(toy: Toy, **changes: Any) -> str:
    """Make the page of the toy study."""
    given: dict[str, Any] = {
        "members": toy.members,
        "indicators": toy.indicators,
        "catalogue": toy.catalogue,
        "sheet": toy.sheet,
    } | changes
    ground = given.pop("ground", toy.ground)
    return offline_page(ground, toy.perimeters, **given).decode()


@pytest.fixture(scope="module")
def page(toy: Toy) -> str:
    """Return the page of the toy study."""
    return make_page(toy)


class Reader(HTMLParser):
    """Reads tags and the text of the table."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.heads: list[str] = []
        self.in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "thead":
            self.in_head = True
        if tag == "th" and self.in_head:
            self.heads.append("")

    def handle_endtag(self, tag: str) -> None:
        self.in_head = self.in_head and tag != "thead"

    def handle_data(self, data: str) -> None:
        if self.in_head and self.heads:
            self.heads[-1] += data


def read(page: str) -> Reader:
    """Parse a page."""
    reader = Reader()
    reader.feed(page)
    return reader


def test_the_same_inputs_give_the_same_bytes(toy: Toy, page: str) -> None:
    assert make_page(toy) == page


def test_no_address_outside(page: str) -> None:
    for name in NAMESPACES:
        page = page.replace(name, "")
    assert re.findall(r"(?:https?:)?//[\w-]+\.[\w./-]+", page) == []
    for tag, attributes in read(page).tags:
        assert tag not in {"link", "img", "iframe", "object", "embed"}
        assert "src" not in attributes


def test_the_page_forbids_itself_the_network(page: str) -> None:
    assert "default-src 'none'" in page


def test_it_is_small(page: str) -> None:
    assert len(page.encode()) < MAX_BYTES


def test_names_stay_text(page: str) -> None:
    reader = read(page)
    assert reader.heads[4] == f"D{HOSTILE}".replace("'", "’")
    assert "onerror" not in {name for _, attrs in reader.tags for name in attrs}
    assert sum(tag == "script" for tag, _ in reader.tags) == page.count("<script>") == 2
    assert "`${1}`" not in page[page.rindex("<script>") :]


def test_hostile_names_of_communes_and_outlets(toy: Toy) -> None:
    named = squares().assign(nom=HOSTILE)
    outlets = toy.outlets.table.assign(name=HOSTILE, kind=HOSTILE)
    ground = make_ground(
        released(named), toy.bodies, outlets=released(outlets), root_commune="31005"
    )
    page = make_page(toy, ground=ground)
    reader = read(page)
    assert sum(tag == "script" for tag, _ in reader.tags) == 2
    assert not any(tag == "img" for tag, _ in reader.tags)
    assert "<img" not in page


def test_as_text() -> None:
    assert as_text("a\n<b>") == "a &lt;b&gt;"
    assert as_text("`${x}\\") == "&#96;&#36;{x}&#92;"


def test_words_and_accessibility(page: str) -> None:
    reader = read(page)
    assert dict(reader.tags)["html"] == {"lang": "fr"}
    assert {tag for tag, _ in reader.tags} >= {"h1", "main", "table", "caption"}
    text = " ".join(page.split())
    for expected in (
        "Document de travail",
        "Édition du 24/11/2026",
        "DÉMONSTRATION – établissements synthétiques, réseau de substitution",
        "liste des membres",
        "source : Licence Ouverte 2.0",
        "équivalent de la carte",
        "secret statistique",
    ):
        assert expected in text, expected
    assert "de l’ordre de 40 000 t/an (20 000 à 80 000)" in text
    assert 'class="tampon"' in text


def test_without_scripts_the_page_leads_to_a_map_that_is_printed(page: str) -> None:
    said = " ".join(re.findall(r"<noscript>(.*?)</noscript>", page, flags=re.DOTALL))
    named = re.findall(r"«\u202f([^»]+)\u202f»", said)
    stems = ["carte_perimetres"]
    assert named == [map_title(stem) for stem in stems]
    assert {shelf_of(stem) for stem in stems} == {"2_cartes"}
    assert ".vue { display: none; }" in said


def test_real_data_bear_no_stamp(toy: Toy) -> None:
    real = released(toy.indicators.table, demonstration=False)
    page = make_page(toy, sheet=replace(toy.sheet, demonstration=()), indicators=real)
    assert "DÉMONSTRATION" not in page
    assert 'class="tampon"' not in page
    assert 'class="grise"' not in page


def test_a_layer_for_each_compared_perimeter(page: str) -> None:
    assert page.count("anneau") == 2  # layer and column
    assert re.search(r"PETR de l’Aval", page) is not None


def test_shared_borders_stay_shared(toy: Toy) -> None:
    shapes = simplified_area(toy.ground)
    assert shapes.union_all().area == pytest.approx(shapes.area.sum())


def test_coordinates_have_five_decimals(toy: Toy) -> None:
    area = toy.ground.area
    features = collection(area, [{} for _ in range(len(area))])["features"]
    lon, lat = features[0]["geometry"]["coordinates"][0][0]
    assert (round(lon, 5), round(lat, 5)) == (lon, lat)
    assert 0 < lon < 2
    assert 42 < lat < 44


def test_letters() -> None:
    assert [letter_of(rank) for rank in (0, 25, 26, 701)] == ["A", "Z", "AA", "ZZ"]


def test_leaflet_keeps_its_notice_and_inlines_its_images() -> None:
    assert "Vladimir Agafonkin" in leaflet_script()
    assert "sourceMappingURL" not in leaflet_script()
    assert "url(images" not in leaflet_style()
    assert "url(data:image/png;base64," in leaflet_style()


def test_bare_tables_are_refused(toy: Toy) -> None:
    with pytest.raises(SchemaError, match=r"« indicators » : table non diffusable"):
        make_page(toy, indicators=toy.indicators.table)


@pytest.mark.browser
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_on_a_phone_the_status_stands_under_the_title(
    page: str, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        opened = browser.new_page(viewport={"width": 390, "height": 844})
        opened.goto(path.as_uri())
        title = opened.locator("h1").bounding_box()
        status = opened.locator(".statut").bounding_box()
        browser.close()
    assert title
    assert status
    assert status["y"] >= title["y"] + title["height"]


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_it_opens_in_a_browser_without_network(page: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    done = subprocess.run(  # noqa: S603
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--enable-logging=stderr",
            "--virtual-time-budget=3000",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            path.as_uri(),
        ],
        capture_output=True,
        check=True,
        timeout=90,
    )
    dom, log = done.stdout.decode(), done.stderr.decode(errors="replace")
    assert "CONSOLE" not in log
    assert dom.count('class="leaflet-interactive"') >= 9  # a path a commune
    assert dom.count('<input type="checkbox" class="leaflet-control') == 4 + 5
    assert 'id="leaflet-tooltip-' in dom
    assert "<img" not in dom
