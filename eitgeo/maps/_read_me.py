"""The sheet « Lisez-moi »: what the workbook is, when, how sure, from what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.maps._workbook import HEAD_ROW, Formats, add_page
from eitgeo.maps.sheet import CRS_NAME
from eitgeo.words import EVIDENCE_NAMES, NBSP

if TYPE_CHECKING:
    from eitgeo.maps.sheet import Sheet

_CONTENT = (
    "Comparaison des périmètres, ce qui change de l'un à l'autre, critères, ordres, "
    "toutes les unions d'EPCI étudiées, ce qu'y apporte chaque EPCI, rangs, "
    "élargissement par années, certificats : les chiffres des cartes."
)
_ROUNDING = (
    "O : valeur exacte ; S : deux chiffres significatifs ; H : un chiffre "
    "significatif, « de l'ordre de », et son intervalle s'il y en a un. Un comptage "
    "garde deux chiffres ; un pourcentage est arrondi sur sa plus petite part (96 % ne "
    "devient jamais 100 %). Ce qui dépend d'une liste de membres à confirmer n'a que "
    "ses deux bouts, qui sont comptés : « de … à … »."
)


def write_read_me(
    workbook: Any,
    formats: Formats,
    sheet: Sheet,
    *,
    content: str = _CONTENT,
    rounding: str = _ROUNDING,
) -> None:
    """Write what the workbook is, when, how sure, from what."""
    page = add_page(workbook, formats, "Lisez-moi", sheet=sheet, columns=[26, 110])
    page.hide_gridlines(2)
    page.write_string(HEAD_ROW, 0, sheet.title, formats["title"])
    row = HEAD_ROW + 2
    for label, texts in _read_me_lines(sheet, content, rounding):
        for rank, text in enumerate(texts):
            page.write_string(row, 0, label if rank == 0 else "", formats["bold"])
            page.write_string(row, 1, text, formats["text"])
            row += 1


def _read_me_lines(
    sheet: Sheet, content: str, rounding: str
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
