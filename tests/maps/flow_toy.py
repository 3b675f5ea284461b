"""Released arisings, exchanges and actors over the nine communes of the toy study.

Blocks: 31001 + 31002 (40 t), 09003 (3 500 t), 31005 (20 t, declared).
Exchanges: Aval → Milieu 250 t, Aval → Aval 40 t, Milieu → outside 5 t, Milieu →
Aval and Nord together 90 t.
"""

import numpy as np
import pandas as pd

from eitgeo.disclosure.door.rules import release_derived
from eitgeo.disclosure.levers import count_rows as counts
from eitgeo.disclosure.levers import factor_rows as factors
from eitgeo.disclosure.levers import lever_rows as levers
from eitgeo.disclosure.levers import reach_rows as reach
from eitgeo.disclosure.rule import Rows
from eitgeo.disclosure.sums import block_rows as blocks
from eitgeo.disclosure.sums import block_sums, giver_sums, link_sums
from eitgeo.reference.exchange_terms import distance_checks
from eitgeo.tables.public import Released
from tests.maps.account_toy import account_rows
from tests.maps.toy import CODES, released
from tests.tables.conftest import frame_of, row_of

REASONS = ("établissements synthétiques",)
SOURCES = ("source : Licence Ouverte 2.0",)
BLOCKS = {"31001": ["31001", "31002"], "09003": ["09003"], "declare_31005": ["31005"]}
FIGURES = {
    "31001": ("estime", 20.0, 40.0, 90.0),
    "09003": ("estime", 1_000.0, 3_500.0, 9_000.0),
    "declare_31005": ("declare", 20.0, 20.0, 20.0),
}
UNITS = {"31001": CODES[:3], "31004": CODES[3:6], "31007": CODES[6:9]}
EPCI_OF = pd.Series({code: f"20000000{1 + n // 3}" for n, code in enumerate(CODES[:9])})
CELLS = [
    ("31001", "31004", 250.0),
    ("31001", "31001", 40.0),
    ("31004", "hors", 5.0),
    ("31004", "31001;31007", 90.0),
]


def communes_public() -> pd.DataFrame:
    """Return the members of the blocks of tonnage and the units of exchanges."""
    rows = [
        ("deposit_t", name, code) for name, codes in BLOCKS.items() for code in codes
    ]
    rows += [
        ("captured_pct", name, code) for name, codes in UNITS.items() for code in codes
    ]
    table = pd.DataFrame(rows, columns=["indicator_id", "block_id", "code_insee"])
    return table.assign(released=True, n_sites=3)


def derived(
    rows: Rows | pd.DataFrame, *, reasons: tuple[str, ...] = REASONS
) -> Released:
    """Release what was computed of guarded figures."""
    made = rows if isinstance(rows, Rows) else Rows(rows)
    return release_derived(
        made.table, sources=SOURCES, demonstration=reasons, withheld=made.withheld
    )


def block_rows(*, reasons: tuple[str, ...] = REASONS) -> Released:
    """Release the blocks."""
    rows = [("deposit_t", name, *figures) for name, figures in FIGURES.items()]
    names = ["indicator_id", "block_id", "kind", "low", "value", "high"]
    table = pd.DataFrame(rows, columns=names)
    return derived(
        blocks(communes_public(), table, indicator_id="deposit_t"), reasons=reasons
    )


def sum_rows() -> Released:
    """Release the sums by EPCI: ten draws of both estimated blocks, rising together."""
    draws = [
        ("deposit_t", name, draw, share * (draw + 1))
        for name, share in (("31001", 8.0), ("09003", 700.0))
        for draw in range(10)
    ]
    names = ["indicator_id", "block_id", "draw", "value"]
    table = pd.DataFrame(draws, columns=names)
    of_blocks = block_rows().table
    return derived(
        block_sums(of_blocks, table, indicator_id="deposit_t", groups=EPCI_OF)
    )


def link_rows() -> Released:
    """Release the exchanges, EPCI by EPCI."""
    cells = pd.DataFrame(CELLS, columns=["donor_id", "receiver_ids", "value"])
    return derived(link_sums(communes_public(), cells, groups=EPCI_OF))


def stream_rows(*parts: tuple[str, str, int]) -> Released:
    """Release the tenths of one EPCI: by default, what the first throws away."""
    rows = parts or (
        ("200000001", "melange", 5),
        ("200000001", "bois", 3),
        ("200000001", "autres", 2),
    )
    table = pd.DataFrame(rows, columns=["group", "family", "tenths"])
    return derived(table)


def giver_rows(cells: pd.DataFrame | None = None) -> Released:
    """Release where each EPCI gives."""
    made = pd.DataFrame(CELLS, columns=["donor_id", "receiver_ids", "value"])
    told = made if cells is None else cells
    return derived(giver_sums(communes_public(), told, groups=EPCI_OF))


def nearest_rows(*, demonstration: bool = False) -> Released:
    """Release the nearest place of two kinds from each EPCI."""
    rows = [
        ("200000001", "isdnd", "31001", 17.4),
        ("200000001", "compostage", "31009", 44.4),
        ("200000002", "isdnd", "31001", 41.0),
        ("200000002", "compostage", "31001", 44.6),
        ("200000003", "isdnd", "31009", 8.0),
    ]
    names = ["epci_siren", "kind", "code_insee", "minutes"]
    table = pd.DataFrame(rows, columns=names)
    return released(table, demonstration=demonstration)


def actor_rows() -> Released:
    """Release who could take part in one process, on one side only."""
    return released(
        pd.DataFrame(
            {
                "sheet_id": "bois",
                "end": "donor",
                "division": ["16", "25", "31", "41", "43"],
                "n_sites": [3, 9, 2, 1, 1],
            }
        )
    )


def lever_rows() -> Released:
    """Release the levers of four exchanges; the syndicate's share is unknown."""
    names = ["lever", "unit", "low", "mid", "high", "status", "left_out"]
    none, why = float("nan"), "exutoires du syndicat non désignés"
    rows = [
        ("eur_firms", "€/an", 190.0, 340.0, 610.0, "chiffre", ""),
        ("syndicate_t", "t/an", none, none, none, "non_chiffre", why),
        ("eur_tax", "€/an", 190.0, 340.0, 610.0, "chiffre", ""),
        ("t", "t/an", 31.0, 39.0, 54.0, "chiffre", ""),
    ]
    totals = pd.DataFrame(rows, columns=names).assign(covered_pct=100.0, evidence="H")
    gains = [10.0, 10.0, 10.0, 9.0]
    alone = [340.0, 0.0, 0.0, 0.0]  # one firm makes it all
    each = {"t": gains, "eur_firms": gains, "eur_tax": alone}
    ends = [pd.Series(list("abcd"))] * 2
    return derived(levers(totals, pd.DataFrame(each), ends=ends))


def distance_rows() -> Released:
    """Release how far two families pay."""
    return released(
        pd.DataFrame(
            {
                "family": ["verre", "bois"],
                "break_even_km_low": [0.0, 12.0],
                "break_even_km": [67.0, 55.8],
                "break_even_km_high": [506.0, 390.0],
                "n_rules": [11, 36],
                "longest_km": [50.0, 100.0],
                "evidence": "H",
            }
        )
    )


IF_PART = "si 2 à 5 % des donneurs et des preneurs prennent part"
COULD_BE_ASKED = "Ce qui pourrait être demandé, tous donnant : beaucoup."


def count_rows() -> Released:
    """Release two draws of three and of five exchanges, among four firms."""
    firms = ["abc", "abcda"]
    rows = pd.DataFrame(
        [(draw, one) for draw, donors in enumerate(firms) for one in donors],
        columns=["participation_draw", "donor_id"],
    )
    return derived(counts(rows, n_draws=2, ends=[rows["donor_id"]] * 2))


def reach_rows() -> Released:
    """Release the median distance of four exchanges beside NISP's."""
    ends = [pd.Series(list("abcd"))] * 2
    km, t = pd.Series([2.0, 100.0, 4.0, 8.0]), pd.Series([5.0, 50.0, 11.0, 100.0])
    return derived(reach(km, t, distance_checks(), ends=ends))


def answer_rows(*rows: tuple[str, str, str, int, float]) -> Released:
    """Release sums of answers: EPCI, subject, item, firms, tonnes; none by default."""
    names = ["epci_siren", "subject", "item", "n_firms", "mass_t"]
    table = pd.DataFrame(rows, columns=names).assign(published_on="2026-11-24")
    return released(table)


def weighed_rows(*rows: tuple[str, str, str, int, float, str]) -> Released:
    """Release half a year of weighings: place, clients, family, n, t, outlets."""
    names = ["place", "client", "family", "n_clients", "mass_t", "outlets"]
    days = {"first_day": "2025-01-01", "last_day": "2025-06-30", "year": "2025"}
    table = pd.DataFrame(rows, columns=names)
    return released(table.assign(**days, published_on="2026-11-24"))


def destination_rows(*rows: tuple[str, bool, str, str, str, float]) -> Released:
    """Release declared waste: chapter, hazardous, kind, place, dep, tonnes."""
    names = ["chapter", "hazardous", "kind", "place", "dep", "mass_t"]
    table = pd.DataFrame(rows, columns=names)
    return released(table.assign(year=2019, n_sites=1, evidence="O"))


def factor_rows() -> Released:
    """Release three factors: one with figures, one by class, one withheld in part."""
    freight = {"factor_table": "freight_factors", "column": "mid"}
    known = {"low": 1.0, "mid": 2.0, "high": 4.0, "unit": "t"}
    rows = [
        row_of("factor_weights", **freight | known | {"row_key": key} | told)
        for key, told in {
            "*|fuel_kgco2e_per_l": {
                "label": "Gazole",
                "deposit_t": 12_345.0,
                "swing_deposit_t": 23_456.0,
                "exchanged_t": 0.0,
                "swing_exchanged_t": 0.0,
                "eur_firms": 789.0,
                "swing_eur_firms": -789.0,
                "withheld": "eur_firms",
                "share_pct": 60.0,
                "worth_pct": 40.0,
                "rank": 1.0,
                "worth_rank": 1.0,
            },
            "*|cost_eur_per_h": {
                "label": "Heure",
                "deposit_t": 77.0,
                "withheld": "",
                "share_pct": 2.0,
                "worth_pct": np.nan,
                "rank": 2.0,
                "worth_rank": np.nan,
            },
            "*|cost_eur_per_day": {
                "label": "Jour",
                "withheld": "deposit_t",
                "rank": np.nan,
                "worth_rank": np.nan,
            },
        }.items()
    ]
    return derived(factors(frame_of("factor_weights", *rows)))


def sourcing_rows() -> Released:
    """Return how much rests on sourced factors: a share is withheld."""
    rows = {
        "factors": (40, 4, 10.0),
        "deposit_t": (8, 2, 62.0),
        "exchanged_t": (8, 2, np.nan),
        "eur_firms": (12, 3, 31.0),
    }
    columns = ["n_factors", "n_sourced", "share_pct"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table = table.rename_axis("measure").reset_index()
    is_told = table["share_pct"].notna()
    return derived(table.assign(status=np.where(is_told, "chiffre", "secret")))


def flow_tables() -> dict[str, Released]:
    """Return all of them."""
    return {
        "arising_blocks": block_rows(),
        "exchange_links": link_rows(),
        "process_actors": actor_rows(),
        "levers": lever_rows(),
        "break_even": distance_rows(),
        "reach": reach_rows(),
        "survey_public": answer_rows(),
        "declared_destinations": destination_rows(),
        "factor_weights": factor_rows(),
        "syndicate_account": account_rows(),
        "weighed_public": weighed_rows(),
    }
