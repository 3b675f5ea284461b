"""The door: tables that may be published, and nothing else passes for one."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from eitgeo.check import Faults, require_columns
from eitgeo.disclosure.published import WITHHELD_NOTE
from eitgeo.errors import SchemaError

if TYPE_CHECKING:
    import pandas as pd

_DOOR: Final = object()
_ESTIMATES = ("t", "t_low", "t_mid", "t_high", "indicator_id", "share_pct")
"""Columns that no register has: estimates go through blocks."""


@dataclass(frozen=True)
class Released:
    """A table that may be published, with what it must carry along.

    Only :func:`release_register`, :func:`release_indicators` and
    :func:`release_derived` make one.

    Attributes
    ----------
    table
        The rows.
    sources
        Sources and licences to print, in French.
    demonstration
        Why it is a demonstration; empty when every input is real.
    to_confirm
        What is « à confirmer », in French.
    withheld
        How many cells were held back.
    secrecy
        What secrecy merged and left out, in French.
    """

    table: pd.DataFrame = field(repr=False)
    sources: tuple[str, ...] = ()
    demonstration: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()
    withheld: int = 0
    secrecy: tuple[str, ...] = ()
    door: InitVar[object] = None

    def __post_init__(self, door: object) -> None:
        """Refuse what was not made by the functions of this module.

        Parameters
        ----------
        door
            The key that they alone have.

        Raises
        ------
        SchemaError
            When it is any other.
        """
        if door is not _DOOR:
            message = (
                "table diffusable faite hors de eitgeo.disclosure "
                "→ passer par release_register ou release_indicators"
            )
            raise SchemaError(message)


def release_register(
    table: pd.DataFrame,
    *,
    sources: tuple[str, ...],
    demonstration: tuple[str, ...] = (),
    to_confirm: tuple[str, ...] = (),
) -> Released:
    """Release rows of public registers: communes, bodies, outlets, zones, sites.

    Parameters
    ----------
    table
        Any table without estimates; rows whose columns ``diffusible`` or
        ``natural_person`` forbid it, or are missing, are dropped.
    sources
        Sources and licences, in French.
    demonstration
        Why it is a demonstration.
    to_confirm
        What is « à confirmer ».

    Returns
    -------
    Released
        A copy without the rows that stay in.

    Raises
    ------
    SchemaError
        When the table holds estimates or indicators.
    """
    faults = Faults("registre")
    for name in _ESTIMATES:
        if name in table:
            faults.add(
                f"colonne « {name} » : une estimation n'est pas un registre",
                remedy="publier les blocs (communes_public, blocks_public)",
            )
    faults.raise_if_any(SchemaError)
    keep = np.ones(len(table), dtype=bool)
    # What is not known to be free to publish stays in.
    if "diffusible" in table:
        keep &= table["diffusible"].isin([True]).to_numpy()
    if "natural_person" in table:
        keep &= table["natural_person"].isin([False]).to_numpy()
    return Released(
        table=table[keep].copy(),
        sources=sources,
        demonstration=demonstration,
        to_confirm=to_confirm,
        withheld=int((~keep).sum()),
        door=_DOOR,
    )


def release_derived(
    table: pd.DataFrame,
    *,
    sources: tuple[str, ...],
    demonstration: tuple[str, ...] = (),
    to_confirm: tuple[str, ...] = (),
    secrecy: tuple[str, ...] = (),
    withhold: bool = False,
) -> Released:
    """Release what was computed from released figures only: gaps, scores, orders.

    Parameters
    ----------
    table
        Rows on perimeters, none on a site.
    sources, demonstration, to_confirm, secrecy
        As in :func:`release_indicators`.
    withhold
        Keep every row in: orders of real bodies while establishments are made up.

    Returns
    -------
    Released
        A copy.

    Raises
    ------
    SchemaError
        When a column names a site or a firm.
    """
    faults = Faults("table dérivée")
    for name in sorted({"site_id", "siret", "firm_id"} & set(table.columns)):
        met = f"colonne « {name} » : un établissement n'est pas un périmètre"
        faults.add(met, remedy="publier des chiffres de périmètres seulement")
    faults.raise_if_any(SchemaError)
    return Released(
        table=table.iloc[:0].copy() if withhold else table.copy(),
        sources=sources,
        demonstration=demonstration,
        to_confirm=to_confirm,
        secrecy=secrecy,
        door=_DOOR,
    )


def release_indicators(
    indicators_public: pd.DataFrame,
    *,
    sources: tuple[str, ...],
    demonstration: tuple[str, ...] = (),
    to_confirm: tuple[str, ...] = (),
    secrecy: tuple[str, ...] = (),
) -> Released:
    """Release indicators that were summed from guarded blocks.

    Parameters
    ----------
    indicators_public
        Table ``indicators_public``, of :func:`publish_indicators`; the internal
        table ``indicators`` lacks ``unallocated_pct`` and is refused.
    sources, demonstration, to_confirm
        As in :func:`release_register`.
    secrecy
        Sentences of :func:`report_sentences`.

    Returns
    -------
    Released
        A copy. In a demonstration, figures of class H carry no rank.

    Raises
    ------
    SchemaError
        When a column is missing.
    """
    need = ["perimeter_id", "indicator_id", "value", "low", "high", "note", "evidence"]
    require_columns(
        indicators_public,
        [*need, "percentile_same_size", "unallocated_pct"],
        where="indicators_public",
    )
    table = indicators_public.copy()
    if demonstration:
        # No rank of real bodies on working assumptions.
        table.loc[table["evidence"] == "H", "percentile_same_size"] = np.nan
    return Released(
        table=table,
        sources=sources,
        demonstration=demonstration,
        to_confirm=to_confirm,
        withheld=int(table["note"].eq(WITHHELD_NOTE).sum()),
        secrecy=secrecy,
        door=_DOOR,
    )
