"""What a file of the sign-up form holds, whatever its format, before any check."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from eitgeo.errors import SourceError
from eitgeo.reference.survey import survey_fields

MAX_FILE_BYTES = 10_000_000
MAX_ROWS = 2_000
"""Rows of one flat file, forms of one JSON file."""
MAX_RESOURCES = 50
MAX_UNKNOWN = 50
"""Columns or keys that no form has, beyond which a file is no form."""
MAX_CELL_CHARACTERS = 2_000
"""Beyond, a cell is cut before it is looked at: it is refused as too long anyway."""

HEAD_FIELDS = ("format", "etude", "date")
RESOURCE_BLOCKS = ("ressource", "devenir")

type Level = Literal["accepté", "averti", "refusé"]

_FORBIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_BLANKS = re.compile(r"\s+")


class RefusedFileError(SourceError):
    """A file of which nothing can be taken; what was met and what to do, in French."""

    def __init__(self, met: str, remedy: str) -> None:
        super().__init__(f"{met} → {remedy}")
        self.met, self.remedy = met, remedy


@dataclass(frozen=True)
class ReportLine:
    """One line of the account of an import.

    ``level``: ``accepté``, ``averti`` (kept, with a doubt) or ``refusé``. ``row``:
    where in the file (« ligne 3 », « ressource 2 », « fichier »). ``field``: of the
    form; empty: the whole row. ``met``, ``remedy``: French, nothing that the firm
    wrote. ``value``: what it wrote, for the private report alone.
    """

    level: Level
    file: str
    row: str
    field: str
    met: str
    remedy: str = ""
    value: str = ""


@dataclass(frozen=True)
class RawPart:
    """The answers about a firm, or about one resource, as text.

    ``row``: where they stand in the file; ``rows``: field → its own place, where it has
    one. ``values``: field → text, blanks and invisible characters out; absent where
    empty. ``faults``: field, what was met, remedy of answers that are no text, number
    or yes/no.
    """

    row: str
    values: dict[str, str]
    rows: dict[str, str] = field(default_factory=dict)
    faults: tuple[tuple[str, str, str], ...] = ()

    def place(self, name: str) -> str:
        """Say where a field stands."""
        return self.rows.get(name, self.row)


@dataclass(frozen=True)
class RawForm:
    """One firm with its resources, as one file tells them.

    ``firm``: head (format, study, date) and fields of the firm. ``resources``: empty
    for a firm that only joins. ``remarks``: what the reader met and left out.
    """

    file: str
    firm: RawPart
    resources: tuple[RawPart, ...]
    remarks: tuple[ReportLine, ...] = ()


@cache
def resource_fields() -> tuple[str, ...]:
    """Return the fields that are asked once a resource."""
    table = survey_fields()
    return tuple(table.index[table["block"].isin(RESOURCE_BLOCKS)])


@cache
def firm_fields() -> tuple[str, ...]:
    """Return the fields that are asked once a firm, head included."""
    table = survey_fields()
    own = table.index[~table["block"].isin(RESOURCE_BLOCKS)]
    return (*HEAD_FIELDS, *own)


def plain_text(written: str) -> str:
    r"""Take out of a text what no reader sees: controls, marks of direction, blanks.

    Examples
    --------
    >>> plain_text("  bois\u202e\x00\n sec ")
    'bois sec'
    """
    cut = written[: MAX_CELL_CHARACTERS + 1]
    spaced = _BLANKS.sub(" ", cut)
    kept = (one for one in spaced if unicodedata.category(one) not in _FORBIDDEN)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", "".join(kept))).strip()


def file_line(file: str, met: str, remedy: str, level: Level = "refusé") -> ReportLine:
    """Report on a whole file."""
    return ReportLine(level, file, "fichier", "", met, remedy)


def json_text(value: Any) -> str | None:
    """Write a JSON answer as the text of a flat cell.

    Examples
    --------
    >>> json_text(True), json_text(3.5), json_text(["a", "b"]), json_text({})
    ('oui', '3.5', 'a|b', None)
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "|".join(plain_text(one) for one in value)
    return None
