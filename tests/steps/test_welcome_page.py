"""The page that opens first leads to every published file, and says what each is."""

import base64
import hashlib
import html
import io
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image, PngImagePlugin

from eitgeo.cli.progress import closing_lines
from eitgeo.outlines import DRAWN_LAYER
from eitgeo.reference.map_sheets import map_sheets, published_files
from eitgeo.steps.declared import STEPS
from eitgeo.steps.documents.welcome_page import published_by
from eitgeo.steps.engine.contract import StepReport
from eitgeo.store import write_bytes
from eitgeo.study.prints import SHELVES
from eitgeo.study.project import Project, read_study
from tests.maps.toy import HOSTILE
from tests.steps.conftest import ROOT

STEP = next(one for one in STEPS if one.name == "welcome_page")
LINK = re.compile(r'<a href="([^"#][^"]*)"')
ITEM = re.compile(r"<li>(?=<(?:img|svg)).*?</li>", re.DOTALL)


def picture(title: str) -> bytes:
    """Return a small picture with a title, as a print map has."""
    told = PngImagePlugin.PngInfo()
    told.add_itxt("Title", title)
    written = io.BytesIO()
    Image.new("RGB", (90, 64), "white").save(written, "PNG", pnginfo=told)
    return written.getvalue()


def beside(delivered: Project, made: Project) -> Project:
    """Give a study the tables of the delivered one, to read."""
    made.processed.parent.mkdir(parents=True, exist_ok=True)
    made.processed.symlink_to(delivered.processed, target_is_directory=True)
    return made


@pytest.fixture(scope="module")
def project(delivered: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Lay out the pictures of the delivered study, one with a hostile title."""
    study = read_study(ROOT / "study.yaml")
    prints = study.prints.model_copy(update={"formats": ("A4", "A3_portrait")})
    printed = study.model_copy(update={"prints": prints})
    made = beside(delivered, Project(printed, ROOT, tmp_path_factory.mktemp("accueil")))
    for path in published_by(STEPS, made):
        if path.suffix == ".png":
            title = HOSTILE if "liaisons" in path.name else path.stem
            write_bytes(path, picture(f"{title} – {study.identity.title}"))
    return made


@pytest.fixture(scope="module")
def page(project: Project) -> str:
    """Return the page."""
    STEP.run(project)
    return (project.maps / "index.html").read_text(encoding="utf-8")


def test_a_folder_that_is_a_link_is_led_to_all_the_same(
    delivered: Project, tmp_path: Path
) -> None:
    study = read_study(ROOT / "study.yaml")
    made = beside(delivered, Project(study, ROOT, tmp_path / "etude"))
    (tmp_path / "disque").mkdir()
    made.maps.mkdir(parents=True)
    (made.maps / "2_cartes").symlink_to(tmp_path / "disque", target_is_directory=True)
    for path in published_by(STEPS, made):
        if path.suffix == ".png":
            write_bytes(path, picture(path.stem))
    STEP.run(made)
    page = (made.maps / "index.html").read_text(encoding="utf-8")
    named = [one for one in LINK.findall(page) if one.endswith(".png")]
    assert named
    assert all("/" in one for one in named)


def test_every_published_file_is_one_click_away(project: Project, page: str) -> None:
    paths = published_by(STEPS, project)
    files = {path.relative_to(project.maps).as_posix() for path in paths}
    files.add(DRAWN_LAYER.relative_to("maps").as_posix())
    assert {unquote(one) for one in LINK.findall(page)} == files
    assert {Path(one).parts[0] for one in files} == set(SHELVES)


def test_a_file_of_a_demonstration_is_marked_and_no_other(page: str) -> None:
    items = ITEM.findall(page)
    assert len(items) > 40
    marked = [one for one in items if "Démonstration</span>" in one]
    assert 0 < len(marked) < len(items)
    assert marked == [one for one in items if "DEMO_" in one]


def test_each_file_has_a_title_a_sentence_and_an_image_or_its_name(page: str) -> None:
    for item in ITEM.findall(page):
        assert re.search(r"<h3><a[^>]*>[^<]+</a>", item), item
        assert re.search(r"<p>[^<]+</p>", item), item
        assert re.search(r'<img [^>]*alt="[^"]+"|<svg aria-hidden="true">', item), item


def test_titles_are_those_of_the_maps_without_the_study(project, page: str) -> None:
    said = html.unescape(page)
    assert "carte_structures_A4</a>" in said
    assert f"– {project.study.identity.title}</a>" not in said
    assert html.escape(HOSTILE) in page
    assert "PDF A3 portrait" in page


def only(pattern: str, page: str) -> str:
    """Return what a pattern holds, which the page has once."""
    (found,) = re.findall(pattern, page, re.DOTALL)
    return str(found)


def test_one_script_runs_and_nothing_is_fetched(page: str) -> None:
    """The policy names the digests of the only style and the only script."""
    tags = re.findall(r"<script[^>]*>", page)
    assert tags == ['<script type="application/json" id="donnees">', "<script>"]
    policy = html.unescape(only(r'Security-Policy" content="([^"]+)"', page))
    for what in ("script", "style"):
        text = only(f"<{what}>(.*?)</{what}>", page).encode()
        held = base64.b64encode(hashlib.sha256(text).digest()).decode()
        assert f"{what}-src 'sha256-{held}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not re.search(r' style="|(?:src|href)="(?:https?:)?//', page)


def test_the_table_tells_what_is_published_and_nothing_else() -> None:
    """A map has its question in the set of maps, another file its row here."""
    held = {shelf: stems for shelf, stems in SHELVES.items() if shelf != "2_cartes"}
    stems = {one for stems in held.values() for one in stems}
    assert set(published_files()["stem"]) == stems
    assert map_sheets()["question"].str.len().gt(0).all()


def test_a_run_ends_by_saying_where_to_begin(project: Project, page: str) -> None:
    assert page
    lines = closing_lines(project, [StepReport(STEP, "current")], seconds=1.0)
    assert f"Par où commencer : {project.maps / 'index.html'}" in lines
    others = [StepReport(one, "current") for one in STEPS if one.writes]
    assert "Par où" not in "".join(closing_lines(project, others, seconds=1.0))


def test_the_page_is_signed_with_what_it_shows() -> None:
    names = [one.name for one in STEPS]
    assert names[-2:] == ["welcome_page", "manifest"]
