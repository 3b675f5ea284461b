"""What professionals throw away, and which exchanges the road makes possible."""

from eitgeo.flows.affinity import affinity, flows_between
from eitgeo.flows.arisings import estimate_arisings
from eitgeo.flows.declared import (
    declared_masses,
    prefer_observed,
    site_of_firm,
    survey_arisings,
    survey_needs,
    used_outlets,
)
from eitgeo.flows.interest import FEWEST, Interest, expressed_interest
from eitgeo.flows.matches import Resource, nearest_partners
from eitgeo.flows.synergies import (
    possible_exchanges,
    reachable_givers,
    rule_matches,
    shared_exchanges,
    unquantified_rules,
)

__all__ = [
    "FEWEST",
    "Interest",
    "Resource",
    "affinity",
    "declared_masses",
    "estimate_arisings",
    "expressed_interest",
    "flows_between",
    "nearest_partners",
    "possible_exchanges",
    "prefer_observed",
    "reachable_givers",
    "rule_matches",
    "shared_exchanges",
    "site_of_firm",
    "survey_arisings",
    "survey_needs",
    "unquantified_rules",
    "used_outlets",
]
