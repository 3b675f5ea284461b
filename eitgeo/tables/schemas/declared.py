"""Tables of what firms declare: the private answers, needs, outlets in use."""

from eitgeo.tables.columns import (
    EVIDENCE_CLASSES,
    TableSpec,
    count,
    flag,
    number,
    text,
)

_DAY = r"^(\d{4}-\d{2}-\d{2})?$"
_COMMUNE = r"^((\d{2}|2[AB])\d{3}|hors)?$"

WEIGHED_FAMILIES = (
    *("melange", "bois", "papiers", "organiques", "metaux", "autres"),
    *("inertes", "dangereux"),
)
"""Families by which what is weighed is told: those of streams, then two apart."""

DECLARED_SPECS = [
    # Private: never in data/processed, never published. One row a resource; of a firm
    # that declares none, one row whose fields of a resource are empty.
    TableSpec(
        "declarations",
        ("siret", "resource_id"),
        {
            "siret": text(pattern=r"^\d{14}$"),
            "resource_id": text(),
            "declared_on": text(pattern=_DAY),
            "form_date": text(pattern=r"^\d{4}-\d{2}-\d{2}$"),
            "raison_sociale": text(),
            "commune": text(pattern=_COMMUNE),
            "naf": text(pattern=r"^(\d{2}\.\d{2}[A-Z])?$"),
            "effectif": text(),
            "interet": text(),
            "besoin": text(),
            "besoin_precision": text(),
            "sens": text("", "disponible", "recherchee"),
            "nature": text(),
            "nature_precision": text(),
            "quantite": number(0.0),
            "unite": text(),
            "periode": text(),
            "mois_debut": text(pattern=r"^(\d{2})?$"),
            "mois_fin": text(pattern=r"^(\d{2})?$"),
            "disponible_des": text(pattern=_DAY),
            "etat": text(),
            "stockage": text(),
            "code_dechet": text(pattern=r"^(\d{2} \d{2} \d{2}\*?)?$"),
            "qualite": text(),
            "devenir": text(),
            "devenir_precision": text(),
            "prix": text(),
            "contrat_fin": text(pattern=_DAY),
            "distance_km": number(0.0),
            "contact_nom": text(),
            "contact_fonction": text(),
            "contact_courriel": text(),
            "contact_telephone": text(),
            "consent_traitement": flag(),
            "consent_recontact": flag(),
            "consent_citation": flag(),
            "consent_carte": flag(),
            "consent_partage": flag(),
        },
    ),
    TableSpec(
        "needs",
        ("site_id", "resource"),
        {
            "site_id": text(),
            "resource": text(),
            "t_low": number(0.0),
            "t_mid": number(0.0),
            "t_high": number(0.0),
            "method": text("survey"),
            "evidence": text(*EVIDENCE_CLASSES),
        },
    ),
    TableSpec(
        "outlet_flows",
        ("site_id", "waste_code", "outlet_id"),
        {
            "site_id": text(),
            "waste_code": text(),
            "outlet_id": text(),
            "kind": text("allowed", "used"),
            "t": number(0.0),
            "tkm": number(0.0),
            "cost_eur": number(),
            "kgco2e": number(0.0),
        },
    ),
    # Declarations of the register of emissions (IREP), as its archives have them, and
    # the site of the study that each speaks of (empty: none).
    TableSpec(
        "waste_declarations",
        ("file", "row", "year"),
        {
            "site_id": text(),
            "year": text(),
            "waste_code": text(),
            "label": text(),
            "hazardous": flag(),
            "operation": text(),
            "dep": text(),
            "country": text(),
            "admitted_t": number(0.0),
            "mass_t": number(0.0),
            "file": text(),
            "row": text(),
        },
    ),
    # Declarations of the register of emissions (IREP), which is public: cited as it is.
    TableSpec(
        "declared_destinations",
        ("year", "chapter", "hazardous", "kind", "place", "dep"),
        {
            "year": count(2003),
            "chapter": text(pattern=r"^\d{2}$"),
            "hazardous": flag(),
            "kind": text(),
            "place": text("propre", "autre", "etranger", "inconnu"),
            "dep": text(),
            "mass_t": number(0.0),
            "n_sites": count(1),
            "evidence": text("O"),
        },
    ),
    # What the ratios say of declared waste that was hidden from them: no site is named.
    TableSpec(
        "backtest",
        ("measure", "item"),
        {
            "measure": text(
                "coverage_sites",
                "coverage_tonnes",
                "median_ratio",
                "own_departement",
                "set_aside",
            ),
            "item": text(),
            "first_year": count(2003),
            "last_year": count(2003),
            "n_sites": count(1),
            "declared_t": number(0.0),
            "observed": number(0.0),
            "expected": number(0.0),
            "low": number(0.0),
            "high": number(0.0),
            "law_low": number(0.0),
            "law_high": number(0.0),
            "verdict": text("", "tenu", "non_tenu", "indecis"),
        },
    ),
    # What `eitgeo survey publish` let out: the one trace of answers in a public study;
    # in a private one, the same sums whoever makes them.
    TableSpec(
        "survey_public",
        ("epci_siren", "subject", "item"),
        {
            "epci_siren": text(pattern=r"^\d{9}$"),
            "subject": text("inscrites", "flux", "exutoire"),
            "item": text(),
            "n_firms": count(1),
            "mass_t": number(0.0),
            "published_on": text(pattern=r"^\d{4}-\d{2}-\d{2}$"),
        },
    ),
    # What `eitgeo survey publish --pesees` let out of the weighbridges: the place is an
    # EPCI (nine digits) or a division of NAF (two); in a private study, every sum.
    TableSpec(
        "weighed_public",
        ("place", "client", "family", "year"),
        {
            "place": text(pattern=r"^(\d{9}|\d{2})$"),
            "client": text("professionnel", "collectivite"),
            "family": text(*WEIGHED_FAMILIES),
            "year": text(pattern=r"^\d{4}$"),
            "first_day": text(pattern=r"^\d{4}-\d{2}-\d{2}$"),
            "last_day": text(pattern=r"^\d{4}-\d{2}-\d{2}$"),
            "n_clients": count(1),
            "mass_t": number(0.0),
            "outlets": text(),
            "published_on": text(pattern=r"^\d{4}-\d{2}-\d{2}$"),
        },
    ),
]
