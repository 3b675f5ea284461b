"""What a ledger remembers of earlier publications, held against the file at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure.answers import SIGNIFICANT
from eitgeo.errors import SourceError
from eitgeo.words import round_significant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from eitgeo.disclosure.answers import Cell
    from eitgeo.disclosure.publications import Publication
    from eitgeo.study.project import Project


def require_remembered(
    path: Path,
    met: Iterable[tuple[Cell, str, int]],
    earlier: Sequence[Publication],
    *,
    ledger: str,
) -> None:
    """Refuse a published file with sums that its ledger does not know.

    `met`: cell, day and count of firms of each row. Several publications may be of one
    day: the count tells them apart.
    """
    known = {
        (cell, one.day, int(round_significant(len(firms), SIGNIFICANT)))
        for one in earlier
        for cell, firms in one.cells.items()
    }
    if not known.issuperset(met):
        message = (
            f"{path.name} dit des sommes que {ledger} ne connaît pas : l'écart avec ce "
            "qui est déjà publié ne peut être vérifié → reprendre ce registre de sa "
            "dernière sauvegarde, ou mettre le fichier ailleurs s'il n'est pas de "
            "cette étude"
        )
        raise SourceError(message)


def place_inside(project: Project, written: Path) -> Path:
    """Say where sums are published: in the study, whatever link stands there."""
    path = project.base / written
    if not path.resolve().is_relative_to(project.base.resolve()):
        message = f"{written} : lien hors de l'étude → en faire un fichier"
        raise SourceError(message)
    return path
