"""Who deliberates: counts and overlaps of perimeters with existing bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError
from eitgeo.exact import at_most
from eitgeo.scenarios.measures.unconfirmed import (
    LIST_TO_CONFIRM,
    TO_CONFIRM,
    between,
    certain_members,
    is_between,
    unconfirmed_bodies,
)
from eitgeo.territory.membership import members_by_body
from eitgeo.territory.whole import members_of_epci
from eitgeo.words import french_number

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from eitgeo.perimeters.contours.candidate import Candidate

Figures = dict[str, pd.DataFrame]
"""Indicator → ``value``, ``low``, ``high``, ``note``, one row a perimeter; where it
rests on a membership to confirm, ``doubt_pct`` [%]."""


def figure(values: np.ndarray, note: Sequence[str] | str = "") -> pd.DataFrame:
    """Lay out exact values as a figure without interval."""
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
    """Count who has to agree, and how far each perimeter fits an existing body."""
    require_at_hand(candidates, communes["code_insee"])
    held = incidence([one.codes for one in candidates], communes["code_insee"])
    people = communes["population"].to_numpy(dtype=float)
    total = held @ people
    epci = _shares(held, communes["epci_siren"], _sizes(communes))
    deps = _shares(held, communes["dep"])
    of_bodies = members_of(bodies, membership, on_date)
    _require_waste_bodies(waste_bodies, of_bodies)
    petr = bodies.loc[bodies["kind"].eq("petr"), "body_id"]
    certain = certain_members(bodies, of_bodies)
    codes = communes["code_insee"]
    whole = held @ np.where(communes["epci_siren"] != "", people, 0.0)
    cut = np.where((epci > 0) & (epci < 1), 1.0, 0.0)
    in_cut = _people_in_cut(held, people, communes["epci_siren"], cut)
    n_epci = (epci > 0).sum(axis=1)
    return {
        "n_epci": figure(n_epci),
        "epci_whole_pct": figure(ratio_pct(whole - in_cut, total)),
        "n_deliberations": figure(n_epci + 1),
        "n_departements": figure((deps > 0).sum(axis=1)),
        "n_petr": _petr_figure(held, codes, _listed(petr, of_bodies, certain)),
        "n_waste_bodies": _waste_figure(
            held, codes, people, _listed(waste_bodies, of_bodies, certain)
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
    """Divide, in per cent."""
    blank = np.full(np.shape(whole), np.nan)
    return 100 * np.divide(part, whole, out=blank, where=np.asarray(whole) > 0)


def require_at_hand(candidates: list[Candidate], codes: Iterable[str]) -> None:
    """Refuse perimeters with a commune that is not at hand."""
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
    held: np.ndarray, codes: pd.Series[str], petr: _Listed
) -> pd.DataFrame:
    if not petr.listed:
        return figure(np.zeros(len(held)))
    certain, listed = _common(petr, held, codes)
    n_certain = np.array([len(one) for one in petr.certain])
    n_listed = np.array([len(one) for one in petr.listed])
    # A list to confirm is never known to be whole.
    sure = (listed == n_listed) & (n_certain == n_listed)
    bounds = sure.sum(axis=1), (listed == n_listed).sum(axis=1)
    found = between((certain > 0).sum(axis=1), (listed > 0).sum(axis=1))
    rows = zip(*bounds, is_between(found), strict=True)
    return found.assign(note=[_whole_note(*row) for row in rows])


def _whole_note(least: int, most: int, open_: bool) -> str:  # noqa: FBT001 - of a row
    """Say how many are whole, and that a list to confirm leaves it or them open."""
    whole = f"de {least} à {most}" if least < most else str(least)
    tail = f" ; {LIST_TO_CONFIRM}" if open_ or least < most else ""
    return f"dont entiers : {whole}{tail}"


def _waste_figure(
    held: np.ndarray, codes: pd.Series[str], people: np.ndarray, waste: _Listed
) -> pd.DataFrame:
    if not waste.listed:
        return figure(np.full(len(held), np.nan), "aucun organisme déclaré")
    certain, listed = _common(waste, held, codes)
    unknown = ~incidence(waste.listed, codes).any(axis=0)
    share = ratio_pct(held @ (people * unknown), held @ people)
    doubt = waste.listed != waste.certain
    tail = f" ; appartenance {TO_CONFIRM}" if doubt else ""
    notes = [
        f"organisme non renseigné pour {french_number(value, decimals=0)} % "
        f"de la population{tail}"
        if at_most(HALF_PERCENT, value)
        else tail.removeprefix(" ; ")
        for value in share
    ]
    counts = between((certain > 0).sum(axis=1), (listed > 0).sum(axis=1), notes)
    return counts.assign(doubt_pct=100.0 if doubt else share)


HALF_PERCENT = 0.5


class _Listed(NamedTuple):
    """Bodies by their members: those of the list, and those that are published."""

    listed: list[frozenset[str]]
    certain: list[frozenset[str]]


def _common(
    bodies: _Listed, held: np.ndarray, codes: pd.Series[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Count published, then listed members of each body in each perimeter."""
    share = held.astype(float)
    certain, listed = (
        share @ incidence(groups, codes).T for groups in (bodies.certain, bodies.listed)
    )
    return certain, listed


def _listed(
    names: Iterable[str],
    of_bodies: dict[str, pd.DataFrame],
    certain: dict[str, frozenset[str]],
) -> _Listed:
    kept = [name for name in names if name in of_bodies]
    groups = [frozenset(of_bodies[name]["code_insee"]) for name in kept]
    return _Listed(groups, [certain[name] for name in kept])


def _fit_figure(
    held: np.ndarray,
    communes: pd.DataFrame,
    bodies: pd.DataFrame,
    of_bodies: dict[str, pd.DataFrame],
    *,
    perimeter_ids: Sequence[str],
) -> pd.DataFrame:
    """Compare with published bodies; with lists to confirm too where they fit more."""
    known = set(communes["code_insee"])
    at_hand = [name for name, rows in of_bodies.items() if known >= {*rows.code_insee}]
    able = bodies[bodies["legal_person"] & bodies["body_id"].isin(at_hand)]
    doubtful = able["body_id"].isin(unconfirmed_bodies(bodies, of_bodies))
    if able.empty:
        return figure(np.full(len(held), np.nan), _NO_BODY)
    # A hypothesis about who belongs to a body is no proof that such a body exists.
    sure, supposed = (
        _best_fit(held, communes, rows, of_bodies, perimeter_ids=perimeter_ids)
        for rows in (able[~doubtful], able[doubtful])
    )
    most = np.fmax(sure.pct, supposed.pct)
    found = between(sure.pct, most)
    return found.assign(
        note=[
            f"{name} ou, selon sa liste {TO_CONFIRM}, {other}" if open_ else name
            for name, other, open_ in zip(
                sure.names, supposed.names, is_between(found), strict=True
            )
        ]
    )


_NO_BODY = "aucune structure publiée"


class _Fit(NamedTuple):
    """The body that each perimeter fits best, and how far [%]."""

    pct: np.ndarray
    names: list[str]


def _best_fit(
    held: np.ndarray,
    communes: pd.DataFrame,
    able: pd.DataFrame,
    of_bodies: dict[str, pd.DataFrame],
    *,
    perimeter_ids: Sequence[str],
) -> _Fit:
    """Find the body that fits best, the perimeter's own one named so."""
    people = communes["population"].to_numpy(dtype=float)
    if able.empty:
        nothing = np.where(held @ people > 0, 0.0, np.nan)
        return _Fit(nothing, [_NO_BODY] * len(held))
    groups = [frozenset(of_bodies[name]["code_insee"]) for name in able["body_id"]]
    inside = incidence(groups, communes["code_insee"])
    both = (held * people) @ inside.T
    either = (held @ people)[:, None] + (inside @ people) - both
    fit = ratio_pct(both, either)
    best = np.nan_to_num(fit, nan=-1.0).argmax(axis=1)
    ids, names = able["body_id"].to_numpy(), able["name"].to_numpy()
    told = [
        f"{names[b]} : la structure elle-même" if ids[b] == one else str(names[b])
        for b, one in zip(best, perimeter_ids, strict=True)
    ]
    return _Fit(fit.max(axis=1), told)


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
