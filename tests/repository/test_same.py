"""`make same` sees each kind of difference, and nothing where there is none."""

import json
import shutil
import sqlite3
import sys
import zipfile
from contextlib import closing, redirect_stdout
from io import StringIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib import pyplot as plt
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font

from tests.scripts.load import load_script


def write_run(folder: Path, *, word: str = "aval", stamp: str = "a") -> None:
    """Write one file of each kind that shows a word, and a stamp that nobody sees."""
    maps, tables = folder / "maps", folder / "data/processed"
    maps.mkdir(parents=True)
    tables.mkdir(parents=True)
    pd.DataFrame({"name": [word], "n": [1.0]}).to_parquet(tables / "zones.parquet")
    (tables / "zones.parquet.json").write_text(stamp)
    (maps / "manifest.json").write_text(stamp)
    (maps / "lot.json").write_text(json.dumps({"names": ["x", word]}))
    page = f'<script type="application/json">{json.dumps([word])}</script>{stamp}'
    (maps / "comparateur.html").write_text(page)
    (maps / "seule.html").write_text(f"<p>{word}</p>")
    with zipfile.ZipFile(maps / "etude.qgz", "w") as project:
        blank = "\n" * (stamp != "a")
        layer = f"<qgis>{blank}<layer name='{word}'/>{blank}</qgis>"
        project.writestr("etude.qgs", layer)
    with closing(sqlite3.connect(maps / "etude.gpkg")) as base, base:
        base.execute("CREATE TABLE zones (name TEXT)")
        base.execute("INSERT INTO zones VALUES (?)", (word,))
        base.execute("INSERT INTO zones VALUES (?)", (layer,))
    book = Workbook()
    book["Sheet"]["A1"] = word
    book.properties.creator = stamp
    book.save(maps / "zones.xlsx")
    figure = plt.figure(figsize=(2, 1))
    figure.text(0.1, 0.5, word)
    figure.savefig(maps / "carte.png", metadata={"Comment": stamp})
    with mpl.rc_context({"pdf.fonttype": 42}):
        figure.savefig(maps / "carte.pdf", metadata={"Subject": stamp})
    plt.close(figure)


def same(before: Path, after: Path) -> tuple[int, dict[str, str]]:
    """Run the script; return its code and what it says of each file."""
    told = StringIO()
    script = load_script("same")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["same.py", str(before), str(after)])
        with redirect_stdout(told), pytest.raises(SystemExit) as end:
            script.main()
    lines = [line.partition(": ") for line in told.getvalue().splitlines()]
    code = end.value.code if isinstance(end.value.code, int) else 1
    return code, {name: rest for name, _, rest in lines if rest}


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler absent")
def test_what_is_seen_is_compared_and_what_signs_is_not(tmp_path) -> None:
    write_run(tmp_path / "a")
    write_run(tmp_path / "b", stamp="b")
    assert same(tmp_path / "a", tmp_path / "b") == (0, {})
    write_run(tmp_path / "c", word="amont")
    (tmp_path / "c/maps/neuve.png").write_bytes(b"")
    code, told = same(tmp_path / "a", tmp_path / "c")
    assert code == 1
    assert {name.rpartition("/")[2] for name in told} == {
        "zones.parquet",
        "lot.json",
        "comparateur.html",
        "seule.html",
        "etude.qgz",
        "etude.gpkg",
        "zones.xlsx",
        "carte.png",
        "carte.pdf",
        "neuve.png",
    }
    assert told["maps/neuve.png"] == "only after"
    assert "'aval' → 'amont'" in told["data/processed/zones.parquet"]
    assert "names[1] = 'aval' →" in told["maps/lot.json"]
    assert "A1 = 'aval' →" in told["maps/zones.xlsx"]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("12 % de 4.5 t", "12 % de 4.5 t", True),
        ("0.30000000000000004", "0.3", True),
        ("x 4.999999999999999 y", "x 5.0 y", True),
        ("0.3000001234567891", "0.3", False),
        ("4.9", "5.0", False),
        ("90 %", "91 %", False),
        ("a 5", "b 5", False),
        ("a 5", "a 5 6", False),
        ("a" * 64, "b" * 64, True),
        ("a" * 63, "b" * 63, False),
    ],
)
def test_of_two_processors_long_numbers_are_values(
    one, other, is_same, tmp_path
) -> None:
    for name, text in (("a", one), ("b", other)):
        (tmp_path / name / "maps").mkdir(parents=True)
        (tmp_path / name / "maps/lot.md").write_text(text)
    found = load_script("same").differences(tmp_path / "a", tmp_path / "b", close=1e-9)
    assert (found == []) is is_same


NEAR = np.nextafter(1.0, 2.0)


def shapes(y: float) -> np.ndarray:
    """Write a point and a line, as tables hold them."""
    drawn = [shapely.Point(0, y), shapely.LineString([(0, 0), (1, y)])]
    return np.array([shapely.to_wkb(one) for one in drawn], dtype=object)


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        (
            {
                "mass_t": [NEAR, np.nan],
                "shape": shapes(NEAR),
                "list": [np.array([NEAR, 2.0]), np.array([3.0])],
            },
            True,
        ),
        ({"mass_t": [1.000001, np.nan]}, False),
        ({"mass_t": [1.0, 2.0]}, False),
        ({"n": [1, 3]}, False),
        ({"n": [1.0, 2.0]}, False),
        ({"name": ["a", "c"]}, False),
        ({"shape": shapes(2.0)}, False),
        ({"list": [np.array([1.0, 2.5]), np.array([3.0])]}, False),
        ({"more": [1, 2]}, False),
    ],
)
def test_of_two_processors_the_last_bits_of_tables_may_differ(
    changes, is_same, tmp_path
) -> None:
    columns = {
        "mass_t": [1.0, np.nan],
        "n": [1, 2],
        "name": ["a", "b"],
        "shape": shapes(1.0),
        "list": [np.array([1.0, 2.0]), np.array([3.0])],
    }
    for name, told in (("a", columns), ("b", columns | changes)):
        folder = tmp_path / name / "data/processed"
        folder.mkdir(parents=True)
        pd.DataFrame(told).to_parquet(folder / "zones.parquet")
    same = load_script("same")
    found = same.differences(tmp_path / "a", tmp_path / "b", close=1e-9)
    assert (found == []) is is_same
    assert same.differences(tmp_path / "a", tmp_path / "b") != []


def test_a_folder_without_a_run_is_refused(tmp_path) -> None:
    assert same(tmp_path, tmp_path) == (1, {})


def bold(book: Workbook) -> None:
    """Change a format."""
    book["Sheet"]["A1"].font = Font(bold=True)


def widen(book: Workbook) -> None:
    """Change a width."""
    book["Sheet"].column_dimensions["A"].width = 50


def freeze(book: Workbook) -> None:
    """Change what stays when the sheet is scrolled."""
    book["Sheet"].freeze_panes = "A2"


def merge(book: Workbook) -> None:
    """Merge two cells."""
    book["Sheet"].merge_cells("B2:C2")


def comment(book: Workbook) -> None:
    """Comment a cell."""
    book["Sheet"]["A1"].comment = Comment("note", "")


def link(book: Workbook) -> None:
    """Put a link on a cell."""
    book["Sheet"]["A1"].hyperlink = "https://exemple.invalid/"


@pytest.mark.parametrize("change", [bold, widen, freeze, merge, comment, link])
def test_a_workbook_differs_by_its_looks(change, tmp_path) -> None:
    for name in ("a", "b"):
        maps = tmp_path / name / "maps"
        maps.mkdir(parents=True)
        book = Workbook()
        book["Sheet"]["A1"] = "aval"
        if name == "b":
            change(book)
        book.save(maps / "zones.xlsx")
    code, told = same(tmp_path / "a", tmp_path / "b")
    assert code == 1
    assert list(told) == ["maps/zones.xlsx"]
