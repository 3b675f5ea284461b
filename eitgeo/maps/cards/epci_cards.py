"""One A4 sheet for each EPCI: what an initiative would change for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import segno
import shapely

from eitgeo.ledger import Place
from eitgeo.maps.paper.canvas import (
    FOOT_MM,
    Page,
    card_row,
    card_title,
    fill_box,
    write_block,
)
from eitgeo.maps.paper.charter import INK, MUTED
from eitgeo.maps.paper.formats import MARGIN_MM
from eitgeo.maps.paper.map_sheet import BodySheet
from eitgeo.maps.paper.shapes import add_polygons
from eitgeo.maps.words.governance_words import (
    epci_lines,
    share_cost_range,
    share_cost_text,
    share_text,
)
from eitgeo.maps.words.hypotheses import LACKING, PART_TITLES, Gap, by_part, gaps
from eitgeo.maps.words.sentences import sentences
from eitgeo.reference.labels import epci_fact_labels
from eitgeo.tables.public import Released, ReleasedTables, tables_of
from eitgeo.words import EVIDENCE_NAMES, EVIDENCE_SYMBOLS, MISSING, NBSP

_TOP_MM = 182.0
_LEFT_MM = 124.0
_RIGHT_X_MM = 140.0
_LABEL_MM = 58.0
_SMALL = 8.2
_FACT = 7.8
_SMALLEST = 7.0
_ROW_GAP_MM = 0.8
_PART_GAP_MM = 1.2
_CODE_MM, _LEAST_CODE_MM = 26.0, 18.0
_SAY = sentences("cards", "epci_cards")
CARDS = "Fiches par EPCI"
_BODIES = "Structures dont il fait partie"
QUIET: Final = 4
"""White modules around a code, without which readers miss it (ISO/IEC 18004)."""


def epci_cards(
    public: ReleasedTables,
    *,
    epci_names: Mapping[str, str],
    division_names: Mapping[str, str],
    root_name: str,
    weak: frozenset[str],
    addresses: Mapping[str, str] | None = None,
) -> list[BodySheet]:
    """Lay out the card of each EPCI, a page each; `addresses`: what QR codes open."""
    facts = public["epci_facts"].table
    tables = tuple(tables_of(public, "epci_cards"))

    def draw(siren: str, page: Page, low_mm: float) -> None:
        epci_facts = facts[facts["epci_siren"] == siren]
        lines = epci_lines(
            epci_facts, division_names=division_names, root_name=root_name
        )
        missing = fact_gaps(
            public["epci_facts"], public["animation_budget"], siren=siren, weak=weak
        )
        facts_mm = _draw_facts(page, lines, missing)
        y = _draw_perimeters(page, perimeter_lines(public, siren, every_key=False))
        y = _draw_list(page, y - 4, _BODIES, _memberships(public, siren))
        y = _draw_list(
            page, y - 4, "Ce que le conseil aurait à décider", _SAY.texts["to_decide"]
        )
        _draw_reading(page, max(y - 4, low_mm + 11))
        if addresses and siren in addresses:
            address = addresses[siren]
            low, top = (low_mm, facts_mm)
            side = min(_CODE_MM, max(top - low - 1, _LEAST_CODE_MM))
            draw_qr(page, address, corner=(MARGIN_MM, low), side=side)
            text = _SAY("code", address=address)
            x, width = MARGIN_MM + side + 2, _LEFT_MM - side - 2
            write_block(page, x, low + side / 2 + 3, text, width=width, size=_SMALLEST)

    return [
        BodySheet(
            subject=CARDS,
            heading=_SAY("heading", name=name),
            tables=tables,
            body=partial(draw, siren),
            is_crossed=True,
            foot_mm=FOOT_MM,
        )
        for siren, name in epci_names.items()
    ]


def fact_gaps(
    facts: Released, budget: Released, *, siren: str, weak: frozenset[str]
) -> tuple[Gap, ...]:
    """Say what would make the facts of an EPCI, and what it would pay, firmer."""
    rests_on = epci_fact_labels()["rests_on"]
    every = facts.table
    is_assumed = every["epci_siren"].eq(siren) & every["evidence"].eq("H")
    assumed = budget.table["evidence"].eq("H")
    costs = frozenset({"costs"}) if assumed.any() else frozenset()
    return gaps([*rests_on[every.loc[is_assumed, "fact_id"]], *costs], weak | costs)


def perimeter_lines(
    public: ReleasedTables, siren: str, *, every_key: bool = True
) -> list[tuple[str, str, str, str]]:
    """Say what each compared perimeter asks of an EPCI; a sheet holds one key."""
    perimeters = public["perimeters"].table
    compared = perimeters[perimeters["compared"].astype(bool)]
    overlaps = public["perimeter_bodies"].table
    own_overlaps = overlaps[overlaps["body_id"] == f"epci_{siren}"]
    cells = {row["group_id"]: row for row in own_overlaps.to_dict("records")}
    every = public["cost_shares"].table
    shares = every[every["epci_siren"] == siren].groupby("perimeter_id")
    parts = {str(name): rows for name, rows in shares}
    lines = []
    for perimeter in compared.to_dict("records"):
        cell = cells.get(perimeter["perimeter_id"])
        name = str(perimeter["name"])
        if cell is None:
            lines.append((name, "en dehors", "aucune", "–"))
            continue
        whole = cell["cover"] == "entier"
        row = f"epci_{siren} / {perimeter['perimeter_id']}"
        where = Place("perimeter_bodies", row, "of_group_pct")
        share = share_text(float(cell["of_group_pct"]), where)
        place = f"{'entier' if whole else 'en partie'}, {share} des habitants"
        tail = "" if whole else " ; son territoire serait coupé"
        lines.append(
            (
                name,
                place,
                f"une, du conseil{tail}",
                _due(parts[str(perimeter["perimeter_id"])], every_key=every_key),
            )
        )
    return lines


def _due(parts: pd.DataFrame, *, every_key: bool) -> str:
    """Write what an EPCI would pay under the key of the study, and under the others."""
    chosen: dict[Any, Any] = parts[parts["chosen"] == "oui"].iloc[0].to_dict()
    cost = MISSING if chosen["missing"] else share_cost_text(chosen)
    others = share_cost_range(parts) if every_key else ""
    return " ; ".join(filter(None, [cost, others]))


def _memberships(public: ReleasedTables, siren: str) -> list[str]:
    """Name the other bodies that the EPCI belongs to, wholly or in part."""
    rows = public["epci_bodies"].table
    overlaps = rows[(rows["group_id"] == siren) & rows["body_id"].ne(f"epci_{siren}")]
    body_rows = public["bodies"].table.set_index("body_id")
    texts = []
    for row in overlaps.sort_values("body_id", kind="stable").to_dict("records"):
        name = str(body_rows["name"][row["body_id"]])
        where = Place("epci_bodies", f"{row['body_id']} / {siren}", "of_group_pct")
        share = share_text(float(row["of_group_pct"]), where)
        doubt = row["status"] == "a_confirmer" and "confirmer" not in name
        tail = " (à confirmer)" if doubt else ""
        texts.append(f"{name}{tail} : {share} des habitants de l'EPCI")
    return texts


def _draw_facts(
    page: Page, lines: Sequence[tuple[str, str, str]], lacking: Sequence[Gap]
) -> float:
    """Write what is known, what is assumed, what is missing; return where it ends."""
    parts = by_part(lines, told=lambda line: (line[1], line[2]))
    y = _TOP_MM
    for part, title in PART_TITLES.items():
        rows = [
            (label, text if text == MISSING else f"{EVIDENCE_SYMBOLS[letter]} {text}")
            for label, text, letter in parts[part]
        ]
        said = lacking if part == LACKING else ()
        if rows or said:
            y = card_title(page, (MARGIN_MM, y, _LEFT_MM), title)
            y = _draw_pairs(page, y, rows)
            y = _draw_gaps(page, y, said) - _PART_GAP_MM
    return y


def _draw_gaps(page: Page, y: float, lacking: Sequence[Gap]) -> float:
    for gap in lacking:
        text = f"{gap.what}{NBSP}: {gap.where}"
        room = {"width": _LEFT_MM, "size": _SMALLEST}
        y = write_block(page, MARGIN_MM, y, text, **room) - 0.4
    return y


def _draw_pairs(page: Page, y: float, rows: Sequence[tuple[str, str]]) -> float:
    for label, text in rows:
        room = {"width": _LABEL_MM - 2, "size": _FACT}
        low = write_block(page, MARGIN_MM, y, label, color=MUTED, **room)
        value = {"width": _LEFT_MM - _LABEL_MM, "size": _FACT}
        end = write_block(page, MARGIN_MM + _LABEL_MM, y, text, **value)
        y = min(low, end) - _ROW_GAP_MM
    return y


def _draw_perimeters(page: Page, lines: Sequence[tuple[str, str, str, str]]) -> float:
    width = page.width_mm - MARGIN_MM - _RIGHT_X_MM
    y = card_title(page, (_RIGHT_X_MM, _TOP_MM, width), "Dans chaque périmètre comparé")
    widths = (46.0, 31.0, 29.0, 40.0)
    heads = (
        "Périmètre",
        "Place de l'EPCI",
        "Délibération",
        f"{EVIDENCE_SYMBOLS['H']} Reste à charge (supposé)",
    )
    y = card_row(page, (_RIGHT_X_MM, y), heads, widths, bold=True)
    for line in lines:
        y = card_row(page, (_RIGHT_X_MM, y), line, widths)
    return y


def _draw_list(page: Page, y: float, title: str, texts: Sequence[str]) -> float:
    width = page.width_mm - MARGIN_MM - _RIGHT_X_MM
    y = card_title(page, (_RIGHT_X_MM, y, width), title)
    for text in texts or ["Aucune connue dans l'étude."]:
        y = write_block(page, _RIGHT_X_MM, y, text, width=width, size=_SMALL)
    return y


def _draw_reading(page: Page, y: float) -> None:
    classes = " · ".join(
        f"{EVIDENCE_SYMBOLS[letter]} {name}" for letter, name in EVIDENCE_NAMES.items()
    )
    text = _SAY("reading", classes=classes)
    width = page.width_mm - MARGIN_MM - _RIGHT_X_MM
    write_block(page, _RIGHT_X_MM, y, text, width=width, size=_SMALLEST, color=MUTED)


def qr_modules(address: str) -> npt.NDArray[np.bool_]:
    """Return the modules of a code, dark ones true, without the quiet zone.

    Examples
    --------
    >>> modules = qr_modules("https://a.fr/")
    >>> modules.shape, bool(modules[0, :7].all())
    ((21, 21), True)
    """
    code = segno.make_qr(address, error="m", boost_error=False)
    return np.array([list(row) for row in code.matrix], dtype=bool)


def draw_qr(
    page: Page, address: str, *, corner: tuple[float, float], side: float
) -> None:
    """Draw a code whose quiet zone has its low left corner there [mm]."""
    modules = qr_modules(address)
    count = len(modules)
    step = side / (count + 2 * QUIET)
    left, low = corner
    fill_box(page, (left, low, side, side), facecolor="white", linewidth=0)
    rows, columns = np.nonzero(modules)
    x = left + (columns + QUIET) * step
    y = low + (count - 1 - rows + QUIET) * step
    # One shape: neighbours drawn apart would show hairlines between them.
    squares = shapely.box(x, y, x + step, y + step)
    joined = shapely.union_all(squares, grid_size=step / 1000)
    add_polygons(page.sheet, [joined], facecolor=INK, edgecolor="none", zorder=5)
