"""The payload of a published page: blocks, draws, cells, figures of perimeters."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pandas as pd

from eitgeo.errors import SourceError, unread_reason

LEVELS = ("value", "low", "high")
DECLARED = "declare"
_PAYLOAD = re.compile(
    r'<script type="application/json"[^>]*>(?P<text>.*?)</script>', re.DOTALL
)


def read_payload(path: Path) -> dict[str, Any]:
    """Read the data that a page carries, the first of them where there are several."""
    return next(iter(read_payloads(path)), {})


def read_payloads(path: Path) -> list[dict[str, Any]]:
    """Read all the data that a page carries."""
    try:
        page = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = unread_reason(error) if isinstance(error, OSError) else "pas en UTF-8"
        message = f"{path.name} : illisible ({reason}) → refaire « eitgeo run »"
        raise SourceError(message) from error
    try:
        return [json.loads(met["text"]) for met in _PAYLOAD.finditer(page)]
    except ValueError as error:
        message = f"{path.name} : données abîmées → refaire « eitgeo run »"
        raise SourceError(message) from error


def commune_table(payload: dict[str, Any]) -> pd.DataFrame:
    """List the communes of a payload."""
    communes, epci = payload["communes"], payload["epci"]
    return pd.DataFrame(
        {
            "code_insee": communes["code"],
            "name": communes["name"],
            "epci_siren": [epci[rank]["siren"] for rank in communes["epci"]],
            "epci_name": [epci[rank]["name"] for rank in communes["epci"]],
        },
        dtype="str",
    )


def block_table(payload: dict[str, Any]) -> pd.DataFrame:
    """List the blocks of a payload."""
    codes = payload["communes"]["code"]
    rows = []
    for name, columns in payload["blocks"].items():
        inside: dict[int, list[str]] = {}
        units = columns["units"]
        for commune, block in zip(units[::3], units[1::3], strict=True):
            inside.setdefault(block, []).append(codes[commune])
        for rank, block_id in enumerate(columns["id"]):
            draws = columns["draws"][rank] if columns.get("draws") else None
            rows.append(
                {
                    "indicator_id": name,
                    "block_id": block_id,
                    "declared": str(block_id).startswith(f"{DECLARED}_"),
                    "codes": tuple(inside.get(rank, ())),
                    "shown": bool(columns["shown"][rank]),
                    "draws": tuple(draws or ()),
                    **{
                        level: _number(columns.get(level), rank)
                        for level in (*LEVELS, "top_low", "top_high")
                    },
                }
            )
    return pd.DataFrame(rows)


def cell_table(payload: dict[str, Any]) -> pd.DataFrame:
    """List the cells of exchanges of a payload."""
    rows = [(donor, tuple(takers), float(t)) for donor, takers, t in payload["cells"]]
    return pd.DataFrame(rows, columns=["donor_id", "receiver_ids", "value"])


def figure_table(payload: dict[str, Any]) -> pd.DataFrame:
    """List the figures of perimeters and of unions of a payload."""
    codes, epci = payload["communes"]["code"], payload["communes"]["epci"]
    compared = [
        (one["id"], frozenset(codes[rank] for rank in one["codes"]))
        for one in payload["perimeters"]
    ]
    unions = payload["unions"]
    listed = [
        (name, frozenset(c for c, e in zip(codes, epci, strict=True) if e in held))
        for name, held in zip(unions["id"], map(frozenset, unions["epci"]), strict=True)
    ]
    rows = []
    for group, names in (("perimeters", compared), ("unions", listed)):
        for indicator, held in payload["published"][group].items():
            for rank, (name, inside) in enumerate(names):
                value = _number(held["value"], rank)
                row = {"perimeter_id": name, "codes": inside, "value": value}
                row["indicator_id"] = indicator
                for level in ("low", "high"):
                    known = held[level]
                    row[level] = value if known is None else _number(known, rank)
                row["note"] = held["notes"][held["note"][rank]]
                rows.append(row)
    return pd.DataFrame(rows)


def _number(values: list[float | None] | None, rank: int) -> float:
    value = None if values is None else values[rank]
    return math.nan if value is None else float(value)
