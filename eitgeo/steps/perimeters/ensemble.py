"""Let contours vote for core and fringe, and draw others by chance."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.flows.exchanges.synergies import flows_between
from eitgeo.perimeters.contours.candidate import Candidate, Certificate
from eitgeo.perimeters.contours.certificate import certify
from eitgeo.perimeters.contours.mesh import cut_epci, make_mesh
from eitgeo.perimeters.ensemble.core_fringe import (
    LEFT_OUT_BY_QUICK,
    Vote,
    membership_frequency,
)
from eitgeo.perimeters.ensemble.ensemble import Chain, mixing, sample_contours
from eitgeo.perimeters.ensemble.votes import Field, ProvedContour, agreement, cast_votes
from eitgeo.perimeters.methods.ties import sector_jobs, sector_ties
from eitgeo.perimeters.optimum.exchanges import exchange_choice
from eitgeo.perimeters.optimum.optimum import best_set
from eitgeo.reference.rules import synergy_rules
from eitgeo.roads.questions.seats import town_minutes
from eitgeo.scenarios.measures.activity import drawn_tonnes
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.columns import OD_REACHED, OD_WAYS
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table

Table = Any
_EFFORT = {
    "complet": {"max_nodes": 4},
    "rapide": {"max_nodes": 1, "max_rounds": 5},
}
"""Search of each contour by the exchanges that votes beside that of the study."""


@step(
    "Cœur, franges et contours au hasard",
    reads=("optimum",),
    writes=("membership_frequency", "method_runs", "ensemble", "ensemble_mixing"),
)
def run(
    communes: gpd.GeoDataFrame, contiguity: pd.DataFrame, *, project: Project
) -> dict[str, object]:
    """Write ``membership_frequency``, ``method_runs`` and the random contours."""
    folder, methods = project.processed, project.study.methods
    quick = project.study.identity.effort == "rapide"
    field = _field(project, communes)
    votes = cast_votes(field, methods.votes, quick=quick)
    on_surrogate = project.study.roads.network.is_surrogate
    certificates = _certified(votes, communes, contiguity, on_surrogate=on_surrogate)
    area = communes.loc[communes["in_area"], "code_insee"]
    shares = membership_frequency(votes, area)
    write_table(folder, shares, table="membership_frequency")
    write_table(folder, _runs(votes, certificates, field), table="method_runs")
    chains = [] if quick else _chains(project, field, communes)
    _write_chains(project, chains)
    refused = sum(1 for vote in votes if vote.refusal)
    facts: dict[str, object] = {
        "contours": len(votes) - refused,
        "familles": shares["family"].nunique() - 1,
        "refusés": refused,
        "contours au hasard": sum(len(chain.values) for chain in chains),
    }
    return facts | ({"laissés de côté (rapide)": LEFT_OUT_BY_QUICK} if quick else {})


def _field(project: Project, communes: gpd.GeoDataFrame) -> Field:
    study, folder = project.study, project.processed
    sites = read_table(folder, "sites")
    pairs = read_table(folder, "od_matrix", columns=OD_WAYS)
    usable = pairs[pairs["status"].isin(OD_REACHED)]
    root = study.territory.root_commune
    jobs = sector_jobs(sites)
    mesh = make_mesh(
        communes,
        read_table(folder, "contiguity"),
        root=root,
        sums=jobs.sum(axis=1).to_frame("jobs"),
    )
    return Field(
        mesh=mesh,
        rules=study.methods.rules,
        sectors=sector_ties(
            mesh,
            jobs,
            rules=synergy_rules(),
            truck_minutes=usable[usable["profile"].eq("truck")],
            max_minutes=study.methods.affinity.max_minutes,
        ),
        exchanges=_drawn_exchanges(project, communes),
        town_minutes=town_minutes(
            communes, pairs, min_population=study.comparison.seat_min_population
        ),
        jobs=jobs,
        from_root=usable[usable["origin_id"].eq(root)],
        affinity=study.methods.affinity,
        seed=study.identity.seed,
        optima=_optima(project, communes, sites),
    )


def _optima(project: Project, communes: Table, sites: Table) -> list[ProvedContour]:
    """Give the contour by the exchanges of the study, then those of other ceilings."""
    folder, methods = project.processed, project.study.methods
    known_optima = read_table(folder, "optimum")
    if methods.optimum is None or known_optima.empty:
        return []
    own = frozenset(known_optima["code_insee"])
    share = methods.optimum.population_share
    effort = _EFFORT[project.study.identity.effort]
    parameters: dict[str, object] = {"population_share": share}
    jobs = sites.groupby("code_insee")["headcount_mid"].sum()

    def drawn(share: float) -> frozenset[str]:
        choice = exchange_choice(
            communes,
            read_table(folder, "contiguity"),
            read_table(folder, "affinity"),
            jobs=jobs,
            root=project.study.territory.root_commune,
            contour=contour.model_copy(update={"population_share": share}),
        )
        communes_held = best_set(choice, gap=contour.gap, **effort).held
        return frozenset(np.array(choice.units)[communes_held].tolist())

    contour = methods.optimum
    others = [one for one in methods.votes.population_shares if one != share]
    return [
        (parameters, lambda: own),
        *(({"population_share": one}, partial(drawn, one)) for one in others),
    ]


def _drawn_exchanges(project: Project, communes: Table) -> list[pd.DataFrame]:
    """Give exchanges at mid value, then as the waste of their givers is drawn."""
    folder, n_draws = project.processed, project.study.methods.votes.n_draws
    exchanges = flows_between(read_table(folder, "synergies")).rename(
        columns={"donor_id": "code_a", "receiver_id": "code_b"}
    )
    tonnes = drawn_tonnes(
        read_table(folder, "arising_draws"), pd.Index(communes["code_insee"])
    ).iloc[:, :n_draws]
    # A giver that throws nothing away (by-products only) does not move.
    factor = tonnes.div(tonnes.median(axis=1).where(lambda mid: mid > 0), axis=0)
    known = factor.reindex(exchanges["code_a"]).fillna(1.0).to_numpy()
    moved = [exchanges.assign(t_mid=exchanges["t_mid"] * one) for one in known.T]
    return [exchanges, *moved]


def _certified(
    votes: Sequence[Vote],
    communes: gpd.GeoDataFrame,
    contiguity: Table,
    *,
    on_surrogate: bool,
) -> dict[str, Certificate]:
    """Certify every contour by code that no method shares: pieces raise."""
    certifiable = [vote for vote in votes if not vote.refusal]
    candidates = [Candidate(v.run_id, v.run_id, v.family, v.codes) for v in certifiable]
    certificates = certify(
        candidates, communes, contiguity=contiguity, on_surrogate=on_surrogate
    )
    return dict(zip([vote.run_id for vote in certifiable], certificates, strict=True))


def _runs(
    votes: Sequence[Vote], certificates: dict[str, Certificate], given: Field
) -> pd.DataFrame:
    people = pd.Series(given.mesh.sums["population"])
    rows = [_row(vote, certificates.get(vote.run_id)) for vote in votes]
    return pd.DataFrame(rows).join(agreement(votes, people), on="run_id")


def _row(vote: Vote, certificate: Certificate | None) -> dict[str, object]:
    facts = {"n_added": 0, "n_removed": 0} | dict(vote.told)
    return {
        "run_id": vote.run_id,
        "family": vote.family,
        "parameters": json.dumps(dict(vote.parameters), sort_keys=True),
        "status": "refuse" if vote.refusal else "retenu",
        "refusal": vote.refusal,
        "n_communes": len(vote.codes),
        "population": certificate.population if certificate else 0,
        "n_epci_cut": certificate.n_epci_cut if certificate else 0,
        "certificate": certificate.sentence if certificate else "",
        **facts,
    }


def _chains(project: Project, given: Field, communes: gpd.GeoDataFrame) -> list[Chain]:
    """Walk several chains, each from its own seed and start."""
    law, mesh = project.study.methods.ensemble, given.mesh
    area = communes.set_index("code_insee").geometry.area / 1e6
    ties = given.ties()
    observed: dict[str, Callable[[frozenset[str]], float]] = {
        "population": partial(mesh.total, name="population"),
        "area_km2": lambda held: float(area.loc[sorted(held)].sum()),
        "n_epci_cut": lambda held: float(len(cut_epci(held, mesh))),
        "captured_ties": ties.captured,
    }
    total = mesh.total(mesh.codes, "population")
    low, high = (share * total for share in law.population_shares)
    floors = {"population": low} | dict(given.rules.floors)
    ceilings = {"population": high} | dict(given.rules.ceilings)
    rules = given.rules.model_copy(update={"floors": floors, "ceilings": ceilings})
    seeds = np.random.SeedSequence(given.seed).spawn(law.n_chains)
    return [
        sample_contours(
            mesh, rules, law=law, observed=observed, rng=np.random.default_rng(seed)
        )
        for seed in seeds
    ]


def _write_chains(project: Project, chains: Sequence[Chain]) -> None:
    if not chains:
        for name in ("ensemble", "ensemble_mixing"):
            write_table(project.processed, empty_table(name), table=name)
        return
    draws = pd.concat(
        [chain.values.assign(chain=rank) for rank, chain in enumerate(chains, start=1)]
    )
    place = draws.groupby("chain").cumcount() + 1
    draws["draw_id"] = [
        f"{chain}_{at:05d}" for chain, at in zip(draws["chain"], place, strict=True)
    ]
    whole = {"population": "int64", "n_epci_cut": "int64"}
    write_table(project.processed, draws.astype(whole), table="ensemble")
    mixed = mixing([chain.values for chain in chains])
    mixed = mixed.rename_axis("quantity").reset_index()
    write_table(project.processed, mixed, table="ensemble_mixing")
