"""From the names of three EPCI to a study without a stamp, by public commands alone."""

import io
import re
import shutil
import zipfile
from collections import Counter

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from eitgeo.audit.auditing import audit_study
from eitgeo.maps.words.hypotheses import study_hypotheses
from eitgeo.sources.fetch.plan import FETCHED_NAME, read_fetched
from eitgeo.steps.declared import STEPS
from eitgeo.store import digest
from eitgeo.tables.files import read_table
from eitgeo.tables.schema import TABLES, validate
from tests.disclosure.scan import scan, texts_of
from tests.dossier.reading import hold_dossier, hold_verified
from tests.producer.bridge import SECRETS, client_number
from tests.producer.country import asked, communes, former, members
from tests.producer.firms import HIDDEN, HOSTILE, firms, hidden_numbers
from tests.producer.registers import declarants, is_installation
from tests.producer.sirene import N_AWAY
from tests.producer.study import asked_sirens
from tests.producer.territories import PETR, SYNDICATE
from tests.studies.answers import answers_of
from tests.words.forbidden import FORBIDDEN, spoken

pytestmark = pytest.mark.results

NOT_NAMED = ("declarations", "road_restrictions")
"""Tables of files (answers to the survey, BD TOPO) that this study does not name."""
WRITTEN = sorted({name for step in STEPS for name in step.writes if name in TABLES})
STAMP = "DÉMONSTRATION"
UNSEEN = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler absent"
)


@pytest.fixture(scope="module")
def table(real):
    """Return a reader of the tables of the run."""
    return lambda name: read_table(real.project.processed, name)


def test_every_command_ends_well(real) -> None:
    assert real.codes == dict.fromkeys(real.said, 0), real.said["run"]
    written = [path for step in STEPS for path in step.artefacts(real.project)]
    assert all(path.is_file() and path.stat().st_size > 0 for path in written)
    # Once more, offline: nothing is due.
    assert "0 étape(s) exécutée(s)" in real.said["run again"], real.said["run again"]


def test_files_are_whole_whatever_their_hosts_do(real) -> None:
    base = real.project.base
    assert {at: digest(base / at) for at in real.digests} == real.digests
    fetched = read_fetched(base / "data" / FETCHED_NAME)
    assert {at: one.sha256 for at, one in fetched.items()} == real.digests
    gets = Counter(path for how, path, _ in real.asked["fetch"] if how == "GET")
    ranges = [(path, told) for _, path, told in real.asked["fetch"] if told]
    for manner, n_gets in {"cut": 2, "busy": 2, "moved": 1, "gzip": 1}.items():
        assert {gets[path] for path in real.manners[manner]} == {n_gets}, manner
    assert sorted(path for path, _ in ranges) == sorted(real.manners["cut"])
    assert all(re.fullmatch(r"bytes=[1-9]\d*-", told) for _, told in ranges)
    assert all(gets[f"/static{path}"] == 1 for path in real.manners["moved"])
    # Sizes are asked without the files; what is there is asked for no more.
    assert {how for how, _, _ in real.asked["sizes"]} == {"HEAD"}
    assert real.asked["fetch again"] == []


def test_nothing_is_a_demonstration(real) -> None:
    project = real.project
    assert project.study.demonstration_reasons == ()
    names = [path.name for path in project.maps.rglob("*") if path.is_file()]
    assert len(names) > 40
    assert [name for name in names if name.startswith("DEMO_")] == []


@needs_poppler
def test_no_document_says_that_it_is_one(real) -> None:
    kinds: Counter[str] = Counter()
    for path in sorted(real.project.maps.rglob("*")):
        if not path.is_file():
            continue
        # Scripts and styles of pages bear the word for the studies that are.
        texts = (UNSEEN.sub("", text) for text in texts_of(path))
        assert not any(STAMP in text for text in texts), path.name
        kinds[path.suffix] += 1
    assert kinds.keys() >= {".html", ".pdf", ".xlsx", ".docx", ".png"}
    (comparator,) = real.project.maps.rglob("comparateur.html")
    assert '"demonstration":[]' in comparator.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(WRITTEN) - set(NOT_NAMED)))
def test_every_table_is_valid(table, name) -> None:
    rows = table(name)
    assert validate(rows, table=name).equals(rows)


def test_no_row_is_drawn(table) -> None:
    sites = table("sites")
    assert not sites["synthetic"].any()
    assert set(sites["evidence"]) == {"O"}
    assert (table("indicators")["synthetic_share_pct"].fillna(0) == 0).all()


def test_establishments_are_those_of_the_registers(table) -> None:
    """Each one once: those that are open, and installations that tell no SIRET."""
    sites = table("sites")
    open_firms = [one for one in firms() if not one.closed]
    in_sirene = sites["source"].str.contains("SIRENE")
    assert int(in_sirene.sum()) == len(open_firms)
    hidden = sites[in_sirene & (sites["natural_person"] | ~sites["diffusible"])]
    assert len(hidden) == sum(one.is_hidden for one in open_firms)
    assert set(hidden["siret"]) == {""}
    by_commune = Counter(one.commune.code for one in open_firms)
    assert sites.loc[in_sirene, "code_insee"].value_counts().to_dict() == by_commune
    # Rows of a commune that is no more are in the present one.
    assert any(one.code == former().code for one in open_firms)
    assert former().code not in set(sites["code_insee"])
    left_out = table("sites_dropped")
    away = left_out[left_out["reason"].str.contains("commune")]
    assert away.loc[away["file"].str.contains("Stock"), "n_rows"].sum() == N_AWAY


def test_one_establishment_of_two_registers_is_one_row(table) -> None:
    sites = table("sites")
    told = sites[~sites["source"].str.contains("SIRENE")]
    # Beside those without a SIRET, registers know closed establishments.
    closed = {one.siret for one in firms() if one.closed}
    assert set(told["siret"]) <= closed | {""}
    shown = sites.loc[sites["siret"] != "", "siret"]
    assert shown.is_unique


def test_the_territory_is_that_of_the_lists(real, table) -> None:
    here = table("communes").set_index("code_insee")
    assert set(here.index) == {one.code for one in communes()}
    assert set(here.index[here["in_area"]]) == {one.code for one in asked()}
    assert here["population"].to_dict() == {
        one.code: one.population for one in communes()
    }
    of_body = table("membership").groupby("body_id")["code_insee"].agg(set)
    assert of_body[f"syndicat_{SYNDICATE[0]}"] == {one.code for one in asked()}
    two = {one.code for letter in "AB" for one in members(letter)}
    assert of_body[f"petr_{PETR[0]}"] == two
    assert real.project.study.territory.perimeters[1:] == tuple(
        f"epci_{siren}" for siren in asked_sirens()
    )


def test_counts_are_those_of_the_register(table) -> None:
    counted = table("activity_ape")
    employers = counted[counted["measure"] == "employers"]
    mine = Counter(
        one.commune.code
        for one in firms()
        if one.tranche != "NN" and not one.closed and one.naf[:2] not in {"01", "84"}
    )
    assert employers.groupby("code_insee")["value"].sum().to_dict() == mine


def test_the_verdict_is_computed(table) -> None:
    verdicts = table("verdicts")
    assert set(verdicts["verdict"]) == {"pas_encore"}
    assert set(verdicts["answer"]) == {"non_demandee"}


def test_distances_hold_no_number_where_there_is_no_way(table) -> None:
    pairs = table("od_matrix")
    reached = pairs["status"].isin(["ok", "same_place"])
    assert reached.any()
    assert pairs.loc[reached, ["time_s", "length_m"]].notna().all(axis=None)
    assert pairs.loc[~reached, ["time_s", "length_m"]].isna().all(axis=None)


@needs_poppler
def test_the_dossier_is_whole(real) -> None:
    hold_dossier(real.project.maps, prefix="")


def test_its_files_verify(real) -> None:
    hold_verified(real.project)


@needs_poppler
def test_the_audit_finds_nothing_in_what_is_published(real) -> None:
    found = audit_study(real.project, draws=2)
    assert (found.findings, found.remarks, found.undeclared) == ([], [], [])
    assert found.n_cells > 1_000
    assert found.n_files > 20


def test_no_step_opens_the_answers_of_firms(real) -> None:
    assert answers_of(real.project).is_file()
    assert real.opened == []


@needs_poppler
def test_nobody_hidden_is_published(real, table) -> None:
    """The largest sites of the territory are theirs, in three registers each."""
    assert {one.tranche for one in firms() if one.name in HIDDEN} == {"22"}
    hidden = [one for one in firms() if one.is_hidden and is_installation(one)]
    assert len(hidden) > len(HIDDEN)
    assert {one.siret for one in hidden} & {one.siret for one in declarants()}
    shown = next(
        one
        for one in declarants()
        if not one.is_hidden and not one.closed and one.naf.startswith("38")
    )
    told = scan(real.project.maps, names=[*hidden_numbers(), shown.name])
    found = [one for one in told if one.what == "nom"]
    assert {one.text for one in found} == {shown.name}
    kinds = {one.file.rpartition(".")[2] for one in found}
    assert kinds >= {"html", "pdf", "docx", "gpkg", "xlsx"}
    everything = "".join(
        pd.DataFrame(table(name)).astype("str").to_csv()
        for name in ("sites", "outlets", "sites_dropped", "sites_remarks")
    )
    secret = [one for one in hidden_numbers() if one in everything]
    assert secret == []


@needs_poppler
def test_weighings_leave_as_one_sum_of_four_clients(real, table) -> None:
    """The tickets name six: of two of another EPCI nothing leaves, nor of the sum."""
    assert "6 ticket(s), 152 634 kg" in real.said["weighed"].replace("\xa0", " ")
    assert real.opened == []  # the run opens neither tickets nor answers
    (row,) = table("weighed_public").to_dict("records")
    assert (row["place"], row["family"]) == (asked_sirens()[0], "bois")
    assert (row["n_clients"], row["mass_t"]) == (4, 8.2)
    project, numbers = real.project, [client_number(rank) for rank in range(6)]
    shown = ""
    for path in sorted(project.maps.rglob("*")):
        if path.is_file():
            told = "".join(texts_of(path))
            assert not any(one in told for one in numbers), path.name
            shown += told if path.suffix in {".docx", ".pdf", ".xlsx"} else ""
    dense = re.sub(r"\s", "", shown)
    assert "Exutoiresutilisés" in dense
    assert "8,2t" in dense
    assert not any(secret in dense for secret in SECRETS)
    everything = "".join(
        pd.DataFrame(table(name)).astype("str").to_csv() for name in WRITTEN
    )
    assert not any(one in everything for one in numbers)
    manifest = (project.maps / "5_donnees/manifest.json").read_text(encoding="utf-8")
    assert "pesees.csv" in manifest
    assert "private/" not in manifest
    found = {one.basis: one for one in study_hypotheses(project)}
    assert any("pesees.csv" in one for one in found["tonnes"].by)


@needs_poppler
def test_words_of_official_data_alone(real) -> None:
    assert spoken(real.project.maps, FORBIDDEN) == []


def test_hostile_names_stay_text(real) -> None:
    maps = real.project.maps
    pages = list(maps.rglob("*.html"))
    for path in pages:
        assert "<script>alert('Brandes')" not in path.read_text(encoding="utf-8")
    for path in maps.rglob("*.xlsx"):
        book = openpyxl.load_workbook(path)
        kinds = {
            cell.data_type
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, str) and "Brandes" in cell.value
        }
        assert kinds <= {"s"}, path.name
    layers = gpd.list_layers(maps / "5_donnees/etude.gpkg")["name"]
    assert "communes" in set(layers)
    with zipfile.ZipFile(maps / "3_dossier/dossier.docx") as archive:
        words = io.BytesIO(archive.read("word/document.xml")).getvalue().decode()
    assert HOSTILE[0] not in words
