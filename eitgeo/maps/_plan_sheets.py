"""The sheets of the workbook of governance: verdict, AFOM, plan, EPCI, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from eitgeo.maps._governance_words import (
    ANSWER_WORDS,
    BENEFIT_WORDS,
    CONDITION_WORDS,
    COST_CLASSES,
    EASE_WORDS,
    OUTCOME_WORDS,
    SIDE_WORDS,
    VERDICT_WORDS,
    epci_lines,
)
from eitgeo.maps._grid import Figure, Group
from eitgeo.maps.cards import card_rows
from eitgeo.maps.sentences import perimeter_sentences
from eitgeo.words import MISSING, figure_text, french_number, with_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from eitgeo.disclosure.released import Released
    from eitgeo.maps._governance_sheets import Book
    from eitgeo.maps._grid import Row

_ALL = "*"
_MONTHS = 12
_SYNTHETIC = "données synthétiques"
_REMEDY = " ; évaluable avec"
"""Parts that `verdict_rows` writes into what is missing."""
_RULE = (
    "Règle. Une condition compte si elle départage les territoires : essayée sur "
    "toutes les réunions d'EPCI entiers et sur chaque EPCI que le territoire d'étude "
    "tient entier, elle manque à un sur dix au moins et tient pour un sur dix au "
    "moins. Les données de bureau ne permettent pas de trancher : aucune condition ne "
    "départage. Intérêt non confirmé à ce stade : deux conditions manquent au moins, "
    "ou toutes. Non évaluable : une condition ne peut pas être mesurée et les autres "
    "ne suffisent pas à conclure. Possible sous conditions : une seule manque, et elle "
    "est nommée. Intérêt possible : toutes tiennent, sur des chiffres observés ou "
    "publiés (O, S) ; familles et groupes ne comptent pour tenir que sous des règles "
    "sourcées, et ne sont refusés que si celles de mémoire n'y suffisent pas non plus. "
    "Intérêt confirmé : il y faut aussi le terrain (governance.field), que les données "
    "de bureau ne remplacent jamais. Les seuils sont ceux de l'étude "
    "(governance.verdict) : des hypothèses de travail, avec leur motif, jamais "
    "ajustées à ce que l'essai trouve."
)
_TRIAL = "Les conditions, essayées sur des territoires que personne n'a choisis"
_WEIGHS = {"oui": "départage", "non": "ne départage pas"}
_READ_THE_GRID = (
    "Grille préparatoire aux axes ELIPSE (état zéro) : chaque énoncé a son indicateur, "
    "son seuil et sa source. Ce n'est pas une note."
)


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
        told = perimeter_sentences(perimeter, cards, demonstration=book.demonstration)
        rows.append(
            (str(perimeter["name"]), "\n".join(told), verdict_text(verdicts, name))
        )
    columns = [("Périmètre", 36.0), ("En clair", 110.0), ("Verdict", 40.0)]
    book.write("En clair", columns, rows)


def verdict_text(verdicts: pd.DataFrame, perimeter_id: str) -> str:
    """Write the verdict of a perimeter, with what fails or is missing.

    Parameters
    ----------
    verdicts
        Table ``verdicts``.
    perimeter_id
        The perimeter.

    Returns
    -------
    str
        French.
    """
    mine = verdicts[verdicts["perimeter_id"] == perimeter_id]
    verdict = str(mine["verdict"].iloc[0])
    words = VERDICT_WORDS[verdict]
    if verdict == "non_evaluable":
        desk = mine[mine["basis"] == "bureau"]
        return f"{words} : {_lacking(desk.loc[desk['missing'] != '', 'missing'])}"
    if verdict == "indecidable":
        return words
    failed = mine[(mine["answer"] == "non") & (mine["weighs"] == "oui")]
    lacks = {
        basis: " ; ".join(rows["condition_id"].map(CONDITION_WORDS))
        for basis, rows in failed.groupby("basis")
    }
    if "bureau" in lacks:
        return f"{words} (manque : {lacks['bureau']})"
    return f"{words} (pour le confirmer : {lacks['terrain']})" if lacks else words


def _lacking(reasons: pd.Series[str]) -> str:
    """Say which figures are lacking, and why; the sheet says what would help."""
    if reasons.str.contains(_SYNTHETIC, regex=False).all():
        return _SYNTHETIC
    short = reasons.str.split(_REMEDY, n=1, regex=False).str[0]
    return " ; ".join(dict.fromkeys(short))


def write_verdict(book: Book, verdicts: pd.DataFrame) -> None:
    """Write the verdict of each perimeter, condition by condition, and its rule."""
    cells = verdicts.set_index(["perimeter_id", "condition_id"]).to_dict("index")
    rows: list[Row] = [Group(_TRIAL), *_trial(book, verdicts)]
    for perimeter_id, name in book.names.items():
        rows.append(Group(f"{name} — {verdict_text(verdicts, perimeter_id)}"))
        for condition, label in CONDITION_WORDS.items():
            cell = cells[perimeter_id, condition]
            rows.append(
                (
                    label,
                    _number(float(cell["value"])),
                    _number(float(cell["threshold"])),
                    ANSWER_WORDS[str(cell["answer"])],
                    str(cell["missing"]),
                )
            )
    rows.append(Group(_RULE))
    columns = [("Condition", 66.0), ("Valeur", 12.0), ("Seuil", 12.0)]
    columns += [("Tient", 18.0), ("Motif, ou ce qui manque", 90.0)]
    book.write("Verdict", columns, rows)


def _trial(book: Book, verdicts: pd.DataFrame) -> list[Row]:
    """Say how many territories fail each desk condition, and why its threshold."""
    rows = verdicts.drop_duplicates("condition_id").set_index("condition_id")
    desk = rows[rows["basis"] == "bureau"].to_dict("index")
    found: list[Row] = []
    for condition in [name for name in CONDITION_WORDS if name in desk]:
        row = desk[condition]
        text = (
            f"manque à {french_number(row['n_failed'])} sur "
            f"{french_number(row['n_tried'])}, tient pour "
            f"{french_number(row['n_held'])}"
        )
        if book.demonstration:
            text = f"{text} ({_SYNTHETIC})"
        found.append(
            (
                CONDITION_WORDS[condition],
                MISSING,
                _number(float(row["threshold"])),
                _WEIGHS[row["weighs"]],
                f"{text} ; motif du seuil : {row['reason']}",
            )
        )
    return found


def _number(value: float) -> str | Figure:
    return Figure(value) if math.isfinite(value) else MISSING


def write_swot(book: Book, swot: pd.DataFrame, catalogue: pd.DataFrame) -> None:
    """Write strengths, weaknesses, opportunities and threats with their evidence."""
    rows: list[Row] = [Group(_READ_THE_GRID)]
    for side, title in SIDE_WORDS.items():
        rows.append(Group(title))
        mine = swot[swot["side"] == side].sort_values("cell_id")
        for _, cells in mine.groupby("cell_id", sort=True):
            rows.append(_swot_row(book, cells.set_index("perimeter_id"), catalogue))
    columns = [("Énoncé", 52.0), ("Axe ELIPSE", 20.0), ("Indicateur et seuil", 34.0)]
    columns += [(name, 22.0) for name in book.names.values()]
    columns += [("Source", 44.0)]
    book.write("AFOM", columns, rows)


def _swot_row(book: Book, cells: pd.DataFrame, catalogue: pd.DataFrame) -> Row:
    first = cells.iloc[0]
    head = (str(first["statement"]), str(first["elipse_axis"]))
    if cells.index[0] == _ALL:
        texts = ["fait du territoire", *[""] * (len(book.names) - 1)]
        return (*head, "fait daté", *texts, str(first["source"]))
    measure = str(first["measure"])
    known = measure in catalogue.index
    label = str(catalogue.loc[measure, "label"]) if known else measure
    unit = str(catalogue.loc[measure, "unit"]) if known else ""
    limit = with_unit(french_number(float(first["threshold"])), unit)
    signs = {"<=": "≤", ">=": "≥"}
    sign = signs.get(str(first["operator"]), str(first["operator"]))
    decimals = int(catalogue["decimals"][measure]) if known else 0
    found = cells.to_dict("index")
    texts = [_outcome(found[name], unit, decimals) for name in book.names]
    return (*head, f"{label} {sign} {limit}", *texts, str(first["source"]))


def _outcome(cell: Mapping[Any, Any], unit: str, decimals: int) -> str:
    word = OUTCOME_WORDS[str(cell["outcome"])]
    if cell["outcome"] == "non_evalue":
        return f"{word} : {cell['missing']}"
    value = float(cell["value"])
    if not math.isfinite(value):
        # Both of its ends say so.
        return f"{word} ({cell['missing']})"
    text = figure_text(
        value, bounds=(value, value), evidence="O", unit=unit, decimals=decimals
    )
    return f"{word} ({text})"


def write_plan(book: Book, actions: pd.DataFrame) -> None:
    """Write the actions with who, with what money, when, and what tells success."""
    rows: list[Row] = []
    for axis in dict.fromkeys(actions["axis"]):
        rows.append(Group(str(axis)))
        for name, action in actions[actions["axis"] == axis].iterrows():
            rows.append(
                (
                    f"{name}. {action['action']}",
                    str(action["pilot"]),
                    str(action["partners"]),
                    str(action["cost_class"]),
                    str(action["funder"]),
                    _months(int(action["start_month"]), int(action["end_month"])),
                    str(action["indicator"]),
                    str(action["deliberation"]),
                    str(action["quick"]),
                )
            )
    rows.append(Group(f"{COST_CLASSES}. Classes de coût : hypothèses de travail."))
    columns = [("Action", 50.0), ("Pilote", 26.0), ("Partenaires", 34.0)]
    columns += [("Coût (classe)", 10.0), ("Financeur", 30.0), ("Échéance", 18.0)]
    columns += [("Indicateur de réussite", 38.0), ("Délibération", 12.0)]
    columns += [("Action rapide", 10.0)]
    book.write("Plan d'action", columns, rows)
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
    rows.append(Group("■ : action en cours ; D : délibération à prendre"))
    columns = [("Action", 66.0), *[(f"M{m}", 5.0) for m in range(1, _MONTHS + 1)]]
    columns += [("Ensuite", 14.0)]
    book.write("Feuille de route", columns, rows)


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
    for title, mine in groups.items():
        rows.append(Group(title))
        rows += [
            (
                str(row["label"]),
                Figure(float(row["n_sites"]), evidence),
                Figure(float(row["n_groups"]), evidence) if row["n_groups"] else "",
                BENEFIT_WORDS[str(row["benefit"])],
                EASE_WORDS[str(row["ease"])],
                str(row["least"]),
                str(row["first_call"]),
                str(row["gate"]),
                str(row["source"]),
            )
            for row in mine.to_dict("records")
        ]
    rows.append(
        Group(
            "Ordre : d'abord la facilité, puis ce que les entreprises y gagneraient "
            "(potentiel, classe H), le nombre de tournées communes possibles et celui "
            "des établissements concernés dans le territoire d'étude. Un gain que trop "
            "peu d'entreprises font n'est pas dit. Pistes à vérifier : des potentiels."
        )
    )
    columns = [("Piste", 48.0), ("Établissements concernés", 16.0)]
    columns += [("Groupes possibles", 12.0), ("Gain potentiel des entreprises", 24.0)]
    columns += [("Facilité", 20.0)]
    columns += [("À partir de quelle quantité", 40.0), ("Premier appel", 36.0)]
    columns += [("Réglementation", 44.0), ("Source", 36.0)]
    book.write("Actions rapides et synergies", columns, rows)


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
        mine = facts[facts["epci_siren"] == siren]
        rows += list(
            epci_lines(mine, division_names=division_names, root_name=root_name)
        )
        rows += [
            (
                f"Dans « {perimeter} »",
                f"{place} ; délibération : {council} ; reste à charge : {due}",
                "O" if due == MISSING else "H",
            )
            for perimeter, place, council, due in places[siren]
        ]
    columns = [("Fait", 52.0), ("Valeur", 90.0), ("Fiabilité", 10.0)]
    book.write("Fiches EPCI", columns, rows)
