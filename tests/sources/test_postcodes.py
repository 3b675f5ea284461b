"""Postcodes: pairs of a commune and a postcode, each once."""

from eitgeo.sources.territory.search_lists import read_postcodes
from eitgeo.steps.inputs.postcodes import load_postcodes
from eitgeo.study.project import open_project
from eitgeo.tables.schema import empty_table
from tests.sources.source import Source, plain
from tests.studies.small_country import write_country

HEADER = "code_insee,postcode\n"


def test_a_commune_may_have_several_and_share_one(write):
    lines = "31002,31800\n31002,31801\n2A004,20000\n09001,31800\n"
    found = read_postcodes(write("p.csv", HEADER + lines))
    assert found.to_numpy().tolist() == [
        ["09001", "31800"],
        ["2A004", "20000"],
        ["31002", "31800"],
        ["31002", "31801"],
    ]


def test_a_study_without_the_file_has_an_empty_table(tmp_path):
    project = open_project(write_country(tmp_path))
    communes = empty_table("communes")
    assert project.study.sources.postcodes is None
    assert load_postcodes(project, communes).equals(empty_table("postcodes"))


SAMPLES = {
    "postcodes": Source(
        "Codes postaux des communes (Etalab), CSV",
        ("read_postcodes",),
        "postcodes.csv",
        plain(read_postcodes),
        (HEADER + "09001,09100\n31002,31800\n").encode(),
        table="postcodes",
    ),
}
