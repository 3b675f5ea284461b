"""Thousands of spoilt files for each reader: read, or refused as it should be.

A fault is an exception that is not the package's, a refusal without file or remedy,
a warning, more than ``SLOW_S`` seconds, or a process that dies. Each reader runs in a
process of its own; rank and reader give the file back. Usage, from the root:
``python -m tests.fuzz.run [--count 10000] [--cpu-s 60] [--only NAME ...] [--keep]``,
where ``--cpu-s`` leaves a reader after so many seconds of processor.

``build/fuzz/report.csv`` counts, ``build/fuzz/faults/`` holds the files that made a
fault; ``--keep`` writes ``tests/fuzz/corpus.jsonl`` again: the smallest file of each
answer that a reader gave.
"""

import argparse
import csv
import hashlib
import json
import math
import os
import random
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

from tests.fuzz.targets import READ, Target, targets

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "fuzz"
CORPUS = Path(__file__).with_name("corpus.jsonl")
COLUMNS = ("reader", "tried", "read", "refused", "answers", "faults", "cpu_s")
COUNT = 10_000
SLOW_S = 20
MOST_FAULTS = 10
MOST_KEPT, MOST_BYTES = 10, 1_200
MEMORY = Path("/dev/shm")  # noqa: S108 - a disk takes longer than most readers


class SlowError(Exception):
    """A reader that does not end."""


def drawn(target: Target, rank: int) -> bytes:
    """Return the spoilt file of a rank."""
    dice = random.Random(f"{target.name}/{rank}")  # noqa: S311 - no secret
    return target.spoil(target.valid, dice)


def _too_slow(*_: object) -> None:
    raise SlowError


def tried(target: Target, data: bytes, path: Path) -> tuple[str, str]:
    """Read a file: its answer, and the traceback of a fault or ``""``."""
    path.write_bytes(data)
    signal.alarm(SLOW_S)
    try:
        return target.hold(path), ""
    except Exception as error:  # noqa: BLE001 - counted, whatever it is
        return f"FAULT {type(error).__name__}", traceback.format_exc()
    finally:
        signal.alarm(0)


class Series:
    """The spoilt files of a reader, and what came of them."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.counts = {"tried": 0, "read": 0, "refused": 0, "faults": 0}
        self.smallest: dict[str, bytes] = {}
        self.places: set[str] = set()

    def run(self, count: int, cpu_s: float, folder: Path) -> None:
        """Try as many different files, or for as long."""
        seen: set[bytes] = set()
        path = folder / self.target.file
        for rank in range(20 * count):
            data = drawn(self.target, rank)
            mark = hashlib.blake2b(data, digest_size=12).digest()
            if mark in seen:
                continue
            seen.add(mark)
            self._note(rank, data, *tried(self.target, data, path))
            done = self.counts["tried"] == count or time.process_time() > cpu_s
            if done or len(self.places) == MOST_FAULTS:
                return

    def _note(self, rank: int, data: bytes, answer: str, trace: str) -> None:
        kind = "faults" if trace else "read" if answer == READ else "refused"
        self.counts["tried"] += 1
        self.counts[kind] += 1
        held = self.smallest.get(answer)
        if held is None or (len(data), data) < (len(held), held):
            self.smallest[answer] = data
        place = "\n".join(trace.splitlines()[-3:])
        if trace and place not in self.places:
            self.places.add(place)
            stem = OUT / "faults" / f"{self.target.name}-{rank}"
            stem.parent.mkdir(parents=True, exist_ok=True)
            stem.with_suffix(".bin").write_bytes(data)
            stem.with_suffix(".txt").write_text(trace, encoding="utf-8")

    def kept(self) -> list[dict[str, str]]:
        """Return the files to keep, a line an answer."""
        if not self.target.kept:
            return []
        small = {k: v for k, v in self.smallest.items() if len(v) <= MOST_BYTES}
        return [
            {
                "reader": self.target.name,
                "answer": answer,
                "latin1": data.decode("latin-1"),
            }
            for answer, data in sorted(small.items(), key=lambda one: len(one[1]))
            if not answer.startswith("FAULT")
        ][:MOST_KEPT]


def alone(target: Target, count: int, cpu_s: float) -> dict[str, Any]:
    """Try a reader in a process of its own; one that dies is a fault."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as made:
        folder = Path(made)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # threads of libraries that do nothing yet
            pid = os.fork()
        if pid == 0:
            warnings.simplefilter("error")
            signal.signal(signal.SIGALRM, _too_slow)
            series = Series(target)
            series.run(count, cpu_s, folder)
            told = {
                **series.counts,
                "answers": len(series.smallest),
                "kept": series.kept(),
            }
            (folder / ".told").write_text(json.dumps(told), encoding="utf-8")
            os._exit(0)
        _, status, used = os.wait4(pid, 0)
        answer = folder / ".told"
        if answer.is_file():
            found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        else:
            found = {"tried": "?", "faults": f"dead: {status}", "kept": []}
            (OUT / "faults").mkdir(parents=True, exist_ok=True)
            last = (folder / target.file).read_bytes()
            (OUT / "faults" / f"{target.name}-dead.bin").write_bytes(last)
    cpu_s = used.ru_utime + used.ru_stime
    return found | {"reader": target.name, "cpu_s": f"{cpu_s:.0f}"}


def main() -> int:
    """Try the readers asked for; say how many files and faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--cpu-s", type=float, default=math.inf)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    found = targets()
    chosen = [found[name] for name in asked.only or found]
    OUT.mkdir(parents=True, exist_ok=True)
    kept, faulty = [], 0
    with (OUT / "report.csv").open("a", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        for target in chosen:
            came = alone(target, asked.count, asked.cpu_s)
            writer.writerow(came)
            handle.flush()
            sys.stdout.write(" ".join(f"{k}={came.get(k, '')}" for k in COLUMNS) + "\n")
            sys.stdout.flush()
            kept += came["kept"]
            faulty += came["faults"] != 0
    if asked.keep:
        names = {target.name for target in chosen}
        held = [json.loads(one) for one in CORPUS.read_text("utf-8").splitlines()]
        others = [one for one in held if one["reader"] not in names]
        lines = [json.dumps(one, ensure_ascii=False) for one in [*others, *kept]]
        CORPUS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return faulty


if __name__ == "__main__":
    sys.exit(main())
