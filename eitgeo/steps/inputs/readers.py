"""Which reader a source of the study calls for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eitgeo.reference.tables import sector_mix
from eitgeo.sources.activity.cells import cell_rows, require_counted
from eitgeo.sources.activity.insee_comparator import read_insee_comparator
from eitgeo.sources.activity.urssaf_ape import read_urssaf_ape
from eitgeo.sources.activity.urssaf_sectors import read_urssaf_sectors
from eitgeo.sources.files.loaded import Audited, Loaded, dropped_rows
from eitgeo.sources.ground.cnig import read_cnig_sites
from eitgeo.sources.sites.establishments import read_anchors
from eitgeo.sources.sites.sirene import SOURCE as SIRENE_SOURCE
from eitgeo.sources.sites.sirene import read_sirene_sites
from eitgeo.sources.sites.synthetic import synthetic_sites
from eitgeo.sources.territory.admin_express import read_admin_express
from eitgeo.sources.territory.cog import read_cog_communes
from eitgeo.sources.territory.communes import read_communes
from eitgeo.sources.territory.geo_api import read_geo_api_communes
from eitgeo.sources.waste.georisques import read_icpe_outlets, read_icpe_sites
from eitgeo.sources.waste.gerep import read_gerep_sites
from eitgeo.sources.waste.gerep_flows import read_gerep_outlets
from eitgeo.sources.waste.irep import read_irep_sites
from eitgeo.sources.waste.landfills import read_isdnd_capacities
from eitgeo.sources.waste.outlets import read_outlets
from eitgeo.sources.waste.s3ic import read_s3ic_outlets, read_s3ic_sites
from eitgeo.sources.waste.sinoe import read_sinoe
from eitgeo.sources.waste.sinoe_landfills import read_sinoe_landfills
from eitgeo.steps.inputs.renewal import renewed
from eitgeo.tables.files import read_table
from eitgeo.territory.former import with_former

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import geopandas as gpd
    import pandas as pd

    from eitgeo.study.project import Project
    from eitgeo.study.sources import CommuneSource, OutletSource, SiteSource

# Called by name here, so that a change of a reader runs the steps that read again.
COMMUNE_READERS: dict[str, Callable[..., Any]] = {
    "admin_express": read_admin_express,
    "cog": read_cog_communes,
    "geo_api": read_geo_api_communes,
    "geojson": read_communes,
}
SITE_READERS: dict[str, Callable[..., Any]] = {
    "anchors": read_anchors,
    "cnig": read_cnig_sites,
    "counted": cell_rows,
    "gerep": read_gerep_sites,
    "icpe": read_icpe_sites,
    "irep": read_irep_sites,
    "s3ic": read_s3ic_sites,
    "sirene": read_sirene_sites,
    "synthetic": synthetic_sites,
}
SIRENE = "sirene"
MUTE_ON_PERSONS = ("gerep", "icpe", "irep")
"""Registers that do not tell a person from a company: SIRENE does."""

COUNT_READERS: dict[str, Callable[..., Any]] = {
    "insee_comparator": read_insee_comparator,
    "urssaf_ape": read_urssaf_ape,
    "urssaf_sectors": read_urssaf_sectors,
}
OUTLET_READERS: dict[str, Callable[..., Any]] = {
    "csv": read_outlets,
    "gerep": read_gerep_outlets,
    "icpe": read_icpe_outlets,
    "isdnd": read_isdnd_capacities,
    "s3ic": read_s3ic_outlets,
    "sinoe": read_sinoe,
    "sinoe_isdnd": read_sinoe_landfills,
}


def load_communes(project: Project) -> Loaded:
    """Read the communes with the reader that the study names."""
    source = project.study.sources.communes
    options = _given(project, source)
    read = COMMUNE_READERS[source.reader](options.pop("path"), **options)
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
    options, read = _given(project, source), SITE_READERS[source.reader]
    if source.reader in MUTE_ON_PERSONS:
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
    loaded = OUTLET_READERS[source.reader](files, communes=places)
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
