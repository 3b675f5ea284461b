"""What « eitgeo batch » shows while it goes, and at its end."""

from __future__ import annotations

from pathlib import Path

import typer

from eitgeo.cli.shared import french_duration, plain
from eitgeo.commands import batch
from eitgeo.steps.engine.lock import BusyError

__all__ = ["BusyError", "run_and_tell"]


def run_and_tell(
    studies: Path, out: Path, options: tuple[str, int, str | None, int]
) -> int:
    """Run a batch; show each study as it ends."""
    scheduler, workers, effort, retries = options
    total = len(batch.find_studies(studies))
    told = 0

    def tell(outcome: batch.Outcome) -> None:
        nonlocal told
        told += 1
        typer.echo(plain(f"[{told}/{total}] {outcome.name} : {_line(outcome)}"))

    result = batch.run_batch(
        studies,
        out,
        options=batch.Options(scheduler, workers, effort, retries),
        tell=tell,
    )
    failed = [failure for failure in result.outcomes if failure.status != "fait"]
    for path in result.files:
        typer.echo(f"Écrit : {path}")
    done = total - len(failed)
    ending = f"{done} faite{'s' if done > 1 else ''}, {len(failed)} en échec"
    typer.echo(f"Études : {ending}.")
    for failure in failed:
        for error in failure.errors:
            typer.echo(plain(f"{failure.name} : {error}"), err=True)
    return len(failed)


def _line(outcome: batch.Outcome) -> str:
    if outcome.status != "fait":
        return "ÉCHEC"
    if not outcome.steps:
        return "à jour"
    return f"{french_duration(outcome.seconds)}, {outcome.steps} étapes"
