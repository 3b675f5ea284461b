"""Indicators of perimeters, and what they ask of who would carry the initiative."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.scenarios.acceptability import order_words, rank_acceptability
    from eitgeo.scenarios.activity import (
        Activity,
        drawn_tonnes,
        industrial_sites,
        read_activity,
    )
    from eitgeo.scenarios.amounts import firm_ids, site_amounts
    from eitgeo.scenarios.budget import animation_budget
    from eitgeo.scenarios.carrier_facts import (
        body_facts,
        compared_alone_facts,
        departure_facts,
        derived_facts,
        firm_facts,
        neighbour_distances,
        neighbour_facts,
        require_neighbours,
        site_counts,
        site_facts,
    )
    from eitgeo.scenarios.carrier_ground import Ground
    from eitgeo.scenarios.carrier_terms import (
        landfill_facts,
        share_facts,
        syndicate_facts,
    )
    from eitgeo.scenarios.carriers import (
        ALL,
        STATES,
        carrier_reasons,
        carrier_states,
        require_rules,
    )
    from eitgeo.scenarios.counts import register_counts
    from eitgeo.scenarios.criteria import (
        counted_weights,
        criteria_scores,
        criteria_values,
        criteria_weights,
    )
    from eitgeo.scenarios.decision import Decision, decide
    from eitgeo.scenarios.difference import Difference, figure_gaps, scenario_difference
    from eitgeo.scenarios.epci import epci_facts, epci_groups
    from eitgeo.scenarios.epci_blocks import epci_blocks
    from eitgeo.scenarios.facts import Fact, Facts, indicator_facts
    from eitgeo.scenarios.governance import members_of
    from eitgeo.scenarios.indicators import measure_indicators, rank_same_size
    from eitgeo.scenarios.matter import (
        LEVER_INDICATORS,
        draw_levels,
        lever_figures,
        lever_levels,
    )
    from eitgeo.scenarios.outlet_lines import outlet_lines
    from eitgeo.scenarios.overlaps import body_overlaps
    from eitgeo.scenarios.phases import phase_table
    from eitgeo.scenarios.plan import plan_options, require_plan
    from eitgeo.scenarios.ranking import (
        pareto_front,
        rank_scores,
        same_orders,
        weighted_scores,
    )
    from eitgeo.scenarios.stress import (
        Variant,
        stress_orders,
        with_closed_road,
        with_ratios,
        without_epci,
        without_largest_site,
    )
    from eitgeo.scenarios.switching import reweighted, switching_values
    from eitgeo.scenarios.swot import swot_rows
    from eitgeo.scenarios.union_ranks import union_front, union_ranks
    from eitgeo.scenarios.verdict import Tried, try_conditions, verdict_rows
    from eitgeo.scenarios.without_top import desk_facts, verdict_facts

__all__ = [
    "ALL",
    "LEVER_INDICATORS",
    "STATES",
    "Activity",
    "Decision",
    "Difference",
    "Fact",
    "Facts",
    "Ground",
    "Tried",
    "Variant",
    "animation_budget",
    "body_facts",
    "body_overlaps",
    "carrier_reasons",
    "carrier_states",
    "compared_alone_facts",
    "counted_weights",
    "criteria_scores",
    "criteria_values",
    "criteria_weights",
    "decide",
    "departure_facts",
    "derived_facts",
    "desk_facts",
    "draw_levels",
    "drawn_tonnes",
    "epci_blocks",
    "epci_facts",
    "epci_groups",
    "figure_gaps",
    "firm_facts",
    "firm_ids",
    "indicator_facts",
    "industrial_sites",
    "landfill_facts",
    "lever_figures",
    "lever_levels",
    "measure_indicators",
    "members_of",
    "neighbour_distances",
    "neighbour_facts",
    "order_words",
    "outlet_lines",
    "pareto_front",
    "phase_table",
    "plan_options",
    "rank_acceptability",
    "rank_same_size",
    "rank_scores",
    "read_activity",
    "register_counts",
    "require_neighbours",
    "require_plan",
    "require_rules",
    "reweighted",
    "same_orders",
    "scenario_difference",
    "share_facts",
    "site_amounts",
    "site_counts",
    "site_facts",
    "stress_orders",
    "switching_values",
    "swot_rows",
    "syndicate_facts",
    "try_conditions",
    "union_front",
    "union_ranks",
    "verdict_facts",
    "verdict_rows",
    "weighted_scores",
    "with_closed_road",
    "with_ratios",
    "without_epci",
    "without_largest_site",
]

lend(__name__)
