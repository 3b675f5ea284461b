"""Tables of activity as registers count it: commune × sector × measure.

The table of URSSAF (ODbL) is never merged with another, nor put in a layer of the IGN.
A commune that a source covers has all its rows, zeros included; one that it does not
cover has none.
"""

from eitgeo.tables.columns import (
    COMMUNE,
    Column,
    TableSpec,
    count,
    number,
    text,
)

URSSAF_SECTORS = (
    "industry",
    "construction",
    "trade",
    "hospitality",
    "market_services",
    "temp_work",
    "public_services",
)
"""Private employers outside agriculture, as URSSAF's seven « grands secteurs »."""

INSEE_SECTORS = (
    "all",
    "agriculture",
    "industry",
    "construction",
    "trade_services",
    "public",
)
"""The five sectors of INSEE's « comparateur de territoires », and their sum."""

URSSAF_MEASURES = ("employers", "employees")
INSEE_MEASURES = (
    "establishments",
    "establishments_1_9",
    "establishments_10_plus",
    "jobs",
    "employee_jobs",
)
"""Sizes and jobs are told for ``all`` alone."""

COUNTED_FACTS = (
    "employeurs",
    "salaries",
    "salaries_industrie",
    "etablissements",
    "etablissements_industrie",
    "etablissements_10",
)
"""Facts by commune that perimeters sum, told by URSSAF, then by INSEE."""

_DAY = r"^\d{4}-\d{2}-\d{2}$"
_SUBCLASS = r"^\d{2}\.\d{2}[A-Z]$"


def _figures() -> dict[str, Column]:
    return {
        "value": number(0.0),
        "vintage": text(pattern=_DAY),
        "evidence": text("O", "S"),
        "source": text(),
    }


def _by_sector(
    name: str, sectors: tuple[str, ...], measures: tuple[str, ...]
) -> TableSpec:
    return TableSpec(
        name,
        ("code_insee", "sector", "measure"),
        {
            "code_insee": text(pattern=COMMUNE),
            "sector": text(*sectors),
            "measure": text(*measures),
            **_figures(),
        },
    )


ACTIVITY_SPECS = [
    # Points of the files that a study names, one kind a file; no name of them leaves.
    TableSpec(
        "points",
        ("point_id", "kind"),
        {
            "point_id": text(),
            "kind": text(pattern=r"^[a-z][a-z0-9_]*$"),
            "name": text(),
            "label": text(),
            "code_insee": text(pattern=COMMUNE),
            "position_quality": text("exacte", "commune"),
        },
        has_geometry=True,
    ),
    _by_sector("activity_urssaf", URSSAF_SECTORS, URSSAF_MEASURES),
    _by_sector("activity_insee", INSEE_SECTORS, INSEE_MEASURES),
    TableSpec(
        "activity_ape",
        ("code_insee", "naf", "measure"),
        {
            "code_insee": text(pattern=COMMUNE),
            "sector": text(*URSSAF_SECTORS),
            "naf": text(pattern=_SUBCLASS),
            "measure": text(*URSSAF_MEASURES),
            **_figures(),
        },
    ),
    # Internal: which cell of the counts each site is in (empty: drawn otherwise).
    TableSpec(
        "site_sectors",
        ("site_id",),
        {
            "site_id": text(),
            "code_insee": text(pattern=COMMUNE),
            "sector": text("", *URSSAF_SECTORS, "public"),
        },
    ),
    TableSpec(
        "counted_sectors",
        ("producer", "measure", "sector"),
        {
            "producer": text("URSSAF", "INSEE"),
            "sector": text(*dict.fromkeys((*URSSAF_SECTORS, *INSEE_SECTORS))),
            "measure": text(*URSSAF_MEASURES, *INSEE_MEASURES),
            "value": number(0.0),
            "part_pct": number(0.0, 100.0),
            "quotient": number(0.0),
            "reference": text(),
            "n_missed": count(),
            "vintage": text(pattern=_DAY),
            "evidence": text("O", "S"),
        },
    ),
]
