"""SIRENE: establishments of some communes, from the national files of INSEE.

In the columns of table ``sites``, where they are: at the position that INSEE tells, or
at the seat of the commune.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import LAMBERT93_BOX, WORKING_EPSG, Faults, hint
from eitgeo.crs import mover
from eitgeo.errors import CrsError, SchemaError
from eitgeo.sources.files.frames import (
    HEADCOUNT_BRACKETS,
    NOT_DIFFUSED,
    at_seats,
    naf_from_ape,
    tidy_sites,
)
from eitgeo.sources.files.loaded import Loaded, dropped_rows
from eitgeo.sources.files.rows import check_choices, to_numbers
from eitgeo.sources.sites.sirene_scan import (
    DIFFUSED,
    counted_lines,
    engine,
    picked_establishments,
)
from eitgeo.sources.sites.sirene_scan import legal_units as find_units
from eitgeo.sources.sites.sirene_scan import positions as find_positions

SOURCE = "INSEE, SIRENE"
_UNIT_COLUMNS = ("siren", "unit_status", "unit_name", "category", "n_rows")
_POSITION_COLUMNS = ("siret", "x", "y", "qualite_xy", "epsg", "n_rows")
_log = logging.getLogger(__name__)

MASKED_NAME = "Établissement (nom non diffusé)"
UNNAMED = "Établissement sans nom"
UNKNOWN_BRACKETS = ("NN", "")
BRACKETS = HEADCOUNT_BRACKETS | {"53": (10_000, np.nan)}
"""INSEE headcount brackets: code → lowest, highest; the last one has no top."""

NATURAL_CATEGORIES = r"1\d{3}|2[123]10"
"""Legal categories of natural persons: sole traders (1000; 1xxx before 2018) and what
natural persons hold together without a legal person (2110, 2210, 2310)."""

CATEGORY = r"\d{4}"
"""How a legal category is written; another text (« 1000.0 ») tells none."""

NO_ACTIVITY = "00.00Z"
NAF_REV2, NAF_2025 = "NAFRev2", "NAF2025"

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


def read_sirene_sites(
    path: Path,
    *,
    communes: gpd.GeoDataFrame,
    legal_units: Path | None = None,
    geolocation: Path | None = None,
    naf_version: Literal["NAFRev2", "NAF2025"] = "NAFRev2",
    vintage: str = "",
) -> Loaded:
    """Read the active establishments of some communes from the national stock.

    Parameters
    ----------
    path
        ``StockEtablissement_utf8``: ``.csv`` (comma, UTF-8), ``.parquet``, or a
        ``.zip`` of either; about 40 million rows, scanned and never loaded whole. Or
        a list of sirene.fr, which tells the legal unit beside each establishment
        (``categorieJuridiqueUniteLegale``, ``statutDiffusionUniteLegale``).
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` and polygons (EPSG:2154) [m] of the
        study area and of its buffer, in the COG vintage of the stock.
    legal_units
        ``StockUniteLegale_utf8``, same forms. Where neither it nor `path` tells the
        legal category, the establishment is protected as one of a natural person;
        where neither tells the unit's status, as one that is not diffused.
    geolocation
        ``GeolocalisationEtablissement_Sirene_pour_etudes_statistiques_utf8``: same
        forms, the CSV with semicolons; column names in any case; one CRS a row,
        column ``epsg``. Without it every establishment is put at the seat.
    naf_version
        The nomenclature of column ``naf``; both are kept in ``naf_rev2`` and
        ``naf_2025``.
    vintage
        Edition of the stock, told in ``source``, as « septembre 2026 ».

    Returns
    -------
    Loaded
        ``table``: table ``sites``, EPSG:2154, class O.
        ``dropped``: for the stock, each reason with the count of its rows (« 12
        lignes » in column ``row``, for they are millions) and each repeated row; for
        the geolocation, each position that was not kept, its establishment being put
        at the seat.

    Notes
    -----
    Rows of the stock = rows of the table + rows counted or listed for that file.
    Headcounts are the bounds of the band, its middle their geometric mean: « NN » and
    empty are unknown (NaN), « 00 » is zero. ``position_quality`` comes from
    ``qualite_xy``: 11 and 21 ``exacte``; 12 and 22 ``rue`` (drawn at random in the
    street); 33 ``commune`` (drawn at random in the commune: placed as given, to be
    left out of clustering); no position: ``commune``, at the seat.

    Diffusion: « P » is not diffusible, « N » is left out. Establishments that are not
    diffusible or belong to natural persons keep neither name nor SIRET; their
    identifier is a rank in their commune, stable for one edition of the stock only.
    The geolocation is for statistical use, not for canvassing.

    References
    ----------
    .. [1] INSEE, « Base Sirene des entreprises et de leurs établissements (SIREN,
       SIRET) », files ``StockEtablissement`` and ``StockUniteLegale``, monthly, on
       data.gouv.fr. Licence Ouverte 2.0. UTF-8; no geometry used; communes in the
       COG in force at the edition.
    .. [2] INSEE, « Géolocalisation des établissements du répertoire Sirene pour les
       études statistiques », monthly, on data.gouv.fr. Licence Ouverte 2.0.
       EPSG:2154 in metropolitan France; 2972, 2975, 4471, 5490 overseas, told row by
       row.
    .. [3] INSEE, « Sirene open data : actualités », insee.fr/fr/information/9019311:
       column ``activitePrincipaleNAF25Etablissement`` since 16/12/2025; the NAF 2025
       is official on 01/01/2027.
    """
    _require_version(naf_version)
    with engine() as connection:
        picked, left, silenced = picked_establishments(
            connection, path, codes=set(communes["code_insee"])
        )
        units = pd.DataFrame(columns=list(_UNIT_COLUMNS), dtype="str")
        if legal_units is not None:
            units = find_units(connection, legal_units)
        positions = pd.DataFrame(columns=list(_POSITION_COLUMNS), dtype="str")
        if geolocation is not None:
            positions = find_positions(connection, geolocation)
    sites = described(picked, units=units, naf_version=naf_version, path=path)
    _require_activities(sites, naf_version, path)
    where = geolocation or path
    located, discarded = placed(
        sites, positions=positions, communes=communes, path=where
    )
    source = f"{SOURCE} ({vintage})" if vintage else SOURCE
    table = tidy_sites(located.assign(source=source), where=path.name)
    moved = _moved(discarded, where.name)
    twice = picked["n_rows"].set_axis(sites["site_id"])
    dropped = _report(left, twice, path=path, moved=moved)
    _log.info(
        "%s : %d lignes lues, %d établissements retenus",
        path.name,
        int(left["n_rows"].sum() + picked["n_rows"].sum()),
        len(table),
    )
    hidden = sites["siret"] == ""
    holders = dict(zip(sites["site_id"][hidden], sites["key"][hidden], strict=True))
    return Loaded(table, dropped, holders=holders, silenced=silenced)


def _require_version(naf_version: str) -> None:
    if naf_version not in {NAF_REV2, NAF_2025}:
        remedy = hint(naf_version, [NAF_REV2, NAF_2025])
        message = f"nomenclature « {naf_version} » inconnue → {remedy}"
        raise SchemaError(message)


def _require_activities(sites: pd.DataFrame, naf_version: str, path: Path) -> None:
    other = NAF_REV2 if naf_version == NAF_2025 else NAF_2025
    in_other = sites["naf_rev2" if other == NAF_REV2 else "naf_2025"]
    if (sites["naf"] == "").all() and (in_other != "").any():
        faults = Faults(path.name)
        met = f"aucune activité en {naf_version}"
        faults.add(met, remedy=f"demander « {other} », ou une autre édition du stock")
        faults.raise_if_any(SchemaError)


def _report(
    left: pd.DataFrame, n_rows_of: pd.Series, *, path: Path, moved: pd.DataFrame
) -> pd.DataFrame:
    counted = [
        (path.name, counted_lines(n_rows), "établissements", reason)
        for reason, n_rows in zip(left["reason"], left["n_rows"], strict=True)
    ]
    # By site_id, not by SIRET: it may be a natural person's.
    merged = [
        (path.name, site_id, "établissement", "ligne répétée à l'identique")
        for site_id, n_rows in n_rows_of[n_rows_of > 1].items()
        for _ in range(n_rows - 1)
    ]
    return dropped_rows([*counted, *merged, *moved.itertuples(index=False, name=None)])


def _moved(discarded: pd.DataFrame, file: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": file,
            "row": discarded["site_id"],
            "subject": "position",
            "reason": discarded["reason"] + " → établissement placé à la mairie",
        }
    )


def described(
    picked: pd.DataFrame, *, units: pd.DataFrame, naf_version: str, path: Path
) -> pd.DataFrame:
    """Lay out the establishments, those that may not be named being masked."""
    rows = picked.assign(siren=picked["siret"].str[:9])
    rows = rows.merge(
        units.drop(columns="n_rows"), on="siren", how="left", validate="many_to_one"
    )
    rows = _with_own(rows)
    natural = rows["category"].str.fullmatch(NATURAL_CATEGORIES)
    natural |= ~rows["category"].str.fullmatch(CATEGORY)
    diffusible = (rows["status"] == DIFFUSED) & (rows["unit_status"] == DIFFUSED)
    hidden = natural | ~diffusible
    activities = _activities(rows, path)
    low, high = _headcounts(rows, path)
    sites = pd.DataFrame(
        {
            "key": rows["siret"],
            "site_id": _identifiers(rows, hidden),
            "siret": rows["siret"].mask(hidden, ""),
            "name": _names(rows, hidden),
            "naf": activities["naf_2025" if naf_version == NAF_2025 else "naf_rev2"],
            "naf_version": naf_version,
            "headcount_low": low,
            "headcount_mid": np.sqrt(low * high),
            "headcount_high": high,
            "diffusible": diffusible,
            "natural_person": natural,
            "evidence": "O",
            "synthetic": False,
            "code_insee": rows["code_insee"],
        }
    )
    return sites.join(activities)


def _with_own(rows: pd.DataFrame) -> pd.DataFrame:
    """Fill in, from a list of sirene.fr, what the legal units at hand do not tell.

    A unit whose status nothing tells is not known to be diffused.
    """
    completed = {
        name: rows[name].where(rows[name].notna(), rows[f"own_{name}"])
        for name in ("unit_status", "unit_name", "category")
    }
    return rows.assign(**completed).astype(dict.fromkeys(completed, "str"))


def _identifiers(rows: pd.DataFrame, hidden: pd.Series) -> pd.Series:
    # A SIRET leads to its holder: the hidden ones bear a rank in their commune.
    rank = rows[hidden].groupby("code_insee").cumcount() + 1
    ranked = rows["code_insee"] + "-" + rank.astype("str").str.zfill(6)
    return "SIRENE" + ranked.where(hidden, rows["siret"])


def _names(rows: pd.DataFrame, hidden: pd.Series) -> pd.Series:
    names = rows["unit_name"]
    for other in ("usual_name", "sign"):
        names = names.where(names != "", rows[other])
    withheld = names.str.contains(NOT_DIFFUSED, regex=False)
    return names.mask(names == "", UNNAMED).mask(hidden | withheld, MASKED_NAME)


def _activities(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    main = _sub_classes(rows["activity"], path)
    is_2025 = rows["nomenclature"] == NAF_2025
    second = _sub_classes(rows["activity_2025"], path)
    return pd.DataFrame(
        {
            "naf_rev2": main.where(rows["nomenclature"] == NAF_REV2, ""),
            "naf_2025": second.where(~is_2025 | (second != ""), main),
        }
    )


def _sub_classes(codes: pd.Series, path: Path) -> pd.Series:
    written = naf_from_ape(codes)
    lost = sorted(set(codes[written == ""]) - {""})
    if lost:
        _log.warning(
            "%s : codes d'activité mal formés, laissés vides : %s",
            path.name,
            ", ".join(lost),
        )
    return written.mask(written == NO_ACTIVITY, "")


def _headcounts(rows: pd.DataFrame, path: Path) -> tuple[Any, Any]:
    known = rows["bracket"].isin([*BRACKETS, *UNKNOWN_BRACKETS])
    faults = Faults(path.name)
    for code in sorted(set(rows.loc[~known, "bracket"])):
        met = f"« trancheEffectifsEtablissement » = « {code} »"
        faults.add(met, remedy=hint(code.zfill(2), [*BRACKETS, "NN"]))
    faults.raise_if_any(SchemaError)
    low = rows["bracket"].map({code: band[0] for code, band in BRACKETS.items()})
    high = rows["bracket"].map({code: band[1] for code, band in BRACKETS.items()})
    return low.to_numpy(dtype=float), high.to_numpy(dtype=float)


def placed(
    sites: pd.DataFrame,
    *,
    positions: pd.DataFrame,
    communes: gpd.GeoDataFrame,
    path: Path,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Put each establishment at its position, else at the seat of its commune."""
    positions_told = _given(positions, path)
    joined = sites.merge(positions_told, on="key", how="left", validate="one_to_one")
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
    reasons = "position hors de la métropole (EPSG:" + codes + ")"
    reasons = reasons.where(codes != "", "position sans système de coordonnées")
    return reasons.where(~known, "").to_numpy()


def _in_metres(rows: pd.DataFrame) -> Any:
    x, y = rows["x"].to_numpy(), rows["y"].to_numpy()
    x_m, y_m = x.copy(), y.copy()
    for code in sorted(set(rows["epsg"]) - {str(WORKING_EPSG)}):
        of_this_crs = (rows["epsg"] == code).to_numpy()
        move = mover(int(code), WORKING_EPSG)
        x_m[of_this_crs], y_m[of_this_crs] = move.transform(
            x[of_this_crs], y[of_this_crs]
        )
    # What has no image in Lambert-93 comes back infinite: out of any commune.
    lost = ~(np.isfinite(x_m) & np.isfinite(y_m))
    return shapely.points(np.where(lost, 0.0, x_m), np.where(lost, 0.0, y_m))


def _are_away(points: Any, polygons: gpd.GeoSeries) -> Any:
    x, y = shapely.get_x(points), shapely.get_y(points)
    west, south, east, north = LAMBERT93_BOX
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    is_near = shapely.dwithin(polygons.to_numpy(), points, POSITION_TOLERANCE_M)
    return ~(inside & is_near)


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
