"""Perimeters that a user draws in QGIS, in a layer of the user's own."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from eitgeo.check import Faults
from eitgeo.errors import SchemaError, SourceError, unread_reason

DRAWN_LAYER = Path("maps/5_donnees/perimetres_a_tester.gpkg")
"""Where it is, under the folder that a run writes to: made once, then the user's."""

_ASKED = "SELECT nom FROM perimetres_a_tester ORDER BY fid"
_IS_NAMED = """
SELECT 1
FROM pragma_table_list('perimetres_a_tester') AS held, pragma_table_info(held.name) AS c
WHERE held.type = 'table' AND c.name = 'nom'
"""
"""A view is refused: a query may have no end."""
_WAL, _JOURNAL = "-wal", "-journal"


def pending_changes(path: Path) -> Path:
    """Name the file where QGIS keeps what it saved and has not merged yet."""
    return path.with_name(f"{path.name}{_WAL}")


@contextmanager
def snapshot(path: Path) -> Iterator[Path]:
    """Copy a GeoPackage, pending changes merged: QGIS may hold the file open."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        try:
            shutil.copyfile(path, copy)
            for suffix in (_WAL, _JOURNAL):
                beside = path.with_name(f"{path.name}{suffix}")
                if beside.is_file():
                    shutil.copyfile(beside, f"{copy}{suffix}")
            with closing(sqlite3.connect(copy)) as base:
                base.execute("PRAGMA journal_mode = DELETE")
        except OSError as error:
            message = f"{path.name} : lecture impossible ({unread_reason(error)})"
            raise SourceError(message) from error
        except sqlite3.Error:  # GDAL is the judge of spoilt files
            pass
        yield copy


def drawn_name(written: object) -> str:
    """Write the name of a perimeter on one line.

    Examples
    --------
    >>> drawn_name(f"  Vallée{chr(10)} et plaine ")
    'Vallée et plaine'
    """
    kept = (one if one.isprintable() else " " for one in str(written or ""))
    return " ".join("".join(kept).split())


def drawn_names(path: Path) -> list[str]:
    """List the perimeters of the layer, as drawn; none where there is no layer."""
    if not path.is_file():
        return []
    with snapshot(path) as copy:
        try:
            with closing(sqlite3.connect(copy)) as base:
                is_named = base.execute(_IS_NAMED).fetchone()
                rows = base.execute(_ASKED).fetchall() if is_named else None
        except sqlite3.Error as error:
            message = (
                f"{path.name} : couche illisible ({type(error).__name__}) → "
                "l'enregistrer à nouveau depuis QGIS, ou la mettre ailleurs (le calcul "
                "en refera une)"
            )
            raise SourceError(message) from error
    faults = Faults(path.name)
    if rows is None:
        faults.add(
            "couche « perimetres_a_tester » ou champ « nom » absent",
            remedy="le rendre, ou mettre le fichier ailleurs : le calcul en refera un",
        )
    names = [drawn_name(name) for (name,) in rows or ()]
    for rank, name in enumerate(names, start=1):
        if not name:
            faults.add(f"objet {rank} : sans nom", remedy="le nommer, ou l'effacer")
    faults.raise_if_any(SchemaError)
    return names
