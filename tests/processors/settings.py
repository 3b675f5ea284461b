"""Processors played by this one: kernels of OpenBLAS, of NumPy and of the C library."""

import importlib
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PLAIN_LIBM = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-FMA4"}


def without(*names: str) -> dict[str, str]:
    """Return the variable that takes from NumPy the kernels that this machine has."""
    numpy: Any = importlib.import_module("numpy._core._multiarray_umath")
    able = [one for one in numpy.__cpu_dispatch__ if numpy.__cpu_features__.get(one)]
    off = [one for one in able if one.startswith(names)]
    return {"NPY_DISABLE_CPU_FEATURES": " ".join(off)} if off else {}


PROCESSORS: dict[str, dict[str, str]] = {
    "Haswell": {"OPENBLAS_CORETYPE": "Haswell", **without("X86_V4", "AVX512")},
    "Prescott": {
        "OPENBLAS_CORETYPE": "Prescott",
        **without("X86_V3", "X86_V4", "AVX2", "FMA3", "AVX512"),
        **PLAIN_LIBM,
    },
}
"""AVX2 without AVX-512, as AMD EPYC before Zen 4; neither of the two, no FMA either."""


def environment(processor: str = "") -> dict[str, str]:
    """Return the variables of a process on some processor; on this one by default."""
    own = {"OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES", "GLIBC_TUNABLES"}
    mine = {name: value for name, value in os.environ.items() if name not in own}
    asked = PROCESSORS[processor] if processor else {}
    return {**mine, "MPLBACKEND": "Agg", **asked}
