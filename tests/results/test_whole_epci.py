"""What is called whole, against lists of members that the code that draws never reads.

Authority: the members of EPCI of ``../shared/data/cog`` (DGCL/INSEE, vintage 2025), of
four départements: 48 of the 59 EPCI that touch the shipped layer. The layer ends 40 km
from the study; 23 of these EPCI reach beyond.
"""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.perimeters.contours.candidate import Candidate, whole_epci
from eitgeo.perimeters.contours.certificate import certify
from eitgeo.sources.territory.bodies import read_bodies, read_membership
from eitgeo.sources.territory.communes import read_communes
from eitgeo.territory.membership import epci_lists, epci_sizes, require_known
from tests.results.official import official_lists

pytestmark = pytest.mark.results

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
DAY = dt.date(2026, 1, 1)
GRAND_AUCH = "200066926"
LACKING = {"Ayguetinte 32024", "Bonas 32059", "Castéra-Verduzan 32083"}


@pytest.fixture(scope="module")
def official() -> dict[str, frozenset[str]]:
    """Return the members of each EPCI of the four départements, by SIREN."""
    return official_lists()


@pytest.fixture(scope="module")
def layer() -> gpd.GeoDataFrame:
    """Return the shipped layer with the sizes of its EPCI, all of it in the area."""
    communes = read_communes(RAW / "communes.geojson").assign(in_area=True)
    lists = epci_lists(read_membership(RAW / "membership.csv"), on_date=DAY)
    return communes.assign(epci_communes=epci_sizes(communes, lists))


def held_by(layer: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return what the layer holds of each EPCI."""
    groups = layer.groupby("epci_siren")["code_insee"].agg(frozenset)
    return {str(siren): codes for siren, codes in groups.items()}


def test_the_lists_that_ship_are_those_of_the_authority(layer, official) -> None:
    lists = epci_lists(read_membership(RAW / "membership.csv"), on_date=DAY)
    touching = set(layer["epci_siren"])
    assert set(lists) == touching
    both = touching & set(official)
    assert (len(touching), len(both)) == (59, 48)
    assert [one for one in sorted(both) if lists[one] != official[one]] == []


def test_no_certificate_calls_whole_what_the_layer_cuts(layer, official) -> None:
    held = held_by(layer)
    candidates = [
        Candidate(siren, siren, "structure", codes) for siren, codes in held.items()
    ]
    roads = pd.DataFrame(columns=["code_a", "code_b", "road_minutes"])
    found = certify(candidates, layer, contiguity=roads)
    told = {one.perimeter_id: one for one in candidates}
    sentences = dict(zip(told, (one.sentence for one in found), strict=True))
    whole = {name for name, text in sentences.items() if "aucun EPCI coupé" in text}
    truth = {siren for siren in held if official.get(siren, held[siren]) <= held[siren]}
    assert whole & set(official) == truth & set(official)
    assert len(whole) == 59 - 23
    assert "EPCI coupés : 1" in sentences[GRAND_AUCH]
    assert whole == set(whole_epci(layer))


def test_an_epci_that_the_layer_cuts_is_no_perimeter(layer) -> None:
    names = pd.read_csv(RAW / "member_names.csv", dtype=str)
    with pytest.raises(StudyError) as caught:
        require_known(
            read_bodies(RAW / "bodies.csv"),
            read_membership(RAW / "membership.csv"),
            layer,
            declared=["petr_comminges", f"epci_{GRAND_AUCH}"],
            names=dict(names.to_numpy().tolist()),
        )
    said = str(caught.value)
    assert "membership : 1 anomalie" in said
    assert f"« epci_{GRAND_AUCH} » : 3 de ses 34 communes ne sont pas dans la" in said
    assert all(one in said for one in LACKING)
    assert "→ nommer une couche de communes plus large (sources.communes" in said
