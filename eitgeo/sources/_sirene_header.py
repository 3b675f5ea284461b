"""Official headers of the SIRENE files, and the columns that are read."""

from __future__ import annotations

from dataclasses import dataclass

ESTABLISHMENT_HEADER = (
    "siren",
    "nic",
    "siret",
    "statutDiffusionEtablissement",
    "dateCreationEtablissement",
    "trancheEffectifsEtablissement",
    "anneeEffectifsEtablissement",
    "activitePrincipaleRegistreMetiersEtablissement",
    "dateDernierTraitementEtablissement",
    "etablissementSiege",
    "nombrePeriodesEtablissement",
    "complementAdresseEtablissement",
    "numeroVoieEtablissement",
    "indiceRepetitionEtablissement",
    "dernierNumeroVoieEtablissement",
    "indiceRepetitionDernierNumeroVoieEtablissement",
    "typeVoieEtablissement",
    "libelleVoieEtablissement",
    "codePostalEtablissement",
    "libelleCommuneEtablissement",
    "libelleCommuneEtrangerEtablissement",
    "distributionSpecialeEtablissement",
    "codeCommuneEtablissement",
    "codeCedexEtablissement",
    "libelleCedexEtablissement",
    "codePaysEtrangerEtablissement",
    "libellePaysEtrangerEtablissement",
    "identifiantAdresseEtablissement",
    "coordonneeLambertAbscisseEtablissement",
    "coordonneeLambertOrdonneeEtablissement",
    "complementAdresse2Etablissement",
    "numeroVoie2Etablissement",
    "indiceRepetition2Etablissement",
    "typeVoie2Etablissement",
    "libelleVoie2Etablissement",
    "codePostal2Etablissement",
    "libelleCommune2Etablissement",
    "libelleCommuneEtranger2Etablissement",
    "distributionSpeciale2Etablissement",
    "codeCommune2Etablissement",
    "codeCedex2Etablissement",
    "libelleCedex2Etablissement",
    "codePaysEtranger2Etablissement",
    "libellePaysEtranger2Etablissement",
    "dateDebut",
    "etatAdministratifEtablissement",
    "enseigne1Etablissement",
    "enseigne2Etablissement",
    "enseigne3Etablissement",
    "denominationUsuelleEtablissement",
    "activitePrincipaleEtablissement",
    "nomenclatureActivitePrincipaleEtablissement",
    "caractereEmployeurEtablissement",
    "activitePrincipaleNAF25Etablissement",
)
"""``StockEtablissement_utf8``: comma, UTF-8; the last column since 16/12/2025."""

LEGAL_UNIT_HEADER = (
    "siren",
    "statutDiffusionUniteLegale",
    "unitePurgeeUniteLegale",
    "dateCreationUniteLegale",
    "sigleUniteLegale",
    "sexeUniteLegale",
    "prenom1UniteLegale",
    "prenom2UniteLegale",
    "prenom3UniteLegale",
    "prenom4UniteLegale",
    "prenomUsuelUniteLegale",
    "pseudonymeUniteLegale",
    "identifiantAssociationUniteLegale",
    "trancheEffectifsUniteLegale",
    "anneeEffectifsUniteLegale",
    "dateDernierTraitementUniteLegale",
    "nombrePeriodesUniteLegale",
    "categorieEntreprise",
    "anneeCategorieEntreprise",
    "dateDebut",
    "etatAdministratifUniteLegale",
    "nomUniteLegale",
    "nomUsageUniteLegale",
    "denominationUniteLegale",
    "denominationUsuelle1UniteLegale",
    "denominationUsuelle2UniteLegale",
    "denominationUsuelle3UniteLegale",
    "categorieJuridiqueUniteLegale",
    "activitePrincipaleUniteLegale",
    "nomenclatureActivitePrincipaleUniteLegale",
    "nicSiegeUniteLegale",
    "economieSocialeSolidaireUniteLegale",
    "societeMissionUniteLegale",
    "caractereEmployeurUniteLegale",
    "activitePrincipaleNAF25UniteLegale",
)
"""``StockUniteLegale_utf8``: comma, UTF-8."""

GEOLOCATION_HEADER = (
    "siret",
    "x",
    "y",
    "qualite_xy",
    "epsg",
    "plg_qp24",
    "plg_iris",
    "plg_zus",
    "plg_qp15",
    "plg_qva",
    "plg_code_commune",
    "distance_precision",
    "qualite_qp24",
    "qualite_iris",
    "qualite_zus",
    "qualite_qp15",
    "qualite_qva",
    "y_latitude",
    "x_longitude",
)
"""``GeolocalisationEtablissement_Sirene_pour_etudes_statistiques_utf8``: semicolon,
UTF-8; the case of the names varies from one edition to the next."""


@dataclass(frozen=True)
class Layout:
    """What is read from one of the files.

    Attributes
    ----------
    separator
        Of the CSV form.
    needed
        Official column → name here; a file without one is refused.
    optional
        The same; a file without one gives empty cells.
    """

    separator: str
    needed: dict[str, str]
    optional: dict[str, str]


ESTABLISHMENTS = Layout(
    separator=",",
    needed={
        "siret": "siret",
        "statutDiffusionEtablissement": "status",
        "trancheEffectifsEtablissement": "bracket",
        "codeCommuneEtablissement": "code_insee",
        "etatAdministratifEtablissement": "state",
        "enseigne1Etablissement": "sign",
        "denominationUsuelleEtablissement": "usual_name",
        "activitePrincipaleEtablissement": "activity",
        "nomenclatureActivitePrincipaleEtablissement": "nomenclature",
    },
    optional={"activitePrincipaleNAF25Etablissement": "activity_2025"},
)

LEGAL_UNITS = Layout(
    separator=",",
    needed={
        "siren": "siren",
        "statutDiffusionUniteLegale": "unit_status",
        "denominationUniteLegale": "unit_name",
        "categorieJuridiqueUniteLegale": "category",
    },
    optional={},
)

GEOLOCATION = Layout(
    separator=";",
    needed={
        "siret": "siret",
        "x": "x",
        "y": "y",
        "qualite_xy": "qualite_xy",
        "epsg": "epsg",
    },
    optional={},
)
