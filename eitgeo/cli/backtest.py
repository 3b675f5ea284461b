"""The command that holds the calculation against what firms declared."""

from __future__ import annotations

import csv as csv_files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eitgeo.cli.french import FrenchTyper
from eitgeo.cli.shared import BAD_STUDY, INTERRUPTED, open_study, plain, refuse, say
from eitgeo.errors import EitgeoError, StudyError

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.study.project import Project

DOES_NOT_HOLD = 1
_HEADS = (
    *("mesure", "etablissements", "declare", "cible"),
    *("si_independants", "si_le_calcul_est_juste", "verdict"),
)

backtest_app = FrenchTyper()


@backtest_app.command(help="Confronter le calcul aux déchets déclarés (IREP).")
def backtest(
    study: Annotated[
        Path, typer.Argument(metavar="ÉTUDE", help="Le fichier de l'étude.")
    ] = Path("study.yaml"),
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Celui d'« eitgeo run » : où sont les tables."),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(metavar="FICHIER", help="Écrire le tableau des mesures."),
    ] = None,
) -> None:
    """Hold the calculation of a study against the declarations that it names."""
    # The tables take a second to import: other commands do without them.
    from eitgeo.flows.arisings.backtest_words import backtest_lines  # noqa: PLC0415

    project = open_study(study, out=out)
    try:
        table = _table(project)
    except EitgeoError as error:
        refuse(error, code=BAD_STUDY)
    except KeyboardInterrupt:
        typer.echo("Interrompu.")
        raise typer.Exit(INTERRUPTED) from None
    say(backtest_lines(table))
    if csv is not None:
        _write(csv, table)
    whole = table[table["item"] == ""]
    if whole["verdict"].eq("non_tenu").any():
        raise typer.Exit(DOES_NOT_HOLD)


def _table(project: Project) -> pd.DataFrame:
    # The readers take a second to import: other commands do without them.
    from eitgeo.steps.flows.backtest import declared_tables  # noqa: PLC0415

    if not project.study.arisings.declarations:
        message = (
            "« arisings.declarations » : aucune déclaration → y nommer des archives de "
            "l'IREP (AAAA.zip), puis « eitgeo run »"
        )
        raise StudyError(message)
    return declared_tables(project)["backtest"]


def _write(path: Path, table: pd.DataFrame) -> None:
    from eitgeo.flows.arisings.backtest_words import backtest_rows  # noqa: PLC0415

    try:
        with path.open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv_files.writer(handle, lineterminator="\n")
            writer.writerows([_HEADS, *(row[1:] for row in backtest_rows(table))])
    except OSError as error:
        typer.echo(plain(f"{path} : écriture impossible ({error.strerror})"), err=True)
        raise typer.Exit(BAD_STUDY) from None
