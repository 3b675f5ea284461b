"""One door: what leaves stands in one catalogue, and leaves by one function."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eitgeo.disclosure.door.catalogue import CATALOGUE, needed_tables
from eitgeo.disclosure.door.passing import released
from eitgeo.disclosure.door.rules import release_register
from eitgeo.errors import SchemaError
from eitgeo.reference.indicators import indicator_bases, indicator_catalogue
from eitgeo.study.project import Project
from eitgeo.tables.public import Released, gathered
from eitgeo.tables.schema import TABLES, empty_table
from tests.scenarios.toy import ROOT

SECRET = {
    *("anchors", "headcount_high", "headcount_in", "headcount_low", "headcount_mid"),
    *("headcount_out", "largest_share_pct", "cut_t", "detour_tkm"),
    *("siret", "firm_id"),
}
"""Would tell a firm, what is left of a block once zones are out, what roads carry."""
REGISTER_OF_SITES = {"sites"}
"""SIRENE itself: its size bands are public, hidden sites stay in."""
DRAWN = {name for name, way in CATALOGUE.items() if way.keeps}
FEW: dict[str, dict[str, Any]] = {
    "bodies": {"body_id": ["x"], "name": ["X"], "kind": "syndicat"}
    | {"waste_competence": True},
    "membership": {"body_id": ["x"], "code_insee": ["31001"], "status": "publie"}
    | {"from_date": "2020-01-01", "to_date": ""},
    "indicators_public": {"perimeter_id": ["a", "b"], "indicator_id": "n_epci"}
    | {"value": 1.0, "low": 1.0, "high": 1.0, "note": "", "evidence": "O"},
}
STEPS = sorted(
    path
    for one in ("commands", "steps")
    for path in (ROOT / "eitgeo" / one).rglob("*.py")
)
DOORS = re.compile(r"release_|Released\s*\(")
"""What another door is called by: a file without it is not parsed."""
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def empty(table: str) -> pd.DataFrame:
    """Return a table of the study without rows, or what a step hands over.

    One body has one member, and two perimeters have a figure: without them there is
    nothing to list.
    """
    rows = empty_table(table)
    return (
        pd.DataFrame(FEW[table]).reindex(columns=rows.columns) if table in FEW else rows
    )


def pass_empty(project: Project, name: str) -> Released:
    """Release a row of the catalogue from tables without rows, all their columns on."""
    given = {table: empty(table) for table in needed_tables(name)}
    return released(project, name, given=given)


def leaks(project: Project, name: str) -> set[str]:
    return SECRET & set(pass_empty(project, name).table)


def test_every_row_is_made_from_tables_that_some_step_writes() -> None:
    assert {t for name in CATALOGUE for t in needed_tables(name)} <= {*TABLES}
    assert needed_tables("phases") == {
        *("phases", "indicators_public", "disclosure_report")
    }


@pytest.mark.parametrize("name", sorted({*CATALOGUE} - REGISTER_OF_SITES))
def test_no_inner_column_leaves(demonstration, name) -> None:
    assert leaks(demonstration, name) == set()


@pytest.mark.parametrize("name", [n for n, way in CATALOGUE.items() if way.drops])
def test_a_column_that_the_catalogue_forgets_is_found(
    demonstration, name, monkeypatch
) -> None:
    way = CATALOGUE[name]
    for column in way.drops:
        fewer = way._replace(drops=tuple(d for d in way.drops if d != column))
        monkeypatch.setitem(CATALOGUE, name, fewer)
        assert leaks(demonstration, name) == {column}


def test_sites_that_are_hidden_stay_in(demonstration) -> None:
    sites = pd.DataFrame({"site_id": list("abc"), "natural_person": False})
    sites["diffusible"] = [True, False, None]
    shown = released(demonstration, "sites", given={"sites": sites})
    assert (shown.table["site_id"].tolist(), shown.withheld) == (["a"], 2)


def test_a_table_absent_from_the_catalogue_is_refused(demonstration) -> None:
    with pytest.raises(SchemaError, match=r"absente du catalogue.* → l'y inscrire"):
        released(demonstration, "arisings")
    with pytest.raises(SchemaError, match=r"absente du catalogue"):
        needed_tables("allocation")


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_nothing_goes_with_a_shape_that_a_step_draws(demonstration, name) -> None:
    shapes = empty(name).assign(headcount=[])
    with pytest.raises(SchemaError, match="« headcount » : elle ne sort pas → n'y lai"):
        released(demonstration, name, given={name: shapes})


def test_what_has_no_credit_of_its_own_carries_those_of_what_it_is_made_of(
    demonstration,
) -> None:
    study = demonstration.study
    credit, reasons = study.sources.credits, study.reasons("sites")
    blocks, sums = (
        pass_empty(demonstration, name) for name in ("arising_blocks", "arising_sums")
    )
    assert blocks.sources == sums.sources == (credit.sites, credit.flows)
    assert blocks.demonstration == sums.demonstration == reasons != ()


def test_secrecy_is_told_by_the_line_of_what_is_shown(demonstration) -> None:
    line = {"n_cells": 4, "n_failing": 1, "n_merged": 2, "n_withheld": 0}
    report = pd.DataFrame(
        [line | {"indicator_id": name} for name in ("deposit_t", "captured_pct")]
    )
    for column in set(empty("disclosure_report")) - set(report):
        report[column] = 0
    told = {}
    for name in ("arising_blocks", "exchange_links", "indicators_public"):
        given = {table: empty(table) for table in needed_tables(name)}
        given["disclosure_report"] = report
        told[name] = released(demonstration, name, given=given).secrecy
    assert len(told["arising_blocks"]) == len(told["exchange_links"]) == 1
    assert told["arising_blocks"] != told["exchange_links"]
    assert {*told["indicators_public"]} == {
        *told["arising_blocks"],
        *told["exchange_links"],
    }


@pytest.mark.parametrize("name", ["decision_order", "decision_pairs", "stress_orders"])
def test_orders_of_bodies_stay_in_until_two_axes_tell_them_apart(
    demonstration, real_sites, name
) -> None:
    row = empty(name).reindex([0])
    one, two = (
        {"decision_criteria": deciding(axes), name: row}
        for axes in ((GOVERNANCE,), (GOVERNANCE, ACCESS))
    )
    assert [
        len(released(study, name, given=given).table)
        for study in (demonstration, real_sites)
        for given in (one, two)
    ] == [0, 1, 0, 1]


def test_figures_on_drawn_establishments_leave_pages_that_bear_no_stamp(
    demonstration, real_sites
) -> None:
    rests = indicator_catalogue()["rests_on"].str.split(";")
    row = empty("indicators_public").head(1)
    rows = pd.concat([row.assign(indicator_id=name) for name in rests.index])
    rows = rows.assign(synthetic_share_pct=0.0, note="")
    shown, every = (
        released(study, "indicators_known", given={"indicators_public": rows})
        for study in (demonstration, real_sites)
    )
    bases = indicator_bases()
    unsure = bases["synthetic"].ne("") | bases["assumed"].eq("always")
    # Speeds are assumed, and drawn nowhere.
    off = set(bases.index[unsure]) - {"roads"}
    expected = {name for name, own in rests.items() if off.isdisjoint(own)}
    assert set(shown.table["indicator_id"]) == expected
    assert {"n_epci", "counted_firms_10_45min"} <= expected
    assert {"target_sites", "declared_sites", "deposit_t"}.isdisjoint(expected)
    assert set(every.table["indicator_id"]) == set(rests.index)
    assert shown.demonstration == demonstration.study.reasons("roads")
    assert demonstration.study.credit("sites") not in shown.sources
    assert real_sites.study.credit("sites") in every.sources
    drawn = rows.assign(synthetic_share_pct=1.0)
    given = {"indicators_public": drawn}
    assert released(demonstration, "indicators_known", given=given).table.empty


@pytest.mark.parametrize("name", ["union_ranks", "union_front"])
def test_unions_are_in_order_where_bodies_are(real_sites, name) -> None:
    figure = {"perimeter_id": ["a"], "indicator_id": "n_epci", "value": 1.0}
    row = pd.DataFrame(figure).reindex(columns=empty(name).columns)
    held = {"indicators_public": pass_empty(real_sites, "indicators_public"), name: row}
    assert [
        len(released(real_sites, name, given=held | {"decision_criteria": told}).table)
        for told in (deciding((GOVERNANCE,)), deciding((GOVERNANCE, ACCESS)))
    ] == [0, 1]


GOVERNANCE, ACCESS = "n_deliberations", "seat_45min_pct"


def deciding(criteria: tuple[str, ...]) -> pd.DataFrame:
    """Return two perimeters that observed criteria tell apart."""
    rows = [(p, name, v) for name in criteria for p, v in (("a", 1.0), ("b", 2.0))]
    table = pd.DataFrame(rows, columns=["perimeter_id", "indicator_id", "measured"])
    return table.assign(
        score=0.5, asked_weight=50.0, weight=50.0, evidence="O", reason=""
    )


def test_a_contour_keeps_its_tonnes_and_its_reasons(demonstration) -> None:
    study = demonstration.study
    rows = pd.DataFrame(
        {
            "perimeter_id": ["x", "y", "z"],
            "name": ["X", "Y", "Z"],
            "method": ["optimum", "temps_de_route", "declare"],
            "objective": 3.0,
            "bound": 4.0,
            "membership_status": ["publie", "publie", "a_confirmer"],
        }
    )

    def show(name: str) -> Released:
        row = rows[rows["perimeter_id"] == name]
        return released(demonstration, "perimeters", given={"perimeters": row})

    assert show("x").table[["objective", "bound"]].isna().all(axis=None)
    assert show("y").table["objective"].tolist() == [3.0]
    assert [show(name).demonstration for name in "xyz"] == [
        study.demonstration_reasons,
        study.road_reasons,
        (),
    ]
    assert show("x").to_confirm == ()
    assert show("z").to_confirm[0].startswith("Z : membres à confirmer")


def test_what_studies_released_is_put_together_with_all_that_it_carries() -> None:
    rows = pd.DataFrame({"study_id": ["a"]})
    one = release_register(rows, sources=("b", "a"), demonstration=("tirage",))
    other = release_register(rows, sources=("a",), to_confirm=("liste",))
    both = gathered([one, other])
    assert len(both.table) == 2
    assert (both.sources, both.demonstration) == (("a", "b"), ("tirage",))
    assert both.to_confirm == ("liste",)


def code_of(path: Path) -> ast.AST:
    """Parse a module, or the code of a notebook."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
        lines = "\n".join("".join(cell["source"]) for cell in cells).split("\n")
        text = "\n".join(line for line in lines if not line.startswith("%"))
    return ast.parse(text)


def other_doors(tree: ast.AST) -> Iterator[str]:
    """Yield the rules that are named, and the released tables that are built."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (a.name for a in node.names if a.name.startswith("release_"))
        elif isinstance(node, ast.Attribute) and node.attr.startswith("release_"):
            yield node.attr
        elif isinstance(node, ast.Call):
            called = node.func
            name = getattr(called, "id", getattr(called, "attr", ""))
            if name == "Released":
                yield name


def test_nothing_leaves_by_another_door() -> None:
    modules = [
        path
        for path in sorted((ROOT / "eitgeo").rglob("*.py"))
        if (ROOT / "eitgeo" / "disclosure") not in path.parents
        and path != ROOT / "eitgeo" / "tables" / "public.py"
    ]
    assert len(modules) > 300
    named = [
        path
        for path in [*modules, *NOTEBOOKS]
        if DOORS.search(path.read_text(encoding="utf-8"))
    ]
    found = {path.name: [*other_doors(code_of(path))] for path in named}
    assert {name: doors for name, doors in found.items() if doors} == {}


@pytest.mark.parametrize(
    "line",
    [
        "from eitgeo.disclosure.door.rules import release_register",
        "disclosure.door.rules.release_derived(table, sources=())",
        "Released(table)",
        "disclosure.Released(table)",
    ],
)
def test_another_door_is_seen(line) -> None:
    assert DOORS.search(line)
    assert [*other_doors(ast.parse(line))] != []
    assert [*other_doors(ast.parse("from eitgeo.tables.public import Released"))] == []


def test_every_row_of_the_catalogue_is_used() -> None:
    """Its name is quoted in a step, a notebook, or a holder of an output."""
    outputs = [ROOT / "eitgeo" / room for room in ("dossier", "maps")]
    files = sorted(path for room in outputs for path in room.rglob("*.py"))
    code = [*STEPS, *NOTEBOOKS, *files]
    text = "".join(path.read_text(encoding="utf-8") for path in code)
    used = {part for rule in CATALOGUE.values() for part in rule.of}
    unused = {
        name for name in {*CATALOGUE} - used if not re.search(rf"\b{name}\b", text)
    }
    assert unused == set()


@pytest.mark.parametrize(
    "name", [n for n, w in CATALOGUE.items() if w.rule == "unions"]
)
def test_what_is_said_of_unions_is_held_against_released_indicators(name) -> None:
    assert CATALOGUE[name].of == ("indicators_public",)
