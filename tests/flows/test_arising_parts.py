"""Parts of the waste of sites by hand: control totals, the shared seed, sure ratios."""

import hashlib
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest

from eitgeo.draws import Z90
from eitgeo.errors import StudyError
from eitgeo.flows.arisings.arising_draws import (
    HEADCOUNTS,
    RATIOS,
    DrawLaw,
    Scaling,
    _scores,
    arising_terms,
    drawn_blocks,
    group_draws,
    scaled_intervals,
    shared_law,
    term_exceeded,
    term_intervals,
    without_observed,
)
from eitgeo.flows.arisings.arising_totals import variance_shares
from tests.flows.toy import RATIOS as TOLD
from tests.flows.toy import make_sites

LAW = DrawLaw(4, 50)
TERMS = arising_terms(
    make_sites(
        *(
            (s, "47.76Z", n, "31001")
            for s, n in zip("abcd", (10, 30, 5, 7), strict=True)
        )
    ),
    TOLD,
)


def test_control_totals_scale_the_draws_of_their_cells_and_no_other() -> None:
    """The first term in no cell, the second in cell 1, the third in cell 0 …"""
    n_terms = len(TERMS)
    cell = np.arange(n_terms) % 3 - 1
    factors = np.array([np.full(50, 2.0), np.linspace(1.0, 3.0, 50)])
    (plain,) = (tonnes for _, tonnes in drawn_blocks(TERMS, law=LAW))
    by_hand = plain.copy()
    for row, which in enumerate(cell):
        if which >= 0:
            by_hand[row] *= factors[which]
    scaling = Scaling(cell, factors)
    found = scaled_intervals(TERMS, law=LAW, scaling=scaling)
    assert {*cell.tolist()} == {-1, 0, 1}
    expected = np.percentile(by_hand, [10, 50, 90], axis=1).T
    np.testing.assert_allclose(found.to_numpy(), expected)
    assert [*found] == ["t_low", "t_mid", "t_high"]
    assert found.index.equals(TERMS.index)
    groups = pd.Series("g", index=TERMS.index, name="group")
    groups.iloc[0] = ""
    weight = np.linspace(0.25, 1.0, n_terms)
    parts = TERMS.assign(weight=weight)
    sums = group_draws(parts, groups, law=LAW, scaling=scaling)
    weighed = by_hand * weight[:, None]
    np.testing.assert_allclose(sums.loc["g"], weighed[1:].sum(axis=0))


def test_the_shared_seed_is_a_digest_of_the_seed_and_of_all_terms() -> None:
    """Eight bytes of BLAKE2b of a text that any other program can write."""
    terms = pd.DataFrame(
        {
            "site_id": ["b", "a"],
            "stream": ["NDNI", "NDNI"],
            "headcount_low": [1.0, 10.0],
            "headcount_mid": [2.0, 1e7 / 3],
            "headcount_high": [3.5, 1e7],
            "weight": [0.5, 1.0],
        },
        index=[7, 9],
    )
    text = (
        "12\nsite_id,stream,headcount_low,headcount_mid,headcount_high,weight\n"
        "a,NDNI,10,3.33333e+06,1e+07,1\n"
        "b,NDNI,1,2,3.5,0.5\n"
    )
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    law = DrawLaw(12, 1_000, 0.25)
    expected = DrawLaw(int.from_bytes(digest, "little"), 200, 0.25)
    assert shared_law(law, terms) == expected
    assert shared_law(law, terms.iloc[::-1]) == expected
    assert shared_law(DrawLaw(12, 30, 0.25), terms).n_draws == 30


def test_a_term_that_is_wholly_observed_weighs_nothing() -> None:
    terms = TERMS[TERMS["site_id"] == "a"]
    rows = terms[["site_id", "naf_prefix", "stream"]].merge(
        TOLD[["naf_prefix", "stream", "ewc_stat", "share"]], on=["naf_prefix", "stream"]
    )
    assert without_observed(terms, TOLD, rows)["weight"].tolist() == [0.0] * len(terms)
    free = without_observed(terms, TOLD, rows.iloc[:0])["weight"]
    assert free.tolist() == pytest.approx(terms["weight"].tolist())


def test_of_a_sure_ratio_the_headcount_alone_makes_the_interval() -> None:
    """From 1 to 100 jobs, log-uniform, in 64 strata: 10 % are reached in the 7th."""
    terms = pd.DataFrame(
        [[1.0, 10.0, 100.0, 2.0, 2.0, 2.0]], columns=[*HEADCOUNTS, *RATIOS]
    )
    strata = np.array([6.5, 31.5, 57.5]) / 64
    found = term_intervals(terms).to_numpy()[0]
    assert found.tolist() == pytest.approx((2 * 10 ** (2 * strata)).tolist(), rel=1e-9)


def test_the_chance_to_be_above_an_amount_is_that_of_the_interval() -> None:
    """Sure ratio: three strata in four of 1 to 100 jobs are above 10 ** 0.5 of them."""
    terms = pd.DataFrame(
        [[1.0, 10.0, 100.0, 2.0, 2.0, 2.0], [3.0, 4.0, 9.0, 0.2, 0.5, 2.0]],
        columns=[*HEADCOUNTS, *RATIOS],
    )
    first = [
        float(term_exceeded(terms.iloc[:1], np.array([2 * 10.0 ** (2 * unit)]))[0])
        for unit in (-0.1, 0.25, 0.5, 0.875, 1.1)
    ]
    assert first == [1.0, 0.75, 0.5, 0.125, 0.0]
    levels = term_intervals(terms).to_numpy().T
    found = [float(term_exceeded(terms, level)[1]) for level in levels]
    assert found == pytest.approx([0.9, 0.5, 0.1], abs=1e-9)


def test_scores_by_hand() -> None:
    """P10 and P90 are a spread away; a sure side is reached wholly or not at all."""
    away = np.array([-2.0, -1.0, 0.0, 1.0, 3.0])
    both = _scores(away, np.array(2.0), np.array(3.0))
    assert both.tolist() == pytest.approx([-Z90, -Z90 / 2, 0.0, Z90 / 3, Z90])
    nought = np.array(0.0)
    assert _scores(away, nought, nought).tolist() == [-np.inf] * 2 + [np.inf] * 3
    assert _scores(away, nought, np.array(1.0))[:3].tolist() == [-np.inf, -np.inf, 0.0]
    assert _scores(away, np.array(1.0), nought)[2:].tolist() == [np.inf] * 3


@pytest.mark.parametrize("ratio", [(0.25, 0.5, 1.0), (3.0, 6.0, 12.0), (0, 0, 0)])
def test_of_a_sure_headcount_the_ratio_alone_makes_the_interval(ratio) -> None:
    """Ratios of less than a tonne an employee vary as others do; nil ones do not."""
    terms = pd.DataFrame([[4.0] * 3 + [*ratio]], columns=[*HEADCOUNTS, *RATIOS])
    found = term_intervals(terms).to_numpy()[0]
    assert found.tolist() == pytest.approx([4 * one for one in ratio])


def test_two_streams_of_a_ratio_do_not_share_its_error() -> None:
    """Variances add up; of one stream, what is common adds up before its square."""
    terms = TERMS[TERMS["stream"] == TERMS["stream"].iloc[0]].iloc[:2]
    group = pd.Series("tout", index=terms.index, name="group")

    def told(rows: pd.DataFrame) -> float:
        table = variance_shares(rows, group.loc[rows.index], law=LAW)
        return float(table["sd_t"].to_numpy()[0]) ** 2

    apart = sum(told(terms.iloc[[row]]) for row in range(2))
    assert told(terms.assign(stream=["NDNI", "D"])) == pytest.approx(apart)
    assert told(terms) > 1.1 * apart


def test_neither_a_law_nor_factors_change_once_they_are_made() -> None:
    law, scaling = DrawLaw(1), Scaling(np.zeros(1, dtype=np.int64), np.ones((1, 1)))
    with pytest.raises(FrozenInstanceError):
        law.seed = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        scaling.factors = np.zeros((1, 1))  # type: ignore[misc]


@pytest.mark.parametrize("share", [-0.5, -1e-9, 1.0 + 1e-9, 1.5])
def test_a_common_share_is_from_none_to_all(share) -> None:
    with pytest.raises(StudyError, match="part commune de l'erreur"):
        DrawLaw(common_share=share)
    assert DrawLaw(common_share=0.0) != DrawLaw(common_share=1.0)
