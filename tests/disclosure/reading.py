"""What the attacker reads in the published tables, and what is true."""

from collections.abc import Iterable
from typing import Any

from tests.disclosure.attack import Figure, Holdings, figures_of

KINDS = ("estime",)
SMALL_T = 1e-9


def block_figures(
    communes: Any, blocks: Any, *, indicator: str, level: str
) -> list[Figure]:
    """Read the blocks: which communes, which sum."""
    mine = communes[communes["indicator_id"] == indicator]
    rows = blocks[blocks["indicator_id"] == indicator]
    numbers = dict(zip(rows["block_id"].tolist(), rows[level].tolist(), strict=True))
    held: dict[tuple[str, str], list[tuple[str, str]]] = {}
    columns = (mine[name].tolist() for name in ("block_id", "kind", "code_insee"))
    for block, kind, code in zip(*columns, strict=True):
        held.setdefault((block, kind), []).append((kind, code))
    return figures_of(
        (units, numbers[block])
        for (block, kind), units in sorted(held.items())
        if block in numbers and kind in KINDS
    )


def told_units(communes: Any, indicator: str) -> set[tuple[str, str]]:
    """Return where there are estimates, and where there are declarations."""
    mine = communes[(communes["indicator_id"] == indicator)]
    return set(zip(mine["kind"], mine["code_insee"], strict=True))


def perimeter_figures(
    groups: Iterable[tuple[str, Iterable[str]]],
    numbers: Any,
    *,
    declared: Any,
    told: set[tuple[str, str]],
) -> list[Figure]:
    """Read perimeters as their contours say; what is declared is known and left out."""
    exempt, said = declared.to_dict(), numbers.to_dict()
    units: dict[str, list[tuple[str, str]]] = {}
    for kind, code in told:
        if kind in KINDS:
            units.setdefault(code, []).append((kind, code))
    return figures_of(
        (
            [unit for code in codes if code in units for unit in units[code]],
            said[name] - sum(exempt[code] for code in codes if code in exempt),
        )
        for name, codes in groups
    )


def cell_figures(communes: Any, exchanges: Any, flows: Any) -> list[Figure]:
    """Read the cells between units: which pairs of communes, which sum."""
    mine = communes[communes["indicator_id"] == "captured_pct"]
    unit = dict(zip(mine["code_insee"], mine["block_id"], strict=True))
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for donor, receiver in sorted(pairs_of(flows)):
        if donor in unit:
            ends = unit[donor], unit.get(receiver, "hors")
            pairs.setdefault(ends, []).append((donor, receiver))
    return figures_of(
        (
            [
                pair
                for taker in row.receiver_ids.split(";")
                for pair in pairs.get((row.donor_id, taker), [])
            ],
            row.value,
        )
        for row in exchanges.itertuples()
    )


def pairs_of(flows: Any) -> set[tuple[str, str]]:
    """Return the pairs of communes that exchange."""
    ends = (flows[name].tolist() for name in ("donor_id", "receiver_id"))
    return set(zip(*ends, strict=True))


def kept_figures(
    groups: Iterable[tuple[str, frozenset[str]]],
    shares: Any,
    cells: list[Figure],
    flows: Any,
) -> list[Figure]:
    """Turn shares kept into tonnes with the cells whose givers are all inside."""
    pairs = sorted(pairs_of(flows))
    givers = [
        (frozenset(pair[0] for pair in cell.units), cell.number) for cell in cells
    ]
    found = []
    for name, codes in groups:
        given = sum(number for donors, number in givers if donors <= codes)
        inside = [pair for pair in pairs if pair[0] in codes and pair[1] in codes]
        found.append((inside, shares[name] / 100 * given))
    return figures_of(found)


def flow_truths(ends: Any, firms: Any) -> tuple[Holdings, Holdings]:
    """Return who gives and who takes in each pair of communes [t]."""
    owner = firms.to_dict()
    sides: list[dict[Any, dict[str, float]]] = []
    for end in ("donor", "taker"):
        rows = ends[ends["end"] == end]
        keys = ("donor_id", "receiver_id", "site_id", "t")
        held: dict[Any, dict[str, float]] = {}
        for donor, taker, site, t in zip(
            *(rows[key].tolist() for key in keys), strict=True
        ):
            if site in owner:
                mine = held.setdefault((donor, taker), {})
                mine[owner[site]] = mine.get(owner[site], 0.0) + t
        sides.append(dict(sorted(held.items())))
    return sides[0], sides[1]


def joint_truth(amounts: Any, ends: Any) -> Holdings:
    """Split what each firm throws away into what it gives, pair by pair, and keeps."""
    firms = amounts.set_index("site_id")["firm_id"]
    held: dict[Any, dict[str, float]] = {}
    for origin in KINDS:
        rows = amounts[amounts["origin"] == origin]
        mine = ends[ends["site_id"].isin(rows["site_id"]) & (ends["end"] == "donor")]
        given, _ = flow_truths(mine, firms)
        gave: dict[tuple[str, str], float] = {}
        for (donor, taker), parts in given.items():
            held["donne", origin, donor, taker] = dict(parts)
            for firm, t in parts.items():
                gave[donor, firm] = gave.get((donor, firm), 0.0) + t
        sums = rows.groupby(["code_insee", "firm_id"])["value"].sum()
        for (code, firm), t in sums.items():
            rest = max(0.0, float(t) - gave.get((code, firm), 0.0))
            kept = held.setdefault(("garde", origin, code), {})
            kept[firm] = rest if rest > SMALL_T else 0.0
    return held


def joint_figures(
    blocks: list[Figure],
    cells: list[Figure],
    flows: Any,
    *,
    told: set[tuple[str, str]],
) -> list[Figure]:
    """Read tonnage and exchanges as sums of the same parts: given, kept back."""
    pairs = sorted(pairs_of(flows))
    gives: dict[str, list[tuple[str, str]]] = {}
    for pair in pairs:
        gives.setdefault(pair[0], []).append(pair)
    found = []
    for one in blocks:
        parts: list[Any] = [("garde", *unit) for unit in one.units]
        for origin, code in one.units:
            parts += [("donne", origin, *pair) for pair in gives.get(code, [])]
        found.append(Figure(frozenset(parts), one.number))
    for one in cells:
        given = [
            ("donne", origin, *pair)
            for origin in KINDS
            for pair in one.units
            if (origin, pair[0]) in told
        ]
        found.append(Figure(frozenset(given), one.number))
    return found
