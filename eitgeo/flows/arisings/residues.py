"""What each site could give: its waste by category or code, and its by-products.

A ratio knows categories of waste alone. What is declared under a code of the List of
Waste, or known as a by-product, is told apart, and no tonne is told twice.
"""

from __future__ import annotations

import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError

INSIDE, PARTLY = "oui", "en_partie"
"""How much of a by-product the ratio of its category counts already."""
TONNES = "t"
_KEY = ["site_id", "resource", "ewc_stat"]


def site_residues(
    arisings: pd.DataFrame, byproducts: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Part what each site has by residue, each tonne once.

    ``arisings``: ``site_id``, ``ewc_stat``, ``t_mid`` [t/year]; ``waste_code`` where
    known (the category itself where a ratio made the row). ``byproducts``: table
    ``byproducts``; rows in MWh or m³ are left out: they take no lorry. Returns:
    ``site_id``, ``resource`` (code of the List of Waste, or category where nothing
    tells the code), ``ewc_stat``, ``t`` [t/year], ``in_category`` (a part of the waste
    of the category, not beside it), sorted; no row of 0 t. One site may have both parts
    of one residue. Refused: column missing, negative tonnage.

    Notes
    -----
    A by-product that its ratio counts (``in_ratio`` ``oui``) is taken out of the
    waste of its category, and is never more than that; ``en_partie``: what the
    category lacks is added; ``non``: it is beside the waste. Where the same code is
    declared, what is declared stands.

    Examples
    --------
    >>> waste = pd.DataFrame({"site_id": ["a"], "ewc_stat": ["W075"],
    ...     "t_mid": [100.0]})
    >>> bark = pd.DataFrame({"site_id": ["a"], "resource": ["03 01 01"],
    ...     "ewc_stat": ["W075"], "unit": ["t"], "q_mid": [30.0], "in_ratio": ["oui"]})
    >>> found = site_residues(waste, bark)
    >>> found[["resource", "t"]].values.tolist()
    [['03 01 01', 30.0], ['W075', 70.0]]
    """
    _require_tonnes(arisings)
    code = arisings["waste_code"] if "waste_code" in arisings else arisings["ewc_stat"]
    rows = arisings.assign(resource=code, t=arisings["t_mid"].astype(float))
    waste = rows.groupby(_KEY)["t"].sum().reset_index().assign(in_category=True)
    if byproducts is None:
        return waste[waste["t"] > 0].reset_index(drop=True)
    own = byproducts.loc[byproducts["unit"] == TONNES]
    own = own.loc[own["q_mid"] > 0, [*_KEY, "q_mid", "in_ratio"]]
    declared = pd.MultiIndex.from_frame(waste[["site_id", "resource"]])
    own = own[~pd.MultiIndex.from_frame(own[["site_id", "resource"]]).isin(declared)]
    by_ratio = waste["resource"] == waste["ewc_stat"]
    left = waste[by_ratio].set_index(["site_id", "ewc_stat"])["t"]
    parts = _taken_out(own, left)
    carved = parts[parts["in_category"]].groupby(["site_id", "ewc_stat"])["t"].sum()
    whole = left.sub(carved.reindex(left.index).fillna(0.0)).clip(lower=0.0)
    residues = whole.reset_index()
    residues = residues.assign(resource=residues["ewc_stat"], in_category=True)
    every = pd.concat([waste[~by_ratio], residues, parts], ignore_index=True)
    every = every[every["t"] > 0].sort_values([*_KEY, "in_category"])
    return every[[*_KEY, "t", "in_category"]].reset_index(drop=True)


def _taken_out(own: pd.DataFrame, left: pd.Series[float]) -> pd.DataFrame:
    """Part each by-product: what its category counts, and what is beside it."""
    place = ["site_id", "ewc_stat"]
    counted = own[own["in_ratio"].isin([INSIDE, PARTLY])]
    room = left.reindex(pd.MultiIndex.from_frame(counted[place])).fillna(0.0)
    asked = counted.groupby(place)["q_mid"].transform("sum").to_numpy(float)
    # By-products of one category share what there is of it.
    share = (room.to_numpy(float) / asked).clip(max=1.0) if len(counted) else 1.0
    inside = counted.assign(t=counted["q_mid"] * share, in_category=True)
    partly = inside[inside["in_ratio"] == PARTLY]
    more = partly.assign(t=partly["q_mid"] - partly["t"], in_category=False)
    beside = own[~own["in_ratio"].isin([INSIDE, PARTLY])]
    beside = beside.assign(t=beside["q_mid"], in_category=False)
    columns = [*_KEY, "t", "in_category"]
    return pd.concat([inside[columns], more[columns], beside[columns]])


def residue_links(residues: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Say which residues of each site each rule may take.

    ``rules``: ``rule_id``, ``ewc_stat``; ``low_code`` and ``weighs_ratio`` where known.
    Returns: ``rule_id`` and the columns of `residues`, each once: all the waste of its
    category under a rule that weighs a ratio, what bears its own code under any rule.
    """
    waste = residues[residues["in_category"]]
    weighing = rules
    if "weighs_ratio" in rules:
        weighing = rules[rules["weighs_ratio"] != "non"]
    links = [weighing[["rule_id", "ewc_stat"]].merge(waste, on="ewc_stat")]
    if "low_code" in rules:
        coded = rules.loc[rules["low_code"] != "", ["rule_id", "low_code"]]
        coded = coded.rename(columns={"low_code": "resource"})
        links.append(coded.merge(residues, on="resource"))
    columns = ["rule_id", *_KEY, "t", "in_category"]
    return pd.concat(links, ignore_index=True)[columns].drop_duplicates()


def _require_tonnes(arisings: pd.DataFrame) -> None:
    require_columns(arisings, ["site_id", "ewc_stat", "t_mid"], where="arisings")
    faults = Faults("échanges")
    low = arisings[arisings["t_mid"] < 0]
    for site, mass in low[["site_id", "t_mid"]].to_numpy():
        fault = f"arisings : « {site} », tonnage négatif ({mass:g} t/an)"
        faults.add(fault, remedy="corriger la source")
    faults.raise_if_any(SchemaError)
