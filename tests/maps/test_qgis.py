"""The GeoPackage and the QGIS project: what they hold, and what QGIS says of them."""

import contextlib
import io
import json
import shutil
import sqlite3
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely import from_wkt

from eitgeo.errors import CrsError, SchemaError
from eitgeo.maps.prints.core_map import core_label
from eitgeo.maps.qgis.layers import (
    Class,
    Fill,
    Label,
    QgisLayer,
    Style,
    Theme,
    check_layers,
    drawing_layer,
    qml,
)
from eitgeo.maps.qgis.project import Extent, geopackage, qgis_project
from eitgeo.maps.qgis.study_layers import StudyLayers, study_layers
from eitgeo.outlines import DRAWN_LAYER, drawn_names, pending_changes
from eitgeo.sources.territory.perimeter_files import read_perimeter_file
from eitgeo.words import round_share
from tests.maps import qgis_probe
from tests.maps.flow_toy import block_rows, link_rows
from tests.maps.pictures import bodies, memberships
from tests.maps.test_core_map import SHARES, shares
from tests.maps.test_print_maps import words
from tests.maps.toy import HOSTILE, Toy, once_a_toy, released, squares
from tests.maps.zone_toy import zone_rows

Told = dict[str, Any]
PROBE = Path(__file__).with_name("qgis_probe.py")
PYTHONS = ("/usr/bin/python3", "/usr/bin/python3.13")


def make_layers(toy: Toy) -> StudyLayers:
    """Gather the layers of the toy study."""
    public = {
        "communes": toy.communes,
        "bodies": replace(toy.bodies, table=bodies()),
        "places": toy.places,
        "outlets": toy.outlets,
        "perimeters": toy.perimeters,
        "perimeter_communes": toy.members,
        "indicators_public": toy.indicators,
        "membership_frequency": released(shares()),
        "arising_blocks": block_rows(),
        "exchange_links": link_rows(),
        "body_members": released(memberships()),
        "zones_public": zone_rows(),
    }
    return study_layers(toy.ground, public, paired=("aval", "anneau"))


def make_files(toy: Toy) -> dict[str, bytes]:
    """Write the two files of the toy study, and the one to draw in."""
    held = make_layers(toy)
    return {
        "etude.gpkg": geopackage(held.layers, edition=toy.sheet.edition),
        DRAWN_LAYER.name: geopackage([drawing_layer()], edition=toy.sheet.edition),
        "etude.qgz": qgis_project(
            [drawing_layer(), *held.layers],
            data="etude.gpkg",
            themes=held.themes,
            extent=held.extent,
            sheet=toy.sheet,
            stem="etude",
        ),
    }


layers_of = once_a_toy(make_layers)
files_of = once_a_toy(make_files)


def write(files: dict[str, bytes], folder: Path) -> Path:
    """Write files to a folder and return the project."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / "etude.qgz"


def tree_of(project: bytes) -> ET.Element:
    """Read the project inside the archive."""
    with zipfile.ZipFile(io.BytesIO(project)) as archive:
        return ET.fromstring(archive.read("etude.qgs"))  # noqa: S314


def one_layer(**changes: Any) -> QgisLayer:
    """Make a layer of communes."""
    rows = squares()[["code_insee", "nom", "geometry"]]
    layer = QgisLayer(
        name="communes",
        title="Communes",
        group="Territoire",
        rows=rows,
        aliases={"code_insee": "Code INSEE", "nom": "Commune"},
        style=Style([Class("Commune", Fill("#dddddd"))], label=Label("nom")),
    )
    return replace(layer, **changes)


def test_the_same_inputs_give_the_same_bytes(toy: Toy) -> None:
    assert make_files(toy) == files_of(toy)


def test_the_geopackage_holds_each_table_once_with_its_style(
    toy: Toy, tmp_path: Path
) -> None:
    path = tmp_path / "etude.gpkg"
    path.write_bytes(files_of(toy)["etude.gpkg"])
    held = layers_of(toy).layers
    names = [name for name, _ in pyogrio.list_layers(path)]
    assert sorted(names) == sorted({*(one.held_in for one in held), "layer_styles"})
    for layer in held:
        if isinstance(layer.rows, gpd.GeoDataFrame):
            back = pyogrio.read_dataframe(path, layer=layer.held_in)
            assert back.crs.to_epsg() == 2154
            assert len(back) == len(layer.rows)
            assert back.union_all().equals_exact(layer.rows.union_all(), 1e-6)
    styles = pyogrio.read_dataframe(path, layer="layer_styles").set_index(
        "f_table_name"
    )
    assert set(styles.index) == {one.held_in for one in held}
    assert styles["useAsDefault"].all()
    aliases = ET.fromstring(styles.loc["communes", "styleQML"])  # noqa: S314
    named = {one.get("field"): one.get("name") for one in aliases.iter("alias")}
    assert named["code_insee"] == "Code INSEE"
    assert named["density"] == "Densité (hab./km²)"


def test_assumed_figures_of_layers_are_rounded_and_say_their_class(toy: Toy) -> None:
    told = {one.name: one.rows for one in layers_of(toy).layers}
    zones, core = told["zones"], told["coeur_franges"]
    # Twelve sites drawn are « ten or so ».
    assert zones.set_index("zone_id").loc["Z001", "n_sites"] == 10
    for name in ("zones", "coeur_franges", "gisements", "echanges"):
        assert set(told[name]["evidence"]) <= {"S", "H"}, name
    assert set(zones["evidence"]) | set(core["evidence"]) == {"H"}
    level = core.set_index("code_insee").loc["31001", "level"]
    assert str(level).startswith("Plus de 80")
    assert set(core["share"]) == {round_share(100 * one, 1) for one in SHARES}


def test_a_rounded_share_stays_in_its_class() -> None:
    assert core_label(0.204) == core_label(0.39) != core_label(0.2)


def test_any_reader_finds_french_names_and_sources(toy: Toy, tmp_path: Path) -> None:
    path = tmp_path / "etude.gpkg"
    path.write_bytes(files_of(toy)["etude.gpkg"])
    with contextlib.closing(sqlite3.connect(path)) as base:
        titles = dict(
            base.execute(
                "SELECT column_name, title FROM gpkg_data_columns"
                " WHERE table_name = 'communes'"
            )
        )
        told = dict(base.execute("SELECT table_name, description FROM gpkg_contents"))
        broken = base.execute("PRAGMA foreign_key_check").fetchall()
    layer = next(one for one in layers_of(toy).layers if one.name == "communes")
    columns = [one for one in layer.rows.columns if one != "geometry"]
    assert titles == {one: layer.aliases[one] for one in columns}
    assert told["communes"] == " ; ".join([layer.title, *layer.sources])
    shared = next(one for one in layers_of(toy).layers if one.table)
    assert told[shared.table].startswith(f"{shared.group} ; ")
    assert broken == []


def test_the_only_date_is_the_edition(toy: Toy, tmp_path: Path) -> None:
    path = tmp_path / "etude.gpkg"
    path.write_bytes(files_of(toy)["etude.gpkg"])
    contents = pyogrio.read_dataframe(
        path, sql="SELECT last_change FROM gpkg_contents", read_geometry=False
    )
    days = pd.to_datetime(contents["last_change"]).dt.date
    assert set(days) == {toy.sheet.edition}


def test_the_project_finds_its_data_beside_it(toy: Toy) -> None:
    root = tree_of(files_of(toy)["etude.qgz"])
    drawn, *sources = [one.text or "" for one in root.iter("datasource")]
    held = layers_of(toy).layers
    assert drawn == "./perimetres_a_tester.gpkg|layername=perimetres_a_tester"
    assert len(sources) == len(held)
    tables = {one.held_in for one in held}
    for source in sources:
        start, _, rest = source.partition("|layername=")
        assert start == "./etude.gpkg"
        assert rest.partition("|")[0] in tables
    assert root.findtext("properties/Paths/Absolute") == "false"
    known = {one.text for one in root.iterfind("projectlayers/maplayer/id")}
    asked = {one.get("id") for one in root.iter("layer-tree-layer")}
    assert asked == known


def test_figures_are_rounded_by_how_sure_they_are(toy: Toy) -> None:
    table = layers_of(toy).layers[-1].rows.set_index(["perimeter_id", "indicator_id"])
    released = toy.indicators.table.set_index(["perimeter_id", "indicator_id"])
    assumed = released[released["evidence"] == "H"].index.intersection(table.index)
    assert len(assumed)
    amounts = [key for key in assumed if key[1] == "deposit_t"]
    assert amounts
    for key in amounts:
        text = f"{table.loc[key, 'value']:.0f}"
        assert len(text.rstrip("0")) == 1


def test_a_theme_without_estimates_bears_no_stamp(toy: Toy) -> None:
    root = tree_of(files_of(toy)["etude.qgz"])
    stamped = {
        layout.get("name"): any(
            item.get("labelText") == "DÉMONSTRATION" for item in layout
        )
        for layout in root.iter("Layout")
    }
    assert stamped["A4 paysage – Zones d’activités potentielles"]
    assert not stamped["A4 paysage – Le territoire et ses acteurs"]


def test_a_layout_says_status_date_projection_and_sources(toy: Toy) -> None:
    root = tree_of(files_of(toy)["etude.qgz"])
    for layout in root.iter("Layout"):
        text = "\n".join(item.get("labelText", "") for item in layout)
        for expected in (
            "Document de travail",
            "24/11/2026",
            "EPSG:2154",
            "Licence Ouverte 2.0",
            "Projet soutenu par un financeur",
        ):
            assert expected in text


def test_hostile_names_stay_text(toy: Toy) -> None:
    formula = f"[% env('HOME') %]{HOSTILE}\x00\x0b"
    layer = one_layer(title=formula, sources=(formula,), themes=("t",))
    project = qgis_project(
        [layer],
        data="etude.gpkg",
        themes=[Theme("t", formula, formula)],
        extent=Extent((0, 0, 1, 1)),
        sheet=replace(toy.sheet, title=formula, to_confirm=(formula,)),
        stem="etude",
    )
    root = tree_of(project)
    texts = [one.text or "" for one in root.iter()]
    texts += [value for one in root.iter() for value in one.attrib.values()]
    assert any(HOSTILE in text for text in texts)
    assert not any("[%" in text or "\x00" in text for text in texts)
    assert root.find(".//img") is None
    assert ET.fromstring(qml(layer.style, {"nom": formula})) is not None  # noqa: S314


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ([one_layer(name="à côté")], "couche « à côté » → lettres, chiffres et « _ »"),
        ([one_layer(), one_layer()], "donnée deux fois"),
        ([one_layer(aliases={"nom": "Nom"})], "code_insee sans nom français"),
        (
            [one_layer(), one_layer(name="autres", table="communes")],
            "table « communes » : deux contenus",
        ),
    ],
)
def test_unsound_layers_are_refused(layers: list[QgisLayer], told: str) -> None:
    with pytest.raises(SchemaError, match=told):
        check_layers(layers)


def test_a_layer_elsewhere_than_lambert_93_is_refused() -> None:
    with pytest.raises(CrsError):
        check_layers([one_layer(rows=squares().to_crs(4326)[["geometry"]])])


@pytest.fixture(scope="module")
def probe(toy: Toy, tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Path]:
    """Ask QGIS what it makes of the project."""
    with_qgis = next(
        (
            python
            for python in PYTHONS
            if Path(python).exists()
            and subprocess.run(  # noqa: S603 - a fixed interpreter
                [python, "-c", "import qgis.core"], capture_output=True, check=False
            ).returncode
            == 0
        ),
        None,
    )
    if with_qgis is None:
        pytest.skip("PyQGIS is not installed (Debian: qgis python3-qgis)")
    folder = tmp_path_factory.mktemp("qgis")
    project = write(files_of(toy), folder)
    done = subprocess.run(  # noqa: S603 - a fixed interpreter
        [with_qgis, str(PROBE), str(project), str(folder)],
        capture_output=True,
        check=True,
        text=True,
        timeout=300,
        env={
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_RUNTIME_DIR": str(folder),
            "HOME": str(folder),
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
        },
    )
    return json.loads(done.stdout), folder


@pytest.mark.qgis
def test_qgis_opens_every_layer_styled(toy: Toy, probe: tuple[Told, Path]) -> None:
    told, _ = probe
    assert told["read"]
    assert told["crs"] == "EPSG:2154"
    assert told["title"] == toy.sheet.title
    held = layers_of(toy)
    layers = [drawing_layer(), *held.layers]
    assert set(told["layers"]) == {layer.title for layer in layers}
    for layer in layers:
        met = told["layers"][layer.title]
        assert met["valid"], layer.title
        assert met["read_only"] == (layer.file == "")
        assert met["rows"] == (1 if layer.subset else len(layer.rows))
        if isinstance(layer.rows, gpd.GeoDataFrame):
            assert met["crs"] == "EPSG:2154"
            kind = "singleSymbol"
            if layer.style.column:
                kind = (
                    "graduatedSymbol" if layer.style.graduated else "categorizedSymbol"
                )
            assert met["renderer"] == kind
            assert met["labels"] == (layer.style.label is not None)
            if layer.style.column:
                assert met["legend"] == [one.label for one in layer.style.classes]
        assert set(layer.aliases.values()) <= set(met["columns"])
    assert told["themes"] == sorted(theme.title for theme in held.themes)


@pytest.mark.qgis
def test_what_is_drawn_in_qgis_is_read_before_it_is_merged(
    probe: tuple[Told, Path], tmp_path: Path
) -> None:
    """The probe saved and left QGIS in edit mode: nothing is in the file itself yet."""
    told, folder = probe
    drawn, path = told["drawn"], folder / DRAWN_LAYER.name
    assert drawn["saved"], drawn["errors"]
    assert (drawn["nameless"], drawn["named"]) == (False, True)
    assert drawn["form"] == ["nom", "auteur", "note"]
    assert set(drawn["widgets"].values()) == {"Hidden", "TextEdit"}
    assert drawn["snaps"]
    assert drawn["corners_and_sides"]
    assert drawn["clings"] == ["Communes du territoire d’étude", "Périmètres à tester"]
    assert pending_changes(path).stat().st_size
    alone = shutil.copy(path, tmp_path)
    assert drawn_names(Path(alone)) == []
    beside = sorted(folder.glob(f"{path.name}*"))
    before = [one.read_bytes() for one in beside]
    assert drawn_names(path) == [qgis_probe.NAME]
    rows = read_perimeter_file(path, named=qgis_probe.NAME)
    assert rows.geometry.item().equals(from_wkt(qgis_probe.SHAPE))
    assert sorted(folder.glob(f"{path.name}*")) == beside
    assert [one.read_bytes() for one in beside] == before


@pytest.mark.qgis
def test_qgis_styles_a_layer_of_the_geopackage_alone(probe: tuple[Told, Path]) -> None:
    told, _ = probe
    assert told["alone"]["renderer"] == "graduatedSymbol"
    assert "Densité (hab./km²)" in told["alone"]["columns"]


@pytest.mark.qgis
def test_qgis_exports_every_layout(
    toy: Toy, probe: tuple[Told, Path], tmp_path: Path
) -> None:
    told, folder = probe
    assert len(told["layouts"]) == len(layers_of(toy).themes)
    for name, (failed, file) in told["layouts"].items():
        assert failed == 0, name
        text = words((folder / file).read_bytes(), tmp_path)
        assert name.removeprefix("A4 paysage – ") in text
        assert "Document de travail" in text
        assert "km" in text
