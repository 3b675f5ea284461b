"""The door: tables that may be published, and nothing else passes for one."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.disclosure.draws import group_levels, wide_draws
from eitgeo.disclosure.exchanges import CAPTURED, OUTSIDE
from eitgeo.disclosure.levers import UNTOLD, WITHHELD, guard_levers, share_columns
from eitgeo.disclosure.published import WITHHELD_NOTE
from eitgeo.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Sequence

_DOOR: Final = object()
_ESTIMATES = ("t", "t_low", "t_mid", "t_high", "indicator_id", "share_pct")
"""Columns that no register has: estimates go through blocks."""

WHOLE = ""
"""Group of all blocks."""

SEVERAL = "plusieurs"
"""Takers of several groups, put together by secrecy."""


@dataclass(frozen=True)
class Released:
    """A table that may be published, with what it must carry along.

    Only the functions ``release_…`` of this module make one.

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
        """Refuse what was not made by the functions of this module."""
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


def release_blocks(
    communes_public: pd.DataFrame,
    blocks_public: pd.DataFrame,
    *,
    indicator_id: str,
    sources: tuple[str, ...],
    demonstration: tuple[str, ...] = (),
    secrecy: tuple[str, ...] = (),
) -> Released:
    """Release the sums of the blocks of communes that passed."""
    named = ["indicator_id", "block_id"]
    require_columns(
        communes_public, [*named, "code_insee", "released"], where="communes_public"
    )
    require_columns(
        blocks_public, [*named, "kind", "low", "value", "high"], where="blocks_public"
    )
    members = communes_public[communes_public["indicator_id"] == indicator_id]
    codes = _codes_of(members[members["released"]])
    blocks = blocks_public[blocks_public["indicator_id"] == indicator_id]
    table = blocks.drop(columns="indicator_id").merge(codes, on="block_id")
    shown = ["block_id", "kind", "codes", "low", "value", "high"]
    return Released(
        table=table[shown].sort_values("block_id", ignore_index=True),
        sources=sources,
        demonstration=demonstration,
        withheld=int((~members["released"]).sum()),
        secrecy=secrecy,
        door=_DOOR,
    )


def release_block_sums(
    blocks: Released,
    block_draws_public: pd.DataFrame,
    *,
    indicator_id: str,
    groups: pd.Series[str],
) -> Released:
    """Release sums of whole blocks by group of communes, and that of all."""
    rows = blocks.table.set_index("block_id")
    found = rows["codes"].str.split(";").map(lambda one: set(groups.reindex(one)))
    of_block = found.map(lambda one: min(one) if len(one) == 1 else SEVERAL)
    drawn = wide_draws(block_draws_public, indicator_id)
    drawn = drawn[drawn.index.isin(rows.index)]
    levels = rows[["low", "value", "high"]].astype(float)
    whole = of_block.map(lambda _: WHOLE)
    parts = [group_levels(levels, drawn, one) for one in (whole, of_block)]
    return replace(blocks, table=pd.concat(parts).reset_index(), door=_DOOR)


def release_links(
    communes_public: pd.DataFrame,
    exchanges_public: pd.DataFrame,
    *,
    groups: pd.Series[str],
    sources: tuple[str, ...],
    demonstration: tuple[str, ...] = (),
    secrecy: tuple[str, ...] = (),
) -> Released:
    """Release what groups of communes could give each other."""
    require_columns(
        communes_public, ["indicator_id", "block_id", "code_insee"], where="units"
    )
    require_columns(
        exchanges_public,
        ["donor_id", "receiver_ids", "value"],
        where="exchanges_public",
    )
    units = communes_public[communes_public["indicator_id"] == CAPTURED]
    first = units.groupby("block_id")["code_insee"].min()
    group_of = first.map(groups).to_dict() | {OUTSIDE: OUTSIDE}
    receivers = [
        {group_of[one] for one in names.split(";")}
        for names in exchanges_public["receiver_ids"]
    ]
    table = pd.DataFrame(
        {
            "donor": exchanges_public["donor_id"].map(group_of),
            "receiver": [min(one) if len(one) == 1 else SEVERAL for one in receivers],
            "value": exchanges_public["value"],
        }
    )
    sums = table.groupby(["donor", "receiver"])["value"].sum().reset_index()
    return Released(
        table=sums,
        sources=sources,
        demonstration=demonstration,
        secrecy=secrecy,
        door=_DOOR,
    )


_GUARDED_COLUMNS = (
    {"indicator_id", "block_id", "code_insee", "kind", "n_sites", "released"},
    {"indicator_id", "block_id", "n_communes", "low", "value", "high"},
    {"donor_id", "receiver_ids", "value"},
    {"indicator_id", "block_id", "draw", "value"},
)


def release_guarded(
    table: pd.DataFrame,
    *,
    sources: tuple[str, ...],
    demonstration: tuple[str, ...] = (),
) -> Released:
    """Release blocks or cells that passed: what an offline page may sum."""
    if not any(need <= set(table.columns) for need in _GUARDED_COLUMNS):
        message = (
            "blocs diffusables : table inconnue "
            "→ passer communes_public, blocks_public ou exchanges_public"
        )
        raise SchemaError(message)
    return Released(
        table=table.copy(), sources=sources, demonstration=demonstration, door=_DOOR
    )


def release_levers(
    totals: pd.DataFrame,
    gains: pd.DataFrame,
    *,
    ends: Sequence[pd.Series[str]],
    sources: tuple[str, ...],
    demonstration: tuple[str, ...] = (),
) -> Released:
    """Release what the exchanges of the whole study would move and save.

    Parameters
    ----------
    totals, gains, ends
        As in :func:`eitgeo.disclosure.levers.guard_levers`.
    sources, demonstration
        As in :func:`release_register`.

    Returns
    -------
    Released
        ``lever``, ``unit``, ``low``, ``mid``, ``high``, ``covered_pct``, ``status``,
        ``evidence``, ``left_out`` (what is not counted, in French), shares of the
        variance where `totals` has them; no figure where too few firms make it.
    """
    told = guard_levers(totals, gains, ends=ends)
    return Released(
        table=told[[*_LEVER_COLUMNS, *share_columns(told)]].copy(),
        sources=sources,
        demonstration=demonstration,
        withheld=int(told["status"].eq(WITHHELD).sum()),
        door=_DOOR,
    )


_LEVER_COLUMNS = [
    *("lever", "unit", "low", "mid", "high"),
    *("covered_pct", "status", "evidence", "left_out"),
]


def release_reach(
    km: pd.Series[float],
    checks: pd.DataFrame,
    *,
    ends: Sequence[pd.Series[str]],
    sources: tuple[str, ...],
    demonstration: tuple[str, ...] = (),
) -> Released:
    """Release how far exchanges go, beside what others have published.

    Parameters
    ----------
    km
        Road distance of each exchange [km one way].
    checks
        As `distance_checks` returns them.
    ends
        Firm of each exchange on the index of `km`, at each end.
    sources, demonstration
        As in :func:`release_register`.

    Returns
    -------
    Released
        ``check_id`` (``modele`` first), ``label``, ``km``, ``status`` (``chiffre``,
        ``secret``, ``non_chiffre``), ``evidence``, ``source``: the median of
        exchanges, each counted once whatever its tonnes, as the published ones are;
        no figure where too few firms take part at either end.
    """
    median = pd.DataFrame({"lever": ["n"], "low": 0.0, "high": 0.0})
    median = median.assign(mid=km.median(), status="chiffre" if len(km) else UNTOLD)
    told = guard_levers(median, pd.DataFrame({"n": 1.0}, index=km.index), ends=ends)
    own = pd.DataFrame(
        {
            "check_id": ["modele"],
            "label": ["Échanges potentiels affectés, médiane du modèle"],
            "km": told["mid"],
            "status": told["status"],
            "evidence": ["H"],
            "source": ["calcul de l’étude"],
        }
    )
    published = checks.reset_index().assign(status="chiffre")
    return Released(
        table=pd.concat([own, published[list(own)]], ignore_index=True),
        sources=sources,
        demonstration=demonstration,
        withheld=int(told["status"].eq(WITHHELD).sum()),
        door=_DOOR,
    )


def _codes_of(members: pd.DataFrame) -> pd.Series[str]:
    rows = members.sort_values("code_insee").groupby("block_id")["code_insee"]
    return rows.agg(";".join).rename("codes")


def release_union_figures(table: pd.DataFrame, *, indicators: Released) -> Released:
    """Release what was computed from released indicators and nothing else.

    Notes
    -----
    A function of published figures tells nothing that they do not: every difference
    of two unions is a sum of whole blocks that pass, and the means over orders have
    weights that anyone can compute. (They are rounded later than the figures
    themselves, which protects nothing: the released figures are safe unrounded.)
    """
    source = indicators.table
    faults = Faults("chiffres dérivés")
    if "indicator_id" in table:
        for name in sorted(set(table["indicator_id"]) - set(source["indicator_id"])):
            faults.add(f"indicateur « {name} » non publié", remedy="le publier d'abord")
    if {"perimeter_id", "indicator_id", "value"} <= set(table):
        key = ["perimeter_id", "indicator_id"]
        known = table[key].merge(source[[*key, "value"]], on=key, how="left")["value"]
        mine = table["value"].to_numpy(dtype=float)
        other = ~np.isclose(mine, known.to_numpy(dtype=float), equal_nan=True)
        if other.any():
            faults.add(
                f"{int(other.sum())} valeurs qui ne sont pas celles publiées",
                remedy="recalculer depuis indicators_public",
            )
    faults.raise_if_any(SchemaError)
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
