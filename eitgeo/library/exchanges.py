"""What sites could exchange: residues allocated to needs, if a share takes part."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any

import geopandas as gpd
import pandas as pd

from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.arising_draws import estimate_arisings, site_byproducts
from eitgeo.flows.arisings.residues import site_residues
from eitgeo.flows.exchanges.allocation import Ends, exchange_ends
from eitgeo.flows.exchanges.lever_terms import paying_rules
from eitgeo.flows.exchanges.market import (
    drawn_allocation,
    drawn_markets,
    drawn_shares,
    solve,
    study_market,
)
from eitgeo.flows.exchanges.participation import DRAW, TakingPart
from eitgeo.flows.exchanges.synergies import UNBOUNDED, estimated_needs, receiver_links
from eitgeo.flows.outlets.legal_outlets import avoided_disposal, priced_headings
from eitgeo.flows.outlets.today import rule_outlets
from eitgeo.flows.outlets.transport import carried_rules
from eitgeo.library.flows import active_sites, labels_of
from eitgeo.library.layers import require_labels, require_numbers, require_points
from eitgeo.library.roads import TRUCK, Roads, od_matrix
from eitgeo.reference.exchange_terms import (
    current_outlets,
    input_needs,
    landfill_tax,
    participation,
)
from eitgeo.reference.rules import synergy_rules
from eitgeo.reference.tables import byproduct_ratios, waste_ratios
from eitgeo.study.roads import Roads as Vehicles

_NAMES = {
    DRAW: "draw",
    "donor_id": "donor",
    "receiver_id": "taker",
    "resource": "residue",
    "t": "t_per_year",
}
_SHOWN = [
    "draw",
    "donor",
    "taker",
    "rule_id",
    "residue",
    "ewc_stat",
    "t_per_year",
    "length_m",
    "time_s",
]


def allocation(  # noqa: PLR0913 - options, by name alone
    sites: gpd.GeoDataFrame,
    roads: Roads,
    *,
    naf: str = "naf",
    jobs: str = "jobs",
    taking_part: tuple[float, float] | None = None,
    n_draws: int = 30,
    sure: Collection[Hashable] = (),
    rules: pd.DataFrame | None = None,
    disposal_eur_per_t: pd.Series[float] | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Allocate the residues of sites to needs at the greatest benefit, by draws.

    Parameters
    ----------
    sites
        Points in any CRS, with their activity and headcount.
    roads
        Roads that the matter takes, by truck.
    naf
        Column of NAF rév. 2 sub-classes.
    jobs
        Column of headcounts; a site without gives and takes nothing.
    taking_part
        Bounds of the share of sites that take part (0–1], drawn between them; None:
        those of the package, a hypothesis. ``(1, 1)`` is everybody, which no démarche
        has seen.
    n_draws
        Draws of who takes part.
    sure
        Labels of sites that take part always.
    rules
        As `eitgeo.reference.rules.synergy_rules` returns them; None: those of the
        package.
    disposal_eur_per_t
        By category of waste (``ewc_stat``), what getting rid of a tonne costs [€/t];
        None: gate and tax of the cheapest heading that may take it, without haul.
        Below 0: it is sold.
    seed
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        One row a draw and exchange: ``draw``, labels ``donor`` and ``taker``,
        ``rule_id``, ``residue``, ``ewc_stat``, ``t_per_year`` (tonnes of the draw ÷
        ``n_draws``: sums over the table are means over draws), ``length_m``,
        ``time_s``. A potential, if so many take part; exchanges are rows ÷
        ``n_draws``.

    Raises
    ------
    CrsError
        When the layer has no CRS.
    KeyError
        When a label of ``sure`` is not of the layer.
    SchemaError
        When a column is absent, a headcount negative, an activity no sub-class, or the
        shares are no bounds.

    Notes
    -----
    As in a study, without what only a study knows: outlets within reach, permits,
    what firms declared. Two sites are two firms.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import eitgeo as eg
    >>> roads = eg.read_roads("notebooks/exemple_routes.osm")
    >>> sites = gpd.GeoDataFrame(
    ...     {"naf": ["16.10A", "16.21Z"], "jobs": [20, 50]}, index=["saw", "board"],
    ...     geometry=gpd.points_from_xy([0.7, 0.706], [43.1, 43.05]), crs=4326)
    >>> found = eg.allocation(sites, roads, taking_part=(1, 1), n_draws=1)
    >>> set(found["donor"]), bool((found["t_per_year"] > 0).all())
    ({'saw'}, True)
    """
    points = require_points(sites, name="sites")
    require_labels(sure, points, name="sure")
    part = _part(taking_part, n_draws)
    table = active_sites(points, naf=naf)
    count = require_numbers(points, jobs, name="sites", may_lack=True)
    table = table.assign(code_insee=table["site_id"]).assign(
        **{f"headcount_{end}": count for end in ("low", "mid", "high")}
    )
    carried = _rules(synergy_rules() if rules is None else rules)
    sides = _ends(table, carried)
    avoided = avoided_disposal(sides[0].nodes, _prices(disposal_eur_per_t))
    ways = _ways(points, roads, sides)
    used = rule_outlets(carried, current_outlets()).set_index(carried["rule_id"])
    market = study_market(
        sides,
        rules=carried,
        thrown_share=1.0 - used.sum(axis=1),
        avoided=avoided,
        od_matrix=ways,
    )
    is_sure = points.index.isin(list(sure))
    draws = [
        solve(drawn)
        for drawn in drawn_markets(
            market,
            drawn_shares(part, seed=seed),
            seed=seed,
            sure=set(table.loc[is_sure, "site_id"]),
        )
    ]
    exchanges = drawn_allocation(draws, carried).rename(columns=_NAMES)
    return exchanges.assign(
        donor=labels_of(points, exchanges["donor"]),
        taker=labels_of(points, exchanges["taker"]),
        t_per_year=exchanges["t_per_year"] / n_draws,
    )[_SHOWN]


def _part(bounds: tuple[float, float] | None, n_draws: int) -> TakingPart:
    if bounds is None:
        usual = participation()
        bounds = (usual["low"]["receivers"], usual["high"]["receivers"])
    low, high = map(float, bounds)
    if not (0 < low <= high <= 1 and n_draws > 0):
        message = (
            "taking_part: two shares above 0 and at most 1, and one draw at least, "
            f"got {bounds} and {n_draws}"
        )
        raise SchemaError(message)
    return TakingPart(low, high, n_draws)


def _rules(rules: pd.DataFrame) -> pd.DataFrame:
    """Keep the rules that a truck serves, as far as they pay."""
    carried = carried_rules(rules, roads=Vehicles())
    return paying_rules(carried, roads=Vehicles())


def _ends(table: pd.DataFrame, rules: pd.DataFrame) -> tuple[Ends, Ends]:
    """Gather what sites have and need, each site at a place of its own."""
    needs = estimated_needs(table, rules, input_needs())
    return exchange_ends(
        table,
        site_residues(
            estimate_arisings(table, waste_ratios()),
            site_byproducts(table, byproduct_ratios()),
        ),
        needs[needs["method"] != UNBOUNDED],
        rules=rules,
        receivers=receiver_links(table, rules, input_needs()),
        donor_communes=table["code_insee"],
    )


def _prices(disposal_eur_per_t: pd.Series[float] | None) -> pd.DataFrame:
    """Price disposal by category, at no place in particular."""
    price = disposal_eur_per_t
    if price is None:
        known = priced_headings(int(landfill_tax()["year"].max()))
        price = known.groupby("ewc_stat")["price_eur_per_t"].min()
    anywhere = pd.MultiIndex.from_arrays(
        [[""] * len(price), price.index], names=["code_insee", "ewc_stat"]
    )
    return pd.DataFrame(
        {"disposal_eur_per_t": price.to_numpy(dtype=float), "haul_eur_per_t": 0.0},
        index=anywhere,
    )


def _ways(points: Any, roads: Roads, ends: tuple[Ends, Ends]) -> pd.DataFrame:
    """Measure trips between the sites that give or take something."""
    names = sorted({name for side in ends for name in side.nodes["code_insee"]})
    rows = [int(name) for name in names]
    used = points.iloc[rows].set_axis(pd.Index(names, dtype="str"))
    trips = od_matrix(roads, used, vehicle=TRUCK)
    trips.index = trips.index.set_names(["origin_id", "destination_id"])
    return trips.reset_index()
