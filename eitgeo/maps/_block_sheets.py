"""The sheets on unions of whole EPCI: what each adds, ranks, a widening by years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.maps._workbook import (
    HEAD_ROW,
    Formats,
    add_page,
    write_number,
    write_printed,
    write_rows,
)
from eitgeo.maps.difference_words import printed_gap
from eitgeo.words import typographic

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd

    from eitgeo.disclosure.released import Released
    from eitgeo.maps.sheet import Sheet


class UnionSheets(NamedTuple):
    """What the sheets on unions of whole EPCI are written from.

    Attributes
    ----------
    blocks, ranks, front, phases
        Tables ``epci_blocks``, ``union_ranks``, ``union_front`` and ``phases``,
        released.
    """

    blocks: Released
    ranks: Released
    front: Released
    phases: Released


_BLOCK_COLUMNS = {
    "alone": "Seul avec le socle",
    "last": "En dernier",
    "low": "Au moins",
    "high": "Au plus",
    "mean": "En moyenne",
    "mean_per_deliberation": "Par délibération ajoutée",
}
_BLOCK_NOTE = (
    "Ce que l'EPCI ajoute au socle (l'EPCI de toutes les unions) : seul ; en dernier, "
    "quand tous les autres sont là ; au moins et au plus, quelle que soit l'union "
    "qu'il rejoint ; en moyenne sur tous les ordres d'adhésion d'un seul tenant "
    "(valeur de Shapley). « – » : il ne touche pas le socle, ou sans lui le reste "
    "serait en morceaux. Les moyennes s'additionnent ; les arrondis, non."
)
_RANK_NOTE = (
    "Rang parmi toutes les unions d'autant d'EPCI entiers, d'un seul tenant, autour de "
    "l'EPCI socle. La liste est complète : le rang est exact. Les ex æquo partagent le "
    "rang. Pas de rang parmi des unions dont une valeur dépend d'une liste à confirmer."
)
_PHASE_NOTE = (
    "Chaque phase contient la précédente ; « Ajouté » est l'écart des deux chiffres "
    "imprimés. « – » : tenu secret, ou selon une liste de membres à confirmer (bornes "
    "dans « Comparaison »)."
)


def write_blocks(
    workbook: Any,
    formats: Formats,
    *,
    blocks: Released,
    catalogue: pd.DataFrame,
    sheet: Sheet,
) -> None:
    """Write what each EPCI adds, one row an indicator and an EPCI.

    An indicator to which all EPCI always add the same is left out: it tells nothing.
    """
    heads = ["Indicateur", "EPCI", *_BLOCK_COLUMNS.values(), "Unité", "Fiabilité"]
    widths = [38, 34, *([13] * len(_BLOCK_COLUMNS)), 13, 9]
    name = "Ce qu'apporte chaque EPCI"
    page = add_page(workbook, formats, name, sheet=sheet, columns=widths)
    write_rows(page, HEAD_ROW, [heads], formats["head"])
    page.freeze_panes(HEAD_ROW + 1, 2)
    place = HEAD_ROW + 1
    for indicator_id, about in catalogue.iterrows():
        rows = blocks.table[blocks.table["indicator_id"] == indicator_id]
        if rows["low"].min() == rows["high"].max() or rows.empty:
            continue
        greyed = bool(blocks.demonstration)
        for row in rows.sort_values("name").to_dict("records"):
            labels = [str(about["label"]), str(row["name"])]
            write_rows(page, place, [labels], formats["text"])
            for column, key in enumerate(_BLOCK_COLUMNS, start=2):
                cell = (place, column)
                figure = _Figure(row, key, about, greyed=greyed)
                _write(page, cell, figure, formats)
            column = 2 + len(_BLOCK_COLUMNS)
            page.write_string(place, column, str(row["unit"]), formats["text"])
            page.write_string(place, column + 1, row["evidence"], formats["text"])
            place += 1
    page.autofilter(HEAD_ROW, 0, max(place - 1, HEAD_ROW + 1), len(heads) - 1)
    page.write_string(place + 1, 0, typographic(_BLOCK_NOTE), formats["note"])


class _Figure(NamedTuple):
    """A cell of a table with what it is about."""

    row: Mapping[Hashable, Any]
    key: str
    about: pd.Series
    greyed: bool


def _write(
    page: Any, place: tuple[int, int], figure: _Figure, formats: Formats
) -> None:
    evidence = str(figure.row["evidence"])
    # A mean of counts is no count.
    more = evidence == "O" and figure.key.startswith("mean")
    write_number(
        page,
        place,
        float(figure.row[figure.key]),
        formats,
        evidence=evidence,
        decimals=int(figure.about["decimals"]) + more,
        unit=str(figure.row["unit"]),
        greyed=figure.greyed and evidence == "H",
    )


def write_ranks(
    workbook: Any,
    formats: Formats,
    *,
    unions: UnionSheets,
    perimeters: pd.DataFrame,
    catalogue: pd.DataFrame,
    sheet: Sheet,
) -> None:
    """Write the exact rank of each compared perimeter that is a union of whole EPCI."""
    heads = {"Périmètre": 46, "EPCI": 8, "Indicateur": 42, "Rang": 9}
    heads |= {"Unions d'autant d'EPCI": 14, "Fiabilité": 9}
    widths = list(heads.values())
    page = add_page(workbook, formats, "Rangs", sheet=sheet, columns=widths)
    write_rows(page, HEAD_ROW, [list(heads)], formats["head"])
    page.freeze_panes(HEAD_ROW + 1, 1)
    order = {str(name): rank for rank, name in enumerate(catalogue.index)}
    place = HEAD_ROW + 1
    for perimeter in perimeters.to_dict("records"):
        table = unions.ranks.table
        mine = table[table["perimeter_id"] == perimeter["perimeter_id"]]
        for row in mine.sort_values(
            "indicator_id", key=lambda ids: ids.map(order), kind="stable"
        ).to_dict("records"):
            label = str(catalogue.loc[row["indicator_id"], "label"])
            page.write_string(place, 0, str(perimeter["name"]), formats["text"])
            page.write_number(place, 1, row["n_epci"], formats["number0"])
            page.write_string(place, 2, label, formats["text"])
            page.write_number(place, 3, row["rank"], formats["number0"])
            page.write_number(place, 4, row["n_peers"], formats["number0"])
            page.write_string(place, 5, row["evidence"], formats["text"])
            place += 1
    for note in (_RANK_NOTE, _front_note(unions, catalogue)):
        place += 1
        page.write_string(place, 0, typographic(note), formats["note"])


def _front_note(unions: UnionSheets, catalogue: pd.DataFrame) -> str:
    """Say how many unions no other one equals or beats on all criteria."""
    front = unions.front.table
    if front.empty:
        return (
            "Front de Pareto : moins de deux critères observés distinguent les unions, "
            "il n'est pas tracé."
        )
    names = str(front["criteria"].iloc[0]).split(", ")
    labels = ", ".join(str(catalogue.loc[name, "label"]) for name in names)
    n_front = int(front["on_front"].sum())
    return (
        f"Front de Pareto ({labels}) : {n_front} unions sur {len(front)} qu'aucune "
        "autre n'égale ou ne dépasse partout en faisant mieux quelque part."
    )


def write_phases(
    workbook: Any,
    formats: Formats,
    *,
    phases: Released,
    catalogue: pd.DataFrame,
    sheet: Sheet,
) -> None:
    """Write what each phase of a widening holds and adds."""
    steps = phases.table.drop_duplicates("phase").sort_values("phase", kind="stable")
    heads = ["Indicateur", "Unité", "Fiabilité"]
    for row in steps.to_dict("records"):
        heads.append(f"Année {row['year']} : {row['name']}")
        heads += ["Ajouté"] if row["phase"] > 1 else []
    widths = [42, 14, 9, *([26] * (len(heads) - 3))]
    page = add_page(workbook, formats, "Élargissement", sheet=sheet, columns=widths)
    write_rows(page, HEAD_ROW, [[typographic(head) for head in heads]], formats["head"])
    page.freeze_panes(HEAD_ROW + 1, 1)
    place = HEAD_ROW + 1
    greyed = bool(phases.demonstration)
    for indicator_id, about in catalogue.iterrows():
        rows = phases.table[phases.table["indicator_id"] == indicator_id]
        if rows["value"].isna().all():
            continue
        fixed = [str(about["label"]), str(about["unit"]), rows["evidence"].iloc[0]]
        write_rows(page, place, [fixed], formats["text"])
        column = 3
        before: Mapping[Hashable, Any] | None = None
        for row in rows.sort_values("phase", kind="stable").to_dict("records"):
            figure = _Figure(row, "value", about, greyed=greyed)
            _write(page, (place, column), figure, formats)
            column += 1
            if before is not None:
                added = _Added(before, row, about, greyed=greyed)
                _write_added(page, (place, column), added, formats)
                column += 1
            before = row
        place += 1
    page.write_string(place + 1, 0, typographic(_PHASE_NOTE), formats["note"])


class _Added(NamedTuple):
    """Two phases in a row of one indicator."""

    before: Mapping[Hashable, Any]
    after: Mapping[Hashable, Any]
    about: pd.Series
    greyed: bool


def _write_added(
    page: Any, place: tuple[int, int], added: _Added, formats: Formats
) -> None:
    """Write what a phase adds: the printed figure less the one printed before."""
    before, after = added.before, added.after
    classes = (str(before["evidence"]), str(after["evidence"]))
    decimals = int(added.about["decimals"])
    gap = printed_gap(
        float(before["value"]),
        float(after["value"]),
        evidence=classes,
        unit=str(after["unit"]),
        decimals=decimals,
    )
    write_printed(
        page,
        place,
        gap,
        formats,
        decimals=decimals if set(classes) == {"O"} else None,
        greyed=added.greyed and "H" in classes,
    )
