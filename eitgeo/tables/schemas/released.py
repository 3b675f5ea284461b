"""Tables of what may be published, and of who stands behind exchanges."""

from eitgeo.tables.columns import (
    COMMUNE,
    DIRECTIONS,
    EVIDENCE_CLASSES,
    INDICATOR_KINDS,
    TableSpec,
    count,
    flag,
    number,
    text,
)

BLOCK_KINDS = ("estime", "declare")
"""What a block sums: estimates, or what firms have declared."""


RELEASE_SPECS = [
    TableSpec(
        "exchange_ends",
        ("site_id", "donor_id", "receiver_id", "end"),
        {
            "end": text("donor", "taker"),
            "donor_id": text(pattern=COMMUNE),
            "receiver_id": text(pattern=COMMUNE),
            "site_id": text(),
            "t": number(0.0),
        },
    ),
    TableSpec(
        "register_counts",
        ("label", "fact", "code_insee"),
        {
            "fact": text(pattern=r"^[a-z0-9_]+$"),
            "label": text(),
            "code_insee": text(pattern=COMMUNE),
            "n": count(1),
        },
    ),
    TableSpec(
        "communes_public",
        ("indicator_id", "block_id", "code_insee"),
        {
            "indicator_id": text(),
            "block_id": text(),
            "code_insee": text(pattern=COMMUNE),
            "kind": text(*BLOCK_KINDS),
            "n_sites": count(),
            "merged": flag(),
            "released": flag(),
        },
    ),
    TableSpec(
        "blocks_public",
        ("indicator_id", "block_id"),
        {
            "indicator_id": text(),
            "block_id": text(),
            "kind": text(*BLOCK_KINDS),
            "n_communes": count(1),
            "low": number(0.0),
            "value": number(0.0),
            "high": number(0.0),
            "top_low": number(0.0),
            "top_high": number(0.0),
        },
    ),
    TableSpec(
        "block_draws_public",
        ("indicator_id", "block_id", "draw"),
        {
            "indicator_id": text(),
            "block_id": text(),
            "draw": count(),
            "value": number(),
        },
    ),
    TableSpec(
        "exchanges_public",
        ("donor_id", "receiver_ids"),
        {
            "donor_id": text(),
            "receiver_ids": text(),
            "value": number(0.0),
        },
    ),
    TableSpec(
        "indicators_public",
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
            "unallocated_pct": number(0.0, 100.0),
            "elipse_axis": text(),
            "source": text(),
        },
    ),
    TableSpec(
        "disclosure_report",
        ("indicator_id",),
        {
            "indicator_id": text(),
            "cell": text("commune", "liaison"),
            "n_cells": count(),
            "n_failing": count(),
            "n_communes": count(),
            "n_merged": count(),
            "n_blocks": count(),
            "n_withheld": count(),
            "n_perimeters": count(),
            "n_partial": count(),
            "n_silent": count(),
            "max_unallocated_pct": number(0.0, 100.0),
        },
    ),
]
