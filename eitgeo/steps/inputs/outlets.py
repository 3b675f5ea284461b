"""Gather treatment sites, and the towns that maps name."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from eitgeo.sources.files.loaded import Audited, Loaded, dropped_rows, note_rows
from eitgeo.sources.territory.places import read_places, towns_of_communes
from eitgeo.sources.waste.outlet_merge import (
    merge_outlets,
    read_outlet_aliases,
    without_names,
    without_numbers,
)
from eitgeo.steps.files import outlet_files
from eitgeo.steps.inputs.losses import tell_changed_files, write_losses
from eitgeo.steps.inputs.readers import load_outlets
from eitgeo.steps.inputs.renewal import load_former, renewed
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table


@step(
    "Exutoires et villes",
    writes=("outlets", "places", "outlets_dropped", "outlets_remarks"),
    files="outlet_files",
)
def run(
    communes: gpd.GeoDataFrame, withheld_sites: pd.DataFrame, *, project: Project
) -> dict[str, object]:
    """Write ``outlets``, ``places``, ``outlets_dropped`` and ``outlets_remarks``."""
    tell_changed_files(project, outlet_files(project))
    sources = project.study.sources
    former = load_former(project, communes)
    parts = [
        (one.reader, load_outlets(project, one, communes=communes, former=former))
        for one in sources.outlets
    ]
    withheld = withheld_sites["site_id"]
    read = [without_names(part.table, withheld) for _, part in parts]
    merged = merge_outlets(read, aliases=_aliases(project))
    outlets = without_numbers(merged.table, read, withheld)
    towns = _towns(project, communes, former)
    write_table(project.processed, outlets, table="outlets")
    write_table(project.processed, towns.table, table="places")
    losses = write_losses(
        project.processed,
        "outlets",
        [*parts, ("réunion des sources", merged), ("places", towns)],
    )
    return {
        "exutoires": len(merged.table),
        "villes et villages": len(towns.table),
        **losses,
    }


def _aliases(project: Project) -> pd.DataFrame | None:
    written = project.study.sources.outlet_aliases
    if written is None:
        return None
    return read_outlet_aliases(project.path(written)).table


def _towns(
    project: Project, communes: gpd.GeoDataFrame, former: pd.DataFrame
) -> Audited:
    written = project.study.sources.places
    if written is None:
        return Audited(towns_of_communes(communes), dropped_rows([]), note_rows([]))
    path = project.path(written)
    renewed_towns = renewed(
        Loaded(read_places(path), dropped_rows([])), former, path=path
    )
    towns = renewed_towns.table
    is_at_hand = towns["code_insee"].isin(communes["code_insee"])
    rows = [
        (path.name, code, name, f"hors des communes (« {code} »)")
        for code, name in towns.loc[~is_at_hand, ["code_insee", "name"]].to_numpy()
    ]
    return Audited(towns[is_at_hand], dropped_rows(rows), renewed_towns.notes)
