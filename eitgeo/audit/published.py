"""All that a published folder says of estimates, read back from its files alone."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from eitgeo.audit.texts import (
    layer_rows,
    normalize_text,
    table_with,
    workbook_pages,
)
from eitgeo.errors import SourceError, unread_reason
from eitgeo.study.prints import files_published

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


PAGE = "comparateur.html"
_DEPOSITS = ("EPCI", "Communes", "Ordre de (t/an)", "Bas (t/an)", "Haut (t/an)")
_EXCHANGES = ("EPCI donneur", "EPCI preneur", "Ordre de (t/an)")
_ZONES = ("N°", "Code INSEE", "Emplois (classe)")


@dataclass(frozen=True)
class Published:
    """What an attacker reads.

    ``communes``: ``code_insee``, ``name``, ``epci_siren``, ``epci_name``. ``blocks``,
    ``cells``, ``figures``: from the payload of the comparator. ``deposits``: rows of
    tonnage by group of communes, in workbooks and layers: ``file``, ``epci``,
    ``communes``, ``value``, ``low``, ``high`` or ``words``. ``exchanges``: rows of
    exchanges between EPCI: ``file``, ``donor``, ``receiver``, ``value`` or ``words``.
    ``zones``: ``zone_id``, ``code_insee``, ``jobs_class``. ``files``: all files of the
    folder.
    """

    communes: pd.DataFrame = field(repr=False)
    blocks: pd.DataFrame = field(repr=False)
    cells: pd.DataFrame = field(repr=False)
    figures: pd.DataFrame = field(repr=False)
    deposits: pd.DataFrame = field(repr=False)
    exchanges: pd.DataFrame = field(repr=False)
    zones: pd.DataFrame = field(repr=False)
    files: tuple[Path, ...] = field(default=(), repr=False)


def read_published(folder: Path) -> Published:
    """Read a published folder."""
    root = folder / "maps" if (folder / "maps").is_dir() else folder
    files = tuple(files_published(root))
    pages = [path for path in files if path.name.endswith(PAGE)]
    payload = read_payload(pages[0]) if pages else {}
    if "blocks" not in payload:
        message = (
            f"{folder} : aucun « {PAGE} » publié → faire d'abord « eitgeo run », "
            "ou donner le dossier qui contient « maps »"
        )
        raise SourceError(message)
    return Published(
        communes=commune_table(payload),
        blocks=block_table(payload),
        cells=cell_table(payload),
        figures=figure_table(payload),
        files=files,
        **_workbooks(files),
    )


def _workbooks(files: tuple[Path, ...]) -> dict[str, pd.DataFrame]:
    deposits, exchanges = [_DEPOSIT_ROWS], [_EXCHANGE_ROWS]
    zones = [_ZONE_ROWS]
    for path in files:
        if path.suffix == ".xlsx":
            for _, rows in workbook_pages(path):
                deposits += _laid(table_with(rows, _DEPOSITS), path, _DEPOSIT_HEADS)
                exchanges += _laid(table_with(rows, _EXCHANGES), path, _EXCHANGE_HEADS)
                zones += _laid(table_with(rows, _ZONES), path, _ZONE_HEADS)
        elif path.suffix == ".gpkg":
            for name, layer in layer_rows(path):
                if name == "gisements":
                    deposits += _laid(layer, path, _DEPOSIT_FIELDS)
                elif name == "echanges":
                    exchanges += _laid(layer, path, _EXCHANGE_FIELDS)
    return {
        "deposits": _joined(deposits),
        "exchanges": _joined(exchanges),
        "zones": _joined(zones),
    }


_DEPOSIT_HEADS = {
    "EPCI": "epci",
    "Communes": "communes",
    "Origine": "origin",
    "Ordre de (t/an)": "value",
    "Bas (t/an)": "low",
    "Haut (t/an)": "high",
}
_DEPOSIT_FIELDS = {"communes": "communes", "tonnes": "words"}
_EXCHANGE_HEADS = {
    "EPCI donneur": "donor",
    "EPCI preneur": "receiver",
    "Ordre de (t/an)": "value",
}
_EXCHANGE_FIELDS = {"donor": "donor", "receiver": "receiver", "tonnes": "words"}
_ZONE_HEADS = {
    "N°": "zone_id",
    "Code INSEE": "code_insee",
    "Emplois (classe)": "jobs_class",
}
_NUMBERS = ("value", "low", "high")
_DEPOSIT_ROWS = pd.DataFrame(
    columns=["file", "epci", "communes", "origin", "value", "low", "high", "words"]
)
_EXCHANGE_ROWS = pd.DataFrame(columns=["file", "donor", "receiver", "value", "words"])
_ZONE_ROWS = pd.DataFrame(columns=["file", "zone_id", "code_insee", "jobs_class"])


def _laid(
    table: pd.DataFrame | None, path: Path, heads: dict[str, str]
) -> list[pd.DataFrame]:
    if table is None or not set(heads) <= set(table.columns):
        return []
    laid = table[list(heads)].rename(columns=heads)
    for name in laid.columns:
        if name in _NUMBERS:
            laid[name] = pd.to_numeric(laid[name], errors="coerce")
        else:
            laid[name] = [normalize_text(cell) for cell in laid[name]]
    return [laid.assign(file=path.name)]


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    blank, *tables = parts
    if not tables:
        return blank
    return pd.concat(tables, ignore_index=True).reindex(columns=blank.columns)
