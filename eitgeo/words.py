"""Numbers as French readers write them, rounded by how sure they are.

O (observé) is exact, S (source publiée) has two significant figures, H (hypothèse
de travail) has one and comes after « ≈ », with its interval, whatever the rounding
moved. Shares are as sure as their smaller part: 96 % is never printed as 100 %. A
count below ten is as exact as it is printed, and has no « ≈ »; a middle that rounding
put on a bound is not written, its bounds are.

Whatever is printed is rounded from its twelve first figures (``settled``), halves away
from zero. The last bits of a sum depend on the processor; a tie must not. The pages
follow the same rule: ``settled`` of ``numbers.js``, ``sur`` of ``form.js``.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

NBSP = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
MISSING = "–"
MOST_NAMED = 4
"""Names of a list that are shown where it goes on."""
NEARLY = "≈"
"""What stands before a figure of class H."""
FEW = 10
"""Counts below it are printed whole."""
SIGNIFICANT = {"S": 2, "H": 1}
EVIDENCE_SYMBOLS = {"O": "●", "S": "◐", "H": "○"}
EVIDENCE_NAMES = {
    "O": "observé",
    "S": "source publiée",
    "H": "hypothèse de travail",
}
DIRECTION_NAMES = {
    "up": "plus c'est haut, mieux c'est",
    "down": "plus c'est bas, mieux c'est",
    "info": "pour information, jamais classé",
}
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_THOUSANDS = re.compile(r"(?:(?<=\b\d)|(?<=\b\d\d)|(?<=\b\d{3})) (?=\d{3}\b(?!,?\d))")
_BEFORE_WIDE = re.compile(r" (?=[:%»])")
_BEFORE_NARROW = re.compile(r" (?=[;!?](?:\s|$))")
_BEFORE_UNIT = re.compile(
    r"(?<=\d) (?=%|(?:min|h|km²?|m[²³]?|t|kg|ha|€|k€|MW|hab\.|ETP|EPCI|sites?)"
    r"(?![\w’']))"
)
_UNITLESS = {"nombre", "rapport", ""}
_COUNTS = {"nombre", "emplois"}
_SINGULAR = {"points": "point", "emplois": "emploi", "synergies": "synergie"}
_SHARE = "%"
_SURE = Context(prec=12, rounding=ROUND_HALF_UP)
_KILO = 1000
_SIZES = ("ko", "Mo", "Go", "To")


def typographic(text: str) -> str:
    r"""Set apostrophes and the spaces that French ties to signs and units.

    Examples
    --------
    >>> typographic("de l'ordre d'un")
    'de l’ordre d’un'
    >>> typographic("« oui » ; 5 % ?") == "«\xa0oui\xa0»\u202f; 5\xa0%\u202f?"
    True
    >>> typographic("45 min, 7 EPCI") == "45\xa0min, 7\xa0EPCI"
    True
    """
    text = tied(_APOSTROPHE.sub("’", text))
    text = _BEFORE_WIDE.sub(NBSP, text.replace("« ", f"«{NBSP}"))
    return _BEFORE_NARROW.sub(NARROW, text)


def tied(text: str) -> str:
    r"""Tie thousands, and a number to its unit: no line breaks them.

    Examples
    --------
    >>> tied("48 492 t, 45 min, 5 %") == "48\u202f492\xa0t, 45\xa0min, 5\xa0%"
    True
    """
    return _BEFORE_UNIT.sub(NBSP, _THOUSANDS.sub(NARROW, text))


def first_upper(text: str) -> str:
    """Begin a sentence."""
    return text[:1].upper() + text[1:]


def some_of(names: Sequence[str], *, between: str = " ; ") -> str:
    """List the first of some names, and count the others.

    Examples
    --------
    >>> some_of(["a", "b", "c", "d", "e"])
    'a ; b ; c ; d ; e'
    >>> some_of(["a", "b", "c", "d", "e", "f"], between=", ")
    'a, b, c, d, et 2 autres'
    """
    left = len(names) - MOST_NAMED
    if left <= 1:
        return between.join(names)
    shown = between.join(names[:MOST_NAMED])
    return f"{shown}{between}et {french_number(left)} autres"


def name_key(name: str) -> str:
    """Return what names are sorted by: accents, hyphens and capitals do not count.

    Examples
    --------
    >>> sorted(["Cotte", "Cœur"], key=name_key)
    ['Cœur', 'Cotte']
    >>> sorted(["Zéa", "zeb", "Écot", "Eb"], key=name_key)
    ['Eb', 'Écot', 'Zéa', 'zeb']
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    apart = plain.replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in apart if c.isalnum() or c == " ")


def split_name(name: str) -> tuple[str, str]:
    """Part the name of a body from what says which list of its members it is.

    Examples
    --------
    >>> split_name("Syndicat – hypothèse à confirmer")
    ('Syndicat', 'hypothèse à confirmer')
    >>> split_name("Syndicat d'Aval-Amont")
    ("Syndicat d'Aval-Amont", '')
    """
    short, _, told = name.partition(" – ")
    return short, told


def settled(value: float) -> Decimal:
    """Keep the figures of a number that no processor moves.

    Examples
    --------
    >>> float(settled(0.007499999999999999)), float(settled(4.999999999999999))
    (0.0075, 5.0)
    """
    number = float(value)
    if number.is_integer():
        return Decimal(repr(number))
    return _SURE.create_decimal_from_float(number)


def french_number(value: float, *, decimals: int | None = None) -> str:
    r"""Write a number with a decimal comma and narrow spaces between thousands.

    Parameters
    ----------
    value
        The number.
    decimals
        Digits after the comma; None: as many as the number has, of twelve figures.

    Returns
    -------
    str
        The number; « – » when it is NaN or infinite.

    Examples
    --------
    >>> french_number(1234.5) == "1\N{NARROW NO-BREAK SPACE}234,5"
    True
    >>> french_number(0.25, decimals=1)
    '0,3'
    """
    if not math.isfinite(value):
        return MISSING
    exact = settled(value)
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{exact:,f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    whole, _, part = text.partition(".")
    whole = whole.replace(",", NARROW).replace("-", "−")
    if not any(digit in "123456789" for digit in whole + part):
        whole = whole.removeprefix("−")
    return f"{whole},{part}" if part else whole


def french_count(value: float) -> str:
    """Write a whole number."""
    return french_number(value, decimals=0)


def round_significant(value: float, figures: int) -> float:
    """Round to so many significant figures, halves away from zero.

    Examples
    --------
    >>> round_significant(45_000, 1), round_significant(0.0249, 2)
    (50000.0, 0.025)
    """
    if value == 0 or not math.isfinite(value):
        return value
    exact = settled(value)
    step = Decimal(1).scaleb(exact.adjusted() - figures + 1)
    return float((exact / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step)


def round_share(value: float, figures: int) -> float:
    """Round a percentage so that its smaller part has so many significant figures.

    Examples
    --------
    >>> [round_share(value, 1) for value in (0.4, 34.0, 66.6, 96.2, 99.6, 100.0)]
    [0.4, 30.0, 70.0, 96.0, 99.0, 100.0]
    """
    if not math.isfinite(value):
        return value
    exact = settled(value)
    if not 50 < exact < 100:  # noqa: PLR2004 - half and all of a percentage
        return round_significant(value, figures)
    rest = round_significant(float(100 - exact), figures)
    return float(100 - max(Decimal(repr(rest)), Decimal(10) ** (1 - figures)))


def published_value(value: float, *, evidence: str, decimals: int, unit: str) -> float:
    """Round a figure as its evidence class and its nature allow.

    Examples
    --------
    >>> [published_value(66.666, evidence=e, decimals=1, unit="%") for e in "OSH"]
    [66.7, 67.0, 70.0]
    >>> published_value(14.0, evidence="H", decimals=0, unit="nombre")
    10.0
    """
    if not math.isfinite(value):
        return value
    if evidence in SIGNIFICANT:
        figures = SIGNIFICANT[evidence]
        if unit == _SHARE:
            return round_share(value, figures)
        return round_significant(value, figures)
    return rounded_to(value, decimals)


def rounded_to(value: float, decimals: int) -> float:
    """Round to so many decimals, halves away from zero.

    Examples
    --------
    >>> rounded_to(0.25, 1), rounded_to(2597.5, 0)
    (0.3, 2598.0)
    """
    if not math.isfinite(value):
        return value
    step = Decimal(1).scaleb(-decimals)
    return float(settled(value).quantize(step, rounding=ROUND_HALF_UP))


def with_unit(number: str, unit: str) -> str:
    """Put a unit after a number, tied by a no-break space."""
    if unit in _UNITLESS or number == MISSING:
        return number
    return f"{number}{NBSP}{unit}"


def agreed(value: float, unit: str) -> str:
    """Write a unit in the singular below two, as French does.

    Examples
    --------
    >>> agreed(-1.5, "points"), agreed(2.0, "points")
    ('point', 'points')
    """
    return _SINGULAR.get(unit, unit) if abs(value) < 2 else unit  # noqa: PLR2004


def rounding_class(
    value: float, low: float, high: float, *, evidence: str, at_best: str
) -> str:
    """Say by which class a figure and its bounds are rounded.

    Examples
    --------
    >>> rounding_class(math.nan, 42.86, 100.0, evidence="H", at_best="O")
    'O'
    >>> rounding_class(42.86, 42.86, 42.86, evidence="H", at_best="O")
    'H'
    """
    alone = math.isnan(value) and low < high
    return "O" if alone and at_best == "O" else evidence


def figure_text(
    value: float,
    *,
    bounds: tuple[float, float],
    evidence: str,
    unit: str,
    decimals: int,
    at_best: str = "",
) -> str:
    r"""Write a figure with its unit and, where it is not exact, its interval.

    Parameters
    ----------
    value
        The figure.
    bounds
        Low and high; NaN when there is none.
    evidence
        ``O``, ``S`` or ``H``.
    unit
        Its unit.
    decimals
        Digits after the comma of an observed figure.
    at_best
        Its class where nothing is in doubt. Where it is ``O``, bounds alone are
        counted too: they are written, and keep their decimals.

    Returns
    -------
    str
        French; « – » for NaN; « ≈ » for class H, and for no other.

    Examples
    --------
    >>> text = figure_text(38_412, bounds=(19_000, 81_000), evidence="H",
    ...                    unit="t/an", decimals=0)
    >>> text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace(NBSP, " ")
    '≈ 40 000 t/an (20 000 à 80 000)'
    >>> figure_text(3.0, bounds=(2.0, 5.0), evidence="H", unit="nombre", decimals=0)
    '3 (2 à 5)'
    >>> figure_text(41.0, bounds=(38.0, 62.0), evidence="H", unit="km",
    ...             decimals=0).replace(NBSP, " ")
    '≈ 40 à 60 km'
    >>> figure_text(math.nan, bounds=(42.86, 100.0), evidence="H", unit="%",
    ...             decimals=1, at_best="O").replace(NBSP, " ")
    'de 42,9 % à 100 %'
    """
    if not math.isfinite(value):
        counted = rounding_class(value, *bounds, evidence=evidence, at_best=at_best)
        is_between = counted == "O" and bounds[0] < bounds[1]
        return (
            _between(*bounds, unit=unit, decimals=decimals) if is_between else MISSING
        )
    digits = decimals if evidence == "O" else None
    published = [
        published_value(item, evidence=evidence, decimals=decimals, unit=unit)
        for item in (value, *bounds)
    ]
    middle, low, high = (french_number(item, decimals=digits) for item in published)
    mark = nearly(value, evidence=evidence, unit=unit)
    text = mark + with_unit(middle, agreed(published[0], unit))
    if MISSING in (low, high) or low == high:
        return text
    if middle in (low, high) and evidence in SIGNIFICANT:
        return f"{mark}{low} à {with_unit(high, agreed(published[2], unit))}"
    return f"{text} ({low} à {high})"


def nearly(value: float, *, evidence: str, unit: str) -> str:
    """Return what stands before a figure: « ≈ », unless it is exact as printed."""
    exact = float(settled(value))
    is_small_count = unit in _COUNTS and abs(exact) < FEW and exact.is_integer()
    return f"{NEARLY}{NBSP}" if evidence == "H" and not is_small_count else ""


def _between(low: float, high: float, *, unit: str, decimals: int) -> str:
    """Write bounds of which nothing is between."""
    least, most = (
        with_unit(french_number(item), agreed(item, unit))
        for item in (
            published_value(bound, evidence="O", decimals=decimals, unit=unit)
            for bound in (low, high)
        )
    )
    return least if least == most else f"de {least} à {most}"


def range_text(low: float, high: float, *, unit: str) -> str:
    r"""Write the two ends of an assumption of which nothing is between.

    Examples
    --------
    >>> range_text(36.2, 47_500.0, unit="t/an").replace(NARROW, " ").replace(NBSP, " ")
    '≈ 40 t/an à 50 000 t/an'
    >>> range_text(30_200.0, 81_000.0, unit="€/an").replace(NARROW, " ").replace(
    ...     NBSP, " "
    ... )
    '≈ 30 000 à 80 000 €/an'
    >>> range_text(1.8, 2.2, unit="t/an").replace(NBSP, " ")
    '≈ 2 t/an'
    """
    least, most = (round_significant(end, SIGNIFICANT["H"]) for end in (low, high))
    low_text, high_text = (
        with_unit(french_number(end), agreed(end, unit)) for end in (least, most)
    )
    if least == most:
        return f"{NEARLY}{NBSP}{high_text}"
    # « 40 à 50 000 » would read as thousands at both ends.
    is_apart = least < _KILO <= most
    low_text = low_text if is_apart else french_number(least)
    return f"{NEARLY}{NBSP}{low_text} à {high_text}"


_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def month_words(day: dt.date) -> str:
    """Write the month of a day in French.

    Examples
    --------
    >>> import datetime as dt
    >>> month_words(dt.date(2021, 8, 3))
    'août 2021'
    """
    return f"{_MONTHS[day.month - 1]} {day.year}"


def french_period(first: str, last: str) -> str:
    """Write the days from one to another (ISO), the year once where it is the same.

    Examples
    --------
    >>> french_period("2025-01-01", "2025-06-30")
    'du 1er janvier au 30 juin 2025'
    >>> french_period("2024-07-01", "2025-06-30")
    'du 1er juillet 2024 au 30 juin 2025'
    """
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    told = month_words(start)
    if start.year == end.year:
        told = told.partition(" ")[0]
    days = ["1er" if one.day == 1 else str(one.day) for one in (start, end)]
    return f"du {days[0]} {told} au {days[1]} {month_words(end)}"


def french_size(size_bytes: int) -> str:
    """Write the size of a file.

    Examples
    --------
    >>> french_size(812).replace(NBSP, " ")
    '812 octets'
    >>> french_size(2_143_000_000).replace(NBSP, " ")
    '2,1 Go'
    >>> french_size(999_960).replace(NBSP, " ")
    '1 Mo'
    """
    if size_bytes < _KILO:
        return f"{size_bytes}{NBSP}octets"
    rank = 0
    value = size_bytes / _KILO
    while round(value, 1) >= _KILO and rank < len(_SIZES) - 1:
        rank, value = rank + 1, value / _KILO
    return f"{french_number(round(value, 1))}{NBSP}{_SIZES[rank]}"
