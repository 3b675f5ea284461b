"""Two rings: 40 km for all takers, a wider one for what bears long ways."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from eitgeo.flows.exchanges.synergies import (
    goes_far,
    links_in_rings,
    near_codes,
    reachable_givers,
)
from eitgeo.reference.rules import synergy_rules
from eitgeo.study.project import open_project
from eitgeo.study.sections import Flows, Territory
from tests.flows.toy import BOARD, SAW, P, Q, R, make_rules, make_sites

STUDY = Path(__file__).resolve().parents[2] / "study.yaml"
RULES = make_rules(
    {"rule_id": "VRAC", "state": "solide_vrac", "hazardous": "0"},
    {"rule_id": "BALLES", "state": "solide_balles", "hazardous": "0"},
    {"rule_id": "DANGER", "state": "liquide", "hazardous": "1"},
)
SITES = make_sites(("scie", SAW, 20, P), ("pres", BOARD, 10, Q), ("loin", BOARD, 9, R))


def territory(**rings: Any) -> Territory:
    """Return the territory of the default study with other rings."""
    made = open_project(STUDY, out=Path("unused")).study.territory
    return made.model_copy(update=rings)


def communes() -> gpd.GeoDataFrame:
    """Return P in the area, Q 25 km from it, R 55 km from it."""
    squares = [box(x, 0, x + 10_000, 10_000) for x in (0, 35_000, 65_000)]
    table = pd.DataFrame({"code_insee": [P, Q, R], "in_area": [True, False, False]})
    return gpd.GeoDataFrame(table, geometry=squares, crs=2154)


def test_baled_and_hazardous_residues_go_far() -> None:
    assert goes_far(RULES).tolist() == [False, True, True]
    shipped = synergy_rules()
    far = shipped[goes_far(shipped)]
    assert set(far["hazardous"]) == {"0", "1"}
    assert 0.1 < len(far) / len(shipped) < 0.5


def test_the_nearer_ring_is_read_on_polygons() -> None:
    rings = territory(buffer_km=40.0, far_buffer_km=80.0)
    assert near_codes(communes(), rings) == frozenset({P, Q})
    # Without a wider ring there is nothing to leave out.
    assert near_codes(communes(), territory(buffer_km=40.0)) is None
    same = territory(buffer_km=40.0, far_buffer_km=30.0)
    assert near_codes(communes(), same) is None


@pytest.mark.parametrize("near", [{P, Q}, None])
def test_beyond_it_only_what_goes_far_has_a_taker(near) -> None:
    pairs = [(site, rule) for site in ("loin", "pres") for rule in RULES["rule_id"]]
    links = pd.DataFrame(pairs, columns=["site_id", "rule_id"])
    links = links.assign(resource="fibre")
    found = links_in_rings(links, RULES, sites=SITES, near=near)
    kept = set(found[["site_id", "rule_id"]].itertuples(index=False, name=None))
    assert kept == set(pairs) - (set() if near is None else {("loin", "VRAC")})


def givers(near: set[str] | None) -> set[str]:
    """Return the families of the sawmill when its one taker stands in R."""
    rows = [(a, b, 30_000.0, 1800.0, "ok") for a in (P, R) for b in (P, R)]
    names = ["origin_id", "destination_id", "length_m", "time_s", "status"]
    rules = RULES.assign(family=["vrac", "balles", "danger"])
    found = reachable_givers(
        SITES[SITES["code_insee"] != Q],
        rules,
        od_matrix=pd.DataFrame(rows, columns=names),
        donor_communes=[P],
        flows=Flows(),
        near=near,
    )
    return set(found["family"])


def test_families_in_reach_follow_the_same_rings() -> None:
    assert givers(None) == {"vrac", "balles", "danger"}
    assert givers({P, Q}) == {"balles", "danger"}
