"""What of a decision leaves the study: ranks on assumptions do not."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.commands.compare import ordered
from eitgeo.steps.decision.ranking import TABLES
from eitgeo.study.project import Project, open_project
from eitgeo.tables.schema import empty_table
from tests.scenarios.toy import ROOT

ONE_AXIS = pd.DataFrame(
    [
        ("a", "n_deliberations", 4.0, 0.8, 15.0, 100.0, "O", ""),
        ("b", "n_deliberations", 8.0, 0.6, 15.0, 100.0, "O", ""),
        ("a", "seat_45min_pct", 90.0, 0.9, 15.0, 0.0, "H", "poids nul"),
        ("a", "naf_diversity", 66.0, 0.66, 10.0, 0.0, "H", "poids nul"),
    ],
    columns=list(empty_table("decision_criteria").columns),
)
TWO_AXES = pd.concat(
    [
        ONE_AXIS,
        ONE_AXIS.iloc[:2].assign(indicator_id="sites_per_animator", measured=[9.0, 0]),
    ]
)
ORDER = pd.DataFrame(
    [("a", True, 80.0, 1.0, "")], columns=list(empty_table("decision_order").columns)
)


def published(project: Project, criteria: pd.DataFrame):
    """Publish a decision between perimeters that are not those of the study."""
    tables = {part: empty_table(name) for part, name in TABLES.items()}
    return ordered(project, tables | {"criteria": criteria, "order": ORDER})


STUDIES = ("study.yaml", "tests/studies/real.yaml")


@pytest.mark.parametrize("study", STUDIES)
def test_orders_and_scores_stay_in_where_one_axis_is_observed(tmp_path, study) -> None:
    found = published(open_project(ROOT / study, out=tmp_path), ONE_AXIS)
    assert found["decision_order"].table.empty
    told = found["decision_criteria"].table.set_index("indicator_id")
    assert told["score"].isna().all()
    assert told["measured"].dropna().tolist() == [
        4.0,
        8.0,
        90.0,
    ]  # no rank among unions
    assert found["decision_criteria"].demonstration
    assert ONE_AXIS["score"].notna().all()


@pytest.mark.parametrize("study", STUDIES)
def test_orders_leave_where_two_axes_are_observed(tmp_path, study) -> None:
    found = published(open_project(ROOT / study, out=tmp_path), TWO_AXES)
    assert len(found["decision_order"].table) == 1
    told = found["decision_criteria"].table.drop_duplicates("indicator_id")
    told = told.set_index("indicator_id")["score"]
    assert told["n_deliberations"] == 0.8
    assert told["seat_45min_pct"] == 0.9  # greyed, with no weight
    assert np.isnan(told["naf_diversity"])  # a rank among unions, on assumptions


@pytest.mark.parametrize("study", STUDIES)
def test_no_order_rests_on_what_a_demonstration_assumes(tmp_path, study) -> None:
    weighs = TWO_AXES.assign(weight=25.0)
    found = published(open_project(ROOT / study, out=tmp_path), weighs)
    assert found["decision_order"].table.empty
