"""The sheet « Lisez-moi »: what the workbook is, when, how sure, from what."""

from __future__ import annotations

from eitgeo.maps.paper.sheet import CRS_NAME, Sheet
from eitgeo.maps.workbooks.workbook import Book, Column, Row, Text
from eitgeo.words import EVIDENCE_NAMES, NBSP

_ROUNDING = (
    "O : valeur exacte ; S : deux chiffres significatifs ; H : un chiffre "
    "significatif, « ≈ » (de l'ordre de), et son intervalle s'il y en a un ; un compte "
    "de moins de dix est tel quel ; un milieu que l'arrondi met sur une borne est tu. "
    "Un pourcentage est arrondi sur sa plus petite part (96 % ne devient jamais "
    "100 %). Ce qui dépend d'une liste de membres à confirmer n'a que ses deux bouts, "
    "qui sont comptés : « de … à … »."
)


def write_read_me(
    book: Book,
    content: str,
    *,
    rounding: str = _ROUNDING,
    observed: tuple[str, ...] = (),
) -> None:
    """Write what the workbook holds, when, how sure, from what.

    `observed`: names of the figures that rest on observation alone.
    """
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
