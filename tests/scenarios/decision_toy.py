"""Three criteria and five perimeters, small enough to sum by hand.

        delib.  whole %  jobs km   scores (anchors 11→1, 0→100, 100→0)
west      3        80       20      0.8   0.8   0.8
east      5       100       60      0.6   1.0   0.4
both      9       100       10      0.2   1.0   0.9
none      9        50       80      0.2   0.5   0.2
hole      3       NaN       20      0.8   NaN   0.8
"""

from collections.abc import Mapping

import pandas as pd

CRITERIA = pd.DataFrame(
    {
        "indicator_id": ["delib", "whole", "far"],
        "measure": "value",
        "weight": [50.0, 30.0, 20.0],
        "worst": [11.0, 0.0, 100.0],
        "best": [1.0, 100.0, 0.0],
        "set": "defaut",
    }
).set_index("indicator_id")
WEIGHTS = CRITERIA["weight"]
FIGURES = {
    "west": (3.0, 80.0, 20.0),
    "east": (5.0, 100.0, 60.0),
    "both": (9.0, 100.0, 10.0),
    "none": (9.0, 50.0, 80.0),
    "hole": (3.0, float("nan"), 20.0),
}


def make_indicators(
    figures: Mapping[str, tuple[float, ...]] | None = None, *, evidence: str = "O"
) -> pd.DataFrame:
    """Return table ``indicators`` of the criteria of the module."""
    rows = [
        (perimeter, name, value)
        for perimeter, values in (FIGURES if figures is None else figures).items()
        for name, value in zip(CRITERIA.index, values, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["perimeter_id", "indicator_id", "value"])
    exact = {"low": table["value"], "high": table["value"]}
    return table.assign(**exact, percentile_same_size=float("nan"), evidence=evidence)
