"""Every reader that a study may name, through the steps that read files.

Rows in = rows out + rows reported, counted by hand beside the files.
"""

from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import pandas as pd
import pytest

from eitgeo.reference.rules import synergy_rules
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.contract import StepReport
from eitgeo.steps.engine.run import run_steps
from eitgeo.steps.inputs.readers import load_outlets, load_sites
from eitgeo.steps.inputs.renewal import load_former
from eitgeo.study.project import open_project
from eitgeo.study.sources import (
    BodySource,
    CommuneSource,
    CountSource,
    OutletSource,
    SiteSource,
)
from eitgeo.tables.files import read_table
from eitgeo.zones.rule_ends import rule_matches
from tests.sources.every_source import SOURCES
from tests.sources.mutate import count_rows
from tests.sources.source import Source
from tests.studies.small_country import (
    COUNTED_CELLS,
    EPCI,
    FOUNDRY,
    SAWMILL,
    unpack,
    write_country,
    write_study,
)

NAMES = ("territory", "counts", "official_zones", "sites", "outlets")
READING = [one for one in STEPS if one.name in NAMES]
COMMUNES: dict[str, dict[str, Any]] = {
    "geojson": {"path": "raw/communes.geojson"},
    "cog": {"path": "raw/cog", "polygons": "raw/polygons", "merges": "raw/merges.csv"},
    "admin_express": {
        "path": "raw/ADE_4-0_GPKG_LAMB93_FXX.gpkg",
        "departements": ["09", "31"],
    },
    "geo_api": {"path": "raw/api.json", "departements": ["09", "31"]},
}
BODIES: dict[str, dict[str, Any]] = {
    "csv": {"path": "raw/bodies.csv"},
    "banatic": {
        "path": "raw/banatic.csv",
        "siren_codes": "raw/siren.csv",
        "on_date": "2025-01-01",
    },
    "dgcl": {"path": "raw/dgcl.csv", "on_date": "2025-01-01"},
    "insee_belonging": {"path": "raw/insee.xlsx", "on_date": "2026-01-01"},
    "union": {"body_id": "reunion", "label": "Réunion d'un EPCI", "of": [EPCI]},
}
SITES: dict[str, dict[str, Any]] = {
    "anchors": {"path": "raw/anchors.csv"},
    "irep": {"path": "raw/irep.csv"},
    "s3ic": {"path": "raw/s3ic.csv"},
    "icpe": {"path": "raw/icpe/export.zip"},
    "gerep": {"path": "raw/gerep/export.zip"},
    "cnig": {"path": "raw/cnig.csv"},
    "sirene": {
        "path": "raw/stock.csv",
        "legal_units": "raw/units.csv",
        "geolocation": "raw/geo.csv",
        "vintage": "septembre 2026",
    },
    "synthetic": {"n_employers": 20},
}
COUNTS: dict[str, dict[str, Any]] = {
    "urssaf_sectors": {"path": "raw/urssaf.csv", "covers": ["petr_x"]},
    "urssaf_ape": {"path": "raw/ape.csv"},
    "insee_comparator": {"path": "raw/insee.csv"},
}
OUTLETS: dict[str, dict[str, Any]] = {
    "csv": {"path": "raw/outlets.csv"},
    "s3ic": {"path": "raw/s3ic.csv"},
    "icpe": {"path": "raw/icpe/export.zip"},
    "gerep": {"path": "raw/gerep/export.zip"},
    "sinoe": {"path": "raw/sinoe"},
    "isdnd": {"path": "raw/isdnd.csv"},
    "sinoe_isdnd": {"path": "raw/sinoe_isdnd.csv"},
}


LOADERS: dict[Any, Any] = {SiteSource: load_sites, OutletSource: load_outlets}
IN_FOLDERS = ("icpe", "gerep")
"""Registers of several files: the country has them whole."""


def sample_of(source: Any, reader: str) -> Source:
    """Return the valid file of what reads a source of the study."""
    function = source.keys[reader].read_by.rpartition(".")[2]
    return next(one for one in SOURCES.values() if function in one.readers)


BY_SAMPLE = [
    (source, reader)
    for source in LOADERS
    for reader, keys in source.keys.items()
    if "path" in keys.needed and reader not in IN_FOLDERS
]
"""Sources of establishments and of outlets that one file makes."""


def listed(sources: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return sources as a study writes them."""
    return [{"reader": name, **keys} for name, keys in sources.items()]


def run(path: Path) -> tuple[dict[str, StepReport], Any]:
    """Run the steps that read; return their reports and a reader of tables."""
    project = open_project(path)
    reports = {one.step.name: one for one in run_steps(READING, project)}
    told = {name: str(one.error) for name, one in reports.items() if one.error}
    assert told == {}
    return reports, lambda name: read_table(project.processed, name)


@pytest.fixture(scope="module")
def country(tmp_path_factory) -> Path:
    """Run the study of all readers once."""
    return write_country(
        tmp_path_factory.mktemp("pays"),
        bodies=listed(BODIES),
        sites=listed(SITES),
        counts=listed(COUNTS),
        outlets=listed(OUTLETS),
        movements="raw/mouvements.csv",
    )


@pytest.fixture(scope="module")
def ran(country) -> tuple[dict[str, StepReport], Any]:
    return run(country)


@pytest.fixture
def table(ran) -> Any:
    return ran[1]


@pytest.mark.parametrize(
    ("source", "tried"),
    [
        (CommuneSource, COMMUNES),
        (BodySource, BODIES),
        (SiteSource, SITES | {"counted": {}}),  # alone: tests/studies/test_counted.py
        (CountSource, COUNTS),
        (OutletSource, OUTLETS),
    ],
)
def test_every_reader_is_in_this_study(source: Any, tried: dict[str, Any]) -> None:
    assert set(get_args(source.model_fields["reader"].annotation)) == set(source.keys)
    by_sample = {one for kind, one in BY_SAMPLE if kind is source}
    assert set(tried) <= set(source.keys) <= set(tried) | by_sample


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize(("source", "reader"), BY_SAMPLE)
def test_a_sample_passes_the_step_that_reads_it(
    country, tmp_path, source: Any, reader: str
) -> None:
    """Any new reader too: rows in = rows out + rows told, from its valid file."""
    sample = sample_of(source, reader)
    assert sample.data is not None
    path = tmp_path / sample.file
    path.write_bytes(sample.data)
    project = open_project(country)
    communes: Any = read_table(project.processed, "communes")
    loaded = LOADERS[source](
        project,
        source(reader=reader, path=path),
        communes=communes,
        former=load_former(project, communes),
    )
    assert len(loaded.table) > 0
    dropped = loaded.dropped
    n_told = dropped["n_rows"].sum() if "n_rows" in dropped else len(dropped)
    assert len(loaded.table) + n_told == count_rows(path, separator=sample.separator)


def counts(dropped: pd.DataFrame) -> dict[str, int]:
    """Return how many rows each source left out."""
    rows = dropped.groupby("source")["n_rows"].sum()
    return {str(source): int(n_rows) for source, n_rows in rows.items()}


def test_bodies_of_several_sources_are_put_together(table) -> None:
    # Study 2, BANATIC 3 of which 1 described before, INSEE 3 + 2 + 2 zones, the EPCI
    # of the DGCL described before, the union.
    kinds = table("bodies")["kind"].value_counts().to_dict()
    assert kinds == {
        "bassin_de_vie": 3,
        "syndicat": 2,
        "zone_emploi": 2,
        "aav": 2,
        "epci": 1,
        "petr": 1,
        "autre": 1,
    }
    # Study 2 × 3; syndicates 4 + 2; INSEE 3 × 3 less one commune outside any city;
    # the union has the members of the EPCI in the source that is named first.
    members = table("membership").set_index("body_id")["code_insee"]
    assert len(members) == 6 + 6 + 8 + 3
    assert sorted(members["reunion"]) == sorted(members[f"epci_{EPCI}"])
    bodies = table("bodies").set_index("body_id")
    assert bodies.loc["reunion", ["name", "status"]].tolist() == [
        "Réunion d'un EPCI",
        "a_confirmer",
    ]
    assert not bodies.loc["reunion", "legal_person"]
    assert counts(table("territory_dropped")) == {
        "banatic": 1 + 1,  # a member that is no commune, the EPCI described before
        "dgcl": 1,  # the EPCI beyond the layer
        "insee_belonging": 1,  # the commune outside any city
        "réunion des sources": 1 + 3,  # the EPCI of the DGCL, its three members
    }
    remarks = table("territory_remarks")
    assert set(remarks["kind"]) == {"membre_en_partie", "a_la_carte"}


def test_sites_in_are_sites_out_and_sites_told(table) -> None:
    # Kept by the readers: 1, 1, 2, 2, 2, 1, 3 and those drawn inside the counts.
    drawn = int(table("sites")["synthetic"].sum())
    assert drawn == int(table("site_sectors")["site_id"].str.startswith("SYN").sum())
    assert drawn > 0
    merged = table("sites_dropped").query("source == 'réunion des sources'")
    assert len(table("sites")) + len(merged) == 1 + 1 + 2 + 2 + 2 + 1 + 3 + drawn
    assert sorted(merged["row"]) == [
        "ICPE0006800002",  # the installation of S3IC
        "IREP068.02548",  # of IREP, then of GEREP: the anchor
        "IREP068.02548",
        "SIRENE39931827800021",
        f"SIRENE{FOUNDRY}",
    ]
    assert counts(table("sites_dropped")) == {
        "anchors": 1,
        "irep": 2,  # an older year, another commune
        "s3ic": 1,
        "icpe": 2,  # another commune, closed
        "gerep": 1,
        "cnig": 1,
        "sirene": 2,  # another commune, closed
        "réunion des sources": 5,
    }


def test_the_earlier_source_wins_and_is_completed(table) -> None:
    row = table("sites").set_index("site_id").loc["A1"]
    assert (row["name"], row["naf"], row["naf_2025"]) == ("Usine", "17.11Z", "17.11Y")
    assert (row["headcount_low"], row["headcount_high"]) == (250.0, 499.0)
    assert row["source"] == (
        "presse ; effectif : INSEE, SIRENE (septembre 2026) ; "
        "aussi : Géorisques, IREP 2017, Géorisques, IREP (déclarations GEREP)"
    )
    assert (row["position_quality"], row.geometry.x) == ("exacte", 502_000.0)


def test_a_former_code_is_passed_and_told(table) -> None:
    sites = table("sites").set_index("site_id")
    for at in ("S3IC0068.00002", "SIRENE12345678900011"):
        assert sites.loc[at, "code_insee"] == "31471"
    remarks = table("sites_remarks").query("kind == 'commune_ancienne'")
    assert remarks[["source", "file", "row", "detail"]].to_numpy().tolist() == [
        ["s3ic", "s3ic.csv", "S3IC0068.00002", "31298 (Lez), aujourd'hui 31471"],
        [
            "sirene",
            "stock.csv",
            "SIRENE12345678900011",
            "31298 (Lez), aujourd'hui 31471",
        ],
    ]
    outlets = table("outlets").set_index("outlet_id")
    assert outlets.loc["S3IC0068.00002", "code_insee"] == "31471"
    assert SAWMILL in outlets.loc["S3IC0068.00002", "aliases"]


def test_the_pihourc_is_one_outlet_by_its_aliases(table) -> None:
    # Kept by the readers: 1, 2, 2, 1, 1, 1, 1.
    outlets = table("outlets").set_index("outlet_id")
    merged = table("outlets_dropped").query("source == 'réunion des sources'")
    assert len(outlets) + len(merged) == 1 + 2 + 2 + 1 + 1 + 1 + 1
    assert merged["reason"].tolist() == [
        "fusionné avec « pihourc » (alias de « Pihourc »)",
        "fusionné avec « S3IC0068.00002 » (installation 0006800002)",
        "fusionné avec « pihourc » (alias de « Pihourc »)",
    ]
    row = outlets.loc["pihourc"]
    assert (row["capacity_t"], row["household_t"]) == (48_492.0, 7.0)
    assert counts(table("outlets_dropped")) == {
        "csv": 1,
        "s3ic": 1,
        # Another commune, closed.
        "icpe": 2,
        # Another commune; the mill treats nothing; a declaration of nobody at hand.
        "gerep": 3,
        "sinoe": 1,
        "isdnd": 1,
        "sinoe_isdnd": 1,
        "places": 1,
        "réunion des sources": 3,
    }


def test_a_covered_commune_without_a_row_counts_zero(table) -> None:
    urssaf = table("activity_urssaf")
    counted = urssaf.set_index(["code_insee", "sector", "measure"])["value"]
    # Three communes are covered: 31298 is in 31471 since, nothing is told of 31002.
    assert set(urssaf["code_insee"]) == {"09001", "31002", "31471"}
    assert counted["31471", "industry", "employees"] == 43
    assert counted["31002", "industry", "employees"] == 0
    assert counted["09001", "industry", "employers"] == 0
    beyond = {"urssaf_sectors": 2, "urssaf_ape": 1}
    assert counts(table("counts_dropped")) == beyond
    # Establishments of INSEE stay beyond the layer: quotients are against them all.
    insee = table("activity_insee").query("measure == 'establishments'")
    industry = insee[insee["sector"] == "industry"].set_index("code_insee")["value"]
    assert industry.to_dict() == {"09001": 0, "31002": 1, "31471": 5, "65258": 4}
    ape = table("activity_ape").set_index(["code_insee", "naf", "measure"])["value"]
    assert len(ape) == 2 * (len(COUNTED_CELLS) - 2)  # one beyond, 31298 in 31471
    assert ape["31471", "16.10A", "employees"] == 42


@pytest.mark.parametrize(
    ("covers", "told"),
    [
        (["09"], "1 communes ont une ligne et ne sont pas dans « covers » (31471)"),
        (["petr_y"], "structure « petr_y » inconnue → vouliez-vous dire « petr_x »"),
    ],
)
def test_coverage_is_told_never_guessed(tmp_path, covers, told) -> None:
    keys = {"urssaf_sectors": COUNTS["urssaf_sectors"] | {"covers": covers}}
    project = open_project(write_country(tmp_path, counts=listed(keys)))
    reports = {one.step.name: one for one in run_steps(READING[:2], project)}
    assert told in str(reports["counts"].error)


def test_the_account_is_in_the_facts(ran) -> None:
    reports, table = ran
    for name in NAMES:
        told = reports[name].facts["lignes laissées de côté"]
        assert told == table(f"{name}_dropped")["n_rows"].sum()
        assert reports[name].facts["remarques"] == len(table(f"{name}_remarks"))


@pytest.mark.parametrize("reader", sorted(COMMUNES))
def test_communes_are_the_same_whatever_the_reader(tmp_path, reader) -> None:
    path = write_country(tmp_path, communes={"reader": reader, **COMMUNES[reader]})
    _, table = run(path)
    communes = gpd.GeoDataFrame(table("communes"))
    assert communes["code_insee"].tolist() == ["09001", "31002", "31471"]
    assert set(communes["epci_siren"]) == {EPCI}
    assert communes["population"].tolist() == [100] * 3
    assert communes["area_km2"].tolist() == pytest.approx([100.0] * 3, rel=1e-6)
    assert communes["in_area"].all()
    lost = {"geojson": 0, "cog": 2, "admin_express": 1, "geo_api": 1}
    assert counts(table("territory_dropped")).get(reader, 0) == lost[reader]


def test_a_folder_is_read_as_its_archive(tmp_path) -> None:
    """An archive unfolded: its files are the inputs of the step."""
    path = write_country(
        tmp_path,
        sites=listed({"gerep": {"path": "raw/gerep"}}),
        outlets=listed({"icpe": {"path": "raw/icpe"}}),
    )
    for name in ("gerep", "icpe"):
        unpack(tmp_path / "raw" / name)
    _, table = run(path)
    assert table("sites")["site_id"].tolist() == ["IREP068.00011", "IREP068.02548"]
    assert table("outlets")["outlet_id"].tolist() == [
        "ICPE0006800002",
        "ICPE0006800005",
    ]
    project = open_project(path)
    assert [one.status for one in run_steps(READING, project)] == ["current"] * 5
    page = tmp_path / "raw/icpe/rubriqueIC.csv"
    page.write_bytes(page.read_bytes().replace(b"2780", b"2781"))
    ran = {one.step.name: one.status for one in run_steps(READING, project)}
    assert ran.pop("outlets") == "done"
    assert ran == dict.fromkeys(NAMES[:-1], "current")
    kinds = read_table(project.processed, "outlets")["kind"].tolist()
    assert kinds == ["recuperation", "methanisation"]


def test_activities_of_2025_are_told_and_meet_the_rules_of_rev2(
    tmp_path, caplog
) -> None:
    keys = {**SITES["sirene"], "naf_version": "NAF2025"}
    path = write_country(tmp_path, sites=listed({"sirene": keys}))
    _, table = run(path)
    sites = table("sites")
    assert set(sites["naf_2025"]) == {"17.11Y"}
    # Rules, ratios and divisions read « naf »: a pulp mill, as SIRENE says beside.
    assert set(sites["naf"]) == set(sites["naf_rev2"]) == {"17.11Z"}
    assert set(sites["naf_version"]) == {"NAF2025"}
    assert set(
        rule_matches(sites, synergy_rules(), end="source_naf")["site_id"]
    ) == set(sites["site_id"])
    told = "3 établissements en NAF 2025 : ratios et règles sont en NAF rév. 2"
    assert told in caplog.text
    assert "sans équivalent sûr : 0 %" in caplog.text


def test_exports_of_two_dates_give_periods(tmp_path) -> None:
    write_country(tmp_path)
    early = {**BODIES["banatic"], "on_date": "2024-01-01"}
    text = (tmp_path / "raw/banatic.csv").read_text(encoding="utf-8").splitlines()
    # In 2024 the SIVOM had not its second commune.
    kept = [line for line in text if not ("243100003" in line and "m213100003" in line)]
    assert len(kept) == len(text) - 1
    (tmp_path / "raw/avant.csv").write_text("\n".join(kept), encoding="utf-8")
    exports = [
        {"reader": "csv", "path": "raw/bodies.csv"},
        {"reader": "banatic", **BODIES["banatic"]},
        {"reader": "banatic", **early, "path": "raw/avant.csv"},
    ]
    _, table = run(write_study(tmp_path, bodies=exports))
    members = table("membership").query("body_id == 'syndicat_243100003'")
    dates = members[["code_insee", "from_date", "to_date"]].to_numpy().tolist()
    assert dates == [["31002", "2024-01-01", ""], ["31003", "2025-01-01", ""]]


def test_a_list_older_than_the_layer_cuts_nothing(tmp_path) -> None:
    """31298 is in 31471 since: the EPCI of the old list is whole in the layer."""
    write_country(tmp_path)
    path = tmp_path / "raw/membership.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    older = [line.replace(",31471,", ",31298,") for line in lines]
    older += [line for line in lines if f"epci_{EPCI},31471," in line]
    path.write_text("\n".join(older) + "\n", encoding="utf-8")
    _, table = run(write_study(tmp_path))
    members = table("membership")
    assert "31298" not in set(members["code_insee"])
    communes = table("communes")
    assert set(communes["epci_communes"]) == {len(communes)}
    notes = table("territory_remarks")
    told = notes.loc[notes["kind"].eq("commune_ancienne"), "detail"]
    assert set(told) == {"31298 (Lez), aujourd'hui 31471"}


def test_an_epci_that_the_layer_cuts_is_cut_in_the_table(tmp_path) -> None:
    write_country(tmp_path)
    path = tmp_path / "raw/membership.csv"
    text = path.read_text(encoding="utf-8")
    more = f"epci_{EPCI},65258,2020-01-01,,publie,ici\n"
    path.write_text(text.rstrip() + "\n" + more, encoding="utf-8")
    _, table = run(write_study(tmp_path))
    communes = table("communes")
    assert set(communes["epci_communes"]) == {len(communes) + 1}
    assert "65258" in set(table("membership")["code_insee"])
