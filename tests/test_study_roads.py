"""Section ``roads``: networks, vehicles, and what is refused by name."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from eitgeo.errors import StudyError
from eitgeo.study.project import read_study
from tests.surrogate import without_roads

DEFAULT = Path(__file__).resolve().parents[1] / "study.yaml"
RAW = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
OSM = "© les contributeurs OpenStreetMap, ODbL"


def study_of(tmp_path, *, credit=None, **roads):
    """Read the default study with some keys of its roads replaced."""
    raw = without_roads(deepcopy(RAW))
    raw["roads"] |= roads
    if credit is not None:
        raw["sources"]["credits"]["roads"] = credit
    path = tmp_path / "study.yaml"
    path.write_text(
        yaml.dump(raw, Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8"
    )
    return read_study(path)


def test_the_delivered_study_is_on_real_roads():
    study = read_study(DEFAULT)
    assert study.roads.network.reader == "osm"
    assert "OpenStreetMap" in study.sources.credits.roads
    assert study.demonstration_reasons == (
        "établissements tirés au sort dans les effectifs comptés",
    )


def test_without_an_extract_it_is_the_surrogate_and_says_so(tmp_path):
    study = study_of(tmp_path)
    assert study.roads.network.is_surrogate
    assert "réseau de substitution" in study.demonstration_reasons
    # Sidecars tell the keys of the reader alone.
    assert study.section("roads")["network"] == {"reader": "surrogate"}


@pytest.mark.parametrize(
    ("reader", "credit"), [("osm", OSM), ("bd_topo", "© IGN – BD TOPO")]
)
def test_a_real_network_is_no_demonstration(tmp_path, reader, credit):
    network = {"reader": reader, "path": "routes.bin", "elevation": "relief.tif"}
    study = study_of(tmp_path, network=network, credit=credit)
    assert not study.roads.network.is_surrogate
    assert study.roads.network.elevation == (Path("relief.tif"),)
    assert "réseau de substitution" not in study.demonstration_reasons
    assert "vitesses estimées" in study.roads.network.label


@pytest.mark.parametrize(
    ("roads", "words"),
    [
        ({"network": {"reader": "osm"}}, r"« path » est nécessaire au lecteur « osm »"),
        (
            {"network": {"reader": "surrogate", "path": "a.pbf"}},
            "« path » ne sert pas au lecteur « surrogate »",
        ),
        ({"network": {"reader": "omm", "path": "a"}}, "vouliez-vous dire « osm »"),
        (
            {"network": {"reader": "osm", "path": "a", "elevations": "b"}},
            "roads.network.elevations(.|\n)*« elevation »",
        ),
        ({"vehicles": {"hooklift": {}}}, "vouliez-vous dire « hooklift_26t »"),
        (
            {"vehicles": {"hooklift_26t": {"heigth_m": 4}}},
            "roads.vehicles.hooklift_26t.heigth_m(.|\n)*« height_m »",
        ),
        (
            {"vehicles": {"car": {"kmh": {"primmary": 50}}}},
            "vouliez-vous dire « primary »",
        ),
        ({"vehicles": {"car": {"kmh": {"primary": 0}}}}, "doit être au moins 1"),
        ({"vehicles": {"car": {"weight_t": -1}}}, "doit être supérieur à 0"),
        ({"vehicles": {"car": {"empty_return_share": True}}}, "ni oui ni non"),
        ({"waste_vehicle": "car"}, "valeur inconnue"),
        ({"isochrones": {"minute": [30]}}, "vouliez-vous dire « minutes »"),
        ({"isochrones": {"minutes": []}}, "roads.isochrones.minutes"),
        ({"isochrones": {"seats": ["Tarbes"]}}, "roads.isochrones.seats"),
        ({"criticality": {"classes": 9}}, "roads.criticality.classes"),
        ({"closures": [{"id": "n125_saint_beat"}]}, "demande un réseau réel"),
        ({"criticality": {}}, "« roads.criticality » demande un réseau réel"),
        ({"matrix_gb": 0}, "doit être supérieur à 0"),
        (
            {"truck": {"road_kmh": 60}},
            "« roads.truck.road_kmh » = 60 : plus vite que la voiture → au plus 56.3",
        ),
    ],
)
def test_what_the_section_does_not_know_is_refused(tmp_path, roads, words):
    with pytest.raises(StudyError, match=words):
        study_of(tmp_path, **roads)


@pytest.mark.parametrize(
    ("reader", "owner"), [("osm", "OpenStreetMap"), ("bd_topo", "IGN")]
)
def test_whom_the_licence_names_must_be_credited(tmp_path, reader, owner):
    network = {"reader": reader, "path": "routes.bin"}
    with pytest.raises(StudyError, match=f"doit citer {owner}"):
        study_of(tmp_path, network=network, credit="Routes : réseau réel")


@pytest.mark.parametrize(
    ("vintage", "credit", "told"),
    [
        ("mars 2022", f"{OSM} (août 2021)", "date les routes de 2021.*« mars 2022 »"),
        ("mars 2021", f"{OSM} (août 2021)", "date les routes de 2021.*« mars 2021 »"),
        ("", f"{OSM} (août 2021)", "« millésime non indiqué » → écrire la date"),
    ],
)
def test_two_dates_of_the_same_roads_are_refused(tmp_path, vintage, credit, told):
    network = {"reader": "osm", "path": "a.osm.pbf", "vintage": vintage}
    with pytest.raises(StudyError, match=told):
        study_of(tmp_path, network=network, credit=credit)


@pytest.mark.parametrize(
    "credit", [OSM, "Routes : BD TOPO (IGN)", "© les contributeurs"]
)
def test_a_surrogate_owes_nothing_to_roads_it_does_not_read(tmp_path, credit):
    with pytest.raises(StudyError, match="réseau de substitution → l'ôter du crédit"):
        study_of(tmp_path, credit=credit)
