"""What the rules of the study say to an activity: what to offer, to seek, to share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.reference.naf import ANY_ACTIVITY, sorting_duties
from eitgeo.reference.rules import (
    family_name,
    mutualisation_rules,
    supported_first,
    synergy_rules,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

FAMILIES = 3
LINES = 2
SERVICES = 6
_SHARED = "mutualisation"
_QUICK = "rapide"


class Line(NamedTuple):
    """A resource that a firm may offer or seek."""

    offered: bool  # Whether it is offered; else sought
    text: str  # The resource, and its use, French
    supported: bool  # Whether a source or a published exchange tells it


class Family(NamedTuple):
    """A family of resources that is worth a call."""

    name: str
    lines: tuple[Line, ...]


class Advice(NamedTuple):
    """What an activity, or several, may look at."""

    families: tuple[Family, ...]  # Three at most, those with a source first
    # Rules of services that it could share, the quick ones first
    services: tuple[str, ...]
    duties: tuple[str, ...]  # What it must sort


class Rulebook:
    """The rules, each with the activities that it names."""

    def __init__(self) -> None:
        rules = supported_first(synergy_rules())
        exchange_rules = rules[rules["family"].ne(_SHARED)].to_dict("records")
        self._lines = [
            (
                rule["family"],
                Line(offered, _text(rule, offered), _is_supported(rule)),
                rule["confidence"],
                _codes(rule[named]),
            )
            for rule in exchange_rules
            for offered, named in ((True, "source_naf"), (False, "taker_naf"))
        ]
        services = mutualisation_rules()
        services = services.assign(late=services["lead_time"].ne(_QUICK))
        # Quick ones first; among them, those with a source: « S » stands after « H ».
        ordered = services.sort_values(
            ["late", "evidence"], ascending=[True, False], kind="stable"
        )
        self.services = {str(row["rule_id"]): row for _, row in ordered.iterrows()}
        self._services = {
            name: _codes(str(row["source_naf"])) for name, row in self.services.items()
        }
        table = sorting_duties().set_index("duty_id")
        self.duties = {str(name): row for name, row in table.iterrows()}
        self._duties = {
            name: _codes(str(row["naf"])) for name, row in self.duties.items()
        }

    def advise(self, codes: Collection[str]) -> Advice:
        """Say what the rules propose to an activity, or to any of several."""
        asked = frozenset(codes)
        return Advice(
            families=self._families(asked),
            services=_naming(self._services, asked),
            duties=_naming(self._duties, asked),
        )

    def _families(self, asked: frozenset[str]) -> tuple[Family, ...]:
        by_family: dict[str, list[tuple[Line, str]]] = {}
        for family, line, confidence, named in self._lines:
            if not named.isdisjoint(asked):
                by_family.setdefault(family, []).append((line, confidence))
        ranked = sorted(by_family, key=lambda name: (*_rank(by_family[name]), name))
        return tuple(
            Family(family_name(name), _chosen(line for line, _ in by_family[name]))
            for name in ranked[:FAMILIES]
        )


def _codes(listed: str) -> frozenset[str]:
    return frozenset(listed.split(";")) - {""}


def _naming(named: dict[str, frozenset[str]], asked: frozenset[str]) -> tuple[str, ...]:
    return tuple(
        name for name, codes in named.items() if ANY_ACTIVITY in codes or codes & asked
    )


def _is_supported(rule: dict[Any, Any]) -> bool:
    return rule["evidence"] != "H" or bool(rule["attested_by"])


def _text(rule: dict[Any, Any], offered: bool) -> str:  # noqa: FBT001 - one of two ends
    byproduct, use = str(rule["byproduct"]), str(rule["use"])
    hazard = " (déchet dangereux)" if rule["hazardous"] == "1" else ""
    joined = f"{byproduct}{hazard} → {use[:1].lower()}{use[1:]}"
    return joined if offered else f"{byproduct}{hazard}, pour : {use.lower()}"


def _rank(lines: list[tuple[Line, str]]) -> tuple[int, str, int]:
    """Put families that a source supports first, then sure rules, then many."""
    n_supported = sum(line.supported for line, _ in lines)
    return (-n_supported, min(sure for _, sure in lines), -len(lines))


def _chosen(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Keep two resources to offer and two to seek, each once."""
    chosen: dict[bool, dict[str, Line]] = {True: {}, False: {}}
    for line in lines:
        side = chosen[line.offered]
        if len(side) < LINES:
            side.setdefault(line.text.partition(" → ")[0].partition(",")[0], line)
    return (*chosen[True].values(), *chosen[False].values())
