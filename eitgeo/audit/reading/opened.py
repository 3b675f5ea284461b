"""A published file opened for its readers: words, sheets, the stamp that it owes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.audit.payload import read_payload
from eitgeo.audit.sheets import layer_rows, workbook_pages
from eitgeo.audit.texts import Piece, pieces_of, sheet_pieces
from eitgeo.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eitgeo.audit.sheets import Row
    from eitgeo.study.project import Project

DEMONSTRATION = "DEMO_"
_PAGE = "comparateur.html"
_BODIES = ("epci", "perimeters", "bodies", "outlets")


class Opened(NamedTuple):
    """A published file, as its readers see it.

    Attributes
    ----------
    name
        Name of the file.
    pieces
        Its words, each with its place.
    sheets
        Of a workbook: the rows of each sheet.
    owes
        Whether it owes the stamp of a demonstration.
    bodies
        Names of real bodies that no sentence may prefer on invented data.
    """

    name: str
    pieces: tuple[Piece, ...] = ()
    sheets: tuple[tuple[str, list[Row]], ...] = ()
    owes: bool = False
    bodies: frozenset[str] = frozenset()

    @property
    def suffix(self) -> str:
        """Kind of the file."""
        return self.name[self.name.rfind(".") :].lower()


class Finding(NamedTuple):
    """What no reader should see.

    Attributes
    ----------
    file, place
        Where: page, sheet and cell, paragraph.
    what
        What is wrong, French.
    text
        The offending words.
    """

    file: str
    place: str
    what: str
    text: str


def open_published(project: Project) -> Iterator[Opened]:
    """Open every published file of a study."""
    files = [path for path in sorted(project.maps.glob("[!.]*")) if path.is_file()]
    if not files:
        message = f"{project.maps} : rien de publié → faire d'abord « eitgeo run »"
        raise SourceError(message)
    bodies = _bodies(files)
    for path in files:
        stem = path.stem.removeprefix(DEMONSTRATION)
        owes = project.published(stem, path.suffix).name.startswith(DEMONSTRATION)
        yield open_file(path, owes=owes, bodies=bodies)


def open_file(
    path: Path, *, owes: bool = False, bodies: frozenset[str] = frozenset()
) -> Opened:
    """Open a published file."""
    suffix = path.suffix.lower()
    sheets = tuple(workbook_pages(path)) if suffix == ".xlsx" else ()
    pieces = [*(sheet_pieces(sheets) if sheets else pieces_of(path))]
    if suffix == ".html":
        pieces += _told(read_payload(path), "données")
    elif suffix == ".gpkg":
        pieces += _cells(path)
    return Opened(path.name, tuple(pieces), sheets, owes, bodies)


def _bodies(files: list[Path]) -> frozenset[str]:
    pages = [path for path in files if path.name.endswith(_PAGE)]
    payload = read_payload(pages[0]) if pages else {}
    return frozenset(
        str(one["name"]) for part in _BODIES for one in payload.get(part, ())
    )


def _told(held: Any, place: str) -> Iterator[Piece]:
    """List the sentences among the data of a page: what has a space is no key."""
    if isinstance(held, dict):
        for name, inside in held.items():
            yield from _told(inside, f"{place}.{name}")
    elif isinstance(held, list):
        for inside in held:
            yield from _told(inside, place)
    elif isinstance(held, str) and " " in held:
        yield Piece(place, held)


def _cells(path: Path) -> Iterator[Piece]:
    for layer, rows in layer_rows(path):
        for column in rows.select_dtypes(include=["str", "object"]):
            for text in rows[column].dropna().unique():
                yield Piece(f"{layer}.{column}", str(text))
