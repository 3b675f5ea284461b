"""The verdict on each perimeter: its sentence, and the sheets that tell it."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from eitgeo.ledger import Place, plain, written
from eitgeo.maps.words.cards import card_rows
from eitgeo.maps.words.governance_words import (
    ANSWER_WORDS,
    CONDITION_WORDS,
    VERDICT_WORDS,
)
from eitgeo.maps.words.sentences import of_whole_epci, perimeter_sentences
from eitgeo.maps.workbooks.workbook import Column, Figure, Group
from eitgeo.reference.labels import labels_of
from eitgeo.words import MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.workbooks.workbook import Book, Row

_SYNTHETIC = "données synthétiques"
_REMEDY = " ; évaluable avec"
"""Parts that `verdict_rows` writes into what is missing."""
_RULE = (
    "Règle. Le verdict se calcule sur ce qui est connu : les conditions observées ou "
    "publiées (O, S). Une condition qui repose sur des hypothèses (H : établissements "
    "tirés au sort, règles de mémoire) est à confirmer ; sa valeur est celle qu'elle "
    "aurait, et elle ne compte ni pour ni contre. Une condition compte si elle "
    "départage les territoires : essayée sur toutes les réunions {unions} et sur "
    "chaque EPCI que le territoire d'étude tient entier, elle manque à un sur dix au "
    "moins et tient pour un sur dix au moins. Les données de bureau ne permettent pas "
    "de trancher : aucune condition connue ne départage. Intérêt non confirmé à ce "
    "stade : deux conditions manquent au moins, ou toutes, ou celle des établissements "
    "comptés, qui plafonne les suivantes. Possible sous conditions : une seule manque, "
    "et elle est nommée. Intérêt à confirmer : celles qui sont connues tiennent, "
    "d'autres restent à connaître. Intérêt possible : toutes tiennent ; familles et "
    "groupes ne comptent pour tenir que sous des règles sourcées, et ne sont refusés "
    "que si celles de mémoire n'y suffisent pas non plus. Intérêt confirmé : il y faut "
    "aussi le terrain (governance.field), que les données de bureau ne remplacent "
    "jamais. Non évaluable : rien n'est connu. Les seuils sont ceux de l'étude "
    "(governance.verdict) : des hypothèses de travail, avec leur motif, jamais "
    "ajustées à ce que l'essai trouve."
)
_TRIAL = "Les conditions, essayées sur des territoires que personne n'a choisis"
_WEIGHS = {"oui": "départage", "non": "ne départage pas"}
_OPEN = ("a_confirmer", "indecidable")
_KNOWN = ("oui", "non")
CONFIRM_NAMES, _METHOD_NAMES = labels_of("list_status"), labels_of("perimeter_method")


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
    columns = [Column("Périmètre", 36), Column("En clair", 110), Column("Verdict", 40)]
    book.sheet("En clair", columns, rows, layout="grid")


def verdict_text(verdicts: pd.DataFrame, perimeter_id: str) -> str:
    """Write the verdict of a perimeter, what fails, what is known and what is not."""
    own_verdicts = verdicts[verdicts["perimeter_id"] == perimeter_id]
    verdict = str(own_verdicts["verdict"].iloc[0])
    words = VERDICT_WORDS[verdict]
    office, done = (
        own_verdicts[own_verdicts["basis"] == basis] for basis in ("bureau", "terrain")
    )
    if verdict == "non_evaluable":
        return f"{words} : {_lacking(office.loc[office['missing'] != '', 'missing'])}"
    if verdict in _OPEN:
        return f"{words} : {_tally(office, done)}"
    failed = own_verdicts[
        (own_verdicts["answer"] == "non") & (own_verdicts["weighs"] == "oui")
    ]
    lacks = {
        basis: " ; ".join(rows["condition_id"].map(CONDITION_WORDS))
        for basis, rows in failed.groupby("basis")
    }
    if "bureau" in lacks:
        text = f"{words} (manque : {lacks['bureau']})"
        is_open = ~office["answer"].isin(_KNOWN)
        return f"{text} : {_tally(office, done)}" if is_open.any() else text
    return f"{words} (pour le confirmer : {lacks['terrain']})" if lacks else words


def _tally(office: pd.DataFrame, done: pd.DataFrame) -> str:
    """Count the conditions that are known, those to confirm, those to come."""
    known = office[office["answer"].isin(_KNOWN)]
    n_met, n_known = int((known["answer"] == "oui").sum()), len(known)
    what = "conditions observées ou publiées remplies"
    if n_met < 2:  # noqa: PLR2004 - two
        what = "condition observée ou publiée remplie"
    place = partial(Place, "verdicts", f"{office['perimeter_id'].iloc[0]} / bureau")
    text = f"{plain(n_met, place('oui'))} {what} sur {plain(n_known, place('known'))}"
    if n_idle := int((known["weighs"] == "non").sum()):
        idle = plain(n_idle, place("idle")) if n_known > 1 else "elle"
        text += f" ({idle} ne départage pas les territoires)"
    unsure = office[office["answer"] == "a_confirmer"]
    is_drawn = unsure["missing"].str.contains(_SYNTHETIC, regex=False)
    counts = {
        "à confirmer, sur des établissements tirés au sort": int(is_drawn.sum()),
        "à confirmer, sur des hypothèses": int((~is_drawn).sum()),
        "sans chiffre": int((office["answer"] == "non_evaluee").sum()),
        "de terrain à venir": int((done["answer"] == "non").sum()),
    }
    rest = [f"{plain(n, place(what))} {what}" for what, n in counts.items() if n]
    return " ; ".join([text, *rest])


def _lacking(reasons: pd.Series[str]) -> str:
    """Say which figures are lacking, and why; the sheet says what would help."""
    if reasons.str.contains(_SYNTHETIC, regex=False).all():
        return _SYNTHETIC
    short = reasons.str.split(_REMEDY, n=1, regex=False).str[0]
    return " ; ".join(dict.fromkeys(short))


def write_verdict(
    book: Book, names: Mapping[str, str], verdicts: pd.DataFrame, *, most: int | None
) -> None:
    """Write the verdict of each perimeter, condition by condition, and its rule."""
    cells = verdicts.set_index(["perimeter_id", "condition_id"]).to_dict("index")
    rows: list[Row] = [Group(_TRIAL), *_trial(book, verdicts)]
    for perimeter_id, name in names.items():
        rows.append(Group(f"{name} — {verdict_text(verdicts, perimeter_id)}"))
        for condition, label in CONDITION_WORDS.items():
            cell = cells[perimeter_id, condition]
            place = Place("verdicts", f"{condition} / {perimeter_id}")
            rows.append(
                (
                    label,
                    _value(float(cell["value"]), str(cell["evidence"]), place),
                    _number(
                        float(cell["threshold"]),
                        Place("verdicts", condition, "threshold"),
                    ),
                    str(cell["evidence"]) or MISSING,
                    ANSWER_WORDS[str(cell["answer"])],
                    str(cell["missing"]),
                )
            )
    rows.append(Group(_RULE.format(unions=of_whole_epci(most))))
    columns = [
        Column("Condition", 66),
        Column("Valeur", 24),
        Column("Seuil", 12),
        Column("Fiabilité", 10),
        Column("État", 18),
        Column("Motif, ou ce qui manque", 90),
    ]
    book.sheet("Verdict", columns, rows, layout="grid")


def _trial(book: Book, verdicts: pd.DataFrame) -> list[Row]:
    """Say how many territories fail each desk condition, and why its threshold."""
    rows = verdicts.drop_duplicates("condition_id").set_index("condition_id")
    office = rows[rows["basis"] == "bureau"].to_dict("index")
    lines: list[Row] = []
    for condition in [name for name in CONDITION_WORDS if name in office]:
        row, place = office[condition], partial(Place, "verdicts", condition)
        text = (
            f"manque à {plain(row['n_failed'], place('n_failed'))} sur "
            f"{plain(row['n_tried'], place('n_tried'))}, tient pour "
            f"{plain(row['n_held'], place('n_held'))}"
        )
        if n_open := row["n_tried"] - row["n_failed"] - row["n_held"]:
            text = f"{text}, non évaluée pour {plain(n_open, place('non évaluée'))}"
        if book.demonstration and row["evidence"] == "H":
            text = f"{text} ({_SYNTHETIC})"
        lines.append(
            (
                CONDITION_WORDS[condition],
                MISSING,
                _number(float(row["threshold"]), place("threshold")),
                MISSING,
                _WEIGHS[row["weighs"]],
                f"{text} ; motif du seuil : {row['reason']}",
            )
        )
    return lines


def _value(value: float, evidence: str, place: Place) -> str | Figure:
    """Give a figure as its class allows; one to confirm is an order of magnitude."""
    if evidence != "H":
        rounded = Figure(value, evidence or "O", 0, "nombre", place=place)
        return rounded if math.isfinite(value) else MISSING
    return written(
        value,
        place,
        bounds=(value, value),
        evidence=evidence,
        unit="nombre",
        decimals=0,
    )


def _number(value: float, place: Place) -> str | Figure:
    return Figure(value, place=place) if math.isfinite(value) else MISSING


def write_certificates(book: Book, *, perimeters: pd.DataFrame) -> None:
    """Write what is true of each perimeter, whatever method drew it."""
    columns = [
        Column("Périmètre", 46),
        Column("Origine", 28),
        Column("Appartenances", 16),
        Column("Certificat", 100),
    ]
    rows: list[Row] = [
        (
            str(row.name),
            _METHOD_NAMES.get(str(row.method), str(row.method)),
            CONFIRM_NAMES[str(row.membership_status)],
            str(row.certificate),
        )
        for row in perimeters.itertuples(index=False)
    ]
    book.sheet("Certificats", columns, rows, layout="page")
