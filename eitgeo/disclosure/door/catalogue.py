"""Every table that may leave, one row each; what stands nowhere here stays in.

Notes
-----
``membership_frequency`` goes out as a register does, without passing by blocks: a share
counts contours, each the answer of an optimisation over the whole territory, rounded to
five classes on the map. It holds no tonne, no job and no firm; no sum or difference of
shares gives one back. Of ``sites``, the size band is register too (SIRENE).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from eitgeo.disclosure.door import account, decision, ground, matter

if TYPE_CHECKING:
    from collections.abc import Callable

    from eitgeo.study.prints import Basis

_JOBS = ("headcount_low", "headcount_mid", "headcount_high")
"""Would tell a firm, or what is left of a block once zones are out."""
_TONNES = ("cut_t", "detour_tkm")
"""Lengths and minutes of roads leave, never what is carried on them."""
_ROADS_ASSUMED = "vitesses, gabarits et fermetures du paquet (hypothèses)"


class Leaving(NamedTuple):
    """How one table leaves.

    Attributes
    ----------
    rule
        ``register`` (public rows; estimates are refused, hidden sites stay in),
        ``guarded`` (blocks, cells and draws that passed), ``indicators`` (summed from
        them), ``derived`` (computed from these: no column names a site), ``unions``
        (computed from released indicators alone, checked against them).
    credits
        Names of ``study.sources.credits``, and ``zones`` for those drawn before; none:
        credits, reasons and secrecy are those of what it is made of.
    reasons
        Drawn inputs that make it a demonstration, as
        :data:`~eitgeo.study.prints.Basis` says; none: it is real.
    secrecy
        What it says of secrecy: ``report`` (all of ``disclosure_report``), or the
        indicator whose line is told.
    to_confirm
        What is « à confirmer » whatever the rows, in French.
    drops, keeps
        Columns that stay in; the only ones of rows that a step draws for a map.
    made
        What computes it, from the project, what it is `of`, then what it `reads`.
    of
        Other rows of this catalogue, released first.
    reads
        Tables of the study; None: the one of the same name.
    """

    rule: Literal["register", "guarded", "indicators", "derived", "unions"]
    credits: str = ""
    reasons: Basis = ""
    secrecy: str = ""
    to_confirm: str = ""
    drops: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    made: Callable[..., Any] | None = None
    of: tuple[str, ...] = ()
    reads: tuple[str, ...] | None = None


_ROAD = Leaving("register", "roads", "roads", to_confirm=_ROADS_ASSUMED)
_ZONE = Leaving("register", "sites zones", "zones")
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
_BODY = Leaving("register", "bodies")
_CARRIED = Leaving("register", "bodies roads")
"""Distances to outlets, closed roads and contours by road are behind these rows."""
_ON_SITES = Leaving("register", "bodies sites roads", "all")

_COUNTED = Leaving("register", "counts")
"""Public counts by commune: no firm answers them, none is drawn."""

_TERRITORY = {
    "communes": Leaving("register", "communes"),
    "bodies": _BODY,
    "outlets": Leaving("register", "outlets"),
    "places": Leaving("register", "places"),
    "sites": Leaving("register", "sites", "sites"),
    "relief": Leaving("register", "elevation", made=ground.relief, reads=()),
    "motorway_exits": Leaving(  # a sketch from a file of the study: no road
        "register", made=ground.motorway_exits, reads=("junctions", "communes")
    ),
    "body_members": _BODY._replace(
        made=ground.body_members, reads=("membership", "bodies")
    ),
    "waste_members": _BODY._replace(
        made=ground.waste_members, of=("bodies", "body_members"), reads=()
    ),
    "neighbours": Leaving("register", made=ground.neighbours, reads=("communes",)),
    "area": Leaving(
        "register", "communes", "all", made=ground.area, reads=("communes",)
    ),
}

_ACTIVITY = {
    "activity_urssaf": _COUNTED,
    "activity_insee": _COUNTED,
    "counted_sectors": _COUNTED._replace(made=ground.counted_sectors),
    "activity_counts": _COUNTED._replace(
        made=ground.activity_counts,
        reads=("activity_urssaf", "activity_insee", "activity_ape"),
    ),
}

_PERIMETERS = {
    "perimeters": Leaving("register", "bodies roads", made=ground.perimeters),
    "perimeter_communes": _CARRIED,
    "membership_frequency": Leaving("register", "sites roads flows", "all"),
    "changed_communes": Leaving(
        "derived",
        "communes bodies roads",
        made=decision.changed_communes,
        reads=("perimeter_communes", "communes"),
    ),
    "changed_epci": Leaving(
        "derived",
        "communes bodies roads",
        made=decision.changed_epci,
        reads=("perimeter_communes", "communes"),
    ),
}

_ROADS = {
    "contiguity": Leaving("register", "roads"),
    "town_minutes": Leaving(
        "register", "roads", made=ground.minutes, reads=("communes", "od_matrix")
    ),
    "union_seats": Leaving(
        "register",
        "communes bodies roads",
        "roads",
        made=ground.union_seats,
        reads=("communes", "od_matrix", "perimeters"),
    ),
    "nearest_outlets": Leaving(
        "register",
        "communes outlets roads",
        "roads",
        made=ground.nearest,
        reads=("communes", "od_matrix", "outlets"),
    ),
    "animation_seats": _ROAD,
    "closed_roads": _ROAD,
    "closure_access": _ROAD,
    "closure_trips": _ROAD,
    "closures": _ROAD._replace(drops=_TONNES),
    "dead_end_valleys": _ROAD,
    "link_criticality": _ROAD._replace(
        drops=_TONNES, made=ground.busy, reads=("link_criticality", "road_names")
    ),
    "reach_shares": _ROAD,
    "road_checks": _ROAD,
    "road_outliers": _ROAD,
    "road_report": _ROAD,
    "drawn_roads": _ROAD._replace(to_confirm="", keeps=("label", "geometry")),
    # Figures that a step works out for a map: nothing else goes with them.
    "commune_minutes": _ROAD._replace(keeps=("code_insee", "minutes")),
}

_ZONES = {
    "activity_areas": Leaving(
        "register",
        "communes bodies zones",
        made=ground.activity_areas,
        reads=("activity_areas", "communes", "bodies"),
    ),
    "zones_public": _ZONE,
    "zone_profile": Leaving(
        "register",
        "sites zones roads",
        "all",
        drops=("anchors", "largest_share_pct", *_JOBS),
        made=ground.zone_profile,
        reads=("zone_profile", "outlets"),
    ),
    "zone_concordance": _ZONE._replace(drops=("headcount_in", "headcount_out")),
    "zone_settings": _ZONE._replace(drops=("headcount_mid",)),
    "zone_potentials": Leaving(
        "register",
        "sites zones flows",
        "zones",
        made=ground.zone_potentials,
        reads=("zones_public", "zone_potentials"),
    ),
    "site_stability": _ZONE._replace(
        made=ground.site_stability, reads=("sites", "site_stability")
    ),
    "key_sectors": _ZONE._replace(drops=_JOBS),
    "concentration": _ZONE,
}

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
        "sites",
        "sites",
        made=matter.actors,
        reads=("communes", "sites", "site_cells"),
    ),
    "break_even": Leaving("register", "flows", "all"),
    "survey_public": Leaving("derived", made=matter.answers),
    "declared_destinations": Leaving("register", made=matter.destinations),
    # No drawn site declares anything; outlets are as near as roads say.
    "backtest": Leaving("register", "sites roads", "roads", made=matter.backtest),
    "register_counts": Leaving("register", "sites", "all"),
    "communes_public": _GUARDED,
    "blocks_public": _GUARDED,
    "block_draws_public": _GUARDED,
    "exchanges_public": _GUARDED,
}

_DECISION = {
    "indicators_public": Leaving(
        "indicators", "sites roads flows counts", "all", "report"
    ),
    "indicators_known": Leaving(
        "indicators",
        "bodies counts roads",
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
    "carrier_states": _CARRIED,
    "carrier_reasons": _CARRIED,
    "union_carrier_states": _CARRIED,
    "union_carrier_reasons": _CARRIED,
    "refusals": Leaving("register", "bodies roads counts", "roads"),
    "epci_bodies": _BODY,
    "animation_budget": _BODY,
    "perimeter_bodies": _ON_SITES,
    "verdicts": _ON_SITES,
    "swot": _ON_SITES,
    "plan_options": _ON_SITES,
    "epci_facts": _ON_SITES._replace(credits="bodies sites roads counts"),
}

CATALOGUE: Final = (
    _TERRITORY
    | _ACTIVITY
    | _PERIMETERS
    | _ROADS
    | _ZONES
    | _MATTER
    | _DECISION
    | _GOVERNANCE
)
