"""Which reader a source of the study calls for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from importlib import import_module
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.reference.tables import sector_mix
from eitgeo.sources import activity, ground, sites, territory, waste
from eitgeo.sources.activity.cells import require_counted
from eitgeo.sources.files.loaded import Audited, Loaded, dropped_rows
from eitgeo.sources.sites.sirene import SOURCE as SIRENE_SOURCE
from eitgeo.steps.inputs.renewal import renewed
from eitgeo.study.project import Project
from eitgeo.study.readers import Keys, Source
from eitgeo.study.sources import CommuneSource, OutletSource, SiteSource
from eitgeo.tables.files import read_table
from eitgeo.territory.former import with_former

SIRENE = "sirene"
_ROOMS = (activity, ground, sites, territory, waste)
"""Imported whole: a change of any reader runs the steps that read again."""


def reader_of(source: Source) -> Callable[..., Any]:
    """Return what reads a source of the study."""
    return function_of(source.declared)


def function_of(keys: Keys) -> Callable[..., Any]:
    """Return the function that a reader declares (``Keys.read_by``)."""
    room, module, function = keys.read_by.split(".")
    (folder,) = (one for one in _ROOMS if one.__name__.rpartition(".")[2] == room)
    found: Callable[..., Any] = getattr(
        import_module(f"{folder.__name__}.{module}"), function
    )
    return found


def load_communes(project: Project) -> Loaded:
    """Read the communes with the reader that the study names."""
    source = project.study.sources.communes
    options = _given(project, source)
    read = reader_of(source)(options.pop("path"), **options)
    return read if isinstance(read, Loaded) else Loaded(read, dropped_rows([]))


def load_sites(
    project: Project,
    source: SiteSource,
    *,
    communes: gpd.GeoDataFrame,
    former: pd.DataFrame,
    companies: Collection[str] = (),
) -> Audited:
    """Read, or draw, the establishments of one source, each in a present commune.

    `companies`: as `company_sirens` gives them.
    """
    options, read = _given(project, source), reader_of(source)
    if source.declared.mute:
        options["companies"] = companies
    if source.reader == "counted":
        activity_ape = read_table(project.processed, "activity_ape")
        area = communes.loc[communes["in_area"], "code_insee"]
        require_counted(activity_ape, area)
        cells = read(activity_ape, communes=communes)
        return renewed(Loaded(cells, dropped_rows([])), former, path=None)
    if source.reader == "synthetic":
        rng = np.random.default_rng(project.study.identity.seed)
        drawn_sites = read(communes, sector_mix(), rng=rng, **options)
        return renewed(Loaded(drawn_sites, dropped_rows([])), former, path=None)
    places = with_former(communes, former)
    loaded = read(options.pop("path"), communes=places, **options)
    return renewed(loaded, former, path=source.path)


def company_sirens(sites: pd.DataFrame) -> frozenset[str]:
    """Return the SIREN of legal persons that SIRENE tells: those of SIRET shown.

    What another register shows by a word of its name unmasks no other row.
    """
    is_told = sites["diffusible"] & ~sites["natural_person"] & sites["siret"].ne("")
    is_told &= sites["source"].str.contains(SIRENE_SOURCE, regex=False)
    return frozenset(sites.loc[is_told, "siret"].str[:9])


def load_outlets(
    project: Project,
    source: OutletSource,
    *,
    communes: gpd.GeoDataFrame,
    former: pd.DataFrame,
) -> Audited:
    """Read the treatment sites of one source, each in a present commune."""
    path = project.path(source.path)
    files = _pages(path) if source.reader == "sinoe" else path
    places = with_former(communes, former)
    loaded = reader_of(source)(files, communes=places)
    return renewed(loaded, former, path=source.path)


def _pages(path: Path) -> list[Path]:
    """List the pages of a folder as they are numbered: page 2 before page 10."""
    if not path.is_dir():
        return [path]
    return sorted(path.glob("*.json"), key=lambda page: _numbered(page.name))


def _numbered(name: str) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]


def _given(
    project: Project, source: CommuneSource | OutletSource | SiteSource
) -> dict[str, Any]:
    """Return the keys of a source, paths resolved; a list left empty is no choice."""
    return {
        name: project.path(value) if isinstance(value, Path) else value
        for name, value in source.given.items()
        if value != ()
    }
