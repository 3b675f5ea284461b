"""Annexes on the method, the data, the hypotheses, the words, and the questions."""

from __future__ import annotations

from collections.abc import Iterator

from eitgeo.dossier.chapters.belief import source_table
from eitgeo.dossier.desk import (
    Desk,
    budget_amount,
    cell,
    count,
    exact,
    joined,
    listed_unions,
    number,
    table,
    told,
    wide_map,
)
from eitgeo.dossier.model import Block, Chapter, Paragraph, Row, Runs, Section, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.maps.words.governance_words import STATE_WORDS, unsure_lists
from eitgeo.maps.words.hypotheses import (
    REPLACED,
    Hypothesis,
    change_sentence,
    count_sentence,
)
from eitgeo.reference.labels import labels_of
from eitgeo.words import MISSING, typographic

_TEXTS = read_prose("annexes")
STABILITY = "stability"
"""Key of the picture of zones that hold, drawn for this annex alone."""
_LEVELS = ("low", "mid", "high")
_MOVED = {
    "deposit": "deposit_t",
    "network": "seat_45min_pct",
    "outlets": "outlet_median_min",
    "rules": "synergy_families",
    "members": "confirmed_pct",
    "largest": "kept_without_top_pct",
    "core": "core_pct",
}
"""Hypothesis → the indicator that shows how far it moves."""
_HYPOTHESES = (*_MOVED, "participation", "uses", "budget", "effort")

_VARIANCES = (
    "tonnages",
    "participation",
    "usages",
    "transport",
    "elimination",
    "valeur",
    "substitution",
)


def method(desk: Desk) -> Chapter:
    """Tell the method in a few lines, and every parameter in force."""
    rows: list[Row] = [
        ((told(key, "étude", key, "clé"),), (told(value, "étude", key, "valeur"),))
        for key, value in desk.terms.parameters
    ]
    steps = (
        *([] if desk.terms.has_sites else [_TEXTS.say("method.counted")]),
        *_TEXTS.bullets("method.steps"),
        _TEXTS.say("method.unions", style="bullet", unions=listed_unions(desk)),
        *_network(desk),
        _TEXTS.say("method.statistics"),
    )
    parameters = table(_TEXTS, "method.parameters", rows)
    blocks: tuple[Block, ...] = (
        Section(_TEXTS.runs("method.steps_title"), steps),
        Section(_TEXTS.runs("method.parameters_title"), (parameters,)),
        *_stability(desk),
    )
    return Chapter(_TEXTS.runs("method.title"), blocks)


def _stability(desk: Desk) -> Iterator[Block]:
    """Show which sites stay in a zone whatever the setting."""
    if desk.terms.has_sites:
        yield wide_map(desk, _TEXTS, STABILITY, "method.stability")


def _network(desk: Desk) -> Iterator[Block]:
    """Say whose roads these are, of when, and what is not known of them."""
    terms = desk.terms
    network = told(terms.network, "étude", "roads", "network")
    yield _TEXTS.say("method.network", network=network)
    if terms.road_limits:
        limits = told(terms.road_limits, "road_report", "limites", "phrase")
        yield _TEXTS.say("method.road_limits", limits=limits)


def data(desk: Desk) -> Chapter:
    """List what was read, under which licence, and what was held back."""
    rows: list[Row] = [
        (
            (told(theme, "étude", "sources.credits", theme),),
            (told(text, "étude", "sources.credits", theme),),
        )
        for theme, text in desk.terms.inputs
    ]
    secrets = [
        Paragraph((told(text, "disclosure_report", str(rank), "phrase"),), "bullet")
        for rank, text in enumerate(desk.sheet.secrecy)
    ]
    blocks: tuple[Block, ...] = (
        _TEXTS.say("data.intro"),
        table(_TEXTS, "data.inputs", rows),
        Section(
            _TEXTS.runs("data.secrecy_title"),
            tuple(secrets) or (_TEXTS.say("data.secrecy_none"),),
        ),
        Section(_TEXTS.runs("data.missing_title"), _TEXTS.bullets("data.missing")),
    )
    return Chapter(_TEXTS.runs("data.title"), blocks)


def hypotheses(desk: Desk) -> Chapter:
    """Say what each hypothesis touches and how far it moves the result."""
    rows: list[Row] = [_hypothesis(desk, key) for key in _HYPOTHESES]
    blocks: tuple[Block, ...] = (
        _TEXTS.say("hypotheses.intro"),
        table(_TEXTS, "hypotheses.", rows),
        *_supposed(desk),
        _share_table(desk),
        *_variance_table(desk),
        source_table(desk),
    )
    return Chapter(_TEXTS.runs("hypotheses.title"), blocks)


def _hypothesis(desk: Desk, key: str) -> Row:
    effort = told(desk.sheet.effort_text, "étude", "identity", "effort")
    if_part = told(desk.terms.if_part, "étude", "flows.participation", "share")
    runs = _TEXTS.runs(f"hypotheses.rows.{key}", effort=effort, if_part=if_part)
    what, touches = _halves(runs)
    if key == "participation":
        return (what, touches, _exchanged(desk))
    if key == "budget":
        return (what, touches, (left_to_pay(desk),))
    return (
        what,
        touches,
        shown_values(desk, _MOVED[key]) if key in _MOVED else (MISSING,),
    )


def _supposed(desk: Desk) -> Iterator[Block]:
    """Say what the study supposes, what replaced it and what would replace the rest."""
    supposed = desk.terms.hypotheses
    if not supposed:
        return
    rows: list[Row] = [
        (
            (told(one.label, "hypotheses", one.basis, "label"),),
            (told(_standing(one), "hypotheses", one.basis, "state"),),
            (told(_replacing(one), "gaps", one.basis, "what"),),
            (told(change_sentence(one) or MISSING, "hypotheses", one.basis, "change"),),
        )
        for one in supposed
    ]
    count = told(count_sentence(supposed), "hypotheses", "all", "state")
    box = table(_TEXTS, "hypotheses.supposed", rows)
    said = _TEXTS.say("hypotheses.supposed_count", style="lead", count=count)
    yield Section(_TEXTS.runs("hypotheses.supposed_title"), (said, box))


def _standing(one: Hypothesis) -> str:
    dates = ", ".join(one.vintages)
    return f"{one.state} ({dates})" if dates else one.state


def _replacing(one: Hypothesis) -> str:
    return MISSING if one.state == REPLACED else f"{one.what} ({one.where})"


def _halves(runs: Runs) -> tuple[Runs, Runs]:
    """Cut a line of the prose at its « || »."""
    before: list[str | Value] = []
    for rank, run in enumerate(runs):
        if isinstance(run, str) and "||" in run:
            left, right = run.split("||", 1)
            tail = [right.strip()] if right.strip() else []
            return (*before, left.strip()), (*tail, *runs[rank + 1 :])
        before.append(run)
    return tuple(before), ()


def shown_values(desk: Desk, indicator_id: str) -> Runs:
    """Write an indicator for the perimeters of the summary."""
    shown: list[str | Value] = []
    for name in desk.shown:
        runs = _TEXTS.runs(
            "hypotheses.of",
            perimeter=desk.name(name),
            value=desk.indicator(name, indicator_id),
        )
        shown += [typographic(" ; "), *runs] if shown else list(runs)
    return tuple(shown)


def _exchanged(desk: Desk) -> Runs:
    """Write the tonnes exchanged: their interval holds the share that takes part."""
    rows = desk.public["levers"].table.set_index("lever")
    if "t" not in rows.index or rows["status"]["t"] != "chiffre":
        return (MISSING,)
    row = rows.loc["t"].to_dict()
    low, mid, high = (float(row[level]) for level in _LEVELS)
    return (
        number(
            mid,
            ("lever_totals", "t", "mid"),
            evidence=str(row["evidence"]),
            unit=str(row["unit"]),
            bounds=(low, high),
        ),
    )


def left_to_pay(desk: Desk) -> Value:
    """Return what is left to pay in the first year."""
    budget = desk.public["animation_budget"].table
    row = budget[budget["item"] == "reste"].sort_values("year", kind="stable").iloc[0]
    return budget_amount(row.to_dict(), f"reste / {row['year']}")


def _share_table(desk: Desk) -> Block:
    rows_of = desk.public["indicators_public"].table.set_index(
        ["perimeter_id", "indicator_id"]
    )["hypothesis_share_pct"]
    rows: list[Row] = []
    for indicator in desk.terms.governance.catalogue.index:
        keys = [(name, indicator) for name in desk.shown]
        if not all(key in rows_of.index for key in keys):
            continue
        cells = tuple(
            (
                number(
                    float(rows_of[key]),
                    ("indicators_public", " / ".join(key), "hypothesis_share_pct"),
                    unit="%",
                ),
            )
            for key in keys
        )
        rows.append(((desk.label(str(indicator)),), *cells))
    names = tuple((desk.name(name),) for name in desk.shown)
    head = read_prose("perimeter").runs("indicator_head")
    return table(
        _TEXTS,
        "hypotheses.share",
        rows,
        heads=(head, *names),
    )


def _variance_table(desk: Desk) -> tuple[Block, ...]:
    levers = desk.public["levers"].table
    columns = [f"variance_{one}_pct" for one in _VARIANCES]
    if not set(columns) <= set(levers):
        return ()
    known = levers[levers[columns].notna().all(axis=1)].set_index("lever")
    rows: list[Row] = [
        (
            (typographic(label),),
            *(
                (
                    number(
                        float(known[one][lever]),
                        ("lever_totals", lever, one),
                        evidence=str(known["evidence"][lever]),
                        unit="%",
                    ),
                )
                for one in columns
            ),
        )
        for lever, label in labels_of("lever").items()
        if lever in known.index
    ]
    return (table(_TEXTS, "hypotheses.variance", rows),)


def glossary(desk: Desk) -> Chapter:
    """Explain the words that the dossier uses."""
    del desk
    rows: list[Row] = [
        ((word,), (text,)) for word, text in _TEXTS.pairs("glossary.words")
    ]
    words = table(_TEXTS, "glossary.", rows)
    return Chapter(_TEXTS.runs("glossary.title"), (words,))


_SYNDICATE = "P1"
_THEN, _IS, _COMMA = typographic(" ; "), typographic(" : "), ", "


def questions(desk: Desk) -> Chapter:
    """Ask the owner of the study what is open, and say what an answer moves."""
    states = _states(desk)
    moves = _moves(desk)
    rows: list[Row] = [
        ((question,), states[key], moves[key])
        for key, question in _TEXTS.pairs("questions.rows")
        if states.get(key)
    ]
    blocks: tuple[Block, ...] = (
        _TEXTS.say("questions.intro"),
        table(_TEXTS, "questions.", rows),
    )
    return Chapter(_TEXTS.runs("questions.title"), blocks)


def _states(desk: Desk) -> dict[str, Runs]:
    """Say where each question stands; empty: it does not arise here."""
    open_ = _TEXTS.runs("questions.open")
    stamp = told(desk.sheet.demonstration_text, "étude", "sources", "demonstration")
    real = _TEXTS.runs("questions.real")
    return {
        "members": _unsure_bodies(desk),
        "statutes": open_,
        "tonnages": open_,
        "ceilings": _ceilings(desk),
        "outlets": _unsure_outlets(desk),
        "zones": open_,
        "neighbours": _neighbours(desk),
        "budget": (left_to_pay(desk),),
        "rules": _open_rules(desk),
        "data": _TEXTS.runs("questions.demo", stamp=stamp)
        if stamp.text != MISSING
        else real,
    }


def _moves(desk: Desk) -> dict[str, Runs]:
    values: dict[str, Runs] = {
        "members": shown_values(desk, "confirmed_pct"),
        "statutes": _syndicate(desk),
        "outlets": shown_values(desk, "outlet_median_min"),
        "budget": (left_to_pay(desk),),
    }
    return {
        key: _TEXTS.runs(f"questions.moves.{key}", value=values.get(key, ()))
        for key, _ in _TEXTS.pairs("questions.rows")
    }


def _unsure_bodies(desk: Desk) -> Runs:
    bodies, overlaps = desk.public["bodies"], desk.public["perimeter_bodies"]
    used = bodies.table[bodies.table["body_id"].isin(overlaps.table["body_id"])]
    unsure = used[used["body_id"].isin(unsure_lists(bodies, overlaps))]
    if unsure.empty:
        return _TEXTS.runs("questions.bodies_none")
    names = joined(
        (
            cell(row, "bodies", row["body_id"], "name")
            for row in unsure.sort_values("body_id", kind="stable").to_dict("records")
        ),
        mark=" ; ",
    )
    return _TEXTS.runs("questions.bodies", names=names)


def _ceilings(desk: Desk) -> Runs:
    """Tell each ceiling with its outlet, its date and its amount."""
    known = desk.public["outlets"].table.set_index("outlet_id")["name"]
    ceilings = desk.terms.ceilings[desk.terms.ceilings["outlet_id"].isin(known.index)]
    values: list[str | Value] = []
    for row in ceilings.to_dict("records"):
        place = ("landfill_ceilings", str(row["ceiling_id"]))
        amount = exact(
            float(row["ceiling_t"]),
            (*place, "ceiling_t"),
            unit="t/an",
            evidence=str(row["evidence"]),
        )
        values += [_THEN] if values else []
        values += [
            told(str(known[row["outlet_id"]]), "outlets", row["outlet_id"], "name"),
            _COMMA,
            cell(row, *place, "label_fr"),
            _COMMA,
            cell(row, *place, "vintage"),
            _IS,
            amount,
        ]
    return tuple(values)


def _unsure_outlets(desk: Desk) -> Runs:
    status = desk.public["outlets"].table["status"]
    n = int((status != "publie").sum())
    if n == 0:
        return ()
    return _TEXTS.runs(
        "questions.state",
        n=count(n, "outlets", "a_verifier"),
        total=count(len(status), "outlets", "tous"),
    )


def _neighbours(desk: Desk) -> Runs:
    names = [
        told(name, "étude", "governance.neighbours", "name")
        for name, _, status in desk.terms.neighbours
        if status != "publie"
    ]
    if not names:
        return ()
    return _TEXTS.runs("questions.neighbours", names=joined(names, mark=" ; "))


def _open_rules(desk: Desk) -> Runs:
    reasons = desk.public["carrier_reasons"].table
    waiting = reasons[
        (reasons["outcome"] == "non_evalue") & reasons["perimeter_id"].isin(desk.shown)
    ]
    if waiting.empty:
        return _TEXTS.runs("questions.rules_none")
    why = sorted(set(waiting["missing"].astype(str)))
    return _TEXTS.runs(
        "questions.rules",
        n=count(waiting["rule_id"].nunique(), "carrier_reasons", "non_evalue"),
        why=joined(
            (told(one, "carrier_reasons", "non_evalue", "missing") for one in why),
            mark=" ; ",
        ),
    )


def _syndicate(desk: Desk) -> Runs:
    if desk.demonstration:  # beside a name, « favorable » would be a preference
        return _TEXTS.runs("questions.held")
    states = desk.public["carrier_states"].table
    own = states[states["carrier_id"] == _SYNDICATE].set_index("perimeter_id")
    answer: list[str | Value] = []
    for name in desk.shown:
        if name not in own.index:
            continue
        word = STATE_WORDS[str(own.loc[name, "state"])]
        value = told(word, "carrier_states", f"{_SYNDICATE} / {name}", "state")
        runs = _TEXTS.runs("hypotheses.of", perimeter=desk.name(name), value=value)
        answer += [_THEN, *runs] if answer else list(runs)
    return tuple(answer) or (MISSING,)
