"""Names that a study writes, held against the tables that define them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from eitgeo.check import Faults, hint
from eitgeo.errors import EitgeoError, StudyError
from eitgeo.reference.divisions import expand_divisions
from eitgeo.sources.files.csv import csv_dicts

if TYPE_CHECKING:
    from eitgeo.study.project import Project
    from eitgeo.study.sections import Study


def require_known_values(project: Project) -> None:
    """Refuse rules, NAF divisions, waste bodies and speeds that do not exist."""
    study = project.study
    faults = Faults("étude")
    if study.flows.rules_excluded:
        _note_rules(study, faults)
    for place, ranges in (
        ("comparison.target_naf", study.comparison.target_naf),
        ("zones.naf_divisions", study.zones.naf_divisions),
    ):
        _note_divisions(place, ranges, faults)
    if study.roads.vehicles:
        _note_vehicles(study, faults)
    known = _listed_bodies(project)
    if known:
        _note_waste_bodies(study, known, faults)
    faults.raise_if_any(StudyError)


def require_waste_bodies(study: Study, known: Collection[str]) -> None:
    """Refuse waste bodies that no source describes."""
    faults = Faults("étude")
    _note_waste_bodies(study, known, faults)
    faults.raise_if_any(StudyError)


def _note_rules(study: Study, faults: Faults) -> None:
    # pandas: a study that excludes no rule does without it.
    from eitgeo.reference.rules import synergy_rules  # noqa: PLC0415

    rules = set(synergy_rules()["rule_id"])
    for rule in study.flows.rules_excluded:
        if rule not in rules:
            fault = f"« flows.rules_excluded » : règle inconnue « {rule} »"
            faults.add(fault, remedy=hint(rule, rules))


def _note_waste_bodies(study: Study, known: Collection[str], faults: Faults) -> None:
    for name in study.comparison.waste_bodies:
        if name not in set(known):
            fault = f"« comparison.waste_bodies » : structure inconnue « {name} »"
            faults.add(fault, remedy=hint(name, known))


def _note_divisions(place: str, ranges: Iterable[str], faults: Faults) -> None:
    for written in ranges:
        try:
            expand_divisions([written])
        except StudyError as error:
            for line in str(error).splitlines()[1:]:
                fault, _, remedy = line.removeprefix("  - ").partition(" → ")
                faults.add(f"« {place} » : {fault}", remedy=remedy)


def _note_vehicles(study: Study, faults: Faults) -> None:
    # Geographic libraries: a study that changes no vehicle does without them.
    from eitgeo.roads.network.profile import fleet  # noqa: PLC0415

    try:
        fleet(study.roads)
    except StudyError as error:
        for line in str(error).splitlines()[1:]:
            fault, _, remedy = line.removeprefix("  - ").partition(" → ")
            faults.add(f"« roads.vehicles » : {fault}", remedy=remedy)


def _listed_bodies(project: Project) -> set[str]:
    """Return the bodies of the CSV files; nothing where one cannot be read yet."""
    sources = project.study.sources.body_sources
    if any(one.reader != "csv" for one in sources):
        return set()
    # Not through the reader, which takes seconds to import: it tells the other faults.
    bodies: set[str] = set()
    try:
        for path in (project.path(one.file) for one in sources):
            bodies |= {row["body_id"] for row in csv_dicts(path)}
    except (EitgeoError, OSError, UnicodeDecodeError, KeyError):
        return set()
    return bodies
