"""Blocks of EPCI that are taken or left together, and the bodies that part them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.maps.paper.ground import short_epci_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd


def epci_pieces(
    communes: pd.DataFrame,
    *,
    bodies: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    root_epci: str,
) -> list[dict[str, Any]]:
    """Group the EPCI that the same bodies hold, in the same départements."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    whole = communes[communes["epci_siren"] != ""].groupby("epci_siren")
    codes = {str(siren): frozenset(rows["code_insee"]) for siren, rows in whole}
    deps = {str(siren): tuple(sorted(set(rows["dep"]))) for siren, rows in whole}
    for siren in sorted(codes):
        held = tuple(one["id"] for one in bodies if codes[siren] <= one["codes"])
        groups.setdefault((held, deps[siren]), []).append(siren)
    found = [
        {
            "label": _label(
                members, bodies, codes, names, is_core=root_epci in members
            ),
            "epci": members,
            "deps": list(key[1]),
            "core": root_epci in members,
        }
        for key, members in groups.items()
    ]
    return sorted(found, key=lambda piece: (not piece["core"], piece["epci"]))


def _label(
    members: list[str],
    bodies: Sequence[Mapping[str, Any]],
    codes: Mapping[str, frozenset[str]],
    names: Mapping[str, str],
    *,
    is_core: bool,
) -> str:
    inside = frozenset().union(*(codes[siren] for siren in members))
    same = [str(one["name"]) for one in bodies if one["codes"] == inside]
    short = " et ".join(short_epci_name(names[siren]) for siren in members)
    if is_core:
        return f"Socle : {same[0] if same else short}"
    return short
