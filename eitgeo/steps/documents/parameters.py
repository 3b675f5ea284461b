"""Parameters of the study in force, as the dossier lists and says them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from eitgeo.flows.exchanges.participation import (
    could_be_asked,
    if_taking_part,
    taking_part_in,
)
from eitgeo.sources.waste.landfills import read_landfill_ceilings
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables
from eitgeo.words import french_number

_SECTIONS = (
    "territory",
    "zones",
    "arisings",
    "flows",
    "methods",
    "comparison",
    "governance.verdict",
)
_READER = "reader"
"""Which function reads a file: the path beside says which file."""


def named(public: PublicTables) -> dict[str, str]:
    """Name perimeters, bodies and outlets by their keys in the study."""
    keyed = {
        "perimeter_id": public["perimeters"],
        "body_id": public["bodies"],
        "outlet_id": public["outlets"],
    }
    names = {"a_confirmer": "à confirmer"}
    for key, table_of in keyed.items():
        names |= dict(
            zip(table_of.table[key], table_of.table["name"].astype(str), strict=True)
        )
    return names


def study_parameters(
    project: Project, names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Write the parameters in force, one a line."""
    for name in _SECTIONS:
        section, *keys = name.split(".")
        value: Any = project.study.section(section)
        for key in keys:
            value = value[key]
        yield from parameter_lines(name, value, names)


def parameter_lines(
    name: str, value: Any, names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Write a section of a study, one key a line, its numbers as French does."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from parameter_lines(f"{name}.{key}", inner, names)
    elif isinstance(value, list | tuple):
        yield name, " ; ".join(_in_words(one, names) for one in value) or "aucun"
    elif value is not None and value != "":
        yield name, _in_words(value, names)


def _in_words(value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dict):
        parts = {key: part for key, part in value.items() if key != _READER}
        return ", ".join(f"{key} {_in_words(one, names)}" for key, one in parts.items())
    if isinstance(value, list | tuple):
        return " et ".join(_in_words(one, names) for one in value)
    return (
        french_number(value)
        if isinstance(value, float)
        else names.get(value, str(value))
    )


def participation_words(project: Project, public: PublicTables) -> tuple[str, str]:
    """Say who takes part in exchanges, and what could be asked for."""
    part = taking_part_in(project.study)
    tried = public["participation"].table
    return if_taking_part(part), could_be_asked(tried, part)


def ceilings_of(project: Project) -> pd.DataFrame:
    """Read the ceilings of treatment sites; none where the study names no file."""
    written = project.study.sources.ceilings
    if written is None:
        return pd.DataFrame({"outlet_id": pd.Series(dtype="str")})
    return read_landfill_ceilings(project.path(written))
