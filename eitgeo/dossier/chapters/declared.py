"""What others tell: outlets in use, declared and total tonnes beside what we say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from eitgeo.dossier.chapters.territory import epci_fact
from eitgeo.dossier.desk import Desk, number, told
from eitgeo.dossier.model import Block, Row, Runs, Section, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.dossier.views import lines, table
from eitgeo.flows.arisings.backtest import (
    SELECTION,
    backtest_rows,
    set_aside_text,
    years_text,
)
from eitgeo.flows.arisings.declared import Period
from eitgeo.flows.outlets.destinations import chapter_tonnes
from eitgeo.reference.labels import labels_of
from eitgeo.reference.tables import waste_totals
from eitgeo.sources.survey.published_weighings import (
    client_label,
    family_label,
    outlet_names,
    place_label,
)
from eitgeo.words import (
    MISSING,
    french_number,
    french_period,
    range_text,
    round_significant,
)

_FLOWS = read_prose("flows")
_TABLE = "declared_destinations"
_WEIGHED = "weighed_public"
_CHECKS = "arising_checks"
_SCALES = ("by_inhabitants", "by_employees")


def declared_sections(desk: Desk) -> Iterator[Section]:
    """Tell where declared waste goes, and what it says of the calculation."""
    destinations = desk.public["declared_destinations"].table
    if len(destinations):
        blocks: tuple[Block, ...] = (
            _FLOWS.say("declared_text"),
            _destinations(destinations, desk.public["declared_destinations"].secrecy),
        )
        yield Section(_FLOWS.runs("declared"), blocks)
    backtest = desk.public["backtest"].table
    if len(backtest):
        evidence = "H" if desk.public["backtest"].demonstration else "O"
        blocks = (_FLOWS.say("backtest_text"), _measures(backtest, evidence))
        yield Section(_FLOWS.runs("backtest"), blocks)


def weighed_sections(desk: Desk) -> Iterator[Section]:
    """Tell what the syndicate weighed, beside what is estimated and never in it."""
    rows = desk.public["weighed_public"].table
    if rows.empty:
        return
    blocks: list[Block] = [_FLOWS.say("weighed_text"), _weighed(desk)]
    days = sorted({*zip(rows["first_day"], rows["last_day"], strict=True)})
    short = [one for one in days if not Period(*map(str, one)).is_year()]
    for first, last in short:
        told_days = told(
            french_period(str(first), str(last)), _WEIGHED, "", "first_day"
        )
        blocks.append(_FLOWS.say("weighed_short", style="note", days=told_days))
    yield Section(_FLOWS.runs("weighed"), tuple(blocks))


def _weighed(desk: Desk) -> Block:
    """Lay out each sum with its clients, its outlets and the estimate beside it."""
    names = desk.terms.governance.epci_names
    known = desk.public["outlets"].table
    outlets = dict(zip(known["outlet_id"], known["name"], strict=True))
    rows: list[Row] = []
    for row in desk.public["weighed_public"].table.to_dict("records"):
        place, family = str(row["place"]), str(row["family"])
        key = "/".join((place, str(row["client"]), family, str(row["year"])))
        days = french_period(str(row["first_day"]), str(row["last_day"]))
        mass_t = float(row["mass_t"])
        decimals = max(0, 1 - math.floor(math.log10(mass_t)))
        used = outlet_names(str(row["outlets"]), outlets)
        rows.append(
            (
                (told(place_label(place, names), _WEIGHED, key, "place"),),
                (
                    told(client_label(str(row["client"])), _WEIGHED, key, "client"),
                    ", ",
                    told(family_label(family), _WEIGHED, key, "family"),
                ),
                (
                    number(
                        mass_t, (_WEIGHED, key, "mass_t"), unit="t", decimals=decimals
                    ),
                    ", ",
                    told(days, _WEIGHED, key, "first_day"),
                ),
                (number(float(row["n_clients"]), (_WEIGHED, key, "n_clients")),),
                _estimate(desk, place, family),
                (told(used, _WEIGHED, key, "outlets"),),
            )
        )
    return table(_FLOWS, "weighed", rows, note=desk.public["weighed_public"].secrecy)


def _estimate(desk: Desk, place: str, family: str) -> Runs:
    """Write the part of a family in the potential waste of an EPCI, in tenths."""
    parts = desk.public["arising_streams"].table
    own = parts[parts["group"].eq(place) & parts["family"].eq(family)]
    if own.empty:
        return (MISSING,)
    n = int(own["tenths"].iloc[0])
    text = f"{n} dixième{'s' if n > 1 else ''}"
    tenths = told(text, "arising_streams", f"{place}/{family}", "tenths")
    total = epci_fact(desk, place, "deposit_t")
    return _FLOWS.runs("weighed_tenths", n=tenths, total=total)


def _destinations(destinations: pd.DataFrame, secrecy: tuple[str, ...]) -> Block:
    """Lay out tonnes by chapter, what stays, and which départements take the rest."""
    tonnes = chapter_tonnes(destinations)
    chapters = tonnes.index.astype(str)
    shown = tonnes.assign(
        heading=chapters.str[:2] + " xx xx" + chapters.str[2:],
        stays_pct=(100.0 * tonnes["own_t"] / tonnes["mass_t"]).where(
            tonnes["mass_t"] > 0
        ),
    )
    rows = lines(_FLOWS, "declared", shown, source=_TABLE, keys=chapters)
    return table(_FLOWS, "declared", rows, note=secrecy)


def _measures(backtest: pd.DataFrame, evidence: str) -> Block:
    shown = pd.DataFrame(backtest_rows(backtest)).assign(sure=evidence)
    rows = lines(_FLOWS, "backtest", shown, source="backtest", keys=shown["key"])
    notes = " ".join(filter(None, (set_aside_text(backtest), SELECTION)))
    years = told(years_text(backtest), "backtest", "", "first_year")
    return table(
        _FLOWS,
        "backtest",
        rows,
        note=(told(notes, "backtest", "set_aside", "n_sites"),),
        years=years,
    )


def total_section(desk: Desk) -> Iterator[Section]:
    """Put totals of the area beside published ones, and what may part them."""
    checks = desk.public["arising_checks"].table.set_index("reference_id", drop=False)
    if len(checks):
        ordered = checks.loc[
            [name for name in waste_totals().index if name in checks.index]
        ]
        table_ = _total_table(ordered, desk.public["arising_checks"].secrecy)
        blocks = (_FLOWS.say("totals_text"), table_, *_total_notes(ordered))
        yield Section(_FLOWS.runs("totals"), blocks)


def _total_table(checks: pd.DataFrame, secrecy: tuple[str, ...]) -> Block:
    references = waste_totals()
    records = checks.to_dict("records")
    keys = checks["reference_id"].astype(str)
    feeds = labels_of("feeds_ratio")
    scaled = {
        scale: [_brought(row, str(row["reference_id"]), scale) for row in records]
        for scale in _SCALES
    }
    rows = lines(
        _FLOWS,
        "totals",
        checks.assign(sure="H"),
        source=_CHECKS,
        keys=keys,
        label=[
            told(str(references.loc[key, "label"]), "waste_totals", key, "label")
            for key in keys
        ],
        ratio=[_ratio(row, str(row["reference_id"])) for row in records],
        feeds=[
            told(
                feeds[str(references.loc[key, "feeds_ratio"])],
                *("waste_totals", key, "feeds_ratio"),
            )
            for key in keys
        ],
        **scaled,
    )
    return table(_FLOWS, "totals", rows, note=secrecy)


def _brought(row: dict[Any, Any], key: str, scale: str) -> Value:
    """Write a published total, brought to the area: one figure, or two."""
    names = [f"{scale}_{end}" for end in ("low", "high")]
    low, high = (
        number(float(row[name]), (_CHECKS, key, name), evidence="S") for name in names
    )
    text = low.text if low.text == high.text else f"{low.text} à {high.text}"
    return told(text, _CHECKS, key, scale, evidence=high.evidence)


def _ratio(row: dict[Any, Any], key: str) -> Value:
    """Divide our median by what is published, then P10 to P90 by its two ends."""
    low_t, mid_t, high_t = (float(row[f"t_{end}"]) for end in ("low", "mid", "high"))
    names = [f"{scale}_{end}" for scale in _SCALES for end in ("low", "high")]
    # Of a sector that employs nobody here, the total by its employees is nothing.
    known = [float(row[name]) for name in names if row[name] > 0]
    if math.isnan(mid_t) or not known:
        return told(MISSING, _CHECKS, key, "ratio")
    middle = range_text(mid_t / max(known), mid_t / min(known), unit="nombre")
    bounds = (low_t / max(known), high_t / min(known))
    texts = dict.fromkeys(french_number(round_significant(one, 1)) for one in bounds)
    text = f"{middle} ({' à '.join(texts)})"
    return told(text, _CHECKS, key, "ratio", evidence="H")


def _total_notes(checks: pd.DataFrame) -> Iterator[Block]:
    """Say of each reference where, when and by whom, and what may explain a gap."""
    for key, reference in waste_totals().loc[checks["reference_id"]].iterrows():
        parts = {
            name: told(str(reference[name]), "waste_totals", str(key), name)
            for name in ("label", "place", "years", "source", "explains")
        }
        yield _FLOWS.say("totals_note", style="note", **parts)
