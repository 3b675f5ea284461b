"""Waste of firms that goes to the plants of the syndicate, or by its rounds."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from eitgeo.reference.exchange_terms import LANDFILL
from eitgeo.study.sections import Study

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
