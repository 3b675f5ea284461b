"""Which unions of whole EPCI a study lists: all, or those of at most so many."""

from __future__ import annotations

from eitgeo.words import french_number


def of_whole_epci(most: int | None) -> str:
    """Say, after « réunions », what a study lists unions of.

    Parameters
    ----------
    most
        Largest number of EPCI of a union (``methods.max_union_epci``); None: no bound.

    Returns
    -------
    str
        French, to be set by whoever prints it.

    Examples
    --------
    >>> of_whole_epci(None), of_whole_epci(7), of_whole_epci(1)
    ("d'EPCI entiers", "d'au plus 7 EPCI entiers", "d'au plus 1 EPCI entier")
    """
    if most is None:
        return "d'EPCI entiers"
    plural = "s" if most > 1 else ""
    return f"d'au plus {french_number(most)} EPCI entier{plural}"
