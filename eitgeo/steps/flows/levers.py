"""Tell what the allocated exchanges move, how far they pay, and who may share."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.flows.arisings.arising_draws import draw_law
from eitgeo.flows.exchanges.lever_terms import (
    lever_factors,
    lever_ranges,
    participation_factors,
    rule_terms,
    zone_groups,
)
from eitgeo.flows.exchanges.levers import (
    PARTICIPATION,
    USE,
    family_break_even,
    gathered,
    levers,
)
from eitgeo.flows.exchanges.participation import DRAW, taking_part_in
from eitgeo.flows.outlets.legal_outlets import SKIP
from eitgeo.flows.outlets.today import rule_uses, use_factors
from eitgeo.flows.outlets.transport import carried_rules
from eitgeo.ledger import Place
from eitgeo.reference.exchange_terms import (
    current_outlets,
    heading_wastes,
    residue_values,
)
from eitgeo.reference.labels import labels_of
from eitgeo.reference.rules import mutualisation_rules, synergy_rules
from eitgeo.reference.tables import freight_factors
from eitgeo.scenarios.measures.activity import drawn_tonnes, firm_ids
from eitgeo.sources.survey.answers import SURVEY_SOURCE
from eitgeo.steps.log_words import about
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.study.sections import Syndicate
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]

_LEVELS = ["low", "mid", "high"]
_TOLD = {
    "tkm_avoided": "transport évité, en plus s’il est négatif (potentiel)",
    "eur_firms": "bilan des entreprises (potentiel)",
    "tco2e_avoided": "émissions évitées (potentiel)",
}
_CO2 = "tco2e_avoided"
_KNOWN, _UNKNOWN = "chiffre", "non_chiffre"
NO_OUTLETS = "exutoires du syndicat non désignés"
NO_COLLECTION = (
    "déchets d'entreprises pris par la collecte publique : part, redevance et coût "
    "à demander au syndicat"
)
_OF_SYNDICATE = "syndicate_t"


@step(
    "Leviers et mutualisation",
    reads=("site_zone",),
    writes=("lever_totals", "break_even", "mutual_groups"),
)
def run(allocation: pd.DataFrame, *, project: Project) -> dict[str, object]:
    """Write ``lever_totals``, ``break_even`` and ``mutual_groups``."""
    folder = project.processed
    rules = study_rules(project)
    totals = _totals(project, allocation, rules)
    write_table(folder, totals, table="lever_totals")
    write_table(folder, _break_even(rules), table="break_even")
    groups = _groups(project)
    write_table(folder, groups, table="mutual_groups")
    levels = totals.set_index("lever")[_LEVELS].T.to_dict()
    units = labels_of("lever_unit")
    return {
        label: _interval(
            levels[lever], units[lever], Place("lever_totals", str(lever), "mid")
        )
        if lever in levels
        else "aucun échange"
        for lever, label in _TOLD.items()
    } | {
        "services que trois entreprises d'une zone peuvent partager": groups[
            "rule_id"
        ].nunique(),
    }


def _interval(row: dict[Hashable, float], unit: str, place: Place) -> str:
    if np.isnan(row["mid"]):
        return "non chiffré"
    return about(row["mid"], unit, place, bounds=(row["low"], row["high"]))


def _totals(
    project: Project, allocation: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    """Sum each lever; CO2 over the exchanges whose rule tells it."""
    if allocation.empty:
        return empty_table("lever_totals")
    allocation = with_uses(allocation, rules)
    known = allocation["avoided_kgco2e_per_t"].notna()
    parts = []
    others = [name for name in labels_of("lever_unit") if name != _CO2]
    for of_all, names in ((allocation, others), (allocation[known], [_CO2])):
        known_avoided = of_all.fillna({"avoided_kgco2e_per_t": 0.0})
        rows = gathered(known_avoided, ["donor_code", DRAW, "use"])
        factors = lever_draw_factors(project, rows, rules)
        lever_rows = levers(rows, factors, names=names)
        covered = rows["t"].sum() / max(allocation["t"].sum(), 1e-9)
        parts.append(lever_rows.assign(covered_pct=100 * covered))
    table = pd.concat(parts).reset_index().assign(status=_KNOWN, evidence="H")
    return _as_far_as_told(table, project.study.flows.syndicate)


def study_rules(project: Project) -> pd.DataFrame:
    """Return the rules of a study, with what carries them."""
    study = project.study
    return carried_rules(
        synergy_rules(), roads=study.roads, excluded=study.flows.rules_excluded
    )


def with_uses(allocation: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Name in ``use`` what is used today of each exchange, where that is unsure."""
    uses = rule_uses(rules, current_outlets())["use"].set_axis(rules["rule_id"])
    return allocation.assign(use=uses.loc[allocation["rule_id"]].to_numpy())


def lever_draw_factors(
    project: Project, rows: pd.DataFrame, rules: pd.DataFrame
) -> dict[str, Floats]:
    """Draw what levers depend on for some rows of the allocation: always the same.

    `rows` bear ``use``, as :func:`with_uses` gives it.
    """
    codes = pd.Index(rows["donor_code"].unique())
    draws = drawn_tonnes(read_table(project.processed, "arising_draws"), codes)
    factors = lever_factors(
        rows,
        draws,
        ranges=lever_ranges(rules, gates=heading_wastes(), values=residue_values()),
        freight=freight_factors(),
        vehicle=SKIP,
        law=draw_law(project.study),
    )
    made = participation_factors(
        rows[DRAW],
        n_draws=draws.shape[1],
        n_participations=taking_part_in(project.study).n_draws,
    )
    law = replace(draw_law(project.study), n_draws=draws.shape[1])
    idle = use_factors(rows["use"], rule_uses(rules, current_outlets()), law)
    return factors | {PARTICIPATION: made, USE: idle}


def _as_far_as_told(table: pd.DataFrame, syndicate: Syndicate | None) -> pd.DataFrame:
    """Keep no number of a syndicate that names no outlet; say what is left out."""
    is_of_syndicate = table["lever"].eq(_OF_SYNDICATE)
    missing = ""
    if syndicate is None:
        numbers = table.select_dtypes("number").columns
        table.loc[is_of_syndicate, numbers] = np.nan
        table = table.assign(status=table["status"].mask(is_of_syndicate, _UNKNOWN))
        missing = NO_OUTLETS
    elif not syndicate.public_collection:
        missing = NO_COLLECTION
    return table.assign(
        left_out=pd.Series("", index=table.index).mask(is_of_syndicate, missing)
    )


def _break_even(rules: pd.DataFrame) -> pd.DataFrame:
    """Read the distance of each family where its rules stop paying."""
    by_family = rules.groupby("family")
    counts = by_family.size().rename("n_rules")
    longest = by_family["dist_max_km"].max().astype(float).rename("longest_km")
    table = family_break_even(rule_terms(rules)).join([counts, longest])
    return table.reset_index().assign(evidence="H")


def _groups(project: Project) -> pd.DataFrame:
    """Gather the firms of the area that registers tell, zone by zone."""
    folder = project.processed
    communes, sites = read_table(folder, "communes"), read_table(folder, "sites")
    area = communes.loc[communes["in_area"], "code_insee"]
    is_here = sites["code_insee"].isin(area) & (sites["source"] != SURVEY_SOURCE)
    large = sites["headcount_low"].ge(project.study.comparison.min_headcount)
    named = sites.assign(firm_id=firm_ids(sites))[is_here & large]
    zoned = named.merge(read_table(folder, "site_zone"), on="site_id")
    return zone_groups(zoned, mutualisation_rules())
