"""Commands of the survey: import, status, match sheets, publish, extract, purge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eitgeo.cli.french import FrenchTyper
from eitgeo.cli.shared import BAD_STUDY, FAILED, open_study, refuse, say
from eitgeo.errors import EitgeoError, StudyError

if TYPE_CHECKING:
    from eitgeo.study.project import Project

    type Work = Callable[[ModuleType, Project], list[str] | tuple[list[str], bool]]

survey_app = FrenchTyper(
    help="Fiches des entreprises : importer, compter, rapprocher, rendre, effacer.",
    no_args_is_help=True,
)

_Study = Annotated[
    Path, typer.Option("--study", metavar="ÉTUDE", help="Le fichier de l'étude.")
]
_Out = Annotated[
    Path | None,
    typer.Option("--out", help="Celui d'« eitgeo run » : où sont les tables."),
]
_Weighed = Annotated[
    bool,
    typer.Option("--pesees", help="Des pesées du syndicat (sources.pesees)."),
]


def _day(flag: str, help_text: str) -> Any:
    return typer.Option(
        flag, formats=["%Y-%m-%d"], metavar="AAAA-MM-JJ", help=help_text
    )


_Received = Annotated[
    dt.datetime | None,
    _day("--date", "Jour de réception, pour les fiches sans date."),
]
_Published = Annotated[
    dt.datetime | None,
    _day("--date", "Jour de la publication ; par défaut, aujourd'hui."),
]
_Before = Annotated[
    dt.datetime | None, _day("--before", "Effacer ce qui date d'avant ce jour.")
]


@survey_app.command("import", help="Lire des fiches (JSON, XLSX, CSV), ligne à ligne.")
def import_files(
    files: Annotated[
        list[Path], typer.Argument(metavar="FICHIER…", help="Les fiches reçues.")
    ],
    *,
    study: _Study = Path("study.yaml"),
    out: _Out = None,
    received: _Received = None,
) -> None:
    """Bring the answers of firms in."""
    day = _iso(received)
    _run(study, out, lambda run, project: run.run_import(project, files, received=day))


@survey_app.command(help="Compter l'intérêt exprimé, par EPCI et par secteur.")
def status(
    study: _Study = Path("study.yaml"), *, out: _Out = None, pesees: _Weighed = False
) -> None:
    """Count the firms that signed up, or say what was read of the weighbridges."""
    _run(study, out, lambda run, project: run.run_status(project, weighed=pesees))


@survey_app.command(help="Refaire les contacts et les fiches de rapprochement.")
def sheets(study: _Study = Path("study.yaml"), *, out: _Out = None) -> None:
    """Write the contacts and match sheets again."""
    _run(study, out, lambda run, project: run.run_sheets(project))


@survey_app.command(help="Publier, une fois l'an, des sommes de réponses et de pesées.")
def publish(
    study: _Study = Path("study.yaml"),
    *,
    out: _Out = None,
    day: _Published = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Écrire sans demander : c'est déjà relu.")
    ] = False,
) -> None:
    """Let the guarded sums of a year out, once a person has read them."""

    def agreed(lines: list[str]) -> bool:
        say(lines)
        if yes:
            return True
        word = typer.prompt("L'écrire ? [o/N]", default="n", show_default=False)
        return word.strip().lower() in {"o", "oui", "y", "yes"}

    at = _iso(day)
    _run(study, out, lambda run, p: run.run_publish(p, agreed=agreed, day=at))


@survey_app.command(help="Rendre à un établissement ce qui est gardé de lui (CSV).")
def extract(
    siret: Annotated[str, typer.Argument(metavar="SIRET", help="Son numéro.")],
    *,
    study: _Study = Path("study.yaml"),
    out: _Out = None,
) -> None:
    """Write what is kept of a firm."""
    number = siret.replace(" ", "")
    _run(study, out, lambda run, project: run.run_extract(project, number))


@survey_app.command(help="Effacer les fiches trop anciennes, ou celles d'un SIRET.")
def purge(
    *,
    study: _Study = Path("study.yaml"),
    out: _Out = None,
    before: _Before = None,
    siret: Annotated[
        list[str] | None,
        typer.Option(metavar="SIRET", help="Effacer cet établissement (répétable)."),
    ] = None,
) -> None:
    """Forget answers."""
    if before is None and not siret:
        typer.echo("Rien à effacer : donner --before AAAA-MM-JJ ou --siret.", err=True)
        raise typer.Exit(BAD_STUDY)
    day, sirets = _iso(before), [one.replace(" ", "") for one in siret or ()]
    _run(study, out, lambda run, p: run.run_purge(p, before=day, sirets=sirets))


def _run(study: Path, out: Path | None, work: Work) -> None:
    """Do a piece of work on a study; say its lines, and fail if it was refused."""
    project = open_study(study, out=out)
    # Readers and maps take a second to import: --help does without them.
    from eitgeo.cli.survey import run  # noqa: PLC0415

    try:
        told = work(run, project)
    except EitgeoError as error:
        refuse(error, code=BAD_STUDY if isinstance(error, StudyError) else FAILED)
    lines, is_refused = told if isinstance(told, tuple) else (told, False)
    say(lines)
    if is_refused:
        raise typer.Exit(FAILED)


def _iso(day: dt.datetime | None) -> str:
    return "" if day is None else day.date().isoformat()
