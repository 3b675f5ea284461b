"""Nobody gets a secret cell back from what is published; the attack has teeth."""

from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

from tests.disclosure.attack import (
    Figure,
    attack,
    fails,
    figures_of,
    real_parts,
    top_headcounts,
)
from tests.disclosure.reading import (
    block_figures,
    cell_figures,
    flow_truths,
    joint_figures,
    joint_truth,
    kept_figures,
    perimeter_figures,
    told_units,
)
from tests.disclosure.territory import (
    LEVELS,
    SIDE,
    Territory,
    draw_territory,
    held_by,
    unrounded,
)
from tests.disclosure.toy import make_guarded

SEEDS = 200
BATCH = 20
CI_BATCHES = 2
"""Batches that every run plays: among their 40 territories, those of
``tests/disclosure/test_weaker_rules.py`` show each weaker rule; ``-m slow`` plays the
others."""

BATCHES = [
    pytest.param(n, marks=[] if n < CI_BATCHES else pytest.mark.slow)
    for n in range(SEEDS // BATCH)
]
GUARDED_ANEW = 5
"""Territories whose two editions are guarded apart, to be the same table by table."""

SUMMED = ("deposit_t", "industry_jobs")
ATTACKED = (*SUMMED, "captured_pct", "top_site_pct")


@cache
def drawn_once(seed: int, *, edition: int = 0) -> Territory:
    """Draw a territory that several tests attack; none changes it.

    The second edition of the first few is guarded anew, that of others as the first.
    """
    known = drawn_once(seed).guarded if edition and seed >= GUARDED_ANEW else None
    return draw_territory(seed, edition=edition, figures=ATTACKED, guarded=known)


def groups_of(drawn: Territory) -> list[tuple[str, frozenset[str]]]:
    """Return the perimeters by name."""
    return [(one.perimeter_id, one.codes) for one in drawn.candidates]


def declared_in(rows: Any, level: str) -> Any:
    """Sum what is declared in open registers, commune by commune."""
    return rows[rows["origin"] == "declare"].groupby("code_insee")[level].sum()


def sums_found(drawn: Territory) -> set[Any]:
    """Attack the sums: blocks and perimeters together, and each perimeter alone."""
    found: set[Any] = set()
    communes, figures = drawn.guarded.communes, drawn.guarded.blocks
    for name in SUMMED:
        rows = drawn.amounts[name]
        truths = {level: held_by(rows, level) for level in LEVELS}
        told, public = told_units(communes, name), drawn.public.loc[name]
        for level in LEVELS:
            blocks = block_figures(communes, figures, indicator=name, level=level)
            contours = perimeter_figures(
                groups_of(drawn),
                public[level],
                declared=declared_in(rows, level),
                told=told,
            )
            found |= attack([*blocks, *contours], truths[level], *truths.values())
            for (one, _), contour in zip(groups_of(drawn), contours, strict=True):
                # Only these cut blocks: without the others, they may tell more.
                if one.startswith(("contour", "moins")):
                    alone = [*blocks, contour]
                    found |= attack(alone, truths[level], *truths.values())
    return found


def exchanges_found(drawn: Territory) -> set[Any]:
    """Attack the exchanges: cells and shares kept; then together with tonnage."""
    cells = cell_figures(
        drawn.guarded.communes, drawn.guarded.exchanges, drawn.synergies
    )
    shares = drawn.public.loc["captured_pct", "value"]
    kept = kept_figures(groups_of(drawn), shares, cells, drawn.synergies)
    truths = flow_truths(drawn.ends, drawn.firms)
    found = attack([*cells, *kept], *truths)
    rows = drawn.amounts["deposit_t"]
    blocks = block_figures(
        drawn.guarded.communes,
        drawn.guarded.blocks,
        indicator="deposit_t",
        level="value",
    )
    told = told_units(drawn.guarded.communes, "deposit_t")
    joint = joint_figures(blocks, cells, drawn.synergies, told=told)
    truth = joint_truth(rows, drawn.ends)
    return found | attack(joint, truth)


def largest_sites(drawn: Territory) -> dict[str, tuple[str, float]]:
    """Return the largest site of each perimeter."""
    rows = drawn.amounts["industry_jobs"]
    sites = list(zip(rows["site_id"], rows["code_insee"], rows["value"], strict=True))
    found = {}
    for name, codes in groups_of(drawn):
        inside = [(site, value) for site, code, value in sites if code in codes]
        if inside:
            found[name] = max(inside, key=lambda one: one[1])
    return found


def real_sites(drawn: Territory, name: str) -> dict[str, dict[str, float]]:
    """Return what the real sites of each perimeter make of a sum."""
    rows = drawn.amounts[name]
    rows = rows[~rows["synthetic"]]
    sites = list(zip(rows["code_insee"], rows["firm_id"], rows["value"], strict=True))
    found: dict[str, dict[str, float]] = {}
    for one, codes in groups_of(drawn):
        held = found.setdefault(one, {})
        for code, firm, value in sites:
            if code in codes:
                held[firm] = held.get(firm, 0.0) + value
    return found


def ratios_found(drawn: Territory) -> set[Any]:
    """Attack products of shares and sums."""
    jobs = drawn.public.loc["industry_jobs", "value"].to_dict()
    band = drawn.public.loc["top_site_pct", ["low", "high"]]
    shares = {str(name): (row["low"], row["high"]) for name, row in band.iterrows()}
    found: set[Any] = top_headcounts(jobs, shares, largest_sites(drawn))
    for name in SUMMED:
        rows = drawn.public.loc[name]
        found |= real_parts(
            rows["value"].to_dict(),
            rows["synthetic_share_pct"].to_dict(),
            real_sites(drawn, name),
        )
    return found


def found_in(drawn: Territory) -> set[Any]:
    """Attack a territory in every way."""
    return sums_found(drawn) | exchanges_found(drawn) | ratios_found(drawn)


@pytest.mark.parametrize("batch", BATCHES)
def test_nothing_secret_is_recovered_from_drawn_territories(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        drawn = drawn_once(seed)
        assert sums_found(drawn) == set(), seed
        assert exchanges_found(drawn) == set(), seed
        assert ratios_found(drawn) == set(), seed


def editions_found(*editions: Territory) -> set[Any]:
    """Attack the sums of several editions together."""
    first, *_ = editions
    found: set[Any] = set()
    for name in SUMMED:
        rows = first.amounts[name]
        truth = held_by(rows, "value")
        told = told_units(first.guarded.communes, name)
        figures: list[Figure] = []
        for one in editions:
            communes, blocks = one.guarded.communes, one.guarded.blocks
            figures += block_figures(communes, blocks, indicator=name, level="value")
            figures += perimeter_figures(
                groups_of(one),
                one.public.loc[name, "value"],
                declared=declared_in(rows, "value"),
                told=told,
            )
        found |= attack(figures, truth)
    return found


@pytest.mark.parametrize("batch", range(4))
def test_nothing_secret_is_recovered_from_two_editions(batch: int) -> None:
    for seed in range(batch * 5, (batch + 1) * 5):
        one, other = (drawn_once(seed, edition=n) for n in (0, 1))
        assert [c.codes for c in one.candidates] != [c.codes for c in other.candidates]
        for name in ("communes", "blocks", "exchanges", "draws"):
            mine, theirs = (getattr(edition.guarded, name) for edition in (one, other))
            pd.testing.assert_frame_equal(mine, theirs)
        assert editions_found(one, other) == set(), seed


def test_the_attack_succeeds_on_two_cuts_of_the_same_communes() -> None:
    """Each cut is safe; were the second drawn otherwise, both would not be."""
    hit = 0
    for seed in range(20):
        one = drawn_once(seed)
        codes = sorted(one.epci)
        across = pd.DataFrame(
            [(codes[n], codes[n + SIDE]) for n in range(len(codes) - SIDE)],
            columns=["code_a", "code_b"],
        ).assign(shared_border_m=100.0)
        with unrounded():
            again = make_guarded(one.amounts, one.ends, epci=one.epci, borders=across)
        other = replace(one, guarded=again)
        hit += bool(editions_found(one, other))
    assert hit >= 15


def unguarded(drawn: Territory, *, level: str = "value") -> list[Figure]:
    """Return what the perimeters make in truth, cut blocks included."""
    rows = drawn.amounts["deposit_t"]
    truth = rows.groupby("code_insee")[level].sum()
    numbers = pd.Series(
        {name: truth.reindex(list(codes)).sum() for name, codes in groups_of(drawn)}
    )
    return perimeter_figures(
        groups_of(drawn),
        numbers,
        declared=declared_in(rows, level),
        told=told_units(drawn.guarded.communes, "deposit_t"),
    )


def test_the_attack_succeeds_on_a_table_of_communes() -> None:
    drawn = drawn_once(1)
    truth = held_by(drawn.amounts["deposit_t"], "value")
    table = figures_of(([unit], sum(firms.values())) for unit, firms in truth.items())
    secret = {frozenset([unit]) for unit in truth if fails([unit], [truth])}
    assert len(secret) >= 5
    assert secret <= attack(table, truth)


def test_the_attack_succeeds_on_perimeters_that_count_cut_blocks() -> None:
    """Blocks alone are not enough: true totals of contours give the rest back."""
    hit = 0
    for seed in range(20):
        drawn = drawn_once(seed)
        truth = held_by(drawn.amounts["deposit_t"], "value")
        blocks = block_figures(
            drawn.guarded.communes,
            drawn.guarded.blocks,
            indicator="deposit_t",
            level="value",
        )
        hit += bool(attack([*blocks, *unguarded(drawn)], truth))
    assert hit >= 10


def test_the_attack_succeeds_on_contours_one_commune_apart() -> None:
    truth = {
        ("estime", c): dict.fromkeys(firms, 1.0)
        for c, firms in {"a": "xyz", "b": "u", "c": "vw"}.items()
    }
    ab = [("estime", "a"), ("estime", "b")]
    figures = figures_of([(ab, 4.0), ([*ab, ("estime", "c")], 6.0), (ab[:1], 3.0)])
    assert attack(figures, truth) == {
        frozenset([("estime", "b")]),
        frozenset([("estime", "c")]),
        frozenset([("estime", "b"), ("estime", "c")]),
    } - {frozenset([("estime", "b"), ("estime", "c")])}


def test_the_attack_finds_what_no_difference_gives() -> None:
    """(ab + bc − ac) ÷ 2 = b: no published set holds another."""
    truth = {
        one: {f"{one}{n}": 1.0 for n in range(1 if one == "b" else 4)} for one in "abc"
    }
    figures = figures_of([("ab", 5.0), ("bc", 5.0), ("ac", 8.0)])
    assert attack(figures, truth) == {frozenset("b")}


def test_the_attack_finds_cells_of_exchanges_with_one_giver() -> None:
    drawn = drawn_once(3)
    givers, takers = flow_truths(drawn.ends, drawn.firms)
    table = figures_of(([pair], sum(firms.values())) for pair, firms in givers.items())
    assert len(attack(table, givers, takers)) > 10


def test_the_attack_finds_the_first_site_of_a_share_and_its_jobs() -> None:
    jobs, largest = {"p": 500.0, "q": 800.0}, {"p": ("m", 200.0), "q": ("m", 200.0)}
    exact = {"p": (40.0, 40.0), "q": (25.0, 25.0)}
    assert top_headcounts(jobs, exact, largest) == {"m"}
    # Two wide bands with a common limit squeeze it too.
    bands = {"p": (39.0, 80.0), "q": (10.0, 26.0)}
    assert top_headcounts(jobs, bands, largest) == {"m"}
    assert (
        top_headcounts(jobs, {"p": (39.0, 80.0), "q": (10.0, 50.0)}, largest) == set()
    )


def test_the_attack_finds_the_real_sites_of_a_synthetic_share() -> None:
    real = {"p": {"f": 30.0}, "q": {"f": 30.0, "g": 30.0, "h": 30.0}}
    shares = {"p": 97.0, "q": 91.0}
    assert real_parts({"p": 1000.0, "q": 1000.0}, shares, real) == {"p"}
