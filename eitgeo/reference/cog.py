"""Movements of communes: which codes went, and where to, since 2018."""

from __future__ import annotations

from importlib import resources

import pandas as pd

MOVEMENT_COLUMNS = ("date", "kind", "old_code", "old_name", "new_code", "new_name")
"""Columns of the movements: one row for each pair of a code before and one after."""


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
    resource = resources.files("eitgeo.reference").joinpath("cog_movements.csv")
    with resource.open("rb") as handle:
        return pd.read_csv(handle, dtype=str, keep_default_na=False)
