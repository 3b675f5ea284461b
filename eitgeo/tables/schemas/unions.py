"""Tables behind perimeters: optimum, imports, cut basins, unions, votes."""

from __future__ import annotations

from eitgeo.tables.columns import (
    COMMUNE,
    EVIDENCE_CLASSES,
    TableSpec,
    count,
    flag,
    number,
    text,
)

UNION_SPECS = [
    TableSpec(
        "optimum",
        ("perimeter_id", "code_insee"),
        {
            "perimeter_id": text(),
            "code_insee": text(pattern=COMMUNE),
            "value": number(0.0),
            "bound": number(0.0),
            "gap": number(0.0),
            "n_nodes": count(),
            "n_cuts": count(),
            "proved": flag(),
        },
    ),
    TableSpec(
        "imported_cuts",
        ("perimeter_id", "code_insee"),
        {
            "perimeter_id": text(),
            "code_insee": text(pattern=COMMUNE),
            "inside_km2": number(0.0),
            "outside_km2": number(0.0),
            "kept": flag(),
        },
    ),
    TableSpec(
        "basin_cuts",
        ("perimeter_id", "body_id"),
        {
            "perimeter_id": text(),
            "body_id": text(),
            "kind": text(),
            "name": text(),
            "n_inside": count(1),
            "n_outside": count(1),
            "population_inside": count(),
            "population_outside": count(),
        },
    ),
    TableSpec(
        "epci_blocks",
        ("indicator_id", "epci_siren"),
        {
            "epci_siren": text(pattern=r"^\d{9}$"),
            "name": text(),
            "indicator_id": text(),
            "alone": number(),
            "last": number(),
            "low": number(),
            "high": number(),
            "mean": number(),
            "n_deliberations": number(),
            "mean_per_deliberation": number(),
            "unit": text(),
            "evidence": text(*EVIDENCE_CLASSES),
        },
    ),
    # Counts of drawn establishments, of each perimeter, in each draw of them.
    TableSpec(
        "redrawn_counts",
        ("indicator_id", "perimeter_id"),
        {
            "perimeter_id": text(),
            "indicator_id": text("target_sites", "naf_diversity"),
            "low": number(0.0),
            "mid": number(0.0),
            "high": number(0.0),
        },
    ),
    TableSpec(
        "union_ranks",
        ("perimeter_id", "indicator_id"),
        {
            "perimeter_id": text(),
            "indicator_id": text(),
            "n_epci": count(1),
            "value": number(),
            "rank": count(1),
            "n_peers": count(1),
            "percentile_same_size": number(0.0, 100.0),
            "evidence": text(*EVIDENCE_CLASSES),
        },
    ),
    TableSpec(
        "union_front",
        ("perimeter_id",),
        {
            "perimeter_id": text(),
            "n_epci": count(1),
            "on_front": flag(),
            "n_dominating": count(),
            "criteria": text(),
        },
    ),
    TableSpec(
        "phases",
        ("indicator_id", "phase"),
        {
            "phase": count(1),
            "year": count(1),
            "perimeter_id": text(),
            "name": text(),
            "indicator_id": text(),
            "value": number(),
            "added": number(),
            "unit": text(),
            "evidence": text(*EVIDENCE_CLASSES),
        },
    ),
]

FAMILY = (
    "temps_de_route",
    "ward",
    "skater",
    "maxp",
    "communautes",
    "croissance",
    "optimum",
)

VOTE_SPECS = [
    TableSpec(
        "membership_frequency",
        ("code_insee", "family"),
        {
            "code_insee": text(pattern=COMMUNE),
            "family": text(*FAMILY, "ensemble"),
            "share": number(0.0, 1.0),
            "n_runs": count(1),
        },
    ),
    TableSpec(
        "method_runs",
        ("run_id",),
        {
            "run_id": text(),
            "family": text(*FAMILY),
            "parameters": text(),
            "status": text("retenu", "refuse"),
            "refusal": text(),
            "n_communes": count(),
            "population": count(),
            "n_epci_cut": count(),
            "n_added": count(),
            "n_removed": count(),
            "certificate": text(),
            "adjusted_rand": number(-1.0, 1.0),
            "same_region_pct": number(0.0, 100.0),
        },
    ),
    TableSpec(
        "ensemble",
        ("draw_id",),
        {
            "draw_id": text(),
            "chain": count(1),
            "population": count(),
            "area_km2": number(0.0),
            "n_epci_cut": count(),
            "captured_ties": number(0.0, 1.0),
        },
    ),
    TableSpec(
        "ensemble_mixing",
        ("quantity",),
        {
            "quantity": text(),
            "rhat": number(0.0),
            "ess": number(0.0),
            "is_mixed": flag(),
        },
    ),
]
