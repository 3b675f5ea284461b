"""What ``eitgeo status`` says: what is supposed, replaced, and what comes next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from eitgeo.cli.ask.kept import answered
from eitgeo.cli.ask.run import answer_sentence
from eitgeo.maps.words.hypotheses import (
    REPLACED,
    Hypothesis,
    change_sentence,
    count_sentence,
    next_one,
    study_hypotheses,
)
from eitgeo.reference.asks import asked_bases
from eitgeo.roads.questions.seats import no_seats
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from eitgeo.words import first_upper, some_of

_NO_STAMP = (
    "Tampon « DÉMONSTRATION » : aucun ; rien n'est tiré ni de substitution dans les "
    "sources que l'étude nomme."
)


def status_facts(project: Project) -> dict[str, Any]:
    """Gather the facts, for a machine."""
    hypotheses = study_hypotheses(project, asked=asked_bases())
    first = next_one(hypotheses)
    return {
        "phrase": count_sentence(hypotheses),
        "tampon": list(project.study.demonstration_reasons),
        "hypotheses": [one._asdict() for one in hypotheses],
        "prochaine": None if first is None else first.basis,
        "routes": road_fault(project),
        "demandes": {"phrase": answer_sentence(project), "lignes": answered(project)},
    }


def status_lines(project: Project, study: str = "") -> list[str]:
    """Lay the facts out for reading; `study`: its file, where it must be typed."""
    hypotheses = study_hypotheses(project, asked=asked_bases())
    lines = [f"{count_sentence(hypotheses)}.", ""]
    for hypothesis in hypotheses:
        lines += _lines(hypothesis, study)
    reasons = " ; ".join(project.study.demonstration_reasons)
    stamp = f"Tampon « DÉMONSTRATION » : {reasons}." if reasons else _NO_STAMP
    lines += ["", stamp]
    if why := road_fault(project):
        lines += ["", f"{first_upper(why)}."]
    first = next_one(hypotheses)
    if first is not None:
        lines += ["", f"La prochaine, qui change le plus : {first.label}."]
        change = change_sentence(first)
        lines += [f"  {change}."] if change else []
        lines += [f"  {typed(command, study)}" for command in first.commands]
        if first.line:
            lines += [f"  puis, dans study.yaml : {first.line}"]
    return [*lines, "", answer_sentence(project)]


def road_fault(project: Project) -> str:
    """Say why the last run computed no seat on its roads; nothing where it did."""
    if not (project.processed / "road_checks.parquet").is_file():
        return ""
    return no_seats(read_table(project.processed, "road_checks"))


def typed(command: str, study: str) -> str:
    """Write a command so that it can be typed as it stands.

    Examples
    --------
    >>> typed('eitgeo fetch --only "DGCL EPCI"', "val/study.yaml")
    'eitgeo fetch val/study.yaml --only "DGCL EPCI"'
    >>> typed("eitgeo survey import F, puis eitgeo survey publish", "v.yaml")
    'eitgeo survey import F --study v.yaml, puis eitgeo survey publish --study v.yaml'
    >>> typed("eitgeo ask", "")
    'eitgeo ask'
    """
    if not study:
        return command
    first = re.sub(r"\beitgeo (fetch|ask)\b", rf"\g<0> {study}", command)
    return re.sub(r"\beitgeo survey [^,;]+", rf"\g<0> --study {study}", first)


def _lines(one: Hypothesis, study: str) -> Iterator[str]:
    mark = "x" if one.state == REPLACED else " "
    yield f"[{mark}] {one.label} : {one.state}"
    if one.by:
        yield f"      par {some_of(one.by)}"
    if one.state == REPLACED:
        return
    if one.remains:
        yield f"      reste : {' ; '.join(one.remains)}"
    yield f"      la remplacerait : {one.what} ({one.where})"
    commands = " ; ".join(typed(command, study) for command in one.commands)
    yield f"      commande : {commands or one.line}"
