"""How far a long step is, told beside the spinner and nowhere else."""

import io
import logging

import pytest
from rich.console import Console

from eitgeo.cli.progress import PROGRESS, Progress
from eitgeo.steps.engine.contract import Step, StepReport

LONG = Step("distances", "Temps et longueurs de route")


@pytest.fixture
def progress():
    shown = Progress(Console(file=io.StringIO(), width=80), 1)
    yield shown
    if shown.spinner is not None:
        shown.spinner.stop()


def text_of(progress):
    return progress.spinner.status.plain


def test_a_stage_is_shown_while_the_step_runs(progress):
    with progress.telling_losses():
        progress.tell(StepReport(LONG, "running"))
        assert text_of(progress) == "Temps et longueurs de route …"
        logging.getLogger(PROGRESS).info("distances : bloc %d sur %d", 2, 9)
        assert text_of(progress) == "distances : bloc 2 sur 9 …"
    assert logging.getLogger(PROGRESS).handlers == []
    assert logging.getLogger(PROGRESS).level == logging.NOTSET


def test_a_stage_outside_a_step_is_not_shown(progress):
    with progress.telling_losses():
        logging.getLogger(PROGRESS).info("bloc 1 sur 9")
    assert progress.spinner is None
    assert progress.console.file.getvalue() == ""


def test_a_warning_is_still_a_line(progress):
    with progress.telling_losses():
        logging.getLogger("eitgeo.steps").warning("fichier changé")
    assert "Attention – fichier changé" in progress.console.file.getvalue()
