"""Place waste in its legal outlets, then allocate residues to needs."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from eitgeo.flows.exchanges.allocation import Ends
from eitgeo.flows.exchanges.levers import ABOVE, BY_COUNT, BY_TONNE, reach_medians
from eitgeo.flows.exchanges.market import (
    Solved,
    drawn_shares,
    mean_change,
    mean_missing_needs,
    rule_pairs,
    solve,
    worst_gap,
)
from eitgeo.flows.exchanges.participation import if_taking_part, taking_part_in
from eitgeo.flows.exchanges.synergies import UNBOUNDED, rules_without_receiver
from eitgeo.flows.outlets.legal_outlets import (
    REASONS,
    SKIP,
    Outlets,
    site_outlet_flows,
    unplaced_by_stream,
)
from eitgeo.flows.outlets.syndicate import public_lots
from eitgeo.flows.outlets.transport import kgco2e_per_t
from eitgeo.ledger import Place
from eitgeo.library.study_exchanges import (
    StudyExchanges,
    freights_of,
    markets_of_draws,
    priced_exchanges,
    study_exchanges,
)
from eitgeo.scenarios.measures.activity import industrial_sites
from eitgeo.sources.activity.cells import NO_SITES, are_cells
from eitgeo.steps.log_words import about
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.words import NBSP, french_number, round_significant


@step(
    "Besoins, exutoires admis et affectation",
    reads=("arisings", "needs"),
    writes=(
        "receiver_needs",
        "allowed_flows",
        "public_lots",
        "unplaced_waste",
        "allocation",
        "missing_needs",
        "without_largest",
    ),
)
def run(*, project: Project) -> dict[str, object]:
    """Write what receivers need, legal outlets, the allocation and what is missing."""
    exchanges = study_exchanges(project)
    _write_outlets(project, exchanges)
    part = taking_part_in(project.study)
    seed = project.study.identity.seed
    shares = drawn_shares(part, seed=seed)
    markets = markets_of_draws(project, exchanges, shares)
    draws = [solve(one) for one in markets]
    table = priced_exchanges(project, exchanges, draws)
    lost = _without_largest(exchanges, draws)
    mean = table.assign(t=table["t"] / part.n_draws)
    write_table(project.processed, lost, table="without_largest")
    write_table(project.processed, exchanges.needs, table="receiver_needs")
    write_table(project.processed, mean, table="allocation")
    missing = mean_missing_needs(draws)
    write_table(project.processed, missing, table="missing_needs")
    return {
        "participation": if_taking_part(part),
        **_reach_facts(exchanges),
        "tonnes affectées (potentiel)": about(
            float(mean["t"].sum()), "t/an", Place("allocation", "tout", "t")
        ),
        "affectations": round(len(table) / part.n_draws),
        **_distances(table),
        "écart du calcul à son majorant, au pire": _gap_text(worst_gap(draws)),
        "part affectée qui reste sans le premier employeur": NO_SITES
        if are_cells(exchanges.tables["sites"]).any()
        else _kept_text(lost),
    }


def _write_outlets(project: Project, exchanges: StudyExchanges) -> None:
    """Write where waste may go, and what finds no place."""
    placed, tables = exchanges.outlets.placed, exchanges.tables
    per_tkm = float(kgco2e_per_t(freights_of([SKIP])[SKIP], length_m=1000.0))
    flows = site_outlet_flows(
        placed, tables["arisings"], tables["sites"], kgco2e_per_tkm=per_tkm
    )
    write_table(project.processed, flows, table="allowed_flows")
    write_table(project.processed, placed.unplaced, table="unplaced_waste")
    lots = public_lots(placed.flows, exchanges.outlets.legal)
    write_table(project.processed, lots, table="public_lots")


def _reach_facts(exchanges: StudyExchanges) -> dict[str, object]:
    """Tell what there is to exchange, all receivers in."""
    market, rules, needs = exchanges.market, exchanges.rules, exchanges.needs
    donors, receivers = market.donors, market.receivers
    pairs = rule_pairs(market)
    silent = rules_without_receiver(
        rules, donors=donors.links["rule_id"], reached=rules["rule_id"][pairs > 0]
    )
    supply_t = float(donors.nodes["t"].sum())
    return {
        "résidus qu'une règle connaît (potentiel)": about(
            supply_t, "t/an", Place("byproducts", "connus d'une règle", "t")
        ),
        "preneurs sans borne, laissés de côté": int(
            needs["method"].eq(UNBOUNDED).sum()
        ),
        "paires possibles": int(pairs.sum()),
        "règles sans preneur à portée": ", ".join(silent["rule_id"]) or "aucune",
        "règles qui ne paient à aucune distance": exchanges.n_unpaid,
        "sans exutoire admis": _unplaced(exchanges.outlets),
        "hors de l'extrait routier": _off_extract(
            exchanges.tables["outside"], (donors, receivers)
        ),
    }


def _without_largest(
    exchanges: StudyExchanges, draws: Sequence[Solved]
) -> pd.DataFrame:
    """Allocate again without the largest employer of industry, and say what changes."""
    sites, area = exchanges.tables["sites"], exchanges.tables["area"]
    employers = sites[sites["code_insee"].isin(area["code_insee"])]
    employers = employers[
        ~are_cells(employers)
    ]  # a cell is no employer that could stop
    large = industrial_sites(employers).sort_values(["headcount_mid", "site_id"])
    largest = None if large.empty else str(large["site_id"].iloc[-1])
    return mean_change(draws, largest, exchanges.rules)


def _unplaced(outlets: Outlets) -> str:
    """Say which streams find no outlet, how many tonnes, and why."""
    unplaced = [
        f"{row['stream']} {row['ewc_stat']}, {_unplaced_t(row)} "
        f"({REASONS[row['reason']]})"
        for row in unplaced_by_stream(outlets.placed).to_dict("records")
    ]
    return " ; ".join(unplaced) or "aucun"


def _unplaced_t(row: Mapping[Hashable, Any]) -> str:
    place = Place("unplaced_waste", f"{row['stream']} / {row['ewc_stat']}", "t")
    return about(row["t"], "t/an", place)


def _off_extract(outside: pd.DataFrame, ends: tuple[Ends, Ends]) -> str:
    """Say what no exchange can take or bring: no road there is known."""
    given_t, asked_t = (
        float(end.nodes.loc[end.nodes["code_insee"].isin(outside.index), "t"].sum())
        for end in ends
    )
    if not given_t and not asked_t:
        return "aucune tonne"
    place = partial(Place, "byproducts", "hors de l'extrait")
    given_text = about(given_t, "t/an", place("résidus"))
    return f"résidus {given_text}, besoins {about(asked_t, 't/an', place('besoins'))}"


_MEDIANS = {
    BY_COUNT: "distance médiane des échanges (33 km observés au programme NISP)",
    ABOVE: "distance médiane des échanges de plus de 10 t",
    BY_TONNE: "distance médiane d'une tonne échangée",
}


def _distances(table: pd.DataFrame) -> dict[str, str]:
    """Tell medians over the exchanges of all draws."""
    medians = reach_medians(table["length_m"] / 1000, table["t"])
    return {
        label: about(float(medians[one]), "km", Place("reach", str(one), "km"))
        for one, label in _MEDIANS.items()
    }


def _gap_text(gap: float) -> str:
    if round(100 * gap, 4) <= 0:
        return "nul"
    return f"{french_number(round_significant(100 * gap, 2))}{NBSP}%"


def _kept_text(lost: pd.DataFrame) -> str:
    row = lost.set_index("measure").loc["t"]
    if not row["with_it"]:
        return "–"
    kept_pct = 100 * float(row["without_it"] / row["with_it"])
    return about(kept_pct, "%", Place("first_employer", "t", "without_it"))
