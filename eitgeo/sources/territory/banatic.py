"""BANATIC: groupings of communes and their members, syndicats of syndicats included.

From the links between groupings to the communes of each: members of members.
"""

from __future__ import annotations

import csv
import datetime as dt
import graphlib
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.files.csv import csv_stream, encoding_of, require_file
from eitgeo.sources.files.loaded import (
    Loaded,
    Note,
    dropped_rows,
    drops,
    first_reason,
    note_rows,
)
from eitgeo.sources.files.rows import (
    check_codes,
    check_key,
    check_pattern,
    read_official,
)
from eitgeo.sources.files.workbooks import read_sheet
from eitgeo.sources.territory.bodies import BodyTables, seat_rows
from eitgeo.sources.territory.cog import read_list
from eitgeo.tables.schema import validate

GROUP, NAME, NATURE = "N° SIREN", "Nom du groupement", "Nature juridique"
MEMBER, MEMBER_NAME = "Siren membre", "Nom membre"
CATEGORY, OLD_CATEGORY = "Catégorie des membres du groupement", "Type"
STANDS_FOR, BY_CHOICE = "Représentation-substitution", "Syndicat à la carte"
SEAT = "Commune siège"
NEEDED = (GROUP, NAME, NATURE, MEMBER, MEMBER_NAME)
OPTIONAL = (CATEGORY, OLD_CATEGORY, STANDS_FOR, BY_CHOICE, SEAT)

WASTE = re.compile(r"déchets|^C1510$", re.IGNORECASE)
ECONOMY = re.compile(r"développement économique|zones? d.activités?", re.IGNORECASE)
"""Names of the competence columns: in words since 2024, by code before."""

_COMPETENCES = re.compile(f"{WASTE.pattern}|{ECONOMY.pattern}", re.IGNORECASE)
_WORKBOOK, _OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SEPARATORS = ("\t", ";", ",")
_YES = ("1", "OUI", "O", "TRUE", "VRAI")

_CURRENT = "commune-actuelle"


def read_banatic_rows(path: Path) -> pd.DataFrame:
    """Read the members of groupings as text, one row a member."""
    require_file(path)
    with path.open("rb") as handle:
        start = handle.read(4)
    if start == _OLD_WORKBOOK:
        message = (
            f"{path.name} : classeur Excel 97 (.xls binaire) "
            "→ l'enregistrer en « Classeur Excel (.xlsx) »"
        )
        raise SourceError(message)
    if start == _WORKBOOK:
        rows = read_sheet(path, columns=NEEDED, optional=OPTIONAL, extra=_COMPETENCES)
    else:
        rows = _read_text(path)
    _require_sirens(rows, path)
    return rows


def is_yes(values: pd.Series) -> pd.Series:
    """Tell the cells that say yes.

    Examples
    --------
    >>> is_yes(pd.Series(["OUI", "0", ""])).tolist()
    [True, False, False]
    """
    return values.str.upper().isin(_YES)


def _read_text(path: Path) -> pd.DataFrame:
    encoding = encoding_of(path, named="ni UTF-8, ni Windows-1252")
    with path.open(encoding=encoding, newline="") as handle:
        separator = max(_SEPARATORS, key=handle.readline().count)
        handle.seek(0)
        return _kept(_lines(handle, separator, path), path)


def _kept(lines: Iterator[tuple[int, list[str]]], path: Path) -> pd.DataFrame:
    """Keep the columns that are read, a line at a time: the others are a hundred."""
    header = [name.strip() for name in next(lines, (1, []))[1]]
    folded = {name.casefold(): name for name in (*NEEDED, *OPTIONAL)}
    names = [folded.get(name.casefold(), name) for name in header]
    require_columns(pd.DataFrame(columns=names), NEEDED, where=path.name)
    wanted = [*NEEDED, *OPTIONAL]
    wanted += [n for n in dict.fromkeys(names) if _COMPETENCES.search(n)]
    places = [names.index(name) for name in wanted if name in names]
    faults = _repeated(names, path)
    numbers, rows = [], []
    for number, cells in lines:
        if len(cells) != len(names):
            met = f"{len(cells)} cellules pour {len(names)} colonnes"
            remedy = "vérifier les séparateurs et les guillemets"
            faults.add(met, row=number, remedy=remedy)
        else:
            numbers.append(number)
            # The names of groupings and natures come back at each member.
            rows.append([sys.intern(cells[at].strip()) for at in places])
    faults.raise_if_any(SchemaError)
    if not rows:
        message = f"{path.name} : un en-tête sans ligne → télécharger à nouveau"
        raise SourceError(message)
    index = pd.Index(numbers, name="line")
    columns = [names[at] for at in places]
    table = pd.DataFrame(rows, columns=columns, index=index, dtype="str")
    return table.reindex(columns=wanted, fill_value="").astype("str")


def _lines(
    handle: TextIO, separator: str, path: Path
) -> Iterator[tuple[int, list[str]]]:
    # The tabulated exports do not quote: a quotation mark there is part of a name.
    if separator == "\t":
        reader = csv.reader(handle, delimiter=separator, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(handle, delimiter=separator, strict=True)
    return (one for one in csv_stream(reader, where=path.name) if any(one[1]))


def _repeated(names: list[str], path: Path) -> Faults:
    faults = Faults(path.name)
    counts = Counter(names)
    for name in (*NEEDED, *OPTIONAL):
        if counts[name] > 1:
            met = f"colonne « {name} » présente {counts[name]} fois"
            faults.add(met, row=1, remedy="n'en garder qu'une")
    return faults


def _require_sirens(rows: pd.DataFrame, path: Path) -> None:
    faults = Faults(path.name)
    for column in (GROUP, MEMBER):
        check_pattern(
            rows, column, pattern=r"[0-9]{9}", example="200067940", faults=faults
        )
    faults.raise_if_any(SchemaError)


def read_siren_codes(path: Path) -> Loaded:
    """Read the INSEE code of each commune by its SIREN.

    Parameters
    ----------
    path
        ``communes.json`` of the découpage administratif of Etalab (``code``,
        ``siren``); or the table « SIREN / INSEE » of BANATIC, ``.xlsx`` or CSV with
        ``;`` (``siren``, ``insee``); or the list of EPCI of the DGCL, where the SIREN
        of the commune is ``siren_membre`` (:func:`read_dgcl_members`).

    Returns
    -------
    Loaded
        ``siren``, ``code_insee``, sorted. ``dropped``: rows of Etalab that are no
        present commune, or have no SIREN.

    References
    ----------
    Etalab, *découpage administratif* (MIT; data of INSEE and DGCL, Licence Ouverte
    2.0), vintage of the package; DGCL, BANATIC, *Table de correspondance code SIREN /
    code INSEE des communes*, Licence Ouverte 2.0, one vintage a year. No coordinates.
    """
    if path.suffix.lower() == ".json":
        rows, dropped = _of_etalab(path)
    elif path.suffix.lower() == ".xlsx":
        rows, dropped = read_sheet(path, columns=["siren", "insee"]), []
    else:
        rows, dropped = _of_csv(path), []
    rows = rows.rename(columns={"insee": "code_insee"})[["siren", "code_insee"]]
    faults = Faults(path.name)
    check_pattern(
        rows, "siren", pattern=r"[0-9]{9}", example="210900015", faults=faults
    )
    check_codes(rows, faults=faults)
    check_key(rows, ["siren"], faults=faults)
    check_key(rows, ["code_insee"], faults=faults)
    faults.raise_if_any(SchemaError)
    table = rows.sort_values("siren", ignore_index=True, kind="stable")
    return Loaded(table=table, dropped=dropped_rows(dropped))


def _of_csv(path: Path) -> pd.DataFrame:
    rows = read_official(path, columns=["siren", "insee"], optional=["siren_membre"])
    of_a_member = rows["siren_membre"]
    # In the list of the DGCL, « siren » is the EPCI's.
    return rows if of_a_member.eq("").all() else rows.assign(siren=of_a_member)


def _of_etalab(path: Path) -> tuple[pd.DataFrame, list[Any]]:
    content = read_list(path)
    faults = Faults(path.name)
    if not all(isinstance(item, dict) for item in content):
        faults.add("des éléments ne sont pas des communes", remedy="reprendre le JSON")
    faults.raise_if_any(SchemaError)
    rows = pd.DataFrame(content)
    rows.index = pd.RangeIndex(1, len(rows) + 1, name="line")
    require_columns(rows, ["code", "siren", "type"], where=path.name)
    is_commune = (rows["type"] == _CURRENT) & rows["siren"].notna()
    gone = rows.loc[~is_commune, "code"].astype("str")
    reason = "n'est pas une commune actuelle, ou n'a pas de SIREN"
    kept = rows[is_commune][["siren", "code"]].astype("str")
    return kept.rename(columns={"code": "insee"}), [
        (path.name, line, code, reason) for line, code in gone.items()
    ]


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
