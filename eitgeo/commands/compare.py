"""Compare any perimeters of a study that has been run: lines, workbook, sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.commands.compared import sign_compared
from eitgeo.disclosure.door.passing import released
from eitgeo.errors import StudyError
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.paper.side import CardRow
from eitgeo.maps.words.cards import GapRow, card_rows, gap_rows
from eitgeo.maps.workbooks.table import comparison_xlsx
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.decision.decision import decide
from eitgeo.steps.decision.ranking import TABLES
from eitgeo.steps.engine.contract import STATE_FOLDER
from eitgeo.steps.engine.keeper import StepKeeper, edited_files
from eitgeo.steps.engine.leavings import (
    edited_text,
    open_ledger,
)
from eitgeo.steps.engine.lock import one_run
from eitgeo.steps.engine.private import shut
from eitgeo.steps.files import printed_files
from eitgeo.steps.maps.difference_sheet import print_difference
from eitgeo.steps.maps.released import shown_perimeters
from eitgeo.steps.maps.released_documents import epci_names, perimeter_difference
from eitgeo.store import keeping, write_bytes
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables, Released
from eitgeo.tables.schema import empty_table
from eitgeo.words import typographic

_LEAST = 2
_UNION_RANK = re.compile(r"union_?0*([1-9]\d{0,5})")


class Comparison(NamedTuple):
    """What a comparison says, and where it is written.

    ``names``: French names of the perimeters, in the order asked for. ``rows``: label,
    class, then one figure a perimeter, in words; for two perimeters, their gap at the
    end. ``notes``: what must be said with it: demonstration, what is to confirm, files
    that stay as the user edited them. ``files``: workbook and sheets.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    files: tuple[Path, ...]


def compare_perimeters(project: Project, ids: Sequence[str]) -> Comparison:
    """Compare perimeters on the published figures of a study."""
    public = PublicTables(project.processed)
    _require_perimeters(ids, public["perimeters"].table["perimeter_id"])
    indicators = public["indicators_public"]
    shown = shown_perimeters(project, public, ids)
    catalogue = indicator_catalogue()
    pair = (ids[0], ids[1])
    difference = perimeter_difference(public, indicators, pair=pair)
    sheet = make_sheet(
        project.study.identity,
        [public["communes"], public["bodies"], shown, indicators],
    )
    content = comparison_xlsx(
        indicators,
        shown,
        catalogue=catalogue,
        sheet=sheet,
        difference=difference,
        decision=_decision(project, public, ids),
        epci_names=epci_names(public),
    )
    book = project.published(f"comparaison_{'_'.join(ids)}", ".xlsx")
    files = (book, *printed_files(project, f"ecart_{pair[0]}_{pair[1]}"))

    def draw() -> None:
        write_bytes(book, content)
        print_difference(project, public, pair)

    places, edited = write_compared(project, ids, files, draw=draw)
    names = shown.table.set_index("perimeter_id")["name"].astype(str)
    cards = [
        {
            row.indicator_id: row
            for row in card_rows(indicators, catalogue, perimeter_id=one)
        }
        for one in ids
    ]
    gaps = gap_rows(indicators, difference.gaps, catalogue)
    demonstration = (sheet.demonstration_text,) if sheet.demonstration else ()
    return Comparison(
        names=tuple(names[one] for one in ids),
        rows=tuple(_row(gap, cards, with_gap=len(ids) == _LEAST) for gap in gaps),
        notes=(*demonstration, *sheet.to_confirm, *edited),
        files=places,
    )


def write_compared(
    project: Project,
    ids: Sequence[str],
    files: Sequence[Path],
    *,
    draw: Callable[[], object],
) -> tuple[tuple[Path, ...], list[str]]:
    """Write and sign what a comparison draws; leave what the user edited."""
    with shut(project), one_run(project.out / STATE_FOLDER):
        ledger = open_ledger(project, files)
        keeper = StepKeeper(ledger, private=project.private)
        with keeping(keeper):
            draw()
        sign_compared(project, ids, files, keeper=keeper)
    edited = [edited_text(one) for one in edited_files(keeper.ledger, files)]
    return tuple(keeper.places.get(one, one) for one in files), edited


def _require_perimeters(ids: Sequence[str], known: Iterable[str]) -> None:
    known = sorted(known)
    faults = Faults("comparaison")
    if len(ids) < _LEAST:
        faults.add(f"{len(ids)} périmètre", remedy="en donner au moins deux")
    for name in sorted({one for one in ids if list(ids).count(one) > 1}):
        faults.add(f"« {name} » donné deux fois", remedy="n'en garder qu'un")
    for name in ids:
        if name not in known:
            faults.add(f"périmètre inconnu « {name} »", remedy=_remedy(name, known))
    faults.raise_if_any(StudyError)


def _remedy(name: str, known: Sequence[str]) -> str:
    """Return the nearest perimeter, or those with a name and where unions are."""
    rank = _UNION_RANK.fullmatch(name.casefold())
    padded = f"union_{int(rank[1]):04d}" if rank else ""
    if padded in known:
        return f"vouliez-vous dire « {padded} » ?"
    unions = [one for one in known if _UNION_RANK.fullmatch(one)]
    remedy = hint(name, [one for one in known if one not in unions])
    if not unions:
        return remedy
    where = "feuille « Unions d'EPCI » de comparaison.xlsx"
    return f"{remedy} ; unions : {unions[0]} à {unions[-1]} ({where})"


def _row(
    gap: GapRow, cards: Sequence[Mapping[str, CardRow]], *, with_gap: bool
) -> tuple[str, ...]:
    """Line up an indicator: its worst class, its figures, its gap if asked for."""
    figures_of = [card.get(gap.indicator_id) for card in cards]
    classes = [one.evidence for one in figures_of if one is not None]
    figures = ["–" if one is None else typographic(one.text) for one in figures_of]
    worst = max(classes, key="OSH".index)
    return (gap.label, worst, *figures, *([gap.gap] if with_gap else []))


def _decision(
    project: Project, public: PublicTables, ids: Sequence[str]
) -> dict[str, Released]:
    """Put these perimeters in order, by the criteria that count in the study."""
    study = project.study
    decision = decide(
        public["indicators_public"].table,
        compared=ids,
        deciding=study.compared_ids,
        comparison=study.comparison,
        rng=np.random.default_rng(study.identity.seed),
    )
    return ordered(project, {part: getattr(decision, part) for part in TABLES})


def ordered(
    project: Project, tables: Mapping[str, pd.DataFrame]
) -> dict[str, Released]:
    """Release criteria and orders, unless an establishment may be made up."""
    given = {name: tables[part] for part, name in TABLES.items()}
    given["stress_orders"] = empty_table("stress_orders")
    return {name: released(project, name, given=given) for name in given}
