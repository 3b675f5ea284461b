"""Sites drawn again: sums by hand, the same errors as others, the variance of draws."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.arisings.arising_draws import (
    DrawLaw,
    added_draws,
    arising_terms,
    group_draws,
)
from eitgeo.flows.arisings.arising_totals import (
    SOURCES,
    Redrawn,
    joined,
    redrawn_sums,
    redrawn_terms,
    variance_shares,
)
from tests.flows.toy import RATIOS, make_sites

SURE = RATIOS.assign(
    t_per_employee_low=RATIOS["t_per_employee"],
    t_per_employee_high=RATIOS["t_per_employee"],
)
NO_SITE = pd.DataFrame({"site_id": [], "stream": [], "weight": []})


def rows_of(*rows: tuple[int, str, str, float]) -> pd.DataFrame:
    """Return redrawn rows: replicate, name, activity, headcount."""
    columns = ["replicate", "name", "naf", "headcount"]
    table = pd.DataFrame(rows, columns=columns).assign(code_insee="31001")
    return table.astype(dict.fromkeys(("name", "naf", "code_insee"), "category"))


def per_employee(naf: str) -> float:
    """Return the sure tonnes of an employee, all streams."""
    term = arising_terms(make_sites(("s", naf, 1, "31001")), SURE)
    return float((term["t_per_employee"] * term["weight"]).sum())


def whole(terms: pd.DataFrame) -> pd.Series:
    """Return one group for all terms."""
    return pd.Series("tout", terms.index, dtype="category").rename("group")


def test_each_draw_is_that_of_its_replicate():
    rows = rows_of((0, "a", "47.76Z", 3), (0, "b", "47.11D", 5), (1, "a", "47.11D", 7))
    terms = redrawn_terms(rows, SURE, estimated=NO_SITE)
    sums = redrawn_sums(terms, whole(terms), law=DrawLaw(1, 5, 0.5)).loc["tout"]
    first = 3 * per_employee("47.76Z") + 5 * per_employee("47.11D")
    second = 7 * per_employee("47.11D")
    assert list(sums) == pytest.approx([first, second, first, second, first])


def test_what_is_declared_is_not_estimated():
    rows = rows_of((0, "A", "47.76Z", 3), (0, "b", "47.76Z", 3))
    site = arising_terms(make_sites(("A", "47.76Z", 3, "31001")), SURE)
    half = redrawn_terms(rows, SURE, estimated=site.assign(weight=0.0))
    assert half.groupby("name", observed=True)["weight"].sum()["A"] == 0
    assert half.groupby("name", observed=True)["weight"].sum()["b"] > 0


def test_the_common_error_is_that_of_other_sites():
    law = DrawLaw(4, 50, 1.0)
    site = make_sites(("s", "47.76Z", 10, "31001"))
    heads = dict.fromkeys(["headcount_low", "headcount_mid", "headcount_high"], 10.0)
    others = arising_terms(site.assign(**heads), RATIOS)
    shown = group_draws(others, whole(others).astype("str"), law=law)
    terms = redrawn_terms(rows_of((0, "x", "47.76Z", 10)), RATIOS, estimated=NO_SITE)
    again = redrawn_sums(terms, whole(terms), law=law)
    pd.testing.assert_frame_equal(again, shown, rtol=1e-12)
    pd.testing.assert_frame_equal(added_draws(shown, again), 2 * shown)


def test_a_group_may_have_draws_of_one_side_alone():
    fixed = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], pd.Index(["a", "b"], name="cell"))
    drawn = pd.DataFrame([[50.0, 60.0], [10.0, 20.0]], ["c", "b"])
    found = added_draws(fixed, drawn)
    assert found.to_numpy().tolist() == [[1.0, 2.0], [13.0, 24.0], [50.0, 60.0]]
    assert (found.index.tolist(), found.index.name) == (["a", "b", "c"], "cell")


def test_draws_depend_on_names_not_on_the_order_of_rows():
    rows = rows_of(*((n % 2, f"s{n}", "47.76Z", 2 + n) for n in range(8)))
    law = DrawLaw(4, 6, 0.3)
    first, second = (
        redrawn_sums(terms, whole(terms), law=law)
        for table in (rows, rows.iloc[::-1].reset_index(drop=True))
        for terms in (redrawn_terms(table, RATIOS, estimated=NO_SITE),)
    )
    pd.testing.assert_frame_equal(first, second, rtol=1e-12)


@pytest.mark.parametrize("common_share", [0.0, 0.5])
def test_the_variance_is_that_of_the_draws(common_share):
    rng = np.random.default_rng(1)
    naf = np.array(["47.76Z", "47.11D"])
    rows = rows_of(
        *(
            (k, f"s{n}", naf[rng.integers(2)], float(rng.integers(1, 30)))
            for k in range(20)
            for n in range(6)
        )
    )
    law = DrawLaw(2, 20_000, common_share)
    again = redrawn_terms(rows, RATIOS, estimated=NO_SITE)
    again = again[again["stream"].eq("NDNI")].reset_index(drop=True)
    others = arising_terms(make_sites(("f", "47.76Z", 12, "31001")), RATIOS)
    others = others[others["stream"].eq("NDNI")].reset_index(drop=True)
    group = whole(others).astype("str")
    row = variance_shares(
        others, group, law=law, redrawn=again.assign(group_id="tout")
    ).loc["tout"]
    draws = added_draws(
        group_draws(others, group, law=law), redrawn_sums(again, whole(again), law=law)
    ).loc["tout"]
    assert row["mean_t"] == pytest.approx(draws.mean(), rel=0.01)
    assert row["sd_t"] == pytest.approx(draws.std(), rel=0.03)
    assert row[SOURCES].sum() == pytest.approx(100)
    assert row["headcount_pct"] > 10
    # What the draw alone moves: means by replicate, ratios averaged out.
    still = variance_shares(others, group, law=law).loc["tout"]
    of_the_draw = draws.to_numpy().reshape(-1, 20).mean(axis=0).var()
    before = still["headcount_pct"] / 100 * still["sd_t"] ** 2
    found = row["headcount_pct"] / 100 * row["sd_t"] ** 2 - before
    assert found == pytest.approx(of_the_draw, rel=0.15)


@pytest.mark.parametrize("common_share", [0.0, 0.5, 1.0])
def test_the_variance_by_hand(common_share):
    """Of x: a sure site of 6 jobs and, in four draws, 8, 7, 0, 0 jobs and 0, 4, 0, 0.

    b has 10, half of whose waste is declared: it counts for 5.
    Squares of the sites of x: 36 + 34, 36 + 49, 36, 36, and 0, 16, 0, 0; y has 2 jobs
    once in four. What a ratio has in common goes with the square of the sum.
    """
    law = DrawLaw(common_share=common_share)
    heads = dict.fromkeys(["headcount_low", "headcount_mid", "headcount_high"], 1.0)
    sites = make_sites(("f", "47.76Z", 1, "31001"), ("g", "47.11D", 1, "31001"))
    one_job = arising_terms(sites.assign(**heads), RATIOS)
    ratio = variance_shares(one_job, one_job["site_id"], law=law)
    rows = rows_of(
        *[(0, "a", "47.76Z", 3), (0, "b", "47.76Z", 10), (1, "a", "47.76Z", 7)],
        *[(1, "d", "47.11D", 4), (3, "c", "47.76Z", 2)],
    )
    half = pd.DataFrame({"site_id": ["b"], "stream": ["NDNI"], "weight": [0.5]})
    again = redrawn_terms(rows, RATIOS, estimated=half)
    groups = ["y" if name == "c" else "x" for name in again["name"]]
    again["group_id"] = pd.Categorical(groups, categories=["x", "y", "elsewhere"])
    sure = one_job.iloc[:1].assign(weight=6.0)
    group = pd.Series("x", sure.index, name="group")
    found = variance_shares(sure, group, law=law, redrawn=again)
    jobs = {
        "x": np.array([[14.0, 13, 6, 6], [0, 4, 0, 0]]),
        "y": np.array([[0.0, 0, 0, 2], [0, 0, 0, 0]]),
    }
    squares = {
        "x": np.array([[70.0, 85, 36, 36], [0, 16, 0, 0]]),
        "y": np.array([[0.0, 0, 0, 4], [0, 0, 0, 0]]),
    }
    assert found.index.tolist() == ["x", "y"]
    variance = ratio["sd_t"].to_numpy() ** 2
    common, own = (
        variance * ratio[source].to_numpy() / 100
        for source in ("ratio_common_pct", "ratio_site_pct")
    )
    for name, drawn in jobs.items():
        mean, square = drawn.mean(axis=1), squares[name].mean(axis=1)
        t = ratio["mean_t"].to_numpy() @ drawn
        apart = square @ (variance - common)
        whole = t.var() + apart + (drawn**2).mean(axis=1) @ common
        told_t, sd_t, *told_pct = found.loc[[name]].to_numpy()[0, :5].tolist()
        assert told_t == pytest.approx(t.mean())
        assert sd_t**2 == pytest.approx(whole)
        parts = np.array([t.var(), mean**2 @ common, square @ own])
        assert told_pct == pytest.approx((100 * parts / whole).tolist(), abs=1e-9)


def test_cells_are_named_as_those_of_other_sites():
    first = pd.Series(["x", "y", None], dtype="category")
    second = pd.Series(["1", "2", "1"], dtype="category")
    assert joined([first, second]).astype(object).tolist()[:2] == ["x|1", "y|2"]
    assert joined([first, second]).isna().tolist() == [False, False, True]
    rows = rows_of((0, "a", "47.76Z", 3))
    terms = redrawn_terms(rows, SURE, estimated=NO_SITE)
    places = pd.DataFrame({"epci": "1", "division": "47"}, terms.index).astype(
        "category"
    )
    cells = Redrawn(terms, places).by_cell(DrawLaw(1, 2, 0.5)).index
    texts = terms[["stream", "ratio_id"]].astype("str")
    assert set(cells) == set("1|47|" + texts["stream"] + "|" + texts["ratio_id"])
