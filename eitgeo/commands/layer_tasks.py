"""What another program asks of the library: a task in JSON, files in, files out.

QGIS runs on libraries of its own, older than ours: its provider calls this in a process
(``eitgeo layers TASK.json``). Nothing is guessed: a key that a task does not know is
refused. Roads and zones take seconds to import: each task imports what it calls.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import Field

from eitgeo.check import WORKING_EPSG, Faults, hint
from eitgeo.commands.layer_files import (
    listed,
    read_layer,
    require_free_names,
    require_label,
    sound_coverage,
    write_layer,
    write_table,
    write_trips,
)
from eitgeo.errors import (
    InfeasibleError,
    SchemaError,
    SourceError,
    StudyError,
    unread_reason,
)
from eitgeo.study.base import Positive, Section, Share
from eitgeo.study.project import validated

_PAIRS_MAX = 36_000_000
"""Some 6 GB while they are computed: 176 bytes a pair, measured on 4 million."""
_FRENCH = {
    "n_units": "n_unites",
    "n_pieces": "n_morceaux",
    "n_holes": "n_enclaves",
    "area_km2": "surface_km2",
    "perimeter_km": "perimetre_km",
    "compactness": "compacite",
    "groups_whole": "groupes_entiers",
    "groups_cut": "groupes_coupes",
}
"""Name of a figure of the library → of its column."""
_MEMBERS, _GAP, _CONTOUR = "membres", "ecart_km2", "contour"
_JOINS, _LEAVES = "entrent", "sortent"
_TAKEN = (*_FRENCH.values(), _MEMBERS, _GAP, _CONTOUR, _JOINS, _LEAVES, "nom")

type Names = tuple[str, ...]
type Vehicle = Literal["truck", "car"]


class Layer(Section):
    """A layer of a file; ``key`` is the column that names its rows, if any does."""

    path: Path
    layer: str
    key: str = ""

    def read(self, kind: str, **columns: Any) -> gpd.GeoDataFrame:
        """Read it, whole."""
        return read_layer(
            self.path, layer=self.layer, kind=kind, key=self.key, **columns
        )


class Matrix(Section):
    """Minutes and kilometres between points."""

    origins: Layer
    destinations: Layer | None = None
    roads: Path
    vehicle: Vehicle = "truck"
    max_minutes: Positive | None = None
    max_snap_m: Positive = 2_000.0
    table: Path

    def run(self) -> None:
        """Write a row a pair."""
        from eitgeo.library import roads  # noqa: PLC0415

        starts = self.origins.read("points")
        stops = None if self.destinations is None else self.destinations.read("points")
        n_pairs = len(starts) * len(starts if stops is None else stops)
        if n_pairs > _PAIRS_MAX:
            message = (
                f"{n_pairs} trajets, {_PAIRS_MAX} au plus → couper la couche des "
                "origines en plusieurs"
            )
            raise InfeasibleError(message)
        trips = roads.od_matrix(
            roads.read_roads(self.roads),
            starts,
            stops,
            vehicle=self.vehicle,
            max_minutes=np.inf if self.max_minutes is None else self.max_minutes,
            max_snap_m=self.max_snap_m,
        )
        write_trips(self.table, trips)


class Isochrones(Section):
    """What is reached from the nearest of some points."""

    places: Layer
    roads: Path
    minutes: tuple[Positive, ...] = Field((15.0, 30.0, 45.0), min_length=1)
    vehicle: Vehicle = "car"
    layer: Path

    def run(self) -> None:
        """Write a row a band."""
        from eitgeo.library import roads  # noqa: PLC0415

        bands = roads.isochrones(
            roads.read_roads(self.roads),
            self.places.read("points"),
            minutes=self.minutes,
            vehicle=self.vehicle,
        )
        names = {"road_km": "route_km", "area_km2": "surface_km2"}
        write_layer(self.layer, bands.rename(columns=names), shape="MultiPolygon")


class Zones(Section):
    """Sites gathered into zones."""

    sites: Layer
    jobs: str = ""
    roads: Path | None = None
    distance: Literal["plane", "road_m", "road_min"] = "plane"
    vehicle: Vehicle = "truck"
    radius: Positive = 500.0
    min_sites: int = Field(3, ge=1)
    min_jobs: Positive = 30.0
    isolated_jobs: Positive = 50.0
    method: Literal["dbscan", "hdbscan"] = "dbscan"
    hull_ratio: Share = 0.4
    layer: Path
    members: Path | None = None

    def run(self) -> None:
        """Write a row a zone and, where asked, a row a site."""
        from eitgeo.library import roads, zones  # noqa: PLC0415

        if (self.roads is None) != (self.distance == "plane"):
            message = (
                "distance par la route et réseau routier vont ensemble → donner les "
                "deux, ou aucun des deux"
            )
            raise StudyError(message)
        sites = self.sites.read("points", numbers=[self.jobs] if self.jobs else [])
        zone = zones.cluster_sites(
            sites,
            radius=self.radius,
            jobs=self.jobs or None,
            min_sites=self.min_sites,
            min_jobs=self.min_jobs,
            isolated_jobs=self.isolated_jobs,
            method=self.method,
            roads=None if self.roads is None else roads.read_roads(self.roads),
            vehicle=self.vehicle,
            in_minutes=self.distance == "road_min",
        )
        outlines = zones.zone_outlines(sites, zone, hull_ratio=self.hull_ratio)
        layer = outlines.rename(columns={"area_ha": "surface_ha"}).rename_axis("zone")
        write_layer(self.layer, layer, shape="Polygon")
        if self.members is not None:
            rows = sites[["geometry"]].assign(zone=zone).rename_axis("nom")
            write_layer(self.members, rows, shape="Point")


class _OfUnits(Section):
    """A task on polygons that form a coverage."""

    units: Layer
    group: str = ""
    sums: Names = ()

    def read_units(self) -> gpd.GeoDataFrame:
        """Read the units, with the columns that are summed or grouped by."""
        require_free_names(self.sums, taken=_TAKEN)
        texts = [self.group] if self.group else []
        return self.units.read("polygones", texts=texts, numbers=self.sums)

    def held_by(self, contour: Layer, units: gpd.GeoDataFrame) -> tuple[list[str], Any]:
        """List the units whose middle lies in a contour, and give its shape."""
        shape = contour.read("polygones").union_all()
        inside = units.representative_point().within(shape).to_numpy()
        if not inside.any():
            message = f"couche « {contour.layer} » : le contour ne tient aucune unité"
            raise SchemaError(message)
        return units.index[inside].tolist(), shape


class Unions(_OfUnits):
    """Every union in one piece around a unit."""

    root: str
    limit: int = Field(20_000, ge=1)
    table: Path
    layer: Path | None = None

    def run(self) -> None:
        """Write a row a union and, where asked, its polygon."""
        from eitgeo.library import perimeters  # noqa: PLC0415

        units = self.read_units()
        require_label(self.root, units.index, where=self.units.layer)
        with sound_coverage(self.units.layer):
            unions = perimeters.unions_of(
                units, root=self.root, sums=self.sums, limit=self.limit
            )
        members = unions.pop("members")
        table = unions.rename(columns=_FRENCH).assign(membres=members.map(listed))
        write_table(self.table, pa.Table.from_pandas(table, preserve_index=False))
        if self.layer is not None:
            shapes = [units.loc[list(one)].union_all() for one in members]
            layer = gpd.GeoDataFrame(table, geometry=shapes, crs=WORKING_EPSG)
            write_layer(self.layer, layer, shape="MultiPolygon")


class Certify(_OfUnits):
    """What a contour is."""

    contour: Layer
    layer: Path

    def run(self) -> None:
        """Write the contour of the units that it holds, with what it is."""
        from eitgeo.library import perimeters  # noqa: PLC0415

        units = self.read_units()
        members, shape = self.held_by(self.contour, units)
        with sound_coverage(self.units.layer):
            figures = perimeters.certify(
                members, units, group=self.group or None, sums=self.sums
            )
        whole = units.loc[members].union_all()
        row = _row(figures) | {
            _MEMBERS: listed(members),
            _GAP: whole.symmetric_difference(shape).area / 1e6,
        }
        layer = gpd.GeoDataFrame([row], geometry=[whole], crs=WORKING_EPSG)
        write_layer(self.layer, layer, shape="MultiPolygon")


class Difference(_OfUnits):
    """What a contour changes to another."""

    first: Layer
    second: Layer
    table: Path
    layer: Path | None = None

    def run(self) -> None:
        """Write both, what changes and, where asked, the units that come and go."""
        from eitgeo.library import perimeters  # noqa: PLC0415

        units = self.read_units()
        first, second = (
            self.held_by(one, units)[0] for one in (self.first, self.second)
        )
        with sound_coverage(self.units.layer):
            gaps = perimeters.compare(
                first, second, units, group=self.group or None, sums=self.sums
            )
        moved: dict[str, Any] = {
            name: gaps.loc[name, "second"] for name in ("joins", "leaves")
        }
        rows = [
            {_CONTOUR: word} | _row(gaps[name].drop(["joins", "leaves"]))
            for word, name in (("premier", "first"), ("second", "second"))
        ]
        change = gaps["change"].drop(["joins", "leaves"])
        rows.append({_CONTOUR: "écart"} | _row(change[change.notna()]))
        table = pd.DataFrame(rows)
        table[_JOINS] = [None, None, listed(moved["joins"])]
        table[_LEAVES] = [None, None, listed(moved["leaves"])]
        write_table(self.table, pa.Table.from_pandas(table, preserve_index=False))
        if self.layer is not None:
            write_layer(self.layer, _moved(units, moved), shape="MultiPolygon")


def _row(told: pd.Series[Any]) -> dict[str, Any]:
    """Name the figures of a certificate in French."""
    return {
        _FRENCH.get(f"{name}", f"{name}"): (
            listed(value) if isinstance(value, tuple) else value
        )
        for name, value in told.items()
    }


def _moved(
    units: gpd.GeoDataFrame, moved: Mapping[str, Sequence[str]]
) -> gpd.GeoDataFrame:
    names = [*moved["joins"], *moved["leaves"]]
    ways = ["entre"] * len(moved["joins"]) + ["sort"] * len(moved["leaves"])
    return gpd.GeoDataFrame(
        {"nom": pd.Series(names, dtype="str"), "sens": pd.Series(ways, dtype="str")},
        geometry=units.geometry.loc[names].to_numpy(),
        crs=WORKING_EPSG,
    )


TASKS: dict[str, type[Section]] = {
    "matrix": Matrix,
    "isochrones": Isochrones,
    "zones": Zones,
    "unions": Unions,
    "certify": Certify,
    "difference": Difference,
}


def run_task(path: Path) -> None:
    """Do what a file of JSON asks: its key ``task``, and those of that task."""
    try:
        raw = json.loads(path.read_bytes())
    except OSError as error:
        message = f"{path.name} : lecture impossible ({unread_reason(error)})"
        raise SourceError(message) from error
    except (ValueError, RecursionError) as error:
        message = f"{path.name} : JSON mal formé → corriger le fichier"
        raise SourceError(message) from error
    name = raw.pop("task", "") if isinstance(raw, dict) else ""
    if not isinstance(name, str) or name not in TASKS:
        message = f"{path.name} : tâche « {name} » inconnue → {hint(f'{name}', TASKS)}"
        raise StudyError(message)
    task: Any = validated(TASKS[name], raw, where=path.name)
    _require_outputs(task, where=path.name)
    task.run()


_SUFFIXES = {"table": ".csv", "layer": ".gpkg", "members": ".gpkg"}


def _require_outputs(task: Section, *, where: str) -> None:
    """Refuse outputs of another format, or that would replace what is read."""
    faults, values = Faults(where), dict(task)
    paths = [one.path if isinstance(one, Layer) else one for one in values.values()]
    outputs = {name: values[name] for name in _SUFFIXES if values.get(name)}
    used = [one.resolve() for one in paths if isinstance(one, Path)]
    for name, output in outputs.items():
        if output.suffix.lower() != _SUFFIXES[name]:
            faults.add(
                f"« {name} » = {output.name}", remedy=f"finir en {_SUFFIXES[name]}"
            )
        if used.count(output.resolve()) > 1:
            faults.add(f"« {name} » : fichier déjà pris", remedy="en nommer un autre")
    faults.raise_if_any(StudyError)
