"""Rows that leave on arisings, exchanges, answers and what firms save."""

from __future__ import annotations

import pandas as pd

from eitgeo.disclosure.levers import (
    WITHHELD,
    count_rows,
    exchange_firms,
    exchange_gains,
    factor_rows,
    lever_rows,
    reach_rows,
)
from eitgeo.disclosure.rule import Rows, rounded, rounded_share
from eitgeo.disclosure.sums import (
    block_rows,
    block_sums,
    check_rows,
    giver_sums,
    link_sums,
    stream_parts,
)
from eitgeo.flows.exchanges.participation import taking_part_in
from eitgeo.flows.exchanges.synergies import process_actors
from eitgeo.reference.exchange_terms import distance_checks
from eitgeo.reference.rules import process_sheets, synergy_rules
from eitgeo.sources.activity.cells import with_counts
from eitgeo.study.project import Project

_DEPOSIT = "deposit_t"
_LEAST_SITES = 3
_PUBLISHED_ANSWERS = (
    "Sommes que l'animation publie des réponses, d'au moins trois entreprises dont "
    "aucune n'en fait l'essentiel, à deux chiffres significatifs ; elles n'entrent "
    "dans aucun gisement, échange ni levier. Une somme absente est retenue ou nulle, "
    "rien ne dit laquelle. Sans quantité : seules les entreprises sont comptées."
)
_ALL_ANSWERS = (
    "Sommes de toutes les réponses, fût-ce d'une seule entreprise : à ne pas diffuser. "
    "Elles remplacent ici déclarations et ratios. Sans quantité : seules les "
    "entreprises sont comptées."
)
_PUBLISHED_WEIGHED = (
    "Pesées observées sur la période dite, jamais étendues à l'année : sommes d'au "
    "moins trois clients dont aucun n'en fait l'essentiel, à deux chiffres "
    "significatifs. Elles se lisent à côté du gisement estimé et ne s'y ajoutent pas. "
    "Une somme absente est retenue ou nulle, rien ne dit laquelle ; les clients non "
    "identifiés n'y sont pas."
)
_ALL_WEIGHED = (
    "Toutes les pesées de clients identifiés, fût-ce d'un seul : à ne pas diffuser. "
    "Elles valent pour la période dite et ne s'ajoutent pas au gisement estimé."
)
_IREP = "Géorisques, registre des émissions polluantes (IREP), Licence Ouverte 2.0"
_CITED = (
    "Registre public (IREP) : les quantités déclarées y sont citées telles quelles, "
    "fût-ce d'un seul établissement. Ce qui est sous les seuils de déclaration n'y est "
    "pas."
)


def arising_blocks(_: Project, units: pd.DataFrame, blocks: pd.DataFrame) -> Rows:
    """Lay out potential waste by block of communes."""
    return block_rows(units, blocks, indicator_id=_DEPOSIT)


def arising_sums(
    _: Project, blocks: pd.DataFrame, draws: pd.DataFrame, communes: pd.DataFrame
) -> pd.DataFrame:
    """Sum potential waste by EPCI, named by SIREN, and in all."""
    groups = communes.set_index("code_insee")["epci_siren"]
    return block_sums(blocks, draws, indicator_id=_DEPOSIT, groups=groups)


def arising_streams(
    _: Project,
    blocks: pd.DataFrame,
    arisings: pd.DataFrame,
    sites: pd.DataFrame,
    communes: pd.DataFrame,
) -> Rows:
    """Split the potential waste of each EPCI by family of streams, in tenths."""
    groups = communes.set_index("code_insee")["epci_siren"]
    return stream_parts(blocks, arisings, sites, groups=groups)


def arising_checks(
    _: Project,
    checks: pd.DataFrame,
    arisings: pd.DataFrame,
    sites: pd.DataFrame,
    communes: pd.DataFrame,
) -> Rows:
    """Tell the waste of the area beside published totals of the same waste."""
    inside = communes.loc[communes["in_area"], "code_insee"]
    return check_rows(checks, arisings, sites[sites["code_insee"].isin(inside)])


def exchange_links(
    _: Project, units: pd.DataFrame, cells: pd.DataFrame, communes: pd.DataFrame
) -> pd.DataFrame:
    """Sum what EPCI, named by SIREN, could give each other."""
    groups = communes.set_index("code_insee")["epci_siren"]
    return link_sums(units, cells, groups=groups)


def exchange_givers(
    _: Project, units: pd.DataFrame, cells: pd.DataFrame, communes: pd.DataFrame
) -> pd.DataFrame:
    """Say where each EPCI could give, in tonnes or why not."""
    groups = communes.set_index("code_insee")["epci_siren"]
    return giver_sums(units, cells, groups=groups)


def levers(
    _: Project, totals: pd.DataFrame, allocation: pd.DataFrame, sites: pd.DataFrame
) -> Rows:
    """Tell the levers of the whole study, guarded at both ends of exchanges."""
    firms = exchange_firms(allocation, sites)
    return lever_rows(totals, exchange_gains(allocation), ends=firms)


def reach(project: Project, allocation: pd.DataFrame, sites: pd.DataFrame) -> Rows:
    """Tell median distances of exchanges beside published ones."""
    made_t = taking_part_in(project.study).n_draws * allocation["t"]
    return reach_rows(
        allocation["length_km"],
        made_t,
        distance_checks(),
        ends=exchange_firms(allocation, sites),
    )


def exchange_counts(
    project: Project, allocation: pd.DataFrame, sites: pd.DataFrame
) -> Rows:
    """Count the exchanges of a draw of who takes part, and those who give."""
    n_draws = taking_part_in(project.study).n_draws
    firms = exchange_firms(allocation, sites)
    return count_rows(allocation, n_draws=n_draws, ends=firms)


def participation(_: Project, table: pd.DataFrame) -> Rows:
    """Tell what hangs on the shares that take part: means over draws, rounded.

    A share is told where each of its draws may be.
    """
    key = ["share", "donor_share"]
    is_held = table["status"].eq(WITHHELD).groupby([table[one] for one in key])
    secret = is_held.transform("any")
    means = table[~secret].drop(columns=["draw", "status", "evidence"])
    means = means.groupby(key).mean()
    figures = pd.DataFrame(rounded(means), index=means.index, columns=means.columns)
    withheld = int(table.loc[secret, key].drop_duplicates().shape[0])
    return Rows(figures.reset_index().assign(evidence="H"), withheld=withheld)


def factors(_: Project, weights: pd.DataFrame) -> Rows:
    """Rank factors: figures of those that are worth most, classes of the others."""
    return factor_rows(weights)


def sourcing(_: Project, shares: pd.DataFrame) -> pd.DataFrame:
    """Say how many factors have a source, and which share of totals rests on them."""
    return shares.assign(share_pct=[rounded_share(one) for one in shares["share_pct"]])


def actors(
    _: Project,
    communes: pd.DataFrame,
    sites: pd.DataFrame,
    cells: pd.DataFrame,
    *lots: pd.DataFrame,
) -> pd.DataFrame:
    """Count who could take part in each process, among the sites that may be told.

    ``lots``: tables ``arisings``, ``byproducts``, ``receiver_needs``.
    """
    inside = communes.loc[communes["in_area"], "code_insee"]
    is_told = sites["diffusible"] & ~sites["natural_person"]
    local = sites[is_told & sites["code_insee"].isin(inside)]
    counted = with_counts(local, cells)
    return process_actors(process_sheets(), synergy_rules(), counted, lots=lots)


def answers(project: Project, survey_public: pd.DataFrame) -> Rows:
    """Say what a person let out of the answers of firms; of all in a private study."""
    credit, secrecy = "sommes publiées par l'animation", _PUBLISHED_ANSWERS
    if project.private:
        credit, secrecy = "toutes, à ne pas diffuser", _ALL_ANSWERS
    sources = (f"Réponses des entreprises : {credit}",) if len(survey_public) else ()
    return Rows(survey_public, sources=sources, secrecy=(secrecy,))


def weighings(project: Project, weighed_public: pd.DataFrame) -> Rows:
    """Say what a person let out of the weighings; of all in a private study."""
    secrecy = _ALL_WEIGHED if project.private else _PUBLISHED_WEIGHED
    sources = ("Pesées du syndicat de traitement",) if len(weighed_public) else ()
    return Rows(weighed_public, sources=sources, secrecy=(secrecy,))


def destinations(_: Project, declared: pd.DataFrame) -> Rows:
    """Cite where declared waste goes."""
    return _cited(declared)


def backtest(project: Project, measures: pd.DataFrame) -> Rows:
    """Tell what declared waste, hidden from the calculation, says of it."""
    own = [project.study.credit(name) for name in ("sites", "roads")]
    return _cited(measures, *filter(None, own))


def _cited(rows: pd.DataFrame, *others: str) -> Rows:
    if rows.empty:
        return Rows(rows, sources=())
    return Rows(rows, sources=(_IREP, *others), secrecy=(_CITED,))
