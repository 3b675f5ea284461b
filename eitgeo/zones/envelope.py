"""Global envelopes: what curves do when activities are dealt out at random."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

from eitgeo.errors import InfeasibleError

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

LEVEL = 0.05
"""Probability that a curve drawn at random leaves its envelope somewhere."""


@dataclass(frozen=True)
class Envelope:
    """Band that holds whole curves, and how unusual the observed one is.

    Attributes
    ----------
    low, high
        Shape (k,): bounds at each distance.
    p_value
        Share of the curves at least as extreme as the observed one, itself included.
    """

    low: Floats = field(repr=False)
    high: Floats = field(repr=False)
    p_value: float


def global_envelope(
    observed: Floats, simulated: Floats, *, level: float = LEVEL
) -> Envelope:
    """Draw the band that curves drawn at random leave with a given probability.

    Parameters
    ----------
    observed
        Shape (k,): the curve observed.
    simulated
        Shape (s, k): curves drawn under the null hypothesis.
    level
        Probability for a whole curve, all distances together.

    Returns
    -------
    Envelope
        Hull of the curves, the observed one among them, that are not in the most
        extreme share ``level``. ``p_value`` ≤ ``level`` says that the observed curve
        is in that share.

    Raises
    ------
    InfeasibleError
        When there are too few curves for the level: 19 at least for 5 %.

    Notes
    -----
    Extreme rank lengths: at each distance a curve has a rank, counted from the
    nearer end (ties share the mean); curves are ordered by their ranks from the
    most extreme on, so that of two curves which both come first somewhere, the one
    that does so at more distances is the more extreme. The test is exact for
    exchangeable curves, whatever the number of distances; pointwise bands are not.

    References
    ----------
    Myllymäki, Mocquard, Mrkvička, Hahn & Grabarnik (2017), *J. R. Stat. Soc. B* 79,
    381–404, https://doi.org/10.1111/rssb.12172; Duranton & Overman (2005) for the
    need of a band that is global.

    Examples
    --------
    >>> flat = np.arange(1.0, 20.0)[:, None] * np.ones(3)
    >>> band = global_envelope(np.full(3, 99.0), flat, level=0.1)
    >>> band.p_value, band.low.tolist(), band.high.tolist()
    (0.1, [2.0, 2.0, 2.0], [19.0, 19.0, 19.0])
    """
    curves = np.vstack([observed, simulated])
    if len(curves) * level < 1:
        needed = int(np.ceil(1 / level - 1e-9)) - 1
        message = (
            f"enveloppe : {len(simulated)} permutations pour un seuil de "
            f"{100 * level:g}\N{NARROW NO-BREAK SPACE}% → en demander au moins {needed}"
        )
        raise InfeasibleError(message)
    rising = rankdata(curves, axis=0)
    depth = np.sort(np.minimum(rising, len(curves) + 1 - rising), axis=1)
    # As whole numbers: midranks are halves.
    _, group, size = np.unique(
        np.rint(2 * depth).astype(np.int64),
        axis=0,
        return_inverse=True,
        return_counts=True,
    )
    share = (np.cumsum(size) / len(curves))[group.ravel()]
    kept = curves[share > level]
    return Envelope(kept.min(axis=0), kept.max(axis=0), float(share[0]))
