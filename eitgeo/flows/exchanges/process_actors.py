"""Who locally could take part in a process: the sites that its rules name."""

from __future__ import annotations

import pandas as pd

from eitgeo.check import require_columns
from eitgeo.flows.exchanges.synergies import rule_matches

_ENDS = {"source_naf": "donor", "taker_naf": "taker"}


def process_actors(
    sheets: pd.DataFrame, rules: pd.DataFrame, sites: pd.DataFrame
) -> pd.DataFrame:
    """Count the sites at each end of the rules of a process, by division.

    Parameters
    ----------
    sheets
        As `process_sheets` returns them: ``rule_families`` by
        ``sheet_id``.
    rules
        As `synergy_rules` returns them. Shared services and
        rules of any activity have no ends.
    sites
        ``site_id``, ``naf`` (NAF rév. 2), of public registers and of the area alone.

    Returns
    -------
    pandas.DataFrame
        ``sheet_id``, ``end`` (``donor``, ``taker``), ``division``, ``n_sites``, one
        row a sheet, end and division, sorted; a site counts once a sheet and end,
        however many rules name it. Divisions without a site are left out.

    Raises
    ------
    SchemaError
        When a column is missing.

    Notes
    -----
    Activities that could, not firms that would: nothing here says that a quantity,
    a quality or a will is there. Counts are to be published as any count of sites.

    Examples
    --------
    >>> sheets = pd.DataFrame({"rule_families": ["bois"]}, index=["bois"])
    >>> rule = {"rule_id": "R1", "synergy_type": "substitution", "family": "bois"}
    >>> ends = {"source_naf": "16.10A", "taker_naf": "16.21Z;35.30Z"}
    >>> sites = pd.DataFrame({"site_id": list("abc"),
    ...     "naf": ["16.10A", "16.10A", "35.30Z"]})
    >>> process_actors(sheets, pd.DataFrame([rule | ends]), sites).to_numpy()
    array([['bois', 'donor', '16', 2],
           ['bois', 'taker', '35', 1]], dtype=object)
    """
    require_columns(sheets, ["rule_families"], where="fiches")
    require_columns(sites, ["site_id", "naf"], where="sites")
    family_of = rules[["rule_id", "family"]]
    sheet_of = (
        sheets["rule_families"]
        .str.split(";")
        .explode()
        .rename_axis("sheet_id")
        .reset_index()
        .rename(columns={"rule_families": "family"})
    )
    parts = [
        rule_matches(sites[["site_id", "naf"]], rules, end=column).assign(end=end)
        for column, end in _ENDS.items()
    ]
    found = pd.concat(parts).merge(family_of, on="rule_id").merge(sheet_of, on="family")
    found["division"] = found["naf"].str[:2]
    counts = found.groupby(["sheet_id", "end", "division"])["site_id"].nunique()
    return counts.rename("n_sites").reset_index()
