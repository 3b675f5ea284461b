"""Rules of exchange and of shared services, and what each family of them asks for.

The files name activities by prefix (``10``, ``10.5``, ``10.51C``), the coarsest that is
true; readers see sub-classes, so that a rule meets a site by equality.
"""

from __future__ import annotations

from functools import cache
from itertools import product

import pandas as pd

from eitgeo.reference.naf import ANY_ACTIVITY, expand_activities, naf_divisions
from eitgeo.reference.shipped import prepared, shipped_table
from eitgeo.reference.waste import low_ewc

_NOBODY = "aucun"
"""In the place of a list of takers: an activity that has no use for the matter."""

_FAMILY_NAMES = {
    "bois": "Bois",
    "caoutchouc": "Caoutchouc",
    "cendres_laitiers": "Cendres et laitiers",
    "chaleur": "Chaleur",
    "chimie": "Chimie",
    "co2": "CO2",
    "eau": "Eau",
    "electronique": "Électronique",
    "energie_dechet": "Énergie des déchets",
    "gaz": "Gaz",
    "inertes": "Inertes",
    "metal": "Métaux",
    "mutualisation": "Mutualisation",
    "organique": "Matières organiques",
    "papier_carton": "Papiers et cartons",
    "papier_pate": "Papier et pâte",
    "plastique": "Plastiques",
    "textile": "Textiles",
    "verre": "Verre",
}
_DISTANCES = ["dist_typ_km", "dist_max_km"]
_DOT_AT = 2
_BEHIND = ("naf_subclasses.csv", "taker_lists.csv")
"""What rules of both kinds are read with."""


def family_name(family: str) -> str:
    """Write a family of rules as readers do.

    Examples
    --------
    >>> family_name("papier_pate")
    'Papier et pâte'
    """
    return _FAMILY_NAMES.get(family, family.replace("_", " ").capitalize())


@prepared("synergies.csv", *_BEHIND, "attested_exchanges.csv", "low_ewc.csv")
def synergy_rules() -> pd.DataFrame:
    """Return the rules of synergy: who gives what to whom, how far, under what.

    Returns: one row a rule: ``rule_id``, ``synergy_type``, ``family``, ``source_naf``
    and ``target_naf`` (``;`` lists of NAF rév. 2 sub-classes, ``*`` = any),
    ``taker_naf`` (those of ``target_naf`` that :func:`taker_lists` lets take in
    figures; empty: a lead without a taker), ``low_code`` (empty: energy, water, gas,
    service), ``ewc_stat``, ``dist_typ_km`` and ``dist_max_km`` [km by road],
    ``regulatory_gate``, ``confidence`` (A, B, C), ``weighs_ratio`` (``oui``: the
    residue makes its category up, so that a waste ratio tells its tonnes; ``non``: it
    is a part of it, « non chiffrée » until it is declared under its code or known as a
    by-product), ``status``, ``evidence``, ``attested_by`` (``;`` list of published
    exchanges, as :func:`attesting` finds them), and the other columns of the file, as
    text; ``avoided_kgco2e_per_t`` is empty where it is « non chiffrée ».

    Notes
    -----
    Most rules are general knowledge of a sector, class H, to be checked with the firm
    before anything is promised: an exchange that a rule proposes is a potential.
    """
    rules = _rules("synergies.csv")
    return rules.assign(attested_by=rules["rule_id"].map(_attested_by()).fillna(""))


def supported_first(rules: pd.DataFrame) -> pd.DataFrame:
    """Put rules that a source or a published exchange supports before general ones."""
    is_general = rules["evidence"].eq("H") & rules["attested_by"].eq("")
    return pd.concat([rules[~is_general], rules[is_general]], ignore_index=True)


def attested_exchanges() -> pd.DataFrame:
    """Return exchanges that were published, each on a page that was read.

    Returns: one row an exchange: ``exchange_id``, ``source_naf`` and ``target_naf``
    (our coding of who gave and took), ``residue``, ``low_code`` and ``family`` (our
    coding), ``use``, ``place_name``, ``country``, then where it is told: ``author``,
    ``title``, ``year``, ``place`` (in the page), ``url``.
    """
    return shipped_table("attested_exchanges.csv")


def attesting(exchanges: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Match exchanges with the rules that propose them: ``exchange_id``, ``rule_id``.

    Notes
    -----
    A rule proposes an exchange when they have an activity in common at either end
    and the same waste code; where no rule has the code, when their residues are of
    one category and of one chapter of the list of wastes.
    """
    proposed = _coded(rules.rename(columns={"low_code": "rule_code"}), "rule_code")
    coded_exchanges = _coded(exchanges, "low_code")
    ends = ["source_naf", "target_naf"]
    key = ["ewc_stat", "chapter"]
    pairs = coded_exchanges[["exchange_id", "low_code", *key, *ends]].merge(
        proposed[["rule_id", "rule_code", *key, *ends]],
        on=key,
        suffixes=("", "_rule"),
    )
    meets = [
        all(_in_common(row[end], row[f"{end}_rule"]) for end in ends)
        for row in pairs.to_dict("records")
    ]
    matched = pairs[meets]
    is_same = matched["low_code"].eq(matched["rule_code"])
    has_same = is_same.groupby(matched["exchange_id"]).transform("any")
    return matched.loc[is_same | ~has_same, ["exchange_id", "rule_id"]]


def _coded(table: pd.DataFrame, code: str) -> pd.DataFrame:
    """Say the category and the chapter of each waste code."""
    categories = low_ewc().set_index("waste_code")["ewc_stat"]
    chapter = table[code].str[:2]
    return table.assign(ewc_stat=table[code].map(categories), chapter=chapter)


def _in_common(codes: str, listed: str) -> bool:
    named = set(listed.split(";"))
    return ANY_ACTIVITY in named or not named.isdisjoint(codes.split(";"))


@cache
def _attested_by() -> pd.Series[str]:
    pairs = attesting(attested_exchanges(), _rules("synergies.csv"))
    by_rule = pairs.sort_values(["rule_id", "exchange_id"]).groupby("rule_id")
    return by_rule["exchange_id"].agg(";".join)


@prepared("mutualisation_rules.csv", *_BEHIND)
def mutualisation_rules() -> pd.DataFrame:
    """Return the rules of shared services: what sites of one want may have together.

    Notes
    -----
    They join sites of the same want, not a giver and a taker: none is an exchange.
    """
    table = _rules("mutualisation_rules.csv")
    return table.assign(fewest_sites=table["fewest_sites"].astype(int))


def _rules(name: str) -> pd.DataFrame:
    table = shipped_table(name, numbers=_DISTANCES)
    takers = map(_takers, table["target_naf"], table["ewc_stat"])
    # Where a source tells the pairing, its receivers stand as the rule names them.
    table["taker_naf"] = table["target_naf"].where(table["evidence"] != "H", [*takers])
    for end in ("source_naf", "target_naf", "taker_naf"):
        table[end] = table[end].map(expand_activities)
    return table


def taker_lists() -> pd.DataFrame:
    """Return which activities of a broad prefix really use a category as an input.

    Returns: one row a prefix and ``;`` list of categories: ``naf_prefix`` (as rules
    write it), ``ewc_stats`` (``*``: all others), ``takers`` (``;`` list of narrower
    prefixes, or ``aucun``), ``reason`` (French), ``status``, ``evidence``.

    Notes
    -----
    A prefix whose every row says ``aucun`` takes nothing, however narrowly a rule
    names it: builders, schools, town halls, and whoever merely has buildings.
    """
    return shipped_table("taker_lists.csv")


@cache
def _taker_rows() -> tuple[dict[tuple[str, str], str], tuple[str, ...]]:
    """Return takers by prefix and category, and the prefixes that take nothing."""
    table = taker_lists()
    table = table.assign(ewc_stat=table["ewc_stats"].str.split(";")).explode("ewc_stat")
    keys = zip(table["naf_prefix"], table["ewc_stat"], strict=True)
    is_none = table["takers"].eq(_NOBODY).groupby(table["naf_prefix"]).all()
    return dict(zip(keys, table["takers"], strict=True)), tuple(is_none[is_none].index)


def _takers(written: str, ewc_stat: str) -> str:
    """Narrow a list of prefixes to those that use a category.

    Examples
    --------
    >>> _takers("16;42.11Z;17.12Z", "W075")
    '16.21Z;16.24Z;16.29Z;aucun;17.12Z'
    """
    lists, nobody = _taker_rows()
    return ";".join(
        _NOBODY
        if prefix.startswith(nobody)
        else lists.get((prefix, ewc_stat), lists.get((prefix, ANY_ACTIVITY), prefix))
        for prefix in written.split(";")
    )


def process_sheets() -> pd.DataFrame:
    """Return what a study says of each process before anyone is called.

    Returns: indexed by ``sheet_id``: ``title``, ``rule_families`` (``;`` list of
    families of :func:`synergy_rules`), ``principle``, ``least_low`` and ``least_high``
    [``least_unit``] (quantity below which it does not pay, an interval of class H),
    ``least_note``, ``permit``, ``examples`` with ``examples_source`` and
    ``examples_evidence``, ``maturity``, ``first_call`` (a function, never a person),
    ``question`` to ask, ``status``, ``evidence``, ``source``; French. Who could take
    part is computed from the sites, not told here.
    """
    bounds = ["least_low", "least_high"]
    return shipped_table("process_sheets.csv", numbers=bounds).set_index("sheet_id")


def exchange_cells(rules: pd.DataFrame) -> pd.DataFrame:
    """List what rules propose, as literature on symbiosis tells exchanges.

    Examples
    --------
    >>> rule = {"source_naf": "16.10A;31.01Z", "target_naf": "35.30Z"}
    >>> exchange_cells(pd.DataFrame([rule | {"low_code": "03 01 05"}])).to_numpy()
    array([['16', '35', '03'],
           ['31', '35', '03']], dtype=object)
    """
    coded = rules[rules["low_code"] != ""]
    ends = (coded["source_naf"], coded["target_naf"], coded["low_code"].str[:2])
    cells = {
        (donor, receiver, chapter)
        for givers, takers, chapter in zip(*ends, strict=True)
        for donor, receiver in product(_divisions(givers), _divisions(takers))
    }
    return pd.DataFrame(sorted(cells), columns=["donor", "receiver", "chapter"])


def _divisions(codes: str) -> set[str]:
    if codes == ANY_ACTIVITY:
        return set(naf_divisions().index)
    return {code[:_DOT_AT] for code in codes.split(";")}
