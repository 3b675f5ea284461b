"""How a carrier is named in a few words."""

from __future__ import annotations

from eitgeo.words import typographic

_SHORT_UP_TO = (" (", ", ")


def short_carrier(label: str) -> str:
    """Cut the name of a carrier, or what a rule is about, at its first precision.

    Examples
    --------
    >>> short_carrier("Association (club d'entreprises)")
    'Association'
    """
    for mark in _SHORT_UP_TO:
        label = label.partition(mark)[0]
    return typographic(label)
