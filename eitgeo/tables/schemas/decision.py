"""Tables of the decision: what ranks, in what order, how far the order holds.

They are computed from published indicators; in a study with synthetic sites, ranks
stay in (``eitgeo.disclosure``).
"""

from eitgeo.tables.columns import (
    EVIDENCE_CLASSES,
    TableSpec,
    count,
    flag,
    number,
    text,
)

LEVERS = ("valeur", "poids")
ORDERS = ("premier", "second", "indécis")

DECISION_SPECS = [
    TableSpec(
        "decision_criteria",
        ("perimeter_id", "indicator_id"),
        {
            "perimeter_id": text(),
            "indicator_id": text(),
            "measured": number(),
            "score": number(0.0, 1.0),
            "asked_weight": number(0.0, 100.001),
            "weight": number(0.0, 100.001),
            "evidence": text("", *EVIDENCE_CLASSES),
            "reason": text(),
        },
    ),
    TableSpec(
        "decision_order",
        ("perimeter_id",),
        {
            "perimeter_id": text(),
            "on_front": flag(),
            "score": number(0.0, 100.001),
            "rank": number(1.0),
            "missing": text(),
        },
    ),
    TableSpec(
        "decision_ranks",
        ("perimeter_id", "rank"),
        {
            "perimeter_id": text(),
            "rank": count(1),
            "share_pct": number(0.0, 100.001),
        },
    ),
    TableSpec(
        "decision_pairs",
        ("first_id", "second_id"),
        {
            "first_id": text(),
            "second_id": text(),
            "share_pct": number(0.0, 100.001),
            "order": text(*ORDERS),
        },
    ),
    TableSpec(
        "decision_switches",
        ("first_id", "second_id", "indicator_id", "lever"),
        {
            "first_id": text(),
            "second_id": text(),
            "indicator_id": text(),
            "lever": text(*LEVERS),
            "behind": text(),
            "now": number(),
            "at_switch": number(),
        },
    ),
    TableSpec(
        "stress_orders",
        ("stress_id", "perimeter_id"),
        {
            "stress_id": text(),
            "label": text(),
            "perimeter_id": text(),
            "score_before": number(0.0, 100.001),
            "score_after": number(0.0, 100.001),
            "rank_before": number(1.0),
            "rank_after": number(1.0),
            "same_order": text("oui", "non"),
            "note": text(),
        },
    ),
    TableSpec(
        "stress_criteria",
        ("stress_id", "perimeter_id", "indicator_id"),
        {
            "stress_id": text(),
            "perimeter_id": text(),
            "indicator_id": text(),
            "before": number(),
            "after": number(),
        },
    ),
    TableSpec(
        "decision_methods",
        ("method",),
        {"method": text(), "same_order": text("oui", "non")},
    ),
]
