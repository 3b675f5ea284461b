"""Drawn territories: nothing is known of a firm, alone or over two editions."""

from dataclasses import replace

import pytest

from eitgeo.audit.auditing import Audit, audit_editions
from eitgeo.audit.registers import Edition
from tests.audit.drawn import edition_of
from tests.disclosure.territory import draw_territory, publish_drawn

FEW, MANY, BATCH = 5, 100, 20


def rounded(seed: int, *, edition: int = 0) -> Edition:
    """Return a drawn territory as it is published: rounded."""
    return edition_of(publish_drawn(seed, edition))


def too_well_known(found: Audit) -> list[tuple[str, str, str]]:
    """Return what is known on both sides, and the amounts of firms known on one."""
    return [
        (one.cell.kind, one.cell.name, one.side())
        for one in found.findings
        if one.cell.kind != "commune" or one.side() == "deux"
    ]


@pytest.mark.parametrize("seed", range(FEW))
def test_a_drawn_territory_tells_no_secret(seed: int) -> None:
    found = audit_editions(rounded(seed), against=rounded(seed, edition=1))
    assert found.findings == []
    assert found.remarks == []
    assert found.n_cells > 500


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(MANY // BATCH))
def test_a_hundred_drawn_territories_tell_no_secret(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        # Exact sums leave here: more than is published.
        one, other = (edition_of(draw_territory(seed, edition=rank)) for rank in (0, 1))
        found = audit_editions(one, against=other)
        assert too_well_known(found) == [], seed
        assert found.remarks == [], seed


def test_a_full_double_among_rounded_blocks_is_found() -> None:
    drawn = rounded(0)
    blocks = drawn.published.blocks.copy()
    rows = blocks["indicator_id"].eq("deposit_t") & blocks["shown"]
    first = blocks.index[rows & ~blocks["declared"]][0]
    blocks.loc[first, "value"] *= 1.000123
    planted = Edition(replace(drawn.published, blocks=blocks), drawn.registers)
    remarks = audit_editions(planted).remarks
    block = blocks.loc[first, "block_id"]
    said = f"deposit_t, value : bloc {block} : plus de chiffres que sa colonne"
    assert [one for one in remarks if "plus de chiffres que sa colonne" in one] == [
        said
    ]


def test_a_union_summed_before_rounding_is_found() -> None:
    """The total of exact amounts, beside blocks that are rounded."""
    drawn = rounded(0)
    figures = drawn.published.figures.copy()
    sums = figures["indicator_id"].eq("industry_jobs")
    whole = figures.index[sums & figures["perimeter_id"].eq("tout")][0]
    real = drawn.registers.amounts["industry_jobs"]["value"].sum()
    assert abs(figures.loc[whole, "value"] - real) > 0.01
    figures.loc[whole, "value"] = real
    planted = Edition(replace(drawn.published, figures=figures), drawn.registers)
    found = audit_editions(planted)
    assert [one for one in found.remarks if "périmètre tout" in one] == [
        "industry_jobs, value : périmètre tout : plus précis que ses blocs"
    ]
    clean = audit_editions(drawn)
    assert found.n_redundant == clean.n_redundant - 1


def test_a_kept_share_that_cells_do_not_make_is_found() -> None:
    drawn = rounded(1)
    figures = drawn.published.figures.copy()
    shares = figures["indicator_id"].eq("captured_pct") & figures["value"].notna()
    figures.loc[figures.index[shares][0], "value"] += 7.0
    planted = Edition(replace(drawn.published, figures=figures), drawn.registers)
    remarks = audit_editions(planted).remarks
    assert any("pas une part de cases publiées" in one for one in remarks)
