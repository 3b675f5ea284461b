"""Print the account of the waste syndicate on one A4 sheet."""

from __future__ import annotations

from eitgeo.flows.exchanges.participation import if_taking_part, taking_part_in
from eitgeo.maps.cards.syndicate_sheet import syndicate_sheet
from eitgeo.maps.words.account_words import account_names
from eitgeo.steps.files import SYNDICATE_SHEET
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables


@step(
    "Fiche du syndicat",
    products="syndicate_sheet_files",
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``fiche_syndicat_A4``, unless no outlet of a syndicate is named."""
    if project.study.flows.syndicate is None:
        return {"fiche": "exutoires du syndicat non désignés"}
    account = public["syndicate_account"]
    outlets, bodies = public["outlets"], public["bodies"]
    sheet = syndicate_sheet(
        account,
        account_names(outlets, bodies),
        if_part=if_taking_part(taking_part_in(project.study)),
        beside=(outlets, bodies),
    )
    count = print_sheet(project, SYNDICATE_SHEET, sheet, formats=("A4",))
    return {"fichiers": count, "lignes du compte": len(account.table)}
