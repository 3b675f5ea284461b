"""NAF rév. 2 of INSEE: the labels of its five levels."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources._loaded import Loaded, dropped_rows
from eitgeo.sources._official import drops, read_official, repeats
from eitgeo.sources._rows import check_pattern, faulty

if TYPE_CHECKING:
    from pathlib import Path

NAF_LEVELS = ("section", "division", "groupe", "classe", "sous_classe")
"""From the widest to the narrowest."""

_LEVEL_NAMES = tuple(
    f"{part}_{level}" for level in NAF_LEVELS for part in ("code", "libelle")
)
_PATTERNS = {
    "section": ("[A-U]", "C"),
    "division": ("[0-9]{2}", "10"),
    "groupe": (r"[0-9]{2}\.[0-9]", "10.5"),
    "classe": (r"[0-9]{2}\.[0-9]{2}", "10.51"),
    "sous_classe": (r"[0-9]{2}\.[0-9]{2}[A-Z]", "10.51C"),
}


def read_naf_rev2(path: Path) -> Loaded:
    """Read the labels of NAF rév. 2, level by level.

    Parameters
    ----------
    path
        ``stg_naf_2008.csv``: ``,``, UTF-8, one row a sub-class, columns
        ``code_section``, ``libelle_section`` … ``code_sous_classe``,
        ``libelle_sous_classe``.

    Returns
    -------
    Loaded
        One row a code, sorted by ``code``: ``level`` (one of ``NAF_LEVELS``),
        ``label`` and ``parent`` (code of the level above, ``""`` for a section).
        Each row of the file is one sub-class; repeated ones are left out.

    Raises
    ------
    SourceError
        File absent, empty, without a row, or in an encoding that is not read.
    SchemaError
        Another separator, column missing, malformed code (lost zero), label absent,
        sub-class that does not start with its class, code with two labels or two
        parents.

    Notes
    -----
    Serves to name activities on pages and to check the NAF codes of the tables of the
    package; the 88 divisions that ship are held against it by the tests.

    References
    ----------
    Producer: INSEE, *Nomenclature d'activités française, rév. 2* (2008),
    https://www.insee.fr/fr/information/2120875, as Trackdéchets republishes it.
    Licence: Licence Ouverte 2.0. Vintage: 2008, official until the end of 2026. CRS:
    none, no geometry.
    """
    rows = read_official(path, columns=_LEVEL_NAMES, separator=",")
    faults = Faults(path.name)
    for level, (pattern, example) in _PATTERNS.items():
        code = f"code_{level}"
        check_pattern(rows, code, pattern=pattern, example=example, faults=faults)
        void = rows[f"libelle_{level}"]
        for line, _ in faulty(void, void == ""):
            met = f"libellé absent (« libelle_{level} »)"
            faults.add(met, row=line, remedy="compléter le libellé")
    _check_nesting(rows, faults)
    faults.raise_if_any(SchemaError)
    table = pd.concat([_level(rows, rank) for rank in range(len(NAF_LEVELS))])
    _check_once(table, faults)
    faults.raise_if_any(SchemaError)
    reasons = repeats(rows, ["code_sous_classe"])
    return Loaded(
        table.drop_duplicates("code").sort_values("code", ignore_index=True),
        dropped_rows(drops(path.name, rows["code_sous_classe"], reasons)),
    )


def _check_nesting(rows: pd.DataFrame, faults: Faults) -> None:
    for wide, narrow in itertools.pairwise(NAF_LEVELS[1:]):
        for line, above, below in rows[[f"code_{wide}", f"code_{narrow}"]].itertuples():
            if not below.startswith(above):
                met = f"« {below} » n'est pas dans « {above} »"
                faults.add(met, row=line, remedy="rétablir les codes de la ligne")


def _level(rows: pd.DataFrame, rank: int) -> pd.DataFrame:
    level = NAF_LEVELS[rank]
    parent = rows[f"code_{NAF_LEVELS[rank - 1]}"] if rank else ""
    return pd.DataFrame(
        {
            "code": rows[f"code_{level}"],
            "level": level,
            "label": rows[f"libelle_{level}"],
            "parent": parent,
        }
    )


def _check_once(table: pd.DataFrame, faults: Faults) -> None:
    for column, what in (("label", "libellés"), ("parent", "rattachements")):
        different = table.drop_duplicates(["code", column])
        for line, code in faulty(different["code"], different["code"].duplicated()):
            met = f"deux {what} pour « {code} »"
            faults.add(met, row=line, remedy="n'en garder qu'un")
