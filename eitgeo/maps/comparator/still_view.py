"""What the comparator opens with, without a script: sentence, map, table, each EPCI.

Figures are the published ones of the pair, through the ledger; words are those of the
page, so that a reader without scripts and one with them read the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from eitgeo.disclosure.door.rules import Released
from eitgeo.ledger import Place, told
from eitgeo.maps.comparator.carriers import NO_CONDITION
from eitgeo.maps.comparator.still_map import counted, epci_folds, people_in, still_map
from eitgeo.maps.comparator.still_posts import still_posts
from eitgeo.maps.pages.page_parts import fold, html_text, still_block, still_list
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.words.difference_words import gap_text, printed_gap
from eitgeo.words import MISSING, NBSP, french_number

type Payload = Mapping[str, Any]
_NOTICE = (
    "Version de lecture : ce que la page montre à l'ouverture. Pour choisir ou "
    "composer d'autres périmètres, ouvrir ce fichier dans un navigateur (Firefox, "
    "Chrome, Edge, Safari), avec JavaScript."
)
_CLASSES, _TWO, _WHOLE_PCT = "OSH", 2, 100.0
_MOST_ROWS = 5
"""Rows of what is known: the first screen, as the script shows it."""
_CARRYING = ("favorable", "sous_conditions", "possible")
_GREY = ' class="grise"'
_APART = (
    "Un état par structure, sans note, à faire valider par le service juridique. Le "
    "périmètre, la structure porteuse et l'animation se décident séparément."
)


class Figure(NamedTuple):
    """A published figure of a perimeter, as the page packs it."""

    perimeter: str
    value: float
    low: float
    high: float
    evidence: str
    note: str


class Line(NamedTuple):
    """An indicator of the pair: its figures and their gap, in words."""

    indicator: Mapping[str, Any]
    figures: tuple[Figure, Figure]
    texts: tuple[str, str]
    gap: str
    part: str


def still_view(
    ground: Ground, payload: Payload, posts: Released, *, page_notes: str
) -> str:
    """Return what the page says to who runs no script; `page_notes`: its sources."""
    pair = first_pair(payload)
    a, b = pair
    named = "".join(
        f'<p><span class="cle c-{letter.lower()}">{letter}</span> '
        f"<b>{html_text(str(shown['name']))}</b> – {_identity(payload, shown)}</p>"
        for letter, shown in zip("AB", pair, strict=True)
    )
    lines = pair_lines(payload, pair)
    return still_block(
        [
            f'<p class="grande">{html_text(change_sentence(payload, a, b))}</p>',
            named,
            (
                f'<figure class="tampon">{still_map(ground, pair)}'
                f"<figcaption>{_legend()}</figcaption></figure>"
            ),
            _table(payload, lines),
            _carriers(payload, pair),
            still_posts(posts, pair, years=payload["posts"]["years"]),
            epci_folds(payload),
            fold("Sources, dates, licences, limites", page_notes),
        ],
        notice=_NOTICE,
    )


def first_pair(payload: Payload) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the pair that the page opens with, as its script chooses it."""
    perimeters = payload["perimeters"]
    by_id = {perimeter["id"]: perimeter for perimeter in perimeters}
    known = [by_id[one] for one in payload["study"]["pair"] if one in by_id]
    if len(known) == _TWO:
        return known[0], known[1]
    first = perimeters[0]
    codes = set(first["codes"])
    holding = [
        perimeter
        for perimeter in perimeters
        if perimeter["id"] != first["id"] and codes <= set(perimeter["codes"])
    ]
    unsure = [one for one in holding if not one["sure"]]
    return first, [*unsure, *holding, *perimeters[1:_TWO], first][0]


def change_sentence(
    payload: Payload, a: Mapping[str, Any], b: Mapping[str, Any]
) -> str:
    """Say what B changes against A, in counts alone."""
    held_a, held_b = set(a["codes"]), set(b["codes"])
    if held_a == held_b:
        return "A et B contiennent les mêmes communes."
    if not held_a or not held_b:
        return f"{'B' if held_a else 'A'} est vide : choisissez au moins un EPCI."
    added, removed = held_b - held_a, held_a - held_b
    parts = []
    if added:
        parts.append(f"il ajoute {_amount(payload, held_a, added)}")
    if removed:
        verb = "retire" if parts else "il retire"
        parts.append(f"{verb} {_amount(payload, held_b, removed)}")
    return f"{_asked(payload, a, b)} ; {' et '.join(parts)}."


def _asked(payload: Payload, a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """Say what B asks of councils, against A: first of all."""
    counts = [_deliberations(payload, one) for one in (a, b)]
    least, most = (one for one in counts if one is not None) if all(counts) else (0, 0)
    said = f"B demande {counted(most, 'délibération')}"
    if not all(counts):
        least, most = (len(_labels(payload, "epci", one["codes"])) for one in (a, b))
        said = f"B réunit {counted(most, 'EPCI', 'EPCI')}"
    if most == least:
        return f"{said}, autant que A"
    gap = french_number(abs(most - least), decimals=0)
    return f"{said}, {gap} de {'plus' if most > least else 'moins'} que A"


def _deliberations(payload: Payload, perimeter: Mapping[str, Any]) -> float | None:
    """Return what is published of it; the script computes the same where nothing is."""
    packed = None
    for name in payload["plane"][:1]:
        packed = payload["published"]["perimeters"].get(name)
    if packed is None:
        return None
    ids = [other["id"] for other in payload["perimeters"]]
    value: float | None = packed["value"][ids.index(perimeter["id"])]
    return value


def _amount(payload: Payload, before: set[int], part: set[int]) -> str:
    epci, deps = (
        len(_labels(payload, level, part) - _labels(payload, level, before))
        for level in ("epci", "dep")
    )
    said = [counted(epci, "EPCI", "EPCI") if epci else counted(len(part), "commune")]
    if deps:
        said.append(counted(deps, "département"))
    said.append(counted(people_in(payload, part), "habitant"))
    return f"{', '.join(said[:-1])} et {said[-1]}"


def _labels(payload: Payload, column: str, own_ranks: Iterable[int]) -> set[int]:
    ranks = payload["communes"][column]
    return {ranks[one] for one in own_ranks if ranks[one] >= 0}


def _identity(payload: Payload, perimeter: Mapping[str, Any]) -> str:
    people = french_number(people_in(payload, perimeter["codes"]), decimals=0)
    told_of = f"{counted(len(perimeter['codes']), 'commune')} · {people}{NBSP}hab."
    return html_text(told_of if perimeter["sure"] else f"{told_of} · liste à confirmer")


def _legend() -> str:
    return html_text(
        "En vert : dans A et B ; bleu, lettre A : seulement A ; orange, lettre B : "
        "seulement B. Contour plein : A ; tirets : B. Hachures : liste à confirmer. "
        "Tirets violets : limite de département."
    )


def pair_lines(
    payload: Payload, pair: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> list[Line]:
    """Word the first indicators of the pair, in the order of the page."""
    ranks = {one["id"]: rank for rank, one in enumerate(payload["perimeters"])}
    lines = []
    for indicator in payload["indicators"]:
        packed = payload["published"]["perimeters"].get(indicator["id"])
        if not indicator["star"] or packed is None:
            continue
        first, second = (_figure(packed, one["id"], ranks[one["id"]]) for one in pair)
        unit = _unit(indicator)
        texts = (_text(first, indicator, unit), _text(second, indicator, unit))
        gap = printed_gap(
            first.value,
            second.value,
            evidence=(first.evidence, second.evidence),
            unit=unit,
            decimals=indicator["decimals"],
        )
        part_of = payload["words"]["part_of"]
        parts = [
            part_of[figure.evidence]
            for figure, text in zip((first, second), texts, strict=True)
            if text != MISSING
        ]
        part = next((one for one in ("assumed", "known") if one in parts), "missing")
        gap_words = gap_text(gap, unit=unit)
        lines.append(Line(indicator, (first, second), texts, gap_words, part))
    return lines


def _figure(packed: Mapping[str, Any], perimeter: str, rank: int) -> Figure:
    def level(name: str) -> float:
        values = packed[name] or packed["value"]
        return float("nan") if values[rank] is None else float(values[rank])

    return Figure(
        perimeter,
        level("value"),
        level("low"),
        level("high"),
        packed["evidence"][rank],
        packed["notes"][packed["note"][rank]],
    )


def _unit(indicator: Mapping[str, Any]) -> str:
    """Return the unit, unless the label says what is counted."""
    unit, label = str(indicator["unit"]), str(indicator["label"]).lower()
    return "nombre" if unit == "étab./ETP" or label.startswith(unit) else unit


def _text(figure: Figure, indicator: Mapping[str, Any], unit: str) -> str:
    place = Place("indicators_public", f"{figure.perimeter} / {indicator['id']}")
    return told(
        figure._asdict(),
        place,
        unit=unit,
        decimals=indicator["decimals"],
        at_best=str(indicator["evidence"]),
    )


def _table(payload: Payload, lines: Sequence[Line]) -> str:
    """Lay the figures out: what is known, then folded what is assumed or missing."""
    words = payload["words"]
    by_part = {
        part: [one for one in lines if one.part == part] for part in words["parts"]
    }
    shaky = {str(one.indicator["id"]) for one in lines if one.part != "known"}
    gaps = [
        f"{gap['what']} : {gap['where']}"
        for gap in payload["gaps"]
        if shaky & set(gap["indicators"])
    ]
    key = " · ".join(
        f"{symbol} {words['evidence'][letter]}"
        for letter, symbol in words["symbols"].items()
    )
    first = sorted(by_part["known"], key=partial(_place, payload))[:_MOST_ROWS]
    known, assumed, missing = (
        _rows(payload, rows) for rows in (first, by_part["assumed"], by_part["missing"])
    )
    parts = words["parts"]
    return (
        f'<section class="tampon"><h2>{html_text(parts["known"])}</h2>{known}'
        f"<p>{html_text(key)}. {_network(payload)}</p>"
        + (fold(f"{parts['assumed']} – ≈", assumed) if assumed else "")
        + (
            fold(parts["missing"], missing + still_list(gaps))
            if missing or gaps
            else ""
        )
        + "</section>"
    )


def _place(payload: Payload, line: Line) -> int:
    """Sort as the script: what councils are asked, then by class of evidence."""
    if line.indicator["id"] in payload["plane"][:1]:
        return 0
    if (line.indicator["recipe"] or {}).get("how") == "whole":
        return 1 if any(one.value < _WHOLE_PCT for one in line.figures) else 9
    return 2 + max(_CLASSES.index(one.evidence) for one in line.figures)


def _network(payload: Payload) -> str:
    return html_text(f"Temps et distances : {payload['study']['network']}.")


def _rows(payload: Payload, lines: Sequence[Line]) -> str:
    if not lines:
        return ""
    heads = "".join(
        f'<th scope="col">{head}</th>'
        for head in ("Indicateur", "A", "B", "Écart", "Fiabilité")
    )
    body = "".join(_row(payload, one) for one in lines)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _row(payload: Payload, line: Line) -> str:
    is_demonstration = bool(payload["study"]["demonstration"])
    greys = [is_demonstration and one.evidence == "H" for one in line.figures]
    notes = [one.note for one in line.figures]
    shared = notes[0] if len(set(notes)) == 1 and MISSING not in line.texts else ""
    cells = "".join(
        f'<td data-quoi="{letter}"{_GREY if grey else ""}><b>{html_text(text)}</b>'
        f"{'' if shared else _note(note)}</td>"
        for letter, text, note, grey in zip("AB", line.texts, notes, greys, strict=True)
    )
    return (
        f'<tr data-indicateur="{html_text(str(line.indicator["id"]))}">'
        f'<th scope="row">{html_text(_label(line.indicator))}{_note(shared)}</th>'
        f"{cells}"
        f'<td data-quoi="Écart"{_GREY if any(greys) else ""}>{html_text(line.gap)}</td>'
        f"{_evidence(payload, line.figures)}</tr>"
    )


def _label(indicator: Mapping[str, Any]) -> str:
    return str(indicator["brief"] or indicator["label"])


def _note(note: str) -> str:
    return f"<small>{html_text(note)}</small>" if note else ""


def _evidence(payload: Payload, figures: Sequence[Figure]) -> str:
    words = payload["words"]
    classes = list(dict.fromkeys(one.evidence for one in figures))
    marks = " / ".join(f"{words['symbols'][one]}{NBSP}{one}" for one in classes)
    said = ", puis ".join(words["evidence"][one] for one in classes)
    return (
        f'<td data-quoi="Fiabilité"><span aria-hidden="true">{marks}</span>'
        f'<span class="invisible">{html_text(said)}</span></td>'
    )


def _carriers(payload: Payload, pair: Sequence[Mapping[str, Any]]) -> str:
    """Say who could carry A and B, where the run says so."""
    states = payload["carriers"]["states"]
    told_of = []
    for letter, perimeter in zip("BA", reversed(pair), strict=True):
        own_states = states.get(perimeter["id"], [])
        lines = []
        for state in _CARRYING:
            able = [row for row in own_states if row["state"] == state]
            if able:
                names = " ; ".join(_brief(row) for row in able)
                free = state == _CARRYING[0] and not any(
                    row["conditions"] for row in able
                )
                more = f", {NO_CONDITION}" if free else ""
                lines.append(f"{able[0]['word']}{more}{NBSP}: {names}")
        if lines:
            told_of.append(f"{letter} – {' · '.join(lines)}")
    if not told_of:
        return ""
    return (
        f'<section class="tampon"><h2>Qui pourrait porter ?</h2>{still_list(told_of)}'
        f"<p>{html_text(_APART)}</p></section>"
    )


def _brief(row: Mapping[str, Any]) -> str:
    """Name a structure, and what its conditions are about, in a few words."""
    asks = ", ".join(dict.fromkeys(row["asks"]))
    return f"{row['short']} ({asks})" if asks else str(row["short"])
