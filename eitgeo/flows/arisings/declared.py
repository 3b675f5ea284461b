"""What firms declare, sign up for and bring to weighbridges, as tables.

Observed beats estimated: what a firm says of a category of waste stands in place of
what a ratio says of it; of its other categories the ratio still speaks, for a firm
declares what it would like to exchange, not all that it throws away.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.check import require_columns
from eitgeo.reference.naf import in_divisions, naf_divisions
from eitgeo.reference.survey import (
    declared_mass_t,
    has_mass,
    survey_natures,
    survey_outcomes,
)
from eitgeo.reference.waste import low_ewc

type Groups = list[tuple[tuple[str, ...], int]]

MASS_COLUMNS = ["t_low", "t_mid", "t_high"]
METHOD = "survey"
USED = "used"
ELSEWHERE = "hors"
"""Commune of a firm that is not in the list of the form."""
UNPLACED = ""
"""Site of a firm that stands in no table of sites."""

_TYPES: dict[str, Any] = {
    "waste_code": "str",
    "ewc_stat": "str",
    "stream": "str",
    **dict.fromkeys(MASS_COLUMNS, float),
    "one_off": bool,
    "evidence": "str",
    "assumption": "str",
}
_STREAMS = ("NDNI", "INERT")
_NO_CATEGORY = "NA"
_MONTHS = 12
_WORST_FIRST = "HSO"
_M_PER_KM = 1000.0
_SHORTEST_WORD = 4
_BURIED = "enfoui"
_LANDFILLS = ("isdnd", "isdi")
_PLAIN_WORDS = frozenset(
    {
        "centre",
        "dangereux",
        "decharge",
        "dechets",
        "depot",
        "enfouissement",
        "inertes",
        "installation",
        "isdd",
        "isdi",
        "isdnd",
        "non",
        "plateforme",
        "saint",
        "sainte",
        "service",
        "services",
        "site",
        "stockage",
        "syndicat",
        "traitement",
        "transfert",
        "unite",
        "valorisation",
    }
)
"""Words that say what an outlet is, not which."""


def site_of_firm(declarations: pd.DataFrame, sites: pd.DataFrame) -> pd.Series[str]:
    """Find the site of each declaration.

    ``declarations``: ``siret``, ``commune``. ``sites``: ``site_id``, ``siret``,
    ``code_insee``. Returns: ``site_id`` on the index of `declarations`; empty where no
    site bears the SIRET. Of several, that of the commune declared, then the first by
    name.
    """
    require_columns(sites, ["site_id", "siret", "code_insee"], where="sites")
    rows = declarations[["siret", "commune"]].rename_axis("at").reset_index()
    pairs = rows.merge(sites[["site_id", "siret", "code_insee"]], on="siret")
    elsewhere = pairs["commune"] != pairs["code_insee"]
    best = pairs.assign(elsewhere=elsewhere).sort_values(["at", "elsewhere", "site_id"])
    first = best.drop_duplicates("at").set_index("at")["site_id"]
    site_ids = first.reindex(declarations.index).fillna(UNPLACED)
    return site_ids.astype("str").rename("site_id")


def place_of_firm(declarations: pd.DataFrame, sites: pd.DataFrame) -> pd.Series[str]:
    """Find the commune of each declaration.

    ``declarations``: ``siret``, ``commune`` (INSEE code, ``hors``, or empty: the form
    does not ask it of everyone). ``sites``: ``site_id``, ``siret``, ``code_insee``.
    Returns: INSEE code of the site, else that declared, on the index of `declarations`;
    empty where neither tells it.
    """
    codes = sites.set_index("site_id")["code_insee"]
    known = site_of_firm(declarations, sites).map(codes)
    own = declarations["commune"]
    places = known.where(known.notna(), own.mask(own == ELSEWHERE, ""))
    return places.astype("str").rename("code_insee")


def declared_masses(declarations: pd.DataFrame) -> pd.DataFrame:
    """Turn each declared resource into tonnes and a category of waste.

    ``declarations``: table of the same name; rows without a resource are left out.
    Returns: on the index of `declarations`: ``waste_code`` (that of the firm, else of
    the nature), ``ewc_stat`` and ``stream`` (empty: hazardous, or none), ``t_low``,
    ``t_mid``, ``t_high`` [t/year, or t where ``one_off``; NaN where the quantity has no
    mass], ``one_off``, ``evidence``, ``assumption`` (French).

    Notes
    -----
    See `declared_mass_t` for the conversion. A waste code that
    the package does not know has the category of the nature that the firm chose.
    """
    declared = declarations[declarations["resource_id"] != ""]
    rows = [_mass(row) for row in declared.to_dict("records")]
    return pd.DataFrame(rows, columns=list(_TYPES), index=declared.index).astype(_TYPES)


def available_months(start: str, end: str) -> int:
    """Count the months in which a resource is there, both ends included.

    Examples
    --------
    >>> available_months("11", "03"), available_months("04", "04")
    (5, 1)
    >>> available_months("", "")
    12
    """
    if not start or not end:
        return _MONTHS
    return (int(end) - int(start)) % _MONTHS + 1


def _mass(row: dict[Any, Any]) -> dict[str, Any]:
    nature = survey_natures().loc[row["nature"]]
    code = row["code_dechet"] or str(nature["waste_code"])
    ewc_stat, stream = _category(code, str(nature["ewc_stat"]), nature["waste_code"])
    figures: dict[str, Any] = {
        "waste_code": code,
        "ewc_stat": ewc_stat,
        "stream": stream,
        "one_off": row["periode"] == "une_fois",
        "evidence": "O",
        "assumption": "aucune masse ne se déduit de cette quantité",
    }
    if not has_mass(row["nature"], row["unite"]):
        return figures
    mass = declared_mass_t(
        row["quantite"],
        row["unite"],
        nature=row["nature"],
        period=row["periode"],
        n_months=available_months(row["mois_debut"], row["mois_fin"]),
    )
    return figures | {
        "t_low": mass.low_t,
        "t_mid": mass.mid_t,
        "t_high": mass.high_t,
        "one_off": mass.one_off,
        "evidence": mass.evidence,
        "assumption": mass.assumption,
    }


def _category(code: str, ewc_stat: str, usual: str) -> tuple[str, str]:
    """Return category and stream of a waste code, else those of the nature."""
    known = low_ewc().set_index("waste_code")[["ewc_stat", "stream"]]
    if code in known.index:
        return str(known.loc[code, "ewc_stat"]), str(known.loc[code, "stream"])
    if code.endswith("*"):
        return ewc_stat, ""
    return ewc_stat, str(known["stream"].get(usual, ""))


def survey_arisings(
    declarations: pd.DataFrame, masses: pd.DataFrame, *, sites: pd.DataFrame
) -> pd.DataFrame:
    """Turn resources that firms have into observed arisings.

    Returns: table ``arisings``, method ``survey``: what is there every year, weighs, is
    of a known category and neither hazardous nor without a site. Resources of one code
    at one site are added up; the class is the worst.
    """
    rows = _placed(declarations, masses, sites=sites, sens="disponible")
    lots = rows[
        rows["t_mid"].notna()
        & ~_is_once(rows)
        & rows["stream"].isin(_STREAMS)
        & (rows["ewc_stat"] != _NO_CATEGORY)
    ]
    key = ["site_id", "waste_code", "stream", "ewc_stat"]
    # A site that gives one code two categories keeps the first: the key is the code.
    single = lots.assign(ewc_stat=lots.groupby(key[:3])["ewc_stat"].transform("first"))
    return _summed(single, key)


def survey_needs(
    declarations: pd.DataFrame, masses: pd.DataFrame, *, sites: pd.DataFrame
) -> pd.DataFrame:
    """List the resources that firms look for.

    Returns: table ``needs``; ``resource`` is a nature of `survey_natures`; NaN tonnes
    where it has no mass, or is looked for once.
    """
    rows = _placed(declarations, masses, sites=sites, sens="recherchee")
    once = _is_once(rows)
    yearly = rows.assign(resource=rows["nature"])
    yearly[MASS_COLUMNS] = yearly[MASS_COLUMNS].mask(once)
    return _summed(yearly, ["site_id", "resource"])


def _placed(
    declarations: pd.DataFrame,
    masses: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    sens: str,
) -> pd.DataFrame:
    wanted = declarations[declarations["sens"] == sens]
    names = ["siret", "commune", "nature", "devenir", "devenir_precision"]
    rows = wanted[[*names, "distance_km"]].join(masses)
    rows = rows.assign(site_id=site_of_firm(wanted, sites))
    return rows[rows["site_id"] != UNPLACED]


def _is_once(rows: pd.DataFrame) -> pd.Series[bool]:
    # A table without a row loses the type of its columns in a join.
    return rows["one_off"].astype(bool)


def _summed(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    groups = rows.groupby(key)
    sums = groups[MASS_COLUMNS].sum(min_count=1)
    worst = groups["evidence"].agg(lambda held: min(held, key=_WORST_FIRST.index))
    table = sums.assign(evidence=worst.astype("str") if len(sums) else "")
    return table.reset_index().assign(method=METHOD)


def prefer_observed(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Keep, for each site and category of waste, the best source that speaks of it.

    ``parts``: tables ``arisings``, the most trusted first: survey, declaration, ratio.
    Returns: table ``arisings``: the rows of a part whose site, stream and category no
    earlier part tells of.

    Notes
    -----
    Whether the declared mass is larger or smaller does not matter: it was observed.

    Examples
    --------
    >>> ratio = pd.DataFrame({"site_id": ["a", "a"], "stream": ["NDNI"] * 2,
    ...     "ewc_stat": ["W075", "W072"], "t_mid": [800.0, 5.0]})
    >>> survey = ratio.iloc[:1].assign(t_mid=46.0)
    >>> prefer_observed([survey, ratio])["t_mid"].tolist()
    [46.0, 5.0]
    """
    key = ["site_id", "stream", "ewc_stat"]
    parts_kept: list[pd.DataFrame] = []
    seen: set[tuple[str, ...]] = set()
    for part in parts:
        keys = list(part[key].itertuples(index=False, name=None))
        is_new = np.array([one not in seen for one in keys], dtype=bool)
        parts_kept.append(part[is_new])
        seen |= set(keys)
    # An empty part would make the types of the others vague.
    filled = [part for part in parts_kept if len(part)]
    return pd.concat(filled or parts_kept[:1], ignore_index=True)


def used_outlets(
    declarations: pd.DataFrame,
    masses: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    outlets: pd.DataFrame,
    od_matrix: pd.DataFrame,
) -> pd.DataFrame:
    """Say which outlet takes what firms throw away today.

    ``outlets``: table ``outlets``: an outlet is known by its name or one of its
    aliases. ``od_matrix``: pairs by truck, for the length where the firm states none.
    Returns: table ``outlet_flows``, kind ``used``: ``t`` [t/year], ``tkm`` one way,
    full [t·km/year]; NaN where unknown, as are cost and emissions. An outlet that no
    name fits is left out: what the firm wrote stays in the private table.
    """
    rows = _placed(declarations, masses, sites=sites, sens="disponible")
    leaves = survey_outcomes()["leaves_site"]
    rows = rows[rows["devenir"].map(leaves).fillna(value=False).astype(bool)]
    rows = rows.assign(
        outlet_id=named_outlets(rows, outlets),
        t=rows["t_mid"].mask(_is_once(rows)),
    )
    rows = rows[(rows["outlet_id"] != "") & (rows["waste_code"] != "")]
    codes = sites.set_index("site_id")["code_insee"]
    length_km = rows["distance_km"].fillna(
        _road_km(rows["site_id"].map(codes), rows["outlet_id"], od_matrix)
    )
    key = ["site_id", "waste_code", "outlet_id"]
    sums = (
        rows.assign(tkm=rows["t"] * length_km)
        .groupby(key)[["t", "tkm"]]
        .sum(min_count=1)
        .reset_index()
    )
    return sums.assign(kind=USED, cost_eur=np.nan, kgco2e=np.nan)


def _road_km(
    origins: pd.Series[str], outlets: pd.Series[str], od_matrix: pd.DataFrame
) -> pd.Series[float]:
    usable = od_matrix[
        od_matrix["status"].isin(["ok", "same_place"])
        & od_matrix["profile"].eq("truck")
        & od_matrix["destination_id"].isin(set(outlets))
    ]
    pairs = usable.drop_duplicates(["origin_id", "destination_id"])
    lengths = pairs.set_index(["origin_id", "destination_id"])["length_m"] / _M_PER_KM
    wanted = pd.MultiIndex.from_arrays([origins, outlets])
    return pd.Series(lengths.reindex(wanted).to_numpy(dtype=float), index=origins.index)


def named_outlets(declarations: pd.DataFrame, outlets: pd.DataFrame) -> pd.Series[str]:
    """Find the outlet that each firm names.

    ``declarations``: ``devenir_precision``, as the firm wrote it, and ``devenir``, an
    outcome of `survey_outcomes`. ``outlets``: ``outlet_id``, ``name``, ``aliases``
    (``;``), ``kind``. Returns: ``outlet_id`` on the index of `declarations`; empty
    where none is told, or more than one.

    Notes
    -----
    First by the name or an alias, but for case, accents and punctuation. Then, where
    the outcome is a landfill, by a word of the name that no other outlet bears: « Les
    Landes » with « enfoui » is the landfill of that name; with « repris par un
    prestataire » it may be anybody there.
    """
    whole, by_word = _bearers(outlets)
    kinds = dict(zip(outlets["outlet_id"], outlets["kind"], strict=True))
    outlet_ids = []
    for text, outcome in zip(
        declarations["devenir_precision"], declarations["devenir"], strict=True
    ):
        exact = whole.get("".join(_words(text)), set())
        alike = set().union(*(by_word.get(word, set()) for word in _words(text)))
        landfills = {one for one in alike if kinds[one] in _LANDFILLS}
        fit = exact or (landfills if outcome == _BURIED else set())
        outlet_ids.append(next(iter(fit)) if len(fit) == 1 else "")
    return pd.Series(outlet_ids, index=declarations.index, dtype="str")


def _bearers(
    outlets: pd.DataFrame,
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return who bears each whole name, and each word that one outlet alone bears."""
    whole: dict[str, set[str]] = {}
    by_word: dict[str, set[str]] = {}
    for outlet in outlets[["outlet_id", "name", "aliases"]].to_dict("records"):
        names = (outlet["name"], *outlet["aliases"].split(";"))
        for name in (*names, outlet["outlet_id"]):
            if name:
                whole.setdefault("".join(_words(name)), set()).add(outlet["outlet_id"])
        for word in set(_words(outlet["name"])) - _PLAIN_WORDS:
            if len(word) >= _SHORTEST_WORD and not word.isdigit():
                by_word.setdefault(word, set()).add(outlet["outlet_id"])
    single = {word: ids for word, ids in by_word.items() if len(ids) == 1}
    return whole, single


def _words(name: str) -> list[str]:
    straight = unicodedata.normalize("NFKD", name.replace("’", "'"))
    plain = straight.encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain.casefold())


FEWEST = 3
"""Firms below which a count is not told by itself."""

NOT_SAID = "non précisé"


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
    counts = names.fillna(NOT_SAID).value_counts().to_dict()
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


SIGNED_UP, STREAM, OUTLET = "inscrites", "flux", "exutoire"
"""Subjects: firms registered, waste by stream, kind of outlet in use."""

EVERYONE = ""
"""Item of the firms registered."""

HAZARDOUS = "DANGEREUX"
_ANSWERED_STREAMS = ("NDNI", "INERT", HAZARDOUS)
_UNTOLD = "ne_sait_pas"
_AVAILABLE, _ONCE = "disponible", "one_off"
CONTRIBUTION_COLUMNS = ["epci_siren", "subject", "item", "firm", "t"]


def answer_contributions(
    declarations: pd.DataFrame,
    masses: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    epci_of: Mapping[str, str],
) -> pd.DataFrame:
    """List what each firm brings to each sum of answers.

    ``sites``: table ``sites``: the place of a firm that it knows. ``epci_of``: commune
    of the study area → SIREN of its EPCI; answers from elsewhere are in no sum.
    Returns: ``epci_siren``, ``subject``, ``item``, ``firm`` (SIREN: several sites are
    one firm), ``t``, each but the last once, sorted. ``inscrites``: who signed up;
    ``flux``: waste of every year by stream [t/year]; ``exutoire``: what becomes of it.
    NaN where only firms are counted.
    """
    epci = place_of_firm(declarations, sites).map(epci_of)
    rows = declarations.assign(
        epci_siren=epci, firm=declarations["siret"].str[:9], item=EVERYONE
    ).dropna(subset="epci_siren")
    available = rows[rows["sens"] == _AVAILABLE].join(masses)
    outcome = available.assign(item=available["devenir"])
    parts = [
        rows.assign(subject=SIGNED_UP, t=float("nan")),
        _waste(available).assign(subject=STREAM, t=lambda table: table["t_mid"]),
        outcome[~outcome["item"].isin(["", _UNTOLD])].assign(
            subject=OUTLET, t=float("nan")
        ),
    ]
    key = CONTRIBUTION_COLUMNS[:-1]
    every = pd.concat(
        [part[CONTRIBUTION_COLUMNS] for part in parts if len(part)]
        or [pd.DataFrame(columns=CONTRIBUTION_COLUMNS)]
    )
    sums = every.groupby(key, sort=True)["t"].sum(min_count=1)
    return sums.reset_index()


def _waste(given: pd.DataFrame) -> pd.DataFrame:
    """Keep the waste of every year that weighs, with its stream."""
    hazardous = given["waste_code"].str.endswith("*").fillna(value=False)
    item = given["stream"].mask(hazardous.astype(bool), HAZARDOUS)
    every_year = ~given[_ONCE].astype(bool)
    kept = given["t_mid"].gt(0) & every_year & item.isin(_ANSWERED_STREAMS)
    return given.assign(item=item)[kept]


FIRM, PUBLIC, UNKNOWN = "professionnel", "collectivite", "inconnu"
"""Kinds of clients: of the last, the tickets tell nobody."""

PARTED = "|"
"""Between the parts of an item of weighings."""

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


def client_names(tickets: pd.DataFrame) -> pd.Series:
    """Name the client of each ticket: those of one SIREN or one number are one.

    ``tickets``: ``siret``, ``client``. Returns: ``s:`` and a SIREN, or ``c:`` and a
    number of the syndicate; empty where a ticket tells nobody.

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
    label: dict[str, str] = {}
    for names in members.values():
        # Names of firms first: « c: » comes before « s: ».
        best = min(names, key=lambda one: (one[0] != "s", one))
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
) -> pd.DataFrame:
    """Say of each ticket whose it is, of what kind, and of which place and year.

    ``sites``: table ``sites``: the place and the activity of a client that it knows.
    ``epci_of``: commune of the study area → SIREN of its EPCI. ``public_clients``:
    clients (``client``) that are public bodies. ``by``: ``epci`` or ``naf``: what
    ``place`` is. Returns: the tickets with ``firm``, ``kind``, ``year``, ``site_id``
    and ``place`` (empty: not known, or out of the area).

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
    firm = client_names(tickets)
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
    where corrections exceed what was weighed.
    """
    sound = rows[(rows["place"] != "") & (rows["family"] != "") & (rows["firm"] != "")]
    item = sound["kind"] + PARTED + sound["family"] + PARTED + sound["year"]
    named = sound.assign(epci_siren=sound["place"], subject=STREAM, item=item)
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
