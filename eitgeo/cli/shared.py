"""What every command does: open a study, say lines, end with a code.

French numbers and durations, as a console may show them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn
from unicodedata import category

import typer

from eitgeo import words
from eitgeo.errors import EitgeoError

if TYPE_CHECKING:
    from rich.console import Console

    from eitgeo.study.project import Project

FAILED, BAD_STUDY, BUSY, INTERRUPTED = 1, 2, 3, 130

_MINUTE_S = 60
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def open_study(
    study: Path,
    *,
    out: Path | None = None,
    effort: Literal["rapide", "complet"] | None = None,
    private: bool = False,
) -> Project:
    """Open a study; end the command when it is refused."""
    # The models of a study take time to import: --help does without them.
    from eitgeo.study.project import Project, open_project  # noqa: PLC0415

    try:
        project = open_project(study, out=out, private=private)
    except EitgeoError as error:
        refuse(error, code=BAD_STUDY)
    if effort is None:
        return project
    identity = project.study.identity.model_copy(update={"effort": effort})
    changed = project.study.model_copy(update={"identity": identity})
    return Project(changed, project.base, project.out)


def open_console() -> Console:
    """Open the console that shows steps and tables."""
    # It takes a while to import: what writes plain lines does without it.
    from rich.console import Console  # noqa: PLC0415

    return Console(highlight=False, emoji=False)


def say(lines: list[str]) -> None:
    """Write lines."""
    for line in lines:
        typer.echo(plain(line))


def refuse(error: EitgeoError, *, code: int) -> NoReturn:
    """End the command on what stopped it."""
    typer.echo(plain(str(error)), err=True)
    raise typer.Exit(code) from None


@contextmanager
def refusing(*, code: int) -> Iterator[None]:
    """End the command on what stops the lines under it."""
    try:
        yield
    except EitgeoError as error:
        refuse(error, code=code)


def french_number(value: float | str) -> str:
    """Write a number as French readers do; leave text as it is.

    Examples
    --------
    >>> french_number(1234.5).replace(chr(160), "_")
    '1_234,5'
    >>> french_number("aucune")
    'aucune'
    """
    if isinstance(value, str):
        return value
    # Consoles of Windows have no narrow space.
    return words.french_number(value).replace(words.NARROW, words.NBSP)


def plain(text: str) -> str:
    """Return a text that a file gave, as a console may show it.

    Examples
    --------
    >>> plain("carte" + chr(27) + "[2J.pdf")
    'carte?[2J.pdf'
    """
    return "".join(
        "?" if category(one) in _UNSEEN and one != "\n" else one for one in text
    )


def french_duration(seconds: float) -> str:
    """Write a duration.

    Examples
    --------
    >>> french_duration(125).replace(chr(160), " ")
    '2 min 05 s'
    """
    if seconds < _MINUTE_S:
        return f"{words.french_number(seconds, decimals=1)}{words.NBSP}s"
    minutes, rest = divmod(round(seconds), _MINUTE_S)
    return f"{minutes} min {rest:02d} s".replace(" ", "\N{NO-BREAK SPACE}")
