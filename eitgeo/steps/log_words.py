"""Figures and words of the run log, as its readers write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.words import NARROW, NBSP, figure_text

if TYPE_CHECKING:
    from collections.abc import Mapping

STATUS_WORDS: Mapping[str, str] = {
    "ok": "par la route",
    "same_place": "dans un même lieu",
    "beyond_limit": "au-delà du temps permis",
    "other_component": "sans route entre les deux",
    "one_way_trap": "lieu dont aucune route ne ressort",
    "outside_extract": "lieu hors de l'extrait routier",
    "forbidden_to_profile": "lieu interdit à ce véhicule",
    "snap_too_far": "lieu trop loin d'une route",
}
"""Status of a pair of places → what the log says of it, in French."""

_UNKNOWN = float("nan")
_NO_BOUNDS = (_UNKNOWN, _UNKNOWN)
# Consoles of western Europe have neither the narrow space nor the long minus.
_PLAIN = str.maketrans({NARROW: NBSP, "\N{MINUS SIGN}": "-"})


def about(value: float, unit: str, *, bounds: tuple[float, float] = _NO_BOUNDS) -> str:
    r"""Write a figure of class H: one significant figure, and its interval.

    Examples
    --------
    >>> about(3.6e6, "t·km/an", bounds=(2.5e6, 5.3e6)).replace(NBSP, " ")
    'de l’ordre de 4 000 000 t·km/an (3 000 000 à 5 000 000)'
    >>> about(252_704, "t/an").replace(NBSP, " ")
    'de l’ordre de 300 000 t/an'
    """
    told = figure_text(value, bounds=bounds, evidence="H", unit=unit, decimals=0)
    return told.translate(_PLAIN)
