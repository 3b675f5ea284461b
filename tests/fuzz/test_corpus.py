"""Spoilt files that once gave a new answer, kept: the same answer as then.

``python -m tests.fuzz.run --keep`` writes ``corpus.jsonl`` again: to be read first.
Files in ``found/`` made a fault, each of them: they are refused since.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.run import CORPUS
from tests.fuzz.targets import READ, Target, targets

FOUND = Path(__file__).with_name("found.jsonl")
LARGEST_BYTES = 200_000


@pytest.fixture(scope="module")
def every_target() -> dict[str, Target]:
    """Write the valid file of each reader once."""
    return targets()


def lines(path: Path) -> list[dict[str, Any]]:
    """Read a line a file."""
    return [json.loads(one) for one in path.read_text(encoding="utf-8").splitlines()]


def by_reader(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Gather lines by reader."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in lines(path):
        found.setdefault(one["reader"], []).append(one)
    return found


@pytest.mark.parametrize("reader", sorted(by_reader(CORPUS)))
def test_the_answer_is_that_of_the_corpus(every_target, reader, tmp_path) -> None:
    target = every_target[reader]
    path = tmp_path / target.file
    answers = {}
    for rank, one in enumerate(by_reader(CORPUS)[reader]):
        path.write_bytes(one["latin1"].encode("latin-1"))
        answers[rank, one["answer"]] = target.hold(path)
    assert [kept for (_, kept), now in answers.items() if now != kept] == []


@pytest.mark.parametrize("reader", sorted(by_reader(FOUND)))
def test_a_file_that_made_a_fault_is_refused(every_target, reader, tmp_path) -> None:
    target = every_target[reader]
    path = tmp_path / target.file
    for one in by_reader(FOUND)[reader]:
        path.write_bytes(base64.b85decode(one["base85"]))
        assert target.hold(path) != READ or one["read"]


def test_a_corpus_stays_small() -> None:
    assert CORPUS.stat().st_size + FOUND.stat().st_size < LARGEST_BYTES


def test_most_readers_have_files_of_text_kept(every_target) -> None:
    kept = {name for name, target in every_target.items() if target.kept}
    assert set(by_reader(CORPUS)) >= kept - {"osm_roads", "osm_areas"}
