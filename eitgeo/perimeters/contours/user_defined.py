"""Perimeters that are brought: declared bodies on a date, and those of the user.

What the user brings is snapped to communes, with the cuts stated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import Faults, hint, require_columns, require_lambert93
from eitgeo.errors import StudyError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.study.methods import UserPerimeter
from eitgeo.territory.membership import members
from eitgeo.words import french_number

_KEPT_SHARE = 0.5
_SLIVER = 1e-3
_KM2 = 1e6


def user_perimeter(
    drawn: pd.DataFrame, communes: gpd.GeoDataFrame, *, user: UserPerimeter
) -> tuple[Candidate, pd.DataFrame]:
    """Make a perimeter of a list of communes or of an outline.

    ``drawn``: rows with ``code_insee``, or polygons (EPSG:2154) of which one at least
    has none: then the outline counts. ``communes``: table ``communes``, EPSG:2154.
    ``user``: name and file. Returns: the perimeter, and table ``imported_cuts``: the
    communes that the outline cuts, with the areas on both sides [km²] and whether they
    are kept. Refused when a commune is unknown or outside the study area, or none is
    left.

    Notes
    -----
    A commune is kept when the outline covers half of its area at least. Under one
    thousandth or above 999 thousandths of it, the outline is taken to follow the
    border: outlines are generalised.
    """
    require_columns(drawn, ["code_insee"], where=user.path.name)
    faults = Faults(f"{user.path.name} (« {user.name} »)")
    if isinstance(drawn, gpd.GeoDataFrame) and (drawn["code_insee"] == "").any():
        require_lambert93(drawn, where=user.path.name)
        require_lambert93(communes, where="communes")
        shares = _shares(drawn, communes)
        codes = frozenset(shares.index[shares["share"] >= _KEPT_SHARE])
        beyond = shapely.area(drawn.geometry.union_all()) - (
            shares["inside_km2"].sum() * _KM2
        )
        if beyond > _KM2:
            faults.add(
                f"{beyond / _KM2:.0f} km² hors des communes de l'étude",
                remedy="élargir territory.perimeters, ou couper le contour",
            )
    else:
        shares = pd.DataFrame(columns=["share", "inside_km2", "outside_km2"])
        codes = frozenset(drawn["code_insee"].astype(str))
    _note_codes(codes, communes, faults)
    faults.raise_if_any(StudyError)
    between = (shares["share"] > _SLIVER) & (shares["share"] < 1 - _SLIVER)
    cuts = shares[between].rename_axis("code_insee").reset_index()
    cuts = cuts.assign(
        perimeter_id=user.perimeter_id, kept=cuts["share"] >= _KEPT_SHARE
    )
    candidate = Candidate(
        perimeter_id=user.perimeter_id,
        name=user.name,
        method="importe",
        codes=codes,
        parameters={"path": user.path.as_posix(), "n_communes_cut": len(cuts)},
        remark=_remark(cuts),
    )
    return candidate, cuts


def _shares(drawn: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> pd.DataFrame:
    outline = drawn.geometry.union_all()
    polygons = communes.geometry.to_numpy()
    inside = shapely.area(shapely.intersection(polygons, outline)) / _KM2
    area = shapely.area(polygons) / _KM2
    table = pd.DataFrame(
        {
            "share": np.divide(inside, area, out=np.zeros_like(area), where=area > 0),
            "inside_km2": inside,
            "outside_km2": np.maximum(area - inside, 0.0),
        },
        index=pd.Index(communes["code_insee"], dtype="str"),
    )
    return table[table["inside_km2"] > 0]


def _note_codes(codes: frozenset[str], communes: pd.DataFrame, faults: Faults) -> None:
    known = set(communes["code_insee"])
    area = set(communes.loc[communes["in_area"], "code_insee"])
    for code in sorted(codes - known):
        fault = f"commune inconnue « {code} »"
        faults.add(fault, remedy=f"{hint(code, known)} ; vérifier le millésime COG")
    for code in sorted((codes & known) - area):
        faults.add(
            f"commune « {code} » hors du territoire d'étude",
            remedy="élargir territory.perimeters, ou l'ôter",
        )
    if not codes:
        faults.add(
            "aucune commune (le contour n'en couvre aucune à moitié)",
            remedy="vérifier la projection et le contour",
        )


def _remark(cuts: pd.DataFrame) -> str:
    if cuts.empty:
        return ""
    added = float(cuts.loc[cuts["kept"], "outside_km2"].sum())
    dropped = float(cuts.loc[~cuts["kept"], "inside_km2"].sum())
    many = "s" if len(cuts) > 1 else ""
    return (
        f"calé sur les communes : {len(cuts)} coupée{many} par le tracé, "
        f"{_km2(added)} km² ajoutés et {_km2(dropped)} km² retirés"
    )


def _km2(value: float) -> str:
    return french_number(value, decimals=1)


def body_perimeters(
    names: Iterable[str],
    *,
    bodies: pd.DataFrame,
    membership: pd.DataFrame,
    on_date: dt.date,
) -> list[Candidate]:
    """Make a perimeter of each declared body.

    ``names``: ``body_id`` of the bodies, in the order of the study. ``on_date``: date
    of the membership. Returns: ``a_confirmer`` when the body or any of its members is.
    Refused when a body is unknown (the nearest one is named) or has no member.
    """
    known = bodies.set_index("body_id")
    faults = Faults("perimeters")
    wanted = list(names)
    for name in wanted:
        if name not in known.index:
            faults.add(f"structure inconnue « {name} »", remedy=hint(name, known.index))
    faults.raise_if_any(StudyError)
    candidates = []
    for name in wanted:
        present = members(membership, name, on_date=on_date)
        statuses = {*present["status"], known.loc[name, "status"]}
        candidates.append(
            Candidate(
                perimeter_id=name,
                name=str(known.loc[name, "name"]),
                method="structure",
                codes=frozenset(present["code_insee"]),
                membership_status="publie" if statuses == {"publie"} else "a_confirmer",
                parameters={"on_date": on_date.isoformat()},
            )
        )
    return candidates
