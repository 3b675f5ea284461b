"""Find the exchanges that rules and roads make possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.flows import (
    affinity,
    possible_exchanges,
    reachable_givers,
    unquantified_rules,
)
from eitgeo.reference import synergy_rules
from eitgeo.tables import read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``synergies``, ``givers`` and ``affinity``.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    flows = project.study.flows
    communes = read_table(project.processed, "communes")
    sites = read_table(project.processed, "sites")
    arisings = read_table(project.processed, "arisings")
    pairs = read_table(project.processed, "od_matrix")
    by_truck = pairs[pairs["profile"].eq("truck")]
    area = communes.loc[communes["in_area"], "code_insee"]
    rules = synergy_rules()
    exchanges = possible_exchanges(
        sites, arisings, rules, od_matrix=by_truck, donor_communes=area, flows=flows
    )
    givers = reachable_givers(
        sites, rules, od_matrix=by_truck, donor_communes=area, flows=flows
    )
    write_table(project.processed, exchanges, table="synergies")
    write_table(project.processed, givers, table="givers")
    write_table(project.processed, affinity(exchanges), table="affinity")
    silent = unquantified_rules(sites, arisings, rules)
    return {
        "échanges potentiels entre communes": len(exchanges),
        "familles à portée": givers["family"].nunique(),
        "règles non chiffrées": len(silent),
    }
