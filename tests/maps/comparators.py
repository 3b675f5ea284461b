"""The comparator of the toy study: nine communes, figures that can be added by hand."""

import json
from dataclasses import replace
from typing import Any

import pandas as pd

from eitgeo.disclosure.door.rules import release_guarded
from eitgeo.maps.comparator.page import comparator_page
from eitgeo.maps.comparator.payload import ComparatorChoices, ComparatorThresholds
from eitgeo.reference.governance import animation_costs
from eitgeo.scenarios.carriers.budget import post_rows
from eitgeo.study.governance import Governance
from eitgeo.tables.public import Released
from tests.maps.flow_toy import IF_PART
from tests.maps.toy import CODES, EPCI, HOSTILE, Toy, indicator_table, released

AREA = CODES[:9]
ROWS = {n: AREA[3 * n : 3 * n + 3] for n in range(3)}
"""Communes of each EPCI, from the south."""
UNIONS = {"union_0001": [2], "union_0002": [1, 2], "union_0003": [1, 2, 3]}
REASON_COLUMNS = (
    *("perimeter_id", "carrier_id", "rule_id"),
    *("effect", "about", "outcome", "sentence"),
)
TOGETHER = "{n_parties} réunies ({parties})."
THRESHOLDS = ComparatorThresholds(
    posts=1.0,
    seat_minutes=45.0,
    diversity_min_sites=3,
    families_min_donors=3,
    waste_bodies=("syndicat",),
)


def make_page(
    toy: Toy,
    *,
    demonstration: bool = True,
    orders_held: str = "",
    address: str = "",
    also: list[dict[str, Any]] | None = None,
) -> bytes:
    """Make the page, with more published figures if any."""
    public = make_tables(toy)
    figures = pd.concat([public["indicators_public"].table, pd.DataFrame(also or [])])
    return comparator_page(
        toy.ground,
        public
        | {"indicators_public": released(figures), "posts": released(posts(figures))},
        catalogue=toy.catalogue,
        choices=replace(make_choices(), orders_held=orders_held, address=address),
        sheet=toy.sheet if demonstration else real_sheet(toy),
    )


def real_sheet(toy: Toy) -> Any:
    """Return the sheet of a study whose inputs are all real."""
    fields = {**toy.sheet.__dict__, "demonstration": ()}
    return type(toy.sheet)(**fields)


def make_choices() -> ComparatorChoices:
    """Say what the study says."""
    return ComparatorChoices(
        study="essai",
        on_date="2026-01-01",
        root_epci="200000002",
        thresholds=THRESHOLDS,
        network="routes d'essai, août 2021",
        if_part=IF_PART,
    )


def make_tables(toy: Toy) -> dict[str, Released]:
    """Release all that the page reads."""
    return {
        "bodies": released(bodies()),
        "body_members": released(body_members()),
        "perimeters": released(perimeters(toy)),
        "perimeter_communes": toy.members,
        "indicators_public": released(indicators()),
        "register_counts": released(counts()),
        "activity_counts": released(counted()),
        "town_minutes": released(minutes()),
        "contiguity": released(contiguity()),
        "communes_public": guarded(communes_public()),
        "blocks_public": guarded(blocks_public()),
        "block_draws_public": guarded(block_draws_public()),
        "exchanges_public": guarded(exchanges_public()),
        "carrier_states": released(carrier_states()),
        "carrier_reasons": released(carrier_reasons()),
        "union_carrier_states": released(union_carrier_states()),
        "union_carrier_reasons": released(union_carrier_reasons()),
        "closures": released(closures()),
        "closure_access": released(closure_access()),
        "posts": released(posts(indicator_table())),
    }


def counted() -> pd.DataFrame:
    """Return what registers count; nothing is told of the last commune by INSEE."""
    rows = [
        (fact, code, float(factor * place), "fin 2025")
        for fact, factor in (("salaries", 10), ("salaries_industrie", 2))
        for place, code in enumerate(AREA)
    ]
    rows += [
        (fact, code, n, "fin 2018")
        for fact, n in (("etablissements", 40.0), ("etablissements_industrie", 4.0))
        for code in AREA[:8]
    ]
    rows += [("etablissements_10", code, 3.0, "fin 2018") for code in AREA[:8]]
    # Beyond the area, one in eight is of industry.
    rows += [
        ("etablissements", "65001", 80.0, "fin 2018"),
        ("etablissements_industrie", "65001", 10.0, "fin 2018"),
    ]
    return pd.DataFrame(rows, columns=["fact", "code_insee", "n", "when"])


def posts(figures: pd.DataFrame) -> pd.DataFrame:
    """Return three choices of posts for the pair that the page opens with."""
    return post_rows(
        figures,
        perimeters=["aval", "anneau"],
        governance=Governance(),
        costs=animation_costs(),
    )


def closures() -> pd.DataFrame:
    """Return a road that is closed, its name hostile."""
    return pd.DataFrame(
        {
            "closure_id": ["col"],
            "label": [f"D 618 {HOSTILE}"],
            "note": [""],
            "source": ["étude"],
            "status": ["a_confirmer"],
        }
    )


def closure_access() -> pd.DataFrame:
    """Return three trips that it lengthens and one that it cuts."""
    rows = [
        ("31001", "31002", 10.0, 25.0),
        ("31001", "31006", 20.0, 24.0),
        ("31004", "31006", 12.0, 20.0),
        ("31009", "31006", 8.0, float("nan")),
    ]
    names = ["origin_id", "destination_id", "open_min", "closed_min"]
    return pd.DataFrame(rows, columns=names).assign(closure_id="col")


def guarded(table: pd.DataFrame) -> Released:
    """Release a guarded table."""
    return release_guarded(table, sources=("source",), demonstration=("synthétique",))


def bodies() -> pd.DataFrame:
    """Return three EPCI, one of them with a hostile name, a PETR and a syndicate."""
    rows = [
        (f"epci_20000000{n}", "epci", HOSTILE if n == 3 else name, True, "publie")
        for n, name in EPCI.items()
    ]
    rows += [
        ("petr", "petr", "PETR d'essai", True, "publie"),
        ("syndicat", "syndicat", "Syndicat d'essai", True, "a_confirmer"),
        ("ti", "ti", "Territoire d'essai", False, "publie"),
    ]
    names = ["body_id", "kind", "name", "legal_person", "status"]
    return pd.DataFrame(rows, columns=names)


def body_members() -> pd.DataFrame:
    """Return their members."""
    groups = {f"epci_20000000{n + 1}": codes for n, codes in ROWS.items()}
    groups |= {"petr": ROWS[1], "syndicat": AREA[:6], "ti": AREA}
    return pd.DataFrame(
        [
            (body, code, "a_confirmer" if body == "syndicat" else "publie")
            for body, codes in groups.items()
            for code in codes
        ],
        columns=["body_id", "code_insee", "status"],
    )


def perimeters(toy: Toy) -> pd.DataFrame:
    """Return the compared perimeters and three unions."""
    table = toy.perimeters.table
    compared = table[table["compared"]].assign(parameters="{}")
    one = table[~table["compared"]].iloc[0]
    unions = [
        {
            **one,
            "perimeter_id": name,
            "parameters": f'{{"epci": [{", ".join(f'"20000000{n}"' for n in epci)}]}}',
        }
        for name, epci in UNIONS.items()
    ]
    return pd.concat([compared, pd.DataFrame(unions)], ignore_index=True)


def indicators() -> pd.DataFrame:
    """Return the published figures: those of the toy, for all unions alike."""
    table = indicator_table()
    union = table[table["perimeter_id"] == "union_0001"]
    others = [union.assign(perimeter_id=name) for name in list(UNIONS)[1:]]
    return pd.concat([table, *others], ignore_index=True)


def counts() -> pd.DataFrame:
    """Return one target site in the first commune, two in the second, and so on."""
    rows = [("cible", "", code, n + 1) for n, code in enumerate(AREA)]
    rows += [("cible_possible", "", AREA[0], 2), ("cible_inconnue", "", AREA[8], 4)]
    rows += [("division", "16", code, 2) for code in AREA[:2]]
    rows += [("division", "25", AREA[3], 3), ("famille", "bois", AREA[4], 3)]
    return pd.DataFrame(rows, columns=["fact", "label", "code_insee", "n"])


def minutes() -> pd.DataFrame:
    """Return minutes to one town, ten more for each commune."""
    return pd.DataFrame({"31006": [10.0 * n for n in range(9)]}, index=AREA)


def contiguity() -> pd.DataFrame:
    """Return the borders of the grid; no road crosses the northern one."""
    pairs = []
    for n, code in enumerate(AREA):
        if n % 3 < 2:
            pairs.append((code, AREA[n + 1], 5.0))
        if n < 6:
            pairs.append((code, AREA[n + 3], 5.0 if n < 3 else float("nan")))
    table = pd.DataFrame(pairs, columns=["code_a", "code_b", "road_minutes"])
    return table.assign(shared_border_m=5_000.0)


def communes_public() -> pd.DataFrame:
    """Return two blocks in the southern row, one a row elsewhere; units are rows."""
    blocks = {AREA[0]: "s1", AREA[1]: "s1", AREA[2]: "s2"}
    rows = [
        (name, blocks.get(code, codes[0]), code, "estime", 2, True, True)
        for name in ("deposit_t", "industry_jobs")
        for n, codes in ROWS.items()
        for code in codes
    ]
    rows += [
        ("captured_pct", codes[0], code, "estime", 2, True, True)
        for n, codes in ROWS.items()
        for code in codes
    ]
    names = ["indicator_id", "block_id", "code_insee", "kind", "n_sites"]
    return pd.DataFrame(rows, columns=[*names, "merged", "released"])


def blocks_public() -> pd.DataFrame:
    """Return 100, 200, 400 and 800 t."""
    sizes = {"s1": 100.0, "s2": 200.0, ROWS[1][0]: 400.0, ROWS[2][0]: 800.0}
    rows = [
        (name, block, "estime", 2, value / 2, value, 2 * value, 10.0, 19.0)
        for name in ("deposit_t", "industry_jobs")
        for block, value in sizes.items()
    ]
    names = ["indicator_id", "block_id", "kind", "n_communes", "low", "value", "high"]
    return pd.DataFrame(rows, columns=[*names, "top_low", "top_high"])


def block_draws_public() -> pd.DataFrame:
    """Return five draws of each block of tonnage: halves and doubles at the ends."""
    rows = [
        ("deposit_t", row["block_id"], draw, row["value"] * share)
        for row in blocks_public().to_dict("records")
        if row["indicator_id"] == "deposit_t"
        for draw, share in enumerate((0.5, 0.5, 1.0, 2.0, 2.0))
    ]
    return pd.DataFrame(rows, columns=["indicator_id", "block_id", "draw", "value"])


def carrier_states() -> pd.DataFrame:
    """Return two structures for the first perimeter."""
    rows = [("aval", "P2", "favorable"), ("aval", "P1", "sous_conditions")]
    return pd.DataFrame(rows, columns=["perimeter_id", "carrier_id", "state"])


def carrier_reasons() -> pd.DataFrame:
    """Return why: one rule that applies, one that waits for a figure."""
    rows = [
        (
            "aval",
            "P2",
            "C07",
            "favorable",
            "PETR entier",
            "applique",
            "Il couvre tout.",
        ),
        ("aval", "P1", "C03", "condition", "statuts", "applique", "Statuts à revoir."),
        ("aval", "P1", "C05", "favorable", "enfouissement", "non_evalue", "Rien."),
    ]
    table = pd.DataFrame(rows, columns=REASON_COLUMNS)
    return table.assign(facts="{}", missing=f"levier non mesuré {HOSTILE}")


def union_carrier_states() -> pd.DataFrame:
    """Return two structures for the two smaller unions, none for the third."""
    both = {"union_0001": "favorable", "union_0002": "sous_conditions"}
    rows = [
        (union, carrier, state)
        for union, p3 in both.items()
        for carrier, state in (("P1", "peu_adapte"), ("P3", p3))
    ]
    return pd.DataFrame(rows, columns=["perimeter_id", "carrier_id", "state"])


def union_carrier_reasons() -> pd.DataFrame:
    """Return why: names in favour are hostile, a departure was tried on none."""
    told = json.dumps({"parties": HOSTILE, "n_parties": 2.0, "n_epci": 2.0})
    rows = [
        (union, *row)
        for union in ("union_0001", "union_0002")
        for row in (
            ("*", "C22", "vigilance", "départements", "applique", "Vigilance."),
            ("P1", "C02", "condition", "dehors", "applique", "{n_epci} EPCI dehors."),
            ("P1", "C06", "condition", f"départ {HOSTILE}", "non_evalue", "Rien."),
            ("P3", "C10", "favorable", "réunion", "applique", TOGETHER),
        )
    ]
    table = pd.DataFrame(rows, columns=REASON_COLUMNS)
    return table.assign(facts=told, missing="mesuré pour les seuls périmètres comparés")


def exchanges_public() -> pd.DataFrame:
    """Return 30 t that stay in the middle, 10 t that go north, 60 t south."""
    middle, north, south = ROWS[1][0], ROWS[2][0], ROWS[0][0]
    rows = [
        (middle, middle, 30.0),
        (middle, north, 10.0),
        (middle, f"{south};hors", 60.0),
    ]
    return pd.DataFrame(rows, columns=["donor_id", "receiver_ids", "value"])
