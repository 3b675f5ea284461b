"""What « eitgeo compare » shows, and with which code it refuses."""

import io
import shutil
from pathlib import Path

from rich.console import Console
from typer.testing import CliRunner

from eitgeo.cli.app import app
from eitgeo.cli.compare import show_comparison
from eitgeo.commands.compare import Comparison

ROOT = Path(__file__).resolve().parents[2]


def shown(found: Comparison, width: int = 160) -> str:
    """Return what the console shows, wide enough for every column."""
    console = Console(file=io.StringIO(), width=width)
    show_comparison(console, found)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_two_perimeters_come_with_their_gap() -> None:
    text = shown(
        Comparison(
            names=("Amont [nord]", "Aval"),
            rows=(("Délibérations à réunir", "O", "4", "8", "+4"),),
            notes=("DÉMONSTRATION – essai",),
            files=(Path("maps/DEMO_comparaison_a_b.xlsx"),),
        )
    )
    assert "A : Amont [nord]" in text
    assert "B − A" in text
    assert "+4" in text
    assert text.index("DÉMONSTRATION") < text.index("Délibérations")
    assert "DEMO_comparaison_a_b.xlsx" in text


def test_three_perimeters_come_without_a_gap() -> None:
    rows = (("Départements", "O", "1", "2", "3"),)
    text = shown(Comparison(("Un", "Deux", "Trois"), rows, (), ()))
    assert "C : Trois" in text
    assert "B − A" not in text


def test_no_number_and_no_word_is_broken_on_a_narrow_console() -> None:
    order = "≈ 1\u202f000\u202f000\xa0t·km/an "
    order += "(700\xa0000 à 2\u202f000\u202f000)"
    label = "Part détournable de l'enfouissement des intercommunalités"
    rows = ((label, "H", order, order, "+2\u202f000\u202f000\xa0t·km/an"),)
    for names in (("Un", "Deux"), ("Un", "Deux", "Trois")):
        cells = rows if len(names) == 2 else ((*rows[0][:4], order),)
        text = shown(Comparison(names, cells, (), ()), width=80)
        assert max(map(len, text.splitlines())) <= 80
        assert text.count("1\u202f000\u202f000") == len(names)
        assert "2\u202f000\u202f000" in text
        assert "l’enfouissement" in text
        assert "intercommunalités" in text
        assert "…" not in text


def test_a_study_that_has_not_been_run_is_told(tmp_path) -> None:
    study = shutil.copy(ROOT / "study.yaml", tmp_path / "study.yaml")
    done = CliRunner().invoke(app, ["compare", "a", "b", "--study", str(study)])
    assert done.exit_code == 1
    assert "perimeters" in done.output
