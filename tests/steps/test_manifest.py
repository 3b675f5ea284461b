"""The manifest of a run, and what a file is to it."""

import json
import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rocrate.rocrate import ROCrate

from eitgeo.cli.verify import verdict_lines
from eitgeo.commands import compared, verify
from eitgeo.commands.verify import verify_file, verify_published
from eitgeo.errors import SourceError
from eitgeo.steps.declared import STEPS, gathered
from eitgeo.steps.engine.contract import COMPARED, Step, sidecar_path
from eitgeo.steps.engine.run import run_steps
from eitgeo.steps.files import manifest_files, public_path, register_files
from eitgeo.steps.records import crate, manifest
from eitgeo.steps.records.crate import Told, run_crate
from eitgeo.steps.records.records import Record
from eitgeo.store import digest, input_digests, write_bytes, write_sidecar
from eitgeo.study.project import Project, read_study
from tests.sources.mutate import spoil_value
from tests.steps.conftest import ROOT, Toy, open_toy, products, write_toy

pytestmark = pytest.mark.usefixtures("steps")
MANIFEST = replace(
    STEPS[-1], tables=("bodies", "*_dropped", "*_remarks"), files=register_files
)
BODIES = """
import pandas as pd
from eitgeo.tables.files import write_table
def run(project):
    rows = {
        "body_id": ["a", "b"], "kind": "syndicat", "name": ["Sûr", "Douteux"],
        "legal_person": True, "economic_competence": False, "waste_competence": True,
        "status": ["publie", "a_confirmer"], "source": "ici",
    }
    write_table(project.processed, pd.DataFrame(rows), table="bodies")
"""


def with_manifest(toy: Toy) -> tuple[Step, ...]:
    """Return the toy steps, one that writes a table of bodies, and the manifest."""
    bodies = Step("bodies", "Structures", module=f"{toy.package}.bodies")
    made = (*toy.steps, replace(bodies, writes=("bodies",)))
    return (*made, gathered(MANIFEST, made))


def told_to_all(steps: tuple[Step, ...], patch: pytest.MonkeyPatch) -> None:
    """Put steps in place of those of the package."""
    for module in (manifest, verify, compared):
        patch.setattr(module, "STEPS", steps)


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """Run the toy study once; each test starts from a copy, its code included."""
    folder = tmp_path_factory.mktemp("modele")
    write_toy(folder)
    with pytest.MonkeyPatch.context() as patch:
        found = open_toy(folder, patch)
        (found.folder / "bodies.py").write_text(BODIES)
        told_to_all(with_manifest(found), patch)
        run_steps(with_manifest(found), found.project)
        found.forget()
    return folder


@pytest.fixture
def toy(model, tmp_path, monkeypatch) -> Iterator[Toy]:
    shutil.copytree(model, tmp_path, dirs_exist_ok=True)
    found = open_toy(tmp_path, monkeypatch)
    yield found
    found.forget()


@pytest.fixture
def steps(toy, monkeypatch) -> tuple[Step, ...]:
    """The toy study with a table of bodies, and a manifest at its end, once run."""
    found = with_manifest(toy)
    told_to_all(found, monkeypatch)
    return found


@pytest.fixture
def graph(steps, toy) -> dict[str, Any]:  # noqa: ARG001
    return entities(toy.project.processed / "manifest.json")


def entities(path: Path) -> dict[str, Any]:
    """Return what a manifest tells, by identifier."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return {one["@id"]: one for one in content["@graph"]}


def ids(entity: dict[str, Any], key: str) -> set[str]:
    """Return the identifiers that an entity points at."""
    found = entity.get(key, [])
    return {one["@id"] for one in (found if isinstance(found, list) else [found])}


def test_files_steps_parameters_and_versions_are_told(graph, toy) -> None:
    report = graph["rapport.txt"]
    assert report["sha256"] == digest(toy.project.maps / "rapport.txt")
    assert ids(graph["./"], "hasPart") == {"rapport.txt"}
    step = graph["#etape/report"]
    assert ids(step, "object") == {
        "#data/processed/doubled.parquet",
        "#parametre/identity.title",
    }
    assert ids(step, "result") == {"rapport.txt"}
    raw = graph["#raw/numbers.csv"]
    assert raw["sha256"] == digest(toy.project.base / "raw/numbers.csv")
    identity = toy.project.study.identity
    assert graph["#parametre/identity.title"]["value"] == identity.title
    assert graph["./"]["datePublished"] == f"{identity.edition}"
    assert str(identity.seed) in graph["./"]["description"]
    assert graph["#bibliotheque/numpy"]["version"]
    texts = {graph[one]["text"] for one in ids(graph["./"], "comment")}
    assert {
        "démonstration : établissements tirés au sort dans les effectifs comptés",
        "à confirmer : Douteux",
    } <= texts
    assert "à confirmer : Sûr" not in texts


def test_no_path_no_user_no_clock(toy) -> None:
    text = "".join(
        path.read_text(encoding="utf-8") for path in manifest_files(toy.project)
    )
    assert str(toy.project.base) not in text
    assert Path.home().as_posix() + "/" not in text
    assert "Time" not in text


def test_a_copy_named_as_the_norm_asks_is_a_crate(toy, tmp_path) -> None:
    folder = tmp_path / "crate"
    shutil.copytree(toy.project.maps, folder)
    (folder / "5_donnees/manifest.json").rename(folder / "ro-crate-metadata.json")
    crate = ROCrate(folder)
    assert {one.id for one in crate.data_entities} == {"rapport.txt"}
    assert crate.metadata["conformsTo"] == "https://w3id.org/ro/crate/1.1"


def test_the_same_run_elsewhere_has_the_same_manifest(steps, toy, tmp_path) -> None:
    other = toy.out(tmp_path / "ailleurs")
    toy.forget()
    run_steps(steps, other)
    assert products(other.out) == products(toy.project.out)


def test_nothing_changed_leaves_the_manifest_current(steps, toy) -> None:
    toy.forget()
    assert {one.status for one in run_steps(steps, toy.project)} == {"current"}


def test_the_register_gives_licence_and_says_what_changed(steps, toy) -> None:
    data = toy.project.base / "data"
    lines = [
        "name,version,url,licence,sha256",
        f"raw/numbers.csv,2026,https://exemple.fr/n,Licence Ouverte 2.0,{'0' * 64}",
        f"raw/alone.csv,,,,{digest(toy.project.base / 'raw/alone.csv')}",
    ]
    (data / "sources.csv").write_text("\n".join(lines), encoding="utf-8")
    toy.forget()
    run_steps(steps, toy.project)
    found = entities(toy.project.processed / "manifest.json")
    assert found["#raw/numbers.csv"]["license"] == "Licence Ouverte 2.0"
    assert found["#raw/numbers.csv"]["url"] == "https://exemple.fr/n"
    changed = [one for one in found.values() if "inventaire" in one.get("text", "")]
    assert [one["text"] for one in changed] == [
        "raw/numbers.csv : le fichier a changé depuis l'inventaire"
    ]


def test_a_copy_under_another_name_is_known(toy, tmp_path) -> None:
    copy = shutil.copy(toy.project.maps / "rapport.txt", tmp_path / "envoyé.txt")
    found = verify_file(toy.project, Path(copy))
    assert (found.standing, found.name, found.step) == (
        "conforme",
        "maps/rapport.txt",
        "Rapport",
    )
    # numbers.csv, the zones that « numbers » reads, the title that « report » reads.
    assert found.n_inputs == 3
    assert found.changes == ()
    assert "CONFORME" in verdict_lines("envoyé.txt", found)[0]


def test_one_byte_more_is_an_altered_file(toy, tmp_path) -> None:
    copy = tmp_path / "rapport.txt"
    copy.write_bytes((toy.project.maps / "rapport.txt").read_bytes() + b" ")
    found = verify_file(toy.project, copy)
    assert (found.standing, found.name) == ("modifié", "maps/rapport.txt")
    assert "MODIFIÉ" in verdict_lines(copy.name, found)[0]
    unknown = verify_file(toy.project, copy.rename(tmp_path / "autre.txt"))
    assert unknown.standing == "inconnu"
    assert "INCONNU" in verdict_lines("autre.txt", unknown)[0]


def test_a_file_under_the_name_of_another_is_not_it(toy, tmp_path) -> None:
    book = shutil.copy(
        toy.project.maps / "rapport.txt", tmp_path / public_path(toy.project).name
    )
    found = verify_file(toy.project, Path(book))
    assert (found.standing, found.holds) == ("modifié", "maps/rapport.txt")
    assert any(
        "octet pour octet" in one for one in verdict_lines(Path(book).name, found)
    )
    told = verify_published(public_path(toy.project), Path(book))
    assert (told.standing, told.holds) == ("modifié", "maps/rapport.txt")


def test_only_what_is_behind_the_file_is_held_against_now(toy) -> None:
    report = toy.project.maps / "rapport.txt"
    (toy.project.base / "raw/alone.csv").write_text("autre")
    assert verify_file(toy.project, report).changes == ()
    (toy.project.base / "raw/numbers.csv").write_text("22")
    assert verify_file(toy.project, report).changes == (
        "fichier changé : raw/numbers.csv",
    )
    (toy.project.base / "raw/numbers.csv").unlink()
    assert verify_file(toy.project, report).changes == (
        "fichier absent : raw/numbers.csv",
    )


def test_a_parameter_that_changed_is_named(toy) -> None:
    title = toy.project.study.identity.model_copy(update={"title": "Autre"})
    study = toy.project.study.model_copy(update={"identity": title})
    project = Project(study, toy.project.base, toy.project.out)
    found = verify_file(project, toy.project.maps / "rapport.txt")
    assert found.changes == ("paramètre changé : identity.title",)
    lines = verdict_lines("rapport.txt", found)
    assert "SES ENTRÉES ONT CHANGÉ" in lines[0]
    assert any("identity.title" in line for line in lines)
    # The table before the title is read is as it was.
    table = toy.project.processed / "doubled.parquet"
    assert verify_file(project, table).changes == ()


def test_other_versions_are_told_and_change_no_verdict(toy, monkeypatch) -> None:
    monkeypatch.setattr(verify, "libraries", lambda: {"numpy": "0.1"})
    found = verify_file(toy.project, toy.project.maps / "rapport.txt")
    assert found.standing == "conforme"
    assert found.changes == ()
    assert any(one.endswith("→ 0.1") for one in found.versions)


def test_a_comparison_stays_and_is_known(steps, toy) -> None:
    book = write_bytes(toy.project.maps / "4_tableurs/comparaison_a_b.xlsx", b"lignes")
    table = toy.project.processed / "doubled.parquet"
    roots = (toy.project.out, toy.project.base)
    write_sidecar(
        sidecar_path(toy.project, book),
        artefact=book.name,
        sha256=digest(book),
        step=COMPARED,
        inputs=input_digests([table], roots),
        parameters={},
    )
    (toy.project.base / "raw/alone.csv").write_text("autre")
    toy.forget()
    run_steps(steps, toy.project)
    found = verify_file(toy.project, book)
    assert (found.standing, found.changes) == ("conforme", ())
    (toy.project.base / "raw/numbers.csv").write_text("22")
    toy.forget()
    run_steps(steps, toy.project)
    assert book.is_file()
    edited = toy.project.base / "comparaison_a_b.xlsx"
    edited.write_bytes(b"lignes, ou presque")
    found = verify_file(toy.project, edited)
    name = "maps/4_tableurs/comparaison_a_b.xlsx"
    assert (found.standing, found.name) == ("modifié", name)
    assert verify_file(toy.project, book).changes == (
        "table recalculée depuis la comparaison : data/processed/doubled.parquet",
    )


def test_a_study_without_a_manifest_is_told(toy, tmp_path) -> None:
    path = toy.project.processed / "manifest.json"
    report = toy.project.maps / "rapport.txt"
    public = public_path(toy.project)
    for one in (path, public):
        assert verify_file(toy.project, one).standing == "conforme"
    write_bytes(public, public.read_bytes() + b" ")
    found = verify_file(toy.project, public)
    assert (found.standing, found.name) == ("modifié", "maps/5_donnees/manifest.json")
    for content in (b"{", b"[]", b'{"@graph": []}', b'{"@graph": [1]}'):
        path.write_bytes(content)
        with pytest.raises(SourceError, match=r"manifest\.json : (ce n'est|manifeste)"):
            verify_file(toy.project, report)
    path.unlink()
    with pytest.raises(SourceError, match="manifeste absent → lancer « eitgeo run »"):
        verify_file(toy.project, report)
    with pytest.raises(SourceError, match=r"absent\.txt : lecture impossible"):
        verify_file(toy.project, tmp_path / "absent.txt")


HOSTILE = {
    "deep": b'{"@graph": ' + b"[" * 100_000,
    "latin": '{"@graph": "é"}'.encode("latin-1"),
    "cycle": {"object": {"@id": "#etape/report"}, "result": {"@id": "#etape/report"}},
    "nowhere": {"object": {"@id": "../../../etc/passwd"}},
    "number": {"object": 3},
    "list": {"result": [["x"]]},
    "nameless": {"name": None},
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_hostile_manifest_is_refused(toy, kind) -> None:
    path = toy.project.processed / "manifest.json"
    spoilt = HOSTILE[kind]
    if isinstance(spoilt, dict):
        content = json.loads(path.read_text(encoding="utf-8"))
        for one in content["@graph"]:
            if one["@id"] == "#etape/report":
                one.update(spoilt)
        spoilt = json.dumps(content).encode()
    path.write_bytes(spoilt)
    with pytest.raises(SourceError, match=r"manifest\.json : .* → "):
        verify_file(toy.project, toy.project.maps / "rapport.txt")


def test_a_spoilt_manifest_is_read_or_refused(toy) -> None:
    path = toy.project.processed / "manifest.json"
    valid, standings = path.read_bytes(), set()
    for rank in range(150):
        content, dice = json.loads(valid), random.Random(rank)  # noqa: S311
        for _ in range(dice.randint(1, 3)):
            spoil_value(content, dice)
        text = json.dumps(content, ensure_ascii=False).encode()
        path.write_bytes(text[: dice.choice([len(text), 60, 0])])
        try:
            found = verify_file(toy.project, toy.project.maps / "rapport.txt")
        except SourceError as error:
            standings.add(f"refusé : {str(error).partition(' ')[0]}")
        else:
            standings.add(found.standing)
            assert verdict_lines("rapport.txt", found)
    assert standings <= {"refusé : manifest.json", "conforme", "modifié", "inconnu"}
    assert len(standings) > 1


def test_a_manifest_as_large_as_a_disk_is_not_opened(toy, monkeypatch) -> None:
    monkeypatch.setattr(crate, "MAX_BYTES", 100)
    with pytest.raises(SourceError, match="ce n'est pas un manifeste de calcul"):
        verify_file(toy.project, toy.project.maps / "rapport.txt")


def test_a_link_is_what_it_leads_to_and_no_pipe_is_waited_for(toy, tmp_path) -> None:
    link = tmp_path / "lien.txt"
    link.symlink_to(toy.project.maps / "rapport.txt")
    assert verify_file(toy.project, link).standing == "conforme"
    for path in (tmp_path, Path(os.devnull), tmp_path / ("n" * 300)):
        with pytest.raises(SourceError, match="lecture impossible"):
            verify_file(toy.project, path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "tube")
        with pytest.raises(SourceError, match="ce n'est pas un fichier"):
            verify_file(toy.project, tmp_path / "tube")


def test_a_hostile_sidecar_of_a_comparison_is_passed_over(toy, tmp_path) -> None:
    other = write_bytes(tmp_path / "autre.xlsx", b"lignes")
    told = {"step": COMPARED, "sha256": digest(other)}
    book = toy.project.maps / "comparaison_a_b.xlsx"
    sidecar = sidecar_path(toy.project, book)
    for inputs in ([1], None, "x"):
        content = json.dumps(told | {"inputs": inputs}).encode()
        write_bytes(sidecar, content)
        assert verify_file(toy.project, other).standing == "inconnu"
    write_bytes(sidecar, b"[" * 100_000)
    assert verify_file(toy.project, other).standing == "inconnu"


def public_study(toy: Toy, steps: tuple[Step, ...], away: Path) -> Project:
    """Run over a raw file of the register, one that is not in it, one outside."""
    base = toy.project.base
    (base / "data/raw").mkdir(exist_ok=True)
    (base / "raw/numbers.csv").rename(base / "data/raw/numbers.csv")
    (base / "data/raw/own.csv").write_text("à nous")
    away.write_text("ailleurs")
    line = f"data/raw/numbers.csv,2026,https://exemple.fr/n,LO 2.0,{'0' * 64}"
    text = f"name,version,url,licence,sha256\n{line}\n"
    (base / "data/sources.csv").write_text(text)
    source = (toy.folder / "numbers.py").read_text()
    moved = source.replace("raw/", "data/raw/").replace("', text)", "', text + b' ')")
    (toy.folder / "numbers.py").write_text(moved)
    read = [
        base / "data/raw/numbers.csv",
        base / "data/raw/own.csv",
        away,
    ]
    found = tuple(
        replace(one, files=lambda _: read) if one.name == "numbers" else one
        for one in steps
        if one.name != "manifest"
    )
    return replace_steps(toy, (*found, gathered(MANIFEST, found)))


def replace_steps(toy: Toy, steps: tuple[Step, ...]) -> Project:
    """Run other steps."""
    for module in (manifest, verify, compared):
        module.STEPS = steps  # type: ignore[attr-defined]
    toy.forget()
    reports = run_steps(steps, toy.project)
    assert {one.status for one in reports} <= {"done", "current"}
    return toy.project


def test_what_is_published_tells_no_digest_of_a_table(steps, toy, tmp_path) -> None:
    """From such a digest a declared need was found again in 3.8 s."""
    project = public_study(toy, steps, tmp_path / "hors étude.csv")
    found = entities(public_path(project))
    assert ids(found["./"], "hasPart") == {"rapport.txt"}
    assert found["rapport.txt"]["sha256"] == digest(project.maps / "rapport.txt")
    raw = found["#data/raw/numbers.csv"]
    assert raw["sha256"] == digest(project.base / "data/raw/numbers.csv")
    assert raw["license"] == "LO 2.0"
    # What stands behind the file, however far; no step that publishes nothing.
    assert [one for one in found if one.startswith("#etape/")] == ["#etape/report"]
    assert ids(found["#etape/report"], "object") == {
        "#data/raw/numbers.csv",
        "#parametre/identity.title",
        "#parametre/zones.radius_m",
    }
    assert found["#entrees"]["description"] == (
        "2 dans l'étude (data/raw/own.csv, raw/alone.csv) ; 1 hors du dossier de "
        "l'étude"
    )
    text = (public_path(project)).read_text(encoding="utf-8")
    unlisted = [
        *project.processed.rglob("*"),
        project.base / "data/raw/own.csv",
        tmp_path / "hors étude.csv",
    ]
    for path in (one for one in unlisted if one.is_file()):
        assert digest(path) not in text, path
    for name in ("hors étude", "#data/processed", tmp_path.as_posix()):
        assert name not in text
    assert found["#bibliotheque/numpy"]["version"]
    whole = entities(project.processed / "manifest.json")
    assert ids(found["./"], "comment") == ids(whole["./"], "comment")
    assert whole["#data/processed/doubled.parquet"]["sha256"] == digest(
        project.processed / "doubled.parquet"
    )


def test_a_file_outside_of_the_study_is_not_named_by_a_warning(
    toy, monkeypatch
) -> None:
    def told(_: Project) -> list[str]:
        return ["clients.csv : laissés de côté : x (2)", "a.csv : remarque : y (1)"]

    monkeypatch.setattr(manifest, "_left_out", told)
    away = toy.project.base.parent / "clients.csv"
    away.write_text("")
    alone = replace(toy.steps[3], files=lambda _: [away], name="away")
    (toy.folder / "away.py").write_text(
        "from eitgeo.store import write_bytes\n"
        "def run(project):\n"
        "    write_bytes(project.processed / 'alone.parquet', b'')\n"
    )
    alone = replace(alone, module=f"{toy.package}.away")
    kept = [
        one for one in vars(manifest)["STEPS"] if one.name not in {"alone", "manifest"}
    ]
    made = (*kept, alone)
    replace_steps(toy, (*made, gathered(MANIFEST, made)))
    found = entities(public_path(toy.project))
    texts = {found[one]["text"] for one in ids(found["./"], "comment")}
    assert "un fichier hors de l'étude : laissés de côté : x (2)" in texts
    assert "a.csv : remarque : y (1)" in texts
    assert "clients" not in json.dumps(found)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("data/raw/a.csv", True),
        ("/srv/jean/a.csv", False),
        ("../../jean/a.csv", False),
        ("C:\\Users\\jean\\a.csv", False),
        ("~/a.csv", False),
        ("x" * 201, False),
        ("© IGN – Licence 2.0 / INSEE", True),
        (2.5, True),
    ],
)
def test_a_parameter_that_is_a_path_of_the_machine_is_not_told(value, told) -> None:
    record = Record("one", "Un", {}, {"maps/one.pdf": "c" * 64}, {"sources.x": value})
    identity = read_study(ROOT / "study.yaml").identity
    crate = run_crate([record], Told(identity, {"eitgeo": "1", "python": "3"}, {}, ()))
    found = {one["@id"]: one for one in crate["@graph"]}["#parametre/sources.x"]
    assert ("value" in found) == told
    assert len(found["sha256"]) == 64


def test_a_published_manifest_alone_says_what_it_can(toy, tmp_path) -> None:
    public = shutil.copy(public_path(toy.project), tmp_path / "recu.json")
    copy = shutil.copy(toy.project.maps / "rapport.txt", tmp_path / "carte.txt")
    table = toy.project.processed / "doubled.parquet"
    altered = tmp_path / "rapport.txt"
    altered.write_bytes(b"autre")
    expected = {
        Path(copy): ("conforme", "maps/rapport.txt", "Rapport"),
        altered: ("modifié", "maps/rapport.txt", "Rapport"),
        table: ("inconnu", "", ""),
        Path(public): ("conforme", "recu.json", "Manifeste du calcul"),
    }
    for path, told in expected.items():
        found = verify_published(Path(public), path)
        assert (found.standing, found.name, found.step) == told
        assert "édition du" in found.description
        lines = verdict_lines(path.name, found, from_manifest=True)
        assert "Sans l’étude, rien n’est dit de ses entrées" in lines[-1]
        assert "entrées comparées" not in "".join(lines)
    for odd in (altered, tmp_path / "absent.json"):
        with pytest.raises(SourceError, match=odd.name):
            verify_published(odd, Path(copy))


def test_two_files_of_one_bare_name_are_two_entities() -> None:
    records = [
        Record("one", "Un", {"stock.csv": "a" * 64}, {"maps/one.pdf": "c" * 64}, {}),
        Record("two", "Deux", {"stock.csv": "b" * 64}, {"maps/two.pdf": "d" * 64}, {}),
    ]
    identity = read_study(ROOT / "study.yaml").identity
    told = Told(identity, {"eitgeo": "1", "python": "3"}, {}, ())
    graph = {one["@id"]: one for one in run_crate(records, told)["@graph"]}
    first, second = (
        ids(graph[f"#etape/{name}"], "object").pop() for name in ("one", "two")
    )
    assert first != second
    assert {graph[first]["sha256"], graph[second]["sha256"]} == {"a" * 64, "b" * 64}
