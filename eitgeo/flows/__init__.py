"""What professionals throw away, and which exchanges the road makes possible."""

from eitgeo.flows.affinity import affinity, flows_between
from eitgeo.flows.arisings import estimate_arisings
from eitgeo.flows.synergies import (
    possible_exchanges,
    reachable_givers,
    rule_matches,
    unquantified_rules,
)

__all__ = [
    "affinity",
    "estimate_arisings",
    "flows_between",
    "possible_exchanges",
    "reachable_givers",
    "rule_matches",
    "unquantified_rules",
]
