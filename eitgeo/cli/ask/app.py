"""Commands ``status`` and ``ask``: what a study supposes, and who is asked for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from eitgeo.cli.french import FrenchTyper
from eitgeo.cli.shared import FAILED, open_study, refusing, say

ask_app = FrenchTyper()

_Study = Annotated[Path, typer.Argument(metavar="ÉTUDE", help="Le fichier de l'étude.")]


@ask_app.command(help="Dire ce que l'étude suppose encore, et ce qui le remplacerait.")
def status(
    study: _Study = Path("study.yaml"),
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Pour une machine, en JSON.")
    ] = False,
) -> None:
    """Say what a study supposes; it may never have run."""
    # Tables of reference take time to import: other commands do without them.
    from eitgeo.cli.ask.status import status_facts, status_lines  # noqa: PLC0415

    project = open_study(study)
    with refusing(code=FAILED):
        if as_json:
            facts = status_facts(project)
            typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        else:
            study_word = "" if study == Path("study.yaml") else f'"{study}"'
            say(status_lines(project, study_word))


@ask_app.command(
    help="Préparer les demandes aux détenteurs de données ; relire leurs tableaux."
)
def ask(
    study: _Study = Path("study.yaml"),
    *,
    read: Annotated[
        list[Path] | None,
        typer.Option(
            "--read", metavar="FICHIER", help="Un tableau rempli, à relire (répétable)."
        ),
    ] = None,
) -> None:
    """Write letters and sheets, or read filled sheets back."""
    from eitgeo.cli.ask.run import run_ask, run_read  # noqa: PLC0415

    project = open_study(study)
    refused = False
    with refusing(code=FAILED):
        if read:
            lines, refused = run_read(project, read)
        else:
            lines = run_ask(project)
    say(lines)
    if refused:
        raise typer.Exit(FAILED)
