"""A server, an impatient client that records its waits, and a folder of study."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest

from eitgeo.sources.fetch.http import Client
from eitgeo.sources.fetch.plan import Outcome, Watch
from eitgeo.sources.fetch.register import Download
from eitgeo.sources.fetch.run import fetch_files
from tests.sources.fetch.official import Official, serving

if TYPE_CHECKING:
    from pathlib import Path

    from eitgeo.sources.fetch.plan import Outcome

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def official():
    """Serve on this machine."""
    with serving() as server:
        yield server


@dataclass
class Heard(Watch):
    """Records what it is told."""

    starts: list[tuple[int, int | None]] = field(default_factory=list)
    n_bytes: int = 0
    reasons: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)

    def started(self, item, *, done_bytes, total_bytes):  # noqa: ARG002
        self.starts.append((done_bytes, total_bytes))

    def advanced(self, item, n_bytes):  # noqa: ARG002
        self.n_bytes += n_bytes

    def waiting(self, item, reason, *, wait_s):  # noqa: ARG002
        self.reasons.append(reason)

    def ended(self, outcome):
        self.ends.append(outcome.status)


@dataclass
class Study:
    """A folder of study that fetches from the server."""

    base: Path
    official: Official
    waits_s: list[float] = field(default_factory=list)
    heard: Heard = field(default_factory=Heard)

    def item(
        self, path: str = "/a.csv", *, sha256: str = "", file: str = ""
    ) -> Download:
        """Return a file of the server, put under its own name."""
        name = file or path.rpartition("/")[2]
        url = self.official.url + path
        return Download(name, "2026", url, f"data/raw/{name}", "LO", sha256)

    def client(self, **options: float) -> Client:
        """Return a client that waits no time and notes how long it would."""
        settings = {"tries": 3, "read_s": 2.0, **options}
        rng = np.random.default_rng(1)
        return Client(sleep=self.waits_s.append, rng=rng, **settings)  # type: ignore[arg-type]

    def fetch(
        self, item: Download, *, force: bool = False, **options: float
    ) -> Outcome:
        """Fetch one file."""
        (outcome,) = fetch_files(
            [item],
            base=self.base,
            register=self.base / "data/sources.csv",
            force=force,
            client=self.client(**options),
            watch=self.heard,
        )
        return outcome

    def content(self, item: Download) -> bytes:
        """Return the bytes of a target."""
        return (self.base / item.path).read_bytes()

    def left(self) -> list[str]:
        """Return the names of the files in the folder of data."""
        folder = self.base / "data/raw"
        return sorted(one.name for one in folder.glob("*")) if folder.is_dir() else []


@pytest.fixture
def study(tmp_path, official):
    """Return a folder with an accent and a space."""
    return Study(tmp_path / "étude d'ici", official)
