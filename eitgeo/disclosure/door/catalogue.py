"""Every table that may leave, one row each; what stands nowhere here stays in."""

from __future__ import annotations

from typing import Final

from eitgeo.disclosure.door import account, decision, ground_rows, matter
from eitgeo.disclosure.door.ground_rows import BODY, CARRIED
from eitgeo.disclosure.door.rules import Leaving

_GUARDED = Leaving("guarded", "sites flows roads", "all")
_ON_UNIONS = Leaving("unions", of=("indicators_public",))
_ORDER = Leaving("derived", "bodies sites roads", "all")
_ORDERS = (
    "decision_methods",
    "decision_order",
    "decision_pairs",
    "decision_ranks",
    "decision_switches",
    "stress_orders",
)
"""Leave where the criteria may order bodies; so do those of unions."""
_ON_SITES = Leaving("register", "bodies sites roads", "all")

_EXCHANGED = Leaving(
    "derived",
    "sites flows roads",
    "all",
    "captured_pct",
    reads=("communes_public", "exchanges_public", "communes"),
)
_ALLOCATED = _EXCHANGED._replace(secrecy="", reads=("allocation", "sites"))
_MATTER = {
    "arising_blocks": Leaving(
        "derived",
        "sites flows",
        "sites",
        "deposit_t",
        made=matter.arising_blocks,
        reads=("communes_public", "blocks_public"),
    ),
    "arising_sums": Leaving(
        "derived",
        made=matter.arising_sums,
        of=("arising_blocks",),
        reads=("block_draws_public", "communes"),
    ),
    "arising_streams": Leaving(
        "derived",
        made=matter.arising_streams,
        of=("arising_blocks",),
        reads=("arisings", "sites", "communes"),
    ),
    "arising_checks": Leaving(
        "derived",
        "sites flows counts",
        "sites",
        made=matter.arising_checks,
        reads=("arising_checks", "arisings", "sites", "communes"),
    ),
    "exchange_links": _EXCHANGED._replace(made=matter.exchange_links),
    "exchange_givers": _EXCHANGED._replace(made=matter.exchange_givers),
    "levers": Leaving(
        "derived",
        "sites flows roads",
        "all",
        made=matter.levers,
        reads=("lever_totals", "allocation", "sites"),
    ),
    "syndicate_account": Leaving(
        "derived",
        "sites flows roads outlets bodies",
        "all",
        made=account.syndicate_account,
        of=("levers",),
        reads=(
            "syndicate_account",
            "allocation",
            "public_lots",
            "membership",
            "sites",
        ),
    ),
    "reach": _ALLOCATED._replace(made=matter.reach),
    "exchange_counts": _ALLOCATED._replace(made=matter.exchange_counts),
    "factor_weights": Leaving(
        "derived", "sites flows roads", "all", made=matter.factors
    ),
    "factor_sourcing": Leaving(
        "derived", "sites flows roads", "all", made=matter.sourcing
    ),
    "participation": Leaving(
        "derived", "sites flows roads", "all", made=matter.participation
    ),
    "process_actors": Leaving(
        "register",
        "sites flows",
        "sites",
        made=matter.actors,
        reads=(
            *("communes", "sites", "site_cells"),
            *("arisings", "byproducts", "receiver_needs"),
        ),
    ),
    "break_even": Leaving("register", "flows", "all"),
    "survey_public": Leaving("derived", made=matter.answers),
    "weighed_public": Leaving("derived", made=matter.weighings),
    "declared_destinations": Leaving("register", made=matter.destinations),
    # No drawn site declares anything; outlets are as near as roads say.
    "backtest": Leaving("register", "sites roads", "roads", made=matter.backtest),
    "register_counts": Leaving("register", "sites points", "all"),
    "communes_public": _GUARDED,
    "blocks_public": _GUARDED,
    "block_draws_public": _GUARDED,
    "exchanges_public": _GUARDED,
}

_DECISION = {
    "indicators_public": Leaving(
        "indicators", "sites roads flows counts points", "all", "report"
    ),
    "indicators_known": Leaving(
        "indicators",
        "bodies counts roads points",
        "roads",
        made=decision.known,
        reads=("indicators_public",),
    ),
    # As `target_sites` itself: counts of a register, here drawn; no site is named.
    "redrawn_counts": Leaving("derived", "sites counts roads", "sites"),
    "figure_gaps": Leaving(
        "derived", made=decision.gaps, of=("indicators_public",), reads=()
    ),
    "epci_blocks": _ON_UNIONS,
    "phases": _ON_UNIONS,
    "decision_criteria": _ORDER._replace(made=decision.criteria),
    **{
        name: _ORDER._replace(made=decision.orders, reads=("decision_criteria", name))
        for name in _ORDERS
    },
    **{
        name: _ON_UNIONS._replace(
            made=decision.union_orders, reads=("decision_criteria", name)
        )
        for name in ("union_ranks", "union_front")
    },
}

_GOVERNANCE = {
    "carrier_states": CARRIED,
    "carrier_reasons": CARRIED,
    "union_carrier_states": CARRIED,
    "union_carrier_reasons": CARRIED,
    "refusals": Leaving("register", "bodies roads counts", "roads"),
    "epci_bodies": BODY,
    "animation_budget": BODY,
    "perimeter_bodies": _ON_SITES,
    "posts": _ON_SITES,
    "cost_shares": _ON_SITES._replace(credits="bodies sites roads counts"),
    "verdicts": BODY,
    "swot": _ON_SITES,
    "plan_options": _ON_SITES,
    "known_shares": CARRIED._replace(
        credits="bodies roads counts",
        made=decision.shares_known,
        reads=("cost_shares",),
    ),
    "epci_facts_undrawn": CARRIED._replace(
        made=decision.undrawn_facts, reads=("epci_facts",)
    ),
    "epci_facts": _ON_SITES._replace(credits="bodies sites roads counts"),
}

CATALOGUE: Final = ground_rows.ROWS | _MATTER | _DECISION | _GOVERNANCE
