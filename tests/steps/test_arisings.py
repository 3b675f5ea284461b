"""The step of arisings: its tables, its warnings, its control totals."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import InfeasibleError, SchemaError
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.contract import Reading
from eitgeo.study.arisings import Arisings
from eitgeo.study.project import Project, read_study
from eitgeo.study.sources import SiteSource
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table
from tests.sources.counts import TOLD, urssaf, write_no_counts
from tests.sources.georisques_files import establishment, gerep, produced
from tests.sources.survey_files import SIRET
from tests.steps.test_survey import communes, sites

ROOT = Path(__file__).resolve().parents[2]
STEP = next(one for one in STEPS if one.name == "arisings")
HEADER = "departement,sector,stream,year,total_t,covered_share,source\n"


def made(folder: Path, **values: Any) -> Project:
    """Return a study of three sawmills, with these keys of its section."""
    study = read_study(ROOT / "study.yaml")
    section = Arisings.model_validate({"n_draws": 400} | values)
    own = study.model_copy(update={"arisings": section, "survey": None})
    project = Project(own, folder, folder)
    write_table(project.processed, communes(), table="communes")
    write_table(project.processed, sites(), table="sites")
    write_no_counts(project.processed)
    return project


def whole(project: Project) -> pd.Series:
    """Return the total of the area, neither hazardous nor inert."""
    totals = read_table(project.processed, "arising_totals")
    return totals.set_index(["grain", "stream"]).loc[("territoire", "NDNI")]


def test_three_sawmills_by_hand(tmp_path) -> None:
    """10 to 19 jobs, about 14 each, at 50 t: 700 t a site.

    The median of the product is a little lower (695 t). 25, 50, 100 t reach as far
    below 50 as above it; a total is surer.
    """
    project = made(tmp_path)
    facts = STEP.run(project)
    table = read_table(project.processed, "arisings")
    per_site = table.groupby("site_id")["t_mid"].sum()
    np.testing.assert_allclose(per_site, 14 * 50, rtol=0.04)
    total = whole(project)
    assert total["t_mid"] == pytest.approx(3 * 700, rel=0.1)
    # The total is surer than three times the sites.
    levels = table.groupby("site_id")[["t_low", "t_high"]].sum().sum()
    assert total["t_low"] > levels["t_low"]
    assert total["t_high"] < levels["t_high"]
    assert facts["avec un ratio"] == 3
    told = str(facts["gisement potentiel hors inertes"])
    assert told.replace("\N{NO-BREAK SPACE}", " ") == (
        "de l’ordre de 2 000 t/an (1 000 à 4 000)"
    )
    residues = read_table(project.processed, "byproducts")
    assert set(residues["resource"]) == {"03 01 01", "03 01 05"}


def test_what_is_drawn_inside_counts_is_drawn_again(tmp_path) -> None:
    """One known sawmill, two drawn employers of whom only the sector is counted."""
    project = made(tmp_path, n_draws=200)
    own = project.study.sources.model_copy(
        update={"sites": (SiteSource(reader="synthetic", n_employers=0),)}
    )
    project = replace(project, study=project.study.model_copy(update={"sources": own}))
    folder = project.processed
    counts = urssaf(("31001", "industry", 3, 300)).assign(**TOLD)
    write_table(folder, counts, table="activity_urssaf")
    shown = sites().assign(synthetic=[False, True, True])
    write_table(folder, shown, table="sites")
    cells = shown[["site_id", "code_insee"]].assign(sector="industry")
    write_table(folder, cells, table="site_sectors")
    STEP.run(project)
    again = whole(project)
    # 286 employees at what the sector throws away, not two more sawmills of 14.
    assert again["headcount_pct"] > 20
    draws = read_table(folder, "arising_draws")
    assert draws["draw"].nunique() == 200
    assert draws["t"].median() == pytest.approx(again["t_mid"], rel=0.3)
    write_table(folder, shown.assign(synthetic=False), table="sites")
    write_table(folder, empty_table("activity_urssaf"), table="activity_urssaf")
    STEP.run(project)
    assert whole(project)["headcount_pct"] < 10
    assert whole(project)["t_high"] < again["t_high"]


def test_the_band_of_plausibility_warns(tmp_path, caplog) -> None:
    inhabitants = communes().loc[lambda rows: rows["in_area"], "population"].sum()
    per_head = 3 * 840 / inhabitants
    around = (per_head / 2, per_head * 2)
    quiet = made(tmp_path / "a", plausible_t_per_inhabitant=around)
    with caplog.at_level(logging.WARNING):
        facts = STEP.run(quiet)
    assert caplog.text == ""
    assert not any("vraisemblable" in label for label in facts)
    above = (per_head * 2, per_head * 3)
    loud = made(tmp_path / "b", plausible_t_per_inhabitant=above)
    with caplog.at_level(logging.WARNING):
        facts = STEP.run(loud)
    assert "hors de la bande vraisemblable" in caplog.text
    assert any("vraisemblable" in label for label in facts)


def test_naf_2025_without_a_sure_equivalent_is_told(tmp_path, caplog) -> None:
    project = made(tmp_path)
    lost = sites().assign(naf_version="NAF2025", naf_rev2=["16.10A", "", ""])
    lost["naf_2025"] = ["16.11Y", "16.11Y", "16.12Y"]
    write_table(project.processed, lost, table="sites")
    with caplog.at_level(logging.WARNING):
        facts = STEP.run(project)
    assert facts["NAF 2025 sans équivalent sûr (%)"] == pytest.approx(33.3)
    assert "33 % des établissements en NAF 2025 sans équivalent sûr" in caplog.text
    table = read_table(project.processed, "arisings")
    assert set(table["site_id"]) == {"a", "b"}


def test_a_control_total_is_reached_draw_by_draw(tmp_path) -> None:
    project = made(tmp_path, control_totals="totaux.csv")
    (tmp_path / "totaux.csv").write_text(
        HEADER + "31,16,NDNI,2023,9000,0.5,ORDEC\n", encoding="utf-8"
    )
    assert STEP.files is not None
    assert tmp_path / "totaux.csv" in STEP.files(project)
    STEP.run(project)
    total = whole(project)
    levels = total[["t_low", "t_mid", "t_high"]].to_numpy(dtype=float)
    np.testing.assert_allclose(levels, 4500.0)
    assert np.isnan(total["ratio_common_pct"])
    per_site = read_table(project.processed, "arisings").groupby("site_id")
    assert per_site["t_mid"].sum().sum() == pytest.approx(4500, rel=0.1)


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        ("65,,NDNI,2023,10,1,s\n", InfeasibleError, "aucun gisement estimé"),
        ("31,16,NDNI,2023,-10,1,s\n", SchemaError, "tonnage positif"),
    ],
)
def test_a_total_that_cannot_hold_stops_the_step(tmp_path, row, error, message) -> None:
    project = made(tmp_path, control_totals="totaux.csv")
    (tmp_path / "totaux.csv").write_text(HEADER + row, encoding="utf-8")
    with pytest.raises(error, match=message):
        STEP.run(project)


def test_the_same_inputs_give_the_same_bytes(tmp_path) -> None:
    written = []
    for name in ("a", "b"):
        project = made(tmp_path / name)
        STEP.run(project)
        files = (f"{table}.parquet" for table in STEP.writes)
        written.append([(project.processed / one).read_bytes() for one in files])
    assert written[0] == written[1]


def test_the_step_depends_on_the_seed_and_on_its_section(tmp_path) -> None:
    project, reading = made(tmp_path), Reading({}, set())
    STEP.run(project, reading)
    own = ("arisings.", "identity.seed", "survey", "sources.movements", "sources.sites")
    assert {key for key in reading.settings if not key.startswith(own)} == set()
    assert {"arisings.n_draws", "identity.seed"} <= reading.settings


def test_a_band_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="borne basse puis borne haute"):
        Arisings(plausible_t_per_inhabitant=(1.0, 0.5))


def test_what_a_site_declares_stands_before_its_ratio(tmp_path) -> None:
    """Sawmill a is the declarant of that SIRET: 46 t of sawdust, 7 t from elsewhere."""
    archive = gerep(
        tmp_path,
        sites=[
            establishment(
                siret=SIRET,
                postcode="31000",
                commune="COMMUNE 31001",
                at=(542_500, 6_222_500),
            )
        ],
        prod=[
            produced(waste="03 01 05", mass="46"),
            produced(code="2.2", waste="03 01 05", mass="7"),
        ],
    )
    project = made(tmp_path, declarations=(archive,))
    facts = STEP.run(project)
    rows = read_table(project.processed, "arisings").set_index(["site_id", "ewc_stat"])
    told = rows.loc[("a", "W075")]
    assert told[["t_low", "t_mid", "t_high"]].tolist() == [46.0] * 3
    assert told[["method", "evidence", "waste_code"]].tolist() == [
        "irep",
        "O",
        "03 01 05",
    ]
    assert rows.loc[("b", "W075"), "method"] == "ratio"
    assert set(rows.index.get_level_values("site_id")) == {"a", "b", "c"}
    assert facts["dont au registre (IREP)"] == 1
    assert archive in STEP.files(project)
