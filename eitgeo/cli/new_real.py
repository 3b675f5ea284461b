"""What « eitgeo new --real » does, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.cli.new import wanted_study
from eitgeo.cli.shared import BAD_STUDY, FAILED, refuse, say
from eitgeo.cli.texts import french_number
from eitgeo.commands import new_real as starting
from eitgeo.errors import EitgeoError, StudyError
from eitgeo.words import french_size, round_significant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NAMED = 3


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
        found = starting.new_real(folder, wanted, **given)
    except StudyError as error:
        refuse(error, code=BAD_STUDY)
    except EitgeoError as error:
        refuse(error, code=FAILED)
    say(real_lines(found))


def real_lines(found: starting.RealStudy) -> list[str]:
    """Say what was written, what it weighs, and what to do next."""
    counts = (
        f"{french_number(found.n_communes)} communes, "
        f"{french_number(found.population)} habitants, {len(found.epci)} EPCI :"
    )
    bound = []
    if found.most is not None:
        told = f"celles d'au plus {found.most} EPCI (methods.max_union_epci)"
        bound.append(f"Unions d'EPCI trop nombreuses : l'étude s'en tient à {told}")
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
