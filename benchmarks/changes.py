"""What a change touches: ten that were made before the rebuilding, then now.

``python benchmarks/changes.py`` lists the ``ENH`` commits that touched eight files or
more before the house was rebuilt, draws ten of them by a fixed seed, and says for each
how many files it touched and how many hold today what it brought: ``changes.csv``, a
row a file. Those rows were made by following each function, table and page of the
commit to where it lives, not by making it again; what a list repeated then and no
longer does is left out; what a command writes (lists of rooms, pages of sources, locks)
is told apart. It ends with means and ninth deciles, and with those of all ``ENH``
commits before and since.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import subprocess
import sys
from pathlib import Path
from statistics import fmean, quantiles
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
REBUILT = "2026-11-28T00:00:00Z"
SEED = 24
N_DRAWN = 10
LEAST_FILES = 8
TABLE = Path(__file__).with_name("changes.csv")
KINDS = {"package": "eitgeo/", "tests": "tests/", "docs": "docs/"}
"""What a file counts as, by where it lies; else it counts as other."""
ALL = (*KINDS, "other")


class Change(NamedTuple):
    """One commit, and the files that it touched."""

    commit: str
    subject: str
    files: tuple[str, ...]

    def of(self, kind: str) -> int:
        """Count the files of one kind."""
        return sum(kind_of(file) == kind for file in self.files)


def kind_of(file: str) -> str:
    """Say what a file is to the count; the package had its name before."""
    return next((kind for kind, at in KINDS.items() if file.startswith(at)), "other")


class Row(NamedTuple):
    """A file that holds a change today: written by ``hand``, or by a ``command``."""

    commit: str
    file: str
    written_by: str


def enhancements(when: str) -> list[Change]:
    """List the ENH commits of a time, oldest first; merges are none."""
    command = ["git", "log", "--reverse", "--no-merges", "--grep=^ENH: ", when]
    command += ["--abbrev=8", "--format=%x00%h%x01%s", "--name-only", "--"]
    told = subprocess.run(  # noqa: S603 - git of this repository
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [read(block) for block in told.split("\0")[1:]]


def read(block: str) -> Change:
    """Read one commit of the log."""
    head, *files = [line for line in block.splitlines() if line]
    commit, subject = head.split("\1")
    return Change(commit, re.sub(r"^ENH: ", "", subject), tuple(files))


def drawn(changes: list[Change]) -> list[Change]:
    """Draw ten, the same ones on every machine."""
    ranks = random.Random(SEED).sample(range(len(changes)), N_DRAWN)  # noqa: S311
    return [changes[rank] for rank in sorted(ranks)]


def today(commits: list[str]) -> dict[str, list[Row]]:
    """Return the files that hold each change; what has moved since is told."""
    with TABLE.open(encoding="utf-8", newline="") as handle:
        rows = [Row(**row) for row in csv.DictReader(handle)]
    lost = [row.file for row in rows if not (ROOT / row.file).is_file()]
    if lost:
        print(f"{TABLE.name}, moved since: {', '.join(lost)}", file=sys.stderr)
    return {one: [row for row in rows if row.commit == one] for one in commits}


def counted(files: list[str]) -> str:
    """Count files by kind: package/tests/docs/other."""
    return "/".join(str(sum(kind_of(file) == kind for file in files)) for kind in ALL)


def spread(counts: list[int]) -> tuple[float, float]:
    """Return mean and ninth decile."""
    return round(fmean(counts), 1), round(quantiles(counts, n=10)[-1], 1)


def main() -> None:
    """Count, and say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="list all that could be")
    asked = parser.parse_args()
    changes = enhancements(f"--until={REBUILT}")
    large = [one for one in changes if len(one.files) >= LEAST_FILES]
    chosen = drawn(large)
    held = today([one.commit for one in chosen])
    out = csv.writer(sys.stdout)
    out.writerow(("commit", "before", "kinds", "by hand", "kinds", "written", "what"))
    for one in chosen:
        rows = held[one.commit]
        hand = [row.file for row in rows if row.written_by == "hand"]
        told = (len(one.files), counted(list(one.files)), len(hand), counted(hand))
        out.writerow((one.commit, *told, len(rows) - len(hand), one.subject))
    n_hand = [sum(r.written_by == "hand" for r in rows) for rows in held.values()]
    out.writerow(("ten, before", *spread([len(one.files) for one in chosen])))
    out.writerow(("ten, by hand today", *spread(n_hand)))
    since = enhancements(f"--since={REBUILT}")
    for name, some in (("all before", changes), ("all since", since)):
        out.writerow((name, len(some), *spread([len(one.files) for one in some])))
    if asked.all:
        out.writerows((one.commit, len(one.files), one.subject) for one in large)


if __name__ == "__main__":
    main()
