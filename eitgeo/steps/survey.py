"""Write what firms look for, and which outlets take their waste today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.flows import declared_masses, survey_needs, used_outlets
from eitgeo.steps._survey import study_declarations
from eitgeo.tables import TABLES, read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``needs`` and ``outlet_flows``, empty where nobody answered.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    declarations = study_declarations(project)
    if declarations is None:
        for table in ("needs", "outlet_flows"):
            write_table(project.processed, _without_rows(table), table=table)
        return {"entreprises inscrites": 0}
    sites = read_table(project.processed, "sites")
    masses = declared_masses(declarations)
    needs = survey_needs(declarations, masses, sites=sites)
    flows = used_outlets(
        declarations,
        masses,
        sites=sites,
        outlets=read_table(project.processed, "outlets"),
        od_matrix=read_table(project.processed, "od_matrix"),
    )
    write_table(project.processed, needs, table="needs")
    write_table(project.processed, flows, table="outlet_flows")
    return {
        "entreprises inscrites": declarations["siret"].nunique(),
        "ressources recherchées": len(needs),
        "exutoires utilisés reconnus": len(flows),
    }


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
