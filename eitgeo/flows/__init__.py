"""What professionals throw away, and which exchanges the road makes possible."""

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
    missing_needs,
    naive_pairs,
    site_allocation,
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
    disposal_prices,
    net_benefit_eur_per_t,
)
from eitgeo.flows.byproducts import rule_amounts, rule_resources, site_byproducts
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
    Placed,
    free_capacity_t,
    legal_pairs,
    lots,
    place_lots,
    require_placed,
    site_outlet_flows,
    unplaced_by_stream,
)
from eitgeo.flows.levers import break_even_km, family_break_even, lever_draws, levers
from eitgeo.flows.market import Market, allocate_market, rule_pairs, without_site
from eitgeo.flows.matches import N_NEAREST, USABLE_STATUS, Resource, nearest_partners
from eitgeo.flows.mutualisation import rule_members, shared_rounds
from eitgeo.flows.needs import (
    UNBOUNDED,
    estimated_needs,
    permitted_capacity,
    prefer_declared_needs,
    receiver_links,
    rules_without_receiver,
    unbounded_receivers,
)
from eitgeo.flows.process_actors import process_actors
from eitgeo.flows.residues import residue_links, site_residues
from eitgeo.flows.synergies import (
    possible_exchanges,
    reachable_givers,
    rule_matches,
    shared_exchanges,
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
    "FEWEST",
    "N_NEAREST",
    "UNBOUNDED",
    "USABLE_STATUS",
    "Allocated",
    "Arcs",
    "DrawLaw",
    "Ends",
    "Freight",
    "Interest",
    "Market",
    "Placed",
    "Resource",
    "Scaling",
    "affinity",
    "allocate",
    "allocate_market",
    "allocated_ends",
    "arising_terms",
    "arising_totals",
    "avoided_disposal",
    "break_even_km",
    "cell_names",
    "commune_draws",
    "commune_exchanges",
    "composed_arisings",
    "control_scaling",
    "cost_eur_per_t",
    "declared_masses",
    "disposal_prices",
    "draw_intervals",
    "draw_law",
    "drawn_blocks",
    "drawn_freight",
    "estimate_arisings",
    "estimated_needs",
    "exchange_ends",
    "expressed_interest",
    "family_break_even",
    "flows_between",
    "free_capacity_t",
    "group_draws",
    "input_per_tonne",
    "kept_share",
    "kgco2e_per_t",
    "legal_pairs",
    "lever_draws",
    "levers",
    "lots",
    "missing_needs",
    "naive_pairs",
    "named_outlets",
    "nearest_partners",
    "net_benefit_eur_per_t",
    "permitted_capacity",
    "place_lots",
    "place_of_firm",
    "possible_arcs",
    "possible_exchanges",
    "prefer_declared_needs",
    "prefer_observed",
    "process_actors",
    "reachable_givers",
    "receiver_links",
    "require_placed",
    "residue_links",
    "rev2_activities",
    "rule_amounts",
    "rule_matches",
    "rule_members",
    "rule_pairs",
    "rule_resources",
    "rules_without_receiver",
    "scaled_intervals",
    "shared_exchanges",
    "shared_law",
    "shared_rounds",
    "site_allocation",
    "site_byproducts",
    "site_of_firm",
    "site_outlet_flows",
    "site_residues",
    "survey_arisings",
    "survey_needs",
    "term_intervals",
    "transport_flows",
    "typical_m",
    "unbounded_receivers",
    "unbridged_share_pct",
    "unplaced_by_stream",
    "unquantified_rules",
    "used_outlets",
    "variance_shares",
    "vehicle_freight",
    "ways",
    "without_observed",
    "without_site",
]
