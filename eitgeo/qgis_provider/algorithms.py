"""The algorithms: what each asks for; a name in capitals is the key of the task.

One that ends in ``_KEY`` names the rows of a layer.
"""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterMatrix,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorDestination,
)

from .task import CHOICES, Task

POINTS, POLYGONS = QgsProcessing.TypeVectorPoint, QgsProcessing.TypeVectorPolygon


def source(name: str, label: str, kind: int, *, optional: bool = False) -> list[Any]:
    """Ask for a layer and, unless the task only takes its shape, for its key."""
    key = f"{name}_KEY"
    told = f"{label} : champ qui nomme chaque entité (à défaut, son numéro)"
    return [
        QgsProcessingParameterFeatureSource(name, label, [kind], optional=optional),
        QgsProcessingParameterField(key, told, "", name, optional=True),
    ]


def contour(name: str, label: str) -> Any:
    """Ask for the shape of a contour."""
    return QgsProcessingParameterFeatureSource(name, label, [POLYGONS])


def field(name: str, label: str, parent: str, *, several: bool = False) -> Any:
    """Ask for columns of a layer; those of figures where there may be several."""
    kind = QgsProcessingParameterField.Any
    if several or name == "JOBS":
        kind = QgsProcessingParameterField.Numeric
    return QgsProcessingParameterField(
        name, label, None, parent, kind, several, optional=True
    )


def roads(*, optional: bool = False) -> Any:
    """Ask for a road network."""
    label = "Réseau routier (extrait OpenStreetMap ou BD TOPO)"
    kinds = "Réseau routier (*.pbf *.osm *.bz2 *.gpkg *.shp *.7z *.zip)"
    return QgsProcessingParameterFile(
        "ROADS", label, fileFilter=kinds, optional=optional
    )


def choice(name: str, label: str, default: int = 0) -> Any:
    """Ask for one of some words."""
    return QgsProcessingParameterEnum(
        name, label, list(CHOICES[name]), defaultValue=default
    )


def number(name: str, label: str, default: float | None, **more: Any) -> Any:
    """Ask for a number above 0; a whole one where the default is."""
    kinds = QgsProcessingParameterNumber
    kind = kinds.Integer if isinstance(default, int) else kinds.Double
    return kinds(name, label, kind, default, minValue=0, **more)


def written(
    name: str, label: str, kind: int = QgsProcessing.TypeVector, *, asked: bool = True
) -> Any:
    """Say what is written; the last ones only where they are asked for."""
    return QgsProcessingParameterVectorDestination(
        name, label, kind, optional=not asked, createByDefault=asked
    )


UNITS = [
    *source("UNITS", "Unités (communes, EPCI), sans trou ni recouvrement", POLYGONS),
    field("SUMS", "Champs à sommer", "UNITS", several=True),
]
GROUP = field("GROUP", "Champ de l’intercommunalité de chaque unité", "UNITS")


class Matrix(Task):
    """Trips between points."""

    task, title = "matrix", "Matrice de temps et de distances (camion ou voiture)"
    text = (
        "Minutes et kilomètres de chaque trajet, du chemin le plus rapide pour ce "
        "véhicule : sens, interdictions de tourner, limites de poids et de hauteur "
        "connues. Une ligne par paire ; « statut » dit pourquoi un trajet manque."
    )
    asks = (
        *source("ORIGINS", "Origines", POINTS),
        *source(
            "DESTINATIONS", "Destinations (à défaut, origines)", POINTS, optional=True
        ),
        roads(),
        choice("VEHICLE", "Véhicule"),
        number("MAX_MINUTES", "Trajet le plus long (min)", None, optional=True),
        number("MAX_SNAP_M", "Route la plus éloignée d’un point (m)", 2000.0),
        written("TABLE", "Trajets"),
    )


class Isochrones(Task):
    """What is reached in so many minutes."""

    task, title = "isochrones", "Isochrones par la route"
    text = (
        "Ce qu’on atteint depuis le plus proche des points, un polygone par durée : "
        "routes atteintes, élargies de 250 m. Chaque polygone tient les plus courts."
    )
    asks = (
        *source("PLACES", "Départs", POINTS),
        roads(),
        QgsProcessingParameterMatrix(
            "MINUTES", "Durées", headers=["minutes"], defaultValue=[15, 30, 45]
        ),
        choice("VEHICLE", "Véhicule", 1),
        written("LAYER", "Isochrones", POLYGONS),
    )


class Zones(Task):
    """Sites gathered into zones."""

    task, title = "zones", "Zones de sites (emplois, distance par la route)"
    text = (
        "Rassemble les sites voisins : assez de sites, ou assez d’emplois, à moins du "
        "rayon font une zone ; un grand site seul est gardé (« I001 »). Distances à "
        "vol d’oiseau, ou par la route (camion) avec un réseau."
    )
    asks = (
        *source("SITES", "Sites", POINTS),
        field("JOBS", "Champ des emplois (à défaut, les sites seuls)", "SITES"),
        choice("DISTANCE", "Distance"),
        roads(optional=True),
        number("RADIUS", "Rayon (m, ou min)", 500.0),
        number("MIN_SITES", "Sites au moins", 3),
        number("MIN_JOBS", "Emplois au moins", 30.0),
        number("ISOLATED_JOBS", "Emplois d’un site seul, au moins", 50.0),
        choice("METHOD", "Méthode"),
        written("LAYER", "Zones", POLYGONS),
        written("MEMBERS", "Zone de chaque site", POINTS, asked=False),
    )


class Unions(Task):
    """Every union in one piece."""

    task, title = "unions", "Unions d’EPCI d’un seul tenant"
    text = (
        "Toutes les unions d’un seul tenant qui tiennent l’unité de départ, chacune "
        "une fois, avec ses membres et ses sommes ; ou un refus au-delà de la limite, "
        "jamais une liste tronquée. Se toucher en un point n’est pas être voisin."
    )
    asks = (
        *UNITS,
        QgsProcessingParameterString("ROOT", "Unité de départ (sa valeur du champ)"),
        number("LIMIT", "Unions au plus", 20_000),
        written("TABLE", "Unions"),
        written("LAYER", "Contours des unions", POLYGONS, asked=False),
    )


class Certify(Task):
    """What a contour is."""

    task, title = "certify", "Certifier un contour"
    text = (
        "Ce qu’est un contour, recalculé sur les unités dont le milieu y tombe : "
        "morceaux, enclaves, surface, compacité, intercommunalités entières ou "
        "coupées, sommes. « ecart_km2 » : ce que le tracé a de plus ou de moins."
    )
    asks = (
        *UNITS,
        GROUP,
        contour("CONTOUR", "Contour"),
        written("LAYER", "Contour certifié", POLYGONS),
    )


class Difference(Task):
    """What a contour changes to another."""

    task, title = "difference", "Écart de deux contours"
    text = (
        "Les deux contours côte à côte, ce que le second change, et les unités qui "
        "entrent et qui sortent. Une unité est à un contour si son milieu y tombe."
    )
    asks = (
        *UNITS,
        GROUP,
        contour("FIRST", "Premier contour"),
        contour("SECOND", "Second contour"),
        written("TABLE", "Écart"),
        written("LAYER", "Unités qui entrent ou sortent", POLYGONS, asked=False),
    )


ALGORITHMS = (Matrix, Isochrones, Zones, Unions, Certify, Difference)
