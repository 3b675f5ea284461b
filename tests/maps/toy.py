"""A toy study of nine square communes, 5 km a side, in three EPCI.

    31007 31008 31009    epci 200000003  « CC du Nord »
    31004 31005 31006    epci 200000002  « CC du Milieu »
    31001 31002 09003    epci 200000001  « CA de l'Aval »

and one neighbour outside the study area, 09010, east of 09003.
Perimeters: « aval » (south row), « anneau » (all but the middle: a hole),
« morceaux » (two opposite corners), « une » (one commune, to be confirmed).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import Point, box

from eitgeo.disclosure.door.rules import release_indicators, release_register
from eitgeo.maps.paper.ground import Ground, make_ground
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.tables.public import Released
from eitgeo.words import typographic

X0, Y0, SIDE_M = 540_000.0, 6_220_000.0, 5_000.0
CODES = ["31001", "31002", "09003", *(f"3100{n}" for n in range(4, 10)), "09010"]
EPCI = {1: "CA de l'Aval", 2: "CC du Milieu", 3: "CC du Nord"}
RING = [code for code in CODES[:9] if code != "31005"]
MEMBERS = {
    "aval": CODES[:3],
    "anneau": RING,
    "morceaux": ["31001", "31009"],
    "une": ["31005"],
}
HOSTILE = "<img src=x onerror=alert(1)></script> `${1}` =1+1 $x$"


def squares() -> gpd.GeoDataFrame:
    """Draw the ten communes."""
    spots = [(n % 3, n // 3) for n in range(9)] + [(3, 0)]
    shapes = [
        box(x, y, x + SIDE_M, y + SIDE_M)
        for x, y in ((X0 + i * SIDE_M, Y0 + j * SIDE_M) for i, j in spots)
    ]
    return gpd.GeoDataFrame(
        {
            "code_insee": CODES,
            "nom": [f"Commune {code}" for code in CODES],
            "epci_siren": [f"20000000{1 + j}" for _, j in spots[:9]] + [""],
            "epci_communes": [3] * 9 + [0],
            "dep": [code[:2] for code in CODES],
            "population": [1000 * (n + 1) for n in range(10)],
            "seat_x": [shape.centroid.x for shape in shapes],
            "seat_y": [shape.centroid.y for shape in shapes],
            "in_area": [True] * 9 + [False],
        },
        geometry=shapes,
        crs=2154,
    )


@dataclass(frozen=True)
class Toy:
    """The released tables of the toy study."""

    communes: Released
    bodies: Released
    places: Released
    outlets: Released
    motorways: Released
    perimeters: Released
    members: Released
    indicators: Released
    catalogue: pd.DataFrame
    sheet: Sheet
    ground: Ground


def once_a_toy[T](make: Callable[[Toy], T]) -> Callable[[Toy], T]:
    """Make something once for each toy study: what reads it changes nothing."""
    held: dict[int, tuple[Toy, T]] = {}

    @wraps(make)
    def made(toy: Toy) -> T:
        # The toy is kept beside: no other takes its number.
        if id(toy) not in held:
            held[id(toy)] = toy, make(toy)
        return held[id(toy)][1]

    return made


def released(table: pd.DataFrame, *, demonstration: bool = True) -> Released:
    """Release a table as the steps do."""
    reasons = ("établissements synthétiques", "réseau de substitution")
    is_indicators = "indicator_id" in table
    release = release_indicators if is_indicators else release_register
    return release(
        table,
        sources=("source : Licence Ouverte 2.0",),
        demonstration=reasons if demonstration else (),
    )


def perimeter_table() -> pd.DataFrame:
    """Return table ``perimeters`` with two unions beside the compared ones."""
    certificates = {
        "aval": "d'un seul tenant ; sans enclave ; aucun EPCI coupé",
        "anneau": "d'un seul tenant ; 1 enclave ; EPCI coupés : 1",
        "morceaux": "en 2 morceaux ; sans enclave ; EPCI coupés : 2",
        "une": "d'un seul tenant ; sans enclave ; EPCI coupés : 1",
        "union_0001": "d'un seul tenant ; sans enclave ; aucun EPCI coupé",
    }
    names = {"aval": "PETR de l'Aval", "une": HOSTILE, "union_0001": "=CC + CA"}
    return pd.DataFrame(
        [
            {
                "perimeter_id": key,
                "name": names.get(key, f"Périmètre {key}"),
                "method": "union_epci" if key == "union_0001" else "structure",
                "compared": key != "union_0001",
                "membership_status": "a_confirmer" if key == "une" else "publie",
                "n_communes": len(MEMBERS.get(key, CODES[:6])),
                "population": 12_345,
                "area_km2": 75.0,
                "certificate": sentence,
            }
            for key, sentence in certificates.items()
        ]
    )


def indicator_table() -> pd.DataFrame:
    """Return three indicators: observed, assumed, and one held back."""
    rows = []
    for key in [*MEMBERS, "union_0001"]:
        rows += [
            indicator(key, "epci_whole_pct", 66.666, evidence="O"),
            indicator(key, "deposit_t", 38_412.0, bounds=(19_000.0, 81_000.0)),
            indicator(key, "captured_pct", float("nan"), note="secret statistique"),
        ]
    return pd.DataFrame(rows)


def label_of(indicator_id: str) -> str:
    """Return the label of an indicator, as pages and sheets print it."""
    return typographic(str(indicator_catalogue().loc[indicator_id, "label"]))


def indicator(key: str, name: str, value: float, **more: Any) -> dict[str, object]:
    """Make a row of table ``indicators``."""
    low, high = more.pop("bounds", (value, value))
    row = {
        "perimeter_id": key,
        "indicator_id": name,
        "value": value,
        "low": low,
        "high": high,
        "note": "",
        "evidence": "H",
        "hypothesis_share_pct": 100.0,
        "synthetic_share_pct": 100.0,
        "percentile_same_size": 50.0,
        "unallocated_pct": 0.0,
        "source": "source",
    }
    return row | more


def points(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    """Put rows at the middle of their communes."""
    seats = squares().set_index("code_insee")
    shapes = [
        Point(
            seats.loc[r["code_insee"], "seat_x"], seats.loc[r["code_insee"], "seat_y"]
        )
        for r in rows
    ]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=2154)


def outlet_table() -> gpd.GeoDataFrame:
    """Return two outlets in one commune and one of an unknown kind."""
    kinds = {"o1": ("isdnd", "31001"), "o2": ("compostage", "31001")}
    kinds["o3"] = ("quai_de_transfert", "31009")
    return points(
        [
            {
                "outlet_id": key,
                "name": f"Site {key}",
                "kind": kind,
                "status": "a_verifier" if key == "o3" else "publie",
                "code_insee": code,
            }
            for key, (kind, code) in kinds.items()
        ]
    )


def make_toy() -> Toy:
    """Release the tables of the toy study."""
    bodies = pd.DataFrame(
        {
            "body_id": [f"epci_20000000{n}" for n in EPCI],
            "name": list(EPCI.values()),
        }
    )
    places = points(
        [
            {"name": "Grandville", "population": 9_000, "code_insee": "31006"},
            {"name": "Petitbourg", "population": 900, "code_insee": "31008"},
            {"name": "Ailleurs", "population": 9_000, "code_insee": "09010"},
        ]
    )
    motorways = pd.DataFrame(
        {
            "motorway": ["A64", "A64", "A645"],
            "rank": [2, 1, 1],
            "code_insee": ["31009", "31001", "31004"],
        }
    )
    members = pd.DataFrame(
        [(key, code) for key, codes in MEMBERS.items() for code in codes],
        columns=["perimeter_id", "code_insee"],
    )
    tables: dict[str, Any] = {
        "communes": released(squares()),
        "bodies": released(bodies),
        "places": released(places),
        "outlets": released(outlet_table()),
        "motorways": released(motorways),
    }
    real: dict[str, Any] = {
        name: released(one.table, demonstration=False) for name, one in tables.items()
    }
    return Toy(
        **tables,
        perimeters=released(perimeter_table()),
        members=released(members),
        indicators=released(indicator_table()),
        catalogue=indicator_catalogue(),
        sheet=Sheet(
            title="Quel territoire ?",
            subtitle="Étude d'essai",
            edition=dt.date(2026, 11, 24),
            sources=("source : Licence Ouverte 2.0",),
            demonstration=("établissements synthétiques", "réseau de substitution"),
            to_confirm=("liste des membres",),
            funders="Projet soutenu par un financeur",
            contact="contact de l'étude",
        ),
        ground=make_ground(**real, root_commune="31005"),
    )
