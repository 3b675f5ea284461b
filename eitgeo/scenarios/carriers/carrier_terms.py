"""What two carriers depend on: landfill, the syndicate's gain, shares in an agency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.reference.exchange_terms import LANDFILL
from eitgeo.scenarios.carriers.facts import Fact, Facts, unknown

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from eitgeo.perimeters.contours.candidate import Candidate
    from eitgeo.scenarios.carriers.carrier_ground import Ground

_NO_EXCHANGE = "aucun échange affecté : aucun levier à ranger"
_SYNDICATE = "eur_syndicate"
_NOT_TOLD = {
    "secret": "bilan du syndicat : secret statistique",
    "non_chiffre": "bilan du syndicat non chiffré",
}
_GAIN = ("syndicate_least_eur", "syndicate_most_eur")


def landfill_facts(ranks: pd.Series[float], *, demonstration: Collection[str]) -> Facts:
    """Say how high landfill stands among what exchanges spare.

    Parameters
    ----------
    ranks
        As `disposal_ranks` returns them, for the whole study: by
        perimeter a rank would tell of few firms.
    demonstration
        Why the study is a demonstration; empty: it is not.

    Returns
    -------
    dict
        ``landfill_lever_rank`` (1: exchanges save most on what is landfilled today).
        Not known in a demonstration, nor without an exchange; behind the last where
        nothing is landfilled.
    """
    name = "landfill_lever_rank"
    if demonstration:
        return {name: unknown(", ".join(sorted(demonstration)))}
    if ranks.empty:
        return {name: unknown(_NO_EXCHANGE)}
    return {name: Fact(float(ranks.get(LANDFILL, len(ranks) + 1)))}


def syndicate_facts(levers: pd.DataFrame, *, demonstration: Collection[str]) -> Facts:
    """Say between what and what the syndicate that treats waste would gain or lose.

    Parameters
    ----------
    levers
        Of `guard_levers`: levers of the whole study, as they
        are told.
    demonstration
        Why the study is a demonstration; empty: it is not.

    Returns
    -------
    dict
        ``syndicate_least_eur`` and ``syndicate_most_eur`` [€/year], both of one sign
        where the sign is known. Not known in a demonstration, nor where the gain is
        withheld or has no figure.
    """
    if demonstration:
        return dict.fromkeys(_GAIN, unknown(", ".join(sorted(demonstration))))
    mine = levers[levers["lever"] == _SYNDICATE]
    if mine.empty:
        return dict.fromkeys(_GAIN, unknown(_NO_EXCHANGE))
    row = mine.iloc[0]
    if str(row["status"]) in _NOT_TOLD:
        return dict.fromkeys(_GAIN, unknown(_NOT_TOLD[str(row["status"])]))
    bounds = (float(row["low"]), float(row["high"]))
    return {name: Fact(one) for name, one in zip(_GAIN, bounds, strict=True)}


def share_facts(
    candidate: Candidate,
    ground: Ground,
    *,
    shareholders: Collection[str],
) -> Facts:
    """Count the EPCI of a perimeter that are not known to hold shares in an agency.

    Parameters
    ----------
    candidate
        The perimeter.
    ground
        Communes and bodies.
    shareholders
        SIREN of the EPCI that the study names as shareholders.

    Returns
    -------
    dict
        ``n_unsure_shareholders``: all EPCI where no shareholder is named.
    """
    sirens = ground.epci_in(candidate.codes) - {"", *shareholders}
    return {"n_unsure_shareholders": Fact(float(len(sirens)))}
