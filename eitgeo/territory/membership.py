"""Bodies and their members on a date: membership is a dated input, never code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import geopandas as gpd


def members(
    membership: pd.DataFrame, body_id: str, *, on_date: dt.date
) -> pd.DataFrame:
    """Return the communes of a body on a date.

    Parameters
    ----------
    membership
        Table ``membership``; an empty ``from_date`` or ``to_date`` is open.
    body_id
        The body.
    on_date
        The date; a member whose ``to_date`` is that day has left.

    Returns
    -------
    pandas.DataFrame
        ``code_insee`` and ``status``, one row a commune, sorted.

    Raises
    ------
    StudyError
        When the body has no member on that date.
    """
    rows = membership[membership["body_id"] == body_id]
    day = on_date.isoformat()
    started = (rows["from_date"] == "") | (rows["from_date"] <= day)
    open_ended = (rows["to_date"] == "") | (rows["to_date"] > day)
    present = rows.loc[started & open_ended, ["code_insee", "status"]]
    if present.empty:
        message = f"« {body_id} » n'a aucune commune membre au {day}"
        raise StudyError(message)
    # A doubt on one of several rows of a commune is a doubt on the commune.
    certain = present.groupby("code_insee")["status"].agg(
        lambda values: "publie" if (values == "publie").all() else "a_confirmer"
    )
    return certain.reset_index().sort_values("code_insee", ignore_index=True)


def study_area(
    membership: pd.DataFrame, perimeters: Iterable[str], *, on_date: dt.date
) -> frozenset[str]:
    """Return the union of the declared perimeters, as commune codes.

    Parameters
    ----------
    membership
        Table ``membership``.
    perimeters
        Bodies declared in the study.
    on_date
        Date of the membership.

    Returns
    -------
    frozenset of str
        INSEE codes.

    Raises
    ------
    StudyError
        When a body has no member on that date.
    """
    parts = [members(membership, body, on_date=on_date) for body in perimeters]
    return frozenset(code for part in parts for code in part["code_insee"])


def require_known(
    bodies: pd.DataFrame, membership: pd.DataFrame, communes: pd.DataFrame
) -> None:
    """Refuse memberships of bodies without a record, or of communes not at hand.

    Parameters
    ----------
    bodies
        Table ``bodies``.
    membership
        Table ``membership``.
    communes
        ``code_insee`` of every commune at hand.

    Raises
    ------
    StudyError
        Naming each unknown body and commune.
    """
    faults = Faults("membership")
    known = set(bodies["body_id"])
    for body in sorted(set(membership["body_id"]) - known):
        faults.add(f"structure inconnue « {body} »", remedy=hint(body, known))
    here = set(communes["code_insee"])
    unknown = membership[~membership["code_insee"].isin(here)]
    for row in unknown.itertuples():
        met = f"commune inconnue « {row.code_insee} » dans « {row.body_id} »"
        faults.add(met, remedy="vérifier le millésime COG des deux tables")
    faults.raise_if_any(StudyError)


def body_extents(
    bodies: pd.DataFrame,
    membership: pd.DataFrame,
    communes: gpd.GeoDataFrame,
    *,
    on_date: dt.date,
) -> pd.DataFrame:
    """Measure each body on a date: communes, inhabitants, area, pieces, doubts.

    Parameters
    ----------
    bodies
        Table ``bodies``.
    membership
        Table ``membership``.
    communes
        Table ``communes``, EPSG:2154.
    on_date
        Date of the membership.

    Returns
    -------
    pandas.DataFrame
        ``body_id``, ``name``, ``kind``, ``n_communes``, ``population``,
        ``area_km2`` [km²], ``n_pieces``, ``confirmed_pct`` (share of the population
        whose membership is ``publie`` [%]). Bodies without member are left out.
    """
    layer = communes.set_index("code_insee")
    rows = []
    peopled = bodies[bodies["body_id"].isin(membership["body_id"])]
    for body in peopled.itertuples():
        present = members(membership, str(body.body_id), on_date=on_date)
        inside = layer.loc[present["code_insee"]]
        sure = (present["status"] == "publie").to_numpy()
        population = int(inside["population"].sum())
        rows.append(
            {
                "body_id": body.body_id,
                "name": body.name,
                "kind": body.kind,
                "n_communes": len(inside),
                "population": population,
                "area_km2": float(inside.area.sum()) / 1e6,
                "n_pieces": n_pieces(inside),
                "confirmed_pct": 100 * inside["population"][sure].sum() / population,
            }
        )
    return pd.DataFrame(rows)


def n_pieces(layer: gpd.GeoDataFrame) -> int:
    """Count the separate pieces of a group of polygons.

    Parameters
    ----------
    layer
        Polygons in EPSG:2154; two that touch in a point only are two pieces.

    Returns
    -------
    int
        Number of connected parts of the union.
    """
    union = shapely.union_all(layer.geometry.to_numpy())
    return int(np.sum(shapely.get_type_id(shapely.get_parts(union)) == POLYGON))


POLYGON = int(shapely.GeometryType.POLYGON)
