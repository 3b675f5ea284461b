"""Named establishments: anchors that a public source describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources._places import at_seats, keep_inside
from eitgeo.sources._rows import (
    check_choices,
    check_codes,
    check_key,
    check_order,
    check_pattern,
    read_rows,
    to_numbers,
)
from eitgeo.sources.outlets import ROW_STATUSES
from eitgeo.tables import EVIDENCE_CLASSES, validate

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
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


def read_anchors(path: Path, *, communes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Read the named establishments, at the seat of their commune.

    Parameters
    ----------
    path
        CSV with ``site_id``, ``siret``, ``name``, ``naf`` (NAF rév. 2 sub-class or
        empty), ``code_insee``, ``headcount_low``, ``headcount_mid``,
        ``headcount_high`` (empty where unknown), ``position_quality`` (commune),
        ``status``, ``evidence``, ``source``. Legal persons only.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m]; rows of other
        communes are left out and named in the log.

    Returns
    -------
    geopandas.GeoDataFrame
        Table ``sites``, EPSG:2154, ``synthetic`` False.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, repeated site, malformed NAF, SIRET or commune
        code, decimal comma, headcounts out of order …
    """
    rows = read_rows(path, columns=_NEEDED)
    faults = Faults(path.name)
    check_key(rows, ["site_id"], faults=faults)
    check_codes(rows, faults=faults)
    check_pattern(rows, "naf", pattern=NAF_FORM, example="17.11Z", faults=faults)
    check_pattern(
        rows, "siret", pattern=SIRET_FORM, example="39931827800021", faults=faults
    )
    check_choices(rows, "status", allowed=ROW_STATUSES, faults=faults)
    check_choices(rows, "evidence", allowed=EVIDENCE_CLASSES, faults=faults)
    check_choices(rows, "position_quality", allowed=("commune",), faults=faults)
    counts = {name: to_numbers(rows, name, faults=faults) for name in _HEADCOUNTS}
    check_order(*counts.values(), faults=faults)
    faults.raise_if_any(SchemaError)
    inside = keep_inside(rows.assign(**counts), communes=communes, path=path)
    sites = inside.assign(
        naf_version="NAFRev2",
        diffusible=True,
        natural_person=False,
        synthetic=False,
    )
    placed = at_seats(sites, communes=communes)
    return validate(placed, table="sites", where=path.name)
