"""Draw candidate perimeters and certify each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.perimeters import (
    body_perimeters,
    certify,
    perimeter_tables,
    reach_perimeter,
    union_perimeters,
    ward_perimeter,
)
from eitgeo.roads import town_minutes
from eitgeo.tables import read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``perimeters`` and ``perimeter_communes``.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    study = project.study
    communes = read_table(project.processed, "communes")
    bodies = read_table(project.processed, "bodies")
    contiguity = read_table(project.processed, "contiguity")
    pairs = read_table(project.processed, "od_matrix")
    epci = bodies[bodies["kind"] == "epci"].set_index("body_id")["name"]
    candidates = [
        *body_perimeters(
            study.territory.perimeters,
            bodies=bodies,
            membership=read_table(project.processed, "membership"),
            on_date=study.territory.on_date,
        ),
        reach_perimeter(
            communes, contiguity, od_matrix=pairs, reach=study.methods.reach
        ),
        ward_perimeter(
            communes,
            contiguity,
            town_minutes=town_minutes(
                communes,
                pairs,
                min_population=study.comparison.seat_min_population,
            ),
            root=study.territory.root_commune,
            ward=study.methods.ward,
        ),
        *union_perimeters(
            communes,
            contiguity,
            names={siren.removeprefix("epci_"): name for siren, name in epci.items()},
            root_epci=study.territory.root_epci,
            limit=study.methods.max_unions,
        ),
    ]
    certificates = certify(
        candidates,
        communes,
        contiguity=contiguity,
        on_surrogate=study.roads.network.is_surrogate,
    )
    certified = zip(candidates, certificates, strict=True)
    perimeters, members = perimeter_tables(certified, seed=study.identity.seed)
    write_table(project.processed, perimeters, table="perimeters")
    write_table(project.processed, members, table="perimeter_communes")
    return {
        "périmètres comparés": int(perimeters["compared"].sum()),
        "unions d'EPCI entiers": int(perimeters["method"].eq("union_epci").sum()),
    }
