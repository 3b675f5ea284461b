"""Commands and their options."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Annotated, Literal

import typer

from eitgeo import __version__
from eitgeo.cli.ask.app import ask_app
from eitgeo.cli.audit import audit_app
from eitgeo.cli.french import FrenchTyper
from eitgeo.cli.layers import layers_app
from eitgeo.cli.shared import (
    BAD_STUDY,
    BUSY,
    FAILED,
    INTERRUPTED,
    open_console,
    open_study,
    plain,
    refuse,
    refusing,
    say,
)
from eitgeo.cli.survey.app import survey_app
from eitgeo.cli.territories import territory_app
from eitgeo.errors import EitgeoError, StudyError

_HELP = "Délimiter, mesurer et comparer des périmètres d'écologie industrielle."

StudyPath = Annotated[
    Path, typer.Argument(metavar="ÉTUDE", help="Le fichier de l'étude.")
]

app = FrenchTyper(
    add_completion=False,
    help=_HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(survey_app, name="survey")
app.add_typer(territory_app)
app.add_typer(audit_app)
app.add_typer(layers_app)
app.add_typer(ask_app)


def _show_version(asked: bool) -> None:  # noqa: FBT001
    if asked:
        typer.echo(f"eitgeo {__version__}")
        raise typer.Exit


@app.callback(help=_HELP)
def main(
    *,
    version: Annotated[  # noqa: ARG001
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="La version."
        ),
    ] = False,
) -> None:
    """Make every console able to show what follows, and know where it is."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # The models of a study take time to import: --help does without them.
    from eitgeo.study.project import require_current_folder  # noqa: PLC0415

    with refusing(code=FAILED):
        require_current_folder()


Private = Annotated[
    bool,
    typer.Option(
        "--private",
        help=(
            "Avec les réponses des entreprises : dans private/etude, à ne pas diffuser."
        ),
    ),
]
Effort = Annotated[
    Literal["rapide", "complet"] | None,
    typer.Option(help="Remplace l'effort que l'étude demande."),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help=(
            "Étapes menées de front ; par défaut, autant que de cœurs, si la "
            "mémoire le permet."
        ),
    ),
]
Check = Annotated[
    bool,
    typer.Option(
        "--check",
        help=(
            "Relire tous les fichiers en entier ; sans cette option, un fichier de "
            "16 Mo ou plus qui garde sa taille et sa date est tenu pour inchangé."
        ),
    ),
]


@app.command(help="Exécuter l'étude ; ce qui est à jour n'est pas refait.")
def run(
    study: StudyPath = Path("study.yaml"),
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Où écrire ; par défaut, le dossier de l'étude."),
    ] = None,
    effort: Effort = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Dire ce qui serait refait et pourquoi."),
    ] = False,
    private: Private = False,
    check: Check = False,
    jobs: Jobs = None,
) -> None:
    """Run a study."""
    # Colours, spinners and steps take time to import: other commands do without.
    from eitgeo.cli import progress as telling  # noqa: PLC0415
    from eitgeo.steps.declared import STEPS  # noqa: PLC0415
    from eitgeo.steps.engine import run as running  # noqa: PLC0415
    from eitgeo.steps.engine.lock import BusyError  # noqa: PLC0415

    project = open_study(study, out=out, effort=effort, private=private)
    start = perf_counter()
    progress = telling.Progress(open_console(), len(STEPS))
    try:
        if dry_run:
            say(telling.dry_run_lines(project, reads_all=check))
            return
        with progress.telling_losses():
            reports = running.run_steps(
                STEPS,
                project,
                tell=progress.tell,
                reads_all=check,
                jobs=jobs or 0,
            )
    except BusyError as error:
        refuse(error, code=BUSY)
    except StudyError as error:
        refuse(error, code=BAD_STUDY)
    except EitgeoError as error:
        refuse(error, code=FAILED)
    except KeyboardInterrupt:
        progress.interrupted()
        raise typer.Exit(INTERRUPTED) from None
    say(telling.closing_lines(project, reports, seconds=perf_counter() - start))
    failed = [report for report in reports if report.status == "failed"]
    for report in failed:
        typer.echo(plain(telling.failure_text(report)), err=True)
    if failed:
        raise typer.Exit(FAILED)


@app.command(help="Télécharger les fichiers officiels du registre data/sources.csv.")
def fetch(
    study: StudyPath = Path("study.yaml"),
    *,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NOM", help="Cette source seulement (répétable)."),
    ] = None,
    dep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE",
            help="Département (répétable) ; par défaut, ceux de l'étude.",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Reprendre aussi ce qui est déjà là.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Dire ce qui serait téléchargé.")
    ] = False,
    proxy: Annotated[
        str,
        typer.Option(metavar="ADRESSE", help="Mandataire ; par défaut, HTTPS_PROXY."),
    ] = "",
    record: Annotated[
        bool,
        typer.Option("--record", help="Inscrire les empreintes dans le registre."),
    ] = False,
) -> None:
    """Bring in the official files that the register gives an address of."""
    # The readers take a second to import: other commands do without them.
    from eitgeo.cli.fetch import BusyError, FetchOptions, plan_fetch, run_fetch  # noqa: PLC0415

    project = open_study(study)
    options = FetchOptions(only or (), dep or (), force, proxy, record)
    failures = []
    try:
        if dry_run:
            say(plan_fetch(project, options))
        else:
            failures = run_fetch(project, options, open_console())
    except BusyError as error:
        refuse(error, code=BUSY)
    except EitgeoError as error:
        refuse(error, code=FAILED)
    except KeyboardInterrupt:
        typer.echo("Interrompu. La même commande reprendra où le transfert en est.")
        raise typer.Exit(INTERRUPTED) from None
    for message in failures:
        typer.echo(message, err=True)
    if failures:
        raise typer.Exit(FAILED)


@app.command(help="Comparer des périmètres d'une étude déjà exécutée.")
def compare(
    perimeters: Annotated[
        list[str],
        typer.Argument(
            metavar="A B [C…]", help="Identifiants de deux périmètres ou plus."
        ),
    ],
    *,
    study: Annotated[
        Path, typer.Option("--study", metavar="ÉTUDE", help="Le fichier de l'étude.")
    ] = Path("study.yaml"),
    out: Annotated[
        Path | None,
        typer.Option(help="Celui d'« eitgeo run » : où sont les tables."),
    ] = None,
) -> None:
    """Compare perimeters: a table on screen, a workbook, a sheet of difference."""
    # The pipeline takes seconds to import: other commands do without it.
    from eitgeo.cli.compare import show_comparison  # noqa: PLC0415
    from eitgeo.commands import compare as comparing  # noqa: PLC0415
    from eitgeo.steps.engine.lock import BusyError  # noqa: PLC0415

    project = open_study(study, out=out)
    try:
        comparison = comparing.compare_perimeters(project, perimeters)
    except BusyError as error:
        refuse(error, code=BUSY)
    except StudyError as error:
        refuse(error, code=BAD_STUDY)
    except EitgeoError as error:
        refuse(error, code=FAILED)
    show_comparison(open_console(), comparison)


@app.command(help="Vérifier l'installation, les droits, les paramètres, les données.")
def doctor(
    study: StudyPath = Path("study.yaml"),
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Pour une machine, en JSON.")
    ] = False,
) -> None:
    """Say what the installation and the study are made of."""
    # The probes take time to import: other commands do without them.
    from eitgeo.cli.doctor import diagnose, diagnosis_lines  # noqa: PLC0415
    from eitgeo.study.project import open_project  # noqa: PLC0415

    try:
        diagnosis = diagnose(open_project(study))
    except EitgeoError as error:
        refuse(error, code=BAD_STUDY)
    if as_json:
        typer.echo(json.dumps(diagnosis, ensure_ascii=False, indent=1))
    else:
        say(diagnosis_lines(diagnosis))
