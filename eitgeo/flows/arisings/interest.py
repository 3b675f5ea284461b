"""Interest that firms express by signing up: counted, never firm by firm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from eitgeo.flows.arisings.declared import place_of_firm
from eitgeo.reference.naf import in_divisions, naf_divisions

if TYPE_CHECKING:
    Groups = list[tuple[tuple[str, ...], int]]

FEWEST = 3
"""Firms below which a count is not told by itself."""

UNKNOWN = "non précisé"


class Interest(NamedTuple):
    """Firms that signed up.

    ``n_firms``: how many; those outside the study area among them. ``n_target``: how
    many are sites that the study wants to mobilise. ``n_targets``: how many such sites
    there are. ``by_epci``, ``by_sector``: groups (one name, or several put together)
    and their counts, each zero or at least three unless all is one group.
    """

    n_firms: int
    n_target: int
    n_targets: int
    by_epci: list[tuple[tuple[str, ...], int]]
    by_sector: list[tuple[tuple[str, ...], int]]


def expressed_interest(
    declarations: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    epci_of: Mapping[str, str],
    target_naf: Sequence[str],
    min_headcount: float,
) -> Interest:
    """Count the firms that signed up, by EPCI and by sector of activity.

    ``sites``: table ``sites``: place and activity of a firm that it knows. ``epci_of``:
    commune of the study area → EPCI. ``target_naf``, ``min_headcount``: what makes a
    site to mobilise, as in the study. Returns: counts, guarded by :func:`put_together`.
    """
    rows = declarations.drop_duplicates("siret")
    firms = rows.assign(place=place_of_firm(rows, sites)).set_index("siret")
    known = sites[sites["siret"] != ""].drop_duplicates("siret").set_index("siret")
    naf = firms["naf"].where(firms["naf"] != "", None)
    naf = naf.fillna(known["naf"].reindex(firms.index)).fillna("").astype("str")
    local = sites[sites["code_insee"].isin(list(epci_of))]
    wanted = local[
        in_divisions(local["naf"], target_naf)
        & local["headcount_low"].ge(min_headcount)
    ]
    sections = naf_divisions()["section"]
    return Interest(
        n_firms=len(firms),
        n_target=int(firms.index.isin(set(wanted["siret"])).sum()),
        n_targets=len(wanted),
        by_epci=put_together(_counts(firms["place"].map(epci_of), epci_of.values())),
        by_sector=put_together(_counts(naf.str[:2].map(sections), ())),
    )


def _counts(names: pd.Series[str], every: Iterable[str]) -> dict[str, int]:
    counts = names.fillna(UNKNOWN).value_counts().to_dict()
    listed: dict[str, int] = dict.fromkeys(sorted(set(every)), 0)
    return listed | {str(name): int(n) for name, n in counts.items()}


def put_together(counts: Mapping[str, int]) -> list[tuple[tuple[str, ...], int]]:
    """Put small counts together until none tells of fewer than three firms.

    Notes
    -----
    The total is told too, so one small count left out would be a difference: small
    ones go together, with the next smallest where that is not enough.

    Examples
    --------
    >>> put_together({"a": 7, "b": 2, "c": 5, "d": 0})
    [(('a',), 7), (('c', 'b'), 7), (('d',), 0)]
    """
    order = sorted(counts, key=lambda name: (-counts[name], name))
    large = [name for name in order if counts[name] >= FEWEST]
    small = [name for name in order if 0 < counts[name] < FEWEST]
    while small and large and sum(counts[name] for name in small) < FEWEST:
        small.insert(0, large.pop())
    groups: Groups = [((name,), counts[name]) for name in large]
    if small:
        groups.append((tuple(small), sum(counts[name] for name in small)))
    return groups + [((name,), 0) for name in order if counts[name] == 0]
