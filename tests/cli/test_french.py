"""The command line speaks French: every page of help, and the usual refusals."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from eitgeo.cli.app import app
from eitgeo.cli.french import FrenchTyper, french_refusal

ENGLISH = re.compile(
    r"Usage|Options:|Arguments:|Commands?\b|COMMAND\b|\[ARGS\]|Show this|\bexit\b"
    r"|default|required|Error|Missing|No such|Invalid|Try '|for help|Got unexpected"
    r"|Input should|Did you mean|Possible|is not one|<[a-z]+( range)?>|\[?x[<>]="
)


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Give the words that lead to each command and group."""
    yield words
    for name, under in getattr(command, "commands", {}).items():
        yield from commands(under, (*words, name))


def said(*words: str, code: int) -> str:
    """Return what a command says."""
    done = CliRunner().invoke(app, list(words), prog_name="eitgeo")
    assert done.exit_code == code, done.output
    return done.output


def test_no_page_of_help_is_in_english() -> None:
    pages = {one: said(*one, "--help", code=0) for one in commands(get_command(app))}
    assert len(pages) > 15
    assert {one: met.group() for one, page in pages.items()
            if (met := ENGLISH.search(page))} == {}  # fmt: skip
    for words, page in pages.items():
        assert page.startswith(" ".join(["Emploi : eitgeo", *words]))
        assert re.search(r"--help +Montrer cette aide\.\n", page)
    assert "\nCommandes :\n  run   " in pages[()]
    assert "\nArguments :\n  ÉTUDE  " in pages["run",]
    assert "[par défaut : study.yaml]" in pages["run",]
    assert "[au moins 1]" in pages["run",]
    assert re.search(r"--out CHEMIN {2,}Où écrire", pages["run",])
    assert "de 0 à 60]" in pages["new",]
    assert said(code=2) == pages[()]  # a group alone shows its help


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "--jobs", "0"], "valeur refusée pour '--jobs' : au moins 1."),
        (["run", "--jobs", "x"], "valeur refusée pour '--jobs' : un nombre entier."),
        (["run", "--jobs"], "l'option '--jobs' demande une valeur."),
        (["run", "--check=1"], "l'option '--check' n'a pas de valeur."),
        (["run", "a", "b"], "de trop : b"),
        (["run", "--zzz"], "option inconnue : --zzz."),
        (["runn"], "commande inconnue : 'runn' ; vouliez-vous dire 'run' ?"),
        (["survey", "zz"], "commande inconnue : 'zz'."),
        (["new"], "il manque 'NOM'."),
        (["new", "x", "--buffer-km", "99"], "refusée pour '--buffer-km' : au plus 60."),
        (["new", "x", "--buffer-km", "a"], "refusée pour '--buffer-km' : un nombre."),
        (["run", "--effort", "lent"], "'lent' n'est pas l'un de 'rapide', 'complet'."),
        (["verify"], "FICHIER manque → le nommer"),
        (["survey", "publish", "--date", "hier"], "'hier' : une date, AAAA-MM-JJ."),
    ],
)
def test_the_usual_refusals_are_in_french(words, told) -> None:
    text = said(*words, code=2)
    (line,) = (one for one in text.splitlines() if one.startswith("Erreur : "))
    assert told in line
    assert ENGLISH.search(text) is None


def test_near_options_are_told() -> None:
    text = said("run", "--chek", code=2)
    assert "Emploi : eitgeo run [OPTIONS] [ÉTUDE]\nAide : eitgeo run --help\n" in text
    assert re.search(r"inconnue : --chek \(options proches : --check.*\)\.", text)


def test_a_way_out_ends_with_its_code() -> None:
    """As the program does where nothing is translated: codes, words of no table."""
    ours = FrenchTyper()

    @ours.command()
    def leave(how: str) -> None:
        if how == "abort":
            raise typer.Abort
        if how == "interrupt":
            raise KeyboardInterrupt
        raise typer.Exit(int(how))

    @ours.command()
    def stay() -> None:
        pass

    run = CliRunner().invoke
    for how, code in {"7": 7, "0": 0, "abort": 1, "interrupt": 130}.items():
        assert run(ours, ["leave", how]).exit_code == code
    assert "Abandonné." in run(ours, ["leave", "abort"]).output
    assert run(ours, ["stay"]).exit_code == 0
    assert french_refusal("Nobody said this before") == "Nobody said this before"
