"""What lies within so many minutes of a seat, in one piece."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.perimeters.contours.mending import mend
from eitgeo.perimeters.contours.mesh import Mesh
from eitgeo.perimeters.contours.rules import require_sound
from eitgeo.perimeters.methods.ties import road_ties
from eitgeo.reference.labels import labels_of
from eitgeo.study.methods import Reach, Rules
from eitgeo.tables.columns import OD_REACHED
from eitgeo.words import french_number

_FRENCH_PROFILE = labels_of("vehicle")


def reach_perimeter(
    communes: pd.DataFrame,
    contiguity: pd.DataFrame,
    *,
    od_matrix: pd.DataFrame,
    reach: Reach,
) -> Candidate:
    """Keep the communes of the area within reach of a seat, in one piece around it.

    ``communes``: table ``communes``: ``code_insee``, ``nom``, ``in_area``.
    ``contiguity``: table ``contiguity``: only borders that a road crosses join
    communes. ``od_matrix``: pairs of communes with ``profile``, ``time_s``, ``status``.
    ``reach``: seat, minutes and profile. Returns: the communes within reach that a
    chain of neighbours within reach joins to the seat. Refused when the seat is not a
    commune of the study area. Refused when nothing but the seat is within reach.
    """
    area = communes[communes["in_area"]]
    minutes = french_number(reach.minutes)
    if reach.seat not in set(area["code_insee"]):
        message = f"methods.reach.seat « {reach.seat} » : commune hors du territoire"
        raise StudyError(message)
    from_seat = od_matrix[
        (od_matrix["origin_id"] == reach.seat)
        & (od_matrix["profile"] == reach.profile)
        & od_matrix["status"].isin(OD_REACHED)
        & od_matrix["time_s"].le(60 * reach.minutes)
    ]
    within = set(from_seat["destination_id"]) & set(area["code_insee"])
    codes = joined_to(reach.seat, within | {reach.seat}, contiguity)
    if len(codes) == 1:
        message = f"aucune commune à moins de {minutes} min de {reach.seat}"
        raise InfeasibleError(message)
    seat_name = str(area.set_index("code_insee").loc[reach.seat, "nom"])
    vehicle = _FRENCH_PROFILE[reach.profile]
    return Candidate(
        perimeter_id=reach.perimeter_id,
        name=f"Contour par la route : {minutes} min ({vehicle}) de {seat_name}",
        method="temps_de_route",
        codes=codes,
        root=reach.seat,
        parameters=reach.model_dump(mode="json"),
    )


def under_rules(candidate: Candidate, mesh: Mesh, rules: Rules) -> Candidate:
    """Mend a contour that knows roads alone until it keeps the common rules.

    ``candidate``: the contour around the root of the mesh. Returns: the same where it
    keeps them; else mended, with the number of communes added and removed among its
    parameters. Refused when the rules are unsound, or still broken after mending, with
    the numbers.
    """
    require_sound(rules, mesh)
    mended = mend(
        candidate.codes, mesh, rules, ties=road_ties(mesh), method=candidate.name
    )
    parameters = dict(candidate.parameters) | mended.told
    return replace(candidate, codes=mended.codes, parameters=parameters)


def joined_to(root: str, codes: set[str], contiguity: pd.DataFrame) -> frozenset[str]:
    """Return the communes that chains of neighbours by road join to a root."""
    usable = contiguity[
        contiguity["road_minutes"].notna()
        & contiguity["code_a"].isin(codes)
        & contiguity["code_b"].isin(codes)
    ]
    neighbours: dict[str, list[str]] = {code: [] for code in codes}
    for a, b in zip(usable["code_a"], usable["code_b"], strict=True):
        neighbours[a].append(b)
        neighbours[b].append(a)
    seen = {root}
    stack = [root]
    while stack:
        fresh = [code for code in neighbours[stack.pop()] if code not in seen]
        seen.update(fresh)
        stack.extend(fresh)
    return frozenset(seen)
