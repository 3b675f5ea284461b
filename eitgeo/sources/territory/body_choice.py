"""Bodies that matter to a study: those that touch its communes, unions of EPCI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import StudyError
from eitgeo.sources.files.loaded import dropped_rows, note_rows
from eitgeo.sources.sites.sirene_rows import counted_lines
from eitgeo.sources.territory.body_tables import BodyTables
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_AWAY = "structure sans commune dans la couche"
_DESCRIBED = "structure décrite par une source qui précède"
_NO_COMMUNE = "ligne de l'export national qui ne mène à aucune commune, ou répétée"
UNION = "réunion d'EPCI entiers demandée par l'étude, à confirmer"


def keep_touching(
    read: BodyTables,
    *,
    communes: Collection[str],
    described: Collection[str] = (),
    file: str,
) -> BodyTables:
    """Keep the bodies of a national list that touch some communes, whole.

    Parameters
    ----------
    read
        Bodies of all of France.
    communes
        INSEE codes of the layer.
    described
        ``body_id`` of those that a source named before describes: they are left out.
    file
        Name of the file, for the account.

    Returns
    -------
    BodyTables
        Bodies with a member among `communes`, all their members with them, those
        beyond the layer too. ``dropped``: what is left out, counted by reason;
        ``notes``: those of the bodies that are kept.
    """
    touched = set(read.table.loc[read.table["code_insee"].isin(communes), "body_id"])
    bodies = read.bodies
    again = bodies["body_id"].isin(described)
    here = bodies["body_id"].isin(touched)
    kept = bodies[here & ~again]
    counts = {
        _AWAY: int((~here).sum()),
        _DESCRIBED: int((here & again).sum()),
        _NO_COMMUNE: len(read.dropped),
    }
    left_out = [
        (file, counted_lines(n_rows), "", reason)
        for reason, n_rows in counts.items()
        if n_rows
    ]
    mine = read.table["body_id"].isin(kept["body_id"])
    about = read.notes["detail"] + read.notes["subject"]
    told = about.map(lambda text: any(name in text for name in kept["name"]))
    return BodyTables(
        table=read.table[mine].reset_index(drop=True),
        bodies=kept.reset_index(drop=True),
        dropped=dropped_rows(left_out),
        notes=read.notes[told.astype(bool)].reset_index(drop=True),
        # An earlier source may describe a body and not say where it sits.
        seats=read.seats[read.seats["body_id"].isin(touched)].reset_index(drop=True),
    )


def unite_epci(
    body_id: str,
    label: str,
    *,
    of: Sequence[str],
    members: Mapping[str, Collection[str]],
    on_date: str,
) -> BodyTables:
    """Make the body that whole EPCI are together: no legal person, to be confirmed.

    Parameters
    ----------
    body_id, label
        Its identifier and its name.
    of
        SIREN of the EPCI.
    members
        INSEE codes of the members of each EPCI, by SIREN.
    on_date
        Start of the membership, ``AAAA-MM-JJ``.

    Raises
    ------
    StudyError
        When a source named before does not list one of them.
    """
    faults = Faults(f"réunion « {body_id} »")
    for siren in of:
        if siren not in members:
            remedy = "nommer avant elle une source qui liste ses communes"
            faults.add(f"EPCI « {siren} » sans liste de membres", remedy=remedy)
    faults.raise_if_any(StudyError)
    codes = sorted({code for siren in of for code in members[siren]})
    shared = {"status": "a_confirmer", "source": UNION}
    body = {
        "body_id": body_id,
        "kind": "autre",
        "name": label,
        "legal_person": False,
        "economic_competence": False,
        "waste_competence": False,
    }
    table = pd.DataFrame(
        {
            "body_id": body_id,
            "code_insee": codes,
            "from_date": on_date,
            "to_date": "",
            **shared,
        }
    )
    return BodyTables(
        table=validate(table, table="membership", where=body_id),
        bodies=validate(pd.DataFrame([body | shared]), table="bodies", where=body_id),
        dropped=dropped_rows([]),
        notes=note_rows([]),
    )
