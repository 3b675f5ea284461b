"""Who deliberates: counts and overlaps of perimeters with existing bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.territory import members

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from eitgeo.perimeters import Candidate

Figures = dict[str, pd.DataFrame]
"""Indicator → ``value`` (and ``low``, ``high``, ``note``), one row a perimeter."""


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
        Table ``communes`` (study area and buffer: bodies may reach outside).
    bodies, membership
        Tables of the same names.
    on_date
        Date of the membership.
    waste_bodies
        Bodies that treat waste, one hypothesis for each body.

    Returns
    -------
    dict
        Figures of the governance indicators.
    """
    held = _incidence([one.codes for one in candidates], communes["code_insee"])
    people = communes["population"].to_numpy(dtype=float)
    total = held @ people
    epci = _shares(held, communes["epci_siren"])
    deps = _shares(held, communes["dep"])
    of_bodies = {
        str(body): members(membership, str(body), on_date=on_date)
        for body in sorted(set(membership["body_id"]) & set(bodies["body_id"]))
    }
    petr = bodies.loc[bodies["kind"] == "petr", "body_id"]
    whole = held @ np.where(communes["epci_siren"] != "", people, 0.0)
    cut = np.where((epci > 0) & (epci < 1), 1.0, 0.0)
    in_cut = _people_in_cut(held, people, communes["epci_siren"], cut)
    n_epci = (epci > 0).sum(axis=1)
    return {
        "n_epci": figure(n_epci),
        "epci_whole_pct": figure(100 * (whole - in_cut) / total),
        "n_deliberations": figure(n_epci + 1),
        "n_departements": figure((deps > 0).sum(axis=1)),
        "n_petr": _petr_figure(held, communes, [of_bodies[p] for p in petr]),
        "n_waste_bodies": _waste_figure(
            held, communes, [of_bodies[name] for name in waste_bodies]
        ),
        "body_fit_pct": _fit_figure(held, communes, bodies, of_bodies),
        "confirmed_pct": _confirmed_figure(candidates, communes, of_bodies),
    }


def _incidence(groups: Sequence[frozenset[str]], codes: pd.Series[str]) -> np.ndarray:
    index = pd.Index(codes)
    table = np.zeros((len(groups), len(index)), dtype=bool)
    for row, group in enumerate(groups):
        table[row, index.get_indexer(pd.Index(sorted(group)))] = True
    return table


def _shares(held: np.ndarray, label: pd.Series[str]) -> np.ndarray:
    """Share of the communes of each label that each perimeter holds."""
    names = label.where(label != "").astype("category").cat
    one_hot = (
        names.codes.to_numpy()[:, None] == np.arange(len(names.categories))
    ) * 1.0
    return (held @ one_hot) / one_hot.sum(axis=0)


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
    inside = _incidence(
        [frozenset(p["code_insee"]) for p in petr], communes["code_insee"]
    )
    common = held.astype(float) @ inside.T
    whole = (common == inside.sum(axis=1)).sum(axis=1)
    return figure((common > 0).sum(axis=1), [f"dont entiers : {n}" for n in whole])


def _waste_figure(
    held: np.ndarray, communes: pd.DataFrame, waste: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    people = communes["population"].to_numpy(dtype=float)
    if not waste:
        return figure(np.full(len(held), np.nan), "aucun organisme déclaré")
    inside = _incidence(
        [frozenset(w["code_insee"]) for w in waste], communes["code_insee"]
    )
    unknown = ~inside.any(axis=0)
    share = 100 * (held @ (people * unknown)) / (held @ people)
    doubt = any((w["status"] != "publie").any() for w in waste)
    tail = " ; appartenance à confirmer" if doubt else ""
    notes = [
        f"organisme non renseigné pour {value:.0f} % de la population{tail}"
        if value >= HALF_PERCENT
        else tail.removeprefix(" ; ")
        for value in share
    ]
    return figure(((held.astype(float) @ inside.T) > 0).sum(axis=1), notes)


HALF_PERCENT = 0.5


def _fit_figure(
    held: np.ndarray,
    communes: pd.DataFrame,
    bodies: pd.DataFrame,
    of_bodies: dict[str, pd.DataFrame],
) -> pd.DataFrame:
    legal = bodies[bodies["legal_person"] & bodies["body_id"].isin(list(of_bodies))]
    if legal.empty:
        return figure(np.full(len(held), np.nan), "aucune structure déclarée")
    groups = [frozenset(of_bodies[name]["code_insee"]) for name in legal["body_id"]]
    inside = _incidence(groups, communes["code_insee"])
    people = communes["population"].to_numpy(dtype=float)
    both = (held * people) @ inside.T
    either = (held @ people)[:, None] + (inside @ people) - both
    fit = 100 * both / either
    names, doubt = legal["name"].to_numpy(), (legal["status"] != "publie").to_numpy()
    best = fit.argmax(axis=1)
    notes = [f"{names[b]}{' (à confirmer)' if doubt[b] else ''}" for b in best]
    return figure(fit.max(axis=1), notes)


def _confirmed_figure(
    candidates: list[Candidate],
    communes: pd.DataFrame,
    of_bodies: dict[str, pd.DataFrame],
) -> pd.DataFrame:
    people = communes.set_index("code_insee")["population"]
    values = []
    for one in candidates:
        total = people[sorted(one.codes)].sum()
        if one.membership_status == "publie":
            values.append(100.0)
            continue
        rows = of_bodies[one.perimeter_id]
        sure = rows.loc[rows["status"] == "publie", "code_insee"]
        values.append(100 * people[sure].sum() / total)
    return figure(np.array(values))
