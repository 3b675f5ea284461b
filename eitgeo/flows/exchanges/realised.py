"""What an animator makes of a potential: documented cases, for as many firms met.

A potential is what rules allow; a case is what was done. Cases tell synergies, tonnes
and euros, and how many firms took part. How many an animator meets in three years is a
working assumption, and so is the transfer to another territory (class H). All of it is
by animator: no perimeter is the better for it.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import NamedTuple

import pandas as pd

from eitgeo.exact import at_most
from eitgeo.reference.governance import animation_posts, documented_cases
from eitgeo.study.governance import Governance
from eitgeo.words import (
    NBSP,
    NEARLY,
    first_upper,
    french_number,
    range_text,
    round_significant,
    typographic,
    with_unit,
)

YEARS = 3
"""How long a post is funded at first, and firms are met."""
SYNERGIES = "n_realised"
CASES_OF = {
    "t": "t_per_year",
    "eur_firms": "eur_per_year",
    "tco2e_avoided": "tco2e_per_year",
}
"""Lever → what cases tell of it; they tell nothing of the others."""
_BROUGHT_DOWN = ", à nombre égal d’entreprises"
_ACRONYM = re.compile(r"^[A-Z]{3,}\b|(?<=\()\w+(?=\)$)")
_SPAN = re.compile(r"^(\d{4})-(\d{4})$")
_SIGN = re.compile(r"[,:(]")
_SEVERAL = 2
_APART = 10
_CAPPED = "borné par le potentiel"
NONE_TELLS = "aucun cas documenté ne le donne par entreprise rencontrée"


class Animation(NamedTuple):
    """What is known of initiatives, and what the animators of a study can meet.

    ``cases``: `documented_cases`. ``fte``: posts of animation [FTE]. ``met``: firms
    that they meet in :data:`YEARS` years, least and most.
    """

    cases: pd.DataFrame
    fte: float
    met: tuple[float, float]


class Realised(NamedTuple):
    """What animators make of a potential.

    ``low``, ``high``: between what and what, at most the potential; NaN where no case
    tells. ``ends``: names of the cases that tell the least and the most. ``capped``:
    whether the potential is less than what cases tell. ``apart``, ``lone``: what the
    case that tells most makes, and its name, where it stands apart: :data:`_APART`
    times the next; it is left out of the rest. Else NaN. ``top``: the case that reached
    most. ``times``: how many times that case the potential is; NaN where it is not
    above.
    """

    low: float
    high: float
    ends: tuple[str, str]
    capped: bool
    apart: float
    lone: str
    top: str
    times: float


UNTOLD = Realised(
    low=math.nan,
    high=math.nan,
    ends=("", ""),
    capped=False,
    apart=math.nan,
    lone="",
    top="",
    times=math.nan,
)


def meetings_of(governance: Governance) -> tuple[float, float]:
    """Return the firms that a full-time post meets a year, least and most.

    Examples
    --------
    >>> from eitgeo.study.governance import Governance
    >>> meetings_of(Governance()), meetings_of(Governance(meetings=(20, 60)))
    ((30.0, 50.0), (20.0, 60.0))
    """
    if governance.meetings is not None:
        return governance.meetings
    return _usual_meetings()


@cache
def _usual_meetings() -> tuple[float, float]:
    low, high = animation_posts()[["low", "high"]].to_numpy(dtype=float)[0]
    return float(low), float(high)


def animation_of(governance: Governance) -> Animation:
    """Return the cases, and the firms that the animators of a study meet.

    Notes
    -----
    What a post meets in :data:`YEARS` years and the firms by post that cases tell,
    whichever is wider.
    """
    cases, posts = documented_cases(), governance.posts
    ratios = (cases["n_firms"] / cases["fte"]).dropna()
    low, high = (YEARS * one for one in meetings_of(governance))
    least, most = min([low, *ratios]), max([high, *ratios])
    return Animation(cases, posts, (posts * least, posts * most))


def realised(
    animation: Animation,
    measure: str | None,
    *,
    potential: float = math.inf,
    n_sites: float = math.inf,
) -> Realised:
    """Say what animators make of a potential, and how it stands to what was reached.

    ``measure``: a column of the cases; None: they tell nothing of it. ``potential``: in
    the unit of the cases; nothing is told of one that is unknown or a loss.

    Notes
    -----
    ``reached × min(1, met ÷ firms of the case)``: a case is brought down to as many
    firms, never up. Synergies add up over the years of a case: only what falls in
    :data:`YEARS` of them counts. One that does not tell its firms gives no interval;
    the potential is still held against what it reached.
    """
    return of_potential(
        realised_without_limit(animation, measure, n_sites=n_sites), potential
    )


class Reach(NamedTuple):
    """What animators make of a potential without end, and what the top case reached."""

    made: Realised
    ceiling: float = math.inf


def realised_without_limit(
    animation: Animation, measure: str | None, *, n_sites: float
) -> Reach:
    """Say what animators make of what has no end; as in :func:`realised`."""
    if measure is None:
        return Reach(UNTOLD)
    reached = animation.cases[measure].dropna()
    if measure == SYNERGIES:
        reached *= _in_time(animation.cases["years"].reindex(reached.index))
    firms = animation.cases["n_firms"].reindex(reached.index)
    least, most = (
        reached * (min(met, n_sites) / firms).clip(upper=1.0) for met in animation.met
    )
    compared = _held_against(most.fillna(reached), reached, animation)
    if firms.isna().all():
        return compared
    made = compared.made
    lone, high = str(most.idxmax()), float(most.max())
    if high > _APART * most.drop(lone).max():
        least, most = least.drop(lone), most.drop(lone)
        made = made._replace(apart=high, lone=short_name(animation, lone))
    first, last = str(least.idxmin()), str(most.idxmax())
    made = made._replace(
        low=float(least[first]),
        high=float(most[last]),
        ends=(short_name(animation, first), short_name(animation, last)),
    )
    return compared._replace(made=made)


def of_potential(found: Reach, potential: float) -> Realised:
    """Bring down what animators make to a potential, held against the top case."""
    if not potential > 0:
        return UNTOLD
    made, ceiling = found
    is_above = math.isfinite(potential) and not at_most(potential, ceiling)
    return made._replace(
        low=min(made.low, potential),
        high=min(made.high, potential),
        capped=made.high > potential,
        times=potential / ceiling if is_above else math.nan,
    )


def _in_time(years: pd.Series[str]) -> pd.Series[float]:
    """Return the part of the years of cases, « 2010-2018 », that a post lasts."""
    years_of = years.str.extract(_SPAN).astype(float)
    spans = (years_of[1] - years_of[0]).clip(lower=1.0).fillna(1.0)
    return (YEARS / spans).clip(upper=1.0)


def lever_realised(animation: Animation, lever: str, potential: float) -> Realised:
    """Say what animators make of a lever of the whole study."""
    return realised(animation, CASES_OF.get(lever), potential=potential)


def _held_against(
    ceiling: pd.Series[float], reached: pd.Series[float], animation: Animation
) -> Reach:
    """Name the case that reached most."""
    if ceiling.empty:
        return Reach(UNTOLD)
    top = str(ceiling.idxmax())
    brought_down = _BROUGHT_DOWN if ceiling[top] < reached[top] else ""
    named = f"{short_name(animation, top)}{brought_down}"
    return Reach(UNTOLD._replace(top=named), float(ceiling[top]))


def short_name(animation: Animation, case_id: str) -> str:
    """Name a case by its acronym, or by what stands before its first sign."""
    name = str(animation.cases.loc[case_id, "name"])
    acronym = _ACRONYM.search(name)
    return acronym[0] if acronym else _SIGN.split(name)[0].strip()


def realised_text(found: Realised, unit: str, *, scale: float = 1.0) -> str:
    r"""Write what animators make of a potential, after which cases, in French.

    Examples
    --------
    >>> realised_text(UNTOLD, "t/an")
    'aucun cas documenté ne le donne par entreprise rencontrée'
    >>> told = UNTOLD._replace(low=3.0, high=41.0, ends=("Aval", "Amont"))
    >>> realised_text(told, "t/an").replace(NBSP, " ")
    '≈ 3 à 40 t/an (Aval, Amont)'
    >>> apart = told._replace(capped=True, apart=500.0, lone="NISP")
    >>> realised_text(apart, "t/an").replace(NBSP, " ")
    '≈ 3 à 40 t/an (Aval, Amont ; NISP seul : 500 ; borné par le potentiel)'
    """
    if math.isnan(found.high):
        return NONE_TELLS
    text = range_text(scale * found.low, scale * found.high, unit=unit)
    said = [", ".join(dict.fromkeys(found.ends))]
    if not math.isnan(found.apart):
        most = french_number(round_significant(scale * found.apart, 1))
        said.append(f"{found.lone} seul : {most}")
    if found.capped:
        said.append(_CAPPED)
    return f"{text} ({' ; '.join(said)})"


def above_text(found: Realised) -> str:
    r"""Say how far above what any case reached a potential is; empty where it is not.

    Examples
    --------
    >>> above_text(UNTOLD._replace(top="NISP", times=23.0))
    'soit ≈\xa020 fois le plus élevé des cas documentés (NISP)'
    >>> above_text(UNTOLD._replace(top="NISP", times=1.2))
    'soit plus que le plus élevé des cas documentés (NISP)'
    """
    if math.isnan(found.times):
        return ""
    times = round_significant(found.times, 1)
    more = f"{NEARLY}{NBSP}{french_number(times)} fois" if times > 1 else "plus que"
    return f"soit {more} le plus élevé des cas documentés ({found.top})"


def animator_text(animation: Animation) -> str:
    r"""Name who realises a potential, and in how long.

    Examples
    --------
    >>> import pandas as pd
    >>> animator_text(Animation(pd.DataFrame(), 1.0, (80.0, 150.0)))
    'ce qu’un animateur en réalise en 3\xa0ans'
    >>> animator_text(Animation(pd.DataFrame(), 2.0, (160.0, 300.0)))
    'ce que 2\xa0ETP d’animation en réalisent en 3\xa0ans'
    """
    who, verb = "qu’un animateur", "réalise"
    if animation.fte != 1:
        who = f"que {with_unit(french_number(animation.fte), 'ETP')} d’animation"
        verb = "réalisent" if animation.fte >= _SEVERAL else verb
    return f"ce {who} en {verb} en {YEARS}{NBSP}ans"


def announced(text: str, found: Realised) -> str:
    r"""Write a potential, and in the same sentence how far above all cases it is.

    Examples
    --------
    >>> announced("90 t/an", UNTOLD._replace(top="NISP", times=3.0))
    '90 t/an, soit ≈\xa03 fois le plus élevé des cas documentés (NISP)'
    """
    return ", ".join(filter(None, [text, above_text(found)]))


def made_text(animation: Animation, found: Realised, unit: str) -> str:
    """Say in a sentence what animators make of a potential."""
    who = first_upper(animator_text(animation))
    return typographic(f"{who} : {realised_text(found, unit)}.")
