"""Routes of other engines, Valhalla and OSRM, from the same extract.

Both are options (``pip install pyvalhalla osrm-bindings``): they compare, nothing
that is published depends on them. Their files go to a folder that the caller gives.
"""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from eitgeo.check import WORKING_EPSG
from eitgeo.crs import to_degrees
from eitgeo.errors import SourceError, StudyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eitgeo.roads.network.profile import Vehicle

    Route = tuple[float, float, Any]
    Ask = Callable[[list[float], list[float]], Route | None]

_AXLE_T = 11.5
_OSRM_PROGRAMS = {
    "CH": ("osrm-contract",),
    "MLD": ("osrm-partition", "osrm-customize"),
}
_GEOD = pyproj.Geod(ellps="GRS80")


def draw_pairs_to_check(
    pairs: pd.DataFrame,
    *,
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    n_pairs: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw pairs to ask another engine for, with where they start and end.

    ``pairs``: table ``od_matrix``; only pairs ``ok`` are drawn. ``origins``,
    ``destinations``: its places: ``place_id``, ``x``, ``y`` [m, EPSG:2154].
    ``n_pairs``: how many at most. Returns: ``origin_id``, ``destination_id``,
    ``from_lon``, ``from_lat``, ``to_lon``, ``to_lat`` [degrees, EPSG:4326], in the
    order of the matrix.
    """
    ok = np.flatnonzero(pairs["status"].to_numpy() == "ok")
    rows = np.sort(rng.choice(ok, min(n_pairs, len(ok)), replace=False))
    asked = pairs.iloc[rows][["origin_id", "destination_id"]].reset_index(drop=True)
    for side, key, places in (
        ("from", "origin_id", origins),
        ("to", "destination_id", destinations),
    ):
        positions = (
            places.drop_duplicates("place_id").set_index("place_id").loc[asked[key]]
        )
        lon, lat = to_degrees().transform(
            positions["x"].to_numpy(), positions["y"].to_numpy()
        )
        asked[f"{side}_lon"], asked[f"{side}_lat"] = lon, lat
    return asked


def valhalla_routes(
    pairs: pd.DataFrame, extract: Path, *, vehicle: Vehicle, folder: Path
) -> gpd.GeoDataFrame:
    """Ask Valhalla for the route of each pair.

    ``extract``: the ``.osm.pbf`` that our network comes from. ``vehicle``: A truck is
    asked for with its mass and size. ``folder``: where its tiles are built. Returns:
    ``origin_id``, ``destination_id``, ``time_s``, ``length_m``, ``set_down_m`` (how far
    from the place the route starts or ends [m]) and the path, EPSG:2154; pairs without
    a route are left out. Refused when ``pyvalhalla`` is not installed, the folder is
    in use, or it cannot read the extract.

    Notes
    -----
    Routes, not its matrix: on small extracts version 3.9 gives matrix lengths below
    the straight line where its own route does not.
    """
    return ask_valhalla(open_valhalla(extract, folder=folder), pairs, vehicle=vehicle)


def open_valhalla(extract: Path, *, folder: Path) -> Any:
    """Build the tiles of Valhalla and open them."""
    valhalla = _extra("valhalla")
    tiles = _empty(folder / "valhalla")
    config = valhalla.get_config(tile_extract="", tile_dir=tiles)
    config["mjolnir"]["concurrency"] = 1
    settings = tiles / "valhalla.json"
    settings.write_text(json.dumps(config), encoding="utf-8")
    program = _program(valhalla, "valhalla_build_tiles")
    _run([program, "-c", str(settings), str(extract)], extract)
    return valhalla.Actor(config)


def ask_valhalla(
    actor: Any, pairs: pd.DataFrame, *, vehicle: Vehicle
) -> gpd.GeoDataFrame:
    """Ask Valhalla that is open for the route of each pair."""
    asked = _valhalla_options(vehicle)

    def ask(start: list[float], stop: list[float]) -> Route | None:
        locations = [{"lon": lon, "lat": lat} for lon, lat in (start, stop)]
        try:
            answer = json.loads(
                actor.route(json.dumps(asked | {"locations": locations}))
            )
        except RuntimeError:  # no route, or no road near: its errors have no other name
            return None
        trip = answer["trip"]
        line = shapely.LineString(_decoded(trip["legs"][0]["shape"]))
        return trip["summary"]["time"], 1000 * trip["summary"]["length"], line

    return _routes(pairs, ask)


def osrm_routes(
    pairs: pd.DataFrame, extract: Path, *, folder: Path
) -> gpd.GeoDataFrame:
    """Ask OSRM for the route of each pair, by car: it ships no truck profile.

    ``extract``: the ``.osm.pbf`` that our network comes from. ``folder``: where its
    files are built. Returns: as :func:`valhalla_routes`. Refused when ``osrm-bindings``
    is not installed, or the folder is in use. Refused when it cannot read the extract.
    """
    return ask_osrm(open_osrm(extract, folder=folder, algorithm="MLD"), pairs)


def ask_osrm(engine: Any, pairs: pd.DataFrame) -> gpd.GeoDataFrame:
    """Ask OSRM that is open for the route of each pair."""
    osrm = _extra("osrm")

    def ask(start: list[float], stop: list[float]) -> Route | None:
        request = osrm.RouteParameters(
            coordinates=[tuple(start), tuple(stop)],
            overview="full",
            geometries="polyline6",
        )
        try:
            route = engine.Route(request)["routes"][0]
        except RuntimeError:
            return None
        line = shapely.LineString(_decoded(str(route["geometry"])))
        return float(route["duration"]), float(route["distance"]), line

    return _routes(pairs, ask)


def open_osrm(extract: Path, *, folder: Path, algorithm: str = "CH") -> Any:
    """Build what OSRM searches, profile car, and open it.

    Notes
    -----
    Cells (``MLD``) take 11 s of processor on 45 000 km of roads, its contraction
    hierarchy (``CH``), which answers faster, 197 s.
    """
    osrm = _extra("osrm")
    place = _empty(folder / "osrm")
    copy = place / "extract.osm.pbf"
    shutil.copyfile(extract, copy)
    profile = Path(osrm.__file__).parent / "share" / "profiles" / "car.lua"
    base = str(place / "extract.osrm")
    _run(
        [_program(osrm, "osrm-extract"), "-t", "1", "-p", str(profile), str(copy)],
        extract,
    )
    for program in _OSRM_PROGRAMS[algorithm]:
        _run([_program(osrm, program), "-t", "1", base], extract)
    return osrm.OSRM(
        algorithm=algorithm,
        storage_config=base,
        use_shared_memory=False,
        max_locations_distance_table=-1,
    )


def _valhalla_options(vehicle: Vehicle) -> dict[str, Any]:
    asked: dict[str, Any] = {"directions_type": "none", "costing": "auto"}
    if vehicle.kind == "truck":
        truck = {
            "weight": vehicle.weight_t,
            "height": vehicle.height_m,
            "width": vehicle.width_m,
            "length": vehicle.length_m,
            "axle_load": _AXLE_T,
        }
        asked |= {"costing": "truck", "costing_options": {"truck": truck}}
    return asked


def _routes(pairs: pd.DataFrame, ask: Ask) -> gpd.GeoDataFrame:
    """Ask for each pair; measure how far from its places each route is set down."""
    columns = ["from_lon", "from_lat", "to_lon", "to_lat"]
    rows = []
    for key, positions in zip(
        pairs[["origin_id", "destination_id"]].itertuples(index=False),
        pairs[columns].to_numpy().tolist(),
        strict=True,
    ):
        route = ask(positions[:2], positions[2:])
        if route is None:
            continue
        time_s, length_m, line = route
        first, last = line.coords[0], line.coords[-1]
        off = [
            _GEOD.inv(*positions[:2], *first[:2])[2],
            _GEOD.inv(*positions[2:], *last[:2])[2],
        ]
        rows.append((*key, time_s, length_m, max(off), line))
    names = ["origin_id", "destination_id", "time_s", "length_m", "set_down_m"]
    table = pd.DataFrame([row[:-1] for row in rows], columns=names)
    lines = gpd.GeoSeries([row[-1] for row in rows], crs=4326).to_crs(WORKING_EPSG)
    return gpd.GeoDataFrame(table, geometry=lines)


def _decoded(text: str) -> list[tuple[float, float]]:
    """Read a polyline of six decimals: longitude and latitude of its points."""
    values = list(_integers(text))
    lat, lon = np.cumsum(values[::2]) / 1e6, np.cumsum(values[1::2]) / 1e6
    points = list(zip(lon.tolist(), lat.tolist(), strict=True))
    return points if len(points) > 1 else points * 2


def _integers(text: str) -> Iterable[int]:
    value = shift = 0
    for letter in text:
        bits = ord(letter) - 63
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits < 0x20:  # noqa: PLR2004 - the last five bits of a number
            yield ~(value >> 1) if value & 1 else value >> 1
            value = shift = 0


def _extra(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        message = (
            f"« {name} » n'est pas installé : un second moteur est une option\n"
            "  → make env, ou pip install pyvalhalla osrm-bindings"
        )
        raise StudyError(message) from error


def _empty(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        message = f"{folder} : dossier non vide → en donner un neuf au second moteur"
        raise StudyError(message)
    return folder


def _program(module: Any, name: str) -> str:
    programs = sorted(Path(module.__file__).parent.glob(f"bin/{name}*"))
    exact = [one for one in programs if one.stem == name]
    if not exact:
        message = f"« {name} » est absent du paquet installé → le réinstaller"
        raise StudyError(message)
    return str(exact[0])


def _run(command: list[str], extract: Path) -> None:
    """Run a program of the installed package; its log is told when it fails."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:]
        message = (
            f"{extract} : {Path(command[0]).name} a échoué ({' '.join(said)})\n"
            "  → vérifier l'extrait .osm.pbf"
        )
        raise SourceError(message)
