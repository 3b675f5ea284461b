"""The sheets of the workbook of governance: bodies, carriers, roles, money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.maps._governance_words import (
    COST_WORDS,
    KIND_WORDS,
    ROUNDED_APART,
    STATE_WORDS,
    deliberations_text,
    share_text,
    unsure_lists,
)
from eitgeo.maps._grid import Group, write_grid
from eitgeo.maps.sentences import reason_sentence
from eitgeo.words import figure_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from eitgeo.disclosure.released import Released
    from eitgeo.maps._grid import Row
    from eitgeo.maps._workbook import Formats
    from eitgeo.maps.sheet import Sheet

    Cells = Mapping[Any, Mapping[Any, Any]]

_LEGAL = "à faire valider par le service juridique"
_ALL = "*"
_LEVELS = ["low", "mid", "high"]


class Book(NamedTuple):
    """What every sheet needs: workbook, formats, what it says of itself, perimeters.

    Attributes
    ----------
    workbook, formats, sheet
        As the functions of :mod:`eitgeo.maps._workbook` want them.
    names
        Identifier → name of the compared perimeters, in order.
    """

    workbook: Any
    formats: Formats
    sheet: Sheet
    names: dict[str, str]

    def write(
        self,
        name: str,
        columns: list[tuple[str, float]],
        rows: list[Row],
        *,
        frozen: int = 1,
    ) -> None:
        """Write a grid as a sheet of the workbook."""
        write_grid(
            self.workbook,
            self.formats,
            name,
            sheet=self.sheet,
            columns=columns,
            rows=rows,
            frozen=frozen,
        )

    @property
    def demonstration(self) -> bool:
        """Whether the study is a demonstration."""
        return bool(self.sheet.demonstration)


def write_bodies(book: Book, shared: Released, of_bodies: Released) -> None:
    """Write which bodies each perimeter meets, and how far."""
    overlaps, bodies = shared.table, of_bodies.table
    met = bodies[bodies["body_id"].isin(overlaps["body_id"])]
    cells = overlaps.set_index(["body_id", "group_id"]).to_dict("index")
    unsure = unsure_lists(of_bodies, shared)
    rows: list[Row] = []
    kinds = sorted(set(met["kind"]), key=lambda kind: (kind == "epci", kind))
    for kind in kinds:
        rows.append(Group(KIND_WORDS.get(kind, kind)))
        mine = met[met["kind"] == kind].sort_values(["name", "body_id"])
        for body in mine.to_dict("records"):
            texts = [
                _overlap_text(
                    cells, (str(body["body_id"]), name), demo=book.demonstration
                )
                for name in book.names
            ]
            doubt = "à confirmer" if body["body_id"] in unsure else "publié"
            rows.append((str(body["name"]), doubt, *texts))
    columns = [("Structure", 40.0), ("Liste des membres", 14.0)]
    columns += [(name, 25.0) for name in book.names.values()]
    rows.append(Group(_BODIES_LEGEND))
    book.write("Structures × périmètres", columns, rows)


_BODIES_LEGEND = (
    "Entière : toutes les communes de la structure sont dans le périmètre ; en "
    "partie : la part de ses habitants qui y sont. Au-dessous, ce que la structure "
    "réunit des habitants du périmètre, et de ses emplois industriels diffusables "
    "(○ : hypothèse de travail)."
)


def _overlap_text(cells: Cells, key: tuple[str, str], *, demo: bool) -> str:
    if key not in cells:
        return "aucune commune"
    cell = cells[key]
    jobs = share_text(float(cell["jobs_pct"]), evidence="H" if demo else "S")
    people = share_text(float(cell["of_group_pct"]))
    held = share_text(float(cell["of_body_pct"]))
    part = "entière" if cell["cover"] == "entier" else f"en partie ({held} d'elle)"
    head = "selon sa liste, à confirmer :\n" if cell["status"] == "a_confirmer" else ""
    return f"{head}{part}\n{people} des habitants\n{jobs} des emplois"


def write_carriers(
    book: Book, states: pd.DataFrame, reasons: pd.DataFrame, carriers: pd.DataFrame
) -> None:
    """Write the state of each carrier on each perimeter, and what to watch."""
    cells = states.set_index(["carrier_id", "perimeter_id"]).to_dict("index")
    rows: list[Row] = []
    for carrier_id, about in carriers.iterrows():
        texts = [_state_text(cells[carrier_id, name]) for name in book.names]
        rows.append((str(about["carrier"]), *texts))
    rows.append(Group("Points de vigilance, quel que soit le porteur"))
    watched = [_sentences(reasons, name, _ALL, book)[0] for name in book.names]
    rows.append(("Vigilance", *[text or "–" for text in watched]))
    columns = [("Structure porteuse", 32.0)]
    columns += [(name, 25.0) for name in book.names.values()]
    rows.append(Group(_STATES_LEGEND))
    book.write("Porteurs possibles", columns, rows)


_STATES_LEGEND = (
    "Un état, pas une note : impossible, puis peu adapté, puis possible sous "
    "conditions, puis favorable (une raison pour, aucune condition), sinon possible "
    "(aucune règle ne s'applique). Les raisons sont dans l'onglet « Raisons ». Règles "
    f"de droit : {_LEGAL}."
)


def write_structures(book: Book, carriers: pd.DataFrame) -> None:
    """Write what each structure is, strong and weak at."""
    names = ["carrier", "decides", "may_employ", "strong", "weak", "deliberations_note"]
    rows: list[Row] = [
        (*[str(about[name]) for name in names], _LEGAL, str(about["source"]))
        for _, about in carriers.iterrows()
    ]
    columns = [("Structure porteuse", 32.0), ("Qui décide", 22.0)]
    columns += [("Peut employer et recevoir une aide", 18.0), ("Point fort", 34.0)]
    columns += [("Point faible", 34.0), ("Délibérations : ce qui est compté", 34.0)]
    columns += [("Statut", 18.0), ("Source", 36.0)]
    book.write("Structures porteuses", columns, rows)


def _state_text(state: Mapping[Any, Any]) -> str:
    lines = [STATE_WORDS[str(state["state"])]]
    counts = deliberations_text(
        float(state["deliberations_least"]), float(state["deliberations_most"])
    )
    n_open = int(state["n_not_evaluated"])
    plural = "s" if n_open > 1 else ""
    waiting = f"{n_open} règle{plural} non évaluée{plural}" if n_open else ""
    return "\n".join([*lines, *[text for text in (counts, waiting) if text]])


def _sentences(
    reasons: pd.DataFrame, perimeter_id: str, carrier_id: str, book: Book
) -> tuple[str, str]:
    """Word the rules that apply, and those that could not be evaluated."""
    mine = reasons[
        (reasons["perimeter_id"] == perimeter_id)
        & (reasons["carrier_id"] == carrier_id)
    ].sort_values("rule_id")
    parts: dict[str, list[str]] = {"applique": [], "non_evalue": []}
    for _, reason in mine.iterrows():
        text = reason_sentence(reason, demonstration=book.demonstration)
        parts[str(reason["outcome"])].append(text)
    return "\n".join(parts["applique"]), "\n".join(parts["non_evalue"])


def write_reasons(
    book: Book, states: pd.DataFrame, reasons: pd.DataFrame, carriers: pd.DataFrame
) -> None:
    """Write why each carrier has its state, perimeter by perimeter."""
    cells = states.set_index(["carrier_id", "perimeter_id"]).to_dict("index")
    rows: list[Row] = []
    for perimeter_id, name in book.names.items():
        rows.append(Group(name))
        for carrier_id, about in carriers.iterrows():
            told, waiting = _sentences(reasons, perimeter_id, str(carrier_id), book)
            state = str(cells[carrier_id, perimeter_id]["state"])
            none = "Aucune règle ne s'applique."
            rows.append(
                (str(about["carrier"]), STATE_WORDS[state], told or none, waiting)
            )
    columns = [("Structure porteuse", 40.0), ("État", 24.0)]
    columns += [("Raisons (à faire valider par le service juridique)", 80.0)]
    columns += [("Règles non évaluées", 46.0)]
    book.write("Raisons", columns, rows)


def write_tasks(book: Book, tasks: pd.DataFrame, carriers: pd.DataFrame) -> None:
    """Write who does what under each carrier."""
    held = [name for name in carriers.index if name in tasks.columns]
    columns = [("Structure porteuse", 30.0)]
    columns += [
        (f"{str(task).capitalize()} : {meaning[:1].lower()}{meaning[1:]}", 32.0)
        for task, meaning in tasks["meaning"].items()
    ]
    rows: list[Row] = [
        (str(carrier), *[str(text) for text in tasks[name]])
        for name, carrier in carriers.loc[held, "carrier"].items()
    ]
    rows.append(
        Group(
            "Proposition de départ, à amender par le comité de pilotage. "
            "Périmètre, portage et animation sont trois choix distincts."
        )
    )
    book.write("Qui fait quoi", columns, rows)


def write_budget(book: Book, budget: pd.DataFrame, perimeters: pd.DataFrame) -> None:
    """Write what animation costs by year, and what is left for each inhabitant."""
    items = budget.set_index(["item", "year"])
    years = sorted(set(budget["year"]))
    rows: list[Row] = []
    for item, label in COST_WORDS.items():
        lines = items.loc[item]
        texts = [_cost_text(lines.loc[year]) for year in years]
        total = {level: float(lines[level].sum()) for level in _LEVELS}
        first = lines.iloc[0]
        summed = _cost_text(total | {"evidence": first["evidence"]})
        rows.append((label, *texts, summed, str(first["evidence"]), first["source"]))
    if budget["evidence"].eq("H").any():
        rows.append(Group(ROUNDED_APART))
    rows.append(Group("Reste à charge par habitant et par an, selon le périmètre"))
    left = items.loc["reste"].iloc[0]
    for perimeter in perimeters.to_dict("records"):
        per_head = {k: left[k] / perimeter["population"] for k in _LEVELS}
        text = _cost_text(per_head | {"evidence": left["evidence"]}, unit="€/hab./an")
        blanks = [""] * len(years)
        rows.append((perimeter["name"], text, *blanks, left["evidence"], ""))
    columns = [("Poste", 46.0), *[(f"Année {year}", 30.0) for year in years]]
    columns += [("Ensemble", 32.0), ("Fiabilité", 10.0), ("Source", 60.0)]
    book.write("Budget", columns, rows)


def _cost_text(levels: Any, *, unit: str = "€") -> str:
    small = unit != "€"
    return figure_text(
        float(levels["mid"]),
        bounds=(float(levels["low"]), float(levels["high"])),
        evidence=str(levels["evidence"]),
        unit=unit,
        decimals=2 if small else 0,
    )
