"""A country of three communes, and every official file about it, made in code.

y = 6 210 000 ┌───────┬───────┬───────┐   31298 (Lez) merged into 31471 in 2019:
              │ 09001 │ 31002 │ 31471 │   old files still bear it.
y = 6 200 000 └───────┴───────┴───────┘
      x = 500 000                 530 000
"""

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import yaml
from shapely import Point, box
from shapely.geometry import mapping

from tests.sources import georisques_files as georisques
from tests.sources import sirene_files as sirene
from tests.sources.test_activity import INSEE_HEADER, URSSAF_HEADER
from tests.sources.test_banatic import CELLS, CODES, as_csv
from tests.sources.test_cnig import csv_of, firm
from tests.sources.test_insee_belonging import workbook
from tests.sources.test_irep import HEADER as IREP_HEADER
from tests.sources.test_irep import lambert2
from tests.sources.test_landfills import HEADER as ISDND_HEADER
from tests.sources.test_landfills import line as landfill
from tests.sources.test_s3ic import HEADER as S3IC_HEADER
from tests.sources.test_sinoe import record
from tests.sources.test_sinoe_landfills import HEADER as DIRECTORY_HEADER
from tests.sources.test_sinoe_landfills import line as directory_line
from tests.surrogate import without_roads

APE_HEADER = (
    "Grand secteur d'activité;Code commune;Code APE;Nombre d'établissements 2025;"
    "Effectifs salariés 2025\n"
)
APE_ROW = "GS{} {};{};{};{};{}"
COUNTED_CELLS = [
    (1, "Industrie", "09001", "1610A", 1, 40),
    (1, "Industrie", "09001", "1711Z", 1, 120),
    (1, "Industrie", "09001", "1071C", 3, 14),
    (1, "Industrie", "31002", "1071C", 4, 29),
    (1, "Industrie", "31002", "1610A", 2, 25),
    (3, "Commerce", "31002", "4711F", 2, 64),
    (1, "Industrie", "31298", "1610A", 1, 12),  # now 31471
    (1, "Industrie", "31471", "1610A", 2, 30),
    (1, "Industrie", "31471", "3530Z", 1, 0),
    (1, "Industrie", "65258", "1610A", 9, 798),  # beyond
]
"""Employers and employees by commune and APE: invented."""

ROOT = Path(__file__).resolve().parents[2]
EPCI = "200000001"
NAMES = {"09001": "L'Œuvre-Basse", "31002": "Saint-Élix", "31471": "Saint-Béat-Lez"}
SQUARES = dict(
    zip(
        NAMES,
        [box(x, 6_200_000, x + 10_000, 6_210_000) for x in (500_000, 510_000, 520_000)],
        strict=True,
    )
)
MILL, SAWMILL, FOUNDRY, SHOP = (f"3993182780{n:04d}" for n in (21, 39, 47, 54))
LANDFILL, FORMER_LANDFILL = "25310217200017", "24310034400031"
INSIDE = lambert2(503_000, 6_204_000)
AWAY = lambert2(560_000, 6_204_000)


def degrees(shape: Any) -> Any:
    """Return a shape of EPSG:2154 in degrees."""
    return gpd.GeoSeries([shape], crs=2154).to_crs(4326).iloc[0]


def write_lines(path: Path, *lines: str) -> None:
    """Write lines of UTF-8 text."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_communes(raw: Path) -> None:
    """Write the communes as each reader takes them."""
    geojson, answer = [], []
    for code, square in SQUARES.items():
        seat = degrees(square.centroid)
        properties = {
            "code_insee": code,
            "nom": NAMES[code],
            "epci_siren": EPCI,
            "dep": code[:2],
            "population": 100,
            "seat_lon": seat.x,
            "seat_lat": seat.y,
            "seat_source": "mairie",
        }
        shape = mapping(degrees(square))
        geojson.append({"type": "Feature", "properties": properties, "geometry": shape})
        answer.append(
            {
                "nom": NAMES[code],
                "code": code,
                "codeEpci": EPCI,
                "population": 100,
                "contour": shape,
                "mairie": mapping(seat),
            }
        )
    collection = {"type": "FeatureCollection", "features": geojson}
    (raw / "communes.geojson").write_text(json.dumps(collection), encoding="utf-8")
    beyond = {**answer[0], "nom": "Ailleurs", "code": "65258"}
    (raw / "api.json").write_text(json.dumps([*answer, beyond]), encoding="utf-8")
    layer = gpd.GeoDataFrame(
        {
            "code_insee": [*NAMES, "65258"],
            "nom_officiel": [*NAMES.values(), "Ailleurs"],
            "codes_siren_des_epci": EPCI,
            "population": 100,
        },
        geometry=[*SQUARES.values(), box(540_000, 6_200_000, 550_000, 6_210_000)],
        crs=2154,
    )
    layer.to_file(raw / "ADE_4-0_GPKG_LAMB93_FXX.gpkg", layer="commune")
    write_lists(raw / "cog", raw / "polygons")
    write_lines(raw / "merges.csv", "old_code,new_code", "31298,31471")


def write_lists(lists: Path, polygons: Path) -> None:
    """Write the lists of the COG, and polygons where 31298 is still apart."""
    lists.mkdir()
    polygons.mkdir()
    listed = [
        {
            "type": "commune-actuelle",
            "code": code,
            "nom": name,
            "departement": code[:2],
            "population": 100,
        }
        for code, name in NAMES.items()
    ]
    former = {**listed[0], "type": "commune-deleguee", "code": "31298"}
    (lists / "communes.json").write_text(json.dumps([*listed, former]))
    members = [{"code": code, "populationMunicipale": 100} for code in NAMES]
    (lists / "epci.json").write_text(json.dumps([{"code": EPCI, "membres": members}]))
    west, south, east, north = SQUARES["31471"].bounds
    shapes = {
        **SQUARES,
        "31471": box(west, south, 525_000, north),
        "31298": box(525_000, south, east, north),
    }
    layer = gpd.GeoDataFrame(
        {"code": list(shapes), "nom": list(shapes)},
        geometry=list(shapes.values()),
        crs=2154,
    )
    layer.to_crs(4326).to_file(polygons / "communes.geojson")


def write_bodies(raw: Path) -> None:
    """Write bodies and members: the study's CSV, BANATIC, INSEE."""
    write_lines(
        raw / "bodies.csv",
        "body_id,kind,name,legal_person,economic_competence,waste_competence,status,"
        "source",
        f"epci_{EPCI},epci,CC du Val,true,true,true,publie,ici",
        "petr_x,petr,PETR X,true,false,false,publie,ici",
    )
    members = [
        f"{body},{code},2020-01-01,,publie,ici"
        for body in (f"epci_{EPCI}", "petr_x")
        for code in NAMES
    ]
    header = "body_id,code_insee,from_date,to_date,status,source"
    write_lines(raw / "membership.csv", header, *members)
    as_csv(raw / "banatic.csv", CELLS)
    dgcl = "siren;raison_sociale;nature_juridique;insee;siren_membre;pmun_2025"
    listed = [
        f"{EPCI};CC du Val d'Œuvre;CC;{code};2{n:08d};1 00{n}"
        for n, code in enumerate(NAMES)
    ]
    listed.append("200000002;CA d'Ailleurs;CA;65258;210000009;9 999")
    text = "\r\n".join([dgcl, *listed, ""])
    (raw / "dgcl.csv").write_bytes(text.encode("cp1252"))
    codes = [f"{siren};{code}" for siren, code in CODES.items()]
    write_lines(raw / "siren.csv", "siren;insee", *codes)
    workbook(raw / "insee.xlsx")


def write_sites(raw: Path) -> None:
    """Write the files of establishments; beside each row, what becomes of it."""
    write_lines(
        raw / "anchors.csv",
        "site_id,siret,name,naf,code_insee,headcount_low,headcount_mid,headcount_high,"
        "position_quality,status,evidence,source",
        f"A1,{MILL},Usine,17.11Z,09001,,,,commune,publie,S,presse",
        "A2,,Loin,,65258,,,,commune,publie,S,presse",  # beyond
    )
    irep = "{},{},{},rue,09200,{},{},1330Z,{}".format
    (raw / "irep.csv").write_text(
        IREP_HEADER
        + "\n".join(
            [
                # Same SIRET as A1: merged.
                irep("068.02548", "SARL X", MILL, "OEUVRE BASSE", INSIDE, 2017),
                irep(
                    "068.02548", "SARL X", MILL, "OEUVRE BASSE", INSIDE, 2016
                ),  # older
                irep("068.00009", "SARL Y", "", "Ailleurs", AWAY, 2017),  # beyond
            ]
        ),
        encoding="utf-8",
    )
    write_lines(
        raw / "s3ic.csv",
        S3IC_HEADER.strip(),
        f"0068.00002;31298;LEZ SA;38.32Z;5599;{SAWMILL};O;12",  # now 31471
        "0068.00003;65258;LOIN SA;38.32Z;5599;;O;12",  # beyond
        f"0068.00004;31002;SYNDICAT;38.21Z;7354;{FORMER_LANDFILL};O;NN",
    )
    position = degrees(Point(512_000, 6_204_000))
    folder = raw / "icpe"
    folder.mkdir()
    georisques.icpe(
        folder,
        [
            # Number of S3IC 0068.00002, its SIRET: merged.
            georisques.installation("0006800002", insee="31471", siret=SAWMILL),
            georisques.installation(
                "0006800005", insee="31002", at=(position.x, position.y), siret=""
            ),
            georisques.installation("0006800006", insee="65258"),  # beyond
            georisques.installation("0006800007", state="A l'arrêt"),  # closed
        ],
        [
            georisques.heading("0006800002", "2713"),
            georisques.heading("0006800005", "2780", quantity="900", unit="t/an"),
        ],
    )
    folder = raw / "gerep"
    folder.mkdir()
    georisques.gerep(
        folder,
        sites=[
            georisques.establishment("068.02548", MILL),  # IREP 068.02548: merged
            georisques.establishment("068.00011", ""),
            georisques.establishment("068.00012", "", "31000", "LOIN", (560_000, 6e6)),
        ],
        treat=[
            georisques.treated(code="068.00011", operation="D5"),
            georisques.treated(code="068.99999"),  # not at hand
        ],
    )
    cells = [
        firm(siret=FOUNDRY, siren=FOUNDRY[:9]),
        firm(siret=SHOP, siren=SHOP[:9], comm_insee="65258"),  # beyond
    ]
    (raw / "cnig.csv").write_bytes(csv_of(*cells))
    write_stock(raw)


def write_stock(raw: Path) -> None:
    """Write the three files of SIRENE."""
    code, state = "codeCommuneEtablissement", "etatAdministratifEtablissement"
    rows = [
        sirene.establishment(
            MILL, **{code: "09001", "trancheEffectifsEtablissement": "32"}
        ),  # A1: merged, gives it its headcount
        sirene.establishment(FOUNDRY, **{code: "09001"}),  # CNIG: merged
        sirene.establishment("12345678900011", **{code: "31298"}),  # now 31471
        sirene.establishment("12345678900029", **{code: "65258"}),  # beyond
        sirene.establishment("12345678900037", **{code: "31002", state: "F"}),
    ]
    write_lines(raw / "stock.csv", sirene.establishments_csv(rows).strip())
    units = [
        sirene.legal_unit(MILL[:9], "PAPETERIES"),
        sirene.legal_unit("123456789", "ATELIERS DE LEZ"),
    ]
    write_lines(raw / "units.csv", sirene.legal_units_csv(units).strip())
    spots = [sirene.position(MILL, 502_000, 6_202_000)]
    write_lines(raw / "geo.csv", sirene.geolocation_csv(spots).strip())


def write_outlets(raw: Path) -> None:
    """Write the files of treatment sites that are not among those of sites."""
    write_lines(
        raw / "outlets.csv",
        "outlet_id,name,aliases,kind,icpe_headings,capacity_t,household_t,"
        "position_quality,status,evidence,source,code_insee",
        "pihourc,Le Pihourc,,isdnd,,,7,commune,publie,S,presse,09001",
        "loin,Loin,,isdi,,,,commune,publie,S,presse,65258",  # beyond
    )
    write_lines(
        raw / "aliases.csv",
        "site,alias,source",
        f"Pihourc,{LANDFILL},capacités",
        f"Pihourc,{FORMER_LANDFILL},IREP",
        "Pihourc,pihourc,presse",
    )
    write_lines(raw / "isdnd.csv", ISDND_HEADER, landfill(), landfill(dep="Nord (59)"))
    write_lines(
        raw / "sinoe_isdnd.csv",
        DIRECTORY_HEADER,
        directory_line(code=9),
        directory_line(code=10, insee="65258"),
    )
    pages = raw / "sinoe"
    pages.mkdir()
    # « Page 10 » follows « page 9 ».
    for page, found in ((9, record(7)), (10, record(8, insee="65258"))):
        content: dict[str, Any] = {"total": 2, "results": [found]}
        if page == 9:
            content["next"] = "page 10"
        text = json.dumps(content)
        (pages / f"page{page}.json").write_text(text, encoding="utf-8")


def write_counts(raw: Path) -> None:
    """Write the files that count activity: 31298 apart, as long as it was a commune."""
    write_lines(
        raw / "urssaf.csv",
        URSSAF_HEADER.strip(),
        "31298,Lez,Industrie,1,40",  # now 31471
        "31471,Saint-Béat,Industrie,2,3",
        "09001,L'Œuvre-Basse,Commerce,1,0",
        "65258,Ailleurs,Industrie,9,798",  # beyond
    )
    counted = "{};0;{n};0;{n};0;0;0;{n};0;{n}.5;1".format
    write_lines(
        raw / "insee.csv",
        INSEE_HEADER.strip(),
        *(counted(code, n=n) for n, code in enumerate([*NAMES, "31298", "65258"])),
    )

    write_lines(
        raw / "ape.csv",
        APE_HEADER.strip(),
        *(APE_ROW.format(*cell) for cell in COUNTED_CELLS),
    )


def write_movements(raw: Path) -> None:
    """Write the movements as INSEE does."""
    write_lines(
        raw / "mouvements.csv",
        "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,"
        "TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP",
        "32,2019-01-01,COM,31298,0,LEZ,Lez,Lez,COM,31471,0,X,X,Saint-Béat-Lez",
    )


def write_country(folder: Path, **sources: Any) -> Path:
    """Write every file and the study; ``sources`` replaces some of its keys."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    for write in (
        write_communes,
        write_bodies,
        write_sites,
        write_outlets,
        write_counts,
        write_movements,
    ):
        write(raw)
    write_lines(
        raw / "places.csv",
        "name,lon,lat,population,code_insee,source",
        "Saint-Élix,0.7,42.95,300,31002,test",
        "Loin,0.1,43.3,300,65258,test",
    )
    return write_study(folder, **sources)


def write_study(folder: Path, **sources: Any) -> Path:
    """Write the study of the country, some of its sources replaced."""
    study = without_roads(
        yaml.safe_load((ROOT / "study.yaml").read_text(encoding="utf-8"))
    )
    default = ROOT / "data" / "raw"
    study["sources"] |= {
        "communes": {"reader": "geojson", "path": "raw/communes.geojson"},
        "bodies": "raw/bodies.csv",
        "membership": "raw/membership.csv",
        "sites": [{"reader": "anchors", "path": "raw/anchors.csv"}],
        "outlets": [{"reader": "csv", "path": "raw/outlets.csv"}],
        "outlet_aliases": "raw/aliases.csv",
        "ceilings": None,
        "counts": None,
        "member_names": None,
        "postcodes": None,
        "places": "raw/places.csv",
        **{
            name: str(default / study["sources"][name].rpartition("/")[2])
            for name in ("elevation", "motorway_exits", "known_trips")
        },
        **sources,
    }
    if sources.get("counts") is None:
        study["sources"]["credits"].pop("counts", None)
    study["sources"] = {k: v for k, v in study["sources"].items() if v is not None}
    study["territory"] |= {
        "perimeters": ["petr_x"],
        "root_epci": EPCI,
        "root_commune": "31002",
    }
    study["comparison"]["waste_bodies"] = []
    study["comparison"].pop("first_pair", None)
    for name in ("phased", "stress"):
        study["comparison"].pop(name, None)
    study.pop("governance", None)
    study["flows"].pop("syndicate")
    study["methods"]["optimum"] = None
    for name in ("official", "credit"):
        study["zones"].pop(name)
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    return path


def unpack(folder: Path) -> None:
    """Unfold the only archive of a folder in its place."""
    (archive,) = folder.glob("*.zip")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    archive.unlink()
