"""What « eitgeo new » asks for, and what it says, on official files too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eitgeo.cli.shared import BAD_STUDY, FAILED, french_number, refuse, say
from eitgeo.commands import new_real as starting
from eitgeo.commands.new_study import NewStudy
from eitgeo.commands.study_text import Wanted
from eitgeo.errors import EitgeoError, StudyError
from eitgeo.words import french_size, round_significant

_NAMED = 3


def wanted_study(
    name: str, *, epci: Sequence[str], dep: Sequence[str], title: str
) -> Wanted:
    """Gather what the user asks for, dated today."""
    today = dt.datetime.now(tz=dt.UTC).astimezone().date()
    return Wanted(name, _codes(epci), _codes(dep), title, today)


def _codes(given: Sequence[str]) -> list[str]:
    parts = [part.strip() for one in given for part in one.split(",")]
    return list(dict.fromkeys(part for part in parts if part))


def welcome_lines(found: NewStudy) -> list[str]:
    """Say what was written and what to do next."""
    counts = (
        f"{french_number(found.n_communes)} communes, "
        f"{french_number(found.population)} habitants, {len(found.epci)} EPCI :"
    )
    ring = (
        f"{found.outside_pct:.0f} % de la couronne de {found.buffer_km:g} km n'est pas "
        "dans la couche des communes (frontière, mer, ou couche à compléter)"
    )
    edge = []
    if found.at_edge:
        names = ", ".join(found.at_edge)
        whose = "leurs" if len(found.at_edge) > 1 else "ses"
        tail = f"→ vérifier que toutes {whose} communes y sont"
        edge.append(f"Au bord de cette couche : {names} {tail}")
    cut = []
    if found.left_out:
        cut = ["Non repris, car la couche des communes les coupe :"]
        cut += [f"  {one}" for one in found.left_out]
        cut.append("  → pour les reprendre, une couche plus large (eitgeo fetch)")
    bound = []
    if found.most is not None:
        text = f"celles d'au plus {found.most} EPCI (methods.max_union_epci)"
        bound.append(f"Unions d'EPCI trop nombreuses : l'étude s'en tient à {text}")
    ignored = []
    if found.ignored:
        text = f"{found.path.parent / '.gitignore'} ({', '.join(found.ignored)})"
        ignored.append(f"        {text}")
    return [
        counts,
        *(f"  {siren} {name}" for siren, name in found.epci.items()),
        ring,
        *edge,
        *cut,
        *bound,
        f"Écrit : {found.path}",
        f"        {found.path.parent / 'data'} (structures et membres)",
        *ignored,
        "À faire :",
        f"  1. eitgeo run {found.path}",
        "  2. dans ces fichiers, remplacer ce qui porte « à confirmer »",
        "  3. nommer les établissements et exutoires du territoire (docs/lecteurs.md)",
    ]


def start_real(
    name: str,
    epci: Sequence[str],
    dep: Sequence[str],
    title: str,
    *,
    folder: Path,
    **given: Any,
) -> None:
    """Write the study of a territory on official files, and say what is next."""
    wanted = wanted_study(name, epci=epci, dep=dep, title=title)
    try:
        study = starting.new_real(folder, wanted, **given)
    except StudyError as error:
        refuse(error, code=BAD_STUDY)
    except EitgeoError as error:
        refuse(error, code=FAILED)
    say(real_lines(study))


def real_lines(found: starting.RealStudy) -> list[str]:
    """Say what was written, what it weighs, and what to do next."""
    counts = (
        f"{french_number(found.n_communes)} communes, "
        f"{french_number(found.population)} habitants, {len(found.epci)} EPCI :"
    )
    bound = []
    if found.most is not None:
        text = f"celles d'au plus {found.most} EPCI (methods.max_union_epci)"
        bound.append(f"Unions d'EPCI trop nombreuses : l'étude s'en tient à {text}")
    weight = (
        f"À télécharger : {found.n_files} fichiers, de l'ordre de "
        f"{_size(found.size_mb)} ; disque nécessaire : {_size(found.disk_mb)}"
    )
    ignored = [f"        {found.path.parent / '.gitignore'}"] if found.ignored else []
    return [
        counts,
        *(f"  {siren} {name}" for siren, name in found.epci.items()),
        f"Départements, couronne comprise : {', '.join(found.departements)}",
        *bound,
        weight,
        *(f"  {licence} : {_few(names)}" for licence, names in found.licences.items()),
        "Ce que l'étude n'a pas, et ce qui le remplace :",
        *(f"  {line}" for line in found.missing),
        f"Écrit : {found.path}",
        f"        {found.path.parent / 'data/sources.csv'} (adresses)",
        *ignored,
        "À faire :",
        f"  1. eitgeo fetch {found.path}",
        f"  2. eitgeo run {found.path}",
        "  3. dans ces fichiers, remplacer ce qui porte « à confirmer »",
    ]


def _size(size_mb: float) -> str:
    """Write a size of one significant figure: none is measured."""
    return french_size(int(round_significant(size_mb, 1) * 1e6))


def _few(names: list[str]) -> str:
    more = len(names) - _NAMED
    shown = ", ".join(names[:_NAMED])
    others = f"{more} autres" if more > 1 else "1 autre"
    return f"{shown} et {others}" if more > 0 else shown
