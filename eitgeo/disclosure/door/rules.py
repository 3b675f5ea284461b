"""The five rules by which a table is released."""

from __future__ import annotations

from typing import Required, TypedDict, Unpack

import numpy as np
import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.disclosure.published import WITHHELD_NOTE
from eitgeo.errors import SchemaError
from eitgeo.tables.public import Released

_ESTIMATES = ("t", "t_low", "t_mid", "t_high", "indicator_id", "share_pct")
"""Columns that no register has: estimates go through blocks."""
_SITES = ("firm_id", "siret", "site_id")
_GUARDED_COLUMNS = (
    {"indicator_id", "block_id", "code_insee", "kind", "n_sites", "released"},
    {"indicator_id", "block_id", "n_communes", "low", "value", "high"},
    {"donor_id", "receiver_ids", "value"},
    {"indicator_id", "block_id", "draw", "value"},
)
_FIGURES = (
    *("perimeter_id", "indicator_id", "value", "low", "high", "note", "evidence"),
    *("percentile_same_size", "unallocated_pct"),
)


class Stamps(TypedDict, total=False):
    """What a table prints beside its figures, in French."""

    sources: Required[tuple[str, ...]]
    demonstration: tuple[str, ...]
    to_confirm: tuple[str, ...]
    secrecy: tuple[str, ...]


def release_register(table: pd.DataFrame, **stamps: Unpack[Stamps]) -> Released:
    """Release rows of public registers; those that may be hidden stay in.

    A table with estimates or indicators is refused. Rows whose columns ``diffusible``
    or ``natural_person`` forbid it, or are missing, are dropped.
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
    shown, withheld = table[keep].copy(), int((~keep).sum())
    return Released(table=shown, withheld=withheld, **stamps)


def release_derived(
    table: pd.DataFrame, *, withheld: int = 0, **stamps: Unpack[Stamps]
) -> Released:
    """Release what was computed from guarded or released figures only.

    Rows on perimeters or groups of communes, none on a site: gaps, scores, orders, sums
    of whole blocks or cells, guarded totals. `withheld`: how many figures the
    computation kept in.
    """
    faults = Faults("table dérivée")
    for name in _SITES:
        if name in table:
            faults.add(
                f"colonne « {name} » : un établissement n'est pas un périmètre",
                remedy="publier des chiffres de périmètres seulement",
            )
    faults.raise_if_any(SchemaError)
    return Released(table=table.copy(), withheld=withheld, **stamps)


def release_indicators(
    indicators_public: pd.DataFrame, **stamps: Unpack[Stamps]
) -> Released:
    """Release indicators that were summed from guarded blocks.

    The internal table ``indicators`` lacks ``unallocated_pct`` and is refused. In a
    demonstration, figures of class H carry no rank.
    """
    require_columns(indicators_public, [*_FIGURES], where="indicators_public")
    table = indicators_public.copy()
    if stamps.get("demonstration"):
        # No rank of real bodies on working assumptions.
        table.loc[table["evidence"] == "H", "percentile_same_size"] = np.nan
    withheld = int(table["note"].str.startswith(WITHHELD_NOTE).sum())
    return Released(table=table, withheld=withheld, **stamps)


def release_guarded(table: pd.DataFrame, **stamps: Unpack[Stamps]) -> Released:
    """Release blocks, draws or cells that passed: what an offline page may sum.

    Sums by commune or by site are not guarded, and are refused.
    """
    if not any(need <= set(table.columns) for need in _GUARDED_COLUMNS):
        message = (
            "blocs diffusables : table inconnue "
            "→ passer communes_public, blocks_public ou exchanges_public"
        )
        raise SchemaError(message)
    return Released(table=table.copy(), **stamps)


def release_union_figures(table: pd.DataFrame, *, indicators: Released) -> Released:
    """Release what was computed from released indicators and nothing else.

    It carries their sources and reasons. Where it has ``perimeter_id`` and ``value``,
    the values are those of `indicators`. In a demonstration, ranks on figures of class
    H stay in.

    Notes
    -----
    A function of published figures tells nothing that they do not: every difference
    of two unions is a sum of whole blocks that pass, and the means over orders have
    weights that anyone can compute. (They are rounded later than the figures
    themselves, which protects nothing: the released figures are safe unrounded.)
    """
    _require_same_figures(table, indicators.table)
    stays = np.zeros(len(table), dtype=bool)
    if indicators.demonstration and "rank" in table:
        stays = table["evidence"].eq("H").to_numpy()
    return Released(
        table=table[~stays].copy(),
        sources=indicators.sources,
        demonstration=indicators.demonstration,
        to_confirm=indicators.to_confirm,
        withheld=int(stays.sum()),
        secrecy=indicators.secrecy,
    )


def _require_same_figures(table: pd.DataFrame, source: pd.DataFrame) -> None:
    """Refuse an indicator that is not released, or a value that is not its own."""
    faults = Faults("chiffres dérivés")
    if "indicator_id" in table:
        for name in sorted(set(table["indicator_id"]) - set(source["indicator_id"])):
            faults.add(f"indicateur « {name} » non publié", remedy="le publier d'abord")
    if {"perimeter_id", "indicator_id", "value"} <= set(table):
        key = ["perimeter_id", "indicator_id"]
        known = table[key].merge(source[[*key, "value"]], on=key, how="left")["value"]
        values = table["value"].to_numpy(dtype=float)
        other = ~np.isclose(values, known.to_numpy(dtype=float), equal_nan=True)
        if other.any():
            faults.add(
                f"{int(other.sum())} valeurs qui ne sont pas celles publiées",
                remedy="recalculer depuis indicators_public",
            )
    faults.raise_if_any(SchemaError)
