"""A batch: the bytes of single runs, failures told, a lost worker replaced."""

import datetime as dt
import gc
import json
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import dask
import distributed
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from eitgeo.commands import batch_run
from eitgeo.commands.batch import Batch, Options, find_studies, run_batch
from eitgeo.disclosure.door.rules import release_register
from eitgeo.errors import SourceError, StudyError
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.prints.national_map import national_map
from eitgeo.steps.declared import STEPS
from eitgeo.study.project import Project, open_project
from tests.faults.driver import standing
from tests.faults.tiny import write_tiny

# Dask warns of what it does to its own sockets and loops when it is torn down.
pytestmark = pytest.mark.filterwarnings("ignore")
GATHERED = tuple(
    f"public/{name}" for name in ("indicators_public", "perimeters", "communes")
)
DRAWN = "arisings"
"""A table of draws; half of a run stands behind it."""


def steps_behind(*tables: str) -> set[str]:
    """Return the steps that must run before these tables stand."""
    writers = {step for step in STEPS if set(step.writes) & set(tables)}
    names = {step.name for step in writers}
    return names.union(*(steps_behind(*step.tables) for step in writers if step.tables))


def in_order(names: set[str]) -> tuple[str, ...]:
    """Return names of steps as they are declared."""
    return tuple(step.name for step in STEPS if step.name in names)


TABLES = in_order(steps_behind(*GATHERED))
HALF = in_order(steps_behind(DRAWN))


@pytest.fixture(scope="module")
def studies(tmp_path_factory) -> Path:
    """Two studies that run, one that cannot."""
    folder = tmp_path_factory.mktemp("lot")
    write_tiny(folder / "un")
    shutil.copytree(folder / "un", folder / "deux")
    path = folder / "deux" / "study.yaml"
    text = path.read_text(encoding="utf-8")
    assert "seed: 20261124" in text
    path.write_text(text.replace("seed: 20261124", "seed: 7"), encoding="utf-8")
    shutil.copytree(folder / "un", folder / "trois")
    (folder / "trois" / "raw" / "bodies.csv").unlink()
    return folder


@pytest.fixture(scope="module")
def serial(studies, tmp_path_factory) -> tuple[Batch, Path]:
    """The batch in one process, one study after the other."""
    out = tmp_path_factory.mktemp("serial") / "out"
    return run_batch(studies, out, options=Options(workers=0, only=TABLES)), out


def test_failures_are_told_and_the_others_are_done(serial) -> None:
    batch, out = serial
    status = {one.name: one.status for one in batch.outcomes}
    assert status == {"deux": "fait", "trois": "échec", "un": "fait"}
    (error,) = next(one.errors for one in batch.outcomes if one.name == "trois")
    assert "fichier absent : raw/bodies.csv → le déposer" in error
    log = json.loads((out / "lot.json").read_text(encoding="utf-8"))
    assert log["un"]["steps"] == len(TABLES)
    assert log["un"]["seconds"] > 0


def test_the_national_table_is_what_the_studies_released(serial) -> None:
    batch, out = serial
    table, *drawn = batch.files
    assert table.name == "DEMO_indicateurs.parquet"
    rows = pd.read_parquet(table)
    for name in ("un", "deux"):
        mine = rows[rows["study_id"].eq(name)]
        released = pd.read_parquet(
            out / name / "data/processed/indicators_public.parquet"
        )
        columns = list(released.columns)
        # Drawn sites: no rank of real bodies on working assumptions leaves.
        assumed = released["evidence"].eq("H")
        assert released.loc[assumed, "percentile_same_size"].notna().any()
        released.loc[assumed, "percentile_same_size"] = np.nan
        pd.testing.assert_frame_equal(
            mine[columns].reset_index(drop=True), released, check_dtype=False
        )
        assert mine["perimeter_name"].notna().all()
    assert "trois" not in set(rows["study_id"])
    first = {one.name: one.read_bytes()[:4] for one in drawn}
    assert first == {
        "DEMO_carte_etudes.pdf": b"%PDF",
        "DEMO_carte_etudes.png": b"\x89PNG",
    }


def holder_of(out: Path, name: str) -> Path:
    """Name the file that stands as long as a study runs."""
    return out / name / ".calcul" / "eitgeo.holder.json"


def worker_of(out: Path, name: str) -> int:
    """Wait until a study is in the middle of its run; return its process."""
    holder = holder_of(out, name)
    begun = out / name / "data" / "processed" / "communes.parquet.json"
    for _ in range(2400):
        if begun.is_file() and holder.is_file():
            pid: int = json.loads(holder.read_text(encoding="utf-8"))["pid"]
            return pid
        time.sleep(0.05)
    message = f"{name} never began"
    raise TimeoutError(message)


class Beside(NamedTuple):
    """A batch by workers, one of them killed in the middle, and what was seen of it."""

    out: Path
    killed: list[int]
    """The process, if the study was not at its end yet."""
    before: set[str]
    """What this process listened to before."""
    during: set[str]
    """What it and its workers listened to, once a study had begun."""


@pytest.fixture(scope="module")
def beside(studies, tmp_path_factory) -> Beside:
    """Half a batch by two workers, of which one is killed in the middle of a study.

    Its other half differs in nothing: ``test_there_and_back.py`` holds that tables have
    the same bytes in a process of other hashes.
    """
    if not hasattr(signal, "SIGKILL"):
        pytest.skip("needs POSIX")
    out = tmp_path_factory.mktemp("beside") / "out"
    killed: list[int] = []
    met: list[set[str]] = []

    def watch_then_kill() -> None:
        pid = worker_of(out, "un")
        met.append(doors())
        os.kill(pid, signal.SIGKILL)
        if holder_of(out, "un").is_file():
            killed.append(pid)

    before = doors()  # kernels of notebooks, on a worker that ran their tests
    killer = threading.Thread(target=watch_then_kill)
    killer.start()
    with pytest.raises(SourceError, match="indicators_public"):
        run_batch(studies, out, options=Options(workers=2, only=HALF))
    killer.join()
    return Beside(out, killed, before, met[0])


def test_a_worker_killed_in_the_middle_is_replaced(serial, beside) -> None:
    (killed,) = beside.killed
    assert killed != os.getpid()
    log = json.loads((beside.out / "lot.json").read_text(encoding="utf-8"))
    assert {name: one["status"] for name, one in log.items()} == {
        "deux": "fait",
        "trois": "échec",
        "un": "fait",
    }
    held, whole = standing(beside.out), standing(serial[1])
    writes = {table for one in STEPS if one.name in HALF for table in one.writes}
    expected = {
        name: content
        for name, content in whole.items()
        if name.partition("data/processed/")[2].partition(".")[0] in writes
    }
    of_lot = ("lot.json", ".lot/")
    held = {n: c for n, c in held.items() if not n.startswith(of_lot)}
    assert held.keys() == expected.keys()
    assert [name for name in held if held[name] != expected[name]] == []


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux")
def test_a_batch_opens_no_door_to_others_of_this_machine(beside) -> None:
    """Whoever could join a worker would run code as the one who started the batch."""
    assert beside.during <= beside.before
    # The same reader sees a door that is opened.
    with socket.create_server(("127.0.0.1", 0)):
        assert doors() - beside.before


def test_what_leaves_nothing_to_gather_is_told_once_it_is_done(
    studies, tmp_path
) -> None:
    alone = tmp_path / "lot"
    shutil.copytree(studies / "un", alone / "un")
    options = Options(workers=0, only=("territory",))
    with pytest.raises(SourceError, match="indicators_public"):
        run_batch(alone, tmp_path / "out", options=options)
    told = json.loads((tmp_path / "out/lot.json").read_text(encoding="utf-8"))
    assert told["un"]["status"] == "fait"


def test_a_second_batch_does_nothing_again(studies, serial) -> None:
    _, out = serial
    (out / "national/mes_indicateurs.parquet").write_bytes(b"a file of the user")
    before = standing(out)
    again = run_batch(studies, out, options=Options(workers=0, only=TABLES))
    steps = {one.name: one.steps for one in again.outcomes}
    assert steps == {"deux": 0, "trois": 0, "un": 0}
    after = standing(out)
    log = {"lot.json", ".lot/ecrits.json"}  # durations, and the digest of their file
    assert {n: c for n, c in after.items() if n not in log} == {
        n: c for n, c in before.items() if n not in log
    }


def test_what_a_user_edits_or_puts_among_the_national_files_stays(
    studies, serial, tmp_path
) -> None:
    out = Path(shutil.copytree(serial[1], tmp_path / "out"))
    names = ("national/DEMO_carte_etudes.png", "lot.json")
    others = ("national/indicateurs.parquet", "national/carte_etudes.pdf")
    for name in (*names, *others):
        (out / name).write_bytes(b"mine")
    run_batch(studies, out, options=Options(workers=0, only=TABLES))
    assert {(out / name).read_bytes() for name in (*names, *others)} == {b"mine"}
    beside = out / "national/DEMO_carte_etudes.nouveau.png"
    drawn = (serial[1] / names[0]).read_bytes()
    assert beside.read_bytes() == drawn
    # Let go of, the name is the map's again.
    (out / names[0]).unlink()
    run_batch(studies, out, options=Options(workers=0, only=TABLES))
    assert (out / names[0]).read_bytes() == drawn
    assert not beside.exists()


def test_folders_that_make_no_batch_are_refused(tmp_path) -> None:
    with pytest.raises(StudyError, match=r"aucune étude → y mettre NOM/study\.yaml"):
        find_studies(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a/study.yaml").write_text("")
    (tmp_path / "b.yaml").write_text("")
    assert list(find_studies(tmp_path)) == ["a", "b"]
    (tmp_path / "._b.yaml").write_text("")  # what macOS leaves on a key
    assert list(find_studies(tmp_path)) == ["a", "b"]
    (tmp_path / "A.yaml").write_text("")
    with pytest.raises(StudyError, match="deux études « a » → en renommer une"):
        find_studies(tmp_path)
    (tmp_path / "A.yaml").rename(tmp_path / "National.yaml")
    with pytest.raises(StudyError, match="« National » : nom réservé → la renommer"):
        find_studies(tmp_path)


def test_studies_that_cannot_be_opened_stop_no_other(tmp_path, monkeypatch) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/study.yaml").mkdir()
    (tmp_path / "c.yaml").symlink_to(tmp_path / "absent")
    (tmp_path / "d.yaml").write_text("x: 1")

    def opened(path: Path, *_: object) -> Project:
        if path.name == "d.yaml":
            raise ZeroDivisionError
        return open_project(path)

    monkeypatch.setattr(batch_run, "opened", opened)
    batch = run_batch(tmp_path, tmp_path / "out", options=Options(workers=0))
    told = {one.name: one.errors[0] for one in batch.outcomes}
    assert {one.status for one in batch.outcomes} == {"échec"}
    assert "encodage illisible" in told["a"]
    assert "fichier absent" in told["b"]
    assert "fichier absent" in told["c"]
    assert told["d"] == "anomalie du logiciel : ZeroDivisionError()"
    assert batch.files == ()


def doors() -> set[str]:
    """Return what this process and its children listen to, where Linux tells it."""
    if not Path("/proc/net/tcp").exists():
        return set()
    family = [str(os.getpid())]
    for one in family:
        for task in Path(f"/proc/{one}/task").iterdir():
            family += (task / "children").read_text(encoding="ascii").split()
    held = set()
    folders = [Path(f"/proc/{process}/fd") for process in family]
    for place in (one for folder in folders for one in folder.iterdir()):
        with suppress(OSError):  # closed meanwhile
            held.add(str(place.readlink()))
    lines = [
        line.split()
        for name in ("tcp", "tcp6", "unix")
        for line in Path(f"/proc/net/{name}").read_text("utf-8").splitlines()[1:]
    ]
    # State 0A of TCP; of a socket of the system, the flag 0x10000: it accepts calls.
    ports = [one for one in lines if len(one) > 9 and one[3] == "0A"]
    found = {one[1] for one in ports if f"socket:[{one[9]}]" in held}
    calls = [one for one in lines if len(one) in {7, 8} and one[3] == "00010000"]
    return found | {one[-1] for one in calls if f"socket:[{one[6]}]" in held}


def test_a_cluster_of_others_gives_what_its_workers_gave(tmp_path, monkeypatch) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("x: 1")
    cluster = distributed.LocalCluster(
        n_workers=1, processes=False, protocol="inproc://", dashboard_address=None
    )

    def opened(path: Path, *_: object) -> Project:
        if path.stem == "b":
            raise ZeroDivisionError
        return open_project(path)

    monkeypatch.setattr(batch_run, "opened", opened)
    with cluster:
        options = Options(scheduler=cluster.scheduler_address, retries=0)
        batch = run_batch(tmp_path, tmp_path / "out", options=options)
    told = {one.name: one.errors[0] for one in batch.outcomes}
    assert "clé inconnue « x »" in told["a"]
    assert told["b"] == "anomalie du logiciel : ZeroDivisionError()"


@pytest.fixture
def old_objects_aside() -> Iterator[None]:
    """Keep from the collector what other tests left: millions of objects."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("old_objects_aside")
@pytest.mark.parametrize("address", ["n'importe quoi", "tcp://", "tcp://127.0.0.1:9"])
def test_a_scheduler_that_does_not_answer_is_told(tmp_path, address) -> None:
    (tmp_path / "a.yaml").write_text("")
    options = Options(scheduler=address)
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(SourceError, match="aucun ordonnanceur ne répond à « "),
    ):
        run_batch(tmp_path, tmp_path / "out", options=options)
    # A client half made is gone: its end would hold up the start of another.
    assert not [one for one in gc.get_objects() if type(one) is distributed.Client]


def test_the_map_is_the_same_whatever_the_order() -> None:
    boxes = [box(x, 6_200_000, x + 40_000, 6_240_000) for x in (500_000, 700_000)]
    areas = gpd.GeoDataFrame({"study_id": ["a", "b$x_1$"]}, geometry=boxes, crs=2154)

    def drawn(rows: gpd.GeoDataFrame, *reasons: str) -> bytes:
        table = release_register(rows, sources=("© IGN",), demonstration=reasons)
        sheet = Sheet("Études", "", dt.date(2026, 11, 26))
        return compose(national_map(table, absent=("c",)), sheet)["png"]

    first = drawn(areas, "essai")
    assert drawn(areas.iloc[::-1], "essai") == first
    assert drawn(areas) != first
