"""Say what each EPCI adds, how unions rank, and what a widening adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.perimeters.contours.candidate import read_candidates
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.decision.epci_blocks import epci_blocks
from eitgeo.scenarios.decision.phases import phase_table
from eitgeo.scenarios.decision.union_ranks import union_front, union_ranks
from eitgeo.tables.files import read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study.project import Project


def run(project: Project) -> dict[str, object]:
    """Write ``epci_blocks``, ``union_ranks``, ``union_front`` and ``phases``."""
    folder, study = project.processed, project.study
    public = read_table(folder, "indicators_public")
    bodies = read_table(folder, "bodies")
    epci = bodies[bodies["kind"] == "epci"].set_index("body_id")["name"]
    candidates = read_candidates(
        read_table(folder, "perimeters"), read_table(folder, "perimeter_communes")
    )
    catalogue = indicator_catalogue()
    starred = catalogue.index[catalogue["first_screen"] == "oui"].tolist()
    # No front of real bodies on working assumptions.
    assumed = public.loc[public["evidence"] == "H", "indicator_id"].unique()
    if study.demonstration_reasons:
        starred = [name for name in starred if name not in assumed]
    blocks = epci_blocks(
        public,
        candidates,
        names={siren.removeprefix("epci_"): name for siren, name in epci.items()},
        root_epci=study.territory.root_epci,
    )
    front = union_front(public, candidates, criteria=starred)
    write_table(folder, blocks, table="epci_blocks")
    write_table(folder, union_ranks(public, candidates), table="union_ranks")
    write_table(folder, front, table="union_front")
    phases = phase_table(public, candidates, phases=study.comparison.phased)
    write_table(folder, phases, table="phases")
    return {
        "EPCI décomposés": blocks["epci_siren"].nunique(),
        "unions sur le front de Pareto": int(front["on_front"].sum()),
        "phases": phases["phase"].nunique(),
    }
