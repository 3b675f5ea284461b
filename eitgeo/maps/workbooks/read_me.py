"""The sheet « Lisez-moi »: what the workbook is, when, how sure, from what."""

from __future__ import annotations

from eitgeo.maps.paper.sheet import CRS_NAME, Sheet
from eitgeo.maps.workbooks.workbook import Book, Column, Row, Text, note_of
from eitgeo.words import EVIDENCE_NAMES, NBSP


def write_read_me(
    book: Book, part: str, *, observed: tuple[str, ...] = (), **words: str
) -> None:
    """Write what the workbook holds, when, how sure, from what.

    `part`: its texts in `texts.toml`; `observed`: names of the figures that rest on
    observation alone.
    """
    content = note_of(part, part="contents", **words)
    usual = note_of("usual", part="rounding")
    rounding = note_of(part, part="rounding") or usual
    rows: list[Row] = [(Text(book.about.title, "title"),), ()]
    for label, texts in _lines(book.about, content, rounding, observed):
        labels = [label, *[""] * (len(texts) - 1)]
        pairs = zip(labels, texts, strict=True)
        rows += [(Text(name, "bold"), text) for name, text in pairs]
    columns = [Column("", 26), Column("", 110)]
    book.sheet("Lisez-moi", columns, rows, layout="letter")


def _lines(
    sheet: Sheet, content: str, rounding: str, observed: tuple[str, ...]
) -> list[tuple[str, tuple[str, ...]]]:
    classes = tuple(
        f"{letter}{NBSP}: {name}" for letter, name in EVIDENCE_NAMES.items()
    )
    lines = [
        ("Étude", (sheet.subtitle,)),
        ("Contenu", (content,)),
        ("Édition", (sheet.edition_text,)),
        ("Statut", (sheet.status_stamp,)),
        ("Calcul", (sheet.effort_text,)),
        ("Fiabilité", classes),
        ("Arrondis", (rounding,)),
        ("Observé seul, partout", observed),
        ("Valeur absente", ("« – » ; la raison est écrite à côté.",)),
        ("Chiffres retenus", (f"{sheet.withheld} (secret statistique)",)),
        ("Secret statistique", sheet.secrecy),
        ("À confirmer", sheet.to_confirm),
        ("Sources et licences", sheet.sources),
        ("Projection", (CRS_NAME,)),
        ("Financeurs", (sheet.funders,)),
        ("Contact", (sheet.contact,)),
        ("Limites", ("Ce n'est pas une décision : c'est une aide à la discussion.",)),
    ]
    return [(label, texts) for label, texts in lines if any(texts)]
