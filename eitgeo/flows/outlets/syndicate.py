"""Which outlets a waste syndicate runs, and which waste of firms it collects."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.flows.outlets.public_waste import served
from eitgeo.reference.exchange_terms import LANDFILL
from eitgeo.study.sections import PublicService, Study


def public_outlets(study: Study) -> tuple[str, ...]:
    """List the outlets that the waste syndicate of the study runs; none if unnamed."""
    told = study.flows.syndicate
    return told.outlets if told else ()


def plant_costs(study: Study) -> dict[str, float]:
    """Return what a tonne costs each plant of the syndicate, where that is told."""
    told = study.flows.syndicate and study.flows.syndicate.costs
    return told.eur_per_t if told else {}


def with_public_service(
    terms: pd.DataFrame,
    exchanges: pd.DataFrame,
    *,
    study: Study,
    legal: pd.DataFrame,
    member_codes: Collection[str],
) -> pd.DataFrame:
    """Count the waste that the public service collects, where the study tells it.

    ``legal``: as `disposal_prices` reads it. Returns: `terms` as they are where the
    study tells nothing of that service. Refused when none of the outlets of the
    syndicate is a landfill.
    """
    told = study.flows.syndicate and study.flows.syndicate.public_collection
    if not told:
        return terms
    own = legal[legal["is_public"] & legal["heading"].eq(LANDFILL)]
    if own.empty:
        message = (
            "flows.syndicate.public_collection : aucun des exutoires du syndicat n'est "
            "une installation de stockage → en nommer une dans « outlets »"
        )
        raise StudyError(message)
    return with_public_collection(
        terms,
        exchanges,
        collection=told,
        member_codes=member_codes,
        rate_eur_per_t=float(own["rate_eur_per_t"].max()),
    )


def with_public_collection(
    terms: pd.DataFrame,
    exchanges: pd.DataFrame,
    *,
    collection: PublicService,
    member_codes: Collection[str],
    rate_eur_per_t: float,
) -> pd.DataFrame:
    """Let the public service, not a lorry of the firm, take a part of the waste.

    ``terms``: as `lever_terms` returns them.
    ``exchanges``: on the same index: ``ewc_stat``, ``donor_code``. ``collection``: what
    the service takes and charges. ``member_codes``: communes of the syndicate.
    ``rate_eur_per_t``: tax of the year in its landfill [€/t]. Returns: a copy of
    `terms`: for that part firms spare the fee rather than a gate and a haul.
    """
    part = collection.share * served(exchanges, collection.ewc_stats, member_codes)
    taken = {
        "disposal_eur_per_t": collection.fee_eur_per_t,
        "disposal_tax_eur_per_t": 0.0,
        "haul_to_disposal_eur_per_t": 0.0,
        "landfill_share": 1.0,
        "landfill_tax_eur_per_t": rate_eur_per_t,
        "syndicate_share": 1.0,
    }
    mixed = {
        name: (1.0 - part) * terms[name] + part * amount
        for name, amount in taken.items()
    }
    return terms.assign(**mixed)
