"""The command that audits what a study publishes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eitgeo.cli.french import FrenchTyper
from eitgeo.cli.shared import BAD_STUDY, INTERRUPTED, open_study, plain, refuse, say
from eitgeo.errors import EitgeoError

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
        _write(csv, report.finding_table(result, strict=strict).to_csv(index=False))
    if not report.is_clean(result, strict=strict):
        raise typer.Exit(FOUND)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8-sig")
    except OSError as error:
        typer.echo(plain(f"{path} : écriture impossible ({error.strerror})"), err=True)
        raise typer.Exit(BAD_STUDY) from None
