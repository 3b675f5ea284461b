"""What a step leaves in memory, and what it does not load."""

import gc
import sys
import weakref
from gc import unfreeze
from pathlib import Path
from types import ModuleType

import pytest

from eitgeo.errors import StudyError
from eitgeo.steps.engine.contract import Step
from eitgeo.study.project import Project, open_project

NAME = "eitgeo_step_that_leaves_a_ring"


class Ring:
    """It holds itself: counting references never frees it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(scope="module")
def project() -> Project:
    return open_project(Path(__file__).parents[2] / "study.yaml")


@pytest.mark.parametrize("fails", [False, True])
def test_a_step_leaves_no_ring_and_the_collector_as_it_was(
    project: Project, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    left: list[weakref.ref[Ring]] = []
    frozen = []

    def run(*, project: Project) -> dict[str, object]:
        del project
        left.append(weakref.ref(Ring()))
        frozen.append(gc.get_freeze_count())
        if fails:
            raise StudyError(NAME)
        return {"anneaux": 1}

    module = ModuleType(NAME)
    vars(module)["run"] = run
    monkeypatch.setitem(sys.modules, NAME, module)
    monkeypatch.setattr(gc, "unfreeze", unfreeze)  # the true one
    step = Step("ring", "Anneau", module=NAME)
    if fails:
        with pytest.raises(StudyError, match=NAME):
            step.run(project)
    else:
        assert step.run(project) == {"anneaux": 1}
        assert left[0]() is None
    assert frozen[0] > 10_000
    assert gc.get_freeze_count() == 0
