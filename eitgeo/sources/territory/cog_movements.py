"""INSEE: the movements of communes since 1943."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError, SourceError
from eitgeo.reference.nomenclatures import MOVEMENT_COLUMNS
from eitgeo.sources.files.loaded import Loaded, dropped_rows, drops, first_reason
from eitgeo.sources.files.rows import check_codes, check_dates, read_official

if TYPE_CHECKING:
    from pathlib import Path

KINDS = {
    "20": "création",
    "21": "rétablissement",
    "30": "suppression",
    "31": "fusion simple",
    "32": "commune nouvelle",
    "33": "fusion association",
    "34": "fusion association transformée en fusion simple",
    "41": "changement de département",
    "50": "transfert de chef-lieu",
}
"""Movements that change codes, by ``MOD`` of INSEE."""

_NAMES = {
    "DATE_EFF": "date",
    "COM_AV": "old_code",
    "LIBELLE_AV": "old_name",
    "COM_AP": "new_code",
    "LIBELLE_AP": "new_name",
}
_COLUMNS = ("MOD", "TYPECOM_AV", "TYPECOM_AP", *_NAMES)
_COMMUNE = "COM"


def read_cog_movements(path: Path, *, first_year: int = 2013) -> Loaded:
    """Read the movements of communes of all of France.

    Parameters
    ----------
    path
        ``v_mvtcommune_AAAA.csv`` (``v_mvt_commune_AAAA.csv`` since 2024): comma, UTF-8.
    first_year
        First vintage wanted: movements on or before its 1 January are left out.

    Returns
    -------
    Loaded
        ``MOVEMENT_COLUMNS``, sorted by date and codes. ``dropped``: changes of name,
        movements of delegated or associated communes, movements before
        ``first_year``, repeated rows.

    Raises
    ------
    SourceError
        File absent, empty or unreadable; no movement left.
    SchemaError
        Another separator, column missing, malformed code or date.

    References
    ----------
    INSEE, *Code officiel géographique*, file of the events on communes (« Événements
    survenus aux communes depuis 1943 »), https://www.insee.fr/fr/information/2560452.
    Licence Ouverte 2.0. Vintage: one a year, on 1 January. No coordinates.
    """
    rows = read_official(path, columns=_COLUMNS, separator=",")
    none = pd.Series("", index=rows.index, dtype="str")
    is_commune = (rows["TYPECOM_AV"] == _COMMUNE) & (rows["TYPECOM_AP"] == _COMMUNE)
    faults = Faults(path.name)
    check_dates(rows, "DATE_EFF", faults=faults)
    communes = rows[is_commune]
    for column in ("COM_AV", "COM_AP"):
        check_codes(communes, faults=faults, column=column)
    faults.raise_if_any(SchemaError)
    reasons = first_reason(
        none.mask(~is_commune, "commune déléguée ou associée"),
        none.mask(
            ~rows["MOD"].isin(list(KINDS)), "code inchangé (MOD " + rows["MOD"] + ")"
        ),
        none.mask(rows["DATE_EFF"] <= f"{first_year}-01-01", f"avant {first_year}"),
        none.mask(rows.duplicated(["DATE_EFF", "COM_AV", "COM_AP"]), "ligne répétée"),
    )
    kept = rows[reasons == ""]
    if len(kept) == 0:
        message = (
            f"{path.name} : aucun mouvement après le 1er janvier {first_year} "
            "→ vérifier le millésime du fichier"
        )
        raise SourceError(message)
    named = kept.rename(columns=_NAMES).assign(kind=kept["MOD"].map(KINDS))
    table = named[list(MOVEMENT_COLUMNS)].sort_values(
        ["date", "new_code", "old_code"], ignore_index=True
    )
    label = rows["COM_AV"] + " " + rows["LIBELLE_AV"]
    return Loaded(table=table, dropped=dropped_rows(drops(path.name, label, reasons)))
