"""A study without a stamp, from the names of three EPCI: the very commands, in order.

`eitgeo new --real` writes it and prints two commands; they are run as printed, the
addresses of its register led to a server of this machine, which stops before the run.
"""

from __future__ import annotations

import json
import re
import shlex
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

import pytest
import yaml
from typer.testing import CliRunner

from eitgeo.cli.app import app
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import Project, open_project
from tests.producer.bridge import LAYOUT, TICKETS, write_tickets
from tests.producer.country import ASKED, EPCIS
from tests.producer.server import producing
from tests.producer.territories import epci_list
from tests.rerun import blank_pictures
from tests.studies.answers import answers_of, opened_under

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "brandes"
NAMES = ("Vallons et Brandes imaginaires", "Plateau d'Entre-Deux", EPCIS[2].siren)
"""A name, a part of one, a SIREN."""

_STEP = re.compile(r"^\s+\d\. eitgeo (.+)$", re.MULTILINE)


class Real(NamedTuple):
    """The study that ran, and what each command said and asked for."""

    project: Project
    said: dict[str, str]
    """Command → what it printed."""
    codes: dict[str, int]
    """Command → how it ended."""
    asked: dict[str, list[tuple[str, str, str]]]
    """Command → method, path and range of what the server was asked meanwhile."""
    manners: dict[str, list[str]]
    """How hosts behave → paths."""
    digests: dict[str, str]
    """Target → digest of what the server served."""
    opened: list[str]
    """Files that its run opened in the folder of answers."""


def make_real(folder: Path) -> None:
    """Write, fetch and run the study; keep what was told beside its folder."""
    folder.mkdir(parents=True)
    listed = folder / "epci.csv"
    listed.write_bytes(epci_list())
    told = _Told()
    place = folder / NAME
    options = ["--epci", ",".join(NAMES), "--real", "--epci-list", str(listed)]
    told.run("new", ["new", NAME, *options, "--out", str(place)])
    fetch, run = (shlex.split(one) for one in _STEP.findall(told.said["new"]))
    _lightened(place / "study.yaml")
    with producing() as producer:
        told.listen(producer.official.asked)
        digests = producer.rewrite(place / "data/sources.csv")
        told.run("sizes", [*fetch, "--dry-run"])
        told.run("fetch", fetch)
        told.run("fetch again", fetch)
        manners = dict(producer.manners)
    # From here on nothing answers, and nobody may ask.
    with _without_network(), blank_pictures():
        _weigh(place, told)
        # Answers that no reader could read: a step that opened them would fail.
        answers = answers_of(open_project(place / "study.yaml"))
        answers.write_bytes(b"PAR1 secret")
        with opened_under(answers.parent) as opened:
            told.run("run", [*run, "--jobs", "1"])
        told.run("run again", [*run, "--jobs", "1"])
    kept = {
        "said": told.said,
        "codes": told.codes,
        "asked": told.asked,
        "manners": manners,
        "digests": digests,
        "opened": opened,
    }
    _kept(folder).write_text(json.dumps(kept), encoding="utf-8")


def real_in(folder: Path) -> Real:
    """Return the study that ran in a folder."""
    kept: dict[str, Any] = json.loads(_kept(folder).read_text(encoding="utf-8"))
    return Real(open_project(folder / NAME / "study.yaml"), **kept)


def asked_sirens() -> list[str]:
    """List the SIREN of the EPCI that are asked for."""
    return [one.siren for one in EPCIS if one.letter in ASKED]


class _Told:
    """What commands said, how they ended, what the server was asked meanwhile."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}
        self.codes: dict[str, int] = {}
        self.asked: dict[str, list[tuple[str, str, str]]] = {}
        self._heard: list[Any] = []

    def listen(self, heard: list[Any]) -> None:
        self._heard = heard

    def run(self, name: str, arguments: list[str]) -> None:
        before = len(self._heard)
        done = CliRunner().invoke(app, arguments)
        self.said[name], self.codes[name] = done.output, done.exit_code
        self.asked[name] = [
            (method, path, headers.get("Range", ""))
            for method, path, headers in self._heard[before:]
        ]


def _weigh(place: Path, told: _Told) -> None:
    """Bring in the tickets of the weighbridge, and let their sums out."""
    path = place / "study.yaml"
    write_tickets(place / TICKETS)
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    study["sources"]["pesees"] = LAYOUT
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    # Clients are known by the establishments of the study.
    names = [step.name for step in STEPS]
    run_steps(STEPS[: names.index("sites") + 1], open_project(path), jobs=1)
    asked = ["--study", str(path)]
    told.run("weighed", ["survey", "status", "--pesees", *asked])
    day = ["--date", "2026-01-15"]
    told.run("weighings", ["survey", "publish", *asked, *day, "--yes"])


def _lightened(path: Path) -> None:
    """Ask for fewer draws, as an author in a hurry does, and have had answers."""
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    study["arisings"] |= {"n_draws": 100}
    study.setdefault("flows", {})["participation"] = {"n_draws": 6}
    study["survey"] = {}
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")


@contextmanager
def _without_network() -> Iterator[None]:
    """Refuse any connection, to this machine too."""
    families = {socket.AF_INET, socket.AF_INET6}
    connect = socket.socket.connect

    def refused(self: socket.socket, address: Any) -> None:
        if self.family in families:
            pytest.fail(f"a run reached for the network: {address}")
        connect(self, address)

    with mock.patch.object(socket.socket, "connect", refused):
        yield


def _kept(folder: Path) -> Path:
    return folder.with_suffix(".json")
