"""Which communes a source of counts covers."""

import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.territory.counts import require_covered


def test_a_town_without_a_row_is_not_covered_by_the_file() -> None:
    communes = pd.DataFrame(
        {"code_insee": ["31001", "31002", "31003"], "population": [1_999, 2_000, 9_000]}
    )
    rows = pd.DataFrame({"code_insee": ["31003"]})
    covered = {"31001", "31003"}
    require_covered(rows, covered, communes=communes, file="u.csv")
    with pytest.raises(StudyError, match=r"u\.csv : 1 communes .* \(31002\)"):
        require_covered(rows, covered | {"31002"}, communes=communes, file="u.csv")
