"""A figure of a table is printed as its row says, and the ledger remembers it."""

from pathlib import Path
from runpy import run_path
from typing import Any

import numpy as np
import pytest

from eitgeo import ledger
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
    assert text == "≈ 40 000 t/an (20 000 à 80 000)"
    budget = {"mid": 1234.0, "low": 980.0, "high": 1449.0, "evidence": "S"}
    place = Place("animation_budget", "poste / 1", "mid")
    assert plain(told(budget, place, unit="€")) == "1 200 € (980 à 1 400)"
    alone = {"n_sites": 97.0, "evidence": "O"}
    place = Place("zones_public", "Z001", "n_sites")
    assert told(alone, place, unit="nombre") == "97"
    assert told(alone, place, unit="nombre", evidence="H") == "≈\xa0100"


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


UNTOLD = {
    "cli/ask/run.py": 5,  # letters and lines, counted as they are written
    "cli/survey/sheets.py": 2,  # an answer, in the private folder
    "commands/real_choice.py": 1,  # a choice before there is a study
    "dossier/chapters/belief.py": 1,  # a factor, as it was put in
    "dossier/chapters/levers.py": 2,  # idem
    "dossier/chapters/matter.py": 2,  # two ends, worked out
    "maps/comparator/page.py": 2,  # sums of the data of the page, as its script
    "maps/paper/canvas.py": 1,  # ticks
    "maps/paper/layers.py": 1,  # a threshold
    "maps/paper/layout.py": 1,  # a scale bar
    "maps/prints/count_map.py": 2,  # bounds of classes
    "maps/prints/destination_maps.py": 1,  # what is near, as printed
    "maps/prints/flow_maps.py": 5,  # idem; the class of what is printed
    "maps/prints/graphs.py": 2,  # settings
    "maps/refusal_page/page.py": 3,  # rows
    "maps/roads/closures.py": 1,  # bounds of classes
    "maps/roads/layers.py": 1,  # idem
    "maps/roads/reach.py": 3,  # limits in minutes
    "maps/words/cards.py": 4,  # gaps of printed figures; of any pair
    "maps/words/governance_words.py": 7,  # told by `record`
    "maps/words/hypotheses.py": 5,  # rows of registers
    "maps/words/refusal_words.py": 2,  # compared with a line
    "maps/words/sentences.py": 1,  # a setting
    "maps/workbooks/flow_table.py": 3,  # a factor as put in; two ends of a rule
    "steps/documents/parameters.py": 1,  # settings
    "steps/flows/allocation.py": 1,  # a gap of the solver
    "steps/flows/arisings.py": 1,  # a warning
    "steps/flows/backtest.py": 1,  # a share of observations
    "steps/flows/participation.py": 1,  # a setting
    "steps/inputs/losses.py": 1,  # rows left out
    "steps/inputs/territory.py": 1,  # a setting
    "steps/roads/distances.py": 1,  # places too far from a road
    "steps/roads/roads.py": 1,  # ground of the extract
}
"""Module → how many of its lines write a number that is no cell of a table."""


def test_numbers_written_beside_the_ledger_are_few_and_known() -> None:
    script = Path(__file__).resolve().parents[1] / "scripts" / "untold_figures.py"
    found = run_path(str(script))["untold"]()
    assert {name: len(lines) for name, lines in found.items()} == UNTOLD


def test_a_number_written_beside_the_ledger_is_seen(tmp_path: Path) -> None:
    script = Path(__file__).resolve().parents[1] / "scripts" / "untold_figures.py"
    path = tmp_path / "a.py"
    path.write_text(
        "from eitgeo.ledger import plain\n"
        "from eitgeo.words import french_number, tied\n"
        "x = french_number(3), plain(4, AT), tied('a')\n"
        "y = map(french_number, [1])\n",
        encoding="utf-8",
    )
    told, lines = run_path(str(script))["calls_in"](path)
    assert (told["told"], lines) == (1, [3, 4])


def test_plain_and_rounded_figures_are_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LEDGER, str(tmp_path))
    assert plain(ledger.plain(2_597.4, AT, unit="km")) == "2 597 km"
    assert plain(ledger.plain(0.125, AT, decimals=None)) == "0,125"
    three: Any = np.int64(3)
    assert ledger.plain(three, AT, decimals=None) == "3"
    assert ledger.rounded(96.2, AT, evidence="H", unit="%") == 96
    found = [one.number for one in read_ledger(tmp_path)]
    assert found == [2_597.0, 0.125, 3.0, 96.0]
