"""The default study as a whole: what a change runs again."""

from collections.abc import Iterator

import pytest

from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine import due
from eitgeo.steps.engine.code import code_digests
from eitgeo.steps.engine.contract import sidecar_path
from eitgeo.steps.engine.run import run_steps
from eitgeo.steps.perimeters import foreseen
from eitgeo.study.decision import Ranking
from eitgeo.study.methods import Affinity
from tests.rerun import by_status, changed, pending, read_once, tables

LAST = {"manifest", "welcome_page"}
"""Steps that read all that the others write."""
MAPS = {
    "body_map",
    "comparator",
    "dossier",
    "territory_map",
    "territory_page",
    "zone_maps",
    "perimeter_maps",
    "flow_maps",
    "flow_workbook",
    "core_map",
    "comparison_table",
    "difference_sheet",
    "governance_workbook",
    "qgis_project",
    "count_products",
    "refusal_page",
}
MAPS_OF_STUDY = MAPS - {"territory_page"}
"""The page of the territory reads neither perimeters nor indicators."""
CREDITED = {"dossier", "qgis_project", "release_zones", "zone_maps", "zone_workbook"}
"""What prints the credit of zones."""
QUESTIONS = {"road_reach", "road_closures", "road_maps"}
COMPARED = {
    "comparator",
    "dossier",
    "indicators",
    "disclosure",
    "ranking",
    "stress",
    "flow_maps",
    "flow_workbook",
    "epci_blocks",
    "governance",
    "epci_facts",
    "governance_workbook",
    "perimeter_maps",
    "comparison_table",
    "difference_sheet",
    "qgis_project",
    "refusal_page",
}
ZONES = COMPARED | {
    "zones",
    "published_zones",
    "sectors",
    "zone_maps",
    "zone_workbook",
    "levers",
    "syndicate_sheet",
}
"""Services are shared in a zone: they are counted and compared by perimeter."""

ACCOUNT = {"syndicate_account", "syndicate_sheet"}
OF_SITES = {"release_flows", "release_governance", "release_guarded", "release_orders"}
OF_SITES |= {"participation_picture"}
"""Released again, and a picture of what is released beside: a plan does not know yet
which tables of a release come out as they were."""
OF_ROADS = {"release_perimeters", "release_roads"}
EXCHANGED = {"factor_weights", "participation", "participation_picture"}


@pytest.fixture(scope="module", autouse=True)
def unmoved(delivered) -> Iterator[None]:
    """Plans of other parameters leave nothing due; the code stays the same meanwhile.

    Reading the code takes a quarter of a plan, communes, bodies and borders another:
    they are read once for all of them.
    """
    digests = code_digests(step.code for step in STEPS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(due, "code_digests", lambda _: digests)
        neighbours = read_once(foreseen.foreseen_neighbours)
        patch.setattr(foreseen, "foreseen_neighbours", neighbours)
        yield
        assert pending(delivered) == set()


def test_every_step_is_done_and_every_product_is_signed(delivered) -> None:
    for step in STEPS:
        for path in step.artefacts(delivered):
            assert path.stat().st_size > 0
            assert sidecar_path(delivered, path).is_file()


def test_at_least_six_perimeters_are_compared_and_printed(delivered) -> None:
    printed = sorted(delivered.maps.rglob("*carte_perimetre_*_A4.pdf"))
    assert len(printed) == len(delivered.study.compared_ids) >= 6


def test_nothing_runs_when_nothing_changed(delivered) -> None:
    before = tables(delivered.out)
    reports = run_steps(STEPS, delivered)
    assert by_status(reports, "current") == {step.name for step in STEPS}
    assert tables(delivered.out) == before
    assert pending(delivered) == set()


@pytest.mark.parametrize(
    ("section", "values", "expected"),
    [
        ("zones", {"credit": "IGN"}, CREDITED),
        (
            "zones",
            {"radius_m": 600.0},
            ZONES | OF_SITES | {"release_levers", "release_zones"},
        ),
        (
            "comparison",
            {"min_headcount": 20.0},
            COMPARED
            | {"levers", "redrawn_counts", "syndicate_sheet", "sectors"}
            | {"zone_workbook", "zone_maps", "release_levers", "release_zones"}
            | OF_SITES,
        ),
        (
            "comparison",
            {"seat_min_population": 3000},
            COMPARED
            | QUESTIONS
            | {"ensemble", "core_map", "body_map", "count_products", "territory_map"}
            | {"zone_maps"}
            | OF_SITES
            | OF_ROADS,
        ),
        (
            "flows",
            {"max_km": 100.0},
            COMPARED
            | MAPS_OF_STUDY
            | {"allocation", "backtest", "levers", "synergies", "optimum", "perimeters"}
            | {"ensemble", "core_map", "redrawn_counts"}
            | {"road_closures", "road_maps"}
            | EXCHANGED
            | ACCOUNT
            | OF_SITES
            | OF_ROADS
            | {"release_levers"},
        ),
        (
            "comparison",
            {"ranking": Ranking(decided_from_pct=90.0)},
            {"ranking", "stress", "comparison_table", "comparator"}
            | {"dossier", "governance", "governance_workbook"}
            | {"refusal_page", "release_governance", "release_orders"},
        ),
        (
            "comparison",
            {"first_pair": ("petr_nestes", "systom_8_epci")},
            {"comparison_table", "comparator", "difference_sheet", "dossier"}
            | {"refusal_page"},
        ),
        (
            "identity",
            {"title": "Autre titre"},
            MAPS
            | {"sign_up_form", "zone_workbook", "road_maps", "syndicate_sheet"}
            | {"participation_picture"},
        ),
        (
            "methods",
            {"max_unions": 10_000},
            COMPARED
            | MAPS_OF_STUDY
            | {"perimeters", "redrawn_counts", "road_maps"}
            | OF_SITES
            | OF_ROADS,
        ),
        (
            "methods",
            {"affinity": Affinity(max_minutes=30)},
            COMPARED
            | {"ensemble", "core_map", "territory_map", "release_perimeters"}
            | OF_SITES,
        ),
        (
            "roads",
            {"max_minutes": 200.0},
            {
                "roads",
                "drawn_roads",
                "distances",
                "survey",
                "allocation",
                "backtest",
                "levers",
                "synergies",
            }
            | {"optimum", "perimeters", "ensemble", "redrawn_counts"}
            | {"sectors", "zone_workbook", "road_checks"}
            | EXCHANGED
            | ACCOUNT
            | QUESTIONS
            | COMPARED
            | MAPS_OF_STUDY
            | OF_SITES
            | OF_ROADS
            | {"release_levers", "release_zones"},
        ),
        ("territory", {"buffer_km": 30.0}, {step.name for step in STEPS}),
    ],
)
def test_a_parameter_moves_what_depends_on_it_only(
    delivered, section, values, expected
) -> None:
    project = changed(delivered, section, **values)
    assert pending(project) == expected | LAST


def test_the_seed_moves_the_draw_and_what_follows(delivered) -> None:
    found = pending(changed(delivered, "identity", seed=1))
    assert {"sites", "zones", "arisings", "allocation", "levers", "synergies"} <= found
    assert found.isdisjoint({"territory", "borders", "roads"})
    # Outlets, hence distances to them, wait for the names that `sites` withholds: a run
    # finds the list unchanged, and does neither again.
    assert {"outlets", "distances"} <= found
