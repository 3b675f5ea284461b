"""Who takes part: a share of the receivers within reach, and how it is said.

All the receivers within reach of a residue need many times its tonnes; a démarche
meets few of them, and few of those who could give. A share is drawn between two
bounds, then which firms make it, at both ends, and residues go from those to those
alone. A study may tell another share of donors.
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
    """How many firms take part, and how often it is drawn.

    ``low``, ``high``: bounds of the share of receivers (0–1]. ``n_draws``: draws: an
    exchange of one of them counts for ``1 ÷ n_draws``. ``donors``: bounds of the share
    of donors (0–1].
    """

    low: float
    high: float
    n_draws: int
    donors: tuple[float, float]


def taking_part_in(study: Study) -> TakingPart:
    """Return what a study tells of it, else the working assumption of the package."""
    stated = study.flows.participation
    usual = participation()
    low, high = stated.share or (
        float(usual["low"]["receivers"]),
        float(usual["high"]["receivers"]),
    )
    return TakingPart(low, high, stated.n_draws, stated.donors or (low, high))


def if_taking_part(part: TakingPart) -> str:
    r"""Say on what every figure of exchanges rests, in French.

    Examples
    --------
    >>> if_taking_part(TakingPart(0.02, 0.05, 30, (0.02, 0.05))).replace(NBSP, " ")
    'si 2 à 5 % des donneurs et des preneurs prennent part'
    >>> if_taking_part(TakingPart(0.1, 0.1, 1, (1.0, 1.0))).replace(NBSP, " ")
    'si tous les donneurs et 10 % des preneurs prennent part'
    """
    takers, givers = _share_text(part.low, part.high), _share_text(*part.donors)
    takers = takers if takers != givers else takers[-3:]
    return f"si {givers} donneurs et {takers} preneurs prennent part"


def could_be_asked(shares: pd.DataFrame, part: TakingPart) -> str:
    r"""Say what there is to ask for, were all donors to give, in French.

    ``shares``: released table ``participation``. ``part``: who takes part in the study.
    Returns: empty where all donors give in the study, or where nothing may be told.

    Examples
    --------
    >>> import pandas as pd
    >>> tried = pd.DataFrame({"share": [0.02, 0.05, 0.05], "t": [8e3, 20_000.0, 800.0],
    ...     "donor_share": [1.0, 1.0, 0.05], "eur_firms": [4e5, 9e5, 33_000.0]})
    >>> part = TakingPart(0.02, 0.05, 30, (0.02, 0.05))
    >>> could_be_asked(tried, part).partition(": ")[2][:36].replace(NBSP, " ")
    'de l’ordre de 8 000 à 20 000 t/an et'
    """
    whole = shares["donor_share"].eq(1.0)
    asked = shares[whole & shares["share"].between(part.low, part.high)]
    if asked.empty or part.donors == (1.0, 1.0):
        return ""
    tonnes, euros = (
        range_text(float(asked[name].min()), float(asked[name].max()), unit=unit)
        for name, unit in (("t", "t/an"), ("eur_firms", "€/an"))
    )
    return typographic(
        f"Ce qui pourrait être demandé, si tous les donneurs donnaient : {tonnes} et "
        f"{euros} pour les entreprises."
    )


def _share_text(low: float, high: float) -> str:
    if low == high == 1:
        return "tous les"
    least, most = (french_number(_PERCENT * bound) for bound in (low, high))
    shares = least if least == most else f"{least} à {most}"
    return f"{shares}{NBSP}% des"
