"""Place waste in its legal outlets, then allocate residues to needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.flows.arisings.residues import site_residues
from eitgeo.flows.exchanges.allocation import (
    allocation_change,
    missing_needs,
    site_allocation,
)
from eitgeo.flows.exchanges.candidates import exchange_ends
from eitgeo.flows.exchanges.lever_terms import lever_terms
from eitgeo.flows.exchanges.market import allocate_market, rule_pairs, without_site
from eitgeo.flows.exchanges.needs import (
    UNBOUNDED,
    estimated_needs,
    permitted_capacity,
    prefer_declared_needs,
    receiver_links,
    rules_without_receiver,
)
from eitgeo.flows.exchanges.rings import links_in_rings, near_codes
from eitgeo.flows.exchanges.study_market import study_market
from eitgeo.flows.outlets.allowed_outlets import SKIP, allowed_outlets
from eitgeo.flows.outlets.benefits import avoided_disposal, lot_headings
from eitgeo.flows.outlets.carried_rules import carried_rules
from eitgeo.flows.outlets.legal_outlets import (
    REASONS,
    site_outlet_flows,
    unplaced_by_stream,
)
from eitgeo.flows.outlets.syndicate import (
    avoided_share,
    public_lots,
    public_outlets,
    with_public_service,
)
from eitgeo.flows.outlets.transport import kgco2e_per_t, vehicle_freight
from eitgeo.reference.exchange_terms import input_needs, residue_values
from eitgeo.reference.rules import synergy_rules
from eitgeo.reference.survey import survey_natures
from eitgeo.reference.tables import freight_factors
from eitgeo.scenarios.measures.activity import industrial_sites
from eitgeo.sources.activity.cells import NO_SITES, are_cells, with_counts
from eitgeo.steps.log_words import about
from eitgeo.steps.step import step
from eitgeo.tables.columns import OD_WAYS
from eitgeo.tables.files import read_table, write_table
from eitgeo.territory.membership import members
from eitgeo.words import NBSP, french_number, round_significant

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import pandas as pd

    from eitgeo.flows.exchanges.allocation import Allocated
    from eitgeo.flows.exchanges.candidates import Arcs, Ends
    from eitgeo.flows.exchanges.market import Market
    from eitgeo.flows.outlets.allowed_outlets import Outlets
    from eitgeo.flows.outlets.transport import Freight
    from eitgeo.study.project import Project


@step(
    "Besoins, exutoires admis et affectation",
    reads=(
        "arisings",
        "byproducts",
        "membership",
        "needs",
        "od_matrix",
        "outlets",
        "road_places",
        "site_cells",
        "sites",
    ),
    writes=(
        "receiver_needs",
        "allowed_flows",
        "public_lots",
        "unplaced_waste",
        "allocation",
        "missing_needs",
        "without_largest",
    ),
    settings=(
        "comparison.waste_bodies",
        "flows",
        "identity.edition",
        "roads",
        "territory",
    ),
)
def run(communes: gpd.GeoDataFrame, *, project: Project) -> dict[str, object]:
    """Write what receivers need, legal outlets, the allocation and what is missing."""
    tables = _read(project)
    outlets = _outlets(project, tables)
    study = project.study
    rules = carried_rules(
        synergy_rules(), roads=study.roads, excluded=study.flows.rules_excluded
    )
    needs = _needs(project, tables["sites"], rules)
    near = near_codes(communes, study.territory)
    market = _market(tables, needs, rules, outlets, near=near)
    arcs, found = allocate_market(market)
    donors, receivers = market.donors, market.receivers
    table = site_allocation(
        arcs, found.t, donors=donors, receivers=receivers, rules=rules
    )
    table = table.join(_terms(project, table, rules, outlets))
    table = table.assign(participation_draw=0)
    missing = missing_needs(found, receivers)
    lost = _without_largest(tables, market, (arcs, found), rules)
    write_table(project.processed, lost, table="without_largest")
    write_table(project.processed, needs, table="receiver_needs")
    write_table(project.processed, table, table="allocation")
    write_table(project.processed, missing, table="missing_needs")
    pairs = rule_pairs(market)
    silent = rules_without_receiver(
        rules, donors=donors.links["rule_id"], reached=rules["rule_id"][pairs > 0]
    )
    supply_t = float(donors.nodes["t"].sum())
    return {
        "résidus qu'une règle connaît (potentiel)": about(supply_t, "t/an"),
        "tonnes affectées (potentiel)": about(float(found.t.sum()), "t/an"),
        "preneurs sans borne, laissés de côté": int(
            needs["method"].eq(UNBOUNDED).sum()
        ),
        "affectations": len(table),
        "paires possibles": int(pairs.sum()),
        "distance médiane des échanges (33 km observés au programme NISP)": _median_km(
            table
        ),
        "écart du calcul à son majorant": _gap_text(found),
        "règles sans preneur à portée": ", ".join(silent["rule_id"]) or "aucune",
        "part affectée qui reste sans le premier employeur": NO_SITES
        if are_cells(tables["sites"]).any()
        else _kept_text(lost),
        "sans exutoire admis": _unplaced(outlets),
        "hors de l'extrait routier": _off_extract(
            tables["outside"], (donors, receivers)
        ),
    }


def _read(project: Project) -> dict[str, pd.DataFrame]:
    """Read the tables; arisings of the area alone, ways by truck."""
    names = ("communes", "sites", "arisings", "byproducts", "road_places")
    told = {name: read_table(project.processed, name) for name in names}
    communes, sites, arisings = told["communes"], told["sites"], told["arisings"]
    area = communes.loc[communes["in_area"], ["code_insee"]]
    inside = sites.loc[sites["code_insee"].isin(area["code_insee"]), "site_id"]
    pairs = read_table(project.processed, "od_matrix", columns=OD_WAYS)
    by_truck = pairs[pairs["profile"].eq("truck")]
    longest_m = 1000 * project.study.flows.max_km
    places = told["road_places"].set_index("place_id")
    is_off = places["profile"].eq("truck") & places["status"].eq("outside_extract")
    return {
        "area": area,
        "arisings": arisings[arisings["site_id"].isin(inside)],
        "byproducts": told["byproducts"],
        "near": by_truck[by_truck["length_m"].le(longest_m)],
        "outside": places[is_off],
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
        public_ids=public_outlets(study),
    )
    per_tkm = float(kgco2e_per_t(_freights([SKIP])[SKIP], length_m=1000.0))
    flows = site_outlet_flows(
        found.placed, tables["arisings"], tables["sites"], kgco2e_per_tkm=per_tkm
    )
    write_table(project.processed, flows, table="allowed_flows")
    write_table(project.processed, found.placed.unplaced, table="unplaced_waste")
    mine = public_lots(found.placed.flows, found.legal)
    write_table(project.processed, mine, table="public_lots")
    return found


def _market(
    tables: dict[str, pd.DataFrame],
    needs: pd.DataFrame,
    rules: pd.DataFrame,
    outlets: Outlets,
    *,
    near: frozenset[str] | None,
) -> Market:
    """Gather both ends; a receiver that nothing bounds is left out."""
    ends = exchange_ends(
        tables["sites"],
        site_residues(tables["arisings"], tables["byproducts"]),
        needs[needs["method"] != UNBOUNDED],
        rules=rules,
        receivers=links_in_rings(
            receiver_links(tables["sites"], rules, input_needs()),
            rules,
            sites=tables["sites"],
            near=near,
        ),
        donor_communes=tables["area"]["code_insee"],
    )
    return study_market(
        ends,
        rules=rules,
        avoided=avoided_disposal(ends[0].nodes, outlets.prices),
        od_matrix=tables["near"],
    )


def _terms(
    project: Project, table: pd.DataFrame, rules: pd.DataFrame, outlets: Outlets
) -> pd.DataFrame:
    """Say what a tonne of each exchange saves and costs, and where it goes today."""
    study = project.study
    lots = table.rename(columns={"donor_code": "code_insee"})
    terms = lever_terms(
        table,
        rules=rules,
        prices=outlets.prices,
        values=residue_values(),
        freights=_freights(rules["vehicle"]),
        outlet_freight=_freights([SKIP])[SKIP],
        avoided=avoided_share(study),
    )
    terms = with_public_service(
        terms,
        table,
        study=study,
        legal=outlets.legal,
        member_codes=_member_codes(project),
    )
    return terms.assign(disposal_heading=lot_headings(lots, outlets.headings))


def _member_codes(project: Project) -> set[str]:
    """Return the communes of the bodies that treat waste, if a service is told."""
    study = project.study
    told = study.flows.syndicate and study.flows.syndicate.public_collection
    if not told:
        return set()
    rows = read_table(project.processed, "membership")
    found = [
        members(rows, body, on_date=study.territory.on_date)["code_insee"]
        for body in study.comparison.waste_bodies
    ]
    return {str(code) for codes in found for code in codes}


def _freights(vehicles: Iterable[str]) -> dict[str, Freight]:
    factors = freight_factors()
    return {name: vehicle_freight(factors, name) for name in sorted(set(vehicles))}


def _without_largest(
    tables: dict[str, pd.DataFrame],
    market: Market,
    solved: tuple[Arcs, Allocated],
    rules: pd.DataFrame,
) -> pd.DataFrame:
    """Allocate again without the largest employer of industry, and say what changes."""
    ends = (market.donors, market.receivers)
    sites = tables["sites"]
    here = sites[sites["code_insee"].isin(tables["area"]["code_insee"])]
    here = here[~are_cells(here)]  # a cell is no employer that could stop
    large = industrial_sites(here).sort_values(["headcount_mid", "site_id"])
    if large.empty:
        return allocation_change(solved, solved, ends, rules=rules)
    largest = str(large["site_id"].iloc[-1])
    again = allocate_market(without_site(market, largest), first=solved[0])
    return allocation_change(solved, again, ends, rules=rules)


def _needs(project: Project, sites: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Estimate needs; what firms look for comes first."""
    outlets = read_table(project.processed, "outlets")
    cells = read_table(project.processed, "site_cells")
    estimated = estimated_needs(
        with_counts(sites, cells),
        rules,
        input_needs(),
        permitted_t=permitted_capacity(sites, outlets),
    )
    return prefer_declared_needs(
        estimated,
        read_table(project.processed, "needs"),
        sites=sites,
        natures=survey_natures(),
        inputs=input_needs(),
    )


def _unplaced(outlets: Outlets) -> str:
    """Say which streams find no outlet, how many tonnes, and why."""
    told = [
        f"{row['stream']} {row['ewc_stat']}, {about(row['t'], 't/an')} "
        f"({REASONS[row['reason']]})"
        for row in unplaced_by_stream(outlets.placed).to_dict("records")
    ]
    return " ; ".join(told) or "aucun"


def _off_extract(outside: pd.DataFrame, ends: tuple[Ends, Ends]) -> str:
    """Say what no exchange can take or bring: no road there is known."""
    given_t, asked_t = (
        float(end.nodes.loc[end.nodes["code_insee"].isin(outside.index), "t"].sum())
        for end in ends
    )
    if not given_t and not asked_t:
        return "aucune tonne"
    return f"résidus {about(given_t, 't/an')}, besoins {about(asked_t, 't/an')}"


def _median_km(table: pd.DataFrame) -> str:
    """Median over exchanges, unweighted by tonnes, as NISP tells its own."""
    return about(float(table["length_m"].median()) / 1000, "km")


def _gap_text(found: Allocated) -> str:
    if not found.bound_eur:
        return "nul"
    gap = (found.bound_eur - found.benefit_eur) / found.bound_eur
    if round(100 * gap, 4) <= 0:
        return "nul"
    return f"{french_number(round_significant(100 * gap, 2))}{NBSP}%"


def _kept_text(lost: pd.DataFrame) -> str:
    row = lost.set_index("measure").loc["t"]
    if not row["with_it"]:
        return "–"
    return about(100 * float(row["without_it"] / row["with_it"]), "%")
