"""Chapter on levers: what exchanges would move, who gains what, the syndicate."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from eitgeo.disclosure.levers import DONORS, EXCHANGES
from eitgeo.dossier.chapters.belief import factors_section
from eitgeo.dossier.desk import (
    Desk,
    count,
    exact,
    joined,
    lines,
    number,
    table,
    told,
    wide_map,
)
from eitgeo.dossier.model import Block, Chapter, Paragraph, Row, Runs, Section, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.flows.exchanges.realised import (
    SYNERGIES,
    YEARS,
    Realised,
    above_text,
    animator_text,
    lever_realised,
    realised,
    realised_text,
)
from eitgeo.flows.exchanges.syndicate_account import BALANCE
from eitgeo.ledger import Place, headed
from eitgeo.maps.words.account_words import (
    Line,
    Named,
    account_answer,
    account_clauses,
    account_names,
    detail_of,
    lines_of,
    space_sentences,
)
from eitgeo.reference.exchange_terms import syndicate_lines
from eitgeo.reference.labels import labels_of
from eitgeo.reference.rules import family_name
from eitgeo.words import (
    MISSING,
    NBSP,
    NEARLY,
    first_upper,
    french_number,
    name_key,
    range_text,
    round_significant,
    typographic,
)

_LEVERS = read_prose("levers")
_ACCOUNT = read_prose("account")
_TABLE = "syndicate_account"


def account_section(desk: Desk) -> Section:
    """Tell what the syndicate would gain and lose, and what it would ask."""
    account = desk.public["syndicate_account"]
    named = account_names(desk.public["outlets"], desk.public["bodies"])
    lines = lines_of(account, named, "matiere", "compte", "reste", "place", "membres")
    known = [line for line in lines if line.key[0] != "member_eur"]
    answer = Paragraph((_answer(desk),), "lead")
    if all(line.is_unknown for line in known):
        return Section(_ACCOUNT.runs("title"), (answer,))
    if_part = told(desk.terms.if_part, "étude", "flows.participation", "share")
    blocks: tuple[Block, ...] = (
        answer,
        _ACCOUNT.say("intro", if_part=if_part),
        _line_table(known),
        *_space(desk),
        _member_table(desk, named),
        _term_table(desk, named),
        wide_map(desk, _ACCOUNT, "syndicate", "sheet"),
    )
    return Section(_ACCOUNT.runs("title"), blocks)


def _value(line: Line) -> Value:
    evidence = "" if line.is_unknown else line.evidence
    return told(line.text, _TABLE, line.place, "mid", evidence=evidence)


def _line_table(lines: list[Line]) -> Block:
    words_of = syndicate_lines()
    rows: list[Row] = []
    for line in lines:
        ask, who = (typographic(str(words_of.loc[line.key[0], one])) for one in _ASKED)
        asked = _ACCOUNT.runs("question", ask=(ask,), who=(who,)) if ask else ()
        rows.append(((typographic(line.label),), (_value(line),), asked))
    return table(_ACCOUNT, "", rows)


_ASKED = ("ask", "who")


def _space(desk: Desk) -> list[Block]:
    """Say where the landfill stands, in published figures."""
    return [
        Paragraph((told(one, _TABLE, "repere", "mid", evidence="S"),), "bullet")
        for one in space_sentences(desk.public["syndicate_account"])
    ]


def _member_table(desk: Desk, named: Named) -> Block:
    members = detail_of(desk.public["syndicate_account"], named, "member_eur")
    rows: list[Row] = [
        ((typographic(line.label),), (_value(line),))
        for line in sorted(members, key=lambda line: name_key(line.label))
    ]
    return table(_ACCOUNT, "members", rows)


def _term_table(desk: Desk, named: Named) -> Block:
    rows: list[Row] = []
    for clause in account_clauses(desk.public["syndicate_account"], named):
        label, stake, ask, who = map(
            typographic,
            (clause.label, clause.stake, clause.question, f"({clause.who})"),
        )
        size = (_value(clause.size),) if clause.size else (MISSING,)
        asked = _ACCOUNT.runs("terms_question", ask=(ask,), who=(who,))
        rows.append(((label,), (stake,), size, asked))
    return table(_ACCOUNT, "terms", rows)


def who_gains(desk: Desk) -> Block:
    """Lay out what each actor may gain, and what it gives."""
    rows = [
        ((who,), *((part.strip(),) for part in text.split("||")))
        for who, text in _LEVERS.pairs("who_gains")
    ]
    return table(_LEVERS, "who", rows, note=(_answer(desk),))


def _answer(desk: Desk) -> Value:
    """Answer whether the syndicate gains or loses, as its sheet does."""
    account = desk.public["syndicate_account"]
    named = account_names(desk.public["outlets"], desk.public["bodies"])
    lines = lines_of(account, named, "compte")
    (balance,) = (line for line in lines if line.key[0] == BALANCE)
    evidence = "" if balance.is_unknown else balance.evidence
    return told(account_answer(account), _TABLE, BALANCE, "mid", evidence=evidence)


def left_out_note(missing: Sequence[str]) -> Runs:
    """Say what the syndicate's part of the levers does not count yet."""
    if not missing:
        return ()
    what = joined(
        (told(one, "lever_totals", "syndicate_t", "left_out") for one in missing),
        mark=" ; ",
    )
    return (" ", *_LEVERS.runs("left_out", what=what))


_TRANSPORT = "tkm_avoided"
_CASES = "documented_cases"
_REACHED = {
    SYNERGIES: "synergies",
    "t_per_year": "t/an",
    "eur_per_year": "€/an",
    "tco2e_per_year": "tCO2e/an",
}
"""What a case may have realised, and its unit."""


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
    classes = sorted(set(desk.public["levers"].table["evidence"].astype(str)))
    shares = _LEVERS.say(
        "share_text",
        evidence=joined(
            told(one, "lever_totals", "tous", "evidence") for one in classes
        ),
    )
    blocks: tuple[Block, ...] = (
        _LEVERS.say("intro", if_part=_if_part(desk)),
        _lever_table(desk),
        Section(_LEVERS.runs("realised.title"), (_realised(desk), _case_table(desk))),
        Section(_LEVERS.runs("share"), (shares,)),
        factors_section(desk),
        Section(
            _LEVERS.runs("distances"),
            (
                _LEVERS.say("distances_text"),
                _distance_table(desk),
                _distance_check(desk),
            ),
        ),
        Section(_LEVERS.runs("who"), (who_gains(desk),)),
        account_section(desk),
        wide_map(desk, _LEVERS, "exchanges", "map"),
        wide_map(desk, _LEVERS, "participation", "participation"),
        _LEVERS.say("apart"),
    )
    return Chapter(_LEVERS.runs("title"), blocks, ("R8",))


def _if_part(desk: Desk) -> Runs:
    return (told(desk.terms.if_part, "étude", "flows.participation", "share"),)


def _lever_table(desk: Desk) -> Block:
    levers_ = desk.public["levers"].table.set_index("lever")
    rows: list[Row] = [
        _lever_row(desk, lever, levers_.loc[lever].to_dict())
        for lever in labels_of("lever")
        if lever in levers_.index
    ]
    left = sorted(set(levers_["left_out"]) - {""})
    note = (*_LEVERS.runs("note"), *_transport_note(levers_), *left_out_note(left))
    if asked := desk.terms.could_be_asked:
        asked_ = told(asked, "participation", "donneurs", "t", evidence="H")
        note = (asked_, " ", *note)
    note += _without_first(levers_)
    lever_, amount_, covered_ = _LEVERS.heads("heads")
    return table(
        _LEVERS,
        "",
        rows,
        heads=(lever_, amount_, (animators(desk),), covered_),
        note=note,
    )


def _lever_row(desk: Desk, lever: str, row: dict[Hashable, Any]) -> Row:
    """Write a lever, what any case reached of it, and what animators make of it."""
    label = labels_of("lever")[lever]
    covered = number(
        float(row["covered_pct"]),
        ("lever_totals", lever, "covered_pct"),
        evidence=str(row["evidence"]),
        unit="%",
    )
    if row["status"] != "chiffre":
        why = _LEVERS.runs("secret" if row["status"] == "secret" else "unknown")
        return (typographic(label),), why, (MISSING,), (covered,)
    amount = number(
        float(row["mid"]),
        ("lever_totals", lever, "mid"),
        evidence=str(row["evidence"]),
        unit=str(row["unit"]),
        bounds=(float(row["low"]), float(row["high"])),
    )
    reached = lever_realised(desk.terms.animation, lever, float(row["mid"]))
    above = above_text(reached)
    more = (", ", told(above, _CASES, lever, "times", evidence="H")) if above else ()
    return (
        (typographic(label),),
        (amount, *more),
        (realised_value(reached, lever, str(row["unit"])),),
        (covered,),
    )


def realised_value(found: Realised, lever: str, unit: str) -> Value:
    """Write what animators make of a potential, or that no case tells."""
    known = not math.isnan(found.high)
    text = typographic(realised_text(found, unit))
    return told(text, _CASES, lever, "realised", evidence="H" if known else "")


def animators(desk: Desk) -> Value:
    """Name who realises a potential, as a head does."""
    text = first_upper(animator_text(desk.terms.animation))
    return told(text, "étude", "governance.posts", "valeur")


def _realised(desk: Desk) -> Block:
    """Say how many synergies animators make, and how cases were brought here."""
    animation = desk.terms.animation
    reached = realised(animation, SYNERGIES)
    years = YEARS * animation.fte
    a_year = range_text(reached.low / years, reached.high / years, unit="nombre")
    least, most = (
        exact(one, (_CASES, "tous", f"n_firms, {end}"), decimals=0)
        for one, end in zip(animation.met, ("low", "high"), strict=True)
    )
    return _LEVERS.say(
        "realised.text",
        who=animators(desk),
        synergies=realised_value(reached, SYNERGIES, "synergies"),
        a_year=told(a_year, _CASES, "par an", SYNERGIES, evidence="H"),
        least=least,
        most=most,
        supposed=_supposed(desk, reached.high),
    )


def _supposed(desk: Desk, high: float) -> Runs:
    """Say how many exchanges and donors a potential supposes, where it may be told."""
    counts = desk.public["exchange_counts"].table.set_index("count_id")
    if not counts["status"].eq("chiffre").all():
        return ()
    exchanges, donors = (
        number(
            float(row["mid"]),
            ("exchange_counts", key, "mid"),
            evidence=str(row["evidence"]),
            bounds=(float(row["low"]), float(row["high"])),
        )
        for key, row in counts.loc[[EXCHANGES, DONORS]].to_dict("index").items()
    )
    ratio = round_significant(float(counts["mid"][EXCHANGES]) / high, 1)
    times = f"{NEARLY}{NBSP}{french_number(ratio)} fois"
    return (
        " ",
        *_LEVERS.runs(
            "realised.supposed",
            exchanges=exchanges,
            donors=donors,
            if_part=_if_part(desk),
            times=told(times, _CASES, "tous", "échanges", evidence="H"),
        ),
        *(
            (" ", *_LEVERS.runs("realised.drawn"))
            if desk.public["exchange_counts"].demonstration
            else ()
        ),
    )


def _case_table(desk: Desk) -> Block:
    """Lay out the cases that tell what was realised, as their pages do."""
    cases = desk.terms.animation.cases
    known = cases[cases[list(_REACHED)].notna().any(axis=1)]
    records = known.to_dict("index").items()
    rows = lines(
        _LEVERS,
        "realised.",
        known,
        source=_CASES,
        keys=known.index,
        firms=[_of_case(row, str(key), "n_firms", "nombre") for key, row in records],
        leads=[_of_case(row, str(key), "n_leads", "nombre") for key, row in records],
        reached=[
            joined(
                (
                    _of_case(row, str(key), name, unit)
                    for name, unit in _REACHED.items()
                    if math.isfinite(row[name])
                ),
                mark=" ; ",
            )
            for key, row in records
        ],
        whose=[
            f"{row['author']}, {row['title']}, {row['year']}, {row['place']}"
            for _, row in records
        ],
    )
    return table(_LEVERS, "realised.", rows)


def _of_case(row: dict[Hashable, Any], key: str, name: str, unit: str) -> Value:
    """Write a number of a case as its page tells it."""
    return exact(float(row[name]), (_CASES, key, name), unit=unit, evidence="S")


def _transport_note(levers_: pd.DataFrame) -> Runs:
    """Say in words that exchanges add transport, where no draw says otherwise."""
    high = levers_["high"].get(_TRANSPORT, math.nan)
    return (" ", *_LEVERS.runs("more_transport")) if high < 0 else ()


def _without_first(levers_: pd.DataFrame) -> Runs:
    """Say what is left of the levers without their three first givers."""
    left = levers_["without_first_pct"].dropna()
    if left.empty:
        return ()
    parts: list[Value] = []
    sure = levers_["evidence"].astype(str)
    for lever, label in labels_of("lever").items():
        if lever in left.index:
            place = ("lever_totals", lever, "without_first_pct")
            share = number(float(left[lever]), place, evidence=sure[lever], unit="%")
            parts.append(told(f"{label}, {share.text}", *place, evidence=sure[lever]))
    return (" ", *_LEVERS.runs("without_first", listed=joined(parts, mark=" ; ")))


def _distance_table(desk: Desk) -> Block:
    rows: list[Row] = []
    distances = desk.public["break_even"].table.sort_values("family", kind="stable")
    for row in distances.to_dict("records"):
        family = str(row["family"])
        name = (told(family_name(family), "break_even", family, "family"),)
        n_rules = (count(int(row["n_rules"]), "break_even", family),)
        rows.append((name, n_rules, _break_even(row, family)))
    return table(_LEVERS, "distances", rows)


def _break_even(row: dict[Any, Any], family: str) -> Runs:
    """Write a distance; beyond the longest of its rules, price limits no more."""
    where, evidence = ("break_even", family), str(row["evidence"])
    names = ("break_even_km_low", "break_even_km", "break_even_km_high", "longest_km")
    low, mid, high, longest = (float(row[name]) for name in names)
    reach = headed(longest, Place(*where, "longest_km"), evidence="O", unit="km")
    limit = told(reach, *where, "longest_km")
    if mid > longest:
        return _LEVERS.runs("beyond", km=limit)
    whole = high <= longest and low > 0
    place = (*where, "break_even_km")
    bounds = (low, high) if whole else (math.nan, math.nan)
    distance = number(mid, place, evidence=evidence, unit="km", bounds=bounds)
    if whole:
        return (distance,)
    least, most = (
        _far_end(end, (*where, name), limit if end > longest else None, evidence)
        for name, end in zip(names[0:3:2], (low, high), strict=True)
    )
    if mid == 0:
        return _LEVERS.runs("none_to", high=most)
    return _LEVERS.runs("ends", distance=distance, low=least, high=most)


def _far_end(
    km: float, at: tuple[str, str, str], limit: Value | None, evidence: str
) -> Value | Runs:
    """Write an end of an interval, whose middle bears its class."""
    if limit is not None:
        return _LEVERS.runs("beyond", km=limit)
    if km == 0:
        return _LEVERS.runs("never")
    return told(headed(km, Place(*at), evidence=evidence, unit="km"), *at)


def _distance_check(desk: Desk) -> Block:
    """Put the median of exchanges beside published ones: a check, no calibration."""
    rows = desk.public["reach"].table.set_index("check_id")
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
        _LEVERS,
        "reach",
        told_rows,
        note=_LEVERS.runs("reach_note", if_part=_if_part(desk)),
    )
