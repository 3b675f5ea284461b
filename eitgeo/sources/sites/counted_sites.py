"""Drawn establishments, inside what registers count: those that the study shows.

Their places are drawn inside the areas of activity of a commune, by their area.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.special import ndtri

from eitgeo.check import WORKING_EPSG
from eitgeo.draws import draw_keys, plain_uniforms
from eitgeo.reference.naf import in_divisions
from eitgeo.sources.files.frames import tidy_sites
from eitgeo.sources.files.loaded import Note
from eitgeo.sources.sites.counted_draw import (
    LARGE,
    Cells,
    counted_cells,
    drawn_in,
    in_cells,
    insee_faults,
    insee_left,
    sector_counts,
    slot_draws,
)
from eitgeo.sources.sites.synthetic import drawn_table, scattered, synthetic_sites
from eitgeo.tables.schema import empty_table

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DRAWN = "effectif_tire"
"""Kind of the remark that tells it."""

HEADCOUNTS = ["headcount_low", "headcount_mid", "headcount_high"]

SHOWN = "tirage montré"
"""Source of the draw that the study shows."""

_GROUNDS = (
    (("05-39", "41-43", "49-53"), ("industrial",)),
    (("45-46",), ("industrial", "commercial", "retail")),
    (("47",), ("retail", "commercial")),
)
"""Divisions, and the uses of the ground where they stand (a working assumption)."""

_BAKERIES = "10.71"
"""They stand among their customers."""

_USES = frozenset({"industrial", "commercial", "retail"})
"""Uses of OpenStreetMap; an area that an inventory draws serves all activities."""

_MAX_TRIES = 100


@dataclass(frozen=True)
class Counts:
    """Tables ``activity_urssaf``, ``activity_insee`` and ``activity_ape``."""

    urssaf: pd.DataFrame = field(repr=False)
    insee: pd.DataFrame = field(repr=False)
    ape: pd.DataFrame = field(repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is counted anywhere."""
        return not (len(self.urssaf) or len(self.insee) or len(self.ape))

    @cached_property
    def by_sector(self) -> pd.DataFrame:
        """Return URSSAF's counts and public employers, as `sector_counts` does."""
        return sector_counts(self.urssaf, self.ape, self.insee)

    @cached_property
    def insee_alone(self) -> pd.DataFrame:
        """Return INSEE's counts of the communes that URSSAF does not cover."""
        other = ~self.insee["code_insee"].isin(self.by_sector["code_insee"])
        return self.insee[other]

    def of(self, communes: pd.DataFrame) -> Counts:
        """Return what is counted in some communes."""
        codes = communes["code_insee"]
        parts = (self.urssaf, self.insee, self.ape)
        return Counts(*(part[part["code_insee"].isin(codes)] for part in parts))


@dataclass(frozen=True)
class Drawing:
    """Seed of the study, and the numbers of its source « synthetic »."""

    seed: int
    n_employers: int = 6000
    min_headcount_in_buffer: float = 10.0


@dataclass(frozen=True)
class CountedSites:
    """What is drawn, and what it makes of known sites.

    Attributes
    ----------
    table
        Drawn establishments: table ``sites``.
    cells
        Table ``site_sectors``: known sites and drawn ones, with their sector where
        URSSAF counts it.
    headcounts
        Drawn headcount of known sites, by ``site_id``.
    notes
        Faults and doubts.
    facts
        What the step tells.
    """

    table: gpd.GeoDataFrame = field(repr=False)
    cells: pd.DataFrame = field(repr=False)
    headcounts: pd.Series = field(repr=False)
    notes: list[Note] = field(repr=False)
    facts: dict[str, int] = field(repr=False)


def nothing_drawn() -> CountedSites:
    """Return what a study has that draws nothing inside counts."""
    return CountedSites(
        table=empty_table("sites"),
        cells=empty_table("site_sectors"),
        headcounts=pd.Series(dtype=float),
        notes=[],
        facts={},
    )


def counted_sites(
    communes: gpd.GeoDataFrame,
    sector_mix: pd.DataFrame,
    *,
    counts: Counts,
    known: pd.DataFrame,
    pieces: pd.DataFrame,
    drawing: Drawing,
) -> CountedSites:
    """Draw the establishments that are not known, inside what is counted.

    In each commune and sector that is counted, known and drawn sites are as many as
    its employers, and have its employees (to half an employee a known site of uneven
    headcount), but for the faults that are told. The draw of `synthetic_sites` stands
    where nothing is counted, and for farms.
    """
    by_sector = counts.by_sector
    cells = counted_cells(by_sector, counts.ape, sites=known)
    slots = _shown(cells, sector_mix, seed=drawing.seed)
    everywhere = synthetic_sites(
        communes,
        sector_mix,
        rng=np.random.default_rng(drawing.seed),
        n_employers=drawing.n_employers,
        min_headcount_in_buffer=drawing.min_headcount_in_buffer,
    )
    insee = counts.insee_alone
    beside = _beside(
        insee,
        sector_mix,
        known=known,
        area=communes.loc[communes["in_area"], "code_insee"],
        drawing=drawing,
    )
    kept = everywhere[is_uncounted(everywhere, counts)]
    drawn = pd.concat([slots, beside.assign(sector="")], ignore_index=True)
    is_known = drawn["name"].isin(known["site_id"])
    rows = _together(drawn[~is_known], kept)
    headcounts = drawn[is_known].set_index("name")["headcount"]
    return CountedSites(
        table=_placed(communes, rows, pieces=pieces, seed=drawing.seed),
        cells=_site_sectors(rows, cells, known),
        headcounts=headcounts.astype(float),
        notes=[
            *cells.notes,
            *insee_faults(insee, known),
            *_drawn_notes(headcounts, known),
        ],
        facts=_facts(communes, counts),
    )


def is_uncounted(rows: pd.DataFrame, counts: Counts) -> pd.Series[bool]:
    """Say what no count holds: farms where URSSAF counts, or no count at all."""
    by_insee = rows["code_insee"].isin(counts.insee_alone["code_insee"])
    return ~by_insee & ~in_cells(rows, counts.by_sector)


def _shown(cells: Cells, sector_mix: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    draws = slot_draws(cells, sector_mix, seed=seed, source=SHOWN, n_draws=1)
    naf = draws.naf[draws.activity[0]]
    return cells.slots.assign(naf=naf, headcount=draws.headcount[0])


def _beside(
    insee: pd.DataFrame,
    sector_mix: pd.DataFrame,
    *,
    known: pd.DataFrame,
    area: pd.Series[str],
    drawing: Drawing,
) -> pd.DataFrame:
    """Draw what INSEE alone counts; small establishments where they are kept."""
    least = drawing.min_headcount_in_buffer
    small = insee["code_insee"] if least < LARGE else area
    left = insee_left(insee, sector_mix, sites=known, with_small=frozenset(small))
    insee_sites = drawn_in(left, seed=drawing.seed, sources=[SHOWN])
    return insee_sites[
        insee_sites["code_insee"].isin(area) | insee_sites["headcount"].ge(least)
    ]


def _together(sized: pd.DataFrame, kept: gpd.GeoDataFrame) -> pd.DataFrame:
    """Put what is drawn together, sorted by commune and numbered."""
    sized = sized.assign(**dict.fromkeys(HEADCOUNTS, sized["headcount"].astype(float)))
    other = pd.DataFrame(
        {
            "name": "population|" + kept["site_id"],
            **{name: kept[name] for name in ("code_insee", "naf", *HEADCOUNTS)},
            "sector": "",
            "x": kept.geometry.x,
            "y": kept.geometry.y,
        }
    )
    columns = [*other.columns]
    rows = pd.concat([sized.reindex(columns=columns), other], ignore_index=True)
    rows = rows.sort_values("code_insee", kind="stable", ignore_index=True)
    number = [f"SYN{rank:06d}" for rank in range(1, len(rows) + 1)]
    return rows.assign(site_id=pd.Series(number, dtype="str"))


def _placed(
    communes: gpd.GeoDataFrame, rows: pd.DataFrame, *, pieces: pd.DataFrame, seed: int
) -> gpd.GeoDataFrame:
    """Place rows in the areas of activity of their commune, else near its seat."""
    commune = pd.Index(communes["code_insee"]).get_indexer(pd.Index(rows["code_insee"]))
    keys = draw_keys(rows["name"], seed=seed, source="lieu")
    scattered_places = scattered(communes, commune, ndtri(plain_uniforms(keys, 2)))
    by_population = rows[["x", "y"]].to_numpy(dtype=float)
    place = places_in_areas(rows, pieces, seed=seed)
    for other in (by_population, scattered_places):
        place = np.where(np.isnan(place), other, place)
    sites = drawn_table(rows[["site_id", "naf", "code_insee", *HEADCOUNTS]])
    points = gpd.points_from_xy(*place.T, crs=WORKING_EPSG)
    placed = gpd.GeoDataFrame(sites, geometry=points)
    return tidy_sites(placed, where="sites synthétiques")


def _site_sectors(
    rows: pd.DataFrame, cells: Cells, known: pd.DataFrame
) -> pd.DataFrame:
    columns = ["site_id", "code_insee", "sector"]
    others = known[~known["site_id"].isin(cells.known["site_id"])]
    parts = (cells.known, others.assign(sector=""), rows)
    every = pd.concat([part[columns] for part in parts], ignore_index=True)
    return every.astype({"sector": "str"})


def _drawn_notes(headcounts: pd.Series, known: pd.DataFrame) -> list[Note]:
    told = known[known["site_id"].isin(headcounts.index)]
    return [
        (
            source,
            site,
            name,
            DRAWN,
            f"{headcounts[site]} salariés, tirés parmi ceux qui sont comptés",
        )
        for source, site, name in told[["source", "site_id", "name"]].to_numpy()
    ]


def _facts(communes: pd.DataFrame, counts: Counts) -> dict[str, int]:
    codes = communes["code_insee"]
    by_urssaf = codes.isin(counts.by_sector["code_insee"])
    by_insee = codes.isin(counts.insee_alone["code_insee"])
    return {
        "communes tirées dans les comptes de l’URSSAF": int(by_urssaf.sum()),
        "communes tirées dans les comptes de l’INSEE": int(by_insee.sum()),
        "communes sans compte, tirées par la population": int(
            (~by_urssaf & ~by_insee).sum()
        ),
    }


def places_in_areas(rows: pd.DataFrame, pieces: pd.DataFrame, *, seed: int) -> Floats:
    """Draw a place for the activities that stand in areas of activity.

    Uniform inside a piece that is chosen by its area (rows, 2) [m, EPSG:2154]; NaN for
    other activities, and where the commune has no area of that use. ``name`` seeds the
    draw.
    """
    place = np.full((len(rows), 2), np.nan)
    area = shapely.area(pieces["piece"].to_numpy())
    for divisions, uses in _GROUNDS:
        stands = in_divisions(rows["naf"], divisions)
        stands &= ~rows["naf"].str.startswith(_BAKERIES)
        serves = pieces["kind"].isin(uses) | ~pieces["kind"].isin(_USES)
        ground = pieces[serves & (area > 0)].sort_values("code_insee", kind="stable")
        stands &= rows["code_insee"].isin(ground["code_insee"])
        chosen = rows[stands]
        piece = _by_area(chosen, ground, seed=seed)
        shapes = ground["piece"].to_numpy()[piece]
        place[stands.to_numpy()] = _inside(shapes, chosen["name"], seed=seed)
    return place


def _by_area(rows: pd.DataFrame, ground: pd.DataFrame, *, seed: int) -> Ints:
    """Choose a piece of the commune of each row."""
    up_to = np.cumsum(shapely.area(ground["piece"].to_numpy()))
    codes = ground["code_insee"].to_numpy(dtype=str)
    mine = rows["code_insee"].to_numpy(dtype=str)
    first = np.searchsorted(codes, mine, side="left")
    last = np.searchsorted(codes, mine, side="right") - 1
    before = np.where(first > 0, up_to[first - 1], 0.0)
    keys = draw_keys(rows["name"], seed=seed, source="terrain")
    unit = plain_uniforms(keys, 1)[:, 0]
    reached = before + unit * (up_to[last] - before)
    return np.clip(np.searchsorted(up_to, reached, side="right"), first, last)


def _inside(
    shapes: npt.NDArray[np.object_], names: pd.Series[str], *, seed: int
) -> Floats:
    """Draw a point inside each shape: in its box, until it is in."""
    shapely.prepare(shapes)
    place = shapely.get_coordinates(shapely.point_on_surface(shapes))
    low, high = np.split(shapely.bounds(shapes), 2, axis=1)
    left = np.arange(len(shapes))
    for attempt in range(_MAX_TRIES):
        if len(left) == 0:
            break
        source = f"place {attempt}"
        unit = plain_uniforms(draw_keys(names.iloc[left], seed=seed, source=source), 2)
        point = low[left] + unit * (high[left] - low[left])
        is_inside = shapely.contains_xy(shapes[left], point[:, 0], point[:, 1])
        place[left[is_inside]] = point[is_inside]
        left = left[~is_inside]
    return place
