"""Exchanges of a study, allocated again: the study's own, then under other settings."""

import pandas as pd
import pytest

import eitgeo as eg
from eitgeo.library.study_exchanges import StudyDraws, exchanged_by, first_draws
from eitgeo.study.project import Project

N_DRAWS = 2


@pytest.fixture(scope="module")
def draws(couserans) -> StudyDraws:
    return first_draws(couserans.project, N_DRAWS)


def stored(project: Project) -> pd.DataFrame:
    """Return the first draws of the table, whole: there, each counts for its part."""
    table = eg.read_table(project.processed, "allocation")
    first = table[table["participation_draw"] < N_DRAWS]
    return first.assign(t=first["t"] * project.study.flows.participation.n_draws)


def test_they_are_those_of_the_study(couserans, draws) -> None:
    table = stored(couserans.project)
    assert len(table)
    key = ["participation_draw", "donor_id", "receiver_id", "rule_id", "resource"]
    mine, theirs = (
        rows.set_index(key)["t"].sort_index() for rows in (draws.table, table)
    )
    assert mine.to_dict() == pytest.approx(theirs.to_dict())


def test_smaller_needs_and_a_rule_less_leave_fewer_tonnes(couserans, draws) -> None:
    project = couserans.project
    whole = draws.table.groupby("rule_id")["t"].sum()
    half = first_draws(project, N_DRAWS, needs_share=0.5).table
    assert 0 < half["t"].sum() < whole.sum()
    largest = str(whole.idxmax())
    without = first_draws(project, N_DRAWS, without_rules=[largest]).table
    assert largest not in set(without["rule_id"])
    near = first_draws(project, N_DRAWS, max_km=5).table
    assert (near["length_m"] <= 5_000).all()
    assert (draws.table["length_m"] > 5_000).any()


def test_groups_make_the_whole_and_few_firms_are_not_told(couserans, draws) -> None:
    table = draws.table
    groups = pd.Series("autres", index=table.index)
    groups.iloc[0] = "une"
    found = exchanged_by(couserans.project, draws, groups)
    assert (found["low"] <= found["mid"]).all()
    assert (found["mid"] <= found["high"]).all()
    assert not found.loc["une", "told"]
    alone = exchanged_by(couserans.project, draws, groups.replace("autres", "une"))
    per_draw = table.groupby("participation_draw")["t"].sum()
    assert alone["low"].item() < per_draw.mean() < alone["high"].item()


def test_families_are_named_as_readers_do(couserans, draws) -> None:
    found = exchanged_by(couserans.project, draws)
    assert len(found)
    assert all(name[0].isupper() for name in found.index)
