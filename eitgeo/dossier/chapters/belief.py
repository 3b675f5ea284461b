"""What the chapters share: what is known, what is assumed, what is missing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from eitgeo.dossier.desk import Desk, joined, number, table, told
from eitgeo.dossier.model import Paragraph, Row, Run, Runs, Section, Table, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.flows.weights.parts import N_PRINTED, SWING
from eitgeo.maps.words.hypotheses import LACKING, PART_TITLES, Gap, by_part, gaps
from eitgeo.reference.factors import FACTOR_KEY
from eitgeo.reference.labels import labels_of
from eitgeo.reference.tables import factor_sources
from eitgeo.words import EVIDENCE_NAMES, MISSING, french_number, typographic

_TEXTS = read_prose("belief")
_LEVELS = ("low", "mid", "high")
_RESTS = ("deposit_t", "exchanged_t", "eur_firms")
_SHARE = "Part d"
_WHOSE = ("author", "title", "year", "place")


def belief_section(
    desk: Desk, *groups: str, first_screen: bool = False, also: Sequence[str] = ()
) -> Section:
    """Show the indicators of some groups, the observed ones first.

    Parameters
    ----------
    desk
        What the dossier is written from.
    *groups
        Of the catalogue.
    first_screen
        Whether only those of the first screen are shown.
    also
        What else the chapter rests on that is not at hand.
    """
    catalogue = desk.terms.governance.catalogue
    is_shown = catalogue["group"].isin(groups)
    if first_screen:
        is_shown &= catalogue["first_screen"].eq("oui")
    names = [str(name) for name in catalogue.index[is_shown]]
    shown = indicator_rows(desk, names, desk.shown)
    heads = tuple((desk.name(one),) for one in desk.shown)
    box = table(
        _TEXTS,
        "",
        shown,
        heads=(_TEXTS.runs("indicator_head"), *heads),
        note=(),
    )
    lacking = missing_data(desk, names, desk.shown, also=also)
    return Section(_TEXTS.runs("title"), (box, *gap_bullets(lacking)))


def indicator_rows(
    desk: Desk, indicator_ids: Iterable[str], perimeter_ids: Sequence[str]
) -> tuple[Row, ...]:
    """Lay measured indicators out, one a row, part by part."""
    measured = {name for _, name in desk.figures}
    return parted_rows(
        ((desk.label(name),), *((_cell(desk, one, name)) for one in perimeter_ids))
        for name in indicator_ids
        if name in measured
    )


def _cell(desk: Desk, perimeter_id: str, indicator_id: str) -> Runs:
    """Return a figure with its date or what it is about, or why there is none."""
    value = desk.indicator(perimeter_id, indicator_id)
    row = desk.figures.get((perimeter_id, indicator_id))
    if row is None or not row.note or value.evidence == "H":
        return (value,)
    where = f"{perimeter_id} / {indicator_id}"
    why = told(row.note, "indicators_public", where, "note")
    return _TEXTS.runs("reason", value=value, why=why)


def parted_rows(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Put rows under the title of their part: that of their least sure figure."""
    parted: list[Row] = []
    for part, part_rows in by_part(rows, told=_least_sure).items():
        if part_rows:
            parted += [((PART_TITLES[part],),), *part_rows]
    return tuple(parted)


def _least_sure(row: Row) -> tuple[str, str]:
    """Return the least sure figure of a row, or a dash."""
    values = [one for runs in row for one in runs if isinstance(one, Value)]
    known = [(one.text, one.evidence) for one in values if one.evidence]
    return max(known, key=lambda one: "OSH".index(one[1]), default=(MISSING, ""))


def missing_data(
    desk: Desk,
    indicator_ids: Iterable[str],
    perimeter_ids: Sequence[str],
    *,
    also: Sequence[str] = (),
) -> tuple[Gap, ...]:
    """Say what would make some indicators firmer, and who has it."""
    rests_on = desk.terms.governance.catalogue["rests_on"]
    unsure = [
        str(rests_on[name])
        for name in indicator_ids
        for one in perimeter_ids
        if desk.indicator(one, name).evidence not in ("O", "S")
    ]
    return gaps([*unsure, *also], desk.weak | frozenset(also))


def gap_bullets(lacking: Sequence[Gap]) -> tuple[Paragraph, ...]:
    """List what is missing, and the file, register or holder that would give it."""
    if not lacking:
        return ()
    bullets = (
        _TEXTS.say(
            "gap",
            style="bullet",
            what=told(gap.what, "gaps", gap.basis, "what"),
            where=told(_whole(gap), "gaps", gap.basis, "where"),
        )
        for gap in lacking
    )
    return (Paragraph((f"{PART_TITLES[LACKING]}\N{NO-BREAK SPACE}:",)), *bullets)


def _whole(gap: Gap) -> str:
    """Say where it is and, for who makes the study, what brings it."""
    return f"{gap.where} ({gap.how})" if gap.how else gap.where


def gap_note(lacking: Sequence[Gap]) -> tuple[Paragraph, ...]:
    """Say the same in a line, for a card."""
    if not lacking:
        return ()
    listed = joined(
        (told(gap.short, "gaps", gap.basis, "short") for gap in lacking), mark=" ; "
    )
    title = (PART_TITLES[LACKING],)
    return (_TEXTS.say("note", style="note", title=title, listed=listed),)


def weighty_factors(desk: Desk) -> pd.DataFrame:
    """Return the factors that are worth most, the first before."""
    factors = desk.public["factor_weights"].table
    weighty = factors[factors["worth_rank"].le(N_PRINTED)]
    return weighty.sort_values("worth_rank", kind="stable", ignore_index=True)


def factors_section(desk: Desk) -> Section:
    """Say which factors matter most, what each is worth, and what is sourced."""
    rows: list[Row] = [
        (
            (told(row["label"], "factor_weights", _factor_key(row), "label"),),
            (_bounds(row),),
            _amounts(row, ""),
            _amounts(row, SWING),
        )
        for row in weighty_factors(desk).to_dict("records")
    ]
    box = table(_TEXTS, "factors.", rows)
    return Section(_TEXTS.runs("factors.title"), (box, _sourcing(desk)))


def _factor_key(row: Mapping[Any, Any]) -> str:
    return " / ".join(str(row[name]) for name in FACTOR_KEY)


def _bounds(row: Mapping[Any, Any]) -> Value:
    """Write a factor: low, middle, high, its class in words; a share in per cent."""
    is_share = not row["unit"] and str(row["label"]).startswith(_SHARE)
    scale, unit = (100, "%") if is_share else (1, row["unit"])
    amounts = " ; ".join(french_number(scale * float(row[name])) for name in _LEVELS)
    class_name = EVIDENCE_NAMES[str(row["evidence"])]
    text = f"{amounts} {unit}".strip()
    return told(f"{text} ({class_name})", "factor_weights", _factor_key(row), "mid")


def _amounts(row: Mapping[Any, Any], prefix: str) -> Runs:
    """Write the totals that hang on a factor, or by how much it moves them."""
    units, names = labels_of("factor_measure_unit"), labels_of("factor_measure")
    known = {name: float(row[f"{prefix}{name}"]) for name in names}
    shown = [name for name, one in known.items() if one and math.isfinite(one)]
    runs: list[Run] = []
    for name in shown:
        column = f"{prefix}{name}"
        amount = number(
            known[name],
            ("factor_weights", _factor_key(row), column),
            evidence="H",
            unit=units[name],
        )
        mark = typographic(" ; ") if runs else ""
        runs += [
            *_TEXTS.runs(
                "factors.amount", mark=(mark,), what=(names[name],), amount=amount
            )
        ]
    return tuple(runs)


def _sourcing(desk: Desk) -> Paragraph:
    """Say how many factors have a source, and how much rests on those."""
    rows = desk.public["factor_sourcing"].table.set_index("measure")
    if rows.empty:
        return _TEXTS.say("factors.none", style="note")
    shares = {name: _share(float(rows["share_pct"][name]), name) for name in _RESTS}
    counts = {
        name: number(float(rows[name]["factors"]), ("factor_sourcing", "factors", name))
        for name in ("n_factors", "n_sourced")
    }
    return _TEXTS.say("factors.sourcing", **shares, **counts)


def _share(share_pct: float, measure: str) -> Runs:
    """Write the share of a total that sourced factors make, or that it is secret."""
    if math.isnan(share_pct):
        return _TEXTS.runs("factors.secret")
    place = ("factor_sourcing", measure, "share_pct")
    return (number(share_pct, place, evidence="H", unit="%"),)


def source_table(desk: Desk) -> Paragraph | Table:
    """Print the sources of the factors that matter most, as their pages say."""
    sources = factor_sources().set_index(["table", "row_key", "column"])
    rows: list[Row] = []
    for row in weighty_factors(desk).to_dict("records"):
        key = tuple(str(row[name]) for name in FACTOR_KEY)
        where, label = _factor_key(row), str(row["label"])
        own = sources[sources.index.isin([key])]
        name = (told(label, "factor_weights", where, "label"),)
        if own.empty:
            rows.append(
                (name, _TEXTS.runs("factors.unsourced"), (MISSING,), (MISSING,))
            )
        for source in own.to_dict("records"):
            whose = ", ".join(str(source[one]) for one in _WHOSE)
            printed = f"{source['value_printed']} ({source['unit_printed']})"
            texts = (whose, printed, str(source["conversion"]))
            rows.append(
                (
                    name,
                    *((told(one, "factor_sources", where, "value"),) for one in texts),
                )
            )
    return table(_TEXTS, "factors.sources", rows)
