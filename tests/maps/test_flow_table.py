"""The workbook of matter, read back by a second library."""

import io
import re

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from eitgeo.flows.exchanges.realised import animation_of
from eitgeo.maps.workbooks.flow_table import flows_xlsx
from eitgeo.reference.governance import documented_cases
from eitgeo.reference.naf import naf_divisions
from eitgeo.reference.rules import (
    attested_exchanges,
    process_sheets,
    synergy_rules,
)
from eitgeo.study.governance import Governance
from eitgeo.words import NBSP, typographic
from tests.maps.account_toy import NAMED, WHY, untold_rows
from tests.maps.flow_toy import (
    COULD_BE_ASKED,
    IF_PART,
    answer_rows,
    destination_rows,
    flow_tables,
    lever_rows,
    weighed_rows,
)
from tests.maps.toy import Toy, released


def made(toy: Toy, **changes) -> bytes:
    """Make the workbook of the toy study."""
    return flows_xlsx(
        flow_tables() | changes,
        ground=toy.ground,
        animation=animation_of(Governance()),
        named=NAMED,
        participation=(IF_PART, COULD_BE_ASKED),
        evidence="H",
        sheet=toy.sheet,
    )


@pytest.fixture(scope="module")
def content(toy: Toy) -> bytes:
    """Make the workbook once for all that read it."""
    return made(toy)


@pytest.fixture(scope="module")
def workbook(content: bytes) -> Workbook:
    """Open it with a library that shares nothing with the writer."""
    return openpyxl.load_workbook(io.BytesIO(content))


def column(workbook: Workbook, name: str, head: str) -> list[object]:
    """Return the values under a head, down to the first empty row."""
    rows = list(workbook[name].iter_rows(min_row=2, values_only=True))
    place = rows[0].index(head)
    kept = []
    for row in rows[1:]:
        if all(cell in (None, "") for cell in row):
            break
        kept.append(row[place])
    return kept


def test_sheets_and_same_bytes(workbook: Workbook, content: bytes, toy: Toy) -> None:
    first = ["Lisez-moi", "Gisements", "Échanges", "Leviers", "Cas documentés"]
    last = ["Syndicat", "À renégocier", "Équilibre", "Distances", "Facteurs"]
    last += ["Procédés", "Règles", "Échanges publiés"]
    assert workbook.sheetnames == [*first, *last]
    assert made(toy) == content


def test_groups_are_named_and_rounded_by_their_class(workbook: Workbook) -> None:
    communes = column(workbook, "Gisements", "Communes")
    assert communes == [
        "Commune 09003",
        "Commune 31001, Commune 31002",
        "Commune 31005",
    ]
    assert column(workbook, "Gisements", "Ordre de (t/an)") == [4_000, 40, 20]
    assert column(workbook, "Gisements", "Haut (t/an)") == [9_000, 90, 20]
    assert column(workbook, "Gisements", "Fiabilité") == ["H", "H", "O"]
    assert column(workbook, "Gisements", "Origine") == ["estimé", "estimé", "déclaré"]


def test_the_account_is_rounded_by_its_class(workbook: Workbook) -> None:
    """An assumption has one figure, a published ceiling all of its own."""
    lines = column(workbook, "Syndicat", "Ligne")
    values = dict(zip(lines, column(workbook, "Syndicat", "Valeur"), strict=True))
    assert values["Bilan du syndicat"] == -200_000
    assert values["Plafond de l’installation"] == 48_492
    plants = column(workbook, "Syndicat", "Équipement")
    assert set(plants) == {"", "Le compost", "Le stockage"}
    assert "secret statistique" in column(workbook, "Syndicat", "Lecture")
    clauses = column(workbook, "À renégocier", "Clause")
    sizes = column(workbook, "À renégocier", "Ordre de grandeur")
    told = dict(zip(clauses, sizes, strict=True))
    assert told["Redevance spéciale"] in {None, ""}
    assert "3\u202f500" in str(
        told["Tonnes au-dessus du seuil de la majoration de TGAP"]
    )


def test_an_account_that_nobody_can_make_says_why(toy: Toy) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(made(toy, syndicate_account=untold_rows()))
    )
    assert set(column(book, "Syndicat", "Lecture")) == {"non chiffré"}
    assert set(column(book, "Syndicat", "Ce qui n’y est pas")) == {WHY}


def test_levers_are_of_the_whole_study_with_one_figure(workbook: Workbook) -> None:
    """39 t, 340 € for firms, nothing known of what leaves the syndicate."""
    levers = column(workbook, "Leviers", "Levier")
    assert levers == [
        "Tonnes échangées",
        "dont quittant un équipement du syndicat (modèle)",
        "Bilan des entreprises",
        "dont TGAP de stockage qui n’est plus due",
    ]
    assert column(workbook, "Leviers", "Ordre de") == [40, "–", 300, "–"]
    assert column(workbook, "Leviers", "Haut") == [50, "–", 600, "–"]
    assert column(workbook, "Leviers", "Lecture")[1] == "non chiffré"
    assert column(workbook, "Leviers", "Lecture")[3] == "secret statistique"
    assert column(workbook, "Leviers", "Fiabilité") == ["H"] * 4
    missing = column(workbook, "Leviers", "Ce qui n’y est pas")
    assert missing[1] == "exutoires du syndicat non désignés"


def told_of(firms_eur: float, toy: Toy) -> dict[str, tuple[str, str]]:
    """Return what stands beside each lever when firms would save so much."""
    rows = lever_rows().table.copy()
    mine = rows["lever"] == "eur_firms"
    rows.loc[mine, ["low", "mid", "high"]] = [firms_eur] * 3
    book = openpyxl.load_workbook(io.BytesIO(made(toy, levers=released(rows))))
    heads = ("Face aux cas documentés", "Ce qu’un animateur en réalise en 3\xa0ans")
    beside = zip(
        *(map(str, column(book, "Leviers", head)) for head in heads), strict=True
    )
    return dict(zip(map(str, column(book, "Leviers", "Levier")), beside, strict=True))


def test_a_lever_stands_beside_what_animators_make_of_it(toy: Toy) -> None:
    """Above every documented case and below; what none tells; what is withheld."""
    above, below = (told_of(eur, toy) for eur in (8e8, 30.0))
    against, part = above["Bilan des entreprises"]
    assert re.match(r"soit ≈\s\d.* fois le plus élevé des cas", against)
    assert part.startswith("≈\xa0")
    against, part = below["Bilan des entreprises"]
    assert not against
    assert part.startswith("≈ 30\xa0€/an (")
    assert below["dont quittant un équipement du syndicat (modèle)"] == ("", "–")
    assert below["dont TGAP de stockage qui n’est plus due"] == ("", "–")


def test_documented_cases_are_as_their_pages_print_them(workbook: Workbook) -> None:
    cases = documented_cases()
    sheet = "Cas documentés"
    assert (
        column(workbook, sheet, "Démarche") == cases["name"].map(typographic).tolist()
    )
    assert column(workbook, sheet, "Adresse") == cases["url"].tolist()
    told = column(workbook, sheet, "Synergies réalisées")
    assert told[list(cases.index).index("pnsi")] == 138
    assert told[list(cases.index).index("kalundborg")] == "–"


def test_a_lever_that_one_firm_makes_is_secret() -> None:
    table = lever_rows().table.set_index("lever")
    assert table.loc["eur_tax", "status"] == "secret"
    assert table.loc["eur_tax", ["low", "mid", "high"]].isna().all()
    # What was never told is not a secret.
    assert table.loc["syndicate_t", "status"] == "non_chiffre"
    assert lever_rows().withheld == 1


def test_the_median_distance_stands_beside_the_published_one(workbook) -> None:
    """6 km of class H, 32.8 km of class S: a check, said so."""
    assert column(workbook, "Distances", "Distance médiane (km)") == [6, 8, 8, 33]
    assert column(workbook, "Distances", "Fiabilité") == [*"HHHS"]
    assert "NISP" in str(column(workbook, "Distances", "Repère")[-1])
    assert "Jensen" in str(column(workbook, "Distances", "Source")[-1])


@pytest.mark.parametrize("name", ["Échanges", "Leviers", "Distances"])
def test_a_sheet_of_exchanges_says_who_takes_part(workbook: Workbook, name) -> None:
    told = [str(cell) for row in workbook[name].values for cell in row if cell]
    plain = [one.replace(NBSP, " ") for one in told]
    assert sum(COULD_BE_ASKED in one for one in plain) == (name == "Leviers")
    assert sum(IF_PART in one for one in plain) == 1


def test_families_pay_to_a_distance(workbook: Workbook) -> None:
    assert column(workbook, "Équilibre", "Famille") == ["Bois", "Verre"]
    assert column(workbook, "Équilibre", "Portée (km)") == [100, 50]
    # 56 km, at most 390: rules go to 100 km. 67 km: rules go to 50 km only.
    assert column(workbook, "Équilibre", "Lecture") == [
        "haut\xa0: au-delà de 100\xa0km",
        "au-delà de 50\xa0km",
    ]
    assert column(workbook, "Équilibre", "Ordre de (km)") == [60, "–"]
    assert column(workbook, "Équilibre", "Bas (km)") == [10, 0]
    assert column(workbook, "Équilibre", "Haut (km)") == ["–", "–"]


def test_exchanges_name_both_ends(workbook: Workbook) -> None:
    ends = list(
        zip(
            column(workbook, "Échanges", "EPCI donneur"),
            column(workbook, "Échanges", "EPCI preneur"),
            column(workbook, "Échanges", "Ordre de (t/an)"),
            strict=True,
        )
    )
    assert ends == [
        ("CA de l’Aval", "CA de l’Aval", 40),
        ("CA de l’Aval", "CC du Milieu", 300),
        ("CC du Milieu", "hors du territoire", 5),
        ("CC du Milieu", "plusieurs EPCI (secret)", 90),
    ]


def test_processes_say_who_locally(workbook: Workbook) -> None:
    titles = column(workbook, "Procédés", "Procédé")
    assert len(titles) == len(process_sheets()) == 11
    rank = list(process_sheets().index).index("bois")
    givers = str(column(workbook, "Procédés", "Ici, donneurs possibles")[rank])
    first = f"{naf_divisions()['label']['25']} (9)"
    assert givers.startswith(first.replace("'", "’"))
    assert givers.endswith("1 autre activité")
    takers = column(workbook, "Procédés", "Ici, preneurs possibles")[rank]
    assert takers == "aucun établissement connu"


def test_every_rule_is_listed_with_its_class(workbook: Workbook) -> None:
    rules = synergy_rules()
    told = [str(name) for name in column(workbook, "Règles", "Règle")]
    assert sorted(told) == rules["rule_id"].tolist()
    assert set(column(workbook, "Règles", "Fiabilité")) <= {"O", "S", "H"}


def test_rules_that_a_page_supports_come_first_and_leads_say_so(
    workbook: Workbook,
) -> None:
    known = synergy_rules().set_index("rule_id")
    told = known.loc[[str(name) for name in column(workbook, "Règles", "Règle")]]
    general = (told["evidence"] == "H") & (told["attested_by"] == "")
    assert general.is_monotonic_increasing
    assert 0 < general.sum() < len(told)
    takers = [cell or "" for cell in column(workbook, "Règles", "Preneurs")]
    leads = [name for name, said in zip(told.index, takers, strict=True) if said]
    assert leads == told.index[told["taker_naf"] == ""].tolist()
    assert "SYN102" in leads


def test_published_exchanges_are_listed_with_who_tells_them(workbook: Workbook) -> None:
    told = attested_exchanges()
    names = column(workbook, "Échanges publiés", "Échange")
    assert names == told["exchange_id"].tolist()
    assert all(column(workbook, "Échanges publiés", "Auteur"))


def test_every_sheet_says_that_it_is_a_demonstration(workbook: Workbook) -> None:
    for page in workbook:
        assert "DÉMONSTRATION" in str(page["A1"].value), page.title


def test_published_answers_have_a_sheet_of_their_own(
    toy: Toy, workbook: Workbook
) -> None:
    answers = answer_rows(
        ("200000001", "flux", "NDNI", 4, 310.0),
        ("200000001", "inscrites", "", 4, float("nan")),
    )
    book = openpyxl.load_workbook(io.BytesIO(made(toy, survey_public=answers)))
    assert book.sheetnames[-1] == "Enquête"
    assert column(book, "Enquête", "Réponse") == [
        "Déchets non dangereux et non inertes",
        "Entreprises inscrites",
    ]
    assert column(book, "Enquête", "Entreprises") == [4, 4]
    assert column(book, "Enquête", "Quantité (t/an)") == [310, "–"]
    for name in ("Gisements", "Échanges", "Leviers"):
        rows = [list(one[name].iter_rows(values_only=True)) for one in (book, workbook)]
        assert rows[0] == rows[1]


def test_weighings_have_a_sheet_with_their_days(toy: Toy, workbook: Workbook) -> None:
    told = weighed_rows(
        ("200000001", "professionnel", "bois", 4, 9.9, "o1;o9"),
        ("16", "collectivite", "inertes", 3, 1200.0, ""),
    )
    book = openpyxl.load_workbook(io.BytesIO(made(toy, weighed_public=told)))
    assert book.sheetnames[-1] == "Pesées"
    assert column(book, "Pesées", "Clients") == ["Professionnels", "Collectivités"]
    assert column(book, "Pesées", "Quantité pesée (t)") == [9.9, 1200]
    days = column(book, "Pesées", "Période")
    assert days == ["du 1er janvier au 30 juin 2025"] * 2
    outlets = toy.outlets.table.set_index("outlet_id")["name"]
    used = str(column(book, "Pesées", "Exutoires utilisés")[0])
    assert used.endswith(str(outlets["o1"]))
    assert "Pesées" not in workbook.sheetnames


def test_declared_destinations_have_a_sheet_only_when_read(
    toy: Toy, workbook: Workbook
) -> None:
    told = destination_rows(
        ("03", False, "recuperation", "propre", "31", 12.5),
        ("13", True, "recuperation", "etranger", "", 40.0),
    )
    book = openpyxl.load_workbook(io.BytesIO(made(toy, declared_destinations=told)))
    assert book.sheetnames[-1] == "Exutoires déclarés"
    assert column(book, "Exutoires déclarés", "Dangereux") == ["oui", "non"]
    assert column(book, "Exutoires déclarés", "Quantité (t/an)") == [40, 12.5]
    where = column(book, "Exutoires déclarés", "Destination")
    assert where == ["à l’étranger", "dans le département du producteur"]
    assert "Exutoires déclarés" not in workbook.sheetnames


def test_factors_are_told_by_class_but_those_of_the_dossier(workbook: Workbook) -> None:
    """A share would tell a total; a factor without a rank has no line."""
    assert column(workbook, "Facteurs", "Facteur") == ["Gazole", "Heure"]
    assert column(workbook, "Facteurs", "Ce qui en dépend") == [
        "plus de 50\xa0%",
        "1 à 3\xa0%",
    ]
    assert column(workbook, "Facteurs", "Ce qu’il vaut") == ["10 à 50\xa0%", "–"]
    assert column(workbook, "Facteurs", "Haut") == ["4", "4"]
