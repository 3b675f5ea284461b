"""BANATIC: groupings of communes and their members, syndicats of syndicats included.

From the links between groupings to the communes of each: members of members.
"""

from __future__ import annotations

import datetime as dt
import graphlib
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources.files.loaded import (
    Note,
    dropped_rows,
    drops,
    first_reason,
    note_rows,
)
from eitgeo.sources.territory.banatic_rows import (
    BY_CHOICE,
    CATEGORY,
    ECONOMY,
    GROUP,
    MEMBER,
    MEMBER_NAME,
    NAME,
    NATURE,
    OLD_CATEGORY,
    SEAT,
    STANDS_FOR,
    WASTE,
    is_yes,
    read_banatic_rows,
)
from eitgeo.sources.territory.bodies import BodyTables, seat_rows
from eitgeo.tables.schema import validate

_KINDS = {
    "epci": ("CC", "CA", "CU", "METRO", "MET69", "METLYON", "EPT", "SAN"),
    "syndicat": ("SIVU", "SIVOM", "SMF", "SMO", "SM"),
    "petr": ("PETR",),
}
KIND_OF_NATURE = {nature: kind for kind, found in _KINDS.items() for nature in found}
"""Kind of body by legal nature, as BANATIC abbreviates it; others are ``autre``."""

_IN_PART = r"en partie|pour partie|partiel"
_OTHER_ORGANISATION = "autre"
_SEAT_SIREN = r"^(\d{9})\b"
"""BANATIC writes a seat as the SIREN of its commune, then its name."""

type Links = Mapping[str, Iterable[tuple[str, bool]]]
"""Members of each grouping: SIREN, and whether it is a member for all its communes."""


def read_banatic(
    path: Path,
    *,
    communes: Mapping[str, str],
    on_date: dt.date,
    known: Mapping[str, Iterable[str]] | None = None,
    bodies: Collection[str] | None = None,
) -> BodyTables:
    """Read groupings and their communes, at the date of the export.

    Parameters
    ----------
    path
        Export « périmètres » of BANATIC: ``.xlsx``; CSV in UTF-8 or Windows-1252; the
        tabulated text named ``.xls`` of the former site.
    communes
        INSEE code by SIREN of commune (:func:`read_siren_codes`).
    on_date
        Date of the export: memberships start there; see :func:`join_periods`.
    known
        INSEE codes of groupings that the file does not describe, by SIREN.
    bodies
        SIREN of the groupings asked for; None: all those of the file.

    Returns
    -------
    BodyTables
        ``table``: ``membership``, one row a body and commune, through any depth of
        groupings; ``a_confirmer`` where each chain has a member in part.
        ``bodies``: one row a grouping, ``body_id`` = kind and SIREN. ``dropped``:
        members that lead to no commune, repeated rows, groupings not asked for.
        ``seats``: the commune of « Commune siège », by its SIREN. ``notes``: members
        in part, syndicats « à la carte », seats of an unknown commune.

    Raises
    ------
    SourceError
        File absent, empty or unreadable.
    SchemaError
        Column missing, malformed SIREN, two natures for one grouping, grouping that
        is a member of itself, grouping asked for that is not in the file.

    Notes
    -----
    A member is in part where it is there in « représentation-substitution » of some
    communes, or where its name says so (« en partie »). Which competence a member of
    a syndicat « à la carte » gave is not read: see ``notes``.

    References
    ----------
    DGCL, *BANATIC, base nationale sur l'intercommunalité*,
    https://www.banatic.interieur.gouv.fr. Licence Ouverte 2.0. Vintage: date of the
    export. No coordinates. Headers: composition export of the site of 2024 on
    (« Catégorie des membres du groupement ») and of the former site V5 (« Type »).
    """
    rows = read_banatic_rows(path)
    asked = _asked(rows, bodies, path)
    reached = _reached(rows, asked)
    reasons = _reasons(rows, communes, known or {}, reached)
    used = rows[reasons == ""]
    members = expand_members(
        sorted({*asked, *used[MEMBER]}),
        links=_links(used),
        communes=communes,
        known=known or {},
        where=path.name,
    )
    reasons = first_reason(reasons, _barren(rows, members))
    described = _bodies(rows[rows[GROUP].isin(asked)], on_date, path)
    ids = dict(zip(described["siren"], described["body_id"], strict=True))
    seats = _seats(rows[rows[GROUP].isin(asked)], communes)
    return BodyTables(
        table=_membership(
            {siren: members[siren] for siren in asked}, ids, on_date, path
        ),
        bodies=validate(described, table="bodies", where=path.name),
        dropped=dropped_rows(drops(path.name, rows[MEMBER_NAME], reasons)),
        notes=note_rows(
            [*_notes(rows[reasons == ""], path), *_untold_seats(seats, path)]
        ),
        seats=seat_rows(
            [
                (ids[siren], code, _source(on_date))
                for siren, code in seats["code"].items()
                if code
            ]
        ),
    )


def _asked(rows: pd.DataFrame, bodies: Collection[str] | None, path: Path) -> list[str]:
    present = sorted(set(rows[GROUP]))
    if bodies is None:
        return present
    faults = Faults(path.name)
    for siren in sorted(set(bodies) - set(present)):
        remedy = "vérifier le SIREN, ou prendre l'export qui le contient"
        faults.add(f"groupement « {siren} » absent", remedy=remedy)
    faults.raise_if_any(SchemaError)
    return sorted(bodies)


def _reached(rows: pd.DataFrame, asked: Iterable[str]) -> set[str]:
    members = rows.groupby(GROUP)[MEMBER].agg(list).to_dict()
    reached: set[str] = set()
    waiting = list(asked)
    while waiting:
        siren = waiting.pop()
        if siren not in reached:
            reached.add(siren)
            waiting += members.get(siren, [])
    return reached


def _reasons(
    rows: pd.DataFrame,
    communes: Mapping[str, str],
    known: Mapping[str, Iterable[str]],
    reached: set[str],
) -> pd.Series:
    none = pd.Series("", index=rows.index, dtype="str")
    category = rows[CATEGORY].where(rows[CATEGORY] != "", rows[OLD_CATEGORY])
    category = category.str.casefold()
    leads = rows[MEMBER].isin([*communes, *known, *rows[GROUP]])
    unknown = none.mask(
        ~leads, "membre sans code INSEE ni composition : " + rows[MEMBER]
    )
    other = ~leads & category.str.contains(_OTHER_ORGANISATION, regex=False)
    return first_reason(
        none.mask(~rows[GROUP].isin(reached), "groupement non demandé"),
        none.mask(
            rows.duplicated([GROUP, MEMBER]),
            "ligne répétée (" + rows[GROUP] + ", " + rows[MEMBER] + ")",
        ),
        none.mask(other, "organisme sans commune (" + rows[MEMBER_NAME] + ")"),
        unknown,
    )


def _barren(rows: pd.DataFrame, found: Mapping[str, Mapping[str, bool]]) -> pd.Series:
    # Known only once expanded: a grouping whose own members lead nowhere.
    empty = rows[MEMBER].map(lambda siren: siren in found and not found[siren])
    reason = "membre dont aucun membre n'est une commune connue : " + rows[MEMBER]
    return reason.where(empty, "")


def _is_in_part(rows: pd.DataFrame) -> pd.Series:
    named = rows[MEMBER_NAME].str.contains(_IN_PART, case=False, regex=True)
    return named | is_yes(rows[STANDS_FOR])


def _links(rows: pd.DataFrame) -> dict[str, list[tuple[str, bool]]]:
    links: dict[str, list[tuple[str, bool]]] = {}
    whole = ~_is_in_part(rows)
    for group, member, is_whole in zip(rows[GROUP], rows[MEMBER], whole, strict=True):
        links.setdefault(group, []).append((member, bool(is_whole)))
    return links


def _bodies(rows: pd.DataFrame, on_date: dt.date, path: Path) -> pd.DataFrame:
    faults = Faults(path.name)
    natures = rows.drop_duplicates([GROUP, NATURE])
    for line, siren in natures.loc[natures.duplicated(GROUP), GROUP].items():
        met = f"deux natures juridiques pour « {siren} »"
        faults.add(met, row=str(line), remedy="n'en garder qu'une")
    faults.raise_if_any(SchemaError)
    flags = pd.DataFrame(
        {
            "siren": rows[GROUP],
            "economic": _has(rows, ECONOMY),
            "waste": _has(rows, WASTE),
        }
    )
    competences = flags.groupby("siren").any()
    first = rows.drop_duplicates(GROUP).set_index(GROUP)
    kinds = first[NATURE].str.upper().map(KIND_OF_NATURE).fillna("autre")
    # Economic development and household waste are compulsory for an EPCI.
    is_epci = (kinds == "epci").to_numpy()
    competences = competences.reindex(first.index)
    table = pd.DataFrame(
        {
            "siren": first.index,
            "body_id": kinds + "_" + first.index,
            "kind": kinds,
            "name": first[NAME],
            "legal_person": True,
            "economic_competence": competences["economic"].to_numpy() | is_epci,
            "waste_competence": competences["waste"].to_numpy() | is_epci,
            "status": "publie",
            "source": _source(on_date),
        }
    )
    return table.reset_index(drop=True)


def _seats(rows: pd.DataFrame, communes: Mapping[str, str]) -> pd.DataFrame:
    """Read where groupings sit: INSEE ``code``, empty where the SIREN is unknown."""
    first = rows[rows[SEAT] != ""].reset_index(names="line").drop_duplicates(GROUP)
    sirens = first[SEAT].str.extract(_SEAT_SIREN, expand=False)
    seated = first.assign(code=sirens.map(communes).fillna("").astype("str"))
    return seated.set_index(GROUP)[["line", NAME, SEAT, "code"]]


def _untold_seats(seats: pd.DataFrame, path: Path) -> list[Note]:
    """Say which seats could not be read: none is guessed from a name."""
    unread = seats[seats["code"] == ""]
    return [
        (path.name, line, name, "siege_non_lu", f"siège « {seat} » : commune inconnue")
        for line, name, seat in unread[["line", NAME, SEAT]].to_numpy()
    ]


def _has(rows: pd.DataFrame, pattern: re.Pattern[str]) -> pd.Series:
    columns = [name for name in rows.columns if pattern.search(name)]
    return rows[columns].apply(is_yes).any(axis=1).astype(bool)


def _source(on_date: dt.date) -> str:
    return f"BANATIC (DGCL), export du {on_date.isoformat()}"


def _membership(
    found: Mapping[str, Mapping[str, bool]],
    ids: Mapping[str, str],
    on_date: dt.date,
    path: Path,
) -> pd.DataFrame:
    rows = [
        (ids[siren], code, "publie" if sure else "a_confirmer")
        for siren, codes in found.items()
        for code, sure in codes.items()
    ]
    table = pd.DataFrame(rows, columns=["body_id", "code_insee", "status"], dtype="str")
    table = table.assign(
        from_date=on_date.isoformat(), to_date="", source=_source(on_date)
    )
    return validate(table, table="membership", where=path.name)


def _notes(rows: pd.DataFrame, path: Path) -> list[Note]:
    part = rows[_is_in_part(rows)]
    notes: list[Note] = [
        (path.name, line, name, "membre_en_partie", f"membre de « {group} » en partie")
        for line, name, group in zip(
            part.index, part[MEMBER_NAME], part[NAME], strict=True
        )
    ]
    chosen = rows[is_yes(rows[BY_CHOICE])].drop_duplicates(GROUP)
    detail = "à la carte : la compétence de chaque membre est à confirmer"
    notes += [
        (path.name, line, name, "a_la_carte", detail)
        for line, name in chosen[NAME].items()
    ]
    return notes


def expand_members(
    bodies: Iterable[str],
    *,
    links: Links,
    communes: Mapping[str, str],
    known: Mapping[str, Iterable[str]],
    where: str,
) -> dict[str, dict[str, bool]]:
    """Find the communes of each body, through the groupings that are its members.

    Notes
    -----
    From the inside out, each grouping once: the cost is links times communes.

    Examples
    --------
    >>> expand_members(["S"], links={"S": [("E", False)], "E": [("c", True)]},
    ...     communes={"c": "31001"}, known={}, where="a.csv")
    {'S': {'31001': False}}
    """
    communes_of: dict[str, dict[str, bool]] = {}
    for body in _inside_out(bodies, links, where):
        if body in links and body not in communes:
            communes_of[body] = _merged(links[body], communes_of)
        elif body in communes:
            communes_of[body] = {communes[body]: True}
        else:
            communes_of[body] = dict.fromkeys(known.get(body, ()), True)
    return {body: dict(sorted(communes_of[body].items())) for body in bodies}


def _inside_out(bodies: Iterable[str], links: Links, where: str) -> list[str]:
    graph: dict[str, list[str]] = {}
    waiting = list(bodies)
    while waiting:
        body = waiting.pop()
        if body not in graph:
            graph[body] = [member for member, _ in links.get(body, ())]
            waiting += graph[body]
    try:
        return list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        # The library lists each grouping before the one it is a member of.
        cycle = " → ".join(reversed(error.args[1]))
        faults = Faults(where)
        faults.add(f"adhésions en boucle : {cycle}", remedy="retirer une adhésion")
        faults.raise_if_any(SchemaError)
        raise


def _merged(
    members: Iterable[tuple[str, bool]], communes_of: Mapping[str, Mapping[str, bool]]
) -> dict[str, bool]:
    merged: dict[str, bool] = {}
    for member, is_whole in members:
        for code, sure in communes_of[member].items():
            merged[code] = merged.get(code, False) or (sure and is_whole)
    return merged
