"""Place waste in its legal outlets, then allocate residues to needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import StudyError
from eitgeo.flows import (
    UNBOUNDED,
    allocate_market,
    avoided_disposal,
    estimated_needs,
    exchange_ends,
    missing_needs,
    permitted_capacity,
    prefer_declared_needs,
    receiver_links,
    rule_pairs,
    rules_without_receiver,
    site_allocation,
    site_outlet_flows,
    site_residues,
)
from eitgeo.reference import (
    input_needs,
    survey_natures,
    synergy_rules,
)
from eitgeo.roads import fleet, vehicle_for_state
from eitgeo.steps._allowed_outlets import allowed_outlets
from eitgeo.steps._market import study_market
from eitgeo.tables import read_table, write_table

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.flows import Allocated
    from eitgeo.steps._allowed_outlets import Outlets
    from eitgeo.study import Project


MANURE = "02 01 06"
"""Waste code of manure and slurry."""


def run(project: Project) -> dict[str, object]:
    """Write what receivers need, legal outlets, the allocation and what is missing.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    tables = _read(project)
    outlets = _outlets(project, tables)
    rules, vehicles = _rules_by_road(project)
    needs = _needs(project, tables["sites"], rules)
    donors, receivers = exchange_ends(
        tables["sites"],
        site_residues(tables["arisings"], tables["byproducts"]),
        needs[needs["method"] != UNBOUNDED],
        rules=rules,
        receivers=receiver_links(tables["sites"], rules, input_needs()),
        donor_communes=tables["area"]["code_insee"],
    )
    prices = avoided_disposal(donors.nodes, outlets.prices)
    market = study_market(
        (donors, receivers),
        rules=rules,
        vehicles=vehicles,
        avoided=prices,
        od_matrix=tables["near"],
    )
    arcs, found = allocate_market(market)
    table = site_allocation(
        arcs, found.t, donors=donors, receivers=receivers, rules=rules
    )
    missing = missing_needs(found, receivers)
    write_table(project.processed, needs, table="receiver_needs")
    write_table(project.processed, table, table="allocation")
    write_table(project.processed, missing, table="missing_needs")
    pairs = rule_pairs(market)
    silent = rules_without_receiver(
        rules, donors=donors.links["rule_id"], reached=rules["rule_id"][pairs > 0]
    )
    supply_t = float(donors.nodes["t"].sum())
    return {
        "résidus qu'une règle connaît (t/an, potentiel)": round(supply_t),
        "tonnes affectées (t/an, potentiel)": round(float(found.t.sum())),
        "preneurs sans borne, laissés de côté": int(
            needs["method"].eq(UNBOUNDED).sum()
        ),
        "affectations": len(table),
        "paires possibles": int(pairs.sum()),
        "distance médiane (km), NISP 33": _median_km(table),
        "écart au majorant (%)": _gap_pct(found),
        "règles sans preneur à portée": len(silent),
        "sans exutoire admis (t/an)": round(float(outlets.placed.unplaced["t"].sum())),
    }


def _read(project: Project) -> dict[str, pd.DataFrame]:
    """Read the tables; arisings of the area alone, ways by truck."""
    names = ("communes", "sites", "arisings", "byproducts", "od_matrix")
    told = {name: read_table(project.processed, name) for name in names}
    communes, sites, arisings = told["communes"], told["sites"], told["arisings"]
    area = communes.loc[communes["in_area"], ["code_insee"]]
    inside = sites.loc[sites["code_insee"].isin(area["code_insee"]), "site_id"]
    by_truck = told["od_matrix"][told["od_matrix"]["profile"].eq("truck")]
    longest_m = 1000 * project.study.flows.max_km
    return {
        "area": area,
        "arisings": arisings[arisings["site_id"].isin(inside)],
        "byproducts": told["byproducts"],
        "near": by_truck[by_truck["length_m"].le(longest_m)],
        "sites": sites,
    }


def _outlets(project: Project, tables: dict[str, pd.DataFrame]) -> Outlets:
    """Place waste, and write where it may go and what finds no place."""
    study = project.study
    found = allowed_outlets(
        read_table(project.processed, "outlets"),
        tables["arisings"],
        sites=tables["sites"],
        od_matrix=tables["near"],
        year=study.identity.edition.year,
    )
    flows = site_outlet_flows(found.placed, tables["arisings"], tables["sites"])
    write_table(project.processed, flows, table="allowed_flows")
    write_table(project.processed, found.placed.unplaced, table="unplaced_waste")
    return found


def _rules_by_road(project: Project) -> tuple[pd.DataFrame, list[str]]:
    """Return the rules whose residue takes the road, and the vehicle of each."""
    study = project.study
    rules = synergy_rules()
    rules = rules[~rules["rule_id"].isin(study.flows.rules_excluded)]
    trucks = fleet(study.roads)
    of_state: dict[str, str] = {}
    for state in set(rules["state"]):
        try:
            of_state[state] = vehicle_for_state(trucks, state).name
        except StudyError:
            continue  # heat, gas, water and services go by pipe, or nowhere
    # Manure goes from a farm to its own fields: apart, as in all totals of waste.
    is_carried = rules["state"].isin(of_state) & (rules["low_code"] != MANURE)
    carried = rules[is_carried].reset_index(drop=True)
    return carried, [of_state[state] for state in carried["state"]]


def _needs(project: Project, sites: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Estimate needs; what firms look for comes first."""
    outlets = read_table(project.processed, "outlets")
    estimated = estimated_needs(
        sites, rules, input_needs(), permitted_t=permitted_capacity(sites, outlets)
    )
    return prefer_declared_needs(
        estimated,
        read_table(project.processed, "needs"),
        sites=sites,
        natures=survey_natures(),
        inputs=input_needs(),
    )


def _median_km(table: pd.DataFrame) -> float | str:
    """Median over exchanges, unweighted by tonnes, as NISP tells its own."""
    return round(float(table["length_m"].median()) / 1000) if len(table) else "–"


def _gap_pct(found: Allocated) -> float:
    if not found.bound_eur:
        return 0.0
    gap = (found.bound_eur - found.benefit_eur) / found.bound_eur
    return round(100 * gap, 4)
