"""What the chapters share: what is known, what is assumed, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.dossier.chapters.desk import joined, table, told
from eitgeo.dossier.model import Paragraph, Section, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.maps.words.belief import LACKING, PART_TITLES, by_part, gaps
from eitgeo.words import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eitgeo.dossier.chapters.desk import Desk
    from eitgeo.dossier.model import Row, Runs
    from eitgeo.maps.words.belief import Gap

_TEXTS = read_prose("belief")


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
    kept = catalogue["group"].isin(groups)
    if first_screen:
        kept &= catalogue["first_screen"].eq("oui")
    names = [str(name) for name in catalogue.index[kept]]
    shown = indicator_rows(desk, names, desk.shown)
    heads = tuple((desk.name(one),) for one in desk.shown)
    box = table(
        _TEXTS.runs("caption"),
        (_TEXTS.runs("indicator_head"), *heads),
        shown,
        widths=(2.0, *[1.7] * len(heads)),
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
    found: list[Row] = []
    for part, mine in by_part(rows, told=_least_sure).items():
        if mine:
            found += [((PART_TITLES[part],),), *mine]
    return tuple(found)


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
