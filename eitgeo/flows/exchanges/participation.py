"""Who takes part: a share of the receivers within reach, and how it is said.

All the receivers within reach of a residue need many times its tonnes; a démarche
meets few of them. A share is drawn between two bounds, then which receivers make it,
and residues go to those alone. All who could give to them do, unless a study tells a
share of donors too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eitgeo.reference.exchange_terms import participation
from eitgeo.words import NBSP, french_number, range_text, typographic

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.study.sections import Study

DRAW = "participation_draw"
"""Column of the table ``allocation``: the draw in which an exchange is made."""
_PERCENT = 100.0


class TakingPart(NamedTuple):
    """How many receivers take part, and how often it is drawn.

    ``low``, ``high``: bounds of the share of receivers (0–1]. ``n_draws``: draws: an
    exchange of one of them counts for ``1 ÷ n_draws``. ``donors``: bounds of the share
    of donors (0–1].
    """

    low: float
    high: float
    n_draws: int
    donors: tuple[float, float] = (1.0, 1.0)


def taking_part_in(study: Study) -> TakingPart:
    """Return what a study tells of it, else the working assumption of the package."""
    stated = study.flows.participation
    usual = participation()
    low, high = stated.share or (
        float(usual["low"]["receivers"]),
        float(usual["high"]["receivers"]),
    )
    return TakingPart(low, high, stated.n_draws, stated.donors)


def if_taking_part(part: TakingPart) -> str:
    r"""Say on what every figure of exchanges rests, in French.

    Examples
    --------
    >>> if_taking_part(TakingPart(0.02, 0.05, 30)).replace(NBSP, " ")
    'si 2 à 5 % des preneurs prennent part'
    >>> if_taking_part(TakingPart(1.0, 1.0, 1))
    'si tous les preneurs prennent part'
    >>> both = TakingPart(0.02, 0.05, 30, (0.1, 0.1))
    >>> if_taking_part(both).replace(NBSP, " ")
    'si 2 à 5 % des preneurs et 10 % des donneurs prennent part'
    """
    said = f"si {_share_text(part.low, part.high)} preneurs"
    if part.donors != (1.0, 1.0):
        said += f" et {_share_text(*part.donors)} donneurs"
    return f"{said} prennent part"


def if_donors_too(shares: pd.DataFrame, part: TakingPart) -> str:
    r"""Say what is left if the same share of donors takes part too, in French.

    ``shares``: released table ``participation``. ``part``: who takes part in the study.
    Returns: empty where the study draws donors already, or where nothing may be told.

    Examples
    --------
    >>> import pandas as pd
    >>> tried = pd.DataFrame({"share": [0.02, 0.05, 0.05], "t": [90.0, 800.0, 20_000.0],
    ...     "donor_share": [0.02, 0.05, 1.0], "eur_firms": [3_800.0, 33_000.0, 9e5]})
    >>> said = if_donors_too(tried, TakingPart(0.02, 0.05, 30)).partition("reste ")[2]
    >>> said[:30].replace(NBSP, " ")
    'de l’ordre de 90 à 800 t/an et'
    """
    both = shares["donor_share"].eq(shares["share"])
    asked = shares[both & shares["share"].between(part.low, part.high)]
    if asked.empty or part.donors != (1.0, 1.0):
        return ""
    left = [
        range_text(float(asked[name].min()), float(asked[name].max()), unit=unit)
        for name, unit in (("t", "t/an"), ("eur_firms", "€/an"))
    ]
    return typographic(
        f"Si la même part des donneurs prend part aussi, il reste {left[0]} et "
        f"{left[1]} pour les entreprises."
    )


def _share_text(low: float, high: float) -> str:
    if low == high == 1:
        return "tous les"
    least, most = (french_number(_PERCENT * bound) for bound in (low, high))
    shares = least if least == most else f"{least} à {most}"
    return f"{shares}{NBSP}% des"
