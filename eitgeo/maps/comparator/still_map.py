"""What the comparator shows of a pair without a script: map, each EPCI's fold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely

from eitgeo.maps.comparator.ground import epci_order, simplified_area
from eitgeo.maps.pages.page_parts import (
    fold,
    html_text,
    outline_path,
    still_list,
    still_table,
)
from eitgeo.maps.paper.charter import DEPARTEMENT
from eitgeo.maps.paper.ground import Ground
from eitgeo.words import NBSP, french_number, name_key

_WIDTH = 1000.0
"""Units of the drawing from west to east."""
_MARGIN = 20
_STEP_M = 150.0
"""Tolerance of outlines, beyond that of the page [m]."""
_NAME_SIZE = 24
_BADGE = 15
_BOTH, _ONLY_A, _ONLY_B = "#b9c9b4", "#a9cdec", "#fbd3a6"
_INK_A, _INK_B = "#0b5cad", "#a84600"
_FILLS: Final = {"communes": _BOTH, "A": _ONLY_A, "B": _ONLY_B}
_DEP_STYLE = f'stroke="{DEPARTEMENT}" stroke-width="3" stroke-dasharray="12 6"'
_HATCH = (
    '<pattern id="l-hachure" width="14" height="14" patternUnits="userSpaceOnUse">'
    '<path d="M-3 3L3 -3M0 14L14 0M11 17L17 11" stroke="#555" stroke-opacity=".6" '
    'fill="none"/></pattern>'
)
_LONG_NAME = 14
type Payload = Mapping[str, Any]
_TWO = 2


def still_map(ground: Ground, pair: tuple[Mapping[str, Any], Mapping[str, Any]]) -> str:
    """Draw what two perimeters share and what only one of them holds."""
    area = simplified_area(ground)
    shapes = shapely.coverage_simplify(area.geometry.to_numpy(), _STEP_M)
    xmin, ymin, xmax, ymax = shapely.total_bounds(shapes)
    unit = (xmax - xmin) / _WIDTH
    frame = (xmin, ymax, unit)
    masks = [_mask(perimeter["codes"], len(shapes)) for perimeter in pair]
    doubt = np.zeros(len(shapes), dtype=bool)
    for perimeter, mask in zip(pair, masks, strict=True):
        doubt |= mask & (not perimeter["sure"])
    first, second = masks
    areas = {
        "communes": first & second,
        "A": first & ~second,
        "B": second & ~first,
    }
    sirens = area["epci_siren"].astype(str).to_numpy()
    deps = area["dep"].astype(str).to_numpy()
    paths = [
        _fill(shapes, np.ones(len(shapes), dtype=bool), frame, "#eceae4"),
        *(_fill(shapes, mask, frame, _FILLS[key]) for key, mask in areas.items()),
        _fill(shapes, doubt, frame, "url(#l-hachure)"),
        _borders(shapes, sirens, frame, 'stroke="#3c4a52" stroke-width="1.5"'),
        _borders(shapes, deps, frame, _DEP_STYLE),
        _outline(shapes, first, frame, f'stroke="{_INK_A}" stroke-width="5"'),
        _outline(
            shapes,
            second,
            frame,
            f'stroke="{_INK_B}" stroke-width="3" stroke-dasharray="12 5"',
        ),
        *_names(ground, shapes, sirens, frame=frame, areas=areas),
    ]
    height = round((ymax - ymin) / unit)
    return _svg("".join(paths), pair, height)


def _svg(paths: str, pair: Iterable[Mapping[str, Any]], height: int) -> str:
    a, b = (str(one["name"]) for one in pair)
    said = html_text(f"Carte : A, {a}, et B, {b} ; ce qu'ils ont en commun")
    box = f"{-_MARGIN} {-_MARGIN} {_WIDTH + 2 * _MARGIN:.0f} {height + 2 * _MARGIN}"
    return (
        f'<svg viewBox="{box}" role="img" aria-label="{said}">'
        f"<defs>{_HATCH}</defs>{paths}</svg>"
    )


def _mask(ranks: Iterable[int], count: int) -> np.ndarray:
    mask = np.zeros(count, dtype=bool)
    mask[list(ranks)] = True
    return mask


def _joined(shapes: np.ndarray, mask: np.ndarray) -> shapely.Geometry:
    return shapely.coverage_union_all(shapes[mask])


def _fill(
    shapes: np.ndarray, mask: np.ndarray, frame: tuple[float, float, float], colour: str
) -> str:
    if not mask.any():
        return ""
    path = outline_path(_joined(shapes, mask), frame=frame)
    return f'<path fill="{colour}" fill-rule="evenodd" d="{path}"/>'


def _outline(
    shapes: np.ndarray, mask: np.ndarray, frame: tuple[float, float, float], style: str
) -> str:
    if not mask.any():
        return ""
    path = outline_path(_joined(shapes, mask), frame=frame)
    return f'<path fill="none" {style} d="{path}"/>'


def _borders(
    shapes: np.ndarray,
    labels: np.ndarray,
    frame: tuple[float, float, float],
    style: str,
) -> str:
    """Draw the borders between groups of communes, the outer one left out."""
    groups = [labels == one for one in sorted(set(labels) - {""})]
    outer = shapely.boundary(shapely.coverage_union_all(shapes))
    lines = [
        shapely.difference(shapely.boundary(_joined(shapes, group)), outer)
        for group in groups
    ]
    merged = shapely.line_merge(shapely.union_all(lines))
    return f'<path fill="none" {style} d="{outline_path(merged, frame=frame)}"/>'


def _names(
    ground: Ground,
    shapes: np.ndarray,
    sirens: np.ndarray,
    *,
    frame: tuple[float, float, float],
    areas: Mapping[str, np.ndarray],
) -> list[str]:
    """Write the name of each EPCI where it has most room, A or B beside it."""
    left, top, unit = frame
    names = []
    for siren in epci_order(ground):
        is_in_epci = sirens == siren
        circle = shapely.maximum_inscribed_circle(_joined(shapes, is_in_epci), 500.0)
        (x, y), *_ = shapely.get_coordinates(circle).tolist()
        lines = _two_lines(str(ground.epci.loc[siren, "short_name"]))
        letter = next(
            (
                side
                for side in "AB"
                if 2 * (areas[side] & is_in_epci).sum() > is_in_epci.sum()
            ),
            "",
        )
        names.append(_name(lines, letter, (x - left) / unit, (top - y) / unit))
    return names


def _name(lines: list[str], letter: str, x: float, y: float) -> str:
    start = y - (len(lines) - 1) * _NAME_SIZE / 2
    spans = "".join(
        f'<tspan x="{x:.0f}" y="{start + rank * _NAME_SIZE:.0f}">{html_text(line)}'
        "</tspan>"
        for rank, line in enumerate(lines)
    )
    name = (
        f'<text text-anchor="middle" font-size="{_NAME_SIZE}" fill="#222" '
        'stroke="#fff" stroke-width="5" paint-order="stroke" stroke-linejoin="round">'
        f"{spans}</text>"
    )
    return name + (_badge(letter, x, start - 1.9 * _NAME_SIZE) if letter else "")


def _badge(letter: str, x: float, y: float) -> str:
    colour = {"A": _INK_A, "B": _INK_B}[letter]
    return (
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{_BADGE}" fill="{colour}" '
        'stroke="#fff" stroke-width="2"/>'
        f'<text x="{x:.0f}" y="{y + 7:.0f}" text-anchor="middle" font-size="20" '
        f'font-weight="700" fill="#fff">{letter}</text>'
    )


def _two_lines(name: str) -> list[str]:
    """Cut a name in two lines of about the same length.

    Examples
    --------
    >>> _two_lines("Plaines et Vallées du Nord")
    ['Plaines et', 'Vallées du Nord']
    """
    cuts = [at for at, letter in enumerate(name) if letter in " -"]
    if len(name) < _LONG_NAME or not cuts:
        return [name]
    cut = min(cuts, key=lambda at: abs(at - len(name) / 2))
    keep = 1 if name[cut] == "-" else 0
    return [name[: cut + keep], name[cut + 1 :]]


def epci_folds(payload: Payload) -> str:
    """Return a fold an EPCI: what it is in, which perimeters, what it is asked."""
    names = [str(one["name"]) for one in payload["epci"]]
    ordered = sorted(range(len(names)), key=lambda rank: (name_key(names[rank]), rank))
    folds = "".join(_one_epci(payload, rank) for rank in ordered)
    return f"<section><h2>Votre intercommunalité</h2>{folds}</section>"


def _one_epci(payload: Payload, rank: int) -> str:
    epci = payload["epci"][rank]
    ranks = [at for at, one in enumerate(payload["communes"]["epci"]) if one == rank]
    rows = [_place_row(one, ranks, int(epci["total"])) for one in payload["perimeters"]]
    beyond = (
        f" sur {epci['total']}, les autres hors de l'étude"
        if len(ranks) < epci["total"]
        else ""
    )
    people = counted(people_in(payload, ranks), "habitant")
    body = (
        f"<p>{html_text(counted(len(ranks), 'commune') + beyond)}, {people}.</p>"
        + still_table(("Périmètre", "Place de l'EPCI", "Délibération demandée"), rows)
        + "<h3>Structures dont ses communes sont membres</h3>"
        + still_list(
            _bodies(payload, set(ranks)) or ["Aucune parmi celles de l'étude."]
        )
    )
    return fold(str(epci["name"]), body, name=f"l-epci-{epci['siren']}")


def _place_row(
    perimeter: Mapping[str, Any], ranks: Sequence[int], total: int
) -> tuple[str, str, str]:
    inside = len(set(ranks) & set(perimeter["codes"]))
    doubt = "" if perimeter["sure"] else " (liste à confirmer)"
    name = str(perimeter["name"])
    name += "" if "confirmer" in name else doubt
    if not inside:
        return name, "dehors", "non"
    whole = inside == total
    place = (
        "entièrement dedans" if whole else f"en partie ({counted(inside, 'commune')})"
    )
    return name, place, "oui"


def _bodies(payload: Payload, ranks: set[int]) -> list[str]:
    sentences = []
    for body in payload["bodies"]:
        inside = len(ranks & set(body["codes"]))
        if body["kind"] == "epci" or not inside:
            continue
        part = (
            f" ({counted(inside, 'commune')} sur {len(ranks)})"
            if inside < len(ranks)
            else ""
        )
        sure = body["sure"] and not body["doubtful"]
        nature = "" if body["legal"] else " – sans personnalité juridique"
        doubt = "" if sure or "confirmer" in body["name"] else " – à confirmer"
        sentences.append(f"{body['name']}{part}{nature}{doubt}")
    return sentences


def people_in(payload: Payload, ranks: Iterable[int]) -> int:
    """Count the inhabitants of some communes."""
    people = payload["communes"]["pop"]
    return sum(people[one] for one in ranks)


def counted(count: float, singular: str, plural: str = "") -> str:
    """Write a number with its noun."""
    word = singular if abs(count) < _TWO else plural or f"{singular}s"
    return f"{french_number(count, decimals=0)}{NBSP}{word}"
