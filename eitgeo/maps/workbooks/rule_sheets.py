"""Sheets of what flows rest on: processes, rules, levers, the account, answers."""

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
from eitgeo.maps.paper.charter import outlet_symbol
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.words.account_words import (
    Named,
    account_clauses,
    account_rows,
    stream_name,
)
from eitgeo.maps.words.counts import actor_count
from eitgeo.maps.workbooks.workbook import Column, view
from eitgeo.reference.exchange_terms import syndicate_lines
from eitgeo.reference.labels import labels_of
from eitgeo.reference.rules import family_name, supported_first
from eitgeo.sources.survey.published_answers import answer_label
from eitgeo.sources.survey.published_weighings import (
    family_label,
    outlet_names,
    place_label,
)
from eitgeo.tables.public import Released
from eitgeo.words import (
    MISSING,
    first_upper,
    french_number,
    french_period,
    round_significant,
)

_ENDS = {"donor": "donors", "taker": "takers"}
"""End of a rule → column of those who could be there."""
_NO_TAKER = "sans preneur"
N_DIVISIONS = 4
"""Activities that a cell names: the others are counted."""
DESTINATIONS = "Exutoires déclarés"
WEIGHED = "Pesées"


def process_columns(
    sheets: pd.DataFrame, divisions: pd.Series[str], actors: Released
) -> list[Column]:
    """Lay out processes, and who could take part in each."""
    rows = sheets.reset_index()
    least = [
        f"{french_number(round_significant(low, 1))} à "
        f"{french_number(round_significant(high, 1))} {unit}"
        for low, high, unit in zip(
            rows["least_low"], rows["least_high"], rows["least_unit"], strict=True
        )
    ]
    local = {
        name: [_who((one, end), actors, divisions) for one in rows["sheet_id"]]
        for end, name in _ENDS.items()
    }
    return view("Procédés", rows.assign(least=least, **local))


def _who(
    sheet_end: tuple[str, str], actors: Released, divisions: pd.Series[str]
) -> str:
    """Name the activities that could take part, the most frequent first."""
    table = actors.table
    end_actors = table[
        (table["sheet_id"] == sheet_end[0]) & (table["end"] == sheet_end[1])
    ]
    if end_actors.empty:
        return "aucun établissement connu"
    ordered = end_actors.sort_values(["n_sites", "division"], ascending=[False, True])
    named = [
        f"{divisions.get(row['division'], row['division'])} ({actor_count(row)})"
        for row in ordered.head(N_DIVISIONS).to_dict("records")
    ]
    rest = len(ordered) - len(named)
    more = f" ; {rest} autres activités" if rest > 1 else ""
    more = " ; 1 autre activité" if rest == 1 else more
    return f"{' ; '.join(named)}{more}"


def rule_columns(rules: pd.DataFrame) -> list[Column]:
    """Lay out the rules, those that a page supports first."""
    rules = supported_first(rules)
    texts = rules.drop(columns=["dist_typ_km", "dist_max_km"]).fillna("").astype(str)
    takers = texts["taker_naf"].eq("").map({True: _NO_TAKER, False: ""})
    rows = texts.assign(
        family=texts["family"].map(family_name),
        dist_typ_km=rules["dist_typ_km"],
        dist_max_km=rules["dist_max_km"],
        takers=takers,
        attested_by=rules["attested_by"].str.replace(";", ", "),
    )
    return view("Règles", rows, table="synergy_rules", keys=texts["rule_id"])


def published_columns(published: pd.DataFrame) -> list[Column]:
    """Lay out the exchanges that were published, and who tells them."""
    return view("Échanges publiés", published)


def factor_columns(factors: pd.DataFrame) -> list[Column]:
    """Lay factors out by rank, in classes: a share would tell a total too finely."""
    rows = factors.sort_values("rank", kind="stable", ignore_index=True)
    keys = rows["factor_table"] + " / " + rows["row_key"] + " / " + rows["column"]
    amounts = {name: rows[name].map(french_number) for name in ("low", "mid", "high")}
    worth = rows["worth_class"].map(labels_of("factor_weight")).fillna(MISSING)
    rows = rows.assign(worth=worth, **amounts)
    return view("Facteurs", rows, table="factor_weights", keys=keys)


def answer_columns(answers: pd.DataFrame, ground: Ground) -> list[Column]:
    """Lay out the published sums of answers."""
    keys = zip(answers["subject"], answers["item"], strict=True)
    labels = [answer_label(str(subject), str(item)) for subject, item in keys]
    named = ground.epci["name"].astype(str).to_dict()
    sirens = answers["epci_siren"]
    where = sirens + " / " + answers["subject"] + " / " + answers["item"]
    rows = answers.assign(epci=sirens.map(named).fillna(sirens), label=labels, sure="O")
    return view("Enquête", rows, table="survey_public", keys=where)


def destination_columns(rows: pd.DataFrame) -> list[Column]:
    """Lay out what is declared, the largest quantities first."""
    ordered = rows.sort_values("mass_t", ascending=False, kind="stable")
    ordered = ordered.reset_index(drop=True)
    names = ["year", "chapter", "hazardous", "kind", "place", "dep"]
    where = ordered[names].astype("str").agg(" / ".join, axis=1)
    outlets = ordered["kind"].map(lambda kind: outlet_symbol(kind).label)
    ordered = ordered.assign(outlet=outlets, year=ordered["year"].astype("str"))
    return view(DESTINATIONS, ordered, table="declared_destinations", keys=where)


def weighed_columns(rows: pd.DataFrame, ground: Ground) -> list[Column]:
    """Lay out what was weighed, each sum with its days and the outlets that took it."""
    named = ground.epci["name"].astype(str).to_dict()
    days = zip(rows["first_day"], rows["last_day"], strict=True)
    periods = [french_period(str(first), str(last)) for first, last in days]
    outlets = ground.tables["outlets"].table if "outlets" in ground.tables else None
    names: dict[str, str] = {}
    if outlets is not None:
        names = dict(zip(outlets["outlet_id"], outlets["name"], strict=True))
    used = [outlet_names(str(told), names) for told in rows["outlets"]]
    where = rows[["place", "client", "family", "first_day"]].astype("str")
    shown = rows.assign(
        where=rows["place"].map(lambda place: place_label(place, named)),
        family=rows["family"].map(family_label),
        period=periods,
        used=used,
        sure="O",
    )
    keys = where.agg(" / ".join, axis=1)
    return view(WEIGHED, shown, table="weighed_public", keys=keys)


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
