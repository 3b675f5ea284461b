"""Time a batch of small studies: one worker, then two, on this machine.

The studies are the country of three communes of the tests, each with a seed of its
own. The peer is the same batch one study after the other, in one worker of the same
cluster. Prints seconds, the speed-up, and whether both leave the same bytes. Usage:
``python -m benchmarks.batch [studies]``.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from eitgeo.commands.batch import Options, run_batch
from tests.faults.driver import standing
from tests.faults.tiny import write_tiny

N_STUDIES = 16
_OWN = ("lot.json", ".lot/eitgeo.lock")


def write_studies(folder: Path, count: int) -> None:
    """Write studies that differ by their seed."""
    first = folder / "e01"
    path = write_tiny(first)
    text = path.read_text(encoding="utf-8")
    for rank in range(2, count + 1):
        other = folder / f"e{rank:02d}"
        shutil.copytree(first, other)
        changed = text.replace("seed: 20261124", f"seed: {rank}")
        (other / "study.yaml").write_text(changed, encoding="utf-8")


def main(count: int) -> None:
    """Run the batch twice and compare."""
    with tempfile.TemporaryDirectory() as written:
        folder = Path(written)
        write_studies(folder / "studies", count)
        seconds, left, peaks = {}, {}, []
        for workers in (1, 2):
            out = folder / f"out{workers}"
            start = time.perf_counter()
            found = run_batch(folder / "studies", out, options=Options(workers=workers))
            seconds[workers] = time.perf_counter() - start
            assert {one.status for one in found.outcomes} == {"fait"}
            peaks += [one.peak_mb for one in found.outcomes]
            left[workers] = {k: v for k, v in standing(out).items() if k not in _OWN}
        same = left[1] == left[2]
        print(f"{count} studies, 1 worker   {seconds[1]:7.1f} s")
        print(f"{count} studies, 2 workers  {seconds[2]:7.1f} s")
        print(f"  {seconds[1] / seconds[2]:.2f} × faster, same bytes: {same}")
        print(f"  peak of a worker {max(peaks):.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else N_STUDIES)
