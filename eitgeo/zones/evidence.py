"""How sure a figure made of several sites is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

HYPOTHESIS_MAX = 0.2
"""Above this share of working assumptions, a figure is one itself."""


def evidence_class(sites: pd.DataFrame) -> str:
    """Class a count of sites by the sites that it is made of."""
    if sites.empty:
        return "O"
    assumed = sites["synthetic"] | sites["evidence"].eq("H")
    if assumed.mean() > HYPOTHESIS_MAX:
        return "H"
    return "O" if sites["evidence"].eq("O").all() else "S"
