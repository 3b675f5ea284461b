"""CSV rows: what is refused, on which line, with which remedy."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.check import Faults
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.files import rows as _rows

HEADER = "code_insee,amount,flag\n"


def read(path):
    return _rows.read_rows(path, columns=["code_insee", "amount", "flag"])


def test_rows_keep_the_line_of_the_file_and_the_zero(write):
    rows = read(write("a.csv", HEADER + '09001,"1\n2",true\n\n 31002 ,3,\n'))
    assert rows["code_insee"].to_dict() == {3: "09001", 5: "31002"}
    assert rows.loc[3, "amount"] == "1\n2"
    assert rows.loc[5, "flag"] == ""


def test_a_byte_order_mark_is_skipped(write):
    rows = read(write("a.csv", ("\ufeff" + HEADER + "09001,1,true\n").encode()))
    assert list(rows.columns) == ["code_insee", "amount", "flag"]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (b"", SourceError, r"a\.csv : fichier vide \(0 octet\)"),
        (HEADER.encode(), SourceError, "fichier vide .un en-tête sans ligne."),
        (b"code_insee,amount,flag\nS\xe9,1,true\n", SourceError, "CSV UTF-8"),
        (b"code_inse,amount,flag\n1,2,3\n", SchemaError, "« code_inse »"),
        (b"code_insee;amount;flag\n1;2;3\n", SchemaError, "séparateur « ; »"),
        (HEADER.encode() + b"09001,1\n", SchemaError, "ligne 2 : 2 cellules pour 3"),
    ],
)
def test_files_that_cannot_be_read(write, content, error, message):
    with pytest.raises(error, match=message):
        read(write("a.csv", content))


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"nulle\.csv : fichier absent"):
        read(tmp_path / "nulle.csv")


def test_every_fault_is_told_at_once_with_its_line(write):
    path = write(
        "a.csv", HEADER + '9001,1,true\n31002,12;5,oui\n3100,"1,5",false\n09001,,\n'
    )
    rows = read(path)
    faults = Faults(path.name)
    _rows.check_codes(rows, known={"31002"}, faults=faults)
    amounts = _rows.to_numbers(rows, "amount", faults=faults)
    _rows.to_flags(rows, "flag", faults=faults)
    told = "\n".join(faults.items)
    assert "ligne 2 : code commune « 9001 » sans son zéro de tête" in told
    assert "ligne 3 : « amount » = « 12;5 »" in told
    assert "ligne 4 : « amount » = « 1,5 » → virgule décimale : écrire « 1.5 »" in told
    assert "ligne 3 : « flag » = « oui »" in told
    assert "ligne 5 : commune « 09001 » absente" in told
    assert len(faults.items) == 7
    assert amounts.dropna().to_dict() == {2: 1.0}


def test_counts_refuse_blanks_signs_and_decimals(write):
    rows = read(write("a.csv", HEADER + "a,12,\nb,,\nc,-1,\nd,1.0,\ne,1 000,\n"))
    faults = Faults("a.csv")
    assert _rows.to_counts(rows, "amount", faults=faults).tolist() == [12, 0, 0, 0, 0]
    assert [item[:7] for item in faults.items] == [f"ligne {n}" for n in (3, 4, 5, 6)]


def test_choices_name_the_nearest_value(write):
    rows = read(write("a.csv", HEADER + "a,publi,\n"))
    faults = Faults("a.csv")
    _rows.check_choices(
        rows, "amount", allowed=("publie", "a_confirmer"), faults=faults
    )
    assert faults.items == [
        (
            "ligne 2 : « amount » = « publi » → vouliez-vous dire « publie » ? "
            "Valeurs admises : a_confirmer, publie"
        )
    ]


def test_a_repeated_key_is_told_on_its_second_line(write):
    rows = read(write("a.csv", HEADER + "a,1,\nb,1,\na,1,\n"))
    faults = Faults("a.csv")
    _rows.check_key(rows, ["code_insee", "amount"], faults=faults)
    assert faults.items == ["ligne 4 : clé répétée (a, 1) → garder une seule ligne"]


def test_a_repeated_key_that_is_absent_is_told_too():
    rows = pd.DataFrame({"code_insee": [None, None]}, index=[2, 3], dtype="object")
    faults = Faults("a.json")
    _rows.check_key(rows, ["code_insee"], faults=faults)
    assert faults.items == ["ligne 3 : clé répétée () → garder une seule ligne"]


def test_intervals_must_be_in_order():
    index = pd.Index([2, 3, 4])
    low, mid, high = (
        pd.Series(values, index=index)
        for values in ([1.0, 5, float("nan")], [2.0, 4, 3], [3.0, 6, float("nan")])
    )
    faults = Faults("a.csv")
    _rows.check_order(low, mid, high, faults=faults)
    assert faults.items == [
        "ligne 3 : intervalle 5 – 4 – 6 désordonné → bas ≤ central ≤ haut"
    ]


@given(st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 100), min_size=1))
def test_numbers_come_back_as_written(values):
    rows = pd.DataFrame({"amount": [f"{value:.2f}" for value in values]}, dtype=str)
    faults = Faults("a.csv")
    assert _rows.to_numbers(rows, "amount", faults=faults).tolist() == values
    assert faults.items == []


def test_a_column_given_twice_is_refused(write):
    path = write("a.csv", "x,y,x\n1,2,3\n")
    with pytest.raises(SchemaError, match=r"a\.csv.*\n.*« x » présente 2 fois → n'en"):
        _rows.read_rows(path, columns=["y"])


def test_a_number_past_any_count_is_refused(write):
    rows = _rows.read_rows(write("a.csv", f"x,y\n{'9' * 40},1\n"), columns=["x"])
    faults = Faults("a.csv")
    assert _rows.to_counts(rows, "x", faults=faults).tolist() == [0]
    assert len(faults.items) == 1
