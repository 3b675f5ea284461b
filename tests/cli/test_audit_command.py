"""The command says what was found and ends with a code."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from eitgeo.audit.auditing import Audit, audit_editions
from eitgeo.cli.app import app
from tests.audit.leaks import block, edition

ROOT = Path(__file__).resolve().parents[2]
STUDY = str(ROOT / "study.yaml")


def run(found: Audit, monkeypatch, *options: str):
    """Run the command as if the audit had found something."""
    monkeypatch.setattr("eitgeo.audit.auditing.audit_study", lambda *_, **__: found)
    return CliRunner().invoke(app, ["audit", STUDY, *options])


@pytest.fixture(scope="module")
def leak() -> Audit:
    """Return the audit of a folder that tells what a firm throws away."""
    blocks = [*block("ac", 111.0), *block("b", 50.0), *block("d", 44.0)]
    return audit_editions(edition(blocks))


def test_nothing_found_ends_with_0(monkeypatch) -> None:
    done = run(audit_editions(edition()), monkeypatch)
    assert done.exit_code == 0
    assert "RIEN TROUVÉ" in done.stdout


def test_a_cell_known_too_well_ends_with_1_and_its_amount_is_not_told(
    leak, monkeypatch
) -> None:
    done = run(leak, monkeypatch)
    assert done.exit_code == 1
    assert "entreprise firm_b0 à b (deposit_t, value)" in done.stdout
    assert "connu des deux côtés" in done.stdout
    assert "50" not in done.stdout


def test_the_list_of_cells_holds_no_amount(leak, monkeypatch, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    assert run(leak, monkeypatch, "--csv", str(path)).exit_code == 1
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "genre,nom,flux,bas_pct,haut_pct,cote"
    assert len(lines) == 1 + len(leak.findings)
    # Of the firm's 50 jobs, the register tells « 50 à 99 »: what is new is their top.
    told = [line for line in lines[1:] if not line.endswith(",deux")]
    assert told == ['entreprise,firm_b0 à b,"industry_jobs, value",-0.0,0.0,haut']


def test_what_the_rule_admits_counts_where_it_is_asked(monkeypatch) -> None:
    rows = block("abc", 161.0, top_low=50.0, top_high=99.0)
    found = audit_editions(
        edition([*block("abc", 161.0)[:1], rows[1], *block("d", 44.0)])
    )
    assert run(found, monkeypatch).exit_code == 0
    assert run(found, monkeypatch, "--strict").exit_code == 1


def test_a_study_that_was_not_run_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["audit", STUDY, "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "eitgeo run" in done.stderr


def test_an_absent_study_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["audit", str(tmp_path / "study.yaml")])
    assert done.exit_code == 2
