"""What is left of each compared perimeter when some councils say no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from eitgeo.perimeters.contours.candidate import Candidate, near_epci
from eitgeo.reference.governance import carrier_rules, carriers
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.carriers.carriers import (
    MARK,
    carrier_reasons,
    carrier_states,
    every_left,
    first_year,
    refusal_rows,
    who_could_carry,
)
from eitgeo.scenarios.carriers.facts import Facts, indicator_facts
from eitgeo.scenarios.measures.indicators import indicator_rows
from eitgeo.scenarios.measures.measures import Inputs
from eitgeo.steps.decision.carrier_facts import FactSources, union_facts
from eitgeo.tables.schema import empty_table
from eitgeo.territory.membership import members_of_epci

_OBSERVED = (
    "n_epci",
    "epci_whole_pct",
    "n_deliberations",
    "n_departements",
    "n_petr",
    "n_waste_bodies",
    "body_fit_pct",
    "counted_industry_employees",
    "counted_firms_10_45min",
)
"""Rests on lists of members, borders, roads and registers: measured of any union."""


def refusal_table(
    compared: Sequence[Candidate],
    sources: FactSources,
    *,
    known: Mapping[frozenset[str], Facts],
    contiguity: pd.DataFrame,
    budget: pd.DataFrame,
) -> pd.DataFrame:
    """Return table ``refusals``, for the perimeters made of whole EPCI.

    `known`: communes of a listed union → its facts, which rest on released figures.
    """
    epci = members_of_epci(sources.communes)
    perimeters = {
        one.perimeter_id: members
        for one in compared
        if (members := _whole_members(one, epci))
    }
    if not perimeters:
        return empty_table("refusals")
    left = {
        name: frozenset().union(*[epci[siren] for siren in name.split(MARK)])
        for name in sorted(every_left(perimeters))
    }
    facts = _facts_of(left, sources, known=known)
    reasons = carrier_reasons(facts, rules=carrier_rules())
    states = carrier_states(reasons, facts, carriers=carriers())
    used = sorted(frozenset().union(*perimeters.values()))
    rows = refusal_rows(
        perimeters,
        who_could_carry(facts, reasons, states),
        people={name: int(sources.ground.people_in(epci[name])) for name in used},
        near=near_epci(contiguity, sources.communes),
        directions=_directions(),
        budget=first_year(budget),
    )
    return rows.assign(evidence=budget["evidence"].iloc[0])


def _whole_members(
    perimeter: Candidate, epci: dict[str, frozenset[str]]
) -> frozenset[str]:
    """Return the EPCI of a perimeter that holds whole ones alone; none otherwise."""
    members = {
        siren: codes for siren, codes in epci.items() if codes <= perimeter.codes
    }
    whole = frozenset().union(*members.values()) == perimeter.codes
    return frozenset(members) if whole else frozenset()


def _facts_of(
    left: Mapping[str, frozenset[str]],
    sources: FactSources,
    *,
    known: Mapping[frozenset[str], Facts],
) -> dict[str, Facts]:
    """Gather facts: those of a listed union, what is observed of any other."""
    made = [
        Candidate(name, name, "structure", codes)
        for name, codes in left.items()
        if codes not in known
    ]
    listed = {name: known[codes] for name, codes in left.items() if codes in known}
    if not made:
        return listed
    measured = _observed(made, sources)
    return listed | union_facts(made, replace(sources, measured=measured))


def _observed(made: Sequence[Candidate], sources: FactSources) -> dict[str, Facts]:
    ground = sources.ground
    inputs = Inputs(
        made,
        sources.activity,
        ground.communes,
        sources.study,
        ground.bodies,
        ground.of_bodies,
    )
    rows = pd.concat(indicator_rows(inputs, _OBSERVED), ignore_index=True)
    demonstration = bool(sources.study.demonstration_reasons)
    return indicator_facts(rows, demonstration=demonstration)


def _directions() -> dict[str, str]:
    """Return the indicators that have a better end, the surest first."""
    catalogue = indicator_catalogue()
    ranked = catalogue[catalogue["direction"].isin(["up", "down"])]
    order = ranked["evidence"].map("OSH".index).sort_values(kind="stable").index
    return {str(name): str(ranked["direction"][name]) for name in order}
