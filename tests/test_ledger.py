"""A figure of a table is printed as its row says, and the ledger remembers it."""

from pathlib import Path

import pytest

from eitgeo.ledger import (
    LEDGER,
    NUMBER,
    Place,
    headed,
    read_ledger,
    record,
    short,
    told,
)

ROW = {"value": 38_412.0, "low": 19_000.0, "high": 81_000.0, "evidence": "H"}
AT = Place("lever_totals", "tonnes")


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_value_bounds_and_class_are_those_of_the_row() -> None:
    text = plain(told(ROW, AT, unit="t/an"))
    assert text == "de l’ordre de 40 000 t/an (20 000 à 80 000)"
    budget = {"mid": 1234.0, "low": 980.0, "high": 1449.0, "evidence": "S"}
    place = Place("animation_budget", "poste / 1", "mid")
    assert plain(told(budget, place, unit="€")) == "1 200 € (980 à 1 400)"
    alone = {"n_sites": 97.0, "evidence": "O"}
    place = Place("zones_public", "Z001", "n_sites")
    assert told(alone, place, unit="nombre") == "97"
    assert told(alone, place, unit="nombre", evidence="H") == "de l’ordre de 100"


def test_short_forms_round_as_the_whole_one_does() -> None:
    assert plain(short(164, AT, evidence="H")) == "≈ 200"
    assert plain(short(164, AT, evidence="O")) == "164"
    assert plain(headed(96.2, AT, evidence="H", unit="%")) == "96 %"
    assert headed(float("nan"), AT, evidence="H", unit="%") == "–"


def test_the_ledger_remembers_each_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(ROW, AT, unit="t/an")
    assert list(read_ledger(tmp_path)) == []
    monkeypatch.setenv(LEDGER, str(tmp_path / "registre"))
    told(ROW, AT, unit="t/an")
    headed(38_412.0, AT, evidence="H", unit="t/an")
    record(AT, 40_000.0)
    record(AT, float("nan"))
    found = list(read_ledger(tmp_path / "registre"))
    assert {one.place for one in found} == {AT}
    assert [one.number for one in found] == [40_000.0, 40_000.0, 40_000.0, None]
    assert len({one.form for one in found}) == 3
    assert found[-1].form == NUMBER
