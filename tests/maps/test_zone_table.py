"""The workbook of zones, read back by a second library."""

import io

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook

from eitgeo.maps.workbooks.activity_tables import zones_xlsx
from eitgeo.study.zones import Zones
from eitgeo.zones.concentration import concentration_sentence
from eitgeo.zones.reference_zones import ComparedWords, compared_words
from tests.maps.toy import HOSTILE, Toy, released
from tests.maps.zone_toy import zone_tables

NAMES = pd.Series({"31001": "Alan", "31005": "=Autre", "31009": "Là-bas"})
OFFICIAL = ComparedWords()
DIVISIONS = pd.Series({"16": "Bois", "25": "Métaux"})


def made(toy: Toy, words=OFFICIAL, **changes) -> bytes:
    """Make the workbook of the toy study."""
    public = zone_tables() | changes
    return zones_xlsx(
        public,
        commune_names=NAMES,
        division_names=DIVISIONS,
        sentence=concentration_sentence(public["concentration"].table),
        words=words,
        sheet=toy.sheet,
    )


@pytest.fixture(scope="module")
def workbook(toy: Toy) -> Workbook:
    """Open it with a library that shares nothing with the writer."""
    return openpyxl.load_workbook(io.BytesIO(made(toy)))


def column(workbook: Workbook, name: str, head: str) -> list[object]:
    """Return the values under a head."""
    rows = list(workbook[name].iter_rows(min_row=2, values_only=True))
    place = rows[0].index(head)
    return [row[place] for row in rows[1:]]


def test_sheets_and_rows(workbook: Workbook) -> None:
    assert workbook.sheetnames == [
        "Lisez-moi",
        "Zones",
        "Zones officielles",
        "Surfaces par commune",
        "Secteurs clés",
        "Concentration",
        "Réglages",
    ]
    assert column(workbook, "Zones", "N°") == ["I1", "Z1", "Z2"]
    assert column(workbook, "Zones", "Stabilité (%)") == [100, 90, 40]
    core = column(workbook, "Zones", "Emplois du noyau toujours réuni (%)")
    assert core == ["–", 80, 80]
    assert column(workbook, "Zones", "Commune") == ["Là-bas", "Alan", "=Autre"]
    assert column(workbook, "Réglages", "Retenu")[:2] == ["oui", ""]


def test_no_cell_is_a_formula_and_names_are_intact(workbook: Workbook) -> None:
    cells = [cell for page in workbook for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)
    assert column(workbook, "Zones", "Zone officielle")[1] == HOSTILE


def test_distances_at_which_a_sector_is_concentrated(workbook: Workbook) -> None:
    assert column(workbook, "Concentration", "Mesure")[:2] == [
        "M de Marcon et Puech",
        "Kd de Duranton et Overman",
    ]
    gaps = column(workbook, "Concentration", "Écart au hasard")[:2]
    assert gaps == ["pas d’écart au hasard", "concentré"]
    assert column(workbook, "Concentration", "À partir de (km)")[:2] == ["–", 0]
    assert column(workbook, "Concentration", "Jusqu’à (km)")[:2] == ["–", 2]


def test_the_ranking_says_its_formula_in_words(workbook: Workbook) -> None:
    texts = [cell for row in workbook["Secteurs clés"].values for cell in row if cell]
    assert any("nombre de sites à rencontrer" in str(text) for text in texts)
    assert any("Les tonnages n’y entrent pas" in str(text) for text in texts)


@pytest.mark.parametrize(("share_pct", "times"), [(0.0, 0), (60.0, 1)])
def test_a_quotient_of_drawn_sites_is_said_to_measure_the_draw(
    toy: Toy, share_pct: float, times: int
) -> None:
    table = zone_tables()["key_sectors"].table.assign(synthetic_share_pct=share_pct)
    book = openpyxl.load_workbook(io.BytesIO(made(toy, key_sectors=released(table))))
    cells = [str(cell) for row in book["Secteurs clés"].values for cell in row]
    assert sum("mesure le tirage" in text for text in cells) == times


def test_times_are_no_surer_than_speeds(toy: Toy) -> None:
    real = released(zone_tables()["zones_public"].table, demonstration=False)
    for zones in (zone_tables()["zones_public"], real):
        book = openpyxl.load_workbook(io.BytesIO(made(toy, zones_public=zones)))
        assert set(column(book, "Zones", "Fiabilité (temps)")) == {"H"}


def test_every_sheet_says_that_it_is_a_demonstration(workbook: Workbook) -> None:
    for page in workbook:
        assert "DÉMONSTRATION" in str(page["A1"].value), page.title


def test_the_same_inputs_give_the_same_bytes(toy: Toy) -> None:
    assert made(toy) == made(toy)


def test_without_official_zones_there_is_no_such_sheet(toy: Toy) -> None:
    none = released(zone_tables()["zone_concordance"].table.iloc[:0])
    book = openpyxl.load_workbook(io.BytesIO(made(toy, zone_concordance=none)))
    assert "Zones officielles" not in book.sheetnames


def test_ground_by_commune_is_told_by_use(workbook: Workbook) -> None:
    sheet = "Surfaces par commune"
    assert column(workbook, sheet, "Commune")[:2] == ["Alan", "Alan"]
    assert column(workbook, sheet, "Usage")[:2] == [
        "industrie et artisanat",
        "Zone industrielle",
    ]
    assert column(workbook, sheet, "Nombre")[:2] == [2, 1]
    assert column(workbook, sheet, "Surface (ha)")[0] == pytest.approx(12.3)
    # A sliver that holds no area is not told.
    assert "=Autre" not in column(workbook, sheet, "Commune")


def test_what_openstreetmap_draws_is_never_called_official(toy: Toy) -> None:
    areas = {"reader": "osm_zones", "path": "a.geojson", "vintage": "août 2021"}
    words = compared_words(
        Zones.model_validate({"official": [areas], "credit": "© OpenStreetMap, ODbL"})
    )
    book = openpyxl.load_workbook(io.BytesIO(made(toy, words)))
    texts = [str(cell) for page in book for row in page.values for cell in row if cell]
    assert not [text for text in texts if "fficiel" in text]
    drawn = "zones d’activités dessinées dans OpenStreetMap (août 2021), pas un"
    for name in ("Lisez-moi", "Zones d’OpenStreetMap", "Surfaces par commune"):
        told = " ".join(str(cell) for row in book[name].values for cell in row if cell)
        assert drawn in told
    assert column(book, "Zones", "Zone dessinée dans OpenStreetMap (août 2021)")


def test_a_study_without_zones_gives_a_workbook_of_heads(toy: Toy) -> None:
    full = zone_tables()
    none = {
        name: released(one.table.iloc[:0])
        for name, one in full.items()
        if name != "zone_settings"
    }
    book = openpyxl.load_workbook(io.BytesIO(made(toy, **none)))
    assert column(book, "Zones", "N°") == []
    told = [cell for row in book["Concentration"].values for cell in row if cell]
    assert any("Aucun secteur n’a assez de sites" in str(text) for text in told)


def test_long_lists_of_rules_are_cut_and_counted(toy: Toy) -> None:
    many = ";".join(f"R{rank:02d}" for rank in range(9))
    table = zone_tables()["zone_profile"].table.assign(
        rules_inside=many, n_rules_inside=9
    )
    book = openpyxl.load_workbook(io.BytesIO(made(toy, zone_profile=released(table))))
    assert column(book, "Zones", "Lesquelles")[0] == "R00, R01, R02, R03, R04, R05, …"
    assert column(book, "Zones", "Règles aux deux bouts")[0] == 9
