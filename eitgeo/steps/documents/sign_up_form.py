"""Make the sign-up form: an offline page, to print too, and a workbook."""

from __future__ import annotations

from eitgeo.maps.form.page import WORDS, make_sign_up, sign_up_page
from eitgeo.maps.form.sheets import sign_up_xlsx
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.steps.files import form_files
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables
from eitgeo.words import french_size


@step(
    "Formulaire d'inscription",
    products="form_files",
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``inscription.html`` and ``inscription.xlsx``."""
    study = project.study
    if study.form is None:
        return {"formulaire": "section « form » absente de l'étude"}
    if project.private:
        return {"formulaire": "aucun : une étude privée ne se distribue pas"}
    communes = public["communes"]
    sign_up = make_sign_up(
        communes,
        form=study.form,
        sheet=make_sheet(study.identity, [communes]),
        study=study.identity.name,
    )
    page = sign_up_page(sign_up)
    contents = (page, sign_up_xlsx(sign_up))
    for path, content in zip(form_files(project), contents, strict=True):
        write_bytes(path, content)
    remedy = f"{WORDS['no_address']} → form.contact_email ou form.post_url"
    return ({} if sign_up.has_address else {"à savoir": remedy}) | {
        "communes proposées": len(sign_up.communes),
        "page": french_size(len(page)),
    }
