"""Every table that may leave, one row each; what stands nowhere here stays in.

Rows are those of ``catalogue.csv``; no geographic library is imported.

Notes
-----
``membership_frequency`` goes out as a register does, without passing by blocks: a share
counts contours, each the answer of an optimisation over the whole territory, rounded to
five classes on the map. It holds no tonne, no job and no firm; no sum or difference of
shares gives one back. Lengths and minutes of roads leave, never what is carried on
them. Jobs would tell a firm, or what is left of a block once zones are out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from eitgeo.errors import SchemaError
from eitgeo.study.prints import Basis
from eitgeo.study.sections import Study


class ReleaseRule(NamedTuple):
    """How one table leaves.

    ``table``: its name. ``step``: the step of release that writes it;
    none: no output reads it, and it leaves when it is asked for alone. ``rule``:
    ``register`` (public rows; estimates are refused, hidden sites stay in),
    ``guarded`` (blocks, cells and draws that passed), ``indicators`` (summed from
    them), ``derived`` (computed from these: no column names a site), ``unions``
    (computed from released indicators alone, checked against them). ``credits``: names
    of ``study.sources.credits``, and ``zones`` for those drawn before; none: credits,
    reasons and secrecy are those of what it is made of. ``demonstration_basis``: drawn
    inputs that make it a demonstration, as :data:`~eitgeo.study.prints.Basis` says;
    none: it is real. ``secrecy``: what it says of secrecy: ``report`` (all of
    ``disclosure_report``), or the indicator whose line is told. ``to_confirm``: what is
    « à confirmer » whatever the rows, in French. ``drops``, ``keeps``: columns that
    stay in; the only ones that leave. ``of``: other rows of this catalogue, released
    first. ``reads``: tables of the study.
    """

    table: str
    step: str
    rule: str
    credits: tuple[str, ...]
    demonstration_basis: Basis
    secrecy: str
    to_confirm: str
    drops: tuple[str, ...]
    keeps: tuple[str, ...]
    of: tuple[str, ...]
    reads: tuple[str, ...]


_LISTS = ("credits", "drops", "keeps", "of", "reads")
REPORT: Final = "disclosure_report"


def _rows() -> dict[str, ReleaseRule]:
    path = Path(__file__).with_suffix(".csv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows: Iterator[dict[str, Any]] = csv.DictReader(lines)
        return {
            row["table"]: ReleaseRule(
                **row | {name: tuple(row[name].split()) for name in _LISTS}
            )
            for row in rows
        }


CATALOGUE: Final = _rows()
"""Name of a table → how it leaves."""


def release_rule(name: str) -> ReleaseRule:
    """Say how a table leaves; one that stands nowhere here is refused."""
    if name in CATALOGUE:
        return CATALOGUE[name]
    message = (
        f"« {name} » : table absente du catalogue de ce qui sort → l'y inscrire avec "
        "sa règle (eitgeo/disclosure/door/catalogue.csv)"
    )
    raise SchemaError(message)


def step_tables(step: str) -> tuple[str, ...]:
    """List the tables that a step of release writes."""
    return tuple(name for name, row in CATALOGUE.items() if row.step == step)


def needed_tables(name: str) -> set[str]:
    """List the tables of the study that a row of the catalogue is read from."""
    row = release_rule(name)
    report = {REPORT} if row.secrecy else set()
    return report.union(row.reads, *map(needed_tables, row.of))


def drawn_tables(study: Study) -> frozenset[str]:
    """Name the tables with figures of a demonstration: released, and first read for it.

    Not each of their figures is drawn: those of class H are.
    """
    names: set[str] = set()
    for name, rule in CATALOGUE.items():
        bases = (CATALOGUE[one].demonstration_basis for one in (name, *rule.of))
        if any(map(study.reasons, bases)):
            names |= {name, *rule.reads[:1]}
    return frozenset(names)
