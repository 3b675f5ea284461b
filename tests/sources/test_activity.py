"""Counts of URSSAF and INSEE by commune: small files, then the delivered ones."""

import zipfile
from pathlib import Path

import pytest

from eitgeo.errors import SchemaError
from eitgeo.sources.activity.insee_comparator import read_insee_comparator
from eitgeo.sources.activity.urssaf import read_urssaf_sectors
from tests.sources.source import Source, plain

RAW = Path(__file__).parents[2] / "data/raw"
SHARED = Path(__file__).parents[3] / "shared/data/employment"
URSSAF_HEADER = (
    "code_insee,commune,grand_secteur,etablissements_employeurs_2025,"
    "salaries_31_12_2025\n"
)
URSSAF = URSSAF_HEADER + (
    "31002,Été,Hôtellerie-restauration,2,0\n"
    "31002,Été,Industrie,1,363\n"
    "09001,Une,Intérim,1,7\n"
)
INSEE_HEADER = (
    "CODGEO;P18_POP;ETTOT18;ETAZ18;ETBE18;ETFZ18;ETGU18;ETOQ18;ETTEF118;ETTEFP1018;"
    "P18_EMPLT;P18_EMPLT_SAL\n"
)
INSEE = INSEE_HEADER + (
    "31002;63.0;6.0;1.0;1.0;1.0;2.0;1.0;4.0;1.0;8.84;5.16\n"
    "09001;10.0;0.0;0.0;0.0;0.0;0.0;0.0;0.0;0.0;0.0;0.0\n"
)


def figures(table):
    """Return each value by commune, sector and measure."""
    return table.set_index(["code_insee", "sector", "measure"])["value"].to_dict()


def test_each_row_of_urssaf_is_an_employers_and_an_employees(write) -> None:
    table = read_urssaf_sectors(write("u.csv", URSSAF))
    assert figures(table) == {
        ("31002", "hospitality", "employers"): 2,
        ("31002", "hospitality", "employees"): 0,
        ("31002", "industry", "employers"): 1,
        ("31002", "industry", "employees"): 363,
        ("09001", "temp_work", "employers"): 1,
        ("09001", "temp_work", "employees"): 7,
    }
    assert set(table["vintage"]) == {"2025-12-31"}
    assert set(table["evidence"]) == {"O"}


def test_establishments_are_observed_and_jobs_are_those_of_a_sample(write) -> None:
    table = read_insee_comparator(write("i.csv", INSEE)).table
    here = figures(table)
    assert len(here) == 20
    assert here["31002", "all", "establishments"] == 6
    assert here["31002", "trade_services", "establishments"] == 2
    assert here["31002", "all", "establishments_10_plus"] == 1
    assert here["31002", "all", "jobs"] == 8.84
    said = table.groupby("measure")[["vintage", "evidence"]].first()
    assert list(said.loc["jobs"]) == ["2018-01-01", "S"]
    assert list(said.loc["establishments"]) == ["2018-12-31", "O"]


def test_a_commune_without_a_figure_is_left_out_not_zero(write) -> None:
    line = "31003;1.0;1.0;0.0;1.0;0.0;0.0;0.0;1.0;0.0;;1.0\n"
    found = read_insee_comparator(write("i.csv", INSEE + line))
    assert set(found.table["code_insee"]) == {"31002", "09001"}
    assert found.dropped["subject"].tolist() == ["31003"]


def newer(register: str, census: str) -> str:
    """Write the figures under the years of a newer base, P13 beside as INSEE does."""
    header = INSEE_HEADER.replace("P18", f"P{census}")
    for name in ("ETTOT", "ETAZ", "ETBE", "ETFZ", "ETGU", "ETOQ", "ETTEF1", "ETTEFP10"):
        header = header.replace(f";{name}18", f";{name}{register}")
    lines = INSEE.replace(INSEE_HEADER, header).splitlines()
    return "\n".join(["P13_EMPLT;" + lines[0], *(f"7;{one}" for one in lines[1:])])


def test_years_are_those_of_the_columns(write, tmp_path) -> None:
    """Layouts of 2021 to 2023: the census is a year or two older than the register."""
    same = figures(read_insee_comparator(write("i.csv", INSEE)).table)
    packed = tmp_path / "base_cc_comparateur_csv.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("meta_base_cc_comparateur.csv", "COD_VAR;LIB_VAR\n")
        archive.writestr("base_cc_comparateur.csv", newer("23", "22"))
    for path in (write("n.csv", newer("23", "22")), packed):
        table = read_insee_comparator(path).table
        assert figures(table) == same
        said = table.groupby("measure")[["vintage", "source"]].first()
        assert list(said.loc["jobs"]) == ["2022-01-01", "INSEE, recensement 2022"]
        assert list(said.loc["establishments_10_plus"]) == [
            "2023-12-31",
            "INSEE, établissements actifs fin 2023",
        ]
    # A base that lacks a figure of its own year is refused by the name of that year.
    lacking = newer("23", "22").replace("ETTEF123", "ETTEF122")
    with pytest.raises(SchemaError, match="« ETTEF123 » absente"):
        read_insee_comparator(write("n.csv", lacking))
    with pytest.raises(SchemaError, match="« ETTOT18 » absente"):
        read_insee_comparator(write("n.csv", newer("23", "22").replace("ETTOT", "ET")))


def test_a_city_is_not_counted_with_its_arrondissements(write) -> None:
    parts = "".join(
        f"{code};1.0;1.0;0.0;1.0;0.0;0.0;0.0;1.0;0.0;1.0;1.0\n"
        for code in ("75056", "75101", "75120", "69381", "13055", "13201", "13210")
    )
    found = read_insee_comparator(write("i.csv", INSEE + parts))
    # Lyon is not there whole: its arrondissement stays.
    assert {"75056", "13055", "69381"} < set(found.table["code_insee"])
    assert found.dropped["subject"].tolist() == ["75101", "75120", "13201", "13210"]
    assert set(found.dropped["reason"]) == {
        "arrondissement d'une commune comptée entière"
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("31002;1;1;0;1;0;0;0;1;0;1;1\n", r"clé répétée \(31002\)"),
        ("31003;1;-1;0;-1;0;0;0;1;0;1;1\n", "« ETTOT18 » = « -1 »"),
        ("31003;1;1.5;0;1.5;0;0;0;1;0;1;1\n", "« ETBE18 » = « 1.5 »"),
        ("31003;1;3;0;1;0;0;0;1;0;1;1\n", "« ETTOT18 » = « 3 », autre que ses"),
        ("31003;1;1;0;1;0;0;0;1;0;-2;1\n", "« P18_EMPLT » = « -2 »"),
    ],
)
def test_what_insee_cannot_say_is_refused(write, line, message) -> None:
    with pytest.raises(SchemaError, match=message):
        read_insee_comparator(write("i.csv", INSEE + line))


def test_the_delivered_files_are_those_of_the_producers() -> None:
    urssaf = read_urssaf_sectors(RAW / "urssaf_2025.csv")
    assert urssaf["code_insee"].nunique() == 414
    sums = urssaf.groupby("measure")["value"].sum()
    assert sums.to_dict() == {"employees": 35_084, "employers": 5_170}
    employees = figures(urssaf)
    named = {
        code: employees[code, "industry", "employees"]
        for code in ("31084", "09119", "65258")
    }
    assert named == {"31084": 363, "09119": 233, "65258": 798}
    insee = read_insee_comparator(RAW / "insee_2018.csv")
    assert insee.table["code_insee"].nunique() == 1_843
    assert len(insee.dropped) == 0


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("urssaf_2025.csv", "urssaf_2025_commune_secteur.csv"),
        ("insee_2018.csv", "insee_comparateur_2018.csv"),
    ],
)
def test_the_delivered_files_are_whole(ours, theirs) -> None:
    if not SHARED.is_dir():
        pytest.skip("../shared/data/employment absent")
    # Lines end as git writes them.
    shared = (SHARED / theirs).read_bytes().replace(b"\r\n", b"\n")
    assert (RAW / ours).read_bytes() == shared


SAMPLES = {
    "urssaf_sectors": Source(
        "Employeurs et salariés par commune et secteur (URSSAF), CSV",
        ("read_urssaf_sectors",),
        "urssaf.csv",
        plain(read_urssaf_sectors),
        URSSAF.encode(),
        table="activity_urssaf",
        entered=lambda result, _: len(result.table) // 2,
    ),
    "insee_comparator": Source(
        "Comparateur de territoires (INSEE), CSV",
        ("read_insee_comparator",),
        "insee.csv",
        plain(read_insee_comparator),
        INSEE.encode(),
        table="activity_insee",
        entered=lambda result, _: len(result.table) // 10,
    ),
}
