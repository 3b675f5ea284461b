"""What secrecy costs, in counts and in words."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.published import publish_indicators
from eitgeo.disclosure.report import (
    disclosure_report,
    report_sentences,
    synthetic_shares,
)
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.tables.schema import validate
from tests.disclosure.test_exchanges import EVEN, TAKERS
from tests.disclosure.test_published import ALL, FLOWS, WEST
from tests.disclosure.toy import (
    GUARDED,
    ROW,
    A,
    B,
    C,
    D,
    E,
    F,
    make_amounts,
    make_exchanges,
    make_guarded,
    make_indicators,
    perimeter,
    three,
)


def report_of(tonnes: pd.DataFrame, *candidates, unnamed: str = "") -> pd.DataFrame:
    """Report on a territory where every commune has three equal employers.

    Nobody says who takes in commune `unnamed`.
    """
    amounts = {"deposit_t": tonnes, "industry_jobs": make_amounts(three(*ROW))}
    _, ends = make_exchanges(*FLOWS, donors=EVEN, takers=TAKERS)
    guarded = make_guarded(amounts, ends)
    public = publish_indicators(
        make_indicators(candidates),
        guarded,
        candidates=candidates,
        catalogue=indicator_catalogue(),
        synthetic_pct=synthetic_shares(amounts),
    )
    names = sorted(set(ends["site_id"]))
    report = disclosure_report(
        guarded,
        public,
        amounts=amounts,
        ends=ends[ends["end"].eq("donor") | ends["receiver_id"].ne(unnamed)],
        firms=pd.Series(names, index=names),
    )
    return validate(report, table="disclosure_report").set_index("indicator_id")


def test_cells_blocks_and_perimeters_are_counted() -> None:
    tonnes = make_amounts([*three(A, B, D, E, each=100.0), (C, 100.0)])
    cut = perimeter("coupe", A, B)
    report = report_of(tonnes, WEST, ALL, cut)
    row = report.loc["deposit_t"]
    assert (row["cell"], row["n_cells"], row["n_failing"]) == ("commune", 6, 2)
    assert (row["n_merged"], row["n_blocks"], row["n_withheld"]) == (4, 4, 0)
    assert (row["n_perimeters"], row["n_partial"], row["n_silent"]) == (3, 1, 0)
    assert row["max_unallocated_pct"] == 50.0
    pairs = report.loc["captured_pct"]
    assert (pairs["cell"], pairs["n_cells"], pairs["n_failing"]) == ("liaison", 4, 0)
    assert (pairs["n_communes"], pairs["n_blocks"]) == (6, 2)


def test_a_pair_of_which_nobody_says_who_takes_fails() -> None:
    """Of 6 t to B, 9 t to E, 3 t within D and 12 t away, the 9 t alone."""
    report = report_of(make_amounts(three(*ROW, each=100.0)), ALL, unnamed=E)
    pairs = report.loc["captured_pct"]
    assert (pairs["n_cells"], pairs["n_failing"]) == (4, 1)


def test_the_report_is_worded_in_french() -> None:
    tonnes = make_amounts([*three(A, B, D, E, F), (C, 1)])
    report = report_of(tonnes, ALL).reset_index()
    sentences = report_sentences(report, indicator_catalogue())
    label = str(indicator_catalogue()["label"]["deposit_t"])
    assert len(sentences) == 3
    assert sentences[1] == (
        f"{label} : sur 6 communes, 17 % ne peuvent "
        "être publiées seules ; 2 communes réunies avec d'autres, 0 retenues ; "
        "5 groupes ou communes publiés ; tout est ventilé"
    )


@pytest.mark.parametrize(
    ("fakes", "expected"),
    [
        ([False] * 6, 0.0),
        ([True] * 6, 100.0),
        ([True] * 3 + [False] * 3, 50.0),
        ([True] * 4 + [False] * 2, np.nan),  # two real firms: not to be told
    ],
)
def test_the_share_of_synthetic_sites_is_told_where_the_real_ones_pass(
    fakes, expected
) -> None:
    rows = make_amounts([(code, 1.0) for code in ROW]).assign(synthetic=fakes)
    shares = synthetic_shares({"deposit_t": rows, "industry_jobs": rows})
    assert set(shares.index) == set(GUARDED)
    assert shares.tolist() == pytest.approx([expected] * len(GUARDED), nan_ok=True)


def test_sites_that_are_not_real_count_by_what_they_make() -> None:
    """Three make 3 each, three real ones 1."""
    rows = make_amounts([*three(A, each=3.0), *three(B)])
    fakes = rows.assign(synthetic=rows["code_insee"].eq(A))
    assert set(synthetic_shares({"deposit_t": fakes})) == {75.0}
