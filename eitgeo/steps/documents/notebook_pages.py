"""Run the notebooks over the study, and keep them as pages: « complet » only."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from eitgeo import (
    disclosure,
    flows,
    maps,
    perimeters,
    reference,
    roads,
    scenarios,
    sources,
    tables,
    territory,
    zones,
)
from eitgeo.disclosure.door.passing import released
from eitgeo.maps.pages.notebook_page import notebook_page
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.steps import decision, inputs, what_if
from eitgeo.steps import flows as flow_steps
from eitgeo.steps import maps as map_steps
from eitgeo.steps import perimeters as perimeter_steps
from eitgeo.steps import roads as road_steps
from eitgeo.steps import zones as zone_steps
from eitgeo.steps.files import notebook_pages
from eitgeo.steps.maps.released import publish
from eitgeo.steps.step import step
from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from eitgeo.study.project import Project

CALLED = (
    disclosure,
    flows,
    maps,
    perimeters,
    reference,
    roads,
    scenarios,
    sources,
    tables,
    territory,
    zones,
)
RUN = (
    what_if,
    inputs,
    road_steps,
    zone_steps,
    flow_steps,
    perimeter_steps,
    decision,
    map_steps,
)
"""What notebooks call, and what runs then: a change of it makes the pages again."""
_log = logging.getLogger(__name__)


@step(
    "Carnets exécutés, en pages HTML (effort complet)",
    reads=(
        "COUNTS",
        "allocation",
        "animation_budget",
        "arising_draws",
        "arisings",
        "block_draws_public",
        "blocks_public",
        "bodies",
        "body_seats",
        "borders",
        "byproducts",
        "carrier_states",
        "communes",
        "communes_public",
        "concentration",
        "contiguity",
        "coverage_report",
        "decision_criteria",
        "disclosure_report",
        "drawn_roads",
        "exchange_ends",
        "exchanges_public",
        "givers",
        "indicators",
        "indicators_public",
        "key_sectors",
        "lever_totals",
        "membership",
        "membership_frequency",
        "method_runs",
        "mutual_groups",
        "needs",
        "od_matrix",
        "official_zones",
        "outlets",
        "participation",
        "perimeter_communes",
        "perimeters",
        "places",
        "plan_options",
        "receiver_needs",
        "road_edges",
        "road_fit",
        "road_nodes",
        "road_places",
        "site_cells",
        "site_zone",
        "sites",
        "swot",
        "synergies",
        "verdicts",
        "zone_concordance",
        "zone_potentials",
        "zone_profile",
        "zone_settings",
        "zones",
        "zones_public",
    ),
    settings=("STUDY",),
    files="notebook_files",
    products="notebook_page_files",
)
def run(*, project: Project) -> dict[str, object]:
    """Write one page a notebook."""
    pages = notebook_pages(project)
    if not pages:
        return {"carnets": 0}
    # Jupyter takes seconds to import: quick runs, which keep no page, do without.
    from eitgeo.steps.documents.notebooks import (  # noqa: PLC0415
        code_css,
        notebook_body,
        run_notebook,
    )

    public = publish(project)
    indicators = released(project, "indicators_public")
    sheet = make_sheet(project.study.identity, [public.communes, indicators])
    stopped = []
    for notebook, page in pages.items():
        node, fault = run_notebook(notebook, project)
        if fault:
            stopped.append(notebook.stem)
            _log.warning("carnet %s arrêté : %s", notebook.stem, fault)
        content = notebook_page(
            notebook_body(node),
            name=notebook.stem,
            sheet=sheet,
            code_css=code_css(),
            is_whole=not fault,
        )
        write_bytes(page, content)
    facts: dict[str, object] = {"carnets": len(pages)}
    return facts | ({"arrêtés": ", ".join(stopped)} if stopped else {})
