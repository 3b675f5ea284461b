"""A faulty input: an exit code, a message that names file, row and remedy, no table.

Each fault goes through the command line. It stops the first step, « territory », on
which all the others stand: ``refusal`` runs it with those that read a raw file beside
it, one after the other in this process. A few faults, one of each kind, go through the
whole pipeline; the first of them as a user runs it, side by side in processes.
"""

from collections.abc import Iterator
from unittest import mock

import pytest
from typer.testing import CliRunner

from eitgeo.cli.app import app
from eitgeo.steps import declared
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine import due
from eitgeo.steps.engine import run as engine
from eitgeo.steps.engine.code import code_digests
from eitgeo.steps.engine.contract import Step
from eitgeo.steps.engine.run import run_steps
from eitgeo.store import digest
from eitgeo.study.project import open_project
from tests.faults.conftest import EPCI, Small

FIRST = [step for step in STEPS if step.name in {"territory", "borders"}]

SEAT = "31483"
READERS = ("territory", "borders", "counts", "official_zones", "sites", "outlets")


@pytest.fixture(scope="module", autouse=True)
def _code_is_read_once() -> Iterator[None]:
    """The code stays the same while files are spoilt."""
    digests = code_digests(step.code for step in STEPS)
    with mock.patch.object(due, "code_digests", return_value=digests):
        yield


@pytest.fixture(autouse=True)
def _readers_alone(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run the steps that read first, unless the test asks for the whole pipeline."""
    if "whole_pipeline" not in request.fixturenames:
        readers = tuple(step for step in STEPS if step.name in READERS)
        monkeypatch.setattr(declared, "STEPS", readers)
        stay_here(monkeypatch)


def stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start no process: each imports for seconds what this one holds."""
    monkeypatch.setattr(engine, "suitable_jobs", lambda: 1)


@pytest.fixture
def whole_pipeline() -> tuple[Step, ...]:
    """Return every step: a fault of the first leaves none of them a file."""
    assert declared.STEPS == STEPS
    return STEPS


def refusal(small: Small, *, code: int = 1) -> str:
    """Run the study; return what was said, once sure that nothing was written."""
    found = CliRunner().invoke(app, ["run", str(small.path)])
    said = found.output.replace("\N{NO-BREAK SPACE}", " ")
    assert found.exit_code == code, said
    assert "Traceback" not in said
    assert small.written() == []
    assert not list(small.folder.rglob(".partiel-*"))
    return said


def refused_feature(small: Small, **changes) -> str:
    """Change properties of the commune of the seat, then run."""
    layer = small.collection()
    for feature in layer["features"]:
        if feature["properties"]["code_insee"] == SEAT:
            feature["properties"] |= changes
    small.save(layer)
    return refusal(small)


def test_the_small_study_is_sound(small) -> None:
    project = open_project(small.path)
    reports = run_steps(FIRST, project)
    assert [report.status for report in reports] == ["done", "done"]
    assert "communes.parquet" in small.written()


@pytest.mark.usefixtures("whole_pipeline")
def test_a_missing_column_names_the_nearest(small) -> None:
    small.replace("membership.csv", "to_date", "todate")
    said = refusal(small)
    assert "Étape « Communes, structures et couverture » : membership.csv" in said
    assert "ligne 1 : colonne « to_date » absente → renommer" in said
    assert "la colonne « todate »" in said


def test_faults_of_several_rows_are_told_together(small) -> None:
    header, first, second, *others = small.lines("membership.csv")
    faulty = [first.replace(",publie,", ",publié,"), second, second]
    small.rewrite("membership.csv", [header, *faulty, *others])
    said = refusal(small)
    assert "membership.csv : 2 anomalies" in said
    assert "ligne 2 : « status » = « publié » → vouliez-vous dire « publie » ?" in said
    assert "Valeurs admises : a_confirmer, publie" in said
    assert "ligne 4 : clé répétée" in said


def test_a_member_of_a_body_without_a_record(small) -> None:
    lines = small.lines("membership.csv")
    small.rewrite("membership.csv", [*lines, f"petr_cominges,{SEAT},,,publie,test"])
    said = refusal(small)
    assert "structure inconnue « petr_cominges »" in said
    assert "→ vouliez-vous dire « petr_comminges » ?" in said


@pytest.mark.usefixtures("whole_pipeline")
def test_an_unknown_epci(small, monkeypatch) -> None:
    stay_here(monkeypatch)
    said = refused_feature(small, epci_siren="200072644")
    assert "communes.geojson : 1 anomalie" in said
    assert f"EPCI inconnu « 200072644 » (commune {SEAT}), absent de bodies.csv" in said
    assert f"→ vouliez-vous dire « {EPCI} » ? Sinon, compléter bodies.csv" in said


def test_a_truncated_table_of_bodies_is_the_one_told(small) -> None:
    header, *_ = small.lines("bodies.csv")
    petr = next(line for line in small.lines("bodies.csv") if line.startswith("petr_"))
    small.rewrite("bodies.csv", [header, petr])
    said = refusal(small)
    assert "membership.csv : 1 anomalie\n" in said
    assert f"structure inconnue « epci_{EPCI} », absente de bodies.csv" in said
    assert "compléter bodies.csv" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "rules_excluded: []",
            "rules_excluded: [S99]",
            "« flows.rules_excluded » : règle inconnue « S99 »",
        ),
        (
            "waste_bodies: []",
            "waste_bodies: [petr_cominges]",
            (
                "« comparison.waste_bodies » : structure inconnue « petr_cominges » "
                "→ vouliez-vous dire « petr_comminges » ?"
            ),
        ),
        (
            "- 86-88",
            "- 86-89",
            "« comparison.target_naf » : « 86-89 » : division « 89 » inconnue",
        ),
        (
            "roads:\n",
            "roads:\n  vehicles: {artic_44t: {kmh: {motorway: 110}}}\n",
            "« artic_44t » à 110 km/h sur « motorway » → au plus 90 km/h",
        ),
    ],
)
def test_a_name_that_does_not_exist_ends_with_2(small, old, new, said) -> None:
    text = small.path.read_text(encoding="utf-8")
    assert old in text
    small.path.write_text(text.replace(old, new), encoding="utf-8")
    told = refusal(small, code=2)
    assert "étude : 1 anomalie" in told
    assert said in told


def test_a_file_that_changed_since_the_register_is_told(small, caplog) -> None:
    register = small.folder / "data" / "sources.csv"
    digests = {
        f"data/raw/{path.name}": digest(path) for path in small.raw.glob("*.csv")
    }
    lines = [f"{name},{sha256}" for name, sha256 in digests.items()]
    register.write_text("\n".join(["name,sha256", *lines]), encoding="utf-8")
    run_steps(FIRST[:1], open_project(small.path))
    assert "inventaire" not in caplog.text
    # Cut between two rows: nothing but the digest can tell.
    small.rewrite("membership.csv", small.lines("membership.csv")[:-1])
    (report,) = run_steps(FIRST[:1], open_project(small.path))
    assert report.status == "done"
    told = [one for one in caplog.messages if "inventaire" in one]
    assert told == ["data/raw/membership.csv : le fichier a changé depuis l'inventaire"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("communes.geojson", b"", "communes.geojson : fichier vide (0 octet)"),
        ("dem_1km.tif", b"not a raster", "dem_1km.tif : raster illisible"),
    ],
)
def test_an_empty_or_unreadable_file(small, name, content, message) -> None:
    (small.raw / name).write_bytes(content)
    assert message in refusal(small)


@pytest.mark.usefixtures("whole_pipeline")
def test_absent_files_are_told_at_once(small) -> None:
    (small.raw / "membership.csv").unlink()
    (small.raw / "anchors.csv").unlink()
    said = refusal(small)
    assert "2 anomalies" in said
    for name in ("membership.csv", "anchors.csv"):
        assert f"fichier absent : data/raw/{name} → le déposer" in said
    assert not (small.folder / "data" / "processed").exists()


def test_a_study_before_any_member(small) -> None:
    text = small.path.read_text(encoding="utf-8")
    old = "on_date: 2026-01-01"
    assert old in text
    small.path.write_text(text.replace(old, "on_date: 2001-01-01"), encoding="utf-8")
    assert "« petr_comminges » n'a aucune commune membre au 2001-01-01" in refusal(
        small
    )


def test_a_study_with_an_unknown_key_ends_with_2(small) -> None:
    text = small.path.read_text(encoding="utf-8")
    small.path.write_text(text.replace("radius_m:", "radius:"), encoding="utf-8")
    said = refusal(small, code=2)
    assert "study.yaml : 1 anomalie" in said
    assert "clé inconnue « zones.radius » → vouliez-vous dire « radius_m » ?" in said


def test_a_later_step_keeps_what_the_first_wrote(small) -> None:
    """The anchors are faulty: communes stand, no establishment is written."""
    small.replace("anchors.csv", "17.11Z", "1711Z")
    names = {"territory", "counts", "official_zones", "sites"}
    wanted = [step for step in STEPS if step.name in names]
    reports = {
        one.step.name: one for one in run_steps(wanted, open_project(small.path))
    }
    assert {name for name, one in reports.items() if one.status == "failed"} == {
        "sites"
    }
    said = str(reports["sites"].error)
    assert said.startswith(
        "anchors.csv : 1 anomalie\n  - ligne 2 : « naf » = « 1711Z »"
    )
    assert "→" in said
    assert "communes.parquet" in small.written()
    assert not [name for name in small.written() if "sites" in name]


def test_a_fault_after_a_good_run_keeps_the_tables_of_that_run(small) -> None:
    project = open_project(small.path)
    run_steps(FIRST[:1], project)
    before = {p: p.read_bytes() for p in project.processed.glob("*.parquet*")}
    small.replace("membership.csv", "to_date", "todate")
    (report,) = run_steps(FIRST[:1], project)
    assert report.status == "failed"
    assert {p: p.read_bytes() for p in project.processed.glob("*.parquet*")} == before


def test_an_outlet_of_an_absent_commune_is_named_on_the_console(
    small, monkeypatch
) -> None:
    names = {"territory", "counts", "official_zones", "sites", "outlets"}
    wanted = [step for step in STEPS if step.name in names]
    monkeypatch.setattr(declared, "STEPS", tuple(wanted))
    header, *lines = small.lines("outlets.csv")
    assert any(",31300," in line for line in lines)
    small.rewrite(
        "outlets.csv", [header, *(s.replace(",31300,", ",99999,") for s in lines)]
    )
    found = CliRunner().invoke(app, ["run", str(small.path)])
    assert "Attention – outlets.csv" in found.output
    assert "isdnd_pihourc" in found.output
