"""Write what firms told: published sums, and in a private study all of it."""

from __future__ import annotations

import pandas as pd

from eitgeo.flows.arisings.declared import (
    answer_contributions,
    declared_masses,
    survey_needs,
    used_outlets,
)
from eitgeo.sources.survey.published_answers import read_published_answers
from eitgeo.steps.files import published_answer_files
from eitgeo.steps.inputs.answers import study_declarations
from eitgeo.steps.inputs.weighings import weighed_sums, with_weighed_flows
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import TABLES

_WRITTEN = ("needs", "outlet_flows", "survey_public", "weighed_public")
_KEY = ["epci_siren", "subject", "item"]


@step(
    "Réponses des entreprises",
    reads=("od_matrix",),
    writes=("needs", "outlet_flows", "survey_public", "weighed_public"),
    files="answer_files",
)
def run(*, project: Project) -> dict[str, object]:
    """Write needs, flows to outlets and public sums, empty without answers."""
    declarations = study_declarations(project)
    tables = (
        _published(project) if declarations is None else _all(project, declarations)
    )
    tables["weighed_public"], tickets = weighed_sums(project)
    flows = with_weighed_flows(tables.get("outlet_flows"), tickets)
    if flows is not None:
        tables["outlet_flows"] = flows
    for table in _WRITTEN:
        rows = tables.get(table)
        written = _without_rows(table) if rows is None or rows.empty else rows
        write_table(project.processed, written, table=table)
    weighed = {"sommes de pesées": len(tables["weighed_public"])}
    weighed = weighed if project.study.sources.pesees else {}
    if declarations is None:
        return {"sommes de réponses publiées": len(tables["survey_public"]), **weighed}
    return {
        "entreprises inscrites": declarations["siret"].nunique(),
        "ressources recherchées": len(tables["needs"]),
        "exutoires utilisés reconnus": len(tables["outlet_flows"]),
        **weighed,
    }


def _published(project: Project) -> dict[str, pd.DataFrame]:
    """Read what was published of answers: a study that may be published has no more."""
    files = published_answer_files(project)
    rows = [read_published_answers(path) for path in files]
    return {"survey_public": rows[0] if rows else _without_rows("survey_public")}


def _all(project: Project, declarations: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Lay out every answer: a private study alone gets here."""
    sites = read_table(project.processed, "sites")
    masses = declared_masses(declarations)
    return {
        "needs": survey_needs(declarations, masses, sites=sites),
        "outlet_flows": used_outlets(
            declarations,
            masses,
            sites=sites,
            outlets=read_table(project.processed, "outlets"),
            od_matrix=read_table(project.processed, "od_matrix"),
        ),
        "survey_public": _every_sum(project, declarations, masses, sites),
    }


def _every_sum(
    project: Project,
    declarations: pd.DataFrame,
    masses: pd.DataFrame,
    sites: pd.DataFrame,
) -> pd.DataFrame:
    communes = read_table(project.processed, "communes")
    area = communes[communes["in_area"]]
    rows = answer_contributions(
        declarations,
        masses,
        sites=sites,
        epci_of=dict(zip(area["code_insee"], area["epci_siren"], strict=True)),
    )
    groups = rows.groupby(_KEY)
    sums = groups["t"].sum(min_count=1).to_frame().assign(n_firms=groups.size())
    day = project.study.identity.edition.isoformat()
    table = sums.rename(columns={"t": "mass_t"}).reset_index()
    return table.assign(published_on=day)


def _without_rows(table: str) -> pd.DataFrame:
    # The text of a table with rows: the bytes are those of a survey wholly purged.
    columns = TABLES[table].columns
    types = {name: str(spec.dtype) for name, spec in columns.items()}
    return pd.DataFrame(
        {
            name: pd.Series(dtype="str" if kind.startswith("str") else kind)
            for name, kind in types.items()
        }
    )
