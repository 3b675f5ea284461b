"""Tables of who could carry, the verdict, strengths, money, plan and EPCI."""

from eitgeo.tables.columns import (
    EVIDENCE_CLASSES,
    STATUSES,
    TableSpec,
    count,
    number,
    text,
)

STATES = ("impossible", "peu_adapte", "sous_conditions", "favorable", "possible")
_EFFECTS = ("impossible", "inadapte", "condition", "favorable", "vigilance")
_VERDICTS = (
    "a_confirmer",
    "confirme",
    "possible",
    "sous_conditions",
    "non_confirme",
    "indecidable",
    "non_evaluable",
)
_SIDES = ("atout", "faiblesse", "opportunite", "menace")
_OVERLAP = {
    "group_id": text(),
    "body_id": text(),
    "cover": text("entier", "partie"),
    "n_communes": count(1),
    "population": count(),
    "of_group_pct": number(0.0, 100.001),
    "of_body_pct": number(0.0, 100.001),
    "jobs_pct": number(0.0, 100.001),
    "status": text(*STATUSES),
}
_STATE = {
    "perimeter_id": text(),
    "carrier_id": text(),
    "state": text(*STATES),
    "n_not_evaluated": count(),
    "deliberations_least": number(0.0),
    "deliberations_most": number(0.0),
}
_REASON = {
    "perimeter_id": text(),
    "carrier_id": text(),
    "rule_id": text(),
    "about": text(),
    "effect": text(*_EFFECTS),
    "outcome": text("applique", "non_evalue"),
    "sentence": text(),
    "facts": text(),
    "missing": text(),
}

GOVERNANCE_SPECS = [
    TableSpec("perimeter_bodies", ("group_id", "body_id"), _OVERLAP),
    TableSpec("epci_bodies", ("group_id", "body_id"), _OVERLAP),
    TableSpec("carrier_states", ("perimeter_id", "carrier_id"), _STATE),
    TableSpec("carrier_reasons", ("perimeter_id", "carrier_id", "rule_id"), _REASON),
    TableSpec("union_carrier_states", ("perimeter_id", "carrier_id"), _STATE),
    TableSpec(
        "union_carrier_reasons", ("perimeter_id", "carrier_id", "rule_id"), _REASON
    ),
    TableSpec(
        "verdicts",
        ("perimeter_id", "condition_id"),
        {
            "perimeter_id": text(),
            "condition_id": text(),
            "basis": text("bureau", "terrain"),
            "value": number(0.0),
            "evidence": text("", *EVIDENCE_CLASSES),
            "threshold": number(0.0),
            "reason": text(),
            "answer": text("oui", "non", "a_confirmer", "non_evaluee"),
            "missing": text(),
            "n_tried": count(),
            "n_failed": count(),
            "n_held": count(),
            "weighs": text("oui", "non"),
            "verdict": text(*_VERDICTS),
        },
    ),
    TableSpec(
        "swot",
        ("perimeter_id", "cell_id"),
        {
            "perimeter_id": text(),
            "cell_id": text(),
            "side": text(*_SIDES),
            "elipse_axis": text(),
            "statement": text(),
            "measure": text(),
            "value": number(),
            "operator": text(),
            "threshold": number(),
            "outcome": text("retenu", "ecarte", "non_evalue"),
            "missing": text(),
            "source": text(),
        },
    ),
    TableSpec(
        "animation_budget",
        ("year", "item"),
        {
            "year": count(1),
            "item": text("poste", "autres_frais", "total", "aides", "reste"),
            "low": number(0.0),
            "mid": number(0.0),
            "high": number(0.0),
            "evidence": text(*EVIDENCE_CLASSES),
            "source": text(),
        },
    ),
    TableSpec(
        "plan_options",
        ("kind", "option_id"),
        {
            "kind": text("mutualisation", "synergie"),
            "option_id": text(),
            "rank": count(1),
            "label": text(),
            "family": text(),
            "n_sites": count(3),
            "n_groups": count(),
            "benefit": text("plus_1000", "100_1000", "10_100", "moins_10", ""),
            "ease": text("rapide", "moyen", "long", "eprouve", "cas_par_cas"),
            "gate": text(),
            "first_call": text(),
            "least": text(),
            "source": text(),
        },
    ),
    TableSpec(
        "epci_facts",
        ("epci_siren", "fact_id"),
        {
            "epci_siren": text(pattern=r"^\d{9}$"),
            "fact_id": text(),
            "value": number(0.0),
            "low": number(0.0),
            "high": number(0.0),
            "told": text(),
            "evidence": text(*EVIDENCE_CLASSES),
        },
    ),
]
