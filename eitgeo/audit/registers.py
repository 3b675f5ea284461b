"""What the auditor knows: who is where (anybody may), and what is true (only he)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from eitgeo.errors import SourceError
from eitgeo.scenarios.measures.activity import (
    PUBLISHED,
    drawn_tonnes,
    firm_ids,
    site_amounts,
)
from eitgeo.tables.files import read_table

TONNES, JOBS = "deposit_t", "industry_jobs"
DRAWN_AGAIN = "tirés à nouveau"
"""Firm of what draws put where no site is shown: of nobody, and it covers nobody."""
_DECLARED = "declare"
_NEEDED = ("sites", "arisings", "communes", "exchange_ends", "site_zone")


@dataclass(frozen=True)
class Registers:
    """Who has an estimate, and how much.

    ``amounts``: indicator → ``site_id``, ``firm_id``, ``code_insee`` (public),
    ``value``, ``low``, ``high`` (true, for the judge alone), ``public``, ``rated`` (the
    amount that size classes rank). Declared figures are known: left out. ``ends``:
    ``end`` (donor, taker), ``donor_id``, ``receiver_id``, ``site_id``, ``firm_id``,
    ``t``: who may give what to whom, granted to the attacker, and how much, for the
    judge alone. ``epci``: EPCI of the communes of the study area. ``zones``:
    ``site_id``, ``zone_id``. ``draws``: communes × draws of tonnage: true, for the
    judge alone.
    """

    amounts: Mapping[str, pd.DataFrame] = field(repr=False)
    ends: pd.DataFrame = field(repr=False)
    epci: pd.Series[str] = field(repr=False)
    zones: pd.DataFrame = field(repr=False)
    draws: pd.DataFrame = field(repr=False)


def read_registers(processed: Path) -> Registers:
    """Read who is where, and what is true, from the tables of a study."""
    for name in _NEEDED:
        if not (processed / f"{name}.parquet").is_file():
            message = (
                f"{processed / name}.parquet : absent → exécuter d'abord « eitgeo run »"
            )
            raise SourceError(message)
    communes, sites = read_table(processed, "communes"), read_table(processed, "sites")
    epci = communes[communes["in_area"]].set_index("code_insee")["epci_siren"]
    codes = pd.Index(epci.index)
    amounts = site_amounts(sites, read_table(processed, "arisings"), codes=codes)
    draws = drawn_tonnes(_draws(processed), codes)
    firms = firm_ids(sites).set_axis(sites["site_id"])
    exchange_ends = read_table(processed, "exchange_ends")
    return make_registers(
        amounts,
        _secret(exchange_ends.assign(firm_id=exchange_ends["site_id"].map(firms))),
        epci=epci,
        zones=read_table(processed, "site_zone")[["site_id", "zone_id"]],
        draws=draws,
    )


def _draws(processed: Path) -> pd.DataFrame:
    if (processed / "arising_draws.parquet").is_file():
        return read_table(processed, "arising_draws")
    return pd.DataFrame(columns=["code_insee", "draw", "t"])


def make_registers(
    amounts: Mapping[str, pd.DataFrame],
    ends: pd.DataFrame,
    *,
    epci: pd.Series[str],
    zones: pd.DataFrame | None = None,
    draws: pd.DataFrame | None = None,
) -> Registers:
    """Gather what the auditor knows."""
    estimates = {name: _estimates(rows) for name, rows in amounts.items()}
    if draws is None:
        draws = pd.DataFrame(index=epci.index)
    if draws.shape[1]:
        estimates[TONNES] = _drawn(estimates[TONNES], draws)
    if zones is None:
        zones = pd.DataFrame({"site_id": [], "zone_id": []}, dtype="str")
    return Registers(estimates, ends.reset_index(drop=True), epci, zones, draws)


def _estimates(rows: pd.DataFrame) -> pd.DataFrame:
    secret = _secret(rows[rows["origin"] != _DECLARED])
    columns = ["site_id", "firm_id", "code_insee", "value", "low", "high"]
    public = secret.get("public", True)
    secrets = secret[columns].assign(public=public, rated=secret["value"])
    return secrets.reset_index(drop=True)


def _secret(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out what rests on published counts alone: all of it, or it stays known.

    Beside answers it stays, as if it were a firm's: a private study, never published.
    """
    return rows.iloc[:0] if rows["firm_id"].eq(PUBLISHED).all() else rows


def _drawn(rows: pd.DataFrame, draws: pd.DataFrame) -> pd.DataFrame:
    """Share the mean of each commune as the estimates of its sites.

    Where sites are drawn again, some draws put tonnes in a commune that shows none.
    """
    # Not `map`: of no row it makes a column of texts.
    mean = draws.mean(axis=1).reindex(rows["code_insee"]).fillna(0.0).to_numpy()
    total = rows.groupby("code_insee")["value"].transform("sum")
    share = np.divide(rows["value"], total, out=np.zeros(len(rows)), where=total > 0)
    figures = rows.assign(value=share * mean)
    if rows.empty:
        return figures
    elsewhere = draws.mean(axis=1).drop(rows["code_insee"].unique(), errors="ignore")
    again = elsewhere[elsewhere > 0].rename_axis("code_insee").reset_index(name="value")
    again = again.assign(site_id=again["code_insee"], firm_id=DRAWN_AGAIN, public=False)
    parts = [figures, again.assign(rated=again["value"])] if len(again) else [figures]
    every = pd.concat(parts, ignore_index=True)
    return every.assign(low=np.nan, high=np.nan)
