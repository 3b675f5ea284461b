"""What firms declare, in the words of the form, as the tables of the package.

Observed beats estimated: what a firm says of a category of waste stands in place of
what a ratio says of it; of its other categories the ratio still speaks, for a firm
declares what it would like to exchange, not all that it throws away.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from eitgeo.check import require_columns
from eitgeo.reference.survey import (
    declared_mass_t,
    has_mass,
    survey_natures,
    survey_outcomes,
)
from eitgeo.reference.waste import low_ewc

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

    ``masses``: as :func:`declared_masses` returns them. Returns: table ``arisings``,
    method ``survey``: what is there every year, weighs, is of a known category and
    neither hazardous nor without a site. Resources of one code at one site are added
    up; the class is the worst.
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
