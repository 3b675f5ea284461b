"""What ``eitgeo status`` says: what is supposed, replaced, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.cli.ask.kept import answered
from eitgeo.cli.ask.run import answer_sentence
from eitgeo.maps.words.hypotheses import (
    REPLACED,
    change_sentence,
    count_sentence,
    next_one,
    study_hypotheses,
)
from eitgeo.reference.asks import asked_bases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eitgeo.maps.words.hypotheses import Hypothesis
    from eitgeo.study.project import Project


def status_facts(project: Project) -> dict[str, Any]:
    """Gather the facts, for a machine."""
    found = study_hypotheses(project, asked=asked_bases())
    first = next_one(found)
    return {
        "phrase": count_sentence(found),
        "tampon": list(project.study.demonstration_reasons),
        "hypotheses": [one._asdict() for one in found],
        "prochaine": None if first is None else first.basis,
        "demandes": {"phrase": answer_sentence(project), "lignes": answered(project)},
    }


def status_lines(project: Project) -> list[str]:
    """Lay the facts out for reading."""
    found = study_hypotheses(project, asked=asked_bases())
    lines = [f"{count_sentence(found)}.", ""]
    for one in found:
        lines += _lines(one)
    reasons = " ; ".join(project.study.demonstration_reasons)
    stamp = f"Tampon « DÉMONSTRATION » : {reasons}." if reasons else "Aucun tampon."
    lines += ["", stamp]
    first = next_one(found)
    if first is not None:
        lines += ["", f"La prochaine, qui change le plus : {first.label}."]
        lines += [f"  {change_sentence(first)}."]
        lines += [f"  {command}" for command in first.commands]
        lines += [f"  puis, dans study.yaml : {first.line}"]
    return [*lines, "", answer_sentence(project)]


def _lines(one: Hypothesis) -> Iterator[str]:
    mark = "x" if one.state == REPLACED else " "
    yield f"[{mark}] {one.label} : {one.state}"
    if one.by:
        yield f"      par {' ; '.join(one.by)}"
    if one.state == REPLACED:
        return
    if one.remains:
        yield f"      reste : {' ; '.join(one.remains)}"
    yield f"      la remplacerait : {one.what} ({one.where})"
    yield f"      commande : {' ; '.join(one.commands) or one.line}"
