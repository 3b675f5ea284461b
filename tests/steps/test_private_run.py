"""A private study: shut to others, stamped as it is written, alone to read answers."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from eitgeo.commands.batch_run import opened
from eitgeo.errors import SchemaError, SourceError, StudyError
from eitgeo.steps.engine.contract import Step
from eitgeo.steps.engine.private import shut
from eitgeo.steps.engine.run import run_steps
from eitgeo.steps.what_if import what_if
from eitgeo.store import write_bytes
from eitgeo.study.asked import PRIVATE_STAMP as WORDS
from eitgeo.study.project import PRIVATE_STUDY, Project, open_project, read_study

ROOT = Path(__file__).resolve().parents[2]
MODULE = "tests.steps.private_step"
STEP = Step(
    "shown",
    "Ce qui est montré",
    products=lambda project: [
        project.maps / name for name in ("carte.png", "page.html", "manifeste.json")
    ],
    module=MODULE,
)


def project(base: Path, out: str = "") -> Project:
    """Return a study in its own folder."""
    return Project(read_study(ROOT / "study.yaml"), base, base / out)


@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
def test_a_private_study_is_shut_and_stamped(tmp_path) -> None:
    (tmp_path / "private").mkdir(mode=0o755)
    before = os.umask(0o022)
    try:
        private = project(tmp_path, PRIVATE_STUDY)
        assert [one.status for one in run_steps((STEP,), private)] == ["done"]
        public = project(tmp_path)
        assert [one.status for one in run_steps((STEP,), public)] == ["done"]
    finally:
        os.umask(before)
    for path in (tmp_path / "private").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    assert (tmp_path / "private").stat().st_mode & 0o077 == 0
    assert (public.maps / "carte.png").stat().st_mode & 0o044
    page = (private.maps / "page.html").read_text(encoding="utf-8")
    assert WORDS in page
    assert WORDS in (private.maps / "manifeste.json").read_text(encoding="utf-8")
    with Image.open(private.maps / "carte.png") as picture:
        assert WORDS in str(picture.info["Title"])
    # Signed as stamped: nothing to do again, and nothing edited.
    assert [one.status for one in run_steps((STEP,), private)] == ["current"]
    assert not list(private.maps.glob("*nouveau*"))
    for path in public.maps.iterdir():
        assert b"DIFFUSER" not in path.read_bytes(), path


@pytest.mark.parametrize("name", ["maps", "maps/2_cartes", "data"])
def test_no_folder_of_a_private_study_leads_out(tmp_path, name) -> None:
    (tmp_path / "partage").mkdir()
    link = tmp_path / PRIVATE_STUDY / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(tmp_path / "partage", target_is_directory=True)
    with pytest.raises(SourceError, match="un lien mène hors de private/"):
        run_steps((STEP,), project(tmp_path, PRIVATE_STUDY))
    assert not list((tmp_path / "partage").iterdir())


@pytest.mark.parametrize(
    ("name", "module", "said"),
    [
        ("table.csv", "private_step_csv", "ne sait pas porter"),
        ("page.html", "private_step_bare", "page.html : ne porte pas « NE PAS"),
    ],
)
def test_what_bears_no_words_is_not_written(tmp_path, name, module, said) -> None:
    step = Step(
        "shown",
        "Ce qui est montré",
        products=lambda project: [project.maps / name],
        module=f"tests.steps.{module}",
    )
    private = project(tmp_path, PRIVATE_STUDY)
    (report,) = run_steps((step,), private)
    assert report.status == "failed"
    assert said in str(report.error)
    assert not list(private.maps.glob("*"))


def test_what_is_drawn_apart_without_the_words_is_refused(
    tmp_path, monkeypatch
) -> None:
    bare = replace(
        STEP,
        products=lambda project: [project.maps / "page.html"],
        module="tests.steps.private_step_bare",
    )
    monkeypatch.setattr("eitgeo.steps.what_if.STEPS", (bare,))
    monkeypatch.setattr(Project, "picture", lambda one, _: one.maps / "page.html")
    with pytest.raises(SchemaError, match=r"page\.html : ne porte pas « NE PAS"):
        what_if(project(tmp_path, PRIVATE_STUDY), "page")


def test_a_study_that_may_be_published_names_nothing_private(tmp_path) -> None:
    secret = tmp_path / "private/contacts.csv"
    write_bytes(secret, b"secret")
    reading = replace(STEP, files=lambda _: [secret])
    with pytest.raises(SourceError, match=r"private/contacts\.csv : une étude qui se"):
        run_steps((reading,), project(tmp_path))
    (report,) = run_steps((reading,), project(tmp_path, PRIVATE_STUDY))
    assert report.status == "done"


def test_no_change_of_a_study_opens_what_is_private(tmp_path) -> None:
    write_bytes(tmp_path / "private/sites.csv", b"secret")
    changes = {"sources.sites": [{"reader": "anchors", "path": "private/sites.csv"}]}
    with pytest.raises(SourceError, match=r"private/sites\.csv : une étude qui se"):
        what_if(project(tmp_path), "sites", changes=changes)


def test_what_is_drawn_apart_with_answers_bears_the_words(
    tmp_path, monkeypatch
) -> None:
    """A what-if of a private study: its folder is private, and its maps say so."""
    monkeypatch.setattr("eitgeo.steps.what_if.STEPS", (STEP,))
    monkeypatch.setattr(Project, "picture", lambda one, _: one.maps / "carte.png")
    for out, is_private in {PRIVATE_STUDY: True, "": False}.items():
        made = what_if(project(tmp_path, out), "carte")
        with Image.open(made.picture("carte")) as picture:
            assert (WORDS in str(picture.info["Title"])) == is_private
        assert ("private" in made.out.parts) == is_private


def test_no_study_reads_what_another_keeps_private(tmp_path) -> None:
    secret = tmp_path / "mère/private/communes.csv"
    write_bytes(secret, b"secret")
    reading = replace(STEP, files=lambda _: [secret])
    with pytest.raises(SourceError, match="une étude qui se publie n'ouvre rien de"):
        run_steps((reading,), project(tmp_path / "fille"))
    # A whole study may stand in a folder of that name.
    inside = tmp_path / "private/etudes/une"
    write_bytes(inside / "communes.csv", b"x")
    own = replace(STEP, files=lambda _: [inside / "communes.csv"])
    (report,) = run_steps((own,), project(inside))
    assert report.status == "done"


def test_nothing_private_passes_by_the_temporary_folder(tmp_path) -> None:
    made = project(tmp_path, PRIVATE_STUDY)
    before = tempfile.tempdir
    with shut(made):
        assert Path(tempfile.gettempdir()).is_relative_to(made.out)
        with tempfile.NamedTemporaryFile(delete=False) as left:
            left.write(b"secret")
    assert tempfile.tempdir == before
    assert not Path(left.name).exists()
    with shut(project(tmp_path)):
        assert tempfile.tempdir == before


def test_a_batch_makes_no_private_study(tmp_path) -> None:
    path = tmp_path / "study.yaml"
    path.write_bytes((ROOT / "study.yaml").read_bytes())
    with pytest.raises(StudyError, match="un lot ne fait pas d'étude privée"):
        opened(path, tmp_path / "private/lot", None)


def test_the_folder_of_a_private_study_is_its_own(tmp_path) -> None:
    (tmp_path / "study.yaml").write_bytes((ROOT / "study.yaml").read_bytes())
    path = tmp_path / "study.yaml"
    found = open_project(path, private=True)
    assert (found.out, found.private) == (tmp_path / "private/etude", True)
    assert open_project(path, out=tmp_path / "private/autre").private
    assert not open_project(path).private
    assert not open_project(path, out=tmp_path / "private2").private
    with pytest.raises(StudyError, match="s'écrit dans private/etude → ôter --out"):
        open_project(path, out=tmp_path / "x", private=True)
    (tmp_path / "ailleurs").mkdir()
    (tmp_path / "private").symlink_to(tmp_path / "ailleurs")
    with pytest.raises(SourceError, match="private est un lien"):
        open_project(path, private=True)
