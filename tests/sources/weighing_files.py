"""A weighbridge made by hand: 28 tickets whose sums were done on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.reference.siret import siret_fault
from eitgeo.study.asked import Weighings

if TYPE_CHECKING:
    from pathlib import Path

A, B, C, D = "73282932000074", "39931827800021", "37804049700034", "44306184100047"
E = "55208131766522"
"""Five firms; the study knows the first four."""


def siret_of(siren: str) -> str:
    """Give an establishment of a SIREN whose key is right."""
    return next(
        one for n in range(100) if siret_fault(one := f"{siren}{n:05d}") is None
    )


TOWN = siret_of("213100019")
"""A commune: its SIREN starts with 2."""

WRONG = "73282932000075"
HEADER = (
    "N°",
    "Date",
    "SIRET",
    "APE",
    "Client",
    "Produit",
    "Poids net",
    "Site",
    "État",
)
NORTH, SOUTH = "Quai Nord", "Quai  sud"

TICKETS: list[tuple[str, ...]] = [
    ("1", "02/01/2025", A, "", "", "Bois B", "1000", NORTH, ""),
    ("2", "03/01/2025", A, "", "", "Bois B", "1500", NORTH, ""),
    ("3", "03/01/2025", B, "", "", "bois b", "2000,5", NORTH, ""),
    ("4", "04/02/2025", C, "", "", "Bois B", "3 000", NORTH, ""),
    ("5", "05/02/2025", D, "", "", "Bois B", "2\u202f500", SOUTH, ""),
    ("6", "06/02/2025", A, "", "", "Bois B", "-200", NORTH, "Avoir"),
    ("7", "07/02/2025", A, "", "", "Cartons", "9000", NORTH, ""),
    ("8", "07/02/2025", B, "", "", "Cartons", "300", NORTH, ""),
    ("9", "07/02/2025", C, "", "", "Cartons", "200", NORTH, ""),
    ("10", "01/03/2025", B, "", "", "DIB", "5000", SOUTH, ""),
    ("11", "01/03/2025", C, "", "", "DIB", "4000", SOUTH, ""),
    ("12", "02/03/2025", E, "", "", "Gravats", "8000", SOUTH, ""),
    ("13", "03/03/2025", TOWN, "", "", "DIB", "4000", SOUTH, ""),
    ("14", "04/03/2025", TOWN, "", "", "DIB", "4000", SOUTH, ""),
    ("15", "05/03/2025", "", "", "", "Bois B", "700", NORTH, ""),
    ("16", "06/03/2025", WRONG, "25.11Z", "C-77", "Bois B", "450", NORTH, ""),
    ("17", "07/03/2025", WRONG, "56.10A", "", "Biodéchets", "120", "", ""),
    ("18", "08/04/2025", A, "", "", "Pneus", "600", "Quai perdu", ""),
    ("19", "09/04/2025", A, "", "", "Bois B", "0,5", NORTH, ""),
    ("20", "10/05/2025", B, "", "", "Bois B", "0,25", NORTH, ""),
    ("21", "30/06/2025", D, "", "", "Bois B", "99,25", SOUTH, ""),
    ("22", "30/06/2025", C, "", "", "Bois B", "9999", NORTH, "Annulé"),
    ("23", "30/06/2025", A, "", "", "DIB", "8888", NORTH, "annulé"),
    ("3", "03/01/2025", B, "", "", "bois b", "2000,5", NORTH, ""),
    ("11", "01/03/2025", C, "", "", "DIB", "4000", SOUTH, ""),
    ("24", "12/05/2025", A, "", "", "Vente compost", "777", NORTH, ""),
    ("25", "12/05/2025", B, "", "", "Vente compost", "777", NORTH, ""),
    ("26", "12/05/2025", "", "", "", "Vente compost", "777", NORTH, ""),
]
N_KEPT = 21
TOTAL_KG = 46_270.5
"""9 900.5 of wood, 9 500, 9 000, 8 000, 8 000, 700, 450, 120, 600."""

WOOD_KG = {A: 2300.5, B: 2000.75, C: 3000.0, D: 2599.25}

LAYOUT: dict[str, Any] = {
    "paths": ["private/pesees.csv"],
    "columns": {
        "ticket": "N°",
        "date": "Date",
        "siret": "SIRET",
        "naf": "APE",
        "client": "Client",
        "product": "Produit",
        "mass": "Poids net",
        "site": "Site",
        "state": "État",
    },
    "unit": "kg",
    "products": {
        "Bois B": "15 01 03",
        "Cartons": "W072",
        "DIB": "20 03 01",
        "Gravats": "17 01 01",
        "Biodéchets": "20 01 08",
        "Vente compost": "",
    },
    "sites": {NORTH: "quai_nord", "Quai sud": "quai_sud"},
    "cancelled": ["Annulé"],
}


def layout(**changes: Any) -> Weighings:
    """Return the section of a study that maps these columns."""
    return Weighings.model_validate(LAYOUT | changes)


def csv_of(*tickets: tuple[str, ...]) -> bytes:
    """Write tickets as the scales of many a site do: Windows-1252, semicolons."""
    rows = [HEADER, *(tickets or TICKETS)]
    text = "".join(";".join(row) + "\r\n" for row in rows)
    return text.replace("\u202f", "\u00a0").encode("cp1252")


def write_tickets(path: Path, *tickets: tuple[str, ...]) -> Path:
    """Write a file of tickets, by default all those made by hand."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(csv_of(*tickets))
    return path
