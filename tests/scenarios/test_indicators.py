"""The card of a perimeter: classes, ranks among unions, and its catalogue."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.reference.tables import ranking_criteria
from eitgeo.scenarios.measures.activity import Counted
from eitgeo.scenarios.measures.governance import members_of
from eitgeo.scenarios.measures.indicators import (
    indicator_rows,
    measure_indicators,
    rank_same_size,
)
from eitgeo.scenarios.measures.matter import LEVER_INDICATORS, lever_levels
from eitgeo.scenarios.measures.measures import Inputs
from eitgeo.tables.columns import COUNTED_FACTS
from eitgeo.tables.schema import validate
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
    make_exchanges,
    make_families,
    make_groups,
    make_membership,
    make_outlet_ways,
    make_study,
    make_targets,
    union,
)

ALL = candidate("tout", *ROW)


TOLD = pd.DataFrame(
    {
        "lever": ["t", "landfill_t", "tkm_avoided", "tco2e_avoided", "eur_firms"],
        "mid": [100.0, 20.0, 400.0, 8.0, 8_000.0],
    }
)
LEVELS = lever_levels(TOLD.assign(low=TOLD["mid"] / 2, high=TOLD["mid"] * 2))


def busy(**parts: pd.DataFrame) -> Any:
    """Return an activity where something happens everywhere."""
    values = {
        "target": make_targets(dict.fromkeys(ROW, 4)),
        "industry": make_amounts("headcount", *((f"i{c}", c, 30) for c in ROW)),
        "deposit": make_amounts("t", *((f"i{c}", c, 10) for c in ROW)),
        "exchanges": make_exchanges((A, B, 4), (C, A, 6), (E, "65001", 2)),
        "families": make_families(*(("bois", code, f"i{code}") for code in ROW)),
        "groups": make_groups(*(("g", code, f"i{code}") for code in ROW)),
        "outlet_ways": make_outlet_ways(*((f"i{code}", code, 25) for code in ROW)),
        "levers": LEVELS,
        "counted": Counted(
            pd.DataFrame(1.0, index=pd.Index(ROW), columns=list(COUNTED_FACTS)),
            dict.fromkeys(COUNTED_FACTS, "2025-12-31"),
        ),
    }
    return make_activity(**(values | parts))


def measured(*candidates: Candidate, activity=None, **options: Any) -> Any:
    """Measure perimeters, indexed by perimeter and indicator."""
    table = measure_indicators(
        list(candidates),
        activity or busy(),
        communes=options.pop("communes", make_communes()),
        bodies=make_bodies(),
        membership=make_membership(),
        study=make_study(**options),
    )
    validate(table, table="indicators")
    return table.set_index(["perimeter_id", "indicator_id"]).sort_index()


def test_every_indicator_of_the_catalogue_is_measured_and_no_other() -> None:
    table = measured(ALL).loc["tout"]
    catalogue = indicator_catalogue()
    # No contour has voted here.
    assert set(table.index) == set(catalogue.index) - {"core_pct"}
    catalogue = catalogue.loc[table.index]
    for column in ("unit", "direction", "kind", "elipse_axis"):
        pd.testing.assert_series_equal(
            table[column].sort_index(),
            catalogue[column].sort_index(),
            check_names=False,
        )
    assert table["source"].str.len().gt(0).all()


def test_some_indicators_are_told_as_among_all() -> None:
    # Out of the order of the catalogue, and with siblings that are not asked.
    asked = ["mutual_groups", "epci_whole_pct"]
    inputs = Inputs(
        [ALL],
        busy(),
        make_communes(),
        make_study(),
        make_bodies(),
        members_of(make_bodies(), make_membership(), make_study().territory.on_date),
    )
    some = pd.concat(indicator_rows(inputs, asked))
    told = some.set_index(["perimeter_id", "indicator_id"])
    assert sorted(some["indicator_id"]) == sorted(asked)
    pd.testing.assert_frame_equal(told, measured(ALL).loc[told.index])


def test_figures_of_each_kind_by_hand() -> None:
    value = measured(candidate("ab", A, B)).loc["ab", "value"]
    assert value["n_epci"] == 1
    assert value["target_sites"] == 8
    assert value["sites_per_animator"] == 4.0
    assert value["industry_jobs"] == 60.0
    assert value["captured_pct"] == 100.0
    assert value["seat_median_min"] == 5.0  # half of the sites are in the town
    assert value["synergy_families"] == 0  # two givers, three needed
    assert value["mutual_groups"] == 0
    assert value["outlet_median_min"] == 25.0


def test_thresholds_are_those_of_the_study() -> None:
    table = measured(ALL, posts=3.0, seat_minutes=20)
    value = table.loc["tout", "value"]
    assert value["sites_per_animator"] == 8.0
    assert value["seat_45min_pct"] == pytest.approx(100 * 2 / 6)


def test_a_perimeter_out_of_the_area_is_refused() -> None:
    beyond = pd.concat(
        [make_communes(), make_communes().iloc[[0]].assign(code_insee="65001")]
    )
    with pytest.raises(StudyError, match="« dehors » : commune « 65001 » hors des"):
        measured(candidate("dehors", A, "65001"), communes=beyond)


def test_an_empty_perimeter_has_no_number_and_no_fault() -> None:
    nobody = make_communes([0] * 6)
    table = measured(
        candidate("ab", A, B), union(1), activity=make_activity(), communes=nobody
    )
    value = table.loc["ab", "value"]
    assert set(value.index[value.isna()]) == {
        "n_waste_bodies",  # a list to confirm, people or not
        "body_fit_pct",
        "captured_pct",
        "confirmed_pct",
        "epci_whole_pct",
        "kept_without_top_pct",
        "seat_45min_pct",
        "seat_median_min",
        "top_site_pct",
        "two_seats_gain_pct",
    }
    assert (value[["target_sites", "industry_jobs", "deposit_t"]] == 0).all()


def test_the_worst_input_gives_the_class_above_a_fifth() -> None:
    """One synthetic site of five keeps the class; two of five lose it."""
    targets = make_targets({A: 5, C: 5})
    fake = targets["code_insee"].eq(A) & targets.index.isin([0])
    more = fake | targets.index.isin([5, 6])
    table = measured(
        union(1), union(2), activity=busy(target=targets.assign(synthetic=more))
    )
    one, two = (table.loc[f"union_{n}"] for n in (1, 2))
    assert one.loc["target_sites", "synthetic_share_pct"] == pytest.approx(20.0)
    assert one.loc["target_sites", "evidence"] == "O"
    assert two.loc["target_sites", "synthetic_share_pct"] == pytest.approx(40.0)
    assert two.loc["target_sites", "evidence"] == "H"
    assert two.loc["target_sites", "hypothesis_share_pct"] == pytest.approx(40.0)
    # The mean of shares that are drawn is drawn as well.
    for name in ("evidence", "synthetic_share_pct"):
        share = table.xs("hypothesis_share_pct", level="indicator_id")[name]
        assert share["union_2"] == two.loc["target_sites", name]
        assert share["union_1"] == one.loc["target_sites", name]
    # Jobs are real, who deliberates is in the registers.
    assert two.loc["industry_jobs", "evidence"] == "S"
    assert two.loc["n_epci", "evidence"] == "O"
    assert two.loc["n_epci", "synthetic_share_pct"] == 0.0


def test_shares_of_jobs_and_tonnes_weigh_by_their_amount() -> None:
    industry = make_amounts("headcount", ("x", A, 90), ("y", B, 10))
    industry["synthetic"] = [False, True]
    deposit = make_amounts("t", ("x", A, 1), ("y", B, 3))
    deposit["synthetic"] = [False, True]
    table = measured(ALL, activity=busy(industry=industry, deposit=deposit))
    share = table.loc["tout", "synthetic_share_pct"]
    assert share["industry_jobs"] == share["top_site_pct"] == pytest.approx(10.0)
    assert share["deposit_t"] == share["captured_pct"] == pytest.approx(75.0)


def test_levers_go_by_the_share_of_tonnes_kept_inside() -> None:
    """60 of 80 t stay in A and B: three quarters of 400 t·km, give or take half."""
    exchanges = make_exchanges((A, B, 60.0), (A, F, 15.0), (E, F, 5.0))
    told = LEVELS.drop(index="co2_avoided").reindex(LEVELS.index)
    activity = busy(exchanges=exchanges, levers=told)
    row = measured(candidate("ab", A, B), activity=activity).loc["ab"]
    figures = row.loc[["tkm_avoided", "eur_net"], ["low", "value", "high"]]
    assert figures.to_numpy().tolist() == [[150.0, 300.0, 600.0], [3.0, 6.0, 12.0]]
    # A lever that may not be told is told nowhere.
    assert np.isnan(row.loc["co2_avoided", "value"])


def test_the_balance_is_that_of_firms_whatever_the_syndicate_has() -> None:
    """8 000 € for firms, of which three quarters stay inside; nothing is noted."""
    told = TOLD.assign(mid=TOLD["mid"] * 1e3)
    levels = lever_levels(told.assign(low=told["mid"], high=told["mid"]))
    exchanges = make_exchanges((A, B, 60.0), (A, F, 15.0), (E, F, 5.0))
    activity = busy(exchanges=exchanges, levers=levels)
    row = measured(candidate("ab", A, B), activity=activity).loc["ab"]
    assert row.loc["eur_net", "value"] == pytest.approx(0.75 * 8_000)
    assert row.loc[["eur_net", "tkm_avoided"], "note"].tolist() == ["", ""]


def test_kinds_of_waste_without_an_outlet_are_a_share_of_pairs() -> None:
    ways = make_outlet_ways(("x", A, 10.0), ("x", A, np.nan), ("y", B, 20.0))
    row = measured(candidate("ab", A, B), activity=busy(outlet_ways=ways)).loc["ab"]
    assert row.loc["no_outlet_pct", "value"] == pytest.approx(100 / 3)


def test_what_rests_on_roads_ratios_or_doubtful_members_is_assumed() -> None:
    table = measured(ALL).loc["tout"]
    assumed = {
        "captured_pct",
        "deposit_t",
        "kept_without_top_pct",
        "mutual_groups",
        "no_outlet_pct",
        "outlet_median_min",
        "counted_firms_10_45min",
        *LEVER_INDICATORS,
        "seat_45min_pct",
        "seat_median_min",
        "synergy_families",
        "two_seats_gain_pct",
    }
    doubtful = {"n_waste_bodies"}  # its members are to confirm
    assert table.loc["n_waste_bodies", ["low", "high"]].tolist() == [0, 1]
    assert np.isnan(table.loc["n_waste_bodies", "value"])
    assert set(table.index[table["evidence"] == "H"]) == assumed | doubtful
    full = table.index[table["hypothesis_share_pct"] == 100]
    assert set(full) == assumed | doubtful
    by_road = table.index[table["source"].str.contains("réseau de substitution")]
    assert set(by_road) == assumed - {"mutual_groups"}, "zones need no road"


def test_the_share_of_assumptions_is_the_mean_over_the_default_criteria() -> None:
    """Of those measured here, roads are assumed, registers are not."""
    table = measured(union(1), union(3))
    overall = table.xs("hypothesis_share_pct", level="indicator_id")["value"]
    criteria = ranking_criteria().query("set == 'defaut'").index
    known = criteria.intersection(table.index.get_level_values(1))
    assert "seat_45min_pct" in known
    assert overall["union_3"] == pytest.approx(100 / len(known))
    # The first EPCI looks most like itself: a published body.
    assert overall["union_1"] == overall["union_3"]


def test_no_union_is_ranked_beside_one_that_hangs_on_a_list_to_confirm() -> None:
    """EPCI 1 and 2 are exactly the syndicate, if it is who it is supposed to be."""
    unions = [union(*numbers) for numbers in ((1,), (2,), (3,), (1, 2), (2, 3))]
    same = candidate("bcde", *ROW[2:])
    table = measured(*unions, same).xs("body_fit_pct", level="indicator_id")
    assert np.isnan(table.loc["union_12", "value"])
    bounds = table.loc["union_12", ["low", "high"]].tolist()
    assert bounds == [pytest.approx(70.0), 100.0]
    assert table.loc["union_12", "evidence"] == "H"
    # EPCI 2 and 3 share 11 000 of 18 000 with the PETR of the east, whoever the
    # syndicate is, and so does the perimeter that is equal to it.
    exact = table.loc[["union_23", "bcde"]]
    assert exact["value"].tolist() == pytest.approx([100 * 11 / 18] * 2)
    assert set(exact["evidence"]) == {"O"}
    ranks = table["percentile_same_size"]
    assert ranks[["union_12", "union_23", "bcde"]].isna().all()
    assert ranks[["union_1", "union_2", "union_3"]].tolist() == [50.0] * 3


def test_ranks_among_unions_of_as_many_epci() -> None:
    """Départements, fewer is better: EPCI 1 and 3 have one, EPCI 2 has two."""
    table = measured(
        union(1),
        union(2),
        union(3),
        union(1, 2),
        union(2, 3),
        candidate("ab", A, B),
        candidate("abc", A, B, C),
        ALL,
    )
    rank = table["percentile_same_size"].xs("n_departements", level="indicator_id")
    assert rank["union_1"] == pytest.approx(100 * (1 + 2 / 2) / 3)
    assert rank["union_2"] == pytest.approx(100 * (0 + 1 / 2) / 3)
    assert rank["union_12"] == rank["union_23"] == 50.0  # equal, by half
    assert rank["ab"] == rank["union_1"]  # the same communes
    assert np.isnan(rank["abc"])  # no union of whole EPCI
    assert np.isnan(rank["tout"])  # no such union among the candidates


def test_kept_exchanges_have_no_rank() -> None:
    """EPCI 1 keeps all of 4 t, EPCI 2 none of 6 t; EPCI 3 gives nothing."""
    exchanges = make_exchanges((A, B, 4), (C, A, 6))
    table = measured(union(1), union(2), union(3), activity=busy(exchanges=exchanges))
    kept = table.xs("captured_pct", level="indicator_id")
    assert kept["value"].tolist() == pytest.approx([100, 0, np.nan], nan_ok=True)
    assert kept["percentile_same_size"].isna().all()


def test_ranks_upwards_leave_out_what_has_no_number() -> None:
    unions = [union(1), union(2), union(3)]
    values = np.array([100.0, 0.0, np.nan])
    rank = rank_same_size(values, direction="up", candidates=unions).tolist()
    assert rank == pytest.approx([75.0, 25.0, np.nan], nan_ok=True)


def test_figures_without_a_better_side_have_no_rank() -> None:
    table = measured(union(1), union(2)).reset_index()
    ranked = table.groupby("direction")["percentile_same_size"].agg(
        lambda ranks: ranks.notna().any()
    )
    assert ranked.to_dict() == {"down": True, "info": False, "up": True}


def test_the_order_of_perimeters_and_communes_changes_nothing() -> None:
    ones = [union(1), union(2, 3), candidate("def", D, E, F)]
    first = measured(*ones)
    turned = measured(*reversed(ones), communes=make_communes().iloc[::-1])
    pd.testing.assert_frame_equal(first, turned)
