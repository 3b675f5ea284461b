"""Named establishments: anchors that a public source describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError
from eitgeo.reference.naf import naf_subclasses
from eitgeo.sources._loaded import Loaded, dropped_rows
from eitgeo.sources._official import away, drops
from eitgeo.sources._places import at_seats
from eitgeo.sources._rows import (
    check_choices,
    check_codes,
    check_key,
    check_order,
    check_pattern,
    faulty,
    read_rows,
    to_numbers,
)
from eitgeo.sources._site_rows import tidy_sites
from eitgeo.sources.outlets import ROW_STATUSES
from eitgeo.tables.columns import EVIDENCE_CLASSES

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

NAF_FORM = r"(\d{2}\.\d{2}[A-Z])?"
SIRET_FORM = r"(\d{14})?"
_HEADCOUNTS = ("headcount_low", "headcount_mid", "headcount_high")
_NEEDED = (
    "site_id",
    "siret",
    "name",
    "naf",
    "code_insee",
    *_HEADCOUNTS,
    "position_quality",
    "status",
    "evidence",
    "source",
)


def read_anchors(path: Path, *, communes: pd.DataFrame) -> Loaded:
    """Read the named establishments, at the seat of their commune.

    Parameters
    ----------
    path
        CSV with ``site_id``, ``siret``, ``name``, ``naf`` (NAF rév. 2 sub-class or
        empty), ``code_insee``, ``headcount_low``, ``headcount_mid``,
        ``headcount_high`` (empty where unknown), ``position_quality`` (commune),
        ``status``, ``evidence``, ``source``. Legal persons only.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m].

    Returns
    -------
    Loaded
        Table ``sites``, EPSG:2154, ``synthetic`` False. Rows of other communes are
        left out.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, repeated site, malformed or unknown NAF, malformed SIRET or
        commune code, decimal comma, headcounts out of order …

    References
    ----------
    Producer: the author of the study, each row citing a public source. Licence: that of
    the sources (Licence Ouverte 2.0 for the file that ships). Vintage: told row by row.
    CRS: none in the file; at the town hall, EPSG:2154.
    """
    rows = read_rows(path, columns=_NEEDED)
    faults = Faults(path.name)
    check_key(rows, ["site_id"], faults=faults)
    check_codes(rows, faults=faults)
    check_pattern(rows, "naf", pattern=NAF_FORM, example="17.11Z", faults=faults)
    _check_activities(rows["naf"], faults)
    check_pattern(
        rows, "siret", pattern=SIRET_FORM, example="39931827800021", faults=faults
    )
    check_choices(rows, "status", allowed=ROW_STATUSES, faults=faults)
    check_choices(rows, "evidence", allowed=EVIDENCE_CLASSES, faults=faults)
    check_choices(rows, "position_quality", allowed=("commune",), faults=faults)
    counts = {name: to_numbers(rows, name, faults=faults) for name in _HEADCOUNTS}
    check_order(*counts.values(), faults=faults)
    faults.raise_if_any(SchemaError)
    reasons = away(rows, communes)
    sites = rows.assign(
        **counts,
        naf_version="NAFRev2",
        diffusible=True,
        natural_person=False,
        synthetic=False,
    )[reasons == ""]
    placed = at_seats(sites, communes=communes)
    dropped = dropped_rows(drops(path.name, rows["site_id"], reasons))
    return Loaded(tidy_sites(placed, where=path.name), dropped)


def _check_activities(naf: pd.Series, faults: Faults) -> None:
    known = naf_subclasses()
    formed = naf.str.fullmatch(NAF_FORM) & (naf != "")
    for line, code in faulty(naf, formed & ~naf.isin(list(known))):
        met = f"« naf » = « {code} » : sous-classe inconnue de la NAF rév. 2"
        faults.add(met, row=line, remedy=hint(code, known))
