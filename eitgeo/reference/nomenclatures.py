"""Nomenclatures as their producers publish them: communes, ground, zones (CNIG)."""

from __future__ import annotations

import pandas as pd

from eitgeo.check import hint
from eitgeo.errors import SchemaError
from eitgeo.reference.shipped import shipped_table

MOVEMENT_COLUMNS = ("date", "kind", "old_code", "old_name", "new_code", "new_name")
"""Columns of the movements: one row for each pair of a code before and one after."""
CNIG_CLASSES = ("site_eco", "terrain_eco", "pole_eco", "etablissement")
"""Classes of the standard: zones, plots, groups of zones, establishments."""


def cog_movements() -> pd.DataFrame:
    """Return the movements of communes in and around the default study area.

    Notes
    -----
    Movements of 2019 are those of the history of the COG; later ones are derived from
    the lists of communes of two vintages, and dated 1 January of the first vintage
    that shows them. Changes of name alone are not listed: they change no code.

    References
    ----------
    INSEE, *Code officiel géographique*, vintages 2018 to 2026,
    https://www.insee.fr/fr/information/2560452, Licence Ouverte 2.0; read in the lists
    of Etalab, *découpage administratif*, versions 0.8.0 to 6.0.0 (MIT).

    Examples
    --------
    >>> table = cog_movements()
    >>> table.loc[table["old_code"] == "31298", "new_code"].tolist()
    ['31471']
    """
    return shipped_table("cog_movements.csv")


def corine_classes() -> pd.DataFrame:
    """Return the 44 classes of CORINE Land Cover.

    References
    ----------
    European Environment Agency, CORINE Land Cover nomenclature guidelines, 2019;
    French labels: SDES.

    Examples
    --------
    >>> corine_classes().loc["121", "grid_code"].item()
    3
    """
    table = shipped_table("corine_classes.csv")
    return table.astype({"grid_code": int}).set_index("class_code")


def cnig_fields(class_name: str) -> pd.DataFrame:
    """Return the fields of one class that are read, and what each may hold.

    Notes
    -----
    Contact details of persons (``etab_contact_*``) and names of buyers are not in
    the table: a field that is not in it is never read.

    References
    ----------
    CNIG, standard Sites économiques, version 1.0.1 (2025),
    https://github.com/cnigfr/schema-sites-economiques, Licence Ouverte 2.0.
    """
    if class_name not in CNIG_CLASSES:
        message = (
            f"standard CNIG : classe inconnue « {class_name} » "
            f"→ {hint(class_name, CNIG_CLASSES)}"
        )
        raise SchemaError(message)
    table = shipped_table("cnig_fields.csv")
    fields = table[table["class"] == class_name].drop(columns="class")
    fields["compulsory"] = fields["compulsory"] == "true"
    return fields.set_index("field")
