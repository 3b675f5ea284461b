"""The verdict on each perimeter: its sentence, and the sheets that tell it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from eitgeo.ledger import Place
from eitgeo.maps.words.cards import card_rows
from eitgeo.maps.words.governance_words import (
    ANSWER_WORDS,
    VERDICT_WORDS,
)
from eitgeo.maps.words.sentences import perimeter_sentences
from eitgeo.maps.workbooks.workbook import (
    Book,
    Figure,
    Group,
    Row,
    note_of,
    view,
)
from eitgeo.reference.governance import verdict_conditions
from eitgeo.reference.labels import labels_of
from eitgeo.tables.public import Released
from eitgeo.words import MISSING

_NO, _UNASKED = "non", "non_demandee"
CONFIRM_NAMES = labels_of("list_status")


def write_words(
    book: Book,
    perimeters: pd.DataFrame,
    *,
    indicators: Released,
    catalogue: pd.DataFrame,
    verdicts: pd.DataFrame,
) -> None:
    """Write what each perimeter is, in a few sentences."""
    rows: list[Row] = []
    for _, perimeter in perimeters.iterrows():
        name = str(perimeter["perimeter_id"])
        cards = card_rows(indicators, catalogue, perimeter_id=name)
        sentences = perimeter_sentences(
            perimeter, cards, demonstration=book.demonstration
        )
        rows.append(
            (str(perimeter["name"]), "\n".join(sentences), verdict_text(verdicts, name))
        )
    book.sheet("En clair", view("En clair"), rows, layout="grid")


def verdict_text(verdicts: pd.DataFrame, perimeter_id: str) -> str:
    """Write the verdict of a perimeter: what failed, or the first that lacks."""
    rows = verdicts[verdicts["perimeter_id"] == perimeter_id]
    answer_of = rows.set_index("condition_id")["answer"].to_dict()
    words = VERDICT_WORDS[str(rows["verdict"].iloc[0])]
    known = verdict_conditions()
    failed = [label for name, label in known["label"].items() if answer_of[name] == _NO]
    if failed:
        return f"{words} (manque : {' ; '.join(failed)})"
    lacking = (
        text for name, text in known["lacking"].items() if answer_of[name] == _UNASKED
    )
    first = next(lacking, "")
    return f"{words} : {first}" if first else words


def write_verdict(book: Book, names: Mapping[str, str], verdicts: pd.DataFrame) -> None:
    """Write the verdict of each perimeter, condition by condition, and its rule."""
    cells = verdicts.set_index(["perimeter_id", "condition_id"]).to_dict("index")
    rows: list[Row] = []
    for perimeter_id, name in names.items():
        rows.append(Group(f"{name} — {verdict_text(verdicts, perimeter_id)}"))
        for condition, words in verdict_conditions().iterrows():
            cell = cells[perimeter_id, condition]
            place = Place("verdicts", f"{condition} / {perimeter_id}")
            value, limit = (
                _number(float(cell[one]), place._replace(column=one))
                for one in ("value", "threshold")
            )
            answer, why = ANSWER_WORDS[str(cell["answer"])], str(cell["reason"])
            texts = (answer, words["yes"], words["no"], why)
            rows.append((words["label"], value, limit, *texts))
    rows.append(Group(note_of("Verdict")))
    book.sheet("Verdict", view("Verdict"), rows, layout="grid")


def _number(value: float, place: Place) -> str | Figure:
    return Figure(value, place=place) if math.isfinite(value) else MISSING


def write_certificates(book: Book, *, perimeters: pd.DataFrame) -> None:
    """Write what is true of each perimeter, whatever method drew it."""
    method = perimeters["method"]
    named = method.map(labels_of("perimeter_method")).fillna(method)
    columns = view("Certificats", perimeters.assign(method=named))
    book.sheet("Certificats", columns, book.rows(columns), layout="page")
