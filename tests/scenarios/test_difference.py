"""What moves between two scenarios, on six communes in a row."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import StudyError
from eitgeo.scenarios.decision.difference import figure_gaps, scenario_difference
from eitgeo.scenarios.measures.indicators import measure_indicators
from tests.scenarios.toy import (
    ROW,
    A,
    B,
    C,
    D,
    E,
    F,
    candidate,
    make_activity,
    make_amounts,
    make_bodies,
    make_communes,
    make_membership,
    make_sites,
    make_study,
    make_targets,
)

COMMUNES = make_communes()


def region(*codes: str, name: str = "un") -> dict[str, str]:
    return dict.fromkeys(codes, name)


def changes(first, second) -> tuple[dict[str, str], dict[str, str]]:
    """Return the change of each commune and of each EPCI."""
    found = scenario_difference(first, second, communes=COMMUNES)
    return (
        dict(found.communes[["code_insee", "change"]].to_numpy().tolist()),
        {
            siren[-1]: change
            for siren, change in found.epci[["epci_siren", "change"]]
            .to_numpy()
            .tolist()
        },
    )


def test_communes_in_and_out_epci_cut_and_healed() -> None:
    communes, epci = changes(region(A, B, C), region(B, C, D))
    assert communes == {A: "sort", D: "entre"}
    assert epci == {"1": "coupe", "2": "reuni"}


def test_whole_epci_come_and_go() -> None:
    communes, epci = changes(region(A, B), region(C, D))
    assert communes == {A: "sort", B: "sort", C: "entre", D: "entre"}
    assert epci == {"1": "sort", "2": "entre"}


def test_an_epci_cut_elsewhere_and_one_that_leaves_from_a_cut() -> None:
    assert changes(region(A, B, C), region(A, B, D))[1] == {"2": "recoupe"}
    assert changes(region(A, B, C), region(A, B))[1] == {"2": "sort"}


def test_shares_of_the_population_inside_by_hand() -> None:
    found = scenario_difference(region(A, B, C), region(A, B), communes=COMMUNES)
    (row,) = found.epci.to_dict("records")
    assert row["first_pct"] == pytest.approx(100 * 3000 / 7000)
    assert row["second_pct"] == 0.0
    assert (row["n_communes"], row["population"]) == (2, 7000)


def test_regions_keep_their_communes_whatever_their_names() -> None:
    first = region(A, B, C, name="ouest") | region(E, F, name="est")
    same = region(A, B, C, name="1") | region(E, F, name="2")
    assert changes(first, same) == ({}, {})
    moved = region(A, B, name="1") | region(C, E, F, name="2")
    communes, epci = changes(first, moved)
    assert communes == {C: "passe"}
    assert epci == {"2": "recoupe"}  # half outside, before and after


def test_regions_that_merge_and_split() -> None:
    apart = region(A, B, name="ouest") | region(C, D, E, F, name="est")
    together = region(*ROW)
    communes, epci = changes(apart, together)
    assert communes == {A: "passe", B: "passe"}  # the smaller part moves
    assert epci == {"1": "passe"}
    assert changes(together, apart)[0] == {A: "passe", B: "passe"}


def test_a_scenario_without_a_commune_and_the_same_twice() -> None:
    assert changes({}, region(A))[0] == {A: "entre"}
    assert changes(region(A), {})[1] == {"1": "sort"}
    assert changes({}, {}) == ({}, {})
    assert changes(region(*ROW), region(*ROW)) == ({}, {})


labels = st.dictionaries(st.sampled_from(ROW), st.sampled_from(["x", "y", "z"]))


@settings(max_examples=30)
@given(labels, labels)
def test_there_and_back_moves_the_same_communes(first, second) -> None:
    there, back = changes(first, second)[0], changes(second, first)[0]
    turned = {"entre": "sort", "sort": "entre", "passe": "passe"}
    steady = {code for code, change in there.items() if change != "passe"}
    assert {code: back[code] for code in steady} == {
        code: turned[there[code]] for code in steady
    }
    covered = [sum(c == change for c in there.values()) for change in ("entre", "sort")]
    assert covered[0] - covered[1] == len(second) - len(first)


def test_unknown_communes_and_regions_without_a_name_are_refused() -> None:
    with pytest.raises(StudyError, match=r"second scénario(?s:.*)« 65001 » hors"):
        scenario_difference({}, region("65001"), communes=COMMUNES)
    with pytest.raises(StudyError, match=r"premier scénario(?s:.*)région sans nom"):
        scenario_difference(region(A, name=""), {}, communes=COMMUNES)


def measured(*candidates, **facts) -> pd.DataFrame:
    return measure_indicators(
        list(candidates),
        make_activity(**facts),
        communes=COMMUNES,
        bodies=make_bodies(),
        membership=make_membership(),
        study=make_study(),
    )


def test_gaps_are_second_minus_first_and_take_the_worse_class() -> None:
    one, two = candidate("ab", A, B), candidate("abcd", A, B, C, D)
    facts = {"target": make_targets({A: 3, C: 4})}
    table = figure_gaps(measured(one, two, **facts), pair=("ab", "abcd"))
    gaps: Any = table.set_index("indicator_id")
    assert gaps.loc["n_epci", "gap"] == 1
    assert gaps.loc["target_sites", "gap"] == 4
    # « abcd » is what the syndicate would be, whose list is to confirm.
    assert gaps.loc[["n_waste_bodies", "body_fit_pct"], "evidence"].eq("H").all()
    assert gaps.loc[["n_waste_bodies", "body_fit_pct"], "gap"].isna().all()
    assert gaps.loc["n_petr", ["gap", "evidence"]].tolist() == [0, "O"]
    assert np.isnan(gaps.loc["captured_pct", "gap"])


def test_a_perimeter_without_figures_is_refused() -> None:
    with pytest.raises(StudyError, match="aucun chiffre pour « rien »"):
        figure_gaps(measured(candidate("ab", A)), pair=("ab", "rien"))


amounts = st.lists(
    st.tuples(st.sampled_from(ROW), st.integers(0, 1000)), min_size=1, max_size=12
)


@settings(max_examples=15)
@given(amounts, st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_additive_figures_sum_over_any_partition(rows, parts) -> None:
    """Whatever the parts, additive figures of the whole are the sums of theirs."""
    tonnes = make_amounts(
        "t", *((f"s{n}", c, float(v)) for n, (c, v) in enumerate(rows))
    )
    jobs = make_amounts(
        "headcount", *((f"s{n}", c, float(v)) for n, (c, v) in enumerate(rows))
    )
    counts = {code: sum(c == code for c, _ in rows) for code in ROW}
    groups = [
        candidate(f"part_{n}", *(c for c, p in zip(ROW, parts, strict=True) if p == n))
        for n in sorted(set(parts))
    ]
    table = measured(
        candidate("tout", *ROW),
        *groups,
        deposit=tonnes,
        industry=jobs,
        target=make_targets(counts),
        sites=make_sites(counts, source="IREP 2024"),
    )
    additive = table[table["kind"].eq("additive") & table["unit"].ne("%")]
    assert {"deposit_t", "industry_jobs", "target_sites"} <= {*additive["indicator_id"]}
    for _, figures in additive.groupby("indicator_id"):
        by_perimeter = figures.set_index("perimeter_id")
        for level in ("value", "low", "high"):
            whole = by_perimeter.loc["tout", level]
            summed = by_perimeter.drop(index="tout")[level].sum()
            assert summed == pytest.approx(whole, rel=1e-9, abs=1e-9)


def test_an_epci_with_a_member_beyond_the_communes_never_comes_whole() -> None:
    beyond = COMMUNES.assign(epci_communes=[3, 3, 2, 2, 2, 2])
    for first, second, change in (
        (region(C), region(A, B, C), "coupe"),
        (region(A, B, C), region(C), "sort"),
    ):
        found = scenario_difference(first, second, communes=beyond)
        (row,) = found.epci.to_dict("records")
        assert (row["epci_siren"], row["change"]) == ("200000001", change)
        assert np.isnan([row["first_pct"], row["second_pct"]]).all()
