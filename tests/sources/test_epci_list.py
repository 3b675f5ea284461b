"""The list of the EPCI: its columns held, as any file that a user gives."""

import pytest

from eitgeo.errors import SchemaError
from eitgeo.reference.real import epci_path
from eitgeo.sources.territory.search_lists import read_epci_list
from tests.sources.source import Source, plain

HEADER = (
    "siren,name,nature,departements,population,n_communes,seat,west,south,east,north,"
    "near\n"
)
ROW = "200000001,CC de l'Été,CC,09 31,1200,3,09001,1.20,43.00,1.60,43.30,09:0 31:0\n"
OTHER = "200000002,CA du Nord,CA,31,9000,1,31002,1.60,43.00,1.90,43.30,09:4 31:0\n"


def test_a_list_is_read_by_siren(tmp_path) -> None:
    path = tmp_path / "epci.csv"
    path.write_text(HEADER + ROW + OTHER, encoding="utf-8")
    table = read_epci_list(path)
    assert table.index.tolist() == ["200000001", "200000002"]
    row = table.loc["200000001"]
    told = [row["name"], row["seat"], row["population"]]
    assert told == ["CC de l'Été", "09001", 1200]
    assert table.columns.tolist() == HEADER.strip().split(",")[1:]


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (ROW.replace("CC de l'Été", '"CC\nterritory: {x: 1}"'), "invisible"),
        (ROW.replace("CC de l'Été", "CC \x1b[31mA"), "invisible"),
        (ROW.replace("CC de l'Été", "CC \u202eA"), "invisible"),
        (ROW.replace("09 31", "09 99"), "aucun département « 99 »"),
        (ROW.replace("31:0", "96:0"), "aucun département « 96 »"),
        (ROW.replace("1.20", "2.20"), "à l'envers"),
        (ROW.replace("43.30", "99.30"), "métropolitaine"),
        (ROW.replace("1.60", ""), "incomplet"),
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path, row, met) -> None:
    path = tmp_path / "epci.csv"
    path.write_text(HEADER + row, encoding="utf-8")
    with pytest.raises(SchemaError, match=met):
        read_epci_list(path)


def test_an_overseas_epci_and_a_tied_name_are_read(tmp_path) -> None:
    path = tmp_path / "epci.csv"
    tied = ROW.replace("CC de", "CC\u00a0de")
    away = "249710047,CA Ailleurs,CA,974,9000,1,97411,,,,,\n"
    path.write_text(HEADER + tied + away, encoding="utf-8")
    assert read_epci_list(path)["west"].isna().tolist() == [False, True]


def test_the_list_of_the_package_is_read_where_none_is_given() -> None:
    assert read_epci_list().equals(read_epci_list(epci_path()))


SAMPLES = {
    "epci_list": Source(
        "EPCI de France, CSV",
        ("read_epci_list",),
        "epci.csv",
        plain(read_epci_list),
        (HEADER + ROW + OTHER).encode(),
    ),
}
