"""Counts of URSSAF by commune and APE: a small file, then the real extract."""

from pathlib import Path

import pandas as pd
import pytest

from eitgeo.errors import SchemaError
from eitgeo.sources.activity.urssaf import (
    AWAY,
    HALF,
    NO_NAF,
    NOTHING,
    read_urssaf_ape,
)
from tests.sources.source import Source, placed

SHARED = Path(__file__).parents[3] / "shared/data/employment"
EXTRACT = SHARED / "urssaf_commune_ape_extrait_76.csv"
HEADER = (
    "Région;Grand secteur d'activité;Code commune;Code APE;"
    "Nombre d'établissements 2021;Effectifs salariés 2021;"
    "Nombre d'établissements 2022;Effectifs salariés 2022\n"
)
ROWS = (
    "Occitanie;GS2 Construction;31002;4399A;1;3;2;5\n"
    "Occitanie;GS1 Industrie;31002;1071C;1;0;;\n"
    "Occitanie;GS1 Industrie;09001;1610A;1;40;1;41\n"
    "Occitanie;GS3 Commerce;31555;4711B;9;90;9;91\n"
)
APE = ("\ufeff" + HEADER + ROWS).encode()
MEASURES = ("employers", "employees")


def cells(loaded):
    """Return employers and employees by commune and activity."""
    wide = loaded.table.pivot_table(
        index=["code_insee", "naf"], columns="measure", values="value"
    )
    return {key: tuple(wide.loc[key, list(MEASURES)]) for key in wide.index}


def left_out(loaded):
    """Return how many rows were left out, by reason."""
    return dict(loaded.dropped[["reason", "row"]].to_numpy())


def test_the_last_year_is_read_and_empty_figures_are_nobody(write, communes) -> None:
    found = read_urssaf_ape(write("ape.csv", APE), communes=communes)
    assert cells(found) == {("31002", "43.99A"): (2, 5), ("09001", "16.10A"): (1, 41)}
    assert set(found.table["vintage"]) == {"2022-12-31"}
    sectors = found.table.set_index("naf")["sector"].to_dict()
    assert sectors == {"43.99A": "construction", "16.10A": "industry"}
    assert left_out(found) == {AWAY: "1 ligne", NOTHING: "1 ligne"}


def test_the_year_asked_for_is_read(write, communes) -> None:
    path = write("ape.csv", APE)
    found = read_urssaf_ape(path, communes=communes, year=2021)
    assert cells(found)["31002", "10.71C"] == (1, 0)
    assert set(found.table["vintage"]) == {"2021-12-31"}
    with pytest.raises(SchemaError, match=r"aucun chiffre en 2020 → .* de 2021 à 2022"):
        read_urssaf_ape(path, communes=communes, year=2020)


def test_half_a_cell_and_what_the_naf_has_not_are_left_out(write, communes) -> None:
    more = "Occitanie;GS1 Industrie;31002;{};1;1;{};\n"
    added = (more.format("1071D", 4) + more.format("9999Q", "4;4")[:-2] + "\n").encode()
    found = read_urssaf_ape(write("ape.csv", APE + added), communes=communes)
    assert len(cells(found)) == 2
    assert left_out(found) == dict.fromkeys((AWAY, NOTHING, HALF, NO_NAF), "1 ligne")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("X;GS1 Industrie;9001;1610A;1;1;1;1\n", "09001"),
        ("X;GS1 Industrie;31002;1610A;1;1;1,5;1\n", "2022 » = « 1,5 » .31002, 1610A."),
        ("X;GS1 Industrie;31002;1610A;1;1;1;-1\n", "Effectifs salariés 2022 » = « -1"),
        ("X;GS9 Pêche;31002;1610A;1;1;1;1\n", "« GS9 Pêche » inconnu"),
        ("X;GS2 Construction;31002;4399A;1;1;1;1\n", "clé répétée .31002, 43.99A"),
    ],
)
def test_what_no_count_can_be_is_refused(write, communes, line, message) -> None:
    with pytest.raises(SchemaError, match=message):
        read_urssaf_ape(write("ape.csv", APE + line.encode()), communes=communes)


def test_a_figure_whose_pair_is_not_there_is_refused(write, communes) -> None:
    named = APE.replace("Effectifs salariés 2022".encode(), b"Effectifs 2022")
    with pytest.raises(SchemaError, match="« Effectifs salariés 2022 » absente"):
        read_urssaf_ape(write("ape.csv", named), communes=communes)


def test_a_file_of_other_communes_is_refused(write, communes) -> None:
    elsewhere = communes.assign(code_insee=["65001", "65002"])
    with pytest.raises(SchemaError, match="aucune ligne dans les communes de l'étude"):
        read_urssaf_ape(write("ape.csv", APE), communes=elsewhere)


def test_the_real_extract_agrees_with_a_brute_force() -> None:
    if not EXTRACT.is_file():
        pytest.skip("../shared/data/employment absent")
    plain = pd.read_csv(EXTRACT, sep=";", dtype=str, encoding="utf-8-sig")
    communes = plain[["Code commune"]].set_axis(["code_insee"], axis=1)
    for year, asked in ((2022, None), (2010, 2010)):
        found = read_urssaf_ape(EXTRACT, communes=communes, year=asked)
        sums = found.table.groupby("measure")["value"].sum()
        employers = plain[f"Nombre d'établissements {year}"].dropna().astype(int)
        assert sums["employers"] == employers.sum()
        assert len(found.table) == 2 * len(employers)
        employees = plain[f"Effectifs salariés {year}"].dropna().astype(int)
        assert sums["employees"] == employees.sum()


SAMPLES = {
    "urssaf_ape": Source(
        "Employeurs et salariés par commune et APE (URSSAF), CSV",
        ("read_urssaf_ape",),
        "ape.csv",
        placed(read_urssaf_ape),
        APE,
        table="activity_ape",
        encoding="utf-8-sig",
        entered=lambda result, _: len(result.table) // 2,
    ),
}
