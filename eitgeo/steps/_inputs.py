"""Which reader a source of the study calls for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from eitgeo.errors import StudyError
from eitgeo.reference.tables import sector_mix
from eitgeo.sources._loaded import Loaded, dropped_rows
from eitgeo.sources.admin_express import read_admin_express
from eitgeo.sources.cnig import read_cnig_sites
from eitgeo.sources.cog import read_cog_communes
from eitgeo.sources.communes import read_communes
from eitgeo.sources.establishments import read_anchors
from eitgeo.sources.geo_api import read_geo_api_communes
from eitgeo.sources.georisques import read_icpe_outlets, read_icpe_sites
from eitgeo.sources.gerep import read_gerep_sites
from eitgeo.sources.gerep_flows import read_gerep_outlets
from eitgeo.sources.irep import read_irep_sites
from eitgeo.sources.landfills import read_isdnd_capacities
from eitgeo.sources.outlets import read_outlets
from eitgeo.sources.s3ic import read_s3ic_outlets, read_s3ic_sites
from eitgeo.sources.sinoe import read_sinoe
from eitgeo.sources.sirene import read_sirene_sites
from eitgeo.sources.synthetic import synthetic_sites
from eitgeo.steps._renewal import renewed
from eitgeo.territory.former import with_former

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from eitgeo.sources._official import Audited
    from eitgeo.study.project import Project
    from eitgeo.study.sources import CommuneSource, OutletSource, SiteSource

_SITE_READERS: dict[str, Callable[..., Loaded]] = {
    "anchors": read_anchors,
    "cnig": read_cnig_sites,
    "gerep": read_gerep_sites,
    "icpe": read_icpe_sites,
    "irep": read_irep_sites,
    "s3ic": read_s3ic_sites,
    "sirene": read_sirene_sites,
}
_OUTLET_READERS: dict[str, Callable[..., Loaded]] = {
    "csv": read_outlets,
    "gerep": read_gerep_outlets,
    "icpe": read_icpe_outlets,
    "isdnd": read_isdnd_capacities,
    "s3ic": read_s3ic_outlets,
}


def load_communes(project: Project) -> Loaded:
    """Read the communes with the reader that the study names."""
    source = project.study.sources.communes
    path = project.path(source.path)
    kept = source.departements or None
    if source.reader == "geojson":
        return Loaded(read_communes(path), dropped_rows([]))
    if source.reader == "admin_express":
        return read_admin_express(path, departements=kept)
    if source.reader == "geo_api":
        return read_geo_api_communes(path, departements=kept)
    return read_cog_communes(
        path,
        polygons=_given(project, source, "polygons"),
        merges=_given(project, source, "merges"),
    )


def load_sites(
    project: Project,
    source: SiteSource,
    *,
    communes: gpd.GeoDataFrame,
    former: pd.DataFrame,
) -> Audited:
    """Read, or draw, the establishments of one source, each in a present commune."""
    if source.reader == "synthetic":
        drawn = synthetic_sites(
            communes,
            sector_mix(),
            rng=np.random.default_rng(project.study.identity.seed),
            n_employers=source.n_employers,
            min_headcount_in_buffer=source.min_headcount_in_buffer,
        )
        return renewed(Loaded(drawn, dropped_rows([])), former, path=None)
    options: dict[str, Any] = {}
    if source.reader == "irep":
        options = {"year": source.year}
    elif source.reader == "sirene":
        options = {
            "legal_units": _optional(project, source.legal_units),
            "geolocation": _optional(project, source.geolocation),
            "naf_version": source.naf_version,
            "vintage": source.vintage,
        }
    path = _given(project, source, "path")
    here = with_former(communes, former)
    loaded = _SITE_READERS[source.reader](path, communes=here, **options)
    return renewed(loaded, former, path=source.path)


def load_outlets(
    project: Project,
    source: OutletSource,
    *,
    communes: gpd.GeoDataFrame,
    former: pd.DataFrame,
) -> Audited:
    """Read the treatment sites of one source, each in a present commune."""
    path = project.path(source.path)
    here = with_former(communes, former)
    if source.reader == "sinoe":
        loaded: Loaded = read_sinoe(_pages(path), communes=here)
    else:
        loaded = _OUTLET_READERS[source.reader](path, communes=here)
    return renewed(loaded, former, path=source.path)


def _pages(path: Path) -> list[Path]:
    """List the pages of a folder as they are numbered: page 2 before page 10."""
    if not path.is_dir():
        return [path]
    return sorted(path.glob("*.json"), key=lambda page: _numbered(page.name))


def _numbered(name: str) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]


def _optional(project: Project, written: Path | None) -> Path | None:
    return None if written is None else project.path(written)


def _given(project: Project, source: SiteSource | CommuneSource, key: str) -> Path:
    """Resolve a path that the study cannot have opened without."""
    written: Path | None = getattr(source, key)
    if written is None:
        message = f"« {key} » est nécessaire au lecteur « {source.reader} »"
        raise StudyError(message)
    return project.path(written)
