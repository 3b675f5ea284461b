"""The steps « official_zones » and « zones » on a small territory, and on bad input.

A square of 25 km without its north-east corner, one commune; what the sites are is
drawn in each test.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import yaml
from shapely import box
from shapely.geometry import mapping

from eitgeo.errors import SchemaError, SourceError, StudyError
from eitgeo.study.project import Project
from eitgeo.study.sections import Study
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table
from tests.rerun import run_step
from tests.tables.conftest import row_of
from tests.zones.official_toy import make_official, square
from tests.zones.planted import planted_sites
from tests.zones.toy import X0, Y0, make_sites

SIDE_M = 20_000
SWEEP = {"radii_m": [400, 500], "minima": [{"sites": 3, "jobs": 30}]}
OSM_ZONES = {"reader": "osm_zones", "path": "z.geojson", "vintage": "août 2021"}
OSM = {"official": [OSM_ZONES], "credit": "© OpenStreetMap, ODbL"}
TABLES = (
    "zones",
    "site_zone",
    "site_stability",
    "zone_settings",
    "zone_concordance",
)


@pytest.fixture
def study(pytestconfig):
    """Return the default study, as read from YAML."""
    text = (pytestconfig.rootpath / "study.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@pytest.fixture
def run(tmp_path, study):
    """Return a function that runs the step on drawn sites."""

    def of(sites, *, known=None, **values):
        section = {"sweep": SWEEP, "radius_m": 500, "method": "dbscan"} | values
        project = Project(
            Study.model_validate(study | {"zones": section}), tmp_path, tmp_path
        )
        write_inputs(project, sites, make_official() if known is None else known)
        facts = run_step("zones", project)
        return facts, {one: read_table(project.processed, one) for one in TABLES}

    return of


def write_inputs(project, sites, official) -> None:
    """Write the tables that the step reads."""
    write_table(project.processed, empty_table("arisings"), table="arisings")
    corner = square(SIDE_M - 2_000, SIDE_M - 2_000, 2_000)
    shape = box(X0 - 5_000, Y0 - 5_000, X0 + SIDE_M, Y0 + SIDE_M) - corner
    commune = row_of("communes", code_insee="31483", geometry=shape)
    seat = {"seat_x": X0 + 15_000, "seat_y": Y0 + 15_000}
    write_table(
        project.processed,
        gpd.GeoDataFrame([commune | seat], crs=2154),
        table="communes",
    )
    named = {"site_id", "naf", "code_insee", "position_quality", "synthetic"}
    rest = {
        name: value
        for name, value in row_of("sites").items()
        if name not in {*named, "geometry", "siret"} and "headcount" not in name
    }
    plain = sites.assign(**rest)
    if "siret" not in plain:
        plain = plain.assign(siret=pd.Series("", index=plain.index, dtype="str"))
    write_table(project.processed, plain, table="sites")
    write_table(project.processed, official, table="official_zones")


def test_planted_zones_are_written_with_how_far_they_hold(run) -> None:
    facts, tables = run(planted_sites())
    found = tables["zones"]
    assert facts["zones"] >= 12
    assert facts["classements comparés"] == 8
    assert facts["réglage retenu"] == "dbscan_500m_3_30"
    assert found["stability"].between(0, 1).all()
    assert found["footprint_source"].eq("enveloppe").all()
    assert tables["zone_settings"]["chosen"].sum() == 1
    assert len(tables["site_stability"]) == facts["sites retenus"]
    assert len(tables["zone_concordance"]) == 0
    in_zone = tables["site_stability"].query("zone_id != ''")
    pd.testing.assert_frame_equal(
        in_zone[["site_id", "zone_id"]].reset_index(drop=True), tables["site_zone"]
    )


def test_the_sweep_chooses_what_the_study_leaves(run) -> None:
    facts, tables = run(planted_sites(), radius_m=None, method=None)
    settings = tables["zone_settings"]
    best = settings.loc[settings["agreement"].idxmax(), "setting_id"]
    assert facts["réglage retenu"] == best


def test_the_same_seed_gives_the_same_tables(run) -> None:
    _, one = run(planted_sites())
    _, other = run(planted_sites().sample(frac=1, random_state=1))
    for name in TABLES:
        pd.testing.assert_frame_equal(one[name], other[name])


def test_official_zones_give_ground_and_are_compared(run) -> None:
    official = make_official(A=square(-500, -500, 1_000), B=square(9_000, 9_000, 100))
    facts, tables = run(planted_sites(), known=official)
    met = tables["zone_concordance"].set_index("official_id")
    assert met.loc["A", "n_in"] >= 8
    assert met.loc["B", "zone_id"] == ""
    named = tables["zones"].set_index("official_zone")
    assert named.loc["A", "footprint_source"] == "officielle"
    assert np.isfinite(facts["accord avec l'officiel"])


def test_openstreetmap_is_compared_and_lends_no_outline(run) -> None:
    shape = {"A": square(-500, -500, 1_000), "B": square(9_000, 9_000, 100)}
    known = make_official(**shape).assign(kind=["industrial", "retail"])
    facts, tables = run(planted_sites(), known=known, **OSM)
    zones = tables["zones"].set_index("official_zone")
    assert zones["footprint_source"].eq("enveloppe").all()
    assert "A" in zones.index
    # As if no zone were known: no outline of it, nor any part.
    _, alone = run(planted_sites())
    assert tables["zones"].geometry.geom_equals(alone["zones"].geometry).all()
    # Shops are not what the zones found are compared with.
    assert set(tables["zone_concordance"]["official_id"]) == {"", "A"}
    assert facts["dont sans zone trouvée"] == 0
    assert np.isfinite(facts["accord avec OpenStreetMap"])
    assert not [name for name in facts if "officiel" in name]


@pytest.mark.parametrize(
    ("sites", "expected"),
    [
        (make_sites(), {"sites retenus": 0, "zones": 0}),
        (make_sites((0, 0, 5)), {"sites retenus": 1, "zones": 0}),
        (make_sites((0, 0, 60)), {"zones": 0, "sites isolés majeurs": 1}),
        (make_sites(*[(0, 0, 5)] * 4), {"zones": 1}),
        (
            make_sites(*[(0, 0, np.nan)] * 4),
            {"sites retenus": 0, "écartés : effectif inconnu ou nul": 4, "zones": 0},
        ),
        (
            make_sites(*[(0, 0, 9)] * 4, position_quality="commune"),
            {"sites retenus": 0, "écartés : position à la commune": 4, "zones": 0},
        ),
        (
            make_sites(*[(15_000, 15_000, 9)] * 4),
            {"écartés : point partagé au centre de la commune": 4, "zones": 0},
        ),
        (
            make_sites(*[(0, 0, 9)] * 2, siret="39931827800021"),
            {"sites retenus": 1, "écartés : SIRET déjà compté": 1},
        ),
        (
            make_sites(*[(0, 0, 9)] * 4, code_insee="09001"),
            {"sites retenus": 0, "hors du territoire": 4, "zones": 0},
        ),
    ],
    ids=[
        "no site",
        "one small site",
        "one large site",
        "all on one point",
        "headcounts unknown",
        "all at the commune",
        "all at the town hall",
        "one SIRET twice",
        "outside the area",
    ],
)
def test_poor_input_gives_a_clear_account(run, sites, expected) -> None:
    facts, _ = run(sites)
    assert {name: facts.get(name) for name in expected} == expected


def test_a_radius_larger_than_the_territory_is_refused(run) -> None:
    with pytest.raises(StudyError, match=r"36000 m plus grand que le territoire"):
        run(planted_sites(), radius_m=36_000)
    with pytest.raises(StudyError, match=r"→ réduire zones\.radius_m"):
        run(planted_sites(), sweep={"radii_m": [1e9]})


@pytest.mark.parametrize(
    ("compared", "known"),
    [({}, make_official()), (OSM, make_official(A=square(-200, -200, 1_400)))],
    ids=["alone", "with OpenStreetMap"],
)
def test_what_may_not_be_told_stays_in_the_tables_within(
    tmp_path, study, compared, known
) -> None:
    """A zone of three sites, one of them a natural person; a hidden lone site.

    The area of OpenStreetMap that holds the three lends no ground to what is told.
    """
    spots = [(0, 0, 20), (100, 0, 20), (900, 0, 20), (8_000, 0, 60)]
    section = {"sweep": SWEEP, "radius_m": 1_000, "method": "dbscan"} | compared
    project = Project(
        Study.model_validate(study | {"zones": section}), tmp_path, tmp_path
    )
    write_inputs(project, make_sites(*spots), known)
    sites = read_table(project.processed, "sites")
    sites["natural_person"] = sites["site_id"].eq("s02")
    sites["diffusible"] = sites["site_id"].ne("s03")
    write_table(project.processed, sites, table="sites")
    run_step("zones", project)
    facts = run_step("published_zones", project)
    assert facts == {
        "zones publiées": 1,
        "tues": 1,
        "tailles tenues secrètes": 0,
        "gisements tenus secrets": 1,  # nobody's tonnes are known here
    }
    public = read_table(project.processed, "zones_public")
    within = read_table(project.processed, "zones")
    assert set(within["zone_id"]) - set(public["zone_id"]) == {"I001"}
    assert public["size_class"].tolist() == ["50 à 99"]
    hidden = sites[sites["site_id"].isin(["s02", "s03"])]
    assert within.union_all().covers(hidden.union_all())
    assert not public.union_all().intersects(hidden.union_all())


def test_concentration_is_measured_on_the_sites_that_may_make_a_zone(
    tmp_path, study
) -> None:
    section = {"radii_m": [500, 5_000], "min_sites": 10, "permutations": 39}
    project = Project(
        Study.model_validate(study | {"sectors": section}), tmp_path, tmp_path
    )
    sites = planted_sites()
    sites.loc[:4, "position_quality"] = "commune"
    write_inputs(project, sites, make_official())
    facts = run_step("concentration", project)
    table = read_table(project.processed, "concentration")
    assert facts["sites retenus"] == len(sites) - 5
    assert facts["permutations"] == 39
    assert set(table["division"]) == {"25"}
    assert table["n_sites"].eq(len(sites) - 5).all()
    # One sector alone is as everywhere.
    of_m = table[table["measure"].eq("M")]
    assert of_m["value"].to_numpy() == pytest.approx(1.0)
    assert of_m["status"].eq("aucun_ecart").all()


@pytest.fixture
def official(tmp_path, study):
    """Return a function that runs the step « official_zones »."""

    def of(*sources, credit="© OpenStreetMap (ODbL), IGN"):
        section = {"official": list(sources), "credit": credit}
        project = Project(
            Study.model_validate(study | {"zones": section}), tmp_path, tmp_path
        )
        write_inputs(project, make_sites(), make_official())
        return run_step("official_zones", project), project.processed

    return of


def test_no_official_zone_is_no_trouble(official) -> None:
    facts, folder = official()
    assert facts["zones officielles"] == 0
    assert len(read_table(folder, "official_zones")) == 0


def geojson(path, *shapes) -> None:
    """Write zones as BD TOPO names them."""
    moved = gpd.GeoSeries(shapes, crs=2154).to_crs(4326)
    features = [
        {
            "type": "Feature",
            "properties": {
                "cleabs": f"SURFACTI{rank}",
                "categorie": "Industriel et commercial",
                "nature": "Zone industrielle",
                "nature_detaillee": "",
                "toponyme": "ZI",
                "fictif": "false",
            },
            "geometry": mapping(shape),
        }
        for rank, shape in enumerate(moved)
    ]
    content = {"type": "FeatureCollection", "features": features}
    path.write_text(yaml.safe_dump(content, allow_unicode=True).replace("'", '"'))


def osm(path, shape) -> None:
    """Write one industrial area as OSM XML."""
    ring = gpd.GeoSeries([shape], crs=2154).to_crs(4326).iloc[0].exterior.coords
    nodes = "".join(
        f'<node id="{rank}" version="1" lon="{lon}" lat="{lat}"/>'
        for rank, (lon, lat) in enumerate(ring[:-1], 1)
    )
    refs = "".join(f'<nd ref="{rank}"/>' for rank in [*range(1, len(ring)), 1])
    path.write_text(
        f'<?xml version="1.0"?><osm version="0.6">{nodes}<way id="7" version="1">{refs}'
        '<tag k="landuse" v="industrial"/></way></osm>'
    )


def test_openstreetmap_areas_get_their_commune(official, tmp_path) -> None:
    osm(tmp_path / "ici.osm", square(0, 0, 500))
    facts, folder = official({"reader": "osm", "path": "ici.osm"})
    table = read_table(folder, "official_zones")
    drawn = "zones d'activités dessinées dans OpenStreetMap, pas un inventaire"
    assert facts[drawn] == 1
    assert not [name for name in facts if "officiel" in name]
    assert table["code_insee"].tolist() == ["31483"]
    assert table["zone_id"].tolist() == ["osm_w7"]


def polygons(path, **shapes) -> None:
    """Write areas of OpenStreetMap by their use, without name or identifier."""
    moved = gpd.GeoSeries(list(shapes.values()), crs=2154).to_crs(4326)
    layer = gpd.GeoDataFrame({"class": list(shapes)}, geometry=moved)
    layer.to_file(path, driver="GeoJSON")


def test_areas_of_a_file_are_measured_by_commune_and_use(official, tmp_path) -> None:
    """Half of the shops are in the corner that no commune covers."""
    astride = square(SIDE_M - 2_100, SIDE_M - 1_000, 200, 100)
    polygons(tmp_path / "z.geojson", industrial=square(0, 0, 500), retail=astride)
    facts, folder = official(OSM_ZONES)
    areas = read_table(folder, "activity_areas").set_index("kind")
    assert 2 in [n for name, n in facts.items() if "OpenStreetMap (août 2021)" in name]
    assert areas["area_ha"].to_dict() == pytest.approx(
        {"industrial": 25.0, "retail": 1.0}, rel=2e-3
    )
    assert areas["n_areas"].to_dict() == {"industrial": 1, "retail": 1}
    assert set(areas["source"]) == {"OpenStreetMap (août 2021)"}
    assert set(areas["evidence"]) == {"O"}


def test_areas_beyond_the_communes_are_told(official, tmp_path) -> None:
    """Within the box of the communes, in the corner that none of them covers."""
    osm(tmp_path / "loin.osm", square(SIDE_M - 1_500, SIDE_M - 1_500, 500))
    _, folder = official({"reader": "osm", "path": "loin.osm"})
    assert len(read_table(folder, "official_zones")) == 0
    dropped = read_table(folder, "official_zones_dropped")
    assert dropped["reason"].tolist() == ["hors des communes"]


def test_files_of_official_zones_are_checked(official, tmp_path) -> None:
    with pytest.raises(SourceError, match="absent"):
        official({"reader": "cnig", "path": "absent.csv"})
    (tmp_path / "page.html.osm").write_text("<html>404</html>")
    with pytest.raises((SourceError, SchemaError), match=r"page\.html\.osm"):
        official({"reader": "osm", "path": "page.html.osm"})
