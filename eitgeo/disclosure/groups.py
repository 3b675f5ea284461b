"""Groups of firms that share nothing: which sums may be told, and which stay in."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.check import require_columns
from eitgeo.disclosure.rule import Part, passes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Parts = Sequence[Part]

_NUMBER = "number of "


def told_groups(
    amounts: pd.DataFrame, *, group: str, firms: Sequence[str], value: str
) -> pd.Series[bool]:
    """Say of which groups the sum may be told.

    Parameters
    ----------
    amounts
        One row a contribution; a row without a group belongs nowhere.
    group
        Column of the groups: an activity, a family, a class of distance.
    firms
        Columns that name a firm: one, or both ends of an exchange.
    value
        Column of the amounts, ≥ 0.

    Returns
    -------
    pandas.Series of bool
        ``told``, indexed by group, sorted.

    Raises
    ------
    SchemaError
        When a column is missing.

    Notes
    -----
    A group is told where it passes at each end: three firms at least, none above
    85 %. Those that stay in must pass together too, or who knows the sum of all
    would have them by subtraction: else the smallest of the told ones joins them.

    Examples
    --------
    >>> rows = pd.DataFrame({"naf": list("aaabbbcccd"), "firm": list("1234567890"),
    ...     "t": [1.0, 1, 1, 2, 2, 2, 3, 3, 3, 9]})
    >>> told_groups(rows, group="naf", firms=["firm"], value="t").to_dict()
    {'a': False, 'b': True, 'c': True, 'd': False}
    """
    require_columns(amounts, [group, *firms, value], where="groupes")
    numbers = {_NUMBER + one: pd.factorize(amounts[one])[0] for one in firms}
    known = amounts.assign(**numbers)[amounts[group].notna()]
    parts = {
        str(name): [_part(rows, firm, value) for firm in firms]
        for name, rows in known.groupby(group, sort=True)
    }
    size = known.groupby(group, sort=True)[value].sum()
    told = {name: all(map(passes, ends)) for name, ends in parts.items()}
    for name in size.sort_values(kind="stable").index.astype(str):
        if _rest_passes(parts, told):
            break
        told[name] = False
    return pd.Series(list(told.values()), index=size.index, dtype="bool", name="told")


def _part(rows: pd.DataFrame, firm: str, value: str) -> Part:
    known = rows[rows[firm].notna()]
    return Part(known[_NUMBER + firm].to_numpy(), known[[value]].to_numpy(dtype=float))


def _rest_passes(parts: Mapping[str, Parts], told: Mapping[str, bool]) -> bool:
    hidden = [ends for name, ends in parts.items() if not told[name]]
    return all(passes(reduce(Part.union, same)) for same in zip(*hidden, strict=True))
