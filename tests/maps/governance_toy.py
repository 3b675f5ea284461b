"""Released tables of a small governance: two perimeters of the toy of nine communes."""

from typing import Any

import pandas as pd

from eitgeo.disclosure.door.rules import release_register
from eitgeo.maps.workbooks.governance_table import GovernanceReference
from eitgeo.reference.governance import (
    animation_costs,
    carrier_rules,
    carriers,
    governance_tasks,
    plan_actions,
    swot_cells,
)
from eitgeo.reference.rules import mutualisation_rules, process_sheets
from eitgeo.scenarios.carriers.budget import (
    animation_budget,
    cost_share_rows,
    members_in,
    post_facts,
    post_rows,
)
from eitgeo.scenarios.carriers.carriers import (
    Left,
    carrier_reasons,
    carrier_states,
    every_left,
    refusal_rows,
    swot_rows,
    verdict_rows,
)
from eitgeo.scenarios.carriers.facts import Fact, Facts
from eitgeo.scenarios.carriers.plan import plan_options
from eitgeo.scenarios.measures.governance import body_overlaps
from eitgeo.study.governance import Budget, Governance, VerdictRule
from eitgeo.tables.public import Released
from tests.maps.toy import EPCI, Toy, once_a_toy, squares
from tests.scenarios.toy import make_activity, make_targets

PARTIES = "Syndicat du Val, PETR des Monts"
COMPARED = ("aval", "anneau", "morceaux", "une")


def facts(*, demonstration: bool) -> dict[str, Facts]:
    """Return the facts of the four perimeters."""
    known: Facts = {
        "n_epci": Fact(3.0),
        "n_petr": Fact(1.0),
        "n_departements": Fact(1.0),
        "n_deliberations": Fact(4.0),
        "petr_outside_pct": Fact(57.14),
        "economic_cover_pct": Fact(40.0),
        "n_parties": Fact(2.0),
        "parties": Fact(PARTIES),
        "parties_cover_pct": Fact(99.7),
        "n_firms": Fact(0.0),
        "n_neighbours": Fact(1.0),
        "neighbours": Fact("Voisine"),
    }
    nothing = float("nan")
    drawn = Fact(nothing, "données synthétiques", evidence="H")
    counted = {
        name: drawn if demonstration else Fact(100.0)
        for name in ("target_sites", "seat_45min_pct", "synergy_families")
    }
    chosen = post_facts(counted, governance=Governance())
    return dict.fromkeys(COMPARED, known | counted | chosen)


def overlaps(groups: dict[str, frozenset[str]]) -> Any:
    """Return what groups share with the three EPCI of the toy."""
    communes = squares()
    members = {
        f"epci_{siren}": rows[["code_insee"]].assign(status="publie")
        for siren, rows in communes[communes["epci_siren"] != ""].groupby("epci_siren")
    }
    return body_overlaps(groups, communes, of_bodies=members)


def groups(toy: Toy) -> dict[str, frozenset[str]]:
    """Return the communes of each compared perimeter."""
    rows = toy.members.table.groupby("perimeter_id")["code_insee"]
    return {str(name): frozenset(codes) for name, codes in rows}


def released(toy: Toy, table: pd.DataFrame) -> Released:
    """Release a table as the steps do, in a demonstration where the toy is one."""
    return release_register(
        table, sources=("Source",), demonstration=toy.sheet.demonstration
    )


def epci_facts() -> pd.DataFrame:
    """Return a few facts of each EPCI."""
    rows = [
        (siren, name, value, value, value, told, evidence)
        for siren in (f"20000000{n}" for n in EPCI)
        for name, value, told, evidence in [
            ("population", 6_000.0, "", "O"),
            ("departements", float("nan"), "31", "O"),
            ("counted_industry_employees", 363.0, "fin 2025", "O"),
            ("main_divisions", float("nan"), "10;16", "S"),
            ("deposit_t", 38_412.0, "", "H"),
            ("outlets", 1.0, "Centre de tri", "O"),
            ("minutes_to_root", 33.0, "Commune 31004", "H"),
        ]
    ]
    names = ["epci_siren", "fact_id", "value", "low", "high", "told", "evidence"]
    return pd.DataFrame(rows, columns=names)


@once_a_toy
def make_tables(toy: Toy) -> dict[str, Released]:
    """Return all tables of the workbook."""
    mine = facts(demonstration=bool(toy.sheet.demonstration))
    reasons = carrier_reasons(mine, rules=carrier_rules())
    options = plan_options(
        make_activity(target=make_targets({"31001": 4})),
        mutualisations=mutualisation_rules(),
        sheets=process_sheets(),
    )
    budget = animation_budget(animation_costs(), Budget(), posts=1.0)
    tables = {
        "perimeter_bodies": overlaps(groups(toy)),
        "carrier_states": carrier_states(reasons, mine, carriers=carriers()),
        "carrier_reasons": reasons,
        "refusals": refusals(),
        "verdicts": verdict_rows(list(mine), rule=VerdictRule()),
        "swot": swot_rows(mine, cells=swot_cells()),
        "animation_budget": budget,
        "posts": post_rows(
            toy.indicators.table,
            perimeters=sorted(groups(toy)),
            governance=Governance(),
            costs=animation_costs(),
        ),
        "cost_shares": cost_share_rows(
            {
                name: members_in(codes, squares(), None)
                for name, codes in groups(toy).items()
            },
            budget=budget,
            governance=Governance(),
        ),
        "plan_options": options,
        "epci_facts": epci_facts(),
    }
    communes = squares()
    by_epci = communes[communes["epci_siren"] != ""].groupby("epci_siren")
    sirens = {str(s): frozenset(rows["code_insee"]) for s, rows in by_epci}
    tables |= {"bodies": bodies(), "epci_bodies": overlaps(sirens)}
    return {
        "communes": toy.communes,
        "perimeters": toy.perimeters,
        "indicators_public": toy.indicators,
        **{name: released(toy, table) for name, table in tables.items()},
    }


def refusals() -> pd.DataFrame:
    """Return the refusals of three EPCI in a row; no road joins the last two."""
    sirens = [f"20000000{n}" for n in EPCI]
    members = {"aval": sirens}
    left = every_left(members)
    first, second, third = sirens
    near = {first: {second}, second: {first, third}, third: {second}}
    road = {first: {second}, second: {first}, third: set()}
    able = {name: "P1;P3" if first in name else "P1;P4" for name in left}
    states = dict.fromkeys(left, "favorable;sous_conditions")
    return refusal_rows(
        members,
        Left({}, able, dict.fromkeys(left, "P1"), states),
        people={first: 6_000, second: 3_000, third: 1_000},
        near={"border": near, "road": road},
        directions={"body_fit_pct": "up"},
        budget={"low": 10_000.0, "mid": 30_000.0, "high": 90_000.0},
    ).assign(evidence="H")


def bodies() -> pd.DataFrame:
    """Return the three EPCI as bodies."""
    rows = [
        (f"epci_20000000{n}", "epci", name, True, "publie") for n, name in EPCI.items()
    ]
    names = ["body_id", "kind", "name", "legal_person", "status"]
    return pd.DataFrame(rows, columns=names)


def make_reference(toy: Toy, places: Any) -> GovernanceReference:
    """Return what the workbook prints beside its tables."""
    return GovernanceReference(
        catalogue=toy.catalogue,
        carriers=carriers(),
        tasks=governance_tasks(),
        actions=plan_actions(),
        epci_names={f"20000000{n}": name for n, name in EPCI.items()},
        division_names={"10": "Industries alimentaires"},
        root_name="Bourg",
        places=places,
    )
