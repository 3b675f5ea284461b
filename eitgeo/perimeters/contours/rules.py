"""Rules common to all computed contours: sound on a mesh, and kept by a set."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from eitgeo.check import Faults, hint
from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.study.methods import Rules
from eitgeo.words import french_count

if TYPE_CHECKING:
    from eitgeo.perimeters.contours.mesh import Mesh

SUM_NAMES = {
    "population": "habitants",
    "n_communes": "communes",
    "jobs": "emplois",
}
"""What floors and ceilings bear on, as messages say it."""


def require_sound(rules: Rules, mesh: Mesh) -> None:
    """Refuse rules that no set of a mesh can keep, all faults at once.

    Refused when a commune, or a sum, is unknown. Refused when rules clash with one
    another or with the territory, with the numbers.
    """
    _require_known(rules, mesh)
    faults = Faults("methods.rules")
    _note_clashes(rules, mesh, faults)
    _note_sums(rules, mesh, faults)
    _note_locked(rules, mesh, faults)
    faults.raise_if_any(InfeasibleError)


def broken_rules(codes: Collection[str], rules: Rules, mesh: Mesh) -> list[str]:
    """Say which rules a set does not keep, with the numbers: a French clause each."""
    held = set(codes)
    found = [f"« {code} » n'y est pas" for code in sorted(_forced(rules, mesh) - held)]
    found += [f"« {code} » y est" for code in sorted(held & set(rules.exclude))]
    found += [
        f"ensemble solidaire coupé ({', '.join(group)})"
        for group in rules.locked
        if held & set(group) and not held.issuperset(group)
    ]
    n_pieces = len(held - mesh.piece_of(mesh.root, held)) if mesh.root in held else 0
    if n_pieces:
        found.append(f"{n_pieces} communes sans route intérieure vers la racine")
    found += _broken_sums(held, rules, mesh)
    n_cut = len(cut_epci(held, mesh))
    if rules.max_split_epci is not None and n_cut > rules.max_split_epci:
        found.append(f"{n_cut} EPCI coupés, {rules.max_split_epci} admis")
    return sorted(found)


def cut_epci(codes: Collection[str], mesh: Mesh) -> list[str]:
    """List the EPCI that a set holds in part, by SIREN."""
    held = set(codes)
    return [
        siren
        for siren, members in sorted(mesh.epci.items())
        if held & members and not members <= held
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
            met = f"« {place} » : commune « {code} » hors du territoire"
            faults.add(met, remedy=hint(code, known))
    for name in sorted({*rules.floors, *rules.ceilings} - set(mesh.sums)):
        met = f"« {name} » ne se compte pas ici ({', '.join(sorted(mesh.sums))})"
        faults.add(met, remedy="fournir ce total, ou retirer la règle")
    faults.raise_if_any(StudyError)


def _note_clashes(rules: Rules, mesh: Mesh, faults: Faults) -> None:
    both = sorted(_forced(rules, mesh) & set(rules.exclude))
    if both:
        met = f"à la fois imposées et exclues : {', '.join(both)}"
        faults.add(met, remedy="choisir")
    usable = mesh.piece_of(mesh.root, set(mesh.codes) - set(rules.exclude))
    away = sorted(set(rules.include) - usable - set(both))
    if away:
        met = f"imposées mais sans route vers « {mesh.root} » : {', '.join(away)}"
        faults.add(met, remedy="retirer, ou admettre les communes de passage")


def _note_sums(rules: Rules, mesh: Mesh, faults: Faults) -> None:
    usable = mesh.piece_of(mesh.root, set(mesh.codes) - set(rules.exclude))
    for name, floor in sorted(rules.floors.items()):
        most = mesh.total(usable, name)
        if floor > most:
            reached = f"{SUM_NAMES[name]} : {french_count(most)} à portée"
            met = f"plancher {french_count(floor)} {reached}"
            faults.add(met, remedy="abaisser le plancher")
        if floor > rules.ceilings.get(name, floor):
            top = rules.ceilings[name]
            told = f"{french_count(floor)} {SUM_NAMES[name]}"
            met = f"plancher {told} au-dessus du plafond {french_count(top)}"
            faults.add(met, remedy="échanger les bornes")
    forced = _forced(rules, mesh) & set(mesh.codes)
    for name, ceiling in sorted(rules.ceilings.items()):
        least = mesh.total(forced, name)
        if least > ceiling:
            told = f"{french_count(ceiling)} {SUM_NAMES[name]} : les communes imposées"
            met = f"plafond {told} en comptent {french_count(least)}"
            faults.add(met, remedy="relever le plafond")


def _note_locked(rules: Rules, mesh: Mesh, faults: Faults) -> None:
    forced, excluded = _forced(rules, mesh), set(rules.exclude)
    for group in rules.locked:
        inside = [code for code in group if code in set(mesh.codes)]
        told = ", ".join(group)
        if len(inside) < len(set(group)) or (
            inside and len(mesh.piece_of(inside[0], inside)) < len(set(inside))
        ):
            met = f"ensemble solidaire en plusieurs morceaux par la route : {told}"
            faults.add(met, remedy="y ajouter les communes de passage")
        if forced & set(group) and excluded & set(group):
            met = f"ensemble solidaire à la fois imposé et exclu : {told}"
            faults.add(met, remedy="choisir")


def _broken_sums(held: set[str], rules: Rules, mesh: Mesh) -> list[str]:
    found = []
    for name, floor in rules.floors.items():
        met = mesh.total(held, name)
        if met < floor:
            text = f"{french_count(met)} {SUM_NAMES[name]}"
            found.append(f"{text}, plancher {french_count(floor)}")
    for name, ceiling in rules.ceilings.items():
        met = mesh.total(held, name)
        if met > ceiling:
            text = f"{french_count(met)} {SUM_NAMES[name]}"
            found.append(f"{text}, plafond {french_count(ceiling)}")
    return found
