"""Section ``prints``: paper and files; what each may show, in which folder it goes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import quote

from pydantic import Field, field_validator

from eitgeo.study.base import Section

PaperFormat = Literal["A4", "A4_portrait", "A3", "A3_portrait"]
MapFile = Literal["pdf", "png", "svg"]
Basis = Literal["", "sites", "roads", "all", "zones"]
"""Inputs that may be drawn, or stand in for real ones: establishments, roads; zones
rest on establishments, and on roads where their distances do; none: all is real."""

DRAWN: Final = "établissements tirés au sort"
DRAWN_IN_COUNTS: Final = f"{DRAWN} dans les effectifs comptés"
"""Stamps: they say which figures are drawn."""

_FOLDER_URL = re.compile(r"https://[\w.-]+(:\d+)?(/[\w.~%+@-]+)*/?", re.ASCII)

_RESTS_ON: Final[dict[str, Basis]] = {
    "carte_territoire": "",
    "carte_structures": "",
    "carte_perimetre": "roads",
    "carte_perimetres": "roads",
    "ecart": "roads",
    "carte_salaries_industrie": "",
    "activite_comptee": "",
    "si_un_conseil_dit_non": "roads",
    "perimetres_a_tester": "",
    "territoire": "",
    "inscription": "",
    "index": "",
    "accessibilite": "",
    "manifest": "",
    "carte_isochrones": "roads",
    "carte_sieges": "roads",
    "carte_fermeture": "roads",
    "carte_liaisons": "roads",
    "carte_reseau": "roads",
    "carte_ecarts": "roads",
    "carte_zones": "zones",
    "carte_gisements": "sites",
    "carte_exutoires": "roads",
}
"""Files that show less than all: their stem, before what is shown."""
NAMING: Final = ("carte_perimetre_", "ecart_")
"""Files that name perimeters: a contour that was computed may be drawn itself."""


def basis_of(stem: str) -> Basis:
    """Say what a published file rests on that may be drawn.

    Examples
    --------
    >>> basis_of("carte_fermeture_pont_A4"), basis_of("carte_structures_A4")
    ('roads', '')
    >>> basis_of("dossier")
    'all'
    """
    named = [one for one in _RESTS_ON if f"{stem}_".startswith(f"{one}_")]
    return _RESTS_ON[max(named, key=len)] if named else "all"


SHELVES: Final = {
    "1_elus": (
        "comparateur",
        "si_un_conseil_dit_non",
        "territoire",
        "fiches_epci",
        "fiche_syndicat",
        "inscription",
        "accessibilite",
    ),
    "2_cartes": ("carte", "ecart", "graphique"),
    "3_dossier": ("dossier",),
    "4_tableurs": (
        "comparaison",
        "gisements_echanges",
        "gouvernance",
        "zones",
        "activite_comptee",
    ),
    "5_donnees": ("etude", "manifest", "perimetres_a_tester"),
}
"""Folder of ``maps/``, by who opens it → stems, before what is shown."""
WELCOME: Final = "index"
"""Stem of the page that opens first, above the folders."""


def shelf_of(stem: str) -> str:
    """Say in which folder of ``maps/`` a published file goes.

    Examples
    --------
    >>> shelf_of("carte_fermeture_pont_A4"), shelf_of("perimetres_a_tester")
    ('2_cartes', '5_donnees')
    """
    named = {one: shelf for shelf, stems in SHELVES.items() for one in stems}
    known = [one for one in named if f"{stem}_".startswith(f"{one}_")]
    if known:
        return named[max(known, key=len)]
    if stem == WELCOME:
        return ""
    message = f"{stem}: no folder of SHELVES (eitgeo/study/prints.py) takes this file"
    raise LookupError(message)


def files_published(folder: Path) -> list[Path]:
    """List what lies in ``maps/`` and its shelves, not what users add below."""
    places = (folder, *(folder / shelf for shelf in SHELVES))
    files = (path for one in places for path in sorted(one.glob("[!.]*")))
    return [path for path in files if path.is_file()]


class Prints(Section):
    """Formats of paper, ``A4`` first of all, and kinds of files."""

    formats: Annotated[tuple[PaperFormat, ...], Field(min_length=1)] = ("A4",)
    files: Annotated[tuple[MapFile, ...], Field(min_length=2)] = ("pdf", "png")
    publish_url: Annotated[str, Field(max_length=200)] = ""
    """Where the folder ``maps`` will be read from, https; empty: from a disk, and no
    page bears a link to itself nor a print a QR code."""

    @field_validator("formats", "files")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) < len(value):
            message = "une valeur y figure deux fois"
            raise ValueError(message)
        return value

    @field_validator("publish_url")
    @classmethod
    def _public_folder(cls, value: str) -> str:
        """Refuse what no reader could open, and end the folder with a bar."""
        if value and not _FOLDER_URL.fullmatch(value):
            message = "adresse d'un dossier requise : https://…, sans « ? » ni « # »"
            raise ValueError(message)
        return f"{value.rstrip('/')}/" if value else ""

    def address(self, place: str, anchor: str = "") -> str:
        """Return the address of a published file; empty where none is given.

        Examples
        --------
        >>> Prints(publish_url="https://a.fr/eit").address("index.html", "epci-1")
        'https://a.fr/eit/index.html#epci-1'
        >>> Prints().address("index.html")
        ''
        """
        if not self.publish_url:
            return ""
        tail = f"#{quote(anchor)}" if anchor else ""
        return f"{self.publish_url}{quote(place)}{tail}"

    @field_validator("formats")
    @classmethod
    def _a4_always(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "A4" not in value:
            message = "« A4 » doit y figurer : le dossier et les fiches en viennent"
            raise ValueError(message)
        return value

    @field_validator("files")
    @classmethod
    def _pdf_and_png_always(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        absent = [name for name in ("pdf", "png") if name not in value]
        if absent:
            message = f"« {absent[0]} » doit y figurer : d'autres fichiers en viennent"
            raise ValueError(message)
        return value
