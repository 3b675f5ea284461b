"""Who deliberates: counts and overlaps of perimeters with existing bodies.

Which bodies a perimeter meets, wholly or in part, and how far.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError
from eitgeo.exact import at_most
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.scenarios.measures.figures import (
    LIST_TO_CONFIRM,
    TO_CONFIRM,
    Figures,
    bounds_only_figure,
    certain_members,
    figure,
    incidence,
    is_between,
    ratio_pct,
    unconfirmed_bodies,
)
from eitgeo.scenarios.measures.measures import Inputs, measures_indicator
from eitgeo.territory.membership import members_by_body, members_of_epci
from eitgeo.words import french_number

OVERLAP_COLUMNS = [
    "group_id",
    "body_id",
    "cover",
    "n_communes",
    "population",
    "of_group_pct",
    "of_body_pct",
    "jobs_pct",
    "status",
]


@measures_indicator("n_epci", "epci_whole_pct", "n_deliberations", "n_departements")
def council_figures(inputs: Inputs) -> Figures:
    """Count the councils that have to agree, and the people of EPCI held whole.

    An EPCI is whole where all of its ``epci_communes`` are held. A share of the
    population is NaN in a perimeter without inhabitant.
    """
    inside, communes = inputs.held_at_hand, inputs.communes
    by_epci, by_departement = (_by_label(communes[c]) for c in ("epci_siren", "dep"))
    sizes = {siren: len(codes) for siren, codes in members_of_epci(communes).items()}
    n_members = inside @ by_epci.to_numpy()
    is_whole = n_members == np.array([sizes[str(siren)] for siren in by_epci])
    people = (inside * inputs.people) @ by_epci.to_numpy()
    in_whole = (people * is_whole).sum(axis=1)
    n_epci = (n_members > 0).sum(axis=1)
    n_departements = ((inside @ by_departement.to_numpy()) > 0).sum(axis=1)
    return {
        "n_epci": figure(n_epci),
        "epci_whole_pct": figure(ratio_pct(in_whole, inside @ inputs.people)),
        "n_deliberations": figure(n_epci + 1),
        "n_departements": figure(n_departements),
    }


def _by_label(label: pd.Series[str]) -> pd.DataFrame:
    """Lay out which commune (rows) bears which label (columns, sorted)."""
    return pd.get_dummies(label.where(label != ""), dtype=float)


@measures_indicator("n_petr", "n_waste_bodies", "body_fit_pct", "confirmed_pct")
def body_figures(inputs: Inputs) -> Figures:
    """Count the bodies that a perimeter meets, and how far it fits one that exists.

    A body that reaches beyond ``communes`` is never whole and fits nothing, as its
    population is not at hand.
    """
    bodies, waste_bodies = inputs.bodies, inputs.study.comparison.waste_bodies
    _require_waste_bodies(waste_bodies, inputs.of_bodies)
    petr = bodies.loc[bodies["kind"].eq("petr"), "body_id"]
    certain = certain_members(bodies, inputs.of_bodies)
    return {
        "n_petr": _petr_figure(inputs, _listed(petr, inputs.of_bodies, certain)),
        "n_waste_bodies": _waste_figure(
            inputs, _listed(waste_bodies, inputs.of_bodies, certain)
        ),
        "body_fit_pct": _fit_figure(inputs),
        "confirmed_pct": _confirmed_figure(inputs),
    }


def require_at_hand(candidates: Sequence[Candidate], codes: Iterable[str]) -> None:
    """Refuse perimeters with a commune that is not at hand."""
    known = set(codes)
    faults = Faults("périmètres")
    for candidate in candidates:
        for code in sorted(candidate.codes - known):
            fault = (
                f"« {candidate.perimeter_id} » : commune « {code} » hors des données"
            )
            faults.add(fault, remedy="étendre le territoire ou corriger le périmètre")
    faults.raise_if_any(StudyError)


def members_of(
    bodies: pd.DataFrame, membership: pd.DataFrame, on_date: dt.date
) -> dict[str, pd.DataFrame]:
    """Return the members of every body that has some on the date.

    Returns: ``body_id`` → ``code_insee`` and ``status``, sorted.
    """
    known = set(bodies["body_id"])
    members = members_by_body(membership, on_date=on_date)
    return {body: rows for body, rows in members.items() if body in known}


def _require_waste_bodies(
    names: Sequence[str], of_bodies: Mapping[str, pd.DataFrame]
) -> None:
    faults = Faults("comparison.waste_bodies")
    for name in names:
        if name not in of_bodies:
            fault = f"structure inconnue ou sans membre « {name} »"
            faults.add(fault, remedy=hint(name, of_bodies))
    faults.raise_if_any(StudyError)


def _petr_figure(inputs: Inputs, petr: _Listed) -> pd.DataFrame:
    if not petr.listed:
        return figure(np.zeros(len(inputs.candidates)))
    certain, listed = _common(inputs, petr)
    n_certain = np.array([len(one) for one in petr.certain])
    n_listed = np.array([len(one) for one in petr.listed])
    # A list to confirm is never known to be whole.
    sure = (listed == n_listed) & (n_certain == n_listed)
    bounds = sure.sum(axis=1), (listed == n_listed).sum(axis=1)
    counts = bounds_only_figure((certain > 0).sum(axis=1), (listed > 0).sum(axis=1))
    rows = zip(*bounds, is_between(counts), strict=True)
    return counts.assign(note=[_whole_note(*row) for row in rows])


def _whole_note(least: int, most: int, open_: bool) -> str:  # noqa: FBT001 - of a row
    """Say how many are whole, and that a list to confirm leaves it or them open."""
    whole = f"de {least} à {most}" if least < most else str(least)
    tail = f" ; {LIST_TO_CONFIRM}" if open_ or least < most else ""
    return f"dont entiers : {whole}{tail}"


def _waste_figure(inputs: Inputs, waste: _Listed) -> pd.DataFrame:
    inside, people = inputs.held_at_hand, inputs.people
    if not waste.listed:
        return figure(np.full(len(inside), np.nan), "aucun organisme déclaré")
    certain, listed = _common(inputs, waste)
    unknown = ~incidence(waste.listed, inputs.communes["code_insee"]).any(axis=0)
    share = ratio_pct(inside @ (people * unknown), inside @ people)
    doubt = waste.listed != waste.certain
    tail = f" ; appartenance {TO_CONFIRM}" if doubt else ""
    notes = [
        f"organisme non renseigné pour {french_number(value, decimals=0)} % "
        f"de la population{tail}"
        if at_most(HALF_PERCENT, value)
        else tail.removeprefix(" ; ")
        for value in share
    ]
    counts = bounds_only_figure(
        (certain > 0).sum(axis=1), (listed > 0).sum(axis=1), notes
    )
    return counts.assign(doubt_pct=100.0 if doubt else share)


HALF_PERCENT = 0.5


class _Listed(NamedTuple):
    """Bodies by their members: those of the list, and those that are published."""

    listed: list[frozenset[str]]
    certain: list[frozenset[str]]


def _common(inputs: Inputs, bodies: _Listed) -> tuple[np.ndarray, np.ndarray]:
    """Count published, then listed members of each body in each perimeter."""
    codes = inputs.communes["code_insee"]
    share = inputs.held_at_hand.astype(float)
    certain, listed = (
        share @ incidence(groups, codes).T for groups in (bodies.certain, bodies.listed)
    )
    return certain, listed


def _listed(
    names: Iterable[str],
    of_bodies: Mapping[str, pd.DataFrame],
    certain: Mapping[str, frozenset[str]],
) -> _Listed:
    names_kept = [name for name in names if name in of_bodies]
    groups = [frozenset(of_bodies[name]["code_insee"]) for name in names_kept]
    return _Listed(groups, [certain[name] for name in names_kept])


def _fit_figure(inputs: Inputs) -> pd.DataFrame:
    """Compare with published bodies; with lists to confirm too where they fit more."""
    bodies, of_bodies = inputs.bodies, inputs.of_bodies
    known = set(inputs.communes["code_insee"])
    at_hand = [name for name, rows in of_bodies.items() if known >= {*rows.code_insee}]
    able = bodies[bodies["legal_person"] & bodies["body_id"].isin(at_hand)]
    doubtful = able["body_id"].isin(unconfirmed_bodies(bodies, of_bodies))
    if able.empty:
        return figure(np.full(len(inputs.candidates), np.nan), _NO_BODY)
    # A hypothesis about who belongs to a body is no proof that such a body exists.
    sure, supposed = (
        _best_fit(inputs, rows) for rows in (able[~doubtful], able[doubtful])
    )
    most = np.fmax(sure.pct, supposed.pct)
    fit = bounds_only_figure(sure.pct, most)
    return fit.assign(
        note=[
            f"{name} ou, selon sa liste {TO_CONFIRM}, {other}" if open_ else name
            for name, other, open_ in zip(
                sure.names, supposed.names, is_between(fit), strict=True
            )
        ]
    )


_NO_BODY = "aucune structure publiée"


class _Fit(NamedTuple):
    """The body that each perimeter fits best, and how far [%]."""

    pct: np.ndarray
    names: list[str]


def _best_fit(inputs: Inputs, able: pd.DataFrame) -> _Fit:
    """Find the body that fits best, the perimeter's own one named so."""
    rows, people = inputs.held_at_hand, inputs.people
    if able.empty:
        nothing = np.where(rows @ people > 0, 0.0, np.nan)
        return _Fit(nothing, [_NO_BODY] * len(rows))
    members = [inputs.of_bodies[name]["code_insee"] for name in able["body_id"]]
    inside = incidence([*map(frozenset, members)], inputs.communes["code_insee"])
    both = (rows * people) @ inside.T
    either = (rows @ people)[:, None] + (inside @ people) - both
    fit = ratio_pct(both, either)
    best = np.nan_to_num(fit, nan=-1.0).argmax(axis=1)
    ids, names = able["body_id"].to_numpy(), able["name"].to_numpy()
    notes = [
        f"{names[b]} : la structure elle-même"
        if ids[b] == perimeter.perimeter_id
        else str(names[b])
        for b, perimeter in zip(best, inputs.candidates, strict=True)
    ]
    return _Fit(fit.max(axis=1), notes)


def _confirmed_figure(inputs: Inputs) -> pd.DataFrame:
    codes = inputs.communes["code_insee"]
    people = dict(zip(codes, inputs.communes["population"], strict=True))
    total, known = [], []
    for perimeter in inputs.candidates:
        everyone = sum(people[code] for code in perimeter.codes)
        total.append(everyone)
        if perimeter.membership_status == "publie":
            known.append(everyone)
        else:
            rows = inputs.of_bodies[perimeter.perimeter_id]
            sure = rows.loc[rows["status"] == "publie", "code_insee"]
            known.append(sum(people[code] for code in sure))
    return figure(ratio_pct(np.array(known), np.array(total)))


def body_overlaps(
    groups: Mapping[str, frozenset[str]],
    communes: pd.DataFrame,
    *,
    of_bodies: Mapping[str, pd.DataFrame],
    blocks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Measure what groups of communes share with bodies.

    ``communes``: ``code_insee``, ``population``. ``blocks``: released blocks of jobs:
    ``code_insee``, ``block_id``, ``value`` of the block, one row a commune; None: no
    share of jobs. Returns: one row a group and a body that meet: ``group_id``,
    ``body_id``, ``cover`` (``entier``: all communes of the body are in the group,
    ``partie``), ``n_communes``, ``population`` in common, ``of_group_pct`` and
    ``of_body_pct`` [% of the population], ``jobs_pct`` (share of the jobs of the group,
    over blocks that lie whole in each; NaN where there is none), ``status``
    (``a_confirmer`` when a member in common is). A body that reaches beyond
    ``communes`` is never whole, and its share is NaN.

    Examples
    --------
    >>> communes = pd.DataFrame({"code_insee": ["31001", "31002"],
    ...     "population": [100, 300]})
    >>> body = pd.DataFrame({"code_insee": ["31002"], "status": ["publie"]})
    >>> body_overlaps({"p": frozenset(["31001", "31002"])}, communes,
    ...     of_bodies={"b": body})[["cover", "of_group_pct", "of_body_pct"]].to_numpy()
    array([['entier', 75.0, 100.0]], dtype=object)
    """
    people = communes.set_index("code_insee")["population"].astype(float)
    codes_of = {name: frozenset(rows["code_insee"]) for name, rows in of_bodies.items()}
    bodies: dict[str, _Body] = {}
    rows = []
    for group_id, codes in groups.items():
        total = people.reindex(sorted(codes)).sum()
        jobs = np.nan if blocks is None else block_sum(blocks, codes)
        for body_id, members in of_bodies.items():
            both = codes & codes_of[body_id]
            if not both:
                continue
            if body_id not in bodies:
                bodies[body_id] = _body(members, people)
            body = bodies[body_id]
            shared = people.reindex(sorted(both)).sum()
            rows.append(
                {
                    "group_id": group_id,
                    "body_id": body_id,
                    "n_communes": len(both),
                    "population": int(shared),
                    "of_group_pct": _pct(shared, total),
                    "jobs_pct": _jobs_pct(blocks, both, jobs),
                    "cover": "entier" if len(both) == body.n_members else "partie",
                    "of_body_pct": _pct(shared, body.people),
                    "status": "a_confirmer" if both & body.doubtful else "publie",
                }
            )
    return pd.DataFrame(rows, columns=OVERLAP_COLUMNS)


class _Body(NamedTuple):
    """A body: its communes in doubt, its people (NaN where some are beyond)."""

    doubtful: frozenset[str]
    n_members: int
    people: float


def _body(members: pd.DataFrame, people: pd.Series[float]) -> _Body:
    codes = members["code_insee"]
    return _Body(
        doubtful=frozenset(codes[members["status"].ne("publie")]),
        n_members=len(codes),
        people=float(people.reindex(codes).sum(skipna=False)),
    )


def _pct(part: float, whole: float) -> float:
    return float(100 * part / whole) if whole > 0 else float("nan")


def _jobs_pct(
    blocks: pd.DataFrame | None, both: frozenset[str], of_group: float
) -> float:
    if blocks is None:
        return float("nan")
    return _pct(block_sum(blocks, both), of_group)


def block_sum(blocks: pd.DataFrame, codes: frozenset[str]) -> float:
    """Sum the blocks that lie whole in a group of communes."""
    inside = blocks["code_insee"].isin(codes)
    whole = inside.groupby(blocks["block_id"]).all()
    values = blocks.groupby("block_id")["value"].first()
    return float(values[whole].sum())
