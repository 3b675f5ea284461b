"""Tables of activity, flows, perimeters and indicators.

Those of what sites throw away are internal: they leave only through
``eitgeo.disclosure``.
"""

from __future__ import annotations

from math import nan

from eitgeo.tables.columns import (
    COMMUNE,
    DIRECTIONS,
    EVIDENCE_CLASSES,
    INDICATOR_KINDS,
    POSITION_QUALITIES,
    STATUSES,
    TableSpec,
    count,
    flag,
    number,
    text,
)

PERIMETER_METHODS = (
    "structure",
    "importe",
    "union_epci",
    "temps_de_route",
    "ward",
    "optimum",
)
"""What drew a perimeter."""

ACTIVITY = r"^(\d{2}(\.\d{2}[A-Z])?)?$"
"""A sub-class, or a division where the source tells no more; empty: unknown."""

MEASURE_SPECS = [
    TableSpec(
        "sites",
        ("site_id",),
        {
            "site_id": text(),
            "siret": text(pattern=r"^(\d{14})?$", default=""),
            "name": text(),
            # NAF rév. 2, bridged where the source is in NAF 2025 (« naf_version »).
            "naf": text(pattern=ACTIVITY),
            "naf_version": text("NAFRev2", "NAF2025", default="NAFRev2"),
            "naf_rev2": text(pattern=ACTIVITY),
            "naf_2025": text(pattern=ACTIVITY),
            "headcount_low": number(0.0, default=nan),
            "headcount_mid": number(0.0, default=nan),
            "headcount_high": number(0.0, default=nan),
            "position_quality": text(*POSITION_QUALITIES, default="commune"),
            "diffusible": flag(default=True),
            "natural_person": flag(default=False),
            "source": text(),
            "evidence": text(*EVIDENCE_CLASSES, default="O"),
            "synthetic": flag(default=False),
            "code_insee": text(pattern=COMMUNE),
        },
        has_geometry=True,
    ),
    TableSpec(
        # Rows of « sites » that are cells of published counts, as published; empty
        # in a study of establishments.
        "site_cells",
        ("site_id",),
        {
            "site_id": text(),
            "code_insee": text(pattern=COMMUNE),
            "naf": text(pattern=r"^\d{2}\.\d{2}[A-Z]$"),
            "n_establishments": count(),
            "employees": count(),
        },
    ),
    TableSpec(
        # Numbers under which a register shows an establishment that another source of
        # the study withholds: no outlet of that number is named.
        "withheld_sites",
        ("site_id",),
        {"site_id": text()},
    ),
    TableSpec(
        "outlets",
        ("outlet_id",),
        {
            "outlet_id": text(),
            "name": text(),
            "aliases": text(default=""),
            "kind": text(),
            "icpe_headings": text(default=""),
            "capacity_t": number(0.0, default=nan),
            "permitted": text(default=""),
            "household_t": number(0.0, default=nan),
            "position_quality": text(*POSITION_QUALITIES, default="commune"),
            "status": text("publie", "a_verifier", default="publie"),
            "evidence": text(*EVIDENCE_CLASSES, default="O"),
            "source": text(),
            "code_insee": text(pattern=COMMUNE),
        },
        has_geometry=True,
    ),
    TableSpec(
        "arisings",
        ("site_id", "waste_code", "stream"),
        {
            "site_id": text(),
            "waste_code": text(),
            "stream": text("NDNI", "INERT"),
            "ewc_stat": text(),
            "t_low": number(0.0),
            "t_mid": number(0.0),
            "t_high": number(0.0),
            "method": text("survey", "irep", "ratio"),
            "evidence": text(*EVIDENCE_CLASSES),
        },
    ),
    TableSpec(
        "synergies",
        ("donor_id", "receiver_id", "rule_id"),
        {
            "donor_id": text(),
            "receiver_id": text(),
            "rule_id": text(),
            "t_mid": number(0.0),
            "length_m": number(0.0),
            "time_s": number(0.0),
            "permit": text(),
            "confidence": text("A", "B", "C"),
        },
    ),
    TableSpec(
        "givers",
        ("family", "site_id"),
        {
            "family": text(),
            "code_insee": text(pattern=COMMUNE),
            "site_id": text(),
            "documented": flag(),
        },
    ),
    TableSpec(
        "affinity",
        ("code_a", "code_b"),
        {
            "code_a": text(pattern=COMMUNE),
            "code_b": text(pattern=COMMUNE),
            "t_mid": number(0.0),
        },
    ),
    TableSpec(
        "perimeters",
        ("perimeter_id",),
        {
            "perimeter_id": text(),
            "name": text(),
            "method": text(*PERIMETER_METHODS),
            "compared": flag(),
            "seed": count(),
            "parameters": text(),
            "objective": number(),
            "bound": number(),
            "gap": number(0.0),
            "membership_status": text(*STATUSES),
            "n_communes": count(1),
            "population": count(),
            "area_km2": number(0.0),
            "n_pieces_border": count(1),
            "n_pieces_road": count(1),
            "n_holes": count(),
            "n_epci_whole": count(),
            "n_epci_cut": count(),
            "certificate": text(),
            "status": text("certifie", "certifie_en_plusieurs_morceaux"),
        },
    ),
    TableSpec(
        "perimeter_communes",
        ("perimeter_id", "code_insee"),
        {
            "perimeter_id": text(),
            "code_insee": text(pattern=COMMUNE),
            "role": text("membre", "racine"),
        },
    ),
    TableSpec(
        "indicators",
        ("perimeter_id", "indicator_id"),
        {
            "perimeter_id": text(),
            "indicator_id": text(),
            "value": number(),
            "low": number(),
            "high": number(),
            "note": text(),
            "unit": text(),
            "direction": text(*DIRECTIONS),
            "kind": text(*INDICATOR_KINDS),
            "evidence": text(*EVIDENCE_CLASSES),
            "hypothesis_share_pct": number(0.0, 100.0),
            "synthetic_share_pct": number(0.0, 100.0),
            "percentile_same_size": number(0.0, 100.0),
            "elipse_axis": text(),
            "source": text(),
        },
    ),
]

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
