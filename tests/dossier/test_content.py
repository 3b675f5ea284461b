"""What the dossier says, and that each number comes from a table."""

import dataclasses
import io
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from eitgeo.disclosure.door.rules import release_derived
from eitgeo.dossier.chapters.annexes import hypotheses, method, questions
from eitgeo.dossier.chapters.belief import factors_section, source_table
from eitgeo.dossier.chapters.choice import interest, perimeter
from eitgeo.dossier.chapters.governance import exchanges, governance
from eitgeo.dossier.chapters.levers import account_section
from eitgeo.dossier.chapters.levers import levers as chapter_on_levers
from eitgeo.dossier.chapters.matter import flows
from eitgeo.dossier.chapters.territory import zones
from eitgeo.dossier.desk import Desk, Drawn
from eitgeo.dossier.model import (
    Block,
    Chapter,
    Dossier,
    Figure,
    Paragraph,
    Section,
    Table,
    Value,
    Wide,
    all_chapters,
    runs_of,
)
from eitgeo.dossier.prose import Prose
from eitgeo.dossier.whole import make_dossier
from eitgeo.errors import StudyError
from eitgeo.maps.words.account_words import account_answer
from eitgeo.reference.tables import factor_sources
from eitgeo.tables.schema import empty_table
from eitgeo.words import EVIDENCE_NAMES, NEARLY, figure_text, typographic
from tests.dossier.reading import all_runs, bare_texts
from tests.dossier.toy import decision, make_desk, with_tables
from tests.maps.account_toy import WHY, untold_rows
from tests.maps.flow_toy import answer_rows, weighed_rows
from tests.maps.test_difference import ORDER, TWO_AXES
from tests.maps.toy import Toy, label_of

SOURCE = Path(__file__).resolve().parents[2] / "eitgeo/dossier"
ALLOWED = re.compile(r"\bR[1-9]\b|(?i:co2e)|\bP[1-9]\b|\bA4\b")
"""Results of the study, a gas, carriers in the reference tables, a size of paper."""
TABLE_OF_CONTENTS = [
    "Pourquoi une étude de préfiguration",
    "Le territoire et ses acteurs",
    "Zones d’activités et secteurs clés",
    "Flux de déchets des professionnels et exutoires",
    "Procédés et synergies mobilisables",
    "Leviers et impacts",
    "Quel périmètre ?",
    "Quelle gouvernance ?",
    "Confirmer l’intérêt",
    "Plan d’action à trois ans",
    "Faire vivre les échanges",
    "Suivi",
]
ANNEXES = [
    "Fiches par intercommunalité",
    "Fiches par périmètre",
    "Fiches d’écart deux à deux",
    "Méthode et paramètres",
    "Données, dates et licences",
    "Hypothèses et leur effet",
    "Données et questions à confirmer par le maître d’ouvrage",
    "Glossaire",
]


def plain(text: str) -> str:
    """Make spaces those of a keyboard."""
    return re.sub(r"[\u00a0\u202f]", " ", text)


def text_of(runs: Any) -> str:
    """Put pieces of text together."""
    return plain("".join(one.text if isinstance(one, Value) else one for one in runs))


def plain_run(run: Any) -> str:
    """Return one piece of text."""
    return text_of([run])


def blocks_of(dossier: Dossier) -> Iterator[Block]:
    """Return every block, those of sections too."""

    def walk(blocks: Any) -> Iterator[Block]:
        for block in blocks:
            yield block
            if isinstance(block, Section | Wide):
                yield from walk(block.blocks)

    for chapter in all_chapters(dossier):
        yield from walk(chapter.blocks)


def table_named(dossier: Dossier, caption: str) -> Table:
    """Return the first table whose caption begins so."""
    return next(
        one
        for one in blocks_of(dossier)
        if isinstance(one, Table) and text_of(one.caption).startswith(caption)
    )


def values_of(dossier: Dossier) -> list[Value]:
    """Return all that was read from tables."""
    return [one for one in all_runs(dossier) if isinstance(one, Value)]


def bare_numbers(texts: Iterable[str]) -> list[str]:
    """Return the texts that hold a number: no table gave them."""
    return [one for one in texts if re.search(r"\d", ALLOWED.sub("", one))]


def test_the_table_of_contents_is_the_final_one(dossier: Dossier) -> None:
    assert [text_of(one.title) for one in dossier.chapters] == TABLE_OF_CONTENTS
    assert [text_of(one.title) for one in dossier.annexes] == ANNEXES


def test_each_expected_result_has_a_chapter(dossier: Dossier) -> None:
    rows = table_named(dossier, "Des résultats de l’étude").rows
    assert [text_of(row[0]) for row in rows] == [f"R{n}" for n in range(1, 10)]
    places = {text_of(row[0]): text_of(row[2]) for row in rows}
    assert places["R2"] == "2"
    assert places["R6"] == "7, 8"
    assert all(places.values())


def test_no_number_stands_outside_a_value(dossier: Dossier) -> None:
    assert bare_numbers(bare_texts(dossier)) == []
    table = Table(("Douze",), (("12",),), (), (1.0,))
    lie = Section(("Un",), (table,))
    chapter = dataclasses.replace(dossier.chapters[0], blocks=(lie,))
    liar = dataclasses.replace(dossier, chapters=(chapter,))
    assert bare_numbers(bare_texts(liar)) == ["12"]


def strings(item: Any) -> Iterator[str]:
    """Return every text of a file of prose, keys too."""
    if isinstance(item, dict):
        for key, inner in item.items():
            yield key
            yield from strings(inner)
    elif isinstance(item, list):
        for inner in item:
            yield from strings(inner)
    elif isinstance(item, str):  # a width is printed nowhere
        yield item


@pytest.mark.parametrize(
    "path", sorted((SOURCE / "texts").glob("*.toml")), ids=lambda path: path.stem
)
def test_prose_holds_no_number_and_names_no_territory(path: Path) -> None:
    told = list(strings(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert told
    assert [one for one in told if re.search(r"\d", ALLOWED.sub("", one))] == []
    named = re.compile(r"SYSTOM|Comminges|Pihourc|Saint-Gaudens|Pyrénées")
    assert [one for one in told if named.search(one)] == []


def test_code_of_the_dossier_names_no_territory() -> None:
    named = re.compile(r"SYSTOM|Comminges|Pihourc|Saint-Gaudens|Occitanie")
    files = [*SOURCE.rglob("*.py"), *SOURCE.glob("texts/*.typ")]
    assert len(files) > 15
    assert [path.name for path in files if named.search(path.read_text("utf-8"))] == []


def test_an_indicator_is_that_of_its_table(desk: Desk, dossier: Dossier) -> None:
    keys = ["perimeter_id", "indicator_id"]
    rows: Any = desk.public["indicators_public"].table.set_index(keys)
    catalogue: Any = desk.terms.governance.catalogue
    read = [
        one
        for one in values_of(dossier)
        if one.source.table == "indicators_public" and one.evidence
        if one.source.column == "value"
    ]
    assert len(read) > 10
    for value in read:
        perimeter, indicator = value.source.row.split(" / ")
        row, about = rows.loc[(perimeter, indicator)], catalogue.loc[indicator]
        expected = figure_text(
            float(row["value"]),
            bounds=(float(row["low"]), float(row["high"])),
            evidence=str(row["evidence"]),
            unit=str(about["unit"]),
            decimals=int(about["decimals"]),
        )
        assert plain(value.text) == plain(expected)
        assert value.evidence == row["evidence"]


def test_an_assumption_has_one_figure_and_its_interval(dossier: Dossier) -> None:
    told = {plain(one.text) for one in values_of(dossier)}
    assert "≈ 40 000 t/an (20 000 à 80 000)" in told
    assert not any("38 412" in one for one in told)


def test_a_number_in_words_is_not_led_in_twice(dossier: Dossier) -> None:
    told = [plain_run(run) for run in all_runs(dossier)]
    assert any("≈" in text for text in told)
    whole = "".join(told)
    assert "Reste à charge, la première année : ≈ " in whole
    assert re.findall(r"\b(?:de|des|du|à|d’) ≈", whole) == []


def test_the_warning_tells_how_assumptions_and_shares_are_rounded(
    dossier: Dossier,
) -> None:
    whole = "".join(plain_run(run) for run in all_runs(dossier))
    (rule,) = re.findall(r"H : (hypothèse de travail, un seul[^:]*:[^.]*)\.", whole)
    assert "un seul chiffre significatif, « ≈ »" in plain(rule)
    assert "un pourcentage est arrondi sur sa plus petite part" in rule


def test_a_demonstration_says_so_and_gives_no_order(dossier: Dossier) -> None:
    assert dossier.stamp.startswith("DÉMONSTRATION")
    told = " ".join(text_of([one]) for one in all_runs(dossier))
    assert "Aucun ordre entre périmètres n’est publié : " in whole(dossier)
    assert "seul l’axe « Gouvernance »" in told
    assert "Périmètres dans l’ordre" not in told
    assert "PETR de l’Aval : ✔" not in told


def test_a_demonstration_gives_no_order_on_two_axes_either(toy: Toy) -> None:
    desk = with_tables(make_desk(toy), **decision(criteria=TWO_AXES, order=ORDER))
    told = whole(make_dossier(desk))
    assert "Aucun ordre entre périmètres n’est publié : DÉMONSTRATION" in told
    assert "Périmètres dans l’ordre" not in told


def whole(dossier: Dossier) -> str:
    """Return all that a dossier says."""
    return text_of(tuple(all_runs(dossier)))


def test_the_method_says_whose_roads_and_what_is_not_known_of_them(
    dossier: Dossier, desk: Desk
) -> None:
    told = whole(dossier)
    assert "Temps et longueurs : routes d’essai, août 2021, sans trafic." in told
    assert "Une limite absente" not in told
    limits = "Part du réseau sans limite connue : masse, 100 %."
    terms = desk.terms._replace(road_limits=limits)
    chapter = method(dataclasses.replace(desk, terms=terms))
    told = whole(with_chapters(dossier, chapter))
    assert f"{limits} Une limite absente des données n’est pas une" in told


def test_a_real_study_gives_its_order(toy: Toy) -> None:
    desk = with_tables(make_desk(toy), **decision(criteria=TWO_AXES, order=ORDER))
    real = dataclasses.replace(
        desk, sheet=dataclasses.replace(desk.sheet, demonstration=())
    )
    dossier = make_dossier(real)
    rows = table_named(dossier, "Périmètres dans l’ordre").rows
    assert [text_of(row[1]) for row in rows] == ["1O"] or [
        text_of(row[1]) for row in rows
    ] == ["1", "2"]
    assert dossier.stamp == ""


def test_a_study_of_one_perimeter_is_readable(toy: Toy) -> None:
    table = toy.perimeters.table
    one = table.assign(compared=table["perimeter_id"] == "aval")
    alone = dataclasses.replace(toy, perimeters=released_as(toy, one))
    dossier = make_dossier(make_desk(alone, pair=("aval", "aval")))
    five = table_named(dossier, "Le périmètre en cinq chiffres")
    assert len(five.heads) == 2
    told = text_of(dossier.annexes[2].blocks[0].runs)  # type: ignore[union-attr]
    assert "qu’un périmètre" in told


def released_as(toy: Toy, table: pd.DataFrame) -> Any:
    """Release other rows in the place of the perimeters of the toy."""
    from tests.maps.toy import released  # noqa: PLC0415

    return released(table, demonstration=bool(toy.sheet.demonstration))


def test_a_picture_that_is_missing_is_said_to_be(desk: Desk) -> None:
    dossier = make_dossier(dataclasses.replace(desk, pictures={}))
    told = [
        text_of(one.runs)
        for one in blocks_of(dossier)
        if isinstance(one, Paragraph) and one.style == "note"
    ]
    missing = [one for one in told if one.startswith("Figure non disponible")]
    assert len(missing) >= 8


def blank(width: int, height: int, heading: str = "") -> bytes:
    """Make a picture, with the heading that a map keeps."""
    about, buffer = PngInfo(), io.BytesIO()
    if heading:
        about.add_itxt("Description", heading)
    Image.new("RGB", (width, height)).save(buffer, "PNG", pnginfo=about)
    return buffer.getvalue()


def test_a_map_without_its_header_tells_its_message_under_it(desk: Desk) -> None:
    pictures = {"core": blank(400, 200, "3 PETR"), "zones": blank(200, 200)}
    asked = dataclasses.replace(desk, pictures=pictures)
    wide, high = (asked.wide_picture(key, ("Nom",), alt="a") for key in pictures)
    assert isinstance(wide, Wide)
    assert isinstance(high, Wide)
    (first,), (second,) = wide.blocks, high.blocks
    assert isinstance(first, Figure)
    assert isinstance(second, Figure)
    # As high as the page is, then as wide.
    assert first.width_pct == 100.0
    assert second.width_pct == round(100 * 17.1 / 26.7, 1)
    assert text_of(first.caption) == "3 PETR. Nom"
    assert text_of(second.caption) == "Nom"


def test_empty_tables_leave_a_sentence(toy: Toy, desk: Desk) -> None:
    none = {
        name: released_as(toy, desk.public[name].table.iloc[:0])
        for name in (
            "outlets",
            "zones_public",
            "key_sectors",
            "break_even",
            "process_actors",
        )
    }
    changed = with_tables(desk, **none)
    dossier = make_dossier(changed)
    told = " ".join(" ".join(map(plain_run, all_runs(dossier))).split())
    assert "Sans objet dans cette étude : Exutoires connus" in told
    assert "Aucun établissement connu" in told


def test_published_answers_are_a_table_of_their_own(
    desk: Desk, dossier: Dossier
) -> None:
    said = " ".join(" ".join(map(plain_run, all_runs(dossier))).split())
    assert "Aucune réponse d'entreprise n'est encore publiée" in said.replace("’", "'")
    answers = answer_rows(
        ("200000001", "flux", "NDNI", 4, 310.0),
        ("200000001", "inscrites", "", 23, float("nan")),
    )
    changed = with_tables(desk, survey_public=answers)
    told = make_dossier(changed)
    rows = table_named(told, "Ce que les entreprises ont déclaré").rows
    assert [[text_of(cell) for cell in row][1:] for row in rows] == [
        ["Déchets non dangereux et non inertes", "4", "310 t/an"],
        ["Entreprises inscrites", "23", "–"],
    ]
    said = " ".join(" ".join(map(plain_run, all_runs(told))).split())
    assert "Des entreprises ont répondu." in said
    assert "Des entreprises se sont inscrites" in said


def test_what_was_weighed_stands_beside_the_estimate(
    toy: Toy, desk: Desk, dossier: Dossier
) -> None:
    said = " ".join(" ".join(map(plain_run, all_runs(dossier))).split())
    assert "pesées du syndicat" not in said
    streams = pd.DataFrame({"group": ["200000001"], "family": ["bois"], "tenths": [3]})
    changed = with_tables(
        desk,
        weighed_public=weighed_rows(
            ("200000001", "professionnel", "bois", 4, 9.9, "o1;o9"),
            ("16", "collectivite", "inertes", 3, 1200.0, ""),
        ),
        arising_streams=released_as(toy, streams),
    )
    weighed = make_dossier(changed)
    rows = table_named(weighed, "Ce que le syndicat a pesé").rows
    told = [[" ".join(text_of(cell).split()) for cell in row] for row in rows]
    name = desk.public["outlets"].table.set_index("outlet_id").loc["o1", "name"]
    assert told[0][1:4] == [
        "Professionnels, Bois",
        "9,9 t, du 1er janvier au 30 juin 2025",
        "4",
    ]
    assert told[0][4].startswith("3 dixièmes de ce gisement : ")
    assert told[0][5] == " ".join(text_of((name,)).split())
    assert told[1][0].startswith("16 – ")
    assert told[1][1:] == [
        "Collectivités, Déchets inertes",
        "1 200 t, du 1er janvier au 30 juin 2025",
        "3",
        "–",
        "–",
    ]
    said = " ".join(" ".join(map(plain_run, all_runs(weighed))).split())
    assert said.count("pas une année entière") == 1


def test_zones_drawn_before_are_told_where_there_are_any(
    desk: Desk, dossier: Dossier
) -> None:
    said = "Le territoire a 9 zones dessinées dans OpenStreetMap, pas un inventaire."
    terms = desk.terms._replace(compared=said)
    told = " ".join(said_in(dossier, zones(dataclasses.replace(desk, terms=terms))))
    assert "pas un inventaire" not in whole(dossier)
    assert "dans OpenStreetMap, pas un inventaire" in told


def test_a_sentence_with_a_hole_is_refused() -> None:
    prose = Prose("essai", {"one": "Il y a {n} communes."})
    with pytest.raises(StudyError, match=r"essai\.one : « n » n'est pas fourni"):
        prose.say("one")
    with pytest.raises(StudyError, match=r"pas de texte « essai\.two »"):
        prose.say("two")


def test_three_ceilings_stand_side_by_side(
    toy: Toy, desk: Desk, dossier: Dossier
) -> None:
    ceilings = desk.terms.ceilings
    known = ceilings["outlet_id"].iloc[0]
    table = desk.public["outlets"].table
    renamed = table.assign(
        outlet_id=table["outlet_id"].where(table["outlet_id"] != "o1", known)
    )
    changed = with_tables(desk, outlets=released_as(toy, renamed))
    made = with_chapters(dossier, flows(changed), questions(changed))
    rows = table_named(made, "Plafonds publiés").rows
    assert len(rows) == len(ceilings[ceilings["outlet_id"] == known]) == 3
    assert {text_of(row[2]) for row in rows} == {"2016"}
    rows = table_named(made, "Questions au maître").rows
    asked = next(row for row in rows if "plafonds" in text_of(row[0]))
    for value in ceilings.loc[ceilings["outlet_id"] == known, "ceiling_t"]:
        number = f"{int(float(value)):,}".replace(",", " ")
        assert number in text_of(asked[1])
    assert text_of(asked[1]).count(", 2016") == 3


def test_what_a_list_to_confirm_counts_is_no_observation(toy: Toy, desk: Desk) -> None:
    classes = {name: desk.identity(name).evidence for name in desk.perimeters.index}
    assert classes == {"aval": "O", "anneau": "O", "morceaux": "O", "une": "H"}
    # One row to confirm is enough to ask for the list of a body that is published.
    asked = desk.terms.governance.epci_names["200000002"]
    overlaps = desk.public["perimeter_bodies"].table.copy()
    overlaps.loc[overlaps["body_id"] == "epci_200000002", "status"] = "a_confirmer"
    doubtful = with_tables(desk, perimeter_bodies=released_as(toy, overlaps))
    for made, told in ((desk, False), (doubtful, True)):
        table = next(one for one in questions(made).blocks if isinstance(one, Table))
        members = next(row for row in table.rows if "membres" in text_of(row[0]))
        assert (plain(asked) in text_of(members[1])) == told


def test_signs_are_tied_as_french_ties_them(dossier: Dossier) -> None:
    """No run puts a plain space before a sign, or a typewriter's apostrophe."""
    loose = re.compile(r" [:;!?»%]|« |\w'\w")
    names = {dossier.title, dossier.subtitle}
    written = [one for one in all_runs(dossier) if isinstance(one, str)]
    assert [one for one in written if loose.search(one) and one not in names] == []


def said_in(dossier: Dossier, chapter: Chapter) -> list[str]:
    """Return every text of a chapter."""
    return [plain_run(one) for one in all_runs(with_chapters(dossier, chapter))]


def with_chapters(dossier: Dossier, *chapters: Chapter) -> Dossier:
    """Put chapters written apart in the place of those of a dossier."""
    return dataclasses.replace(dossier, chapters=chapters)


def test_the_syndicate_gains_or_loses_as_its_sheet_says(
    toy: Toy, desk: Desk, dossier: Dossier
) -> None:
    """One sentence, in the section of the account and beside what each may gain."""
    rows = desk.public["syndicate_account"].table.copy()
    whole = rows["outlet_id"].eq("") & rows["member"].eq("")
    mine = whole & rows["line"].eq("balance")
    for low, high, word in ((10.0, 90.0, "un gain"), (-90.0, -10.0, "une perte")):
        rows.loc[mine, ["low", "mid", "high"]] = [low, (low + high) / 2, high]
        rows.loc[mine, "status"] = "chiffre"
        account = released_as(toy, rows)
        changed = with_tables(desk, syndicate_account=account)
        chapter = chapter_on_levers(changed)
        said = plain(" ".join(said_in(dossier, chapter)))
        answer = plain(account_answer(account)).removesuffix(".")
        assert word in answer
        assert said.count(answer) == 2


@pytest.mark.parametrize(("mid", "told"), [(8e8, True), (300.0, False)])
def test_a_lever_above_every_documented_case_says_so_beside_its_figure(
    toy: Toy, desk: Desk, mid: float, *, told: bool
) -> None:
    rows = desk.public["levers"].table.copy()
    rows.loc[rows["lever"] == "eur_firms", ["low", "mid", "high"]] = [mid] * 3
    changed = with_tables(desk, levers=released_as(toy, rows))
    table = next(
        one for one in chapter_on_levers(changed).blocks if isinstance(one, Table)
    )
    firms = next(row for row in table.rows if "entreprises" in text_of(row[0]))
    said = " ".join(text_of(firms[1]).split())
    assert ("fois le plus élevé des cas documentés (" in said) is told
    made = " ".join(text_of(firms[2]).split())
    assert made.startswith("≈ 300 €/an (") is not told
    withheld = next(row for row in table.rows if "TGAP" in text_of(row[0]))
    assert text_of(withheld[2]) == "–"


def test_the_dossier_tells_what_cases_realised_and_where_it_was_read(
    dossier: Dossier, desk: Desk
) -> None:
    rows = table_named(dossier, "Démarches documentées et ce").rows
    told = {text_of(row[0]): row for row in rows}
    pnsi = next(row for name, row in told.items() if "PNSI" in name)
    assert text_of(pnsi[2]).startswith("600")
    assert "138" in text_of(pnsi[4])
    assert "2017" in text_of(pnsi[5])
    cases = desk.terms.animation.cases
    outcomes = ["n_realised", "t_per_year", "eur_per_year", "tco2e_per_year"]
    assert len(rows) == cases[outcomes].notna().any(axis=1).sum()


def test_what_animation_costs_is_held_against_what_cases_make(
    desk: Desk, dossier: Dossier
) -> None:
    """340 € for firms: no case is told above it."""
    said = " ".join(" ".join(map(plain, said_in(dossier, interest(desk)))).split())
    assert "se compare à ce qu’une animation réalise, non à un potentiel" in said
    assert "documentées (chapitre des leviers) : ≈ 300 €/an (" in said


def test_what_could_be_asked_for_stands_behind_the_levers_where_it_is_known(
    desk: Desk, dossier: Dossier
) -> None:
    said = "Ce qui pourrait être demandé, si tous les donneurs donnaient : beaucoup."
    assert said not in "".join(said_in(dossier, chapter_on_levers(desk)))
    terms = desk.terms._replace(could_be_asked=said)
    told = chapter_on_levers(dataclasses.replace(desk, terms=terms))
    assert said_in(dossier, told).count(said) == 1


def test_the_account_of_the_syndicate_is_told_or_says_why(desk: Desk) -> None:
    told = text_of(runs_of(account_section(desk)))
    assert "Redevances qui ne sont plus perçues" in told
    assert plain(desk.terms.if_part) in told
    # A figure of class H says « ≈ »: what is nothing bears no class.
    runs = [one for one in runs_of(account_section(desk)) if isinstance(one, Value)]
    assert {one.evidence for one in runs if one.text == "0 dans ce calcul"} == {""}
    changed = with_tables(desk, syndicate_account=untold_rows())
    section = account_section(changed)
    without = text_of(runs_of(section))
    assert f"Bilan du syndicat : – ({WHY})." in without
    assert "Redevances qui ne sont plus perçues" not in without


def test_workshops_are_held_where_there_is_an_industry(
    toy: Toy, desk: Desk, dossier: Dossier
) -> None:
    zones = desk.public["zones_public"].table.copy()
    zones["main_naf"], zones["main_industry"] = "43", ["10", "", "10"]
    changed = with_tables(desk, zones_public=released_as(toy, zones))
    chapter = exchanges(changed)
    said = said_in(dossier, chapter)
    assert "Z001" in said
    assert "Z002" not in said, "building alone"
    assert not any("construction" in one.lower() for one in said)


def test_no_zone_is_preferred_where_sites_are_drawn(
    desk: Desk, dossier: Dossier
) -> None:
    said = " ".join(map(plain, said_in(dossier, zones(desk))))
    assert "Quelques zones (ordre des noms)" in said
    assert "À rencontrer d’abord" not in said
    assert "réunissent le plus de sites" not in said
    from tests.maps.toy import released  # noqa: PLC0415

    real = released(desk.public["zones_public"].table, demonstration=False)
    changed = with_tables(desk, zones_public=real)
    told = " ".join(said_in(dossier, zones(changed)))
    assert "rencontrer d’abord" in told
    assert "réunissent le plus de sites" in told


def test_a_study_without_carriers_or_levers_is_readable(toy: Toy, desk: Desk) -> None:
    none = {
        name: released_as(toy, desk.public[name].table.iloc[:0])
        for name in ("carrier_states", "carrier_reasons", "plan_options", "swot")
    }
    levers = desk.public["levers"]
    assert len(levers.table) > 0
    empty = released_as(toy, levers.table.iloc[:0])
    dossier = make_dossier(with_tables(desk, levers=empty, **none))
    states = table_named(dossier, "État de chaque porteur").rows
    assert states
    assert {text_of(row[1]) for row in states} == {"–"}
    told = " ".join(" ".join(map(plain_run, all_runs(dossier))).split())
    assert "Sans objet dans cette étude : Leviers de toute l’étude" in told
    assert "Sans objet dans cette étude : Atouts" in told


def test_what_registers_count_is_said_before_what_is_drawn(
    toy: Toy, desk: Desk, dossier: Dossier
) -> None:
    words = [plain_run(run) for run in all_runs(dossier)]
    text = plain(" ".join(words))
    assert "l’URSSAF compte" in text
    assert {"1 363", "363"} <= set(map(plain, words))
    assert "fin 2018, il y a plus de cinq ans" in words
    assert "1,24" in words
    epci = table_named(dossier, "Les intercommunalités du territoire")
    heads = [text_of(one) for one in epci.heads]
    at = heads.index(label_of("counted_industry_employees"))
    assert {text_of(row[at]) for row in epci.rows} == {"363 (fin 2025)"}
    (chapter,) = (one for one in dossier.chapters if one.results == ("R3",))
    titles = [text_of(b.title) for b in chapter.blocks if isinstance(b, Section)]
    assert titles[-2:] == ["Secteurs comptés par les registres", "Secteurs clés"]
    # Without a register, nothing of it is said.
    none = released_as(toy, desk.public["counted_sectors"].table.iloc[:0])
    bare = with_tables(desk, counted_sectors=none)
    silent = " ".join(plain_run(run) for run in all_runs(make_dossier(bare)))
    assert "URSSAF compte" not in silent
    assert "Secteurs comptés" not in silent


def test_a_drawn_figure_stands_nowhere_without_its_class(toy: Toy, desk: Desk) -> None:
    """Sentences leave it to the tables, whose cells the stamp of a page looks at."""
    assumed = desk.public["indicators_public"].table.replace(
        {"deposit_t": "target_sites"}
    )
    changed = with_tables(desk, indicators_public=released_as(toy, assumed))
    drawn = Drawn(frozenset({"indicators_public"}), frozenset({"target_sites"}))
    made = make_dossier(dataclasses.replace(changed, drawn=drawn))
    runs = list(all_runs(made))
    values = [run for run in runs if isinstance(run, Value)]
    told = {run.text for run in values if run.source in made.drawn}
    told = {text for text in told if NEARLY in text}
    others = [
        run if isinstance(run, str) else run.text
        for run in runs
        if isinstance(run, str) or run.source not in made.drawn
    ]
    assert told
    assert [text for text in others if any(one in text for one in told)] == []
    assert any(run.source.column == "phrases" for run in values)


def test_counts_of_drawn_establishments_are_given_over_all_draws(
    desk: Desk, dossier: Dossier
) -> None:
    levels = {"low": 2430.0, "mid": 2570.0, "high": 3700.0}
    rows = [
        {"perimeter_id": one, "indicator_id": "target_sites"} | levels
        for one in desk.perimeters.index
    ]
    redrawn = release_derived(pd.DataFrame(rows), sources=())
    told = with_tables(desk, redrawn_counts=redrawn)
    caption = "Les mêmes comptes, tous tirages ensemble"
    lines = table_named(with_chapters(dossier, perimeter(told)), caption).rows
    assert {text_of(line[1]) for line in lines} == {"≈ 3 000 (2 000 à 4 000)"}
    with pytest.raises(StopIteration):
        table_named(dossier, caption)


def test_the_factors_that_matter_most_are_told_with_their_sources(
    desk: Desk, dossier: Dossier
) -> None:
    """A withheld figure is not printed, nor what is 0; a secret share is said so."""
    section = factors_section(desk)
    factors, shares, *_ = section.blocks
    assert isinstance(factors, Table)
    assert isinstance(shares, Paragraph)
    (row,) = factors.rows
    label, bounds, hang, worth = (text_of(cell) for cell in row)
    assert label == "Gazole"
    assert bounds in {f"1 ; 2 ; 4 t ({name})" for name in EVIDENCE_NAMES.values()}
    assert hang == "gisement : ≈ 10 000 t"
    assert worth == "gisement : ≈ 20 000 t"
    told = text_of(shares.runs)
    assert told.startswith("De 40 facteurs dont un chiffre de cette étude dépend, 4 ")
    assert "≈ 60 % du gisement, une part au secret des tonnes" in told
    sources = factor_sources().set_index("row_key").loc["*|fuel_kgco2e_per_l"]
    printed_sources = source_table(desk)
    assert isinstance(printed_sources, Table)
    (source,) = printed_sources.rows
    printed = [text_of(cell) for cell in source]
    assert typographic(str(sources["author"])) in printed[1]
    assert plain(typographic(str(sources["value_printed"]))) in printed[2]
    assert printed[3] == typographic(str(sources["conversion"]))
    (levers,) = (one for one in dossier.chapters if "R8" in one.results)
    assert section in levers.blocks


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((20.0, 56.0, 90.0), "≈ 60 km (20 à 90)"),
        (
            (20.0, 56.0, 390.0),
            f"{NEARLY} 60 km (au plus bas, 20 km ; au plus haut, au-delà de 100 km)",
        ),
        (
            (0.0, 56.0, 90.0),
            f"{NEARLY} 60 km (au plus bas, à aucune distance ; au plus haut, 90 km)",
        ),
        (
            (0.0, 0.0, 390.0),
            "à aucune distance (au plus haut, au-delà de 100 km)",
        ),
        ((20.0, 1637.0, 9917.0), "au-delà de 100 km"),
    ],
)
def test_a_distance_beyond_every_rule_is_not_told(
    desk: Desk, dossier: Dossier, levels, expected
) -> None:
    row = {"family": "plastique", "n_rules": 3, "longest_km": 100.0, "evidence": "H"}
    names = ["break_even_km_low", "break_even_km", "break_even_km_high"]
    row |= dict(zip(names, levels, strict=True))
    distances = release_derived(pd.DataFrame([row]), sources=())
    told = with_tables(desk, break_even=distances)
    chapter = chapter_on_levers(told)
    assert text_of(chapter.title) == "Leviers et impacts"
    made = dataclasses.replace(dossier, chapters=(chapter,))
    (line,) = table_named(made, "Distance d’équilibre").rows
    assert text_of(line[2]) == expected


def test_the_potential_says_how_many_exchanges_and_donors_it_supposes(toy: Toy) -> None:
    """Four exchanges of three or four donors in a draw, if they may be told."""
    chapter = chapter_on_levers(desk := make_desk(toy))
    made = next(one for one in chapter.blocks if isinstance(one, Section))
    assert isinstance(text := made.blocks[0], Paragraph)
    assert "suppose à la fois 4 (3 à 5) échanges et" in text_of(text.runs)
    assert "soit ≈ 0,1 fois ce qu’une" in text_of(text.runs)
    secret = desk.public["exchange_counts"].table.assign(status="secret")
    changed = with_tables(desk, exchange_counts=release_derived(secret, sources=()))
    silent = chapter_on_levers(changed)
    made = next(one for one in silent.blocks if isinstance(one, Section))
    assert isinstance(text := made.blocks[0], Paragraph)
    assert "suppose" not in text_of(text.runs)


def test_the_method_tells_tonnages_apart_as_the_dossier_does() -> None:
    root = Path(__file__).resolve().parents[2]
    texts = (root / "eitgeo/dossier/texts/levers.toml").read_text(encoding="utf-8")
    method = (root / "docs/methode.md").read_text(encoding="utf-8")
    assert typographic(tomllib.loads(texts)["apart"]) in method


def test_a_bound_on_the_size_of_unions_is_said_under_the_blocks(desk) -> None:
    nothing = release_derived(empty_table("epci_blocks"), sources=())
    bounded = dataclasses.replace(
        with_tables(desk, epci_blocks=nothing),
        terms=desk.terms._replace(
            parameters=(("methods.max_union_epci", "8"),),
            governance=desk.terms.governance._replace(most_epci=8),
        ),
    )
    said = "s’en tient aux réunions d’au plus 8 intercommunalités"
    assert said in words_of(perimeter(bounded))
    assert said not in words_of(perimeter(desk))
    listed = "Sont énumérées toutes les réunions {} d’un seul tenant"
    assert listed.format("d’au plus 8 EPCI entiers") in plainly(method(bounded))
    assert listed.format("d’EPCI entiers") in plainly(method(desk))


def plainly(chapter: Chapter) -> str:
    """Return the words of a chapter, every space alike."""
    told = "".join(text_of(runs_of(block)) for block in chapter.blocks)
    return " ".join(told.split())


def words_of(chapter: Chapter) -> str:
    """Return the words of a chapter."""
    return "".join(str(run) for block in chapter.blocks for run in runs_of(block))


def test_what_is_left_if_a_council_refuses_is_said(toy: Toy, desk: Desk) -> None:
    said = words_of(governance(desk))
    assert "Et si un conseil dit non" in said
    assert "1 refus isolé sur 3 le coupe" in said
    nothing = released_as(toy, desk.public["refusals"].table.iloc[:0])
    without = with_tables(desk, refusals=nothing)
    assert "conseil dit non" not in words_of(governance(without))


def told_in(chapter: Chapter) -> str:
    """Return a chapter as it is read, values as they are printed."""
    runs = (run for block in chapter.blocks for run in runs_of(block))
    return " ".join(run.text if isinstance(run, Value) else run for run in runs)


def test_what_is_supposed_is_told_with_what_would_replace_it(desk: Desk) -> None:
    said = told_in(hypotheses(desk))
    assert typographic("1 hypothèse sur 2 remplacée") in said
    assert typographic("remplacée (août 2021)") in said
    assert "Établissements réels (SIRENE)" in said
    assert typographic("Sans tampon : Dossier de l’étude.") in said
    assert "Réseau routier réel (OpenStreetMap)" not in said  # it is at hand
    terms = desk.terms._replace(hypotheses=())
    assert "remplacerait" not in told_in(
        hypotheses(dataclasses.replace(desk, terms=terms))
    )
