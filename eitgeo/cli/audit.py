"""The command that audits what a study publishes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eitgeo.cli.french import FrenchTyper
from eitgeo.cli.shared import BAD_STUDY, INTERRUPTED, open_study, refuse, refusing, say
from eitgeo.errors import EitgeoError
from eitgeo.store import new_files, write_bytes

FOUND = 1

audit_app = FrenchTyper()


@audit_app.command(help="Chercher si ce qui est publié livre un montant secret.")
def audit(
    study: Annotated[
        Path, typer.Argument(metavar="ÉTUDE", help="Le fichier de l'étude.")
    ] = Path("study.yaml"),
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Celui d'« eitgeo run » : où sont « maps » et les tables."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="DOSSIER", help="Une autre édition publiée : son dossier « maps »."
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Compter aussi ce que la règle des 85 % admet."),
    ] = False,
    csv: Annotated[
        Path | None,
        typer.Option(
            metavar="FICHIER", help="Écrire la liste des cases trouvées, sans montant."
        ),
    ] = None,
) -> None:
    """Audit what a study publishes."""
    # The solver and the tables take a second to import: other commands do without.
    from eitgeo.audit import auditing, report  # noqa: PLC0415

    project = open_study(study, out=out)
    try:
        result = auditing.audit_study(project, against=against)
    except EitgeoError as error:
        refuse(error, code=BAD_STUDY)
    except KeyboardInterrupt:
        typer.echo("Interrompu.")
        raise typer.Exit(INTERRUPTED) from None
    say(report.audit_lines(result, strict=strict))
    if csv is not None:
        text = report.finding_table(result, strict=strict).to_csv(index=False)
        with refusing(code=BAD_STUDY), new_files():
            write_bytes(csv, text.encode("utf-8-sig"))
    if not report.is_clean(result, strict=strict):
        raise typer.Exit(FOUND)
