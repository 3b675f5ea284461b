"""Tables of what sites throw away beside ``arisings``: totals, and residues.

Internal: they leave only through ``eitgeo.disclosure``.
"""

from eitgeo.tables.columns import (
    COMMUNE,
    EVIDENCE_CLASSES,
    TableSpec,
    count,
    number,
    text,
)

ARISING_SPECS = [
    TableSpec(
        "arising_totals",
        ("group_id", "grain", "stream"),
        {
            "grain": text("territoire", "epci", "division"),
            "group_id": text(),
            "stream": text("NDNI", "INERT"),
            "t_low": number(0.0),
            "t_mid": number(0.0),
            "t_high": number(0.0),
            "t_observed": number(0.0),
            "headcount_pct": number(0.0, 100.0),
            "ratio_common_pct": number(0.0, 100.0),
            "ratio_site_pct": number(0.0, 100.0),
            "interaction_pct": number(-0.001, 100.0),
        },
    ),
    # Beside published totals of the same waste, brought to the area.
    TableSpec(
        "arising_checks",
        ("reference_id",),
        {
            "reference_id": text(),
            "t_low": number(0.0),
            "t_mid": number(0.0),
            "t_high": number(0.0),
            "by_inhabitants_low": number(0.0),
            "by_inhabitants_high": number(0.0),
            "by_employees_low": number(0.0),
            "by_employees_high": number(0.0),
        },
    ),
    TableSpec(
        "arising_draws",
        ("code_insee", "draw"),
        {
            "code_insee": text(pattern=COMMUNE),
            "draw": count(),
            "t": number(0.0),
        },
    ),
    TableSpec(
        "byproducts",
        ("site_id", "resource"),
        {
            "site_id": text(),
            "resource": text(
                pattern=r"^(\d{2} \d{2} \d{2}\*?|biogaz|chaleur|co2|eau)$"
            ),
            "ewc_stat": text(),
            "unit": text("t", "MWh", "m3"),
            "q_low": number(0.0),
            "q_mid": number(0.0),
            "q_high": number(0.0),
            "in_ratio": text("oui", "non", "en_partie"),
            "evidence": text(*EVIDENCE_CLASSES),
        },
    ),
]
