"""A table of the study → what may be shown of it, with all that it carries along."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pandas as pd

from eitgeo.check import Faults
from eitgeo.disclosure.door.catalogue import CATALOGUE
from eitgeo.disclosure.door.rules import (
    Leaving,
    Released,
    Stamps,
    release_derived,
    release_guarded,
    release_indicators,
    release_register,
    release_union_figures,
)
from eitgeo.disclosure.report import report_sentences
from eitgeo.disclosure.rule import Rows
from eitgeo.errors import SchemaError
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.study.project import Project
from eitgeo.study.sections import Study
from eitgeo.tables.columns import OD_WAYS
from eitgeo.tables.files import read_table

_REPORT = "disclosure_report"
_COLUMNS: Final = {"od_matrix": OD_WAYS}
"""All that is asked of a table which holds more."""


def released(
    project: Project,
    name: str,
    *,
    given: Mapping[str, Any] | None = None,
    **asked: object,
) -> Released:
    """Release a table of the catalogue: nothing else leaves a study.

    Examples
    --------
    >>> released(None, "arisings")
    Traceback (most recent call last):
    eitgeo.errors.SchemaError: « arisings » : table absente du catalogue de ce qui sort
    → l'y inscrire avec sa règle (eitgeo/disclosure/door/catalogue.py)
    """
    way, parameters = _way(name), dict(given or {})
    made_of = [_part(project, part, parameters) for part in way.of]
    tables = [*(part.table for part in made_of), *_read(project, name, parameters)]
    made = (way.made or _as_read)(project, *tables, **asked)
    rows = _inner_columns_off(name, made if isinstance(made, Rows) else Rows(made))
    if way.rule == "unions":
        (indicators,) = made_of
        return release_union_figures(rows.table, indicators=indicators)
    stamps = _with_own(_stamps(project, way, parameters, made_of), rows)
    if way.rule == "derived":
        return release_derived(rows.table, withheld=rows.withheld, **stamps)
    return _RULES[way.rule](rows.table, **stamps)


_RULES: Final[dict[str, Callable[..., Released]]] = {
    "register": release_register,
    "guarded": release_guarded,
    "indicators": release_indicators,
}


def needed_tables(name: str) -> set[str]:
    """List the tables of the study that a row of the catalogue is read from."""
    way = _way(name)
    reads = {name} if way.reads is None else {*way.reads}
    if way.secrecy:
        reads.add(_REPORT)
    return reads.union(*(needed_tables(part) for part in way.of))


def drawn_tables(study: Study) -> frozenset[str]:
    """Name the tables with figures of a demonstration: released, and first read for it.

    Not each of their figures is drawn: those of class H are.
    """
    names: set[str] = set()
    for name, way in CATALOGUE.items():
        if any(study.reasons(CATALOGUE[one].reasons) for one in (name, *way.of)):
            names |= {name, *(way.reads or ())[:1]}
    return frozenset(names)


def _way(name: str) -> Leaving:
    if name in CATALOGUE:
        return CATALOGUE[name]
    message = f"« {name} » : table absente du catalogue de ce qui sort → {_REMEDY}"
    raise SchemaError(message)


_REMEDY = "l'y inscrire avec sa règle (eitgeo/disclosure/door/catalogue.py)"


def _part(project: Project, name: str, held: Mapping[str, Any]) -> Released:
    """Take what a table is made of where it is released already, or release it."""
    if isinstance(held.get(name), Released):
        return held[name]
    return released(project, name, given=held)


def _table(project: Project, name: str, held: Mapping[str, Any]) -> Any:
    if name in held:
        return held[name]
    return read_table(project.processed, name, columns=_COLUMNS.get(name))


def _read(project: Project, name: str, held: Mapping[str, Any]) -> Iterator[Any]:
    reads = CATALOGUE[name].reads
    for table in (name,) if reads is None else reads:
        yield _table(project, table, held)


def _as_read(_: Project, *tables: pd.DataFrame) -> pd.DataFrame:
    return tables[-1]


def _inner_columns_off(name: str, rows: Rows) -> Rows:
    """Take off the columns that stay in."""
    way = CATALOGUE[name]
    if way.keeps:
        _require_kept(name, rows.table, way.keeps)
    return rows._replace(table=rows.table.drop(columns=[*way.drops], errors="ignore"))


def _require_kept(name: str, table: pd.DataFrame, keeps: tuple[str, ...]) -> None:
    faults = Faults(name)
    for column in sorted({*table.columns} - {*keeps}):
        remedy = f"n'y laisser que {', '.join(keeps)}"
        faults.add(f"colonne « {column} » : elle ne sort pas", remedy=remedy)
    faults.raise_if_any(SchemaError)


def _stamps(
    project: Project, way: Leaving, held: Mapping[str, Any], made_of: list[Released]
) -> Stamps:
    """Say what the catalogue has the table print beside its figures."""
    if made_of and not way.credits:
        (whole,) = made_of
        return {
            "sources": whole.sources,
            "demonstration": whole.demonstration,
            "to_confirm": whole.to_confirm,
            "secrecy": whole.secrecy,
        }
    return {
        "sources": _sources(project.study, way),
        "demonstration": project.study.reasons(way.reasons),
        "to_confirm": (way.to_confirm,) if way.to_confirm else (),
        "secrecy": _secrecy(project, way.secrecy, held),
    }


def _with_own(stamps: Stamps, rows: Rows) -> Stamps:
    """Add what the rows say of themselves to what the catalogue says of them."""
    own: Stamps = {
        "sources": stamps["sources"] if rows.sources is None else rows.sources,
        "to_confirm": (*stamps["to_confirm"], *rows.to_confirm),
        "secrecy": (*stamps["secrecy"], *rows.secrecy),
    }
    if rows.demonstration is not None:
        own["demonstration"] = rows.demonstration
    return {**stamps, **own}


def _sources(study: Study, way: Leaving) -> tuple[str, ...]:
    names = way.credits.split()
    if way.reasons == "zones" and study.zones.distance != "plane":
        names.append("roads")
    return tuple(filter(None, map(study.credit, dict.fromkeys(names))))


def _secrecy(
    project: Project, secrecy: str, held: Mapping[str, Any]
) -> tuple[str, ...]:
    if not secrecy:
        return ()
    report = _table(project, _REPORT, held)
    if secrecy != "report":
        report = report[report["indicator_id"] == secrecy]
    return report_sentences(report, indicator_catalogue())
