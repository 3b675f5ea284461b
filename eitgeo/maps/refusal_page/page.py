"""The page « Et si un conseil dit non ? »: one file that reaches and keeps nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import pandas as pd
import shapely

from eitgeo.ledger import plain
from eitgeo.maps.comparator.bundle import bundle, payload_json, read_modules
from eitgeo.maps.comparator.ground import Frame, frame_of, simplified_area
from eitgeo.maps.pages.page_parts import closed_page, part_of
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.refusal_page.payload import (
    RefusalChoices,
    page_epci,
    refusal_payload,
    shown_perimeters,
)
from eitgeo.maps.words.governance_words import named_epci
from eitgeo.maps.words.refusal_words import (
    carriers_told,
    cost_place,
    cost_text,
    refusal_place,
    refused_text,
    that_cut,
)
from eitgeo.maps.words.sentences import of_whole_epci
from eitgeo.reference.governance import carriers
from eitgeo.tables.public import ReleasedTables
from eitgeo.words import MISSING, french_number

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
