"""Every source that names communes, read over a layer whose codes have all changed.

Files name 09001, 31002, 31471; in the newer layer each of them is whole in a commune of
another code and name (09901, 31902, 31971). What a source gives is then the same, under
the present codes: nothing is lost, nothing moves.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import yaml

from eitgeo.sources.survey.answers import import_survey, survey_facts
from eitgeo.steps.flows.declared_waste import study_register
from eitgeo.steps.inputs import counts
from eitgeo.steps.inputs.answers import stored_declarations
from eitgeo.steps.inputs.bodies import load_bodies
from eitgeo.steps.inputs.counts import _points_of
from eitgeo.steps.inputs.official_zones import _load
from eitgeo.steps.inputs.outlets import _towns
from eitgeo.steps.inputs.postcodes import load_postcodes
from eitgeo.steps.inputs.readers import (
    load_communes,
    load_outlets,
    load_sites,
)
from eitgeo.steps.inputs.renewal import load_former, load_junctions, load_trips
from eitgeo.steps.perimeters.perimeters import _brought
from eitgeo.study.project import Project, open_project
from eitgeo.study.readers import PointSource
from eitgeo.study.sources import Sources
from eitgeo.study.zones import OfficialZones
from eitgeo.tables.files import write_table
from tests.sources import georisques_files as georisques
from tests.sources.survey_files import form, write_json
from tests.sources.test_cnig import csv_of, zone
from tests.studies.small_country import MILL, NAMES, write_country, write_lines
from tests.studies.test_every_reader import BODIES, OUTLETS, SITES, listed

NOW = {"09001": "09901", "31002": "31902", "31471": "31971"}
FILES = {name: keys for name, keys in SITES.items() if name != "synthetic"}
NAMING_NO_COMMUNE = {
    "communes",  # the layer itself
    "member_names",  # of members beyond the layer
    "movements",
    "elevation",
    "outlet_aliases",
    "ceilings",  # outlets by their identifier
    "credits",
}


@dataclass(frozen=True)
class Country:
    """The study of the small country, its layer and a newer one."""

    project: Project
    older: gpd.GeoDataFrame
    newer: gpd.GeoDataFrame


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    folder = tmp_path_factory.mktemp("pays")
    path = write_country(
        folder,
        bodies=listed(BODIES),
        sites=listed(FILES),
        outlets=listed(OUTLETS),
        movements="raw/mouvements.csv",
        motorway_exits="raw/exits.csv",
        known_trips="raw/trips.csv",
        postcodes="raw/postcodes.csv",
    )
    write_beside(folder / "raw")
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    study["perimeters"] = [{"name": "Atelier", "path": "raw/atelier.csv"}]
    study["arisings"]["declarations"] = ["raw/declared/export.zip"]
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    project = open_project(path)
    layer = gpd.GeoDataFrame(load_communes(project).table)
    older = layer.assign(in_area=True, altitude_m=0.0, epci_communes=len(layer))
    newer = older.assign(
        code_insee=older["code_insee"].map(NOW),
        nom=[f"Neuve {rank}" for rank in range(len(older))],
    )
    return Country(project, older, newer)


def write_beside(raw: Path) -> None:
    """Write what the country has not: movements, roads, a perimeter, zones, waste."""
    movements = (raw / "mouvements.csv").read_text(encoding="utf-8").splitlines()
    write_lines(
        raw / "mouvements.csv",
        *movements,
        *(
            f"32,2025-01-01,COM,{old},0,X,X,{NAMES[old]},COM,{new},0,X,X,Neuve"
            for old, new in NOW.items()
        ),
    )
    write_lines(
        raw / "exits.csv",
        "motorway,rank,name,code_insee,status,source",
        *(f"A64,{at},{code},{code},publie,ici" for at, code in enumerate(NOW, 1)),
    )
    write_lines(
        raw / "trips.csv",
        "from_code,from,to_code,to,road_km,car_minutes,status",
        "09001,a,31002,b,12,15,publie",
    )
    write_lines(
        raw / "postcodes.csv",
        "code_insee,postcode",
        *("09001,09100", "31002,31800", "31002,31801"),
        *("31471,31800", "31298,31800", "65258,65300"),
    )
    write_lines(raw / "atelier.csv", "code_insee", "09001", "31002")
    inside = "POLYGON((508000 6201000,513000 6201000,513000 6202000,508000 6201000))"
    (raw / "zones.csv").write_bytes(
        csv_of(zone(comm_insee="09001", geom=inside, crs="EPSG:2154"))
    )
    declared = raw / "declared"
    declared.mkdir()
    georisques.gerep(
        declared,
        sites=[georisques.establishment("068.02548", MILL)],
        prod=[georisques.produced(code="068.02548", waste="03 01 05", mass="46")],
    )


def rows(table: pd.DataFrame) -> list[str]:
    """Write the rows of a table as text, in the order of its first column."""
    first = str(table.columns[0])
    ordered = table.sort_values(first, kind="stable")
    return [str(list(row)) for row in ordered.astype(str).to_numpy()]


def renamed(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Give a table read over the older layer the codes of the newer one."""
    return table.assign(**{one: table[one].replace(NOW) for one in columns})


def former(country: Country) -> pd.DataFrame:
    return load_former(country.project, country.newer)


def test_each_former_commune_is_found(country: Country) -> None:
    found = former(country).set_index("old_code")["new_code"]
    assert found.to_dict() == NOW | {"31298": "31971"}
    only = load_former(country.project, country.older)
    assert only["old_code"].tolist() == ["31298"]


def test_every_source_of_the_study_is_looked_at_here() -> None:
    read_here = {"bodies", "membership", "sites", "outlets", "places"}
    read_here |= {"motorway_exits", "known_trips", "points", "postcodes"}
    read_here |= {"counts"}  # in the step: tests/studies/test_every_reader.py
    read_here |= {"pesees"}  # tests/cli/test_weighings.py
    assert set(Sources.model_fields) == read_here | NAMING_NO_COMMUNE


@pytest.mark.parametrize("reader", sorted(FILES))
def test_sites(country: Country, reader: str) -> None:
    source = next(s for s in country.project.study.sources.sites if s.reader == reader)
    options: dict[str, Any] = {"project": country.project, "source": source}
    only = load_former(country.project, country.older)
    before = load_sites(**options, communes=country.older, former=only)
    after = load_sites(**options, communes=country.newer, former=former(country))
    assert len(after.table)
    assert rows(after.table) == rows(renamed(before.table, "code_insee"))
    assert after.notes["kind"].eq("commune_ancienne").sum() == len(after.table)


@pytest.mark.parametrize("reader", sorted(OUTLETS))
def test_outlets(country: Country, reader: str) -> None:
    source = next(
        s for s in country.project.study.sources.outlets if s.reader == reader
    )
    options: dict[str, Any] = {"project": country.project, "source": source}
    only = load_former(country.project, country.older)
    before = load_outlets(**options, communes=country.older, former=only)
    after = load_outlets(**options, communes=country.newer, former=former(country))
    assert len(after.table)
    assert rows(after.table) == rows(renamed(before.table, "code_insee"))


def test_towns(country: Country) -> None:
    found = _towns(country.project, country.newer, former(country))
    assert found.table[["name", "code_insee"]].to_numpy().tolist() == [
        ["Saint-Élix", "31902"]
    ]
    assert found.notes["detail"].tolist() == ["31002 (Saint-Élix), aujourd'hui 31902"]
    assert found.dropped["reason"].tolist() == ["hors des communes (« 65258 »)"]


def test_members_of_bodies(country: Country) -> None:
    before = load_bodies(country.project, country.older)[0].table
    after = load_bodies(country.project, country.newer)[0].table
    assert set(after["code_insee"]) >= set(NOW.values())
    assert sorted(rows(after)) == sorted(rows(renamed(before, "code_insee")))


def test_postcodes(country: Country) -> None:
    """Two former communes may be served by one postcode; beyond the layer, none is."""
    found = load_postcodes(country.project, country.newer)
    assert found.to_numpy().tolist() == [
        ["09901", "09100"],
        ["31902", "31800"],
        ["31902", "31801"],
        ["31971", "31800"],
    ]


def test_points(country: Country, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(counts, "point_kinds", lambda: ["gares"])
    path = tmp_path / "gares.csv"
    path.write_text("point_id,name,code_insee\na,Gare,09001\nb,Halte,31471\n")
    source = PointSource(reader="gares", path=path)
    found = _points_of(country.project, source, communes=country.newer)
    assert found.table["code_insee"].tolist() == ["09901", "31971"]
    assert found.notes["kind"].tolist() == ["commune_ancienne"] * 2


def test_junctions_and_known_trips(country: Country, caplog) -> None:
    caplog.set_level("INFO")
    exits = load_junctions(country.project, country.newer)
    assert exits["code_insee"].tolist() == list(NOW.values())
    trips = load_trips(country.project, country.newer)
    assert trips[["from_code", "to_code"]].to_numpy().tolist() == [["09901", "31902"]]
    told = "trips.csv : anciennes communes lues sous l’actuelle : 09001, 31002"
    assert told in caplog.text


def test_a_perimeter_that_the_user_brings(country: Country) -> None:
    (candidate,), cuts = _brought(country.project, country.newer)
    assert candidate.codes == {"09901", "31902"}
    assert cuts.empty


def test_a_zone_that_names_its_commune(country: Country) -> None:
    """A fifth of it is in 09001, that the file names: it stays there."""
    named = OfficialZones(reader="cnig", path=Path("raw/zones.csv"))
    before = _load(country.project, named, country.older)
    after = _load(country.project, named, country.newer)
    assert before.table["code_insee"].tolist() == ["09001"]
    assert after.table["code_insee"].tolist() == ["09901"]
    assert "« 09001 » → 09901" in set(after.notes["detail"])


def test_declared_waste_of_a_site_in_a_former_commune(country: Country) -> None:
    """The declarant is found by name of commune, then by SIRET among the sites."""
    sites = pd.DataFrame({"site_id": ["A1"], "siret": [MILL]})
    before = study_register(country.project, sites, communes=country.older)
    after = study_register(country.project, sites, communes=country.newer)
    assert after["site_id"].tolist() == ["A1"]
    pd.testing.assert_frame_equal(after, before)


def test_answers_of_firms(country: Country, tmp_path: Path) -> None:
    file = write_json(tmp_path, form(commune="31002"))
    facts: dict[str, Any] = {"sites": None, "received": "", "last_day": "2027-12-31"}
    for known in (None, former(country)):
        done = import_survey(
            [file],
            None,
            facts=survey_facts("essai", communes=country.newer, former=known, **facts),
        )
        assert done.n_refused == (2 if known is None else 0)
    assert done.declarations["commune"].unique().tolist() == ["31902"]
    told = [line.met for line in done.report if line.field == "commune"]
    assert told == ["ancienne commune : lue sous le code de l'actuelle"]


def test_answers_kept_from_an_older_layer(country: Country, tmp_path: Path) -> None:
    file = write_json(tmp_path, form(commune="31002"))
    facts: dict[str, Any] = {"sites": None, "received": "", "last_day": "2027-12-31"}
    older = survey_facts("essai", communes=country.older, **facts)
    kept = import_survey([file], None, facts=older).declarations
    path = tmp_path / "declarations.parquet"
    kept.to_parquet(path)
    write_table(country.project.processed, country.newer, table="communes")
    found = stored_declarations(country.project, path)
    assert kept["commune"].unique().tolist() == ["31002"]
    assert found["commune"].unique().tolist() == ["31902"]
