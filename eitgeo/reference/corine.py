"""Classes of CORINE Land Cover."""

from __future__ import annotations

from importlib import resources

import pandas as pd


def corine_classes() -> pd.DataFrame:
    """Return the 44 classes of CORINE Land Cover.

    References
    ----------
    European Environment Agency, CORINE Land Cover nomenclature guidelines, 2019;
    French labels: SDES.

    Examples
    --------
    >>> corine_classes().loc["121", "grid_code"].item()
    3
    """
    path = resources.files("eitgeo.reference").joinpath("corine_classes.csv")
    with path.open("rb") as handle:
        table = pd.read_csv(handle, dtype={"class_code": str})
    return table.set_index("class_code")
