"""Bodies and their members on a date; whether an EPCI is whole.

Membership is a dated input, never code; the list of the members of an EPCI is held
against the communes at hand.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError

WIDER_LAYER = "une couche de communes plus large (sources.communes, « eitgeo fetch »)"
"""What makes an EPCI whole, in the words of a remedy."""

_MOST_NAMES = 12
_EPCI = r"epci_\d{9}"
_CODE_REMEDY = "corriger le code, ou vérifier le millésime COG des deux tables"

_MORE = "+"


def members(
    membership: pd.DataFrame, body_id: str, *, on_date: dt.date
) -> pd.DataFrame:
    """Return the communes of a body on a date.

    A member whose ``to_date`` is that day has left; an empty date is open. A body
    without member on that date is refused.
    """
    rows = membership[membership["body_id"] == body_id]
    present = _on_date(rows, on_date)[["code_insee", "status"]]
    if present.empty:
        message = f"« {body_id} » n'a aucune commune membre au {on_date.isoformat()}"
        raise StudyError(message)
    return _told_once(present, ["code_insee"])


def members_by_body(
    membership: pd.DataFrame, *, on_date: dt.date
) -> dict[str, pd.DataFrame]:
    """Return the communes of every body that has some on a date."""
    told = _told_once(_on_date(membership, on_date), ["body_id", "code_insee"])
    body = told["body_id"].to_numpy(dtype=object)
    starts = np.flatnonzero(np.r_[True, body[1:] != body[:-1]][: len(body)])
    rows = told[["code_insee", "status"]]
    return {
        str(body[start]): rows.iloc[start:end].reset_index(drop=True)
        for start, end in pairwise([*starts, len(body)])
    }


def _told_once(present: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Tell each commune once: a doubt on one of its rows is a doubt on it."""
    doubtful = present["status"].ne("publie").groupby([present[one] for one in key])
    told = doubtful.any().reset_index()
    status = np.where(told["status"], "a_confirmer", "publie")
    return told.assign(status=pd.Series(status, dtype=present["status"].dtype))


def _on_date(membership: pd.DataFrame, on_date: dt.date) -> pd.DataFrame:
    day = on_date.isoformat()
    started = (membership["from_date"] == "") | (membership["from_date"] <= day)
    ends_later = (membership["to_date"] == "") | (membership["to_date"] > day)
    return membership[started & ends_later]


def study_area(
    membership: pd.DataFrame, perimeters: Iterable[str], *, on_date: dt.date
) -> frozenset[str]:
    """Return the union of the declared perimeters, as commune codes.

    A body that is unknown (the nearest one is named), or without member, is refused.
    """
    wanted = list(perimeters)
    known = set(membership["body_id"])
    faults = Faults("étude, territory.perimeters")
    for name in wanted:
        if name not in known:
            faults.add(f"structure inconnue « {name} »", remedy=hint(name, known))
    faults.raise_if_any(StudyError)
    parts = [members(membership, body, on_date=on_date) for body in wanted]
    return frozenset(code for part in parts for code in part["code_insee"])


def require_known(
    bodies: pd.DataFrame,
    membership: pd.DataFrame,
    communes: pd.DataFrame,
    *,
    declared: Collection[str],
    files: tuple[str, str] = ("bodies", "membership"),
    names: Mapping[str, str] | None = None,
) -> None:
    """Refuse memberships without a record, and declared bodies not wholly at hand.

    Names each unknown body and commune, and all the members that lack to a declared
    body, with what makes it whole; the others may reach beyond the layer
    (:func:`within_layer`).
    """
    bodies_file, membership_file = files
    faults = Faults(membership_file)
    known = set(bodies["body_id"])
    for body in sorted(set(membership["body_id"]) - known):
        met = f"structure inconnue « {body} », absente de {bodies_file}"
        faults.add(met, remedy=_or_complete(body, known, bodies_file))
    whole = membership[membership["body_id"].isin(list(declared))]
    lost = whole[~whole["code_insee"].isin(communes["code_insee"])]
    for label, rows in lost.groupby("body_id"):
        body, codes = str(label), set(rows["code_insee"])
        if codes <= set(names or {}) or re.fullmatch(_EPCI, body):
            every = whole.loc[whole["body_id"] == body, "code_insee"].nunique()
            met = f"« {body} » : {told_away(codes, whole=every, names=names)}"
            faults.add(met, remedy=f"nommer {WIDER_LAYER}, ou ôter ce périmètre")
            continue
        for code in rows["code_insee"]:
            met = f"commune inconnue « {code} » dans « {body} »"
            faults.add(met, remedy=_CODE_REMEDY)
    faults.raise_if_any(StudyError)


def told_away(
    codes: Iterable[str], *, whole: int, names: Mapping[str, str] | None = None
) -> str:
    """Say which members of a body are not in the layer.

    In French, the first ones named; a commune without a name is told by its code.

    Examples
    --------
    >>> told_away(["31098"], whole=34, names={"31098": "Combe"})
    '1 de ses 34 communes n’est pas dans la couche (Combe 31098)'
    """
    known = names or {}
    missing = sorted(codes)
    told = [f"{known[one]} {one}" if one in known else one for one in missing]
    listed = ", ".join(told[:_MOST_NAMES])
    n_more = len(told) - _MOST_NAMES
    if n_more > 0:
        listed += f" et {n_more} autre{'s' if n_more > 1 else ''}"
    verb = "ne sont" if len(missing) > 1 else "n’est"
    return (
        f"{len(missing)} de ses {whole} communes {verb} pas dans la couche ({listed})"
    )


def _or_complete(name: str, known: Collection[str], file: str) -> str:
    remedy = hint(name, known)
    link = " Sinon," if remedy.endswith("?") else " ; sinon,"
    return f"{remedy}{link} compléter {file}"


def require_known_epci(
    communes: pd.DataFrame,
    bodies: pd.DataFrame,
    *,
    files: tuple[str, str] = ("communes", "bodies"),
) -> None:
    """Refuse a layer whose communes are in EPCI that have no record."""
    communes_file, bodies_file = files
    known = {
        body.removeprefix(EPCI_PREFIX)
        for body in bodies["body_id"]
        if body.startswith(EPCI_PREFIX)
    }
    faults = Faults(communes_file)
    lost = communes[~communes["epci_siren"].isin([*known, ""])]
    for siren, codes in lost.groupby("epci_siren")["code_insee"]:
        some = f"commune {codes.iloc[0]}"
        count = some if len(codes) == 1 else f"{len(codes)} communes, dont {some}"
        met = f"EPCI inconnu « {siren} » ({count}), absent de {bodies_file}"
        faults.add(met, remedy=_or_complete(str(siren), known, bodies_file))
    faults.raise_if_any(StudyError)


def require_one_epci(
    membership: pd.DataFrame,
    communes: pd.DataFrame,
    *,
    on_date: dt.date,
    file: str = "membership",
) -> None:
    """Refuse a commune in two EPCI, or in another EPCI than the layer says."""
    faults = Faults(file)
    present = _on_date(membership, on_date)
    present = present[present["body_id"].str.startswith(EPCI_PREFIX)]
    siren = present["body_id"].str.removeprefix(EPCI_PREFIX)
    epci_of = siren.groupby(present["code_insee"]).agg(lambda group: sorted(set(group)))
    layer = dict(zip(communes["code_insee"], communes["epci_siren"], strict=True))
    for code, sirens in epci_of[epci_of.index.isin(list(layer))].items():
        if len(sirens) > 1:
            met = f"commune « {code} » dans plusieurs EPCI : {', '.join(sirens)}"
            faults.add(met, remedy="dater la sortie (to_date) de l'un d'eux")
        elif sirens[0] != layer[str(code)]:
            other = layer[str(code)] or "aucun"
            met = f"commune « {code} » : EPCI {sirens[0]} ici, {other} dans la couche"
            faults.add(met, remedy="accorder les deux fichiers")
    faults.raise_if_any(StudyError)


EPCI_PREFIX = "epci_"


def within_layer(rows: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that lie in a commune at hand."""
    is_inside = rows["code_insee"].isin(communes["code_insee"])
    return rows[is_inside].reset_index(drop=True)


def body_extents(
    bodies: pd.DataFrame,
    membership: pd.DataFrame,
    communes: gpd.GeoDataFrame,
    *,
    on_date: dt.date,
) -> pd.DataFrame:
    """Measure each body on a date: communes, inhabitants, area, pieces, doubts.

    ``area_km2`` [km²]; ``confirmed_pct``: share of the population whose membership is
    ``publie`` [%], NaN where nobody lives. Left out: bodies without member on that
    date, and bodies that reach beyond the layer, whose extent is not at hand.
    """
    layer = communes.set_index("code_insee")
    rows = []
    now = _on_date(membership, on_date)
    beyond = now.loc[~now["code_insee"].isin(layer.index), "body_id"]
    whole = set(now["body_id"]) - set(beyond)
    peopled = bodies[bodies["body_id"].isin(list(whole))]
    for body in peopled.itertuples():
        present = members(membership, str(body.body_id), on_date=on_date)
        inside = layer.loc[present["code_insee"]]
        sure = (present["status"] == "publie").to_numpy()
        population = int(inside["population"].sum())
        confirmed = int(inside["population"][sure].sum())
        rows.append(
            {
                "body_id": body.body_id,
                "name": body.name,
                "kind": body.kind,
                "n_communes": len(inside),
                "population": population,
                "area_km2": float(inside.area.sum()) / 1e6,
                "n_pieces": n_pieces(inside),
                "confirmed_pct": 100 * confirmed / population if population else np.nan,
            }
        )
    return pd.DataFrame(rows)


def n_pieces(layer: gpd.GeoDataFrame) -> int:
    """Count the separate pieces of a group of polygons.

    Polygons in EPSG:2154; two that touch in a point only are two pieces.
    """
    union = shapely.union_all(layer.geometry.to_numpy())
    return int(np.sum(shapely.get_type_id(shapely.get_parts(union)) == POLYGON))


POLYGON = int(shapely.GeometryType.POLYGON)


def epci_lists(
    membership: pd.DataFrame, *, on_date: dt.date
) -> dict[str, frozenset[str]]:
    """Return the members of each EPCI on a date, beyond the layer too.

    By SIREN; the EPCI are the bodies ``epci_<SIREN>``.
    """
    members = members_by_body(membership, on_date=on_date)
    return {
        body.removeprefix(EPCI_PREFIX): frozenset(rows["code_insee"])
        for body, rows in members.items()
        if body.startswith(EPCI_PREFIX)
    }


def doubtful_epci(membership: pd.DataFrame, *, on_date: dt.date) -> frozenset[str]:
    """Return the EPCI whose list of members is to confirm.

    By SIREN: those with a member that is not ``publie``.
    """
    return frozenset(
        body.removeprefix(EPCI_PREFIX)
        for body, rows in members_by_body(membership, on_date=on_date).items()
        if body.startswith(EPCI_PREFIX) and rows["status"].ne("publie").any()
    )


def epci_sizes(
    communes: pd.DataFrame, lists: Mapping[str, Collection[str]]
) -> pd.Series[int]:
    """Count the members of the EPCI of each commune.

    Communes of the list, those beyond the layer too; 0 where there is no EPCI, or no
    list of it.

    Examples
    --------
    >>> communes = pd.DataFrame({"epci_siren": ["200000001", ""]})
    >>> epci_sizes(communes, {"200000001": {"31001", "31002"}}).tolist()
    [2, 0]
    """
    counts = {siren: len(codes) for siren, codes in lists.items()}
    sizes = [counts.get(siren, 0) for siren in communes["epci_siren"]]
    return pd.Series(sizes, communes.index, dtype="int64", name="epci_communes")


def members_of_epci(communes: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return the communes of each EPCI, and a stand-in for each member not at hand.

    A set of communes that holds them all holds the EPCI whole. A stand-in is no INSEE
    code, so that nothing ever holds it.

    Examples
    --------
    >>> communes = pd.DataFrame({"code_insee": ["31001"], "epci_siren": ["200000001"],
    ...     "epci_communes": [2]})
    >>> sorted(members_of_epci(communes)["200000001"])
    ['200000001+1', '31001']
    """
    held: dict[str, set[str]] = {}
    sizes: dict[str, int] = {}
    columns = (communes[name] for name in ("epci_siren", "code_insee", "epci_communes"))
    for siren, code, size in zip(*columns, strict=True):
        held.setdefault(siren, set()).add(code)
        sizes.setdefault(siren, size)
    members = {}
    for siren in sorted(held.keys() - {""}):
        codes = held[siren]
        # Without a list, nobody knows that the EPCI ends where the layer does.
        size = int(sizes[siren])
        n_away = size - len(codes) if size else 1
        away = (f"{siren}{_MORE}{rank}" for rank in range(1, n_away + 1))
        members[siren] = frozenset(codes.union(away))
    return members


def require_lists(
    communes: pd.DataFrame,
    lists: Mapping[str, Collection[str]],
    *,
    area: Collection[str],
    on_date: dt.date,
    file: str = "membership",
) -> None:
    """Refuse an EPCI of the study area whose list says nothing, or less than the layer.

    Names each EPCI of the area without a list, and each commune of the layer that the
    list of its EPCI leaves out.
    """
    faults = Faults(file)
    met = set(communes.loc[communes["code_insee"].isin(area), "epci_siren"]) - {""}
    for siren in sorted(met - set(lists)):
        faults.add(
            f"EPCI « {siren} » sans liste de membres au {on_date.isoformat()} : "
            "rien ne dit s'il est entier",
            remedy=f"ajouter les communes de « {EPCI_PREFIX}{siren} »",
        )
    for code, siren in communes[["code_insee", "epci_siren"]].to_numpy():
        if siren in lists and code not in lists[siren]:
            fault = (
                f"commune « {code} » : EPCI {siren} dans la couche, pas dans sa liste"
            )
            faults.add(fault, remedy="accorder les deux fichiers")
    faults.raise_if_any(StudyError)
