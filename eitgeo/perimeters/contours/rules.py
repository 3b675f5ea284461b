"""Rules common to all computed contours: sound on a mesh, and kept by a set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.check import Faults, hint
from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.words import french_count

if TYPE_CHECKING:
    from collections.abc import Collection

    from eitgeo.perimeters.contours.mesh import Mesh
    from eitgeo.study.methods import Rules

SUM_NAMES = {
    "population": "habitants",
    "n_communes": "communes",
    "jobs": "emplois",
}
"""What floors and ceilings bear on, as messages say it."""


def require_sound(rules: Rules, mesh: Mesh) -> None:
    """Refuse rules that no set of a mesh can keep, all faults at once.

    Parameters
    ----------
    rules
        Section ``methods.rules`` of the study.
    mesh
        From `make_mesh`.

    Raises
    ------
    StudyError
        When a commune, or a sum, is unknown.
    InfeasibleError
        When rules clash with one another or with the territory, with the numbers.
    """
    _require_known(rules, mesh)
    faults = Faults("methods.rules")
    _note_clashes(rules, mesh, faults)
    _note_sums(rules, mesh, faults)
    _note_locked(rules, mesh, faults)
    faults.raise_if_any(InfeasibleError)


def broken_rules(codes: Collection[str], rules: Rules, mesh: Mesh) -> list[str]:
    """Say which rules a set does not keep, with the numbers.

    Parameters
    ----------
    codes
        Communes of the mesh.
    rules
        Section ``methods.rules`` of the study.
    mesh
        From `make_mesh`.

    Returns
    -------
    list of str
        One French clause a broken rule; empty when all are kept.
    """
    members = set(codes)
    broken = [
        f"« {code} » n'y est pas" for code in sorted(_forced(rules, mesh) - members)
    ]
    broken += [f"« {code} » y est" for code in sorted(members & set(rules.exclude))]
    broken += [
        f"ensemble solidaire coupé ({', '.join(group)})"
        for group in rules.locked
        if members & set(group) and not members.issuperset(group)
    ]
    n_pieces = (
        len(members - mesh.piece_of(mesh.root, members)) if mesh.root in members else 0
    )
    if n_pieces:
        broken.append(f"{n_pieces} communes sans route intérieure vers la racine")
    broken += _broken_sums(members, rules, mesh)
    n_cut = len(cut_epci(members, mesh))
    if rules.max_split_epci is not None and n_cut > rules.max_split_epci:
        broken.append(f"{n_cut} EPCI coupés, {rules.max_split_epci} admis")
    return sorted(broken)


def cut_epci(codes: Collection[str], mesh: Mesh) -> list[str]:
    """List the EPCI that a set holds in part.

    Parameters
    ----------
    codes
        INSEE codes.
    mesh
        From `make_mesh`.

    Returns
    -------
    list of str
        SIREN, sorted.
    """
    within = set(codes)
    return [
        siren
        for siren, members in sorted(mesh.epci.items())
        if within & members and not members <= within
    ]


def _forced(rules: Rules, mesh: Mesh) -> set[str]:
    return {mesh.root, *rules.include}


def _require_known(rules: Rules, mesh: Mesh) -> None:
    faults = Faults("methods.rules")
    known = {*mesh.codes, *mesh.cut_off}
    asked = {
        "include": rules.include,
        "exclude": rules.exclude,
        "locked": tuple(code for group in rules.locked for code in group),
    }
    for place, codes in asked.items():
        for code in sorted(set(codes) - known):
            fault = f"« {place} » : commune « {code} » hors du territoire"
            faults.add(fault, remedy=hint(code, known))
    for name in sorted({*rules.floors, *rules.ceilings} - set(mesh.sums)):
        fault = f"« {name} » ne se compte pas ici ({', '.join(sorted(mesh.sums))})"
        faults.add(fault, remedy="fournir ce total, ou retirer la règle")
    faults.raise_if_any(StudyError)


def _note_clashes(rules: Rules, mesh: Mesh, faults: Faults) -> None:
    both = sorted(_forced(rules, mesh) & set(rules.exclude))
    if both:
        fault = f"à la fois imposées et exclues : {', '.join(both)}"
        faults.add(fault, remedy="choisir")
    usable = mesh.piece_of(mesh.root, set(mesh.codes) - set(rules.exclude))
    away = sorted(set(rules.include) - usable - set(both))
    if away:
        fault = f"imposées mais sans route vers « {mesh.root} » : {', '.join(away)}"
        faults.add(fault, remedy="retirer, ou admettre les communes de passage")


def _note_sums(rules: Rules, mesh: Mesh, faults: Faults) -> None:
    usable = mesh.piece_of(mesh.root, set(mesh.codes) - set(rules.exclude))
    for name, floor in sorted(rules.floors.items()):
        most = mesh.total(usable, name)
        if floor > most:
            reached = f"{SUM_NAMES[name]} : {french_count(most)} à portée"
            fault = f"plancher {french_count(floor)} {reached}"
            faults.add(fault, remedy="abaisser le plancher")
        if floor > rules.ceilings.get(name, floor):
            top = rules.ceilings[name]
            bound = f"{french_count(floor)} {SUM_NAMES[name]}"
            fault = f"plancher {bound} au-dessus du plafond {french_count(top)}"
            faults.add(fault, remedy="échanger les bornes")
    forced = _forced(rules, mesh) & set(mesh.codes)
    for name, ceiling in sorted(rules.ceilings.items()):
        least = mesh.total(forced, name)
        if least > ceiling:
            bound = f"{french_count(ceiling)} {SUM_NAMES[name]} : les communes imposées"
            fault = f"plafond {bound} en comptent {french_count(least)}"
            faults.add(fault, remedy="relever le plafond")


def _note_locked(rules: Rules, mesh: Mesh, faults: Faults) -> None:
    forced, excluded = _forced(rules, mesh), set(rules.exclude)
    for group in rules.locked:
        inside = [code for code in group if code in set(mesh.codes)]
        places = ", ".join(group)
        if len(inside) < len(set(group)) or (
            inside and len(mesh.piece_of(inside[0], inside)) < len(set(inside))
        ):
            fault = f"ensemble solidaire en plusieurs morceaux par la route : {places}"
            faults.add(fault, remedy="y ajouter les communes de passage")
        if forced & set(group) and excluded & set(group):
            fault = f"ensemble solidaire à la fois imposé et exclu : {places}"
            faults.add(fault, remedy="choisir")


def _broken_sums(held: set[str], rules: Rules, mesh: Mesh) -> list[str]:
    broken = []
    for name, floor in rules.floors.items():
        total = mesh.total(held, name)
        if total < floor:
            text = f"{french_count(total)} {SUM_NAMES[name]}"
            broken.append(f"{text}, plancher {french_count(floor)}")
    for name, ceiling in rules.ceilings.items():
        total = mesh.total(held, name)
        if total > ceiling:
            text = f"{french_count(total)} {SUM_NAMES[name]}"
            broken.append(f"{text}, plafond {french_count(ceiling)}")
    return broken
