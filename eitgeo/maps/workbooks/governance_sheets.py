"""The sheets of the workbook of governance: verdict, refusals, AFOM, plan, means."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from eitgeo.ledger import Place, added, plain, told, written
from eitgeo.maps.words.cards import card_rows
from eitgeo.maps.words.governance_words import (
    ANSWER_WORDS,
    BENEFIT_WORDS,
    COST_CLASSES,
    COST_WORDS,
    EASE_WORDS,
    KEY_WORDS,
    OUTCOME_WORDS,
    ROUNDED_APART,
    SIDE_WORDS,
    VERDICT_WORDS,
    PostLine,
    epci_lines,
    post_lines,
    share_cost_text,
    share_rows,
)
from eitgeo.maps.words.refusal_words import (
    carriers_text,
    carriers_told,
    cost_place,
    fell_text,
    refusal_place,
    refusal_sentence,
    refused_text,
    that_cut,
)
from eitgeo.maps.words.sentences import perimeter_sentences
from eitgeo.maps.workbooks.workbook import (
    Book,
    Figure,
    Group,
    Row,
    note_of,
    view,
)
from eitgeo.reference.governance import verdict_conditions
from eitgeo.reference.labels import labels_of
from eitgeo.tables.public import Released
from eitgeo.words import MISSING, NBSP

_NO, _UNASKED = "non", "non_demandee"
CONFIRM_NAMES = labels_of("list_status")


def write_words(
    book: Book,
    perimeters: pd.DataFrame,
    *,
    indicators: Released,
    catalogue: pd.DataFrame,
    verdicts: pd.DataFrame,
) -> None:
    """Write what each perimeter is, in a few sentences."""
    rows: list[Row] = []
    for _, perimeter in perimeters.iterrows():
        name = str(perimeter["perimeter_id"])
        cards = card_rows(indicators, catalogue, perimeter_id=name)
        sentences = perimeter_sentences(
            perimeter, cards, demonstration=book.demonstration
        )
        rows.append(
            (str(perimeter["name"]), "\n".join(sentences), verdict_text(verdicts, name))
        )
    book.sheet("En clair", view("En clair"), rows, layout="grid")


def verdict_text(verdicts: pd.DataFrame, perimeter_id: str) -> str:
    """Write the verdict of a perimeter: what failed, or the first that lacks."""
    rows = verdicts[verdicts["perimeter_id"] == perimeter_id]
    answer_of = rows.set_index("condition_id")["answer"].to_dict()
    words = VERDICT_WORDS[str(rows["verdict"].iloc[0])]
    known = verdict_conditions()
    failed = [label for name, label in known["label"].items() if answer_of[name] == _NO]
    if failed:
        return f"{words} (manque : {' ; '.join(failed)})"
    lacking = (
        text for name, text in known["lacking"].items() if answer_of[name] == _UNASKED
    )
    first = next(lacking, "")
    return f"{words} : {first}" if first else words


def write_verdict(book: Book, names: Mapping[str, str], verdicts: pd.DataFrame) -> None:
    """Write the verdict of each perimeter, condition by condition, and its rule."""
    cells = verdicts.set_index(["perimeter_id", "condition_id"]).to_dict("index")
    rows: list[Row] = []
    for perimeter_id, name in names.items():
        rows.append(Group(f"{name} — {verdict_text(verdicts, perimeter_id)}"))
        for condition, words in verdict_conditions().iterrows():
            cell = cells[perimeter_id, condition]
            place = Place("verdicts", f"{condition} / {perimeter_id}")
            value, limit = (
                _number(float(cell[one]), place._replace(column=one))
                for one in ("value", "threshold")
            )
            answer, why = ANSWER_WORDS[str(cell["answer"])], str(cell["reason"])
            texts = (answer, words["yes"], words["no"], why)
            rows.append((words["label"], value, limit, *texts))
    rows.append(Group(note_of("Verdict")))
    book.sheet("Verdict", view("Verdict"), rows, layout="grid")


def _number(value: float, place: Place) -> str | Figure:
    return Figure(value, place=place) if math.isfinite(value) else MISSING


def write_certificates(book: Book, *, perimeters: pd.DataFrame) -> None:
    """Write what is true of each perimeter, whatever method drew it."""
    method = perimeters["method"]
    named = method.map(labels_of("perimeter_method")).fillna(method)
    columns = view("Certificats", perimeters.assign(method=named))
    book.sheet("Certificats", columns, book.rows(columns), layout="page")


_COUNTED = {
    "firms_10_45min": "counted_firms_10_45min",
    "industry_employees": "counted_industry_employees",
}
"""Column of the table → indicator."""


def write_refusals(
    book: Book,
    perimeters: pd.DataFrame,
    refusals: Released,
    *,
    names: Mapping[str, str],
    carriers: pd.DataFrame,
    catalogue: pd.DataFrame,
) -> None:
    """Write the sentence of each perimeter, then one refusal a row."""
    called = {str(name): str(told) for name, told in carriers["carrier"].items()}
    table = refusals.table
    rows: list[Row] = []
    for perimeter in perimeters.to_dict("records"):
        own_refusals = table[table["perimeter_id"] == perimeter["perimeter_id"]]
        if own_refusals.empty:
            continue
        sentence = refusal_sentence(
            refusals,
            str(perimeter["perimeter_id"]),
            epci_names=names,
            carrier_names=called,
            to_confirm=perimeter["membership_status"] == "a_confirmer",
        )
        rows += [Group(str(perimeter["name"])), Group(sentence, "text")]
        shown = _shown(own_refusals).to_dict("records")
        rows += [
            _row(row, shown[0], names=names, called=called, catalogue=catalogue)
            for row in shown
        ]
    title = "Si un conseil dit non"
    rows.append(Group(note_of(title)))
    heads = [
        f"{about['label']} – {about['evidence']}"
        for about in catalogue.loc[[*_COUNTED.values()]].to_dict("records")
    ]
    sure = "".join(table["evidence"].unique())
    columns = view(title, several=heads, sure=sure)
    book.sheet(title, columns, rows, layout="grid")


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep nobody's refusal, each one alone, and the pairs that cut."""
    pairs = rows[rows["n_refused"].eq(2)].index
    cut = that_cut(rows, "border").index.union(that_cut(rows, "road").index)
    shown = rows.index[rows["n_refused"].le(1)].union(pairs.intersection(cut))
    return rows.loc[shown].sort_values(["n_refused", "refused"], kind="stable")


def _row(
    row: Mapping[Any, Any],
    whole: Mapping[Any, Any],
    *,
    names: Mapping[str, str],
    called: Mapping[str, str],
    catalogue: pd.DataFrame,
) -> Row:
    sure = set(row["carriers_sure"].split(";"))
    unsure = ";".join(one for one in row["carriers"].split(";") if one not in sure)
    evidence = str(row["evidence"])
    return (
        refused_text(row["refused"], names),
        *(
            Figure(float(row[column]), place=refusal_place(row, column))
            for column in ("n_pieces_border", "n_pieces_road", "n_left", "population")
        ),
        "\n".join(carriers_told(row, whole, called)) or MISSING,
        carriers_text(unsure, called) or MISSING,
        *(
            Figure(
                float(row[f"left_{level}"]),
                evidence,
                2,
                "€/hab./an",
                place=cost_place(row, level),
            )
            for level in ("mid", "low", "high")
        ),
        *(
            Figure(
                float(row[column]),
                str(catalogue.loc[indicator, "evidence"]),
                place=refusal_place(row, column),
            )
            for column, indicator in _COUNTED.items()
        ),
        fell_text(row, catalogue),
    )


_ALL = "*"
_MONTHS = 12
_LEVELS = ["low", "mid", "high"]


def write_swot(
    book: Book,
    names: Mapping[str, str],
    swot: pd.DataFrame,
    catalogue: pd.DataFrame,
) -> None:
    """Write strengths, weaknesses, opportunities and threats with their evidence."""
    rows: list[Row] = [Group(note_of("AFOM"))]
    for side, title in SIDE_WORDS.items():
        rows.append(Group(title))
        side_cells = swot[swot["side"] == side].sort_values("cell_id", kind="stable")
        for _, cells in side_cells.groupby("cell_id", sort=True):
            rows.append(_swot_row(names, cells.set_index("perimeter_id"), catalogue))
    book.sheet("AFOM", view("AFOM", several=[*names.values()]), rows, layout="grid")


def _swot_row(
    names: Mapping[str, str], cells: pd.DataFrame, catalogue: pd.DataFrame
) -> Row:
    first = cells.iloc[0]
    head = (str(first["statement"]), str(first["elipse_axis"]))
    if cells.index[0] == _ALL:
        texts = ["fait du territoire", *[""] * (len(names) - 1)]
        return (*head, "fait daté", *texts, str(first["source"]))
    measure = str(first["measure"])
    known = measure in catalogue.index
    label = str(catalogue.loc[measure, "label"]) if known else measure
    unit = str(catalogue.loc[measure, "unit"]) if known else ""
    place = Place("swot", str(first["cell_id"]), "threshold")
    limit = plain(float(first["threshold"]), place, decimals=None, unit=unit)
    signs = {"<=": "≤", ">=": "≥"}
    sign = signs.get(str(first["operator"]), str(first["operator"]))
    decimals = int(catalogue["decimals"][measure]) if known else 0
    by_cell = cells.to_dict("index")
    texts = [
        _outcome(
            by_cell[name],
            Place("indicators_public", f"{name} / {measure}"),
            unit=unit,
            decimals=decimals,
        )
        for name in names
    ]
    return (*head, f"{label} {sign} {limit}", *texts, str(first["source"]))


def _outcome(cell: Mapping[Any, Any], place: Place, *, unit: str, decimals: int) -> str:
    word = OUTCOME_WORDS[str(cell["outcome"])]
    if cell["outcome"] == "non_evalue":
        return f"{word} : {cell['missing']}"
    value = float(cell["value"])
    if not math.isfinite(value):
        # Both of its ends say so.
        return f"{word} ({cell['missing']})"
    bounds = (value, value)
    letter = str(cell["evidence"])
    text = written(
        value, place, bounds=bounds, evidence=letter, unit=unit, decimals=decimals
    )
    return f"{word} ({text}, {letter})"


def write_plan(book: Book, actions: pd.DataFrame) -> None:
    """Write the actions with who, with what money, when, and what tells success."""
    months = [
        _months(int(start), int(end))
        for start, end in zip(actions["start_month"], actions["end_month"], strict=True)
    ]
    named = actions.index.astype(str) + ". " + actions["action"]
    shown = actions.assign(action=named, months=months)
    rows: list[Row] = []
    for axis in dict.fromkeys(actions["axis"]):
        of_axis = shown[shown["axis"] == axis]
        rows += [Group(str(axis)), *book.rows(view("Plan d'action", of_axis))]
    rows.append(Group(f"{COST_CLASSES}. Classes de coût : hypothèses de travail."))
    book.sheet("Plan d'action", view("Plan d'action"), rows, layout="grid")
    _write_roadmap(book, actions)


def _months(start: int, end: int) -> str:
    return f"mois {start}" if start == end else f"mois {start} à {end}"


def _write_roadmap(book: Book, actions: pd.DataFrame) -> None:
    """Write the twelve months, deliberations marked."""
    rows: list[Row] = []
    begun = actions[actions["start_month"] <= _MONTHS]
    order = begun.sort_values(["start_month", "end_month"], kind="stable")
    for name, action in order.iterrows():
        sign = "D" if action["deliberation"] == "oui" else "■"
        start, end = int(action["start_month"]), int(action["end_month"])
        marks = [sign if start <= m <= end else "" for m in range(1, _MONTHS + 1)]
        later = f"→ mois {end}" if end > _MONTHS else ""
        rows.append((f"{name}. {action['action']}", *marks, later))
    rows.append(Group(note_of("Feuille de route")))
    columns = view("Feuille de route", several=[f"M{m}" for m in range(1, _MONTHS + 1)])
    book.sheet("Feuille de route", columns, rows, layout="grid")


def write_budget(book: Book, budget: pd.DataFrame, perimeters: pd.DataFrame) -> None:
    """Write what animation costs by year, and what is left for each inhabitant."""
    items = budget.set_index(["item", "year"])
    years = sorted(set(budget["year"]))
    rows: list[Row] = []
    for item, label in COST_WORDS.items():
        lines = items.loc[item]
        texts = [added(lines.loc[year], _place(f"{item} / {year}")) for year in years]
        total = {level: float(lines[level].sum()) for level in _LEVELS}
        first = lines.iloc[0]
        summed = added(
            total | {"evidence": first["evidence"]}, _place(f"{item} / tous")
        )
        rows.append((label, *texts, summed, str(first["evidence"]), first["source"]))
    rows.append(Group("Reste à charge par habitant et par an, selon le périmètre"))
    left = items.loc["reste"].iloc[0]
    for perimeter in perimeters.to_dict("records"):
        per_head = {k: left[k] / perimeter["population"] for k in _LEVELS}
        text = told(
            per_head | {"evidence": left["evidence"]},
            _place(f"reste / {perimeter['perimeter_id']}"),
            unit="€/hab./an",
            decimals=2,
        )
        blanks = [""] * len(years)
        rows.append((perimeter["name"], text, *blanks, left["evidence"], ""))
    columns = view("Budget", several=[f"Année {year}" for year in years])
    book.sheet("Budget", columns, rows, layout="grid")


def _place(row: str) -> Place:
    return Place("animation_budget", row, "mid")


def write_options(book: Book, options: pd.DataFrame) -> None:
    """Write shared services and exchanges, easiest first, then by reach."""
    evidence = "H" if book.demonstration else "S"
    shared = options[options["kind"] == "mutualisation"].sort_values(
        "rank", kind="stable"
    )
    quick = shared[shared["ease"] == "rapide"]
    groups = {
        "Actions rapides : services à partager en moins de 6 mois": quick,
        "Synergies, à vérifier avec les entreprises": options[
            options["kind"] == "synergie"
        ].sort_values("rank", kind="stable"),
        "Autres services à partager": shared[shared["ease"] != "rapide"],
    }
    rows: list[Row] = []
    for title, phase_options in groups.items():
        rows.append(Group(title))
        rows += [
            (
                str(row["label"]),
                _counted(row, "n_sites", evidence),
                _counted(row, "n_groups", evidence) if row["n_groups"] else "",
                evidence,
                BENEFIT_WORDS[str(row["benefit"])],
                EASE_WORDS[str(row["ease"])],
                str(row["least"]),
                str(row["first_call"]),
                str(row["gate"]),
                str(row["source"]),
            )
            for row in phase_options.to_dict("records")
        ]
    title = "Actions rapides et synergies"
    rows.append(Group(note_of(title)))
    book.sheet(title, view(title), rows, layout="grid")


def _counted(row: Mapping[Any, Any], column: str, evidence: str) -> Figure:
    place = Place("plan_options", str(row["option_id"]), column)
    return Figure(float(row[column]), evidence, place=place)


def write_epci(
    book: Book,
    facts: pd.DataFrame,
    *,
    places: Mapping[str, list[tuple[str, str, str, str]]],
    epci_names: Mapping[str, str],
    division_names: Mapping[str, str],
    root_name: str,
) -> None:
    """Write what is known of each EPCI, one column an EPCI."""
    rows: list[Row] = []
    for siren, name in epci_names.items():
        rows.append(Group(name))
        epci_facts = facts[facts["epci_siren"] == siren]
        rows += list(
            epci_lines(epci_facts, division_names=division_names, root_name=root_name)
        )
        rows += [
            (
                f"Dans « {perimeter} »",
                f"{place} ; délibération : {council} ; reste à charge : {due}",
                "O" if due == MISSING else "H",
            )
            for perimeter, place, council, due in places[siren]
        ]
    book.sheet("Fiches EPCI", view("Fiches EPCI"), rows, layout="grid")


_CHOSEN = "choix de l’étude"


def write_posts(book: Book, perimeters: pd.DataFrame, posts: Released) -> None:
    """Write what each choice of posts does, perimeter by perimeter."""
    rows: list[Row] = [Group(note_of("Postes"), "text")]
    missing = posts.table.drop_duplicates("perimeter_id").set_index("perimeter_id")
    for perimeter in perimeters.to_dict("records"):
        name = str(perimeter["perimeter_id"])
        rows.append(Group(str(perimeter["name"])))
        why = str(missing["missing"][name])
        rows += [_post_row(line, why) for line in post_lines(posts, name)]
    book.sheet("Postes", view("Postes"), rows, layout="grid")


def _post_row(line: PostLine, why: str) -> Row:
    remarks = [text for text in (_CHOSEN if line.chosen else "", why) if text]
    texts = (line.posts, line.meetings, line.met, line.left, line.far, line.cost)
    return (*texts, line.rest, " ; ".join(remarks))


def write_cost_shares(
    book: Book,
    perimeters: pd.DataFrame,
    shares: Released,
    *,
    names: Mapping[str, str],
) -> None:
    """Write the part of each EPCI under each key, and by inhabitant beside."""
    rows: list[Row] = [Group(note_of("Clés de partage"), "text")]
    if shares.table["evidence"].eq("H").any():
        rows.append(Group(ROUNDED_APART, "text"))
    for perimeter in perimeters.to_dict("records"):
        own_shares = share_rows(shares, str(perimeter["perimeter_id"]))
        rows.append(Group(str(perimeter["name"])))
        rows += [
            _share_row(names[str(siren)], by_key)
            for siren, by_key in own_shares.groupby("epci_siren", sort=True)
        ]
    chosen = set(shares.table.loc[shares.table["chosen"] == "oui", "cost_key"])
    heads = [
        f"{label}{f' ({_CHOSEN})' if key in chosen else ''}"
        for key, label in KEY_WORDS.items()
    ]
    columns = view("Clés de partage", several=heads)
    book.sheet("Clés de partage", columns, rows, layout="grid")


def _share_row(name: str, by_key: pd.DataFrame) -> Row:
    rows_by_key: dict[str, dict[Any, Any]] = {
        str(row["cost_key"]): row for row in by_key.to_dict("records")
    }
    texts = [
        MISSING if rows_by_key[key]["missing"] else share_cost_text(rows_by_key[key])
        for key in KEY_WORDS
    ]
    chosen = next(row for row in rows_by_key.values() if row["chosen"] == "oui")
    people = int(chosen["population"])
    head = (
        MISSING
        if chosen["missing"]
        else share_cost_text(chosen, unit="€/hab./an", per=float(people))
    )
    remarks = [
        f"{KEY_WORDS[key]}{NBSP}: {row['missing']}"
        for key, row in rows_by_key.items()
        if row["missing"]
    ]
    row = f"{chosen['perimeter_id']} / {chosen['epci_siren']}"
    place = Place("cost_shares", row, "population")
    return (name, plain(people, place), *texts, head, " ; ".join(remarks))
