"""Tables of contours that vote, and of contours drawn by chance."""

from eitgeo.tables.columns import COMMUNE, TableSpec, count, flag, number, text

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
