"""CNIG business zones: the standard's examples, and each fault of a real file."""

import json

import geopandas as gpd
import pytest
from hypothesis import HealthCheck, settings
from shapely import MultiPolygon, box
from shapely.geometry import mapping

from eitgeo.errors import CrsError, SchemaError, SourceError
from eitgeo.reference.nomenclatures import CNIG_CLASSES, cnig_fields
from eitgeo.sources.ground import cnig
from eitgeo.sources.ground.cnig import (
    read_cnig_hubs,
    read_cnig_plots,
    read_cnig_sites,
    read_cnig_zones,
)
from tests.sources.mutate import (
    FORMULA,
    MARKUP,
    render,
)
from tests.sources.source import Source, placed

METRES = mapping(box(501_000, 6_201_000, 502_000, 6_202_000))
DEGREES = mapping(box(0.6, 43.0, 0.7, 43.1))
SWAPPED = mapping(box(43.0, 0.6, 43.1, 0.7))
FARAWAY = mapping(box(55.0, -21.2, 55.1, -21.1))
DEFAULTS = {
    "key": "Z1",
    "text": "texte",
    "commune": "09001",
    "number": "2.5",
    "yes_no": "oui",
    "date": "2024-02-29",
    "year": "2015",
    "polygon": json.dumps(METRES),
    "points": '{"type": "MultiPoint", "coordinates": [[506000.0, 6206000.0]]}',
    "lon_lat": "0.6, 43.1",
}
CODES = {
    "site_epci_siren": "200071223",
    "terr_refcad": "09001000ZO0030",
    "siret": "34749951900010",
    "siren": "347499519",
    "etab_nat_juridique": "5710",
    "etab_activite_code": "4520B",
    "etab_effectif_code": "3",
    "etab_fermeture_date": "",
}


def row_of(class_name, **changes):
    """Return a valid row of a class, by official names, with some cells changed."""
    fields = cnig_fields(class_name)
    valid = {
        name: CODES.get(name, DEFAULTS.get(rule))
        for name, rule in zip(fields.index, fields["type"], strict=True)
    }
    return valid | changes


def csv_of(*rows, drop=()):
    header = [name for name in rows[0] if name not in drop]
    return render([header, *([row[name] for name in header] for row in rows)])


def zone(**changes):
    return row_of("site_eco", **changes)


def firm(**changes):
    return row_of("etablissement", **changes)


def test_the_field_table_covers_the_official_schemas(shared):
    for class_name in CNIG_CLASSES:
        stem = class_name.replace("_", "-")
        text = (shared / "cnig" / f"{stem}_schema.json").read_text(encoding="utf-8")
        official = {one["name"].lower(): one for one in json.loads(text)["fields"]}
        fields = cnig_fields(class_name)
        assert set(fields.index) <= set(official)
        required = {name for name in fields.index if fields.loc[name, "compulsory"]}
        assert required == {
            name
            for name in fields.index
            if official[name]["constraints"].get("required", False)
        }
        assert not fields.index.str.contains("contact|acquereur|montant|prix").any()


def test_an_unknown_class_is_refused():
    with pytest.raises(SchemaError, match="vouliez-vous dire « site_eco »"):
        cnig_fields("site-eco")


# --- The examples of the standard, with their faults.


def test_the_official_zone_is_read_and_its_open_ring_told(shared):
    loaded = read_cnig_zones(shared / "cnig" / "site-eco_exemple-valide.csv")
    [row] = loaded.table.itertuples()
    assert (row.zone_id, row.hub_id) == ("80024_SITE-ECO_00001", "80024_POLE-ECO_00162")
    assert (row.gross_area_ha, row.motorway_exit_km) == (37.2, 17.0)
    assert (row.gas, row.rail_freight, row.source_crs) == ("oui", "non", "EPSG:2154")
    # The example's ring ends 7 mm from its start: 656589.70 and 656589.707.
    assert loaded.notes["kind"].tolist() == ["anneau_ferme"]
    # Shoelace by hand on the three points, from (656589.70, 6425785.32):
    # (65.32 * 89.11 - 73.85 * 80.99) / 2 = 80.22 m2 in size.
    assert loaded.table.area.tolist() == pytest.approx([80.22], abs=0.01)


def test_the_official_plot_and_hub_are_read(shared):
    plots = read_cnig_plots(shared / "cnig" / "terrain-eco_exemple-valide.csv")
    assert plots.table.loc[0, "gross_area_ha"] == 9.9
    assert plots.table["parcels"].str.count(r"\|").tolist() == [2]
    assert not {"buyer", "price"} & set(plots.table.columns)
    hubs = read_cnig_hubs(shared / "cnig" / "pole-eco_exemple-valide.csv")
    assert hubs.table.loc[0, "n_zones"] == 2
    assert hubs.table.loc[0, "area_ha"] == 21
    assert hubs.table.loc[0, "source_crs"] == "EPSG:4326"
    # 3.9815° E, 49.2527° N is at Reims, near x = 771 km, y = 6 906 km.
    point = hubs.table.geometry[0]
    assert (point.x, point.y) == pytest.approx((771_467, 6_906_337), abs=1)


def test_the_official_firm_has_its_code_and_no_contact(shared):
    path = shared / "cnig" / "etablissement_exemple-valide.csv"
    square = box(630_000, 6_970_000, 650_000, 6_990_000)
    communes = gpd.GeoDataFrame(
        {"code_insee": ["80718"], "seat_x": [640_000.0], "seat_y": [6_980_000.0]},
        geometry=[square],
        crs="EPSG:2154",
    )
    loaded = read_cnig_sites(path, communes=communes)
    [row] = loaded.table.itertuples()
    assert (row.naf, row.headcount_low, row.headcount_high) == ("45.20B", 6, 9)
    # Its two points are at Dunkerque and in Belgium, 120 km from its commune.
    assert row.position_quality == "commune"
    assert set(loaded.notes["kind"]) == {
        "hors_commune",
        "zero_perdu",
        "plusieurs_points",
        "fermeture_datee",
    }
    everything = loaded.table.to_csv() + loaded.notes.to_csv() + loaded.dropped.to_csv()
    assert "gmail" not in everything
    assert "03 89" not in everything


def test_the_empty_template_is_refused(shared, communes):
    path = shared / "cnig" / "sites_economiques.gpkg"
    with pytest.raises(SourceError, match=r"couche « site_eco » vide → la compléter"):
        read_cnig_zones(path)
    with pytest.raises(SourceError, match="couche « etablissement » vide"):
        read_cnig_sites(path, communes=communes)


# --- Coordinates.


def test_crs_is_told_row_by_row_and_nothing_is_swapped(write):
    rows = [
        zone(site_id=name, site_geomsurf=json.dumps(shape))
        for name, shape in {
            "A": METRES,
            "B": METRES,
            "C": DEGREES,
            "D": SWAPPED,
            "E": FARAWAY,
        }.items()
    ]
    rows.append(zone(site_id="F", site_geomsurf="pas du JSON"))
    loaded = read_cnig_zones(write("zones.csv", csv_of(*rows)))
    crs = loaded.table.set_index("zone_id")["source_crs"]
    assert crs.to_dict() == {"A": "EPSG:2154", "B": "EPSG:2154", "C": "EPSG:4326"}
    mixed = loaded.notes.set_index("subject").loc["C"]
    assert mixed["kind"] == "systeme_melange"
    assert "WGS84 (EPSG:4326) dans un fichier surtout en Lambert-93" in mixed["detail"]
    reasons = loaded.dropped.set_index("subject")["reason"]
    assert "inversées" in reasons["D"]
    assert "hors de la France métropolitaine" in reasons["E"]
    assert "illisible" in reasons["F"]


def test_a_crossed_outline_is_repaired_and_told(write):
    ring = [[501e3, 6.2e6], [502e3, 6.201e6], [502e3, 6.2e6], [501e3, 6.201e6]]
    bow = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    path = write("z.csv", csv_of(zone(site_geomsurf=json.dumps(bow))))
    loaded = read_cnig_zones(path)
    # Two triangles of base 1 000 m and height 500 m.
    assert loaded.table.area.tolist() == pytest.approx([500_000])
    assert loaded.notes["kind"].tolist() == ["polygone_repare"]


def test_an_outline_longer_than_the_limit_of_csv_is_read(write):
    wide = box(501e3, 6.2e6, 502e3, 6.201e6).buffer(50, quad_segs=3000)
    cell = json.dumps(mapping(wide))
    assert len(cell) > 131_072
    loaded = read_cnig_zones(write("z.csv", csv_of(zone(site_geomsurf=cell))))
    assert loaded.table.area.tolist() == pytest.approx([wide.area])


def test_collections_nested_without_end_do_not_crash(write):
    depth = 200_000
    opened = '{"type":"GeometryCollection","geometries":[' * depth
    cell = opened + "]}" * depth
    loaded = read_cnig_zones(write("z.csv", csv_of(zone(site_geomsurf=cell))))
    assert loaded.table.empty
    assert loaded.dropped["reason"].tolist() == ["géométrie absente ou illisible"]


def test_of_several_points_the_one_in_the_commune_is_taken(write, communes):
    inside, outside = [506_000.0, 6_206_000.0], [700_000.0, 6_600_000.0]
    cell = json.dumps({"type": "MultiPoint", "coordinates": [outside, inside]})
    loaded = read_cnig_sites(
        write("e.csv", csv_of(firm(etab_geompoint=cell))), communes=communes
    )
    assert loaded.table.geometry[0].coords[0] == tuple(inside)
    assert loaded.table.loc[0, "position_quality"] == "exacte"


# --- Values.


def test_values_out_of_their_domain_are_emptied_and_told(write):
    changes = {
        "reseau_gaz": "peut-être",
        "site_actu_date": "29/02/2024",
        "site_creation_date": "3015",
        "site_moa_type": "",
    }
    loaded = read_cnig_zones(write("z.csv", csv_of(zone(**changes))))
    row = loaded.table.iloc[0]
    assert row[["gas", "updated", "created_year", "owner_kind"]].tolist() == [""] * 4
    told = loaded.notes[["kind", "detail"]].agg(" ".join, axis=1).tolist()
    assert told == [
        "hors_domaine « created_year » = « 3015 » (valeur admise : AAAA)",
        "hors_domaine « updated » = « 29/02/2024 » (valeur admise : AAAA-MM-JJ)",
        "obligatoire_vide « owner_kind » vide",
        "hors_domaine « gas » = « peut-être » (valeur admise : oui ou non)",
    ]


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [("3", 6, 9), ("03", 6, 9), ("00", 0, 0), ("0", 0, 0), ("12", 20, 49)],
)
def test_headcount_codes_get_their_zero_back(write, communes, code, low, high):
    path = write("e.csv", csv_of(firm(etab_effectif_code=code)))
    [row] = read_cnig_sites(path, communes=communes).table.itertuples()
    assert (row.headcount_low, row.headcount_high) == (low, high)


def test_an_unknown_headcount_stays_unknown(write, communes):
    path = write("e.csv", csv_of(firm(etab_effectif_code="NN")))
    assert read_cnig_sites(path, communes=communes).table["headcount_mid"].isna().all()


def test_natural_persons_are_masked_everywhere(write, communes):
    rows = [
        firm(etab_nat_juridique="1000", etab_nom="UNTEL Jean"),
        firm(siret="123", etab_nom="AUTRE Marie"),
        firm(siret="34749951900028", etab_nom="[ND]"),
    ]
    loaded = read_cnig_sites(write("e.csv", csv_of(*rows)), communes=communes)
    everything = loaded.table.to_csv() + loaded.notes.to_csv() + loaded.dropped.to_csv()
    for secret in ("UNTEL", "AUTRE", "34749951900010", "34749951900028", "[ND]"):
        assert secret not in everything
    assert loaded.table["natural_person"].tolist() == [True, False]
    assert loaded.table["diffusible"].tolist() == [True, False]


def test_rows_left_out_are_accounted_for(write, communes):
    rows = [
        firm(),
        firm(),
        firm(siret="3474995190001"),
        firm(siret="34749951900028", etab_actif="non"),
        firm(siret="34749951900036", comm_insee="80718"),
    ]
    path = write("e.csv", csv_of(*rows))
    loaded = read_cnig_sites(path, communes=communes)
    assert len(loaded.table) == 1
    assert loaded.dropped["reason"].tolist() == [
        "SIRET répété",
        "identifiant absent ou mal formé",
        "établissement déclaré inactif",
        "hors des communes (« 80718 »)",
    ]


def test_formula_and_markup_stay_text(write):
    changes = {"site_nom": FORMULA, "site_vocadomi": MARKUP}
    loaded = read_cnig_zones(write("z.csv", csv_of(zone(**changes))))
    assert list(loaded.table.loc[0, ["name", "main_use"]]) == [FORMULA, MARKUP]


# --- Files.


@pytest.mark.parametrize(
    ("spoil", "error", "message"),
    [
        (lambda d: d.replace(b"09001", b"9001"), SchemaError, "écrire « 09001 »"),
        (lambda d: d.replace(b"2.5;", b"deux;"), SchemaError, "« deux »"),
        (lambda d: d.replace(b"2.5;", b"-1;"), SchemaError, "valeur ≥ 0"),
    ],
)
def test_spoilt_files_are_refused(write, spoil, error, message):
    with pytest.raises(error, match=message):
        read_cnig_zones(write("z.csv", spoil(csv_of(zone()))))


def test_a_decimal_comma_in_a_whole_column_is_read(write):
    path = write("z.csv", csv_of(zone(site_surf_brute="37,2")))
    assert read_cnig_zones(path).table.loc[0, "gross_area_ha"] == 37.2


def layer(path, *, crs="EPSG:2154", name="site_eco", **changes):
    row = zone(**changes)
    del row["site_geomsurf"]
    frame = gpd.GeoDataFrame(
        {key: [value] for key, value in row.items()},
        geometry=[MultiPolygon([box(501_000, 6_201_000, 502_000, 6_202_000)])],
        crs="EPSG:2154",
    )
    frame["site_surf_brute"] = 37.2
    frame.to_crs(crs).to_file(path, layer=name, driver="GPKG", engine="pyogrio")
    return path


def test_a_geopackage_gives_the_same_as_the_csv(tmp_path, write):
    whole = csv_of(zone(site_surf_brute="37.2"))
    from_cells = read_cnig_zones(write("z.csv", whole)).table
    from_layer = read_cnig_zones(layer(tmp_path / "z.gpkg")).table
    plain = from_cells.drop(columns="geometry")
    assert from_layer.drop(columns="geometry").equals(plain)
    assert from_layer.area.tolist() == pytest.approx(from_cells.area.tolist())
    degrees = read_cnig_zones(layer(tmp_path / "d.gpkg", crs="EPSG:4326")).table
    assert degrees.area.tolist() == pytest.approx([1e6], rel=1e-6)


def test_faults_of_a_geopackage(tmp_path):
    with pytest.raises(SchemaError, match=r"couche « site_eco » absente → .*siteeco"):
        read_cnig_zones(layer(tmp_path / "a.gpkg", name="siteeco"))
    with pytest.raises(CrsError, match="EPSG:2154"):
        read_cnig_zones(layer(tmp_path / "b.gpkg", crs="EPSG:3857"))


SETTINGS = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TWO_ZONES = csv_of(zone(), zone(site_id="Z2", site_geomsurf=json.dumps(DEGREES)))


SAMPLES = {
    "cnig_sites": Source(
        "Sites économiques (CNIG), établissements, CSV",
        ("read_cnig_sites",),
        "etablissement.csv",
        placed(cnig.read_cnig_sites),
        csv_of(
            firm(etab_nom="Été"),
            firm(siret="34749951900028", comm_insee="31002"),
        ),
        table="sites",
        separator=";",
        text="etab_nom",
        needed="etab_nom",
        date="etab_actu_date",
        xy=("etab_geompoint", "etab_geompoint"),
    ),
}
