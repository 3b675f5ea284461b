"""Who deliberates: counts and overlaps of perimeters with existing bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError
from eitgeo.exact import at_most
from eitgeo.territory import members_by_body, members_of_epci
from eitgeo.words import french_number

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from eitgeo.perimeters import Candidate

Figures = dict[str, pd.DataFrame]
"""Indicator → ``value``, ``low``, ``high``, ``note``, one row a perimeter; where it
rests on a membership to confirm, ``doubt_pct`` [%]."""


def figure(values: np.ndarray, note: Sequence[str] | str = "") -> pd.DataFrame:
    """Lay out exact values as a figure without interval.

    Parameters
    ----------
    values
        One value a perimeter.
    note
        One note a perimeter, or one for all.

    Returns
    -------
    pandas.DataFrame
        ``value``, ``low``, ``high`` (both equal to the value), ``note``.
    """
    number = np.asarray(values, dtype=float)
    return pd.DataFrame({"value": number, "low": number, "high": number, "note": note})


def governance_figures(
    candidates: list[Candidate],
    communes: pd.DataFrame,
    *,
    bodies: pd.DataFrame,
    membership: pd.DataFrame,
    on_date: dt.date,
    waste_bodies: Sequence[str],
) -> Figures:
    """Count who has to agree, and how far each perimeter fits an existing body.

    Parameters
    ----------
    candidates
        The perimeters.
    communes
        Table ``communes`` (study area and buffer: bodies may reach outside, and an
        EPCI is whole where all of its ``epci_communes`` are held).
    bodies, membership
        Tables of the same names.
    on_date
        Date of the membership.
    waste_bodies
        Bodies that treat waste, one hypothesis for each body.

    Returns
    -------
    dict
        Figures of the governance indicators. A share of the population is NaN in a
        perimeter without inhabitant; a body that reaches beyond ``communes`` is
        never whole and fits nothing, as its population is not at hand.

    Raises
    ------
    StudyError
        When a waste body, or a commune of a perimeter, is unknown.
    """
    require_at_hand(candidates, communes["code_insee"])
    held = incidence([one.codes for one in candidates], communes["code_insee"])
    people = communes["population"].to_numpy(dtype=float)
    total = held @ people
    epci = _shares(held, communes["epci_siren"], _sizes(communes))
    deps = _shares(held, communes["dep"])
    of_bodies = members_of(bodies, membership, on_date)
    _require_waste_bodies(waste_bodies, of_bodies)
    petr = bodies.loc[bodies["kind"].eq("petr"), "body_id"]
    whole = held @ np.where(communes["epci_siren"] != "", people, 0.0)
    cut = np.where((epci > 0) & (epci < 1), 1.0, 0.0)
    in_cut = _people_in_cut(held, people, communes["epci_siren"], cut)
    n_epci = (epci > 0).sum(axis=1)
    return {
        "n_epci": figure(n_epci),
        "epci_whole_pct": figure(ratio_pct(whole - in_cut, total)),
        "n_deliberations": figure(n_epci + 1),
        "n_departements": figure((deps > 0).sum(axis=1)),
        "n_petr": _petr_figure(
            held, communes, [of_bodies[p] for p in petr if p in of_bodies]
        ),
        "n_waste_bodies": _waste_figure(
            held, communes, [of_bodies[name] for name in waste_bodies]
        ),
        "body_fit_pct": _fit_figure(
            held,
            communes,
            bodies,
            of_bodies,
            perimeter_ids=[one.perimeter_id for one in candidates],
        ),
        "confirmed_pct": _confirmed_figure(candidates, communes, of_bodies),
    }


def ratio_pct(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide, in per cent.

    Parameters
    ----------
    part, whole
        Same shape.

    Returns
    -------
    numpy.ndarray of float
        100 × part ÷ whole [%]; NaN where the whole is 0.
    """
    blank = np.full(np.shape(whole), np.nan)
    return 100 * np.divide(part, whole, out=blank, where=np.asarray(whole) > 0)


def require_at_hand(candidates: list[Candidate], codes: Iterable[str]) -> None:
    """Refuse perimeters with a commune that is not at hand.

    Parameters
    ----------
    candidates
        The perimeters.
    codes
        INSEE codes of the communes at hand.

    Raises
    ------
    StudyError
        Naming each perimeter and commune.
    """
    known = set(codes)
    faults = Faults("périmètres")
    for one in candidates:
        for code in sorted(one.codes - known):
            met = f"« {one.perimeter_id} » : commune « {code} » hors des données"
            faults.add(met, remedy="étendre le territoire ou corriger le périmètre")
    faults.raise_if_any(StudyError)


def members_of(
    bodies: pd.DataFrame, membership: pd.DataFrame, on_date: dt.date
) -> dict[str, pd.DataFrame]:
    """Return the members of every body that has some on the date.

    Parameters
    ----------
    bodies, membership
        Tables of the same names.
    on_date
        Date of the membership.

    Returns
    -------
    dict
        ``body_id`` → ``code_insee`` and ``status``, sorted.
    """
    known = set(bodies["body_id"])
    held = members_by_body(membership, on_date=on_date)
    return {body: rows for body, rows in held.items() if body in known}


def _require_waste_bodies(
    names: Sequence[str], of_bodies: dict[str, pd.DataFrame]
) -> None:
    faults = Faults("comparison.waste_bodies")
    for name in names:
        if name not in of_bodies:
            met = f"structure inconnue ou sans membre « {name} »"
            faults.add(met, remedy=hint(name, of_bodies))
    faults.raise_if_any(StudyError)


def incidence(groups: Sequence[frozenset[str]], codes: Iterable[str]) -> np.ndarray:
    """Tell which communes each group holds.

    Parameters
    ----------
    groups
        INSEE codes; those that are not at hand are held by no column.
    codes
        INSEE codes of the communes at hand, one each.

    Returns
    -------
    numpy.ndarray of bool
        Shape (groups, communes).

    Examples
    --------
    >>> incidence([frozenset({"09001", "99999"})], ["09001", "31002"])
    array([[ True, False]])
    """
    place = {code: column for column, code in enumerate(codes)}
    table = np.zeros((len(groups), len(place)), dtype=bool)
    for row, group in enumerate(groups):
        table[row, [place[code] for code in group if code in place]] = True
    return table


def _sizes(communes: pd.DataFrame) -> pd.Series[int]:
    """Count the members of each EPCI, sorted: those beyond the layer too."""
    lists = members_of_epci(communes)
    counts = [len(codes) for codes in lists.values()]
    return pd.Series(counts, index=list(lists), dtype="int64")


def _shares(
    held: np.ndarray, label: pd.Series[str], sizes: pd.Series[int] | None = None
) -> np.ndarray:
    """Share of the communes of each label that each perimeter holds."""
    names = label.where(label != "").astype("category").cat
    one_hot = (
        names.codes.to_numpy()[:, None] == np.arange(len(names.categories))
    ) * 1.0
    if sizes is None:
        return (held @ one_hot) / one_hot.sum(axis=0)
    return (held @ one_hot) / sizes.loc[names.categories].to_numpy()


def _people_in_cut(
    held: np.ndarray, people: np.ndarray, label: pd.Series[str], cut: np.ndarray
) -> np.ndarray:
    names = label.where(label != "").astype("category").cat
    codes = names.codes.to_numpy()
    in_cut = np.where(codes >= 0, cut[:, codes], 0.0)
    return (held * in_cut) @ people


def _petr_figure(
    held: np.ndarray, communes: pd.DataFrame, petr: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    if not petr:
        return figure(np.zeros(len(held)))
    inside = incidence(
        [frozenset(p["code_insee"]) for p in petr], communes["code_insee"]
    )
    common = held.astype(float) @ inside.T
    whole = (common == [len(p) for p in petr]).sum(axis=1)
    return figure((common > 0).sum(axis=1), [f"dont entiers : {n}" for n in whole])


def _waste_figure(
    held: np.ndarray, communes: pd.DataFrame, waste: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    people = communes["population"].to_numpy(dtype=float)
    if not waste:
        return figure(np.full(len(held), np.nan), "aucun organisme déclaré")
    inside = incidence(
        [frozenset(w["code_insee"]) for w in waste], communes["code_insee"]
    )
    unknown = ~inside.any(axis=0)
    share = ratio_pct(held @ (people * unknown), held @ people)
    doubt = any((w["status"] != "publie").any() for w in waste)
    tail = " ; appartenance à confirmer" if doubt else ""
    notes = [
        f"organisme non renseigné pour {french_number(value, decimals=0)} % "
        f"de la population{tail}"
        if at_most(HALF_PERCENT, value)
        else tail.removeprefix(" ; ")
        for value in share
    ]
    counts = figure(((held.astype(float) @ inside.T) > 0).sum(axis=1), notes)
    return counts.assign(doubt_pct=100.0 if doubt else share)


HALF_PERCENT = 0.5


def _fit_figure(
    held: np.ndarray,
    communes: pd.DataFrame,
    bodies: pd.DataFrame,
    of_bodies: dict[str, pd.DataFrame],
    *,
    perimeter_ids: Sequence[str],
) -> pd.DataFrame:
    """Compare with bodies of published members, the perimeter's own one named so."""
    known = set(communes["code_insee"])
    at_hand = [name for name, rows in of_bodies.items() if known >= {*rows.code_insee}]
    sure = [name for name in at_hand if of_bodies[name]["status"].eq("publie").all()]
    # A hypothesis about who belongs to a body is no proof that such a body exists.
    legal = bodies[
        bodies["legal_person"]
        & bodies["status"].eq("publie")
        & bodies["body_id"].isin(sure)
    ]
    if legal.empty:
        return figure(np.full(len(held), np.nan), "aucune structure publiée")
    groups = [frozenset(of_bodies[name]["code_insee"]) for name in legal["body_id"]]
    inside = incidence(groups, communes["code_insee"])
    people = communes["population"].to_numpy(dtype=float)
    both = (held * people) @ inside.T
    either = (held @ people)[:, None] + (inside @ people) - both
    fit = ratio_pct(both, either)
    best = np.nan_to_num(fit, nan=-1.0).argmax(axis=1)
    ids, names = legal["body_id"].to_numpy(), legal["name"].to_numpy()
    notes = [
        f"{names[b]} : la structure elle-même" if ids[b] == one else str(names[b])
        for b, one in zip(best, perimeter_ids, strict=True)
    ]
    return figure(fit.max(axis=1), notes)


def _confirmed_figure(
    candidates: list[Candidate],
    communes: pd.DataFrame,
    of_bodies: dict[str, pd.DataFrame],
) -> pd.DataFrame:
    people = dict(zip(communes["code_insee"], communes["population"], strict=True))
    doubtful = [one for one in candidates if one.membership_status != "publie"]
    sure = {
        one.perimeter_id: sum(
            people[c] for c in _published(of_bodies[one.perimeter_id])
        )
        for one in doubtful
    }
    total = np.array([sum(people[code] for code in one.codes) for one in candidates])
    known = [sure.get(one.perimeter_id, total[i]) for i, one in enumerate(candidates)]
    return figure(ratio_pct(np.array(known), total))


def _published(rows: pd.DataFrame) -> pd.Series[str]:
    return rows.loc[rows["status"] == "publie", "code_insee"]
