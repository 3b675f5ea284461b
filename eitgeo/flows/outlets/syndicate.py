"""What a waste syndicate gains and loses when a tonne no longer comes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.draws import draw_keys, stratified_uniforms
from eitgeo.errors import StudyError
from eitgeo.flows.outlets.public_waste import served
from eitgeo.reference.exchange_terms import LANDFILL, public_service

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt

    from eitgeo.flows.arisings.arising_draws import DrawLaw
    from eitgeo.study.sections import Study

    Floats = npt.NDArray[np.float64]


class AvoidedShare(NamedTuple):
    """Part of the cost of a tonne that a public plant spares when it does not come.

    Attributes
    ----------
    low, high
        Bounds (0–1): fixed costs stay, variable ones go.
    mid
        Median, strictly above 0 unless all are 0.
    """

    low: float
    mid: float
    high: float


class PublicCollection(NamedTuple):
    """Waste of firms that the public service collects and buries.

    Attributes
    ----------
    ewc_stats
        Categories that it takes.
    share
        Part of the exchanged tonnes of those categories that it takes today (0–1).
    fee_eur_per_t
        What firms pay it (« redevance spéciale »), tax included [€/t].
    cost_eur_per_t
        What collection and treatment cost it, tax aside [€/t].
    """

    ewc_stats: tuple[str, ...]
    share: float
    fee_eur_per_t: float
    cost_eur_per_t: float


def avoided_share(study: Study) -> AvoidedShare:
    """Return the part of its costs that a public plant spares.

    Parameters
    ----------
    study
        Its ``flows.syndicate``.

    Returns
    -------
    AvoidedShare
        What the study tells, else the working assumption of the package.
    """
    bounds = study.flows.syndicate and study.flows.syndicate.avoided_cost_share
    usual = public_service().loc["avoided_cost_share", ["low", "mid", "high"]]
    return AvoidedShare(*(bounds or usual.astype(float)))


def public_outlets(study: Study) -> tuple[str, ...]:
    """List the outlets that the waste syndicate of the study runs.

    Parameters
    ----------
    study
        Its ``flows.syndicate``.

    Returns
    -------
    tuple of str
        Empty where the study does not name them.
    """
    syndicate = study.flows.syndicate
    return syndicate.outlets if syndicate else ()


def with_public_service(
    terms: pd.DataFrame,
    exchanges: pd.DataFrame,
    *,
    study: Study,
    legal: pd.DataFrame,
    member_codes: Collection[str],
) -> pd.DataFrame:
    """Count the waste that the public service collects, where the study tells it.

    Parameters
    ----------
    terms, exchanges
        As in :func:`with_public_collection`.
    study
        Its ``flows.syndicate``.
    legal
        As `disposal_prices` reads it.
    member_codes
        As in :func:`with_public_collection`.

    Returns
    -------
    pandas.DataFrame
        `terms` as they are where the study tells nothing of that service.

    Raises
    ------
    StudyError
        When none of the outlets of the syndicate is a landfill.
    """
    service = study.flows.syndicate and study.flows.syndicate.public_collection
    if not service:
        return terms
    own = legal[legal["is_public"] & legal["heading"].eq(LANDFILL)]
    if own.empty:
        message = (
            "flows.syndicate.public_collection : aucun des exutoires du syndicat n'est "
            "une installation de stockage → en nommer une dans « outlets »"
        )
        raise StudyError(message)
    collection = PublicCollection(
        service.ewc_stats, service.share, service.fee_eur_per_t, service.cost_eur_per_t
    )
    return with_public_collection(
        terms,
        exchanges,
        collection=collection,
        avoided=avoided_share(study),
        member_codes=member_codes,
        tax_eur_per_t=(own["tax_eur_per_t"].max(), own["rate_eur_per_t"].max()),
    )


def syndicate_terms(spared: pd.DataFrame, avoided: AvoidedShare) -> pd.DataFrame:
    """Say what a tonne of each exchange changes for the waste syndicate.

    Notes
    -----
    A fee is a transfer: what the firm spares, the syndicate loses, and the total of
    both does not move. The cost of a tonne is read as its fee, tax aside: a public
    service may not charge more than it costs.
    """
    fee = spared["public_gate_eur_per_t"]
    return pd.DataFrame(
        {
            "syndicate_share": spared["public_share"],
            "syndicate_fee_eur_per_t": fee,
            # An outlet that pays for what it takes has no cost to spare.
            "syndicate_cost_eur_per_t": avoided.mid * fee.clip(lower=0.0),
            "syndicate_tax_eur_per_t": spared["premium_eur_per_t"],
        }
    )


def with_public_collection(
    terms: pd.DataFrame,
    exchanges: pd.DataFrame,
    *,
    collection: PublicCollection,
    avoided: AvoidedShare,
    member_codes: Collection[str],
    tax_eur_per_t: tuple[float, float],
) -> pd.DataFrame:
    """Let the public service, not a lorry of the firm, take a part of the waste.

    Parameters
    ----------
    terms
        As :func:`eitgeo.flows.exchanges.lever_terms` returns them.
    exchanges
        On the same index: ``ewc_stat``, ``donor_code``.
    collection
        What the service takes, charges and spends.
    avoided
        Part of its costs that the syndicate spares.
    member_codes
        Communes of the syndicate.
    tax_eur_per_t
        Tax on one more tonne in its landfill, then the rate of the year [€/t].

    Returns
    -------
    pandas.DataFrame
        A copy of `terms`: for that part firms spare the fee rather than a gate and a
        haul, and the syndicate the tax, part of its cost, less the fee.
    """
    marginal, rate = tax_eur_per_t
    part = collection.share * served(exchanges, collection.ewc_stats, member_codes)
    spent = avoided.mid * collection.cost_eur_per_t
    taken = {
        "disposal_eur_per_t": collection.fee_eur_per_t,
        "disposal_tax_eur_per_t": 0.0,
        "haul_to_disposal_eur_per_t": 0.0,
        "landfill_share": 1.0,
        "landfill_tax_eur_per_t": rate,
        "syndicate_share": 1.0,
        "syndicate_fee_eur_per_t": collection.fee_eur_per_t,
        "syndicate_cost_eur_per_t": spent,
        "syndicate_tax_eur_per_t": marginal,
    }
    mixed = {
        name: (1.0 - part) * terms[name] + part * amount
        for name, amount in taken.items()
    }
    return terms.assign(**mixed)


def avoided_share_factors(avoided: AvoidedShare, law: DrawLaw) -> Floats:
    """Draw the avoided part of costs, over its median.

    Examples
    --------
    >>> from eitgeo.flows.arisings.arising_draws import DrawLaw
    >>> drawn = avoided_share_factors(AvoidedShare(0.0, 0.5, 1.0), DrawLaw(1, 4))
    >>> sorted(drawn[:, 0].tolist())
    [0.25, 0.75, 1.25, 1.75]
    """
    if avoided.mid == 0:
        return np.ones((law.n_draws, 1))
    key = draw_keys(["service"], seed=law.seed, source="levier")
    unit = stratified_uniforms(key, law.n_draws)[0]
    shares = np.interp(unit, [0.0, 0.5, 1.0], np.array(avoided))
    return (shares / avoided.mid)[:, None]
