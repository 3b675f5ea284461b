"""Chapter on levers: what exchanges would move, and who gains what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.dossier.chapters.account import account_section
from eitgeo.dossier.chapters.desk import count, joined, number, table, told
from eitgeo.dossier.model import Chapter, Section
from eitgeo.dossier.prose import read_prose
from eitgeo.reference.labels import labels_of
from eitgeo.reference.rules import family_name
from eitgeo.words import typographic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eitgeo.dossier.chapters.desk import Desk
    from eitgeo.dossier.model import Block, Row, Runs

_LEVERS = read_prose("levers")
_SYNDICATE = "eur_syndicate"


def levers(desk: Desk) -> Chapter:
    """Tell the orders of magnitude of the levers, and who gains what.

    Parameters
    ----------
    desk
        What the dossier is written from.

    Returns
    -------
    Chapter
        Answers R8.
    """
    map_ = desk.wide_picture(
        "exchanges", _LEVERS.runs("map"), alt="".join(map(str, _LEVERS.runs("map_alt")))
    )
    classes = sorted(set(desk.matter.levers.table["evidence"].astype(str)))
    shares = _LEVERS.say(
        "share_text",
        evidence=joined(
            told(one, "lever_totals", "tous", "evidence") for one in classes
        ),
    )
    blocks: tuple[Block, ...] = (
        _LEVERS.say("intro", if_part=_if_part(desk)),
        _lever_table(desk),
        Section(_LEVERS.runs("share"), (shares,)),
        Section(
            _LEVERS.runs("distances"),
            (
                _LEVERS.say("distances_text"),
                _distance_table(desk),
                _distance_check(desk),
            ),
        ),
        Section(_LEVERS.runs("who"), (_who_gains(desk),)),
        account_section(desk),
        map_,
        desk.wide_picture(
            "participation",
            _LEVERS.runs("participation"),
            alt="".join(map(str, _LEVERS.runs("participation_alt"))),
        ),
    )
    return Chapter(_LEVERS.runs("title"), blocks, ("R8",))


def _if_part(desk: Desk) -> Runs:
    return (told(desk.terms.if_part, "étude", "flows.participation", "share"),)


def _lever_table(desk: Desk) -> Block:
    levers_ = desk.matter.levers.table.set_index("lever")
    rows: list[Row] = []
    for lever, label in labels_of("lever").items():
        if lever not in levers_.index:
            continue
        row = levers_.loc[lever].to_dict()
        source = ("lever_totals", lever, "mid")
        amount: Runs = (
            number(
                float(row["mid"]),
                source,
                evidence=str(row["evidence"]),
                unit=str(row["unit"]),
                bounds=(float(row["low"]), float(row["high"])),
            ),
        )
        if row["status"] != "chiffre":
            amount = _LEVERS.runs("secret" if row["status"] == "secret" else "unknown")
        covered = number(
            float(row["covered_pct"]),
            ("lever_totals", lever, "covered_pct"),
            evidence="S",
            unit="%",
        )
        rows.append(((typographic(label),), amount, (covered,)))
    left = sorted(set(levers_["left_out"]) - {""})
    note = (*_LEVERS.runs("note"), *_left_out(left))
    return table(
        _LEVERS.runs("caption"),
        _LEVERS.heads("heads"),
        rows,
        widths=(1.8, 3.4, 1.2),
        note=note,
    )


def _left_out(missing: Sequence[str]) -> Runs:
    """Say what the syndicate's part does not count yet."""
    if not missing:
        return ()
    what = joined(
        (told(one, "lever_totals", "eur_syndicate", "left_out") for one in missing),
        mark=" ; ",
    )
    return (" ", *_LEVERS.runs("left_out", what=what))


def _distance_table(desk: Desk) -> Block:
    rows: list[Row] = []
    for row in desk.matter.distances.table.sort_values("family").to_dict("records"):
        family = str(row["family"])
        distance = number(
            float(row["break_even_km"]),
            ("break_even", family, "break_even_km"),
            evidence=str(row["evidence"]),
            unit="km",
            bounds=(
                float(row["break_even_km_low"]),
                float(row["break_even_km_high"]),
            ),
        )
        rows.append(
            (
                (told(family_name(family), "break_even", family, "family"),),
                (count(int(row["n_rules"]), "break_even", family),),
                (distance,),
            )
        )
    return table(
        _LEVERS.runs("distances_caption"),
        _LEVERS.heads("distances_heads"),
        rows,
        widths=(2.0, 0.8, 3.2),
    )


def _distance_check(desk: Desk) -> Block:
    """Put the median of exchanges beside published ones: a check, no calibration."""
    rows = desk.matter.reach.table.set_index("check_id")
    told_rows: list[Row] = []
    for key, row in rows.to_dict("index").items():
        distance: Runs = (
            number(
                float(row["km"]),
                ("reach", key, "km"),
                evidence=str(row["evidence"]),
                unit="km",
            ),
        )
        if row["status"] != "chiffre":
            distance = _LEVERS.runs(
                "secret" if row["status"] == "secret" else "unknown"
            )
        label = told(row["label"], "reach", key, "label")
        source = told(row["source"], "reach", key, "source")
        told_rows.append(((label,), distance, (source,)))
    return table(
        _LEVERS.runs("reach_caption"),
        _LEVERS.heads("reach_heads"),
        told_rows,
        widths=(2.6, 1.2, 2.6),
        note=_LEVERS.runs("reach_note", if_part=_if_part(desk)),
    )


def _who_gains(desk: Desk) -> Block:
    rows = [
        ((who,), *((part.strip(),) for part in text.split("||")))
        for who, text in _LEVERS.pairs("who_gains")
    ]
    return table(
        _LEVERS.runs("who_caption"),
        _LEVERS.heads("who_heads"),
        rows,
        widths=(1.4, 3.0, 2.4),
        note=_syndicate_note(desk),
    )


def _syndicate_note(desk: Desk) -> Runs:
    """Say whether the syndicate gains or loses, where it is told: as the figure is."""
    levers_ = desk.matter.levers.table.set_index("lever")
    if _SYNDICATE not in levers_.index:
        return ()
    row = levers_.loc[_SYNDICATE].to_dict()
    if row["status"] != "chiffre":
        return ()
    low, high = float(row["low"]), float(row["high"])
    sign = "gains" if low > 0 else "loses" if high < 0 else "unsure"
    amount = number(
        float(row["mid"]),
        ("lever_totals", _SYNDICATE, "mid"),
        evidence=str(row["evidence"]),
        unit=str(row["unit"]),
        bounds=(low, high),
    )
    return _LEVERS.runs(f"syndicate.{sign}", amount=amount)
