"""Which files of the study each step reads; no geographic library is imported."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from eitgeo.outlines import pending_changes
from eitgeo.sources.files.csv import csv_dicts

if TYPE_CHECKING:
    from eitgeo.study.project import Project

MANIFEST_NAME = "manifest.json"
PERIMETERS_PAGE = "carte_perimetres"
_PICTURES = {
    "territory": "carte_territoire_A4",
    "zones": "carte_zones_A4",
    "arisings": "carte_gisements_A4",
    "exchanges": "carte_echanges_A4",
    "participation": "graphique_participation_A4",
    "core": "carte_coeur_franges_A4",
    "bodies": "carte_structures_A4",
    "perimeters": f"{PERIMETERS_PAGE}_A4",
}
"""What it shows, in the dossier → stem of a map of another step."""

_DATA = frozenset(
    {".csv", ".cpg", ".dbf", ".geojson", ".gpkg", ".json", ".prj", ".shp", ".shx"}
)
"""What readers take from a folder: pages, polygons, an archive unfolded."""

GRAPH = (
    "road_nodes",
    "road_edges",
    "road_lines",
    "road_turns",
    "road_ground",
    "road_report",
)
"""The network of roads."""
_ROAD_TABLES = (*GRAPH, "od_matrix")
_EXTRACTS = frozenset({".osm", ".pbf"})
"""Road extracts of OpenStreetMap, one a region."""

_TILES = frozenset({".7z", ".asc", ".hgt", ".tif", ".tiff", ".zip"})
"""What tiles of relief are."""


def _resolved(project: Project, written: list[Path | None]) -> list[Path]:
    """Resolve paths of the study; a folder counts for the data files in it."""
    resolved: list[Path] = []
    for path in (project.path(one) for one in written if one is not None):
        if path.is_dir():
            files = (one for one in path.rglob("*") if one.is_file())
            resolved += sorted(one for one in files if one.suffix.lower() in _DATA)
        else:
            resolved.append(path)
    return resolved


def commune_files(project: Project) -> list[Path]:
    """List the files behind communes, bodies and altitudes."""
    sources = project.study.sources
    opened = [one.files for one in (sources.communes, *sources.body_sources)]
    others = [sources.member_names, sources.movements]
    files = _resolved(project, [*itertools.chain(*opened), *others])
    return [*files, *elevation_files(project)]


def postcode_files(project: Project) -> list[Path]:
    """List the file of postcodes, and that of the movements of communes."""
    sources = project.study.sources
    return _resolved(project, [sources.postcodes, sources.movements])


def site_files(project: Project) -> list[Path]:
    """List the files of establishments, and that of the movements of communes."""
    sources = project.study.sources
    opened = [one.files for one in sources.sites]
    return _resolved(project, [*itertools.chain(*opened), sources.movements])


def count_files(project: Project) -> list[Path]:
    """List the files that are counted, and that of the movements of communes."""
    sources = project.study.sources
    counted = [one.path for one in sources.counts]
    counted += [one.path for one in sources.points]
    return _resolved(project, [*counted, sources.movements])


SYNDICATE_SHEET = "fiche_syndicat"
COUNT_MAP = "carte_salaries_industrie"
COUNT_WORKBOOK = "activite_comptee"
"""Stems of what shows counted activity."""


def counts_employers(project: Project) -> bool:
    """Say whether a source of the study counts employees by commune."""
    readers = {one.reader for one in project.study.sources.counts}
    return bool(readers - {"insee_comparator"})


def count_product_files(project: Project) -> list[Path]:
    """List the map and the workbook of counted activity: none where none is read."""
    if not project.study.sources.counts:
        return []
    maps = printed_files(project, COUNT_MAP) if counts_employers(project) else []
    return [project.published(COUNT_WORKBOOK, ".xlsx"), *maps]


def outlet_files(project: Project) -> list[Path]:
    """List the files of treatment sites and towns, and that of the movements."""
    sources = project.study.sources
    written = [*(one.path for one in sources.outlets), sources.outlet_aliases]
    return _resolved(project, [*written, sources.places, sources.movements])


def road_files(project: Project) -> list[Path]:
    """List the files behind the road network, real or surrogate."""
    sources, network = project.study.sources, project.study.roads.network
    if network.is_surrogate:
        written = [sources.motorway_exits, sources.known_trips, sources.movements]
        return [*elevation_files(project), *_resolved(project, written)]
    files = _resolved(project, [sources.known_trips, sources.movements])
    return [*network_files(project), *files, *relief_files(project)]


def network_files(project: Project) -> list[Path]:
    """List what the roads are read from: one file, or the extracts of a folder."""
    written = project.study.roads.network.path
    path = None if written is None else project.path(written)
    if path is not None and path.is_dir():
        inside = (one for one in path.rglob("*") if one.is_file())
        extracts = sorted(one for one in inside if one.suffix.lower() in _EXTRACTS)
        if extracts:
            return extracts
    return _resolved(project, [written])


def relief_files(project: Project) -> list[Path]:
    """List the tiles of relief that give the roads their climb."""
    return _tiles(project, project.study.roads.network.elevation)


def elevation_files(project: Project) -> list[Path]:
    """List the raster of altitudes, or the tiles of its folder."""
    return _tiles(project, [project.study.sources.elevation])


def _tiles(project: Project, written: Iterable[Path]) -> list[Path]:
    found_tiles: list[Path] = []
    for path in map(project.path, written):
        if path.is_dir():
            tiles = (one for one in path.rglob("*") if one.is_file())
            found_tiles += sorted(one for one in tiles if one.suffix.lower() in _TILES)
        else:
            found_tiles.append(path)
    return found_tiles


def official_zone_files(project: Project) -> list[Path]:
    """List the files of official zones."""
    written = [one.path for one in project.study.zones.official]
    return _resolved(project, [*written, project.study.sources.movements])


def zone_files(project: Project) -> list[Path]:
    """List the land cover, and the roads where the distances of zones are by road."""
    zones = project.study.zones
    cover = _resolved(project, [zones.land_cover])
    if zones.distance == "plane":
        return cover
    return [*cover, *(project.processed / f"{one}.parquet" for one in _ROAD_TABLES)]


def ground_files(project: Project) -> list[Path]:
    """List the files of motorway junctions and relief, which maps draw."""
    sources = project.study.sources
    written = [sources.motorway_exits, sources.movements]
    return [*_resolved(project, written), *elevation_files(project)]


def sector_files(project: Project) -> list[Path]:
    """List what tells zones and sectors apart beside the tables."""
    study = project.study
    beside = _resolved(project, [study.zones.land_cover, study.sectors.reference])
    return [*ground_files(project), *beside]


def brought_files(project: Project) -> list[Path]:
    """List the perimeters that the user brings, what QGIS has not merged included."""
    written = dict.fromkeys(one.path for one in project.study.perimeters)
    files = _resolved(project, [*written, project.study.sources.movements])
    pending = [pending_changes(one) for one in files if one.suffix.lower() == ".gpkg"]
    return [*files, *(one for one in pending if one.is_file() and one.stat().st_size)]


def printed_files(project: Project, *stems: str) -> list[Path]:
    """List the files of maps: every format and kind that the study asks for."""
    prints = project.study.prints
    return [
        project.published(f"{stem}_{name}", f".{suffix}")
        for stem in stems
        for name in prints.formats
        for suffix in prints.files
    ]


def zone_map_files(project: Project) -> list[Path]:
    """List the map of zones: none without establishments."""
    return printed_files(project, "carte_zones") if project.study.has_sites else []


def zone_workbook_files(project: Project) -> list[Path]:
    """List the workbook of zones: none without establishments."""
    return [project.published("zones", ".xlsx")] if project.study.has_sites else []


def perimeter_map_files(project: Project) -> list[Path]:
    """List the maps of the compared perimeters, and the page of all of them."""
    stems = [f"carte_perimetre_{name}" for name in project.study.compared_ids]
    return printed_files(project, *stems, PERIMETERS_PAGE)


def difference_files(project: Project) -> list[Path]:
    """List the sheet of the first pair."""
    first, second = project.study.first_pair
    return printed_files(project, f"ecart_{first}_{second}")


def territory_page_files(project: Project) -> list[Path]:
    """List the page of the territory."""
    if not project.study.comparison.waste_bodies:
        return []
    return [project.published("territoire", ".html")]


def site_and_survey_files(project: Project) -> list[Path]:
    """List the files of establishments, those that the survey alone knows included."""
    return [*site_files(project), *survey_files(project)]


def survey_files(project: Project) -> list[Path]:
    """List the table of what firms declared: a private study alone reads it."""
    survey = project.study.survey
    if survey is None or not project.private:
        return []
    path = project.path(survey.path)
    return [path] if path.is_file() else []


def published_answer_files(project: Project) -> list[Path]:
    """List the small table that ``eitgeo survey publish`` wrote."""
    survey = project.study.survey
    if survey is None:
        return []
    path = project.path(survey.published)
    return [path] if path.is_file() else []


def weighing_files(project: Project) -> list[Path]:
    """List the tickets of weighbridges: a private study alone reads them."""
    pesees = project.study.sources.pesees
    if pesees is None or not project.private:
        return []
    return [project.path(one) for one in pesees.paths]


def published_weighing_files(project: Project) -> list[Path]:
    """List the small table that ``eitgeo survey publish`` wrote."""
    pesees = project.study.sources.pesees
    if pesees is None:
        return []
    path = project.path(pesees.published)
    return [path] if path.is_file() else []


def answer_files(project: Project) -> list[Path]:
    """List what firms told: published sums, and answers in a private study alone."""
    weighed = [*weighing_files(project), *published_weighing_files(project)]
    weighed += _resolved(project, [project.study.sources.movements])
    return [*survey_files(project), *published_answer_files(project), *weighed]


def arising_files(project: Project) -> list[Path]:
    """List what the potential waste of sites is drawn from beside the tables."""
    section = project.study.arisings
    written = [*section.declarations, section.control_totals]
    brought = _resolved(project, [*written, project.study.sources.movements])
    return [*survey_files(project), *brought]


def form_files(project: Project) -> list[Path]:
    """List the sign-up form: page and workbook."""
    if project.study.form is None or project.private:
        return []
    return [project.published("inscription", suffix) for suffix in (".html", ".xlsx")]


def road_map_stems(project: Project) -> dict[str, str]:
    """Name the maps that answer what the study asks of its roads."""
    study = project.study
    roads = study.roads
    bands = roads.isochrones
    seats = (bands.seats or (study.methods.reach.seat,)) if bands else ()
    asked = {
        "carte_sieges": ("seats", roads.seats),
        "carte_reseau": ("network", roads.closures or roads.criticality),
        "carte_liaisons": ("criticality", roads.criticality),
    }
    return {
        **{f"carte_isochrones_{code}": f"isochrones:{code}" for code in seats},
        **{f"carte_fermeture_{one.id}": f"closure:{one.id}" for one in roads.closures},
        **{stem: what for stem, (what, is_asked) in asked.items() if is_asked},
    }


def road_map_files(project: Project) -> list[Path]:
    """List the maps of roads."""
    return printed_files(project, *road_map_stems(project))


def dossier_pictures(project: Project) -> dict[str, Path]:
    """Name the maps of other steps that the dossier shows, by what they show."""
    first, second = project.study.first_pair
    stems = dict(_PICTURES)
    if not project.study.has_sites:
        del stems["zones"]
    if counts_employers(project):
        stems["counts"] = f"{COUNT_MAP}_A4"
    if first != second:
        stems["difference"] = f"ecart_{first}_{second}_A4"
    if project.study.flows.syndicate is not None:
        stems["syndicate"] = f"{SYNDICATE_SHEET}_A4"
    for name in project.study.compared_ids:
        stems[f"perimeter_{name}"] = f"carte_perimetre_{name}_A4"
    return {name: project.published(stem, ".png") for name, stem in stems.items()}


def ceiling_files(project: Project) -> list[Path]:
    """List the ceilings of treatment sites."""
    return _resolved(project, [project.study.sources.ceilings])


def syndicate_sheet_files(project: Project) -> list[Path]:
    """List the account sheet of the syndicate: none where its outlets are not named."""
    if project.study.flows.syndicate is None:
        return []
    stem = f"{SYNDICATE_SHEET}_A4"
    return [project.published(stem, f".{kind}") for kind in project.study.prints.files]


def dossier_inputs(project: Project) -> list[Path]:
    """List maps, ceilings of treatment sites, what is supposed."""
    ceilings, pictures = ceiling_files(project), dossier_pictures(project).values()
    return [
        *ceilings,
        *pictures,
        *hypothesis_files(project),
    ]


def hypothesis_files(project: Project) -> list[Path]:
    """List what tells which hypotheses are replaced: register, members, answers."""
    sources = project.study.sources
    members = [one.membership for one in sources.body_sources]
    return [
        *register_files(project),
        *_resolved(project, members),
        *published_answer_files(project),
        *published_weighing_files(project),
    ]


def manifest_path(project: Project) -> Path:
    """Say where the whole manifest of a study is, tables included."""
    return project.processed / MANIFEST_NAME


def public_path(project: Project) -> Path:
    """Say where the manifest is that goes with what is published: no table is told."""
    return project.published("manifest", ".json")


def manifest_files(project: Project) -> list[Path]:
    """List both manifests."""
    return [manifest_path(project), public_path(project)]


def register_path(project: Project) -> Path:
    """Say where the register of the sources of a study is; it may be absent."""
    return project.base / "data" / "sources.csv"


def register_targets(project: Project) -> set[Path]:
    """List where the register puts what it downloads; empty without one."""
    register = register_path(project)
    rows = csv_dicts(register, errors="replace") if register.is_file() else []
    return {project.base / row["path"] for row in rows if row.get("path")}


def read_folders(project: Project) -> set[Path]:
    """List the folders whose tiles or extracts are read, whatever they hold."""
    network = project.study.roads.network
    named = [project.study.sources.elevation, network.path, *network.elevation]
    return {project.path(one) for one in named if one is not None}


def register_files(project: Project) -> list[Path]:
    """List the register of sources, where there is one."""
    register = register_path(project)
    return [register] if register.is_file() else []
