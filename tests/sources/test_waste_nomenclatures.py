"""Nomenclatures and factors of the waste folder: what each gives and refuses."""

from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.naf_rev2 import NAF_LEVELS, read_naf_rev2
from eitgeo.sources.trackdechets_codes import (
    read_operation_headings,
    read_waste_codes,
    read_waste_operations,
)
from eitgeo.sources.transport_factors import read_energy_factors, read_road_freight
from tests.sources.mutate import (
    FORMULA,
    MARKUP,
    assert_reads_or_refuses,
    count_rows,
    mutated_csv,
)

CODES = 'code,description\n"15 01 01",cartons\n"01 03 04*",stériles\n'
OPERATIONS = "code,description\nR 13,Stockage\nD 9 F,Traitement\nD 1,Dépôt\n"
HEADINGS = "code_operation,rubrique\nD5,2760-2\nR13,2711\nD5,2760-1\n"
NAF = (
    ",".join(f"{part}_{level}" for level in NAF_LEVELS for part in ("code", "libelle"))
    + "\nC,Industrie,10,Aliments,10.5,Lait,10.51,Lait et fromage,10.51A,Lait liquide"
    + "\nC,Industrie,10,Aliments,10.5,Lait,10.51,Lait et fromage,10.51C,Fromage\n"
)
ENERGY = (
    "source_energie,unite,amont_kgCO2,fonctionnement_kgCO2,total_kgCO2\n"
    "Gazole,litre,0.58,2.49,3.07\nÉlectricité,kWh,0.053,0,0.053\n"
)
FREIGHT = (
    "vehicule,charge_moyenne_t_trajets_a_vide_inclus,gazole_routier_l_par_km,"
    "gazole_non_routier_l_par_km,kgCO2_par_km_fonctionnement,kgCO2_par_km_total,"
    'kgCO2_par_tkm_total\n"Benne, 40 t",12.5,0.427,,1.0632,1.3109,0.10487\n'
    "Porteur frigorifique,3.3,0.27,0.055,0.8093,0.9978,0.30235\n"
)
CASES = {
    "codes": (CODES, read_waste_codes),
    "operations": (OPERATIONS, read_waste_operations),
    "headings": (HEADINGS, read_operation_headings),
    "naf": (NAF, read_naf_rev2),
    "energy": (ENERGY, read_energy_factors),
    "freight": (FREIGHT, read_road_freight),
}


def test_a_star_says_hazardous(write):
    table = read_waste_codes(write("c.csv", CODES)).table
    assert table.to_numpy().tolist() == [
        ["01 03 04*", "stériles", True],
        ["15 01 01", "cartons", False],
    ]


def test_operations_lose_their_blanks_and_keep_their_purpose(write):
    table = read_waste_operations(write("o.csv", OPERATIONS)).table
    assert table.to_numpy().tolist() == [
        ["D1", "Dépôt", "elimination"],
        ["D9F", "Traitement", "elimination"],
        ["R13", "Stockage", "valorisation"],
    ]


def test_headings_are_pairs(write):
    loaded = read_operation_headings(write("h.csv", HEADINGS + "D5,2760-1\n"))
    assert loaded.table.to_numpy().tolist() == [
        ["D5", "2760-1"],
        ["D5", "2760-2"],
        ["R13", "2711"],
    ]
    assert loaded.dropped["reason"].tolist() == ["ligne répétée (D5, 2760-1)"]


def test_each_level_has_its_label_and_its_parent(write):
    table = read_naf_rev2(write("n.csv", NAF)).table
    assert table.to_numpy().tolist() == [
        ["10", "division", "Aliments", "C"],
        ["10.5", "groupe", "Lait", "10"],
        ["10.51", "classe", "Lait et fromage", "10.5"],
        ["10.51A", "sous_classe", "Lait liquide", "10.51"],
        ["10.51C", "sous_classe", "Fromage", "10.51"],
        ["C", "section", "Industrie", ""],
    ]


def test_factors_are_numbers_and_a_wrong_sum_is_told(write):
    loaded = read_energy_factors(write("e.csv", ENERGY.replace("3.07", "3.17")))
    assert loaded.table["total_kgco2"].tolist() == [3.17, 0.053]
    assert loaded.notes[["row", "subject", "kind", "detail"]].to_numpy().tolist() == [
        ["2", "Gazole", "incoherent", "« total_kgco2 » : 3.17 au lieu de 3.07"]
    ]
    freight = read_road_freight(write("f.csv", FREIGHT))
    assert freight.table["mean_load_t"].tolist() == [12.5, 3.3]
    assert freight.table["off_road_diesel_l_per_km"].isna().tolist() == [True, False]
    assert freight.notes.empty


@pytest.mark.parametrize(
    ("case", "change", "told"),
    [
        ("codes", ("15 01 01", "150101"), "ligne 2 : « waste_code » = « 150101 »"),
        ("codes", ("cartons", ""), "ligne 2 : libellé absent"),
        ("codes", ("description", "libelle"), "« description » absente"),
        ("operations", ("R 13", "T 13"), "ligne 2 : « operation » = « T13 » mal formé"),
        ("headings", ("2711", "711"), "ligne 3 : « heading » = « 711 » mal formé"),
        ("naf", ("10.51A,", "0.51A,"), "ligne 2 : « code_sous_classe » = « 0.51A »"),
        ("naf", ("10.51C", "10.52C"), "ligne 3 : « 10.52C » n'est pas dans « 10.51 »"),
        ("naf", ("C,Industrie", "C,Usine"), "ligne 3 : deux libellés pour « C »"),
        ("naf", ("C,Industrie", "D,Énergie"), "ligne 3 : deux rattachements pour « 10"),
        ("energy", ("2.49", "-2.49"), "« use_kgco2 » = « -2.49 » → valeur ≥ 0"),
        ("energy", ("2.49", ""), "ligne 2 : « use_kgco2 » absent"),
        ("energy", ("0.58", "0,58"), "cellules pour 5 colonnes"),
        ("freight", ("12.5", "douze"), "ligne 2 : « mean_load_t » = « douze »"),
    ],
)
def test_faults_are_told(write, case, change, told):
    valid, reader = CASES[case]
    met_text, new_text = change
    assert met_text in valid
    with pytest.raises(SchemaError) as met:
        reader(write("a.csv", valid.replace(met_text, new_text, 1)))
    assert told in str(met.value)
    assert str(met.value).startswith("a.csv : ")


@pytest.mark.parametrize("case", sorted(CASES))
def test_files_without_a_row_are_refused(write, case):
    valid, reader = CASES[case]
    for content in (b"", valid.split("\n")[0].encode(), valid.encode("utf-16")):
        with pytest.raises(SourceError, match=r"a\.csv : .* → "):
            reader(write("a.csv", content))


def test_labels_are_data(write):
    text = CODES.replace("cartons", FORMULA).replace("stériles", MARKUP)
    labels = read_waste_codes(write("c.csv", text)).table["label"].tolist()
    assert labels == [MARKUP, FORMULA]


@pytest.mark.parametrize("case", sorted(CASES))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_spoilt_files_are_read_or_refused(case, tmp_path, data):
    valid, reader = CASES[case]
    path = tmp_path / "a.csv"
    path.write_bytes(data.draw(mutated_csv(valid.encode(), separator=",")))

    def entered(loaded):
        table = loaded.table
        return (table["level"] == "sous_classe").sum() if case == "naf" else len(table)

    rows_in = partial(count_rows, separator=",")
    assert_reads_or_refuses(reader, path, rows_in=rows_in, entered=entered)


def test_the_real_files(shared):
    folder = shared / "waste"
    codes = read_waste_codes(folder / "stg_codes_dechets.csv").table
    assert len(codes) == 842
    assert codes["is_hazardous"].sum() == 408
    assert (
        len(read_waste_operations(folder / "codes_operations_traitements.csv").table)
        == 29
    )
    headings = read_operation_headings(
        folder / "stg_referentiel_codes_operation_rubriques.csv"
    )
    assert len(headings.table) + len(headings.dropped) == 103
    naf = read_naf_rev2(folder / "stg_naf_2008.csv").table
    # INSEE, NAF rév. 2: 21 sections, 88 divisions, 272 groups, 615 classes, 732.
    assert naf["level"].value_counts()[list(NAF_LEVELS)].tolist() == [
        21,
        88,
        272,
        615,
        732,
    ]
    energy = read_energy_factors(folder / "energy_factors.csv")
    freight = read_road_freight(folder / "road_freight_level1.csv")
    assert (len(energy.table), len(energy.notes)) == (6, 0)
    assert (len(freight.table), len(freight.notes)) == (19, 0)
