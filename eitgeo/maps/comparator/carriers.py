"""Who could carry each perimeter and each union, in the words of the workbook."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from eitgeo.maps.words.carrier_words import short_carrier
from eitgeo.maps.words.governance_words import STATE_WORDS
from eitgeo.maps.words.sentences import reason_sentence

NO_CONDITION = "aucune condition connue"
"""Said of a structure in favour of which rules speak, and which meets no condition."""
_TOLD = ("reasons", "conditions", "waiting")
_RULE = ("perimeter_id", "carrier_id", "told")
_STATE = ("perimeter_id", "carrier_id", "state")
_WORDED = ("about", "sentence", "facts", "outcome", "missing")
"""What a sentence is made of."""


def carrier_lists(
    states: pd.DataFrame,
    reasons: pd.DataFrame,
    *,
    carriers: pd.DataFrame,
    demonstration: bool,
) -> dict[str, Any]:
    """List the state of each carrier for each perimeter, reasons and conditions."""
    by_reasons: dict[tuple[str, ...], list[str]] = {}
    asks: dict[tuple[str, ...], list[str]] = {}
    ordered = _parted(reasons.sort_values("rule_id", kind="stable"))
    for key, (_, reason) in zip(_keys(ordered, _RULE), ordered.iterrows(), strict=True):
        text = reason_sentence(reason, demonstration=demonstration)
        by_reasons.setdefault(key, []).append(text)
        asks.setdefault(key, []).append(short_carrier(str(reason["about"])))
    lists: dict[str, list[dict[str, Any]]] = {}
    for row in states.to_dict("records"):
        perimeter, carrier = str(row["perimeter_id"]), str(row["carrier_id"])
        label = str(carriers.loc[carrier, "carrier"])
        lists.setdefault(perimeter, []).append(
            {
                "state": str(row["state"]),
                "word": STATE_WORDS[str(row["state"])],
                "label": label,
                "short": short_carrier(label),
                "asks": asks.get((perimeter, carrier, "conditions"), []),
                **{one: by_reasons.get((perimeter, carrier, one), []) for one in _TOLD},
            }
        )
    return {"states": lists, "free": NO_CONDITION}


def union_carrier_lists(
    states: pd.DataFrame,
    reasons: pd.DataFrame,
    *,
    carriers: pd.DataFrame,
    union_ids: Sequence[str],
    demonstration: bool,
) -> dict[str, Any]:
    """Pack the state of each carrier for each union: nothing is written twice."""
    who = sorted(set(states["carrier_id"]))
    sentences: dict[str, int] = {}
    abouts: dict[str, str] = {}
    by_reasons: dict[tuple[str, ...], list[int]] = {}
    # Those of the perimeter itself are about no carrier.
    of_carriers = reasons[reasons["carrier_id"].isin(who)]
    of_carriers = _parted(of_carriers.sort_values("rule_id", kind="stable"))
    texts = _texts(of_carriers, demonstration=demonstration)
    keys = _keys(of_carriers, _RULE)
    for key, text, about in zip(keys, texts, of_carriers["about"], strict=True):
        by_reasons.setdefault(key, []).append(
            sentences.setdefault(text, len(sentences))
        )
        if key[-1] == "conditions":
            abouts.setdefault(text, short_carrier(about))
    order = {carrier: rank for rank, carrier in enumerate(who)}
    kinds = list(STATE_WORDS)
    rows: dict[str, int] = {}
    of: dict[str, list[int]] = {}
    for perimeter, carrier, state in _keys(states, _STATE):
        lists = [by_reasons.get((perimeter, carrier, one), []) for one in _TOLD]
        row = json.dumps([order[carrier], kinds.index(state), *lists])
        of.setdefault(perimeter, []).append(rows.setdefault(row, len(rows)))
    labels = [str(carriers.loc[carrier, "carrier"]) for carrier in who]
    return {
        "who": [[label, short_carrier(label)] for label in labels],
        "words": [[state, word] for state, word in STATE_WORDS.items()],
        "sentences": list(sentences),
        "abouts": [abouts.get(one, "") for one in sentences],
        "rows": [json.loads(row) for row in rows],
        "of": [of.get(one, []) for one in union_ids],
    }


def _parted(reasons: pd.DataFrame) -> pd.DataFrame:
    """Tell what a reason is: a condition to meet, another reason, or not evaluated."""
    waits = reasons["outcome"].eq("non_evalue")
    is_condition = reasons["effect"].eq("condition")
    parts = np.select([waits, is_condition], ["waiting", "conditions"], "reasons")
    return reasons.assign(told=parts)


def _texts(reasons: pd.DataFrame, *, demonstration: bool) -> list[str]:
    """Word reasons; the same reason of several unions is worded once."""
    distinct = reasons.drop_duplicates(list(_WORDED))
    texts = {
        key: reason_sentence(reason, demonstration=demonstration)
        for key, (_, reason) in zip(
            _keys(distinct, _WORDED), distinct.iterrows(), strict=True
        )
    }
    return [texts[key] for key in _keys(reasons, _WORDED)]


def _keys(rows: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(rows[one] for one in columns), strict=True)
