"""The command says what declarations tell of the calculation, and ends with a code."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from eitgeo.cli.app import app
from eitgeo.steps.flows import backtest as computing
from eitgeo.tables.schema import empty_table

ROOT = Path(__file__).resolve().parents[2]
NAN = float("nan")


def row(measure: str, item: str = "", **told: object) -> dict[str, Any]:
    """Return a row of the table."""
    known = {"measure": measure, "item": item, "n_sites": 20, "declared_t": 9e4}
    years = {"first_year": 2018, "last_year": 2019, "verdict": "tenu"}
    names = ("observed", "expected", "low", "high", "law_low", "law_high")
    return dict.fromkeys(names, NAN) | known | years | told


def coverage(**told: object) -> dict[str, Any]:
    """Return the row of the share of sites."""
    bounds = {"low": 53.4, "high": 88.8, "law_low": 60.0, "law_high": 95.0}
    known = row("coverage_sites", observed=75.0, expected=80.0)
    return known | bounds | told


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run the command as if these rows had been found."""
    text = (ROOT / "study.yaml").read_text(encoding="utf-8")
    named = text.replace("  # declarations: [data", "  declarations: [data")
    assert named != text
    path = tmp_path / "study.yaml"
    path.write_text(named, encoding="utf-8")

    def done(*rows: dict[str, object], options: tuple[str, ...] = ()):
        table = pd.DataFrame(rows) if rows else empty_table("backtest")
        found = {"backtest": table}
        monkeypatch.setattr(computing, "declared_tables", lambda _: found)
        return CliRunner().invoke(app, ["backtest", str(path), *options])

    return done


def plain(text: str) -> str:
    """Put plain spaces in place of those that do not break."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace(
        "\N{NARROW NO-BREAK SPACE}", " "
    )


def test_what_holds_ends_with_0_and_both_intervals_are_told(run) -> None:
    ratio = row("median_ratio", "16", observed=1.234, expected=1.0, law_low=0.0)
    aside = row("set_aside", "headcount_unknown", n_sites=3, verdict="")
    done = run(coverage(), ratio, aside)
    assert done.exit_code == 0
    told = plain(done.stdout)
    assert "Déclarations de 2018 à 2019 (IREP)" in told
    assert "75 % (cible 80 % ± 5 points ; 20 établissements" in told
    assert "indépendants 53 % à 89 % ; un calcul juste donne 60 % à 95 %" in told
    assert "(NAF 16) : 1,23 (cible 1,00 ; 20 établissements) : tenu" in told
    assert "Établissements à part : 3 d’effectif inconnu." in told
    assert (
        "Seuls sont déclarés les déchets non dangereux de plus de 2 000 tonnes par an"
        in told
    )


def test_what_does_not_hold_ends_with_1(run) -> None:
    assert run(coverage(verdict="non_tenu")).exit_code == 1
    # A division alone decides nothing: there are many.
    assert run(row("median_ratio", "16", verdict="non_tenu")).exit_code == 0


def test_the_table_is_written(run, tmp_path) -> None:
    path = tmp_path / "mesures.csv"
    assert run(coverage(), options=("--csv", str(path))).exit_code == 0
    head, line = path.read_text(encoding="utf-8-sig").splitlines()
    assert head.startswith("mesure,etablissements,declare,cible")
    assert plain(line).endswith("20,75 %,80 % ± 5 points,53 % à 89 %,60 % à 95 %,tenu")


def test_nobody_who_declared_is_said(run) -> None:
    done = run()
    assert (done.exit_code, "Aucun établissement" in done.stdout) == (0, True)


def test_a_study_without_declarations_is_refused_with_what_to_do() -> None:
    done = CliRunner().invoke(app, ["backtest", str(ROOT / "study.yaml")])
    assert done.exit_code == 2
    assert "aucune déclaration → y nommer des archives" in done.stderr
