"""The page « Et si un conseil dit non ? »: one file that reaches and keeps nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any, Final

import pandas as pd
import shapely

from eitgeo.ledger import plain
from eitgeo.maps.comparator.bundle import bundle, payload_json, read_modules
from eitgeo.maps.comparator.ground import Frame, frame_of, simplified_area
from eitgeo.maps.pages.page_parts import (
    evidence_key,
    fill_slots,
    html_text,
    notes,
    part_of,
    private_slots,
    private_style,
    warning,
)
from eitgeo.maps.pages.policy import content_policy, font_face
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.refusal_page.payload import (
    RefusalChoices,
    RefusalTables,
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
from eitgeo.words import MISSING, NARROW, NBSP, french_count, french_number

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
    tables: RefusalTables,
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
        ground, tables, catalogue=catalogue, choices=choices, sheet=sheet
    )
    by_id = {one["id"]: one for one in payload["perimeters"]}
    lines = {name: one["lines"] for name, one in by_id.items()}
    first = by_id.get(choices.first) or next(iter(by_id.values()), _NOTHING)
    style = font_face() + _part("refusals.css") + private_style(sheet)
    script = bundle(read_modules(), "refusals")
    slots = {
        "policy": escape(content_policy(script, style, post_url="")),
        "title": html_text(sheet.title),
        "subtitle": html_text(sheet.subtitle),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "body": "demo" if sheet.demonstration else "",
        **private_slots(sheet),
        "banner": warning(sheet),
        "answer": html_text(first["lines"][0]),
        "first": html_text(first["name"]),
        "map": map_of_epci(
            ground,
            page_epci(ground, tables),
            ground.epci["short_name"].to_dict(),
            inside=first["members"],
        ),
        "list": _list(payload),
        "n_unions": french_count(len(payload["unions"]["members"])),
        "of_unions": html_text(of_whole_epci(choices.most_epci)),
        "key": html_text(evidence_key()),
        "details": refusal_details(tables, lines) or html_text(_NONE_WHOLE),
        "notes": notes(sheet, greyed=False, is_web_map=False),
        "css": style,
        "js": script,
        "data": payload_json(payload),
    }
    return fill_slots(_part("refusals.html"), slots)


def _list(payload: dict[str, list[dict[str, str]]]) -> str:
    """Name the numbers of the map, for who runs no script."""
    return "".join(f"<li>{html_text(one['name'])}</li>" for one in payload["epci"])


def _part(name: str) -> str:
    """Read a part of a page of this folder."""
    return part_of("eitgeo.maps.refusal_page", name)


def map_of_epci(
    ground: Ground,
    sirens: Sequence[str],
    short_names: Mapping[str, str],
    *,
    inside: Collection[int],
) -> str:
    """Draw the EPCI of the page, numbered in their order, as an SVG without a style.

    `inside`: ranks of those of the first perimeter.

    Communes of the study area that no EPCI of the page holds are left out.
    """
    if not sirens:
        return ""
    area = simplified_area(ground)
    shapes = {
        siren: shapely.simplify(
            shapely.union_all(
                area.loc[area["epci_siren"] == siren].geometry.to_numpy()
            ),
            _TOLERANCE_M,
        )
        for siren in sirens
    }
    frame = frame_of(shapes.values())
    size = max(frame.width, frame.height)
    paths = [
        f'<path class="epci {_where(rank, inside)}" data-epci="{rank}" '
        f'd="{_path(shape, frame)}"/>'
        for rank, shape in enumerate(shapes.values())
    ]
    names = [
        _name(rank, shape, frame, name=short_names[siren], where=_where(rank, inside))
        for rank, (siren, shape) in enumerate(shapes.items())
    ]
    margin = size // 50
    box = (-margin, -margin, frame.width + 2 * margin, frame.height + 2 * margin)
    return (
        f'<svg id="carte" viewBox="{" ".join(map(str, box))}" role="img" '
        'aria-labelledby="carte-titre"><title id="carte-titre">Carte des '
        f"intercommunalités{NARROW}; équivalent{NBSP}: la liste "
        f"«{NARROW}Qui dit non{NARROW}?{NARROW}»</title>"
        f"{_hatch(size)}<g>{''.join(paths)}</g><g>{''.join(names)}</g></svg>"
    )


def _hatch(size: int) -> str:
    step = size // 40
    return (
        f'<defs><pattern id="hachure" width="{step}" height="{step}" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect class="h-fond" width="{step}" height="{step}"/>'
        f'<rect class="h-trait" width="{step // 4}" height="{step}"/></pattern></defs>'
    )


def _path(shape: shapely.Geometry, frame: Frame) -> str:
    rings = shapely.get_rings(shapely.get_parts(shape))
    parts = []
    for ring in rings:
        points = frame.place(shapely.get_coordinates(ring)).tolist()
        parts.append("M" + " ".join(f"{x} {y}" for x, y in points[:-1]) + "Z")
    return "".join(parts)


def _where(rank: int, inside: Collection[int]) -> str:
    return "oui" if rank in inside else "hors"


def _name(
    rank: int,
    shape: shapely.Geometry,
    frame: Frame,
    *,
    name: str,
    where: str,
) -> str:
    """Write the number and the short name where the polygon has most room."""
    size = max(frame.width, frame.height)
    largest = max(shapely.get_parts(shape), key=shapely.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=size / 500)
    (x, y), *_ = frame.place(shapely.get_coordinates(circle)[:1]).tolist()
    letters, radius = round(_TEXT * size), round(_BADGE * size)
    lines = textwrap.wrap(name, _LINE, break_long_words=False) or [name]
    top = y - round(0.4 * letters * len(lines))
    texts = "".join(
        f'<text class="nom" x="{x}" y="{top + round(radius + (1 + n) * letters)}" '
        f'font-size="{letters}">{html_text(line)}</text>'
        for n, line in enumerate(lines)
    )
    return (
        f'<g class="etiquette {where}" data-epci="{rank}" aria-hidden="true">'
        f'<circle cx="{x}" cy="{top}" r="{radius}"/>'
        f'<text class="numero" x="{x}" y="{top + round(0.36 * 1.35 * radius)}" '
        f'font-size="{round(1.35 * radius)}">{rank + 1}</text>{texts}</g>'
    )


def refusal_details(tables: RefusalTables, lines: Mapping[str, tuple[str, ...]]) -> str:
    """Write a part for each perimeter: its sentences, then its tables of refusals.

    `lines`: perimeter → its sentences.
    """
    return "".join(
        _perimeter_part(about, tables, lines[str(about["perimeter_id"])])
        for about in shown_perimeters(tables).to_dict("records")
    )


def _perimeter_part(
    perimeter: Mapping[Any, Any], tables: RefusalTables, lines: tuple[str, ...]
) -> str:
    refusals = tables.frame("refusals")
    refusals = refusals[refusals["perimeter_id"].eq(perimeter["perimeter_id"])]
    rows = refusals.sort_values(["n_refused", "refused"], kind="stable")
    pairs = rows[rows["n_refused"].eq(_TWO)]
    title = "Deux refus ensemble"
    if len(pairs) > _MOST_PAIRS:
        cut = that_cut(rows, "border").index.union(that_cut(rows, "road").index)
        pairs = pairs.loc[pairs.index.intersection(cut)]
        title = "Deux refus ensemble : ceux qui coupent"
    alone = rows[rows["n_refused"].le(1)]
    texts = "".join(f"<p>{html_text(one)}</p>" for one in lines)
    blocks = {"Chaque refus, seul": alone, title: pairs}
    return (
        f'<section class="tout"><h3>{html_text(str(perimeter["name"]))}</h3>{texts}'
        + "".join(
            _table(name, block, rows.iloc[0].to_dict(), tables)
            for name, block in blocks.items()
            if len(block)
        )
        + "</section>"
    )


def _table(
    title: str,
    rows: pd.DataFrame,
    whole: Mapping[Any, Any],
    tables: RefusalTables,
) -> str:
    names = named_epci(tables.bodies)
    called = {str(name): str(one) for name, one in carriers()["carrier"].items()}
    lines = "".join(
        f'<tr><th scope="row">{html_text(refused_text(row["refused"], names))}</th>'
        f"<td>{_left(row)}</td><td>{_means(row, whole, called)}</td></tr>"
        for row in rows.to_dict("records")
    )
    count = int(rows["n_refused"].gt(0).sum())
    heads = ("Qui dit non", "Ce qui reste", "Coût et porteurs possibles")
    return (
        f"<details><summary>{html_text(title)} ({french_count(count)})</summary>"
        "<table><thead><tr>"
        + "".join(f'<th scope="col">{head}</th>' for head in heads)
        + f"</tr></thead><tbody>{lines}</tbody></table></details>"
    )


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
    if row["n_left"] == 1:
        return html_text(text)
    return html_text(f"{text} ; {pieces_text(border, road)}")


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
) -> str:
    """Write what it would cost by inhabitant, and who could carry."""
    if row["n_left"] == 0:
        return MISSING
    carriers = carriers_told(row, whole, called) or ["aucun"]
    cost = cost_text(row, cost_place(row))
    return "<br>".join(
        html_text(text)
        for text in (f"{cost} ({row['evidence']})", *_carriers(carriers))
    )


def _carriers(texts: list[str]) -> list[str]:
    """Say what they are: « en plus : … » or « en moins : … » where some change."""
    change = ("en plus", "en moins")
    return [
        f"porteurs {text}" if text.startswith(change) else f"porteurs : {text}"
        for text in texts
    ]
