"""Where each commune may take what it sorts: the nearest place of each kind."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.check import require_columns
from eitgeo.maps.paper.palette import outlet_symbol
from eitgeo.maps.paper.sheet import require_released
from eitgeo.words import name_key, round_significant, settled

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure.door.rules import Released

KINDS = {
    "decheterie": "petites quantités, si elle admet les professionnels",
    "centre_tri": "emballages et papiers triés, par votre collecteur",
    "compostage": "végétaux, bois broyé, biodéchets selon son autorisation",
    "methanisation": "biodéchets, effluents",
    "recuperation": "métaux, cartons, plastiques, bois",
    "isdi": "terres et gravats propres",
    "quai_de_transfert": "déchets en mélange, avant un long trajet",
    "isdnd": "en dernier recours : ce qui ne se trie pas",
}
"""Kinds of places that a firm may be sent to, by what it may take there."""


_HALF = Decimal("0.5")


class Place(NamedTuple):
    """A commune that has a place of a kind, with the names of those that are there."""

    kind: str
    commune: str
    names: tuple[str, ...]


class Ways(NamedTuple):
    """The nearest place of each kind of each commune.

    Attributes
    ----------
    kinds
        Kinds that the study has a place of, in the order of :data:`KINDS`.
    places
        The places that are nearest to some commune.
    about
        What stands before minutes: « de l'ordre de » where they are assumed.
    by_commune
        Commune → for each kind, place and minutes by truck; None: not reached.
    """

    kinds: tuple[str, ...]
    places: tuple[Place, ...]
    about: str
    by_commune: dict[str, list[tuple[int, int] | None]]


def kind_label(kind: str) -> str:
    """Name a kind of place."""
    return outlet_symbol(kind).label


def read_ways(
    ways: Released, outlets: Released, names: dict[str, str], *, evidence: str
) -> Ways:
    """Lay out the nearest places; `names`: of communes, by code."""
    is_sure = evidence != "H"
    table = require_released(ways, "commune_outlets").table
    columns = ["code_insee", "kind", "at_code", "minutes"]
    require_columns(table, columns, where="commune_outlets")
    held = require_released(outlets, "outlets").table
    here = [kind for kind in KINDS if kind in set(held["kind"])]
    kept = table[table["kind"].isin(here)]
    keys = sorted(set(zip(kept["kind"], kept["at_code"], strict=True)))
    rank = {key: place for place, key in enumerate(keys)}
    by_commune: dict[str, list[Any]] = {}
    for code, kind, at, minutes in zip(*(kept[one] for one in columns), strict=True):
        line = by_commune.setdefault(str(code), [None] * len(here))
        rounded = round_minutes(float(minutes), is_sure=is_sure)
        line[here.index(str(kind))] = (rank[str(kind), str(at)], rounded)
    return Ways(
        kinds=tuple(here),
        places=tuple(
            Place(kind, names.get(code, code), _names(held, kind, code))
            for kind, code in keys
        ),
        about="" if is_sure else "de l’ordre de ",
        by_commune=by_commune,
    )


def round_minutes(minutes: float, *, is_sure: bool) -> int:
    """Round to whole minutes, halves up; to one figure what is assumed.

    Examples
    --------
    >>> round_minutes(12.5, is_sure=True), round_minutes(0.2, is_sure=True)
    (13, 0)
    >>> round_minutes(37.2, is_sure=False)
    40
    """
    known = settled(minutes) if is_sure else settled(round_significant(minutes, 1))
    return int(known + _HALF)


def _names(outlets: pd.DataFrame, kind: str, code: str) -> tuple[str, ...]:
    rows = outlets[outlets["kind"].eq(kind) & outlets["code_insee"].eq(code)]
    told = [
        f"{row.name_}{'' if row.status == 'publie' else ' (à vérifier)'}"
        for row in rows.rename(columns={"name": "name_"}).itertuples()
    ]
    return tuple(sorted(told, key=name_key))
