"""Sheets of levers, of the cases that tell of them, of the syndicate's account."""

from __future__ import annotations

import math

import pandas as pd

from eitgeo.flows.exchanges.realised import (
    Animation,
    above_text,
    animator_text,
    lever_realised,
    realised_text,
)
from eitgeo.maps.words.account_words import (
    Named,
    account_clauses,
    account_rows,
    stream_name,
)
from eitgeo.maps.workbooks.workbook import Column, view
from eitgeo.reference.exchange_terms import syndicate_lines
from eitgeo.reference.labels import labels_of
from eitgeo.tables.public import Released
from eitgeo.words import MISSING, first_upper

_READINGS = labels_of("lever_status")
_AS_PUBLISHED, _YEARS = "S", "ans"


def lever_columns(levers: pd.DataFrame, animation: Animation) -> list[Column]:
    """Lay out the levers of the study, and what animators make of each."""
    names = labels_of("lever")
    known = levers[levers["lever"].isin(list(names))].set_index("lever")
    rows = known.reindex([one for one in names if one in known.index]).reset_index()
    realised = [
        lever_realised(animation, str(lever), float(mid))
        for lever, mid in zip(rows["lever"], rows["mid"], strict=True)
    ]
    texts = [
        realised_text(amount, unit) if math.isfinite(mid) else MISSING
        for amount, unit, mid in zip(realised, rows["unit"], rows["mid"], strict=True)
    ]
    rows = rows.assign(
        reading=reading(rows),
        above=list(map(above_text, realised)),
        realised=texts,
    )
    return view(
        "Leviers",
        rows,
        table="lever_totals",
        keys=rows["lever"],
        animator=first_upper(animator_text(animation)),
    )


def case_columns(cases: pd.DataFrame) -> list[Column]:
    """Lay out the documented cases, as their pages tell them."""
    rows = cases.reset_index().assign(sure="S")
    # As printed by their page: two figures would not be those of the source.
    keys = rows["case_id"]
    return view("Cas documentés", rows, table="documented_cases", keys=keys)


def reading(rows: pd.DataFrame) -> pd.Series[str]:
    """Say how figures are read: « ≈ » stands for class H alone."""
    read = rows["status"].map(_READINGS)
    return read.mask(rows["status"].eq("chiffre") & rows["evidence"].ne("H"), "")


def account_columns(account: Released, named: Named) -> list[Column]:
    """Lay out the account, a row a line, plant, category or member."""
    rows = pd.DataFrame(list(account_rows(account).values()))
    lines = syndicate_lines().reindex(rows["line"]).reset_index(drop=True)
    keys = pd.Series([" / ".join(filter(None, key)) for key in account_rows(account)])
    sure = rows["evidence"]
    exact = sure.eq(_AS_PUBLISHED) & rows["unit"].ne(_YEARS)
    rows = rows.assign(
        label=lines["label"],
        outlet=rows["outlet_id"].map(named.outlets),
        stream=rows["ewc_stat"].map(stream_name),
        member_name=rows["member"].map(named.members),
        reading=reading(rows),
        rounding=sure.mask(exact, "O"),
        **{name: lines[name] for name in ("how", "ask", "who")},
    )
    return view("Syndicat", rows, table="syndicate_account", keys=keys)


def term_columns(account: Released, named: Named) -> list[Column]:
    """Lay out what is to be renegotiated, how much hangs on it, and whom to ask."""
    clauses = account_clauses(account, named)
    rows = [
        {name: getattr(one, name) for name in ("label", "stake", "question", "who")}
        | {"size": one.size.text if one.size else ""}
        for one in clauses
    ]
    names = ["label", "stake", "size", "question", "who"]
    return view("À renégocier", pd.DataFrame(rows, columns=names))
