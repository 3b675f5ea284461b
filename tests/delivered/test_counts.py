"""What registers count in the delivered study, and what rests on observation alone."""

import csv

import openpyxl
import pytest

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.words.cards import observed_alone
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.tables.files import read_table

NAMED = {"31084": 363, "09119": 233, "65258": 798}
"""Employees of industry in three communes, as URSSAF counts them."""


@pytest.fixture(scope="module")
def counted(delivered):
    """Return the sums of each register over the study area."""
    table = read_table(delivered.processed, "counted_sectors")
    return table.set_index(["producer", "measure", "sector"])


def test_registers_cover_the_study_area(delivered, counted) -> None:
    communes = read_table(delivered.processed, "communes")
    area = set(communes.loc[communes["in_area"], "code_insee"])
    assert len(area) == 605
    urssaf = read_table(delivered.processed, "activity_urssaf")
    assert set(urssaf["code_insee"]) == area
    with_some = urssaf[urssaf["measure"].eq("employers") & urssaf["value"].gt(0)]
    assert with_some["code_insee"].nunique() == 414
    assert set(counted["n_missed"]) == {0}


def test_sums_are_those_of_the_producers(delivered, counted) -> None:
    value = counted["value"]
    assert value["URSSAF", "employees", "all"] == 35_084
    assert value["URSSAF", "employers", "all"] == 5_170
    assert value["INSEE", "establishments", "all"] == 7_111
    assert value["INSEE", "establishments", "industry"] == 561
    assert value["INSEE", "establishments_10_plus", "all"] == 1_000
    urssaf = read_table(delivered.processed, "activity_urssaf").set_index(
        ["sector", "measure", "code_insee"]
    )["value"]
    assert {code: urssaf["industry", "employees", code] for code in NAMED} == NAMED


def test_a_perimeter_sums_the_lines_of_the_file(delivered) -> None:
    members = read_table(delivered.processed, "perimeter_communes")
    path = delivered.base / "data/raw/urssaf_2025.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    figures = read_table(delivered.processed, "indicators_public")
    mine = figures[figures["indicator_id"].eq("counted_employees")]
    told = mine.set_index("perimeter_id")["value"]
    for name in ("petr_comminges", "systom_8_epci", "union_0001"):
        codes = set(members.loc[members["perimeter_id"].eq(name), "code_insee"])
        lines = [
            int(row["salaries_31_12_2025"])
            for row in rows
            if row["code_insee"] in codes
        ]
        assert told[name] == sum(lines)
    assert set(mine["evidence"]) == {"O"}
    assert set(mine["note"]) == {"fin\xa02025"}


def test_at_least_ten_figures_rest_on_observation_alone_and_are_listed(
    delivered,
) -> None:
    catalogue = indicator_catalogue()
    names = observed_alone(released(delivered, "indicators_public"), catalogue)
    about_the_study = {"confirmed_pct", "hypothesis_share_pct"}
    others = set(names) - set(catalogue.loc[sorted(about_the_study), "label"])
    assert len(others) >= 10
    (path,) = delivered.maps.rglob("*comparaison.xlsx")
    page = openpyxl.load_workbook(path, read_only=True)["Lisez-moi"]
    words = {
        str(row[1]).replace("\u2019", "'") for row in page.iter_rows(values_only=True)
    }
    plain = {one.replace("\xa0", " ") for one in words}
    assert {one.replace("\u2019", "'") for one in names} <= plain
