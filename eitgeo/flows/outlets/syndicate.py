"""Which outlets a waste syndicate runs, and which waste of firms it collects."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.reference.exchange_terms import LANDFILL
from eitgeo.study.sections import PublicService, Study

_LOT = ["code_insee", "ewc_stat"]


def public_lots(flows: pd.DataFrame, legal: pd.DataFrame) -> pd.DataFrame:
    """Say what part of each lot goes to each plant of the syndicate, and what it pays.

    ``code_insee``, ``ewc_stat``, ``outlet_id``, ``share`` of what finds a place (0–1),
    ``fee_eur_per_t`` and ``landfill_share`` per tonne of the whole lot.
    """
    key = ["outlet_id", "stream", "ewc_stat"]
    terms = [*key, "heading", "gate_eur_per_t", "is_public"]
    rows = flows.merge(legal[terms], on=key)
    share = rows["t"] / rows.groupby(_LOT)["t"].transform("sum")
    rows = rows.assign(
        share=share,
        fee_eur_per_t=share * rows["gate_eur_per_t"],
        landfill_share=share * rows["heading"].eq(LANDFILL),
    )
    public = rows[rows["is_public"]].groupby([*_LOT, "outlet_id"])
    return public[["share", "fee_eur_per_t", "landfill_share"]].sum().reset_index()


def collected_bodies(study: Study) -> tuple[str, ...]:
    """List the bodies whose communes the public service collects, if it is told."""
    told = study.flows.syndicate and study.flows.syndicate.public_collection
    return study.comparison.waste_bodies if told else ()


def collected_part(
    exchanges: pd.DataFrame, study: Study, member_codes: Collection[str]
) -> pd.Series[float]:
    """Say what part of each exchange the public service collects today (0–1).

    It collects no part that is used today, nor what is left in place.
    """
    asked = study.flows.syndicate and study.flows.syndicate.public_collection
    if not asked:
        return pd.Series(0.0, index=exchanges.index)
    thrown = (1.0 - exchanges["used_share"]) * (1.0 - exchanges["left_share"])
    return served(exchanges, asked.ewc_stats, member_codes) * asked.share * thrown


def served(
    exchanges: pd.DataFrame, ewc_stats: Collection[str], member_codes: Collection[str]
) -> pd.Series[float]:
    """Say which exchanges the public service could collect today: 1 or 0."""
    is_served = exchanges["ewc_stat"].isin(list(ewc_stats))
    is_served &= exchanges["donor_code"].isin(list(member_codes))
    return is_served.astype(float)


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

    Returns: `terms` as they are where the study tells nothing of that service. Refused
    when none of the outlets of the syndicate is a landfill.
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

    ``exchanges``: on the same index: ``ewc_stat``, ``donor_code``. ``rate_eur_per_t``:
    tax of the year in its landfill [€/t]. Returns: a copy of `terms`: for that part
    firms spare the fee rather than a gate and a haul.
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
