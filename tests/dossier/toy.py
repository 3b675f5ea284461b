"""The desk of a small dossier: nine communes, four perimeters, hostile names."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from eitgeo.disclosure.door.rules import release_derived
from eitgeo.dossier.desk import Desk, Drawn, Terms
from eitgeo.flows.exchanges.realised import animation_of
from eitgeo.maps.cards.epci_cards import perimeter_lines
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.paper.small_maps import difference_sketch, territory_sketch
from eitgeo.maps.words.hypotheses import REPLACED, SUPPOSED, Hypothesis
from eitgeo.reference.governance import eit_facts
from eitgeo.reference.rules import process_sheets
from eitgeo.study.governance import Governance
from eitgeo.study.sections import Identity
from eitgeo.tables.public import Released, tables_of
from eitgeo.tables.schema import empty_table
from tests.maps.account_toy import account_rows
from tests.maps.flow_toy import (
    IF_PART,
    actor_rows,
    answer_rows,
    count_rows,
    destination_rows,
    factor_rows,
    lever_rows,
    reach_rows,
    sourcing_rows,
    weighed_rows,
)
from tests.maps.governance_toy import make_reference, make_tables
from tests.maps.test_difference import CRITERIA, PARTS, derived, made
from tests.maps.test_table import derived_from
from tests.maps.toy import HOSTILE, Toy, once_a_toy, outlet_table, released
from tests.maps.zone_toy import zone_tables
from tests.tables.conftest import row_of

TYPST = '#let x = 1; #image("/etc/passwd") $x$ @ref \\ "a" *b* _c_ `d` <l> // e'
"""What Typst would read as code."""

PAIR = ("aval", "anneau")


def outlets() -> Released:
    """Release the outlets with their capacities, one unknown."""
    table = outlet_table().assign(capacity_t=[1000.0, float("nan"), float("nan")])
    return released(table)


def ceilings() -> pd.DataFrame:
    """Return three ceilings of one outlet, each from another source."""
    amounts = {"autorisee": 48_492.0, "taxe": 45_000.0, "ancienne": 85_000.0}
    rows = [
        ("isdnd", name, f"Plafond {name}", amount, "2016", "S", "page", "Lequel ?")
        for name, amount in amounts.items()
    ]
    names = ["outlet_id", "ceiling_id", "label_fr", "ceiling_t", "vintage", "evidence"]
    return pd.DataFrame(rows, columns=[*names, "source", "question"])


def decision(**parts: pd.DataFrame) -> dict[str, Released]:
    """Release a decision; what is not given is empty."""
    tables = {part: empty_table(name) for part, name in PARTS.items()} | parts
    return {PARTS[part]: derived(one) for part, one in tables.items()}


def identity(**changes: Any) -> Identity:
    """Return who the study is."""
    told = {
        "name": "essai",
        "title": "Quel territoire ?",
        "subtitle": "Étude d'essai",
        "edition": "2026-11-24",
        "funders": "Projet soutenu par un financeur",
        "contact": "contact de l'étude",
    }
    return Identity(**told | changes)


def counted_rows() -> pd.DataFrame:
    """Return what two registers count of the toy area."""
    rows = [
        ("URSSAF", "employers", "all", 40.0, 100.0, np.nan),
        ("URSSAF", "employers", "industry", 5.0, 12.5, np.nan),
        ("URSSAF", "employees", "all", 1363.0, 100.0, np.nan),
        ("URSSAF", "employees", "industry", 363.0, 26.63, np.nan),
        ("INSEE", "establishments", "all", 80.0, 100.0, np.nan),
        ("INSEE", "establishments", "industry", 8.0, 10.0, 1.236),
        ("INSEE", "establishments_10_plus", "all", 7.0, 100.0, np.nan),
    ]
    names = ["producer", "measure", "sector", "value", "part_pct", "quotient"]
    table = pd.DataFrame(rows, columns=names).assign(evidence="O", n_missed=0)
    is_urssaf = table["producer"].eq("URSSAF")
    return table.assign(
        reference=np.where(is_urssaf, "", "09, 31"),
        when=np.where(is_urssaf, "fin 2025", "fin 2018, il y a plus de cinq ans"),
    )


def hypotheses() -> tuple[Hypothesis, ...]:
    """Suppose two things, of which one is replaced."""
    real = Hypothesis(
        "roads",
        "Réseau routier de substitution",
        REPLACED,
        by=("routes.osm.pbf (août 2021)",),
        vintages=("août 2021",),
        remains=(),
        what="Réseau routier réel",
        where="OpenStreetMap",
        commands=(),
        line="",
        indicators=(),
        conditions=(),
        files=(),
    )
    drawn = real._replace(
        basis="sites",
        label=TYPST,
        state=SUPPOSED,
        by=(),
        vintages=(),
        what="Établissements réels",
        where="SIRENE",
        indicators=("Établissements à mobiliser",),
        files=("Dossier de l’étude",),
    )
    return drawn, real


def make_desk(toy: Toy, *, pair: tuple[str, str] = PAIR) -> Desk:
    """Return all that a dossier is written from."""
    public = make_tables(toy)
    bodies = public["bodies"].table.assign(
        economic_competence=True, waste_competence=False, source="source"
    )
    zones = zone_tables()
    public = {
        **public,
        "bodies": released(bodies),
        "outlets": outlets(),
        "zones_public": zones["zones_public"],
        "key_sectors": zones["key_sectors"],
        "counted_sectors": released(counted_rows(), demonstration=False),
        "levers": lever_rows(),
        "break_even": released(pd.DataFrame([row_of("break_even")])),
        "reach": reach_rows(),
        "process_actors": actor_rows(),
        "survey_public": answer_rows(),
        "declared_destinations": destination_rows(),
        "backtest": released(empty_table("backtest")),
        "redrawn_counts": release_derived(empty_table("redrawn_counts"), sources=()),
        "arising_checks": release_derived(empty_table("arising_checks"), sources=()),
        "exchange_counts": count_rows(),
        "factor_weights": factor_rows(),
        "factor_sourcing": sourcing_rows(),
        "syndicate_account": account_rows(),
        "weighed_public": weighed_rows(),
        "arising_streams": release_derived(
            pd.DataFrame(columns=["group", "family", "tenths"]), sources=()
        ),
        **decision(criteria=CRITERIA),
        **derived_from(toy),
    }
    places = {
        siren: perimeter_lines(public, siren)
        for siren in sorted(set(public["epci_facts"].table["epci_siren"]))
    }
    pairs = list(dict.fromkeys([pair])) if pair[0] != pair[1] else []
    terms = Terms(
        governance=make_reference(toy, places),
        sheets=process_sheets(),
        ceilings=ceilings(),
        facts=eit_facts(),
        commune_names={"31001": HOSTILE},
        network="routes d'essai, août 2021",
        animation=animation_of(Governance()),
        if_part=IF_PART,
        neighbours=((TYPST, "une page", "a_verifier"),),
        parameters=(("zones.min_sites", "3"),),
        inputs=(("Communes", "IGN"),),
        hypotheses=hypotheses(),
    )
    return Desk(
        public=public,
        differences=tuple(made(toy, one) for one in pairs),
        terms=terms,
        pictures=sketches(toy, pair),
        sheet=make_sheet(identity(), tables_of(public, "dossier")),
        pair=pair,
        drawn=Drawn(tables=frozenset({"zones_public"}), pictures=frozenset({"core"})),
    )


def with_tables(desk: Desk, **tables: Released) -> Desk:
    """Put other released tables in the place of some."""
    return replace(desk, public={**desk.public, **tables})


@once_a_toy
def small_maps(toy: Toy) -> Callable[[tuple[str, str]], dict[str, bytes]]:
    """Return what draws the two small maps: once for each pair."""

    @cache
    def drawn(pair: tuple[str, str]) -> dict[str, bytes]:
        difference = difference_sketch(toy.ground, toy.members, pair=pair)
        sketches = {
            "territory_sketch": territory_sketch(toy.ground),
            "difference_sketch": difference,
        }
        return {key: compose(one, toy.sheet)["png"] for key, one in sketches.items()}

    return drawn


def sketches(toy: Toy, pair: tuple[str, str]) -> dict[str, bytes]:
    """Draw the two small maps, and take one for each large one."""
    small = small_maps(toy)(pair)
    large = ("territory", "zones", "arisings", "exchanges", "core", "difference")
    return small | dict.fromkeys(
        (*large, *(f"perimeter_{name}" for name in PAIR)), small["territory_sketch"]
    )
