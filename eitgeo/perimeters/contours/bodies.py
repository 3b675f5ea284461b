"""The declared bodies as perimeters, on a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.territory.membership import members

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import pandas as pd


def body_perimeters(
    names: Iterable[str],
    *,
    bodies: pd.DataFrame,
    membership: pd.DataFrame,
    on_date: dt.date,
) -> list[Candidate]:
    """Make a perimeter of each declared body.

    Parameters
    ----------
    names
        ``body_id`` of the bodies, in the order of the study.
    bodies
        Table ``bodies``.
    membership
        Table ``membership``.
    on_date
        Date of the membership.

    Returns
    -------
    list of Candidate
        ``a_confirmer`` when the body or any of its members is.

    Raises
    ------
    StudyError
        When a body is unknown (the nearest one is named) or has no member.
    """
    known = bodies.set_index("body_id")
    faults = Faults("perimeters")
    wanted = list(names)
    for name in wanted:
        if name not in known.index:
            faults.add(f"structure inconnue « {name} »", remedy=hint(name, known.index))
    faults.raise_if_any(StudyError)
    found = []
    for name in wanted:
        present = members(membership, name, on_date=on_date)
        statuses = {*present["status"], known.loc[name, "status"]}
        found.append(
            Candidate(
                perimeter_id=name,
                name=str(known.loc[name, "name"]),
                method="structure",
                codes=frozenset(present["code_insee"]),
                membership_status="publie" if statuses == {"publie"} else "a_confirmer",
                parameters={"on_date": on_date.isoformat()},
            )
        )
    return found
