"""Classified installations (ICPE) of Géorisques: establishments and waste outlets.

Headings of the nomenclature: which take waste, and what outlet they make. Waste
installations matched to SIRENE (S3IC), at commune precision.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from eitgeo.errors import SourceError
from eitgeo.reference.waste import icpe_headings
from eitgeo.sources.files.archives import extracted
from eitgeo.sources.files.frames import (
    NOT_DIFFUSED,
    as_outlets,
    at_seats,
    folded,
    headcounts,
    hidden_sirets,
    may_be_shown,
    naf_from_ape,
    naf_or_division,
    named_rows,
    siret_notes,
    tidy_outlets,
    tidy_sites,
)
from eitgeo.sources.files.loaded import (
    Audited,
    Drop,
    Note,
    away,
    dropped_rows,
    drops,
    first_reason,
    note_rows,
    remarks,
    repeats,
    where,
)
from eitgeo.sources.files.rows import CsvSource
from eitgeo.sources.files.shapes import Positions, place_degrees
from eitgeo.words import french_number

INSTALLATIONS = "InstallationClassee.csv"
HEADINGS = "rubriqueIC.csv"
MASKED_NAME = "Installation classée (nom non diffusé)"
SOURCE = "Géorisques, installations classées"
CLOSED = ("en fin d'exploitation", "à l'arrêt", "cessation", "récolement")
"""How the state of an installation that takes nothing any more begins, whatever its
case and accents."""

NOT_CLASSIFIED = "non icpe"
"""What the regime in force of an installation says that is classified no more."""

INSTALLATIONS_FILE = CsvSource("icpe", separator=";", is_official=True)
HEADINGS_FILE = CsvSource("icpe_headings", separator=";", is_official=True)
_log = logging.getLogger(__name__)

FILE = "rubriqueIC.csv"
YEARLY_TONNES = ("t/an", "tonnes/an", "tonne/an")
"""Units of a quantity that is a capacity in t/year, as they are written."""

_NUMBER = r"(?P<base>\d{4})(?:-(?P<sub>\d+))?.*"


def read_icpe_outlets(
    path: Path, *, communes: gpd.GeoDataFrame, companies: Collection[str] = ()
) -> Audited:
    """Read the classified installations that take waste, as outlets.

    Parameters
    ----------
    path
        ZIP of the export (or its folder): ``InstallationClassee.csv`` and
        ``rubriqueIC.csv``, ``;``, ISO-8859-1; coordinates in WGS84 [°].
    communes
        ``code_insee``, ``seat_x``, ``seat_y``, polygons, EPSG:2154.
    companies
        SIREN of legal persons that SIRENE tells: their names and SIRET are shown.

    Returns
    -------
    Audited
        Table ``outlets``, EPSG:2154. The kind is that of the heading of lowest rank
        (:func:`icpe_headings`). ``permitted`` is the quantity of that heading as the
        permit tells it, with its unit (« 1 200 m3 »); ``capacity_t`` [t/year] is
        filled where that unit is t/an, NaN for any other: a stock at one time, a
        surface or a rate a day are no yearly tonnage.
        Left out: installations without waste heading, closed, classified no more,
        repeated, or of other communes; headings of no installation. Remarks:
        positions, SIRET, headings unknown here, quantities that are no number.

    Notes
    -----
    A point is held against the polygon of its commune: absent, null, swapped or
    foreign, it goes to the town hall with quality ``commune``; at the town hall, at
    the centroid or shared, it stays with that quality. Name and SIRET are masked
    unless they are surely not a natural person's.

    References
    ----------
    Producer: ministère chargé de l'environnement, Géorisques, installations classées,
    https://www.georisques.gouv.fr/api/v1/csv/installations_classees. Licence: Licence
    Ouverte 2.0. Vintage: day of the download. CRS: EPSG:4326.
    """
    rows, headings, left_out = _read(path, communes)
    known = _waste_headings(headings)
    main = _main_headings(known.rows).reindex(rows["code"]).set_axis(rows.index)
    idle = main["kind"].isna()
    reason = where(idle, "aucune rubrique de déchets")
    left_out += drops(INSTALLATIONS, _subjects(rows), reason)
    kept, main = rows[~idle], main[~idle]
    placed = _placed(kept, communes)
    outlets = as_outlets(_named(kept, companies)).assign(
        kind=main["kind"],
        icpe_headings=main["headings"],
        capacity_t=main["capacity_t"].astype(float),
        permitted=main["permitted"],
        position_quality=placed.quality,
        source=SOURCE,
    )
    notes = [*known.notes, *_row_notes(kept, placed)]
    table = gpd.GeoDataFrame(outlets, geometry=placed.points)
    return _audited(
        tidy_outlets(table, where=path.name), path=path, left_out=left_out, notes=notes
    )


def read_icpe_sites(
    path: Path, *, communes: gpd.GeoDataFrame, companies: Collection[str] = ()
) -> Audited:
    """Read the classified installations as establishments, without headcount.

    Parameters
    ----------
    path
        As :func:`read_icpe_outlets`.
    communes, companies
        As :func:`read_icpe_outlets`.

    Returns
    -------
    Audited
        Table ``sites``, EPSG:2154, headcounts NaN. Left out: installations closed,
        classified no more, repeated, or of other communes. Remarks: positions, SIRET,
        activities of which the file tells the division alone: it is kept.

    References
    ----------
    As :func:`read_icpe_outlets`: Géorisques, Licence Ouverte 2.0, EPSG:4326.
    """
    rows, _, left_out = _read(path, communes)
    placed = _placed(rows, communes)
    naf = naf_or_division(rows["ape"])
    sites = _named(rows, companies).assign(
        naf=naf, position_quality=placed.quality, source=SOURCE
    )
    notes = [*_row_notes(rows, placed), *_activity_notes(rows, naf)]
    table = gpd.GeoDataFrame(sites, geometry=placed.points)
    audited = _audited(
        tidy_sites(table, where=path.name), path=path, left_out=left_out, notes=notes
    )
    return replace(audited, holders=hidden_sirets(sites, rows["siret"]))


def _read(
    path: Path, communes: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, list[Drop]]:
    with extracted(path, wanted=(INSTALLATIONS, HEADINGS)) as members:
        files = {name.rpartition("/")[2].casefold(): at for name, at in members.items()}
        if len(files) < len(members):
            message = (
                f"{path.name} : plusieurs exports ensemble → en donner un à la fois"
            )
            raise SourceError(message)
        for name in (INSTALLATIONS, HEADINGS):
            if name.casefold() not in files:
                message = f"{path.name} : « {name} » absent → télécharger à nouveau"
                raise SourceError(message)
        rows = INSTALLATIONS_FILE.accepted(files[INSTALLATIONS.casefold()])
        headings = HEADINGS_FILE.read(files[HEADINGS.casefold()]).table
    orphan = ~headings["codeAiot"].isin(rows["code"])
    lost = where(orphan, "installation absente")
    reason = first_reason(
        repeats(rows, ["code"]),
        away(rows, communes),
        _closed(rows),
        _not_classified(rows),
    )
    left_out = [
        *drops(INSTALLATIONS, _subjects(rows), reason),
        *drops(HEADINGS, "ICPE" + headings["codeAiot"], lost),
    ]
    kept = rows[reason == ""]
    own_headings = headings[headings["codeAiot"].isin(kept["code"])]
    return kept, own_headings, left_out


def _closed(rows: pd.DataFrame) -> pd.Series:
    state = rows["state"]
    shut = folded(state).str.startswith(tuple(folded(pd.Series(CLOSED))))
    return where(shut, "activité terminée (« " + state + " »)")


def _not_classified(rows: pd.DataFrame) -> pd.Series:
    regime = rows["regime"]
    reason = "plus classée (régime en vigueur « " + regime + " »)"
    return where(regime.str.casefold() == NOT_CLASSIFIED, reason)


def _activity_notes(rows: pd.DataFrame, naf: pd.Series) -> list[Note]:
    told = "division « " + naf + " » seule : ni classe ni sous-classe"
    is_division = naf.str.len() == len("38")
    unread = "« " + rows["ape"] + " » hors NAF rév. 2, laissé vide"
    is_unread = (naf == "") & (rows["ape"] != "")
    detail = where(is_division, told).mask(is_unread, unread)
    return remarks(INSTALLATIONS, _subjects(rows), "code_ape", detail)


def _subjects(rows: pd.DataFrame) -> pd.Series:
    return "ICPE" + rows["code"]


def _named(rows: pd.DataFrame, companies: Collection[str]) -> pd.DataFrame:
    shown = may_be_shown(rows["name"], rows["siret"], companies=companies)
    return named_rows(rows, prefix="ICPE", shown=shown, masked=MASKED_NAME)


def _placed(rows: pd.DataFrame, communes: gpd.GeoDataFrame) -> Positions:
    return place_degrees(
        rows,
        rows["lon"],
        rows["lat"],
        communes=communes,
        where=INSTALLATIONS,
    )


def _row_notes(rows: pd.DataFrame, placed: Positions) -> list[Note]:
    return [
        *placed.notes(INSTALLATIONS, _subjects(rows)),
        *siret_notes(INSTALLATIONS, rows["siret"], _subjects(rows)),
    ]


def _audited(
    table: gpd.GeoDataFrame, *, path: Path, left_out: list[Drop], notes: list[Note]
) -> Audited:
    _log.info(
        "%s : %d lignes retenues, %d laissées de côté, %d remarques",
        path.name,
        len(table),
        len(left_out),
        len(notes),
    )
    return Audited(table, dropped_rows(left_out), note_rows(notes))


@dataclass(frozen=True)
class _WasteHeadings:
    """Headings of the nomenclature that take waste, and the remarks on others.

    Attributes
    ----------
    rows
        ``codeAiot``, ``heading``, ``kind``, ``rank``, ``capacity_t`` [t/year], and
        ``quantity`` and ``unit`` as written.
    notes
        Headings 27xx that the package does not know, quantities that are no number.
    """

    rows: pd.DataFrame = field(repr=False)
    notes: list[Note]


def _waste_headings(headings: pd.DataFrame) -> _WasteHeadings:
    """Keep the headings that take waste.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"codeAiot": ["1"], "numeroRubrique": ["2760"],
    ...     "alinea": ["2.b"], "quantiteTotale": ["48492"], "unite": ["t/an"]})
    >>> _waste_headings(rows).rows[["heading", "kind", "capacity_t"]].values.tolist()
    [['2760-2', 'isdnd', 48492.0]]
    """
    table = icpe_headings().set_index("heading")
    parts = headings["numeroRubrique"].str.extract(_NUMBER).fillna("")
    sub = parts["sub"].where(
        parts["sub"] != "", headings["alinea"].str.extract(r"^\D*(\d+)")[0].fillna("")
    )
    precise = parts["base"] + "-" + sub
    heading = precise.where(precise.isin(table.index), parts["base"])
    known = heading.isin(table.index)
    strange = ~known & parts["base"].str.startswith("27")
    notes: list[Note] = [
        (FILE, line, f"ICPE{code}", "rubrique_inconnue", f"rubrique « {number} »")
        for line, code, number in headings.loc[
            strange, ["codeAiot", "numeroRubrique"]
        ].itertuples()
    ]
    rows = headings[known].assign(heading=heading[known])
    rows = rows.join(table[["kind", "rank"]], on="heading")
    yearly = rows["unite"].str.casefold().str.replace(" ", "").isin(YEARLY_TONNES)
    plain = rows["quantiteTotale"].str.replace(",", ".", regex=False)
    number = plain.str.fullmatch(r"\d+(\.\d+)?")
    notes += [
        (FILE, line, f"ICPE{code}", "quantite_illisible", f"« {text} » en t/an")
        for line, code, text in rows.loc[
            yearly & ~number & (plain != ""), ["codeAiot", "quantiteTotale"]
        ].itertuples()
    ]
    rows["capacity_t"] = plain.where(yearly & number, "nan").astype(float)
    rows["quantity"] = plain.where(number, "nan").astype(float)
    columns = ["codeAiot", "heading", "kind", "rank", "capacity_t", "quantity"]
    return _WasteHeadings(rows[columns].assign(unit=rows["unite"]), notes)


def _main_headings(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum up the headings of each installation.

    ``permitted``: what the main one permits, unit by unit, in the words of the permit.
    """
    ordered = rows.sort_values(["codeAiot", "rank"], kind="stable")
    first = ordered.drop_duplicates("codeAiot").set_index("codeAiot")
    lists = ordered.groupby("codeAiot")["heading"].agg(
        lambda values: ";".join(sorted(set(values)))
    )
    capacity = (
        ordered.groupby(["codeAiot", "heading"])["capacity_t"]
        .sum(min_count=1)
        .reset_index()
    )
    of_main = (
        first[["heading", "kind"]]
        .reset_index()
        .merge(capacity, on=["codeAiot", "heading"], how="left")
    )
    table = of_main.set_index("codeAiot")[["kind", "capacity_t"]]
    of_main_heading = ordered.merge(
        of_main[["codeAiot", "heading"]], on=["codeAiot", "heading"]
    )
    permitted = _permitted(of_main_heading).reindex(table.index, fill_value="")
    return table.assign(headings=lists.reindex(table.index), permitted=permitted)


def _permitted(rows: pd.DataFrame) -> pd.Series:
    """Write the quantities of each installation with their unit; zero tells none."""
    permits = rows[(rows["quantity"] > 0) & (rows["unit"] != "")]
    sums = permits.groupby(["codeAiot", "unit"])["quantity"].sum().reset_index()
    texts = [
        f"{french_number(value)} {unit}"
        for value, unit in zip(sums["quantity"], sums["unit"], strict=True)
    ]
    quantities = pd.Series(texts, index=sums.index, dtype="str")
    return quantities.groupby(sums["codeAiot"]).agg(" ; ".join).astype("str")


SOLE_TRADER = "1000"
MASKED_S3IC = "Installation classée (nom non diffusé)"
_KIND_OF_NAF = {
    "37.00": "traitement_effluents",
    "38.11": "collecte",
    "38.12": "collecte_dangereux",
    "38.21": "traitement",
    "38.22": "traitement_dangereux",
    "38.31": "demantelement",
    "38.32": "recuperation",
}
S3IC = CsvSource("s3ic", separator=";", is_official=True)
_S3IC_CREDIT = "Géorisques, ICPE déchets rapprochées de SIRENE (2019)"


def read_s3ic_outlets(path: Path, *, communes: pd.DataFrame) -> Audited:
    """Read the waste installations as outlets, at the seat of their commune.

    Parameters
    ----------
    path
        ``s3ic_x_sirene.csv``: ``;``, UTF-8.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m].

    Returns
    -------
    Audited
        Table ``outlets``, EPSG:2154: capacity unknown, ``a_verifier``; the names of
        non-diffusible installations and of natural persons are masked. Rows of other
        communes are left out; SIRET malformed or borne twice are remarks.

    References
    ----------
    Producer: ministère chargé de l'environnement, Géorisques (S3IC), waste
    installations matched to SIRENE (INSEE) by Trackdéchets. Licence: Licence Ouverte
    2.0. Vintage: about 2019. CRS: none in the file; put at the town hall, EPSG:2154.
    """
    every = S3IC.accepted(path)
    rows = every[every["code_insee"].isin(communes["code_insee"])]
    kinds = naf_from_ape(rows["ape"]).str[:5].map(_KIND_OF_NAF)
    placed = at_seats(as_outlets(_named_s3ic(rows)), communes=communes)
    outlets = placed.assign(
        kind=kinds.fillna("icpe_dechets"), status="a_verifier", source=_S3IC_CREDIT
    )
    table = tidy_outlets(outlets, where=path.name)
    return _audited_s3ic(table, every, rows, communes=communes, path=path)


def read_s3ic_sites(path: Path, *, communes: pd.DataFrame) -> Audited:
    """Read the waste installations as establishments, at the seat of their commune.

    Parameters
    ----------
    path
        ``s3ic_x_sirene.csv``: ``;``, UTF-8.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m].

    Returns
    -------
    Audited
        Table ``sites``, EPSG:2154. Headcount from the INSEE bracket (mid = geometric
        mean), NaN where unknown; ``diffusible`` False where the name is ``[ND]`` or
        the status is not ``O``; ``natural_person`` True for sole traders
        (category 1000). Names of both are masked. The activity is the legal unit's.
        Rows left out and remarks as :func:`read_s3ic_outlets`.

    References
    ----------
    Producer: ministère chargé de l'environnement, Géorisques (S3IC), waste
    installations matched to SIRENE (INSEE) by Trackdéchets. Licence: Licence Ouverte
    2.0. Vintage: about 2019. CRS: none in the file; put at the town hall, EPSG:2154.
    """
    every = S3IC.accepted(path)
    rows = every[every["code_insee"].isin(communes["code_insee"])]
    placed = at_seats(_named_s3ic(rows), communes=communes)
    sites = placed.assign(
        naf=naf_from_ape(rows["ape"]),
        **headcounts(rows["bracket"]),
        diffusible=~_is_masked(rows),
        natural_person=rows["legal_category"] == SOLE_TRADER,
        source=_S3IC_CREDIT,
    )
    table = tidy_sites(sites, where=path.name)
    return _audited_s3ic(table, every, rows, communes=communes, path=path)


def _audited_s3ic(
    table: pd.DataFrame,
    every: pd.DataFrame,
    rows: pd.DataFrame,
    *,
    communes: pd.DataFrame,
    path: Path,
) -> Audited:
    gone = drops(path.name, "S3IC" + every["code"], away(every, communes))
    notes = siret_notes(path.name, rows["siret"], "S3IC" + rows["code"])
    return Audited(table, dropped_rows(gone), note_rows(notes))


def _named_s3ic(rows: pd.DataFrame) -> pd.DataFrame:
    hidden = _is_masked(rows) | (rows["legal_category"] == SOLE_TRADER)
    return named_rows(rows, prefix="S3IC", shown=~hidden, masked=MASKED_S3IC)


def _is_masked(rows: pd.DataFrame) -> pd.Series:
    # An unmatched row has no status: its name alone says whether it may be shown.
    named = rows["name"].str.contains(NOT_DIFFUSED, regex=False)
    return named | ~rows["diffusion"].isin(["O", ""])
