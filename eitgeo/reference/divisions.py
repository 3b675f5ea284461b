"""Ranges of NAF divisions, as a study writes them; pandas is not imported."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib import resources

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError


def expand_divisions(ranges: Iterable[str]) -> frozenset[str]:
    """Expand ranges of divisions, as a study writes them.

    Examples
    --------
    >>> sorted(expand_divisions(["01-02", "41"]))
    ['01', '02', '41']
    """
    known = _codes()
    faults = Faults("divisions de la NAF")
    divisions: set[str] = set()
    for written in ranges:
        first, _, last = written.partition("-")
        bounds = (first, last or first)
        wrong = [bound for bound in bounds if bound not in known]
        for bound in wrong:
            fault = f"« {written} » : division « {bound} » inconnue"
            faults.add(fault, remedy=hint(bound, known))
        if not wrong and bounds[0] > bounds[1]:
            fault = f"« {written} » : plage à l'envers"
            faults.add(fault, remedy=f"écrire « {bounds[1]}-{bounds[0]} »")
        if not wrong:
            divisions.update(d for d in known if bounds[0] <= d <= bounds[1])
    faults.raise_if_any(StudyError)
    return frozenset(divisions)


@cache
def _codes() -> tuple[str, ...]:
    path = resources.files("eitgeo.reference").joinpath("naf_divisions.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(row["division"] for row in csv.DictReader(lines))
