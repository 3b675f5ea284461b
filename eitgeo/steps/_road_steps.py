"""What the study asks of its roads, once distances are known."""

from eitgeo.steps._engine import Step
from eitgeo.steps._study_files import check_files, closure_files
from eitgeo.study.road_questions import QUESTIONS
from eitgeo.study.roads import Roads

GRAPH = ("road_nodes", "road_edges", "road_lines", "road_turns", "road_report")
ROUTING = tuple(f"roads.{name}" for name in Roads.model_fields if name not in QUESTIONS)
"""What the network and its distances depend on: not the questions asked of them."""

ROAD_QUESTIONS: tuple[Step, ...] = (
    Step(
        "road_reach",
        "Isochrones et sièges d'animation",
        tables=("communes", "od_matrix", *GRAPH),
        writes=("isochrones", "reach_shares", "animation_seats"),
        sections=(
            *ROUTING,
            "roads.isochrones",
            "methods.reach",
            "comparison.seat_minutes",
            "comparison.seat_min_population",
        ),
    ),
    Step(
        "road_closures",
        "Routes fermées et liaisons critiques",
        tables=("communes", "affinity", *GRAPH),
        writes=(
            "closures",
            "closed_roads",
            "closure_access",
            "closure_trips",
            "link_criticality",
        ),
        sections=(
            *ROUTING,
            "roads.closures",
            "roads.criticality",
            "methods.reach",
            "comparison.seat_min_population",
        ),
        files=closure_files,
    ),
    Step(
        "road_checks",
        "Contrôle des distances",
        tables=("communes", "outlets", "od_matrix", *GRAPH),
        writes=("road_checks", "road_outliers"),
        sections=(*ROUTING, "roads.second_engines", "identity.seed"),
        files=check_files,
    ),
)
