"""The step that holds declarations against the calculation, and says where they go."""

import pandas as pd

from eitgeo.steps.declared import STEPS
from eitgeo.steps.flows.declared_waste import study_register
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table
from tests.sources.georisques_files import establishment, gerep, produced
from tests.sources.survey_files import SIRET
from tests.steps.test_arisings import made
from tests.steps.test_survey import communes, sites
from tests.tables.conftest import frame_of, row_of

STEP = next(one for one in STEPS if one.name == "backtest")
SAWDUST = "03 01 05"


def declaring(folder) -> Project:
    """Return three works, one of which declares 6 000 t of sawdust, 2 000 elsewhere."""
    archive = gerep(
        folder,
        sites=[
            establishment(
                siret=SIRET,
                postcode="31000",
                commune="COMMUNE 31001",
                at=(542_500, 6_222_500),
            )
        ],
        prod=[
            produced(waste=SAWDUST, mass="4000", dep="31"),
            produced(waste=SAWDUST, mass="2000", dep="9"),
            produced(code="2.2", waste=SAWDUST, mass="7000"),
        ],
    )
    project = made(folder, declarations=(archive,))
    large = dict.fromkeys(("headcount_low", "headcount_mid", "headcount_high"), 100.0)
    write_table(project.processed, sites().assign(**large), table="sites")
    register = study_register(project, sites(), communes=communes())
    write_table(project.processed, register, table="waste_declarations")
    modelled(project)
    return project


def modelled(project: Project) -> None:
    """Write what the model of outlets places: all of it in the département."""
    outlet = row_of("outlets", outlet_id="x", code_insee="31002")
    flow = row_of("allowed_flows", site_id="a", waste_code=SAWDUST, outlet_id="x")
    write_table(project.processed, frame_of("outlets", outlet), table="outlets")
    write_table(
        project.processed, frame_of("allowed_flows", flow), table="allowed_flows"
    )


def test_an_archive_gives_destinations_and_is_held_against_ratios(tmp_path) -> None:
    project = declaring(tmp_path)
    facts = STEP.run(project)
    assert facts == {
        "destinations déclarées": 2,
        "établissements déclarants comparés": 1,
        "dont entre P10 et P90 prévus (%)": "100",
    }
    found = read_table(project.processed, "declared_destinations")
    assert found[["place", "dep", "mass_t"]].to_numpy().tolist() == [
        ["autre", "09", 2000.0],
        ["propre", "31", 4000.0],
    ]
    rows = read_table(project.processed, "backtest").set_index(["measure", "item"])
    own = rows.loc[("own_departement", "03")]
    assert round(own["observed"], 6) == round(200 / 3, 6)
    assert (own["expected"], own["verdict"]) == (100.0, "non_tenu")
    assert rows.loc[("coverage_sites", ""), "declared_t"] == 6000.0


def test_a_drawn_site_is_not_compared(tmp_path) -> None:
    project = declaring(tmp_path)
    drawn = read_table(project.processed, "sites").assign(synthetic=True)
    write_table(project.processed, drawn, table="sites")
    STEP.run(project)
    assert read_table(project.processed, "backtest").empty


def test_without_declarations_both_tables_are_empty(tmp_path) -> None:
    project = made(tmp_path)
    none = empty_table("waste_declarations")
    write_table(project.processed, none, table="waste_declarations")
    assert STEP.run(project) == {"destinations déclarées": 0}
    for name in STEP.writes:
        assert read_table(project.processed, name).empty


def test_an_archive_of_other_places_gives_nothing(tmp_path) -> None:
    project = declaring(tmp_path)
    elsewhere = sites().assign(siret="", site_id=["u", "v", "w"])
    write_table(project.processed, elsewhere, table="sites")
    STEP.run(project)
    tables = [read_table(project.processed, name) for name in STEP.writes]
    assert [len(one) for one in tables] == [0, 0]
    assert isinstance(tables[0], pd.DataFrame)
