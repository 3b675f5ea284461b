"""Print the map and the workbook of what registers count."""

from __future__ import annotations

from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.prints.count_map import count_map
from eitgeo.maps.workbooks.activity_tables import counts_xlsx
from eitgeo.scenarios.measures.activity import vintage_words
from eitgeo.steps.files import COUNT_MAP, COUNT_WORKBOOK, counts_employers
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import printed_ground
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables


@step(
    "Carte et tableau de l’activité comptée",
    products="count_product_files",
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write the map of employers counted, and the workbook of every count."""
    if not project.study.sources.counts:
        return {"fichiers": 0}
    count = 1
    _write_workbook(project, public)
    if counts_employers(project):
        counted = public["activity_counts"]
        sheet = count_map(printed_ground(project, public), counted)
        count += print_sheet(project, COUNT_MAP, sheet)
    return {"fichiers": count}


def _write_workbook(project: Project, public: PublicTables) -> None:
    communes = public["communes"]
    urssaf, insee = public["activity_urssaf"], public["activity_insee"]
    edition = project.study.identity.edition
    days = {*urssaf.table["vintage"], *insee.table["vintage"]}
    content = counts_xlsx(
        urssaf,
        insee,
        communes=communes,
        when={day: vintage_words(day, edition) for day in sorted(days)},
        sheet=make_sheet(project.study.identity, [communes, urssaf, insee]),
    )
    write_bytes(project.published(COUNT_WORKBOOK, ".xlsx"), content)
