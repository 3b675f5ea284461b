"""Time the default study: cold, unchanged, and after one changed parameter.

The peer is the naive way to work: run everything again. The ratio says what
resuming saves. Prints seconds, ratio and peak memory; nothing is asserted. Usage:
``python benchmarks/bench_study.py [rapide|complet]``.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STUDY = Path(__file__).resolve().parent.parent / "study.yaml"


def run(study: Path, out: Path, effort: str) -> float:
    """Run the study in a process of its own and return the seconds."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "eitgeo", "run", str(study), "--out", str(out)]
    command += ["--effort", effort]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - start


def main(effort: str) -> None:
    """Measure the three runs and print them."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        cold_s = run(STUDY, out, effort)
        peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        unchanged_s = run(STUDY, out, effort)
        text = STUDY.read_text(encoding="utf-8")
        changed = STUDY.with_name(".bench_study.yaml")
        changed.write_text(text.replace("radius_m: 500", "radius_m: 600"), "utf-8")
        try:
            one_change_s = run(changed, out, effort)
        finally:
            changed.unlink()
    print(f"cold run            {cold_s:6.1f} s   peak {peak_mb:.0f} MB")
    print(f"unchanged run       {unchanged_s:6.1f} s   1/{cold_s / unchanged_s:.0f}")
    print(f"one zone parameter  {one_change_s:6.1f} s   1/{cold_s / one_change_s:.1f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "rapide")
