"""The market of the exchanges of a study, and what it gives under other settings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.disclosure.rule import told_groups
from eitgeo.flows.arisings.residues import site_residues
from eitgeo.flows.exchanges.allocation import exchange_ends
from eitgeo.flows.exchanges.lever_terms import (
    are_composted,
    lever_terms,
    participation_factors,
    paying_rules,
)
from eitgeo.flows.exchanges.market import (
    Market,
    Solved,
    drawn_allocation,
    drawn_markets,
    drawn_shares,
    solve,
    study_market,
)
from eitgeo.flows.exchanges.participation import DRAW, taking_part_in
from eitgeo.flows.exchanges.synergies import (
    UNBOUNDED,
    able_receivers,
    estimated_needs,
    links_in_rings,
    near_codes,
    permitted_capacity,
    prefer_declared_needs,
    receiver_links,
)
from eitgeo.flows.outlets.legal_outlets import (
    SKIP,
    Outlets,
    allowed_outlets,
    avoided_disposal,
    lot_headings,
)
from eitgeo.flows.outlets.syndicate import (
    collected_bodies,
    public_outlets,
    with_public_service,
)
from eitgeo.flows.outlets.today import as_today, rule_outlets, secondary_share
from eitgeo.flows.outlets.transport import Freight, carried_rules, vehicle_freight
from eitgeo.reference.exchange_terms import current_outlets, input_needs, residue_values
from eitgeo.reference.rules import family_name, synergy_rules
from eitgeo.reference.survey import survey_natures
from eitgeo.reference.tables import freight_factors
from eitgeo.scenarios.measures.activity import drawn_tonnes, firm_ids
from eitgeo.sources.activity.cells import are_cells, with_counts
from eitgeo.study.project import Project
from eitgeo.tables.columns import OD_WAYS
from eitgeo.tables.files import read_table
from eitgeo.territory.membership import members

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]


class StudyExchanges(NamedTuple):
    """What the exchanges of a study are allocated from, all receivers in."""

    tables: dict[str, pd.DataFrame]
    rules: pd.DataFrame
    outlets: Outlets
    needs: pd.DataFrame
    market: Market
    n_unpaid: int
    """Rules that pay at no distance: leads, never tonnes."""


class StudyDraws(NamedTuple):
    """What a study exchanges in some draws of who takes part.

    Attributes
    ----------
    exchanges
        What they are allocated from.
    solved
        The optimum of each draw.
    table
        As table ``allocation``; ``t`` is what is exchanged in the draw [t/year].
    """

    exchanges: StudyExchanges
    solved: list[Solved]
    table: pd.DataFrame


def first_draws(
    project: Project,
    n_draws: int,
    *,
    max_km: float | None = None,
    without_rules: Collection[str] = (),
    needs_share: float = 1.0,
) -> StudyDraws:
    """Allocate in the first draws of who takes part, as the study does.

    Parameters
    ----------
    project
        From :func:`eitgeo.open_project`; its tables must have been computed.
    n_draws
        Draws to make, of those of the study.
    max_km
        No exchange beyond, by road; None: as in the study.
    without_rules
        Rules left out, beside those that the study leaves out.
    needs_share
        What receivers take, of what they are said to need.

    Returns
    -------
    StudyDraws
        Under the settings of the study: the first draws of its table ``allocation``.

    Raises
    ------
    SourceError
        When a table of the study has not been computed.
    """
    flows = project.study.flows
    asked: dict[str, Any] = {
        "max_km": flows.max_km if max_km is None else max_km,
        "rules_excluded": [*flows.rules_excluded, *without_rules],
    }
    changed = {"flows": flows.model_copy(update=asked)}
    project = replace(project, study=project.study.model_copy(update=changed))
    exchanges = study_exchanges(project, needs_share=needs_share)
    part, seed = taking_part_in(project.study), project.study.identity.seed
    shares = drawn_shares(part, seed=seed)[:n_draws]
    markets = markets_of_draws(project, exchanges, shares)
    solved = [solve(market) for market in markets]
    return StudyDraws(exchanges, solved, priced_exchanges(project, exchanges, solved))


def exchanged_by(
    project: Project, draws: StudyDraws, groups: pd.Series[Any] | None = None
) -> pd.DataFrame:
    """Sum exchanges by group, with their interval, and say which sums may be told.

    Parameters
    ----------
    project
        The study.
    draws
        From :func:`first_draws`.
    groups
        Group of each row of their table; None: the family of its rule, as readers
        name it.

    Returns
    -------
    pandas.DataFrame
        By group: ``low``, ``mid``, ``high`` [t/year], P10, P50 and P90 over who takes
        part and how much waste each commune makes, and ``told``: three firms at least
        give, three take, none above 85 %, and no difference tells what stays in.
    """
    if groups is None:
        families = draws.exchanges.rules.set_index("rule_id")["family"]
        groups = draws.table["rule_id"].map(families.map(family_name))
    table = draws.table[["donor_code", DRAW, "t"]].assign(group=groups)
    firms = firm_ids(draws.exchanges.tables["sites"].set_index("site_id", drop=False))
    firms_of = {
        end: draws.table[f"{end}_id"].map(firms) for end in ("donor", "receiver")
    }
    is_told = told_groups(
        table.assign(**firms_of), group="group", firms=[*firms_of], value="t"
    )
    keys = ["group", "donor_code", DRAW]
    lots = table.groupby(keys, observed=True)[["t"]].sum().reset_index()
    codes = pd.Index(lots["donor_code"].unique())
    waste = drawn_tonnes(read_table(project.processed, "arising_draws"), codes)
    middle = waste.median(axis=1)
    swing = waste.div(middle, axis=0).where(middle > 0, 1.0).loc[lots["donor_code"]]
    made = participation_factors(
        lots[DRAW], n_draws=waste.shape[1], n_participations=len(draws.solved)
    )
    share = lots["t"].to_numpy() / len(draws.solved)
    draws_of = pd.DataFrame((swing.to_numpy().T * made * share).T, index=lots["group"])
    levels = draws_of.groupby(level=0).sum().quantile([0.1, 0.5, 0.9], axis=1).T
    return levels.set_axis(["low", "mid", "high"], axis=1).assign(told=is_told)


def study_exchanges(project: Project, *, needs_share: float = 1.0) -> StudyExchanges:
    """Gather both ends, the ways between them and what each tonne is worth."""
    study = project.study
    tables = _read(project)
    outlets = _outlets(project, tables)
    carried = carried_rules(
        synergy_rules(), roads=study.roads, excluded=study.flows.rules_excluded
    )
    rules = paying_rules(carried, roads=study.roads)
    needs = _needs(project, tables, rules)
    needs = needs.assign(t_mid=needs["t_mid"] * needs_share)
    near_places = near_codes(tables["communes"], study.territory)
    market = _market(tables, needs, rules, outlets, near=near_places)
    n_unpaid = len(carried) - len(rules)
    return StudyExchanges(tables, rules, outlets, needs, market, n_unpaid)


def _read(project: Project) -> dict[str, pd.DataFrame]:
    """Read the tables; arisings of the area alone, ways by truck."""
    names = ("communes", "sites", "arisings", "byproducts", "needs", "road_places")
    tables = {name: read_table(project.processed, name) for name in names}
    communes, sites, arisings = tables["communes"], tables["sites"], tables["arisings"]
    area = communes.loc[communes["in_area"], ["code_insee"]]
    inside = sites.loc[sites["code_insee"].isin(area["code_insee"]), "site_id"]
    pairs = read_table(project.processed, "od_matrix", columns=OD_WAYS)
    looks_for = set(tables["needs"]["site_id"])
    outlets = read_table(project.processed, "outlets")
    is_near = pairs["length_m"].le(1000 * project.study.flows.max_km)
    places = tables["road_places"].set_index("place_id")
    is_off = places["profile"].eq("truck") & places["status"].eq("outside_extract")
    return {
        "communes": communes,
        "area": area,
        "arisings": arisings[arisings["site_id"].isin(inside)],
        "byproducts": tables["byproducts"],
        "needs": tables["needs"],
        "near": pairs[is_near & pairs["profile"].eq("truck")],
        "outside": places[is_off],
        "sites": sites,
        "takers": able_receivers(sites, outlets, looks_for),
    }


def _outlets(project: Project, tables: dict[str, pd.DataFrame]) -> Outlets:
    """Place waste in the outlets that may take it."""
    study = project.study
    return allowed_outlets(
        read_table(project.processed, "outlets"),
        tables["arisings"],
        sites=tables["sites"],
        od_matrix=tables["near"],
        year=study.identity.edition.year,
        public_ids=public_outlets(study),
    )


def _market(
    tables: dict[str, pd.DataFrame],
    needs: pd.DataFrame,
    rules: pd.DataFrame,
    outlets: Outlets,
    *,
    near: frozenset[str] | None,
) -> Market:
    """Gather both ends; a receiver that nothing bounds is left out."""
    sides = exchange_ends(
        tables["sites"],
        site_residues(tables["arisings"], tables["byproducts"]),
        needs[needs["method"] != UNBOUNDED],
        rules=rules,
        receivers=links_in_rings(
            receiver_links(tables["takers"], rules, input_needs()),
            rules,
            sites=tables["sites"],
            near=near,
        ),
        donor_communes=tables["area"]["code_insee"],
    )
    return study_market(
        sides,
        rules=rules,
        thrown_share=1.0 - _today(rules).sum(axis=1),
        avoided=avoided_disposal(sides[0].nodes, outlets.prices),
        od_matrix=tables["near"],
    )


def markets_of_draws(
    project: Project,
    exchanges: StudyExchanges,
    shares: Floats,
    *,
    donor_shares: Floats | None = None,
    turn: int = 0,
) -> Iterator[Market]:
    """Draw who takes part; firms that said what they look for always do."""
    sites = exchanges.tables["sites"]
    return drawn_markets(
        exchanges.market,
        shares,
        donor_shares=donor_shares,
        seed=project.study.identity.seed,
        sure=set(exchanges.tables["needs"]["site_id"]),
        cells=set(sites.loc[are_cells(sites), "site_id"]),
        turn=turn,
    )


def priced_exchanges(
    project: Project, exchanges: StudyExchanges, draws: Sequence[Solved]
) -> pd.DataFrame:
    """Tell the exchanges of each draw, what a tonne saves and where it goes today.

    ``t`` is what is exchanged in the draw [t/year].
    """
    study, outlets, rules = project.study, exchanges.outlets, exchanges.rules
    table = drawn_allocation(draws, rules)
    table = table.assign(is_composted=are_composted(table, exchanges.needs, rules))
    lots = table.rename(columns={"donor_code": "code_insee"})
    terms = lever_terms(
        table,
        rules=rules,
        prices=outlets.prices,
        values=residue_values(),
        freights=freights_of(rules["vehicle"]),
        outlet_freight=freights_of([SKIP])[SKIP],
    )
    terms = with_public_service(
        terms,
        table,
        study=study,
        legal=outlets.legal,
        member_codes=_member_codes(project),
    )
    terms = terms.assign(disposal_heading=lot_headings(lots, outlets.headings))
    shares = _today(rules).loc[table["rule_id"]].set_index(table.index)
    naf = exchanges.tables["sites"].set_index("site_id")["naf"]
    of_others = secondary_share(table["donor_id"].map(naf))
    priced = table.join(as_today(terms, shares)).join(shares)
    return priced.assign(secondary_share=of_others)


def _today(rules: pd.DataFrame) -> pd.DataFrame:
    """Say how much of each residue is used today, or left in place, by rule."""
    return rule_outlets(rules, current_outlets()).set_index(rules["rule_id"])


def _member_codes(project: Project) -> set[str]:
    """Return the communes of the bodies that treat waste, if a service is told."""
    bodies, day = collected_bodies(project.study), project.study.territory.on_date
    if not bodies:
        return set()
    rows = read_table(project.processed, "membership")
    codes_of = [members(rows, body, on_date=day)["code_insee"] for body in bodies]
    return {str(code) for codes in codes_of for code in codes}


def freights_of(vehicles: Iterable[str]) -> dict[str, Freight]:
    """Return the factors of some vehicles."""
    factors = freight_factors()
    return {name: vehicle_freight(factors, name) for name in sorted(set(vehicles))}


def _needs(
    project: Project, tables: dict[str, pd.DataFrame], rules: pd.DataFrame
) -> pd.DataFrame:
    """Estimate needs; what firms look for comes first."""
    sites = tables["takers"]
    outlets = read_table(project.processed, "outlets")
    cells = read_table(project.processed, "site_cells")
    estimated = estimated_needs(
        with_counts(sites, cells),
        rules,
        input_needs(),
        permitted_t=permitted_capacity(sites, outlets),
    )
    return prefer_declared_needs(
        estimated,
        tables["needs"],
        sites=sites,
        natures=survey_natures(),
        inputs=input_needs(),
    )
