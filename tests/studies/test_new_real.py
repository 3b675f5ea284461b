"""`eitgeo new --real`: names of EPCI make a study on official files, its register."""

import csv
import datetime as dt
from pathlib import Path

import geopandas as gpd
import pytest
import yaml
from typer.testing import CliRunner

from eitgeo.cli.app import app
from eitgeo.commands.new_real import LEAVABLE, new_real
from eitgeo.commands.real_choice import named_epci
from eitgeo.commands.real_register import area_km2, widened
from eitgeo.commands.study_text import Wanted
from eitgeo.errors import EitgeoError, SchemaError, SourceError, StudyError
from eitgeo.reference.governance import departement_regions
from eitgeo.reference.real import epci_path, land_degrees, osm_extracts, real_sources
from eitgeo.sources.fetch.register import expand_rows, read_register
from eitgeo.sources.territory.search_lists import read_epci_list
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.run import plan_steps
from eitgeo.study.project import Project, open_project

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 12, 1)
COUSERANS, VOLVESTRE = "200067940", "200066819"
OUTLETS = ("icpe", "gerep", "sinoe")


@pytest.fixture(scope="module")
def epci():
    """The list of the package."""
    return read_epci_list()


def wanted(*names: str, dep: tuple[str, ...] = (), name: str = "essai") -> Wanted:
    """Ask for a study."""
    return Wanted(name, names, dep, "", TODAY)


def written(folder: Path, *names: str, **given) -> tuple[Project, list[dict[str, str]]]:
    """Write a study; return it opened, and the rows of its register."""
    dep = given.pop("dep", ())
    found = new_real(folder, wanted(*names, dep=dep), **given)
    register = folder / "data/sources.csv"
    with register.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return open_project(found.path), rows


def listing(path: Path, changes: dict[str, str]) -> Path:
    """Write a list of one EPCI, with some cells changed."""
    with epci_path().open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["siren"] == VOLVESTRE]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0])
        writer.writeheader()
        writer.writerows(row | changes for row in rows)
    return path


def test_the_list_is_all_the_epci_of_france(epci) -> None:
    assert len(epci) == 1255
    assert epci.index.is_unique
    metropolitan = epci[epci["west"].notna()]
    assert len(epci) - len(metropolitan) == 23  # overseas: no Lambert-93
    assert metropolitan["population"].sum() == pytest.approx(65.8e6, rel=0.01)
    deps = {dep for told in metropolitan["departements"] for dep in told.split()}
    assert deps == set(departement_regions().index)
    # Each département of an EPCI is near it, and the seat is in one of them.
    for row in metropolitan.itertuples():
        near = dict(pair.split(":") for pair in row.near.split())
        own = row.departements.split()
        assert [near[dep] for dep in own] == ["0"] * len(own)
        assert row.seat[:2] in own
        assert row.west < row.east
        assert row.south < row.north
    size = (ROOT / "eitgeo/reference/epci.csv").stat().st_size
    assert size <= 150_000


def test_the_box_and_the_reach_of_an_epci_are_those_of_its_communes(epci) -> None:
    """Held against the communes of the delivered study."""
    layer = gpd.read_file(ROOT / "data/raw/communes.geojson")
    mine = layer[layer["epci_siren"].eq(COUSERANS)]
    row = epci.loc[COUSERANS]
    west, _, _, north = mine.total_bounds
    assert row["west"] <= west < row["west"] + 0.02
    assert row["north"] - 0.02 < north <= row["north"]
    assert (row["n_communes"], row["seat"]) == (len(mine), "09261")
    flat = layer.to_crs(2154)
    outline = flat[flat["epci_siren"].eq(COUSERANS)].union_all()
    near = dict(pair.split(":") for pair in row["near"].split())
    for dep in ("31", "32", "65"):
        away_km = flat[flat["dep"].eq(dep)].distance(outline).min() / 1000
        assert int(near[dep]) <= away_km <= int(near[dep]) + 2


@pytest.mark.parametrize(
    ("asked", "siren"),
    [
        (COUSERANS, COUSERANS),
        ("couserans", COUSERANS),
        ("Communauté de communes du Volvestre", VOLVESTRE),
        ("CC DU VOLVESTRE", VOLVESTRE),
        ("coeur et coteaux du comminges", "200072643"),
        ("Cœur et Coteaux du Comminges", "200072643"),
        ("métropole de lyon", "200046977"),
        ("Faucigny - Glières", "200000172"),
        ("vitry champagne et der", "200034718"),
    ],
)
def test_a_name_or_a_part_of_one_is_enough(epci, asked, siren) -> None:
    assert named_epci(asked, epci) == (siren, "")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("volvestr e", "« 200066819 » (CC du Volvestre, "),
        ("200067941", "vouliez-vous dire « 2000679"),
        ("999999999", "SIREN en 99"),
        ("12345", "un SIREN a 9 chiffres"),
        ("pays", " portent ce nom : « "),
        ("qqqqqqqq", "aucun n'y ressemble"),
        ("=cmd()", "aucun n'y ressemble"),
    ],
)
def test_what_names_none_or_several_is_told_what_it_may_mean(epci, asked, told) -> None:
    found, remedy = named_epci(asked, epci)
    assert found is None
    assert told in remedy


def test_the_study_wires_the_readers_to_the_files_of_its_register(tmp_path) -> None:
    project, rows = written(tmp_path / "x", "couserans", "volvestre")
    study, sources = project.study, project.study.sources
    assert study.territory.perimeters == (
        "essai",
        f"epci_{VOLVESTRE}",
        f"epci_{COUSERANS}",
    )
    assert study.territory.root_epci == VOLVESTRE
    assert study.demonstration_reasons == ()
    paths = {row["path"] for row in rows}
    named = [
        *sources.communes.files,
        *(path for one in sources.bodies for path in one.files),
        sources.movements,
        *(path for one in sources.sites for path in one.files),
        *(one.path for one in sources.outlets),
        *(one.path for one in sources.counts),
        *(one.path for one in study.zones.official),
        *study.arisings.declarations,
    ]
    told = {one.as_posix() for one in named if one is not None}
    folders = {sources.elevation, study.roads.network.path}
    assert {folder.as_posix() for folder in folders if folder} == {
        "data/raw/officiel/relief",
        "data/raw/officiel/osm",
    }
    in_folders = {
        path
        for path in paths
        if {*Path(path).parents} & {*folders} and path not in told
    }
    # Nothing is named that is not downloaded, nothing downloaded that is not read.
    assert told | in_folders == paths
    assert len(in_folders) == sum("GLO-30" in row["name"] for row in rows)
    # Territory and ring: what `fetch` asks for, file by file, without a département.
    assert sources.communes.departements == tuple(
        row["name"].removeprefix("ICPE ") for row in rows if "ICPE" in row["name"]
    )
    assert {"09", "11", "31", "32", "65"} < {*sources.communes.departements}
    register = read_register(project.base / "data/sources.csv")
    assert len(expand_rows(register, departements=[])) == len(rows)
    assert all(row["url"].startswith("https://") for row in rows)


def test_the_same_names_give_the_same_bytes(tmp_path) -> None:
    kept = []
    for name in ("un", "deux"):
        written(tmp_path / name / "x", "couserans", "volvestre")
        files = sorted((tmp_path / name).rglob("*.*"))
        kept.append([one.read_bytes() for one in files if one.is_file()])
    assert kept[0] == kept[1]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        # In the Bay of Biscay: inside the box of the country, far from any land.
        (
            {"west": "-5.5", "east": "-5.2", "south": "44.0", "north": "44.3"},
            r"aucune terre de France métropolitaine dans son cadre \(-5.5, 44, -5.2",
        ),
        (
            {"departements": "974", "near": ""},
            "en métropole et département d'outre-mer",
        ),
    ],
)
def test_a_place_that_is_nowhere_is_refused(tmp_path, changes, told) -> None:
    listed = listing(tmp_path / "epci.csv", changes)
    with pytest.raises(EitgeoError, match=told):
        new_real(tmp_path / "x", wanted(VOLVESTRE), epci_list=listed)
    assert not (tmp_path / "x").exists()


def test_an_epci_without_a_neighbour_is_studied_alone(tmp_path) -> None:
    """Its list may say that no other département is near."""
    listed = listing(tmp_path / "epci.csv", {"near": ""})
    project, _ = written(tmp_path / "x", VOLVESTRE, epci_list=listed)
    own = read_epci_list(listed).loc[VOLVESTRE, "departements"]
    assert project.study.sources.communes.departements == tuple(str(own).split())


def test_an_epci_alone_needs_no_union(tmp_path) -> None:
    project, _ = written(tmp_path / "x", "couserans")
    assert [one.reader for one in project.study.sources.bodies] == ["dgcl", "banatic"]
    assert project.study.territory.perimeters == (f"epci_{COUSERANS}",)


def test_a_departement_is_the_epci_whose_seat_is_there(tmp_path) -> None:
    project, rows = written(tmp_path / "x", dep=("2A", "2B"))
    study = project.study
    (union,) = (one for one in study.sources.bodies if one.reader == "union")
    assert union.of is not None
    assert len(union.of) == 19
    # An island: nothing is near, and the sea has no tile of relief.
    assert study.sources.communes.departements == ("2A", "2B")
    tiles = {row["name"][-8:] for row in rows if "GLO-30" in row["name"]}
    assert tiles == {"N41 E008", "N41 E009", "N42 E008", "N42 E009", "N43 E009"}
    assert study.roads.network.path == Path(
        "data/raw/officiel/osm/corse-latest.osm.pbf"
    )
    assert study.methods.max_union_epci is not None  # 19 EPCI: too many unions


def test_an_epci_on_two_regions_takes_both_extracts(tmp_path) -> None:
    """And a ring that crosses a frontier asks nothing of another country."""
    epci = read_epci_list()
    regions = departement_regions()
    told = epci[epci["west"].notna()]["departements"].str.split()
    astride = told[told.map(lambda deps: len({*regions[deps]}) > 1)]
    siren = str(astride.index[0])
    project, rows = written(tmp_path / "x", siren)
    extracts = osm_extracts().loc[list(project.study.sources.communes.departements)]
    names = {row["name"] for row in rows if row["path"].endswith(".pbf")}
    assert names == {f"OSM {name}" for name in extracts["name"]}
    assert len(names) > 1
    assert len(project.study.zones.official) == len(names)


@pytest.mark.parametrize(
    ("without", "reasons", "told"),
    [
        ("sirene", ("établissements synthétiques",), "tirage synthétique"),
        ("routes", ("réseau de substitution",), "réseau de substitution"),
        ("banatic", (), "les EPCI seuls"),
        ("urssaf", (), "salariés comptés (URSSAF) : aucun"),
        ("insee", (), "établissements comptés (INSEE) : aucun"),
        ("sinoe", (), "déchèteries"),
    ],
)
def test_what_is_left_out_is_replaced_and_said(
    tmp_path, without, reasons, told
) -> None:
    project, rows = written(tmp_path / "x", "couserans", without=[without])
    assert len(project.study.demonstration_reasons) == len(reasons)
    text = (tmp_path / "x/study.yaml").read_text(encoding="utf-8")
    missing = text.partition("Ce que cette étude n'a pas")[2]
    assert told in missing
    uses = real_sources().set_index("name")["use"]
    left = {*LEAVABLE[without]}
    assert not left & {uses.get(row["name"], "") for row in rows}


def test_a_small_ring_asks_overpass_and_says_what_a_graph_lacks(tmp_path) -> None:
    project, rows = written(tmp_path / "x", "volvestre", buffer_km=5)
    network = project.study.roads.network
    assert network.reader == "osmnx"
    (row,) = (one for one in rows if one["path"].endswith(".graphml"))
    box = [float(side) for side in row["url"].partition("bbox=")[2].split(",")]
    assert area_km2((box[0], box[1], box[2], box[3])) < 2000
    assert project.study.zones.official == ()
    text = (tmp_path / "x/study.yaml").read_text(encoding="utf-8")
    assert "absentes d'un graphe d'osmnx" in text
    # The choice is the user's where he makes one.
    project, _ = written(tmp_path / "y", "volvestre", buffer_km=5, roads="osm")
    assert project.study.roads.network.reader == "osm"


def test_a_wider_box_is_wider_by_so_many_kilometres() -> None:
    box = widened((1.0, 43.0, 2.0, 44.0), 11.1)
    assert box[1] == pytest.approx(42.9)
    assert box[3] == pytest.approx(44.1)
    # A degree of longitude is 80 km long there.
    assert 1.0 - box[0] == pytest.approx(11.1 / 79.8, rel=0.01)
    assert area_km2((1.0, 43.0, 2.0, 44.0)) == pytest.approx(111**2 * 0.7254, rel=1e-3)


def test_a_folder_whose_name_no_comment_could_hold_is_refused(tmp_path) -> None:
    asked = wanted("couserans")
    with pytest.raises(StudyError, match="sans signe invisible"):
        new_real(tmp_path / "a\nidentity: {}", asked)
    assert list(tmp_path.iterdir()) == []


def test_refusals_are_gathered_and_nothing_is_written(tmp_path) -> None:
    (tmp_path / "pris").mkdir()
    (tmp_path / "pris/notes.txt").write_text("à garder")
    with pytest.raises(StudyError, match="3 anomalies") as caught:
        new_real(tmp_path / "pris", wanted("couserans", name="Été"), without=["sirène"])
    assert "existe déjà" in str(caught.value)
    assert "l'un de : sirene, routes" in str(caught.value)
    with pytest.raises(StudyError) as caught:
        new_real(tmp_path / "x", wanted("TCO", "zzzz", dep=("98",)))
    said = str(caught.value)
    assert "TCO) (249740101), outre-mer → le paquet calcule en Lambert-93" in said
    assert "EPCI « zzzz »" in said
    assert "département « 98 » sans EPCI" in said
    with pytest.raises(StudyError, match="ni EPCI ni département"):
        new_real(tmp_path / "x", wanted())
    with pytest.raises(StudyError, match="aucune source d'exutoires"):
        new_real(
            tmp_path / "x", wanted("couserans"), without=["icpe", "gerep", "sinoe"]
        )
    assert not (tmp_path / "x").exists()
    assert [one.name for one in (tmp_path / "pris").iterdir()] == ["notes.txt"]


def test_a_newer_list_names_an_epci_of_siren_99(tmp_path) -> None:
    header, first, *_ = (
        (ROOT / "eitgeo/reference/epci.csv").read_text(encoding="utf-8").splitlines()
    )
    newer = tmp_path / "epci.csv"
    named = first.replace("200000172", "990000017").replace("Faucigny", "du Neuf")
    newer.write_text(f"{header}\n{named}\n", encoding="utf-8")
    project, _ = written(tmp_path / "x", "neuf", epci_list=newer)
    assert project.study.territory.root_epci == "990000017"
    newer.write_text(
        f"{header}\n{named.replace('990000017', '99')}\n", encoding="utf-8"
    )
    with pytest.raises(SchemaError, match="siren"):
        new_real(tmp_path / "y", wanted("neuf"), epci_list=newer)
    # A name of several lines would write keys of the study: it is refused.
    lines = named.replace("CC du Neuf", '"CC du Neuf\nsurvey: {path: private/x}\n"')
    newer.write_text(f"{header}\n{lines}\n", encoding="utf-8")
    with pytest.raises(SchemaError, match="sur une ligne"):
        new_real(tmp_path / "z", wanted("neuf"), epci_list=newer)
    far = named.rpartition(",")[0] + ",aucun"
    newer.write_text(f"{header}\n{far}\n", encoding="utf-8")
    with pytest.raises(SchemaError, match="near"):
        new_real(tmp_path / "y", wanted("neuf"), epci_list=newer)
    with pytest.raises(EitgeoError, match="absente"):
        new_real(tmp_path / "y", wanted("neuf"), epci_list=tmp_path / "absente.csv")


def test_the_command_says_sizes_licences_and_what_is_next(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = ["--real", "--epci", "couserans, volvestre"]
    done = CliRunner().invoke(app, ["new", "essai", *options])
    assert done.exit_code == 0, done.output
    for told in (
        "200067940 CC Couserans-Pyrénées",
        "de l'ordre de",
        "disque nécessaire",
        "ODbL 1.0 : ",
        "Licence Copernicus (GLO-30)",
        "Ce que l'étude n'a pas, et ce qui le remplace",
        "1. eitgeo fetch ",
        "2. eitgeo run",
    ):
        assert told in done.output
    assert "1 autres" not in done.output
    again = CliRunner().invoke(app, ["new", "essai", *options])
    assert again.exit_code == 2
    assert "existe déjà" in again.output


def test_the_doctor_names_what_is_to_be_downloaded(tmp_path) -> None:
    project, rows = written(tmp_path / "x", "couserans", "volvestre")
    done = CliRunner().invoke(app, ["doctor", str(tmp_path / "x/study.yaml")])
    assert done.exit_code == 0, done.output
    told = " ".join(done.output.split())
    for row in rows:
        if row["path"].startswith("data/raw/officiel/icpe"):
            assert f"FICHIER ABSENT : {row['path']}" in told
    assert "organismes, source 2" in told  # DGCL and BANATIC: a union is no file
    assert "organismes, source 3" not in told
    assert project.study.sources.places is None


def test_a_file_that_did_not_come_is_asked_of_fetch_before_any_step(tmp_path) -> None:
    """A tile of a folder too: the others would be read, and a hole told by nothing."""
    project, rows = written(tmp_path / "x", "couserans")
    with pytest.raises(SourceError, match=r"fichier absent : .*relief") as caught:
        plan_steps(STEPS, project)
    said = str(caught.value)
    assert "StockEtablissement_utf8.parquet → le télécharger (eitgeo fetch)" in said
    paths = [project.base / row["path"] for row in rows]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    late = next(path for path in paths if path.suffix == ".tif")
    late.unlink()
    with pytest.raises(SourceError, match="étude : 1 anomalie") as caught:
        plan_steps(STEPS, project)
    assert f"{late.name} → le télécharger (eitgeo fetch)" in str(caught.value)
    late.write_bytes(b"x")
    assert len(plan_steps(STEPS, project)) == len(STEPS)


def test_the_addresses_are_those_of_the_register_of_the_delivered_study() -> None:
    """One address for one file, wherever it is written."""
    with (ROOT / "data/sources.csv").open(encoding="utf-8", newline="") as handle:
        ours = {row["name"]: row for row in csv.DictReader(handle)}
    real = real_sources().set_index("name")
    shared = [name for name in real.index if name in ours]
    assert len(shared) >= 9
    for name in shared:
        assert real.loc[name, ["url", "path", "licence"]].tolist() == [
            ours[name][key] for key in ("url", "path", "licence")
        ]


def test_the_tables_of_extracts_and_degrees_cover_the_country() -> None:
    extracts = osm_extracts()
    assert set(extracts.index) == set(departement_regions().index)
    assert extracts["extract"].nunique() == 22
    per_extract = extracts.groupby("extract")[["name", "size_mb"]].nunique()
    assert (per_extract == 1).all(axis=None)
    degrees = land_degrees()
    assert {(48, 2), (43, 0), (42, 9), (48, -5), (51, 2)} <= degrees
    assert not {(43, 7), (46, -3), (42, 5)} <= degrees


def test_the_study_is_written_as_yaml_without_anchors(tmp_path) -> None:
    written(tmp_path / "x", "couserans", "volvestre")
    text = (tmp_path / "x/study.yaml").read_text(encoding="utf-8")
    assert "&id" not in text
    assert max(map(len, text.splitlines())) <= 150
    assert yaml.safe_load(text)["identity"]["edition"] == TODAY
