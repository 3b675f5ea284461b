"""Say who could carry each perimeter, on what condition, and what it would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.flows import disposal_ranks, place_of_firm
from eitgeo.perimeters import read_candidates
from eitgeo.reference import (
    LANDFILL,
    animation_costs,
    carrier_rules,
    carriers,
    departement_regions,
    indicator_catalogue,
    landfill_tax,
    latest_tax_year,
    swot_cells,
)
from eitgeo.scenarios import (
    Fact,
    Ground,
    animation_budget,
    body_facts,
    body_overlaps,
    carrier_reasons,
    carrier_states,
    departure_facts,
    derived_facts,
    firm_facts,
    indicator_facts,
    landfill_facts,
    members_of,
    neighbour_facts,
    require_neighbours,
    require_rules,
    share_facts,
    site_facts,
    swot_rows,
    verdict_facts,
    verdict_rows,
)
from eitgeo.steps._activity import study_activity
from eitgeo.steps._survey import study_declarations
from eitgeo.tables import read_table, write_table

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.perimeters import Candidate
    from eitgeo.scenarios import Facts
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``perimeter_bodies``, ``carrier_states`` and what follows from facts.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    folder, study = project.processed, project.study
    rules, known = carrier_rules(), carriers()
    require_rules(rules, carrier_ids=known.index)
    compared = _compared(project)
    facts = _facts(project, compared)
    reasons = carrier_reasons(facts, rules=rules)
    written = {
        "perimeter_bodies": _overlaps(project, compared),
        "carrier_reasons": reasons,
        "carrier_states": carrier_states(reasons, facts, carriers=known),
        "verdicts": verdict_rows(facts, rule=study.governance.verdict),
        "swot": swot_rows(facts, cells=_cells(), context=study.governance.context),
        "animation_budget": animation_budget(
            animation_costs(),
            study.governance.budget,
            animator_fte=study.comparison.animator_fte,
        ),
    }
    for table, rows in written.items():
        write_table(folder, rows, table=table)
    return {
        "périmètres": len(compared),
        "règles appliquées": int(reasons["outcome"].eq("applique").sum()),
        "règles non évaluées": int(reasons["outcome"].eq("non_evalue").sum()),
    }


def _cells() -> pd.DataFrame:
    """Return the statements whose indicator exists."""
    cells = swot_cells()
    return cells[cells["indicator_id"].isin(indicator_catalogue().index)]


def _compared(project: Project) -> list[Candidate]:
    order = {name: rank for rank, name in enumerate(project.study.compared_ids)}
    candidates = read_candidates(
        read_table(project.processed, "perimeters"),
        read_table(project.processed, "perimeter_communes"),
    )
    return sorted(
        (one for one in candidates if one.compared),
        key=lambda one: (order.get(one.perimeter_id, len(order)), one.perimeter_id),
    )


def _ground(project: Project) -> Ground:
    folder, study = project.processed, project.study
    bodies = read_table(folder, "bodies")
    of_bodies = members_of(
        bodies, read_table(folder, "membership"), study.territory.on_date
    )
    communes = read_table(folder, "communes")
    return Ground(communes, bodies, of_bodies, study.comparison.waste_bodies)


def _overlaps(project: Project, compared: list[Candidate]) -> pd.DataFrame:
    ground, folder = _ground(project), project.processed
    units = read_table(folder, "communes_public")
    jobs = units[(units["indicator_id"] == "industry_jobs") & units["released"]]
    blocks = read_table(folder, "blocks_public")
    return body_overlaps(
        {one.perimeter_id: one.codes for one in compared},
        ground.communes,
        of_bodies=ground.of_bodies,
        blocks=jobs.merge(blocks, on=["indicator_id", "block_id", "kind"]),
    )


def _facts(project: Project, compared: list[Candidate]) -> dict[str, Facts]:
    """Gather what the rules read; all that is counted comes from released figures."""
    folder, study = project.processed, project.study
    ground, activity = _ground(project), study_activity(project)
    demonstration = bool(study.demonstration_reasons)
    measured = indicator_facts(
        read_table(folder, "indicators_public"), demonstration=demonstration
    )
    communes = read_table(folder, "communes")
    require_neighbours(study.governance.neighbours, communes)
    names = communes.set_index("code_insee")["nom"]
    siren_names = _siren_names(ground)
    regions = departement_regions()
    firms = _firm_communes(project)
    stress = read_table(folder, "stress_orders")
    shared = _shared_facts(project)
    found = {}
    for one in compared:
        facts = measured[one.perimeter_id] | body_facts(one, ground)
        facts |= share_facts(one, communes, shareholders=study.governance.shareholders)
        facts |= site_facts(
            one,
            activity.target,
            communes=communes,
            epci_names=siren_names,
            demonstration=demonstration,
        )
        facts |= firm_facts(one, firms)
        facts |= departure_facts(one, ground, stress_orders=stress)
        facts |= neighbour_facts(
            one,
            communes,
            neighbours=study.governance.neighbours,
            within_km=study.governance.neighbour_km,
        )
        inside = communes.loc[communes["code_insee"].isin(one.codes), "dep"]
        facts |= derived_facts(facts, regions=list(inside.map(regions).unique()))
        facts |= shared
        found[one.perimeter_id] = facts | verdict_facts(
            one,
            facts,
            activity,
            town_names=names,
            comparison=study.comparison,
            min_givers=study.flows.families_min_donors,
        )
    return found


def _shared_facts(project: Project) -> Facts:
    """Gather what is the same for every perimeter."""
    study = project.study
    revenues = {"revenue_lines": Fact(float(study.governance.revenue_lines))}
    ranks = disposal_ranks(read_table(project.processed, "allocation"))
    return (
        revenues
        | _tax_facts(study.identity.edition.year)
        | landfill_facts(ranks, demonstration=study.demonstration_reasons)
    )


def _siren_names(ground: Ground) -> dict[str, str]:
    bodies = ground.bodies
    pairs = zip(bodies["body_id"], bodies["name"], strict=True)
    return {body.removeprefix("epci_"): name for body, name in pairs}


def _tax_facts(edition_year: int) -> Facts:
    year = latest_tax_year(edition_year)
    taxes = landfill_tax()
    mine = taxes[(taxes["year"] == year) & (taxes["heading"] == LANDFILL)]
    # A year is a text: « 2026 », not « 2 026 ».
    rate = Fact(float(mine["eur_per_t"].iloc[0]))
    return {"tgap_year": Fact(str(year)), "tgap_eur_per_t": rate}


def _firm_communes(project: Project) -> pd.Series[str] | None:
    declarations = study_declarations(project)
    if declarations is None:
        return None
    rows = declarations.drop_duplicates("siret")
    return place_of_firm(rows, read_table(project.processed, "sites"))
