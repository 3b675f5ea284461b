"""Studies on the surrogate network, made from the delivered one, which is on roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.study.roads import RoadNetwork

if TYPE_CHECKING:
    from eitgeo.study.sections import Study

CREDIT = "Routes : réseau de substitution"
_ON_ROADS = ("network", "closures", "criticality")
"""Keys that name real roads, or ask for them."""


def without_roads(study: dict[str, Any]) -> dict[str, Any]:
    """Put the written study of the network that stands in for roads; returns it."""
    for name in _ON_ROADS:
        study["roads"].pop(name, None)
    study["sources"]["credits"]["roads"] = CREDIT
    return study


def on_surrogate(study: Study) -> Study:
    """Return a read study on the network that stands in for roads."""
    bare = {"network": RoadNetwork(), "closures": (), "criticality": None}
    credited = study.sources.credits.model_copy(update={"roads": CREDIT})
    return study.model_copy(
        update={
            "roads": study.roads.model_copy(update=bare),
            "sources": study.sources.model_copy(update={"credits": credited}),
        }
    )
