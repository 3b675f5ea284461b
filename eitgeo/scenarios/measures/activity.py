"""The facts that indicators sum, once per commune and for every perimeter alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from eitgeo.reference.naf import in_divisions
from eitgeo.scenarios.measures.figures import incidence
from eitgeo.sources.activity.cells import are_cells, are_published, rests_on_draw
from eitgeo.study.sections import Comparison
from eitgeo.tables.columns import COUNTED_FACTS, URSSAF_SECTORS
from eitgeo.tables.schema import empty_table
from eitgeo.words import NBSP

_OLD_YEARS = 5
_INSEE_10 = ("etablissements_10", ("all",), "establishments_10_plus")
_OF_URSSAF = (
    ("employeurs", URSSAF_SECTORS, "employers"),
    ("salaries", URSSAF_SECTORS, "employees"),
    ("salaries_industrie", ("industry",), "employees"),
)
_OF_INSEE = (
    ("etablissements", ("all",), "establishments"),
    ("etablissements_industrie", ("industry",), "establishments"),
    _INSEE_10,
)


@dataclass(frozen=True)
class Counted:
    """Facts of registers, communes beyond the study area included.

    ``table``: one row a commune (index), one column a fact; NaN: its source does not
    cover it. ``vintages``: day of each fact, ISO.
    """

    table: pd.DataFrame = field(repr=False)
    vintages: dict[str, str]


def counted_facts(
    urssaf: pd.DataFrame, insee: pd.DataFrame, ape: pd.DataFrame
) -> Counted | None:
    """Lay out the facts that perimeters sum; None where nothing is counted.

    ``urssaf``, ``insee``, ``ape``: tables ``activity_urssaf``, ``activity_insee`` and
    ``activity_ape``, which stands in for the first where that one is empty. Returns:
    the facts of ``COUNTED_FACTS`` that a table tells.
    """
    employers = urssaf if len(urssaf) else ape
    sums_of: dict[str, pd.Series[float]] = {}
    vintages: dict[str, str] = {}
    for table, facts in ((employers, _OF_URSSAF), (insee, _OF_INSEE)):
        for fact, sectors, measure in facts:
            rows = table[table["measure"].eq(measure)]
            covered = rows["code_insee"].unique()
            rows = rows[rows["sector"].isin(sectors)]
            sums = rows.groupby("code_insee")["value"].sum()
            sums_of[fact] = sums.reindex(covered, fill_value=0.0)
            vintages[fact] = str(rows["vintage"].max()) if len(rows) else ""
    names = [fact for fact in COUNTED_FACTS if len(sums_of[fact])]
    if not names:
        return None
    wide = pd.DataFrame({fact: sums_of[fact] for fact in names}).sort_index()
    return Counted(wide, {fact: vintages[fact] for fact in names})


def vintage_words(day: str, edition: dt.date) -> str:
    r"""Say when a fact was so, and that it is old.

    Examples
    --------
    >>> vintage_words("2025-12-31", dt.date(2026, 11, 24))
    'fin\xa02025'
    >>> vintage_words("2018-12-31", dt.date(2026, 11, 24))
    'fin\xa02018, il y a plus de cinq ans'
    """
    when = dt.date.fromisoformat(day)
    is_end = (when.month, when.day) == (12, 31)
    date = f"fin{NBSP}{when.year}" if is_end else when.strftime("%d/%m/%Y")
    years = edition.year - when.year
    years -= (edition.month, edition.day) < (when.month, when.day)
    return f"{date}, il y a plus de cinq ans" if years >= _OLD_YEARS else date


INDUSTRY = ("05-39",)
_RATIO = "ratio"
"""Method of what is estimated."""
NDNI = "NDNI"
"""Stream of waste that is neither hazardous nor inert."""


def _no_sites() -> pd.DataFrame:
    return pd.DataFrame(empty_table("sites"))


@dataclass(frozen=True)
class Activity:
    """Sites and flows of the study area, ready to be summed over communes.

    ``codes``: INSEE codes of the study area, sorted: the columns of a membership
    matrix. ``target``: target sites: ``code_insee``, ``naf``, ``synthetic``.
    ``unsure``: sites of the same sectors that may be large enough, nobody knows: the
    same columns, and ``unsized``, True where nothing is known of their size.
    ``industry``: industrial sites: ``code_insee``, headcounts, ``synthetic`` (or the
    headcount is drawn). ``deposit``: waste by site, inert left out: ``site_id``,
    ``code_insee``, ``t_low``, ``t_mid``, ``t_high`` [t/year], ``synthetic`` (or the
    headcount is drawn). ``observed``: rows of ``deposit`` that no ratio makes: the same
    columns. ``draws``: waste that is estimated, inert left out, in each draw [t/year]:
    communes of the area × draws; None: the sums of the levels of sites stand in.
    ``exchanges``: ``donor_id``, ``receiver_id``, ``t_mid`` [t/year]; donors in the
    area. ``families``: ``family``, ``code_insee``, ``site_id``: givers that have a
    taker in reach; ``documented``: under a rule that a source tells. ``town_minutes``:
    minutes by car from each commune of the area (index, sorted) to each town (columns);
    NaN where there is no way. ``groups``: firms of one zone that could share a
    service: ``group_id``, ``rule_id``, ``site_id``, ``code_insee``, ``family``,
    ``fewest_sites`` (that the rule asks for), ``documented`` (a source tells the rule);
    None: nobody looked.
    ``outlet_ways``: ``site_id``, ``code_insee``, ``minutes`` by truck to the nearest
    outlet that may take one kind of waste of a target site (NaN: none), one row a kind;
    None: nobody looked. ``levers``: levers of the whole study that may be told, by
    indicator: ``value``, ``low``, ``high``; None: nobody looked. ``exchange_draws``:
    tonnes by ``donor_id`` and ``receiver_id`` (index), one column a draw of who takes
    part; None: nobody looked. ``in_cells``: whether cells of counts stand in for
    establishments: rows of ``target`` are then those that must be large enough, of
    ``unsure`` those that may be, and nobody knows which is the largest. ``counted``:
    what registers count, commune by commune; None: nothing is counted. ``sites``: all
    sites of the area, of any sector and size, as table ``sites`` has them, one row an
    establishment: what facts are counted among. ``unread``: facts that nothing which
    the study names tells (`measures.FACTS`), and what is said in place of their number:
    it is no zero. ``no_seats``: why no seat is computed; empty: seats are.
    ``points``: table ``points`` of the area: what files of the study list, by ``kind``.
    """

    codes: pd.Index
    target: pd.DataFrame = field(repr=False)
    unsure: pd.DataFrame = field(repr=False)
    industry: pd.DataFrame = field(repr=False)
    deposit: pd.DataFrame = field(repr=False)
    observed: pd.DataFrame = field(repr=False)
    exchanges: pd.DataFrame = field(repr=False)
    families: pd.DataFrame = field(repr=False)
    town_minutes: pd.DataFrame = field(repr=False)
    draws: pd.DataFrame | None = field(default=None, repr=False)
    groups: pd.DataFrame | None = field(default=None, repr=False)
    outlet_ways: pd.DataFrame | None = field(default=None, repr=False)
    levers: pd.DataFrame | None = field(default=None, repr=False)
    exchange_draws: pd.DataFrame | None = field(default=None, repr=False)
    in_cells: bool = False
    counted: Counted | None = field(default=None, repr=False)
    sites: pd.DataFrame = field(default_factory=_no_sites, repr=False)
    unread: Mapping[str, str] = field(default_factory=dict)
    no_seats: str = ""
    points: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["kind", "code_insee"]), repr=False
    )

    @property
    def known_industry(self) -> pd.DataFrame:
        """Industrial sites one by one: none where cells stand in for them."""
        return self.industry.iloc[:0] if self.in_cells else self.industry

    def matrix(self, groups: list[frozenset[str]]) -> np.ndarray:
        """Return which communes each group holds, shape (groups, communes).

        Communes out of the study area are held by no column.
        """
        return incidence(groups, self.codes)

    def by_commune(self, frame: pd.DataFrame, value: str | None = None) -> np.ndarray:
        """Sum a column (None: count rows) per commune, in the order of ``codes``."""
        if value is None:
            at = self.codes.get_indexer(pd.Index(frame["code_insee"]))
            return np.bincount(at[at >= 0], minlength=len(self.codes)).astype(float)
        totals = frame.groupby("code_insee")[value].sum()
        return totals.reindex(self.codes, fill_value=0).to_numpy(dtype=float)

    def by_label(self, frame: pd.DataFrame, label: str) -> np.ndarray:
        """Count rows per commune, in the order of ``codes``, and value of a label."""
        return crossed(frame["code_insee"], frame[label], index=self.codes)


def crossed(
    rows: pd.Series[str], columns: pd.Series[str], *, index: pd.Index
) -> np.ndarray:
    """Count pairs of labels, as a cross table."""
    places, labels = pd.factorize(columns, sort=True)
    rows_at = index.get_indexer(pd.Index(rows))
    table = np.zeros((len(index), len(labels)))
    is_known = (rows_at >= 0) & (places >= 0)
    np.add.at(table, (rows_at[is_known], places[is_known]), 1.0)
    return table


def read_activity(
    communes: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    arisings: pd.DataFrame,
    exchanges: pd.DataFrame,
    families: pd.DataFrame,
    town_minutes: pd.DataFrame,
    comparison: Comparison,
) -> Activity:
    """Keep what indicators need of sites, arisings and exchanges.

    ``exchanges``: ``donor_id``, ``receiver_id``, ``t_mid``. ``families``: ``family``,
    ``code_insee``, ``site_id``, ``documented`` of givers with a taker in reach.
    Returns: the facts of the study area, without draws.
    """
    inside = communes.loc[communes["in_area"], "code_insee"]
    codes = pd.Index(np.sort(inside.to_numpy()))
    local = sites[sites["code_insee"].isin(codes)]
    target, unsure = target_sites(local, comparison)
    heads = ["headcount_low", "headcount_mid", "headcount_high"]
    waste = arisings[arisings["stream"] == NDNI]
    weighed = local.assign(synthetic=rests_on_draw(local))
    places = weighed[["site_id", "code_insee", "synthetic"]]
    seen = waste[waste["method"] != _RATIO] if "method" in waste else waste.iloc[:0]
    return Activity(
        codes=codes,
        target=target,
        unsure=unsure,
        industry=industrial_sites(weighed)[
            ["site_id", "code_insee", *heads, "synthetic"]
        ],
        deposit=_tonnes_of_sites(waste, places),
        observed=_tonnes_of_sites(seen, places),
        exchanges=exchanges[exchanges["donor_id"].isin(codes)],
        families=families[families["code_insee"].isin(codes)],
        town_minutes=town_minutes.loc[codes],
        sites=local,
    )


def target_sites(
    sites: pd.DataFrame, comparison: Comparison
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the sites of the target sectors: large enough, and perhaps large enough."""
    sectors = sites[in_divisions(sites["naf"], comparison.target_naf)]
    sectors = sectors.assign(unsized=sectors["headcount_high"].isna())
    is_target = sectors["headcount_low"].ge(comparison.min_headcount)
    may_be = sectors["headcount_high"].ge(comparison.min_headcount)
    is_unsure = ~is_target & (may_be | sectors["unsized"])
    facts = ["site_id", "code_insee", "naf", "synthetic"]
    return sectors.loc[is_target, facts], sectors.loc[is_unsure, [*facts, "unsized"]]


def _tonnes_of_sites(waste: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    sums = waste.groupby("site_id")[["t_low", "t_mid", "t_high"]].sum().reset_index()
    return sums.merge(places, on="site_id")


def drawn_tonnes(draws: pd.DataFrame, codes: pd.Index) -> pd.DataFrame:
    """Lay draws out, communes × draws [t/year]; 0 for who throws nothing away."""
    wide = draws.pivot_table(index="code_insee", columns="draw", values="t")
    return wide.reindex(codes, fill_value=0.0)


def industrial_sites(sites: pd.DataFrame) -> pd.DataFrame:
    """Keep the sites of industry (NAF 05–39) whose headcount is known."""
    return sites[in_divisions(sites["naf"], INDUSTRY) & sites["headcount_mid"].gt(0)]


ORIGINS = {"ratio": "estime", "survey": "declare", "irep": "declare"}
"""Method of an arising → whether it is estimated or declared."""


PUBLISHED = ""
"""Firm of an amount that rests on a published count alone: nobody's secret."""

REDUCED = "-"
"""Firm of a published count less who answered: no firm, and a secret all the same."""


def site_amounts(
    sites: pd.DataFrame, arisings: pd.DataFrame, *, codes: Iterable[str]
) -> dict[str, pd.DataFrame]:
    """List what each site brings to the tonnage and to the industrial jobs.

    Returns: ``deposit_t`` [t/year] and ``industry_jobs``: the rows that the indicators
    of these names sum, as ``code_insee``, ``site_id``, ``firm_id``, ``low``, ``value``,
    ``high``, ``synthetic`` (or the headcount is drawn), ``public`` (neither a natural
    person nor non-diffusible) and ``origin``: ``estime`` or ``declare``.

    Notes
    -----
    What is declared is told as it is: in an open register, by anybody; in the survey,
    inside a private study alone, which is never published.

    A firm is its SIREN, the first nine digits of the SIRET: three sites of one firm
    are one contributor. A site without SIRET counts as a firm. What is computed from
    published counts alone is of no firm (``PUBLISHED``): anybody can compute it, so
    that it needs no contributor, and covers nobody who stands beside it.
    """
    local = sites[sites["code_insee"].isin(pd.Index(codes))]
    waste = arisings[arisings["stream"] == NDNI].assign(
        origin=lambda rows: rows["method"].map(ORIGINS)
    )
    tonnes = waste.groupby(["site_id", "origin"])[["t_low", "t_mid", "t_high"]].sum()
    jobs = industrial_sites(local).assign(origin="estime")
    return {
        "deposit_t": _laid_out(tonnes.reset_index(), local, stem="t"),
        "industry_jobs": _laid_out(jobs, local, stem="headcount"),
    }


def _laid_out(amounts: pd.DataFrame, sites: pd.DataFrame, *, stem: str) -> pd.DataFrame:
    levels = {f"{stem}_low": "low", f"{stem}_mid": "value", f"{stem}_high": "high"}
    laid = amounts[["site_id", "origin", *levels]].rename(columns=levels)
    laid[list(levels.values())] = laid[list(levels.values())].fillna(0.0)
    who = pd.DataFrame(
        {
            "site_id": sites["site_id"],
            "code_insee": sites["code_insee"],
            "firm_id": firm_ids(sites),
            "synthetic": rests_on_draw(sites),
            "public": sites["diffusible"]
            & ~sites["natural_person"]
            & ~are_cells(sites),
        }
    )
    return laid.merge(who, on="site_id")


def firm_ids(sites: pd.DataFrame) -> pd.Series[str]:
    """Name the firm of each site.

    Parameters
    ----------
    sites
        ``site_id``, ``siret`` (empty where unknown), ``source``.

    Returns
    -------
    pandas.Series of str
        The SIREN, else the site's own identifier, on the index of `sites`;
        ``PUBLISHED`` and ``REDUCED`` where it is nobody's.
    """
    known = sites["siret"] != ""
    names = np.where(known, sites["siret"].str[:9], sites["site_id"])
    names = np.where(are_cells(sites), REDUCED, names)
    names = np.where(are_published(sites), PUBLISHED, names)
    return pd.Series(names, index=sites.index, dtype="str", name="firm_id")
