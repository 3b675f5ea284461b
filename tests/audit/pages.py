"""A published folder as small as can be: the comparator, a workbook, texts."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from docx import Document

from eitgeo.audit.published import Published

LEVELS = ("value", "low", "high")


def write_folder(folder: Path, published: Published) -> Path:
    """Write the page of what is published, and the workbook of its tonnage."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(payload_of(published))
    page = f'<script type="application/json" id="donnees">{text}</script>'
    (folder / "DEMO_comparateur.html").write_text(page, encoding="utf-8")
    write_deposits(folder, published)
    return folder


def payload_of(published: Published) -> dict[str, Any]:
    """Return the data of a page."""
    codes = list(published.communes["code_insee"])
    sirens = sorted(set(published.communes["epci_siren"]))
    names = published.figures.drop_duplicates("perimeter_id")
    return {
        "communes": {
            "code": codes,
            "name": list(published.communes["name"]),
            "epci": [sirens.index(one) for one in published.communes["epci_siren"]],
        },
        "epci": [{"siren": one, "name": f"EPCI {one}"} for one in sirens],
        "perimeters": [
            {"id": name, "codes": sorted(map(codes.index, inside))}
            for name, inside in zip(names["perimeter_id"], names["codes"], strict=True)
        ],
        "unions": {"id": [], "epci": []},
        "published": {
            "perimeters": packed(published, list(names["perimeter_id"])),
            "unions": {},
        },
        "blocks": {
            str(name): block_lists(rows, codes)
            for name, rows in published.blocks.groupby("indicator_id")
        },
        "cells": [
            [donor, list(takers), t]
            for donor, takers, t in published.cells[
                ["donor_id", "receiver_ids", "value"]
            ].itertuples(index=False)
        ],
    }


def packed(published: Published, names: list[str]) -> dict[str, Any]:
    """Pack the figures of perimeters."""
    return {
        str(indicator): {
            **{
                one: plain(rows.set_index("perimeter_id").loc[names, one])
                for one in LEVELS
            },
            "note": [0] * len(names),
            "notes": [""],
        }
        for indicator, rows in published.figures.groupby("indicator_id")
    }


def block_lists(rows: Any, codes: list[str]) -> dict[str, Any]:
    """List blocks as the page does."""
    return {
        "id": list(rows["block_id"]),
        "shown": [int(one) for one in rows["shown"]],
        "draws": [list(one) or None for one in rows["draws"]],
        "units": [
            number
            for rank, inside in enumerate(rows["codes"])
            for code in inside
            for number in (codes.index(code), rank, 1)
        ],
        **{one: plain(rows[one]) for one in (*LEVELS, "top_low", "top_high")},
    }


def plain(values: Any) -> list[float | None]:
    """Write numbers as JSON does."""
    return [None if np.isnan(one) else float(one) for one in values]


def write_deposits(folder: Path, published: Published, *more: tuple[Any, ...]) -> None:
    """Write the tonnage of each block, one significant figure, and other rows."""
    names = published.communes.set_index("code_insee")
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Gisements"
    page.append(["DÉMONSTRATION"])
    levels = ["Ordre de (t/an)", "Bas (t/an)", "Haut (t/an)"]
    page.append(["EPCI", "Communes", "Origine", *levels])
    rows = published.blocks[published.blocks["indicator_id"] == "deposit_t"]
    for row in rows[rows["shown"]].to_dict("records"):
        told = [float(f"{row[one]:.1g}") for one in LEVELS]
        said = ", ".join(names["name"][list(row["codes"])])
        page.append([names["epci_name"][row["codes"][0]], said, "estimé", *told])
    for one in more:
        page.append(list(one))
    book.save(folder / "DEMO_gisements_echanges.xlsx")


def write_document(folder: Path, *sentences: str) -> None:
    """Write a document."""
    document = Document()
    for one in sentences:
        document.add_paragraph(one)
    document.save(str(folder / "DEMO_dossier.docx"))
