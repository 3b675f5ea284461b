"""The comparator in Chromium, the network cut: what a planner does, what he gets."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from eitgeo.perimeters.contours.candidate import user_perimeter
from eitgeo.sources.territory.perimeter_files import read_perimeter_file
from eitgeo.study.methods import UserPerimeter
from tests.chromium import needs_chromium
from tests.maps.comparators import make_page
from tests.maps.pages import opened_afresh
from tests.maps.toy import HOSTILE, MEMBERS, Toy, indicator, label_of

pytestmark = needs_chromium
SCREEN = {"width": 1366, "height": 768}
LEAST_TARGET = 24


@pytest.fixture(scope="module")
def address(toy: Toy, tmp_path_factory) -> str:
    """Write the page of the toy study and return its address."""
    path = tmp_path_factory.mktemp("comparator") / "comparateur.html"
    path.write_bytes(make_page(toy))
    return path.as_uri()


@pytest.fixture(scope="module")
def tab(chromium) -> Iterator[Any]:
    """Open a tab without a network."""
    context = chromium.new_context(offline=True, locale="fr-FR")
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab, address) -> Iterator[Any]:
    """Open the page as in a fresh profile, offline; it may ask for nothing."""
    with opened_afresh(tab, address, screen=SCREEN):
        yield tab


def plain(text: str) -> str:
    """Make spaces plain."""
    return " ".join(text.split())


def row(page: Any, name: str) -> list[str]:
    """Return the cells of an indicator on the first screen."""
    cells = page.locator(f'.change tr[data-indicateur="{name}"] td').all()
    return [plain(cell.inner_text()) for cell in cells]


def open_list(page: Any) -> None:
    """Open what composes by a list."""
    if not page.evaluate("document.getElementById('composer').open"):
        page.click("#composer > summary")
    page.locator("#compteurs li").first.wait_for()


def block(page: Any, label: str) -> Any:
    """Return the button of a block of EPCI."""
    open_list(page)
    return page.locator("#blocs .bloc", has_text=label)


def pointed(page: Any, epci: int) -> tuple[float, float]:
    """Return a point of the screen where an EPCI of the map is on top."""
    x, y = page.evaluate(
        """(rank) => {
          const target = document.querySelectorAll('#carte .m-cible')[rank];
          const box = target.getBoundingClientRect();
          for (let k = 1; k < 400; k += 1) {
            const x = box.left + box.width * ((k * 0.618) % 1);
            const y = box.top + box.height * ((k * 0.377) % 1);
            const met = document.elementFromPoint(x, y);
            if (met && target.contains(met)) return [x, y];
          }
          throw new Error('hidden');
        }""",
        epci,
    )
    return x, y


HARD_WORDS = ("recalculer", "study.yaml", "recouvrement", "non ventilé", "indicateur ")


STAMPED = """() => [...document.querySelectorAll('.tampon')].map((one) =>
  getComputedStyle(one, '::after').content)"""


class TestAsItOpens:
    """What is seen of a page that nobody has touched: opened once for all who look."""

    @pytest.fixture(scope="class")
    @classmethod
    def page(cls, tab, address) -> Iterator[Any]:
        with opened_afresh(tab, address, screen=SCREEN):
            yield tab

    def test_the_first_screen_holds_and_says_one_thing_first(self, page) -> None:
        assert page.evaluate("document.documentElement.scrollHeight") <= 768
        assert page.evaluate("document.documentElement.scrollWidth") <= 1366
        shown = page.locator("#lignes tr[data-indicateur]").all()
        assert 3 <= len(shown) <= 5
        footer = page.locator("footer").bounding_box()
        assert footer["y"] + footer["height"] <= 768
        tops = [
            page.locator(one).bounding_box()["y"]
            for one in ("#phrase", "#carte", "#lignes", "#porteurs-b")
        ]
        assert tops[0] < min(tops[1:])
        said = page.inner_text("body").lower()
        assert [word for word in HARD_WORDS if word in said] == []
        fonts = "[...document.fonts].map((one) => one.status)"
        assert page.evaluate(fonts) == ["loaded", "loaded"]
        # Nothing was done yet: what has no effect is not there.
        for one in (
            "#annuler",
            "#retablir",
            "#zoom-moins",
            "#zoom-tout",
            "#fin-question",
        ):
            assert page.is_hidden(one), one

    def test_the_rows_that_are_observed_come_first(self, page) -> None:
        classes = page.locator("#lignes .fiabilite [aria-hidden]").all_inner_texts()
        assert 0 < len(classes) <= 5
        assert not any("H" in one for one in classes)
        assert classes == sorted(classes, key=lambda one: "S" in one)
        first = page.locator("#lignes tr").first.get_attribute("data-indicateur")
        assert first == "n_deliberations"

    def test_a_badge_stands_in_the_epci_that_it_names(self, page) -> None:
        found = page.evaluate(
            """() => [...document.querySelectorAll('#carte .m-lettre')].filter(
                (one) => one.getBoundingClientRect().width).map((badge) => {
              const { left, top, width, height } = badge.getBoundingClientRect();
              const target = document.querySelector(
                `#carte .m-cible[data-epci="${badge.dataset.epci}"]`);
              return [[.5, .5], [.02, .5], [.98, .5], [.5, .02], [.5, .98]].every(
                ([x, y]) => target.contains(document.elementFromPoint(
                  left + x * width, top + y * height)));
            })"""
        )
        assert found
        assert all(found)

    def test_the_first_pair_is_the_first_perimeter_and_one_that_holds_it(
        self, page
    ) -> None:
        assert page.input_value("#choix-a") == "aval"
        assert page.input_value("#choix-b") == "anneau"
        assert plain(page.text_content("#phrase")).startswith(
            "B demande 4 délibérations"
        )

    def test_every_control_has_a_name_and_can_take_the_focus(self, page) -> None:
        bare = page.evaluate(
            """() => [...document.querySelectorAll(
              'button, select, input, textarea, svg[role]')].filter((one) => {
                const label = one.labels && one.labels.length;
                return !(label || one.getAttribute('aria-label')
                  || one.textContent.trim());
              }).map((one) => one.outerHTML.slice(0, 80))"""
        )
        assert bare == []
        doubled = page.evaluate(
            """() => {
              const seen = [...document.querySelectorAll('[id]')].map((o) => o.id);
              return seen.filter((id, i) => seen.indexOf(id) !== i); }"""
        )
        assert doubled == []

    def test_it_prints_on_one_landscape_page(self, page, tmp_path) -> None:
        path = tmp_path / "page.pdf"
        page.pdf(path=str(path), prefer_css_page_size=True, print_background=True)
        content = path.read_bytes()
        assert content.count(b"/Type /Page\n") == 1

    def test_the_demonstration_is_said_in_every_panel(self, page) -> None:
        assert "DÉMONSTRATION" in page.text_content("#carte .m-tampon")
        found = page.evaluate(STAMPED)
        assert len(found) >= 5
        assert set(found) == {'"DÉMONSTRATION"'}
        assert page.is_hidden("#ordre")


def test_a_click_on_the_map_lets_an_epci_in_and_out(page) -> None:
    page.select_option("#choix-b", "aval")
    north = page.locator("#carte .m-cible[aria-label='CC du Nord'], .m-cible").nth(2)
    assert north.get_attribute("aria-checked") == "false"
    x, y = pointed(page, 2)
    page.mouse.move(x, y)
    promised = plain(page.inner_text("#survol"))
    assert promised.startswith("Si ")
    assert "entre dans B : +1 délibération, +24 000 hab., dép. " in promised
    assert row(page, "n_deliberations")[1] == "2", "a look changes nothing"
    page.mouse.click(x, y)
    assert north.get_attribute("aria-checked") == "true"
    # What happened is what was said, with the sign of the question.
    assert plain(page.inner_text("#question")) == promised
    assert row(page, "n_deliberations")[:3] == ["2", "3", "+1"]
    assert page.inner_text("#t-change").endswith("entre dans B")
    page.mouse.click(x, y)
    assert "sort de B : −1 délibération, −24 000 hab." in plain(
        page.inner_text("#question")
    )
    assert row(page, "n_deliberations")[:3] == ["3", "2", "−1"]
    page.click("#fin-question")
    assert row(page, "n_deliberations")[:3] == ["2", "2", "="]
    assert page.is_hidden("#question")
    page.keyboard.press("Control+z")
    assert north.get_attribute("aria-checked") == "true"


def test_a_drag_moves_a_map_and_chooses_nothing(page) -> None:
    x, y = pointed(page, 1)
    page.click("#zoom-plus")
    assert page.is_visible("#zoom-tout")
    before = page.get_attribute("#carte", "viewBox")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=4)
    page.mouse.up()
    assert page.get_attribute("#carte", "viewBox") != before
    assert page.is_hidden("#question")
    page.click("#zoom-tout")
    assert page.is_hidden("#zoom-tout")


def test_each_epci_of_the_map_is_reached_and_toggled_by_keys(page) -> None:
    page.select_option("#choix-b", "aval")
    page.focus("#choix-b")
    page.keyboard.press("Tab")
    focused = "document.activeElement.dataset.epci"
    seen = {page.evaluate(focused)}
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
        seen.add(page.evaluate(focused))
    assert seen == {"0", "1", "2"}
    assert page.locator("#carte .m-cible[tabindex='0']").count() == 1
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.inner_text("#survol") == page.text_content("#annonce")
    assert page.get_attribute("#carte .m-vise", "d")
    for key, letter in (("Enter", "true"), (" ", "false")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.ariaChecked") == letter
    page.keyboard.press("Tab")
    assert page.evaluate(focused) is None


def test_a_block_is_added_removed_undone_and_redone(page) -> None:
    page.select_option("#choix-b", "aval")
    assert page.text_content("#phrase") == "A et B contiennent les mêmes communes."
    assert row(page, "n_deliberations")[1] == "2"
    open_list(page)
    north = block(page, "Nord")
    assert north.get_attribute("aria-pressed") == "false"
    north.click()
    assert block(page, "Nord").get_attribute("aria-pressed") == "true"
    assert page.evaluate("document.activeElement.textContent").startswith("■")
    assert row(page, "n_deliberations")[:3] == ["2", "3", "+1"]
    assert plain(page.text_content("#phrase")) == (
        "B demande 3 délibérations, 1 de plus que A ; "
        "il ajoute 1 EPCI et 24 000 habitants."
    )
    assert page.input_value("#choix-b") == ""
    page.click("#annuler")
    assert page.input_value("#choix-b") == "aval"
    page.click("#annuler")
    assert page.input_value("#choix-b") == "anneau"
    assert page.is_hidden("#annuler")
    assert page.evaluate("document.activeElement.id") == "retablir"
    page.click("#retablir")
    page.click("#retablir")
    assert row(page, "n_deliberations")[1] == "3"
    page.keyboard.press("Control+z")
    assert row(page, "n_deliberations")[1] == "2"


def test_sums_follow_whole_blocks_only(page) -> None:
    page.goto(page.url + "#a=*e200000001&b=*c31001.c31002.c09003.c31004")
    page.reload()
    page.click("#compter")
    deposit = plain(page.locator("#d-deposit_t dl").text_content())
    # 100 + 200 t in the southern row, 360 t on average of the draws; the middle row is
    # cut, its 400 t stay out.
    assert "≈ 400 t/an (200 à 600)" in deposit
    assert "non ventilé : 1 commune, 25 % des établissements" in deposit
    jobs = plain(page.locator("#d-target_sites dl").text_content())
    assert "6 (6 à 8)" in jobs


def test_what_is_not_known_says_why(page) -> None:
    page.select_option("#choix-a", "morceaux")
    page.click("#plie-manques")
    cells = row(page, "captured_pct")
    assert cells[0] == "– secret statistique"
    page.click("#compter")
    text = plain(page.locator("#d-captured_pct").text_content())
    assert "– (secret statistique)" in text
    assert "rang" not in text, "it has none"
    text = plain(page.locator("#d-n_waste_bodies").text_content())
    assert "rang non calculé : hypothèse dans une démonstration" in text


def test_what_is_known_is_first_and_the_rest_is_folded(page) -> None:
    assert page.text_content("#titre-sait") == "Ce que l’on sait"
    assert page.is_hidden("#lignes-manques")
    # WCAG 2.2, 2.5.8: they stand one under the other.
    folds = page.locator(".partie button:visible").all()
    assert folds
    assert all(one.bounding_box()["height"] >= LEAST_TARGET for one in folds)
    page.focus("#plie-manques")
    page.keyboard.press("Enter")
    assert page.get_attribute("#plie-manques", "aria-expanded") == "true"
    told = plain(page.inner_text("#lignes-manques"))
    assert "Tonnages des entreprises, déclarés ou mesurés" in told
    assert "Déclarations IREP" in told
    assert "study.yaml" not in told
    page.keyboard.press("Enter")
    assert page.is_hidden("#lignes-manques")


def test_what_is_realised_stands_beside_a_lever_that_nobody_opened(
    tab, toy, tmp_path
) -> None:
    """Once where A and B say the same, else one after the other."""
    made, none = "un animateur en réalise 3", "aucun cas documenté ne le donne"
    path = tmp_path / "realise.html"
    also = [
        indicator(key, name, 9.0, note=f"non ventilé : 2 communes ; {note}")
        for key, notes in {"aval": (made, none), "anneau": (none, none)}.items()
        for name, note in zip(("eur_net", "co2_avoided"), notes, strict=True)
    ]
    path.write_bytes(make_page(toy, also=also))
    with opened_afresh(tab, path.as_uri(), screen=SCREEN):
        tab.select_option("#choix-a", "aval")
        tab.select_option("#choix-b", "anneau")
        tab.click("#compter")
        told = {
            name: plain(tab.text_content(f"#d-{name} .realise"))
            for name in ("eur_net", "co2_avoided")
        }
        assert tab.locator("#d-deposit_t .realise").count() == 0
    assert told == {"eur_net": f"A : {made}. B : {none}", "co2_avoided": none}


def test_where_no_order_is_published_a_plane_and_its_table_are(
    tab, toy, tmp_path
) -> None:
    path = tmp_path / "sans_ordre.html"
    more = {"evidence": "S", "source": "INSEE"}
    also = [
        indicator(key, name, value, **more)
        for key, firms in {"aval": 12.0, "anneau": 40.0, "union_0001": 9.0}.items()
        for name, value in (
            ("n_deliberations", 2.0),
            ("counted_firms_10_45min", firms),
        )
    ]
    held = "un seul axe départage"
    path.write_bytes(make_page(toy, orders_held=held, also=also))
    with opened_afresh(tab, path.as_uri(), screen=SCREEN):
        assert tab.is_hidden("#ouvre-priorites")
        tab.click("#ouvre-plan")
        assert "un seul axe départage" in tab.text_content("#plan-pourquoi")
        drawn = tab.locator("#plan-dessin circle.plan-point").count()
        covered = tab.locator("#plan-dessin").evaluate(
            """node => {
              const boxes = [...node.querySelectorAll("text:not(.plan-axe)")]
                .filter((one) => /^(\\d+|[AB])\\. /.test(one.textContent))
                .map((one) => one.getBBox());
              const inside = (c, box) => c.cx.baseVal.value > box.x
                && c.cx.baseVal.value < box.x + box.width
                && c.cy.baseVal.value > box.y
                && c.cy.baseVal.value < box.y + box.height;
              return [...node.querySelectorAll("circle.plan-point")]
                .filter((c) => boxes.some((box) => inside(c, box))).length;
            }"""
        )
        assert covered == 0
        told = tab.locator("#plan-tableau tbody tr").all_inner_texts()
        figures = [one for one in told if "–" not in one.split("\t")[-1]]
        assert drawn == len(figures) == 2
        assert tab.locator("#plan-dessin circle.plan-reunion").count() == 1
        assert len(told) == tab.locator("#choix-a option").count()
        assert tab.locator("meter").count() == 0
        tab.keyboard.press("Escape")
        tab.click("#compter")
        assert not re.search(r"n° \d+", tab.inner_text("#tous"))


def test_a_stroke_paints_what_it_crosses_and_is_undone_as_one(page) -> None:
    page.select_option("#choix-b", "aval")
    open_list(page)
    assert "EPCI coupés : 0" in plain(page.text_content("#compteurs"))
    page.click("#peindre")
    middles = [
        page.evaluate(
            """(i) => { const b = document.querySelector(
              `#carte path[data-i="${i}"]`).getBoundingClientRect();
              return [b.left + b.width * .3, b.top + b.height * .3]; }""",
            place,
        )
        for place in (0, 1, 2)
    ]
    held = "document.querySelector('#identite-b').textContent"
    before = page.evaluate(held)
    page.mouse.move(*middles[0])
    page.mouse.down()
    # Two events only: what lies between them is painted too.
    page.mouse.move(*middles[2], steps=1)
    page.mouse.up()
    painted = page.evaluate(held)
    assert painted != before
    assert page.evaluate("String(getSelection())") == ""
    page.mouse.move(5, 5)
    page.click("#annuler")
    assert page.evaluate(held) == before, "one stroke is one undo"
    assert page.input_value("#choix-b") == "aval"
    page.click("#retablir")
    assert page.evaluate(held) == painted
    page.click("#annuler")
    page.click("#composer > summary")
    page.locator("#peindre[aria-pressed=false]").wait_for(state="attached")
    open_list(page)
    page.click("#peindre")
    x, y = page.evaluate(
        """() => { const b = document.querySelector('#carte path[data-i="4"]')
          .getBoundingClientRect();
          return [b.left + b.width * .3, b.top + b.height * .3]; }"""
    )
    page.mouse.click(x, y)
    assert "EPCI coupés : ⚠ 1 (Milieu)" in plain(page.inner_text("#compteurs"))
    assert "⚠ EPCI coupé" in page.inner_text(
        '#lignes tr[data-indicateur="epci_whole_pct"]'
    )


def test_everything_can_be_done_from_the_keyboard(page) -> None:
    page.select_option("#choix-b", "aval")
    page.focus("#composer > summary")
    page.keyboard.press("Enter")
    page.focus("#commune")
    page.keyboard.type("Commune 31009 (31009)")
    page.focus("#commune-ajouter")
    page.keyboard.press("Enter")
    assert plain(page.text_content("#commune-dit")) == "Commune 31009 : ajoutée."
    assert "à l’écart : Commune 31009" in plain(page.text_content("#compteurs"))
    page.click("#commune-verrou")
    page.click("#commune-retirer")
    assert "rien à faire (verrouillée)" in plain(page.text_content("#commune-dit"))
    page.fill("#commune", "Ailleurs")
    page.click("#commune-ajouter")
    assert "Commune inconnue" in page.text_content("#commune-dit")
    page.locator("#carte .m-cible").first.focus()
    before = page.get_attribute("#carte", "viewBox")
    page.keyboard.press("+")
    page.keyboard.press("Shift+ArrowRight")
    assert page.get_attribute("#carte", "viewBox") != before
    page.keyboard.press("0")
    assert page.get_attribute("#carte", "viewBox") == before


CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => { const [r, g, b] = rgb.map((v) => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const back = (one) => { for (let e = one; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0.95) return c.slice(0, 3); }
    return [255, 255, 255]; };
  const found = [];
  for (const one of document.querySelectorAll('body *')) {
    const isText = (n) => n.nodeType === 3 && n.textContent.trim();
    const own = [...one.childNodes].some(isText);
    if (!own || !one.checkVisibility() || one.closest('svg') || one.disabled) continue;
    const style = getComputedStyle(one);
    const size = parseFloat(style.fontSize);
    if (size < 14) found.push('petit : ' + one.outerHTML.slice(0, 60));
    const [a, b] = [light(parse(style.color).slice(0, 3)), light(back(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push(ratio.toFixed(2) + ' : ' + one.outerHTML.slice(0, 80));
  }
  return found;
}"""


def test_text_is_large_and_dark_enough(page) -> None:
    assert page.evaluate(CONTRAST) == []
    for button in ("#compter", "#ouvre-fiche", "#ouvre-et-si", "#ouvre-export"):
        page.click(button)
        assert page.evaluate(CONTRAST) == []
        page.keyboard.press("Escape")


def saved(page: Any, button: str) -> tuple[str, str]:
    """Press a button and return the name and the text of the file it saves."""
    with page.expect_download() as download:
        page.click(button)
    name = download.value.suggested_filename
    text = Path(download.value.path()).read_bytes().decode("utf-8")
    return name, text


def offer(page: Any, name: str, text: str) -> str:
    """Open a file on the page; return what it says."""
    content = {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
    page.set_input_files("#import", files=[content])
    # The page's policy forbids `eval`, on which a waited-for expression may rely.
    page.locator("#import-dit", has_text=re.compile(r"\S")).wait_for()
    said = plain(page.text_content("#import-dit"))
    page.evaluate("document.getElementById('import-dit').textContent = ''")
    return said


def test_what_is_saved_opens_again(page) -> None:
    page.select_option("#choix-b", "anneau")
    page.click("#ouvre-export")
    name, table = saved(page, "#export-csv")
    assert name == "DEMO_perimetre_essai_anneau.csv"
    assert table.startswith("\ufeffcode_insee;nom;epci_siren;epci;etude;")
    assert "'=" not in table
    assert len(table.splitlines()) == 9
    name, text = saved(page, "#export-geojson")
    features = json.loads(text)["features"]
    assert [one["properties"]["code_insee"] for one in features] == sorted(
        one["properties"]["code_insee"] for one in features
    )
    for file, content in (("a.csv", table), ("b.geojson", text)):
        page.evaluate("document.querySelector('dialog[open]').close()")
        page.select_option("#choix-b", "une")
        page.click("#ouvre-contour")
        assert "8 communes" in offer(page, file, content)
    assert (
        page.locator("#choix-b option").first.text_content().startswith("b (fichier)")
    )


def test_the_saved_map_lies_where_the_communes_are(page, toy) -> None:
    geopandas = pytest.importorskip("geopandas")
    page.select_option("#choix-b", "anneau")
    page.click("#ouvre-export")
    _, text = saved(page, "#export-geojson")
    read = geopandas.GeoDataFrame.from_features(json.loads(text), crs=4326)
    moved = read.set_index("code_insee").to_crs(2154)
    for code, shape in moved.geometry.items():
        true = toy.ground.communes.loc[code, "geometry"]
        assert shape.symmetric_difference(true).area < 1e-3 * true.area


def test_no_link_leads_to_a_disk(page) -> None:
    page.click("#ouvre-export")
    assert page.is_visible("#export-csv")
    assert page.is_hidden("#export-lien")


def test_the_link_opens_the_same_pair(tab, toy, tmp_path) -> None:
    public = "https://exemple.invalid/eit/1_elus/comparateur.html"
    path = tmp_path / "comparateur.html"
    path.write_bytes(make_page(toy, address=public))
    page = tab
    page.goto(path.as_uri())
    page.select_option("#choix-b", "aval")
    block(page, "Nord").click()
    page.click("#ouvre-export")
    page.click("#export-lien")
    link = page.input_value("#lien")
    assert link.startswith(f"{public}#a=")
    page.goto("about:blank")
    page.goto(link.replace(public, path.as_uri()))
    assert row(page, "n_deliberations")[:3] == ["2", "3", "+1"]


def test_a_deliberation_gets_a_text_marked_as_a_draft(page) -> None:
    page.click("#ouvre-export")
    page.click("#export-texte")
    text = page.input_value("#texte")
    assert text.startswith("DÉMONSTRATION")
    assert "PROJET" in text
    assert "à faire valider par le service juridique" in text
    assert "en partie (2 communes sur 3" in plain(text)


def test_the_card_of_an_epci(page) -> None:
    page.click("#ouvre-fiche")
    page.select_option("#epci-choix", label="CC du Milieu")
    text = plain(page.inner_text("#fiche-epci"))
    assert "PETR d'essai" in text
    assert "Syndicat d'essai – à confirmer" in text
    assert "Territoire d'essai – sans personnalité juridique" in text
    assert "en partie (2 communes)" in text


def test_a_member_that_leaves(page) -> None:
    page.select_option("#choix-b", "aval")
    block(page, "Socle").click()
    block(page, "Nord").click()
    page.click("#ouvre-et-si")
    page.select_option("#depart-choix", label="CC du Milieu")
    text = plain(page.inner_text("#depart-effet"))
    assert "le périmètre devient : en 2 morceaux" in text
    assert f"{label_of('n_deliberations')} 4 3 −1" in text


def test_a_closed_road_costs_the_trips_inside(page) -> None:
    page.select_option("#choix-a", "aval")
    page.select_option("#choix-b", "anneau")
    page.click("#ouvre-et-si")
    text = plain(page.inner_text("#route-effet"))
    # South row: one trip. All but the middle: three longer, one without another way.
    assert "PETR de l'Aval 1 0 +15 min Commune 31001 → Commune 31002 : 10 min" in text
    assert "Périmètre anneau 3 1 +8 min" in text
    assert "à confirmer" in text
    assert HOSTILE in page.locator("#route-choix option").first.text_content()
    assert page.locator('img:not([src^="data:image/png;base64,"])').count() == 0


def test_each_criterion_may_have_its_slider(page) -> None:
    page.click("#ouvre-priorites")
    few = page.locator("#curseurs input").count()
    assert few <= 4
    page.locator("#curseurs input").first.fill("3")
    weights = page.locator("#notes-criteres td:nth-child(2)").all_inner_texts()
    page.check("#un-par-critere")
    rows = page.locator("#notes-criteres tr").count()
    assert page.locator("#curseurs input").count() == rows > few
    # Sliders of one's own start where that of the group stood: nothing moves.
    kept = page.locator("#notes-criteres td:nth-child(2)").all_inner_texts()
    assert kept == weights
    page.get_by_label(label_of("n_deliberations")).fill("0")
    moved = page.locator("#notes-criteres td:nth-child(2)").all_inner_texts()
    assert moved != weights
    assert page.evaluate(CONTRAST) == []
    page.uncheck("#un-par-critere")
    back = page.locator("#notes-criteres td:nth-child(2)").all_inner_texts()
    assert back == weights


def test_eitgeo_reads_what_the_page_saves(page, toy: Toy, tmp_path: Path) -> None:
    page.select_option("#choix-b", "anneau")
    page.click("#ouvre-export")
    for button in ("#export-csv", "#export-geojson"):
        name, text = saved(page, button)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        made, cuts = user_perimeter(
            read_perimeter_file(path),
            toy.communes.table,
            user=UserPerimeter(name="Composé en séance", path=path),
        )
        assert made.codes == frozenset(MEMBERS["anneau"])
        assert cuts.empty


def test_the_lines_for_the_study_name_the_file_saved(page) -> None:
    for label in ("anneau", HOSTILE):
        by = {"value": label} if label == "anneau" else {"label": label}
        page.select_option("#choix-b", **by)
        page.click("#ouvre-export")
        name, _ = saved(page, "#export-csv")
        shown = page.locator("#choix-b option:checked").inner_text()
        written = yaml.safe_load(page.input_value("#yaml"))
        (one,) = written["perimeters"]
        assert one["path"] == f"data/raw/{name}"
        assert plain(one["name"]).strip() == plain(shown).strip()
        page.keyboard.press("Escape")


def test_who_could_carry_and_on_what_condition(page) -> None:
    page.click(".porteurs summary")
    said = [plain(one) for one in page.locator("#porteurs-a li").all_inner_texts()]
    assert said == [
        "✔ favorable, aucune condition connue : PETR seul",
        (
            "◇ possible sous conditions : "
            "Syndicat de traitement des déchets seul (statuts)"
        ),
    ]
    assert "à calculer dans l’étude" in page.inner_text("#porteurs-b")
    page.click("#ouvre-porteurs")
    told = page.locator("#porteurs-raisons")
    # It opens on B; A is folded below.
    assert told.locator("h3").first.inner_text().startswith("B")
    assert told.locator("input").count() == 1
    assert told.locator("input").first.is_hidden()
    page.click("#porteurs-raisons > details > summary")
    page.check("text=Statuts à revoir.")
    for one in told.locator("summary", has_text="Pourquoi").all():
        one.click()
    text = plain(told.inner_text())
    assert "PETR seul ✔ favorable, aucune condition connue Pourquoi Il cou" in text
    assert "non évalué – enfouissement : levier non mesuré <img" in text
    assert page.locator('img:not([src^="data:image/png;base64,"])').count() == 0
    # What was ticked stays ticked while the page is open.
    page.keyboard.press("Escape")
    page.click("#ouvre-porteurs")
    page.click("#porteurs-raisons > details > summary")
    assert page.is_checked("text=Statuts à revoir.")


def test_who_could_carry_a_union_composed_here(page) -> None:
    page.select_option("#choix-b", "aval")
    block(page, "Socle").click()
    assert [plain(one) for one in page.locator("#porteurs-b li").all_inner_texts()] == [
        "◇ possible sous conditions : Co-portage PETR et syndicat de traitement",
        "1 peu adaptée ou impossible",
    ]
    page.click("#ouvre-porteurs")
    for one in page.locator("#porteurs-raisons > ul summary").all():
        one.click()
    page.locator("#porteurs-raisons > details").first.locator("summary").first.click()
    for one in page.locator("#porteurs-raisons > details ul summary").all():
        if one.is_visible():
            one.click()
    text = plain(page.inner_text("#porteurs-raisons"))
    assert "Syndicat de traitement des déchets seul ▽ peu adapté 2 EPCI dehors." in text
    assert "non évalué – départ <img" in text
    assert "mesuré pour les seuls périmètres comparés" in text
    # The study is a demonstration: nobody is named.
    assert "2 réunies (PETR et syndicat)." in text
    assert page.locator('img:not([src^="data:image/png;base64,"])').count() == 0
    page.keyboard.press("Escape")
    # The compared perimeter of the same communes says what it said.
    block(page, "Socle").click()
    said = plain(page.locator("#porteurs-b li").first.inner_text())
    assert said == "✔ favorable, aucune condition connue : PETR seul"


def test_a_perimeter_that_is_no_union_waits_for_a_run(page) -> None:
    page.select_option("#choix-b", "aval")
    # South and north do not touch: no run lists them together.
    block(page, "Nord").click()
    said = plain(page.inner_text("#porteurs-b"))
    assert said.startswith("Porteurs possibles : à calculer dans l’étude ")
    assert "couvre" in said
    # The list of the syndicate is to confirm, wholly.
    part = r"Syndicat d'essai couvre de 0 % à \d+ % de la population, selon sa liste à"
    assert re.search(part, said)
    page.click("#ouvre-porteurs")
    told = plain(page.inner_text("#porteurs-raisons"))
    assert "à calculer dans l’étude" in told.partition("B : Mon périmètre")[2]


def test_all_perimeters_are_seen_at_once(page) -> None:
    page.click("#ouvre-tous")
    outlines = page.locator("#carte-tous .m-tous path")
    boxes = page.locator("#tous-choix input[id^='tous-']:not(#tous-exutoires)")
    names = page.locator("#choix-a option").all_text_contents()
    assert boxes.count() == len(names) == 4
    assert outlines.count() == 2, "those of A and B"
    page.check("#tous-3")
    assert outlines.count() == 3
    page.uncheck("#tous-1")
    assert outlines.count() == 2
    assert page.locator("#carte-tous .m-numero").count() == 2
    heads = [
        one.inner_text().partition("\n")[0]
        for one in page.locator("#tous-tableau thead th").all()[1:]
    ]
    assert [head.partition(". ")[2] for head in heads] == [
        plain(name).strip() for name in names
    ]
    table = page.inner_text("#tous-tableau")
    assert "d'un seul tenant" in table or "d’un seul tenant" in table
    said = page.locator("#tous-tableau tr[data-indicateur]").count()
    assert said == int(re.findall(r"\d+", page.text_content("#compter"))[0])
    assert page.locator('img:not([src^="data:image/png;base64,"])').count() == 0
    sites = page.locator("#carte-tous .m-site").count()
    page.check("#tous-exutoires")
    assert page.locator("#carte-tous .m-site").count() > sites == 0
    page.locator("#tous-tableau button[aria-label$='en B']").nth(2).click()
    assert page.input_value("#choix-b") == "morceaux"
    assert page.is_hidden("#tous-perimetres")


def test_hostile_names_stay_text(page) -> None:
    page.select_option("#choix-b", label=HOSTILE)
    page.click("#ouvre-fiche")
    names = page.locator("#epci-choix option").all_text_contents()
    assert HOSTILE in [name.strip() for name in names] or "CC du Nord" in names
    assert page.locator('img:not([src^="data:image/png;base64,"])').count() == 0


def test_a_real_study_says_no_demonstration(tab, toy, tmp_path) -> None:
    path = tmp_path / "reel.html"
    path.write_bytes(make_page(toy, demonstration=False))
    with opened_afresh(tab, path.as_uri(), screen=SCREEN):
        assert tab.text_content("#carte .m-tampon") == ""
        assert set(tab.evaluate(STAMPED)) == {"none"}


def test_two_maps_move_together(page) -> None:
    page.click("#vue-deux")
    page.click("#zoom-plus")
    boxes = [page.get_attribute(f"#carte-{one}", "viewBox") for one in "ab"]
    assert boxes[0] == boxes[1]


SMALL_OR_CUT = """() => {
  const dialog = document.querySelector('dialog[open]');
  const within = (one) => one.checkVisibility() && (!dialog || dialog.contains(one));
  const name = (one) => one.outerHTML.slice(0, 70);
  const found = [];
  for (const one of document.querySelectorAll(
      'button, select, summary, input, label:has(> input), '
      + 'header a, footer a, dialog a')) {
    const { width, height } = one.getBoundingClientRect();
    const isBox = one.matches('[type=checkbox], [type=radio]') && one.closest('label');
    if (!within(one) || isBox) continue;
    if (Math.min(width, height) < 43.5) found.push(`petit : ${name(one)}`);
  }
  for (const one of document.querySelectorAll('body *')) {
    const isAway = one.closest('svg, .invisible, .evitement, .defile');
    if (isAway || !within(one)) continue;
    if (one.matches('button, select') && one.scrollWidth > one.clientWidth + 1)
      found.push(`déborde : ${name(one)}`);
    const { left, right } = one.getBoundingClientRect();
    if (right > innerWidth + 1 || left < -1) found.push(`coupé : ${name(one)}`);
  }
  return found;
}"""


def test_nothing_is_cut_nor_too_small_for_a_finger(page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#carte .m-cible").nth(0).focus()
    page.keyboard.press("Enter")
    open_list(page)
    page.click("#plie-manques")
    assert page.evaluate(SMALL_OR_CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in (
        *("#compter", "#ouvre-porteurs", "#ouvre-tous", "#ouvre-priorites"),
        *("#ouvre-et-si", "#ouvre-fiche", "#ouvre-export", "#ouvre-contour"),
        *("#ouvre-equivalent", "#ouvre-aide"),
    ):
        page.click(button)
        assert page.evaluate(SMALL_OR_CUT) == [], button
        page.keyboard.press("Escape")
