"""Key ``flows.syndicate``: the outlets of the waste syndicate, and what it costs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from eitgeo.study.base import Section, Share

Amount = Annotated[float, Field(ge=0)]


class Sourced(Section):
    """What is told with its source, its date and whether it is published."""

    source: Annotated[str, Field(min_length=1)]
    on_date: dt.date
    status: Literal["publie", "a_confirmer"] = "a_confirmer"


class PublicService(Sourced):
    """Waste of firms that the public service collects and buries."""

    ewc_stats: Annotated[tuple[str, ...], Field(min_length=1)]
    """Categories of waste that it takes (« W072 »)."""
    share: Share
    """Part of the exchanged tonnes of those categories that it takes today."""
    fee_eur_per_t: Amount
    """What firms pay it, tax included [€/t]."""
    cost_eur_per_t: Amount
    """What collection and treatment cost it, tax aside [€/t]."""


class Syndicate(Sourced):
    """The outlets that the waste syndicate runs."""

    outlets: Annotated[tuple[str, ...], Field(min_length=1)]
    avoided_cost_share: tuple[Share, Share, Share] | None = None
    """Part of its costs that a tonne less spares: low, median, high; None: the
    working assumption of the package."""
    public_collection: PublicService | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        share = self.avoided_cost_share
        if share is not None and (list(share) != sorted(share) or not share[1]):
            message = "« avoided_cost_share » : borne basse, médiane > 0, borne haute"
            raise ValueError(message)
        return self
