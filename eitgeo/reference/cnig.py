"""Fields that the package reads of the standard « Sites économiques »."""

from __future__ import annotations

from importlib import resources

import pandas as pd

from eitgeo.check import hint
from eitgeo.errors import SchemaError

CNIG_CLASSES = ("site_eco", "terrain_eco", "pole_eco", "etablissement")
"""Classes of the standard: zones, plots, groups of zones, establishments."""


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
    path = resources.files("eitgeo.reference").joinpath("cnig_fields.csv")
    with path.open("rb") as handle:
        table = pd.read_csv(handle, dtype=str, keep_default_na=False)
    fields = table[table["class"] == class_name].drop(columns="class")
    fields["compulsory"] = fields["compulsory"] == "true"
    return fields.set_index("field")
