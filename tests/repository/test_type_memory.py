"""The plugin of mypy that spares its garbage collector."""

import gc
import runpy
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_mypy_collects_rarely_and_checks_as_ever() -> None:
    """The plugin named in pyproject raises the thresholds, and has no hook."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (name,) = settings["tool"]["mypy"]["plugins"]
    before = gc.get_threshold()
    try:
        gc.set_threshold(200_000, 30, 30)  # as mypy sets them
        made = runpy.run_path(str(ROOT / name))["plugin"]("2.4.1")
        assert gc.isenabled()
        assert gc.get_threshold()[0] >= 1_000_000
    finally:
        gc.set_threshold(*before)
    assert (made.__module__, made.__name__) == ("mypy.plugin", "Plugin")
