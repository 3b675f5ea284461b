"""Services that firms of one zone could share: collection, repair, training.

A quick win needs no partner of another trade: three firms of a zone with the same want.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

_ANY = "*"


def rule_members(sites: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """List the sites that each rule of mutualisation concerns.

    ``sites``: ``site_id``, ``naf``, ``code_insee``. ``rules``: ``rule_id``,
    ``source_naf`` (``;`` list of prefixes of NAF codes; ``*``: any). Returns:
    ``rule_id``, ``site_id``, ``code_insee``, each once, sorted.
    """
    columns = ["rule_id", "site_id", "code_insee"]
    code, activities = pd.factorize(sites["naf"])
    rows = []
    for prefixes in rules["source_naf"]:
        starts = tuple(filter(None, prefixes.split(";")))
        fits = [
            naf != "" if _ANY in starts else naf.startswith(starts)
            for naf in activities
        ]
        rows.append(np.flatnonzero(np.array(fits, dtype=bool)[code]))
    listed = sites[columns[1:]].iloc[np.concatenate([np.zeros(0, dtype=int), *rows])]
    names = np.repeat(rules["rule_id"].to_numpy(object), [len(of) for of in rows])
    listed = listed.assign(rule_id=pd.array(names, dtype="str"))[columns]
    return listed.drop_duplicates().sort_values(columns, ignore_index=True)


def zone_groups(sites: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Gather the firms of each zone that one rule concerns, where they are enough.

    ``sites``: ``site_id``, ``naf``, ``code_insee``, ``firm_id``, ``zone_id``.
    ``rules``: ``rule_id``, ``source_naf``, ``fewest_sites`` (firms without which there
    is nothing to share). Returns: table ``mutual_groups``: a row a firm of a group, by
    its first site.

    Examples
    --------
    >>> sites = pd.DataFrame({"site_id": list("abcde"), "naf": "10.11Z",
    ...     "code_insee": "31001", "firm_id": ["1", "2", "2", "3", "4"],
    ...     "zone_id": ["z", "z", "z", "z", "y"]})
    >>> rules = pd.DataFrame({"rule_id": ["M1"], "source_naf": ["10"],
    ...     "fewest_sites": [3]})
    >>> zone_groups(sites, rules)["site_id"].tolist()
    ['a', 'b', 'd']
    """
    shared = ["rule_id", "zone_id"]
    members = rule_members(sites, rules).merge(
        sites[["site_id", "firm_id", "zone_id"]], on="site_id"
    )
    members = members.drop_duplicates([*shared, "firm_id"])
    fewest = members["rule_id"].map(rules.set_index("rule_id")["fewest_sites"])
    groups = members[members.groupby(shared)["firm_id"].transform("size") >= fewest]
    groups = groups.assign(group_id=groups["rule_id"] + "_" + groups["zone_id"])
    columns = ["group_id", "site_id", "rule_id", "code_insee"]
    return groups[columns].sort_values(["group_id", "site_id"], ignore_index=True)
