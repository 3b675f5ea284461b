"""What may be told of the syndicate's account: no line that few firms make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.disclosure.levers import WITHHELD, exchange_firms, is_safe
from eitgeo.disclosure.rule import Rows, rounded
from eitgeo.exact import settled_values
from eitgeo.flows.exchanges.syndicate_account import (
    BALANCE,
    MATERIALS,
    account_entries,
    collected_today,
    sold_eur_per_t,
)
from eitgeo.flows.outlets.syndicate import collected_bodies, plant_costs
from eitgeo.reference.exchange_terms import (
    LANDFILL,
    landfill_tax,
    latest_tax_year,
    material_values,
)
from eitgeo.study.project import Project
from eitgeo.territory.membership import members

if TYPE_CHECKING:
    Ends = Sequence[pd.Series[str]]

_LEVELS = ["low", "mid", "high"]
_CELL = ["outlet_id", "ewc_stat"]
_ESTIMATE = "H"
_CREDITS = ("sites", "flows", "roads", "outlets", "bodies")
_TONNES = ("out_t", "landfill_t", "landfill_days", "landfill_years")
_WITH_MATERIALS = (MATERIALS, BALANCE, "per_inhabitant", "member_eur")
"""Lines that tell what is sold; the others stay apart."""


def syndicate_account(project: Project, *tables: pd.DataFrame) -> Rows:
    """Lay out the account; a line that would tell a firm is withheld.

    Notes
    -----
    Totals of tonnes leave as the lever does; those of euros where fees, costs and what
    is left of them all pass. A plant's fees are its tonnes times a public gate:
    its lines leave when the waste of each of its gates passes, and no plant's do when
    one fails. Categories of one gate that fail are withheld together with the
    smallest that pass, until their sum passes: what is left of the plant, tonnes or
    fees, tells that sum alone. Materials have prices of their own: what they were sold
    for, hence the balance, leaves where each of their categories does.
    """
    levers, account, allocation, lots, membership, sites = tables
    rows = allocation[allocation["syndicate_share"] > 0]
    buried = account[account["line"].eq("tax_spared") & account["outlet_id"].ne("")]
    most = buried.sort_values("mid", kind="stable")["outlet_id"].tail(1)
    codes = _codes(project, membership)
    collected = collected_today(rows, project.study, codes, "".join(most))
    costs = plant_costs(project.study)
    cells = _cells(rows, account_entries(rows, lots, collected, costs=costs))
    firms = exchange_firms(allocation, sites)
    hidden = _hidden(account, levers, cells, firms)
    table = account.copy()
    estimated = table["evidence"].eq(_ESTIMATE)
    for level in _LEVELS:
        table[level] = table[level].mask(estimated, rounded(table[level]))
    table.loc[hidden, _LEVELS] = float("nan")
    table["status"] = table["status"].mask(hidden, WITHHELD)
    return Rows(
        table,
        withheld=int(hidden.sum()),
        to_confirm=tuple(_to_confirm(project, membership)),
        sources=tuple(_sources(project)),
    )


def _sources(project: Project) -> Iterator[str]:
    """Credit what the study credits, then where its syndicate is told of."""
    study = project.study
    yield from filter(None, map(study.credit, _CREDITS))
    syndicate = study.flows.syndicate
    if syndicate:
        yield f"Syndicat : {syndicate.source}"
    if syndicate and syndicate.landfill_end:
        yield f"Fin du stockage : {syndicate.landfill_end.source}"
    tax, year = landfill_tax(), latest_tax_year(study.identity.edition.year)
    of_year = tax["heading"].eq(LANDFILL) & tax["year"].eq(year)
    yield f"TGAP : {tax.loc[of_year, 'source'].item()}"


def _to_confirm(project: Project, membership: pd.DataFrame) -> Iterator[str]:
    study = project.study
    if study.flows.syndicate and study.flows.syndicate.status != "publie":
        yield "équipements du syndicat"
    is_listed = membership["body_id"].isin(list(study.comparison.waste_bodies))
    if membership.loc[is_listed, "status"].ne("publie").any():
        yield "membres du syndicat"


def _codes(project: Project, membership: pd.DataFrame) -> set[str]:
    """List the communes whose waste the public service collects."""
    day, bodies = project.study.territory.on_date, collected_bodies(project.study)
    codes_of = [members(membership, one, on_date=day)["code_insee"] for one in bodies]
    return {str(code) for codes in codes_of for code in codes}


def _cells(rows: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """List what each exchange takes from each plant: tonnes, and euros of each line."""
    numbers = entries["row"].to_numpy(int)
    gate = (entries["fee"] / entries["share"]).to_numpy(float)
    per_t = entries[["share", "fee", "cost"]].rename(columns={"share": "t"})
    per_t["sold"] = sold_eur_per_t(entries, material_values())
    per_t["net"] = per_t["cost"] - per_t["fee"] - per_t["sold"]
    return per_t.mul(rows["t"].to_numpy(float)[numbers], axis=0).assign(
        outlet_id=entries["outlet_id"],
        ewc_stat=entries["ewc_stat"],
        row=rows.index.to_numpy()[numbers],
        gate=settled_values(gate),
    )


def _hidden(
    account: pd.DataFrame, levers: pd.DataFrame, cells: pd.DataFrame, ends: Ends
) -> pd.Series[bool]:
    """Say which rows of the account stay in."""
    is_told = account["mid"].notna() & account["evidence"].eq(_ESTIMATE)
    status = levers.set_index("lever")["status"]
    is_of_tonnes = account["line"].isin(_TONNES)
    hidden = is_told & is_of_tonnes & (status.get("syndicate_t") == WITHHELD)
    if not all(_euros_pass(cells[name], cells["row"], ends) for name in _EUROS):
        hidden |= is_told & ~is_of_tonnes
    if not _materials_pass(cells, ends):
        hidden |= is_told & account["line"].isin(_WITH_MATERIALS)
    classes = cells.groupby(["outlet_id", "gate"])
    if not all(_passes(group, ends) for _, group in classes):
        return hidden | (is_told & account["outlet_id"].ne(""))
    failing: set[tuple[str, str]] = set()
    for _, group in classes:
        failing |= _failing(group, ends)
    keys = pd.MultiIndex.from_frame(account[_CELL])
    return hidden | (is_told & keys.isin(sorted(failing)))


_EUROS = ("fee", "cost", "net")


def _euros_pass(eur: pd.Series[float], row: pd.Series[int], ends: Ends) -> bool:
    """Say whether a sum of euros may leave; one of zeros, or unknown, tells nothing."""
    by_row = eur.groupby(row).sum(min_count=1)
    return not by_row.any() or is_safe(by_row, ends)


def _materials_pass(cells: pd.DataFrame, ends: Ends) -> bool:
    """Say whether what is sold may leave: the whole, and each category of a plant."""
    sold = cells[cells["sold"].gt(0)]
    if sold.empty:
        return True
    parts = [one for _, one in sold.groupby(_CELL)]
    return all(_passes(one, ends) for one in (*parts, sold.assign(t=sold["sold"])))


def _failing(cells: pd.DataFrame, ends: Ends) -> set[tuple[str, str]]:
    """Name the categories of one plant and gate that stay in."""
    cell_of = {str(name): one for name, one in cells.groupby("ewc_stat")}
    outlet = str(cells["outlet_id"].iloc[0])
    out = {name for name, one in cell_of.items() if not _passes(one, ends)}
    by_size = sorted(cell_of, key=lambda name: (float(cell_of[name]["t"].sum()), name))
    for name in by_size:
        if not out or _passes(cells[cells["ewc_stat"].isin(out)], ends):
            break
        out.add(name)
    return {(outlet, name) for name in out}


def _passes(cells: pd.DataFrame, ends: Ends) -> bool:
    """Say whether tonnes may leave, at both ends of their exchanges."""
    by_row = cells.groupby("row")["t"].sum()
    return is_safe(by_row, ends)
