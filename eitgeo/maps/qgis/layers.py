"""What a layer of the QGIS project is; French names of columns; the one to draw in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from eitgeo.check import WORKING_EPSG, Faults, require_lambert93
from eitgeo.errors import SchemaError
from eitgeo.maps.qgis.styles import Class, Fill, Label, Style
from eitgeo.outlines import DRAWN_LAYER

GEOMETRIES = {"Point": 0, "MultiPoint": 0, "LineString": 1, "MultiLineString": 1}
_AREA = 2
KINDS = ("Point", "Line", "Polygon", "No geometry")
_TABLE = 3
_INK = "#d81b60"
_COLUMNS = {"nom": "Nom", "auteur": "Auteur", "note": "Note"}
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


@dataclass(frozen=True)
class QgisLayer:
    """A layer of the project."""

    name: str  # Of the table in the GeoPackage: letters, digits and « _ »
    title: str  # What the analyst reads
    group: str  # Group of the layer tree
    # A GeoDataFrame in EPSG:2154, or a table without geometry
    rows: pd.DataFrame = field(repr=False)
    # Column → French name; every column of `rows` has one
    aliases: Mapping[str, str] = field(repr=False)
    style: Style = field(default_factory=Style, repr=False)
    shown: bool = True  # Whether it is ticked when the project opens
    sources: tuple[str, ...] = ()  # Credits and licences, French
    # Why it is a demonstration, French; empty when its inputs are real
    demonstration: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()  # What is « à confirmer », French
    themes: Sequence[str] = ()  # Map themes, each with its print layout, that show it
    subset: str = ""  # Rows shown, as SQL (``"perimeter_id" = 'a'``); empty: all
    table: str = ""  # Table of the GeoPackage that holds the rows; empty: `name`
    # File of the user that holds the layer, which is edited there; empty: that of the
    # study, read-only
    file: str = ""

    @property
    def held_in(self) -> str:
        """Return the table of the GeoPackage that holds the rows."""
        return self.table or self.name

    @property
    def key(self) -> str:
        """Return what the project calls the layer."""
        return f"eitgeo_couche_{self.name}"

    @property
    def kind(self) -> str:
        """Return what is drawn."""
        if not isinstance(self.rows, gpd.GeoDataFrame):
            return KINDS[_TABLE]
        met = self.rows.geometry.dropna().geom_type
        return KINDS[_AREA if met.empty else GEOMETRIES.get(met.iloc[0], _AREA)]


def check_layers(layers: Sequence[QgisLayer]) -> None:
    """Refuse layers that QGIS could not tell apart or draw where they are."""
    faults = Faults("projet QGIS")
    tables: dict[str, pd.DataFrame] = {}
    seen: set[str] = set()
    for layer in layers:
        if not layer.name.replace("_", "").isalnum() or not layer.name.isascii():
            faults.add(f"couche « {layer.name} »", remedy="lettres, chiffres et « _ »")
        if layer.name in seen:
            faults.add(f"couche « {layer.name} » donnée deux fois", remedy="renommer")
        seen.add(layer.name)
        if tables.setdefault(layer.held_in, layer.rows) is not layer.rows:
            faults.add(
                f"table « {layer.held_in} » : deux contenus", remedy="une table chacune"
            )
        columns = [name for name in layer.rows.columns if name != "geometry"]
        bare = [name for name in columns if name not in layer.aliases]
        if bare:
            faults.add(
                f"couche « {layer.name} » : {', '.join(bare)} sans nom français",
                remedy="compléter « aliases »",
            )
        if isinstance(layer.rows, gpd.GeoDataFrame):
            require_lambert93(layer.rows, where=layer.name)
    faults.raise_if_any(SchemaError)


def drawing_layer() -> QgisLayer:
    """Describe the layer; it lies in a file of the user, beside that of the study."""
    fields = {column: pd.Series(dtype="str") for column in _COLUMNS}
    return QgisLayer(
        name=DRAWN_LAYER.stem,
        title="Périmètres à tester",
        group="Périmètres à tester (à dessiner)",
        rows=gpd.GeoDataFrame(fields, geometry=[], crs=WORKING_EPSG),
        aliases=_COLUMNS,
        style=Style(
            [Class("Périmètre à tester", Fill(outline=_INK, width_mm=0.9))],
            label=Label("nom", 9, _INK, bold=True),
            form=tuple(_COLUMNS),
        ),
        file=DRAWN_LAYER.name,
    )
