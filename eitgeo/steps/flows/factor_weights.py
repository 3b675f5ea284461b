"""Rank the factors of the calculation by what hangs on them, and by worth."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd

from eitgeo.disclosure.levers import exchange_firms, tellable_sums
from eitgeo.flows.arisings.arising_draws import NDNI, arising_terms, byproduct_terms
from eitgeo.flows.exchanges.allocation import input_per_tonne
from eitgeo.flows.exchanges.participation import taking_part_in
from eitgeo.flows.outlets.legal_outlets import SKIP, legal_pairs, priced_headings
from eitgeo.flows.outlets.today import per_tonne_thrown, rule_uses
from eitgeo.flows.outlets.transport import carried_rules
from eitgeo.flows.weights.parts import (
    DEPOSIT,
    EXCHANGED,
    exchange_rows,
    factor_numbers,
    factor_weights,
    ranked,
    sourced_amounts,
    with_participation,
)
from eitgeo.flows.weights.prices import (
    composter_parts,
    gate_parts,
    haul_parts,
    lot_shares,
    outlet_lines,
    rule_parts,
    tax_parts,
    use_parts,
    value_parts,
    whole_parts,
)
from eitgeo.flows.weights.tonnes import (
    byproduct_parts,
    byproduct_rows,
    deposit_parts,
    need_parts,
    ratio_parts,
    ratio_rows,
)
from eitgeo.reference.exchange_terms import (
    current_outlets,
    heading_wastes,
    input_needs,
    landfill_tax,
    latest_tax_year,
    residue_values,
)
from eitgeo.reference.factors import flow_factors
from eitgeo.reference.rules import synergy_rules
from eitgeo.reference.tables import byproduct_ratios, freight_factors, waste_ratios
from eitgeo.reference.waste import icpe_headings
from eitgeo.scenarios.measures.activity import firm_ids
from eitgeo.sources.activity.cells import with_counts
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.study.sections import Study
from eitgeo.tables.files import read_table, write_table

_TONNES = (("waste_ratios", "t_per_employee"), ("byproducts", "per_employee"))
_EUROS = (
    ("residue_values", "value_eur_per_t"),
    ("residue_values", "processing_eur_per_t"),
    ("heading_wastes", "gate_eur_per_t"),
    ("landfill_tax", "eur_per_t"),
    ("landfill_tax", "extra_eur_per_t"),
)
"""Factors that make tonnes, and those that make euros: are they sourced?"""
_KNOWN, _SECRET = "chiffre", "secret"


class _Inputs(NamedTuple):
    """What factors are weighed on: tables, and exchanges with what their rule says."""

    tables: dict[str, pd.DataFrame]
    here: pd.DataFrame
    waste: pd.DataFrame
    exchanges: pd.DataFrame
    factors: pd.DataFrame


@step(
    "Poids des facteurs",
    reads=("allocation", "participation"),
    writes=("factor_weights", "factor_sourcing"),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``factor_weights`` and ``factor_sourcing``."""
    flows = _read(project)
    of_ratios = ratio_rows(
        flows.waste, arising_terms(flows.here, waste_ratios()), flows.factors
    )
    deposit = deposit_parts(of_ratios)
    families = chain(
        _on_tonnes(flows, of_ratios),
        _on_needs(flows, taking_part_in(project.study).n_draws),
        _on_prices(flows),
        _on_outlets(flows, project.study),
    )
    exchanged = pd.concat(families, ignore_index=True)
    (everyone,) = factor_numbers(flows.factors, "participation", "share")
    weights = factor_weights(flows.factors, deposit, exchanged)
    table = ranked(
        with_participation(weights, flows.tables["participation"], everyone),
        _totals(flows),
        _tellable(flows, deposit, exchanged),
    )
    sourcing = _sourcing(flows, deposit, exchanged, table)
    write_table(project.processed, table, table="factor_weights")
    write_table(project.processed, sourcing, table="factor_sourcing")
    return {
        "facteurs": len(table),
        "dont quelque chose dépend": int(table["share_pct"].gt(0).sum()),
        "dont une source ouverte": int(table["has_source"].sum()),
        "dont un chiffre au secret": int(table["withheld"].ne("").sum()),
    }


def _read(project: Project) -> _Inputs:
    """Read the tables; waste of the area alone, exchanges with what their rule says."""
    names = (
        *("allocation", "allowed_flows", "arisings", "byproducts", "communes"),
        *("outlets", "participation", "receiver_needs", "site_cells", "sites"),
    )
    tables = {name: read_table(project.processed, name) for name in names}
    study, communes, sites = project.study, tables["communes"], tables["sites"]
    area = communes.loc[communes["in_area"], "code_insee"]
    sites_in_area = sites[sites["code_insee"].isin(area)]
    waste = tables["arisings"]
    waste = waste[waste["site_id"].isin(sites_in_area["site_id"])].reset_index(
        drop=True
    )
    rules = carried_rules(
        synergy_rules(), roads=study.roads, excluded=study.flows.rules_excluded
    )
    exchanges = exchange_rows(tables["allocation"])
    of_rule = rules.set_index("rule_id").loc[exchanges["rule_id"]]
    exchanges = per_tonne_thrown(exchanges)
    priced_t = exchanges["t"] * (1.0 - exchanges["used_share"])
    is_counted = exchanges["avoided_kgco2e_per_t"].notna()
    exchanges = exchanges.assign(
        priced_t=priced_t,
        emitting_t=priced_t.where(is_counted, 0.0),
        asked_ewc=of_rule["ewc_stat"].to_numpy(),
        use=input_per_tonne(of_rule),
        vehicle=of_rule["vehicle"].to_numpy(),
    )
    return _Inputs(tables, sites_in_area, waste, exchanges, _factors(study))


def _factors(study: Study) -> pd.DataFrame:
    """List the factors, with the bounds that the study tells itself."""
    factors = flow_factors()
    part = taking_part_in(study)
    (row,) = factor_numbers(factors, "participation", "share")
    bounds = part.low, (part.low + part.high) / 2, part.high
    factors.loc[row, ["low", "mid", "high"]] = bounds
    return factors


def _on_tonnes(told: _Inputs, of_ratios: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Weigh ratios and by-products on the exchanges of their donors."""
    donors = set(told.exchanges["donor_id"])
    waste = told.waste[told.waste["site_id"].isin(donors)]
    residues = told.tables["byproducts"]
    residues = residues[residues["site_id"].isin(donors)]
    of_donors = of_ratios[of_ratios["site_id"].isin(donors)]
    yield from ratio_parts(told.exchanges, waste, residues, of_donors)
    givers = told.here[told.here["site_id"].isin(donors)]
    terms = byproduct_terms(
        with_counts(givers, told.tables["site_cells"]), byproduct_ratios()
    )
    own = byproduct_rows(residues, terms, told.factors)
    yield from byproduct_parts(told.exchanges, waste, own)


def _on_needs(told: _Inputs, n_draws: int) -> Iterator[pd.DataFrame]:
    yield from need_parts(
        told.exchanges,
        told.tables["receiver_needs"],
        sites=with_counts(told.tables["sites"], told.tables["site_cells"]),
        inputs=input_needs(),
        factors=told.factors,
        n_draws=n_draws,
    )
    (everyone,) = factor_numbers(told.factors, "participation", "share")
    yield whole_parts(told.exchanges, everyone)


def _on_prices(told: _Inputs) -> Iterator[pd.DataFrame]:
    """Weigh values, rules and freight."""
    yield from value_parts(told.exchanges, residue_values(), told.factors)
    yield composter_parts(told.exchanges, told.factors)
    uses = rule_uses(synergy_rules(), current_outlets())
    of_rule = uses.set_axis(synergy_rules()["rule_id"]).loc[told.exchanges["rule_id"]]
    of_rule = of_rule.set_axis(told.exchanges.index)
    yield use_parts(told.exchanges, of_rule, told.factors)
    yield from rule_parts(told.exchanges, told.factors)
    yield from haul_parts(
        told.exchanges, freight_factors(), told.factors, outlet_vehicle=SKIP
    )


def _on_outlets(told: _Inputs, study: Study) -> Iterator[pd.DataFrame]:
    """Weigh gates and taxes on the lots that exchanges take waste from."""
    year = study.identity.edition.year
    outlets, known = told.tables["outlets"], heading_wastes()
    legal = legal_pairs(outlets, wastes=known, headings=icpe_headings())
    flows = told.tables["allowed_flows"].merge(
        told.waste[["site_id", "waste_code", "stream", "ewc_stat"]],
        on=["site_id", "waste_code"],
    )
    key = ["outlet_id", "stream", "ewc_stat"]
    flows = flows[pd.MultiIndex.from_frame(flows[key]).isin(legal.set_index(key).index)]
    flows = flows.drop_duplicates(["site_id", "waste_code", "outlet_id"])
    codes = told.here.set_index("site_id")["code_insee"]
    flows = flows.assign(code_insee=flows["site_id"].map(codes))
    lines = outlet_lines(
        told.exchanges, lot_shares(flows, legal, priced_headings(year))
    )
    yield gate_parts(lines, known, told.factors)
    taxes = landfill_tax()
    years = [latest_tax_year(year, heading=heading) for heading in taxes["heading"]]
    yield from tax_parts(lines, taxes[taxes["year"].eq(pd.Series(years))], told.factors)


def _totals(told: _Inputs) -> pd.Series[float]:
    totals = told.exchanges[list(EXCHANGED)].sum()
    totals[DEPOSIT] = _deposit(told).sum()
    return totals


def _deposit(told: _Inputs) -> pd.Series[float]:
    """Return the waste of each site that is neither inert nor hazardous."""
    waste = told.waste[told.waste["stream"].eq(NDNI)]
    return waste.groupby("site_id")["t_mid"].sum().rename(DEPOSIT)


def _tellable(
    told: _Inputs, deposit: pd.DataFrame, exchanged: pd.DataFrame
) -> pd.DataFrame:
    """Say which figures of factors may be told, at every end of what hangs on them."""
    sites = told.tables["sites"]
    n_groups = len(told.factors)
    whole = _deposit(told).to_frame()
    tellable = tellable_sums(
        deposit.rename(columns={"site_id": "row", "factor": "group"}),
        whole,
        firm_ids(sites).set_axis(sites["site_id"]).loc[whole.index],
        n_groups=n_groups,
    )
    parts = exchanged.rename(columns={"factor": "group"})
    whole = told.exchanges[list(EXCHANGED)]
    donors, takers = (
        tellable_sums(parts, whole, firms, n_groups=n_groups)
        for firms in exchange_firms(told.exchanges, sites)
    )
    return tellable.join(donors & takers)


def _sourcing(
    told: _Inputs, deposit: pd.DataFrame, exchanged: pd.DataFrame, table: pd.DataFrame
) -> pd.DataFrame:
    """Say how many factors are sourced, and what rests on them."""
    sites = told.tables["sites"]
    firms = firm_ids(sites).set_axis(sites["site_id"])
    firms_of_exchanges = exchange_firms(told.exchanges, sites)
    own = deposit.rename(columns={"site_id": "row"})
    used = table[table["share_pct"].gt(0)]
    share = 100.0 * used["has_source"].mean() if len(used) else 0.0
    rows = [_sourced_row("factors", used, share)]
    for measure, parts, columns, whose in (
        (DEPOSIT, own, _TONNES, [firms]),
        ("exchanged_t", exchanged, _TONNES, firms_of_exchanges),
        ("eur_firms", exchanged, _EUROS, firms_of_exchanges),
    ):
        amounts = sourced_amounts(parts, told.factors, columns=columns, measure=measure)
        known = all(_may_be_told(amounts, one.loc[amounts.index]) for one in whose)
        places = zip(used["factor_table"], used["column"], strict=True)
        in_columns = used[np.array([place in columns for place in places], dtype=bool)]
        whole, sourced = amounts.sum()
        share = 100.0 * sourced / whole if whole else 0.0
        rows.append(_sourced_row(measure, in_columns, share if known else np.nan))
    return pd.DataFrame(rows)


def _may_be_told(amounts: pd.DataFrame, firms: pd.Series[str]) -> bool:
    """Say whether what rests on sourced factors, and what does not, may be told."""
    parts = pd.DataFrame({"row": amounts.index, "group": 0})
    parts = parts.assign(whole=amounts["sourced"].to_numpy())
    tellable = tellable_sums(parts, amounts[["whole"]], firms, n_groups=1)
    return bool(tellable["whole"].item())


def _sourced_row(
    measure: str, factors: pd.DataFrame, share_pct: float
) -> dict[str, object]:
    return {
        "measure": measure,
        "n_factors": len(factors),
        "n_sourced": int(factors["has_source"].sum()),
        "share_pct": share_pct,
        "status": _SECRET if np.isnan(share_pct) else _KNOWN,
    }
