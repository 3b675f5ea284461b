"""The only door out: what passes for a released table, and what stays in."""

import inspect
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.door.rules import (
    release_derived,
    release_guarded,
    release_indicators,
    release_register,
    release_union_figures,
)
from eitgeo.disclosure.published import WITHHELD_NOTE
from eitgeo.errors import SchemaError
from eitgeo.tables.public import Released
from tests.repository.handed_out import values_of

SOURCES = ("source : Licence Ouverte 2.0",)


def make_sites() -> pd.DataFrame:
    """Return four sites, of which one only may be published."""
    return pd.DataFrame(
        {
            "site_id": ["libre", "secret", "personne", "les_deux"],
            "diffusible": [True, False, True, False],
            "natural_person": [False, False, True, True],
        },
        index=[7, 5, 3, 1],
    )


def test_natural_persons_and_non_diffusible_sites_stay_in() -> None:
    sites = make_sites()
    before = sites.copy()
    released = release_register(sites, sources=SOURCES)
    assert released.table["site_id"].tolist() == ["libre"]
    assert released.table.index.tolist() == [7]
    assert released.withheld == 3
    pd.testing.assert_frame_equal(sites, before)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
@pytest.mark.parametrize("column", ["diffusible", "natural_person"])
def test_what_is_not_known_to_be_free_stays_in(column: str, missing: Any) -> None:
    sites = make_sites().iloc[[0, 0]].astype({column: object})
    sites[column] = [sites[column].iloc[0], missing]
    released = release_register(sites, sources=SOURCES)
    assert (len(released.table), released.withheld) == (1, 1)


def test_a_register_without_these_columns_goes_out_whole() -> None:
    outlets = pd.DataFrame({"outlet_id": ["a", "b"]})
    released = release_register(
        outlets,
        sources=SOURCES,
        demonstration=("réseau de substitution",),
        to_confirm=("liste des membres",),
    )
    assert released.sources == SOURCES
    assert released.demonstration == ("réseau de substitution",)
    assert released.to_confirm == ("liste des membres",)
    assert released.withheld == 0
    pd.testing.assert_frame_equal(released.table, outlets)


def test_what_is_released_is_a_copy() -> None:
    outlets = pd.DataFrame({"outlet_id": ["a", "b"]})
    released = release_register(outlets, sources=SOURCES)
    released.table.loc[0, "outlet_id"] = "z"
    assert outlets.loc[0, "outlet_id"] == "a"


@pytest.mark.parametrize("column", ["t_mid", "t_low", "t", "indicator_id"])
def test_estimates_are_no_register(column: str) -> None:
    table = pd.DataFrame({"site_id": ["a"], column: [1.0]})
    with pytest.raises(SchemaError, match=f"« {column} » : une estimation"):
        release_register(table, sources=SOURCES)


FREE_TABLES = {"catalogue", "verdicts"}
"""Tables that maps take as they are: what the package ships, words on released ones."""
FREE_FUNCTIONS = {"arisings_as"}
"""They say a class alone: no figure of the table."""


def public_functions() -> list[Any]:
    """Return the functions that the maps hand out, private ones of forms too."""
    return [item for _, item in values_of("maps") if inspect.isfunction(item)]


def test_maps_take_released_tables_only() -> None:
    met, wrong = set(), []
    for function in public_functions():
        if function.__name__ in FREE_FUNCTIONS:
            continue
        for name, parameter in inspect.signature(function).parameters.items():
            kind = str(parameter.annotation)
            if "Released" in kind:
                met.add(function.__name__)
            if "DataFrame" in kind and name not in FREE_TABLES:
                wrong.append(f"{function.__name__}({name}: {kind})")
    assert wrong == []
    assert {"comparison_xlsx", "perimeter_map", "perimeters_page"} <= met


def make_public(**changes: Any) -> pd.DataFrame:
    """Return one row of table ``indicators_public``."""
    row = {
        "perimeter_id": "p",
        "indicator_id": "deposit_t",
        "value": 120.0,
        "low": 60.0,
        "high": 240.0,
        "note": "",
        "evidence": "H",
        "percentile_same_size": 40.0,
        "unallocated_pct": 0.0,
    }
    return pd.DataFrame([row | changes])


def test_the_internal_table_of_indicators_is_refused() -> None:
    internal = make_public().drop(columns="unallocated_pct")
    with pytest.raises(SchemaError, match="« unallocated_pct » absente"):
        release_indicators(internal, sources=SOURCES)


def test_withheld_figures_are_counted_and_secrecy_is_told() -> None:
    rows = [make_public(), make_public(value=np.nan, note=WITHHELD_NOTE)]
    released = release_indicators(
        pd.concat(rows), sources=SOURCES, to_confirm=("membres",), secrecy=("un mot",)
    )
    assert released.withheld == 1
    assert released.to_confirm == ("membres",)
    assert released.secrecy == ("un mot",)


@pytest.mark.parametrize(("reasons", "ranked"), [((), True), (("test",), False)])
def test_a_demonstration_ranks_no_working_assumption(reasons, ranked) -> None:
    table = pd.concat([make_public(), make_public(evidence="O")], ignore_index=True)
    before = table.copy()
    found = release_indicators(table, sources=(), demonstration=reasons).table
    assert found.loc[1, "percentile_same_size"] == 40.0
    assert found["percentile_same_size"].notna()[0] == ranked
    pd.testing.assert_frame_equal(table, before)


def test_what_derives_from_released_figures_names_no_site() -> None:
    table = pd.DataFrame({"perimeter_id": ["a", "b"], "rank": [1.0, 2.0]})
    shown = release_derived(table, sources=SOURCES, demonstration=("essai",))
    assert shown.table.equals(table)
    assert (shown.demonstration, shown.withheld) == (("essai",), 0)
    assert release_derived(table, sources=SOURCES, withheld=2).withheld == 2
    with pytest.raises(SchemaError, match="« siret » : un établissement"):
        release_derived(table.assign(siret="1"), sources=SOURCES)


def derived(**changes: object) -> pd.DataFrame:
    """Return a rank of the indicator of :func:`shown`."""
    row = {"perimeter_id": "p", "indicator_id": "x", "value": 3.0, "rank": 1}
    return pd.DataFrame([row | {"evidence": "H"} | changes])


def shown(*, demonstration: tuple[str, ...] = ()) -> Released:
    """Release one indicator of one perimeter."""
    row = {"perimeter_id": "p", "indicator_id": "x", "value": 3.0, "low": 2.0}
    row |= {"high": 4.0, "note": "", "evidence": "H", "percentile_same_size": 50.0}
    return release_indicators(
        pd.DataFrame([row | {"unallocated_pct": 0.0}]),
        sources=SOURCES,
        demonstration=demonstration,
    )


def test_what_is_derived_from_released_figures_is_released() -> None:
    found = release_union_figures(derived(), indicators=shown())
    assert found.table["rank"].tolist() == [1]
    assert found.sources == SOURCES


def test_a_demonstration_has_no_rank_on_assumptions() -> None:
    found = release_union_figures(
        derived(), indicators=shown(demonstration=("tirage",))
    )
    assert (len(found.table), found.withheld) == (0, 1)
    kept = release_union_figures(
        derived(evidence="O"), indicators=shown(demonstration=("tirage",))
    )
    assert len(kept.table) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"value": 3.5}, "1 valeurs qui ne sont pas celles publiées"),
        ({"perimeter_id": "q"}, "1 valeurs qui ne sont pas celles publiées"),
        ({"indicator_id": "y"}, "indicateur « y » non publié"),
    ],
)
def test_what_is_not_derived_from_them_stays_in(changes, told) -> None:
    with pytest.raises(SchemaError, match=told):
        release_union_figures(derived(**changes), indicators=shown())


def test_guarded_tables_go_out_and_sums_by_commune_do_not() -> None:
    cells = pd.DataFrame({"donor_id": ["a"], "receiver_ids": ["b"], "value": [1.0]})
    held = release_guarded(cells, sources=SOURCES, demonstration=("tirage",))
    assert held.table.equals(cells)
    assert held.table is not cells
    assert held.demonstration == ("tirage",)
    bare = pd.DataFrame({"indicator_id": ["a"], "code_insee": ["31001"], "value": [1]})
    with pytest.raises(SchemaError, match="table inconnue"):
        release_guarded(bare, sources=SOURCES)
