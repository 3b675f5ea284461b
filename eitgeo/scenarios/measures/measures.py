"""What every measure is given, and which function measures each indicator."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.figures import Figures, figure, incidence
from eitgeo.study.sections import Study


@dataclass(frozen=True, eq=False)
class Inputs:
    """Perimeters, and the facts of the study that they are measured on.

    What several measures sum is summed once, here.

    ``communes``: table ``communes`` (study area and buffer: bodies may reach outside).
    ``study``: dates and thresholds. ``of_bodies``: members of each body, as
    `members_of` returns them. ``core``: communes that most contours hold; None: no
    contour has voted.
    """

    candidates: Sequence[Candidate]
    activity: Activity = field(repr=False)
    communes: pd.DataFrame = field(repr=False)
    study: Study = field(repr=False)
    bodies: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    of_bodies: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    core: Collection[str] | None = field(default=None, repr=False)

    @cached_property
    def held(self) -> np.ndarray:
        """Which communes of the study area each perimeter holds (bool)."""
        return self.activity.matrix([one.codes for one in self.candidates])

    @cached_property
    def held_at_hand(self) -> np.ndarray:
        """Which of all ``communes`` each perimeter holds (bool)."""
        groups = [one.codes for one in self.candidates]
        return incidence(groups, self.communes["code_insee"])

    @cached_property
    def people(self) -> np.ndarray:
        """Inhabitants of each of ``communes``."""
        return self.communes["population"].to_numpy(dtype=float)

    @cached_property
    def targets(self) -> np.ndarray:
        """Target sites of each commune of the study area."""
        return self.activity.by_commune(self.activity.target)

    @cached_property
    def possible_targets(self) -> np.ndarray:
        """Target sites of each commune of the study area, those that may be too."""
        unsure = self.activity.unsure
        known = unsure[~unsure["unsized"].astype(bool)]
        return self.targets + self.activity.by_commune(known)

    @cached_property
    def givers(self) -> np.ndarray:
        """Givers of each family (columns, sorted) in each perimeter."""
        families = self.activity.families
        return self.held.astype(float) @ self.activity.by_label(families, "family")

    @cached_property
    def n_families(self) -> np.ndarray:
        """Families that enough givers of each perimeter have a taker for."""
        return (self.givers >= self.min_givers).sum(axis=1)

    @cached_property
    def n_documented(self) -> np.ndarray:
        """Those of ``n_families`` that count under rules that a source tells."""
        families = self.activity.families
        families = families[families["documented"]]
        givers = self.held.astype(float) @ self.activity.by_label(families, "family")
        return (givers >= self.min_givers).sum(axis=1)

    def counted_by_commune(self, fact: str) -> np.ndarray:
        """Return a fact of registers in each commune of the study area; NaN: none."""
        counted = self.activity.counted
        if counted is None:
            return np.full(len(self.activity.codes), np.nan)
        return counted.table[fact].reindex(self.activity.codes).to_numpy(dtype=float)

    def interval(self, frame: pd.DataFrame, stem: str) -> pd.DataFrame:
        """Sum the levels of some sites in each perimeter: a figure with its bounds."""
        sums = {
            name: self.held @ self.activity.by_commune(frame, f"{stem}_{level}")
            for name, level in (("value", "mid"), ("low", "low"), ("high", "high"))
        }
        return pd.DataFrame(sums).assign(note="")

    @property
    def min_givers(self) -> int:
        """Givers that make a family count."""
        return self.study.flows.families_min_donors


Measure = Callable[[Inputs], Figures]
MEASURES: dict[str, Measure] = {}
"""Indicator → the function that measures it, with others where they share sums."""

Listing = Callable[["Activity"], pd.DataFrame]
Keep = Callable[[pd.DataFrame], "pd.Series[bool]"]


class Fact(NamedTuple):
    """What is counted commune by commune: a row of table ``register_counts`` each."""

    listed: Listing  # What it counts: `code_insee`, and `site_id` where it is of sites
    asked: str = ""  # What the study must name, else nobody counts; "": nothing more
    absent: str = ""  # What is then said in place of a number (French)


FACTS: dict[str, Fact] = {}
"""The facts, by name, in the order in which files of measures enter them."""
COUNTED_AS: dict[str, str] = {}
"""Indicator that is the count of a fact → the fact."""


def measures_indicator(*indicator_ids: str) -> Callable[[Measure], Measure]:
    """Enter a function as the measure of indicators of the catalogue.

    What it returns may lack one of them: nobody looked.
    """

    def enter(function: Measure) -> Measure:
        MEASURES.update(dict.fromkeys(indicator_ids, function))
        return function

    return enter


def registers_fact(fact: str) -> Callable[[Listing], Listing]:
    """Enter a function as the list of sites that an offline page counts.

    It returns ``site_id`` and ``code_insee``, and ``label`` where sites are told apart.
    Names of facts are those of recipes (``of``, in `indicators.csv`).
    """

    def enter(function: Listing) -> Listing:
        FACTS[fact] = Fact(function)
        return function

    return enter


def counts_sites(
    indicator_id: str, *, fact: str, asked: str = "", absent: str = ""
) -> Callable[[Keep], Keep]:
    """Enter a function that says which sites count, and the indicator that sums them.

    ``indicator_id``: row of ``indicators.csv``, whose recipe is ``how=sum of=<fact>``.
    ``fact``: its name in table ``register_counts``. ``asked``: for what not every study
    reads: the key that it must name, with ``:`` and readers, ``|`` between them, where
    only those count; a zero is then what these files say. ``absent``: said in place of
    a number where the study does not (French).

    Notes
    -----
    All follows: the list of the sites, where cells stand in for establishments too,
    the figure of each perimeter, the share of it that is drawn, the sum of the page.
    """

    def enter(keep: Keep) -> Keep:
        def listed(activity: Activity) -> pd.DataFrame:
            return activity.sites.loc[keep(activity.sites), [*SITE_COLUMNS]]

        _enter_count(indicator_id, fact, Fact(listed, asked, absent))
        return keep

    return enter


def counts_points(indicator_id: str, *, fact: str, absent: str) -> None:
    """Enter an indicator that counts the points of a file of the study.

    ``indicator_id``: row of ``indicators.csv``, which rests on ``points`` and whose
    recipe is ``how=sum of=<fact>``. ``fact``: their kind, as ``reader`` of
    ``sources.points`` names it; rows of that name in ``source_columns.csv``, if any,
    say what the columns of the file are called. ``absent``: said in place of a number
    where the study names no such file (French).
    """

    def listed(activity: Activity) -> pd.DataFrame:
        points = activity.points[activity.points["kind"] == fact]
        return points[["code_insee"]].assign(synthetic=False)

    _enter_count(indicator_id, fact, Fact(listed, f"sources.points:{fact}", absent))


SITE_COLUMNS = ("site_id", "code_insee", "synthetic")
"""What is kept of the sites of a fact."""


def _enter_count(indicator_id: str, name: str, fact: Fact) -> None:
    """Enter a fact, and the indicator that is its count in each perimeter."""
    FACTS[name], COUNTED_AS[indicator_id] = fact, name

    def count(inputs: Inputs) -> Figures:
        activity = inputs.activity
        if name in activity.unread:
            none = np.full(len(inputs.held), np.nan)
            return {indicator_id: figure(none, activity.unread[name])}
        by_commune = activity.by_commune(fact.listed(activity))
        return {indicator_id: figure(inputs.held @ by_commune)}

    MEASURES[indicator_id] = count
