"""Published totals that estimates are brought to."""

import pytest

from eitgeo.errors import SchemaError
from eitgeo.sources.waste import control_totals
from eitgeo.sources.waste.control_totals import read_control_totals
from tests.sources.source import Source, plain

HEADER = "departement,sector,stream,year,total_t,covered_share,source\n"
TOTALS = HEADER + "31,10-12,NDNI,2023,12000,0.5,Été\n09,,INERT,2023,90000.5,1,s\n"


def test_totals_are_numbers_and_codes_stay_text(write) -> None:
    totals = read_control_totals(write("t.csv", TOTALS))
    assert totals["departement"].tolist() == ["31", "09"]
    assert totals["sector"].tolist() == ["10-12", ""]
    assert totals["total_t"].tolist() == [12_000.0, 90_000.5]
    assert totals["covered_share"].tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("31,03-99z,NDNI,2023,1,1,s\n", "« sector » = « 03-99z » mal formé"),
        ("31,04,NDNI,2023,1,1,s\n", "division « 04 » inconnue"),
        ("31,12-10,NDNI,2023,1,1,s\n", "plage à l'envers"),
        ("31,16,NDNI,2022,1,1,s\n", "plusieurs années : 2022, 2023"),
        ("31,16,NDNI,2023,-5,1,s\n", "« total_t » = « -5 » → tonnage positif"),
        ("31,16,NDNI,2023,0,1,s\n", "« total_t » = « 0 » → tonnage positif"),
        ("31,16,NDNI,2023,,1,s\n", "donner le total"),
        ("31,16,NDNI,2023,12000000000,1,s\n", "des kilogrammes pris pour des tonnes"),
        ("31,16,NDNI,2023,1,50,s\n", "« covered_share » = « 50 »"),
        ("31,16,NDNI,2023,1,,s\n", "« covered_share » = «  »"),
    ],
)
def test_what_no_total_can_be_is_refused(write, line, message) -> None:
    with pytest.raises(SchemaError, match=message):
        read_control_totals(write("t.csv", TOTALS + line))


SAMPLES = {
    "control_totals": Source(
        "Totaux de contrôle des gisements, CSV",
        ("read_control_totals",),
        "totals.csv",
        plain(control_totals.read_control_totals),
        TOTALS.encode(),
    ),
}
