"""What each firm brings to the sums that answers to the survey may make."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from eitgeo.flows.arisings.declared import place_of_firm

SIGNED_UP, STREAM, OUTLET = "inscrites", "flux", "exutoire"
"""Subjects: firms registered, waste by stream, kind of outlet in use."""

EVERYONE = ""
"""Item of the firms registered."""

HAZARDOUS = "DANGEREUX"
_STREAMS = ("NDNI", "INERT", HAZARDOUS)
_UNTOLD = "ne_sait_pas"
_AVAILABLE, _ONCE = "disponible", "one_off"
CONTRIBUTION_COLUMNS = ["epci_siren", "subject", "item", "firm", "t"]


def answer_contributions(
    declarations: pd.DataFrame,
    masses: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    epci_of: Mapping[str, str],
) -> pd.DataFrame:
    """List what each firm brings to each sum of answers.

    ``masses``: as `declared_masses` returns them. ``sites``: table ``sites``: the place
    of a firm that it knows. ``epci_of``: commune of the study area → SIREN of its EPCI;
    answers from elsewhere are in no sum. Returns: ``epci_siren``, ``subject``,
    ``item``, ``firm`` (SIREN: several sites are one firm), ``t``, each but the last
    once, sorted. ``inscrites``: who signed up; ``flux``: waste of every year by stream
    [t/year]; ``exutoire``: what becomes of it. NaN where only firms are counted.
    """
    epci = place_of_firm(declarations, sites).map(epci_of)
    rows = declarations.assign(
        epci_siren=epci, firm=declarations["siret"].str[:9], item=EVERYONE
    ).dropna(subset="epci_siren")
    available = rows[rows["sens"] == _AVAILABLE].join(masses)
    outcome = available.assign(item=available["devenir"])
    parts = [
        rows.assign(subject=SIGNED_UP, t=float("nan")),
        _waste(available).assign(subject=STREAM, t=lambda table: table["t_mid"]),
        outcome[~outcome["item"].isin(["", _UNTOLD])].assign(
            subject=OUTLET, t=float("nan")
        ),
    ]
    key = CONTRIBUTION_COLUMNS[:-1]
    every = pd.concat(
        [part[CONTRIBUTION_COLUMNS] for part in parts if len(part)]
        or [pd.DataFrame(columns=CONTRIBUTION_COLUMNS)]
    )
    sums = every.groupby(key, sort=True)["t"].sum(min_count=1)
    return sums.reset_index()


def _waste(given: pd.DataFrame) -> pd.DataFrame:
    """Keep the waste of every year that weighs, with its stream."""
    hazardous = given["waste_code"].str.endswith("*").fillna(value=False)
    item = given["stream"].mask(hazardous.astype(bool), HAZARDOUS)
    every_year = ~given[_ONCE].astype(bool)
    kept = given["t_mid"].gt(0) & every_year & item.isin(_STREAMS)
    return given.assign(item=item)[kept]
