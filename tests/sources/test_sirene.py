"""SIRENE: what is kept, where it stands, who may be named, and the account of rows."""

import numpy as np
import pytest

from eitgeo.sources.sites.sirene import MASKED_NAME, UNNAMED, read_sirene_sites
from eitgeo.tables.schema import validate
from tests.sources.sirene_files import (
    establishment,
    establishments_csv,
    geolocation_csv,
    left_out,
    legal_unit,
    legal_units_csv,
    position,
    write_parquet,
    write_zip,
)
from tests.sources.sirene_header import (
    ESTABLISHMENT_HEADER,
    GEOLOCATION_HEADER,
    LEGAL_UNIT_HEADER,
)

FIRM = "39931827800021"
PARTIAL = "50000000100011"
TRADER = "60000000200012"
LONELY = "70000000300013"
ROWS = [
    establishment(FIRM, trancheEffectifsEtablissement="12"),
    establishment(
        PARTIAL,
        statutDiffusionEtablissement="P",
        denominationUsuelleEtablissement="[ND]",
        trancheEffectifsEtablissement="00",
    ),
    establishment(TRADER, enseigne1Etablissement="CHEZ UNTEL"),
    establishment(LONELY, codeCommuneEtablissement="09001"),
    establishment("80000000400014", statutDiffusionEtablissement="N"),
    establishment("80000000500015", etatAdministratifEtablissement="F"),
    establishment("80000000600016", codeCommuneEtablissement="75056"),
    establishment("80000000600024", codeCommuneEtablissement="2A004"),
    establishment("80000000700017", codeCommuneEtablissement=""),
    establishment("80000000800018", codeCommuneEtablissement="ABC"),
]
UNITS = [
    legal_unit(FIRM[:9], "PÂTES & PAPIERS"),
    legal_unit(PARTIAL[:9], "[ND]", statutDiffusionUniteLegale="P"),
    legal_unit(TRADER[:9], "", categorieJuridiqueUniteLegale="1000"),
    legal_unit(LONELY[:9], ""),
    legal_unit("999999999", "AILLEURS"),
]
POSITIONS = [
    position(FIRM, 511_000, 6_201_000),
    position(PARTIAL, 512_000, 6_202_000, qualite_xy="12"),
    position(TRADER, 513_000, 6_203_000, qualite_xy="33"),
    position("99999999999999", 700_000, 6_600_000),
]


@pytest.fixture
def read(write, communes):
    def from_rows(rows, units=UNITS, positions=POSITIONS, **options):
        return read_sirene_sites(
            write("stock.csv", establishments_csv(rows)),
            communes=communes,
            legal_units=write("unites.csv", legal_units_csv(units)),
            geolocation=write("geo.csv", geolocation_csv(positions)),
            **options,
        )

    return from_rows


def by_name(loaded):
    return loaded.table.set_index("name")


def by_siret(loaded):
    return loaded.table.set_index("siret")


def test_active_establishments_of_the_communes_become_valid_sites(read):
    table = read(ROWS, vintage="septembre 2026").table
    assert len(table) == 4
    assert validate(table, table="sites").crs.to_epsg() == 2154
    assert set(table["source"]) == {"INSEE, SIRENE (septembre 2026)"}
    assert table["site_id"].tolist() == [
        "SIRENE31002-000001",
        "SIRENE31002-000002",
        f"SIRENE{FIRM}",
        f"SIRENE{LONELY}",
    ]


def test_rows_of_the_stock_are_rows_kept_plus_rows_reported(read):
    loaded = read(ROWS)
    assert loaded.dropped.set_index("reason")["row"].to_dict() == {
        "code commune mal formé": "1 ligne",
        "hors des communes demandées": "2 lignes",
        "non diffusible (statut N)": "1 ligne",
        "sans commune française": "1 ligne",
        "établissement fermé": "1 ligne",
    }
    assert len(loaded.table) + left_out(loaded.dropped, "stock.csv") == len(ROWS)


def test_nobody_hidden_keeps_a_name_or_a_siret(read):
    table = read(ROWS).table
    assert by_siret(read(ROWS)).loc[FIRM, "name"] == "PÂTES & PAPIERS"
    hidden = table[~table["diffusible"] | table["natural_person"]]
    assert len(hidden) == 2
    assert hidden["diffusible"].tolist() == [False, True]
    assert hidden["natural_person"].tolist() == [False, True]
    assert set(hidden["name"]) == {MASKED_NAME}
    assert set(hidden["siret"]) == {""}
    assert sorted(read(ROWS).holders.values()) == sorted([PARTIAL, TRADER])
    assert set(read(ROWS).holders) == set(hidden["site_id"])
    everything = table.drop(columns="geometry").to_csv()
    for secret in (PARTIAL, TRADER, PARTIAL[:9], TRADER[:9], "UNTEL", "[ND]"):
        assert secret not in everything


def test_who_is_withheld_and_closed_since_or_not_told_is_known_by_number(read):
    """Other registers may name them: numbers alone tell who is not to be named."""
    state = "etatAdministratifEtablissement"
    closed = {"statutDiffusionEtablissement": "P", state: "F"}
    away = closed | {"codeCommuneEtablissement": "75056"}
    rows = [
        *ROWS,
        establishment("80000000900019", **closed),
        establishment("80000000900027", **away),
    ]
    loaded = read(rows)
    assert loaded.silenced == {"80000000400014", "80000000900019"}
    assert loaded.table.equals(read(ROWS).table)


def test_a_name_is_the_legal_one_then_the_usual_one_then_the_sign(read):
    rows = [
        establishment(FIRM, denominationUsuelleEtablissement="USUEL"),
        establishment("39931827800039", enseigne1Etablissement="ENSEIGNE"),
        establishment(LONELY, enseigne1Etablissement="SEULE"),
        establishment("70000000300021", denominationUsuelleEtablissement="U"),
        establishment("70000000300039"),
    ]
    names = by_siret(read(rows))["name"].to_dict()
    assert names[FIRM] == names["39931827800039"] == "PÂTES & PAPIERS"
    assert names[LONELY] == "SEULE"
    assert names["70000000300021"] == "U"
    assert names["70000000300039"] == UNNAMED


@pytest.mark.parametrize(
    ("category", "natural"),
    [
        ("1000", True),
        ("1600", True),
        ("2110", True),
        ("2120", False),
        ("5710", False),
        ("1000.0", True),  # resaved by a spreadsheet or pandas: it tells none
    ],
)
def test_legal_categories_of_natural_persons(read, category, natural):
    unit = legal_unit(FIRM[:9], "X", categorieJuridiqueUniteLegale=category)
    table = read([ROWS[0]], [unit]).table
    assert table["natural_person"].tolist() == [natural]


def test_without_its_legal_unit_an_establishment_is_protected(read, write, communes):
    missing = read([ROWS[0]], [UNITS[-1]]).table
    stock = write("s.csv", establishments_csv([ROWS[0]]))
    alone = read_sirene_sites(stock, communes=communes).table
    for table in (missing, alone):
        assert table["natural_person"].tolist() == [True]
        assert table["siret"].tolist() == [""]


def test_a_list_of_sirene_fr_tells_the_legal_unit_itself(write, communes):
    own = {
        FIRM: {
            "categorieJuridiqueUniteLegale": "5710",
            "statutDiffusionUniteLegale": "O",
        },
        TRADER: {
            "categorieJuridiqueUniteLegale": "1000",
            "statutDiffusionUniteLegale": "O",
        },
        LONELY: {},
    }
    rows = [
        establishment(siret, denominationUniteLegale=f"U{n}", **cells)
        for n, (siret, cells) in enumerate(own.items())
    ]
    header = [
        *ESTABLISHMENT_HEADER,
        "categorieJuridiqueUniteLegale",
        "denominationUniteLegale",
        "statutDiffusionUniteLegale",
    ]
    path = write("liste.csv", establishments_csv(rows, header))
    table = read_sirene_sites(path, communes=communes).table
    assert table["natural_person"].sum() == 2
    (firm,) = table[~table["natural_person"]].to_dict("records")
    assert (firm["siret"], firm["name"]) == (FIRM, "U0")
    assert set(table["siret"]) == {FIRM, ""}
    # A list that does not tell the status of units names nobody.
    for row in rows:
        row.pop("statutDiffusionUniteLegale", None)
    path = write("liste.csv", establishments_csv(rows, header[:-1]))
    table = read_sirene_sites(path, communes=communes).table
    assert table["natural_person"].sum() == 2
    assert not table["diffusible"].any()
    assert (set(table["siret"]), set(table["name"])) == ({""}, {MASKED_NAME})


@pytest.mark.parametrize(
    ("code", "low", "mid", "high"),
    [
        ("NN", np.nan, np.nan, np.nan),
        ("", np.nan, np.nan, np.nan),
        ("00", 0, 0, 0),
        ("01", 1, 1.414214, 2),  # √(1 × 2)
        ("12", 20, 31.304952, 49),  # √(20 × 49)
        ("53", 10_000, np.nan, np.nan),
    ],
)
def test_size_bands_are_intervals(read, code, low, mid, high):
    row = establishment(FIRM, trancheEffectifsEtablissement=code)
    got = read([row]).table[["headcount_low", "headcount_mid", "headcount_high"]]
    assert got.to_numpy()[0] == pytest.approx([low, mid, high], nan_ok=True)


def test_both_nomenclatures_are_kept_and_one_is_chosen(read):
    assert read([ROWS[0]]).table[
        ["naf", "naf_rev2", "naf_2025"]
    ].to_numpy().tolist() == [["17.11Z", "17.11Z", "17.11Y"]]
    later = read([ROWS[0]], naf_version="NAF2025").table
    assert later[["naf", "naf_version"]].to_numpy().tolist() == [["17.11Y", "NAF2025"]]


def test_other_nomenclatures_are_not_taken_for_naf_rev2(read):
    old = establishment(FIRM, nomenclatureActivitePrincipaleEtablissement="NAP")
    assert by_siret(read([old, ROWS[3]])).loc[FIRM, "naf"] == ""
    new = establishment(
        FIRM,
        activitePrincipaleEtablissement="46.71G",
        nomenclatureActivitePrincipaleEtablissement="NAF2025",
        activitePrincipaleNAF25Etablissement="",
    )
    table = read([new], naf_version="NAF2025").table
    assert table[["naf", "naf_rev2"]].to_numpy().tolist() == [["46.71G", ""]]
    none = establishment(FIRM, activitePrincipaleEtablissement="00.00Z")
    assert by_siret(read([none, ROWS[3]])).loc[FIRM, "naf"] == ""


def test_malformed_activities_are_told(read, caplog):
    odd = establishment(FIRM, activitePrincipaleNAF25Etablissement="ABC")
    read([odd])
    assert "codes d'activité mal formés, laissés vides : ABC" in caplog.text


def test_positions_and_their_quality(read):
    table = read(ROWS).table.set_index("site_id")
    places = {
        f"SIRENE{FIRM}": (511_000, 6_201_000, "exacte"),
        "SIRENE31002-000001": (512_000, 6_202_000, "rue"),
        "SIRENE31002-000002": (513_000, 6_203_000, "commune"),
        f"SIRENE{LONELY}": (505_000, 6_205_000, "commune"),  # the seat of 09001
    }
    for site_id, (x, y, quality) in places.items():
        point = table.loc[site_id, "geometry"]
        assert (point.x, point.y) == (x, y)
        assert table.loc[site_id, "position_quality"] == quality


def test_each_row_is_read_in_its_own_crs(read):
    # A point of 31002, in degrees.
    lon, lat = to_degrees(515_000, 6_205_000)
    rows = [ROWS[0], ROWS[3]]
    positions = [
        position(FIRM, lon, lat, epsg="4326"),
        position(LONELY, 501_000, 6_201_000, qualite_xy="21"),
    ]
    table = by_siret(read(rows, positions=positions))
    assert table.loc[FIRM, "geometry"].x == pytest.approx(515_000, abs=0.01)
    assert table.loc[FIRM, "geometry"].y == pytest.approx(6_205_000, abs=0.01)
    assert table.loc[LONELY, "geometry"].x == 501_000


def to_degrees(x, y):
    """Return lon, lat by the closed form of Lambert-93 (IGN, NTG 71), not by PROJ."""
    e, n, c = 0.0818191910428158, 0.7256077650532670, 11754255.4261
    dx, dy = x - 700_000, y - 12655612.0499
    radius = np.hypot(dx, dy)
    lon = np.radians(3) + np.arctan(-dx / dy) / n
    iso = -np.log(radius / c) / n
    lat = 2 * np.arctan(np.exp(iso)) - np.pi / 2
    for _ in range(20):
        skew = ((1 + e * np.sin(lat)) / (1 - e * np.sin(lat))) ** (e / 2)
        lat = 2 * np.arctan(skew * np.exp(iso)) - np.pi / 2
    return np.degrees(lon), np.degrees(lat)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"epsg": "2975"}, "position hors de la métropole (EPSG:2975)"),
        ({"epsg": ""}, "position sans système de coordonnées"),
        ({"x": "700000"}, "position hors de sa commune"),
        ({"x": "6201000", "y": "511000"}, "position hors de sa commune"),
        ({"epsg": "4326"}, "position hors de sa commune"),
    ],
)
def test_a_position_that_cannot_be_is_reported_and_the_seat_is_used(
    read, cells, reason
):
    wrong = position(FIRM, 511_000, 6_201_000) | cells
    good = position(LONELY, 501_000, 6_201_000)
    loaded = read([ROWS[0], ROWS[3]], positions=[wrong, good])
    told = f"{reason} → établissement placé à la mairie"
    assert loaded.dropped.to_numpy().tolist() == [
        ["geo.csv", f"SIRENE{FIRM}", "position", told]
    ]
    firm = by_siret(loaded).loc[FIRM]
    assert firm["position_quality"] == "commune"
    assert (firm["geometry"].x, firm["geometry"].y) == (515_000, 6_205_000)


def test_csv_parquet_and_archives_give_the_same_table(read, tmp_path, communes):
    expected = read(ROWS)
    upper = [name.upper() for name in GEOLOCATION_HEADER]
    points = [{name.upper(): cell for name, cell in row.items()} for row in POSITIONS]
    parquet = read_sirene_sites(
        write_parquet(tmp_path / "s.parquet", ROWS, ESTABLISHMENT_HEADER),
        communes=communes,
        legal_units=write_parquet(tmp_path / "u.parquet", UNITS, LEGAL_UNIT_HEADER),
        geolocation=write_parquet(tmp_path / "g.parquet", points, upper),
    )
    archive = read_sirene_sites(
        write_zip(tmp_path / "s.zip", "Stock_utf8.csv", establishments_csv(ROWS)),
        communes=communes,
        legal_units=write_zip(tmp_path / "u.zip", "U.csv", legal_units_csv(UNITS)),
        geolocation=write_zip(tmp_path / "g.zip", "G.csv", geolocation_csv(POSITIONS)),
    )
    for other in (parquet, archive):
        assert other.table.equals(expected.table)
        assert other.dropped["row"].tolist() == expected.dropped["row"].tolist()


def test_the_name_of_a_folder_is_no_query_and_tells_no_column(read, tmp_path, communes):
    expected = read(ROWS, positions=[]).table
    folder = tmp_path / "l'été'); DROP VIEW establishments; --" / "siret=1"
    folder.mkdir(parents=True)
    text = folder / "s.csv"
    text.write_text(establishments_csv(ROWS), encoding="utf-8")
    columns = write_parquet(folder / "s.parquet", ROWS, ESTABLISHMENT_HEADER)
    units = write_parquet(folder / "u.parquet", UNITS, LEGAL_UNIT_HEADER)
    for path in (text, columns):
        found = read_sirene_sites(path, communes=communes, legal_units=units)
        assert found.table.equals(expected)


def test_the_order_of_rows_changes_nothing(read):
    turned = read(ROWS[::-1], UNITS[::-1], POSITIONS[::-1])
    assert turned.table.equals(read(ROWS).table)


def test_hostile_text_stays_text(read):
    names = ["=cmd|' /C calc'!A0", '<script>alert("1")</script>', "A, B; «C»\nD"]
    rows, units = [], []
    for rank, name in enumerate(names):
        siret = f"90000000{rank}00019"
        rows.append(establishment(siret))
        units.append(legal_unit(siret[:9], name))
    assert sorted(by_name(read(rows, units)).index) == sorted(names)


def test_identical_rows_are_merged_and_reported(read):
    loaded = read([ROWS[0], ROWS[0], ROWS[0]])
    assert len(loaded.table) == 1
    told = [
        "stock.csv",
        f"SIRENE{FIRM}",
        "établissement",
        "ligne répétée à l'identique",
    ]
    assert loaded.dropped.to_numpy().tolist() == [told, told]


def test_stocks_before_the_naf_2025_are_read(write, communes):
    header = ESTABLISHMENT_HEADER[:-1]
    row = {name: ROWS[0].get(name, "") for name in header}
    stock = write("s.csv", establishments_csv([row], header))
    units = write("u.csv", legal_units_csv(UNITS))
    table = read_sirene_sites(stock, communes=communes, legal_units=units).table
    assert table[["naf", "naf_2025"]].to_numpy().tolist() == [["17.11Z", ""]]
