"""`eitgeo survey`: what it says, what it writes in ``private/``, how it ends."""

import csv
import io
import os
import re
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from eitgeo.cli.app import app
from eitgeo.cli.survey.private import file_label, report_csv
from eitgeo.cli.survey.status import status_lines
from eitgeo.flows.arisings.declared import Interest
from eitgeo.sources.survey.raw import ReportLine
from eitgeo.steps.engine.lock import one_run
from eitgeo.study.project import open_project
from eitgeo.tables.files import write_table
from tests.dossier.test_match_sheets import texts
from tests.flows.toy import make_pairs
from tests.sources.survey_files import OTHER_SIRET, SIRET, again, form, write_json
from tests.steps.test_survey import communes, sites, step
from tests.tables.conftest import frame_of, row_of

ROOT = Path(__file__).resolve().parents[2]
SECRETS = ("Secret", "essai.invalid", SIRET, OTHER_SIRET)


def write_study(folder: Path) -> Path:
    """Write a study in its own folder, run as far as its communes."""
    write_table(folder / "data/processed", communes(), table="communes")
    return Path(shutil.copy(ROOT / "study.yaml", folder / "study.yaml"))


@pytest.fixture
def study(tmp_path) -> Path:
    """A study in its own folder, run as far as its communes."""
    return write_study(tmp_path / "étude")


def call(study: Path, *arguments: object) -> tuple[int, str]:
    """Call a command of the survey; non-breaking spaces become plain ones."""
    words = ["survey", *map(str, arguments), "--study", str(study)]
    found = CliRunner().invoke(app, words)
    text = found.output.replace("\N{NO-BREAK SPACE}", " ")
    return found.exit_code, text.replace("\N{NARROW NO-BREAK SPACE}", " ")


def signed(study: Path, *resources: dict[str, Any], **firm: Any) -> Path:
    """Write the form of a firm of the toy study, with secrets in it."""
    name = f"inscription_{firm.get('siret', SIRET)}.json"
    about = {"commune": "31002", "raison_sociale": "Scierie Secret"} | firm
    content = form(*resources, **about)
    return write_json(study.parent, again(content, etude="systom"), name)


def private(study: Path, name: str) -> bytes:
    """Return a file of the private folder."""
    return (study.parent / "private" / name).read_bytes()


def test_an_import_says_little_and_writes_beside_the_answers(study) -> None:
    code, said = call(study, "import", signed(study))
    assert code == 0
    assert "Lignes acceptées : 1 ; avertissements : 0 ; refus : 0" in said
    assert "Au total : 1 établissement(s), 1 ressource(s)." in said
    assert "« eitgeo run » ne les lit pas" in said
    assert "Fiches de rapprochement : après « eitgeo run »." in said
    page = openpyxl.load_workbook(io.BytesIO(private(study, "contacts.xlsx")))
    assert page.worksheets[0]["F2"].value == "contact@essai.invalid"
    assert "accepté" in private(study, "compte_rendu_import.csv").decode("utf-8-sig")


def test_importing_twice_leaves_the_same_bytes(study) -> None:
    names = ("declarations.parquet", "contacts.xlsx")
    call(study, "import", signed(study))
    first = [private(study, name) for name in names]
    call(study, "import", signed(study))
    assert [private(study, name) for name in names] == first


def test_refusals_are_told_without_what_the_firm_wrote(study) -> None:
    good = signed(study, siret=OTHER_SIRET)
    bad = signed(study, {"quantite": -1, "qualite": "=Secret"}, naf="Secret")
    code, said = call(study, "import", bad, good, study.parent / "absent.csv")
    assert code == 1
    assert (
        "REFUSÉ inscription_73…74.json : ressource 1 : Quantité : nombre négatif"
        in said
    )
    assert "REFUSÉ absent.csv : fichier : fichier absent" in said
    assert "Au total : 1 établissement(s)" in said
    assert not any(secret in said for secret in SECRETS)
    report = private(study, "compte_rendu_import.csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(report), delimiter=";"))
    assert [row[-1] for row in rows if row[3] == "qualite"] == ["'=Secret"]
    assert {row[0] for row in rows[1:]} == {"accepté", "averti", "refusé"}


def test_a_long_account_is_cut_on_the_console(study) -> None:
    bad = again(form({"quantite": -1}, commune="31002"), etude="systom")
    content = [bad for _ in range(60)]
    code, said = call(study, "import", write_json(study.parent, content))
    assert code == 1
    assert said.count("REFUSÉ") == 40
    assert "… et 20 autres lignes" in said


def test_a_date_of_reception_is_taken_where_a_form_has_none(study) -> None:
    path = write_json(
        study.parent, again(form(commune="31002"), etude="systom", date=None)
    )
    code, said = call(study, "import", path)
    assert code == 1
    assert "donner le jour de réception : --date AAAA-MM-JJ" in said
    assert call(study, "import", path, "--date", "2026-12-01")[0] == 0
    assert call(study, "import", path, "--date", "01/12/2026")[0] == 2


def run_once(study: Path) -> None:
    """Write what a run leaves and the survey reads."""
    folder = study.parent / "data/processed"
    write_table(folder, sites(), table="sites")
    bodies = [
        row_of("bodies", body_id=f"epci_20000000{n}", kind="epci", name=f"CC n° {n}")
        for n in (1, 2, 3)
    ]
    write_table(folder, frame_of("bodies", *bodies), table="bodies")
    # Written as it is read: the columns that partners are looked for in.
    pairs = make_pairs().assign(profile="truck")
    pairs.to_parquet(folder / "od_matrix.parquet")


def test_match_sheets_name_firms_that_may_be_named(study) -> None:
    run_once(study)
    board = {"sens": "recherchee", "quantite": 9, "devenir": None}
    code, said = call(
        study,
        "import",
        signed(
            study,
            {
                "mois_debut": "11",
                "mois_fin": "03",
                "contrat_fin": "2027-12-31",
                "devenir_precision": "Tri",
            },
            commune="31001",
        ),
        signed(
            study,
            board,
            siret=OTHER_SIRET,
            raison_sociale="Menuiserie",
            commune="31002",
        ),
    )
    assert code == 0
    assert "Fiches de rapprochement : 2, private/fiches_rapprochement.docx" in said
    told = texts(private(study, "fiches_rapprochement.docx"))
    assert any("DÉMONSTRATION" in one for one in told)
    assert "Disponible\u00a0: Palettes en bois – Scierie Secret" in told
    start = "Quantité\u00a0: 3 bennes de 15\u00a0m³ par mois, soit ≈"
    assert any(one.startswith(start) for one in told)
    assert "Fin du contrat\u00a0: 31/12/2027" in told
    assert "Menuiserie" in told
    assert any(one.startswith("10\u00a0min") for one in told)
    assert not any("essai.invalid" in one for one in told)
    code, said = call(study, "sheets")
    assert code == 0
    assert texts(private(study, "fiches_rapprochement.docx")) == told


def sheet_of(study: Path, *forms: Path) -> list[str]:
    """Import forms into a study that was run; return the words of its sheets."""
    run_once(study)
    assert call(study, "import", *forms)[0] == 0
    return texts(private(study, "fiches_rapprochement.docx"))


def test_a_firm_without_a_declared_commune_stands_at_its_site(study) -> None:
    board = {"sens": "recherchee", "quantite": 9, "devenir": None}
    told = sheet_of(
        study,
        signed(study, board, commune=None, raison_sociale="Panneaux"),
        signed(study, siret=OTHER_SIRET, commune="31002"),
    )
    # Its SIRET is that of site « a » of 31001, 10 km from the sawmill.
    assert "Panneaux" in told
    assert "Enquête\u00a0: recherche 9 bennes de 15\u00a0m³ par mois" in [
        one.replace("15 m³", "15\u00a0m³") for one in told
    ]


@pytest.mark.parametrize(
    ("resource", "firm", "said"),
    [
        ({}, {"commune": "hors"}, "aucun temps de route ne se calcule"),
        ({"nature": "mobilier", "unite": "unite"}, {}, "Aucune règle de synergie"),
        ({"nature": "platre"}, {}, "Aucun établissement à portée"),
    ],
)
def test_a_sheet_without_partners_says_why(study, resource, firm, said) -> None:
    told = sheet_of(study, signed(study, resource, **({"siret": OTHER_SIRET} | firm)))
    assert any(said in one for one in told)


def test_a_sheet_says_what_its_firm_agreed_to(study) -> None:
    no = {"consent_partage": False, "consent_recontact": False}
    told = sheet_of(study, signed(study, **no))
    (line,) = [one for one in told if one.startswith("Accords")]
    assert "partage refusé (ne pas nommer l’entreprise" in line
    assert "recontact refusé" in line


def test_outlets_named_and_known_are_counted(study) -> None:
    outlet = row_of(
        "outlets", outlet_id="isdnd_x", name="Stockage du Pihourc", kind="isdnd"
    )
    folder = study.parent / "data/processed"
    run_once(study)
    write_table(folder, frame_of("outlets", outlet), table="outlets")
    ways = [
        {"devenir": "enfoui", "devenir_precision": "Le Pihourc"},
        {"nature": "cartons", "devenir_precision": "Prestataire Secret"},
    ]
    _, said = call(study, "import", signed(study, *ways))
    assert "Exutoires nommés par les entreprises : 2, reconnus : 1" in said
    assert "Secret" not in said


def test_tables_of_another_folder_are_read_there(study, tmp_path) -> None:
    run_once(study)
    out = tmp_path / "ailleurs"
    shutil.move(study.parent / "data", out / "data")
    assert call(study, "import", signed(study))[0] == 1
    code, said = call(study, "import", signed(study), "--out", out)
    assert code == 0
    assert "Fiches de rapprochement : 1, private" in said
    assert (study.parent / "private/declarations.parquet").is_file()
    for command in (["status"], ["sheets"], ["purge", "--siret", SIRET]):
        assert call(study, *command, "--out", out)[0] == 0


@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
def test_the_private_folder_is_closed_to_others(study) -> None:
    call(study, "import", signed(study))
    assert (study.parent / "private").stat().st_mode & 0o077 == 0


def test_a_purge_of_a_number_that_nobody_bears_says_so(study) -> None:
    call(study, "import", signed(study))
    code, said = call(study, "purge", "--siret", OTHER_SIRET)
    assert code == 1
    assert "Effacés des réponses : 0 établissement(s)" in said
    assert "ATTENTION : aucune fiche au SIRET 39…21 → vérifier le numéro." in said


def test_what_is_kept_is_given_back_and_comes_in_the_same(study) -> None:
    resource = {"quantite": 3.5, "contrat_fin": "2027-12-31", "distance_km": 42.5}
    call(study, "import", signed(study, resource, {"nature": "cartons"}))
    first = private(study, "declarations.parquet")
    code, said = call(study, "extract", "732 829 320 00074")
    assert code == 0
    assert "Extrait : private/extrait_73…74.csv, 2 ligne(s)." in said
    assert not any(secret in said for secret in SECRETS)
    name = f"extrait_{SIRET}.csv"
    assert "contact@essai.invalid" in private(study, name).decode("utf-8-sig")
    (study.parent / "private/declarations.parquet").unlink()
    assert call(study, "import", study.parent / "private" / name)[0] == 0
    assert private(study, "declarations.parquet") == first
    call(study, "purge", "--siret", SIRET)
    assert not (study.parent / "private" / name).exists()
    code, said = call(study, "extract", SIRET)
    assert code == 1
    assert "aucune fiche au SIRET 73…74 → vérifier le numéro" in said


def test_status_counts_no_fewer_than_three(study) -> None:
    run_once(study)
    sirets = ["73282932000074", "39931827800021", "35600000049837", "37804049700034"]
    for rank, siret in enumerate(sirets, start=1):
        call(study, "import", signed(study, siret=siret, commune="31002"))
        code, said = call(study, "status")
        assert code == 0
        if rank < 3:
            assert "Intérêt exprimé : moins de 3 établissement(s)" in said
            assert "CC n°" not in said
    assert "Intérêt exprimé : 4 établissement(s) inscrit(s)." in said
    assert "  CC n° 1 : 4\n" in said
    assert "  CC n° 2 : 0\n" in said
    assert "  Industrie : 4\n" in said
    assert "Dont établissements à mobiliser : moins de 3." in said
    assert "à effacer après le 2029-11-25" in said


def test_shares_are_told_from_three_on() -> None:
    groups: list[tuple[tuple[str, ...], int]] = [(("CC",), 3)]
    sectors: list[tuple[tuple[str, ...], int]] = [(("C", "non précisé"), 12)]
    lines = status_lines(Interest(12, 3, 1200, groups, sectors))
    text = "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")
    assert "Dont établissements à mobiliser : 3 sur 1 200 (0,2 %)." in text
    assert "  Industrie, non précisé : 12" in text
    assert "0 établissement(s)" in status_lines(Interest(0, 0, 9, [], []))[0]


def test_a_purge_forgets_everywhere(study) -> None:
    run_once(study)
    call(
        study,
        "import",
        signed(study),
        signed(study, siret=OTHER_SIRET, commune="31002"),
    )
    code, said = call(study, "purge", "--siret", "732 829 320 00074")
    assert code == 0
    assert "Effacés des réponses : 1 établissement(s), 1 ressource(s)." in said
    assert "Refaire l'étude privée" in said
    folder = study.parent / "private"
    assert not (folder / "compte_rendu_import.csv").exists()
    left = pd.read_parquet(folder / "declarations.parquet")
    assert left["siret"].tolist() == [OTHER_SIRET]
    # Its site stands in a public register, which may tell of it; its answers are gone.
    (title,) = [
        one
        for one in texts(private(study, "fiches_rapprochement.docx"))
        if one.startswith("Disponible\u00a0: Palettes")
    ]
    assert title.endswith("Scierie Secret")
    page = openpyxl.load_workbook(io.BytesIO(private(study, "contacts.xlsx")))
    assert [cell.value for cell in page.worksheets[0]["A"]] == ["SIRET", OTHER_SIRET]
    code, said = call(study, "purge", "--before", "2027-01-01")
    assert "Effacés des réponses : 1 établissement(s)" in said
    assert pd.read_parquet(folder / "declarations.parquet").empty
    page = openpyxl.load_workbook(io.BytesIO(private(study, "contacts.xlsx")))
    assert page.worksheets[0].max_row == 1
    code, said = call(study, "purge")
    assert code == 2
    assert "donner --before AAAA-MM-JJ ou --siret" in said


def test_what_stops_a_command(study) -> None:
    code, said = call(study, "status")
    assert code == 1
    assert "declarations.parquet absent de private → importer des fiches" in said
    text = study.read_text(encoding="utf-8")
    study.write_text(re.sub(r"(?m)^survey:.*\n.*\n", "", text), encoding="utf-8")
    code, said = call(study, "import", signed(study))
    assert code == 2
    assert "section « survey » absente" in said
    study.write_text("identity: 1", encoding="utf-8")
    assert call(study, "status")[0] == 2


def test_an_import_under_way_is_waited_for(study) -> None:
    with one_run(study.parent / "private/.calcul"):
        code, said = call(study, "import", signed(study))
    assert code == 1
    assert "private : un calcul y est déjà en cours" in said


def test_a_study_that_was_never_run_says_so(study) -> None:
    (study.parent / "data/processed/communes.parquet").unlink()
    code, said = call(study, "import", signed(study))
    assert code == 1
    assert "communes.parquet absent de processed → lancer « eitgeo run »" in said


def test_names_of_files_hide_numbers_and_controls() -> None:
    assert file_label("a\x1b[31m_12345678901234.csv") == "a?[31m_12…34.csv"
    line = ReportLine("refusé", "=f.csv", "ligne 1", "siret", "m", "r", "+33")
    content = report_csv([line]).decode("utf-8-sig")
    assert "refusé;'=f.csv;ligne 1;siret;m;r;'+33\r\n" in content


SIRETS = ["73282932000074", "39931827800021", "35600000049837", "37804049700034"]
MORE = ["44306184100047", "55208131766522", "54205118000066"]


def answered(study: Path, *masses: float, sirets: list[str] = SIRETS) -> None:
    """Bring the answers of several sawmills in, tonnes a year."""
    given = [{"quantite": mass_t, "unite": "t", "periode": "an"} for mass_t in masses]
    names = [
        signed(study, resource, siret=siret, commune="31002")
        for siret, resource in zip(sirets, given, strict=False)
    ]
    assert call(study, "import", *names)[0] == 0


@pytest.fixture(scope="module")
def told_by_three(tmp_path_factory) -> Path:
    """Return the folder of a study that three sawmills answered."""
    study = write_study(tmp_path_factory.mktemp("trois") / "étude")
    run_once(study)
    answered(study, 20.0, 30.0, 41.7)
    return study.parent


@pytest.fixture
def three(told_by_three, tmp_path) -> Path:
    """A study of one's own, run, that three sawmills answered."""
    return Path(shutil.copytree(told_by_three, tmp_path / "étude")) / "study.yaml"


def published_rows(study: Path) -> list[list[str]]:
    """Return what was published: subject, item, firms, tonnes."""
    path = study.parent / "data/raw/enquete.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert {row["epci"] for row in rows} == {"CC n° 1"}
    return [
        [row[k] for k in ("sujet", "detail", "entreprises", "t_par_an")] for row in rows
    ]


def test_publish_lets_sums_of_three_firms_out_and_nothing_else(study) -> None:
    run_once(study)
    answered(study, 20.0, 30.0)
    code, said = call(study, "publish", "--yes")
    assert (code, "Rien à publier" in said) == (0, True)
    assert not (study.parent / "data/raw/enquete.csv").exists()
    answered(study, 20.0, 30.0, 41.7)
    code, said = call(study, "publish", "--yes")
    assert code == 0
    assert "Déchets non dangereux et non inertes : 92 t/an, 3 entreprises" in said
    # The outlet of all three is that of each.
    assert published_rows(study) == [
        ["flux", "NDNI", "3", "92"],
        ["inscrites", "", "3", ""],
    ]
    assert "CC n° 1, Repris par un prestataire" in said
    assert "Entreprises d'aucun registre de l'étude : 2" in said
    text = (study.parent / "data/raw/enquete.csv").read_text(encoding="utf-8")
    assert not any(word in text for word in (*SECRETS, *SIRETS, "41.7"))
    for siret in SIRETS:
        assert siret[:9] not in text


def test_nothing_leaves_before_a_person_agreed(three) -> None:
    words = ["survey", "publish", "--study", str(three)]
    found = CliRunner().invoke(app, words, input="peut-être\n")
    assert "rien d'autre" in found.output
    assert "Rien n'est écrit." in found.output
    assert not (three.parent / "data/raw/enquete.csv").exists()
    assert not (three.parent / "private/publications.json").exists()
    assert CliRunner().invoke(app, words).exit_code == 1  # nobody to ask
    assert CliRunner().invoke(app, words, input="oui\n").exit_code == 0
    assert (three.parent / "data/raw/enquete.csv").exists()


def test_a_publication_stands_until_the_next_year(three) -> None:
    say = ("publish", "--yes", "--date")
    code, said = call(three, *say, "2026-02-01")
    assert "Ce que 2026 bloque" in said
    assert "Utilité : 100 % des tonnes sont dites" in said
    path, ledger = three.parent / "data/raw/enquete.csv", "publications.json"
    first, held = path.read_bytes(), private(three, ledger)
    answered(three, 25.0, 25.0, 40.0, sirets=MORE)
    path.unlink()  # killed midway: the ledger was written, the file was not
    code, said = call(three, *say, "2026-12-31")
    assert (code, "Rien de neuf" in said) == (0, True)
    assert (path.read_bytes(), private(three, ledger)) == (first, held)
    code, said = call(three, *say, "2025-12-31")
    assert (code, "précède la publication du 2026-02-01" in said) == (1, True)
    assert call(three, *say, "2027-01-01")[0] == 0
    assert ["flux", "NDNI", "6", "180"] in published_rows(three)


def test_a_sum_that_one_firm_changes_stays_as_it_was_told(three) -> None:
    say = ("publish", "--yes", "--date")
    call(three, *say, "2026-02-01")
    first = (three.parent / "data/raw/enquete.csv").read_bytes()
    answered(three, 20.0, 30.0, 41.7, 123.4)
    code, said = call(three, *say, "2027-01-01")
    assert (code, "Rien de neuf" in said, "123" in said) == (0, True, False)
    assert (three.parent / "data/raw/enquete.csv").read_bytes() == first


def test_tonnes_that_a_register_prints_protect_nobody(study) -> None:
    run_once(study)
    folder = study.parent / "data/processed"
    two = pd.concat([sites().iloc[[0]]] * 2, ignore_index=True)
    two = two.assign(siret=SIRETS[:2], site_id=["i1", "i2"])
    write_table(folder, two, table="sites")
    rows = [
        row_of("waste_declarations", site_id=one, file="f.csv", row=one, year="2024")
        for one in two["site_id"]
    ]
    write_table(
        folder, frame_of("waste_declarations", *rows), table="waste_declarations"
    )
    answered(study, 300.0, 260.0, 118.0)
    code, said = call(study, "publish", "--yes")
    assert (code, "680" in said) == (0, False)
    assert published_rows(study) == [["inscrites", "", "3", ""]]


def test_two_studies_of_one_folder_share_its_ledger(three) -> None:
    say = ("publish", "--yes", "--date")
    call(three, *say, "2026-02-01")
    first = (three.parent / "data/raw/enquete.csv").read_bytes()
    other = three.with_name("autre.yaml")
    text = three.read_text(encoding="utf-8")
    path = "survey:\n  published: data/raw/autre.csv\n"
    other.write_text(re.sub(r"(?m)^survey:.*\n", path, text), encoding="utf-8")
    answered(three, 20.0, 30.0, 41.7, 123.4)
    assert call(other, *say, "2026-03-01")[0] == 0
    assert (three.parent / "data/raw/autre.csv").read_bytes() == first


def test_borrowed_numbers_are_told_before_a_publication(study) -> None:
    run_once(study)
    same = {"contact_courriel": "un@essai.invalid", "commune": "31002"}
    forms = [signed(study, siret=siret, **same) for siret in SIRETS[:2]]
    shy = signed(study, siret=SIRETS[2], commune="31002", consent_recontact=False)
    call(study, "import", *forms, shy)
    _, said = call(study, "publish", "--yes")
    assert "Un même contact pour plusieurs entreprises : 39…21, 73…74" in said
    assert "Entreprises que personne ne peut rappeler : 1." in said
    assert not any(one in said for one in (*SIRETS, "un@essai"))


def test_an_erased_firm_leaves_the_ledger_and_is_still_protected(study) -> None:
    run_once(study)
    answered(study, 20.0, 30.0, 41.7, 35.0)
    call(study, "publish", "--yes", "--date", "2026-02-01")
    first = published_rows(study)
    _, said = call(study, "extract", SIRETS[0])
    assert "Comptée dans les sommes publiées : 2026-" in said
    _, said = call(study, "purge", "--siret", SIRETS[0])
    assert "Déjà publiées avec eux : 2 somme(s)" in said
    ledger = private(study, "publications.json").decode()
    assert SIRETS[0][:9] not in ledger
    assert SIRETS[1][:9] in ledger
    assert call(study, "publish", "--yes", "--date", "2027-02-01")[0] == 0
    assert published_rows(study) == first
    # The same firms answer again, and one more: the difference would be that one.
    call(study, "purge", "--before", "2026-11-26")
    answered(study, 20.0, 30.0, 41.7, 35.0)
    answered(study, 30.0, sirets=MORE)
    assert call(study, "publish", "--yes", "--date", "2028-02-01")[0] == 0
    assert published_rows(study) == first


def test_sums_that_nothing_remembers_stop_publications(three) -> None:
    say = ("publish", "--yes", "--date")
    call(three, *say, "2026-02-01")
    ledger = three.parent / "private/publications.json"
    old, path = ledger.read_bytes(), three.parent / "data/raw/enquete.csv"
    step("survey").run(open_project(three))
    ledger.unlink()
    for _ in range(2):  # the file; then what a study read of it alone
        code, said = call(three, *say, "2026-03-01")
        assert (code, "que publications.json ne connaît pas" in said) == (1, True)
        path.unlink(missing_ok=True)
    (three.parent / "data/processed/survey_public.parquet").unlink()
    ledger.write_bytes(old)
    answered(three, 25.0, 25.0, 40.0, sirets=MORE)
    assert call(three, *say, "2027-03-01")[0] == 0
    ledger.write_bytes(old)  # an older backup
    assert call(three, *say, "2028-03-01")[0] == 1


def test_a_file_of_the_user_is_never_published_over(three, tmp_path) -> None:
    path = three.parent / "data/raw/enquete.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("name,x\nà moi,1\n", encoding="utf-8")
    code, said = call(three, "publish", "--yes")
    assert code == 1
    assert path.read_text(encoding="utf-8").endswith("à moi,1\n")
    path.unlink()
    (tmp_path / "dehors.csv").write_text("x", encoding="utf-8")
    path.symlink_to(tmp_path / "dehors.csv")
    code, said = call(three, "publish", "--yes")
    assert code == 1
    assert "lien hors de l'étude → en faire un fichier" in said
    assert (tmp_path / "dehors.csv").read_text(encoding="utf-8") == "x"


def test_an_amount_edited_by_hand_stops_the_next_publication(three) -> None:
    path = three.parent / "data/raw/enquete.csv"
    call(three, "publish", "--yes", "--date", "2026-11-25")
    text = path.read_text(encoding="utf-8")
    (row,) = [one for one in published_rows(three) if one[0] == "flux"][:1]
    edited = text.replace(f",{row[-1]},", f",{float(row[-1]) + 1:g},")
    assert edited != text
    path.write_text(edited, encoding="utf-8")
    code, said = call(three, "publish", "--yes", "--date", "2026-11-26")
    assert code == 1
    assert "dit des sommes que publications.json ne connaît pas" in said
    assert path.read_text(encoding="utf-8") == edited


def test_contacts_edited_by_hand_stay(study) -> None:
    call(study, "import", signed(study))
    path = study.parent / "private/contacts.xlsx"
    path.write_bytes(path.read_bytes() + b"notes")
    edited = path.read_bytes()
    code, said = call(study, "import", signed(study, siret=OTHER_SIRET))
    assert code == 0
    assert "contacts.xlsx : modifié à la main, gardé tel quel" in said
    assert path.read_bytes() == edited
    beside = study.parent / "private/contacts.nouveau.xlsx"
    assert openpyxl.load_workbook(beside).worksheets[0].max_row >= 3


def test_a_damaged_ledger_stops_publications(three) -> None:
    (three.parent / "private/publications.json").write_text("{", encoding="utf-8")
    code, said = call(three, "publish", "--yes")
    assert code == 1
    assert "registre des publications illisible" in said
    assert not (three.parent / "data/raw/enquete.csv").exists()
