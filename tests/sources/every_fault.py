"""Each fault that the issue names, made in the valid file of a source.

``FAULTS`` names them; ``make`` spoils the file of a source, or gives None where the
source has nothing that can bear the fault (no number, no coordinates …); ``met`` says
what its reader gave.  The answers are held by ``faults.csv``, from which the page
``docs/fautes.md`` is written too: ``python -m tests.sources.every_fault`` writes
both again after a change that was wanted, to be read before they are kept.
"""

from __future__ import annotations

import csv
import json
import re
import struct
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import box
from shapely.geometry import mapping, shape

from eitgeo.errors import CrsError, SchemaError, SourceError
from eitgeo.sources.files.archives import MAX_BYTES
from tests.scripts.load import load_script
from tests.sources import test_admin_express, test_bd_topo, test_insee_belonging
from tests.sources.every_source import SOURCES, columns_of, write
from tests.sources.mutate import FORMULA, MARKUP, parse, render, write_as
from tests.sources.source import Source, loaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eitgeo.sources.files.loaded import Loaded

    type Cells = list[list[str]]

TABLE = Path(__file__).with_name("faults.csv")
TRUE_FILES = Path(__file__).with_name("true_files.csv")
FALSEHOODS = Path(__file__).with_name("falsehoods.csv")
ATTACKS = Path(__file__).resolve().parents[1] / "disclosure" / "attacks.csv"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "fautes.md"
COLUMNS = ("source", "fault", "outcome", "told")
ANNOUNCED_BYTES = 4_200_000_000
"""What the bomb announces: the largest size that a ZIP without extension holds."""

FAULTS = {
    "separateur": "autre séparateur",
    "utf_16": "encodage UTF-16",
    "windows_1252": "encodage Windows-1252",
    "colonne_renommee": "colonne renommée",
    "colonne_absente": "colonne absente",
    "doublon": "ligne en double (même SIRET, même code)",
    "axes_inverses": "coordonnées inversées",
    "autre_systeme": "coordonnées dans un autre système",
    "hors_dossier": "archive dont un chemin sort du dossier",
    "bombe": "archive dont la taille annoncée dépasse la limite",
    "formule": "formule dans une cellule",
    "html": "HTML dans un nom",
    "vide": "fichier de 0 octet",
    "virgule": "virgule décimale dans une cellule",
    "date": "date hors limites",
    "types_meles": "texte dans une colonne de nombres",
    "excel": "CSV enregistré par Excel (point-virgule, zéros perdus)",
    "retour": "retour à la ligne dans une cellule entre guillemets (RFC 4180)",
    "cellule": "cellule de 140\N{NARROW NO-BREAK SPACE}000 caractères",
    "colonnes": "mille colonnes de plus",
}
"""Key -> what it is, in French."""

OUTCOMES = {
    "refus": "refusé",
    "ecarte": "ligne écartée et rapportée",
    "remarque": "lu, avec une remarque",
    "garde": "lu : le texte reste du texte",
    "egal": "lu sans différence",
    "lu": "lu",
    "sans_objet": "sans objet",
}


class Met(NamedTuple):
    """What a reader gave: a key of ``OUTCOMES``, and the words that tell it."""

    outcome: str
    told: str


def communes() -> gpd.GeoDataFrame:
    """Return the two communes of the tests, EPSG:2154; a reader may change them."""
    return _communes().copy()


@cache
def _communes() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "code_insee": ["09001", "31002"],
            "nom": ["L'Œuvre-Basse", "Saint-Élix"],
            "dep": ["09", "31"],
            "population": [100, 300],
            "area_km2": [100.0, 100.0],
            "seat_x": [505_000.0, 515_000.0],
            "seat_y": [6_205_000.0, 6_205_000.0],
            "in_area": [True, True],
        },
        geometry=[
            box(500_000, 6_200_000, 510_000, 6_210_000),
            box(510_000, 6_200_000, 520_000, 6_210_000),
        ],
        crs="EPSG:2154",
    )


# --- Spoilers: (source, folder) -> the spoilt file, or None.


def make(name: str, fault: str, folder: Path) -> Path | None:
    """Spoil the file of a source; None where it cannot bear the fault."""
    source = SOURCES[name]
    if fault == "vide":
        path = folder / source.file
        path.write_bytes(b"")
        return path
    if fault in {"hors_dossier", "bombe"}:
        return _archive(source, write(name, folder), fault)
    return _BY_FORM[source.form](source, folder, fault)


def _archive(source: Source, sound: Path, fault: str) -> Path | None:
    if source.form == "workbook" and fault == "bombe":
        sound.write_bytes(_announcing(sound.read_bytes()))
        return sound
    if not source.in_archive:
        return None
    path = sound.parent / "livraison.zip"
    folder = "../" if fault == "hors_dossier" else ""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(sound, folder + sound.name)
    if fault == "bombe":
        path.write_bytes(_announcing(path.read_bytes()))
    return path


def _announcing(data: bytes) -> bytes:
    """Return a ZIP whose directory announces more than it holds."""
    size = struct.pack("<I", ANNOUNCED_BYTES)
    for entry in re.finditer(b"PK\x01\x02", data):
        at = entry.start() + 24
        data = data[:at] + size + data[at + 4 :]
    return data


def _csv(source: Source, folder: Path, fault: str) -> Path | None:
    assert source.data is not None
    cells = parse(source.data, separator=source.separator, encoding=source.encoding)
    data = _csv_bytes(source, cells, fault)
    if data is None or data == source.data:
        return None
    path = folder / source.file
    path.write_bytes(data)
    return path


def _csv_bytes(source: Source, cells: Cells, fault: str) -> bytes | None:
    as_is = {"separator": source.separator, "encoding": source.encoding}
    if fault == "separateur":
        other = "comma" if source.separator == ";" else "tab"
        return write_as(cells, other, **as_is)
    if fault == "utf_16":
        return write_as(cells, "utf-16", **as_is)
    if fault == "windows_1252":
        written = write_as(cells, "cp1252", **as_is)
        return None if written.isascii() else written
    if fault == "excel":
        return write_as(cells, "excel", **as_is)
    if fault == "colonnes":
        changed: Cells | None = _widened(cells)
    else:
        changed = _csv_cells(source, cells, fault)
    return None if changed is None else render(changed, **as_is)


def _widened(cells: Cells) -> Cells:
    more = [f"c{n}" for n in range(1000)]
    return [cells[0] + more, *(row + [""] * 1000 for row in cells[1:])]


def _csv_cells(source: Source, cells: Cells, fault: str) -> Cells | None:
    header = [name.strip() for name in cells[0]]

    def place(name: str) -> int | None:
        return header.index(name) if name in header else None

    def put(name: str, change: Callable[[str], str]) -> Cells | None:
        at = place(name)
        if at is None:
            return None
        cells[1][at] = change(cells[1][at])
        return cells

    if fault == "colonne_renommee":
        at = place(source.needed)
        assert at is not None
        cells[0][at] = f"{cells[0][at].strip()}s"
        return cells
    if fault == "colonne_absente":
        at = place(source.needed)
        return [row[:at] + row[at + 1 :] for row in cells] if at is not None else None
    if fault == "doublon":
        return [*cells, list(cells[1])]
    if fault in {"axes_inverses", "autre_systeme"}:
        return _moved(source, cells, place, fault)
    name, change = {
        "formule": (source.text, lambda _: FORMULA),
        "html": (source.text, lambda _: MARKUP),
        "virgule": (source.number, _with_comma),
        "date": (source.date, _out_of_calendar),
        "types_meles": (source.number, lambda _: "douze"),
        "retour": (source.text, lambda cell: f"{cell}\nsuite"),
        "cellule": (source.text, lambda _: "x" * 140_000),
    }[fault]
    return put(name, change) if name else None


def _with_comma(cell: str) -> str:
    return cell.replace(".", ",") if "." in cell else f"{cell},5"


def _out_of_calendar(cell: str) -> str:
    return "9999" if re.fullmatch(r"\d{4}", cell) else "2024-02-30"


def _moved(
    source: Source, cells: Cells, place: Callable[[str], int | None], fault: str
) -> Cells | None:
    if not source.xy[0]:
        return None
    x, y = (place(name) for name in source.xy)
    assert x is not None
    assert y is not None
    for row in cells[1:]:
        row[x], row[y] = _elsewhere(row[x], row[y], fault)
    return cells


def _elsewhere(x: str, y: str, fault: str) -> tuple[str, str]:
    """Return coordinates, or one cell that holds both, swapped or in metres of 3857."""
    if x.startswith("{"):
        cell = json.dumps(_geometry(json.loads(x), fault))
        return cell, cell
    if "," in x:
        lon, lat = x.split(", ")
        cell = f"{lat}, {lon}" if fault == "axes_inverses" else "66791.7, 5322463.2"
        return cell, cell
    return (y, x) if fault == "axes_inverses" else ("66791.7", "5322463.2")


def _geometry(value: dict[str, Any], fault: str) -> dict[str, Any]:
    def move(points: np.ndarray) -> np.ndarray:
        if fault == "axes_inverses":
            return points[:, ::-1]
        return points % 1_000 + np.array([66_791.7, 5_322_463.2])

    return dict(mapping(shapely.transform(shape(value), move)))


def _json(source: Source, folder: Path, fault: str) -> Path | None:
    assert source.data is not None
    if fault == "utf_16":
        data: bytes | None = source.data.decode().encode("utf-16")
    elif fault == "windows_1252":
        latin = json.dumps(json.loads(source.data), ensure_ascii=False).encode("cp1252")
        data = None if latin.isascii() else latin
    else:
        content = json.loads(source.data)
        data = (
            json.dumps(content).encode()
            if _json_spoilt(source, content, fault)
            else None
        )
    if data is None:
        return None
    path = folder / source.file
    path.write_bytes(data)
    return path


def _json_spoilt(source: Source, content: Any, fault: str) -> bool:
    rows = content["features"] if isinstance(content, dict) else content
    if fault == "doublon":
        rows.append(rows[0])
        return True
    if fault in {"axes_inverses", "autre_systeme"} and source.xy[0]:
        for row in rows:
            row[source.xy[0]] = _geometry(row[source.xy[0]], fault)
        return True
    holders = [row.get("properties", row) for row in rows]
    if fault in {"colonne_renommee", "colonne_absente"}:
        for one in holders:
            value = one.pop(source.needed, None)
            if fault == "colonne_renommee":
                one[f"{source.needed}s"] = value
        return True
    name, value = {
        "formule": (source.text, FORMULA),
        "html": (source.text, MARKUP),
        "virgule": (source.number, "12,5"),
        "types_meles": (source.number, "douze"),
    }.get(fault, ("", ""))
    if name:
        holders[0][name] = value
    return bool(name)


def _layer(source: Source, folder: Path, fault: str) -> Path | None:
    assert source.make is not None
    if fault == "axes_inverses":
        return source.make(folder, crs="inverse")
    if fault == "autre_systeme":
        return source.make(folder, crs=3857)
    if source.file == "site_eco.gpkg":
        texts = {"formule": FORMULA, "html": MARKUP}
        told = {source.text: texts[fault]} if fault in texts else None
        return source.make(folder, rows=told) if told else None
    rows = _valid_columns(source)
    changed = _layer_columns(source, rows, fault)
    return source.make(folder, rows=changed) if changed is not None else None


def _valid_columns(source: Source) -> dict[str, list[Any]]:
    valid = {
        "nom_officiel": test_admin_express.LOWER,
        "toponyme": columns_of(test_bd_topo.ZONE),
        "cpx_numero": columns_of(test_bd_topo.ROAD),
    }[source.text]
    return {name: list(values) for name, values in valid.items()}


def _layer_columns(
    source: Source, rows: dict[str, list[Any]], fault: str
) -> dict[str, list[Any]] | None:
    if fault == "colonne_renommee":
        return {
            (f"{name}s" if name == source.needed else name): values
            for name, values in rows.items()
        }
    if fault == "colonne_absente":
        return {name: values for name, values in rows.items() if name != source.needed}
    if fault == "doublon":
        return {name: [values[0], values[0]] for name, values in rows.items()}
    name, value = {
        "formule": (source.text, FORMULA),
        "html": (source.text, MARKUP),
        "virgule": (source.number, "12,5"),
        "types_meles": (source.number, "douze"),
    }.get(fault, ("", ""))
    if not name:
        return None
    return rows | {name: [value, str(rows[name][1])]}


def _raster(source: Source, folder: Path, fault: str) -> Path | None:
    assert source.make is not None
    if fault == "autre_systeme":
        return source.make(folder, crs=None)
    if fault == "types_meles" and source.number:
        return source.make(folder, codes=np.full((2, 4), 9_999.0))
    return None


def _workbook(source: Source, folder: Path, fault: str) -> Path | None:
    assert source.make is not None
    header = list(test_insee_belonging.HEADER)
    rows = [list(row) for row in test_insee_belonging.ROWS]
    at = header.index(source.needed)
    if fault == "colonne_renommee":
        header[at] = f"{header[at]}S"
    elif fault == "colonne_absente":
        header, rows = header[1:], [row[1:] for row in rows]
    elif fault == "doublon":
        rows.append(rows[0])
    elif fault in {"formule", "html"}:
        rows[0][header.index(source.text)] = FORMULA if fault == "formule" else MARKUP
    elif fault == "excel":
        rows[0][at] = rows[0][at].lstrip("0")
    else:
        return None
    return source.make(folder, rows=rows, header=header)


_BY_FORM: dict[str, Callable[[Source, Path, str], Path | None]] = {
    "csv": _csv,
    "json": _json,
    "layer": _layer,
    "raster": _raster,
    "workbook": _workbook,
}


# --- What a reader gave.


def met(name: str, fault: str, folder: Path) -> Met:
    """Spoil the file of a source, read it, and say what came of it."""
    path = make(name, fault, folder)
    if path is None:
        return Met("sans_objet", "")
    try:
        with mock.patch(
            "eitgeo.sources.sites.sirene_scan.MAX_ARCHIVE_BYTES", MAX_BYTES
        ):
            found = loaded(SOURCES[name].read(path, communes()))
    except (SchemaError, SourceError, CrsError) as error:
        return Met("refus", _first_fault(str(error), path))
    return _difference(found, _sound(name), fault)


@cache
def _sound(name: str) -> Loaded:
    """Read the valid file of a source, once for all of its faults."""
    with tempfile.TemporaryDirectory() as folder:
        return loaded(SOURCES[name].read(write(name, Path(folder)), communes()))


def _first_fault(message: str, path: Path) -> str:
    lines = message.split("\n")
    line = lines[1].removeprefix("  - ") if len(lines) > 1 else lines[0]
    line = line.removeprefix(f"{path.name} : ")
    return re.sub(r"\(Error.*?\)|\(.*(line|column).*\)", "(…)", line)


def _difference(found: Loaded, sound: Loaded, fault: str) -> Met:
    for kind, name, column in (
        ("ecarte", "dropped", "reason"),
        ("remarque", "notes", "detail"),
    ):
        now, before = (_told(one, name, column) for one in (found, sound))
        new = [text for text in now if text not in before]
        if len(now) > len(before) or new:
            return Met(kind, (new or now)[0])
    texts = {"formule": FORMULA, "html": MARKUP}
    if fault in texts:
        kept = texts[fault] in _everything(found).replace('""', '"')
        return Met("garde" if kept else "lu", "")
    same = _everything(found) == _everything(sound)
    return Met("egal" if same else "lu", "")


def _told(result: Loaded, table: str, column: str) -> list[str]:
    rows: pd.DataFrame | None = getattr(result, table, None)
    return [] if rows is None else rows[column].tolist()


def _everything(result: Loaded) -> str:
    tables = [result.table, getattr(result, "bodies", None)]
    frames = [pd.DataFrame(one) for one in tables if one is not None]
    return "\n".join(one.to_csv(index=False) for one in frames)


def cells() -> Iterator[tuple[str, str]]:
    """Give every source with every fault, in the order of the page."""
    for name in SOURCES:
        for fault in FAULTS:
            yield name, fault


def read_table() -> dict[tuple[str, str], Met]:
    """Return what each source is held to give for each fault."""
    with TABLE.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {
        (row["source"], row["fault"]): Met(row["outcome"], row["told"]) for row in rows
    }


_PAGE_HEAD = """\
# Fautes des fichiers : ce que chacune donne

Page écrite par `python -m tests.sources.every_fault` à partir de
`tests/sources/faults.csv`, que les tests comparent à ce que font les lecteurs : une
case qui ne serait plus vraie fait échouer les tests.

Chaque source est décrite par un petit fichier valide, dans lequel une seule faute est
mise. Le lecteur refuse le fichier en nommant le fichier, la ligne et le remède, ou il
le lit en disant ce qu'il a écarté ou ce qui est douteux. Jamais de perte sans rapport.

R : refusé · É : ligne écartée et rapportée · N : lu, avec une remarque · T : lu, le
texte reste du texte · = : lu sans différence · L : lu · – : sans objet. Ce que chaque
lecteur dit de chaque faute, mot pour mot, est dans la table.
"""
_SIGNS = dict(zip(OUTCOMES, "RÉNT=L–", strict=True))


def page() -> str:
    """Return docs/fautes.md, as the table has it."""
    answers = read_table()
    numbers = {fault: rank for rank, fault in enumerate(FAULTS, start=1)}
    lines = [_PAGE_HEAD]
    lines += [f"{rank}. {FAULTS[fault]}" for fault, rank in numbers.items()]
    lines += [
        "",
        "| Source | " + " | ".join(map(str, numbers.values())) + " |",
        "|---|" + ":-:|" * len(numbers),
    ]
    for name, source in SOURCES.items():
        signs = " | ".join(_SIGNS[answers[name, fault].outcome] for fault in FAULTS)
        lines.append(f"| {source.title} | {signs} |")
    more = [*_true_lines(), *_attack_lines(), *_falsehood_lines()]
    text = "\n".join([*lines, *more]) + "\n"
    return str(load_script("set_typography").set_page(text))


_TRUE_HEAD = """
# Ce que les producteurs servent vraiment

Table écrite à partir de `tests/sources/true_files.csv`. Chaque ligne est tenue par un
test, sur des fichiers de la disposition, de l'encodage et des défauts des vrais
(`tests/producer` : un territoire imaginaire, servi comme le font les producteurs).

| Fichier | Lu | Mis de côté, et dit | Refusé, ou laissé vide | Pourquoi | Test |
|---|---|---|---|---|---|"""


_ATTACKS_HEAD = """
# Attaques : ce qui fut tenté, ce qui tient, ce qui reste

Table écrite à partir de `tests/disclosure/attacks.csv`. Chaque ligne est tenue par un
test ; les chiffres d'avant furent mesurés sur la version précédente.

| Attaque | Avant | Maintenant | Ce qui reste | Test |
|---|---|---|---|---|"""


_FALSEHOODS_HEAD = """
# Ce qui était dit et n'était pas vrai

Table écrite à partir de `tests/sources/falsehoods.csv`. Chaque ligne est tenue par un
test.

| Ce qui était dit | Avant | Maintenant | Test |
|---|---|---|---|"""


def attacks() -> list[dict[str, str]]:
    """Return the attacks that were tried, each with the test that holds it."""
    return _rows(ATTACKS)


def true_files() -> list[dict[str, str]]:
    """Return what becomes of the files that producers serve, each with its test."""
    return _rows(TRUE_FILES)


def falsehoods() -> list[dict[str, str]]:
    """Return what was said and was not so, each with the test that holds it."""
    return _rows(FALSEHOODS)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _true_lines() -> list[str]:
    rows = [
        f"| {one['fichier']} | {one['lu']} | {one['cote']} | {one['refuse']} "
        f"| {one['raison']} | `{one['test']}` |"
        for one in true_files()
    ]
    return [_TRUE_HEAD, *rows]


def _falsehood_lines() -> list[str]:
    rows = [
        f"| {one['dit']} | {one['avant']} | {one['maintenant']} | `{one['test']}` |"
        for one in falsehoods()
    ]
    return [_FALSEHOODS_HEAD, *rows]


def _attack_lines() -> list[str]:
    rows = [
        f"| {one['attaque']} | {one['avant']} | {one['maintenant']} "
        f"| {one['reste'] or '–'} | `{one['test']}` |"
        for one in attacks()
    ]
    return [_ATTACKS_HEAD, *(row.replace("<", "&lt;") for row in rows)]


def record() -> None:
    """Write the table and the page, as the readers answer now."""
    rows = []
    for name, fault in cells():
        with tempfile.TemporaryDirectory() as folder:
            rows.append((name, fault, *met(name, fault, Path(folder))))
    with TABLE.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerows([COLUMNS, *rows])
    PAGE.write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    record()
