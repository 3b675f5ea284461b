"""What professionals throw away, and which exchanges the road makes possible."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.flows.activities import rev2_activities, unbridged_share_pct
    from eitgeo.flows.affinity import (
        affinity,
        allocated_ends,
        commune_exchanges,
        flows_between,
    )
    from eitgeo.flows.allocation import (
        Allocated,
        allocate,
        allocation_change,
        missing_needs,
        site_allocation,
    )
    from eitgeo.flows.allowed_outlets import SKIP, Outlets, allowed_outlets
    from eitgeo.flows.answers import (
        SIGNED_UP,
        answer_contributions,
    )
    from eitgeo.flows.arising_draws import (
        DrawLaw,
        Scaling,
        arising_terms,
        commune_draws,
        draw_intervals,
        draw_law,
        drawn_blocks,
        group_draws,
        scaled_intervals,
        shared_law,
    )
    from eitgeo.flows.arising_margins import term_intervals
    from eitgeo.flows.arising_totals import arising_totals, cell_names
    from eitgeo.flows.arising_variance import variance_shares
    from eitgeo.flows.arisings import (
        composed_arisings,
        estimate_arisings,
        without_observed,
    )
    from eitgeo.flows.benefits import (
        avoided_disposal,
        disposal_headings,
        disposal_prices,
        lot_headings,
    )
    from eitgeo.flows.byproducts import site_byproducts
    from eitgeo.flows.candidates import (
        Arcs,
        Ends,
        exchange_ends,
        input_per_tonne,
        kept_share,
        possible_arcs,
        typical_m,
        ways,
    )
    from eitgeo.flows.carried_rules import carried_rules
    from eitgeo.flows.controls import control_scaling
    from eitgeo.flows.declared import (
        declared_masses,
        named_outlets,
        place_of_firm,
        prefer_observed,
        site_of_firm,
        survey_arisings,
        survey_needs,
        used_outlets,
    )
    from eitgeo.flows.interest import FEWEST, Interest, expressed_interest
    from eitgeo.flows.legal_outlets import (
        REASONS,
        Placed,
        free_capacity_t,
        legal_pairs,
        lots,
        nearest_outlets,
        place_lots,
        require_placed,
        site_outlet_flows,
        unplaced_by_stream,
    )
    from eitgeo.flows.lever_terms import (
        lever_factors,
        lever_ranges,
        lever_terms,
        relative_range,
        rule_margins,
    )
    from eitgeo.flows.levers import (
        DISPOSAL,
        SUBSTITUTION,
        SYNDICATE_LEVERS,
        VALUE,
        break_even_km,
        disposal_ranks,
        exchange_levers,
        family_break_even,
        lever_draws,
        levers,
    )
    from eitgeo.flows.market import Market, allocate_market, rule_pairs, without_site
    from eitgeo.flows.matches import (
        N_NEAREST,
        USABLE_STATUS,
        Resource,
        nearest_partners,
    )
    from eitgeo.flows.mutualisation import rule_members, shared_rounds
    from eitgeo.flows.needs import (
        UNBOUNDED,
        estimated_needs,
        permitted_capacity,
        prefer_declared_needs,
        receiver_links,
        rules_without_receiver,
    )
    from eitgeo.flows.process_actors import process_actors
    from eitgeo.flows.residues import residue_links, site_residues
    from eitgeo.flows.rings import goes_far, links_in_rings, near_codes
    from eitgeo.flows.study_market import study_market
    from eitgeo.flows.syndicate import (
        AvoidedShare,
        PublicCollection,
        avoided_share,
        public_outlets,
        with_public_collection,
        with_public_service,
    )
    from eitgeo.flows.synergies import (
        reachable_givers,
        rule_matches,
        unquantified_rules,
    )
    from eitgeo.flows.transport import (
        Freight,
        cost_eur_per_t,
        drawn_freight,
        kgco2e_per_t,
        transport_flows,
        vehicle_freight,
    )

__all__ = [
    "DISPOSAL",
    "FEWEST",
    "N_NEAREST",
    "REASONS",
    "SIGNED_UP",
    "SKIP",
    "SUBSTITUTION",
    "SYNDICATE_LEVERS",
    "UNBOUNDED",
    "USABLE_STATUS",
    "VALUE",
    "Allocated",
    "Arcs",
    "AvoidedShare",
    "DrawLaw",
    "Ends",
    "Freight",
    "Interest",
    "Market",
    "Outlets",
    "Placed",
    "PublicCollection",
    "Resource",
    "Scaling",
    "affinity",
    "allocate",
    "allocate_market",
    "allocated_ends",
    "allocation_change",
    "allowed_outlets",
    "answer_contributions",
    "arising_terms",
    "arising_totals",
    "avoided_disposal",
    "avoided_share",
    "break_even_km",
    "carried_rules",
    "cell_names",
    "commune_draws",
    "commune_exchanges",
    "composed_arisings",
    "control_scaling",
    "cost_eur_per_t",
    "declared_masses",
    "disposal_headings",
    "disposal_prices",
    "disposal_ranks",
    "draw_intervals",
    "draw_law",
    "drawn_blocks",
    "drawn_freight",
    "estimate_arisings",
    "estimated_needs",
    "exchange_ends",
    "exchange_levers",
    "expressed_interest",
    "family_break_even",
    "flows_between",
    "free_capacity_t",
    "goes_far",
    "group_draws",
    "input_per_tonne",
    "kept_share",
    "kgco2e_per_t",
    "legal_pairs",
    "lever_draws",
    "lever_factors",
    "lever_ranges",
    "lever_terms",
    "levers",
    "links_in_rings",
    "lot_headings",
    "lots",
    "missing_needs",
    "named_outlets",
    "near_codes",
    "nearest_outlets",
    "nearest_partners",
    "permitted_capacity",
    "place_lots",
    "place_of_firm",
    "possible_arcs",
    "prefer_declared_needs",
    "prefer_observed",
    "process_actors",
    "public_outlets",
    "reachable_givers",
    "receiver_links",
    "relative_range",
    "require_placed",
    "residue_links",
    "rev2_activities",
    "rule_margins",
    "rule_matches",
    "rule_members",
    "rule_pairs",
    "rules_without_receiver",
    "scaled_intervals",
    "shared_law",
    "shared_rounds",
    "site_allocation",
    "site_byproducts",
    "site_of_firm",
    "site_outlet_flows",
    "site_residues",
    "study_market",
    "survey_arisings",
    "survey_needs",
    "term_intervals",
    "transport_flows",
    "typical_m",
    "unbridged_share_pct",
    "unplaced_by_stream",
    "unquantified_rules",
    "used_outlets",
    "variance_shares",
    "vehicle_freight",
    "ways",
    "with_public_collection",
    "with_public_service",
    "without_observed",
    "without_site",
]

lend(__name__)
