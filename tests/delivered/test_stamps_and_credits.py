"""Every published file says what it rests on: its stamp, its name, whose roads."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from eitgeo.steps.declared import STEPS
from eitgeo.steps.records.records import read_sidecar
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables
from tests.disclosure.files import page_text
from tests.disclosure.scan import texts_of

WITHOUT_ROADS = {
    "accessibilite": "a declaration: no datum",
    "activite_comptee": "counts of URSSAF and INSEE by commune",
    "inscription": "the form: names of communes",
    "territoire": "members of a body",
}
"""Products that draw no road, and show no time, no length, no contour by road."""
WITHOUT_WORDS = {".png"}
NOT_STAMPED = {".gpkg", ".json"}
"""No page: the stamp is on what shows their layers and names their files."""

pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler absent"
)


def products(project: Project) -> dict[Path, str]:
    """Read every published file that has words."""
    paths = [one for step in STEPS for one in step.products(project)]
    return {
        path: words_of(path)
        for path in paths
        if path.is_relative_to(project.maps) and path.suffix not in WITHOUT_WORDS
    }


def words_of(path: Path) -> str:
    """Return what is read in a file; of a page, not its code."""
    is_page = path.suffix == ".html"
    text = page_text(path) if is_page else " ".join(texts_of(path))
    return " ".join(text.split())


def about_no_road(path: Path) -> bool:
    stem = path.name.removeprefix("DEMO_").partition(".")[0]
    known = [one for one in WITHOUT_ROADS if f"{stem}_".startswith(f"{one}_")]
    return bool(known)


def test_a_file_is_stamped_where_its_name_says_so_and_nowhere_else(delivered) -> None:
    wrong = [
        path.name
        for path, words in products(delivered).items()
        if path.suffix not in NOT_STAMPED
        and ("DÉMONSTRATION" in words) != path.name.startswith("DEMO_")
    ]
    assert wrong == []


def test_what_rests_on_nothing_drawn_has_a_plain_name(delivered) -> None:
    names = {path.name for path in products(delivered)}
    assert {"carte_structures_A4.pdf", "carte_territoire_A4.pdf"} <= names
    assert "DEMO_carte_echanges_A4.pdf" in names
    roads = [one for one in names if "carte_isochrones" in one or "carte_sieges" in one]
    stamped = delivered.study.roads.network.is_surrogate
    assert {one.startswith("DEMO_") for one in roads} == {stamped}


def test_what_rests_on_roads_says_whose_they_are_and_of_when(delivered) -> None:
    credit = delivered.study.credit("roads").replace("'", "’")
    said = {
        path: credit in words.replace("'", "’")
        for path, words in products(delivered).items()
    }
    lacking = [path.name for path, found in said.items() if not found]
    assert [one for one in lacking if not about_no_road(Path(one))] == []
    in_vain = [path.name for path, found in said.items() if found]
    assert [one for one in in_vain if about_no_road(Path(one))] == []


def test_the_metadata_of_a_print_say_its_study_and_its_stamp(delivered) -> None:
    prints = {
        path: subject_of(path)
        for path in delivered.maps.rglob("*.pdf")
        if "dossier" not in path.name
    }
    assert len(prints) > 20
    study = delivered.study.identity.subtitle
    assert [path.name for path, said in prints.items() if study not in said] == []
    wrong = [
        path.name
        for path, said in prints.items()
        if ("DÉMONSTRATION" in said) != path.name.startswith("DEMO_")
    ]
    assert wrong == []


def subject_of(path: Path) -> str:
    """Return what the metadata of a PDF say that it is about."""
    done = subprocess.run(  # noqa: S603
        ["pdfinfo", str(path)],  # noqa: S607
        capture_output=True,
        check=True,
    )
    lines = done.stdout.decode().splitlines()
    return next(line for line in lines if line.startswith("Subject:"))


LINES = {"road_lines", "road_edges", "road_nodes", "road_islands", "closed_roads"}
LINES |= {"closure_trips", "isochrones", "link_criticality"}
LINES |= {"road_names", "dead_end_valleys", "drawn_roads"}
PRINTS = {"body_map", "core_map", "count_products", "difference_sheet", "flow_maps"}
PRINTS |= {"perimeter_maps", "road_maps", "territory_map", "zone_maps"}


@pytest.fixture(scope="module")
def sidecars(delivered) -> dict[str, dict[str, Any]]:
    """Read a sidecar of each step that publishes: what it read, tables and keys."""
    made = {step.name: [*step.products(delivered)] for step in STEPS}
    return {
        name: read_sidecar(delivered, paths[0]) for name, paths in made.items() if paths
    }


def test_no_line_of_the_roads_joins_layers_of_another_licence(sidecars) -> None:
    """The roads of OpenStreetMap (ODbL) are drawn on maps, and put in no base."""
    read = {
        name: {Path(path).stem for path in told["inputs"] if path.endswith(".parquet")}
        for name, told in sidecars.items()
    }
    drawn = {name for name, tables in read.items() if LINES & tables}
    assert drawn - {"manifest"} == PRINTS
    assert not LINES & read["qgis_project"]


def test_what_is_published_reads_tables_that_carry_credits_and_date(
    sidecars, delivered
) -> None:
    """Tables of the public folder tell their sources, the roads with their date."""
    public, network = PublicTables(delivered.processed), delivered.study.roads.network
    for name in sidecars.keys() - {"manifest"}:
        read = {
            Path(path).stem for path in sidecars[name]["inputs"] if "public/" in path
        }
        told = {source for table in read for source in public[table].sources}
        assert told, name
        roads = {text for text in told if text.startswith("Routes")}
        assert all("ODbL" in one and network.vintage in one for one in roads), name
        assert not read & LINES or roads, name
