"""What is read back from published files is what was published."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from eitgeo.audit.auditing import audit_editions
from eitgeo.audit.published import LEVELS, read_published
from eitgeo.audit.registers import Edition, read_edition
from eitgeo.audit.texts import workbook_pages
from eitgeo.errors import SourceError
from eitgeo.study.prints import files_published, shelf_of
from tests.audit.drawn import edition_of
from tests.audit.leaks import SAFE, published, registers
from tests.audit.pages import write_deposits, write_folder
from tests.disclosure.territory import publish_drawn

TABLES = ("blocks", "cells", "figures")
KEYS = {
    "blocks": ["indicator_id", "block_id"],
    "cells": ["donor_id", "receiver_ids"],
    "figures": ["indicator_id", "perimeter_id"],
}


def test_a_page_gives_its_tables_back(tmp_path: Path) -> None:
    drawn = edition_of(publish_drawn(3))
    found = read_published(write_folder(tmp_path / "maps", drawn.published))
    for name in TABLES:
        mine, theirs = (
            getattr(one, name).sort_values(KEYS[name], ignore_index=True)
            for one in (drawn.published, found)
        )
        if name == "blocks":
            # Two kinds of block of one commune have two names.
            assert sorted(mine["block_id"]) == sorted(theirs["block_id"])
        columns = [one for one in theirs.columns if one in mine and one != "note"]
        pd.testing.assert_frame_equal(
            mine[columns], theirs[columns], check_dtype=False, check_index_type=False
        )


def test_a_page_is_audited_as_the_tables_are(tmp_path: Path) -> None:
    drawn = edition_of(publish_drawn(3))
    read = read_published(write_folder(tmp_path / "maps", drawn.published))
    one, two = audit_editions(drawn), audit_editions(Edition(read, drawn.registers))
    assert two.findings == one.findings == []
    assert two.n_equations == one.n_equations
    assert two.remarks == one.remarks == []
    # The rows of the workbook tell the blocks again.
    shown = read.blocks.query("indicator_id == 'deposit_t' and shown")
    assert two.n_redundant == one.n_redundant + 3 * len(shown)


def test_a_commune_of_one_firm_in_a_row_of_a_workbook_is_found(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "maps", published(SAFE))
    clean = audit_editions(Edition(read_published(folder), registers()))
    assert (clean.findings, clean.remarks) == ([], [])
    row = ("EPCI 1", "Commune b", "estimé", 50.0, 25.0, 100.0)
    write_deposits(folder, published(SAFE), row)
    found = audit_editions(Edition(read_published(folder), registers()))
    assert len([one for one in found.remarks if "pas un bloc publié" in one]) == 3


def test_what_is_declared_is_told_to_the_tonne(tmp_path: Path) -> None:
    safe = published(SAFE)
    shown = safe.blocks.query("indicator_id == 'deposit_t' and shown").iloc[0]
    names = safe.communes.set_index("code_insee").loc[list(shown["codes"])]
    for more, is_seen in ((0.4, False), (3.0, True)):
        folder = write_folder(tmp_path / f"{more}", safe)
        told = [float(shown[level]) + more for level in LEVELS]
        row = (names["epci_name"].iloc[0], ", ".join(names["name"]), "déclaré", *told)
        write_deposits(folder, safe, row)
        found = audit_editions(Edition(read_published(folder), registers()))
        assert bool(found.remarks) == is_seen


def test_another_edition_is_read_from_its_folder_or_from_maps(tmp_path: Path) -> None:
    write_folder(tmp_path / "maps", published(SAFE))
    for folder in (tmp_path, tmp_path / "maps"):
        other = read_edition(folder, registers())
        assert len(other.published.blocks) == len(SAFE)


@pytest.mark.parametrize(
    "page", [None, "<p>rien</p>", '<script type="application/json">{']
)
def test_a_folder_without_figures_is_refused(tmp_path: Path, page: str | None) -> None:
    if page is not None:
        (tmp_path / "comparateur.html").write_text(page, encoding="utf-8")
    with pytest.raises(SourceError, match="eitgeo run"):
        read_published(tmp_path)


def test_a_folder_may_be_named_from_here(tmp_path: Path, monkeypatch) -> None:
    folder = write_folder(tmp_path / "maps", published(SAFE))
    base = sqlite3.connect(folder / "etude.gpkg")
    base.execute("CREATE TABLE gpkg_contents (table_name TEXT)")
    base.close()
    monkeypatch.chdir(tmp_path)
    assert len(read_published(Path("maps")).blocks) == len(SAFE)


def test_folders_and_a_flat_edition_read_alike(tmp_path: Path) -> None:
    """Each file in the folder where it goes; what a user archives is not read."""
    flat = write_folder(tmp_path / "plat/maps", published(SAFE))
    maps = tmp_path / "range/maps"
    for path in files_published(flat):
        stem = path.stem.removeprefix("DEMO_")
        place = maps / shelf_of(stem) / path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    shutil.copytree(flat, maps / "archive")
    one, two = read_published(flat.parent), read_published(maps.parent)
    assert {path.parent.name for path in two.files} == {"1_elus", "4_tableurs"}
    assert {path.name for path in two.files} == {path.name for path in one.files}
    assert two.deposits.equals(one.deposits)
    assert two.blocks.equals(one.blocks)
    assert len(one.deposits) > 0


def test_a_workbook_is_read_once_and_anew_once_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, opened = tmp_path / "livre.xlsx", []
    load = openpyxl.load_workbook

    def loading(*given: Any, **options: Any) -> Any:
        opened.append(given)
        return load(*given, **options)

    monkeypatch.setattr(openpyxl, "load_workbook", loading)
    for cell in ("un", "deux cellules"):
        book = openpyxl.Workbook()
        book.worksheets[0].append([cell])
        book.save(path)
        for _ in range(2):
            assert list(workbook_pages(path)) == [("Sheet", [(cell,)])]
    assert len(opened) == 2


def test_a_spoilt_workbook_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "maps", published(SAFE))
    (folder / "abime.xlsx").write_bytes(b"nothing")
    with pytest.raises(SourceError, match="classeur illisible"):
        read_published(folder)


def test_a_page_carries_no_more_than_json(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "maps", published(SAFE))
    text = (folder / "DEMO_comparateur.html").read_text(encoding="utf-8")
    assert json.loads(text.partition(">")[2].rpartition("</script>")[0])["cells"] == []
