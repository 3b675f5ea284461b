"""The official files of ../shared/data through the steps, their known faults told."""

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import open_project
from eitgeo.tables.files import read_table

pytestmark = pytest.mark.results

ROOT = Path(__file__).resolve().parents[2]
OFFICIAL = ROOT.parent / "shared" / "data"
NAMES = {"territory", "counts", "official_zones", "sites", "outlets"}
READING = [one for one in STEPS if one.name in NAMES]
MILL, PIHOURC = "IREP068.02548", "IREP068.04665"


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Any:
    """Run the steps that read, once; return a reader of their tables."""
    if not OFFICIAL.is_dir():
        pytest.skip("official files absent: ../shared/data")
    out = tmp_path_factory.mktemp("official")
    project = open_project(ROOT / "tests/studies/official.yaml", out=out)
    reports = run_steps(READING, project)
    assert {one.step.name: str(one.error) for one in reports if one.error} == {}
    return lambda name: read_table(project.processed, name)


def rows_of(path: Path, separator: str = ",") -> int:
    """Count the rows of a CSV file; a cell may hold several lines."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return sum(1 for _ in csv.reader(handle, delimiter=separator)) - 1


def told(dropped: pd.DataFrame, source: str) -> int:
    """Count the rows that a source left out."""
    return int(dropped.loc[dropped["source"] == source, "n_rows"].sum())


def test_sites_in_are_sites_out_and_sites_told(table) -> None:
    industry, example = OFFICIAL / "industry", "cnig/etablissement_exemple-valide.csv"
    declared = rows_of(industry / "irep_etablissements_09_31_32_65_2003_2017.csv")
    installed = rows_of(industry / "s3ic_x_sirene_09_31_32_65.csv", ";")
    rows_in = declared + installed + rows_of(OFFICIAL / example, ";")
    dropped = table("sites_dropped")
    # The example of the CNIG is in the Somme.
    assert (declared, installed, rows_in) == (2_692, 269, 2_692 + 269 + 1)
    assert len(table("sites")) + int(dropped["n_rows"].sum()) == rows_in
    assert told(dropped, "cnig") == 1
    # An installation in both registers, by its number or its SIRET, is one site.
    assert told(dropped, "réunion des sources") > 50


def test_the_known_faults_of_irep_are_told(table) -> None:
    remarks = table("sites_remarks").query("source == 'irep'")
    shared = remarks.query("kind == 'point_partage'")
    # The pulp mill and the landfill of the Pihourc stand on one point.
    assert {MILL, PIHOURC} <= set(shared["subject"].str[: len(MILL)])
    sites = table("sites").set_index("site_id")
    assert sites.loc[MILL].geometry.equals(sites.loc[PIHOURC].geometry)
    # Points are places of the commune, none is taken as exact: 132 of 183 are shared.
    irep = sites[sites.index.str.startswith("IREP")]
    assert (len(irep), len(shared)) == (183, 132)
    assert set(irep["position_quality"]) == {"commune"}
    # One SIRET for several sites.
    assert (remarks["kind"] == "siret_repete").any()


def test_a_site_of_two_registers_takes_what_each_knows(table) -> None:
    mill = table("sites").set_index("site_id").loc[MILL]
    assert (mill["naf"], mill["siret"]) == ("17.11Z", "39931827800021")
    # IREP has no headcount; the other register has the bracket 250 to 499.
    assert (mill["headcount_low"], mill["headcount_high"]) == (250.0, 499.0)
    assert "effectif : Géorisques, ICPE" in mill["source"]


def test_the_pihourc_is_one_outlet(table) -> None:
    """Capacities say 253…, the classified installation 243…: the alias file joins.

    S3IC says « [ND] » of an installation that IREP gives to 243…: it joins, untold.
    """
    outlets = table("outlets")
    numbers = outlets["aliases"].str.split(";").explode()
    assert (numbers == "25310217200017").sum() == 1
    assert "24310034400031" not in set(numbers)
    (row,) = outlets[outlets["aliases"].str.contains("25310217200017")].itertuples()
    assert (row.outlet_id, row.capacity_t) == ("ISDND25310217200017", 48_492.0)
    merged = table("outlets_dropped").query("reason.str.contains('alias')")
    assert merged["reason"].tolist() == [
        "fusionné avec « ISDND25310217200017 » (alias de « Pihourc »)"
    ]


def test_outlets_in_are_outlets_out_and_outlets_told(table) -> None:
    capacities = OFFICIAL / "waste" / "stg_isdnd_capacites_limites_50pct.csv"
    rows_in = rows_of(capacities) + 269
    dropped = table("outlets_dropped")
    towns = told(dropped, "places")
    assert len(table("outlets")) + int(dropped["n_rows"].sum()) - towns == rows_in
