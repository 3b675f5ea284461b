"""What the user keeps or edits in the folders of a study stays as he left it."""

import json
import logging
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from eitgeo.cli.progress import plan_lines
from eitgeo.commands import compare
from eitgeo.commands import compared as _compared
from eitgeo.steps.engine.contract import Step, StepReport, sidecar_path
from eitgeo.steps.engine.leavings import edited_text
from eitgeo.steps.engine.ledger import JOURNAL_NAME, RECORDS_NAME, read_ledger
from eitgeo.steps.engine.lock import BusyError, one_run
from eitgeo.steps.engine.run import edited_products, plan_steps, run_steps
from eitgeo.store import PARTIAL_PREFIX, digest, write_bytes, write_json
from tests.steps.conftest import Toy, names

TWO = """
from eitgeo.store import write_bytes
def run(project):
    text = (project.processed / 'doubled.parquet').read_bytes()
    for name in project.study.territory.perimeters[:{n}]:
        write_bytes(project.maps / f'carte_{{name}}.txt', name.encode() + text)
"""
READS = """
from eitgeo.store import made, write_bytes
def run(project):
    text = made(project.maps / 'rapport.txt').read_bytes()
    write_bytes(project.maps / 'dossier.txt', text)
"""


def held(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def published(toy: Toy) -> set[str]:
    """Return what is in « maps »."""
    return set(held(toy.project.maps))


def state(toy: Toy) -> Path:
    """Return the folder of the records."""
    return toy.project.out / ".calcul"


def map_step(toy: Toy, n: int) -> Step:
    """Return a step that draws a map of each of the first perimeters."""
    (toy.folder / "cards.py").write_text(TWO.format(n=n))
    perimeters = toy.project.study.territory.perimeters[:n]
    return Step(
        "cards",
        "Cartes",
        tables=("doubled",),
        products=lambda project: [
            project.maps / f"carte_{name}.txt" for name in perimeters
        ],
        module=f"{toy.package}.cards",
    )


def test_no_sidecar_is_published(toy) -> None:
    toy.run()
    assert published(toy) == {"rapport.txt"}
    sheets = toy.project.processed / "fiches"
    assert set(held(sheets)) == {"rapport.txt.json"}
    told = json.loads((sheets / "rapport.txt.json").read_text())
    assert told["artefact"] == "rapport.txt"


@pytest.mark.parametrize("lost", [False, True])
def test_what_a_user_copies_into_the_folders_stays(toy, lost) -> None:
    """84 of 84 files in ``maps/archive`` went once: each had its sidecar beside it."""
    toy.run()
    report = toy.project.maps / "rapport.txt"
    sidecar = sidecar_path(toy.project, report)
    archives = [toy.project.maps / "archive", toy.project.processed / "archive/2025"]
    for archive in archives:
        archive.mkdir(parents=True)
        shutil.copy(report, archive)
        shutil.copy(sidecar, archive / "rapport.txt.json")
        for path in toy.project.processed.glob("*.parquet*"):
            shutil.copy(path, archive)
        (archive / f"{PARTIAL_PREFIX}rapport.txt").write_bytes(b"a draft of mine")
    table = toy.project.processed / "numbers.parquet"
    shutil.copy(table, table.with_name("numbers_ancien.parquet"))
    told = json.loads(sidecar_path(toy.project, table).read_text())
    write_json(
        table.with_name("numbers_ancien.parquet.json"),
        told | {"artefact": "numbers_ancien.parquet"},
    )
    shutil.copy(report, report.with_name("rapport copie.txt"))
    shutil.copy(sidecar, sidecar.with_name("rapport copie.txt.json"))
    kept = {
        path: path.read_bytes()
        for folder in (toy.project.maps, toy.project.processed)
        for path in folder.rglob("*")
        if path.is_file() and ("archive" in path.parts or "copie" in path.name)
    } | {path: path.read_bytes() for path in table.parent.glob("*ancien*")}
    if lost:
        (state(toy) / RECORDS_NAME).unlink()
    (toy.project.base / "raw/numbers.csv").write_text("4")
    toy.run()
    run_steps([one for one in toy.steps if one.name != "report"], toy.project)
    assert not report.exists()
    assert {path: path.read_bytes() for path in kept if path.is_file()} == kept
    assert len(kept) == 2 * 9 + 4


def test_a_perimeter_that_leaves_takes_its_map_away(toy) -> None:
    first, second = toy.project.study.territory.perimeters[:2]
    run_steps([*toy.steps, map_step(toy, 2)], toy.project)
    assert f"carte_{second}.txt" in published(toy)
    toy.forget()
    run_steps([*toy.steps, map_step(toy, 1)], toy.project)
    assert published(toy) == {"rapport.txt", f"carte_{first}.txt"}
    sheets = toy.project.processed / "fiches"
    assert set(held(sheets)) == {"rapport.txt.json", f"carte_{first}.txt.json"}


def test_a_map_that_leaves_stays_when_it_was_edited(toy, caplog) -> None:
    _, second = toy.project.study.territory.perimeters[:2]
    run_steps([*toy.steps, map_step(toy, 2)], toy.project)
    (toy.project.maps / f"carte_{second}.txt").write_text("à moi")
    toy.forget()
    run_steps([*toy.steps, map_step(toy, 1)], toy.project)
    assert (toy.project.maps / f"carte_{second}.txt").read_text() == "à moi"
    assert f"maps/carte_{second}.txt : modifié à la main, gardé" in caplog.text
    # It is the user's from now on, even as it was.
    toy.forget()
    run_steps([*toy.steps, map_step(toy, 1)], toy.project)
    assert (toy.project.maps / f"carte_{second}.txt").read_text() == "à moi"


def test_an_edited_map_stays_and_the_new_one_is_beside(toy, caplog) -> None:
    toy.run()
    report = toy.project.maps / "rapport.txt"
    beside = report.with_name("rapport.nouveau.txt")
    original = report.read_bytes()
    report.write_text("corrigé à la main")
    said = "maps/rapport.txt : modifié à la main, gardé tel quel"

    (edited,) = edited_products(toy.steps, toy.project)
    assert (
        edited_text(edited)
        == f"{said} ; le calcul écrira sa version à côté, {beside.name}"
    )
    assert not beside.exists()

    assert toy.run() == {"report"}
    assert (report.read_text(), beside.read_bytes()) == ("corrigé à la main", original)
    assert said in caplog.text
    assert f"est à côté, {beside.name}" in caplog.text

    # Nothing to do any more; it is said again; a dry run says it too.
    caplog.clear()
    assert toy.run() == set()
    assert said in caplog.text
    assert plan_lines(plan_steps(toy.steps, toy.project)) == [
        "Tout est à jour : rien à exécuter."
    ]
    (edited,) = edited_products(toy.steps, toy.project)
    assert f"est à côté, {beside.name}" in edited_text(edited)

    # Edited once more: nothing is computed for that.
    report.write_text("corrigé encore")
    assert toy.run() == set()

    # What changes upstream goes to the version beside.
    (toy.project.base / "raw/numbers.csv").write_text("4")
    assert toy.run() == {"numbers", "doubled", "report"}
    assert report.read_text() == "corrigé encore"
    assert beside.read_bytes().endswith(b"8")
    told = json.loads(sidecar_path(toy.project, report).read_text())
    assert told["sha256"] == digest(beside)
    assert published(toy) == {"rapport.txt", beside.name}


@pytest.mark.parametrize("how", ["removed", "renamed", "accepted", "reverted"])
def test_the_product_comes_back_when_the_user_lets_it(toy, how, caplog) -> None:
    toy.run()
    report = toy.project.maps / "rapport.txt"
    original = report.read_bytes()
    report.write_text("à moi")
    toy.run()
    beside = report.with_name("rapport.nouveau.txt")
    if how == "removed":
        report.unlink()
    elif how == "renamed":
        report.rename(report.with_name("le mien.txt"))
    elif how == "accepted":
        beside.replace(report)
    else:
        report.write_bytes(original)
    caplog.clear()
    toy.run()
    assert report.read_bytes() == original
    assert "modifié à la main" not in caplog.text
    mine = {"le mien.txt"} if how == "renamed" else set()
    assert published(toy) == {"rapport.txt"} | mine
    assert toy.run() == set()


def test_a_version_beside_that_was_edited_stays_too(toy) -> None:
    toy.run()
    report = toy.project.maps / "rapport.txt"
    report.write_text("à moi")
    toy.run()
    beside = report.with_name("rapport.nouveau.txt")
    beside.write_text("à moi aussi")
    toy.run()
    assert (report.read_text(), beside.read_text()) == ("à moi", "à moi aussi")
    second = report.with_name("rapport.nouveau-2.txt")
    assert second.read_bytes().endswith(b"42")
    report.unlink()
    toy.run()
    assert published(toy) == {"rapport.txt", beside.name}
    assert beside.read_text() == "à moi aussi"


def test_a_file_of_the_user_under_the_name_of_a_product_stays(toy) -> None:
    """It was there before the first run."""
    toy.project.maps.mkdir()
    (toy.project.maps / "rapport.txt").write_text("à moi")
    toy.run()
    assert (toy.project.maps / "rapport.txt").read_text() == "à moi"
    assert "rapport.nouveau.txt" in published(toy)


@pytest.mark.parametrize("lost", ["state", "sidecars", "records", "odd"])
def test_lost_records_lose_no_file_and_no_product(toy, lost) -> None:
    toy.run()
    report = toy.project.maps / "rapport.txt"
    if lost == "state":
        shutil.rmtree(state(toy))
    elif lost == "sidecars":
        shutil.rmtree(toy.project.processed)
    elif lost == "records":
        (state(toy) / RECORDS_NAME).unlink()
    else:
        content = {"written": {"../../autre": {"sha256": "0" * 64, "step": "x"}}}
        write_json(state(toy) / RECORDS_NAME, content)
    (toy.project.base / "raw/numbers.csv").write_text("4")
    toy.run()
    assert report.read_text().endswith("8")
    assert published(toy) == {"rapport.txt"}
    report.write_text("à moi")
    toy.run()
    assert report.read_text() == "à moi"


def test_records_that_lead_out_remove_nothing(toy, tmp_path) -> None:
    toy.run()
    away = tmp_path / "ailleurs.txt"
    away.write_text("à un autre")
    path = state(toy) / RECORDS_NAME
    told = json.loads(path.read_text())
    for name in ("maps/../../ailleurs.txt", f"{away}", "../ailleurs.txt"):
        told["written"][name] = {"sha256": digest(away), "step": "numbers"}
        write_json(path, told)
        toy.run()
        assert away.read_text() == "à un autre"
        del told["written"][name]


def test_a_link_in_place_of_a_product_is_the_users(toy, tmp_path) -> None:
    run_steps([*toy.steps, map_step(toy, 2)], toy.project)
    _, second = toy.project.study.territory.perimeters[:2]
    card = toy.project.maps / f"carte_{second}.txt"
    away = tmp_path / "carte.txt"
    card.rename(away)
    card.symlink_to(away)
    toy.forget()
    run_steps([*toy.steps, map_step(toy, 1)], toy.project)
    assert card.is_symlink()
    assert away.is_file()


def test_a_failed_step_removes_no_file_of_the_user(toy) -> None:
    toy.run()
    report = toy.project.maps / "rapport.txt"
    report.write_text("à moi")
    toy.edit("report.py", "\ndef run(project):\n    raise ZeroDivisionError\n")
    toy.forget()
    reports = run_steps(toy.steps, toy.project)
    assert names(reports, "failed") == {"report"}
    assert report.read_text() == "à moi"
    # It had written its version beside, and removes that one alone.
    source = (toy.folder / "report.py").read_text()
    late = source.replace(
        "    raise Zero",
        "    write_bytes(project.maps / 'rapport.txt', b'x')\n    raise Zero",
    )
    (toy.folder / "report.py").write_text(late)
    toy.forget()
    run_steps(toy.steps, toy.project)
    assert report.read_text() == "à moi"
    assert published(toy) == {"rapport.txt"}


def test_a_cut_run_knows_its_own_files_again(toy) -> None:
    """Killed between the file and its sidecar: no hand edited it."""
    toy.run()
    report = toy.project.maps / "rapport.txt"
    whole = report.read_bytes()
    ledger = read_ledger(toy.project.out, state(toy))
    report.write_bytes(b"what a newer version writes")
    ledger.begin(report, digest(report))
    line = (state(toy) / JOURNAL_NAME).read_bytes()
    (state(toy) / JOURNAL_NAME).write_bytes(line + line[:30])
    assert toy.run() == {"report"}
    assert report.read_bytes() == whole
    assert published(toy) == {"rapport.txt"}


def test_a_step_reads_what_was_computed_not_what_was_edited(toy) -> None:
    """A map corrected by hand does not enter the dossier in silence."""
    (toy.folder / "dossier.py").write_text(READS)
    dossier = Step(
        "dossier",
        "Dossier",
        files=lambda project: [project.maps / "rapport.txt"],
        products=lambda project: [project.maps / "dossier.txt"],
        module=f"{toy.package}.dossier",
    )
    steps = (*toy.steps, dossier)
    run_steps(steps, toy.project)
    report = toy.project.maps / "rapport.txt"
    computed = report.read_bytes()
    report.write_text("à moi")
    toy.forget()
    assert names(run_steps(steps, toy.project), "done") == {"report"}
    toy.edit("dossier.py", "\n# a remark\n")
    toy.forget()
    assert names(run_steps(steps, toy.project), "done") == {"dossier"}
    assert (toy.project.maps / "dossier.txt").read_bytes() == computed
    told = json.loads(
        sidecar_path(toy.project, toy.project.maps / "dossier.txt").read_text()
    )
    assert told["inputs"]["maps/rapport.txt"] == digest(
        toy.project.maps / "rapport.nouveau.txt"
    )


def test_the_console_says_it(toy) -> None:
    toy.run()
    (toy.project.maps / "rapport.txt").write_text("à moi")
    seen: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("eitgeo").addHandler(handler)
    try:
        toy.run()
    finally:
        logging.getLogger("eitgeo").removeHandler(handler)
    assert len(seen) == 1
    assert "rapport.nouveau.txt" in seen[0]


def test_an_edited_file_stays_where_its_step_writes_elsewhere(toy, caplog) -> None:
    toy.run()
    (toy.project.maps / "rapport.txt").write_text("\u00e0 moi")
    first, *others = toy.steps
    moved = replace(
        first, products=lambda project: [project.maps / "1_elus/rapport.txt"]
    )
    code = toy.folder / "report.py"
    code.write_text(code.read_text().replace("'rapport", "'1_elus/rapport"))
    toy.forget()
    run_steps([moved, *others], toy.project)
    assert published(toy) == {"rapport.txt", "1_elus/rapport.txt"}
    assert "l'étude calcule maps/1_elus/rapport.txt à sa place" in caplog.text


def test_a_comparison_edited_by_hand_stays(toy, monkeypatch) -> None:
    toy.run()
    monkeypatch.setattr(_compared, "STEPS", toy.steps)
    book = toy.project.maps / "4_tableurs/comparaison_a_b.xlsx"

    def compared(content: bytes) -> tuple[tuple[Path, ...], list[str]]:
        return compare.write_compared(
            toy.project, ["a", "b"], [book], draw=lambda: write_bytes(book, content)
        )

    assert compared(b"lignes") == ((book,), [])
    # Its own file of last time is written over.
    assert compared(b"lignes 2") == ((book,), [])
    book.write_bytes(b"annot\xe9")
    places, said = compared(b"lignes 3")
    beside = book.with_name("comparaison_a_b.nouveau.xlsx")
    assert places == (beside,)
    assert "gardé tel quel" in said[0]
    assert (book.read_bytes(), beside.read_bytes()) == (b"annot\xe9", b"lignes 3")
    assert toy.run() == set()
    assert {f"4_tableurs/{one.name}" for one in (book, beside)} < published(toy)
    book.unlink()
    assert compared(b"lignes 4") == ((book,), [])
    assert published(toy) == {"rapport.txt", f"4_tableurs/{book.name}"}


def test_a_comparison_does_not_write_during_a_run(toy, monkeypatch) -> None:
    toy.run()
    monkeypatch.setattr(_compared, "STEPS", toy.steps)
    with one_run(state(toy)), pytest.raises(BusyError, match="déjà en cours"):
        compare.write_compared(toy.project, ["a", "b"], [], draw=lambda: None)


CHANGES = """
from eitgeo.store import write_bytes
def run(project):
    path = project.base / 'raw/alone.csv'
    text = path.read_bytes()
    if text == b'avant':
        path.write_bytes(b'apres')
    write_bytes(project.maps / 'seul.txt', text)
    write_bytes(project.processed / 'alone.parquet', text)
"""


def test_an_input_that_moves_meanwhile_signs_nothing(toy) -> None:
    """The new digest was signed once, and the next run called it current."""
    (toy.folder / "alone.py").write_text(CHANGES)
    alone = next(one for one in toy.steps if one.name == "alone")
    step = replace(alone, products=lambda project: [project.maps / "seul.txt"])
    raw = toy.project.base / "raw/alone.csv"
    raw.write_bytes(b"avant")
    (report,) = run_steps([step], toy.project)
    assert report.status == "failed"
    said = "raw/alone.csv : modifié pendant le calcul de cette étape"
    assert str(report.error).startswith(said)
    assert "→ relancer « eitgeo run »" in str(report.error)
    assert held(toy.project.processed) == {}
    assert held(toy.project.maps) == {}
    toy.forget()
    (report,) = run_steps([step], toy.project)
    assert report.status == "done"
    assert (toy.project.maps / "seul.txt").read_bytes() == b"apres"


def test_an_input_that_moves_after_its_step_is_seen_by_the_next_run(toy) -> None:
    """Another step, later in the same run, is when the user saves the file."""
    toy.edit(
        "report.py",
        "\n_run = run\n\ndef run(project):\n    _run(project)\n"
        "    path = project.base / 'raw/numbers.csv'\n"
        "    if path.read_text() == '21':\n        path.write_text('4')\n",
    )
    assert "report" in toy.run()
    assert toy.run() == {"numbers", "doubled", "report"}
    assert (toy.project.maps / "rapport.txt").read_text().endswith("8")


def test_files_saved_as_a_step_ends_are_seen_by_the_next_run(toy) -> None:
    """Between the last look of the engine and what it remembers of the step."""
    raw, report = toy.project.base / "raw/numbers.csv", toy.project.maps / "rapport.txt"

    def save(told: StepReport) -> None:
        if told.status == "done" and told.step.name == "numbers":
            raw.write_text("4")
        if told.status == "done" and told.step.name == "report":
            report.write_text("à moi")

    run_steps(toy.steps, toy.project, tell=save)
    assert toy.run() == {"numbers", "doubled", "report"}
    assert report.read_text() == "à moi"
    assert report.with_name("rapport.nouveau.txt").read_text().endswith("8")


@pytest.mark.parametrize("reads_all", [False, True])
def test_a_bit_that_flips_in_a_large_file(toy, monkeypatch, reads_all) -> None:
    from eitgeo.steps.engine import states  # noqa: PLC0415

    monkeypatch.setattr(states, "LARGE_BYTES", 2)
    path = toy.project.base / "raw/numbers.csv"
    os.utime(path, (1e9, 1e9))
    toy.run()
    assert toy.run() == set()
    path.write_text("22")
    os.utime(path, (1e9, 1e9))
    toy.forget()
    plan = plan_steps(toy.steps, toy.project, reads_all=reads_all)
    assert names(plan, "pending") == (
        {"numbers", "doubled", "report"} if reads_all else set()
    )
    toy.forget()
    done = names(run_steps(toy.steps, toy.project, reads_all=reads_all), "done")
    assert done == ({"numbers", "doubled", "report"} if reads_all else set())
    # Another size is seen without being asked for.
    path.write_text("222")
    os.utime(path, (1e9, 1e9))
    assert "numbers" in toy.run()
