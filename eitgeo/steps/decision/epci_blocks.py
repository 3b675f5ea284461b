"""Say what each EPCI adds, how unions rank, and what a widening adds."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from eitgeo.perimeters.contours.candidate import (
    epci_neighbours,
    joined_to_root,
    read_candidates,
)
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.decision.epci_blocks import (
    epci_blocks,
    phase_table,
    union_front,
    union_ranks,
)
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table


@step(
    "Apport de chaque EPCI, rangs des unions, phases",
    writes=("epci_blocks", "union_ranks", "union_front", "phases"),
)
def run(
    indicators_public: pd.DataFrame,
    bodies: pd.DataFrame,
    perimeters: pd.DataFrame,
    perimeter_communes: pd.DataFrame,
    communes: gpd.GeoDataFrame,
    contiguity: pd.DataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write ``epci_blocks``, ``union_ranks``, ``union_front`` and ``phases``."""
    folder, study = project.processed, project.study
    epci = bodies[bodies["kind"] == "epci"].set_index("body_id")["name"]
    candidates = read_candidates(perimeters, perimeter_communes)
    catalogue = indicator_catalogue()
    starred = catalogue.index[catalogue["first_screen"] == "oui"].tolist()
    # No front of real bodies on working assumptions.
    assumed = indicators_public.loc[
        indicators_public["evidence"] == "H", "indicator_id"
    ].unique()
    if study.demonstration_reasons:
        starred = [name for name in starred if name not in assumed]
    blocks = epci_blocks(
        indicators_public,
        candidates,
        names=dict(zip(epci.index.str.removeprefix("epci_"), epci, strict=True)),
        root_epci=study.territory.root_epci,
        within=joined_to_root(
            epci_neighbours(communes, contiguity), study.territory.root_epci
        ),
    )
    front = union_front(indicators_public, candidates, criteria=starred)
    write_table(folder, blocks, table="epci_blocks")
    write_table(folder, union_ranks(indicators_public, candidates), table="union_ranks")
    write_table(folder, front, table="union_front")
    phases = phase_table(indicators_public, candidates, phases=study.comparison.phased)
    write_table(folder, phases, table="phases")
    return {
        "EPCI décomposés": blocks["epci_siren"].nunique(),
        "unions sur le front de Pareto": int(front["on_front"].sum()),
        "phases": phases["phase"].nunique(),
    }
