"""Who takes part: a share of the receivers within reach, drawn.

All the receivers within reach of a residue need many times its tonnes; a démarche
meets few of them. A share is drawn between two bounds, then which receivers make it,
and residues go to those alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eitgeo.draws import draw_keys, stratified_uniforms, uniforms_at
from eitgeo.reference.exchange_terms import participation
from eitgeo.words import NBSP, french_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from eitgeo.study.sections import Study

    Floats = npt.NDArray[np.float64]

DRAW = "participation_draw"
"""Column of the table ``allocation``: the draw in which an exchange is made."""
_PERCENT = 100.0


class TakingPart(NamedTuple):
    """How many receivers take part, and how often it is drawn.

    Attributes
    ----------
    low, high
        Bounds of the share of receivers (0–1].
    n_draws
        Draws: an exchange of one of them counts for ``1 ÷ n_draws``.
    """

    low: float
    high: float
    n_draws: int


def taking_part_in(study: Study) -> TakingPart:
    """Return what a study tells of it, else the working assumption of the package."""
    told = study.flows.participation
    usual = participation()
    low, high = told.share or (
        float(usual["low"]["receivers"]),
        float(usual["high"]["receivers"]),
    )
    return TakingPart(low, high, told.n_draws)


def drawn_shares(part: TakingPart, *, seed: int) -> Floats:
    """Draw the share of receivers of each draw, once in each stratum of its bounds.

    Examples
    --------
    >>> drawn = drawn_shares(TakingPart(0.02, 0.06, 4), seed=1)
    >>> sorted(drawn.round(9).tolist())
    [0.025, 0.035, 0.045, 0.055]
    """
    key = draw_keys(["part"], seed=seed, source="participation")
    unit = stratified_uniforms(key, part.n_draws)[0]
    shares: Floats = part.low + (part.high - part.low) * unit
    return shares


def parts_taken(
    site_ids: Iterable[str], shares: Floats, *, seed: int, turn: int = 0
) -> Floats:
    """Say which sites take part: draws × sites, 1 or 0.

    Notes
    -----
    Systematic sampling, each site apart: it has an offset of its own, and takes part
    in the draws where the offset and the shares so far pass a whole number. It does
    in a draw with the probability of its share, and over all draws ``⌊Σp⌋`` or
    ``⌈Σp⌉`` times: few draws have a steady mean. The sites of a share are among those
    of a greater one where there is one draw. Another `turn` draws other offsets.

    References
    ----------
    Madow (1949), On the theory of systematic sampling, II, Annals of Mathematical
    Statistics 20(3), 333–354.

    Examples
    --------
    >>> taken = parts_taken(["a", "b", "c"], np.full(4, 0.25), seed=1)
    >>> taken.sum(axis=0).tolist()
    [1.0, 1.0, 1.0]
    """
    keys = draw_keys(site_ids, seed=seed, source="preneur")
    offset = uniforms_at(keys, np.array([turn]))
    so_far = np.concatenate([np.zeros(1), np.cumsum(shares)])[:, None]
    passed = np.diff(np.floor(so_far + offset), axis=0) > 0
    return passed.astype(np.float64)


def if_taking_part(part: TakingPart) -> str:
    r"""Say on what every figure of exchanges rests, in French.

    Examples
    --------
    >>> if_taking_part(TakingPart(0.02, 0.05, 30)).replace(NBSP, " ")
    'si 2 à 5 % des preneurs prennent part'
    >>> if_taking_part(TakingPart(1.0, 1.0, 1))
    'si tous les preneurs prennent part'
    """
    low, high = (french_number(_PERCENT * bound) for bound in (part.low, part.high))
    if part.low == part.high == 1:
        return "si tous les preneurs prennent part"
    shares = low if low == high else f"{low} à {high}"
    return f"si {shares}{NBSP}% des preneurs prennent part"
