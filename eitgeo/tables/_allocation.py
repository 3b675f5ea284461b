"""Tables of the model of outlets and of the allocation of residues."""

from eitgeo.tables._columns import COMMUNE, EVIDENCE_CLASSES, TableSpec, number, text

ALLOCATION_SPECS = [
    TableSpec(
        "receiver_needs",
        ("site_id", "resource"),
        {
            "site_id": text(),
            "resource": text(),
            "t_low": number(0.0),
            "t_mid": number(0.0),
            "t_high": number(0.0),
            "method": text("survey", "ratio", "permit", "unbounded"),
            "evidence": text(*EVIDENCE_CLASSES),
        },
    ),
    # Apart from what firms tell: a model is never mixed with what is used.
    TableSpec(
        "allowed_flows",
        ("site_id", "waste_code", "outlet_id"),
        {
            "site_id": text(),
            "waste_code": text(),
            "outlet_id": text(),
            "kind": text("allowed"),
            "t": number(0.0),
            "tkm": number(0.0),
            "cost_eur": number(),
            "kgco2e": number(0.0),
        },
    ),
    TableSpec(
        "unplaced_waste",
        ("code_insee", "stream", "ewc_stat"),
        {
            "code_insee": text(pattern=COMMUNE),
            "stream": text("NDNI", "INERT"),
            "ewc_stat": text(),
            "t": number(0.0),
            "reason": text("aucun_exutoire_admis", "hors_de_portee", "capacite"),
        },
    ),
    TableSpec(
        "allocation",
        ("donor_id", "receiver_id", "rule_id", "resource"),
        {
            "donor_id": text(),
            "receiver_id": text(),
            "rule_id": text(),
            "resource": text(),
            "ewc_stat": text(),
            "donor_code": text(pattern=COMMUNE),
            "receiver_code": text(pattern=COMMUNE),
            "t": number(0.0),
            "length_m": number(0.0),
            "time_s": number(0.0),
        },
    ),
    TableSpec(
        "missing_needs",
        ("code_insee", "resource"),
        {
            "code_insee": text(pattern=COMMUNE),
            "resource": text(),
            "t": number(0.0),
            "price_eur_per_t": number(0.0),
        },
    ),
]
