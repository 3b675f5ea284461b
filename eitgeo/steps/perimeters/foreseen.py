"""What perimeters and zones would refuse, told before any step runs."""

from __future__ import annotations

from eitgeo.errors import EitgeoError
from eitgeo.perimeters.contours.candidate import connected_unions, epci_neighbours
from eitgeo.sources.activity.cells import are_cells
from eitgeo.steps.inputs.bodies import load_bodies
from eitgeo.steps.inputs.readers import load_communes
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from eitgeo.territory.borders import border_contiguity
from eitgeo.territory.membership import epci_lists, epci_sizes, study_area
from eitgeo.zones.clustering import require_all_pairs
from eitgeo.zones.sectors import clusterable


def require_listable(project: Project) -> None:
    """Refuse a territory with more unions of whole EPCI than the study allows.

    Notes
    -----
    On the files as they are: what is wrong in them is told by the step that reads
    them. Borders are those of the layer before its overlaps are mended.
    """
    methods = project.study.methods
    root = project.study.territory.root_epci
    neighbours = foreseen_neighbours(project)
    if root not in neighbours:
        return
    connected_unions(
        neighbours, root, limit=methods.max_unions, most=methods.max_union_epci
    )


def foreseen_neighbours(project: Project) -> dict[str, frozenset[str]]:
    """Read which EPCI touch; none where a file is such that a step will refuse it."""
    territory = project.study.territory
    try:
        communes = load_communes(project).table
        membership = load_bodies(project, communes)[0].table
        day = territory.on_date
        area = study_area(membership, territory.perimeters, on_date=day)
        lists = epci_lists(membership, on_date=day)
        inside = communes[communes["code_insee"].isin(area)]
        sized = inside.assign(epci_communes=epci_sizes(inside, lists), in_area=True)
        return epci_neighbours(sized, border_contiguity(sized))
    except EitgeoError:
        return {}


def require_measurable(project: Project) -> None:
    """Refuse more sites than the roads between all of them can be held for.

    On tables ``communes`` and ``sites`` of a run, which must be current.
    """
    zones = project.study.zones
    if zones.distance == "plane":
        return
    communes, sites = (
        read_table(project.processed, name) for name in ("communes", "sites")
    )
    if are_cells(sites).any():
        return
    area = communes[communes["in_area"]]
    sites_in_area = sites[sites["code_insee"].isin(area["code_insee"])]
    usable = clusterable(sites_in_area, zones=zones, communes=area)
    require_all_pairs(int(usable.sum()), distance=zones.distance)
