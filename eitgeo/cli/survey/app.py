"""Commands of the survey: import, status, match sheets, extract, purge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eitgeo.cli.french import FrenchTyper
from eitgeo.cli.shared import plain, refuse
from eitgeo.errors import EitgeoError, StudyError

if TYPE_CHECKING:
    from eitgeo.study.project import Project

_FAILED, _BAD_STUDY = 1, 2

survey_app = FrenchTyper(
    help="Fiches des entreprises : importer, compter, rapprocher, rendre, effacer.",
    no_args_is_help=True,
)

StudyOption = Annotated[
    Path, typer.Option("--study", metavar="ÉTUDE", help="Le fichier de l'étude.")
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", help="Celui d'« eitgeo run » : où sont les tables."),
]
WeighedOption = Annotated[
    bool,
    typer.Option("--pesees", help="Des pesées du syndicat (sources.pesees)."),
]
Day = Annotated[
    dt.datetime | None,
    typer.Option(
        "--date",
        formats=["%Y-%m-%d"],
        metavar="AAAA-MM-JJ",
        help="Jour de réception, pour les fiches sans date.",
    ),
]


@survey_app.command("import", help="Lire des fiches (JSON, XLSX, CSV), ligne à ligne.")
def import_files(
    files: Annotated[
        list[Path], typer.Argument(metavar="FICHIER…", help="Les fiches reçues.")
    ],
    *,
    study: StudyOption = Path("study.yaml"),
    out: OutOption = None,
    received: Day = None,
) -> None:
    """Bring the answers of firms in."""

    def work(project: Project) -> list[str]:
        # Readers and maps take a second to import: other commands do without them.
        from eitgeo.cli.survey.run import run_import  # noqa: PLC0415

        lines, refused = run_import(project, files, received=_iso(received))
        state.append(refused)
        return [
            *lines,
            "« eitgeo run » ne les lit pas : « eitgeo survey publish » en publie des",
            "sommes, « eitgeo run --private » fait une étude à ne pas diffuser.",
        ]

    state: list[bool] = []
    _run(study, out, work)
    if any(state):
        raise typer.Exit(_FAILED)


@survey_app.command(help="Compter l'intérêt exprimé, par EPCI et par secteur.")
def status(
    study: StudyOption = Path("study.yaml"),
    *,
    out: OutOption = None,
    pesees: WeighedOption = False,
) -> None:
    """Count the firms that signed up, or say what was read of the weighbridges."""

    def work(project: Project) -> list[str]:
        if pesees:
            from eitgeo.cli.survey.weighings import run_weighed_status  # noqa: PLC0415

            return run_weighed_status(project)
        from eitgeo.cli.survey.status import run_status  # noqa: PLC0415

        return run_status(project)

    _run(study, out, work)


@survey_app.command(help="Refaire les contacts et les fiches de rapprochement.")
def sheets(study: StudyOption = Path("study.yaml"), *, out: OutOption = None) -> None:
    """Write the contacts and match sheets again."""

    def work(project: Project) -> list[str]:
        from eitgeo.cli.survey.run import run_sheets  # noqa: PLC0415

        return run_sheets(project)

    _run(study, out, work)


@survey_app.command(help="Publier des sommes de réponses, après relecture.")
def publish(
    study: StudyOption = Path("study.yaml"),
    *,
    out: OutOption = None,
    day: Annotated[
        dt.datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d"],
            metavar="AAAA-MM-JJ",
            help="Jour de la publication ; par défaut, aujourd'hui.",
        ),
    ] = None,
    partial: Annotated[
        bool,
        typer.Option(
            "--partial",
            help="Laisser au chiffre déjà publié les sommes que l'écart trahirait.",
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Écrire sans demander : c'est déjà relu.")
    ] = False,
    pesees: WeighedOption = False,
) -> None:
    """Let guarded sums of answers out, once a person has read them."""

    def work(project: Project) -> list[str]:
        from eitgeo.cli.survey.run import run_publish  # noqa: PLC0415

        def agreed(lines: list[str]) -> bool:
            for line in lines:
                typer.echo(plain(line))
            return yes or _agreed()

        return run_publish(
            project, day=_iso(day), partial=partial, agreed=agreed, weighed=pesees
        )

    _run(study, out, work)


@survey_app.command(help="Rendre à un établissement ce qui est gardé de lui (CSV).")
def extract(
    siret: Annotated[str, typer.Argument(metavar="SIRET", help="Son numéro.")],
    *,
    study: StudyOption = Path("study.yaml"),
    out: OutOption = None,
) -> None:
    """Write what is kept of a firm."""

    def work(project: Project) -> list[str]:
        from eitgeo.cli.survey.run import run_extract  # noqa: PLC0415

        return run_extract(project, siret.replace(" ", ""))

    _run(study, out, work)


@survey_app.command(help="Effacer les fiches trop anciennes, ou celles d'un SIRET.")
def purge(
    *,
    study: StudyOption = Path("study.yaml"),
    out: OutOption = None,
    before: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="AAAA-MM-JJ",
            help="Effacer ce qui date d'avant ce jour.",
        ),
    ] = None,
    siret: Annotated[
        list[str] | None,
        typer.Option(metavar="SIRET", help="Effacer cet établissement (répétable)."),
    ] = None,
) -> None:
    """Forget answers."""
    if before is None and not siret:
        typer.echo("Rien à effacer : donner --before AAAA-MM-JJ ou --siret.", err=True)
        raise typer.Exit(_BAD_STUDY)

    def work(project: Project) -> list[str]:
        from eitgeo.cli.survey.run import run_purge  # noqa: PLC0415

        plain = [one.replace(" ", "") for one in siret or ()]
        lines, unknown = run_purge(project, before=_iso(before), sirets=plain)
        state.append(unknown)
        return lines

    state: list[bool] = []
    _run(study, out, work)
    if any(state):
        raise typer.Exit(_FAILED)


def _agreed() -> bool:
    answer = typer.prompt("L'écrire ? [o/N]", default="n", show_default=False)
    return bool(answer.strip().lower() in {"o", "oui", "y", "yes"})


def _run(study: Path, out: Path | None, work: Callable[[Project], list[str]]) -> None:
    # The models of a study take time to import: --help does without them.
    from eitgeo.study.project import open_project  # noqa: PLC0415

    try:
        project = open_project(study, out=out)
    except EitgeoError as error:
        refuse(error, code=_BAD_STUDY)
    try:
        lines = work(project)
    except StudyError as error:
        refuse(error, code=_BAD_STUDY)
    except EitgeoError as error:
        refuse(error, code=_FAILED)
    for line in lines:
        typer.echo(plain(line))


def _iso(day: dt.datetime | None) -> str:
    return "" if day is None else day.date().isoformat()
