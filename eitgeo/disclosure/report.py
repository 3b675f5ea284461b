"""What secrecy costs: cells that fail, communes merged, what is not broken down."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from eitgeo.disclosure.blocks import JOBS, LEVELS
from eitgeo.disclosure.exchanges import CAPTURED, site_parts
from eitgeo.disclosure.guard import Guarded
from eitgeo.disclosure.rule import (
    LESSENED,
    MAX_TOP_SHARE_PCT,
    MIN_CONTRIBUTORS,
    NOBODY,
    Part,
    passes,
    rounded_share,
)
from eitgeo.exact import at_most
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.measures.activity import PUBLISHED, REDUCED
from eitgeo.words import french_count

_DEPOSIT = "deposit_t"


def fails_alone(rows: pd.DataFrame, keys: list[str], levels: list[str]) -> pd.Series:
    """Say which cells fail the rule by themselves.

    Examples
    --------
    >>> rows = pd.DataFrame({"commune": ["a", "a", "a", "b"],
    ...     "firm_id": ["x", "y", "z", "x"], "t": [1.0, 1.0, 1.0, 1.0]})
    >>> fails_alone(rows, ["commune"], ["t"]).to_dict()
    {'a': False, 'b': True}
    """
    is_told = rows["firm_id"].isin([PUBLISHED, NOBODY])
    # Less who answered, a count covers nobody: without a firm beside it, it fails.
    secret = (~is_told).groupby([rows[key] for key in keys]).any()
    rows = rows[~is_told & ~rows["firm_id"].isin([REDUCED, LESSENED])]
    firms = rows.groupby([*keys, "firm_id"])[levels].sum()
    by_cell = firms.groupby(level=keys)
    few = firms.gt(0).groupby(level=keys).sum() < MIN_CONTRIBUTORS
    dominated = ~at_most(100 * by_cell.max(), MAX_TOP_SHARE_PCT * by_cell.sum())
    fails = (few | dominated).any(axis=1)
    return fails.reindex(secret.index).astype("boolean").fillna(secret).astype(bool)


def synthetic_shares(amounts: Mapping[str, pd.DataFrame]) -> pd.Series[float]:
    """Share of synthetic sites in the sums of the whole study."""
    shares = {name: _synthetic_pct(rows) for name, rows in amounts.items()}
    bases = {_DEPOSIT: "tonnes", JOBS: "headcounts"}
    of_basis = {bases[name]: pct for name, pct in shares.items() if name in bases}
    first = indicator_catalogue()["rests_on"].str.split(";").str[0]
    return first[first.isin(list(of_basis))].map(of_basis).astype(float)


def _synthetic_pct(rows: pd.DataFrame) -> float:
    real = rows[~rows["synthetic"]]
    if real.empty or len(real) == len(rows):
        return 100.0 if len(rows) and real.empty else 0.0
    firms = pd.factorize(real["firm_id"])[0]
    if not passes(Part(firms, real[LEVELS].to_numpy(dtype=float))):
        return float("nan")
    share = float(100 * (1 - real["value"].sum() / rows["value"].sum()))
    return rounded_share(share)


def disclosure_report(
    guarded: Guarded,
    public: pd.DataFrame,
    *,
    amounts: Mapping[str, pd.DataFrame],
    ends: pd.DataFrame,
    firms: pd.Series[str],
) -> pd.DataFrame:
    """Count what secrecy merges, withholds and leaves out, indicator by indicator."""
    alone = {
        name: _failing_communes(guarded.communes, name, rows)
        for name, rows in amounts.items()
    }
    pairs = _failing_pairs(ends, firms)
    rows = []
    for name in sorted({*alone, CAPTURED}):
        own = guarded.communes[guarded.communes["indicator_id"] == name]
        estimated = own[own["kind"] == "estime"]
        shown = public[public["indicator_id"] == name]
        n_cells, n_failing = alone.get(name, pairs)
        rows.append(
            {
                "indicator_id": name,
                "cell": "liaison" if name == CAPTURED else "commune",
                "n_cells": n_cells,
                "n_failing": n_failing,
                "n_communes": len(estimated),
                "n_merged": int(estimated["merged"].sum()),
                "n_blocks": estimated["block_id"].nunique(),
                "n_withheld": int((~own["released"]).sum()),
                "n_perimeters": len(shown),
                "n_partial": int(shown["unallocated_pct"].gt(0).sum()),
                "n_silent": int(shown["value"].isna().sum()),
                "max_unallocated_pct": float(shown["unallocated_pct"].max()),
            }
        )
    return pd.DataFrame(rows)


def _failing_communes(
    members: pd.DataFrame, name: str, rows: pd.DataFrame
) -> tuple[int, int]:
    """Count communes, and those that fail alone: those where nobody is, too."""
    of_estimates = (members["indicator_id"] == name) & (members["kind"] == "estime")
    estimated = rows[rows["origin"] == "estime"]
    failing = fails_alone(estimated, ["code_insee"], LEVELS)
    n_communes = int(of_estimates.sum())
    if len(rows) and rows["firm_id"].eq(PUBLISHED).all():
        return n_communes, 0
    return n_communes, n_communes - int((~failing).sum())


def _failing_pairs(ends: pd.DataFrame, firms: pd.Series[str]) -> tuple[int, int]:
    """Count pairs of communes that exchange, and those that fail at either end."""
    keys = ["donor_id", "receiver_id"]
    sides = [
        fails_alone(part.assign(firm_id=part["firm"]), keys, ["t"])
        for part in site_parts(ends, firms)
    ]
    either = sides[0] | sides[1].reindex(sides[0].index, fill_value=True)
    return len(either), int(either.sum())


def report_sentences(report: pd.DataFrame, catalogue: pd.DataFrame) -> tuple[str, ...]:
    """Word the report for those who read maps and tables."""
    return tuple(
        _sentence(row, str(catalogue.loc[row["indicator_id"], "label"]))
        for row in report.to_dict("records")
    )


def _sentence(row: Mapping[Hashable, Any], label: str) -> str:
    n_cells, n_failing = row["n_cells"], row["n_failing"]
    share = 100 * n_failing / n_cells if n_cells else 0.0
    cells = "liaisons entre communes" if row["cell"] == "liaison" else "communes"
    rest = "tout est ventilé"
    if row["n_partial"]:
        rest = (
            f"non ventilé dans {row['n_partial']} périmètres sur "
            f"{row['n_perimeters']}, au plus "
            f"{np.ceil(row['max_unallocated_pct']):.0f} % des établissements"
        )
    return (
        f"{label} : sur {french_count(n_cells)} {cells}, {share:.0f} % ne peuvent être "
        f"publiées seules ; {french_count(row['n_merged'])} communes réunies avec "
        f"d'autres, {french_count(row['n_withheld'])} retenues ; "
        f"{french_count(row['n_blocks'])} groupes ou communes publiés ; {rest}"
    )
