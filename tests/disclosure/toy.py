"""Six communes in a row, two EPCI, and who makes what there.

commune   a──b──c ║ d──e──f
EPCI      1  1  1 ║ 2  2  2
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from eitgeo.disclosure.blocks import guard_sums
from eitgeo.disclosure.guard import Guarded, guard
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.tables.schema import validate

A, B, C, D, E, F = ROW = ("31001", "31002", "31003", "09004", "09005", "09006")
EPCI = dict(zip(ROW, ("200000001",) * 3 + ("200000002",) * 3, strict=True))
LEVERS = ("co2_avoided", "eur_net", "landfill_t", "tkm_avoided")
GUARDED = ("captured_pct", "deposit_t", "industry_jobs", "top_site_pct", *LEVERS)


def make_communes(epci: Mapping[str, str] = EPCI) -> pd.DataFrame:
    """Return what the guard needs of table ``communes``."""
    return pd.DataFrame(
        {
            "code_insee": list(epci),
            "epci_siren": list(epci.values()),
            "in_area": True,
        }
    )


def make_borders(*pairs: tuple[str, str]) -> pd.DataFrame:
    """Return table ``borders``: a row of communes unless said."""
    links = pairs or tuple(pairwise(ROW))
    table = pd.DataFrame(links, columns=["code_a", "code_b"])
    return table.assign(shared_border_m=1000.0)


def make_amounts(sites: Iterable[tuple[Any, ...]], **more: Any) -> pd.DataFrame:
    """Return sites of one figure: commune, amount and, if told, firm and origin."""
    rows = []
    for n, (code, amount, *rest) in enumerate(sites):
        firm, origin = rest or (f"firm{n}", "estime")
        rows.append(
            {
                "site_id": f"s{n}",
                "code_insee": code,
                "firm_id": firm,
                "origin": origin,
                "low": amount / 2,
                "value": float(amount),
                "high": amount * 2.0,
                "synthetic": False,
                "public": True,
            }
            | more
        )
    return pd.DataFrame(rows)


def three(*codes: str, each: float = 1.0) -> list[tuple[str, float]]:
    """Put three equal sites into each commune."""
    return [(code, each) for code in codes for _ in range(3)]


def perimeter(name: str, *codes: str, **options: Any) -> Candidate:
    """Make a perimeter of communes."""
    options = {"method": "structure"} | options
    return Candidate(perimeter_id=name, name=name, codes=frozenset(codes), **options)


def cut(
    amounts: pd.DataFrame,
    *,
    of: str = "deposit_t",
    epci: Mapping[str, str] = EPCI,
    borders: pd.DataFrame | None = None,
) -> tuple[Any, Any]:
    """Cut one figure into blocks: which communes make each, and what they sum."""
    members, blocks = guard_sums(
        {of: amounts},
        make_communes(epci),
        borders=make_borders() if borders is None else borders,
    )
    validate(members, table="communes_public")
    validate(blocks, table="blocks_public")
    groups = members.groupby("block_id")["code_insee"].agg(list).to_dict()
    return groups, blocks.set_index("block_id")


def make_indicators(candidates: Iterable[Candidate], **more: Any) -> pd.DataFrame:
    """Return table ``indicators`` with the guarded ones, of value 999."""
    catalogue = indicator_catalogue()
    about = {
        name: {key: catalogue.loc[name, key] for key in ("unit", "direction", "kind")}
        for name in GUARDED
    }
    rows = [
        {
            "perimeter_id": one.perimeter_id,
            "indicator_id": name,
            "value": 999.0,
            "low": 999.0,
            "high": 999.0,
            "note": "",
            **about[name],
            "evidence": "S",
            "hypothesis_share_pct": 12.0,
            "synthetic_share_pct": 12.0,
            "percentile_same_size": 50.0,
            "elipse_axis": "axe",
            "source": "source",
        }
        | more
        for one in candidates
        for name in GUARDED
    ]
    return pd.DataFrame(rows)


def make_exchanges(
    *rows: tuple[str, str, float],
    donors: Mapping[str, Mapping[str, float]],
    takers: Mapping[str, Mapping[str, float]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return exchanges, shared among the sites of both ends [%]."""
    synergies = pd.DataFrame(rows, columns=["donor_id", "receiver_id", "t_mid"])
    ends = pd.DataFrame(
        [
            (end, donor, taker, site, t * share / 100)
            for donor, taker, t in rows
            for end, shares in (("donor", donors[donor]), ("taker", takers[taker]))
            for site, share in shares.items()
        ],
        columns=["end", "donor_id", "receiver_id", "site_id", "t"],
    )
    return synergies, ends


def make_guarded(
    amounts: Mapping[str, pd.DataFrame],
    ends: pd.DataFrame,
    *,
    epci: Mapping[str, str] = EPCI,
    borders: pd.DataFrame | None = None,
) -> Guarded:
    """Guard a territory."""
    firms = pd.concat(
        [rows.set_index("site_id")["firm_id"] for rows in amounts.values()]
    )
    others = sorted(set(ends["site_id"]) - set(firms.index))
    firms = pd.concat([firms, pd.Series(others, index=others)])
    return guard(
        amounts,
        ends,
        communes=make_communes(epci),
        borders=make_borders() if borders is None else borders,
        firms=firms[~firms.index.duplicated()],
    )


def validated(guarded: Guarded) -> Guarded:
    """Return guarded tables that satisfy their schemas."""
    return Guarded(
        communes=validate(guarded.communes, table="communes_public"),
        blocks=validate(guarded.blocks, table="blocks_public"),
        exchanges=validate(guarded.exchanges, table="exchanges_public"),
        draws=validate(guarded.draws, table="block_draws_public"),
    )
