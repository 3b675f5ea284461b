"""Perimeters drawn in QGIS, from the layer that a run offers to what a step reads."""

import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
import yaml
from shapely import MultiPolygon, box

from eitgeo.errors import EitgeoError, SchemaError, StudyError
from eitgeo.outlines import DRAWN_LAYER, drawn_names, pending_changes
from eitgeo.sources.territory.perimeter_files import read_perimeter_file
from eitgeo.steps.engine.brought import offer_layer, perimeter_faults
from eitgeo.steps.files import brought_files
from eitgeo.steps.inputs.readers import load_communes
from eitgeo.steps.perimeters.perimeters import _brought
from eitgeo.store import write_bytes
from eitgeo.study.prints import shelf_of
from eitgeo.study.project import Project, open_project
from tests.maps.toy import HOSTILE
from tests.studies.small_country import SQUARES, write_country

WEST, MIDDLE, EAST = SQUARES
LAYER = DRAWN_LAYER.stem
ENDLESS = """
CREATE VIEW perimetres_a_tester AS
WITH RECURSIVE n(nom) AS (SELECT 1 UNION ALL SELECT 1 FROM n)
SELECT nom, 1 AS fid FROM n
"""


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the study of the small country, which brings a perimeter of its own."""
    folder = tmp_path_factory.mktemp("pays")
    path = write_country(folder)
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    study["perimeters"] = [{"name": "Atelier", "path": "raw/atelier.csv"}]
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    (folder / "raw/atelier.csv").write_text(f"code_insee\n{WEST}\n", encoding="utf-8")
    return path


@pytest.fixture
def project(country: Path, tmp_path: Path) -> Project:
    """Open the study where a run left its QGIS project and offered the layer."""
    opened = open_project(country, out=tmp_path)
    write_bytes(opened.published("etude", ".qgz"), b"projet")
    offer_layer(opened)
    return opened


def draw(project: Project, *drawn: tuple[str | None, tuple[str, ...]]) -> Path:
    """Draw perimeters over communes, a hundred metres short of their borders."""
    path = project.path(DRAWN_LAYER)
    shapes = []
    for _, codes in drawn:
        sides = [SQUARES[code].bounds for code in codes]
        left, low = min(one[0] for one in sides), sides[0][1]
        right, high = max(one[2] for one in sides), sides[0][3]
        shape = box(left + 100, low + 100, right - 100, high - 100)
        shapes.append(MultiPolygon([shape]))
    rows = gpd.GeoDataFrame(
        {"nom": [name for name, _ in drawn], "auteur": "Une élue", "note": None},
        geometry=shapes,
        crs=2154,
    )
    rows.to_file(path, layer=LAYER, driver="GPKG", mode="a")
    return path


def opened_again(country: Path, project: Project) -> Project:
    """Open the study as the next command does."""
    return open_project(country, out=project.out)


def test_the_layer_is_offered_once_and_is_the_users(project: Project) -> None:
    path = project.path(DRAWN_LAYER)
    assert path == project.maps / shelf_of(LAYER) / DRAWN_LAYER.name
    empty = path.read_bytes()
    fields = gpd.read_file(path, layer=LAYER)
    assert list(fields.columns) == ["nom", "auteur", "note", "geometry"]
    assert fields.crs.to_epsg() == 2154
    drawn = draw(project, ("Essai", (WEST,))).read_bytes()
    offer_layer(project)
    assert path.read_bytes() == drawn != empty
    path.unlink()
    offer_layer(project)
    assert path.read_bytes() == empty


def test_no_layer_without_the_project_that_opens_it(country, tmp_path) -> None:
    opened = open_project(country, out=tmp_path)
    offer_layer(opened)
    assert not opened.maps.exists()


def test_a_link_that_leads_nowhere_is_left(country, tmp_path) -> None:
    opened = open_project(country, out=tmp_path)
    write_bytes(opened.published("etude", ".qgz"), b"projet")
    opened.path(DRAWN_LAYER).symlink_to(tmp_path / "ailleurs.gpkg")
    offer_layer(opened)
    assert not (tmp_path / "ailleurs.gpkg").exists()


def test_an_empty_layer_changes_nothing(country: Path, project: Project) -> None:
    again = opened_again(country, project)
    assert again == project
    assert brought_files(again) == brought_files(project)
    assert project.path(DRAWN_LAYER) not in brought_files(again)


def test_each_perimeter_drawn_is_one_brought(country: Path, project: Project) -> None:
    """Two features: two perimeters of the same kind, after that of the study."""
    path = draw(project, (f" {HOSTILE}\n", (WEST, MIDDLE)), ("Été 2", (EAST,)))
    again = opened_again(country, project)
    assert [one.name for one in again.study.perimeters] == ["Atelier", HOSTILE, "Été 2"]
    assert again.study.compared_ids[1:4:2] == ("apporte_atelier", "apporte_ete_2")
    assert {one.path for one in again.study.perimeters[1:]} == {DRAWN_LAYER}
    assert path in brought_files(again)
    layer = gpd.GeoDataFrame(load_communes(again).table)
    communes = layer.assign(in_area=True, epci_communes=len(layer))
    candidates, cuts = _brought(again, communes)
    assert [one.codes for one in candidates] == [{WEST}, {WEST, MIDDLE}, {EAST}]
    assert {one.method for one in candidates} == {"importe"}
    assert candidates[2].parameters["path"] == DRAWN_LAYER.as_posix()
    assert set(cuts["perimeter_id"]) == {one.perimeter_id for one in candidates[1:]}
    (told,) = perimeter_faults([path])
    assert told == (path, None)


def test_another_folder_has_its_own_layer(country, project, tmp_path) -> None:
    draw(project, ("Essai", (WEST,)))
    elsewhere = open_project(country, out=tmp_path / "autre")
    assert [one.name for one in elsewhere.study.perimeters] == ["Atelier"]


def test_what_is_saved_and_not_merged_is_read_and_nothing_is_written(
    country: Path, project: Project
) -> None:
    path = draw(project, ("Ancien", (WEST,)))
    with closing(sqlite3.connect(path)) as held:
        held.execute("PRAGMA journal_mode = WAL")
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in held.execute(triggers).fetchall():
            held.execute(f'DROP TRIGGER "{name}"')  # they call functions of GDAL
        held.execute(f"UPDATE {LAYER} SET nom = 'Nouveau'")  # noqa: S608
        held.commit()
        before = {one.name: one.read_bytes() for one in path.parent.glob("per*")}
        again = opened_again(country, project)
        assert [one.name for one in again.study.perimeters] == ["Atelier", "Nouveau"]
        assert pending_changes(path) in brought_files(again)
        assert len(read_perimeter_file(path, named="Nouveau")) == 1
        after = {one.name: one.read_bytes() for one in path.parent.glob("per*")}
        assert after == before
        assert len(before) == 3
    assert pending_changes(path) not in brought_files(again)


@pytest.mark.parametrize(
    ("names", "error", "told"),
    [
        (["Essai", None, "  "], SchemaError, "objet 2 : sans nom(.|\n)*objet 3"),
        (["Essai", "essai !"], StudyError, "même identifiant : apporte_essai"),
        (["Atelier"], StudyError, "même identifiant : apporte_atelier"),
        (["x" * 101], StudyError, "au plus 100 caractères"),
    ],
)
def test_a_name_that_says_nothing_or_twice_is_told(
    country, project, names, error, told
) -> None:
    draw(project, *((name, (WEST,)) for name in names))
    with pytest.raises(error, match=told) as raised:
        opened_again(country, project)
    assert str(raised.value).startswith(DRAWN_LAYER.name)


def test_what_is_no_layer_is_told_and_left(country: Path, project: Project) -> None:
    path = project.path(DRAWN_LAYER)
    for content, told in ((b"rien", "illisible"), (b"", "absent")):
        path.write_bytes(content)
        with pytest.raises(EitgeoError, match=told):
            opened_again(country, project)
        assert path.read_bytes() == content
    path.unlink()
    with closing(sqlite3.connect(path)) as base:
        base.execute(ENDLESS)
    with pytest.raises(SchemaError, match="absent"):
        drawn_names(path)


def test_a_perimeter_removed_since_is_told(project: Project) -> None:
    path = draw(project, ("Essai", (WEST,)))
    with pytest.raises(SchemaError, match="périmètre « Autre » absent"):
        read_perimeter_file(path, named="Autre")
