"""Published figures, closed roads, posts and carriers, packed for the comparator."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from eitgeo.flows.exchanges.realised import YEARS
from eitgeo.maps.words.governance_words import STATE_WORDS, short_carrier
from eitgeo.maps.words.sentences import reason_sentence
from eitgeo.scenarios.carriers.budget import posts_text
from eitgeo.words import first_upper, typographic

_LEVELS = ("value", "low", "high")
_HOW = r"^how=(?:counted|near) of=(\w+)"
_COST_LEVELS = {"value": "mid", "low": "low", "high": "high"}


def packed_figures(
    indicators: pd.DataFrame, perimeter_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Pack the published figures of perimeters, indicator by indicator."""
    return {
        str(name): _packed(rows.set_index("perimeter_id").reindex(list(perimeter_ids)))
        for name, rows in indicators.groupby("indicator_id")
    }


def _packed(rows: pd.DataFrame) -> dict[str, Any]:
    row_notes = rows["note"].fillna("").astype(str)
    notes = sorted(set(row_notes))
    values = {name: plain(rows[name].to_numpy(dtype=float)) for name in _LEVELS}
    return {
        "value": values["value"],
        **{
            name: None if values[name] == values["value"] else values[name]
            for name in _LEVELS[1:]
        },
        "evidence": "".join(rows["evidence"].fillna("H")),
        "note": [notes.index(note) for note in row_notes],
        "notes": notes,
        "source": next(iter(rows["source"].dropna()), ""),
    }


def plain(values: np.ndarray) -> list[float | None]:
    """Turn numbers into JSON numbers, None where there is none."""
    return [
        None if np.isnan(v) else int(v) if float(v).is_integer() else float(v)
        for v in np.asarray(values, dtype=float)
    ]


def block_lists(
    communes_public: pd.DataFrame,
    blocks_public: pd.DataFrame,
    block_draws_public: pd.DataFrame,
    *,
    rank: Mapping[str, int],
) -> dict[str, dict[str, Any]]:
    """List the guarded blocks of each indicator."""
    lists = {}
    for name, rows in communes_public.groupby("indicator_id"):
        sums = blocks_public[blocks_public["indicator_id"] == name]
        ids = sorted(set(rows["block_id"]))
        order = {block: place for place, block in enumerate(ids)}
        known = sums.set_index("block_id").reindex(ids)
        shown = rows.groupby("block_id")["released"].all()
        units = [
            number
            for code, block, n_sites in zip(
                rows["code_insee"], rows["block_id"], rows["n_sites"], strict=True
            )
            for number in (rank[code], order[block], int(n_sites))
        ]
        lists[str(name)] = {
            "id": ids,
            "shown": shown[ids].astype(int).tolist(),
            "draws": _draws(block_draws_public, str(name), ids),
            "units": units,
            **{
                level: plain(known[level].to_numpy(dtype=float))
                for level in (*_LEVELS, "top_low", "top_high")
            },
        }
    return lists


def _draws(
    block_draws_public: pd.DataFrame, name: str, ids: Sequence[str]
) -> list[list[float | None] | None]:
    draws = block_draws_public[block_draws_public["indicator_id"] == name]
    by_block = {
        str(block): plain(
            rows.sort_values("draw", kind="stable")["value"].to_numpy(dtype=float)
        )
        for block, rows in draws.groupby("block_id")
    }
    return [by_block.get(block) for block in ids]


def cell_list(exchanges_public: pd.DataFrame) -> list[list[Any]]:
    """List the guarded cells of exchanges."""
    return [
        [str(row["donor_id"]), str(row["receiver_ids"]).split(";"), float(row["value"])]
        for row in exchanges_public.to_dict("records")
    ]


def counted_lists(counted: pd.DataFrame, codes: Sequence[str]) -> dict[str, Any]:
    """Lay out each fact over communes, its vintage, and its sum over the whole file."""
    return {
        str(fact): {
            "n": plain(
                rows.set_index("code_insee")["n"].reindex(list(codes)).to_numpy()
            ),
            "when": str(rows["when"].iloc[0]),
            "every": plain(np.array([rows["n"].sum()]))[0],
        }
        for fact, rows in counted.groupby("fact")
    }


def without_uncounted(catalogue: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """Drop the indicators that sum what no register of the study counts."""
    facts = catalogue["recipe"].str.extract(_HOW)[0]
    return catalogue[facts.isna() | facts.isin(counted["fact"])]


def count_lists(counts: pd.DataFrame, rank: Mapping[str, int]) -> dict[str, Any]:
    """Lay counts out: fact → label → flat pairs of commune and number."""
    lists: dict[str, dict[str, list[int]]] = {}
    ordered = counts.sort_values(["fact", "label", "code_insee"])
    for row in ordered.to_dict("records"):
        labels = lists.setdefault(str(row["fact"]), {})
        flat = labels.setdefault(str(row["label"]), [])
        flat.extend((rank[str(row["code_insee"])], int(row["n"])))
    return lists


def closure_lists(
    closures: pd.DataFrame, access: pd.DataFrame, *, rank: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Lay out what each closure changes."""
    trip_ends = ["origin_id", "destination_id"]
    inside = access[
        access["origin_id"].isin(rank) & access["destination_id"].isin(rank)
    ]
    lists = []
    for row in closures.sort_values("closure_id", kind="stable").to_dict("records"):
        trips = inside[inside["closure_id"] == row["closure_id"]].sort_values(trip_ends)
        lists.append(
            {
                "label": typographic(str(row["label"])),
                "note": typographic(str(row["note"])),
                "source": typographic(str(row["source"])),
                "doubtful": str(row["status"]) != "publie",
                "from": [rank[str(code)] for code in trips["origin_id"]],
                "to": [rank[str(code)] for code in trips["destination_id"]],
                "open": plain(trips["open_min"].to_numpy(dtype=float).round(1)),
                "closed": plain(trips["closed_min"].to_numpy(dtype=float).round(1)),
            }
        )
    return lists


def post_lists(posts: pd.DataFrame) -> dict[str, Any]:
    """List the choices of posts, the same for every perimeter, the smallest first."""
    rows = posts.drop_duplicates("posts").sort_values("posts", kind="stable")
    return {
        "years": YEARS,
        "choices": [
            {
                "label": first_upper(posts_text(float(row["posts"]))),
                "chosen": row["chosen"] == "oui",
                "meetings": [float(row["meetings_low"]), float(row["meetings_high"])],
                **{
                    key: {
                        name: float(row[f"{item}_{level}"])
                        for name, level in _COST_LEVELS.items()
                    }
                    | {"evidence": str(row["cost_evidence"])}
                    for key, item in (("cost", "total"), ("rest", "rest"))
                },
            }
            for row in rows.to_dict("records")
        ],
    }


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
