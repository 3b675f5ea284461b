"""The words of the stamp, the same in every kind of file."""

from __future__ import annotations

WORDS = "NE PAS DIFFUSER – réponses d’entreprises"
SHORT_WORDS = "NE PAS DIFFUSER"
INK = "#a3182d"


def told(title: str) -> str:
    """Put the words before a title.

    Examples
    --------
    >>> told("Zones")
    'NE PAS DIFFUSER – réponses d’entreprises – Zones'
    >>> told(told("Zones")) == told("Zones")
    True
    >>> told("")
    'NE PAS DIFFUSER – réponses d’entreprises'
    """
    if WORDS in title:
        return title
    return f"{WORDS} – {title}" if title else WORDS
