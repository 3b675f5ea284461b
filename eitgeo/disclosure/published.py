"""Published indicators: sums of whole blocks, and what is not broken down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.disclosure.blocks import JOBS, LEVELS
from eitgeo.disclosure.draws import wide_draws
from eitgeo.disclosure.exchanges import CAPTURED, widened, with_spread
from eitgeo.disclosure.guard import Guarded
from eitgeo.errors import SchemaError
from eitgeo.exact import at_most, settled_values
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.scenarios.measures.indicators import rank_same_size
from eitgeo.scenarios.measures.matter import draw_levels, lever_figures
from eitgeo.sources.activity.cells import NO_SITES

WITHHELD_NOTE = "secret statistique"
"""Begins each note that says why a figure is not published."""

LEFT_NOTE = (
    f"{WITHHELD_NOTE} : EPCI coupées, ou dont un établissement donne plus de 85 %"
)
"""More than half of who gives is in EPCI that are cut, or that fail the rule."""

UNSURE_NOTE = f"{WITHHELD_NOTE} : preneurs publiés seulement avec d’autres, au-dehors"
"""Too much goes to takers told together, some inside and some not."""
"""Said in place of a figure that too few firms make."""

SECRECY = ("register", "blocks", "pairs", "tranche")
"""How an indicator is kept secret: column ``secrecy`` of the catalogue."""

MAX_LEFT_PCT = 50.0
"""Share of sites left out above which a ratio would mislead, and is withheld [%]."""

MAX_UNSURE_PCT = 20.0
"""Share of what is given that goes to takers told together, some inside and some not,
above which the share kept would mislead, and is withheld [%]."""

_LITTLE_T = 1e-9
TOP_SITE = "top_site_pct"
_WORST_SHARE_PCT = 20.0


class _Holdings(NamedTuple):
    """Which blocks each perimeter holds whole.

    ``blocks``: names of the blocks. ``whole``: shape (perimeters, blocks). ``touched``:
    which blocks each perimeter holds, whole or in part; same shape. ``left_pct``: share
    of the sites inside that are in no block held whole [%]. ``n_left``: communes
    inside, with such a site, that are in no block held whole.
    """

    blocks: pd.Index
    whole: np.ndarray
    touched: np.ndarray
    left_pct: np.ndarray
    n_left: np.ndarray


def publish_indicators(
    indicators: pd.DataFrame,
    guarded: Guarded,
    *,
    candidates: Sequence[Candidate],
    catalogue: pd.DataFrame,
    synthetic_pct: pd.Series[float],
    levers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Replace the figures that rest on estimates by sums of whole blocks.

    ``guarded``: the blocks and cells. ``catalogue``: `indicator_catalogue`; its column
    ``secrecy`` says how. ``synthetic_pct``: as `synthetic_shares` returns it.
    ``levers``: released levers of the whole study, as `lever_levels` lays them out.
    Returns: table ``indicators_public``: one row for each of ``indicators``, with
    ``unallocated_pct``, the share of the sites of the perimeter that no block held
    whole counts [%]. Refused when the catalogue does not say how an indicator is kept
    secret.

    Notes
    -----
    ``register``: counts of public registers and facts on bodies: as they are.

    ``blocks``: value, low and high are each the sum over the blocks that the
    perimeter holds whole, or the mean, P10 and P90 of the sum of their draws where
    blocks are drawn. The rest is told in sites and communes, never in tonnes:
    the exact rest of a perimeter is the sum of the parts of cut blocks, which fail.

    ``pairs``: a share of exchanges is the ratio of two sums over cells that pass, so
    it says less than these sums; its interval is that of `with_spread`. Ratios
    are withheld where blocks held whole count less than half of the sites inside, or
    where more than a fifth of what is given goes to takers told together of which
    the perimeter holds some and leaves others. Levers are the released totals of the
    study times the share of the published tonnes that the perimeter keeps, their
    interval widened by that of the share kept (`widened`): a function of published
    figures alone, withheld where the share kept is.

    ``tranche``: the share of the largest site times the published jobs would give
    the headcount of one firm. A band of the share would not do: of hundreds of
    perimeters with the same largest site and slightly different jobs, those on
    either side of a limit squeeze the headcount between two close numbers. So the
    headcount is replaced by its size class, which the SIRENE register tells, and the
    share is given as what this class and the published jobs allow: however many
    perimeters are compared, they tell that class and no more. No value and no rank;
    the site is the largest of those that are not hidden in the register.

    The share of synthetic inputs in a perimeter times its published sum would give
    what its few real sites make: the share in the whole study stands for all, and so
    does the class that follows from it.
    """
    _require_rules(indicators, catalogue)
    names = [one.perimeter_id for one in candidates]
    secrecy = indicators["indicator_id"].map(catalogue["secrecy"])
    # Nothing is kept secret of what is not told at all.
    secrecy = secrecy.mask(indicators["note"].eq(NO_SITES), "register")
    parts = [indicators[secrecy == "register"].assign(unallocated_pct=0.0)]
    secret = indicators[secrecy != "register"]
    shares = _kept(guarded, candidates, indicators)
    for name, rows in secret.groupby("indicator_id"):
        own = rows.set_index("perimeter_id").loc[names].reset_index()
        figures = _figures(str(name), guarded, candidates, levers=levers, kept=shares)
        row = catalogue.loc[str(name)]
        ranks = rank_same_size(
            figures["value"].to_numpy(),
            direction=str(row["direction"]),
            candidates=list(candidates),
        )
        public = own.assign(
            percentile_same_size=ranks,
            **{str(name): column.to_numpy() for name, column in figures.items()},
        )
        share = float(synthetic_pct[name])
        parts.append(_classed(public, str(row["evidence"]), share))
    return pd.concat(parts, ignore_index=True)


def _require_rules(indicators: pd.DataFrame, catalogue: pd.DataFrame) -> None:
    """Refuse an indicator of which nothing says how it is kept secret."""
    faults = Faults("indicators.csv")
    for name in sorted(set(indicators["indicator_id"])):
        rule = catalogue["secrecy"].get(name, "")
        if rule not in SECRECY:
            fault = f"« {name} » : règle de secret « {rule} » inconnue"
            faults.add(fault, remedy=hint(str(rule), SECRECY))
    faults.raise_if_any(SchemaError)


def _classed(rows: pd.DataFrame, evidence: str, share_pct: float) -> pd.DataFrame:
    """Give every perimeter the shares of the whole study."""
    shares = rows["hypothesis_share_pct"]
    hypothesis = shares.iloc[0] if shares.eq(shares.iloc[0]).all() else share_pct
    worst = "H" if not at_most(hypothesis, _WORST_SHARE_PCT) else evidence
    return rows.assign(
        evidence=worst, hypothesis_share_pct=hypothesis, synthetic_share_pct=share_pct
    )


def _kept(
    guarded: Guarded, candidates: Sequence[Candidate], indicators: pd.DataFrame
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the share of exchanges kept, with its interval, and the tonnes kept."""
    shares, kept_t = kept_shares(guarded.communes, guarded.exchanges, candidates)
    own = indicators[indicators["indicator_id"].eq(CAPTURED)]
    names = [one.perimeter_id for one in candidates]
    return with_spread(shares, own.set_index("perimeter_id").reindex(names)), kept_t


def _figures(
    name: str,
    guarded: Guarded,
    candidates: Sequence[Candidate],
    *,
    levers: pd.DataFrame | None,
    kept: tuple[pd.DataFrame, np.ndarray],
) -> pd.DataFrame:
    if levers is not None and name in levers.index:
        return _part_of_levers(name, guarded, levers, kept)
    if name == CAPTURED:
        return kept[0]
    if name == TOP_SITE:
        return _top_site(guarded, candidates)
    return sum_blocks(name, guarded, candidates)


def sum_blocks(
    name: str, guarded: Guarded, candidates: Sequence[Candidate]
) -> pd.DataFrame:
    """Sum the blocks that each perimeter holds whole."""
    holding = holdings(guarded.communes, name, candidates)
    own = guarded.blocks[guarded.blocks["indicator_id"] == name]
    rows = own.set_index("block_id").loc[holding.blocks, LEVELS]
    block_draws = wide_draws(guarded.draws, name)
    is_drawn = holding.blocks.isin(block_draws.index)
    whole = holding.whole.astype(float)
    sums = whole[:, ~is_drawn] @ rows.to_numpy()[~is_drawn]
    table = pd.DataFrame(sums, columns=LEVELS)
    if is_drawn.any():
        draws = block_draws.loc[holding.blocks[is_drawn]].to_numpy(dtype=float)
        table = table.add(draw_levels(whole[:, is_drawn] @ draws))[LEVELS]
    table.loc[~holding.whole.any(axis=1)] = np.nan
    return table.assign(note=_notes(holding), unallocated_pct=holding.left_pct)


def _part_of_levers(
    name: str,
    guarded: Guarded,
    levers: pd.DataFrame,
    kept: tuple[pd.DataFrame, np.ndarray],
) -> pd.DataFrame:
    """Give each perimeter the part of a lever that its published tonnes make."""
    shares, kept_t = kept
    total = float(guarded.exchanges["value"].sum())
    part = np.where(shares["value"].notna(), kept_t, np.nan) / max(total, _LITTLE_T)
    part_figures = widened(lever_figures(part, levers.loc[[name]])[name], shares)
    known = part_figures["value"].notna() | shares["note"].str.startswith(WITHHELD_NOTE)
    note = shares["note"].where(known, WITHHELD_NOTE)
    parts = part_figures["note"].where(part_figures["value"].notna(), "")
    note = note.mask(parts != "", (note + " ; " + parts).str.removeprefix(" ; "))
    return shares.assign(**{level: part_figures[level] for level in LEVELS}, note=note)


def kept_shares(
    communes: pd.DataFrame, cells: pd.DataFrame, candidates: Sequence[Candidate]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the share kept of what is given, and the tonnes kept."""
    units = communes[communes["indicator_id"] == CAPTURED]
    held = holdings(units, CAPTURED, candidates)
    everyone = holdings(units.assign(released=True), CAPTURED, candidates)
    tonnes = cells["value"].to_numpy(dtype=float)
    gives = _held_units(everyone, cells["donor_id"])
    takes = _held_units(everyone, cells["receiver_ids"])
    given_t = gives.astype(float) @ tonnes
    kept_t = (gives & takes).astype(float) @ tonnes
    blank = np.full(len(given_t), np.nan)
    unsure = (gives & ~takes & _touched_units(everyone, cells)).astype(float) @ tonnes
    is_held = at_most(held.left_pct, MAX_LEFT_PCT)
    is_sure = at_most(100 * unsure, MAX_UNSURE_PCT * given_t)
    tells = (given_t > 0) & is_held & is_sure
    value = 100 * np.divide(kept_t, given_t, out=blank, where=tells)
    why = np.where(is_sure, WITHHELD_NOTE, UNSURE_NOTE)
    notes = np.where(tells, _notes(held), np.where(is_held, why, LEFT_NOTE))
    shares = pd.DataFrame(
        {
            "value": value,
            "low": np.nan,
            "high": np.nan,
            "note": notes,
            "unallocated_pct": held.left_pct,
        }
    )
    return shares, kept_t


def _held_units(held: _Holdings, lists: pd.Series[str]) -> np.ndarray:
    """Say which perimeters hold all the units of each list."""
    wanted = np.zeros((len(lists), len(held.blocks) + 1), dtype=bool)
    for row, names in enumerate(lists):
        # A unit outside the study area is held by no perimeter: last column.
        wanted[row, held.blocks.get_indexer(pd.Index(names.split(";")))] = True
    absent = np.column_stack([~held.whole, np.ones(len(held.whole), dtype=bool)])
    return (absent.astype(float) @ wanted.T.astype(float)) == 0


def _touched_units(held: _Holdings, cells: pd.DataFrame) -> np.ndarray:
    """Say which perimeters hold one of the takers of each cell, or a part of one."""
    wanted = np.zeros((len(cells), len(held.blocks)), dtype=bool)
    for row, names in enumerate(cells["receiver_ids"]):
        places = held.blocks.get_indexer(pd.Index(names.split(";")))
        wanted[row, places[places >= 0]] = True
    return (held.touched.astype(float) @ wanted.T.astype(float)) > 0


def _top_site(guarded: Guarded, candidates: Sequence[Candidate]) -> pd.DataFrame:
    """Bound the share of the largest site by its size class."""
    held = holdings(guarded.communes, JOBS, candidates)
    blocks = guarded.blocks[guarded.blocks["indicator_id"] == JOBS]
    rows = blocks.set_index("block_id").loc[held.blocks]
    jobs = held.whole.astype(float) @ rows["value"].to_numpy(dtype=float)
    low, high = (rows[name].to_numpy(dtype=float) for name in ("top_low", "top_high"))
    told = held.whole & ~np.isnan(low)
    unknown = ~told.any(axis=1) | ~at_most(held.left_pct, MAX_LEFT_PCT)
    # Classes are nested in order: the largest low bound is that of the largest site.
    first, last = (
        np.broadcast_to(top, told.shape).max(axis=1, initial=0.0, where=told)
        for top in (low, np.nan_to_num(high, nan=np.inf))
    )
    share = np.vstack([first, last])
    bounds = 100 * np.divide(
        share, jobs, out=np.full_like(share, np.nan), where=~unknown
    )
    bounds = np.minimum(bounds, 100.0)
    notes = [
        WITHHELD_NOTE
        if unknown[row]
        else _band_note(bounds[0, row], bounds[1, row], rest)
        for row, rest in enumerate(_notes(held))
    ]
    return pd.DataFrame(
        {
            "value": np.nan,
            "low": bounds[0],
            "high": bounds[1],
            "note": notes,
            "unallocated_pct": held.left_pct,
        }
    )


def _band_note(low: float, high: float, rest: str) -> str:
    floor, ceiling = np.floor(settled_values(low)), np.ceil(settled_values(high))
    band = f"entre {floor:.0f} et {ceiling:.0f} %"
    text = f"{band}, d'après la tranche d'effectif du premier établissement diffusible"
    return f"{text} ; {rest}" if rest else text


def holdings(
    members: pd.DataFrame, name: str, candidates: Sequence[Candidate]
) -> _Holdings:
    """Say which blocks of an indicator each perimeter holds whole."""
    own = members[members["indicator_id"] == name]
    shown = own[own["released"]]
    blocks, column = np.unique(shown["block_id"].astype(str), return_inverse=True)
    every = _inside(own["code_insee"], candidates)
    inside = every[:, own["released"].to_numpy(dtype=bool)]
    belongs = (column[:, None] == np.arange(len(blocks))).astype(float)
    n_inside = inside.astype(float) @ belongs
    whole = n_inside == belongs.sum(axis=0)
    counted = inside & whole[:, column]
    sites = counted.astype(float) @ shown["n_sites"].to_numpy(dtype=float)
    total = every.astype(float) @ own["n_sites"].to_numpy(dtype=float)
    blank = np.zeros_like(total)
    share = np.divide(total - sites, total, out=blank, where=total > 0)
    has_site = own["n_sites"].to_numpy() > 0
    missed = every[:, has_site].sum(axis=1) - (
        counted[:, shown["n_sites"].to_numpy() > 0].sum(axis=1)
    )
    return _Holdings(pd.Index(blocks), whole, n_inside > 0, 100 * share, missed)


def _inside(codes: pd.Series[str], candidates: Sequence[Candidate]) -> np.ndarray:
    """Say which perimeters hold the commune of each row."""
    rank, names = pd.factorize(codes)
    listed = names.tolist()
    is_in = [[name in one.codes for name in listed] for one in candidates]
    return np.array(is_in, dtype=bool).reshape(len(is_in), len(listed))[:, rank]


def _notes(held: _Holdings) -> list[str]:
    """Say what is left out: in communes and sites, never in tonnes."""
    return [
        _left_note(int(n), share, any_block=bool(whole.any()))
        for n, share, whole in zip(held.n_left, held.left_pct, held.whole, strict=True)
    ]


def _left_note(n_communes: int, share_pct: float, *, any_block: bool) -> str:
    if not any_block:
        return WITHHELD_NOTE
    if n_communes == 0:
        return ""
    plural = "s" if n_communes > 1 else ""
    share = f"{np.ceil(settled_values(share_pct)):.0f} % des établissements"
    return f"non ventilé : {n_communes} commune{plural}, {share} ({WITHHELD_NOTE})"
