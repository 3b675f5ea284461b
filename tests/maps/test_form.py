"""The sign-up form: the same questions twice, nothing that reaches outside."""

import base64
import hashlib
import io
import json
import math
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from eitgeo.errors import StudyError
from eitgeo.maps import form
from eitgeo.maps.form.page import sign_up_page
from eitgeo.maps.form.sheets import sign_up_xlsx
from eitgeo.reference.survey import survey_choices, survey_fields
from eitgeo.words import figure_text, typographic
from tests.maps.forms import NOTICE, make_form
from tests.maps.toy import HOSTILE, Toy

FIELDS = survey_fields()
LEGAL_STATUS = "ne lui donne pas le statut juridique de sous-produit."
VOID = {"input", "meta", "br"}


class Reader(HTMLParser):
    """Keeps every start tag with its attributes, and what is inside a template."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        self.texts[inside] = self.texts.get(inside, "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every tag of a name."""
        return [attributes for name, attributes in self.tags if name == tag]


def read(page: str) -> Reader:
    """Parse a page; every tag must be closed."""
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def page(toy: Toy) -> str:
    """Return the page of the toy study."""
    return sign_up_page(make_form(toy)).decode()


@pytest.fixture(scope="module")
def content(toy: Toy) -> bytes:
    """Return the workbook of the toy study."""
    return sign_up_xlsx(make_form(toy))


def test_the_same_inputs_give_the_same_bytes(
    toy: Toy, page: str, content: bytes
) -> None:
    form = make_form(toy)
    assert sign_up_page(form).decode() == page
    assert sign_up_xlsx(form) == content


def test_no_address_outside_and_nothing_to_load(page: str) -> None:
    assert re.findall(r"(?:https?:)?//[\w-]+\.[\w./-]+", page) == []
    for tag, attributes in read(page).tags:
        assert tag not in {"link", "img", "iframe", "object", "embed"}
        assert not {"src", "style", "action"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
    links = {str(one["href"]) for one in read(page).all("a")}
    assert links == {
        "#fiche",
        "../index.html",
        "accessibilite.html",
        "inscription.xlsx",
    }


def test_the_policy_admits_its_own_script_and_style_only(page: str) -> None:
    policy = next(
        str(one["content"])
        for one in read(page).all("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["connect-src"] == "'none'"
    assert rules["form-action"] == rules["base-uri"] == "'none'"
    for rule, tag in (("script-src", "script"), ("style-src", "style")):
        held = re.findall(rf"<{tag}>(.*?)</{tag}>", page, flags=re.DOTALL)
        digests = [hashlib.sha256(one.encode()).digest() for one in held]
        told = [f"'sha256-{base64.b64encode(one).decode()}'" for one in digests]
        assert rules[rule] == " ".join(told)


def test_a_page_that_may_post_reaches_that_server_alone(toy: Toy, page: str) -> None:
    address = "https://formulaire.essai.invalid/depot?x=1"
    other = sign_up_page(make_form(toy, post_url=address)).decode()
    assert "connect-src https://formulaire.essai.invalid;" in other
    assert 'id="envoyer"' in other
    assert 'id="envoyer"' not in page
    assert json.loads(
        read(other).texts["script"].split("})();")[1].split("(function")[0]
    )["envoi"] == (address)


def test_an_address_makes_a_mailto(toy: Toy) -> None:
    other = sign_up_page(make_form(toy, contact_email="a'b@essai.invalid")).decode()
    links = [str(one["href"]) for one in read(other).all("a")]
    (mailto,) = [link for link in links if link.startswith("mailto:")]
    assert mailto.startswith("mailto:a%27b@essai.invalid?subject=Inscription%20")


def test_it_is_small(page: str) -> None:
    assert len(page.encode()) < 400_000


def test_every_control_has_a_label_and_every_reference_a_target(page: str) -> None:
    reader = read(page)
    named = [str(one["id"]) for _, one in reader.tags if one.get("id")]
    assert len(named) == len(set(named))
    labelled = {str(one["for"]) for one in reader.all("label")}
    for tag in ("input", "select"):
        for control in reader.all(tag):
            assert control["id"] in labelled, control
    for _, attributes in reader.tags:
        for reference in (
            "for",
            "aria-labelledby",
            "aria-describedby",
            "aria-controls",
        ):
            for target in (attributes.get(reference) or "").split():
                assert target in named, target
    assert len(reader.all("fieldset")) == len(reader.all("legend")) == 5


def test_nothing_is_ticked_and_nothing_is_filled(page: str) -> None:
    for tag, attributes in read(page).tags:
        assert "checked" not in attributes
        assert "selected" not in attributes
        if tag == "input" and attributes["type"] not in {"checkbox", "radio"}:
            assert "value" not in attributes


def test_every_field_is_asked(page: str) -> None:
    asked = [one["data-champ"] for _, one in read(page).tags if "data-champ" in one]
    assert sorted(map(str, asked)) == sorted(FIELDS.index)


def test_consents_are_five_boxes_apart(page: str) -> None:
    ticks = [
        str(one["id"])
        for one in read(page).all("input")
        if str(one["id"]).startswith("consent_")
    ]
    assert len(ticks) == 5
    assert {one for one in FIELDS.index if one.startswith("consent_")} == set(ticks)


def test_it_says_what_it_must(page: str) -> None:
    text = " ".join(page.split())
    for expected in (
        LEGAL_STATUS,
        "Document de travail",
        "Édition du 24/11/2026",
        "Notice de travail, à faire valider par le service juridique.",
        "3 ans à compter de la date de la fiche",
        "Syndicat d’essai",
        "dpo@essai.invalid",
        "Projet soutenu par un financeur",
        "Accessibilité",
        'lang="fr"',
    ):
        assert expected in text, expected
    assert "DÉMONSTRATION" not in text


def test_communes_are_those_of_the_area_by_name(page: str) -> None:
    (held,) = re.findall(r'<select id="commune".*?</select>', page)
    codes = re.findall(r'<option value="([^"]*)"', held)
    # By name, whatever the accents: « =1+1 », « Commune … », « Écoussas », « <img … ».
    middle = [f"3100{n}" for n in (1, 4, 5, 6, 7, 8)]
    assert codes == ["", "09003", *middle, "31009", "31002", "hors"]
    assert "&lt;img src=x" in held


def test_a_hostile_name_stays_text(page: str, toy: Toy) -> None:
    assert "<img" not in page
    assert len(read(page).all("script")) == 3
    form = make_form(toy, notice=NOTICE.model_copy(update={"purpose": HOSTILE}))
    assert "<img" not in sign_up_page(form).decode()


@pytest.fixture(scope="module")
def workbook(content: bytes) -> openpyxl.Workbook:
    """Open the workbook with a library that shares nothing with the writer."""
    return openpyxl.load_workbook(io.BytesIO(content))


def codes_of(sheet) -> list[str]:
    """Return the codes of a sheet of questions."""
    return [str(cell.value) for cell in sheet["A"][1:] if cell.value]


def test_the_sheets_and_their_questions(workbook) -> None:
    assert workbook.sheetnames == [
        "Mode d'emploi",
        "Établissement",
        "Ressources",
        "Consentements",
        "Listes",
    ]
    assert {sheet.sheet_state for sheet in workbook} == {"visible"}
    assert all(not sheet.merged_cells.ranges for sheet in workbook)
    firm = codes_of(workbook["Établissement"])
    assert firm[:3] == ["format", "etude", "date"]
    resources = [cell.value for cell in workbook["Ressources"][1]]
    consents = codes_of(workbook["Consentements"])
    asked = (
        {code.partition(":")[0] for code in firm[3:]} | set(resources) | set(consents)
    )
    assert asked == set(FIELDS.index)
    ticked = [code.partition(":")[2] for code in firm if code.startswith("interet:")]
    assert ticked == list(survey_choices("interet"))


def test_no_formula_and_a_hostile_commune_is_text(workbook) -> None:
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)
    values = {cell.value for cell in cells}
    assert f"{HOSTILE} (31002)" in values
    assert "=1+1 (09003)" in values


def test_answers_are_open_and_questions_locked(workbook) -> None:
    for name in ("Établissement", "Ressources", "Consentements"):
        assert workbook[name].protection.sheet
    firm = workbook["Établissement"]
    rows = {str(row[0].value): row for row in firm.iter_rows(min_row=2)}
    assert not rows["siret"][2].protection.locked
    assert rows["siret"][2].number_format == "@"
    assert rows["siret"][1].protection.locked
    assert rows["format"][2].protection.locked
    assert rows["format"][2].value == "eitgeo-inscription/1"
    assert rows["etude"][2].value == "essai"
    assert not workbook["Ressources"]["A3"].protection.locked
    assert workbook["Ressources"]["A1"].protection.locked


def test_lists_drop_down_to_the_labels(workbook) -> None:
    page, lists = workbook["Ressources"], workbook["Listes"]
    heads = {str(cell.value): cell.column_letter for cell in page[1]}
    rules = {
        str(rule.sqref): rule.formula1
        for rule in page.data_validations.dataValidation
        if rule.type == "list"
    }
    for name in ("sens", "nature", "unite", "periode", "devenir", "prix"):
        letter = heads[name]
        cells = lists[rules[f"{letter}3:{letter}22"].removeprefix("Listes!")]
        offered = [row[0].value for row in cells]
        assert offered == [typographic(one) for one in survey_choices(name).values()]
    types = {rule.type for rule in page.data_validations.dataValidation}
    assert types == {"list", "decimal", "date", "textLength"}


def test_the_workbook_says_what_it_must(workbook) -> None:
    words = " ".join(
        str(cell.value)
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )
    for expected in (LEGAL_STATUS, "Syndicat d’essai", "à faire valider", "Accès et"):
        assert expected in words
    assert f"{workbook.properties.created:%Y-%m-%d}" == "2026-11-24"


def test_bare_tables_and_drafts_are_refused(toy: Toy) -> None:
    draft = NOTICE.model_copy(update={"rights": "à confirmer"})
    with pytest.raises(StudyError, match=r"« form\.notice\.rights »"):
        make_form(toy, notice=draft, sheet={"status": "valide"})
    validated = sign_up_page(make_form(toy, sheet={"status": "valide"})).decode()
    assert "Notice de travail" not in validated
    assert "Document validé" in validated


STAMP = "Aucune adresse d’envoi"


def test_without_an_address_each_form_is_stamped(
    toy: Toy, page: str, content: bytes
) -> None:
    form = make_form(toy, contact_email="a@b.invalid")
    addressed = sign_up_page(form).decode(), sign_up_xlsx(form)
    for made, is_stamped in ((page, content), True), (addressed, False):
        assert (STAMP in made[0]) is is_stamped
        assert ('<section class="sans-adresse"' in made[0]) is is_stamped
        book = openpyxl.load_workbook(io.BytesIO(made[1]), read_only=True)
        first = str(book["Mode d'emploi"]["A2"].value)
        assert ("AUCUNE ADRESSE" in first) is is_stamped
    posted = sign_up_page(make_form(toy, post_url="https://a.invalid/x")).decode()
    assert STAMP not in posted


def test_the_notice_marks_what_no_lawyer_read(toy: Toy, page: str) -> None:
    marks = ("Secret des affaires", "Accès à l’information", "Qui peut demander")
    for mark in marks:
        (heading,) = re.findall(rf"<dt>({mark}[^<]*)</dt>", page)
        assert heading.endswith("(à faire valider)"), heading
    own = NOTICE.model_copy(update={"inspection": "Texte relu par nos juristes."})
    other = sign_up_page(make_form(toy, notice=own)).decode()
    assert "<dt>Qui peut demander votre fiche</dt><dd>Texte relu" in other
    assert other.count("(à faire valider)</dt>") == 2


def test_the_notice_is_told_whole_once(toy: Toy, page: str) -> None:
    """What waits behind the fold and what stands before it make the notice."""
    form = make_form(toy)
    told = re.findall(r"<dt>([^<]*)</dt><dd>", page)
    wanted = [heading for heading, _ in form.notice_lines]
    assert sorted(told) == sorted(map(typographic, wanted))
    assert 0 < len(form.first_lines) < len(wanted)


def luminance(colour: str) -> float:
    """Return the relative luminance of « #rrggbb » (WCAG 2.1)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("#222222", "#f4f5f3"),
        ("#505a61", "#ffffff"),
        ("#505a61", "#e6f0ea"),
        ("#444d53", "#e6f0ea"),
        ("#a3182d", "#ffffff"),
        ("#235a3d", "#ffffff"),
        ("#ffffff", "#2f6f4f"),
        ("#ffffff", "#2f4858"),
        ("#0b5cad", "#ffffff"),
    ],
)
def test_inks_stand_out(ink: str, ground: str, page: str) -> None:
    dark, light = sorted((luminance(ink), luminance(ground)))
    assert (light + 0.05) / (dark + 0.05) >= 4.5
    style = page.replace("#fff;", "#ffffff;").replace("#222;", "#222222;")
    assert ink in style
    assert ground in style


SAY = """
const fs = require("node:fs");
const NBSP = "\\u00a0", NARROW = "\\u202f", D = {};
const text = fs.readFileSync(process.argv[2], "utf8");
const from = text.indexOf("/* ---- conversion ---- */");
const part = text.slice(from, text.indexOf("function masseDe("));
eval(part + "; globalThis.dire = phrase;");
const asked = JSON.parse(fs.readFileSync(0, "utf8"));
const said = asked.map(
  ([bas, milieu, haut, exact]) => dire({ bas, milieu, haut, exact }));
console.log(JSON.stringify(said));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_page_rounds_ties_as_the_package_does(tmp_path) -> None:
    """Ties, and what another processor or browser may find in their place."""
    ties = [
        digits * 10.0**power
        for digits in (5, 15, 25, 35, 45, 75, 85, 95, 995)
        for power in range(-4, 4)
    ]
    near = [
        math.nextafter(tie, way, steps=steps)
        for tie in ties
        for way, steps in ((0.0, 4), (0.0, 1), (tie, 1), (math.inf, 1), (math.inf, 4))
    ]
    asked = [
        (value / 4, value, 3 * value, is_exact)
        for is_exact in (True, False)
        for value in near
    ]
    script = tmp_path / "dire.cjs"
    script.write_text(SAY, encoding="utf-8")
    source = Path(form.__file__).with_name("form.js")
    done = subprocess.run(  # noqa: S603
        ["node", str(script), str(source)],  # noqa: S607
        input=json.dumps(asked),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    said = [one.replace("\xa0", " ").rstrip() for one in json.loads(done.stdout)]
    wrong = [
        (case, text, told(*case))
        for case, text in zip(asked, said, strict=True)
        if text != told(*case)
    ]
    assert wrong == []
    fives = [said[at : at + 5] for at in range(0, len(said), 5)]
    assert [five for five in fives if len(set(five)) > 1] == []


def told(low: float, mid: float, high: float, exact: bool) -> str:  # noqa: FBT001
    """Return what the package says of a mass; zeros after a comma go."""
    bounds = (float("nan"),) * 2 if exact else (low, high)
    text = figure_text(
        mid,
        bounds=bounds,
        evidence="O" if exact else "H",
        unit="t/an",
        decimals=6,
    )
    text = re.sub(r"(,\d*?)0+(?=\D)", r"\1", text.replace("\xa0", " "))
    return "soit " + text.replace(", t", " t")
