"""Lists of communes and of who groups them, as their producers serve them."""

from __future__ import annotations

import io
import json
import tempfile
from functools import cache
from pathlib import Path

import geopandas as gpd
import openpyxl
import py7zr
from shapely import union_all

from tests.producer.country import (
    ASKED,
    EPCIS,
    YEAR,
    Commune,
    Epci,
    communes,
    degrees,
    former,
    layer,
    luhn_complete,
    members,
)

EDITION = f"ADMIN-EXPRESS-COG_4-0__GPKG_LAMB93_FXX_{YEAR}-01-01"
FAR = ("75056", "Lutécie", "200054781", 2_103_778)
"""A commune of the rest of France, which national files hold too."""


def admin_express(*, name: str = "commune") -> bytes:
    """Return the ``.7z`` of IGN: a GeoPackage of communes and of their seats."""
    rows = communes()
    square = rows[0].shape.centroid.buffer(5_000).envelope
    away = gpd.GeoSeries([square], crs=2154).translate(100_000, 300_000).iloc[0]
    shapes = gpd.GeoDataFrame(
        {
            "cleabs": [f"COMMUNE_{rank:08d}" for rank in range(len(rows) + 1)],
            "code_insee": [*(one.code for one in rows), FAR[0]],
            "nom_officiel": [*(one.name for one in rows), FAR[1]],
            "nom_officiel_en_majuscules": [
                *(one.name.upper() for one in rows),
                FAR[1].upper(),
            ],
            "statut": "Commune simple",
            "population": [*(one.population for one in rows), FAR[3]],
            "code_insee_du_departement": [*(one.dep for one in rows), "75"],
            "codes_siren_des_epci": [*(one.epci.siren for one in rows), FAR[2]],
        },
        geometry=[*(one.shape for one in rows), away],
        crs="EPSG:2154",
    )
    seats = gpd.GeoDataFrame(
        {
            "cleabs": [f"PAIHABIT{rank:08d}" for rank in range(len(rows))],
            "code_insee_de_la_commune": [one.code for one in rows],
        },
        geometry=[one.seat for one in rows],
        crs="EPSG:2154",
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ADE_4-0_GPKG_LAMB93_FXX.gpkg"
        shapes.to_file(path, layer=name, driver="GPKG")
        seats.to_file(path, layer="chef_lieu_de_commune", driver="GPKG")
        packed = Path(folder) / "lot.7z"
        with py7zr.SevenZipFile(packed, "w") as archive:
            archive.write(path, f"{EDITION}/ADMIN-EXPRESS-COG/1_DONNEES/{path.name}")
        return packed.read_bytes()


DGCL_HEADER = (
    "dept;siren;raison_sociale;nature_juridique;mode_financ;nb_membres;total_pop_tot;"
    "total_pop_mun;dep_com;insee;siren_membre;nom_membre;ptot_2025;pmun_2025"
)


def dgcl() -> bytes:
    """Return ``perimetre-epci-a-fp.csv``: cp1252, CRLF, blanks between thousands."""
    lines = [DGCL_HEADER]
    for epci in EPCIS:
        mine = members(epci.letter)
        total = _spaced(sum(one.population for one in mine))
        lines += [
            f"{_main_dep(epci)};{epci.siren};{epci.name};{epci.nature};FPU;{len(mine)};"
            f"{total};{total};{one.dep};{one.code};{one.siren};{one.name};"
            f"{_spaced(one.population + 20)};{_spaced(one.population)}"
            for one in mine
        ]
    lines.append(
        f"75;{FAR[2]};Métropole du Grand Lutécie;METRO;FPU;1;2 103 778;2 103 778;75;"
        f"{FAR[0]};217500016;{FAR[1]};2 120 000;2 103 778"
    )
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _main_dep(epci: Epci) -> str:
    return max(members(epci.letter), key=lambda one: one.population).dep


SYNDICATE = (luhn_complete("25870012"), "Syndicat de traitement des Brandes", "SMF")
PETR = (luhn_complete("20008712"), "PETR des Vallons imaginaires", "PETR")
WASTE_COMPETENCES = (
    "Collecte des déchets des ménages et déchets assimilés",
    "Traitement des déchets des ménages et déchets assimilés",
)
BANATIC_START = (
    *("Région siège", "Département siège", "Arrondissement siège", "Commune siège"),
    *("N° SIREN", "Nom du groupement", "Nature juridique", "Syndicat à la carte"),
    *("Groupement interdépartemental", "Date de création", "Date d'effet"),
    *("Mode de financement", "Nombre de membres", "Population totale"),
    *("Nombre de compétences exercées",),
    *("Type", "Siren membre", "Nom membre", "Représentation-substitution"),
    *("Compétence conservée", "Catégorie des membres du groupement"),
)
N_COMPETENCES = 100


def banatic(*, more: int = 150) -> bytes:
    """Return the national workbook: some 120 columns, a row a member."""
    others = [f"Compétence imaginaire n° {rank}" for rank in range(N_COMPETENCES - 2)]
    header = [name for name in BANATIC_START if name != "Type"]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Coordonnées des groupements")
    sheet.append([*header, *WASTE_COMPETENCES, *others])
    for group, member, category in _links(more):
        cells = _grouping_cells(group, member, category)
        waste = ["OUI", "OUI"] if group[0] == SYNDICATE[0] else ["NON", "NON"]
        row = [cells.get(name, "") for name in header]
        sheet.append([*row, *waste, *(["NON"] * len(others))])
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


type Grouping = tuple[str, str, str]


def _links(more: int) -> list[tuple[Grouping, tuple[str, str], str]]:
    found: list[tuple[Grouping, tuple[str, str], str]] = []
    for epci in EPCIS:
        named = (epci.siren, epci.name, epci.nature)
        found += [
            (named, (one.siren, one.name), "commune") for one in members(epci.letter)
        ]
    asked = [one for one in EPCIS if one.letter in ASKED]
    found += [(SYNDICATE, (one.siren, one.name), "groupement") for one in asked]
    found += [(PETR, (one.siren, one.name), "groupement") for one in asked[:2]]
    far = ("200054781", "Métropole du Grand Lutécie", "METRO")
    found += [
        (far, (luhn_complete(f"2175{rank:04d}"), f"Lutécie {rank}"), "commune")
        for rank in range(more)
    ]
    return found


@cache
def _seats() -> dict[str, str]:
    """Seat each EPCI in its least peopled commune: a name that nobody would guess."""
    least = {
        epci.siren: min(members(epci.letter), key=lambda one: one.population)
        for epci in EPCIS
    }
    return {siren: f"{one.siren} - {one.name}" for siren, one in least.items()}


def _grouping_cells(
    group: Grouping, member: tuple[str, str], category: str
) -> dict[str, str]:
    siren, name, nature = group
    return {
        "Région siège": "75 - Nouvelle-Aquitaine",
        "Commune siège": _seats().get(siren, ""),
        "N° SIREN": siren,
        "Nom du groupement": name,
        "Nature juridique": nature,
        "Syndicat à la carte": "NON",
        "Siren membre": member[0],
        "Nom membre": member[1],
        "Représentation-substitution": "NON",
        "Catégorie des membres du groupement": category,
    }


MOVEMENT_HEADER = (
    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,TYPECOM_AP,"
    "COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP"
)


def movements() -> bytes:
    """Return the events of communes since 1943: a merge, what it leaves, old ones."""
    gone = former()
    (into,) = [one for one in communes() if one.code == gone.into]
    new = f"{into.code},0,{into.name.upper()},{into.name},{into.name}"
    old = f"{gone.code},0,{gone.name.upper()},{gone.name},{gone.name}"
    rows = [
        MOVEMENT_HEADER,
        f"32,{gone.date},COM,{old},COM,{new}",
        f"32,{gone.date},COM,{new},COM,{new}",
        f"32,{gone.date},COM,{old},COMD,{old}",
        "10,1955-03-31,COM,75999,0,LUTECIA,Lutecia,Lutecia,COM,75056,0,X,X,Lutécie",
    ]
    return ("\n".join(rows) + "\n").encode()


def geo_api(dep: str) -> bytes:
    """Return what geo.api.gouv.fr answers of a département."""
    mine = [one for one in communes() if one.dep == dep]
    shapes = layer("EPSG:4326").set_index("code").geometry
    seats = degrees([one.seat for one in mine])
    rows = [
        {
            "nom": one.name,
            "code": one.code,
            "codeEpci": one.epci.siren,
            "population": one.population,
            "contour": json.loads(gpd.GeoSeries([shapes[one.code]]).to_json())[
                "features"
            ][0]["geometry"],
            "mairie": {"type": "Point", "coordinates": list(seat)},
        }
        for one, seat in zip(mine, seats, strict=True)
    ]
    return json.dumps(rows, ensure_ascii=False).encode()


EPCI_COLUMNS = (
    "siren,name,nature,departements,population,n_communes,seat,west,south,east,north,"
    "near"
)


def epci_list() -> bytes:
    """Return a list of EPCI as « eitgeo new --epci-list » takes it."""
    lines = [EPCI_COLUMNS]
    for epci in EPCIS:
        mine = members(epci.letter)
        deps = " ".join(sorted({one.dep for one in mine}))
        seat = max(mine, key=lambda one: one.population)
        west, south, east, north = _box(mine)
        lines.append(
            f"{epci.siren},{epci.name},{epci.nature},{deps},"
            f"{sum(one.population for one in mine)},{len(mine)},{seat.code},"
            f"{west:.2f},{south:.2f},{east:.2f},{north:.2f},{_near(mine)}"
        )
    return ("\n".join(lines) + "\n").encode()


def _box(rows: tuple[Commune, ...]) -> tuple[float, float, float, float]:
    shapes = gpd.GeoSeries([one.shape for one in rows], crs=2154).to_crs(4326)
    west, south, east, north = shapes.total_bounds
    return west - 0.005, south - 0.005, east + 0.005, north + 0.005


def _near(rows: tuple[Commune, ...]) -> str:
    here = union_all([one.shape for one in rows])
    found: dict[str, int] = {}
    for one in communes():
        km = int(here.distance(one.shape) / 1000)
        found[one.dep] = min(km, found.get(one.dep, km))
    return " ".join(f"{dep}:{km}" for dep, km in sorted(found.items()))
