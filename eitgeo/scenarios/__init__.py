"""Indicators of perimeters, on the same data for all of them."""

from eitgeo.scenarios.acceptability import order_words, rank_acceptability
from eitgeo.scenarios.activity import (
    Activity,
    drawn_tonnes,
    industrial_sites,
    read_activity,
)
from eitgeo.scenarios.amounts import firm_ids, site_amounts
from eitgeo.scenarios.counts import register_counts
from eitgeo.scenarios.criteria import (
    counted_weights,
    criteria_scores,
    criteria_values,
    criteria_weights,
)
from eitgeo.scenarios.decision import Decision, decide
from eitgeo.scenarios.difference import Difference, figure_gaps, scenario_difference
from eitgeo.scenarios.epci_blocks import epci_blocks
from eitgeo.scenarios.indicators import measure_indicators, rank_same_size
from eitgeo.scenarios.matter import draw_levels
from eitgeo.scenarios.phases import phase_table
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
from eitgeo.scenarios.union_ranks import union_front, union_ranks

__all__ = [
    "Activity",
    "Decision",
    "Difference",
    "Variant",
    "counted_weights",
    "criteria_scores",
    "criteria_values",
    "criteria_weights",
    "decide",
    "draw_levels",
    "drawn_tonnes",
    "epci_blocks",
    "figure_gaps",
    "firm_ids",
    "industrial_sites",
    "measure_indicators",
    "order_words",
    "pareto_front",
    "phase_table",
    "rank_acceptability",
    "rank_same_size",
    "rank_scores",
    "read_activity",
    "register_counts",
    "reweighted",
    "same_orders",
    "scenario_difference",
    "site_amounts",
    "stress_orders",
    "switching_values",
    "union_front",
    "union_ranks",
    "weighted_scores",
    "with_closed_road",
    "with_ratios",
    "without_epci",
    "without_largest_site",
]
