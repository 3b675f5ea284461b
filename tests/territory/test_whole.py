"""Lists of EPCI against the layer, by hand.

The layer holds 31001 and 31002 of EPCI 1 (three members), 31003 of EPCI 2 (itself).
"""

import datetime as dt

import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.territory.membership import (
    doubtful_epci,
    epci_lists,
    epci_sizes,
    members_of_epci,
    require_known,
    require_lists,
    told_away,
)
from tests.territory.conftest import membership_of

DAY = dt.date(2026, 1, 1)
ONE, TWO = "200000001", "200000002"
COMMUNES = pd.DataFrame(
    {
        "code_insee": ["31001", "31002", "31003", "31004"],
        "epci_siren": [ONE, ONE, TWO, ""],
    }
)
TABLE = membership_of(
    (f"epci_{ONE}", "31001", "", "", "publie"),
    (f"epci_{ONE}", "31002", "", "", "publie"),
    (f"epci_{ONE}", "32001", "", "", "a_confirmer"),
    (f"epci_{ONE}", "32002", "", "2025-06-01", "publie"),  # it has left
    (f"epci_{TWO}", "31003", "", "", "publie"),
    ("petr", "31003", "", "", "a_confirmer"),
)
LISTS = epci_lists(TABLE, on_date=DAY)
SIZED = COMMUNES.assign(epci_communes=epci_sizes(COMMUNES, LISTS))


def test_a_list_is_that_of_the_day_beyond_the_layer_too() -> None:
    assert {ONE: {"31001", "31002", "32001"}, TWO: {"31003"}} == LISTS
    assert SIZED["epci_communes"].tolist() == [3, 3, 1, 0]
    assert len(epci_lists(TABLE, on_date=dt.date(2025, 1, 1))[ONE]) == 4
    assert doubtful_epci(TABLE, on_date=DAY) == {ONE}


def test_nothing_in_the_layer_holds_an_epci_that_reaches_beyond() -> None:
    found = members_of_epci(SIZED)
    here = set(COMMUNES["code_insee"])
    assert found[TWO] == {"31003"}
    assert found[ONE] & here == {"31001", "31002"}
    assert len(found[ONE]) == 3
    # Without a list, the layer is no proof.
    unlisted = SIZED.assign(epci_communes=0)
    assert not any(codes <= here for codes in members_of_epci(unlisted).values())


def test_an_epci_of_the_area_needs_a_list_that_agrees_with_the_layer() -> None:
    area = {"31001", "31003"}
    require_lists(COMMUNES, LISTS, area=area, on_date=DAY)
    with pytest.raises(StudyError) as caught:
        require_lists(
            COMMUNES, {ONE: {"31001"}}, area=area, on_date=DAY, file="membres.csv"
        )
    assert str(caught.value).splitlines() == [
        "membres.csv : 2 anomalies",
        (
            f"  - EPCI « {TWO} » sans liste de membres au 2026-01-01 : rien ne dit "
            f"s'il est entier → ajouter les communes de « epci_{TWO} »"
        ),
        (
            f"  - commune « 31002 » : EPCI {ONE} dans la couche, pas dans sa liste "
            "→ accorder les deux fichiers"
        ),
    ]
    # One that the area does not meet may have none.
    require_lists(COMMUNES, {ONE: LISTS[ONE]}, area={"31001"}, on_date=DAY)


def test_a_declared_epci_that_the_layer_cuts_is_refused_by_name() -> None:
    bodies = pd.DataFrame({"body_id": [f"epci_{ONE}", f"epci_{TWO}", "petr"]})
    require_known(bodies, TABLE, COMMUNES, declared=[f"epci_{TWO}"])
    with pytest.raises(StudyError) as caught:
        require_known(
            bodies,
            TABLE,
            COMMUNES,
            declared=[f"epci_{ONE}"],
            names={"32001": "Lavardens"},
        )
    assert str(caught.value).splitlines() == [
        "membership : 1 anomalie",
        (
            f"  - « epci_{ONE} » : 2 de ses 4 communes ne sont pas dans la couche "
            "(Lavardens 32001, 32002) → nommer une couche de communes plus large "
            "(sources.communes, « eitgeo fetch »), ou ôter ce périmètre"
        ),
    ]


def test_many_that_lack_are_counted_after_the_first() -> None:
    codes = [f"310{n:02d}" for n in range(13)]
    assert told_away(codes, whole=20).endswith(", 31010, 31011 et 1 autre)")
    assert told_away([*codes, "31099"], whole=20).endswith(" et 2 autres)")
