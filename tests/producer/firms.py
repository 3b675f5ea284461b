"""Establishments of the imaginary country: companies, people, and those who withhold.

Names are hostile where a register may hold any text: markup, formulas, accents. Whoever
may not be shown bears a name that nothing else bears, so that it can be looked for.
"""

from __future__ import annotations

import random
from functools import cache
from typing import NamedTuple

from shapely import Point

from tests.producer.country import SEED, Commune, communes, former, luhn_complete

N_FIRMS = 1_500
TRANCHES = ("NN", "01", "02", "03", "11", "12", "21", "22")
_WEIGHTS = (44, 20, 9, 8, 9, 6, 3, 1)
JOBS = dict(zip(TRANCHES, (0, 2, 4, 7, 14, 34, 70, 140), strict=True))
"""Jobs of each bracket, as URSSAF would count them."""

NAF = {
    "10.13A": 4, "10.51C": 4, "10.71C": 10, "11.05Z": 2, "13.92Z": 2, "16.10A": 8,
    "16.23Z": 6, "16.24Z": 5, "17.21A": 3, "18.12Z": 5, "20.59Z": 2, "22.22Z": 4,
    "22.29A": 5, "23.63Z": 4, "25.11Z": 6, "25.62B": 8, "28.30Z": 4, "31.09B": 6,
    "33.12Z": 5, "35.11Z": 1, "37.00Z": 1, "38.11Z": 3, "38.32Z": 4, "41.20A": 8,
    "42.11Z": 4, "43.12A": 6, "43.22A": 12, "43.32A": 12, "43.34Z": 10, "43.99C": 12,
    "45.20A": 14, "46.21Z": 4, "46.73A": 5, "47.11F": 8, "47.52B": 5, "49.41A": 10,
    "52.10B": 3, "55.10Z": 4, "56.10A": 14, "01.50Z": 10, "02.20Z": 5, "62.01Z": 5,
    "69.20Z": 6, "70.10Z": 6, "84.11Z": 8, "86.10Z": 2, "87.10A": 4, "96.02A": 8,
}  # fmt: skip
"""Activity → weight."""


class Firm(NamedTuple):
    """An establishment, and whether it may be named."""

    siret: str
    name: str
    naf: str
    commune: Commune
    at: Point
    tranche: str
    person: bool = False
    withheld: bool = False
    closed: bool = False
    code: str = ""
    """Code of its commune as the register writes it; empty: today's."""

    @property
    def siren(self) -> str:
        """Its legal unit."""
        return self.siret[:9]

    @property
    def is_hidden(self) -> bool:
        """Say whether nothing may name it."""
        return self.person or self.withheld


PEOPLE = ("ZYLBERSZTAJN", "KOWALCZYKOWSKI", "QUENNEVILLOIS", "VANDENBROUCKART")
WITHHELD = ("SECRETISSIMES DU VALLON", "DISCRETISSIME SARL", "=NONDIFFUSIBLE()")
HIDDEN = (*PEOPLE, *WITHHELD)
"""Names that nothing published may hold."""

HOSTILE = (
    "SARL <script>alert('Brandes')</script>",
    'SAS =HYPERLINK("http://brandes.invalid";"Brandes")',
    "SOCIÉTÉ L’ŒUVRE & FILS SA",
    'SARL #import "brandes"; $x^2$ *_',
)
"""Names of companies that may be shown, and that no document may obey."""


def _siret(rank: int) -> str:
    siren = luhn_complete(f"40{rank:06d}")
    return luhn_complete(f"{siren}0001")


@cache
def firms() -> tuple[Firm, ...]:
    """Draw the establishments, always the same; those who are hidden come first."""
    draw = random.Random(SEED + 1)  # noqa: S311
    places = communes()
    weights = [one.population for one in places]
    town = max(places, key=lambda one: one.population)
    zones = {one.code: _zones(one, draw) for one in places}
    found = [
        Firm(_siret(rank), name, naf, town, zones[town.code][0], "22", name in PEOPLE,
             name in WITHHELD)
        for rank, (name, naf) in enumerate(
            zip(HIDDEN, ("16.10A", "25.62B", "38.32Z", "10.51C") * 2, strict=False)
        )
    ]  # fmt: skip
    rank = len(found)
    while len(found) < N_FIRMS:
        rank += 1
        (commune,) = draw.choices(places, weights)
        (naf,) = draw.choices(list(NAF), list(NAF.values()))
        (tranche,) = draw.choices(TRANCHES, _WEIGHTS)
        shown = rank - len(HIDDEN) <= len(HOSTILE)
        alone = tranche == "NN" and draw.random() < 0.6 and not shown
        found.append(
            Firm(
                _siret(rank),
                HOSTILE[rank - len(HIDDEN) - 1]
                if shown
                else _name(rank, naf, alone=alone),
                naf,
                commune,
                _place(commune, zones[commune.code], draw),
                "21" if shown else tranche,
                person=alone,
                withheld=not shown and draw.random() < 0.03,
                closed=not shown and draw.random() < 0.05,
                code=former().code if _came_from(commune, draw) else "",
            )
        )
    return tuple(found)


def _name(rank: int, naf: str, *, alone: bool) -> str:
    """Name each one so that it can be told from all others."""
    return f"PATRONYME{rank:04d}" if alone else f"SAS ATELIERS {naf[:2]} N{rank:04d}"


def _came_from(commune: Commune, draw: random.Random) -> bool:
    return commune.code == former().into and draw.random() < 0.5


def _zones(commune: Commune, draw: random.Random) -> list[Point]:
    """Place where activity gathers, inside."""
    n = 1 if commune.population < 2_000 else 2
    n = 5 if commune.population > 10_000 else n
    return [
        Point(
            commune.seat.x + draw.uniform(-1_500, 1_500),
            commune.seat.y + draw.uniform(-1_500, 1_500),
        )
        for _ in range(n)
    ]


def _place(commune: Commune, zones: list[Point], draw: random.Random) -> Point:
    if draw.random() < 0.6:
        zone = draw.choice(zones)
        return Point(zone.x + draw.gauss(0, 120), zone.y + draw.gauss(0, 120))
    return Point(
        commune.seat.x + draw.uniform(-1_800, 1_800),
        commune.seat.y + draw.uniform(-1_800, 1_800),
    )


def hidden_numbers() -> tuple[str, ...]:
    """List SIRET and names that nothing published may hold, closed ones too."""
    mine = [one for one in firms() if one.is_hidden]
    return (*(one.siret for one in mine), *(one.name for one in mine))
