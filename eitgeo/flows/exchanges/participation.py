"""Who takes part: a share of the receivers within reach, and how it is said.

All the receivers within reach of a residue need many times its tonnes; a démarche
meets few of them, and few of those who could give. A share is drawn between two
bounds, then which firms make it, at both ends, and residues go from those to those
alone.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from eitgeo.reference.exchange_terms import participation
from eitgeo.study.sections import Study
from eitgeo.words import NBSP, french_number, range_text, typographic

DRAW = "participation_draw"
"""Column of the table ``allocation``: the draw in which an exchange is made."""
_PERCENT = 100.0


class TakingPart(NamedTuple):
    """How many firms take part, and how often it is drawn.

    ``low``, ``high``: bounds of their share (0–1], at either end of exchanges.
    ``n_draws``: draws: an exchange of one of them counts for ``1 ÷ n_draws``.
    """

    low: float
    high: float
    n_draws: int


def taking_part_in(study: Study) -> TakingPart:
    """Return what a study tells of it, else the working assumption of the package."""
    stated = study.flows.participation
    usual = participation()
    low, high = stated.share or (
        float(usual["low"]["receivers"]),
        float(usual["high"]["receivers"]),
    )
    return TakingPart(low, high, stated.n_draws)


def if_taking_part(part: TakingPart) -> str:
    r"""Say on what every figure of exchanges rests, in French.

    Examples
    --------
    >>> if_taking_part(TakingPart(0.02, 0.05, 30)).replace(NBSP, " ")
    'si 2 à 5 % des donneurs et des preneurs prennent part'
    >>> if_taking_part(TakingPart(1.0, 1.0, 1))
    'si tous les donneurs et les preneurs prennent part'
    """
    least, most = (french_number(_PERCENT * bound) for bound in (part.low, part.high))
    shares = least if least == most else f"{least} à {most}"
    who = f"{shares}{NBSP}% des donneurs et des preneurs"
    if part.low == 1:
        who = "tous les donneurs et les preneurs"
    return f"si {who} prennent part"


def could_be_asked(shares: pd.DataFrame, part: TakingPart) -> str:
    r"""Say what there is to ask for, were all donors to give, in French.

    ``shares``: released table ``participation``. ``part``: who takes part in the study.
    Returns: empty where nothing may be told.

    Examples
    --------
    >>> import pandas as pd
    >>> tried = pd.DataFrame({"share": [0.02, 0.05, 0.05], "t": [8e3, 20_000.0, 800.0],
    ...     "donor_share": [1.0, 1.0, 0.05], "eur_firms": [4e5, 9e5, 33_000.0]})
    >>> part = TakingPart(0.02, 0.05, 30)
    >>> told = could_be_asked(tried, part).partition("donnaient")[2]
    >>> told.replace(NBSP, " ").replace("\u202f", " ")
    ' : ≈ 8 000 à 20 000 t/an et ≈ 400 000 à 900 000 €/an pour les entreprises.'
    """
    whole = shares["donor_share"].eq(1.0)
    asked = shares[whole & shares["share"].between(part.low, part.high)]
    if asked.empty:
        return ""
    tonnes, euros = (
        range_text(float(asked[name].min()), float(asked[name].max()), unit=unit)
        for name, unit in (("t", "t/an"), ("eur_firms", "€/an"))
    )
    return typographic(
        f"Ce qui pourrait être demandé, si tous les donneurs donnaient : {tonnes} et "
        f"{euros} pour les entreprises."
    )
