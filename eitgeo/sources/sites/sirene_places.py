"""Where the establishments are: INSEE's position, or the seat of the commune."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from eitgeo.check import LAMBERT93_BOX, WORKING_EPSG, Faults
from eitgeo.errors import CrsError, SchemaError
from eitgeo.sources.files.frames import at_seats
from eitgeo.sources.files.rows import check_choices, to_numbers

if TYPE_CHECKING:
    from pathlib import Path

METROPOLITAN_EPSG = (
    WORKING_EPSG,
    9794,  # Lambert-93 of RGF93 v2b
    4326,
    4171,
    27572,
    *range(3942, 3951),
)
"""CRS in which a position of metropolitan France may be written."""

QUALITIES = {
    "11": "exacte",
    "21": "exacte",
    "12": "rue",
    "22": "rue",
    "33": "commune",
}
"""``qualite_xy``: number found; drawn at random in the street; in the commune."""

POSITION_TOLERANCE_M = 2_000.0
"""How far out of its commune a position may lie: outlines are generalised."""

MAX_WRONG_SHARE = 0.5
"""Beyond this share of positions out of place, the whole file is in doubt."""


def placed(
    sites: pd.DataFrame,
    *,
    positions: pd.DataFrame,
    communes: gpd.GeoDataFrame,
    path: Path,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Put each establishment at its position, else at the seat of its commune."""
    given = _given(positions, path)
    joined = sites.merge(given, on="key", how="left", validate="one_to_one")
    joined.index = sites.index
    seats = at_seats(joined, communes=communes)
    has_point = joined["x"].notna().to_numpy()
    reasons = pd.Series("", index=sites.index, dtype="str")
    reasons[has_point] = _epsg_reasons(joined.loc[has_point, "epsg"])
    usable = has_point & (reasons == "").to_numpy()
    points = _in_metres(joined[usable])
    polygons = communes.set_index("code_insee").geometry
    away = _are_away(points, polygons.loc[joined.loc[usable, "code_insee"]])
    _require_mostly_inside(joined[usable], away, path)
    reasons[usable] = np.where(away, "position hors de sa commune", "")
    good = has_point & (reasons == "").to_numpy()
    spots = seats.geometry.to_numpy().copy()
    spots[good] = points[~away]
    quality = joined["qualite_xy"].map(QUALITIES).where(good, "commune")
    discarded = sites[["site_id"]].assign(reason=reasons)[(reasons != "").to_numpy()]
    tidy = gpd.GeoDataFrame(
        sites.assign(position_quality=quality), geometry=spots, crs=WORKING_EPSG
    )
    return tidy, discarded


def _given(positions: pd.DataFrame, path: Path) -> pd.DataFrame:
    rows = positions.set_index("siret", drop=False).rename_axis("line")
    rows = rows[(rows["x"] != "") | (rows["y"] != "")]
    rows = rows.assign(epsg=rows["epsg"].str.removesuffix(".0"))
    rows = rows.assign(qualite_xy=rows["qualite_xy"].str.removesuffix(".0"))
    faults = Faults(path.name)
    x = to_numbers(rows, "x", faults=faults)
    y = to_numbers(rows, "y", faults=faults)
    for siret in rows.index[(rows["x"] == "") | (rows["y"] == "")]:
        faults.add("une seule coordonnée", row=siret, remedy="donner x et y")
    check_choices(rows, "qualite_xy", allowed=QUALITIES, faults=faults)
    faults.raise_if_any(SchemaError)
    return rows.assign(key=rows["siret"], x=x, y=y)[
        ["key", "x", "y", "qualite_xy", "epsg"]
    ]


def _epsg_reasons(codes: pd.Series) -> Any:
    known = codes.isin([str(code) for code in METROPOLITAN_EPSG])
    told = "position hors de la métropole (EPSG:" + codes + ")"
    told = told.where(codes != "", "position sans système de coordonnées")
    return told.where(~known, "").to_numpy()


def _in_metres(rows: pd.DataFrame) -> Any:
    x, y = rows["x"].to_numpy(), rows["y"].to_numpy()
    x_m, y_m = x.copy(), y.copy()
    for code in sorted(set(rows["epsg"]) - {str(WORKING_EPSG)}):
        here = (rows["epsg"] == code).to_numpy()
        move = Transformer.from_crs(int(code), WORKING_EPSG, always_xy=True)
        x_m[here], y_m[here] = move.transform(x[here], y[here])
    # What has no image in Lambert-93 comes back infinite: out of any commune.
    lost = ~(np.isfinite(x_m) & np.isfinite(y_m))
    return shapely.points(np.where(lost, 0.0, x_m), np.where(lost, 0.0, y_m))


def _are_away(points: Any, polygons: gpd.GeoSeries) -> Any:
    x, y = shapely.get_x(points), shapely.get_y(points)
    west, south, east, north = LAMBERT93_BOX
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    near = shapely.dwithin(polygons.to_numpy(), points, POSITION_TOLERANCE_M)
    return ~(inside & near)


def _require_mostly_inside(rows: pd.DataFrame, away: Any, path: Path) -> None:
    n_away = int(away.sum())
    if n_away <= MAX_WRONG_SHARE * len(rows):
        return
    first = rows[away].iloc[0]
    message = (
        f"{path.name} : {n_away} sur {len(rows)} : position hors de la commune (par "
        f"exemple {first['site_id']} : x = {first['x']:.8g}, y = {first['y']:.8g}, "
        f"EPSG:{first['epsg']}) → vérifier l'ordre des axes et le code EPSG"
    )
    raise CrsError(message)
