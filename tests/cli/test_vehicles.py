"""What ``eitgeo doctor`` says of vehicles and of the road network."""

from pathlib import Path

from eitgeo.cli.brought import vehicle_facts
from eitgeo.cli.doctor import _road_files
from eitgeo.study.project import Project, read_study
from eitgeo.study.roads import RoadNetwork
from tests.roads.toy import make_roads

ROOT = Path(__file__).resolve().parents[2]


def project_on(network):
    study = read_study(ROOT / "study.yaml")
    roads = study.roads.model_copy(update={"network": network})
    return Project(study.model_copy(update={"roads": roads}), ROOT, ROOT)


def test_each_vehicle_is_a_line_with_its_units_and_commas():
    facts = vehicle_facts(make_roads())
    assert facts["véhicule des déchets"] == "hooklift_26t"
    line = facts["hooklift_26t"]
    assert "cédez-le-passage 3,5 s" in line
    for words in ("26 t", "hauteur 3,8 m", "longueur 9 m", "primary 65", "27 €/h"):
        assert words in line
    assert "retour à vide 100 %" in line
    assert "solide_vrac" in line
    assert "coût inconnu" in facts["car"]
    assert "porte" not in facts["car"]


def test_how_far_the_package_is_from_other_engines_is_told():
    facts = vehicle_facts(make_roads())
    asked = [name for name in facts if " ÷ " in name]
    assert asked == [
        "car ÷ moyenne",
        "car ÷ osrm",
        "car ÷ valhalla",
        "hooklift_26t ÷ valhalla_camion",
    ]
    # 0.988 and 1.024, as speed_fit.csv has them.
    assert facts["car ÷ moyenne"].startswith("médianes de 0,99 à 1,02 ")


def test_what_the_study_changes_is_marked():
    change = {"tanker_44t": {"height_m": 3.6, "cost_eur_per_km": 0.9}}
    facts = vehicle_facts(make_roads(vehicles=change))
    assert "tanker_44t" not in facts
    assert "hauteur 3,6 m" in facts["tanker_44t *"]
    assert "0,9 €/km" in facts["tanker_44t *"]


def test_a_speed_past_the_law_is_told_not_raised():
    change = {"rigid_19t": {"kmh": {"primary": 100}}}
    facts = vehicle_facts(make_roads(vehicles=change))
    assert "R413-8" in facts["véhicules"]


def test_files_of_a_real_network_are_told():
    network = RoadNetwork.model_validate(
        {"reader": "osm", "path": "study.yaml", "elevation": ["absent.tif"]}
    )
    facts = _road_files(project_on(network))
    assert facts["réseau routier"] == "réel (lecteur « osm »), study.yaml"
    assert facts["relief des routes, fichier 1"] == "FICHIER ABSENT : absent.tif"
    bare = RoadNetwork.model_validate({"reader": "osm", "path": "study.yaml"})
    told = _road_files(project_on(bare))
    assert told["relief des routes"] == "non donné : dénivelés inconnus"
