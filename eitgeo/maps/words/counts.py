"""Counts of establishments as words: assumptions wherever they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from eitgeo.ledger import Place, headed, told
from eitgeo.words import name_key

_N_SITES = "n_sites"


def counted_as(*, drawn: object) -> str:
    """Say how sure counts of establishments are."""
    return "H" if drawn else "O"


def arisings_as(indicators: pd.DataFrame) -> str:
    """Say how sure estimates of arisings are, the least sure: ``S`` or ``H``."""
    evidence = indicators.loc[indicators["indicator_id"] == "deposit_t", "evidence"]
    return "H" if evidence.eq("H").any() or evidence.empty else "S"


def zones_in_order[Zones: pd.DataFrame](
    zones: Zones, names: Mapping[str, str], *, evidence: str
) -> Zones:
    """Keep the order of zones; where they are drawn, that of the names of communes."""
    if evidence != "H":
        return zones
    names_key = zones["code_insee"].map(
        lambda code: name_key(str(names.get(code, code)))
    )
    order = names_key.to_frame("name").assign(zone_id=zones["zone_id"])
    return zones.loc[order.sort_values(["name", "zone_id"]).index]


def zone_list_title(what: str, *, evidence: str) -> str:
    """Say which zones a list holds: the largest, or some where they are drawn."""
    if evidence == "H":
        return f"Quelques {what} (ordre des noms)"
    return f"Les plus grandes {what}, par effectif"


def actor_count(row: Mapping[Any, Any]) -> str:
    """Write how many establishments of an activity are at an end of a process."""
    key = f"{row['sheet_id']} / {row['end']} / {row['division']}"
    place = Place("process_actors", key, _N_SITES)
    return told(row, place, unit="nombre", evidence="H")


def zone_sites(row: Mapping[Any, Any], *, evidence: str) -> str:
    """Write the sites of a zone under a head that says how sure they are."""
    place = Place("zones_public", str(row["zone_id"]), _N_SITES)
    return headed(float(row[_N_SITES]), place, evidence=evidence, unit="nombre")


def zone_stability(row: Mapping[Any, Any], *, evidence: str) -> str:
    """Write how often a zone is found again, under such a head."""
    place = Place("zones_public", str(row["zone_id"]), "stability")
    share_pct = 100 * float(row["stability"])
    return headed(share_pct, place, evidence=evidence, unit="%")
