"""Every factor has one name, one label, bounds in order, and a class that holds."""

import pandas as pd

from eitgeo.reference.factors import FACTOR_KEY, flow_factors
from eitgeo.reference.tables import FACTOR_KEYS, factor_sources, waste_ratios

FACTORS = flow_factors()
MAKE_SITES = {"sector_mix"}
"""What establishments are drawn from: the interval of totals carries it."""
PLACES = pd.MultiIndex.from_frame(FACTORS[FACTOR_KEY])


def test_each_factor_is_named_once_with_its_bounds_in_order() -> None:
    assert PLACES.is_unique
    assert FACTORS["label"].str.len().gt(0).all()
    assert not FACTORS["label"].str.contains(r"\b(?:nan|None)\b", regex=True).any()
    bounded = FACTORS.dropna(subset=["low", "high"])
    assert bounded["low"].le(bounded["mid"]).all()
    assert bounded["mid"].le(bounded["high"]).all()
    assert FACTORS["low"].isna().eq(FACTORS["high"].isna()).all()


def test_a_factor_is_of_class_s_where_a_page_tells_that_very_column_nearly() -> None:
    columns = ["table", "row_key", "column", "value", "is_first_hand"]
    sources = factor_sources().query("table not in @MAKE_SITES")[columns]
    middles = FACTORS["mid"].set_axis(PLACES).to_dict()
    told = [(tuple(key), value, first) for *key, value, first in sources.to_numpy()]
    assert {key for key, _, _ in told} <= set(middles)
    near = {
        key
        for key, value, is_first_hand in told
        if is_first_hand and abs(value - middles[key]) <= 0.2 * abs(middles[key])
    }
    assert set(PLACES[FACTORS["evidence"].eq("S")]) == near
    assert FACTORS["has_source"].eq(FACTORS["evidence"].eq("S")).all()


def test_between_two_far_sources_no_middle_is_published() -> None:
    """A cement works: 15 % of its minerals could be waste, 3.6 % is what was read."""
    sure = FACTORS["evidence"].set_axis(PLACES)
    for place in (
        ("input_needs", "23.5|cru_ciment", "max_share"),
        ("input_needs", "35.30;35.11|combustible_bois", "t_per_employee"),
        ("byproducts", "10.51C|02 05 01", "per_employee"),
        ("waste_ratios", "58-82|NDNI", "t_per_employee"),
    ):
        assert sure[place] == "H"
    # Recycled board: the French value is the middle, the British ones its interval.
    board = FACTORS[
        FACTORS["row_key"].eq("SYN014") & FACTORS["column"].str.contains("co2e")
    ]
    bounds = board[["low", "mid", "high", "evidence"]].iloc[0]
    assert bounds.tolist() == [-280, -280, 295, "S"]


def test_all_files_of_factors_are_there_and_all_that_they_tell() -> None:
    assert set(FACTOR_KEYS) - MAKE_SITES <= set(FACTORS["factor_table"])
    assert not MAKE_SITES & set(FACTORS["factor_table"])
    ratios = waste_ratios().drop_duplicates(["ratio_id", "stream", "ewc_stat"])
    kept = ratios[ratios["stream"] != "EXCLUDE"]
    mine = FACTORS[FACTORS["factor_table"].eq("waste_ratios")]
    shares = mine[mine["column"].ne("t_per_employee")]
    assert shares["mid"].sum() == kept["share"].sum()
    assert len(shares) == len(kept)
