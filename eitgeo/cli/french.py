"""Help and refusals of the command line, in French."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from eitgeo.frames import call_with_large_stack_chunk

_HELP: Final = "Montrer cette aide."
_USAGE: Final = "Emploi : "
_HEADS: Final = {
    "Usage: ": _USAGE,
    "\nArguments:\n": "\nArguments :\n",
    "\nOptions:\n": "\nOptions :\n",
    "\nCommands:\n": "\nCommandes :\n",
    "[default:": "[par défaut :",
    "[required]": "[à donner]",
}
_TYPES: Final = {
    "<path>": "CHEMIN",
    "<str>": "TEXTE",
    "<float range>": "NOMBRE",
    "<int range>": "NOMBRE",
}
_TYPE: Final = re.compile(rf"(?m)^(  --\S+ )({'|'.join(_TYPES)})")
_AFTER_NAME: Final = re.compile(r"(?m)^(  \S.*?) <[A-Za-z]+(?:\[\w+\])?>(?= )")
"""What an argument is made of, after the name that the user reads."""
_BOUNDS: Final = re.compile(r"(?<=[\[ ])(?:([\d.]+)<=)?x(?:(>=|<=)([\d.]+))?(?=\])")
_REFUSALS: Final = (
    (r"Invalid value for (.+?): (.+)", r"valeur refusée pour {0} : {1}"),
    (r"Invalid value: (.+)", r"{0}"),
    (r"Value error, (.+)", r"{0}"),
    (r"Missing argument (.+)\.", r"il manque {0}."),
    (r"Missing option (.+)\.", r"il manque l'option {0}."),
    (r"Missing command\.", r"il manque une commande."),
    (
        r"No such option: (.+) \(Possible options: (.+)\)",
        r"option inconnue : {0} (options proches : {1}).",
    ),
    (r"No such option: (.+)", r"option inconnue : {0}."),
    (
        r"No such command (.+)\. Did you mean (.+)\?",
        r"commande inconnue : {0} ; vouliez-vous dire {1} ?",
    ),
    (r"No such command (.+)\.", r"commande inconnue : {0}."),
    (r"Got unexpected extra argument\(s\) \((.+)\)", r"de trop : {0}"),
    (r"Option (.+) requires an argument\.", r"l'option {0} demande une valeur."),
    (r"Option (.+) does not take a value\.", r"l'option {0} n'a pas de valeur."),
    (r"(.+) is not one of (.+)\.", r"{0} n'est pas l'un de {1}."),
    (r"(.+) does not match the formats (.+)\.", r"{0} : une date, AAAA-MM-JJ."),
    (r"Input should be greater than or equal to (.+)", r"au moins {0}."),
    (r"Input should be less than or equal to (.+)", r"au plus {0}."),
    (r"Input should be a valid integer.*", r"un nombre entier."),
    (r"Input should be a valid number.*", r"un nombre."),
)
"""What is said in English, where no hook says it otherwise, and in French."""


def french_help(text: str) -> str:
    """Write a page of help in French; its columns stay where they were.

    Examples
    --------
    >>> french_help("Usage: eitgeo run [OPTIONS]")
    'Emploi : eitgeo run [OPTIONS]'
    >>> french_help("  --out <path>  Où écrire.  [default: ici]")
    '  --out CHEMIN  Où écrire.  [par défaut : ici]'
    >>> french_help("  --jobs N  Étapes.  [x>=1]")
    '  --jobs N  Étapes.  [au moins 1]'
    """
    for head, head_fr in _HEADS.items():
        text = text.replace(head, head_fr)
    text = _BOUNDS.sub(_bounds, text)
    text = _TYPE.sub(_typed, text)
    text = _AFTER_NAME.sub(_without_type, text)
    return "\n".join(line.rstrip() for line in text.split("\n"))


def _typed(met: re.Match[str]) -> str:
    return met[1] + _TYPES[met[2]].ljust(len(met[2]))


def _bounds(met: re.Match[str]) -> str:
    low, sign, high = met.groups()
    if low:
        return f"de {low} à {high}"
    return f"au moins {high}" if sign == ">=" else f"au plus {high}"


def _without_type(met: re.Match[str]) -> str:
    return met[1] + " " * (len(met[0]) - len(met[1]))


def french_refusal(text: str) -> str:
    """Write what refuses a command line in French; what is not known stays.

    Examples
    --------
    >>> french_refusal("No such option: --chek (Possible options: --check)")
    'option inconnue : --chek (options proches : --check).'
    >>> french_refusal("Invalid value for '-j': Value error, 'x' is not one of 'a'.")
    "valeur refusée pour '-j' : 'x' n'est pas l'un de 'a'."
    """
    for pattern, sentence in _REFUSALS:
        match = re.fullmatch(pattern, text, re.DOTALL)
        if match:
            return sentence.format(*map(french_refusal, match.groups()))
    return text


class _French:
    """What a command and a group say alike: stands before either among the bases."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option that shows the help."""
        known: Any = super()
        option = known.get_help_option(ctx)
        if option is not None:
            option.help = _HELP
        return option

    def get_help(self, ctx: Any) -> str:
        """Return the page of help."""
        known: Any = super()
        return french_help(known.get_help(ctx))

    def get_usage(self, ctx: Any) -> str:
        """Return the line that says how the command is typed."""
        known: Any = super()
        return french_help(known.get_usage(ctx))


class FrenchCommand(_French, TyperCommand):
    """A command whose help is French."""


class FrenchGroup(_French, TyperGroup):
    """A group of commands whose help and refusals are French."""

    def main(self, *args: Any, **given: Any) -> Any:
        """Run, and say in French what refuses the words of the command."""
        run: Any = partial(call_with_large_stack_chunk, super().main)
        if not given.pop("standalone_mode", True):
            return run(*args, standalone_mode=False, **given)
        try:
            code = run(*args, standalone_mode=False, **given)
        except TyperException as error:
            typer.echo(_refused(error), err=True)
            sys.exit(error.exit_code)
        except typer.Abort:
            typer.echo("Abandonné.", err=True)
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


def _refused(error: TyperException) -> str:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    if context is None:
        return f"Erreur : {french_refusal(message)}"
    if message == context.get_help():  # a group without a command shows its help
        return message
    return (
        f"{context.get_usage()}\nAide : {context.command_path} --help\n\n"
        f"Erreur : {french_refusal(message)}"
    )


class FrenchTyper(typer.Typer):
    """Commands that speak French."""

    def __init__(self, **given: Any) -> None:
        ours = {
            "cls": FrenchGroup,
            "rich_markup_mode": None,
            "subcommand_metavar": "COMMANDE …",
        }
        super().__init__(**(ours | given))

    def command[F: Callable[..., Any]](
        self, *args: Any, **given: Any
    ) -> Callable[[F], F]:
        """Add a command."""
        return super().command(*args, **({"cls": FrenchCommand} | given))
