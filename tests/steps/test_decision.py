"""What of a decision leaves the study: ranks on assumptions do not."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.steps.decision.ranking import TABLES
from eitgeo.steps.maps.released_decision import publish_decision
from eitgeo.study.project import Project, open_project
from eitgeo.tables.empty import empty_table
from tests.scenarios.toy import ROOT

CRITERIA = pd.DataFrame(
    [
        ("a", "n_deliberations", 4.0, 0.8, 15.0, 100.0, "O", ""),
        ("a", "seat_45min_pct", 90.0, 0.9, 15.0, 0.0, "H", "poids nul"),
        ("a", "naf_diversity", 66.0, 0.66, 10.0, 0.0, "H", "poids nul"),
    ],
    columns=list(empty_table("decision_criteria").columns),
)
ORDER = pd.DataFrame(
    [("a", True, 80.0, 1.0, "")], columns=list(empty_table("decision_order").columns)
)


def published(project: Project):
    """Publish a decision between perimeters that are not those of the study."""
    tables = {part: empty_table(name) for part, name in TABLES.items()}
    return publish_decision(
        project, tables=tables | {"criteria": CRITERIA, "order": ORDER}
    )


@pytest.mark.parametrize(
    ("study", "n_orders"), [("study.yaml", 0), ("tests/studies/real.yaml", 1)]
)
def test_orders_leave_where_no_site_is_made_up(tmp_path, study, n_orders) -> None:
    found = published(open_project(ROOT / study, out=tmp_path))
    assert len(found.order.table) == n_orders
    told = found.criteria.table.set_index("indicator_id")["score"]
    assert told["n_deliberations"] == 0.8
    assert told["seat_45min_pct"] == 0.9  # greyed, with no weight
    assert np.isnan(told["naf_diversity"])  # a rank among unions, on assumptions
    assert found.criteria.demonstration
    assert CRITERIA["score"].notna().all()
