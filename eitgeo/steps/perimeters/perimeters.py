"""Draw candidate perimeters and certify each of them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from eitgeo.errors import InfeasibleError
from eitgeo.outlines import DRAWN_LAYER
from eitgeo.perimeters.contours.candidate import (
    Candidate,
    basin_cuts,
    body_perimeters,
    perimeter_tables,
    union_perimeters,
    user_perimeter,
)
from eitgeo.perimeters.contours.certificate import certify
from eitgeo.perimeters.contours.mesh import make_mesh
from eitgeo.perimeters.methods.ties import reach_perimeter, under_rules
from eitgeo.perimeters.optimum.exchanges import (
    exchange_perimeter,
    kept_exchanges,
    with_rules,
)
from eitgeo.sources.territory.perimeter_files import read_perimeter_file
from eitgeo.steps.inputs.renewal import load_former, renewed_rows
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.columns import OD_WAYS
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table
from eitgeo.territory.membership import doubtful_epci

_SLACK = 1e-6


@step(
    "Périmètres candidats et certificats",
    reads=("optimum",),
    writes=("perimeters", "perimeter_communes", "imported_cuts", "basin_cuts"),
    files="brought_files",
)
def run(
    communes: gpd.GeoDataFrame,
    bodies: pd.DataFrame,
    contiguity: pd.DataFrame,
    membership: pd.DataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write perimeters, their communes, cuts of imported outlines and of basins."""
    study = project.study
    epci = bodies[bodies["kind"] == "epci"].set_index("body_id")["name"]
    brought, cuts = _brought(project, communes)
    candidates = [
        *body_perimeters(
            study.territory.perimeters,
            bodies=bodies,
            membership=membership,
            on_date=study.territory.on_date,
        ),
        *brought,
        _by_road(project, communes, contiguity),
        *_by_exchanges(project, communes),
        *union_perimeters(
            communes,
            contiguity,
            names=dict(zip(epci.index.str.removeprefix("epci_"), epci, strict=True)),
            root_epci=study.territory.root_epci,
            limit=study.methods.max_unions,
            most=study.methods.max_union_epci,
        ),
    ]
    certificates = certify(
        candidates,
        communes,
        contiguity=contiguity,
        on_surrogate=study.roads.network.is_surrogate,
        doubtful=doubtful_epci(membership, on_date=study.territory.on_date),
    )
    certified = zip(candidates, certificates, strict=True)
    perimeters, members = perimeter_tables(certified, seed=study.identity.seed)
    write_table(project.processed, perimeters, table="perimeters")
    write_table(project.processed, members, table="perimeter_communes")
    write_table(project.processed, cuts, table="imported_cuts")
    basins = _cut_basins(project, candidates, communes)
    write_table(project.processed, basins, table="basin_cuts")
    return {
        "périmètres comparés": int(perimeters["compared"].sum()),
        "unions d'EPCI entiers": int(perimeters["method"].eq("union_epci").sum()),
        "communes coupées par un tracé importé": len(cuts),
        "bassins coupés": len(basins),
    }


def _by_road(
    project: Project, communes: gpd.GeoDataFrame, contiguity: pd.DataFrame
) -> Candidate:
    """Draw the contour by the road, and mend it until it keeps the common rules."""
    folder, methods = project.processed, project.study.methods
    perimeter = reach_perimeter(
        communes,
        contiguity,
        od_matrix=read_table(folder, "od_matrix", columns=OD_WAYS),
        reach=methods.reach,
    )
    jobs = read_table(folder, "sites").groupby("code_insee")["headcount_mid"].sum()
    mesh = make_mesh(
        communes, contiguity, root=methods.reach.seat, sums=jobs.to_frame("jobs")
    )
    return under_rules(perimeter, mesh, methods.rules)


def _brought(
    project: Project, communes: pd.DataFrame
) -> tuple[list[Candidate], pd.DataFrame]:
    """Read the perimeters that the user brings, and the communes that they cut."""
    former = load_former(project, communes)
    brought = []
    for declared in project.study.perimeters:
        path = project.path(declared.path)
        named = declared.name if declared.path == DRAWN_LAYER else ""
        rows = read_perimeter_file(path, named=named)
        renewed = renewed_rows(rows, former, path=path)
        brought.append(user_perimeter(renewed, communes, user=declared))
    cuts = [table for _, table in brought if len(table)]
    return (
        [candidate for candidate, _ in brought],
        pd.concat(cuts) if cuts else empty_table("imported_cuts"),
    )


def _cut_basins(
    project: Project, candidates: list[Candidate], communes: pd.DataFrame
) -> pd.DataFrame:
    """List the zones of INSEE that the compared perimeters cut."""
    return basin_cuts(
        [one for one in candidates if one.compared],
        communes,
        bodies=read_table(project.processed, "bodies"),
        membership=read_table(project.processed, "membership"),
        on_date=project.study.territory.on_date,
    )


def _by_exchanges(project: Project, communes: pd.DataFrame) -> list[Candidate]:
    """Read the optimum, and refuse it if it is not worth what its solver says."""
    folder, contour = project.processed, project.study.methods.optimum
    if contour is None:
        return []
    table = read_table(folder, "optimum")
    candidate = exchange_perimeter(
        frozenset(table["code_insee"]), table.iloc[0], contour=contour
    )
    kept_t = kept_exchanges(read_table(folder, "affinity"), candidate.codes)
    if abs(kept_t - candidate.objective) > _SLACK * max(1.0, kept_t):
        message = (
            f"contour par les échanges : {kept_t:g} t/an, {candidate.objective:g} dites"
        )
        raise InfeasibleError(message)
    sites = read_table(folder, "sites")
    ruled = with_rules(
        candidate,
        communes,
        jobs=sites.groupby("code_insee")["headcount_mid"].sum(),
        root=project.study.territory.root_commune,
        contour=contour,
    )
    return [ruled]
