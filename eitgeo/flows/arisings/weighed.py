"""What clients of weighbridges bring: who they are, where, and to which sums."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.flows.arisings.answers import CONTRIBUTION_COLUMNS, STREAM
from eitgeo.flows.arisings.declared import USED

FIRM, PUBLIC, UNKNOWN = "professionnel", "collectivite", "inconnu"
"""Kinds of clients: of the last, the tickets tell nobody."""

PARTED = "|"
"""Between the parts of an item, and after the client in the name of who brought it."""

_PUBLIC_SIREN = ("1", "2")
_ADMINISTRATION = "84"
_FEWEST = 3
_KG_PER_T = 1000.0


class Period(NamedTuple):
    """Days that tickets cover, both included (ISO)."""

    first: str
    last: str

    def within(self, year: str) -> Period:
        """Keep the days of one year."""
        return Period(max(self.first, f"{year}-01-01"), min(self.last, f"{year}-12-31"))

    def is_year(self) -> bool:
        """Say whether these are the days of one whole year.

        Examples
        --------
        >>> Period("2025-01-01", "2025-12-31").is_year()
        True
        >>> Period("2025-01-01", "2025-06-30").is_year()
        False
        """
        whole = self.first.endswith("-01-01") and self.last.endswith("-12-31")
        return whole and self.first[:4] == self.last[:4]


def weighed_period(
    tickets: pd.DataFrame, first: dt.date | None, last: dt.date | None
) -> Period:
    """Say which days tickets cover: as declared, else from the first to the last."""
    days = tickets["day"]
    return Period(
        first.isoformat() if first else str(days.min()),
        last.isoformat() if last else str(days.max()),
    )


def client_names(tickets: pd.DataFrame, *, known: Collection[str] = ()) -> pd.Series:
    """Name the client of each ticket: those of one SIREN or one number are one.

    ``tickets``: ``siret``, ``client``. ``known``: names given before: a client keeps
    the one that it had. Returns: ``s:`` and a SIREN, or ``c:`` and a number of the
    syndicate; empty where a ticket tells nobody.

    Examples
    --------
    >>> tickets = pd.DataFrame({
    ...     "siret": ["73282932000074", "", "", ""], "client": ["7", "7", "9", ""]})
    >>> client_names(tickets).tolist()
    ['s:732829320', 's:732829320', 'c:9', '']
    """
    siren = ("s:" + tickets["siret"].str[:9]).where(tickets["siret"] != "", "")
    number = ("c:" + tickets["client"].str.casefold()).where(
        tickets["client"] != "", ""
    )
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while above.setdefault(name, name) != name:
            name = above[name]
        return name

    pairs = sorted({*zip(siren, number, strict=True)})
    for one, other in pairs:
        if one and other:
            above[top(one)] = top(other)
    members: dict[str, list[str]] = {}
    for name in sorted({name for pair in pairs for name in pair if name}):
        members.setdefault(top(name), []).append(name)
    before = set(known)
    label: dict[str, str] = {}
    for names in members.values():
        # Names of firms first: « c: » comes before « s: ».
        best = min(names, key=lambda one: (one not in before, one[0] != "s", one))
        label |= dict.fromkeys(names, best)
    first = siren.where(siren != "", number)
    return _found(first, label)


def _found(keys: pd.Series, known: Mapping[Any, str]) -> pd.Series:
    values = [known.get(key, "") for key in keys]
    return pd.Series(values, index=keys.index, dtype="str")


def weighed_rows(
    tickets: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    epci_of: Mapping[str, str],
    public_clients: Collection[str] = (),
    by: str = "epci",
    known: Collection[str] = (),
) -> pd.DataFrame:
    """Say of each ticket whose it is, of what kind, and of which place and year.

    ``tickets``: of `read_weighings`. ``sites``: table ``sites``: the place and the
    activity of a client that it knows. ``epci_of``: commune of the study area → SIREN
    of its EPCI. ``public_clients``: clients (``client``) that are public bodies.
    ``by``: ``epci`` or ``naf``: what ``place`` is. ``known``: as :func:`client_names`
    wants them. Returns: the tickets with ``firm``, ``kind``, ``year``, ``site_id`` and
    ``place`` (empty: not known, or out of the area).

    Notes
    -----
    A SIREN that starts with 1 or 2 is that of a public body (INSEE); division 84 is
    public administration.
    """
    firm_of = sites.drop_duplicates("siret").set_index("siret")
    firm_of = firm_of[firm_of.index != ""]
    names = ("code_insee", "naf", "site_id")
    firms = {name: _found(tickets["siret"], firm_of[name].to_dict()) for name in names}
    code = firms["code_insee"].where(firms["code_insee"] != "", tickets["commune"])
    division = tickets["naf"].where(tickets["naf"] != "", firms["naf"].str[:2])
    place = _found(code, epci_of) if by == "epci" else division
    firm = client_names(tickets, known=known)
    public = {one.casefold() for one in public_clients}
    is_public = (
        tickets["siret"].str.startswith(_PUBLIC_SIREN)
        | division.eq(_ADMINISTRATION)
        | tickets["client"].str.casefold().isin(public)
    )
    # One ticket with a SIRET tells the kind of all those of its client.
    is_public |= firm.ne("") & firm.isin(set(firm[is_public]))
    kind = pd.Series(FIRM, index=tickets.index, dtype="str")
    kind = kind.mask(firm == "", UNKNOWN).mask(is_public, PUBLIC)
    return tickets.assign(
        firm=firm,
        kind=kind,
        year=tickets["day"].str[:4],
        site_id=firms["site_id"],
        place=place.astype("str"),
    )


def weighed_contributions(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum what each client brings to each sum, to the kilogram.

    Returns: as `answer_contributions` gives them: ``epci_siren`` is the place, ``item``
    the kind of clients, the family and the year; ``t`` [t over the period], below 0
    where corrections exceed what was weighed. Who brought two families is two amounts
    that nobody adds up: its name holds the family and the year.
    """
    sound = rows[(rows["place"] != "") & (rows["family"] != "") & (rows["firm"] != "")]
    item = sound["kind"] + PARTED + sound["family"] + PARTED + sound["year"]
    firm = sound["firm"] + PARTED + sound["family"] + PARTED + sound["year"]
    named = sound.assign(
        epci_siren=sound["place"], subject=STREAM, item=item, firm=firm
    )
    groups = named.groupby(CONTRIBUTION_COLUMNS[:-1], sort=True)["mass_kg"]
    sums = groups.agg(exact_t).rename("t").reset_index()
    return sums[sums["t"] != 0].reset_index(drop=True)


def exact_t(mass_kg: pd.Series) -> float:
    """Add masses up [kg] without a rounding, and give tonnes.

    Examples
    --------
    >>> exact_t(pd.Series([0.1] * 10)), exact_t(pd.Series([1e9, 0.1, -1e9]))
    (0.001, 0.0001)
    """
    return round(math.fsum(mass_kg), 3) / _KG_PER_T


def weighed_flows(rows: pd.DataFrame, *, whole_years: Collection[str]) -> pd.DataFrame:
    """Say which outlet takes what the sites of clients bring: table ``outlet_flows``.

    ``whole_years``: years that tickets cover whole: the last one gives ``t`` [t/year].
    Returns: kind ``used``; ``t`` is NaN where no year is whole, or where corrections
    exceed what was weighed: half a year is not made a year.
    """
    key = ["site_id", "waste_code", "outlet_id"]
    known_rows = rows[(rows[key] != "").all(axis=1)]
    last = max(whole_years, default="")
    groups = known_rows[known_rows["year"] == last].groupby(key)["mass_kg"]
    sums = groups.agg(exact_t) if last else pd.Series(dtype=float)
    flows = known_rows[key].drop_duplicates().sort_values(key, ignore_index=True)
    flow_keys = pd.MultiIndex.from_frame(flows)
    known = sums.to_dict()
    t = pd.Series([known.get(one, math.nan) for one in flow_keys], dtype="float64")
    nothing = dict.fromkeys(("tkm", "cost_eur", "kgco2e"), math.nan)
    return flows.assign(kind=USED, t=t.where(t.ge(0)), **nothing)


def outlets_in_use(rows: pd.DataFrame, cell: pd.Series) -> dict[str, list[str]]:
    """List, for each sum, the outlets where three of its clients or more weigh."""
    placed = rows.assign(cell=cell)[rows["outlet_id"].ne("") & cell.ne("")]
    firms = placed.groupby(["cell", "outlet_id"], sort=True)["firm"].nunique()
    outlets_of: dict[str, list[str]] = {}
    for name, outlet in firms[firms >= _FEWEST].index:
        outlets_of.setdefault(str(name), []).append(str(outlet))
    return outlets_of
