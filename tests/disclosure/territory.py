"""Drawn territories: communes on a grid, EPCI in bands, sites, exchanges, contours."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.guard import Guarded
from eitgeo.disclosure.published import publish_indicators
from eitgeo.disclosure.report import synthetic_shares
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.reference.indicators import indicator_catalogue
from tests.disclosure.toy import GUARDED, make_guarded, make_indicators, perimeter

SIDE = 5
OUT = "65001"
LEVELS = ("low", "value", "high")


@dataclass(frozen=True)
class Territory:
    """A drawn territory and what is published of it."""

    epci: dict[str, str]
    amounts: dict[str, Any]
    synergies: Any
    ends: Any
    candidates: list[Candidate]
    guarded: Guarded
    public: Any
    firms: Any = field(repr=False)


@contextmanager
def unrounded() -> Iterator[None]:
    """Let exact sums leave: an attacker who is told more than what is published."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eitgeo.disclosure.rule.FIGURES", 17)
        yield


def draw_territory(
    seed: int,
    *,
    edition: int = 0,
    figures: tuple[str, ...] = GUARDED,
    guarded: Guarded | None = None,
) -> Territory:
    """Draw a territory and publish it unrounded; editions compare other perimeters."""
    with unrounded():
        return publish_drawn(seed, edition, figures, guarded)


def publish_drawn(
    seed: int,
    edition: int = 0,
    figures: tuple[str, ...] = (),
    guarded: Guarded | None = None,
) -> Territory:
    """Draw a territory and publish figures as they leave; all, if none is said.

    What guards its sums depends on no perimeter: who holds it already may give it.
    """
    rng = np.random.default_rng(seed)
    codes = [f"31{n:03d}" for n in range(1, SIDE * SIDE + 1)]
    n_epci = int(rng.integers(2, 5))
    epci = {code: str(1 + (n % SIDE) * n_epci // SIDE) for n, code in enumerate(codes)}
    borders = pd.DataFrame(
        [(codes[n], codes[n + 1]) for n in range(len(codes) - 1) if (n + 1) % SIDE]
        + [(codes[n], codes[n + SIDE]) for n in range(len(codes) - SIDE)],
        columns=["code_a", "code_b"],
    ).assign(shared_border_m=rng.integers(1, 9, size=40) * 100.0)
    tonnes = draw_sites(rng, codes)
    jobs = draw_sites(rng, codes).query("origin == 'estime'")
    jobs = jobs.assign(site_id="j" + jobs["site_id"])
    amounts = {"deposit_t": tonnes, "industry_jobs": jobs}
    synergies, ends = draw_exchanges(rng, tonnes, codes)
    draws = rng.spawn(1 + edition)[-1] if edition else rng
    candidates = draw_perimeters(draws, epci)
    if guarded is None:
        guarded = make_guarded(amounts, ends, epci=epci, borders=borders)
    indicators = make_indicators(candidates)
    public = publish_indicators(
        indicators[indicators["indicator_id"].isin(figures)] if figures else indicators,
        guarded,
        candidates=candidates,
        catalogue=indicator_catalogue(),
        synthetic_pct=synthetic_shares(amounts),
    )
    firms = pd.concat(
        [rows.set_index("site_id")["firm_id"] for rows in amounts.values()]
    )
    takers = sorted(set(ends["site_id"]) - set(firms.index))
    return Territory(
        epci=epci,
        amounts=amounts,
        synergies=synergies,
        ends=ends,
        candidates=candidates,
        guarded=guarded,
        public=public.set_index(["indicator_id", "perimeter_id"]),
        firms=pd.concat([firms, pd.Series(takers, index=takers)]),
    )


def draw_sites(rng: np.random.Generator, codes: list[str]) -> pd.DataFrame:
    """Draw sites: few or none in most communes, some firms with several."""
    counts = rng.poisson(rng.choice([0.7, 2.0, 6.0], size=len(codes)))
    where = np.repeat(codes, counts)
    n_sites = len(where)
    value = np.round(rng.lognormal(2.0, 1.3, n_sites), 3) + 0.5
    firm = rng.integers(0, max(1, int(0.9 * n_sites)), n_sites)
    origin = rng.choice(["estime", "declare"], n_sites, p=[0.96, 0.04])
    return pd.DataFrame(
        {
            "site_id": [f"s{n}" for n in range(n_sites)],
            "code_insee": where,
            "firm_id": [f"f{n}" for n in firm],
            "origin": origin,
            "low": np.round(value * rng.uniform(0.3, 0.9, n_sites), 3),
            "value": value,
            "high": np.round(value * rng.uniform(1.1, 3.0, n_sites), 3),
            "synthetic": rng.random(n_sites) < 0.5,
            "public": rng.random(n_sites) < 0.9,
        }
    )


def draw_exchanges(
    rng: np.random.Generator, tonnes: pd.DataFrame, codes: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Let some sites give part of what they have to a few communes, here or outside."""
    givers = tonnes[(rng.random(len(tonnes)) < 0.7) & (tonnes["origin"] != "declare")]
    gives = givers["value"] * rng.choice([0.4, 0.8, 1.0], len(givers))
    takers = {
        code: rng.dirichlet(np.ones(int(rng.integers(1, 6)))) for code in [*codes, OUT]
    }
    flows, ends = [], []
    for code, rows in givers.assign(t=gives).groupby("code_insee"):
        targets = rng.choice([*codes, OUT], size=4, replace=False)
        parts = rng.dirichlet(np.ones(4)) * rows["t"].sum()
        shares = rows["t"] / rows["t"].sum()
        for to, t in zip(targets, parts, strict=True):
            flows.append((code, to, t))
            ends += [
                ("donor", code, to, site, t * share)
                for site, share in zip(rows["site_id"], shares, strict=True)
            ]
            ends += [
                ("taker", code, to, f"k{to}{n}", t * share)
                for n, share in enumerate(takers[to])
            ]
    names = ["donor_id", "receiver_id", "t_mid"]
    keys = ["end", "donor_id", "receiver_id", "site_id", "t"]
    return pd.DataFrame(flows, columns=names), pd.DataFrame(ends, columns=keys)


def draw_perimeters(rng: np.random.Generator, epci: dict[str, str]) -> list[Candidate]:
    """Draw unions of EPCI, contours that cut them, and contours one commune apart."""
    codes, groups = sorted(epci), sorted(set(epci.values()))
    found = [perimeter("tout", *codes)]
    for n, group in enumerate(groups):
        inside = [code for code in codes if epci[code] == group]
        found.append(perimeter(f"epci{n}", *inside))
        found.append(perimeter(f"sans{n}", *(set(codes) - set(inside))))
    for n in range(2):
        inside = [code for code in codes if rng.random() < 0.5] or codes[:3]
        found.append(perimeter(f"contour{n}", *inside))
        found.append(perimeter(f"moins{n}", *inside[1:], codes[-1]))
    return found


def held_by(rows: pd.DataFrame, level: str) -> dict[Any, dict[str, float]]:
    """Return what each firm makes in each commune, by where the figure comes from."""
    secret = rows[rows["origin"] != "declare"]
    columns = (secret[key] for key in ("origin", "code_insee", "firm_id", level))
    found: dict[Any, dict[str, float]] = {}
    for origin, code, firm, amount in zip(*columns, strict=True):
        held = found.setdefault((origin, code), {})
        held[firm] = held.get(firm, 0.0) + amount
    return found
