"""Hide what firms declared, predict it from ratios and outlets, and compare."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from eitgeo.flows.arisings.arising_draws import draw_law
from eitgeo.flows.arisings.backtest import backtest
from eitgeo.flows.outlets.destinations import (
    declared_destinations,
    declared_places,
    own_shares,
)
from eitgeo.reference.tables import waste_ratios
from eitgeo.reference.waste import low_ewc
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table
from eitgeo.words import french_number


@step(
    "Déchets déclarés : destinations et contrôle du calcul",
    reads=("allowed_flows",),
    writes=("backtest", "declared_destinations"),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``backtest`` and ``declared_destinations``, empty without declarations."""
    declared = declared_tables(project)
    for name, rows in declared.items():
        write_table(project.processed, rows, table=name)
    facts: dict[str, object] = {
        "destinations déclarées": len(declared["declared_destinations"])
    }
    covered = declared["backtest"].query("measure == 'coverage_sites'")
    for row in covered.to_dict("records"):
        facts["établissements déclarants comparés"] = row["n_sites"]
        share = french_number(row["observed"], decimals=0)
        facts["dont entre P10 et P90 prévus (%)"] = share
    return facts


def declared_tables(project: Project) -> dict[str, pd.DataFrame]:
    """Compute both tables from those of the study, declarations among them."""
    folder = project.processed
    communes, sites = read_table(folder, "communes"), read_table(folder, "sites")
    rows = read_table(folder, "waste_declarations")
    if rows.empty:
        names = ("backtest", "declared_destinations")
        return {name: pd.DataFrame(empty_table(name)) for name in names}
    area = communes.loc[communes["in_area"]].set_index("code_insee")["dep"]
    departements = sites.set_index("site_id")["code_insee"].map(area).dropna()
    places = declared_places(rows, departements)
    table = backtest(
        rows,
        sites[~sites["synthetic"]],
        ratios=waste_ratios(),
        law=draw_law(project.study),
        correspondence=low_ewc(),
        shares=own_shares(places, _placed(folder, communes), departements),
    )
    return {"backtest": table, "declared_destinations": declared_destinations(places)}


def _placed(folder: Path, communes: pd.DataFrame) -> pd.DataFrame:
    """Read what the model places, and the département of each outlet."""
    outlets = read_table(folder, "outlets").set_index("outlet_id")["code_insee"]
    deps = outlets.map(communes.set_index("code_insee")["dep"])
    flows = read_table(folder, "allowed_flows")
    return flows.assign(outlet_dep=flows["outlet_id"].map(deps))
