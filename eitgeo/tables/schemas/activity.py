"""Tables of activity as registers count it: commune × sector × measure.

The table of URSSAF (ODbL) is never merged with another, nor put in a layer of the IGN.
A commune that a source covers has all its rows, zeros included; one that it does not
cover has none.
"""

from eitgeo.tables.columns import COMMUNE, Column, TableSpec, count, number, text

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


ACTIVITY_SPECS = [
    TableSpec(
        "activity_urssaf",
        ("code_insee", "sector", "measure"),
        {
            "code_insee": text(pattern=COMMUNE),
            "sector": text(*URSSAF_SECTORS),
            "measure": text(*URSSAF_MEASURES),
            **_figures(),
        },
    ),
    TableSpec(
        "activity_insee",
        ("code_insee", "sector", "measure"),
        {
            "code_insee": text(pattern=COMMUNE),
            "sector": text(*INSEE_SECTORS),
            "measure": text(*INSEE_MEASURES),
            **_figures(),
        },
    ),
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
