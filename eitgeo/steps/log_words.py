"""Figures and words of the run log, as its readers write them."""

from __future__ import annotations

from collections.abc import Mapping

from eitgeo.ledger import Place, written
from eitgeo.words import NARROW, NBSP, NEARLY

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

_RAW = " / avant la porte"
_UNKNOWN = float("nan")
_NO_BOUNDS = (_UNKNOWN, _UNKNOWN)
# Consoles of western Europe have no narrow space, no long minus, no « ≈ ».
_PLAIN = str.maketrans({NARROW: NBSP, "\N{MINUS SIGN}": "-", NEARLY: "de l’ordre de"})


def about(
    value: float,
    unit: str,
    place: Place,
    *,
    bounds: tuple[float, float] = _NO_BOUNDS,
    evidence: str = "H",
) -> str:
    r"""Write a figure as its class allows, H unless told, and its interval.

    Examples
    --------
    >>> place = Place("lever_totals", "exchange_tkm", "mid")
    >>> about(3.6e6, "t·km/an", place, bounds=(2.5e6, 5.3e6)).replace(NBSP, " ")
    'de l’ordre de 4 000 000 t·km/an (3 000 000 à 5 000 000)'
    >>> about(252_704, "t/an", place).replace(NBSP, " ")
    'de l’ordre de 300 000 t/an'
    """
    how = {"evidence": evidence, "unit": unit, "decimals": 0}
    # Before the door, which rounds too: another figure than the one published.
    raw_place = place._replace(row=f"{place.row}{_RAW}")
    text = written(value, raw_place, bounds=bounds, **how)
    return text.translate(_PLAIN)
