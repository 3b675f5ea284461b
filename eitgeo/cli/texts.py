"""French numbers and durations."""

from __future__ import annotations

from unicodedata import category

from eitgeo import words

_MINUTE_S = 60
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def french_number(value: float | str) -> str:
    """Write a number as French readers do; leave text as it is.

    Examples
    --------
    >>> french_number(1234.5).replace(chr(160), "_")
    '1_234,5'
    >>> french_number("aucune")
    'aucune'
    """
    if isinstance(value, str):
        return value
    # Consoles of Windows have no narrow space.
    return words.french_number(value).replace(words.NARROW, words.NBSP)


def plain(text: str) -> str:
    """Return a text that a file gave, as a console may show it.

    Examples
    --------
    >>> plain("carte" + chr(27) + "[2J.pdf")
    'carte?[2J.pdf'
    """
    return "".join(
        "?" if category(one) in _UNSEEN and one != "\n" else one for one in text
    )


def french_duration(seconds: float) -> str:
    """Write a duration.

    Examples
    --------
    >>> french_duration(125).replace(chr(160), " ")
    '2 min 05 s'
    """
    if seconds < _MINUTE_S:
        return f"{words.french_number(seconds, decimals=1)}{words.NBSP}s"
    minutes, rest = divmod(round(seconds), _MINUTE_S)
    return f"{minutes} min {rest:02d} s".replace(" ", "\N{NO-BREAK SPACE}")
