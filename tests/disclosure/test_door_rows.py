"""Rows that the door makes on its way out: actors, roads, facts of EPCI, criteria."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from eitgeo.disclosure.door.catalogue import drawn_tables
from eitgeo.disclosure.door.passing import released
from eitgeo.study.project import Project
from eitgeo.study.roads import RoadNetwork
from tests.tables.conftest import frame_of, row_of


@pytest.fixture(scope="module")
def sure(real_sites: Project) -> Project:
    """The same on real roads: no demonstration."""
    network = RoadNetwork.model_validate({"reader": "osm", "path": "x.osm.pbf"})
    roads = real_sites.study.roads.model_copy(update={"network": network})
    return replace(
        real_sites, study=real_sites.study.model_copy(update={"roads": roads})
    )


def test_tables_with_drawn_figures_are_named_with_what_they_are_read_from(
    demonstration, real_sites, sure
) -> None:
    found = drawn_tables(demonstration.study)
    assert {"arising_blocks", "communes_public", "arising_sums", "sites"} <= found
    assert found.isdisjoint({"bodies", "activity_urssaf", "reach_shares"})
    on_roads = drawn_tables(real_sites.study)
    assert {"reach_shares", "nearest_outlets", "exchange_links"} <= on_roads
    assert on_roads.isdisjoint({"bodies", "sites", "arising_blocks", "arising_sums"})
    assert drawn_tables(sure.study) == set()


def test_actors_are_sites_of_the_area_that_may_be_told(sure) -> None:
    """Of five sawmills one is hidden, one a person's, one elsewhere: two are left."""
    places = dict.fromkeys(("a", "b", "hidden", "person"), "31001") | {"away": "31002"}
    sites = frame_of(
        "sites",
        *(
            row_of(
                "sites",
                site_id=name,
                code_insee=code,
                naf="16.10A",
                diffusible=name != "hidden",
                natural_person=name == "person",
            )
            for name, code in places.items()
        ),
    )
    communes = pd.DataFrame({"code_insee": ["31001", "31002"]})
    communes["in_area"] = [True, False]
    cells = frame_of("site_cells").iloc[:0]
    given = {"communes": communes, "sites": sites, "site_cells": cells}
    wood = {"waste_code": "W075", "ewc_stat": "W075", "stream": "NDNI", "t_mid": 900.0}
    waste = [row_of("arisings", site_id=name, **wood) for name in places]
    given |= {"arisings": frame_of("arisings", *waste)}
    given |= {n: frame_of(n).iloc[:0] for n in ("byproducts", "receiver_needs")}
    found = released(sure, "process_actors", given=given).table
    assert set(found["division"]) == {"16"}
    assert set(found["n_sites"]) == {2}


def test_links_that_no_pair_uses_stay_in(sure) -> None:
    pairs = {"used": 3, "unnamed": 1, "unused": 0}
    rows = [
        row_of("link_criticality", edge_id=name, pairs=n) for name, n in pairs.items()
    ]
    names = [
        row_of("road_names", edge_id=name, ref="D 817") for name in ("used", "unused")
    ]
    given = {
        "link_criticality": frame_of("link_criticality", *rows),
        "road_names": frame_of("road_names", *names),
    }
    found = released(sure, "link_criticality", given=given).table
    assert found[["edge_id", "ref"]].to_numpy().tolist() == [
        ["used", "D 817"],
        ["unnamed", ""],
    ]


FACTS = {
    "communes": "O",
    "counted_firms_10": "O",
    "outlets": "H",
    "target_sites": "O",
    "industry_jobs": "O",
    "deposit_t": "H",
    "minutes_to_root": "S",
}


@pytest.mark.parametrize(
    ("name", "told", "credits_"),
    [
        (
            "demonstration",
            ["communes", "counted_firms_10", "minutes_to_root"],
            ["bodies", "counts", "roads"],
        ),
        (
            "real_sites",
            ["communes", "counted_firms_10", "target_sites", "industry_jobs"],
            ["bodies", "counts", "sites"],
        ),
        (
            "sure",
            [fact for fact, evidence in FACTS.items() if evidence != "H"],
            ["bodies", "counts", "sites", "roads"],
        ),
    ],
)
def test_facts_on_what_is_drawn_or_assumed_stay_in(
    name, told, credits_, request
) -> None:
    project = request.getfixturevalue(name)
    rows = [
        row_of("epci_facts", fact_id=fact, evidence=evidence)
        for fact, evidence in FACTS.items()
    ]
    given = {"epci_facts": frame_of("epci_facts", *rows)}
    found = released(project, "epci_facts_undrawn", given=given)
    assert found.table["fact_id"].tolist() == told
    credited = [project.study.credit(one) for one in credits_]
    assert list(found.sources) == [one for one in credited if one]


def numbers(project: Project, *axes: str) -> Any:
    """Release criteria of two perimeters: axes that tell them apart, an assumed rank.

    Returns: which criteria are told measured, and which with a score.
    """
    weighed = dict.fromkeys(axes, 50.0) | {"naf_diversity": 0.0}
    rows = [
        row_of(
            "decision_criteria",
            perimeter_id=perimeter,
            indicator_id=name,
            measured=measured,
            score=0.5,
            weight=weight,
            evidence="O" if weight else "H",
        )
        for name, weight in weighed.items()
        for perimeter, measured in (("a", 1.0), ("b", 2.0))
    ]
    given = {"decision_criteria": frame_of("decision_criteria", *rows)}
    table = released(project, "decision_criteria", given=given).table
    return [
        set(table.loc[table[one].notna(), "indicator_id"])
        for one in ("measured", "score")
    ]


def test_scores_stay_in_with_the_order_and_ranks_with_their_assumption(
    demonstration, sure
) -> None:
    one, two = ("n_deliberations",), ("n_deliberations", "seat_45min_pct")
    assert numbers(demonstration, *one) == numbers(sure, *one) == [{*one}, set()]
    assert numbers(demonstration, *two) == [{*two}, {*two}]
    every = {*two, "naf_diversity"}
    assert numbers(sure, *two) == [every, every]


def test_shares_that_take_part_are_told_where_each_of_their_draws_may_be(sure) -> None:
    """1 234 and 1 334 t make 1 300 t on average; one draw of 0.2 is secret."""
    draws = [(0.1, 0, 1234.0, "chiffre"), (0.1, 1, 1334.0, "chiffre")]
    draws += [(0.2, 0, 50.0, "chiffre"), (0.2, 1, 60.0, "secret")]
    names = ["share", "draw", "t", "status"]
    rows = [
        row_of("participation", donor_share=1.0, **dict(zip(names, one, strict=True)))
        for one in draws
    ]
    given = {"participation": frame_of("participation", *rows)}
    found = released(sure, "participation", given=given)
    keys = ["share", "donor_share", "t", "evidence"]
    assert found.table[keys].to_numpy().tolist() == [[0.1, 1.0, 1300.0, "H"]]
    assert {"draw", "status"}.isdisjoint(found.table)
    assert found.withheld == 1


def test_what_rests_on_a_source_is_told_with_two_figures(sure) -> None:
    rows = [
        row_of("factor_sourcing", measure=name, share_pct=share)
        for name, share in (("factors", 12.34), ("deposit_t", 97.347))
    ]
    given = {"factor_sourcing": frame_of("factor_sourcing", *rows)}
    found = released(sure, "factor_sourcing", given=given).table
    assert found["share_pct"].tolist() == [12.0, 97.3]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("survey_public", "Réponses des entreprises : {}"),
        ("weighed_public", "Pesées du syndicat de traitement"),
    ],
)
def test_what_firms_told_is_credited_and_a_private_study_says_so(
    sure, name, source
) -> None:
    inside = replace(sure, out=sure.base / "private" / "etude")
    some, none = (frame_of(name).head(n) for n in (1, 0))
    told, all_, nothing = (
        released(project, name, given={name: rows})
        for project, rows in ((sure, some), (inside, some), (sure, none))
    )
    assert told.sources == (source.format("sommes publiées par l'animation"),)
    assert all_.sources == (source.format("toutes, à ne pas diffuser"),)
    assert nothing.sources == ()
    assert "trois" in told.secrecy[0]
    assert "à ne pas diffuser" in all_.secrecy[0]
    assert told.secrecy == nothing.secrecy


@pytest.mark.parametrize(("away", "t"), [("31001", 12_000.0), ("31002", None)])
def test_waste_beside_published_totals_is_that_of_the_area(sure, away, t) -> None:
    """Three shops make a total; where one is out of the area, two do not."""
    codes = {"a": "31001", "b": "31001", "c": away}
    sites = [
        row_of("sites", site_id=one, naf="47.11D", siret="", code_insee=code)
        | {"naf_rev2": "47.11D"}
        for one, code in codes.items()
    ]
    waste = [row_of("arisings", site_id=one, t_mid=4000.0) for one in codes]
    check = row_of("arising_checks", reference_id="trade", t_mid=12_345.0)
    given = {
        "arising_checks": frame_of("arising_checks", check),
        "arisings": frame_of("arisings", *waste),
        "sites": frame_of("sites", *sites),
        "communes": pd.DataFrame(
            {"code_insee": ["31001", "31002"], "in_area": [True, False]}
        ),
    }
    found = released(sure, "arising_checks", given=given)
    assert found.table["t_mid"].dropna().tolist() == ([t] if t else [])
    assert found.withheld == (0 if t else 1)


def test_costs_of_a_contour_that_drawn_sites_made_stay_in(demonstration, sure) -> None:
    (drawn,) = demonstration.study.drawn_ids
    rows = [row_of("cost_shares", perimeter_id=one) for one in ("told", drawn)]
    given = {"cost_shares": frame_of("cost_shares", *rows)}
    found = [
        released(project, "known_shares", given=given).table["perimeter_id"].tolist()
        for project in (demonstration, sure)
    ]
    assert found == [["told"], ["told", drawn]]


def test_a_contour_by_road_is_a_demonstration_where_roads_are(real_sites, sure) -> None:
    told = [
        released(project, "perimeters", given={"perimeters": one}).demonstration
        for project in (real_sites, sure)
        for method in ("temps_de_route", "declare")
        for one in [frame_of("perimeters", row_of("perimeters", method=method))]
    ]
    assert told == [real_sites.study.road_reasons, (), (), ()]
    assert real_sites.study.road_reasons
