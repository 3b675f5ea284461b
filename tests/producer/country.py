"""An imaginary country of 35 communes, laid out where Limousin is, named by nobody.

Columns run from west to east, rows from south to north, cells of 6 km:

    row 4   D D D D E E E      A  new EPCI, its SIREN in 99, the town in its middle
    row 3   D D D D E E E      B  astride two départements
    row 2   A A A B B C C      C  in the second one
    row 1   A A A B B C C      D, E  the ring; E has two communes of a third one
    row 0   A A A B B C C
"""

from __future__ import annotations

import random
from functools import cache
from typing import NamedTuple

import geopandas as gpd
from shapely import Point, Polygon

SEED = 31
WEST, SOUTH, CELL_M = 560_000.0, 6_552_000.0, 6_000.0
COLUMNS, ROWS = 7, 5
MAP = ("AAABBCC", "AAABBCC", "AAABBCC", "DDDDEEE", "DDDDEEE")
TOWN = (1, 1)
"""Cell of the largest commune."""

REGION = "75"
YEAR = 2026

_FIRST = (
    *("Valombre", "Brandelys", "Corvaine", "Esternay", "Fougerand", "Grisolette"),
    *("Hautefosse", "Jarnéjoux", "Lombreuil", "Maravelle", "Nébouzat", "Orcevaux"),
    *("Pétrelle", "Quincerol", "Rochefaune", "Sorbeval", "Tournevert", "Urcevaux"),
)
_LAST = ("L'Œuvre-Haute", "Saint-Ythier-d'en-Bas", "Le Bôs-Noir", "Les Étangs-Vifs")
_SHAPES = ("{}", "{}-le-Vieux", "Saint-Onfre-de-{}")


class Epci(NamedTuple):
    """An EPCI: what lists call it."""

    letter: str
    siren: str
    name: str
    nature: str = "CC"


EPCIS = (
    Epci("A", "990000015", "CC Vallons et Brandes imaginaires"),
    Epci("B", "990000023", "CC du Plateau d'Entre-Deux"),
    Epci("C", "248700114", "CC des Étangs de Corvaine"),
    Epci("D", "248700122", "CC Nord-Brandes"),
    Epci("E", "248700130", "CC Marche des Trois-Confins"),
)
ASKED = ("A", "B", "C")


class Commune(NamedTuple):
    """A commune, in EPSG:2154."""

    code: str
    name: str
    epci: Epci
    population: int
    siren: str
    shape: Polygon
    seat: Point

    @property
    def dep(self) -> str:
        """Its département."""
        return self.code[:2]


class Former(NamedTuple):
    """A commune that joined another one since files were written."""

    code: str
    name: str
    into: str
    date: str


def luhn_complete(digits: str) -> str:
    """Add the last digit that makes a number valid."""
    total = 0
    for rank, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if rank % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


@cache
def communes() -> tuple[Commune, ...]:
    """Draw the communes, always the same."""
    draw = random.Random(SEED)  # noqa: S311
    corners = {
        (i, j): (
            WEST + CELL_M * i + draw.uniform(-900, 900),
            SOUTH + CELL_M * j + draw.uniform(-900, 900),
        )
        for i in range(COLUMNS + 1)
        for j in range(ROWS + 1)
    }
    names = iter(_names())
    by_letter = {one.letter: one for one in EPCIS}
    found = []
    counts: dict[str, int] = {}
    for j in range(ROWS):
        for i in range(COLUMNS):
            dep = _departement(i, j)
            counts[dep] = counts.get(dep, 900) + 1
            code = f"{dep}{counts[dep]}"
            shape = Polygon(
                corners[i + a, j + b] for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))
            )
            found.append(
                Commune(
                    code,
                    next(names),
                    by_letter[MAP[j][i]],
                    18_400 if (i, j) == TOWN else draw.randint(240, 3_100),
                    luhn_complete(f"21{code}0"),
                    shape,
                    shape.centroid,
                )
            )
    return tuple(sorted(found, key=lambda one: one.code))


def _names() -> list[str]:
    plain = [shape.format(name) for shape in _SHAPES for name in _FIRST]
    return [*_LAST, *plain]


def _departement(i: int, j: int) -> str:
    if (i, j) in {(5, 4), (6, 4)}:
        return "36"
    return "87" if i < 4 else "23"


def town() -> Commune:
    """Return the largest commune."""
    return max(communes(), key=lambda one: one.population)


def members(letter: str) -> tuple[Commune, ...]:
    """List the communes of an EPCI."""
    return tuple(one for one in communes() if one.epci.letter == letter)


def asked() -> tuple[Commune, ...]:
    """List the communes of the EPCI that the study is asked for."""
    return tuple(one for one in communes() if one.epci.letter in ASKED)


def former() -> Former:
    """Return the commune that files of some years still name."""
    into = members("A")[0]
    return Former("87990", "Vieille-Maravelle", into.code, "2024-01-01")


def departements() -> tuple[str, ...]:
    """List the départements."""
    return tuple(sorted({one.dep for one in communes()}))


def layer(crs: str = "EPSG:2154") -> gpd.GeoDataFrame:
    """Return the communes as a layer."""
    rows = communes()
    frame = gpd.GeoDataFrame(
        {
            "code": [one.code for one in rows],
            "name": [one.name for one in rows],
            "epci": [one.epci.siren for one in rows],
            "population": [one.population for one in rows],
        },
        geometry=[one.shape for one in rows],
        crs="EPSG:2154",
    )
    return frame if crs == "EPSG:2154" else frame.to_crs(crs)


def degrees(points: list[Point]) -> list[tuple[float, float]]:
    """Return longitudes and latitudes, rounded as producers do."""
    moved = gpd.GeoSeries(points, crs="EPSG:2154").to_crs("EPSG:4326")
    return [(round(one.x, 6), round(one.y, 6)) for one in moved]
