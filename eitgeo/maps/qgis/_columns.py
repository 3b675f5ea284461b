"""French names of the columns that an analyst reads."""

_EVIDENCE = "Fiabilité (O observé, S source, H hypothèse)"

COMMUNE_COLUMNS = {
    "code_insee": "Code INSEE",
    "nom": "Commune",
    "epci_siren": "SIREN de l’EPCI",
    "epci_name": "EPCI",
    "dep": "Département",
    "population": "Population municipale",
    "area_km2": "Superficie (km²)",
    "density": "Densité (hab./km²)",
}
PERIMETER_COLUMNS = {
    "perimeter_id": "Identifiant",
    "name": "Périmètre",
    "method": "Méthode",
    "membership_status": "Appartenances",
    "n_communes": "Communes",
    "population": "Population municipale",
    "area_km2": "Superficie (km²)",
    "certificate": "Certificat",
}
ZONE_COLUMNS = {
    "zone_id": "Zone",
    "kind": "Nature",
    "code_insee": "Code INSEE",
    "n_sites": "Établissements",
    "size_class": "Classe d’effectif",
    "main_naf": "Division NAF principale",
    "stability": "Stabilité (0 à 1)",
    "official_zone": "Zone déjà dessinée (inventaire, ou OpenStreetMap)",
    "evidence": _EVIDENCE,
}
INDICATOR_COLUMNS = {
    "perimeter_id": "Identifiant du périmètre",
    "indicator_id": "Identifiant de l’indicateur",
    "label": "Indicateur",
    "value": "Valeur",
    "low": "Bas",
    "high": "Haut",
    "unit": "Unité",
    "evidence": _EVIDENCE,
    "note": "Note",
}
TOWN_COLUMNS = {
    "name": "Ville",
    "population": "Population municipale",
    "code_insee": "Code INSEE",
    "kind": "Rôle",
}
OUTLET_COLUMNS = {
    "outlet_id": "Identifiant",
    "name": "Exutoire",
    "kind": "Code du type",
    "label": "Type",
    "status": "Statut de la donnée",
    "code_insee": "Code INSEE",
}
CORE_COLUMNS = {
    "code_insee": "Code INSEE",
    "nom": "Commune",
    "epci_name": "EPCI",
    "share": "Part des contours (%)",
    "level": "Classe",
    "evidence": _EVIDENCE,
}
ARISING_COLUMNS = {
    "communes": "Communes du groupe",
    "n_communes": "Nombre de communes",
    "tonnes": "Classe de gisement potentiel estimé",
    "evidence": _EVIDENCE,
}
EXCHANGE_COLUMNS = {
    "donor": "EPCI qui donnerait",
    "receiver": "EPCI qui prendrait",
    "tonnes": "Classe d’échange potentiel",
    "evidence": _EVIDENCE,
}
BODY_COLUMNS = {
    "body_id": "Identifiant",
    "name": "Structure",
    "kind": "Nature",
    "legal_person": "Personnalité juridique",
    "economic_competence": "Compétence économique",
    "waste_competence": "Compétence déchets",
    "n_communes": "Communes du territoire",
    "population": "Population municipale",
    "status": "Liste des membres",
}
EPCI_COLUMNS = {"epci_siren": "SIREN", "name": "EPCI", "short_name": "Nom court"}
