"""`eitgeo status` and `eitgeo ask`: what is supposed, who is asked, what comes back."""

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

import eitgeo as eg
from eitgeo.cli.app import app
from eitgeo.cli.ask.questions import study_letters
from eitgeo.cli.ask.sheets import FIRST_ROW, HEAD_ROW
from eitgeo.maps.words.hypotheses import (
    PARTLY,
    REPLACED,
    SUPPOSED,
    Hypothesis,
    count_sentence,
    next_one,
    study_hypotheses,
)
from eitgeo.reference.asks import ask_columns, ask_holders, ask_sheets
from eitgeo.reference.indicators import gap_rows, hypothesis_rows, indicator_bases
from eitgeo.reference.real import real_sources
from eitgeo.sources.survey.raw import plain_text
from eitgeo.sources.territory.bodies import read_membership
from eitgeo.sources.waste.outlets import SOURCE
from eitgeo.study.project import Project, open_project

ROOT = Path(__file__).resolve().parents[2]
FILES = ("bodies", "membership", "outlets", "urssaf_2025", "insee_2018")
HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'


@pytest.fixture
def study(tmp_path) -> Path:
    """The delivered study with its lists, without its roads."""
    folder = tmp_path / "étude"
    (folder / "data/raw").mkdir(parents=True)
    for name in FILES:
        shutil.copy(ROOT / f"data/raw/{name}.csv", folder / f"data/raw/{name}.csv")
    members = folder / "data/raw/membership.csv"
    lines = members.read_text(encoding="utf-8").splitlines(keepends=True)
    unsure = [one for one in lines if ",a_confirmer," in one]
    members.write_text("".join([*lines[:60], *unsure[:40]]), encoding="utf-8")
    shutil.copy(ROOT / "data/sources.csv", folder / "data/sources.csv")
    return Path(shutil.copy(ROOT / "study.yaml", folder / "study.yaml"))


def said(*words: object, code: int = 0) -> str:
    """Return what a command says."""
    done = CliRunner().invoke(app, [str(one) for one in words])
    assert done.exit_code == code, done.output
    return done.output.replace("\N{NO-BREAK SPACE}", " ")


def changed(study: Path, change) -> Project:
    """Open the study with some keys changed."""
    content = yaml.safe_load(study.read_text(encoding="utf-8"))
    change(content)
    study.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return open_project(study)


def states(project: Project) -> dict[str, Hypothesis]:
    """Index what a study supposes."""
    return {one.basis: one for one in study_hypotheses(project)}


def test_one_list_of_hypotheses() -> None:
    rows = hypothesis_rows()
    may_lack = indicator_bases()["optional"].eq("oui")
    gaps = gap_rows().index
    assert list(rows.index) == [one for one in gaps if not may_lack.get(one, False)]
    uses = {use for cell in rows["uses"] for use in cell.split()}
    assert uses <= set(real_sources()["use"])
    sheets = ask_sheets()
    assert set(sheets["basis"]) <= {*rows.index, ""}
    asked = {one for cell in sheets["holders"] for one in cell.split()}
    assert asked == set(ask_holders().index)
    assert all(len(ask_columns(name)) for name in sheets.index)


def test_what_is_supposed_is_read_from_the_study(study) -> None:
    found = states(open_project(study))
    assert found["urssaf"].state == REPLACED
    assert found["urssaf"].by == ("urssaf_2025.csv (fin 2025)",)
    assert found["sites"].state == SUPPOSED
    members = study.parent / "data/raw/membership.csv"
    with members.open(encoding="utf-8") as lines:
        n_rows = sum(row["status"] == "a_confirmer" for row in csv.DictReader(lines))
    assert found["memberships"].state == PARTLY
    (remains,) = found["memberships"].remains
    assert re.sub(r"\D", "", remains) == str(n_rows)
    # The extract of the roads is named, and is not there.
    assert found["roads"].state == SUPPOSED
    assert found["roads"].remains == (
        "fichier à apporter : data/raw/osm_roads_2021.osm.pbf",
    )
    n_whole = sum(one.state == REPLACED for one in found.values())
    assert n_whole == 2
    assert count_sentence(tuple(found.values())).startswith(
        f"{n_whole} hypothèses sur 12"
    )


def test_before_its_files_are_there_nothing_is_replaced(tmp_path) -> None:
    path = tmp_path / "val/study.yaml"
    said("new", "val", "--real", "--epci", "couserans,volvestre", "--out", path.parent)
    lines = said("status", path)
    assert lines.startswith("Aucune hypothèse sur 12 remplacée.\n")
    found = states(open_project(path))
    assert {one.state for one in found.values()} == {SUPPOSED}
    assert all(one.by == () for one in found.values())
    union = "réunion d’EPCI à confirmer : Réunion de 2 EPCI – hypothèse à confirmer"
    assert found["memberships"].remains[-1].replace("\xa0", " ") == union
    # Seven départements, and the declarants: four are named, the others counted.
    (files,) = found["registers"].remains
    assert files.startswith("8 fichiers à apporter")
    assert files.endswith("icpe_32.zip, et 4 autres")
    assert found["registers"].commands[0] == "eitgeo fetch"
    # What a study names and a command brings, it need not be told to write.
    assert "puis, dans study.yaml" not in lines
    for name in ("perimetre-epci-a-fp.csv", "banatic_france.xlsx"):
        listed = path.parent / "data/raw/officiel" / name
        listed.parent.mkdir(parents=True, exist_ok=True)
        listed.write_bytes(b"")
    after = states(open_project(path))["memberships"]
    assert (after.state, len(after.by)) == (PARTLY, 2)
    assert [one.replace("\xa0", " ") for one in after.remains] == [union]


def test_what_a_replacement_changes(study) -> None:
    found = states(open_project(study))
    files = set(found["sites"].files)
    assert {"Dossier de l’étude", "Composition des zones"} <= files
    assert not any("structures" in one for one in files)  # bears no stamp
    assert found["sites"].conditions == ()  # firms answer, registers do not
    assert next_one(tuple(found.values())) == found["sites"]

    def real(content) -> None:
        stock = Path("data/raw/stock.parquet")
        (study.parent / stock).write_bytes(b"")
        content["sources"]["sites"] = [{"reader": "sirene", "path": str(stock)}]
        content["sources"]["sites"][0]["vintage"] = "septembre 2026"

    after = states(changed(study, real))
    assert after["sites"].state == after["headcounts"].state == REPLACED
    assert after["sites"].by == ("stock.parquet (septembre 2026)",)
    assert after["sites"].files == ()
    assert after["registers"].state == SUPPOSED
    # Both stand-ins: no file loses its stamp by one of them alone.
    surrogate = open_project(ROOT / "study.yaml").study
    roads = surrogate.roads.model_copy(
        update={
            "network": surrogate.roads.network.model_copy(
                update={"reader": "surrogate"}
            )
        }
    )
    both = surrogate.model_copy(update={"roads": roads})
    project = replace(open_project(study), study=both)
    assert "Dossier de l’étude" not in states(project)["sites"].files


def test_status_says_it_in_words_and_for_a_machine(study) -> None:
    lines = said("status", study)
    assert lines.startswith("2 hypothèses sur 12 remplacées, 1 en partie.")
    assert f'eitgeo fetch "{study}" --only "SIRENE établissements"' in lines
    assert "eitgeo ask\n" not in lines  # every command is typed as it stands
    assert "La prochaine, qui change le plus : Établissements tirés au sort" in lines
    assert "Aucune demande écrite" in lines
    facts = json.loads(said("status", study, "--json"))
    assert facts["prochaine"] == "sites"
    assert [one["basis"] for one in facts["hypotheses"]] == list(
        hypothesis_rows().index
    )
    table = eg.status(open_project(study))
    assert table["etat"].tolist() == [one["state"] for one in facts["hypotheses"]]
    assert table.attrs["phrase"] == facts["phrase"]


def test_letters_ask_each_holder_what_it_has(study) -> None:
    told = said("ask", study)
    assert "réponse souhaitée avant le 24/12/2026" in told
    folder = study.parent / "private/demandes"
    names = {one.name for one in folder.glob("[!.]*")}
    assert {"lettre_dreal.docx", "tableau_dreal.xlsx", "LISEZMOI.txt"} <= names
    assert len(names) == 2 * len(ask_holders()) + 1
    made = {one: (folder / one).read_bytes() for one in names}
    with zipfile.ZipFile(folder / "lettre_porteuse.docx") as archive:
        text = archive.read("word/document.xml").decode()
    assert "PROJET, À FAIRE VALIDER" in text
    assert "coût annuel d’un poste" in text
    assert "rubriques" not in text  # what the DREAL has
    said("ask", study)
    assert made == {one: (folder / one).read_bytes() for one in names}
    (folder / "lettre_dreal.docx").write_bytes(b"edited")
    assert "modifié à la main" in said("ask", study)
    assert (folder / "lettre_dreal.docx").read_bytes() == b"edited"


def test_what_is_replaced_is_not_asked(study) -> None:
    def known(content) -> None:
        content["governance"]["budget"] = {
            "fte_cost_eur": 50000,
            "other_cost_eur": 1000,
            "aid_pct": 50,
        }
        content["ask"] = {"due": "2027-01-31"}

    project = changed(study, known)
    assert "porteuse" not in {one.holder for one in study_letters(project)}
    assert "avant le 31/01/2027" in said("ask", study)
    part = changed(study, lambda one: one["governance"]["budget"].pop("aid_pct"))
    assert states(part)["costs"].state == PARTLY
    assert states(part)["costs"].remains == (
        "governance.budget.aid_pct reste à donner",
    )


def heads_of(page) -> dict[str, int]:
    """Return where each question of a sheet stands."""
    cells = page[HEAD_ROW + 1]
    return {plain_text(str(one.value)).removesuffix(" *"): one.column for one in cells}


def filled(
    study: Path, holder: str, sheet: str, rows: Sequence[Mapping[str, object]]
) -> Path:
    """Fill rows of a sheet under those that are known, as a holder would."""
    path = study.parent / f"private/demandes/tableau_{holder}.xlsx"
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    heads = heads_of(page)
    line = FIRST_ROW + 1
    while page.cell(line, 1).value:
        line += 1
    for row in rows:
        for head, value in row.items():
            page.cell(line, heads[head], value)
        line += 1
    received = study.parent / f"retour {holder}.xlsx"
    book.save(received)
    return received


def test_answers_come_back_as_lists_that_the_study_reads(study) -> None:
    said("ask", study)
    path = study.parent / "private/demandes/tableau_syndicat.xlsx"
    book = openpyxl.load_workbook(path)
    page = book["Membres"]
    heads = heads_of(page)
    status, act = heads["Confirmé ?"], heads["Acte ou source"]
    code = page.cell(FIRST_ROW + 1, heads["Commune (code officiel)"]).value
    page.cell(FIRST_ROW + 1, status, "oui (acte publié)")
    page.cell(FIRST_ROW + 1, act, HOSTILE)
    received = study.parent / "retour.xlsx"
    book.save(received)
    told = said("ask", study, "--read", received)
    assert "1 ligne(s) gardée(s), 0 faute(s)" in told  # the others are as they were
    assert "sources.membership: private/demandes/reponses/membership.csv" in told
    kept = study.parent / "private/demandes/reponses/membership.csv"
    before = read_membership(study.parent / "data/raw/membership.csv")
    after = read_membership(kept)
    assert len(after) == len(before)
    moved = after["status"].eq("a_confirmer").sum()
    assert moved == before["status"].eq("a_confirmer").sum() - 1
    mine = after[after["source"].str.startswith("réponse : Syndicat")]
    assert mine["code_insee"].tolist() == [code]
    assert HOSTILE in mine["source"].iloc[0]
    assert "1 demande sur 6 a une réponse" in said("status", study)
    project = changed(
        study,
        lambda one: one["sources"].update(
            membership="private/demandes/reponses/membership.csv"
        ),
    )
    (remains,) = states(project)["memberships"].remains
    assert re.sub(r"\D", "", remains) == str(moved)


def test_answers_come_back_as_lines_of_the_study(study) -> None:
    said("ask", study)
    cost = {
        "Coût d’un poste (€/an)": 48000,
        "Autres frais (€/an)": 0,
        "Taux d’aide (%)": 60,
    }
    road = {
        "Identifiant court": "pont",
        "Route ou ouvrage": HOSTILE,
        "Numéro (D 618)": "D 618",
        "Raison": "limité à 19 t : #",
    }
    outlet = {
        "Identifiant (s’il est connu)": "quai_neuf",
        "Installation": HOSTILE,
        "Nature": "centre tri",
        "Commune (code officiel)": "31483",
        "Rubriques (séparées par « ; »)": "2714;2716",
        "Capacité autorisée (t/an)": 1200.5,
        "Vérifié ?": "oui",
        "Fin de l’autorisation (année)": 2040,
    }
    files = [
        filled(study, "porteuse", "Coûts du poste", [cost]),
        filled(study, "routes", "Routes", [road]),
        filled(study, "dreal", "Exutoires", [outlet]),
    ]
    options = [word for one in files for word in ("--read", one)]
    told = said("ask", study, *options)
    assert "3 demandes sur 6 ont une réponse" in told
    assert (
        "governance.budget: {fte_cost_eur: 48000, other_cost_eur: 0, aid_pct: 60}"
        in told
    )
    folder = study.parent / "private/demandes/reponses"
    lines = (folder / "a_reporter.yaml").read_text(encoding="utf-8").splitlines()
    (closed,) = [one for one in lines if one.startswith("roads.closures: - ")]
    (case,) = yaml.safe_load(closed.removeprefix("roads.closures: "))
    assert case["ref"] == "D 618"
    assert case["label"].startswith(f"'{HOSTILE}")  # shielded where it is kept
    rows = SOURCE.read(folder / "outlets.csv").table.set_index("outlet_id")
    assert rows.loc["quai_neuf", "kind"] == "centre_tri"
    assert rows.loc["quai_neuf", "capacity_t"] == pytest.approx(1200.5)
    assert "autorisation jusqu’en 2040" in str(rows.loc["quai_neuf", "source"])
    old = SOURCE.read(study.parent / "data/raw/outlets.csv").table
    assert set(rows.index) == {*old["outlet_id"], "quai_neuf"}
    # Read again, a file takes the place of what it held.
    said("ask", study, *options)
    with (folder / "routes.csv").open(encoding="utf-8") as lines_of:
        assert len(list(csv.DictReader(lines_of))) == 1


def test_each_fault_has_the_address_of_its_cell(study) -> None:
    said("ask", study)
    rows: list[dict[str, object]] = [
        {"Année": 2025, "Déchet": "Bois", "Tonnes par an": -4},
        {"Année": "hier", "Déchet": "Bois", "Tonnes par an": "=1+1"},
        {"Année": 2025, "Déchet": "Bois", "Tonnes par an": 12},
        {"Année": 2025, "Tonnes par an": 12},
    ]
    received = filled(study, "syndicat", "Tonnages", rows)
    told = said("ask", study, "--read", received, code=1)
    file, first = "retour syndicat.xlsx, Tonnages", FIRST_ROW + 1
    for cell, met in (
        (f"E{first}", "nombre requis, de 0 à 10000000"),
        (f"A{first + 1}", "année requise, de 2000 à 2100"),
        (f"E{first + 1}", "nombre requis"),
        (f"B{first + 3}", "réponse nécessaire"),
    ):
        assert any(
            line.startswith(f"{file}!{cell} :") and met in line
            for line in told.splitlines()
        ), (cell, told)
    assert "1 ligne(s) gardée(s), 4 faute(s)" in told


@pytest.mark.parametrize("kind", ["absent", "text", "other"])
def test_a_file_that_is_no_sheet_is_refused(study, kind) -> None:
    path = study.parent / "x.xlsx"
    if kind == "text":
        path.write_text("bonjour", encoding="utf-8")
    elif kind == "other":
        openpyxl.Workbook().save(path)
    met = {"absent": "fichier absent", "text": "illisible", "other": "ne dit pas qui"}
    assert met[kind] in said("ask", study, "--read", path, code=1)
    assert not (study.parent / "private/demandes/reponses").exists()


def test_nothing_of_an_answer_is_a_formula(study) -> None:
    said("ask", study)
    row = {"Année": 2025, "Déchet": HOSTILE, "Tonnes par an": 1}
    said("ask", study, "--read", filled(study, "syndicat", "Tonnages", [row]))
    kept = study.parent / "private/demandes/reponses/tonnages.csv"
    text = kept.read_text(encoding="utf-8")
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert any(HOSTILE in cell for cell in cells)
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)
