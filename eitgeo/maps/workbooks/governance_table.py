"""The workbook of governance: who could carry, on what condition, with what money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from eitgeo.ledger import Place
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.words.cards import perimeter_rows
from eitgeo.maps.words.governance_words import (
    KIND_WORDS,
    STATE_WORDS,
    deliberations_text,
    named_epci,
    share_text,
    unsure_lists,
)
from eitgeo.maps.words.sentences import reason_sentence
from eitgeo.maps.workbooks.governance_sheets import (
    write_budget,
    write_cost_shares,
    write_epci,
    write_options,
    write_plan,
    write_posts,
    write_refusals,
    write_swot,
    write_verdict,
    write_words,
)
from eitgeo.maps.workbooks.workbook import (
    Book,
    Group,
    Row,
    note_of,
    view,
    write_read_me,
)
from eitgeo.tables.public import Released, ReleasedTables

if TYPE_CHECKING:
    Cells = Mapping[Any, Mapping[Any, Any]]

_LEGAL = "à faire valider par le service juridique"
_ALL = "*"


class GovernanceReference(NamedTuple):
    """Reference tables and names that the workbook prints."""

    # Of :mod:`eitgeo.reference`: indicators, carriers, roles and actions
    catalogue: pd.DataFrame
    carriers: pd.DataFrame
    tasks: pd.DataFrame
    actions: pd.DataFrame
    epci_names: Mapping[str, str]  # Name of each EPCI of the area by SIREN, in order
    division_names: Mapping[str, str]  # of each NAF division
    root_name: str  # Town that minutes are counted to
    # SIREN → what each perimeter asks of the EPCI, as `perimeter_lines` returns it
    places: Mapping[str, list[tuple[str, str, str, str]]]
    # Of how many EPCI unions are listed at most; None: of any number
    most_epci: int | None = None


def governance_xlsx(
    public: ReleasedTables, reference: GovernanceReference, *, sheet: Sheet
) -> bytes:
    """Lay governance out as a workbook that opens in French."""
    compared = perimeter_rows(public["perimeters"])
    ids = compared["perimeter_id"].astype(str)
    names = dict(zip(ids, compared["name"].astype(str), strict=True))
    book = Book(sheet)
    write_read_me(book, "governance")
    catalogue, carriers = reference.catalogue, reference.carriers
    verdicts = public["verdicts"].table
    write_words(
        book,
        compared,
        indicators=public["indicators_public"],
        catalogue=catalogue,
        verdicts=verdicts,
    )
    _write_bodies(book, names, public["perimeter_bodies"], public["bodies"])
    states, reasons = public["carrier_states"].table, public["carrier_reasons"].table
    for write in (_write_carriers, _write_reasons):
        write(book, names, states=states, reasons=reasons, carriers=carriers)
    write_refusals(
        book,
        compared,
        public["refusals"],
        names=named_epci(public["bodies"]),
        carriers=carriers,
        catalogue=catalogue,
    )
    columns = view("Structures porteuses", carriers.assign(status=_LEGAL))
    book.sheet("Structures porteuses", columns, layout="grid")
    _write_tasks(book, reference.tasks, carriers)
    write_budget(book, public["animation_budget"].table, compared)
    write_posts(book, compared, public["posts"])
    write_cost_shares(
        book, compared, public["cost_shares"], names=named_epci(public["bodies"])
    )
    write_verdict(book, names, verdicts)
    write_swot(book, names, public["swot"].table, catalogue)
    write_plan(book, reference.actions)
    write_options(book, public["plan_options"].table)
    write_epci(
        book,
        public["epci_facts"].table,
        places=reference.places,
        epci_names=reference.epci_names,
        division_names=reference.division_names,
        root_name=reference.root_name,
    )
    return book.content()


def _write_bodies(
    book: Book, names: Mapping[str, str], shared: Released, of_bodies: Released
) -> None:
    """Write which bodies each perimeter meets, and how far."""
    overlaps, bodies = shared.table, of_bodies.table
    bodies_met = bodies[bodies["body_id"].isin(overlaps["body_id"])]
    cells = overlaps.set_index(["body_id", "group_id"]).to_dict("index")
    unsure = unsure_lists(of_bodies, shared)
    rows: list[Row] = []
    kinds = sorted(set(bodies_met["kind"]), key=lambda kind: (kind == "epci", kind))
    for kind in kinds:
        rows.append(Group(KIND_WORDS.get(kind, kind)))
        of_kind = bodies_met[bodies_met["kind"] == kind].sort_values(
            ["name", "body_id"]
        )
        for body in of_kind.to_dict("records"):
            texts = [
                _overlap_text(
                    cells, (str(body["body_id"]), name), demo=book.demonstration
                )
                for name in names
            ]
            doubt = "à confirmer" if body["body_id"] in unsure else "publié"
            rows.append((str(body["name"]), doubt, *texts))
    title = "Structures × périmètres"
    rows.append(Group(note_of(title)))
    columns = view(title, several=[*names.values()])
    book.sheet(title, columns, rows, layout="grid")


def _overlap_text(cells: Cells, key: tuple[str, str], *, demo: bool) -> str:
    if key not in cells:
        return "aucune commune"
    cell = cells[key]
    columns = {
        "of_group_pct": "O",
        "of_body_pct": "O",
        "jobs_pct": "H" if demo else "S",
    }
    people, communes, jobs = (
        share_text(
            float(cell[name]),
            Place("perimeter_bodies", " / ".join(key), name),
            evidence=evidence,
        )
        for name, evidence in columns.items()
    )
    part = "entière" if cell["cover"] == "entier" else f"en partie ({communes} d'elle)"
    head = "selon sa liste, à confirmer :\n" if cell["status"] == "a_confirmer" else ""
    return f"{head}{part}\n{people} des habitants\n{jobs} des emplois"


def _write_carriers(
    book: Book,
    names: Mapping[str, str],
    *,
    states: pd.DataFrame,
    reasons: pd.DataFrame,
    carriers: pd.DataFrame,
) -> None:
    """Write the state of each carrier on each perimeter, and what to watch."""
    keys = ["carrier_id", "perimeter_id"]
    cells = states.set_index(keys, drop=False).to_dict("index")
    rows: list[Row] = []
    for carrier_id, carrier in carriers.iterrows():
        texts = [
            _state_text(
                cells[carrier_id, name],
                Place("carrier_states", f"{carrier_id} / {name}"),
            )
            for name in names
        ]
        rows.append((str(carrier["carrier"]), *texts))
    rows.append(Group("Points de vigilance, quel que soit le porteur"))
    watched = [_sentences(reasons, name, _ALL, book)[0] for name in names]
    rows.append(("Vigilance", *[text or "–" for text in watched]))
    rows.append(Group(note_of("Porteurs possibles")))
    columns = view("Porteurs possibles", several=[*names.values()])
    book.sheet("Porteurs possibles", columns, rows, layout="grid")


def _state_text(state: Mapping[Any, Any], place: Place) -> str:
    lines = [STATE_WORDS[str(state["state"])]]
    counts = deliberations_text(
        float(state["deliberations_least"]), float(state["deliberations_most"]), place
    )
    n_open = int(state["n_not_evaluated"])
    plural = "s" if n_open > 1 else ""
    waiting = f"{n_open} règle{plural} non évaluée{plural}" if n_open else ""
    return "\n".join([*lines, *[text for text in (counts, waiting) if text]])


def _sentences(
    reasons: pd.DataFrame, perimeter_id: str, carrier_id: str, book: Book
) -> tuple[str, str]:
    """Word the rules that apply, and those that could not be evaluated."""
    own_reasons = reasons[
        (reasons["perimeter_id"] == perimeter_id)
        & (reasons["carrier_id"] == carrier_id)
    ].sort_values("rule_id", kind="stable")
    parts: dict[str, list[str]] = {"applique": [], "non_evalue": []}
    for _, reason in own_reasons.iterrows():
        text = reason_sentence(reason, demonstration=book.demonstration)
        parts[str(reason["outcome"])].append(text)
    return "\n".join(parts["applique"]), "\n".join(parts["non_evalue"])


def _write_reasons(
    book: Book,
    names: Mapping[str, str],
    *,
    states: pd.DataFrame,
    reasons: pd.DataFrame,
    carriers: pd.DataFrame,
) -> None:
    """Write why each carrier has its state, perimeter by perimeter."""
    cells = states.set_index(["carrier_id", "perimeter_id"]).to_dict("index")
    rows: list[Row] = []
    for perimeter_id, name in names.items():
        rows.append(Group(name))
        for carrier_id, carrier in carriers.iterrows():
            why, waiting = _sentences(reasons, perimeter_id, str(carrier_id), book)
            state = str(cells[carrier_id, perimeter_id]["state"])
            none = "Aucune règle ne s'applique."
            rows.append(
                (str(carrier["carrier"]), STATE_WORDS[state], why or none, waiting)
            )
    book.sheet("Raisons", view("Raisons"), rows, layout="grid")


def _write_tasks(book: Book, tasks: pd.DataFrame, carriers: pd.DataFrame) -> None:
    """Write who does what under each carrier."""
    with_tasks = [name for name in carriers.index if name in tasks.columns]
    heads = [
        f"{str(task).capitalize()} : {text[:1].lower()}{text[1:]}"
        for task, text in tasks["meaning"].items()
    ]
    rows: list[Row] = [
        (str(carrier), *[str(text) for text in tasks[name]])
        for name, carrier in carriers.loc[with_tasks, "carrier"].items()
    ]
    rows.append(Group(note_of("Qui fait quoi")))
    columns = view("Qui fait quoi", several=heads)
    book.sheet("Qui fait quoi", columns, rows, layout="grid")
