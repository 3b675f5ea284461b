"""Time the default study: cold, unchanged, and after one changed parameter.

The peer is the naive way to work: run everything again. The ratio says what
resuming saves. Prints seconds, ratio and peak memory, and the seconds of processor of
the cold run, whole and by its dearest steps; nothing is asserted. Usage:
``python -m benchmarks.bench_study [rapide|complet]``.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LOG = Path(".calcul", "run.log")
N_DEAREST = 20
STUDY = Path(__file__).resolve().parent.parent / "study.yaml"


def run(study: Path, out: Path, effort: str) -> float:
    """Run the study in a process of its own and return the seconds."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "eitgeo", "run", str(study), "--out", str(out)]
    command += ["--effort", effort]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - start


def step_costs(log: Path) -> dict[str, float]:
    """Read the seconds of processor of each step that ran, the dearest first."""
    costs: dict[str, float] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        _, name, status, _, processor, *_ = line.split("\t")
        if status == "done":
            costs[name] = float(processor.split()[1])
    return dict(sorted(costs.items(), key=lambda item: -item[1]))


def main(effort: str) -> None:
    """Measure the three runs and print them."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        cold_s = run(STUDY, out, effort)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        peak_mb, cold_cpu_s = used.ru_maxrss / 1024, used.ru_utime + used.ru_stime
        steps = step_costs(out / LOG)
        unchanged_s = run(STUDY, out, effort)
        text = STUDY.read_text(encoding="utf-8")
        changed = STUDY.with_name(".bench_study.yaml")
        changed.write_text(text.replace("radius_m: 500", "radius_m: 600"), "utf-8")
        try:
            one_change_s = run(changed, out, effort)
        finally:
            changed.unlink()
    print(f"cold run            {cold_s:6.1f} s   peak {peak_mb:.0f} MB")
    print(f"  of processor      {cold_cpu_s:6.1f} s   {len(steps)} steps")
    print(f"unchanged run       {unchanged_s:6.1f} s   1/{cold_s / unchanged_s:.0f}")
    print(f"one zone parameter  {one_change_s:6.1f} s   1/{cold_s / one_change_s:.1f}")
    print("dearest steps of the cold run, seconds of processor:")
    for name, cpu_s in list(steps.items())[:N_DEAREST]:
        print(f"  {name:<18}{cpu_s:6.1f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "rapide")
