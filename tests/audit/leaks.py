"""A territory made by hand, and leaks planted in what it publishes.

Two EPCI. In the first, commune `a` has three firms, `b` one, `c` two; the three are a
block. In the second, `d` has four firms, its own block. Tonnes and jobs are the same.
"""

from typing import Any

import pandas as pd

from eitgeo.audit.published import Published
from eitgeo.audit.registers import Edition, Registers, make_registers
from tests.audit.drawn import empty_tables

EPCI = {"a": "1", "b": "1", "c": "1", "d": "2"}
SITES = {
    "a": [30.0, 25.0, 20.0],
    "b": [50.0],
    "c": [24.0, 12.0],
    "d": [10.0, 10.0, 11.0, 13.0],
}
INDICATORS = ("deposit_t", "industry_jobs")
LEVELS = ("value", "low", "high")
SCALE = {"value": 1.0, "low": 0.5, "high": 2.0}


def registers(**changed: list[float]) -> Registers:
    """Return who is where; `changed` gives other amounts to a commune."""
    rows = [
        (f"{code}{n}", f"firm_{code}{n}", code, amount)
        for code, amounts in (SITES | changed).items()
        for n, amount in enumerate(amounts)
    ]
    heads = ["site_id", "firm_id", "code_insee", "value"]
    sites = pd.DataFrame(rows, columns=heads).assign(origin="estime", public=True)
    sites = sites.assign(low=sites["value"] / 2, high=sites["value"] * 2)
    ends = pd.DataFrame(
        {one: [] for one in ("end", "donor_id", "receiver_id", "site_id", "firm_id")}
    ).assign(t=pd.Series(dtype=float))
    epci = pd.Series(EPCI).rename_axis("code_insee")
    return make_registers(dict.fromkeys(INDICATORS, sites), ends, epci=epci)


def block(codes: str, total: float, **more: Any) -> list[dict[str, Any]]:
    """Return a block of tonnes and of jobs."""
    top = {"top_low": float("nan"), "top_high": float("nan")}
    return [
        {
            "indicator_id": indicator,
            "block_id": codes[0],
            "declared": False,
            "codes": tuple(codes),
            "shown": True,
            "draws": (),
            **{level: total * SCALE[level] for level in LEVELS},
            **top,
        }
        | more
        for indicator in INDICATORS
    ]


def figure(codes: str, total: float, *, name: str = "p") -> list[dict[str, Any]]:
    """Return a figure of a perimeter."""
    return [
        {
            "perimeter_id": name,
            "codes": frozenset(codes),
            "indicator_id": indicator,
            "note": "",
            **{level: total * SCALE[level] for level in LEVELS},
        }
        for indicator in INDICATORS
    ]


def published(
    blocks: list[dict[str, Any]], figures: list[dict[str, Any]] | None = None
) -> Published:
    """Return what is published."""
    communes = pd.DataFrame(
        {
            "code_insee": list(EPCI),
            "name": [f"Commune {code}" for code in EPCI],
            "epci_siren": list(EPCI.values()),
            "epci_name": [f"EPCI {siren}" for siren in EPCI.values()],
        }
    )
    heads = ["perimeter_id", "codes", "indicator_id", "note", *LEVELS]
    return Published(
        communes=communes,
        blocks=pd.DataFrame(blocks),
        cells=pd.DataFrame(columns=["donor_id", "receiver_ids", "value"]).astype(
            {"value": "float64"}
        ),
        figures=pd.DataFrame(figures or figure("abcd", 205.0), columns=heads),
        **empty_tables(),
    )


SAFE = [*block("abc", 161.0), *block("d", 44.0)]


def edition(
    blocks: list[dict[str, Any]] | None = None,
    figures: list[dict[str, Any]] | None = None,
    **changed: list[float],
) -> Edition:
    """Return an edition; nothing leaks by default."""
    return Edition(published(blocks or SAFE, figures), registers(**changed))
