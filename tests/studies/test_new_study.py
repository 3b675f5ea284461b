"""Another territory: its study is written from codes, runs, and speaks of itself."""

import datetime as dt
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from typer.testing import CliRunner

from eitgeo.audit.auditing import Audit, audit_files
from eitgeo.audit.published import read_published
from eitgeo.cli.app import app
from eitgeo.cli.brought import union_facts
from eitgeo.cli.new import welcome_lines
from eitgeo.commands import new_study as writing
from eitgeo.commands.new_study import new_study
from eitgeo.commands.study_text import (
    IGNORED_LINES,
    Wanted,
    ignore_in_git,
    study_text,
)
from eitgeo.errors import InfeasibleError, SourceError, StudyError
from eitgeo.steps.declared import STEPS
from eitgeo.steps.documents.dossier import study_dossier
from eitgeo.steps.engine.contract import Step
from eitgeo.steps.engine.run import plan_steps, run_steps
from eitgeo.study.prints import DRAWN
from eitgeo.study.project import Project, open_project, read_study
from eitgeo.tables.files import write_declarations
from eitgeo.tables.public import PublicTables
from tests.dossier.reading import all_runs, hold_dossier, hold_verified
from tests.dossier.test_content import plain_run
from tests.repository.test_no_territory import named
from tests.rerun import read_once
from tests.results.official import official_lists
from tests.studies.answers import answers_of, digests, surveys
from tests.studies.couserans import HERE, HIDDEN, Ran, ran_in, run_new, write_couserans
from tests.studies.neighbours import COUSERANS as SHIPPED
from tests.studies.neighbours import TERRITORIES, Territory, shortened
from tests.words.forbidden import FORBIDDEN, spoken

pytestmark = pytest.mark.results

ROOT = Path(__file__).resolve().parents[2]
OFFICIAL = ROOT.parent / "shared" / "data"
TODAY = dt.date(2026, 11, 26)
COUSERANS = "200067940"


@pytest.fixture(scope="module", autouse=True)
def _read_once() -> Iterator[None]:
    """Communes and bodies of a study are read once for all that is written from it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("load_communes", "load_bodies"):
            patch.setattr(writing, name, read_once(getattr(writing, name)))
        yield


@pytest.fixture(scope="module")
def default() -> Project:
    """The default study, whose files are read."""
    return open_project(ROOT / "study.yaml")


def wanted(name: str = "couserans", *, epci=(), dep=()) -> Wanted:
    """Ask for a study."""
    return Wanted(name, epci, dep, "", TODAY)


def test_the_study_holds_its_own_bodies_and_marks_what_to_confirm(
    default, tmp_path
) -> None:
    folder = tmp_path / "L'été, là"
    found = new_study(default, folder, wanted(epci=(COUSERANS, "200066223")))
    assert list(found.epci) == [COUSERANS, "200066223"]
    assert (found.n_communes, found.population) == (121, 41_067)
    assert 10 < found.outside_pct < 60  # Spain
    assert found.at_edge == ()  # their lists are at hand, and whole in the layer
    project = open_project(found.path)
    study = project.study
    assert study.territory.perimeters == (
        "couserans",
        f"epci_{COUSERANS}",
        "epci_200066223",
    )
    assert study.territory.root_commune == "09261"  # Saint-Girons
    assert study.first_pair == ("couserans", f"epci_{COUSERANS}")
    assert project.path(study.sources.communes.path) == default.path(
        default.study.sources.communes.path
    )
    bodies = pd.read_csv(folder / "data/bodies.csv").set_index("body_id")
    union = bodies.loc[["couserans"]]
    assert (union["kind"].item(), union["status"].item()) == ("autre", "a_confirmer")
    legal = bodies.loc[["couserans", f"epci_{COUSERANS}"], "legal_person"]
    assert legal.tolist() == [False, True]
    assert set(bodies["kind"]) == {"autre", "epci"}
    members = pd.read_csv(folder / "data/membership.csv", dtype=str)
    mine = members[members["body_id"].eq("couserans")]
    assert len(mine) == 121
    assert set(mine["status"]) == {"a_confirmer"}
    for path in (found.path, folder / "data/bodies.csv"):
        text = path.read_text(encoding="utf-8")
        assert "à confirmer" in text
        mentioned = {one.casefold() for one in named(text)}
        # Names of EPCI of the ring, and of the study that files come from.
        assert mentioned <= {
            *("comminges", "cœur et coteaux", "lannemezan", "barousse"),
            *("haut-garonnais", "200072643", "systom"),
        }


def test_the_same_codes_give_the_same_bytes(default, tmp_path) -> None:
    folders = [tmp_path / one / "x" for one in ("un", "deux")]
    title = '"\n- a: <b> # \u202e'
    for folder in folders:
        found = new_study(default, folder, Wanted("x", (COUSERANS,), (), title, TODAY))
        assert open_project(found.path).study.identity.title == title
    first, second = (
        {path.name: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
        for folder in folders
    )
    assert first == second
    assert set(first) == {
        ".gitignore",
        "study.yaml",
        "bodies.csv",
        "membership.csv",
    }


def test_a_departement_is_the_epci_that_live_there(tmp_path) -> None:
    if not OFFICIAL.is_dir():
        pytest.skip("official files absent: ../shared/data")
    base = open_project(ROOT / "tests/studies/real.yaml")
    found = new_study(base, tmp_path / "x", wanted("ariege", dep=("09",)))
    assert len(found.epci) == 8
    assert {"200067940", "200067791", "240900464"} <= set(found.epci)
    study = open_project(found.path).study
    # The union, then no more than can be compared on a page.
    assert len(study.territory.perimeters) == 7


@pytest.mark.parametrize("path", ["/chez/moi/etude", "C:\\etudes\\mienne"])
def test_a_path_for_a_name_is_told_the_option(default, tmp_path, path) -> None:
    asked = wanted(epci=("200066363",))._replace(name=path)
    with pytest.raises(StudyError) as told:
        new_study(default, tmp_path / "x", asked)
    assert f"le dossier se donne par --out {path} ; le nom, en " in str(told.value)


def test_an_epci_that_the_layer_cuts_is_refused_with_what_lacks(
    default, tmp_path
) -> None:
    """The shipped layer ends 40 km from the territory of the default study."""
    asked = wanted(epci=("200066926", "200066223"))
    with pytest.raises(StudyError) as caught:
        new_study(default, tmp_path / "x", asked)
    said = str(caught.value)
    assert "nouvelle étude : 1 anomalie" in said
    assert "CA Grand Auch Cœur de Gascogne : 3 de ses 34 communes ne sont pas " in said
    assert "(Ayguetinte 32024, Bonas 32059, Castéra-Verduzan 32083)" in said
    assert "→ nommer une couche de communes plus large (sources.communes" in said
    if not OFFICIAL.is_dir():
        pytest.skip("official files absent: ../shared/data")
    # Eleven communes of this one are in a département beyond the four.
    base = open_project(ROOT / "tests/studies/real.yaml")
    with pytest.raises(StudyError, match="Madiran : 11 de ses 72 communes ne sont pas"):
        new_study(base, tmp_path / "y", wanted(epci=("200072106",)))
    assert not any((tmp_path / name).exists() for name in "xy")


def test_a_departement_gives_its_whole_epci_and_names_the_others(
    default, tmp_path
) -> None:
    found = new_study(default, tmp_path / "x", wanted("gers", dep=("32",)))
    official = official_lists()
    communes = gpd.read_file(ROOT / "data/raw/communes.geojson")
    here = set(communes["code_insee"])
    assert len(found.epci) == 7
    assert all(official[siren] <= here for siren in found.epci)
    assert len(found.left_out) == 6
    assert any("Grand Auch Cœur de Gascogne : 3 de" in one for one in found.left_out)
    told = "\n".join(welcome_lines(found))
    assert "Non repris, car la couche des communes les coupe :" in told
    assert "Castéra-Verduzan 32083" in told
    # The lists go along, whole: no later step takes the layer for the list.
    members = pd.read_csv(tmp_path / "x/data/membership.csv", dtype=str)
    auch = members.loc[members["body_id"].eq("epci_200066926"), "code_insee"]
    assert set(auch) == official["200066926"]
    # A département that has none whole is refused, each of them told.
    with pytest.raises(StudyError, match="Cerdagne : 17 de ses 19 communes ne sont"):
        new_study(default, tmp_path / "y", wanted(dep=("66",)))


def test_git_leaves_out_what_is_private_or_computed(default, tmp_path) -> None:
    found = new_study(default, tmp_path / "x", wanted(epci=(COUSERANS,)))
    assert found.ignored == IGNORED_LINES
    assert any(".gitignore" in line for line in welcome_lines(found))
    git = shutil.which("git")
    if git is None:
        pytest.skip("no git")
    subprocess.run([git, "init", "-q", tmp_path / "x"], check=True)  # noqa: S603
    asked = {
        "private/declarations.parquet": True,
        "equipe/private/contacts.xlsx": True,
        "data/processed/sites.parquet": True,
        "maps/carte.pdf": True,
        ".calcul/ecrits.json": True,
        "data/bodies.csv": False,
        "study.yaml": False,
    }
    for name, ignored in asked.items():
        command = [git, "-C", tmp_path / "x", "check-ignore", "-q", name]
        done = subprocess.run(command, check=False)  # noqa: S603
        assert (done.returncode == 0) == ignored, name


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_git_file_of_the_user_is_completed_not_replaced(
    default, tmp_path, end
) -> None:
    folder = tmp_path / "x"
    (folder / ".git").mkdir(parents=True)
    own = f"# à moi\n*.bak\nmaps/{end}"
    (folder / ".gitignore").write_text(own, encoding="utf-8")
    found = new_study(default, folder, wanted(epci=(COUSERANS,)))
    assert set(found.ignored) == set(IGNORED_LINES) - {"maps/"}
    text = (folder / ".gitignore").read_text(encoding="utf-8")
    assert text.startswith(own)
    assert set(IGNORED_LINES) < set(text.splitlines())
    # Once they are there, nothing is written.
    assert ignore_in_git(folder) == []
    assert (folder / ".gitignore").read_text(encoding="utf-8") == text
    (folder / ".gitignore").write_bytes("été".encode("latin-1"))
    with pytest.raises(SourceError, match=r"\.gitignore : lecture impossible"):
        ignore_in_git(folder)


def test_faults_are_gathered_with_the_nearest_codes(default, tmp_path) -> None:
    (tmp_path / "pris").mkdir()
    (tmp_path / "pris/notes.txt").write_text("à garder")
    asked = wanted("Été 2", epci=("200067941", "volvestre", "zzz"), dep=("75",))
    with pytest.raises(StudyError, match="6 anomalies") as caught:
        new_study(default, tmp_path / "pris", asked)
    said = str(caught.value)
    assert "nom « Été 2 » → au plus 60 lettres minuscules sans accent" in said
    assert "« pris » existe déjà → choisir un autre dossier" in said
    assert "« 200067941 » → vouliez-vous dire « 200067940 » (CC Couserans" in said
    assert "« volvestre » → donner le SIREN : « 200066819 » (CC du Volvestre)" in said
    assert "« zzz » → aucun n'y ressemble" in said
    assert "« 75 » sans EPCI → départements de la couche : 09, 11, 31" in said
    assert [path.name for path in (tmp_path / "pris").iterdir()] == ["notes.txt"]
    with pytest.raises(StudyError, match="ni EPCI ni département → donner --epci"):
        new_study(default, tmp_path / "x", wanted())


def test_the_command_says_what_to_do_next(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    options = ["--epci", f"{COUSERANS}, 200066223", "--study", str(ROOT / "study.yaml")]
    done = CliRunner().invoke(app, ["new", "essai", *options])
    assert done.exit_code == 0, done.output
    assert "200067940 CC Couserans-Pyrénées" in done.output
    assert "eitgeo run" in done.output
    assert open_project(tmp_path / "essai/study.yaml").study.identity.name == "essai"
    again = CliRunner().invoke(app, ["new", "essai", *options])
    assert again.exit_code == 2
    assert "existe déjà" in again.output


def test_too_many_unions_are_refused_before_the_first_step(default, tmp_path) -> None:
    """Two EPCI that touch: the root alone, and both."""
    asked = wanted(epci=(COUSERANS, "200066223"))
    path = new_study(default, tmp_path / "essai", asked).path
    text = path.read_text(encoding="utf-8")
    bounded = text.replace("methods:\n", "methods:\n  max_unions: 1\n")
    path.write_text(bounded, encoding="utf-8")
    told = r"plus de 1 unions .* « 200067940 » .* → methods\.max_union_epci: 1 "
    project = open_project(path)
    for refused in (run_steps, plan_steps):
        with pytest.raises(InfeasibleError, match=told):
            refused(STEPS, project)
    assert not project.processed.exists()
    (told_too,) = union_facts(project).values()
    assert "REFUSÉ : plus de 1 unions" in told_too
    # What the message says is enough.
    bounded = bounded.replace("max_unions: 1\n", "max_unions: 1\n  max_union_epci: 1\n")
    path.write_text(bounded, encoding="utf-8")
    assert union_facts(open_project(path)) == {}


def test_a_study_of_too_many_epci_is_written_with_the_bound_that_fits(
    default, tmp_path
) -> None:
    """All that is whole in the shipped layer."""
    asked = wanted("x", dep=("09", "31", "32", "65"))
    found = new_study(default, tmp_path / "x", asked)
    assert (len(found.epci), found.most) == (36, 7)
    assert open_project(found.path).study.methods.max_union_epci == 7
    told = "\n".join(welcome_lines(found))
    assert "d'au plus 7 EPCI (methods.max_union_epci)" in told


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(one, marks=pytest.mark.slow, id=one.name)
        for one in (SHIPPED, *TERRITORIES)
    ],
)
def whole(request, tmp_path_factory) -> Iterator[tuple[Territory, Ran]]:
    """Write and run one of four studies, all it prints too."""
    territory = request.param
    folder = tmp_path_factory.mktemp("new") / territory.name
    if territory == SHIPPED:
        found = write_couserans(folder)
    elif not OFFICIAL.is_dir():
        pytest.skip("official files absent: ../shared/data")
    else:
        base = open_project(ROOT / "tests/studies/real.yaml")
        found = new_study(base, folder, wanted(territory.name, epci=territory.epci))
        shortened(found.path)
    run_new(found)
    yield territory, ran_in(folder)
    shutil.rmtree(folder)


def test_a_new_territory_runs_to_its_end(couserans) -> None:
    hold_run(couserans, SHIPPED, steps=HERE)


def test_a_whole_one_too(whole) -> None:
    territory, found = whole
    hold_run(found, territory, steps=STEPS)
    hold_names(found)
    hold_dossier(found.project.maps)
    hold_verified(found.project)
    assert found.opened == []


def hold_run(found: Ran, territory: Territory, *, steps: Sequence[Step]) -> None:
    """Hold that all steps were done, over the communes of the territory."""
    assert {k: v for k, v in found.statuses.items() if v != "done"} == {}
    assert found.statuses.keys() == {step.name for step in steps}
    assert (found.n_communes, found.population) == (
        territory.n_communes,
        territory.population,
    )
    project = found.project
    assert project.study.territory.root_commune == territory.seat
    communes = pd.read_parquet(project.processed / "communes.parquet")
    inside = communes[communes["in_area"]]
    assert len(inside) == territory.n_communes
    assert inside["population"].sum() == territory.population


def test_its_files_name_no_other_territory(couserans) -> None:
    hold_names(couserans)


PAGES = ["DEMO_comparateur.html", "si_un_conseil_dit_non.html"]


def hold_names(found: Ran) -> None:
    """Hold that pages name no other territory; no file, what none may say."""
    maps = found.project.maps
    pages = sorted(maps.rglob("*.html"))
    assert [one.name for one in pages] == PAGES
    for path in pages:
        # Towns and outlets of the ring bear their names; the study does not.
        text = path.read_text(encoding="utf-8").casefold()
        assert "systom" not in text
        assert "pihourc" not in text
        assert "la cc du volvestre" not in text  # an example, in a comment
    assert spoken(maps, FORBIDDEN, kinds=(".pdf", ".xlsx")) == []


def test_its_dossier_has_its_chapters_and_names_no_other_territory(couserans) -> None:
    """What drawn sites and hidden names make of it, before it is laid out."""
    dossier = study_dossier(
        couserans.project, PublicTables(couserans.project.processed)
    )
    assert (len(dossier.chapters), len(dossier.annexes)) == (12, 8)
    texts = [plain_run(one) for one in all_runs(dossier)]
    assert any(DRAWN in one for one in texts)
    said = "\n".join(texts).casefold()
    assert "systom" not in said
    assert "pihourc" not in said
    assert [name for name in HIDDEN.values() if name.casefold() in said] == []


def test_its_files_hold_nothing_that_is_not_declared(couserans) -> None:
    project, found = couserans.project, Audit()
    audit_files(project, read_published(project.maps), found)
    assert (found.undeclared, found.remarks) == ([], [])


def test_no_step_opens_the_answers_of_firms(couserans) -> None:
    assert couserans.opened == []


def test_whoever_answered_and_whatever_the_files_are_the_same(couserans) -> None:
    # Beside the study that is lent, for the files that both read.
    folder = couserans.project.base.with_name("couserans-reponses")
    shutil.copytree(couserans.project.base, folder)
    project = open_project(folder / "study.yaml")
    before = digests(project.maps)
    assert len(before) > 10
    # Nor does any step wait for them, of those that are not run here.
    answers = answers_of(project)
    assert [one.name for one in STEPS if answers in one.inputs(project)] == []
    for rows in surveys(project):
        write_declarations(answers, rows)
        reports = run_steps(HERE, project)
        assert {one.status for one in reports} == {"current"}
        assert digests(project.maps) == before
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "name", ["", "../x", "é", "a b", "A", "x" * 61, "con", "com1", "a\nb", "٣", "-x"]
)
def test_a_name_that_no_folder_may_bear_everywhere_is_refused(
    default, tmp_path, name
) -> None:
    with pytest.raises(StudyError, match="60 lettres minuscules sans accent, chiffres"):
        new_study(default, tmp_path / "x", wanted(name, epci=(COUSERANS,)))
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("codes", "met"),
    [
        ({"dep": ("2A",)}, "département « 2A » sans EPCI → départements de la couche"),
        ({"dep": ("9",)}, "département « 9 » sans EPCI"),
        ({"epci": ("000000000",)}, "EPCI inconnu « 000000000 »"),
        ({"epci": ("٢٠٠٠٦٧٩٤٠",)}, "EPCI inconnu"),
        ({"epci": ("Couserans",)}, "donner le SIREN : « 200067940 »"),
        ({}, "ni EPCI ni département"),
    ],
)
def test_codes_that_name_nothing_are_refused(default, tmp_path, codes, met) -> None:
    with pytest.raises(StudyError, match=met):
        new_study(default, tmp_path / "x", wanted(**codes))
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "title",
    ["x: y # z", '"\n- a', "\u202e", "<script>", "=cmd()", "é" * 200],
)
def test_any_title_makes_a_study_that_says_it(default, tmp_path, title) -> None:
    """What is written of a title; a whole study bears one in the test of bytes."""
    text = study_text(
        default,
        tmp_path,
        wanted=Wanted("x", (COUSERANS,), (), title, TODAY),
        declared=[f"epci_{COUSERANS}"],
        root=(COUSERANS, "CC Couserans-Pyrénées", "09261"),
        share=1.0,
        most=None,
    )
    path = tmp_path / "study.yaml"
    path.write_bytes(text.encode())
    assert read_study(path).identity.title == title


@pytest.mark.parametrize("title", ["\x07\x00", "é" * 5000])
def test_a_title_that_no_document_bears_is_refused(default, tmp_path, title) -> None:
    with pytest.raises(StudyError, match=r"« identity.title »"):
        new_study(default, tmp_path / "x", Wanted("x", (COUSERANS,), (), title, TODAY))
    assert not list((tmp_path / "x").rglob("study.yaml"))


def test_a_folder_that_no_disk_takes_is_told(default, tmp_path) -> None:
    (tmp_path / "fichier").write_text("")
    for folder in (tmp_path / ("y" * 300), tmp_path / "fichier" / "x"):
        with pytest.raises(SourceError, match="écriture impossible"):
            new_study(default, folder, wanted(epci=(COUSERANS,)))
