"""What `import eitgeo` gives an analyst: few names, told whole, loaded on demand."""

import inspect
import subprocess
import sys

import pytest
from numpydoc.validate import validate

import eitgeo

NAMES = sorted(set(eitgeo.__all__) - {"__version__"})
FUNCTIONS = [name for name in NAMES if inspect.isfunction(getattr(eitgeo, name))]
FREE = {"ES01", "EX01", "SA01", "PR04", "RT02"}
"""No long summary, example or \"see also\" is asked for; types stand in annotations."""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_is_told_whole(name) -> None:
    value = inspect.unwrap(getattr(eitgeo, name))
    found = validate(f"{value.__module__}.{value.__qualname__}")
    faults = {code: text for code, text in found["errors"] if code not in FREE}
    assert faults == {}


def test_names_are_those_that_dir_tells() -> None:
    assert 20 <= len(NAMES) <= 30
    assert {*NAMES} < {*dir(eitgeo)}


def test_a_library_is_loaded_when_a_name_is_asked_for() -> None:
    code = "import sys, eitgeo; print('pandas' in sys.modules); eitgeo.read_table; "
    code += "print('pandas' in sys.modules)"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True"]


def test_a_name_that_is_not_given_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'od_matrices'"):
        _ = eitgeo.od_matrices
