"""A table of the study → what may be shown of it, with all that it carries along."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pandas as pd

from eitgeo.check import Faults
from eitgeo.disclosure.door import account, decision, ground, matter
from eitgeo.disclosure.door.catalogue import (
    REPORT,
    ReleaseRule,
    release_rule,
    step_tables,
)
from eitgeo.disclosure.door.rules import (
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
from eitgeo.tables.public import Released, write_released

_COLUMNS: Final = {"od_matrix": OD_WAYS}
"""All that is asked of a table which holds more."""


def released(
    project: Project, name: str, *, given: Mapping[str, Any] | None = None
) -> Released:
    """Release a table of the catalogue: nothing else leaves a study.

    `given`: tables in place of those of the study.

    Examples
    --------
    >>> released(None, "arisings")
    Traceback (most recent call last):
    eitgeo.errors.SchemaError: « arisings » : table absente du catalogue de ce qui sort
    → l'y inscrire avec sa règle (eitgeo/disclosure/door/catalogue.csv)
    """
    rule, parameters = release_rule(name), given or {}
    made_of = [_part(project, part, parameters) for part in rule.of]
    tables = [*(part.table for part in made_of), *_read(project, name, parameters)]
    computed = _COMPUTED.get(name, _as_read)(project, *tables)
    rows = computed if isinstance(computed, Rows) else Rows(computed)
    rows = _inner_columns_off(rule, rows)
    if rule.rule == "unions":
        (indicators,) = made_of
        return release_union_figures(rows.table, indicators=indicators)
    stamps = _with_own(_stamps(project, rule, parameters, made_of), rows)
    if rule.rule == "derived":
        return release_derived(rows.table, withheld=rows.withheld, **stamps)
    return _RULES[rule.rule](rows.table, **stamps)


def write_step_tables(project: Project, step: str) -> dict[str, object]:
    """Write what a step of release lets out, each table once, in the public folder."""
    names = step_tables(step)
    written: dict[str, Released] = {}
    for name in names:
        parts = {
            part: written[part] for part in release_rule(name).of if part in written
        }
        written[name] = released(project, name, given=parts)
        write_released(project.processed, name, written[name])
    return {
        "tables publiées": len(names),
        "chiffres retenus": sum(one.withheld for one in written.values()),
    }


_RULES: Final[dict[str, Callable[..., Released]]] = {
    "register": release_register,
    "guarded": release_guarded,
    "indicators": release_indicators,
}


_COMPUTED: Final[dict[str, Callable[..., Any]]] = {
    **dict.fromkeys(decision.ORDERS, decision.orders),
    "activity_areas": ground.activity_areas,
    "activity_counts": ground.activity_counts,
    "arising_blocks": matter.arising_blocks,
    "arising_checks": matter.arising_checks,
    "arising_streams": matter.arising_streams,
    "arising_sums": matter.arising_sums,
    "backtest": matter.backtest,
    "body_members": ground.body_members,
    "commune_minutes": ground.commune_minutes,
    "counted_sectors": ground.counted_sectors,
    "decision_criteria": decision.criteria,
    "declared_destinations": matter.destinations,
    "epci_facts_undrawn": decision.undrawn_facts,
    "exchange_counts": matter.exchange_counts,
    "exchange_givers": matter.exchange_givers,
    "exchange_links": matter.exchange_links,
    "factor_sourcing": matter.sourcing,
    "factor_weights": matter.factors,
    "indicators_known": decision.known,
    "known_shares": decision.shares_known,
    "levers": matter.levers,
    "link_criticality": ground.busy,
    "motorway_exits": ground.motorway_exits,
    "nearest_outlets": ground.nearest,
    "neighbours": ground.neighbours,
    "participation": matter.participation,
    "perimeters": ground.perimeters,
    "process_actors": matter.actors,
    "reach": matter.reach,
    "site_stability": ground.site_stability,
    "survey_public": matter.answers,
    "syndicate_account": account.syndicate_account,
    "town_minutes": ground.minutes,
    "union_front": decision.union_orders,
    "union_ranks": decision.union_orders,
    "union_seats": ground.union_seats,
    "waste_members": ground.waste_members,
    "weighed_public": matter.weighings,
    "zone_potentials": ground.zone_potentials,
    "zone_profile": ground.zone_profile,
}
"""What computes a table, from the study, what it is `of`, then what it `reads`."""


def _part(project: Project, name: str, given: Mapping[str, Any]) -> Released:
    """Take what a table is made of where it is released already, or release it."""
    if isinstance(given.get(name), Released):
        return given[name]
    return released(project, name, given=given)


def _table(project: Project, name: str, given: Mapping[str, Any]) -> Any:
    if name in given:
        return given[name]
    return read_table(project.processed, name, columns=_COLUMNS.get(name))


def _read(project: Project, name: str, given: Mapping[str, Any]) -> Iterator[Any]:
    return (_table(project, table, given) for table in release_rule(name).reads)


def _as_read(_: Project, *tables: pd.DataFrame) -> pd.DataFrame:
    return tables[-1]


def _inner_columns_off(rule: ReleaseRule, rows: Rows) -> Rows:
    """Take off the columns that stay in."""
    if rule.keeps:
        _require_kept(rule.table, rows.table, rule.keeps)
    return rows._replace(table=rows.table.drop(columns=[*rule.drops], errors="ignore"))


def _require_kept(name: str, table: pd.DataFrame, keeps: tuple[str, ...]) -> None:
    faults = Faults(name)
    for column in sorted({*table.columns} - {*keeps}):
        remedy = f"n'y laisser que {', '.join(keeps)}"
        faults.add(f"colonne « {column} » : elle ne sort pas", remedy=remedy)
    faults.raise_if_any(SchemaError)


def _stamps(
    project: Project,
    rule: ReleaseRule,
    given: Mapping[str, Any],
    made_of: list[Released],
) -> Stamps:
    """Say what the catalogue has the table print beside its figures."""
    if made_of and not rule.credits:
        (whole,) = made_of
        return {
            "sources": whole.sources,
            "demonstration": whole.demonstration,
            "to_confirm": whole.to_confirm,
            "secrecy": whole.secrecy,
        }
    return {
        "sources": _sources(project.study, rule),
        "demonstration": project.study.reasons(rule.demonstration_basis),
        "to_confirm": (rule.to_confirm,) if rule.to_confirm else (),
        "secrecy": _secrecy(project, rule.secrecy, given),
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


def _sources(study: Study, rule: ReleaseRule) -> tuple[str, ...]:
    names = [*rule.credits]
    if rule.demonstration_basis == "zones" and study.zones.distance != "plane":
        names.append("roads")
    return tuple(filter(None, map(study.credit, dict.fromkeys(names))))


def _secrecy(
    project: Project, secrecy: str, given: Mapping[str, Any]
) -> tuple[str, ...]:
    if not secrecy:
        return ()
    report = _table(project, REPORT, given)
    if secrecy != "report":
        report = report[report["indicator_id"] == secrecy]
    return report_sentences(report, indicator_catalogue())
