"""What « eitgeo new » asks for, and what it says."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from eitgeo.cli.texts import french_number
from eitgeo.commands.study_text import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eitgeo.commands import new_study as starting


def wanted_study(
    name: str, *, epci: Sequence[str], dep: Sequence[str], title: str
) -> Wanted:
    """Gather what the user asks for, dated today."""
    today = dt.datetime.now(tz=dt.UTC).astimezone().date()
    return Wanted(name, _codes(epci), _codes(dep), title, today)


def _codes(given: Sequence[str]) -> list[str]:
    parts = [part.strip() for one in given for part in one.split(",")]
    return list(dict.fromkeys(part for part in parts if part))


def welcome_lines(found: starting.NewStudy) -> list[str]:
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
        told = f"celles d'au plus {found.most} EPCI (methods.max_union_epci)"
        bound.append(f"Unions d'EPCI trop nombreuses : l'étude s'en tient à {told}")
    ignored = []
    if found.ignored:
        told = f"{found.path.parent / '.gitignore'} ({', '.join(found.ignored)})"
        ignored.append(f"        {told}")
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
