"""The default study as a whole: what a change runs again, and the same bytes twice."""

from pathlib import Path

import pytest

from eitgeo.steps import STEPS, StepReport, plan_steps, run_steps
from eitgeo.study import Project, open_project

ROOT = Path(__file__).resolve().parents[1]
MAPS = {"territory_map", "perimeter_maps", "comparison_table", "offline_page"}
COMPARED = {"indicators", "perimeter_maps", "comparison_table", "offline_page"}


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> tuple[Project, list[StepReport]]:
    """Run the default study once, written aside."""
    out = tmp_path_factory.mktemp("default")
    project = open_project(ROOT / "study.yaml", out=out)
    return project, run_steps(STEPS, project)


def changed(project: Project, section: str, **values) -> Project:
    """Return the same project with other parameters."""
    part = getattr(project.study, section).model_copy(update=values)
    study = project.study.model_copy(update={section: part})
    return Project(study, project.base, project.out)


def by_status(reports: list[StepReport], status: str) -> set[str]:
    """Return the names of the steps with a status."""
    return {report.step.name for report in reports if report.status == status}


def pending(project: Project) -> set[str]:
    """Return the steps that would run, those only reached by what precedes them too."""
    return by_status(plan_steps(STEPS, project), "pending")


def tables(folder: Path) -> dict[str, bytes]:
    """Return every file of « data/processed »."""
    found = sorted((folder / "data/processed").iterdir())
    return {path.name: path.read_bytes() for path in found}


def test_every_step_is_done_and_every_product_is_signed(first) -> None:
    project, reports = first
    assert by_status(reports, "done") == {step.name for step in STEPS}
    for step in STEPS:
        for path in step.artefacts(project):
            assert path.stat().st_size > 0
            assert path.with_name(f"{path.name}.json").is_file()


def test_at_least_six_perimeters_are_compared_and_printed(first) -> None:
    project, _ = first
    printed = sorted(project.maps.glob("DEMO_carte_perimetre_*_A4.pdf"))
    assert len(printed) == len(project.study.compared_ids) >= 6


def test_nothing_runs_when_nothing_changed(first) -> None:
    project, _ = first
    before = tables(project.out)
    reports = run_steps(STEPS, project)
    assert by_status(reports, "current") == {step.name for step in STEPS}
    assert tables(project.out) == before
    assert pending(project) == set()


@pytest.mark.parametrize(
    ("section", "values", "expected"),
    [
        # No step reads the zones yet: they alone are drawn again.
        ("zones", {"radius_m": 600.0}, {"zones"}),
        ("comparison", {"min_headcount": 20.0}, COMPARED),
        ("comparison", {"seat_min_population": 3000}, COMPARED | MAPS | {"perimeters"}),
        ("flows", {"max_km": 100.0}, COMPARED | {"synergies"}),
        ("identity", {"title": "Autre titre"}, MAPS),
        ("methods", {"max_unions": 10_000}, COMPARED | MAPS | {"perimeters"}),
        (
            "roads",
            {"max_minutes": 200.0},
            {"roads", "distances", "synergies", "perimeters"} | COMPARED | MAPS,
        ),
        ("territory", {"buffer_km": 30.0}, {step.name for step in STEPS}),
    ],
)
def test_a_parameter_moves_what_depends_on_it_only(
    first, section, values, expected
) -> None:
    project = changed(first[0], section, **values)
    assert pending(project) == expected
    assert pending(first[0]) == set()


def test_the_seed_moves_the_draw_and_what_follows(first) -> None:
    found = pending(changed(first[0], "identity", seed=1))
    assert {"sites", "zones", "arisings", "synergies"} <= found
    assert found.isdisjoint({"territory", "borders", "outlets", "roads", "distances"})


def test_a_new_radius_runs_the_zones_alone_and_back(first) -> None:
    project, _ = first
    before = tables(project.out)
    wider = run_steps(STEPS, changed(project, "zones", radius_m=600.0))
    assert by_status(wider, "done") == {"zones"}
    moved = {name for name, held in tables(project.out).items() if held != before[name]}
    sidecars = {"zones.parquet.json", "site_zone.parquet.json"}
    assert (
        sidecars | {"zones.parquet"}
        <= moved
        <= sidecars
        | {
            "zones.parquet",
            "site_zone.parquet",
        }
    )
    back = run_steps(STEPS, project)
    assert by_status(back, "done") == {"zones"}
    assert tables(project.out) == before


TABLE_STEPS = [step for step in STEPS if step.writes]


@pytest.fixture(scope="module")
def second(first, tmp_path_factory) -> Project:
    """Write the tables of the same study into another folder."""
    project, _ = first
    out = tmp_path_factory.mktemp("default") / "autre dossier"
    other = Project(project.study, project.base, out)
    reports = run_steps(TABLE_STEPS, other)
    assert by_status(reports, "done") == {step.name for step in TABLE_STEPS}
    return other


def test_another_folder_holds_the_same_bytes(first, second) -> None:
    held, expected = tables(second.out), tables(first[0].out)
    assert held.keys() == expected.keys()
    assert [name for name, content in held.items() if content != expected[name]] == []
    assert not any(str(second.out.parent).encode() in one for one in held.values())


def test_a_new_headcount_floor_runs_the_indicators_alone_and_back(second) -> None:
    before = tables(second.out)
    higher = changed(second, "comparison", min_headcount=20.0)
    assert by_status(run_steps(TABLE_STEPS, higher), "done") == {"indicators"}
    assert tables(second.out) != before
    assert by_status(run_steps(TABLE_STEPS, second), "done") == {"indicators"}
    assert tables(second.out) == before
