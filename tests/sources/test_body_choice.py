"""National lists of bodies: what touches the layer is kept whole; unions of EPCI."""

import datetime as dt

import pytest

from eitgeo.errors import SchemaError, StudyError
from eitgeo.sources.territory.bodies import keep_touching, unite_epci
from eitgeo.sources.territory.dgcl_members import read_dgcl_bodies

DAY = dt.date(2026, 1, 1)
HEADER = "siren;raison_sociale;nature_juridique;insee;siren_membre;pmun_2025\r\n"
ROWS = (
    "200000001;CC du Bœuf;CC;09001;210900011;1 059\r\n"
    "200000001;CC du Bœuf;CC;31002;213100027;631\r\n"
    "990000002;CA Neuve;CA;31003;213100035;80\r\n"
)


@pytest.fixture
def read(tmp_path):
    """Return the bodies of a list as the DGCL serves it."""
    path = tmp_path / "perimetre-epci-a-fp.csv"
    path.write_bytes((HEADER + ROWS).encode("cp1252"))
    return read_dgcl_bodies(path, on_date=DAY)


def test_epci_are_bodies_with_their_communes(read) -> None:
    bodies = read.bodies.set_index("body_id")
    assert bodies["name"].to_dict() == {
        "epci_200000001": "CC du Bœuf",
        "epci_990000002": "CA Neuve",
    }
    assert bodies[["legal_person", "waste_competence"]].all(axis=None)
    assert set(read.table["status"]) == {"publie"}
    assert set(read.table["from_date"]) == {"2026-01-01"}
    members = read.table.groupby("body_id")["code_insee"].agg(list).to_dict()
    assert members == {
        "epci_200000001": ["09001", "31002"],
        "epci_990000002": ["31003"],
    }


def test_two_names_of_one_epci_are_refused(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        (HEADER + ROWS.replace("CC du Bœuf", "CC Bis", 1)).encode("cp1252")
    )
    with pytest.raises(SchemaError, match="deux noms pour l'EPCI « 200000001 »"):
        read_dgcl_bodies(path, on_date=DAY)


def test_what_touches_the_layer_is_kept_whole_and_the_rest_counted(read) -> None:
    kept = keep_touching(read, communes={"31002"}, file="a.csv")
    assert kept.bodies["body_id"].tolist() == ["epci_200000001"]
    # Its members beyond the layer stay: only the list tells that the layer cuts it.
    assert kept.table["code_insee"].tolist() == ["09001", "31002"]
    assert kept.dropped[["row", "reason"]].to_numpy().tolist() == [
        ["1 ligne", "structure sans commune dans la couche"]
    ]
    none = keep_touching(
        read, communes={"31002"}, described={"epci_200000001"}, file="a.csv"
    )
    assert none.bodies.empty
    assert none.table.empty
    assert none.dropped["reason"].tolist() == [
        "structure sans commune dans la couche",
        "structure décrite par une source qui précède",
    ]


def test_a_union_is_the_communes_of_its_epci_and_is_to_be_confirmed() -> None:
    members = {"200000001": ["31002", "09001"], "990000002": ["31003"]}
    made = unite_epci(
        "nous", "Réunion", of=[*members], members=members, on_date="2026-01-01"
    )
    assert made.table["code_insee"].tolist() == ["09001", "31002", "31003"]
    assert set(made.table["status"]) == {"a_confirmer"}
    body = made.bodies.iloc[0]
    assert (body["kind"], body["status"]) == ("autre", "a_confirmer")
    assert not body["legal_person"]
    with pytest.raises(StudyError, match="EPCI « 123456789 » sans liste de membres"):
        unite_epci("x", "X", of=["123456789"], members=members, on_date="2026-01-01")
