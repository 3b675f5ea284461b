"""Folders of the package hold at most twenty files, and list them in order."""

import pytest

from tests.scripts.load import ROOT, load_script

MOST_FILES = 20
rooms = load_script("rooms")
NAMES = [path.relative_to(ROOT).as_posix() for path in rooms.rooms()]


def write_room(root, **texts):
    """Write a folder ``room`` of a package, each file with its text."""
    room = root / "eitgeo" / "room"
    room.mkdir(parents=True)
    (room / "__init__.py").write_text('"""A room.\n\nFor tests.\n"""\n')
    for name, text in texts.items():
        (room / f"{name}.py").write_text(f'"""Of {name}."""\n{text}\n')
    return room


def test_files_come_after_those_that_they_import(tmp_path, monkeypatch):
    monkeypatch.setattr(rooms, "ROOT", tmp_path)
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
    room = write_room(
        tmp_path,
        a="from eitgeo.room.c import x",
        b=f"{typed}    from eitgeo.room.a import y",
        c="import json",
    )
    assert rooms.files(room) == ["b", "c", "a"]
    told = rooms.contents(room)
    assert told == (
        '"""A room.\n\nFor tests.\n\nEach file rests on those above it:\n\n'
        '- ``b``: Of b.\n- ``c``: Of c.\n- ``a``: Of a.\n"""\n'
    )
    (room / "__init__.py").write_text(told)
    assert rooms.contents(room) == told
    assert rooms.listed(room) == ["b", "c", "a"]


def test_files_that_import_each_other_have_no_order(tmp_path, monkeypatch):
    monkeypatch.setattr(rooms, "ROOT", tmp_path)
    room = write_room(
        tmp_path, a="from eitgeo.room.b import x", b="from eitgeo.room import a"
    )
    with pytest.raises(SystemExit, match="room: files import each other"):
        rooms.files(room)


@pytest.mark.parametrize("name", NAMES)
def test_a_room_lists_its_files_in_order(name):
    room = ROOT / name
    written = (room / "__init__.py").read_text(encoding="utf-8")
    assert written == rooms.contents(room), "run scripts/rooms.py"
    assert rooms.listed(room) == rooms.files(room)


@pytest.mark.parametrize("name", NAMES)
def test_a_room_holds_few_files(name):
    assert len(list((ROOT / name).glob("*.py"))) <= MOST_FILES
