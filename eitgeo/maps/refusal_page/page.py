"""The page « Et si un conseil dit non ? »: one file that reaches and keeps nothing."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from eitgeo.ledger import Place, plain, record
from eitgeo.maps.comparator.bundle import bundle, payload_json, read_modules
from eitgeo.maps.comparator.ground import Frame, frame_of, simplified_area
from eitgeo.maps.comparator.published import plain as json_numbers
from eitgeo.maps.comparator.published import union_carrier_lists
from eitgeo.maps.pages.page_parts import closed_page, part_of
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.words.cards import perimeter_rows
from eitgeo.maps.words.governance_words import STATE_WORDS, named_epci
from eitgeo.maps.words.refusal_words import (
    carriers_told,
    cost_place,
    cost_printed,
    cost_text,
    refusal_lines,
    refusal_place,
    refused_text,
    that_cut,
)
from eitgeo.maps.words.sentences import of_whole_epci
from eitgeo.perimeters.contours.candidate import most_refusals, near_epci
from eitgeo.reference.governance import carriers
from eitgeo.scenarios.carriers.carriers import MARK, eur_each, first_year
from eitgeo.study.roads import TIMES_EVIDENCE
from eitgeo.tables.public import ReleasedTables
from eitgeo.words import (
    EVIDENCE_NAMES,
    MISSING,
    french_number,
    name_key,
    published_value,
    typographic,
)

_MOST_ROWS = 2**15
"""Refusals that the page holds, all perimeters together: it stays under 2.5 MB."""
_COUNTED = {
    "firms": ("firms_10_45min", "counted_firms_10_45min"),
    "jobs": ("industry_employees", "counted_industry_employees"),
}


class _Once:
    """Values by their rank: nothing is written twice."""

    def __init__(self) -> None:
        self.ranks: dict[Any, int] = {}

    def __call__(self, value: Any) -> int:
        return self.ranks.setdefault(value, len(self.ranks))


def page_epci(ground: Ground, public: ReleasedTables) -> list[str]:
    """List the EPCI of the perimeters and unions of the page, by name: its numbers."""
    sirens = {
        siren
        for text in public["refusals"].table["refused"]
        for siren in text.split(MARK)
    }
    sirens |= {*public["union_seats"].table["epci_siren"]}
    known = sirens & {*ground.epci.index}
    names = ground.epci["short_name"]
    return sorted(known, key=lambda siren: (name_key(str(names[siren])), siren))


def shown_perimeters(public: ReleasedTables) -> pd.DataFrame:
    """Keep the named perimeters that hold whole EPCI alone, in the order given."""
    rows = perimeter_rows(public["perimeters"])
    known = set(public["refusals"].table["perimeter_id"])
    return rows[rows["perimeter_id"].isin(known)].reset_index(drop=True)


def refusal_payload(
    ground: Ground,
    public: ReleasedTables,
    *,
    catalogue: pd.DataFrame,
    choices: RefusalChoices,
    sheet: Sheet,
) -> dict[str, Any]:
    """Gather what the page knows."""
    order = page_epci(ground, public)
    rank_of = {siren: rank for rank, siren in enumerate(order)}
    names = named_epci(public["bodies"])
    shorts = ground.epci["short_name"]
    prices, lists = _Once(), _Once()
    sizes = [
        int(size)
        for size in public["refusals"].table.groupby("perimeter_id")["n_left"].max()
    ]
    most = max(map(most_refusals, sizes), default=1)
    while most > 1 and _listed(sizes, most) > _MOST_ROWS:
        most -= 1
    perimeters = [
        _perimeter(
            row,
            public,
            rank=rank_of,
            prices=prices,
            lists=lists,
            most=most,
            catalogue=catalogue,
        )
        for row in shown_perimeters(public).to_dict("records")
    ]
    unions = _unions(public, rank=rank_of, prices=prices)
    # Stand-in roads name no seat: they would put a real town before others.
    towns = ground.communes["nom"].astype(str) if choices.names_seats else {}
    return {
        "study": _study(sheet, choices, rank=rank_of)
        | {"cost": str(public["animation_budget"].table["evidence"].iloc[0])},
        "epci": [{"name": names[one], "short": str(shorts[one])} for one in order],
        "near": _near(public, ground, rank=rank_of),
        **_labels(catalogue),
        "perimeters": perimeters,
        "unions": unions | {"towns": [towns.get(one, "") for one in unions["towns"]]},
        "reasons": union_carrier_lists(
            public["union_carrier_states"].table,
            public["union_carrier_reasons"].table,
            carriers=carriers(),
            union_ids=list(dict.fromkeys(public["union_seats"].table["union_id"])),
            demonstration=bool(sheet.demonstration),
        ),
        "prices": [[*numbers, text] for text, numbers in prices.ranks],
        "lists": [one.split(MARK) if one else [] for one in lists.ranks],
    }


def _labels(catalogue: pd.DataFrame) -> dict[str, Any]:
    """Name carriers, their states, indicators and classes of evidence."""
    ranked = catalogue[catalogue["direction"].isin(["up", "down"])]
    labels = {
        str(name): [typographic(str(indicator["label"])), str(indicator["evidence"])]
        for name, indicator in catalogue.to_dict("index").items()
    }
    return {
        "evidence": EVIDENCE_NAMES,
        "carriers": {name: typographic(one) for name, one in _carrier_names().items()},
        "states": STATE_WORDS,
        "indicators": {str(name): labels[str(name)] for name in ranked.index},
        "counted": {key: labels[name] for key, (_, name) in _COUNTED.items()},
    }


def _carrier_names() -> dict[str, str]:
    return {str(name): str(one) for name, one in carriers()["carrier"].items()}


def _study(
    sheet: Sheet, choices: RefusalChoices, *, rank: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "title": sheet.title,
        "subtitle": sheet.subtitle,
        "edition": sheet.edition_text,
        "status": sheet.status_stamp,
        "demonstration": list(sheet.demonstration),
        "first": choices.first,
        "root": rank.get(choices.root_epci, -1),
        "road": TIMES_EVIDENCE,
    }


def _near(
    public: ReleasedTables, ground: Ground, *, rank: Mapping[str, int]
) -> dict[str, list[list[int]]]:
    """List the neighbours of each EPCI, by border and by road."""
    area, pairs = ground.area.reset_index(drop=True), public["contiguity"].table
    is_inside = pairs[["code_a", "code_b"]].isin({*area["code_insee"]}).all(axis=1)
    return {
        kind: [
            sorted(rank[one] for one in near[siren] if one in rank) for siren in rank
        ]
        for kind, near in near_epci(pairs[is_inside], area).items()
    }


def _listed(sizes: list[int], most: int) -> int:
    """Count the refusals of perimeters of so many EPCI, up to so many together."""
    return sum(
        math.comb(size, k)
        for size in sizes
        for k in range(min(most_refusals(size), most) + 1)
    )


def _perimeter(
    perimeter: Mapping[Any, Any],
    public: ReleasedTables,
    *,
    rank: Mapping[str, int],
    prices: _Once,
    lists: _Once,
    most: int,
    catalogue: pd.DataFrame,
) -> dict[str, Any]:
    """Pack the refusals of a perimeter in the order of their number, then of SIREN."""
    refusals = public["refusals"].table
    refusals = refusals[refusals["perimeter_id"].eq(perimeter["perimeter_id"])]
    refusals = refusals[refusals["n_refused"].le(most)]
    rows = refusals.sort_values(["n_refused", "refused"], kind="stable")
    members = sorted(rows.loc[rows["n_refused"].eq(1), "refused"])
    records = rows.to_dict("records")
    return {
        "id": str(perimeter["perimeter_id"]),
        "name": str(perimeter["name"]),
        "toConfirm": perimeter["membership_status"] != "publie",
        "members": [rank[one] for one in members],
        "most": int(rows["n_refused"].max()),
        "lines": refusal_lines(
            public["refusals"],
            str(perimeter["perimeter_id"]),
            epci_names=named_epci(public["bodies"]),
            carrier_names=_carrier_names(),
            to_confirm=perimeter["membership_status"] == "a_confirmer",
        ),
        "rows": {
            "border": rows["n_pieces_border"].tolist(),
            "road": rows["n_pieces_road"].tolist(),
            "pop": rows["population"].tolist(),
            "able": [lists(one) for one in rows["carriers"]],
            "sure": [lists(one) for one in rows["carriers_sure"]],
            "states": [lists(one) for one in rows["states"]],
            "fell": [lists(one) for one in rows["fell"]],
            "blind": [lists(one) for one in rows["not_compared"]],
            "price": [prices(_price(one, cost_place(one))) for one in records],
            **{
                key: _printed(rows, column, catalogue.loc[[name]])
                for key, (column, name) in _COUNTED.items()
            },
        },
    }


def _printed(
    rows: pd.DataFrame, column: str, catalogue: pd.DataFrame
) -> list[float | None]:
    """Round what is counted as the comparator prints it; `catalogue` has one row."""
    (said,) = catalogue.to_dict("records")
    rounding: dict[str, Any] = {key: said[key] for key in ("evidence", "unit")}
    rounding["decimals"] = int(said["decimals"])
    numbers = [published_value(float(one), **rounding) for one in rows[column]]
    for row, number in zip(rows.to_dict("records"), numbers, strict=True):
        record(refusal_place(row, column), number)
    return json_numbers(np.array(numbers, float))


def _price(
    row: Mapping[Any, Any], place: Place
) -> tuple[str, tuple[float | None, ...]]:
    """Return a cost as it is printed, and its three levels so rounded."""
    numbers = cost_printed(row)
    return cost_text(row, place), tuple(None if math.isnan(n) else n for n in numbers)


def _unions(
    public: ReleasedTables, *, rank: Mapping[str, int], prices: _Once
) -> dict[str, Any]:
    """Pack the unions of whole EPCI: members, seat, minutes and cost of each member."""
    seats = public["union_seats"].table
    budget = public["animation_budget"].table
    towns = _Once()
    lists: dict[str, list[Any]] = {
        key: [] for key in ("members", "minutes", "seat", "pop", "price")
    }
    for name, rows in seats.groupby("union_id", sort=False):
        members = sorted(
            rows.to_dict("records"), key=lambda row: rank[row["epci_siren"]]
        )
        n_people = sum(int(row["population"]) for row in members)
        lists["members"].append([rank[row["epci_siren"]] for row in members])
        lists["minutes"].append([_minutes(row["minutes"]) for row in members])
        lists["seat"].append(towns(str(members[0]["seat"])))
        lists["pop"].append(n_people)
        lists["price"].append(prices(_union_price(str(name), budget, n_people)))
    return {**lists, "towns": list(towns.ranks)}


def _union_price(
    name: str, budget: pd.DataFrame, n_people: int
) -> tuple[str, tuple[float | None, ...]]:
    """Share what is left to pay by inhabitants: the same for each of its members."""
    row = {
        f"left_{level}": eur_each(eur, n_people)
        for level, eur in first_year(budget).items()
    }
    row_told = row | {"evidence": str(budget["evidence"].iloc[0])}
    return _price(row_told, Place("union_seats", name, "left_mid"))


def _minutes(minutes: float) -> float | None:
    """Round minutes as they are printed."""
    if math.isnan(minutes):
        return None
    return published_value(minutes, evidence=TIMES_EVIDENCE, decimals=0, unit="min")


@dataclass(frozen=True)
class RefusalChoices:
    """What the study says."""

    first: str  # Perimeter shown at first; the first of the page where it is not there
    root_epci: str  # SIREN of the EPCI that all unions hold
    names_seats: bool  # Whether roads are real
    # Of how many EPCI unions are listed at most; None: of any number
    most_epci: int | None = None


_NONE_WHOLE = (
    "Aucun des périmètres comparés n'est fait d'intercommunalités entières : il n'y a "
    "pas de refus à compter."
)
_NOTHING: Final[dict[str, Any]] = {"name": "", "lines": [_NONE_WHOLE], "members": []}
_TOLERANCE_M = 150.0
_LINE = 14
"""Signs of a line of a name."""
_TEXT = 0.025
_BADGE = 0.029
"""Against the larger side of the map: letters of a name, radius of a number."""
_MOST_PAIRS = 300
"""Pairs told in full; beyond, those that cut."""
_TWO = 2


def refusal_page(
    ground: Ground,
    public: ReleasedTables,
    *,
    catalogue: pd.DataFrame,
    choices: RefusalChoices,
    sheet: Sheet,
) -> bytes:
    """Make the page on which councils say no, and set red lines that nobody keeps.

    References
    ----------
    W3C, *Content Security Policy Level 3*; W3C, *WCAG 2.2*; DINUM, *RGAA 4.1*.
    """
    payload = refusal_payload(
        ground, public, catalogue=catalogue, choices=choices, sheet=sheet
    )
    by_id = {one["id"]: one for one in payload["perimeters"]}
    first = by_id.get(choices.first) or next(iter(by_id.values()), _NOTHING)
    lines = {name: one["lines"] for name, one in by_id.items()}
    return closed_page(
        "refusal_page/refusals.html.j2",
        style=part_of("refusal_page", "refusals.css"),
        script=bundle(read_modules(), "refusals"),
        data=payload_json(payload),
        sheet=sheet,
        first=first,
        map=map_of_epci(
            ground,
            page_epci(ground, public),
            ground.epci["short_name"].to_dict(),
            inside=first["members"],
        ),
        epci=payload["epci"],
        n_unions=len(payload["unions"]["members"]),
        of_unions=of_whole_epci(choices.most_epci),
        perimeters=perimeter_parts(public, lines),
        none_whole=_NONE_WHOLE,
    )


def map_of_epci(
    ground: Ground,
    sirens: Sequence[str],
    short_names: Mapping[str, str],
    *,
    inside: Collection[int],
) -> dict[str, Any]:
    """Place the EPCI of the page, numbered in their order, for an SVG without a style.

    `inside`: ranks of those of the first perimeter. Communes of the study area that no
    EPCI of the page holds are left out.
    """
    if not sirens:
        return {}
    area = simplified_area(ground)
    shapes = [
        shapely.simplify(
            shapely.union_all(
                area.loc[area["epci_siren"] == siren].geometry.to_numpy()
            ),
            _TOLERANCE_M,
        )
        for siren in sirens
    ]
    frame = frame_of(shapes)
    size = max(frame.width, frame.height)
    margin = size // 50
    letters, radius = round(_TEXT * size), round(_BADGE * size)
    epci = []
    for rank, (siren, shape) in enumerate(zip(sirens, shapes, strict=True)):
        # Number and short name stand where the polygon has most room.
        largest = max(shapely.get_parts(shape), key=shapely.area)
        circle = shapely.maximum_inscribed_circle(largest, tolerance=size / 500)
        (x, y), *_ = frame.place(shapely.get_coordinates(circle)[:1]).tolist()
        name = short_names[siren]
        lines = textwrap.wrap(name, _LINE, break_long_words=False) or [name]
        top = y - round(0.4 * letters * len(lines))
        epci.append(
            {
                "where": "oui" if rank in inside else "hors",
                "path": _path(shape, frame),
                "x": x,
                "top": top,
                "number_y": top + round(0.36 * 1.35 * radius),
                "lines": [
                    (top + round(radius + n * letters), line)
                    for n, line in enumerate(lines, start=1)
                ],
            }
        )
    return {
        "box": (-margin, -margin, frame.width + 2 * margin, frame.height + 2 * margin),
        "step": size // 40,
        "letters": letters,
        "radius": radius,
        "number_size": round(1.35 * radius),
        "epci": epci,
    }


def _path(shape: shapely.Geometry, frame: Frame) -> str:
    rings = shapely.get_rings(shapely.get_parts(shape))
    parts = []
    for ring in rings:
        points = frame.place(shapely.get_coordinates(ring)).tolist()
        parts.append("M" + " ".join(f"{x} {y}" for x, y in points[:-1]) + "Z")
    return "".join(parts)


def perimeter_parts(
    public: ReleasedTables, lines: Mapping[str, tuple[str, ...]]
) -> list[dict[str, Any]]:
    """Say of each perimeter its sentences, then its tables of refusals.

    `lines`: perimeter → its sentences.
    """
    names = named_epci(public["bodies"])
    called = {str(name): str(one) for name, one in carriers()["carrier"].items()}
    refusals = public["refusals"].table.sort_values(
        ["n_refused", "refused"], kind="stable"
    )
    parts = []
    for perimeter in shown_perimeters(public).to_dict("records"):
        rows = refusals[refusals["perimeter_id"].eq(perimeter["perimeter_id"])]
        pairs = rows[rows["n_refused"].eq(_TWO)]
        title = "Deux refus ensemble"
        if len(pairs) > _MOST_PAIRS:
            cut = that_cut(rows, "border").index.union(that_cut(rows, "road").index)
            pairs = pairs.loc[pairs.index.intersection(cut)]
            title = "Deux refus ensemble : ceux qui coupent"
        alone = rows[rows["n_refused"].le(1)]
        whole = rows.iloc[0].to_dict()
        blocks = {"Chaque refus, seul": alone, title: pairs}
        parts.append(
            {
                "name": perimeter["name"],
                "lines": lines[str(perimeter["perimeter_id"])],
                "tables": {
                    f"{block} ({int(of['n_refused'].gt(0).sum())})": [
                        (
                            refused_text(row["refused"], names),
                            _left(row),
                            _means(row, whole, called),
                        )
                        for row in of.to_dict("records")
                    ]
                    for block, of in blocks.items()
                    if len(of)
                },
            }
        )
    return parts


def _left(row: Mapping[Any, Any]) -> str:
    """Say what is left, and in how many pieces."""
    if row["n_left"] == 0:
        return "rien"
    people, left = (
        plain(float(row[column]), refusal_place(row, column))
        for column in ("population", "n_left")
    )
    border, road = (int(row[f"n_pieces_{kind}"]) for kind in ("border", "road"))
    text = f"{left} EPCI, {people} habitants"
    return text if row["n_left"] == 1 else f"{text} ; {pieces_text(border, road)}"


def pieces_text(border: int, road: int) -> str:
    """Say in how many pieces, by borders and by road.

    Examples
    --------
    >>> pieces_text(1, 1), pieces_text(3, 2)
    ("d'un seul tenant", 'en 3 morceaux par les frontières, en 2 morceaux par la route')
    """
    by_border, by_road = (
        "d'un seul tenant" if n == 1 else f"en {french_number(n)} morceaux"
        for n in (border, road)
    )
    if by_border == by_road:
        return by_border
    return f"{by_border} par les frontières, {by_road} par la route"


def _means(
    row: Mapping[Any, Any], whole: Mapping[Any, Any], called: Mapping[str, str]
) -> list[str]:
    """Write what it would cost by inhabitant, and who could carry."""
    if row["n_left"] == 0:
        return [MISSING]
    texts = carriers_told(row, whole, called) or ["aucun"]
    # « en plus : … » or « en moins : … » where some change.
    change = ("en plus", "en moins")
    return [
        f"{cost_text(row, cost_place(row))} ({row['evidence']})",
        *(f"porteurs{' ' if one.startswith(change) else ' : '}{one}" for one in texts),
    ]
