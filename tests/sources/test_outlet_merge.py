"""One row a site: what joins two rows, what does not, and what is told."""

import geopandas as gpd
import numpy as np
import pytest

from eitgeo.errors import SchemaError
from eitgeo.sources.territory.communes import read_communes
from eitgeo.sources.waste import outlet_merge
from eitgeo.sources.waste.georisques import read_s3ic_outlets
from eitgeo.sources.waste.landfills import read_isdnd_capacities
from eitgeo.sources.waste.outlet_merge import merge_outlets, read_outlet_aliases
from eitgeo.sources.waste.outlets import read_outlets
from tests.sources.source import SIRETS, Source, plain
from tests.tables.conftest import unsaid

A, B = "25310217200017", "24310034400031"


def outlet(
    outlet_id, aliases="", kind="isdnd", insee="09001", capacity_t=np.nan, **others
):
    """Return one row of table outlets."""
    return {
        **unsaid("outlets"),
        "outlet_id": outlet_id,
        "name": outlet_id.upper(),
        "aliases": aliases,
        "kind": kind,
        "capacity_t": capacity_t,
        "source": "essai",
        "code_insee": insee,
        "x": 500_000.0,
        **others,
    }


def part(*rows):
    """Return a table of outlets."""
    x = [row.pop("x") for row in rows]
    points = gpd.points_from_xy(x, [6_200_000.0] * len(rows), crs=2154)
    return gpd.GeoDataFrame(list(rows), geometry=points)


def test_one_site_under_two_sirets_is_one_outlet():
    study = part(outlet("a", f"{A};{B};Pihourc", capacity_t=100.0))
    register = part(outlet("b", A, insee="31002"), outlet("c", B, kind="traitement"))
    merged = merge_outlets([study, register])
    assert merged.table["outlet_id"].tolist() == ["a"]
    assert merged.table.loc[0, "aliases"] == f"{A};{B};Pihourc"
    assert merged.dropped["row"].tolist() == ["b", "c"]
    assert merged.dropped["reason"].tolist() == [
        f"fusionné avec « a » (SIRET {A})",
        f"fusionné avec « a » (SIRET {B})",
    ]


def test_rows_in_are_rows_out_and_rows_told():
    parts = [
        part(outlet("a", A), outlet("b")),
        part(outlet("c", f"{A};{B}"), outlet("d", B), outlet("e", insee="31002")),
    ]
    merged = merge_outlets(parts)
    assert merged.table["outlet_id"].tolist() == ["a", "b", "e"]
    assert len(merged.table) + len(merged.dropped) == 5


def test_what_the_first_does_not_know_comes_from_the_next():
    first = outlet("a", A, icpe_headings="2760-2")
    then = outlet(
        "b",
        A,
        capacity_t=48_492.0,
        household_t=7.0,
        icpe_headings="2714",
        position_quality="exacte",
        x=501_000.0,
    )
    row = merge_outlets([part(first), part(then)]).table.iloc[0]
    assert (row["capacity_t"], row["household_t"]) == (48_492.0, 7.0)
    assert row["icpe_headings"] == "2760-2;2714"
    assert (row["position_quality"], row.geometry.x) == ("exacte", 501_000.0)


def test_capacities_at_odds_are_told_and_the_first_stands():
    parts = [
        part(outlet("a", A, capacity_t=100.0)),
        part(outlet("b", A, capacity_t=150.0)),
    ]
    merged = merge_outlets(parts)
    assert merged.table["capacity_t"].tolist() == [100.0]
    assert merged.notes["kind"].tolist() == ["capacites_differentes"]
    assert merged.notes.loc[0, "detail"] == "150 t au lieu de 100 t"


def test_the_number_of_a_head_office_joins_nothing():
    sites = part(
        outlet("a", A, kind="decheterie"),
        outlet("b", A, kind="decheterie", insee="31002"),
    )
    merged = merge_outlets([part(outlet("z", A, kind="decheterie")), sites])
    assert len(merged.table) == 3
    assert merged.dropped.empty
    told = merged.notes[merged.notes["kind"] == "siret_de_siege"]
    assert sorted(told["row"]) == ["a", "b", "z"]


@pytest.mark.parametrize(
    ("kind", "insee", "rows"),
    [
        ("compostage", "09001", 1),  # two sources, one commune
        ("compostage", "31002", 2),
        ("isdnd", "31002", 1),
        ("traitement", "31002", 1),
    ],
)
def test_kind_or_commune_must_agree(kind, insee, rows):
    other = part(outlet("b", A, kind=kind, insee=insee))
    assert len(merge_outlets([part(outlet("a", A)), other]).table) == rows


def test_two_activities_at_one_address_stay_two():
    both = part(outlet("a", A), outlet("b", A, kind="compostage"))
    assert len(merge_outlets([both]).table) == 2


def test_same_commune_and_kind_is_told_not_merged():
    merged = merge_outlets([part(outlet("a")), part(outlet("b"))])
    assert len(merged.table) == 2
    assert merged.notes["kind"].tolist() == ["doublon_possible"] * 2
    assert merged.notes["detail"].str.contains("a, b").all()


def test_inputs_are_left_as_they_were_and_identifiers_are_unique():
    table = part(outlet("a", A))
    before = table.copy()
    merge_outlets([table, part(outlet("b", A))])
    assert table.equals(before)
    with pytest.raises(SchemaError, match=r"clé répétée \(a\)"):
        merge_outlets([table, part(outlet("a", insee="31002"))])


@pytest.mark.results
def test_the_pihourc_is_one_outlet(raw, shared):
    communes = read_communes(raw / "communes.geojson")
    study = read_outlets(raw / "outlets.csv", communes=communes).table
    capacities = read_isdnd_capacities(
        shared / "waste" / "stg_isdnd_capacites_limites_50pct.csv", communes=communes
    ).table
    register = read_s3ic_outlets(
        shared / "industry" / "s3ic_x_sirene_09_31_32_65.csv", communes=communes
    ).table
    merged = merge_outlets([study, capacities, register])
    parts = len(study) + len(capacities) + len(register)
    assert len(merged.table) + len(merged.dropped) == parts
    rows = merged.table.set_index("outlet_id")
    # The study names both numbers; the capacities bear one of them.
    assert {A, B} <= set(str(rows.loc["isdnd_pihourc", "aliases"]).split(";"))
    assert rows.loc["isdnd_pihourc", "capacity_t"] == 48_492.0
    told = merged.dropped.set_index("row")["reason"]
    assert told[f"ISDND{A}"] == f"fusionné avec « isdnd_pihourc » (SIRET {A})"
    assert rows["aliases"].str.contains(A).sum() == 1
    assert (merged.notes["kind"] == "doublon_possible").any()


def test_an_alias_file_joins_what_nothing_else_does(write):
    path = write("a.csv", f"site,alias,source\nPihourc,{B},IREP\nPihourc,{A},ISDND\n")
    aliases = read_outlet_aliases(path).table
    parts = [
        part(outlet("a", A, capacity_t=5.0)),
        part(outlet("b", B, kind="compostage", insee="31002", x=501_000.0)),
    ]
    assert len(merge_outlets(parts).table) == 2
    merged = merge_outlets(parts, aliases=aliases)
    assert merged.table["outlet_id"].tolist() == ["a"]
    assert merged.table.loc[0, "aliases"] == f"{A};{B}"
    assert merged.dropped["reason"].tolist() == [
        "fusionné avec « a » (alias de « Pihourc »)"
    ]
    assert merged.table.geometry.x.tolist() == [500_000.0]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("P,1,s\nQ,1,s\n", r"ligne 3 : clé répétée \(1\)"),
        ("P,,s\n", "ligne 2 : « alias » vide"),
    ],
)
def test_a_faulty_alias_file_is_refused(write, lines, message):
    with pytest.raises(SchemaError, match=message):
        read_outlet_aliases(write("a.csv", "site,alias,source\n" + lines))


def test_the_number_of_an_installation_joins_registers():
    parts = [
        part(outlet("S3IC0068.02548", kind="traitement")),
        part(outlet("ICPE0006802548", kind="isdnd", insee="31002")),
    ]
    merged = merge_outlets(parts)
    assert merged.table["outlet_id"].tolist() == ["S3IC0068.02548"]
    assert merged.dropped["reason"].tolist() == [
        "fusionné avec « S3IC0068.02548 » (installation 0006802548)"
    ]


SAMPLES = {
    "aliases": Source(
        "Alias d'exutoires, CSV",
        ("read_outlet_aliases",),
        "aliases.csv",
        plain(outlet_merge.read_outlet_aliases),
        f"site,alias,source\nÉté,{SIRETS[0]},ici\nÉté,{SIRETS[1]},ici\n".encode(),
        text="site",
        needed="alias",
    ),
}
