"""A study on real roads: Andorra cut into squares of 5 km, or into cells of its towns.

They are no communes of anyone: they bear codes of the Ariège that no commune has,
one EPCI, one PETR. Many squares hold no road; every cell does.
"""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
import yaml
from shapely import Point, box
from shapely.geometry import mapping

from tests.studies.small_country import EPCI, ROOT, write_lines

SHARED = ROOT.parent / "shared" / "data"
EXTRACT = SHARED / "roads" / "andorra_2025.osm.pbf"
RELIEF = SHARED / "terrain" / "N42E001.hgt.zip"
SIDE_M = 5_000.0
DEGREES = (1.412, 42.428, 1.787, 42.657)
TOWNS = {
    "Andorra la Vella": (1.5218, 42.5075),
    "Arinsal": (1.4841, 42.5720),
    "Canillo": (1.5976, 42.5676),
    "El Pas de la Casa": (1.7333, 42.5425),
    "Encamp": (1.5801, 42.5361),
    "La Massana": (1.5148, 42.5450),
    "Llorts": (1.5267, 42.5965),
    "Ordino": (1.5331, 42.5562),
    "Sant Julià de Lòria": (1.4913, 42.4637),
    "Soldeu": (1.6678, 42.5767),
}
CAPITAL = TOWNS["Andorra la Vella"]

_TO_METRES = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)


def _frame() -> tuple[float, float, float, float]:
    west, south, east, north = _TO_METRES.transform_bounds(*DEGREES)
    return west, south, east, north


def squares() -> gpd.GeoDataFrame:
    """Cut the extract into squares, named 09900 on, row by row from the south."""
    west, south, east, north = _frame()
    x = np.arange(west, east - SIDE_M / 2, SIDE_M)
    y = np.arange(south, north - SIDE_M / 2, SIDE_M)
    shapes = [box(a, b, a + SIDE_M, b + SIDE_M) for b in y for a in x]
    layer = gpd.GeoDataFrame(geometry=shapes, crs=2154)
    return layer.assign(code_insee=_codes(layer), seat=layer.centroid)


def cells() -> gpd.GeoDataFrame:
    """Give each point of the extract to its nearest town."""
    x, y = _TO_METRES.transform(*np.array(list(TOWNS.values())).T)
    seats = shapely.points(x, y)
    frame = box(*_frame())
    drawn = shapely.voronoi_polygons(
        shapely.multipoints(seats), extend_to=frame, ordered=True
    )
    shapes = shapely.intersection(shapely.get_parts(drawn), frame)
    layer = gpd.GeoDataFrame(geometry=shapes, crs=2154)
    return layer.assign(code_insee=_codes(layer), seat=gpd.GeoSeries(seats, crs=2154))


def _codes(layer: gpd.GeoDataFrame) -> list[str]:
    return [f"09{900 + rank}" for rank in range(len(layer))]


def root_code(layer: gpd.GeoDataFrame) -> str:
    """Return the code of the part that holds the capital."""
    here = Point(*_TO_METRES.transform(*CAPITAL))
    return str(layer.loc[layer.contains(here), "code_insee"].iloc[0])


def write_andorra(folder: Path, layer: gpd.GeoDataFrame, **roads: Any) -> Path:
    """Write the study of some parts; ``roads`` replaces keys of its section."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    _write_parts(raw / "communes.geojson", layer)
    write_lines(
        raw / "bodies.csv",
        "body_id,kind,name,legal_person,economic_competence,waste_competence,status,"
        "source",
        f"epci_{EPCI},epci,CC des Parties,true,true,true,publie,ici",
        "petr_x,petr,PETR des Parties,true,false,false,publie,ici",
    )
    members = [
        f"{body},{code},2020-01-01,,publie,ici"
        for body in (f"epci_{EPCI}", "petr_x")
        for code in layer["code_insee"]
    ]
    write_lines(
        raw / "membership.csv",
        "body_id,code_insee,from_date,to_date,status,source",
        *members,
    )
    root = root_code(layer)
    write_lines(
        raw / "anchors.csv",
        "site_id,siret,name,naf,code_insee,headcount_low,headcount_mid,headcount_high,"
        "position_quality,status,evidence,source",
        f"A1,,Usine,17.11Z,{root},50,70,99,commune,publie,S,essai",
    )
    write_lines(
        raw / "outlets.csv",
        "outlet_id,name,aliases,kind,icpe_headings,capacity_t,household_t,"
        "position_quality,status,evidence,source,code_insee",
        f"transit,Centre de transfert,,transit,,,7,commune,publie,S,essai,{root}",
    )
    write_lines(
        raw / "places.csv",
        "name,lon,lat,population,code_insee,source",
        f"Capitale,{CAPITAL[0]},{CAPITAL[1]},22000,{root},essai",
    )
    write_lines(
        raw / "trips.csv",
        "from_code,from,to_code,to,road_km,car_minutes,status",
        "31483,Saint-Gaudens,31390,Montréjeau,14,15,de mémoire",
    )
    return _write_study(folder, root, roads)


def _write_parts(path: Path, layer: gpd.GeoDataFrame) -> None:
    degrees = layer.to_crs(4326)
    seats = gpd.GeoSeries(layer["seat"], crs=2154).to_crs(4326)
    features = [
        {
            "type": "Feature",
            "properties": {
                "code_insee": code,
                "nom": f"Partie {code}",
                "epci_siren": EPCI,
                "dep": "09",
                "population": 3_000,
                "seat_lon": seat.x,
                "seat_lat": seat.y,
                "seat_source": "mairie",
            },
            "geometry": mapping(shape),
        }
        for code, shape, seat in zip(
            layer["code_insee"], degrees.geometry, seats, strict=True
        )
    ]
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection), encoding="utf-8")


def _write_study(folder: Path, root: str, roads: dict[str, Any]) -> Path:
    study = yaml.safe_load((ROOT / "study.yaml").read_text(encoding="utf-8"))
    default = ROOT / "data" / "raw"
    credited = study["sources"]["credits"] | {
        "roads": "© les contributeurs OpenStreetMap, ODbL 1.0 ; relief SRTM (NASA)"
    }
    study["sources"] = {
        "communes": {"reader": "geojson", "path": "raw/communes.geojson"},
        "bodies": "raw/bodies.csv",
        "membership": "raw/membership.csv",
        "elevation": str(default / "dem_1km.tif"),
        "sites": [{"reader": "anchors", "path": "raw/anchors.csv"}],
        "outlets": [{"reader": "csv", "path": "raw/outlets.csv"}],
        "places": "raw/places.csv",
        "motorway_exits": str(default / "motorway_exits.csv"),
        "known_trips": "raw/trips.csv",
        "credits": credited,
    }
    study["territory"] |= {
        "perimeters": ["petr_x"],
        "root_epci": EPCI,
        "root_commune": root,
        "buffer_km": 1,
    }
    study["roads"] |= {
        "network": {
            "reader": "osm",
            "path": str(EXTRACT),
            "elevation": str(RELIEF),
        },
        "max_snap_m": 1_500,
        **roads,
    }
    study["methods"]["reach"]["seat"] = root
    study["comparison"]["waste_bodies"] = []
    study["comparison"].pop("first_pair", None)
    for name in ("phased", "stress"):
        study["comparison"].pop(name, None)
    study.pop("governance", None)
    study["flows"].pop("syndicate")
    study["methods"]["optimum"] = None
    for name in ("official", "credit"):
        study["zones"].pop(name)
    study.pop("survey", None)
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    return path
