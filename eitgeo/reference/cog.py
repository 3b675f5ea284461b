"""Movements of communes between two vintages of the official geographic code (COG)."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import resources

import pandas as pd

MOVEMENT_COLUMNS = ("date", "kind", "old_code", "old_name", "new_code", "new_name")
"""Columns of the movements: one row for each pair of a code before and one after."""


@dataclass(frozen=True)
class CogMovements:
    """Every movement of some départements between two vintages.

    Attributes
    ----------
    table
        ``MOVEMENT_COLUMNS``: codes as text, ``date`` as ``AAAA-MM-JJ``. A commune that
        keeps its code through a movement has a row from that code to itself, so two
        rows with one ``old_code`` and one ``date`` are a split.
    first_year, last_year
        Vintages covered, both on 1 January.
    departements
        Départements covered; empty: all of France.
    """

    table: pd.DataFrame = field(repr=False)
    first_year: int
    last_year: int
    departements: frozenset[str] = frozenset()


def cog_movements() -> CogMovements:
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
    >>> table = cog_movements().table
    >>> table.loc[table["old_code"] == "31298", "new_code"].tolist()
    ['31471']
    """
    resource = resources.files("eitgeo.reference").joinpath("cog_movements.csv")
    with resource.open("rb") as handle:
        table = pd.read_csv(handle, dtype=str, keep_default_na=False)
    return CogMovements(
        table=table,
        first_year=2018,
        last_year=2026,
        departements=frozenset(
            {"09", "11", "31", "32", "40", "47", "64", "65", "66", "81", "82"}
        ),
    )
