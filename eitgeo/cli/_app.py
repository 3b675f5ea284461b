"""Commands and their options."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Annotated, Literal, NoReturn

import typer
from rich.console import Console

from eitgeo import __version__
from eitgeo.cli._doctor import diagnose, diagnosis_lines
from eitgeo.cli._progress import Progress, closing_lines, failure_text, plan_lines
from eitgeo.cli._survey import survey_app
from eitgeo.errors import EitgeoError, StudyError
from eitgeo.study import Project, open_project

_HELP = "Délimiter, mesurer et comparer des périmètres d'écologie industrielle."
FAILED, BAD_STUDY, BUSY, INTERRUPTED = 1, 2, 3, 130
NOT_OF_THE_RUN, NOT_VERIFIED, INPUTS_CHANGED = 1, 2, 3

StudyPath = Annotated[
    Path, typer.Argument(metavar="ÉTUDE", help="Le fichier de l'étude.")
]

app = typer.Typer(
    add_completion=False,
    help=_HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(survey_app, name="survey")


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
    """Make every console able to show what follows.

    Parameters
    ----------
    version
        Show the version and stop.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@app.command(help="Exécuter l'étude ; ce qui est à jour n'est pas refait.")
def run(
    study: StudyPath = Path("study.yaml"),
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Où écrire ; par défaut, le dossier de l'étude."),
    ] = None,
    effort: Annotated[
        Literal["rapide", "complet"] | None,
        typer.Option(help="Remplace l'effort que l'étude demande."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Dire ce qui serait refait et pourquoi."),
    ] = False,
) -> None:
    """Run a study.

    Parameters
    ----------
    study
        The study file.
    out
        Where to write; by default the folder of the study file.
    effort
        Replaces the effort of the study.
    dry_run
        Say what would run and why; write nothing.

    Raises
    ------
    typer.Exit
        With 1 when a step fails or a file is absent, 2 when the study is refused, 3
        when another run holds the folder, 130 when the user stops it.
    """
    # The pipeline takes a second to import: other commands do without it.
    from eitgeo import steps  # noqa: PLC0415

    project = _open(study, out=out, effort=effort)
    console = Console(highlight=False, emoji=False)
    start = perf_counter()
    progress = Progress(console, len(steps.STEPS))
    try:
        if dry_run:
            _say(plan_lines(steps.plan_steps(steps.STEPS, project)))
            return
        with progress.telling_losses():
            reports = steps.run_steps(steps.STEPS, project, tell=progress.tell)
    except steps.BusyError as error:
        _refuse(error, code=BUSY)
    except StudyError as error:
        _refuse(error, code=BAD_STUDY)
    except EitgeoError as error:
        _refuse(error, code=FAILED)
    except KeyboardInterrupt:
        progress.interrupted()
        raise typer.Exit(INTERRUPTED) from None
    _say(closing_lines(project, reports, seconds=perf_counter() - start))
    failed = [report for report in reports if report.status == "failed"]
    for report in failed:
        typer.echo(failure_text(report), err=True)
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
    """Bring in the official files that the register gives an address of.

    Parameters
    ----------
    study
        The study file; the register is in its folder.
    only
        Names of rows, targets or files; None: all.
    dep
        Départements of the files that are one a département.
    force
        Bring in again what is there.
    dry_run
        Say what would be fetched; write nothing.
    proxy
        Address of the proxy.
    record
        Write the digests found into the register.

    Raises
    ------
    typer.Exit
        With 1 when a file cannot be had or the register is refused, 2 when the study
        is refused, 3 when another download is under way, 130 when the user stops it.
    """
    # The readers take a second to import: other commands do without them.
    from eitgeo.cli._fetch import BusyError, FetchOptions, plan_fetch, run_fetch  # noqa: PLC0415

    project = _open(study)
    options = FetchOptions(only or (), dep or (), force, proxy, record)
    failures = []
    try:
        if dry_run:
            _say(plan_fetch(project, options))
        else:
            console = Console(highlight=False, emoji=False)
            failures = run_fetch(project, options, console)
    except BusyError as error:
        _refuse(error, code=BUSY)
    except EitgeoError as error:
        _refuse(error, code=FAILED)
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
    """Compare perimeters: a table on screen, a workbook, a sheet of difference.

    Parameters
    ----------
    perimeters
        Identifiers of two perimeters or more.
    study
        The study file.
    out
        Folder that ``eitgeo run --out`` was given; None: that of the study.

    Raises
    ------
    typer.Exit
        With 1 when the study has not been run, 2 when the study or a perimeter is
        refused.
    """
    # The pipeline takes seconds to import: other commands do without it.
    from eitgeo.cli._compare import show_comparison  # noqa: PLC0415
    from eitgeo.steps import compare as comparing  # noqa: PLC0415

    project = _open(study, out=out)
    try:
        found = comparing.compare_perimeters(project, perimeters)
    except StudyError as error:
        _refuse(error, code=BAD_STUDY)
    except EitgeoError as error:
        _refuse(error, code=FAILED)
    show_comparison(Console(highlight=False, emoji=False), found)


@app.command(help="Écrire l'étude d'un autre territoire, à compléter.")
def new(
    name: Annotated[
        str, typer.Argument(metavar="NOM", help="Minuscules, chiffres et « _ ».")
    ],
    *,
    epci: Annotated[
        list[str] | None,
        typer.Option(metavar="SIREN", help="EPCI entier (répétable, ou « , »)."),
    ] = None,
    dep: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Tous les EPCI d'un département."),
    ] = None,
    title: Annotated[str, typer.Option(help="Titre de l'étude.")] = "",
    study: Annotated[
        Path,
        typer.Option(
            "--study", metavar="ÉTUDE", help="Celle dont on lit les fichiers."
        ),
    ] = Path("study.yaml"),
    out: Annotated[
        Path | None, typer.Option(help="Dossier à créer ; par défaut, le nom.")
    ] = None,
) -> None:
    """Write the study of another territory.

    Parameters
    ----------
    name
        Identifier of the study.
    epci
        SIREN of whole EPCI.
    dep
        Codes of départements.
    title
        Title.
    study
        The study whose files are read.
    out
        Folder of the new study.

    Raises
    ------
    typer.Exit
        With 1 when a file cannot be read or written, 2 when a study or what is asked
        is refused.
    """
    # The readers take a second to import: other commands do without them.
    from eitgeo.cli._new import wanted_study, welcome_lines  # noqa: PLC0415
    from eitgeo.steps import new_study as starting  # noqa: PLC0415

    base = _open(study)
    try:
        wanted = wanted_study(name, epci=epci or (), dep=dep or (), title=title)
        found = starting.new_study(base, (out or Path(name)).resolve(), wanted)
    except StudyError as error:
        _refuse(error, code=BAD_STUDY)
    except EitgeoError as error:
        _refuse(error, code=FAILED)
    _say(welcome_lines(found))


@app.command(
    help="Dire si un fichier publié vient de l'étude, et si ses entrées ont changé."
    "\n\nCodes : 0 conforme ; 1 modifié ou inconnu ; 2 vérification impossible ; "
    "3 conforme, mais des entrées ont changé depuis."
)
def verify(
    file: Annotated[
        Path, typer.Argument(metavar="FICHIER", help="Où qu'il soit, sous tout nom.")
    ],
    *,
    study: Annotated[
        Path, typer.Option("--study", metavar="ÉTUDE", help="Le fichier de l'étude.")
    ] = Path("study.yaml"),
    out: Annotated[
        Path | None,
        typer.Option(help="Celui d'« eitgeo run » : où sont les cartes."),
    ] = None,
    effort: Annotated[
        Literal["rapide", "complet"] | None,
        typer.Option(help="Celui d'« eitgeo run », s'il a été donné."),
    ] = None,
) -> None:
    """Hold a file against the manifest of the study.

    Parameters
    ----------
    file
        The file to verify.
    study
        The study file.
    out
        Folder that ``eitgeo run --out`` was given; None: that of the study.
    effort
        Effort that ``eitgeo run`` was given.

    Raises
    ------
    typer.Exit
        With 1 when the file is not as the run wrote it, 2 when the study is refused or
        nothing can be said, 3 when what the file was made from has changed since.
    """
    # The pipeline takes a second to import: other commands do without it.
    from eitgeo.cli._verify import verdict_lines  # noqa: PLC0415
    from eitgeo.steps import verify as verifying  # noqa: PLC0415

    project = _open(study, out=out, effort=effort)
    try:
        found = verifying.verify_file(project, file)
    except EitgeoError as error:
        _refuse(error, code=NOT_VERIFIED)
    _say(verdict_lines(file.name, found))
    if found.standing != "conforme":
        raise typer.Exit(NOT_OF_THE_RUN)
    if found.changes:
        raise typer.Exit(INPUTS_CHANGED)


@app.command(help="Vérifier l'installation, les droits, les paramètres, les données.")
def doctor(
    study: StudyPath = Path("study.yaml"),
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Pour une machine, en JSON.")
    ] = False,
) -> None:
    """Say what the installation and the study are made of.

    Parameters
    ----------
    study
        The study file.
    as_json
        Write JSON rather than lines.
    """
    diagnosis = diagnose(_open(study))
    if as_json:
        typer.echo(json.dumps(diagnosis, ensure_ascii=False, indent=1))
    else:
        _say(diagnosis_lines(diagnosis))


def _open(
    study: Path,
    *,
    out: Path | None = None,
    effort: Literal["rapide", "complet"] | None = None,
) -> Project:
    try:
        project = open_project(study, out=out)
    except EitgeoError as error:
        _refuse(error, code=BAD_STUDY)
    if effort is None:
        return project
    identity = project.study.identity.model_copy(update={"effort": effort})
    changed = project.study.model_copy(update={"identity": identity})
    return Project(changed, project.base, project.out)


def _say(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line)


def _refuse(error: EitgeoError, *, code: int) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(code) from None
