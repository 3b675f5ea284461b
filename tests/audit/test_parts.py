"""Bounds of a part of a total are published figures too, or the audit says so."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.audit.equations import CAPTURED
from eitgeo.audit.sums import KEPT_SHARES, check_parts
from eitgeo.disclosure.exchanges import widened
from eitgeo.disclosure.rule import rounded

NAMES = [f"p{rank}" for rank in range(12)]
KEPT_T = dict(zip(NAMES, np.geomspace(40.0, 9_000.0, len(NAMES)), strict=True))
SHARES = pd.DataFrame(
    {
        "value": np.linspace(20.0, 90.0, len(NAMES)),
        "low": np.linspace(9.0, 80.0, len(NAMES)),
        "high": np.linspace(45.0, 97.0, len(NAMES)),
    }
)


def published(total: tuple[float, float, float], *, figures: bool) -> pd.DataFrame:
    """Return the parts of a total as a study publishes them, beside the shares."""
    part = np.array(list(KEPT_T.values()))[:, None] / 10_000.0
    parts = pd.DataFrame(part * np.array(total), columns=["value", "low", "high"])
    told = widened(parts, SHARES)
    if figures:
        told = pd.DataFrame(rounded(told), columns=told.columns)
    rows = {KEPT_SHARES[0]: told, CAPTURED: SHARES}
    return pd.concat(
        [
            one.assign(indicator_id=name, perimeter_id=NAMES)
            for name, one in rows.items()
        ]
    )


@pytest.mark.parametrize("figures", [False, True])
@pytest.mark.parametrize(
    "total",
    [
        (700.0, 300.0, 2_000.0),
        (700.0, -150.0, 2_000.0),
        (-700.0, -2_000.0, -300.0),
        (-700.0, -2_000.0, 90.0),
    ],
)
def test_what_a_part_tells_was_published(total, figures) -> None:
    rows = published(total, figures=figures)
    assert check_parts(rows, KEPT_T) == (3 * len(NAMES), [])


@pytest.mark.parametrize("level", ["value", "low", "high"])
@pytest.mark.parametrize("total", [(700.0, 300.0, 2_000.0), (700.0, -150.0, 2_000.0)])
def test_a_bound_that_tells_more_is_seen(total, level) -> None:
    rows = published(total, figures=True).reset_index(drop=True)
    rows[level] = rows[level].where(rows.index != 4, 1.8 * rows[level])
    _, remarks = check_parts(rows, KEPT_T)
    assert any(f", {level} : périmètre p4 : " in one for one in remarks)
    assert all(" périmètre p4 : " in one for one in remarks)
