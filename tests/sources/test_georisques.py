"""ICPE: ISO-8859-1 in a ZIP, headings to kinds, points held against communes."""

import geopandas as gpd
import numpy as np
import pytest

from eitgeo.errors import CrsError, SourceError
from eitgeo.sources.waste.georisques import (
    MASKED_NAME,
    read_icpe_outlets,
    read_icpe_sites,
)
from tests.sources.georisques_files import (
    INSTALLATION_HEADER,
    SIRET,
    heading,
    icpe,
    installation,
    zipped,
)


def degrees(x, y):
    """Return x, y of EPSG:2154 as longitude, latitude."""
    point = gpd.GeoSeries.from_xy([x], [y], crs=2154).to_crs(4326).iloc[0]
    return round(point.x, 7), round(point.y, 7)


INSIDE = degrees(503_000, 6_204_000)
BESIDE = degrees(513_000, 6_204_000)
SEAT = degrees(505_000, 6_205_000)
CODE = "0006800001"


def outlets(tmp_path, communes, installations, headings):
    path = icpe(tmp_path, installations, headings)
    return read_icpe_outlets(path, communes=communes)


def one(tmp_path, communes, *, at=INSIDE, headings=None, **options):
    return outlets(
        tmp_path,
        communes,
        [installation(at=at, **options)],
        [heading()] if headings is None else headings,
    )


def test_an_installation_becomes_an_outlet(tmp_path, communes):
    loaded = one(tmp_path, communes)
    row = loaded.table.iloc[0]
    assert (row["outlet_id"], row["name"]) == ("ICPE" + CODE, "SOCIÉTÉ DU VAL")
    assert (row["aliases"], row["kind"], row["icpe_headings"]) == (
        SIRET,
        "centre_tri",
        "2714",
    )
    assert (row["position_quality"], row["code_insee"]) == ("exacte", "09001")
    assert row.geometry.x == pytest.approx(503_000, abs=0.1)
    assert row.geometry.y == pytest.approx(6_204_000, abs=0.1)
    assert loaded.dropped.empty
    assert loaded.notes.empty


@pytest.mark.parametrize(
    ("number", "alinea", "kind", "written"),
    [
        ("2760", "2.b", "isdnd", "2760-2"),
        ("2760-3", "", "isdi", "2760-3"),
        ("2760", "", "stockage", "2760"),
        ("2710", "2.a", "decheterie", "2710"),
        ("2780", "1", "compostage", "2780"),
        ("2517", "1", "transit_inertes", "2517"),
        ("2971", "", "chaufferie_csr", "2971"),
    ],
)
def test_headings_make_the_kind(tmp_path, communes, number, alinea, kind, written):
    headings = [heading(number=number, alinea=alinea)]
    row = one(tmp_path, communes, headings=headings).table.iloc[0]
    assert (row["kind"], row["icpe_headings"]) == (kind, written)


def test_the_first_heading_by_rank_gives_kind_and_capacity(tmp_path, communes):
    headings = [
        heading(number="2714", quantity="900", unit="m3"),
        heading(number="2760", alinea="2", quantity="48492", unit="t/an"),
        heading(number="2716", quantity="10", unit="t/an"),
    ]
    row = one(tmp_path, communes, headings=headings).table.iloc[0]
    assert (row["kind"], row["capacity_t"]) == ("isdnd", 48_492.0)
    assert row["icpe_headings"] == "2714;2716;2760-2"


@pytest.mark.parametrize("unit", ["t/j", "m3", "t", ""])
def test_a_quantity_that_is_no_yearly_tonnage_is_no_capacity(tmp_path, communes, unit):
    headings = [heading(quantity="100", unit=unit)]
    row = one(tmp_path, communes, headings=headings).table.iloc[0]
    assert np.isnan(row["capacity_t"])


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (("", ""), "absente"),
        ((0, 0), "ile_nulle"),
        (INSIDE[::-1], "inversee"),
        ((-60.5, 14.6), "hors_france"),
        (BESIDE, "hors_commune"),
    ],
)
def test_a_point_that_does_not_hold_goes_to_the_town_hall(tmp_path, communes, at, kind):
    loaded = one(tmp_path, communes, at=at)
    row = loaded.table.iloc[0]
    assert (row.geometry.x, row.geometry.y) == (505_000.0, 6_205_000.0)
    assert row["position_quality"] == "commune"
    assert loaded.notes["kind"].tolist() == [kind]
    assert loaded.notes.loc[0, "subject"] == "ICPE" + CODE


def test_how_far_a_point_is_outside_is_told(tmp_path, communes):
    # x = 513 000 is 3 000 m east of the limit at x = 510 000.
    detail = one(tmp_path, communes, at=BESIDE).notes.loc[0, "detail"]
    assert detail == "point hors de la commune déclarée, à 3000 m"


def test_the_centre_of_the_commune_is_no_exact_place(tmp_path, communes):
    loaded = one(tmp_path, communes, at=SEAT)
    assert loaded.table.loc[0, "position_quality"] == "commune"
    assert loaded.notes["kind"].tolist() == ["centre_commune"]


def test_two_installations_on_one_point_are_told(tmp_path, communes):
    lines = [
        installation(code="1", at=INSIDE),
        installation(code="2", at=INSIDE, siret=""),
        installation(code="3", at=degrees(502_000, 6_202_000), siret=""),
    ]
    loaded = outlets(tmp_path, communes, lines, [heading(code=c) for c in "123"])
    assert loaded.notes["subject"].tolist() == ["ICPE1", "ICPE2"]
    assert set(loaded.notes["kind"]) == {"point_partage"}
    assert loaded.table["position_quality"].tolist() == ["commune", "commune", "exacte"]


def test_coordinates_of_another_crs_are_refused(tmp_path, communes):
    with pytest.raises(CrsError, match="ne sont pas des degrés"):
        one(tmp_path, communes, at=(503_000, 6_204_000))


def test_every_row_is_kept_or_accounted_for(tmp_path, communes):
    lines = [
        installation(code="1", at=INSIDE),
        installation(code="1", at=INSIDE),
        installation(code="2", insee="65258"),
        installation(code="3", insee=""),
        installation(code="4", state="En fin d'exploitation"),
        installation(code="5"),
    ]
    headings = [heading(code=c) for c in "12349"]
    loaded = outlets(tmp_path, communes, lines, headings)
    assert loaded.table["outlet_id"].tolist() == ["ICPE1"]
    told = loaded.dropped.set_index("row")["reason"].to_dict()
    assert told == {
        "3": "ligne répétée (1)",
        "4": "hors des communes (« 65258 »)",
        "5": "hors des communes («  »)",
        "6": "installation absente",  # line 6 of rubriqueIC.csv comes last
        "7": "aucune rubrique de déchets",
    }
    closed = loaded.dropped[loaded.dropped["reason"].str.startswith("activité")]
    assert closed["subject"].tolist() == ["ICPE4"]
    of_file = loaded.dropped[loaded.dropped["file"] == "InstallationClassee.csv"]
    assert len(loaded.table) + len(of_file) == len(lines)


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        ("A l'arrêt", 0),
        ("à l'arret", 0),
        ("En fin d'exploitation", 0),
        ("Cessation déclarée", 0),
        ("Récolement fait", 0),
        ("En exploitation avec titre", 1),
        ("", 1),
    ],
)
def test_a_closed_installation_is_told_whatever_its_accents(
    tmp_path, communes, state, kept
):
    assert len(one(tmp_path, communes, state=state).table) == kept


@pytest.mark.parametrize(
    ("quantity", "unit", "told"),
    [
        ("1200", "m3", "1\u202f200 m3"),
        ("61.5", "t/j", "61,5 t/j"),
        ("48492", "t/an", "48\u202f492 t/an"),
        ("0.0", "m2", ""),
        ("", "", ""),
    ],
)
def test_what_a_permit_allows_is_carried_with_its_unit(
    tmp_path, communes, quantity, unit, told
):
    headings = [heading(quantity=quantity, unit=unit), heading(number="2791")]
    row = one(tmp_path, communes, headings=headings).table.iloc[0]
    assert row["permitted"] == told
    assert np.isfinite(row["capacity_t"]) == (unit == "t/an")


def test_an_installation_that_is_classified_no_more_is_left_out(tmp_path, communes):
    lines = [installation(code="1"), installation(code="2", regime="Non ICPE")]
    path = icpe(tmp_path, lines, [heading(code=c) for c in "12"])
    for read in (read_icpe_sites, read_icpe_outlets):
        loaded = read(path, communes=communes)
        assert len(loaded.table) == 1
        told = loaded.dropped.set_index("subject")["reason"]
        assert told["ICPE2"] == "plus classée (régime en vigueur « Non ICPE »)"


def test_the_division_is_kept_where_the_file_tells_no_more(tmp_path, communes):
    codes = {"1": "38", "2": "38.32Z", "3": "", "4": "241G"}
    lines = [installation(code=c, naf=naf, siret="") for c, naf in codes.items()]
    loaded = read_icpe_sites(icpe(tmp_path, lines, [heading()]), communes=communes)
    assert loaded.table["naf"].tolist() == ["38", "38.32Z", "", ""]
    notes = loaded.notes[loaded.notes["kind"] == "code_ape"]
    told = dict(zip(notes["subject"], notes["detail"], strict=True))
    assert told == {
        "ICPE1": "division « 38 » seule : ni classe ni sous-classe",
        "ICPE4": "« 241G » hors NAF rév. 2, laissé vide",
    }


def test_a_company_that_another_register_tells_is_named(tmp_path, communes):
    lines = [installation(name="ACIERS DU VAL"), installation(code="2", name="UNTEL")]
    path = icpe(tmp_path, lines, [heading(), heading(code="2")])
    alone = read_icpe_sites(path, communes=communes).table
    assert set(alone["name"]) == {MASKED_NAME}
    assert SIRET not in alone.to_csv()
    # What no table shows joins the rows of other sources, in memory.
    known = read_icpe_sites(path, communes=communes).holders
    assert known == {f"ICPE{CODE}": SIRET, "ICPE2": SIRET}
    told = read_icpe_sites(path, communes=communes, companies={SIRET[:9]}).table
    assert set(told["name"]) == {"ACIERS DU VAL", "UNTEL"}
    assert set(told["siret"]) == {SIRET}
    named = read_icpe_sites(path, communes=communes, companies={SIRET[:9]})
    assert named.holders == {}


def test_headings_that_are_not_known_are_told(tmp_path, communes):
    headings = [heading(), heading(number="2799"), heading(number="1510")]
    notes = one(tmp_path, communes, headings=headings).notes
    assert notes["kind"].tolist() == ["rubrique_inconnue"]
    assert notes.loc[0, "detail"] == "rubrique « 2799 »"


@pytest.mark.parametrize(
    ("name", "siret", "shown"),
    [
        ("SARL X", SIRET, True),
        ("SYSTOM", "25310217200017", True),
        ("UNTEL Jean", SIRET, False),
        ("DE SÁ João", SIRET, False),
        ("DE STE-CROIX Jeanne", SIRET, False),
        ("Mme UNTEL, commune de Lez", SIRET, False),
    ],
)
def test_only_organisations_are_named(tmp_path, communes, name, siret, shown):
    row = one(tmp_path, communes, name=name, siret=siret).table.iloc[0]
    assert (row["name"], row["aliases"]) == (
        (name, siret) if shown else (MASKED_NAME, "")
    )


def test_a_siret_borne_twice_or_cut_by_a_spreadsheet_is_told(tmp_path, communes):
    lines = [
        installation(code="1", at=INSIDE),
        installation(code="2", at=degrees(502_000, 6_202_000)),
        installation(code="3", at=degrees(502_000, 6_203_000), siret="2,43104E+13"),
    ]
    loaded = outlets(tmp_path, communes, lines, [heading(code=c) for c in "123"])
    assert loaded.notes["kind"].tolist() == [
        "siret_mal_forme",
        "siret_repete",
        "siret_repete",
    ]
    assert loaded.table["aliases"].tolist() == [SIRET, SIRET, ""]


def test_hostile_text_stays_text(tmp_path, communes):
    name = "SARL =cmd|' /C calc'!A0 <script>alert(1)</script>"
    assert one(tmp_path, communes, name=name).table.loc[0, "name"] == name


def test_sites_need_no_waste_heading(tmp_path, communes):
    path = icpe(tmp_path, [installation(at=INSIDE)], [heading(number="1510")])
    loaded = read_icpe_sites(path, communes=communes)
    site = loaded.table.iloc[0]
    assert (site["site_id"], site["naf"], site["siret"]) == (
        "ICPE" + CODE,
        "38.32Z",
        SIRET,
    )
    assert np.isnan(site["headcount_mid"])


def test_a_unicode_export_is_read_too(tmp_path, communes):
    path = icpe(tmp_path, [installation(at=INSIDE)], [heading()], encoding="utf-8-sig")
    loaded = read_icpe_outlets(path, communes=communes)
    assert loaded.table.loc[0, "name"] == "SOCIÉTÉ DU VAL"


def test_decimal_commas_are_read_where_all_are(tmp_path, communes):
    comma = tuple(str(value).replace(".", ",") for value in INSIDE)
    row = one(tmp_path, communes, at=comma).table.iloc[0]
    assert row.geometry.x == pytest.approx(503_000, abs=0.1)


def test_an_archive_without_its_files_or_outside_its_folder_is_refused(
    tmp_path, communes
):
    with pytest.raises(SourceError, match=r"« rubriqueIC\.csv » absent"):
        read_icpe_outlets(
            zipped(tmp_path, {"InstallationClassee.csv": INSTALLATION_HEADER}),
            communes=communes,
        )
    with pytest.raises(SourceError):
        read_icpe_outlets(
            zipped(tmp_path, {"../InstallationClassee.csv": INSTALLATION_HEADER}),
            communes=communes,
        )
