"""What declarations say of the calculation, in words."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.reference.labels import labels_of
from eitgeo.reference.naf import naf_divisions
from eitgeo.words import french_number, typographic, with_unit

SELECTION = (
    "Seuls sont déclarés les déchets non dangereux de plus de 2 000 tonnes par an : "
    "chaque déclaration est comparée à ce que le calcul prévoit au-dessus de ce seuil. "
    "Ce contrôle ne dit rien des établissements plus petits, qui sont presque tous."
)
_SET_ASIDE = "set_aside"
_RATIO = "median_ratio"
_OWN = "own_departement"
_WHOLE_PCT = 100.0


class BacktestRow(NamedTuple):
    """A measure in words.

    ``key``: ``measure/item`` of the table. ``label``: what is measured. ``n_sites``: on
    how many establishments. ``observed``, ``expected``: what declarations give, and
    what is asked. ``admitted``: what a true calculation gives in 95 draws of 100; empty
    where not known. ``verdict``: whether it holds.
    """

    key: str
    label: str
    n_sites: int
    observed: str
    expected: str
    admitted: str
    verdict: str


def backtest_rows(table: pd.DataFrame) -> list[BacktestRow]:
    """Write each measure of table ``backtest`` in words, in the order of the labels."""
    labels, verdicts = labels_of("backtest_measure"), labels_of("backtest_verdict")
    rank = {name: at for at, name in enumerate(labels)}
    rows = table[table["measure"] != _SET_ASIDE].to_dict("records")
    return [
        BacktestRow(
            f"{row['measure']}/{row['item']}",
            typographic(_label(row, labels)),
            int(row["n_sites"]),
            _figure(row, "observed"),
            _expected(row),
            _admitted(row),
            verdicts[row["verdict"]],
        )
        for row in sorted(rows, key=lambda row: (rank[row["measure"]], row["item"]))
    ]


def set_aside_text(table: pd.DataFrame) -> str:
    """Count who is not compared, and why; empty where everybody is."""
    reasons = labels_of(_SET_ASIDE)
    rows = table[table["measure"] == _SET_ASIDE].set_index("item")["n_sites"]
    parts = [
        f"{french_number(int(rows[name]))} {label}"
        for name, label in reasons.items()
        if name in rows.index
    ]
    return typographic(f"Établissements à part : {' ; '.join(parts)}." if parts else "")


def years_text(table: pd.DataFrame) -> str:
    """Name the years of the declarations."""
    first, last = int(table["first_year"].min()), int(table["last_year"].max())
    return str(first) if first == last else f"{first} à {last}"


def _label(row: dict[Any, Any], labels: dict[str, str]) -> str:
    label, item = labels[row["measure"]], str(row["item"])
    if row["measure"] == _OWN:
        return f"{label}, chapitre {item} de la liste des déchets"
    if not item:
        return label
    return f"{label}, {naf_divisions()['label'].get(item, 'division')} (NAF {item})"


def _expected(row: dict[Any, Any]) -> str:
    asked = _figure(row, "expected")
    if row["measure"] == _OWN:
        return f"{asked} ± 10 points"
    return asked if row["measure"] == _RATIO else f"{asked} ± 5 points"


def _admitted(row: dict[Any, Any]) -> str:
    low, high = row["law_low"], row["law_high"]
    is_all = np.isnan(high) or (row["measure"] != _RATIO and high >= _WHOLE_PCT)
    if np.isnan(low) or (low == 0.0 and is_all):
        return ""
    if np.isnan(high):
        return f"plus de {_figure(row, 'law_low')}"
    return f"{_figure(row, 'law_low')} à {_figure(row, 'law_high')}"


def _figure(row: dict[Any, Any], name: str) -> str:
    value = float(row[name])
    if row["measure"] == _RATIO:
        return french_number(value, decimals=2)
    return with_unit(french_number(value, decimals=0), "%")
