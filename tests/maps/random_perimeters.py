"""Random perimeters measured by the package, for the page to find again."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from eitgeo.perimeters.contours.candidate import Candidate, perimeter_tables
from eitgeo.perimeters.contours.certificate import certify
from eitgeo.steps.declared import STEPS
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table

_MOST = 6
"""EPCI that a random perimeter touches at most."""
_ONE_IN = 8
"""Unions of the run, one of so many, that are measured again."""


def random_candidates(communes: pd.DataFrame, n: int, *, seed: int) -> list[Candidate]:
    """Draw perimeters of any shape: some EPCI, whole or in part, or stray communes."""
    rng = np.random.default_rng(seed)
    area = communes[communes["in_area"]].sort_values("code_insee")
    sirens = sorted(set(area["epci_siren"]))
    found = []
    for rank in range(n):
        chosen = rng.choice(sirens, size=rng.integers(1, _MOST), replace=False)
        inside = area[area["epci_siren"].isin(chosen)]
        share = rng.choice([1.0, 0.9, 0.5, 0.05])
        kept = inside[rng.random(len(inside)) < share]
        codes = frozenset(kept["code_insee"]) or frozenset(inside["code_insee"][:1])
        found.append(
            Candidate(
                perimeter_id=f"tirage_{rank:02d}",
                name=f"Tirage {rank}",
                method="structure",
                codes=codes,
            )
        )
    return found


MEASURED = {"indicators", "disclosure", "release_perimeters", "release_guarded"}
"""Steps that are run again: what they measured, and what may leave of it."""


def with_random_perimeters(project: Project, out: Path, *, n: int) -> Project:
    """Copy the tables of a run, put random perimeters beside those that it compares.

    All are measured and guarded again, with one union in eight: the run has the others.
    """
    other = Project(project.study, project.base, out)
    shutil.copytree(project.processed, other.processed)
    communes = read_table(other.processed, "communes")
    drawn = random_candidates(communes, n, seed=project.study.identity.seed)
    certificates = certify(
        drawn, communes, contiguity=read_table(other.processed, "contiguity")
    )
    more = perimeter_tables(zip(drawn, certificates, strict=True), seed=0)
    table = read_table(other.processed, "perimeters")
    unions = table.loc[~table["compared"], "perimeter_id"]
    left = unions.drop(unions.index[::_ONE_IN])
    for name, rows in zip(("perimeters", "perimeter_communes"), more, strict=True):
        held = read_table(other.processed, name)
        held = held[~held["perimeter_id"].isin(left)]
        table = pd.concat([held, rows], ignore_index=True)
        write_table(other.processed, table, table=name)
    for step in STEPS:
        if step.name in MEASURED:
            step.run(other)
    return other
