"""Factors of class S were read somewhere: who wrote it, where, and what it says."""

import re
from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.reference.tables import FACTOR_KEYS, factor_sources, factor_table

MIDDLES = {
    "byproducts": ("per_employee",),
    "freight_factors": ("mid",),
    "heading_wastes": ("gate_eur_per_t",),
    "input_needs": ("t_per_employee",),
    "landfill_tax": ("eur_per_t",),
    "residue_values": ("value_eur_per_t",),
    "sector_mix": ("per_1000_employers",),
    "current_outlets": (),  # of class S for the use that it states, not for its part
    "synergies": (),  # of class S for the exchange that it states, not for its CO2
    "waste_ratios": ("t_per_employee",),
}
"""What a row is of class S for: another column may have a source beside."""
PRINTED = re.compile(r"\d")
UNDATED = "s. d."
RANGE = re.compile(r"^(-?[\d.]+)-(-?[\d.]+)$")
CATEGORY = re.compile(r"W\d{2}[0-9A-Z]?")
HALF_A_POINT = 0.0051
NEAR = 0.2
"""How far from a middle a published value supports it, as a part of the middle."""


def bounds(row: pd.Series, column: str) -> tuple[float, float]:
    """Return the interval of a factor, or a share of its composition, to the point."""
    if CATEGORY.fullmatch(column):
        parts = dict(one.split(":") for one in row["ewc_stat_shares"].split(";"))
        share = float(parts[column])
        return share - HALF_A_POINT, share + HALF_A_POINT
    if column == "mid":
        return float(row["low"]), float(row["high"])
    if column == "avoided_kgco2e_per_t":
        low, high = RANGE.findall(row["avoided_range"])[0]
        return float(low), float(high)
    # A tax has no interval.
    low, high = (row.get(f"{column}{end}", row[column]) for end in ("_low", "_high"))
    return float(low), float(high)


def near_middle(source: dict[Hashable, Any]) -> bool:
    """Say whether a published value lies within a fifth of the middle of its factor."""
    middle = float(
        factor_table(source["table"]).loc[source["row_key"], source["column"]]
    )
    return abs(source["value"] - middle) <= NEAR * abs(middle) * (1 + 1e-12)


def test_each_table_says_what_its_rows_are_of_class_s_for() -> None:
    assert set(MIDDLES) == set(FACTOR_KEYS)


@pytest.mark.parametrize("name", sorted(name for name in MIDDLES if MIDDLES[name]))
def test_a_factor_is_of_class_s_where_its_source_was_read_and_nowhere_else(
    name: str,
) -> None:
    table, sources = factor_table(name), factor_sources()
    assert table.index.is_unique
    of_middles = sources["table"].eq(name) & sources["column"].isin(MIDDLES[name])
    published = set(table.index[table["evidence"].eq("S")])
    read = sources[of_middles & sources["is_first_hand"]].to_dict("records")
    assert published == {row["row_key"] for row in read if near_middle(row)}
    assert set(table.loc[list(published), "status"]) <= {"publie", "derive"}


def test_each_source_is_whole_and_named_once() -> None:
    sources = factor_sources()
    assert set(sources["table"]) <= set(FACTOR_KEYS)
    assert not sources.duplicated(["table", "row_key", "column", "url", "place"]).any()
    for column in sources.columns.difference(["value", "is_first_hand"]):
        assert sources[column].str.len().gt(0).all(), column
    assert sources["value_printed"].str.contains(PRINTED).all()
    assert sources["year"].where(sources["year"] != UNDATED, "0000").str.isdigit().all()
    assert sources["url"].str.match("https?://").all()


def test_the_interval_of_a_factor_holds_what_its_sources_say() -> None:
    sources = factor_sources()
    for source in sources[sources["table"].ne("sector_mix")].to_dict("records"):
        table = factor_table(source["table"])
        low, high = bounds(table.loc[source["row_key"]], source["column"])
        assert low <= source["value"] <= high, source


def test_the_mix_lies_among_what_its_sources_say() -> None:
    sources = factor_sources().query("table == 'sector_mix'")
    told = sources.groupby("row_key")["value"].agg(["min", "max"])
    drawn = factor_table("sector_mix")["per_1000_employers"].astype(float)[told.index]
    assert drawn.between(told["min"], told["max"]).all()


RELAYS = "blogspirit|fondation-entrepreneurs|Le Monde|Journal des entreprises|acpresse"


def test_a_denominator_read_on_a_blog_or_in_a_newspaper_is_marked() -> None:
    sources = factor_sources()
    relayed = sources["conversion"].str.contains(RELAYS)
    assert relayed.sum() >= 33
    assert sources["is_first_hand"].ne(relayed).all()


@pytest.mark.parametrize(
    ("name", "key", "column"),
    [
        ("waste_ratios", "42;43.1|INERT", "t_per_employee"),
        ("residue_values", "W074", "value_eur_per_t"),
    ],
)
def test_a_factor_that_sources_part_widely_is_their_geometric_mean(
    name: str, key: str, column: str
) -> None:
    """Public works: 265 and 552 t; bales of plastics: 61, 234, 319, 382 €/t."""
    rows = factor_sources().query("table == @name and row_key == @key")
    rows = rows[rows["column"].eq(column)]
    values = rows.loc[~rows["place"].str.contains("Démolition"), "value"]
    middle = float(str(factor_table(name).loc[key, column]))
    assert middle == pytest.approx(float(np.exp(np.log(values).mean())), rel=0.03)


def test_the_inert_share_of_public_works_is_that_of_the_survey() -> None:
    """93 %: SDES, Datalab essentiel n° 96, March 2017."""
    works = factor_sources().query("row_key == '42;43.1|INERT'")
    works = works[works["column"].eq("t_per_employee")].iloc[:2]
    assert works["conversion"].str.contains("93\\s%").all()
    assert works["value"].tolist() == [
        pytest.approx(0.93 * 185.3e6 / (0.19 * 1_642_000), abs=0.1),
        pytest.approx(0.93 * 285, abs=0.1),
    ]
