"""Where residues go today, where it is not an outlet that is paid."""

from __future__ import annotations

import pandas as pd

from eitgeo.reference.rules import ANY_ACTIVITY
from eitgeo.reference.tables import _read

SHARES = ["share_low", "share", "share_high"]
_LEFT = "laisse"


def current_outlets() -> pd.DataFrame:
    """Return which residues are sold, used, spread or left in place today.

    Returns
    -------
    pandas.DataFrame
        ``waste_codes`` and ``donors`` (``;`` lists: codes, prefixes of activities,
        ``*`` = any), ``outlet`` (``vendu``, ``utilise``, ``epandu``, ``laisse``),
        ``share_low``, ``share``, ``share_high`` (0–1: the part that goes there; the
        rest goes where the model of outlets sends it), ``status``, ``evidence``,
        ``source`` (the page, where a figure was read).
    """
    table = _read("current_outlets.csv")
    return table.astype(dict.fromkeys(SHARES, float))


def rule_outlets(rules: pd.DataFrame, outlets: pd.DataFrame) -> pd.DataFrame:
    """Say how much of the residue of each rule is used today, or left in place.

    Parameters
    ----------
    rules
        As `synergy_rules` returns them.
    outlets
        As `current_outlets` returns them.

    Returns
    -------
    pandas.DataFrame
        On the index of `rules`: ``used_share`` (sold, used or spread) and
        ``left_share`` (0–1). A row tells a rule when it names its code and all of
        those who give; the first that does is taken.
    """
    listed = outlets.assign(low_code=outlets["waste_codes"].str.split(";"))
    rows = listed.explode("low_code").groupby("low_code")
    by_code = {str(code): of_code.to_dict("records") for code, of_code in rows}
    shares = []
    for code, givers in zip(rules["low_code"], rules["source_naf"], strict=True):
        known = (
            (str(row["outlet"]), float(row["share"]))
            for row in by_code.get(code, [])
            if _gives(str(row["donors"]), str(givers))
        )
        outlet, share = next(known, ("", 0.0))
        shares.append((0.0, share) if outlet == _LEFT else (share, 0.0))
    columns = ["used_share", "left_share"]
    return pd.DataFrame(shares, index=rules.index, columns=columns, dtype=float)


def _gives(donors: str, givers: str) -> bool:
    """Say whether prefixes name all activities of a list."""
    return donors == ANY_ACTIVITY or all(
        giver.startswith(tuple(donors.split(";"))) for giver in givers.split(";")
    )
