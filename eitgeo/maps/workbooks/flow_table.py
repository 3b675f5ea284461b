"""The workbook of matter: arisings, exchanges, processes and rules, all potential."""

from __future__ import annotations

import math

import pandas as pd

from eitgeo.flows.exchanges.realised import (
    Animation,
    above_text,
    animator_text,
    announced,
    lever_realised,
    made_text,
    realised_text,
)
from eitgeo.ledger import Place, written
from eitgeo.maps.paper.charter import outlet_symbol
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.words.account_words import (
    Named,
    account_clauses,
    account_rows,
    stream_name,
)
from eitgeo.maps.words.sentences import actor_count
from eitgeo.maps.workbooks.workbook import Book, Column, note_of, view, write_read_me
from eitgeo.reference.exchange_terms import syndicate_lines
from eitgeo.reference.labels import labels_of
from eitgeo.reference.naf import naf_divisions
from eitgeo.reference.rules import (
    attested_exchanges,
    family_name,
    process_sheets,
    supported_first,
    synergy_rules,
)
from eitgeo.sources.survey.published_answers import answer_label
from eitgeo.sources.survey.published_weighings import (
    family_label,
    outlet_names,
    place_label,
)
from eitgeo.tables.public import Released, ReleasedTables
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


_EVIDENCE = {"declare": "O"}
_OTHERS = {"hors": "hors du territoire", "plusieurs": "plusieurs EPCI (secret)"}


def flows_xlsx(
    public: ReleasedTables,
    *,
    ground: Ground,
    animation: Animation,
    named: Named,
    participation: tuple[str, str],
    evidence: str,
    sheet: Sheet,
) -> bytes:
    """Lay out arisings, exchanges, processes and rules as a French workbook.

    `animation`: what initiatives realised, and the firms that animators meet; `named`:
    what the account calls its plants and members; `participation`: who takes part, as
    `if_taking_part` says, and what there is to ask for, as `could_be_asked` says.
    """
    if_part, askable = participation
    divisions = naf_divisions()["label"]
    book = Book(sheet)
    write_read_me(book, "matter")
    pages = {
        "Gisements": _arising_columns(public["arising_blocks"].table, ground, evidence),
        "Échanges": _exchange_columns(public["exchange_links"].table, ground),
        "Leviers": lever_columns(public["levers"].table, animation),
        "Cas documentés": case_columns(animation.cases),
        "Syndicat": account_columns(public["syndicate_account"], named),
        "À renégocier": term_columns(public["syndicate_account"], named),
        "Équilibre": _distance_columns(public["break_even"].table),
        "Distances": _reach_columns(public["reach"].table),
        "Facteurs": factor_columns(public["factor_weights"].table),
        "Procédés": process_columns(
            process_sheets(), divisions, public["process_actors"]
        ),
        "Règles": rule_columns(synergy_rules()),
        "Échanges publiés": published_columns(attested_exchanges()),
    }
    if len(public["declared_destinations"].table):
        pages[DESTINATIONS] = destination_columns(public["declared_destinations"].table)
    if len(public["survey_public"].table):
        pages["Enquête"] = answer_columns(public["survey_public"].table, ground)
    if len(public["weighed_public"].table):
        pages[WEIGHED] = weighed_columns(public["weighed_public"].table, ground)
    in_all = _in_all(public["exchange_links"].table, animation)
    levers_note = note_of("Leviers", if_part=if_part)
    notes = {
        "Leviers": f"{levers_note} {askable}",
        "Échanges": note_of("Échanges", if_part=if_part) + in_all,
        "Enquête": " ".join(public["survey_public"].secrecy),
        DESTINATIONS: " ".join(public["declared_destinations"].secrecy),
        WEIGHED: " ".join(public["weighed_public"].secrecy),
    }
    for name, columns in pages.items():
        note = notes.get(name) or note_of(name, if_part=if_part)
        book.sheet(name, columns, note=note)
    return book.content()


def _in_all(links: pd.DataFrame, animation: Animation) -> str:
    """Say how many tonnes EPCI could exchange in all, and what is made of them."""
    total = float(links["value"].sum())
    if not total:
        return ""
    realised = lever_realised(animation, "t", total)
    text = written(
        total,
        Place("exchange_links", "tout"),
        bounds=(math.nan, math.nan),
        evidence="H",
        unit="t/an",
        decimals=0,
    )
    made = made_text(animation, realised, "t/an")
    return f" En tout, {announced(text, realised)}. {made}"


def _arising_columns(
    blocks: pd.DataFrame, ground: Ground, evidence: str
) -> list[Column]:
    names, epci = ground.communes["nom"], ground.communes["epci_siren"]
    codes = blocks["codes"].str.split(";")
    sirens = codes.map(lambda group: sorted(set(epci.reindex(group))))
    sure = blocks["kind"].map(_EVIDENCE).fillna(evidence)
    rows = blocks.assign(
        epci=sirens.map(lambda group: _epci_names(group, ground)),
        communes=codes.map(lambda group: ", ".join(names.reindex(group))),
        sure=sure,
    )
    keys = blocks["codes"] + " / " + blocks["kind"]
    return view("Gisements", rows, table="arising_blocks", keys=keys)


def _epci_names(sirens: list[str], ground: Ground) -> str:
    return ", ".join(str(ground.epci["name"].get(one, one)) for one in sirens)


def _exchange_columns(links: pd.DataFrame, ground: Ground) -> list[Column]:
    named = ground.epci["name"].astype(str).to_dict() | _OTHERS
    rows = links.assign(
        donor_name=links["donor"].map(named),
        receiver_name=links["receiver"].map(named),
        sure="H",
    ).sort_values(["donor_name", "receiver_name"], ignore_index=True)
    keys = rows["donor"] + " / " + rows["receiver"]
    return view("Échanges", rows, table="exchange_links", keys=keys)


def _distance_columns(distances: pd.DataFrame) -> list[Column]:
    """Lay out the distance at which each family stops paying."""
    rows = distances.sort_values("family", ignore_index=True, kind="stable")
    longest = rows["longest_km"]
    beyond = longest.map(lambda km: f"au-delà de {km:.0f} km")
    read = reading(rows.assign(status="chiffre"))
    read = read.mask(rows["break_even_km_high"] > longest, "haut : " + beyond)
    read = read.mask(rows["break_even_km"] > longest, beyond)
    levels = ("break_even_km", "break_even_km_low", "break_even_km_high")
    within = {name: rows[name].mask(rows[name] > longest) for name in levels}
    shown = rows.assign(
        family_name=rows["family"].map(family_name), reading=read, **within
    )
    return view("Équilibre", shown, table="break_even", keys=rows["family"])


def _reach_columns(reach: pd.DataFrame) -> list[Column]:
    """Lay out how far exchanges go, beside what others have published."""
    rows = reach.assign(reading=reading(reach))
    return view("Distances", rows, table="reach", keys=reach["check_id"])
