"""The weighbridge of the imaginary syndicate: tickets that name its clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.producer.country import EPCIS
from tests.producer.firms import firms

if TYPE_CHECKING:
    from pathlib import Path

    from tests.producer.firms import Firm

TICKETS = "private/pesees_2025.csv"
PUBLISHED_KG = (2_010, 2_130, 1_900, 2_160)
"""Four clients of the first EPCI: 8,2 t of wood, of which none is half."""
SECRET_KG = (77_771, 66_663)
"""Two clients of another one: nothing may tell them, nor their sum."""
SECRETS = ("77771", "77,771", "66663", "66,663", "144434", "144,434")
LAYOUT: dict[str, Any] = {
    "paths": [TICKETS],
    "separator": ";",
    "columns": {
        "date": "Date",
        "product": "Produit",
        "mass": "Poids net",
        "siret": "SIRET client",
        "client": "Client",
    },
    "date_format": "%d/%m/%Y",
    "unit": "kg",
    "products": {"Bois B": "15 01 03"},
    "first_day": "2025-01-01",
    "last_day": "2025-12-31",
}


def clients() -> list[Firm]:
    """List the clients: those whose sum may be told, then the two others."""
    found: list[Firm] = []
    for siren, n_clients in (
        (EPCIS[0].siren, len(PUBLISHED_KG)),
        (EPCIS[1].siren, len(SECRET_KG)),
    ):
        mine = [
            one
            for one in firms()
            if one.commune.epci.siren == siren
            and not (one.is_hidden or one.closed)
            and one.naf[:2] in {"16", "31", "43"}
        ]
        found += mine[:n_clients]
    return found


def client_number(rank: int) -> str:
    """Return how the weighbridge calls a client: nothing else bears it."""
    return f"PONTBASCULE{rank:02d}"


def write_tickets(path: Path) -> None:
    """Write the export of the weighbridge, a ticket a client."""
    lines = ["Date;Produit;Poids net;SIRET client;Client"]
    masses = (*PUBLISHED_KG, *SECRET_KG)
    for rank, (firm, kg) in enumerate(zip(clients(), masses, strict=True)):
        number = client_number(rank)
        lines.append(f"{rank + 1:02d}/03/2025;Bois B;{kg};{firm.siret};{number}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
