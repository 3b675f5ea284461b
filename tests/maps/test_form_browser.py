"""The sign-up page in Chromium, the network cut: what a firm does, what it gets."""

import csv
import io
import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eitgeo.maps.form.page import sign_up_page
from eitgeo.reference.survey import (
    declared_mass_t,
    has_mass,
    survey_fields,
    survey_natures,
    survey_periods,
    survey_units,
)
from eitgeo.words import figure_text
from tests.chromium import needs_chromium
from tests.maps.forms import make_form
from tests.maps.pages import opened_afresh
from tests.maps.toy import Toy

pytestmark = needs_chromium
SIRET = "73282932000074"
SCREEN = {"width": 1280, "height": 720}


@pytest.fixture(scope="module")
def address(toy: Toy, tmp_path_factory) -> str:
    """Write the page of the toy study and return its address."""
    path = tmp_path_factory.mktemp("form") / "inscription.html"
    path.write_bytes(sign_up_page(make_form(toy)))
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


def fill_firm(page: Any) -> None:
    """Fill what both doors ask, and the activity, behind its fold."""
    page.evaluate("document.querySelector('#naf').closest('details').open = true")
    page.fill("#siret", "732 829 320 00074")
    page.fill("#raison_sociale", '  Scierie d\'essai <b>"x" ')
    page.select_option("#commune", "09003")
    page.fill("#naf", "1610a")
    page.check("#consent_traitement")


def fill_resource(page: Any, rank: int = 1) -> None:
    """Declare skips of pallets."""
    page.check(f"#sens-{rank}-disponible")
    page.select_option(f"#nature-{rank}", "palettes")
    page.fill(f"#quantite-{rank}", "3,5")
    page.select_option(f"#unite-{rank}", "benne_15m3")
    page.select_option(f"#periode-{rank}", "mois")
    page.select_option(f"#devenir-{rank}", "repris")


def saved(page: Any, button: str) -> tuple[str, str]:
    """Press a button and return the name and the text of the file it saves."""
    with page.expect_download() as download:
        page.click(button)
    name = download.value.suggested_filename
    return name, Path(download.value.path()).read_text(encoding="utf-8")


def faults(page: Any) -> list[str]:
    """Return the faults that the page lists."""
    return [one.text_content() for one in page.locator("#bilan li").all()]


def test_a_firm_joins_and_declares_and_gets_its_json(page) -> None:
    page.check("#porte-rejoindre")
    page.check("#porte-ressources")
    fill_firm(page)
    page.check("#interet-atelier")
    page.check("#interet-echange")
    fill_resource(page)
    page.select_option("#mois_debut-1", "11")
    page.select_option("#mois_fin-1", "03")
    page.fill("#qualite-1", "=cmd|'/c calc'!A1")
    page.fill("#code_dechet-1", "150103")
    page.fill("#contrat_fin-1", "2027-12-31")
    page.click("#ajouter")
    page.check("#sens-2-recherchee")
    page.select_option("#nature-2", "chaleur")
    page.fill("#quantite-2", "1 200")
    page.select_option("#unite-2", "mwh")
    page.select_option("#periode-2", "an")
    page.check("#consent_recontact")
    page.fill("#contact_courriel", "contact@essai.invalid")
    name, text = saved(page, "#enregistrer")
    content = json.loads(text)
    date = content.pop("date")
    assert name == f"inscription_{SIRET}_{date}.json"
    assert content == {
        "format": "eitgeo-inscription/1",
        "etude": "essai",
        "reponses": {
            "siret": SIRET,
            "raison_sociale": 'Scierie d\'essai <b>"x"',
            "commune": "09003",
            "naf": "16.10A",
            "interet": ["atelier", "echange"],
            "contact_courriel": "contact@essai.invalid",
            "consent_traitement": True,
            "consent_recontact": True,
            "consent_citation": False,
            "consent_carte": False,
            "consent_partage": False,
        },
        "ressources": [
            {
                "sens": "disponible",
                "nature": "palettes",
                "quantite": 3.5,
                "unite": "benne_15m3",
                "periode": "mois",
                "mois_debut": "11",
                "mois_fin": "03",
                "code_dechet": "15 01 03",
                "qualite": "=cmd|'/c calc'!A1",
                "devenir": "repris",
                "contrat_fin": "2027-12-31",
            },
            {
                "sens": "recherchee",
                "nature": "chaleur",
                "quantite": 1200,
                "unite": "mwh",
                "periode": "an",
            },
        ],
    }
    assert "2 ressources" in page.text_content("#fait")
    _, flat = saved(page, "#enregistrer-csv")
    check_csv(flat)


def check_csv(flat: str) -> None:
    """Check the flat file of the same firm."""
    assert flat.startswith("\ufeff")
    lines = list(csv.DictReader(io.StringIO(flat[1:]), delimiter=";"))
    assert list(lines[0]) == ["format", "etude", "date", *survey_fields().index]
    first, second = lines
    assert first["siret"] == second["siret"] == SIRET
    assert first["quantite"] == "3,5"
    assert first["interet"] == "atelier|echange"
    assert first["qualite"] == "'=cmd|'/c calc'!A1"
    assert first["raison_sociale"] == 'Scierie d\'essai <b>"x"'
    assert (first["consent_traitement"], first["consent_carte"]) == ("oui", "non")
    assert (second["nature"], second["devenir"]) == ("chaleur", "")


POINT_S, CLICK_S, KEY_S, THOUGHT_S, WORDS_PER_MIN = 1.1, 0.2, 0.28, 1.35, 250
"""Keystroke-level model: Card, Moran and Newell, 1983; reading."""
READ = """() => {
  const main = document.querySelector('main').cloneNode(true);
  const shown = document.querySelectorAll('main *');
  const copies = main.querySelectorAll('*');
  shown.forEach((one, i) => {
    const out = !one.checkVisibility() || one.tagName === 'OPTION';
    if (out && !['MAIN', 'TEMPLATE'].includes(one.tagName)) copies[i].textContent = '';
  });
  main.querySelectorAll('template').forEach((one) => one.remove());
  const words = main.textContent.split(/\\s+/);
  return words.filter((word) => /[\\p{L}\\d]/u.test(word)).length;
}"""


def test_a_firm_joins_in_two_minutes(tab, toy, tmp_path) -> None:
    """Five fields and two accords; every word that shows is read."""
    path = tmp_path / "inscription.html"
    form = make_form(toy, contact_email="a@essai.invalid", answer_days=10)
    path.write_bytes(sign_up_page(form))
    fields = {
        "#siret": SIRET,
        "#raison_sociale": "Scierie de la vallée",
        "#contact_courriel": "contact@exemple.invalid",
    }
    ticks = (
        "#porte-rejoindre",
        "#interet-atelier",
        "#consent_traitement",
        "#consent_recontact",
    )
    with opened_afresh(tab, path.as_uri(), screen=SCREEN):
        for one in ticks:
            tab.check(one)
        for name, text in fields.items():
            tab.fill(name, text)
        tab.select_option("#commune", "31001")
        asked = tab.locator("main [data-champ]:visible").count()
        seconds = tab.evaluate(READ) / WORDS_PER_MIN * 60
        acts = len(fields) + len(ticks) + 2  # the commune, the button
        seconds += acts * (THOUGHT_S + POINT_S + CLICK_S)
        seconds += KEY_S * (sum(map(len, fields.values())) + len("Saint"))
        _, text = saved(tab, "#enregistrer")
        assert faults(tab) == []
        assert 60 < seconds <= 120
        # Five fields, the telephone in the place of the address, the two accords.
        assert asked == 8
        assert json.loads(text)["reponses"]["interet"] == ["atelier"]
        tab.click("#recu-ressources")
        assert tab.is_visible("#quantite-1")
        assert tab.is_visible("#naf")


def test_a_receipt_says_what_was_given_and_when_someone_calls(
    tab, toy, tmp_path
) -> None:
    told = []
    for name, given in {"sans": {}, "avec": {"answer_days": 10}}.items():
        path = tmp_path / f"{name}.html"
        form = make_form(toy, contact_email="a@essai.invalid", **given)
        path.write_bytes(sign_up_page(form))
        with opened_afresh(tab, path.as_uri(), screen=SCREEN):
            tab.check("#porte-rejoindre")
            fill_firm(tab)
            assert not tab.is_visible("#recu")
            saved(tab, "#enregistrer")
            told.append(plain(tab.inner_text("#recu-lignes")))
            tab.check("#consent_recontact")
            tab.fill("#contact_telephone", "05 61 00 00 00")
            saved(tab, "#enregistrer")
            told.append(plain(tab.inner_text("#recu-lignes")))
            receipt, text = saved(tab, "#recu-enregistrer")
            assert receipt.startswith(f"recu_{SIRET}_")
            assert plain(text).startswith("\ufeffReçu Étude :")
            assert 'Scierie d\'essai <b>"x"' in plain(text)
            assert "05 61" not in text
            tab.emulate_media(media="print")
            tab.evaluate("document.body.classList.add('recu-seul')")
            assert tab.is_visible("#recu")
            assert not tab.is_visible("#fiche")
            tab.emulate_media(media="screen")
    never, none, never_again, days = told
    assert "à a@essai.invalid" in never
    assert never == never_again
    assert "Personne ne vous appellera" in never
    assert "Aucun délai n'est promis" in none
    assert "Au plus tard 10 jours ouvrés après réception" in days


def test_contacts_stay_out_without_consent(page) -> None:
    page.check("#porte-rejoindre")
    fill_firm(page)
    page.check("#consent_recontact")
    page.fill("#contact_courriel", "contact@essai.invalid")
    page.uncheck("#consent_recontact")
    _, text = saved(page, "#enregistrer")
    assert "essai.invalid" not in text
    assert json.loads(text)["ressources"] == []


def test_nothing_filled_is_refused_with_a_list_that_takes_the_focus(page) -> None:
    page.focus("#enregistrer")
    page.keyboard.press("Enter")
    assert faults(page) == [
        "Que souhaitez-vous faire : cochez au moins une réponse",
        "SIRET : à remplir",
        "Raison sociale : à remplir",
        (
            "J'ai lu la notice et j'accepte que cette fiche soit enregistrée et "
            "utilisée pour la démarche : sans cet accord, la fiche ne peut pas être "
            "enregistrée"
        ),
    ]
    assert page.evaluate("document.activeElement.id") == "bilan"
    assert page.get_attribute("#siret", "aria-invalid") == "true"
    assert page.title().startswith("Erreur – ")
    page.click("#bilan li:nth-child(2) a")
    assert page.evaluate("document.activeElement.id") == "siret"


def test_a_wrong_value_is_told_beside_its_field(page) -> None:
    page.check("#porte-ressources")
    fill_firm(page)
    fill_resource(page)
    for field, value, met in (
        ("siret", "73282932000075", "vérifiez chaque chiffre"),
        ("siret", "7328293200007", "vérifiez chaque chiffre"),
        ("naf", "16", "par exemple 16.10A"),
        ("quantite-1", "beaucoup", "un nombre"),
        ("quantite-1", "0", "supérieur à zéro"),
        ("quantite-1", "-3", "un nombre"),
        ("quantite-1", "1e3", "un nombre"),
        ("code_dechet-1", "1501", "six chiffres"),
    ):
        right = page.input_value(f"#{field}")
        page.fill(f"#{field}", value)
        page.click("#enregistrer")
        assert len(faults(page)) == 1
        assert met in page.text_content(f"#erreur-{field}"), (field, value)
        assert page.text_content("#fait") == ""
        page.fill(f"#{field}", right)


def test_a_right_siret_passes_that_of_a_post_office_too(page) -> None:
    page.check("#porte-rejoindre")
    fill_firm(page)
    for siret in ("35600000000048", "35600000049837", SIRET):
        page.fill("#siret", siret)
        name, _ = saved(page, "#enregistrer")
        assert siret in name


def test_what_one_answer_asks_of_another(page) -> None:
    page.check("#porte-ressources")
    fill_firm(page)
    fill_resource(page)
    page.select_option("#nature-1", "autre")
    page.select_option("#devenir-1", "")
    page.select_option("#mois_debut-1", "11")
    page.check("#consent_recontact")
    page.click("#enregistrer")
    assert faults(page) == [
        "Courriel : donnez un courriel ou un téléphone",
        "Ressource 1, Précisions : à remplir",
        "Ressource 1, à (mois) : à remplir",
        "Ressource 1, Ce qu'elle devient aujourd'hui : à remplir",
    ]


def test_resources_are_added_and_removed_and_keep_their_order(page) -> None:
    page.check("#porte-ressources")
    for _ in range(2):
        page.click("#ajouter")
    page.click("#ressource-2 .retirer")
    assert page.locator(".ressource .rang").all_text_contents() == ["1", "2"]
    assert page.locator("#ressource-3").count() == 1
    assert page.evaluate("document.activeElement.id") == "ajouter"


def test_the_page_forbids_itself_the_network(chromium, address) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address)
    blocked = page.evaluate(
        """() => new Promise((done) => {
          document.addEventListener('securitypolicyviolation',
            (e) => done(e.effectiveDirective), { once: true });
          fetch('https://essai.invalid/').catch(() => 0);
        })"""
    )
    assert blocked == "connect-src"
    context.close()


def test_no_draft_is_kept_unless_asked(page) -> None:
    page.check("#porte-ressources")
    fill_firm(page)
    fill_resource(page)
    page.check("#consent_recontact")
    page.fill("#contact_nom", "Nom Secret")
    assert page.evaluate("localStorage.length") == 0
    page.check("#garder")
    kept = page.evaluate("localStorage.getItem(localStorage.key(0))")
    assert "palettes" in kept
    assert "Secret" not in kept
    assert "consent" not in kept
    page.reload()
    assert page.input_value("#siret") == ""
    page.click("#brouillon-reprendre")
    assert page.input_value("#siret") == SIRET
    assert page.input_value("#quantite-2, #quantite-1") == "3,5"
    assert not page.is_checked("#consent_traitement")
    page.uncheck("#garder")
    assert page.evaluate("localStorage.length") == 0


def test_the_hash_opens_a_door(page) -> None:
    page.goto(page.url + "#ressources")
    page.reload()
    assert page.is_checked("#porte-ressources")
    assert page.is_visible("#quantite-1")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is absent")
def test_printed_empty_it_is_the_form_on_paper(page, tmp_path) -> None:
    """Every question on A4, stamped on each sheet; once filled, what was filled."""
    page.emulate_media(media="null")  # as a reader prints it
    told = []
    for _ in range(2):
        path = tmp_path / "fiche.pdf"
        page.pdf(path=str(path), prefer_css_page_size=True)
        done = subprocess.run(  # noqa: S603
            [str(shutil.which("pdftotext")), str(path), "-"],
            capture_output=True,
            check=True,
        )
        told.append(done.stdout.decode())
        page.check("#porte-rejoindre")
        page.fill("#raison_sociale", "Scierie d'essai")
    sheets = told[0].split("\f")[:-1]
    assert len(sheets) == 4
    assert all("AUCUNE ADRESSE" in sheet for sheet in sheets)
    paper = bare(told[0])
    for label in survey_fields()["label_fr"]:
        assert bare(label) in paper, label
    assert "nelui" in paper
    assert bare("Délégué à la protection des données") in paper
    assert paper.count("Ressource1") == paper.count("Ressource2") == 1
    assert "Scierie" not in paper
    assert "Ressource1" not in bare(told[1])


def bare(text: str) -> str:
    """Leave out spaces, which a line breaks; apostrophes are set."""
    return "".join(text.replace("'", "’").split())


def test_it_fits_a_narrow_screen(page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.check("#porte-rejoindre")
    page.check("#porte-ressources")
    page.check("#consent_recontact")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


CONVERT = """(pairs) => {
  const set = (id, v) => { document.getElementById(id + '-1').value = v; };
  return pairs.map(([nature, unite, periode, quantite, fin]) => {
    set('nature', nature); set('unite', unite); set('periode', periode);
    set('mois_debut', fin ? '01' : ''); set('mois_fin', fin); set('quantite', quantite);
    const q = document.getElementById('quantite-1');
    q.dispatchEvent(new Event('input', { bubbles: true }));
    return document.getElementById('conversion-1').dataset.texte || '';
  });
}"""


def test_the_page_converts_as_the_package_does(page) -> None:
    """Every nature × unit, with a period, a quantity and months that vary."""
    pairs = list(itertools.product(survey_natures().index, survey_units().index))
    periods = itertools.cycle(survey_periods().index)
    amounts = itertools.cycle(["3", "17", "0.4", "250"])
    ends = itertools.cycle(["", "", "05"])
    cases = [
        (nature, unit, next(periods), next(amounts), next(ends))
        for nature, unit in pairs
    ]
    page.check("#porte-ressources")
    shown = page.evaluate(CONVERT, cases)
    wrong = [
        (case, text, stated(*case))
        for case, text in zip(cases, shown, strict=True)
        if plain(text) != stated(*case)
    ]
    assert wrong == []
    assert sum(text != "" for text in shown) > 1000


def stated(nature: str, unit: str, period: str, amount: str, end: str) -> str:
    """Return what the package says of a quantity."""
    if not has_mass(nature, unit):
        return ""
    mass = declared_mass_t(
        float(amount), unit, nature=nature, period=period, n_months=int(end or 12)
    )
    text = figure_text(
        mass.mid_t,
        bounds=(mass.low_t, mass.high_t),
        evidence=mass.evidence,
        unit="t" if mass.one_off else "t/an",
        decimals=6,
    )
    return plain(f"soit {text}")


def plain(text: str) -> str:
    """Make no-break spaces and apostrophes plain; zeros of a decimal go."""
    words = []
    for word in " ".join(text.replace("’", "'").split()).split(" "):
        keep = word.rstrip("0").rstrip(",") if "," in word else word
        words.append(keep)
    return " ".join(words)


@pytest.mark.parametrize("kept", ["null", "3", '{"portes": 1}', "{cut"])
def test_a_draft_that_is_none_is_forgotten(tab, address, kept) -> None:
    """Files of one disk may share what they keep: another one may have written it."""
    with opened_afresh(tab, address, screen=SCREEN):
        data = json.loads(tab.text_content("#donnees"))
        key = f"{data['format']}/{data['etude']}"
        tab.evaluate("([k, v]) => localStorage.setItem(k, v)", [key, kept])
        tab.reload()
        assert tab.is_visible("#porte-rejoindre")
        assert not tab.is_visible("#brouillon-present")
        assert tab.evaluate("localStorage.length") == 0
