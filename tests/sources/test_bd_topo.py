"""BD TOPO in both dialects: GeoPackage long names, Shapefile short names.

y = 6 201 000   A────────B     section T1: A to B, 1 000 m, 12 t, 3.5 m
                zone Z1: box 500 000–500 200 × 6 200 000–6 200 100 = 2 ha
"""

import zipfile

import geopandas as gpd
import pytest
from shapely import LineString, Point, Polygon, box

from eitgeo.errors import CrsError, SourceError
from eitgeo.sources.ground.bd_topo import read_bd_topo_roads, read_bd_topo_zones
from tests.sources.mutate import (
    FORMULA,
    MARKUP,
)

ROAD = {
    "cleabs": "TRONROUT01",
    "nature": "Route à 1 chaussée",
    "importance": "3",
    "fictif": False,
    "prive": False,
    "sens_de_circulation": "Double sens",
    "urbain": True,
    "position_par_rapport_au_sol": "0",
    "cpx_numero": "D817",
    "nombre_de_voies": 2,
    "largeur_de_chaussee": 6.5,
    "vitesse_moyenne_vl": 70,
    "acces_vehicule_leger": "Libre",
    "periode_de_fermeture": None,
    "nature_de_la_restriction": None,
    "restriction_de_hauteur": 3.5,
    "restriction_de_poids_total": 12.0,
    "restriction_de_poids_par_essieu": None,
    "restriction_de_largeur": None,
    "restriction_de_longueur": 12.0,
    "matieres_dangereuses_interdites": True,
    "insee_commune_gauche": "09001",
    "insee_commune_droite": "31002",
}
SHORT = {
    "cleabs": "ID",
    "nature": "NATURE",
    "importance": "IMPORTANCE",
    "fictif": "FICTIF",
    "prive": "PRIVE",
    "sens_de_circulation": "SENS",
    "urbain": "URBAIN",
    "position_par_rapport_au_sol": "POS_SOL",
    "cpx_numero": "NUMERO",
    "nombre_de_voies": "NB_VOIES",
    "largeur_de_chaussee": "LARGEUR",
    "vitesse_moyenne_vl": "VIT_MOY_VL",
    "acces_vehicule_leger": "ACCES_VL",
    "periode_de_fermeture": "FERMETURE",
    "nature_de_la_restriction": "NAT_RESTR",
    "restriction_de_hauteur": "RESTR_H",
    "restriction_de_poids_total": "RESTR_P",
    "restriction_de_poids_par_essieu": "RESTR_PPE",
    "restriction_de_largeur": "RESTR_LAR",
    "restriction_de_longueur": "RESTR_LON",
    "matieres_dangereuses_interdites": "RESTR_MAT",
    "insee_commune_gauche": "INSEECOM_G",
    "insee_commune_droite": "INSEECOM_D",
}
ZONE = {
    "cleabs": "SURFACTI01",
    "categorie": "Industriel et commercial",
    "nature": "Zone industrielle",
    "nature_detaillee": None,
    "toponyme": "ZI de l'Œuvre",
    "fictif": False,
}
LINE = LineString([(500_000, 6_201_000, 400), (501_000, 6_201_000, 410)])
SQUARE = box(500_000, 6_200_000, 500_200, 6_200_100)


def frame(rows, shapes, crs="EPSG:2154"):
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:2154").to_crs(crs)


def roads_at(path, *changes, crs="EPSG:2154", layer="troncon_de_route"):
    rows = [ROAD | {"cleabs": f"T{n}"} | one for n, one in enumerate(changes or [{}])]
    frame(rows, [LINE] * len(rows), crs).to_file(path, layer=layer, driver="GPKG")
    return path


def zones_at(path, *changes, shapes=None):
    rows = [ZONE | {"cleabs": f"Z{n}"} | one for n, one in enumerate(changes or [{}])]
    layer = frame(rows, shapes or [SQUARE] * len(rows))
    layer.to_file(path, layer="zone_d_activite_ou_d_interet", driver="GPKG")
    return path


def test_a_section_keeps_its_limits_in_metres_and_tonnes(tmp_path):
    loaded = read_bd_topo_roads(roads_at(tmp_path / "bdtopo.gpkg"))
    [row] = loaded.table.itertuples()
    assert (row.max_height_m, row.max_weight_t, row.max_length_m) == (3.5, 12, 12)
    # Not filled in is unknown, not unrestricted.
    assert loaded.table[["max_axle_weight_t", "max_width_m"]].isna().all(axis=None)
    assert (row.length_m, row.road_number, row.direction) == (1000, "D817", "both")
    assert (row.is_fictitious, row.is_private, row.is_urban) == (False, False, True)
    assert row.dangerous_goods_forbidden
    assert loaded.table.has_z.all()
    assert loaded.table.crs.to_epsg() == 2154
    assert (len(loaded.dropped), len(loaded.notes)) == (0, 0)


def test_short_names_of_the_shapefile_give_the_same(tmp_path):
    long = read_bd_topo_roads(roads_at(tmp_path / "a.gpkg")).table
    row = {SHORT[name]: value for name, value in ROAD.items()}
    words = {True: "Oui", False: "Non"}
    flags = ("FICTIF", "PRIVE", "URBAIN", "RESTR_MAT")
    row |= {name: words[bool(row[name])] for name in flags} | {"ID": "T0"}
    path = tmp_path / "TRONCON_DE_ROUTE.shp"
    frame([row], [LINE]).to_file(path, encoding="UTF-8")
    short = read_bd_topo_roads(path).table
    assert short.drop(columns="geometry").equals(long.drop(columns="geometry"))


def test_fictitious_and_private_sections_are_flagged_not_lost(tmp_path):
    path = roads_at(
        tmp_path / "a.gpkg",
        {"fictif": True, "sens_de_circulation": "Sens inverse"},
        {"prive": True, "sens_de_circulation": "Sens direct"},
    )
    table = read_bd_topo_roads(path).table
    assert table["is_fictitious"].tolist() == [True, False]
    assert table["is_private"].tolist() == [False, True]
    assert table["direction"].tolist() == ["backward", "forward"]


def test_absurd_limits_are_told_and_never_taken(tmp_path):
    path = roads_at(
        tmp_path / "a.gpkg",
        {"restriction_de_poids_total": 3500.0, "restriction_de_hauteur": 0.0},
        {"sens_de_circulation": "Tous les sens"},
    )
    loaded = read_bd_topo_roads(path)
    assert loaded.table.loc[0, ["max_weight_t", "max_height_m"]].isna().all()
    assert loaded.notes[["kind", "detail"]].to_numpy().tolist() == [
        ["limite_absurde", "« max_weight_t » = 3500"],
        ["hors_domaine", "« direction » = « Tous les sens »"],
    ]


def test_repeated_sections_are_left_out_and_told(tmp_path):
    path = roads_at(tmp_path / "a.gpkg", {}, {"cleabs": "T0"}, {"cleabs": None})
    loaded = read_bd_topo_roads(path)
    assert len(loaded.table) == 1
    assert loaded.dropped["reason"].tolist() == [
        "ligne répétée (T0)",
        "identifiant absent",
    ]


def test_bounds_limit_what_is_read_and_the_rest_is_counted(tmp_path):
    away = LineString([(700_000, 6_600_000), (701_000, 6_600_000)])
    rows = [ROAD | {"cleabs": "T1"}, ROAD | {"cleabs": "T2"}]
    for name, crs in (("a.gpkg", "EPSG:2154"), ("b.gpkg", "EPSG:4326")):
        path = tmp_path / name
        frame(rows, [LINE, away], crs).to_file(path, layer="troncon_de_route")
        box_m = (499_000, 6_200_000, 502_000, 6_202_000)
        loaded = read_bd_topo_roads(path, bounds=box_m)
        assert loaded.table["section_id"].tolist() == ["T1"]
        assert loaded.notes["detail"].tolist() == [
            "hors de l'emprise demandée, non lus : 1"
        ]


def test_zones_of_business_only_with_their_surface(tmp_path):
    bow = Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
    bow = Polygon([(x + 5e5, y + 6.2e6) for x, y in bow.exterior.coords])
    path = zones_at(
        tmp_path / "a.gpkg",
        {},
        {"categorie": "Culture et loisirs", "nature": "Camping"},
        {"nature": "Carrière", "fictif": True},
        {},
        shapes=[SQUARE, SQUARE, bow, Point(500_000, 6_200_000)],
    )
    loaded = read_bd_topo_zones(path)
    assert loaded.table["zone_id"].tolist() == ["Z0", "Z2"]
    # 200 m x 100 m; two triangles of 1 000 m x 500 m / 2.
    assert loaded.table["area_ha"].tolist() == pytest.approx([2, 50])
    assert loaded.table["is_fictitious"].tolist() == [False, True]
    assert loaded.dropped[["subject", "reason"]].to_numpy().tolist() == [
        ["Z1", "catégorie « Culture et loisirs »"],
        ["Z3", "objet sans surface"],
    ]
    assert loaded.notes["kind"].tolist() == ["polygone_repare"]
    every = ("Industriel et commercial", "Culture et loisirs")
    assert len(read_bd_topo_zones(path, categories=every).table) == 3


def test_formula_and_markup_stay_text(tmp_path):
    path = zones_at(tmp_path / "a.gpkg", {"toponyme": FORMULA, "nature": MARKUP})
    assert read_bd_topo_zones(path).table.loc[0, "name"] == FORMULA


def test_the_delivery_is_read_inside_its_archive(tmp_path):
    inner = zones_at(tmp_path / "BDT_3-4_GPKG_LAMB93_D031.gpkg")
    path = tmp_path / "BDTOPO_3-4_D031.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "BDTOPO/1_DONNEES/" + inner.name)
    assert read_bd_topo_zones(path).table["zone_id"].tolist() == ["Z0"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "../" + inner.name)
    with pytest.raises(SourceError, match="hors du dossier de l'archive"):
        read_bd_topo_zones(path)


def test_a_layer_in_another_crs_is_refused(tmp_path):
    degrees = read_bd_topo_roads(roads_at(tmp_path / "d.gpkg", crs="EPSG:4326"))
    assert degrees.table["length_m"].tolist() == pytest.approx([1000])
    with pytest.raises(CrsError, match="EPSG:2154"):
        read_bd_topo_roads(roads_at(tmp_path / "m.gpkg", crs="EPSG:3857"))
    swapped = frame([ROAD], [LINE]).set_crs("EPSG:4326", allow_override=True)
    swapped.to_file(tmp_path / "s.gpkg", layer="troncon_de_route")
    with pytest.raises(CrsError, match="hors de la France métropolitaine"):
        read_bd_topo_roads(tmp_path / "s.gpkg")


def test_a_shapefile_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "ZONE_D_ACTIVITE_OU_D_INTERET.shp"
    row = {
        "ID": "Z1",
        "CATEGORIE": "Industriel et commercial",
        "NATURE": "Carrière",
        "FICTIF": "Non",
    }
    frame([row], [SQUARE]).to_file(path, encoding="UTF-8")
    path.with_suffix(".cpg").write_text("ISO-8859-1")
    with pytest.raises(SourceError, match=r"accents illisibles .*\.cpg"):
        read_bd_topo_zones(path)


def test_a_shapefile_without_its_encoding_keeps_the_signs_of_windows(tmp_path):
    path = tmp_path / "ZONE_D_ACTIVITE_OU_D_INTERET.shp"
    row = {
        "ID": "Z1",
        "CATEGORIE": "Industriel et commercial",
        "NATURE": "Zone industrielle",
        "TOPONYME": "L’Œuvre",
        "FICTIF": "Non",
    }
    frame([row], [SQUARE]).to_file(path, encoding="CP1252")
    path.with_suffix(".cpg").unlink()
    assert read_bd_topo_zones(path).table["name"].tolist() == ["L’Œuvre"]
