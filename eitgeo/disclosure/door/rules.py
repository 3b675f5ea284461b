"""Released tables: five rules make them, and nothing else passes for one.

A row of the catalogue says how a table leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import InitVar, dataclass, field
from typing import (
    Any,
    Final,
    Literal,
    NamedTuple,
    Required,
    TypedDict,
    Unpack,
)

import numpy as np
import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.disclosure.published import WITHHELD_NOTE
from eitgeo.errors import SchemaError
from eitgeo.study.prints import Basis

_DOOR: Final = object()
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


@dataclass(frozen=True)
class Released:
    """A table that may be published, with what it must carry along.

    Only the rules of this module make one; the catalogue says which rule each table
    passes.

    ``table``: the rows. ``sources``: sources and licences to print, in French.
    ``demonstration``: why it is a demonstration; empty when every input is real.
    ``to_confirm``: what is « à confirmer », in French. ``withheld``: how many cells
    were held back. ``secrecy``: what secrecy merged and left out, in French.
    """

    table: pd.DataFrame = field(repr=False)
    sources: tuple[str, ...] = ()
    demonstration: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()
    withheld: int = 0
    secrecy: tuple[str, ...] = ()
    door: InitVar[object] = None

    def __post_init__(self, door: object) -> None:
        """Refuse what was not made by the rules of this module."""
        if door is not _DOOR:
            message = (
                "table diffusable faite hors de eitgeo.disclosure "
                "→ passer par released(project, nom)"
            )
            raise SchemaError(message)


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
    return Released(table=shown, withheld=withheld, door=_DOOR, **stamps)


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
    return Released(table=table.copy(), withheld=withheld, door=_DOOR, **stamps)


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
    return Released(table=table, withheld=withheld, door=_DOOR, **stamps)


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
    return Released(table=table.copy(), door=_DOOR, **stamps)


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
        door=_DOOR,
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


def gathered(parts: Sequence[Released]) -> Released:
    """Put the released rows of several studies together, with all that they carry."""
    return Released(
        table=pd.concat([part.table for part in parts], ignore_index=True),
        sources=_every(part.sources for part in parts),
        demonstration=_every(part.demonstration for part in parts),
        to_confirm=_every(part.to_confirm for part in parts),
        withheld=sum(part.withheld for part in parts),
        secrecy=_every(part.secrecy for part in parts),
        door=_DOOR,
    )


def _every(texts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({text for some in texts for text in some}))


class Leaving(NamedTuple):
    """How one table leaves.

    ``rule``: ``register`` (public rows; estimates are refused, hidden sites stay in),
    ``guarded`` (blocks, cells and draws that passed), ``indicators`` (summed from
    them), ``derived`` (computed from these: no column names a site), ``unions``
    (computed from released indicators alone, checked against them). ``credits``: names
    of ``study.sources.credits``, and ``zones`` for those drawn before; none: credits,
    reasons and secrecy are those of what it is made of. ``reasons``: drawn inputs that
    make it a demonstration, as :data:`~eitgeo.study.prints.Basis` says; none: it is
    real. ``secrecy``: what it says of secrecy: ``report`` (all of
    ``disclosure_report``), or the indicator whose line is told. ``to_confirm``: what is
    « à confirmer » whatever the rows, in French. ``drops``, ``keeps``: columns that
    stay in; the only ones of rows that a step draws for a map. ``made``: what computes
    it, from the project, what it is `of`, then what it `reads`. ``of``: other rows of
    this catalogue, released first. ``reads``: tables of the study; None: the one of the
    same name.
    """

    rule: Literal["register", "guarded", "indicators", "derived", "unions"]
    credits: str = ""
    reasons: Basis = ""
    secrecy: str = ""
    to_confirm: str = ""
    drops: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    made: Callable[..., Any] | None = None
    of: tuple[str, ...] = ()
    reads: tuple[str, ...] | None = None
