"""Which files of the study each step reads; no geographic library is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from eitgeo.study import Project


def _resolved(project: Project, written: list[Path | None]) -> list[Path]:
    """Resolve paths of the study; a folder counts for the JSON files in it."""
    found: list[Path] = []
    for path in (project.path(one) for one in written if one is not None):
        found += sorted(path.glob("*.*json")) if path.is_dir() else [path]
    return found


def commune_files(project: Project) -> list[Path]:
    """List the files behind communes, bodies and altitudes.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    list of pathlib.Path
        Absolute paths.
    """
    sources = project.study.sources
    communes = sources.communes
    written = [communes.path, communes.polygons, communes.merges]
    others = [sources.bodies, sources.membership, sources.elevation]
    return _resolved(project, [*written, *others])


def site_files(project: Project) -> list[Path]:
    """List the files of establishments.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    list of pathlib.Path
        Absolute paths; a drawn source has none.
    """
    return _resolved(project, [one.path for one in project.study.sources.sites])


def outlet_files(project: Project) -> list[Path]:
    """List the files of treatment sites and towns.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    list of pathlib.Path
        Absolute paths.
    """
    sources = project.study.sources
    return _resolved(project, [*(one.path for one in sources.outlets), sources.places])


def road_files(project: Project) -> list[Path]:
    """List the files behind the surrogate network.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    list of pathlib.Path
        Absolute paths.
    """
    sources = project.study.sources
    return _resolved(
        project, [sources.elevation, sources.motorway_exits, sources.known_trips]
    )


def exit_files(project: Project) -> list[Path]:
    """List the file of motorway junctions, which maps draw.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    list of pathlib.Path
        One path.
    """
    return _resolved(project, [project.study.sources.motorway_exits])


def perimeter_map_files(project: Project) -> list[Path]:
    """List the maps of the compared perimeters.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    list of pathlib.Path
        A PDF and a PNG for each.
    """
    return [
        project.published(f"carte_perimetre_{name}_A4", suffix)
        for name in project.study.compared_ids
        for suffix in (".pdf", ".png")
    ]


def territory_map_files(project: Project) -> list[Path]:
    """List the maps of the territory.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    list of pathlib.Path
        A PDF and a PNG.
    """
    return [project.published("carte_territoire_A4", end) for end in (".pdf", ".png")]


def comparison_files(project: Project) -> list[Path]:
    """List the comparison workbook.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    list of pathlib.Path
        One XLSX.
    """
    return [project.published("comparaison", ".xlsx")]


def page_files(project: Project) -> list[Path]:
    """List the offline page.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    list of pathlib.Path
        One HTML file.
    """
    return [project.published("perimetres", ".html")]
