"""Start the study of another territory from the files of an existing one."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from eitgeo.check import Faults, nearest
from eitgeo.commands.study_text import GIT_IGNORE, Wanted, ignore_in_git, study_text
from eitgeo.errors import StudyError
from eitgeo.perimeters.contours.candidate import epci_neighbours, fitting_size
from eitgeo.steps.inputs.bodies import load_bodies, load_member_names
from eitgeo.steps.inputs.readers import load_communes
from eitgeo.store import new_files, write_bytes
from eitgeo.study.methods import Methods
from eitgeo.study.project import Project, read_study
from eitgeo.tables.schema import TABLES
from eitgeo.territory.borders import border_contiguity
from eitgeo.territory.coverage import united
from eitgeo.territory.membership import (
    WIDER_LAYER,
    epci_lists,
    epci_sizes,
    study_area,
    told_away,
)

TO_CONFIRM = "a_confirmer"
_LONGEST = 60
_NAME = re.compile(rf"[a-z0-9_]{{1,{_LONGEST}}}")
_OF_WINDOWS = {"aux", "con", "nul", "prn"} | {
    f"{port}{rank}" for port in ("com", "lpt") for rank in range(1, 10)
}
"""Names that no folder of Windows may bear."""

_OF_GIT = {".git", GIT_IGNORE}
"""What a folder may hold before a study is written there."""

_MAX_DECLARED = 6
_SLIVER_M = 50.0


class NewStudy(NamedTuple):
    """What was written.

    ``path``: the study file. ``epci``: SIREN → name of its EPCI, the most populated
    first. ``n_communes``: communes of these EPCI. ``population``: their inhabitants.
    ``buffer_km``: width of the ring around them where takers are looked for [km].
    ``outside_pct``: share of that ring that the layer of communes does not cover [%]: a
    frontier, the sea, or a layer to complete. ``at_edge``: names of the EPCI without a
    list of members that touch the edge of the layer: nothing else tells whether it cuts
    them. ``left_out``: EPCI of the départements asked for that the layer cuts, each
    with the communes that lack (French). ``ignored``: lines added to ``.gitignore``.
    ``most``: EPCI of a union at most, where all unions are too many to be measured.
    """

    path: Path
    epci: dict[str, str]
    n_communes: int
    population: int
    buffer_km: float
    outside_pct: float
    at_edge: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    most: int | None = None


def new_study(base: Project, folder: Path, wanted: Wanted) -> NewStudy:
    """Write the study of some whole EPCI, over the files that another study reads."""
    communes = load_communes(base).table
    bodies, _ = load_bodies(base, communes)
    names = _epci_names(communes, bodies.bodies)
    chosen = _require(wanted, folder, communes=communes, names=names)
    lists = epci_lists(bodies.table, on_date=base.study.territory.on_date)
    away = _away(
        chosen, names, communes, lists=lists, member_names=load_member_names(base)
    )
    chosen = _require_whole(chosen, wanted, away)
    inside = communes[communes["epci_siren"].isin(chosen)]
    by_epci = inside.groupby("epci_siren")["population"].sum()
    ranked = by_epci.sort_values(ascending=False, kind="stable").index.tolist()
    share = _share(base, communes, bodies.table, population=int(by_epci.sum()))
    root = inside[inside["epci_siren"].eq(ranked[0])].set_index("code_insee")
    most = _bound(inside, lists, root=ranked[0])
    declared = [wanted.name] * (len(ranked) > 1)
    declared += [f"epci_{siren}" for siren in ranked[:_MAX_DECLARED]]
    text = study_text(
        base,
        folder,
        wanted=wanted,
        declared=declared,
        root=(ranked[0], names[ranked[0]], str(root["population"].idxmax())),
        share=share,
        most=most,
    )
    require_study(text)
    ignored = ignore_in_git(folder)
    with new_files():
        _write_bodies(
            folder / "data",
            communes,
            bodies,
            names=names,
            union=(wanted.name, ranked if len(ranked) > 1 else []),
        )
        path = write_bytes(folder / "study.yaml", text.encode())
    edge = _at_edge(communes, inside)
    return NewStudy(
        path,
        {siren: names[siren] for siren in ranked},
        len(inside),
        int(by_epci.sum()),
        base.study.territory.buffer_km,
        _outside_pct(communes, inside, base.study.territory.buffer_km),
        tuple(names[one] for one in ranked if one in edge and one not in lists),
        tuple(away.values()),
        tuple(ignored),
        most,
    )


def _bound(
    inside: gpd.GeoDataFrame, lists: dict[str, frozenset[str]], *, root: str
) -> int | None:
    """Say which size makes the unions of these EPCI few enough; None: all sizes."""
    sized = inside.assign(epci_communes=epci_sizes(inside, lists), in_area=True)
    neighbours = epci_neighbours(sized, border_contiguity(sized))
    if root not in neighbours:  # without a list of members: a step says it
        return None
    limit = int(Methods.model_fields["max_unions"].default)
    size, _ = fitting_size(neighbours, root, limit=limit)
    return size if size < len(neighbours) else None


def _outside_pct(
    communes: gpd.GeoDataFrame, inside: gpd.GeoDataFrame, buffer_km: float
) -> float:
    outline = inside.union_all()
    ring = outline.buffer(1000 * buffer_km).difference(outline)
    covered_m2 = communes.drop(inside.index).intersection(ring).area.sum()
    return max(100 * (1 - float(covered_m2) / ring.area), 0.0)


def _at_edge(communes: gpd.GeoDataFrame, inside: gpd.GeoDataFrame) -> set[str]:
    # Slivers between simplified polygons are no edge.
    whole = united(communes.geometry.to_numpy()).buffer(_SLIVER_M)
    rings = [part.exterior for part in getattr(whole, "geoms", [whole])]
    edge = gpd.GeoSeries(rings, crs=communes.crs).union_all()
    shapely.prepare(edge)
    is_near = shapely.dwithin(edge, inside.geometry.array, 2 * _SLIVER_M)
    return set(inside.loc[is_near, "epci_siren"])


def _epci_names(communes: pd.DataFrame, bodies: pd.DataFrame) -> dict[str, str]:
    names_of = bodies.set_index("body_id")["name"].astype(str)
    sirens = sorted(set(communes["epci_siren"]) - {""})
    unnamed = "EPCI {} (nom à confirmer)".format
    return {one: names_of.get(f"epci_{one}", unnamed(one)) for one in sirens}


def note_name(name: str, faults: Faults) -> None:
    """Note a name that no study may bear."""
    if not _NAME.fullmatch(name) or name in _OF_WINDOWS:
        plain = f"au plus {_LONGEST} lettres minuscules sans accent, chiffres, « _ »"
        if "/" in name or "\\" in name:
            plain = f"le dossier se donne par --out {name} ; le nom, en {plain}"
        faults.add(f"nom « {name} »", remedy=f"{plain} : mon_territoire")


def require_study(text: str) -> None:
    """Refuse what no study may say, a title without end, before anything is written."""
    with tempfile.TemporaryDirectory() as folder:
        read_study(write_bytes(Path(folder) / "study.yaml", text.encode()))


def _require(
    wanted: Wanted, folder: Path, *, communes: pd.DataFrame, names: dict[str, str]
) -> set[str]:
    faults = Faults("nouvelle étude")
    note_name(wanted.name, faults)
    note_folder(folder, faults)
    if not wanted.epci and not wanted.departements:
        faults.add("ni EPCI ni département", remedy="donner --epci ou --dep")
    for one in wanted.epci:
        if one not in names:
            faults.add(f"EPCI inconnu « {one} »", remedy=_closest(one, names))
    dep_of = _of_departements(communes)
    known = sorted(set(dep_of.values()))
    for one in wanted.departements:
        if one not in known:
            remedy = f"départements de la couche : {', '.join(known)}"
            faults.add(f"département « {one} » sans EPCI", remedy=remedy)
    faults.raise_if_any(StudyError)
    of_dep = {siren for siren, dep in dep_of.items() if dep in set(wanted.departements)}
    return of_dep | set(wanted.epci)


def note_folder(folder: Path, faults: Faults) -> None:
    """Note a folder that holds something already, or that no comment could name."""
    if not folder.name.isprintable():
        remedy = "un nom d'une ligne, sans signe invisible"
        faults.add(f"dossier {ascii(folder.name)[:80]}", remedy=remedy)
    if _is_taken(folder):
        faults.add(f"« {folder.name} » existe déjà", remedy="choisir un autre dossier")


def _is_taken(folder: Path) -> bool:
    try:
        if not folder.exists() or not folder.is_dir():
            return folder.exists()
        return any(one.name not in _OF_GIT for one in folder.iterdir())
    except OSError:  # a name that no disk takes: told when it is written
        return False


def _away(
    chosen: set[str],
    names: dict[str, str],
    communes: pd.DataFrame,
    *,
    lists: dict[str, frozenset[str]],
    member_names: dict[str, str],
) -> dict[str, str]:
    """Say what lacks of each EPCI that the layer cuts, by its list of members."""
    inside = set(communes["code_insee"])
    sentences = {}
    for siren in sorted(chosen & set(lists)):
        lost = lists[siren] - inside
        if lost:
            sentence = told_away(lost, whole=len(lists[siren]), names=member_names)
            sentences[siren] = f"{names[siren]} : {sentence}"
    return sentences


def _require_whole(chosen: set[str], wanted: Wanted, away: dict[str, str]) -> set[str]:
    """Keep the whole EPCI of départements; refuse a cut one that is asked by name."""
    faults = Faults("nouvelle étude")
    named = set(wanted.epci)
    refused = set(away) if chosen <= set(away) else named & set(away)
    for siren in sorted(refused):
        remedy = f"nommer {WIDER_LAYER} dans l'étude lue, ou ôter cet EPCI"
        faults.add(away[siren], remedy=remedy)
    faults.raise_if_any(StudyError)
    return chosen - set(away)


def _closest(met: str, names: dict[str, str]) -> str:
    inside = [s for s, name in names.items() if met.casefold() in name.casefold()]
    if inside and not met.isdigit():
        choices = " ou ".join(f"« {one} » ({names[one]})" for one in inside[:3])
        return f"donner le SIREN : {choices}"
    by_label = {f"{name}": siren for siren, name in names.items()}
    siren = nearest(met, names) if met.isdigit() else None
    if siren is None:
        label = nearest(met, by_label)
        siren = None if label is None else by_label[label]
    if siren is None:
        return (
            "aucun n'y ressemble dans la couche des communes ; pour un autre "
            "territoire, télécharger celle de toute la France (eitgeo fetch)"
        )
    return f"vouliez-vous dire « {siren} » ({names[siren]}) ?"


def _of_departements(communes: pd.DataFrame) -> dict[str, str]:
    """Give each EPCI the département where most of its inhabitants are."""
    known = communes[communes["epci_siren"].ne("")]
    counts = known.groupby(["epci_siren", "dep"])["population"].sum()
    return {str(pair[0]): str(pair[1]) for pair in counts.groupby(level=0).idxmax()}


def _share(
    base: Project, communes: pd.DataFrame, members: pd.DataFrame, *, population: int
) -> float:
    """Compare the inhabitants of the new territory with those of the other study."""
    territory = base.study.territory
    area = study_area(members, territory.perimeters, on_date=territory.on_date)
    before = communes.loc[communes["code_insee"].isin(area), "population"].sum()
    return population / max(int(before), 1)


def _write_bodies(
    folder: Path,
    communes: pd.DataFrame,
    bodies: Any,
    *,
    names: dict[str, str],
    union: tuple[str, list[str]],
) -> None:
    ids = {f"epci_{siren}" for siren in names}
    known = bodies.bodies[bodies.bodies["body_id"].isin(ids)]
    members = bodies.table[bodies.table["body_id"].isin(ids)]
    first = str(members["from_date"].min()) if len(members) else ""
    source = "couche des communes, à confirmer"
    missing = sorted(set(names) - set(known["body_id"].str.removeprefix("epci_")))
    rows = [_body(f"epci_{one}", "epci", names[one], source) for one in missing]
    added = [
        _member(f"epci_{siren}", code, first, source)
        for code, siren in communes[["code_insee", "epci_siren"]].to_numpy()
        if siren in missing
    ]
    body_id, sirens = union
    if sirens:
        told = "réunion d'EPCI entiers demandée à « eitgeo new », à confirmer"
        label = f"Réunion de {len(sirens)} EPCI – hypothèse à confirmer"
        rows.append(_body(body_id, "autre", label, told))
        inside = communes.loc[communes["epci_siren"].isin(sirens), "code_insee"]
        added += [_member(body_id, code, first, told) for code in sorted(inside)]
    _write_csv(folder / "bodies.csv", known, rows, table="bodies")
    _write_csv(folder / "membership.csv", members, added, table="membership")


def _body(body_id: str, kind: str, name: str, source: str) -> dict[str, Any]:
    # An EPCI has both by law, at least in part; a union of EPCI is no legal person.
    is_epci = kind == "epci"
    return {
        "body_id": body_id,
        "kind": kind,
        "name": name,
        "legal_person": is_epci,
        "economic_competence": is_epci,
        "waste_competence": is_epci,
        "status": TO_CONFIRM,
        "source": source,
    }


def _member(body_id: str, code: str, from_date: str, source: str) -> dict[str, Any]:
    return {
        "body_id": body_id,
        "code_insee": code,
        "from_date": from_date,
        "to_date": None,
        "status": TO_CONFIRM,
        "source": source,
    }


def _write_csv(
    path: Path, known: pd.DataFrame, added: list[dict[str, Any]], *, table: str
) -> None:
    columns = list(TABLES[table].column_names)
    rows = [*known[columns].to_dict("records"), *added]
    frame = pd.DataFrame(rows, columns=columns).astype("object")
    frame = frame.where(frame.notna(), "")
    for name in columns:
        flags = frame[name].map(lambda one: isinstance(one, bool))
        frame.loc[flags, name] = frame.loc[flags, name].map(
            {True: "true", False: "false"}
        )
    text = frame.to_csv(index=False, lineterminator="\n")
    write_bytes(path, text.encode())
