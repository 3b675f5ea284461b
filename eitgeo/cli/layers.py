"""The commands that QGIS needs: tasks on layers, and its own provider in a zip."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eitgeo.cli.french import FrenchTyper
from eitgeo.cli.shared import BAD_STUDY, FAILED, INTERRUPTED, refuse, refusing, say
from eitgeo.errors import EitgeoError, StudyError

layers_app = FrenchTyper()


@layers_app.command(
    hidden=True,
    help="Faire, sur des couches, ce qu'un fichier JSON demande (docs/qgis.md).",
)
def layers(
    task: Annotated[
        Path, typer.Argument(metavar="TÂCHE.json", help="La tâche et ses fichiers.")
    ],
) -> None:
    """Run a task on layers."""
    # The library takes a second to import: other commands do without it.
    from eitgeo.commands.layer_tasks import run_task  # noqa: PLC0415

    try:
        run_task(task)
    except StudyError as error:
        refuse(error, code=BAD_STUDY)
    except EitgeoError as error:
        refuse(error, code=FAILED)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


@layers_app.command("qgis-plugin", help="Écrire l'extension QGIS (un zip à installer).")
def qgis_plugin(
    destination: Annotated[
        Path, typer.Argument(metavar="FICHIER.zip", help="Le fichier à écrire.")
    ] = Path("eitgeo_qgis.zip"),
) -> None:
    """Write the QGIS provider as a zip."""
    from eitgeo.commands.qgis_plugin import write_plugin  # noqa: PLC0415

    with refusing(code=FAILED):
        written = write_plugin(destination)
    say([f"{written.name} : dans QGIS, Extensions ▸ Installer depuis un ZIP."])
