"""One row an establishment: who wins, what is completed, withheld and told."""

from typing import Any

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import SchemaError
from eitgeo.sources.sites.site_merge import merge_sites
from tests.tables.conftest import unsaid

A, B, C = "39931827800021", "25310217200017", "24310034400031"
FIELDS = ["headcount_low", "headcount_mid", "headcount_high"]


def site(site_id: str, siret: str = "", **others: Any) -> dict[str, Any]:
    """Return one row of table sites, headcount unknown."""
    return {
        **unsaid("sites"),
        "site_id": site_id,
        "siret": siret,
        "name": site_id.lower(),
        **dict.fromkeys(("naf", "naf_rev2", "naf_2025"), ""),
        "source": site_id[:4],
        "code_insee": "09001",
        "x": 500_000.0,
        **others,
    }


def part(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    """Return a table of sites."""
    plain = [{k: v for k, v in row.items() if k != "x"} for row in rows]
    x = [row["x"] for row in rows]
    points = gpd.points_from_xy(x, [6_200_000.0] * len(rows), crs=2154)
    return gpd.GeoDataFrame(plain, geometry=points)


def test_the_first_source_stands_and_the_next_completes_it() -> None:
    irep = part(site("IREP1", A, naf="17.11Z", naf_rev2="17.11Z"))
    counted = dict(zip(FIELDS, (250.0, 350.0, 499.0), strict=True))
    sirene = part(
        site(
            "SIRENE1",
            A,
            naf="17.12Z",
            naf_rev2="17.12Z",
            naf_2025="17.12Y",
            position_quality="exacte",
            x=501_000.0,
            **counted,
        )
    )
    merged = merge_sites([irep, sirene])
    (row,) = merged.table.to_dict("records")
    assert (row["site_id"], row["naf"], row["naf_2025"]) == (
        "IREP1",
        "17.11Z",
        "17.12Y",
    )
    assert [row[name] for name in FIELDS] == [250.0, 350.0, 499.0]
    assert (row["position_quality"], row["geometry"].x) == ("exacte", 501_000.0)
    assert row["source"] == "IREP ; effectif : SIRE"
    assert merged.dropped.to_numpy().tolist() == [
        ["SIRE", "SIRENE1", "sirene1", f"même établissement que « IREP1 » (SIRET {A})"]
    ]
    assert merged.notes.empty


def test_the_number_of_an_installation_joins_registers() -> None:
    parts = [
        part(site("S3IC0068.02548")),
        part(site("IREP068.02548", A), site("IREP068.02549")),
        part(site("ICPE0006802548", B)),
    ]
    merged = merge_sites(parts)
    assert merged.table["site_id"].tolist() == ["IREP068.02549", "S3IC0068.02548"]
    assert merged.table["siret"].tolist() == ["", A]
    assert merged.dropped["row"].tolist() == ["IREP068.02548", "ICPE0006802548"]
    assert merged.dropped["reason"].str.contains("numéro d'installation").all()
    assert merged.table["source"].tolist() == ["IREP", "S3IC ; aussi : IREP, ICPE"]


def test_a_chain_of_numbers_makes_one_establishment() -> None:
    """A: SIRET; B: number; C bears both."""
    parts = [part(site("A1", A)), part(site("S3IC0068.00001")), part()]
    parts[2] = part(site("ICPE0006800001", A))
    merged = merge_sites(parts)
    assert merged.table["site_id"].tolist() == ["A1"]
    assert merged.dropped["row"].tolist() == ["S3IC0068.00001", "ICPE0006800001"]


def test_rows_of_one_source_are_never_merged() -> None:
    twice = part(site("IREP1", A), site("IREP2", A))
    assert len(merge_sites([twice]).table) == 2
    merged = merge_sites([twice, part(site("SIRENE1", A))])
    assert merged.table["site_id"].tolist() == ["IREP1", "IREP2"]
    merged = merge_sites([part(site("SIRENE1", A)), twice])
    assert merged.table["site_id"].tolist() == ["SIRENE1"]


def test_the_siret_of_a_head_office_joins_nothing() -> None:
    office = part(site("IREP1", A), site("IREP2", A, code_insee="31002"))
    merged = merge_sites([part(site("ANC1", A)), office])
    assert len(merged.table) == 3
    assert merged.notes["kind"].tolist() == ["siret_de_siege"] * 2


def test_what_one_source_withholds_is_withheld() -> None:
    shown = part(site("IREP068.02548", A, name="M. UNTEL"))
    hidden = part(site("S3IC0068.02548", name="(masqué)", diffusible=False))
    (row,) = merge_sites([shown, hidden]).table.to_dict("records")
    assert (row["name"], row["siret"], row["diffusible"]) == ("(masqué)", "", False)


def test_what_a_register_withholds_is_withheld_where_another_one_shows_it() -> None:
    """SIRENE hides the SIRET of whom it withholds: known in memory, it joins."""
    sirene = part(
        site("SIRENE09001-000001", name="(masqué)", diffusible=False),
        site("SIRENE09001-000002", name="(masquée)", natural_person=True),
    )
    icpe = part(site("ICPE0006802548", A, name="SAS X"), site("ICPE0006802549", C))
    irep = part(site("IREP068.00001", name="(nom non diffusé)"))
    holders = [
        {"SIRENE09001-000001": A, "SIRENE09001-000002": B},
        {},
        {"IREP068.00001": B},
    ]
    merged = merge_sites([sirene, icpe, irep], holders)
    assert merged.table["site_id"].tolist() == [
        "ICPE0006802549",
        "SIRENE09001-000001",
        "SIRENE09001-000002",
    ]
    hidden = merged.table[merged.table["site_id"].str.startswith("SIRENE")]
    assert hidden["name"].tolist() == ["(masqué)", "(masquée)"]
    assert set(hidden["siret"]) == {""}
    # Numbers under which others show them, for whoever reads those registers again.
    assert merged.withheld == ("ICPE0006802548", "IREP068.00001")
    told = merged.dropped.to_csv() + merged.notes.to_csv()
    assert "SIRET, non diffusé" in told
    assert not [one for one in (A, B, "SAS X") if one in told]
    # The order of sources changes nothing of what is withheld.
    again = merge_sites([irep, icpe, sirene], [holders[2], {}, holders[0]])
    assert set(again.table["name"]) == {"(masqué)", "(masquée)", "icpe0006802549"}
    assert sorted(again.table["siret"]) == ["", "", C]


def test_who_is_withheld_without_a_row_is_named_by_nobody() -> None:
    """Closed since, or not told at all: SIRENE says no more than the number."""
    icpe = part(site("ICPE0006802548", A, name="SAS X"), site("ICPE0006802549", C))
    irep = part(site("IREP068.02548", A, name="SAS X", naf="17.11Z"))
    merged = merge_sites([icpe, irep], silenced={A})
    first, second = merged.table.to_dict("records")
    assert (first["name"], first["siret"]) == ("Établissement (nom non diffusé)", "")
    assert not first["diffusible"]
    assert first["naf"] == "17.11Z"
    assert (second["name"], second["siret"]) == ("icpe0006802549", C)
    assert merged.withheld == ("ICPE0006802548", "IREP068.02548")
    assert not [one for one in (A, "SAS X") if one in merged.dropped.to_csv()]


def test_a_name_that_one_source_is_sure_of_is_shown() -> None:
    unsure = part(site("IREP068.02548", name="Établissement (nom non diffusé)"))
    sure = part(site("S3IC0068.02548", A, name="PAPETERIES SA"))
    (row,) = merge_sites([unsure, sure]).table.to_dict("records")
    assert (row["site_id"], row["name"], row["siret"]) == (
        "IREP068.02548",
        "PAPETERIES SA",
        A,
    )


def test_sources_at_odds_are_told() -> None:
    small = dict(zip(FIELDS, (10.0, 14.0, 19.0), strict=True))
    large = dict(zip(FIELDS, (50.0, 70.0, 99.0), strict=True))
    first = part(site("A1", A, **small), site("A2", B, **small))
    then = part(
        site("B1", A, **large),
        site("B2", B, code_insee="31002", position_quality="exacte", x=501_000.0),
    )
    merged = merge_sites([first, then])
    assert merged.notes[["row", "kind", "detail"]].to_numpy().tolist() == [
        [
            "B1",
            "effectif_discordant",
            "50 à 99 salariés ici, 10 à 19 salariés pour « A1 », retenu",
        ],
        ["B2", "commune_discordante", "31002 ici, 09001 pour « A2 », retenu"],
    ]
    # A position of another commune is not taken.
    assert merged.table.geometry.x.tolist() == [500_000.0, 500_000.0]
    assert merged.table["position_quality"].tolist() == ["commune", "commune"]


def test_the_same_identifier_in_one_source_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"clé répétée \(A1\)"):
        merge_sites([part(site("A1"), site("A1"))])


def test_an_empty_source_changes_nothing_and_inputs_stay() -> None:
    full, empty = part(site("A1", A)), part(site("B1"))[:0]
    before = full.copy()
    for parts in ([full, empty], [empty, full]):
        assert merge_sites(parts).table["site_id"].tolist() == ["A1"]
    assert full.equals(before)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(["", A, B, C]), st.sampled_from(["09001", "31002"])
            ),
            min_size=1,
            max_size=5,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_rows_in_are_rows_out_and_rows_told(drawn: list[Any]) -> None:
    parts = [
        part(
            *(
                site(f"P{p}R{r}", siret, code_insee=code)
                for r, (siret, code) in enumerate(rows)
            )
        )
        for p, rows in enumerate(drawn)
    ]
    merged = merge_sites(parts)
    assert len(merged.table) + len(merged.dropped) == sum(map(len, parts))
    # The first source keeps all of its rows.
    assert set(parts[0]["site_id"]) <= set(merged.table["site_id"])
