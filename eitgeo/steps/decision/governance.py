"""Say who could carry each perimeter, on what condition, and what it would cost."""

from __future__ import annotations

import pandas as pd

from eitgeo.perimeters.contours.candidate import Candidate, read_candidates
from eitgeo.reference.governance import (
    animation_costs,
    carrier_rules,
    carriers,
    plan_actions,
    swot_cells,
)
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.carriers.budget import (
    animation_budget,
    cost_share_rows,
    members_in,
    post_rows,
    with_meetings,
)
from eitgeo.scenarios.carriers.carriers import (
    carrier_reasons,
    carrier_states,
    require_rules,
    swot_rows,
    verdict_rows,
)
from eitgeo.scenarios.carriers.facts import Facts, Ground
from eitgeo.scenarios.carriers.plan import require_plan
from eitgeo.scenarios.measures.governance import body_overlaps
from eitgeo.steps.decision.carrier_facts import (
    FactSources,
    compared_facts,
    fact_sources,
    union_facts,
)
from eitgeo.steps.decision.refusals import refusal_table
from eitgeo.steps.step import step
from eitgeo.study.governance import Governance
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table


@step(
    "Porteurs possibles, verdict, AFOM et budget",
    reads=("public/stress_orders",),
    writes=(
        "perimeter_bodies",
        "carrier_reasons",
        "carrier_states",
        "union_carrier_reasons",
        "union_carrier_states",
        "refusals",
        "verdicts",
        "swot",
        "animation_budget",
        "posts",
        "cost_shares",
    ),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``perimeter_bodies``, ``carrier_states`` and what follows from facts."""
    folder, study = project.processed, project.study
    require_rules(carrier_rules(), carrier_ids=carriers().index)
    require_plan(plan_actions())
    compared, unions = _compared_and_unions(project)
    sources = fact_sources(project)
    facts = compared_facts(compared, sources)
    reasons, states = _carried(facts)
    known = union_facts(unions, sources)
    union_reasons, union_states = _carried(known)
    means = _means(project, compared, sources)
    written = {
        "perimeter_bodies": _overlaps(project, compared, sources.ground),
        "carrier_reasons": reasons,
        "carrier_states": states,
        "union_carrier_reasons": union_reasons,
        "union_carrier_states": union_states,
        "refusals": refusal_table(
            compared,
            sources,
            known={one.codes: known[one.perimeter_id] for one in unions},
            contiguity=read_table(folder, "contiguity"),
            budget=means["animation_budget"],
        ),
        "verdicts": verdict_rows(
            list(facts), rule=study.governance.verdict, field=study.governance.field
        ),
        "swot": swot_rows(
            facts, cells=_cells(study.governance), context=study.governance.context
        ),
        **means,
    }
    for table, rows in written.items():
        write_table(folder, rows, table=table)
    return {
        "périmètres": len(compared),
        "règles appliquées": int(reasons["outcome"].eq("applique").sum()),
        "règles non évaluées": int(reasons["outcome"].eq("non_evalue").sum()),
        "réunions d'EPCI entiers": len(unions),
    }


def _carried(facts: dict[str, Facts]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the reasons and the states of carriers on some perimeters."""
    reasons = carrier_reasons(facts, rules=carrier_rules())
    return reasons, carrier_states(reasons, facts, carriers=carriers())


def _means(
    project: Project, compared: list[Candidate], sources: FactSources
) -> dict[str, pd.DataFrame]:
    """Lay out the budget, choices of posts, and parts of the EPCI."""
    asked, counted = project.study.governance, sources.activity.counted
    budget = animation_budget(animation_costs(), asked.budget, posts=asked.posts)
    members = {
        one.perimeter_id: members_in(one.codes, sources.ground.communes, counted)
        for one in compared
    }
    return {
        "animation_budget": budget,
        "posts": post_rows(
            read_table(project.processed, "indicators_public"),
            perimeters=list(members),
            governance=asked,
            costs=animation_costs(),
        ),
        "cost_shares": cost_share_rows(members, budget=budget, governance=asked),
    }


def _cells(governance: Governance) -> pd.DataFrame:
    """Return the statements whose indicator exists."""
    cells = with_meetings(swot_cells(), governance=governance)
    return cells[cells["indicator_id"].isin(indicator_catalogue().index)]


def _compared_and_unions(
    project: Project,
) -> tuple[list[Candidate], list[Candidate]]:
    """Return the perimeters shown by name, and the other unions of whole EPCI."""
    order = {name: rank for rank, name in enumerate(project.study.compared_ids)}
    candidates = read_candidates(
        read_table(project.processed, "perimeters"),
        read_table(project.processed, "perimeter_communes"),
    )
    compared = sorted(
        (one for one in candidates if one.compared),
        key=lambda one: (order.get(one.perimeter_id, len(order)), one.perimeter_id),
    )
    others = (one for one in candidates if not one.compared)
    return compared, [one for one in others if one.method == "union_epci"]


def _overlaps(
    project: Project, compared: list[Candidate], ground: Ground
) -> pd.DataFrame:
    folder = project.processed
    units = read_table(folder, "communes_public")
    jobs = units[(units["indicator_id"] == "industry_jobs") & units["released"]]
    blocks = read_table(folder, "blocks_public")
    return body_overlaps(
        {one.perimeter_id: one.codes for one in compared},
        ground.communes,
        of_bodies=ground.of_bodies,
        blocks=jobs.merge(blocks, on=["indicator_id", "block_id", "kind"]),
    )
