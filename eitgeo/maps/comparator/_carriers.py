"""Who could carry each compared perimeter, in the words of the workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.maps._governance_words import STATE_WORDS
from eitgeo.maps.sentences import reason_sentence

if TYPE_CHECKING:
    import pandas as pd

_SHORT_UP_TO = (" (", ", ", " et ")


def carrier_lists(
    states: pd.DataFrame,
    reasons: pd.DataFrame,
    *,
    carriers: pd.DataFrame,
    demonstration: bool,
) -> dict[str, Any]:
    """List the state of each carrier for each perimeter, with its reasons.

    Parameters
    ----------
    states, reasons
        ComparatorTables ``carrier_states`` and ``carrier_reasons``, released.
    carriers
        :func:`eitgeo.reference.carriers`.
    demonstration
        Whether the study is one: reasons in favour then name nobody.

    Returns
    -------
    dict
        ``states``: perimeter → one entry a carrier: ``state``, ``word``, ``label``,
        ``short``, ``reasons`` and ``waiting`` (rules that could not be evaluated).
    """
    told: dict[tuple[str, str, str], list[str]] = {}
    for _, reason in reasons.sort_values("rule_id").iterrows():
        key = tuple(
            str(reason[one]) for one in ("perimeter_id", "carrier_id", "outcome")
        )
        text = reason_sentence(reason, demonstration=demonstration)
        told.setdefault((key[0], key[1], key[2]), []).append(text)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in states.to_dict("records"):
        perimeter, carrier = str(row["perimeter_id"]), str(row["carrier_id"])
        label = str(carriers.loc[carrier, "carrier"])
        found.setdefault(perimeter, []).append(
            {
                "state": str(row["state"]),
                "word": STATE_WORDS[str(row["state"])],
                "label": label,
                "short": _short(label),
                "reasons": told.get((perimeter, carrier, "applique"), []),
                "waiting": told.get((perimeter, carrier, "non_evalue"), []),
            }
        )
    return {"states": found}


def _short(label: str) -> str:
    """Cut a label before its first precision."""
    for mark in _SHORT_UP_TO:
        label = label.partition(mark)[0]
    return label
