"""The A4 sheet of the syndicate: account, members, landfill, what to ask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eitgeo.flows.exchanges.syndicate_account import BALANCE
from eitgeo.maps.paper.canvas import (
    FOOT_MM,
    Page,
    card_row,
    card_title,
    french_ticks,
    wrap,
    write_block,
)
from eitgeo.maps.paper.charter import INK, MUTED, TEXT_PT
from eitgeo.maps.paper.formats import MARGIN_MM
from eitgeo.maps.paper.map_sheet import BodySheet
from eitgeo.maps.words.account_words import (
    ACCOUNT_QUESTION,
    Line,
    Named,
    account_answer,
    account_clauses,
    detail_of,
    lines_of,
    space_sentences,
)
from eitgeo.maps.words.sentences import sentences
from eitgeo.tables.public import Released
from eitgeo.words import (
    EVIDENCE_NAMES,
    EVIDENCE_SYMBOLS,
    NBSP,
    first_upper,
    name_key,
    typographic,
)

_SAY = sentences("cards", "syndicate_sheet")
_TOP_MM = 182.0
_LEFT_MM = 136.0
_RIGHT_X_MM = 152.0
_SIZE, _SMALL, _SMALLEST = TEXT_PT, 7.0, 6.6
_LINE_WIDTHS = (54.0, 82.0)
_MEMBER_WIDTHS = (61.0, 74.0)
_TERM_WIDTHS = (41.0, 94.0)
_CHART_MM = 44.0
_LABEL_MM = 50.0
_MOST_MEMBERS = 10
_WITHHELD = "des flux sont tus (secret statistique) : le total les compte"
_LOSS, _GAIN = "#8c3d0a", "#01665e"


def syndicate_sheet(
    account: Released, named: Named, *, if_part: str, beside: tuple[Released, ...] = ()
) -> BodySheet:
    """Draw the account on one A4 sheet; `if_part` says on what exchanges rest.

    `beside`: what names outlets and members.
    """
    answer = account_answer(account)

    def draw(page: Page, low_mm: float) -> None:
        y = _draw_account(page, account, named, (if_part, answer))
        y = _draw_bars(page, y, lines_of(account, named, "compte"))
        _draw_reading(page, max(y, low_mm + 12))
        y = _draw_members(page, account, named)
        y = _draw_space(page, y - 2, account, named)
        _draw_terms(page, y - 2, account, named)

    return BodySheet(
        subject=ACCOUNT_QUESTION,
        heading=ACCOUNT_QUESTION,
        tables=(account, *beside),
        body=draw,
        is_crossed=True,
        foot_mm=FOOT_MM,
    )


def _draw_account(
    page: Page, account: Released, named: Named, said: tuple[str, str]
) -> float:
    if_part, answer = said
    title = f"Le compte d’une année, {if_part}"
    y = card_title(page, (MARGIN_MM, _TOP_MM, _LEFT_MM), title)
    room = {"width": _LEFT_MM, "size": _SIZE}
    y = write_block(page, MARGIN_MM, y, answer, **room) - 1.0
    for line in lines_of(account, named, "compte", "reste"):
        y = _row(page, y, line, bold=line.key[0] == BALANCE)
    y -= 1.0
    for line in lines_of(account, named, "matiere"):
        y = _row(page, y, line, bold=True)
    details = detail_of(account, named, "out_t")
    for plant in (line for line in details if not line.key[2]):
        y = _row(page, y, plant._replace(label=f"dont {plant.label}"))
        if text := _streams([one for one in details if one.key[1] == plant.key[1]]):
            room = {"width": _LEFT_MM - 4, "size": _SMALL}
            y = (
                write_block(page, MARGIN_MM + 4, y + 0.2, text, color=MUTED, **room)
                - 0.8
            )
    return y


def _streams(lines: Sequence[Line]) -> str:
    """Tell what a plant would no longer take, and that some of it is withheld."""
    streams = [line for line in lines if line.key[2]]
    parts = [
        f"{line.label.lower()}{NBSP}: {line.text}"
        for line in streams
        if not line.is_unknown
    ]
    if len(parts) < len(streams):
        parts.append(_WITHHELD)
    return " ; ".join(parts)


def _row(page: Page, y: float, line: Line, *, bold: bool = False) -> float:
    texts = (line.label, line.text)
    place = (MARGIN_MM, y)
    return card_row(page, place, texts, _LINE_WIDTHS, bold=bold, size=_SIZE) + 0.3


def _draw_bars(page: Page, y: float, lines: Sequence[Line]) -> float:
    """Draw gains and losses as bars, with their intervals; none without a balance."""
    shown = [line for line in lines if np.isfinite(line.levels[1])]
    if BALANCE not in {line.key[0] for line in shown}:
        return y
    low = y - _CHART_MM
    axes = page.axes(
        MARGIN_MM + _LABEL_MM, low + 5, _LEFT_MM - _LABEL_MM - 4, _CHART_MM - 11
    )
    places = np.arange(len(shown))[::-1]
    for place, line in zip(places, shown, strict=True):
        least, middle, most = line.levels
        colour = INK if line.key[0] == BALANCE else _GAIN if middle >= 0 else _LOSS
        axes.barh(place, middle, height=0.62, color=colour, alpha=0.85, zorder=2)
        axes.plot([least, most], [place, place], color=MUTED, lw=1.4, zorder=3)
    axes.axvline(0, color=INK, lw=0.8, zorder=4)
    axes.set_yticks(places, [_bar_label(line.label) for line in shown])
    axes.tick_params(labelsize=_SMALL, length=2)
    axes.set_title(
        typographic("Euros par an : bilan et ce qui le fait"), size=_SIZE, loc="left"
    )
    french_ticks(axes.xaxis)
    axes.locator_params(axis="x", nbins=6)
    axes.grid(axis="x", color=MUTED, alpha=0.25, lw=0.5)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.patch.set_alpha(0.0)
    return low - 1.0


def _bar_label(label: str) -> str:
    return "\n".join(wrap(label, _LABEL_MM - 4, size_pt=_SMALL))


def _draw_reading(page: Page, y: float) -> None:
    classes = " · ".join(
        f"{EVIDENCE_SYMBOLS[letter]} {name}" for letter, name in EVIDENCE_NAMES.items()
    )
    text = _SAY("reading", symbol=EVIDENCE_SYMBOLS["H"], classes=classes)
    room = {"width": _LEFT_MM, "size": _SMALL}
    write_block(page, MARGIN_MM, y, text, color=MUTED, **room)


def _draw_members(page: Page, account: Released, named: Named) -> float:
    whole = lines_of(account, named, "membres")
    title = "Par membre, au prorata de la population (clé à négocier)"
    y = card_title(page, (_RIGHT_X_MM, _TOP_MM, _right_mm(page)), title)
    members = detail_of(account, named, "member_eur")
    members = sorted(members, key=lambda line: name_key(line.label))
    for line in [*whole, *members[:_MOST_MEMBERS]]:
        if not line.key[3] and line.key[0] == "member_eur":
            continue
        texts = (line.label, line.text)
        bold = not line.key[3]
        place = (_RIGHT_X_MM, y)
        y = card_row(page, place, texts, _MEMBER_WIDTHS, bold=bold, size=_SMALL) + 0.5
    others = _SAY("others") if len(members) > _MOST_MEMBERS else ""
    note = _SAY("members", others=others)
    return _note(page, y, note)


def _note(page: Page, y: float, text: str, *, muted: bool = True) -> float:
    colour = {"color": MUTED} if muted else {}
    room = {"width": _right_mm(page), "size": _SMALL}
    return write_block(page, _RIGHT_X_MM, y, text, **room, **colour)


def _right_mm(page: Page) -> float:
    return page.width_mm - MARGIN_MM - _RIGHT_X_MM


def _draw_space(page: Page, y: float, account: Released, named: Named) -> float:
    y = card_title(page, (_RIGHT_X_MM, y, _right_mm(page)), "Place dans son stockage")
    lines = lines_of(account, named, "place")
    figures = " ; ".join(f"{line.label.lower()}{NBSP}: {line.text}" for line in lines)
    y = _note(page, y, f"{first_upper(figures)}.", muted=False)
    for note in dict.fromkeys(line.note for line in lines if line.note):
        y = _note(page, y, f"{first_upper(note)}.")
    for sentence in space_sentences(account):
        y = _note(page, y - 0.4, sentence, muted=False)
    return y


def _draw_terms(page: Page, y: float, account: Released, named: Named) -> float:
    title = "Ce qui est à renégocier, et à qui le demander"
    y = card_title(page, (_RIGHT_X_MM, y, _right_mm(page)), title)
    for clause in account_clauses(account, named):
        size = f"{NBSP}: {clause.size.text}" if clause.size else ""
        asked = f"{clause.stake} {clause.question} → {clause.who}"
        texts = (f"{clause.label}{size}", asked)
        y = card_row(page, (_RIGHT_X_MM, y), texts, _TERM_WIDTHS, size=_SMALLEST) + 0.3
    return y
