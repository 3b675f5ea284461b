"""What may be told of the syndicate's account: no line that few firms make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.disclosure.levers import WITHHELD, exchange_firms, is_safe
from eitgeo.disclosure.rule import Rows, rounded
from eitgeo.exact import settled_values
from eitgeo.flows.exchanges.syndicate_account import (
    BALANCE,
    MATERIALS,
    Collected,
    account_entries,
    sold_eur_per_t,
)
from eitgeo.flows.outlets.public_waste import collected_part
from eitgeo.reference.exchange_terms import LANDFILL, landfill_tax, material_values
from eitgeo.territory.membership import members

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eitgeo.study.project import Project

    Ends = Sequence[pd.Series[str]]

_LEVELS = ["low", "mid", "high"]
_CELL = ["outlet_id", "ewc_stat"]
_ESTIMATE = "H"
_CREDITS = ("sites", "flows", "roads", "outlets", "bodies")
_LEVER_OF = {"out_t": "syndicate_t"}
_BALANCE_LEVER = "eur_syndicate"
_WITH_MATERIALS = (MATERIALS, BALANCE, "per_inhabitant", "member_eur")
"""Lines that tell what is sold; the others stay apart."""


def syndicate_account(project: Project, *tables: pd.DataFrame) -> Rows:
    """Lay out the account; a line that would tell a firm is withheld.

    Notes
    -----
    Totals leave as the levers do. A plant's fees are its tonnes times a public gate:
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
    collected = _collected(project, rows, membership)._replace(outlet_id="".join(most))
    cells = _cells(rows, account_entries(rows, lots, collected))
    ends = exchange_firms(allocation, sites)
    hidden = _hidden(account, levers, cells, ends)
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
    told = study.flows.syndicate
    if told:
        yield f"Syndicat : {told.source}"
    if told and told.landfill_end:
        yield f"Fin du stockage : {told.landfill_end.source}"
    tax = landfill_tax()
    yield f"TGAP : {tax.loc[tax['heading'].eq(LANDFILL), 'source'].iloc[-1]}"


def _to_confirm(project: Project, membership: pd.DataFrame) -> Iterator[str]:
    study = project.study
    if study.flows.syndicate and study.flows.syndicate.status != "publie":
        yield "équipements du syndicat"
    mine = membership["body_id"].isin(list(study.comparison.waste_bodies))
    if membership.loc[mine, "status"].ne("publie").any():
        yield "membres du syndicat"


def _collected(
    project: Project, rows: pd.DataFrame, membership: pd.DataFrame
) -> Collected:
    """Say what the public service collects of each exchange, and its price."""
    study = project.study
    told = study.flows.syndicate and study.flows.syndicate.public_collection
    day = study.territory.on_date
    bodies = study.comparison.waste_bodies if told else ()
    held = [members(membership, one, on_date=day)["code_insee"] for one in bodies]
    part = collected_part(rows, study, {str(code) for one in held for code in one})
    return Collected(part, told.fee_eur_per_t if told else 0.0)


def _cells(rows: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """List what each exchange takes from each plant: ``row``, cell, ``gate``, ``t``."""
    at = entries["row"].to_numpy(int)
    gate = (entries["fee"] / entries["share"]).to_numpy(float)
    return entries[_CELL].assign(
        row=rows.index.to_numpy()[at],
        gate=settled_values(gate),
        t=entries["share"] * rows["t"].to_numpy(float)[at],
        sold=sold_eur_per_t(entries, material_values()) * rows["t"].to_numpy(float)[at],
    )


def _hidden(
    account: pd.DataFrame, levers: pd.DataFrame, cells: pd.DataFrame, ends: Ends
) -> pd.Series[bool]:
    """Say which rows of the account stay in."""
    told = account["mid"].notna() & account["evidence"].eq(_ESTIMATE)
    status = levers.set_index("lever")["status"]
    lever = account["line"].map(_LEVER_OF).fillna(_BALANCE_LEVER)
    hidden = told & lever.map(status).eq(WITHHELD)
    if not _materials_pass(cells, ends):
        hidden |= told & account["line"].isin(_WITH_MATERIALS)
    classes = cells.groupby(["outlet_id", "gate"])
    if not all(_passes(one, ends) for _, one in classes):
        return hidden | (told & account["outlet_id"].ne(""))
    failing: set[tuple[str, str]] = set()
    for _, one in classes:
        failing |= _failing(one, ends)
    keys = pd.MultiIndex.from_frame(account[_CELL])
    return hidden | (told & keys.isin(sorted(failing)))


def _materials_pass(cells: pd.DataFrame, ends: Ends) -> bool:
    """Say whether what is sold may leave: the whole, and each category of a plant."""
    sold = cells[cells["sold"].gt(0)]
    if sold.empty:
        return True
    parts = [one for _, one in sold.groupby(_CELL)]
    return all(_passes(one, ends) for one in (*parts, sold.assign(t=sold["sold"])))


def _failing(cells: pd.DataFrame, ends: Ends) -> set[tuple[str, str]]:
    """Name the categories of one plant and gate that stay in."""
    found = {str(name): one for name, one in cells.groupby("ewc_stat")}
    outlet = str(cells["outlet_id"].iloc[0])
    out = {name for name, one in found.items() if not _passes(one, ends)}
    by_size = sorted(found, key=lambda name: (float(found[name]["t"].sum()), name))
    for name in by_size:
        if not out or _passes(cells[cells["ewc_stat"].isin(out)], ends):
            break
        out.add(name)
    return {(outlet, name) for name in out}


def _passes(cells: pd.DataFrame, ends: Ends) -> bool:
    """Say whether tonnes may leave, at both ends of their exchanges."""
    by_row = cells.groupby("row")["t"].sum()
    return is_safe(by_row, ends)
