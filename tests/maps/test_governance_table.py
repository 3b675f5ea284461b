"""The workbook of governance and the cards of EPCI, read back by other libraries."""

import io
import re
import shutil
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook

from eitgeo.maps.cards.epci_cards import CARDS, epci_cards, perimeter_lines
from eitgeo.maps.paper.map_sheet import compose_pages
from eitgeo.maps.workbooks.governance_table import governance_xlsx
from eitgeo.reference.governance import animation_costs
from eitgeo.scenarios.carriers.budget import (
    animation_budget,
    cost_share_rows,
    members_in,
)
from eitgeo.study.governance import Budget, Governance
from tests.disclosure.scan import texts_of
from tests.dossier.reading import asked
from tests.maps.governance_toy import (
    COMPARED,
    PARTIES,
    groups,
    make_reference,
    make_tables,
    released,
)
from tests.maps.toy import EPCI, HOSTILE, Toy, squares
from tests.words.forbidden import plain

SIRENS = [f"20000000{n}" for n in EPCI]


def real(toy: Toy) -> Toy:
    """Return the toy as if all its inputs were real."""
    return replace(toy, sheet=replace(toy.sheet, demonstration=()))


def make(toy: Toy, most: int | None = None, **changes: pd.DataFrame) -> bytes:
    """Make the workbook of a toy."""
    tables = make_tables(toy)
    told = {name: released(toy, table) for name, table in changes.items()}
    tables = tables | told
    places = {siren: perimeter_lines(tables, siren) for siren in SIRENS}
    reference = make_reference(toy, places)._replace(most_epci=most)
    return governance_xlsx(tables, reference, sheet=toy.sheet)


@pytest.fixture(scope="module")
def content(toy: Toy) -> bytes:
    """Make the workbook of the demonstration."""
    return make(toy)


@pytest.fixture(scope="module")
def workbook(content: bytes) -> Workbook:
    """Open it with a library that shares nothing with the writer."""
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(workbook: Workbook, name: str) -> list[list[str]]:
    """Return the rows of a sheet under its heads, as plain texts."""
    found = workbook[name].iter_rows(min_row=3, values_only=True)
    return [[plain(str(cell or "")) for cell in row] for row in found]


def test_sheets_answer_the_questions_in_order(workbook) -> None:
    assert workbook.sheetnames == [
        "Lisez-moi",
        "En clair",
        "Structures × périmètres",
        "Porteurs possibles",
        "Raisons",
        "Si un conseil dit non",
        "Structures porteuses",
        "Qui fait quoi",
        "Budget",
        "Postes",
        "Clés de partage",
        "Verdict",
        "AFOM",
        "Plan d’action",
        "Feuille de route",
        "Actions rapides et synergies",
        "Fiches EPCI",
    ]


def test_every_sheet_is_stamped_and_holds_no_formula(workbook) -> None:
    for page in workbook:
        assert page["A1"].value.startswith("DÉMONSTRATION – établissements synth")
        kinds = {cell.data_type for row in page.iter_rows() for cell in row}
        assert kinds <= {"s", "n"}


def test_a_hostile_name_is_a_text(workbook) -> None:
    heads = [cell.value for cell in workbook["Porteurs possibles"][2]]
    assert HOSTILE in heads


def test_the_same_inputs_give_the_same_bytes(toy: Toy, content: bytes) -> None:
    assert make(toy) == content


def test_states_are_words_with_deliberations(workbook) -> None:
    first = rows(workbook, "Porteurs possibles")
    by_carrier = {row[0]: row[1] for row in first}
    # 57 % outside the PETR that holds most.
    assert by_carrier["PETR seul"] == "▽ peu adapté\n1 à 4 délibérations"
    assert by_carrier["EPCI chef de file et conventions"].startswith("△ possible")
    last = next(text for name, text in by_carrier.items() if "Territoire" in name)
    assert last == "✖ impossible"
    assert by_carrier["Vigilance"].endswith(
        "Démarche voisine : Voisine ; articuler plutôt que doubler."
    )


def test_refusals_are_told_one_by_one_and_pairs_where_they_cut(workbook) -> None:
    found = rows(workbook, "Si un conseil dit non")
    first, second, third = EPCI.values()
    told = [row[:4] for row in found if row[3]]
    assert told == [
        ["aucun refus", "1", "2", "3"],
        [first, "1", "2", "2"],
        [second, "2", "2", "2"],
        [third, "1", "1", "2"],
    ]
    # 30 000 € a year: among 10 000 inhabitants, then among 4 000 of them.
    assert [row[7] for row in found if row[3]][:2] == ["3", "8"]
    who = [row[5] for row in found if row[3]]
    assert (
        who[1]
        == "en plus : EPCI chef de file et conventions\nen moins : "
        + (who[0].partition(" ; ")[2])
    )
    assert who[2:] == ["les mêmes", "les mêmes"]
    assert who[0].startswith("Syndicat de traitement des déchets seul ; Co-portage")
    sentence = found[1][0]
    assert f"1 refus isolé sur 3 le coupe : {second}. Par la route" in sentence
    assert "Par la route, déjà en 2 morceaux : aucun refus isolé" in sentence


def test_shares_of_a_list_to_confirm_say_so_cell_by_cell(toy: Toy) -> None:
    """One row to confirm is enough, though the body itself is published."""
    tables = make_tables(toy)
    overlaps = tables["perimeter_bodies"].table
    some = overlaps["body_id"] == overlaps["body_id"].iloc[0]
    overlaps.loc[some, "status"] = "a_confirmer"
    reference = make_reference(toy, {siren: [] for siren in SIRENS})
    made = governance_xlsx(tables, reference, sheet=toy.sheet)
    book = openpyxl.load_workbook(io.BytesIO(made))
    told = rows(book, "Structures × périmètres")
    doubtful = [row for row in told if row[1] == "à confirmer"]
    assert len(doubtful) == 1
    for cell in doubtful[0][2:]:
        assert cell.startswith("selon sa liste, à confirmer :") or "aucune" in cell
    others = [cell for row in told if row[1] == "publié" for cell in row[2:]]
    assert others
    assert not any("à confirmer" in cell for cell in others)


def test_a_demonstration_names_no_party(toy: Toy, workbook) -> None:
    told = "\n".join(cell for row in rows(workbook, "Raisons") for cell in row)
    assert "57 % de la population est hors du PETR" in told
    assert PARTIES not in told
    assert "(PETR et syndicat) en couvrent 99,7 %" in told
    book = openpyxl.load_workbook(io.BytesIO(make(real(toy))))
    named = "\n".join(cell for row in rows(book, "Raisons") for cell in row)
    assert f"({PARTIES}) en couvrent 99,7 %" in named


def test_the_verdict_says_what_was_not_asked_and_what_would_answer(workbook) -> None:
    sheet = rows(workbook, "Verdict")
    assert sheet[0][0].endswith("Pas encore : aucune entreprise rencontrée")
    met = sheet[1]
    assert met[:4] == ["Entreprises rencontrées", "–", "3", "–"]
    assert all(met[4:7]), "what makes it yes, what no, and why its threshold"
    assert rows(workbook, "En clair")[0][2] in sheet[0][0]


def test_the_budget_is_an_order_of_magnitude(workbook) -> None:
    budget = {row[0]: row for row in rows(workbook, "Budget")}
    total = budget["Total"]
    assert total[1] == "≈ 80 000 € (58 000 à 100 000)"
    assert total[5] == "H"
    # 50 000 € for 12 345 inhabitants: 4,1 €.
    left = budget["PETR de l'Aval"][1]
    assert left == "≈ 4 €/hab./an (1 à 8)"


def amounts(row: list[str]) -> list[float]:
    """Read the amounts of a line of the budget, without their intervals."""
    found = []
    for text in row[1:5]:
        middle = text.split(" (")[0].removeprefix("≈ ")
        found.append(float(re.sub(r"[^0-9,−]", "", middle).replace(",", ".")))
    return found


def sums_hold(lines: dict[str, list[str]]) -> bool:
    """Say whether all that is printed adds up, down and across."""
    post, other, total, aid, rest = (amounts(lines[one]) for one in COST_LINES)
    down = all(
        p + o == t == a + r
        for p, o, t, a, r in zip(post, other, total, aid, rest, strict=True)
    )
    return down and all(
        sum(one[:3]) == one[3] for one in (post, other, total, aid, rest)
    )


COST_LINES = (
    "Poste d'animation (coût chargé)",
    "Autres frais (déplacements, ateliers, outils)",
    "Total",
    "Aides de la Région et de l'ADEME (à solliciter, jamais acquises)",
    "Reste à charge",
)


def test_printed_sums_of_a_budget_hold(toy: Toy, workbook) -> None:
    budget = {row[0]: row for row in rows(workbook, "Budget")}
    assert sums_hold(budget)
    for posts in (0.5, 2.0, 3.0):
        assumed = animation_budget(animation_costs(), Budget(), posts=posts)
        more = openpyxl.load_workbook(io.BytesIO(make(toy, animation_budget=assumed)))
        assert sums_hold({row[0]: row for row in rows(more, "Budget")})
    typed = Budget(fte_cost_eur=50_001, other_cost_eur=9_999.5, aid_pct=33.3)
    table = animation_budget(animation_costs(), typed, posts=0.7)
    book = openpyxl.load_workbook(io.BytesIO(make(toy, animation_budget=table)))
    exact = {row[0]: row for row in rows(book, "Budget")}
    assert sums_hold(exact)
    assert not any("arrondis" in name for name in exact)


def test_the_roadmap_marks_deliberations(workbook) -> None:
    road = {
        row[0].split(".")[0]: row[1:13] for row in rows(workbook, "Feuille de route")
    }
    assert road["G3"] == ["", "", "", "", "D", *[""] * 7]
    assert road["N2"][:3] == ["", "", "■"]
    assert road["G1"][:3] == ["■", "■", ""]


def test_each_epci_is_told_what_each_perimeter_asks(toy: Toy) -> None:
    lines = perimeter_lines(make_tables(toy), "200000001")
    told = {name: [plain(text) for text in rest] for name, *rest in lines}
    # Aval is the whole EPCI: 100 % of its people, 100 % of what is left to pay.
    assert told["PETR de l'Aval"] == [
        "entier, 100 % des habitants",
        "une, du conseil",
        "≈ 50 000 €/an (20 000 à 100 000)",
    ]
    assert (
        told["Périmètre morceaux"][1] == "une, du conseil ; son territoire serait coupé"
    )
    assert told[HOSTILE] == ["en dehors", "aucune", "–"]


ADDRESS = "https://exemple.invalid/eit/index.html#epci-1"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_one_card_an_epci(toy: Toy, tmp_path) -> None:
    cards = make_tables(toy)
    reference = make_reference(toy, {})
    drawn = [
        compose_pages(
            epci_cards(
                cards,
                epci_names=reference.epci_names,
                division_names=reference.division_names,
                root_name=reference.root_name,
                weak=frozenset({"tonnes", "roads"}),
                addresses=addresses,
            ),
            toy.sheet,
            CARDS,
        )
        for addresses in ({}, None, dict.fromkeys(reference.epci_names, ADDRESS))
    ]
    assert drawn[0] == drawn[1]
    path = tmp_path / "adresses.pdf"
    path.write_bytes(drawn[2])
    for page in next(texts_of(path)).split("\f")[:-1]:
        assert f"La réponse pour votre EPCI, à jour : {ADDRESS}" in plain(page)
    path = tmp_path / "fiches.pdf"
    path.write_bytes(drawn[0])
    pages = [plain(page) for page in next(texts_of(path)).split("\f") if page.strip()]
    assert len(pages) == len(EPCI)
    column = ("-x", "0", "-y", "0", "-W", "395", "-H", "595")
    lefts = asked("pdftotext", *column, path, "-").split("\f")[:-1]
    for page, left, name in zip(pages, map(plain, lefts), EPCI.values(), strict=True):
        assert plain(f"{name} : qu'est-ce que cela change pour mon EPCI ?") in page
        assert "DÉMONSTRATION" in page
        assert re.search(r"○ ≈ 40 000 t/an", page)
        assert "Industries alimentaires ; 16" in page
        known, assumed, missing = re.split(
            r"Ce qui est supposé|Ce qui manque, et où le trouver", left
        )
        assert "6 000" in known
        assert "40 000 t/an" in assumed
        assert "Déclarations IREP" in missing
        assert "study.yaml" not in missing


def test_posts_and_keys_stand_side_by_side_and_typed_parts_add_up(toy: Toy) -> None:
    """36 000 € a year are left; the toy counts no job, and says so."""
    typed = Budget(fte_cost_eur=50_000, other_cost_eur=10_000, aid_pct=40)
    governance = Governance(budget=typed)
    budget = animation_budget(animation_costs(), typed, posts=1.0)
    members = {
        name: members_in(codes, squares(), None) for name, codes in groups(toy).items()
    }
    shares = cost_share_rows(members, budget=budget, governance=governance)
    content = make(toy, animation_budget=budget, cost_shares=shares)
    book = openpyxl.load_workbook(io.BytesIO(content))
    posts = [row for row in rows(book, "Postes") if row[0] == "Un poste"]
    assert len(posts) == len(COMPARED)
    assert all(row[1] == "≈ 30 à 50" for row in posts)
    assert all("choix de l'étude" in row[7] for row in posts)
    printed = [row for row in rows(book, "Clés de partage") if row[0] in EPCI.values()]
    assert printed
    euros = [
        float(row[2].removesuffix("€/an").replace(" ", "").replace(",", "."))
        for row in printed
    ]
    assert sum(euros) == pytest.approx(36_000 * len(members), abs=1e-6)
    for row in printed:
        assert row[3] == "–"
        assert "emplois non comptés" in row[7]
