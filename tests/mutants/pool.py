"""Copies of the repository, and the processes that judge mutants in them."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.mutants.modules import OUT, ROOT

Job = dict[str, Any]


def files_of(root: Path = ROOT) -> list[str]:
    """Return what git tracks or would add, from the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=root, capture_output=True, check=True)  # noqa: S603
    names = done.stdout.decode("utf-8").split("\0")
    return sorted({name for name in names if name and (root / name).is_file()})


def copied(tree: Path) -> Path:
    """Make a copy of the repository what the repository is now."""
    names = files_of()
    for name in names:
        old, new = ROOT / name, tree / name
        if not new.exists() or new.read_bytes() != old.read_bytes():
            new.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(old, new)
    kept = {tree / name for name in names}
    for path in tree.rglob("*"):
        if path.is_file() and path not in kept and path.suffix != ".pyc":
            path.unlink()
    return tree


def _lend(shared: Path, link: Path) -> None:
    """Put what tests find beside a clone beside the copies."""
    if shared.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(shared, target_is_directory=True)


class Worker:
    """A process that judges, in a copy of its own."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        paths = [str(self.tree), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "MPLBACKEND": "Agg",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTEST_ADDOPTS": "",
        }
        self.start()

    def start(self) -> None:
        """Start the process, and wait until it has its libraries."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.mutants.worker"],
            cwd=self.tree,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        json.loads(self.process.stdout.readline())  # type: ignore[union-attr] # pipes

    def answer(self, job: Job) -> dict[str, Any]:
        """Give a job, wait for its answer."""
        self.process.stdin.write(f"{json.dumps(job)}\n")  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]
        line = self.process.stdout.readline()  # type: ignore[union-attr]
        if not line:
            told = f"mutants: a worker ended in {self.tree}"
            raise RuntimeError(told)
        return json.loads(line)

    def stop(self) -> None:
        """Let the process end by itself."""
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.wait()
        self.process.stdout.close()  # type: ignore[union-attr]


Done = Callable[[Job, dict[str, Any]], None]


class Pool:
    """Jobs that some workers share, and what is done with each answer."""

    def __init__(self, jobs: Iterable[Job], done: Done) -> None:
        self.waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for job in jobs:
            self.waiting.put(job)
        self.done = done
        self.lock = threading.Lock()
        self.faults: list[Exception] = []

    def work(self, rank: int) -> None:
        """Take jobs until there is none, or until something failed."""
        worker = Worker(copied(OUT / f"tree-{rank}"))
        try:
            while not self.faults:
                job = self.waiting.get_nowait()
                found = worker.answer(job)
                with self.lock:
                    self.done(job, found)
        except queue.Empty:
            pass
        except Exception as fault:  # noqa: BLE001 - told by the main thread
            self.faults.append(fault)
        finally:
            worker.stop()


def answers(jobs: Iterable[Job], done: Done, *, n_workers: int) -> None:
    """Judge jobs with some workers; each answer is handed over as it comes."""
    pool = Pool(jobs, done)
    _lend(ROOT.with_name("shared"), OUT / "shared")
    threads = [
        threading.Thread(target=pool.work, args=(rank,), daemon=True)
        for rank in range(min(n_workers, pool.waiting.qsize()))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if pool.faults:
        raise pool.faults[0]
