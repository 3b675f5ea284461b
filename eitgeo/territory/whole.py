"""Whether an EPCI is whole: its list of members against the communes at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import StudyError
from eitgeo.territory.membership import EPCI_PREFIX, members_by_body

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

_MORE = "+"


def epci_lists(
    membership: pd.DataFrame, *, on_date: dt.date
) -> dict[str, frozenset[str]]:
    """Return the members of each EPCI on a date, beyond the layer too.

    Parameters
    ----------
    membership
        Table ``membership``; the EPCI are the bodies ``epci_<SIREN>``.
    on_date
        Date of the membership.

    Returns
    -------
    dict
        SIREN → INSEE codes.
    """
    held = members_by_body(membership, on_date=on_date)
    return {
        body.removeprefix(EPCI_PREFIX): frozenset(rows["code_insee"])
        for body, rows in held.items()
        if body.startswith(EPCI_PREFIX)
    }


def doubtful_epci(membership: pd.DataFrame, *, on_date: dt.date) -> frozenset[str]:
    """Return the EPCI whose list of members is to confirm.

    Parameters
    ----------
    membership
        Table ``membership``; the EPCI are the bodies ``epci_<SIREN>``.
    on_date
        Date of the membership.

    Returns
    -------
    frozenset of str
        SIREN of those with a member that is not ``publie``.
    """
    return frozenset(
        body.removeprefix(EPCI_PREFIX)
        for body, rows in members_by_body(membership, on_date=on_date).items()
        if body.startswith(EPCI_PREFIX) and rows["status"].ne("publie").any()
    )


def epci_sizes(
    communes: pd.DataFrame, lists: Mapping[str, Collection[str]]
) -> pd.Series[int]:
    """Count the members of the EPCI of each commune.

    Parameters
    ----------
    communes
        ``epci_siren`` (empty: in none).
    lists
        SIREN → INSEE codes, as :func:`epci_lists` returns them.

    Returns
    -------
    pandas.Series
        ``epci_communes``: communes of the list, those beyond the layer too; 0 where
        there is no EPCI, or no list of it.

    Examples
    --------
    >>> communes = pd.DataFrame({"epci_siren": ["200000001", ""]})
    >>> epci_sizes(communes, {"200000001": {"31001", "31002"}}).tolist()
    [2, 0]
    """
    counts = {siren: len(codes) for siren, codes in lists.items()}
    found = [counts.get(siren, 0) for siren in communes["epci_siren"]]
    return pd.Series(found, communes.index, dtype="int64", name="epci_communes")


def members_of_epci(communes: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return the communes of each EPCI, and a stand-in for each member not at hand.

    Parameters
    ----------
    communes
        ``code_insee``, ``epci_siren`` (empty: in none), ``epci_communes``.

    Returns
    -------
    dict
        SIREN, sorted → codes: a set of communes that holds them all holds the EPCI
        whole. A stand-in is no INSEE code, so that nothing ever holds it.

    Examples
    --------
    >>> communes = pd.DataFrame({"code_insee": ["31001"], "epci_siren": ["200000001"],
    ...     "epci_communes": [2]})
    >>> sorted(members_of_epci(communes)["200000001"])
    ['200000001+1', '31001']
    """
    in_epci = communes[communes["epci_siren"] != ""]
    groups = in_epci.groupby("epci_siren")
    found = {}
    for siren, rows in groups[["code_insee", "epci_communes"]]:
        codes = frozenset(rows["code_insee"])
        size = int(rows["epci_communes"].iloc[0])
        # Without a list, nobody knows that the EPCI ends where the layer does.
        n_away = size - len(codes) if size else 1
        away = (f"{siren}{_MORE}{rank}" for rank in range(1, n_away + 1))
        found[str(siren)] = codes.union(away)
    return found


def require_lists(
    communes: pd.DataFrame,
    lists: Mapping[str, Collection[str]],
    *,
    area: Collection[str],
    on_date: dt.date,
    file: str = "membership",
) -> None:
    """Refuse an EPCI of the study area whose list says nothing, or less than the layer.

    Parameters
    ----------
    communes
        ``code_insee`` and ``epci_siren`` (empty: in none) of the layer.
    lists
        SIREN → INSEE codes, as :func:`epci_lists` returns them.
    area
        INSEE codes of the study area.
    on_date
        Date of the lists.
    file
        File of the members, as the user names it.

    Raises
    ------
    StudyError
        Naming each EPCI of the area without a list, and each commune of the layer
        that the list of its EPCI leaves out.
    """
    faults = Faults(file)
    met = set(communes.loc[communes["code_insee"].isin(area), "epci_siren"]) - {""}
    for siren in sorted(met - set(lists)):
        faults.add(
            f"EPCI « {siren} » sans liste de membres au {on_date.isoformat()} : "
            "rien ne dit s'il est entier",
            remedy=f"ajouter les communes de « {EPCI_PREFIX}{siren} »",
        )
    for code, siren in communes[["code_insee", "epci_siren"]].to_numpy():
        if siren in lists and code not in lists[siren]:
            told = (
                f"commune « {code} » : EPCI {siren} dans la couche, pas dans sa liste"
            )
            faults.add(told, remedy="accorder les deux fichiers")
    faults.raise_if_any(StudyError)
