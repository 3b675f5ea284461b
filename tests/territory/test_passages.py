"""Passages between vintages: nobody is lost, nobody is counted twice.

2018   A   B   C   D   E        E is divided in 2022 into E and F;
       └─┬─┘   │   │   │        A and B merge in 2020 as A;
2020     A     │   │   │        A and C merge in 2022 as C.
         └──┬──┘   │   ├───┐
2022        C      D   E   F
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import SchemaError
from eitgeo.reference.cog import CogMovements, cog_movements
from eitgeo.sources.cog import read_merges
from eitgeo.territory.passages import pass_to_vintage, recode_rows

A, B, C, D, E, F = (f"3100{rank}" for rank in range(1, 7))
ROWS = [
    ("2020-01-01", A, A),
    ("2020-01-01", B, A),
    ("2022-01-01", A, C),
    ("2022-01-01", C, C),
    ("2022-01-01", E, E),
    ("2022-01-01", E, F),
]


ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def raw() -> Path:
    return ROOT / "data" / "raw"


@pytest.fixture
def shared() -> Path:
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("official files absent: ../shared/data")
    return folder


@pytest.fixture
def movements() -> CogMovements:
    return drawn()


def drawn(departements: frozenset[str] = frozenset({"31"})) -> CogMovements:
    table = pd.DataFrame(ROWS, columns=["date", "old_code", "new_code"])
    return CogMovements(table, 2018, 2023, departements)


def halves(share: float = 0.5) -> pd.DataFrame:
    return pd.DataFrame(
        {"old_code": [E, E], "new_code": [E, F], "share": [share, 1 - share]}
    )


def people(codes: list[str], amounts: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"code_insee": codes, "population": amounts})


def test_merges_add_up_through_a_chain(movements: CogMovements) -> None:
    table = people([D, A, B, C], [7, 1, 2, 4])
    passage = pass_to_vintage(
        table, movements, from_year=2018, to_year=2023, totals=["population"]
    )
    assert passage.table.values.tolist() == [[C, 7], [D, 7]]
    assert passage.table["population"].dtype == "int64"
    assert passage.changes.values.tolist() == [[A, C, 1.0], [B, C, 1.0], [C, C, 1.0]]
    assert table.values.tolist() == [[D, 7], [A, 1], [B, 2], [C, 4]]


def test_a_movement_on_the_day_of_the_vintage_is_in_force(
    movements: CogMovements,
) -> None:
    table = people([A, B], [1, 2])
    options: dict[str, Any] = {"from_year": 2018, "totals": ["population"]}
    assert len(pass_to_vintage(table, movements, to_year=2019, **options).table) == 2
    assert len(pass_to_vintage(table, movements, to_year=2020, **options).table) == 1


def test_a_division_needs_its_shares(movements: CogMovements) -> None:
    table = people([E], [5])
    with pytest.raises(SchemaError, match="se divise le 2022-01-01 entre 31005, 31006"):
        pass_to_vintage(
            table, movements, from_year=2018, to_year=2022, totals=["population"]
        )
    passage = pass_to_vintage(
        table,
        movements,
        from_year=2018,
        to_year=2022,
        totals=["population"],
        shares=halves(),
    )
    assert passage.table.values.tolist() == [[E, 3], [F, 2]]


@pytest.mark.parametrize("share", [1.5, 0.4])
def test_shares_sum_to_one(movements: CogMovements, share: float) -> None:
    shares = halves()
    shares["share"] = [share, 0.5]
    with pytest.raises(SchemaError, match="des parts positives dont la somme est 1"):
        pass_to_vintage(
            people([E], [5]),
            movements,
            from_year=2018,
            to_year=2022,
            totals=["population"],
            shares=shares,
        )


def test_backwards_a_division_merges_and_a_merge_divides(
    movements: CogMovements,
) -> None:
    passage = pass_to_vintage(
        people([E, F], [3, 2]),
        movements,
        from_year=2022,
        to_year=2018,
        totals=["population"],
    )
    assert passage.table.values.tolist() == [[E, 5]]
    with pytest.raises(SchemaError, match="« 31003 » se divise"):
        pass_to_vintage(
            people([C], [7]),
            movements,
            from_year=2022,
            to_year=2018,
            totals=["population"],
        )


def test_amounts_keep_their_other_keys(movements: CogMovements) -> None:
    table = pd.DataFrame(
        {
            "code_insee": [A, B, B],
            "annee": [2015, 2015, 2016],
            "dechets_t": [0.1, 0.2, 0.4],
            "nom": ["a", "b", "b"],
        }
    )
    passage = pass_to_vintage(
        table,
        movements,
        from_year=2019,
        to_year=2021,
        totals=["dechets_t"],
        by=["annee"],
    )
    assert list(passage.table) == ["code_insee", "annee", "dechets_t"]
    assert passage.table["dechets_t"].tolist() == pytest.approx([0.3, 0.4])


@pytest.mark.parametrize(
    ("table", "years", "match"),
    [
        (people([B], [1]), (2021, 2023), "« 31002 » a disparu le 2020-01-01.*31001"),
        (people([F], [1]), (2018, 2023), "« 31006 » n'existe que depuis le 2022-01-01"),
        (people([D, D], [1, 1]), (2018, 2020), "« 31004 » répétée"),
        (people([D], [float("nan")]), (2018, 2020), "« population » absent"),
        (people([D], [float("inf")]), (2018, 2020), "« population » absent"),
        (people(["1001"], [1]), (2018, 2020), "sans son zéro de tête"),
        (people(["09001"], [1]), (2018, 2020), "hors des départements"),
        (people([D], [1]), (2017, 2020), "millésime 2017 hors des mouvements"),
        (people([D], [1]), (2018, 2024), "millésime 2024 hors des mouvements"),
        (people([D], ["1"]), (2018, 2020), "n'est pas numérique"),  # type: ignore[list-item]
        (pd.DataFrame({"code": [D]}), (2018, 2020), "renommer la colonne « code »"),
    ],
)
def test_what_cannot_be_reconciled_is_refused(
    movements: CogMovements, table: pd.DataFrame, years: tuple[int, int], match: str
) -> None:
    with pytest.raises(SchemaError, match=match):
        pass_to_vintage(
            table,
            movements,
            from_year=years[0],
            to_year=years[1],
            totals=["population"],
        )


def test_an_empty_table_passes(movements: CogMovements) -> None:
    table = people([D], [1])[:0]
    passage = pass_to_vintage(
        table, movements, from_year=2018, to_year=2023, totals=["population"]
    )
    assert passage.table.empty


def test_rows_are_recoded_one_to_one(movements: CogMovements) -> None:
    table = pd.DataFrame(
        {"code_insee": [B, B, D], "site_id": ["x", "y", "z"]}, index=[5, 6, 7]
    )
    passage = recode_rows(table, movements, from_year=2018, to_year=2023)
    assert passage.table["code_insee"].to_dict() == {5: C, 6: C, 7: D}
    assert passage.table["site_id"].tolist() == ["x", "y", "z"]
    divided = pd.DataFrame({"code_insee": [E]})
    with pytest.raises(SchemaError, match="se divise"):
        recode_rows(divided, movements, from_year=2018, to_year=2023)


@settings(max_examples=10, deadline=None)
@given(
    amounts=st.lists(st.integers(0, 10**7), min_size=5, max_size=5),
    share=st.floats(0, 1),
    via=st.integers(2018, 2023),
)
def test_whole_totals_are_conserved_exactly(
    amounts: list[int], share: float, via: int
) -> None:
    table = people([A, B, C, D, E], [*amounts])
    options: dict[str, Any] = {"totals": ["population"], "shares": halves(share)}
    direct = pass_to_vintage(table, drawn(), from_year=2018, to_year=2023, **options)
    assert direct.table["population"].sum() == sum(amounts)
    half = pass_to_vintage(table, drawn(), from_year=2018, to_year=via, **options)
    stepwise = pass_to_vintage(
        half.table, drawn(), from_year=via, to_year=2023, **options
    )
    pd.testing.assert_frame_equal(stepwise.table, direct.table)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(5)), amount_t=st.floats(0, 1e9))
def test_row_order_does_not_matter(order: list[int], amount_t: float) -> None:
    table = people([A, B, C, D, E], [amount_t, 0.1, 0.2, 0.3, 0.7])
    options: dict[str, Any] = {"totals": ["population"], "shares": halves(0.3)}
    years: dict[str, Any] = {"from_year": 2018, "to_year": 2023}
    one = pass_to_vintage(table, drawn(), **years, **options).table
    other = pass_to_vintage(table.iloc[order], drawn(), **years, **options).table
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)


def test_the_shipped_movements_are_well_formed() -> None:
    movements = cog_movements()
    table = movements.table
    assert not table.duplicated(["date", "old_code", "new_code"]).any()
    assert table["date"].str.fullmatch(r"20(19|2[0-6])-01-01").all()
    assert set(table["old_code"].str[:2]) <= movements.departements
    # Every new code receives at least two communes, its own former self among them.
    for _, rows in table.groupby(["date", "new_code"]):
        assert len(rows) > 1
        assert rows["new_code"].iloc[0] in set(rows["old_code"])


def test_the_shipped_movements_give_the_twelve_mergers(raw: Path) -> None:
    merges = read_merges(raw / "commune_merges.csv")
    movements = cog_movements()
    codes = sorted({*merges, *merges.values()})
    table = pd.DataFrame({"code_insee": codes})
    passage = recode_rows(table, movements, from_year=2018, to_year=2026)
    changed = passage.changes[~passage.changes["old_code"].isin(merges.values())]
    assert dict(zip(changed["old_code"], changed["new_code"], strict=True)) == merges
    assert len(merges) == 12
    shipped = movements.table
    gone = set(shipped["old_code"]) - set(shipped["new_code"])
    here = shipped["old_code"].str[:2].isin(["09", "31", "32", "65"])
    assert gone & set(shipped.loc[here, "old_code"]) == set(merges)


def test_polygons_of_2018_pass_to_the_list_of_2026(shared: Path) -> None:
    codes = [
        feature["properties"]["code"]
        for path in sorted((shared / "communes").glob("*.geojson"))
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]
    ]
    table = pd.DataFrame({"code_insee": codes, "n": 1})
    passage = pass_to_vintage(
        table, cog_movements(), from_year=2018, to_year=2026, totals=["n"]
    )
    listed = json.loads(
        (shared / "cog" / "communes_09_31_32_65.json").read_text(encoding="utf-8")
    )
    assert len(codes) == 1850
    assert passage.table["n"].sum() == 1850
    assert passage.table["code_insee"].tolist() == sorted(
        row["code"] for row in listed if row["type"] == "commune-actuelle"
    )
