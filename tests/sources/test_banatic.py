"""BANATIC: a syndicat of syndicats gives its communes, in whole or in part.

syndicat S ──┬── EPCI E  (in part) ── c1, c2
             ├── SIVOM V           ── c2, c3
             ├── commune c4
             └── département (no commune: dropped)
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.territory.banatic import (
    GROUP,
    MEMBER,
    expand_members,
    read_banatic,
    read_banatic_rows,
    read_siren_codes,
)
from eitgeo.sources.territory.bodies import (
    BodyTables,
    join_periods,
    keep_touching,
    merge_bodies,
    seat_rows,
)
from eitgeo.tables.schema import validate
from tests.sources.mutate import (
    FORMULA,
    MARKUP,
    assert_reads_or_refuses,
    count_rows,
    mutated_csv,
    render,
)
from tests.sources.source import Source

DAY = dt.date(2025, 1, 1)
S, E, V = "253100001", "200000001", "243100003"
CODES = {f"21310000{n}": f"3100{n}" for n in range(1, 5)}
C1, C2, C3, C4 = CODES
HEADER = [
    "Nom du groupement",
    "N° SIREN",
    "Nature juridique",
    "Syndicat à la carte",
    "Siren membre",
    "Nom membre",
    "Représentation-substitution",
    "Catégorie des membres du groupement",
    "Traitement des déchets des ménages et déchets assimilés",
]


def row(group: str, member: str, category: str, part: str = "") -> list[str]:
    name, nature, choice, waste = {
        S: ("Syndicat « Est »", "SMF", "OUI", "OUI"),
        E: ("CC de l'Œuvre", "CC", "", ""),
        V: ("SIVOM de la vallée", "SIVOM", "", "NON"),
    }[group]
    return [name, group, nature, choice, member, f"m{member}", part, category, waste]


ROWS = [
    row(S, E, "groupement", "OUI"),
    row(S, V, "groupement"),
    row(S, C4, "commune"),
    row(S, "223100017", "autre organisme"),
    row(E, C1, "commune"),
    row(E, C2, "commune"),
    row(V, C2, "commune"),
    row(V, C3, "commune"),
]
CELLS = [HEADER, *ROWS]


def as_workbook(path: Path, cells: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in cells:
        sheet.append(list(line))
    book.save(path)
    return path


def as_csv(path: Path, cells: Sequence[Sequence[Any]]) -> Path:
    path.write_bytes(render(cells))
    return path


def as_old_text(path: Path, cells: Sequence[Sequence[Any]]) -> Path:
    old = {"OUI": "1", "NON": "0", "Catégorie des membres du groupement": "Type",
           HEADER[-1]: "C1510"}  # fmt: skip
    lines = ["\t".join(old.get(cell, cell) for cell in line) for line in cells]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))
    return path


def read(path: Path, **options: Any) -> BodyTables:
    chosen: dict[str, Any] = {"communes": CODES, "on_date": DAY} | options
    return read_banatic(path, **chosen)


@pytest.mark.parametrize(
    ("name", "save"),
    [("b.xlsx", as_workbook), ("b.csv", as_csv), ("b.xls", as_old_text)],
)
def test_every_form_gives_the_same_bodies(tmp_path: Path, name: str, save: Any) -> None:
    loaded = read(save(tmp_path / name, CELLS))
    table = loaded.table[["body_id", "code_insee", "status"]]
    assert table.values.tolist() == [
        [f"epci_{E}", "31001", "publie"],
        [f"epci_{E}", "31002", "publie"],
        [f"syndicat_{V}", "31002", "publie"],
        [f"syndicat_{V}", "31003", "publie"],
        [f"syndicat_{S}", "31001", "a_confirmer"],
        [f"syndicat_{S}", "31002", "publie"],
        [f"syndicat_{S}", "31003", "publie"],
        [f"syndicat_{S}", "31004", "publie"],
    ]
    bodies = loaded.bodies.set_index("body_id")
    assert bodies["name"].to_dict() == {
        f"epci_{E}": "CC de l'Œuvre",
        f"syndicat_{V}": "SIVOM de la vallée",
        f"syndicat_{S}": "Syndicat « Est »",
    }
    assert bodies["waste_competence"].tolist() == [True, False, True]
    assert bodies["economic_competence"].tolist() == [True, False, False]
    assert bodies["legal_person"].all()
    assert loaded.dropped["row"].tolist() == ["5"]
    assert loaded.dropped["reason"][0].startswith("organisme sans commune")
    assert loaded.notes["kind"].tolist() == ["membre_en_partie", "a_la_carte"]
    validate(loaded.table, table="membership")
    validate(loaded.bodies, table="bodies")


@pytest.mark.parametrize(
    ("name", "save"),
    [("b.xlsx", as_workbook), ("b.csv", as_csv), ("b.xls", as_old_text)],
)
def test_a_seat_is_read_and_none_is_guessed(
    tmp_path: Path, name: str, save: Any
) -> None:
    seats = {E: f"{C2} - Saint-Girons", V: "Le Vallon", S: "219999999 - Ailleurs"}
    cells = [[*HEADER, "Commune siège"], *([*line, seats[line[1]]] for line in ROWS)]
    loaded = read(save(tmp_path / name, cells))
    assert loaded.seats.to_numpy().tolist() == [
        [f"epci_{E}", CODES[C2], "BANATIC (DGCL), export du 2025-01-01"]
    ]
    unread = loaded.notes[loaded.notes["kind"] == "siege_non_lu"]
    assert sorted(unread["subject"]) == ["SIVOM de la vallée", "Syndicat « Est »"]
    assert any("219999999" in text for text in unread["detail"])
    # An earlier source describes the EPCI: its seat is kept from the later one.
    kept = keep_touching(
        loaded, communes={"31001"}, described={f"epci_{E}"}, file="b.csv"
    )
    assert f"epci_{E}" not in set(kept.bodies["body_id"])
    first = replace(loaded, seats=seat_rows())
    assert merge_bodies([first, kept]).seats["code_insee"].tolist() == [CODES[C2]]
    assert join_periods([kept]).seats["code_insee"].tolist() == [CODES[C2]]
    assert read(save(tmp_path / name, CELLS)).seats.empty


def test_one_body_is_asked_for(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "b.csv", CELLS)
    loaded = read(path, bodies=[V])
    assert loaded.table["code_insee"].tolist() == ["31002", "31003"]
    assert len(loaded.dropped) == 6
    assert set(loaded.dropped["reason"]) == {"groupement non demandé"}
    whole = read(path, bodies=[S])
    assert whole.table["body_id"].unique().tolist() == [f"syndicat_{S}"]
    assert len(whole.dropped) == 1
    with pytest.raises(SchemaError, match="groupement « 999999999 » absent"):
        read(path, bodies=["999999999"])


def test_groupings_known_elsewhere_are_followed(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "b.csv", CELLS[:4])
    assert read(path).table["code_insee"].tolist() == ["31004"]
    assert len(read(path).dropped) == 2
    loaded = read(path, known={E: ["31001"], V: ["31003"]})
    assert loaded.table["code_insee"].tolist() == ["31001", "31003", "31004"]
    assert loaded.dropped.empty


def test_a_name_may_say_in_part(tmp_path: Path) -> None:
    cells = [list(line) for line in CELLS]
    cells[2][5] = "SIVOM de la vallée (pour partie)"
    table = read(as_csv(tmp_path / "b.csv", cells), bodies=[S]).table
    assert table["status"].tolist() == ["a_confirmer"] * 3 + ["publie"]


def test_a_repeated_row_is_reported(tmp_path: Path) -> None:
    loaded = read(as_csv(tmp_path / "b.csv", [*CELLS, ROWS[-1]]))
    assert loaded.dropped["row"].tolist() == ["5", "10"]
    assert loaded.dropped["reason"][1].startswith("ligne répétée")


def test_names_are_data(tmp_path: Path) -> None:
    cells = [list(line) for line in CELLS]
    cells[5][0] = cells[6][0] = MARKUP
    cells[7][0] = cells[8][0] = FORMULA
    names = read(as_csv(tmp_path / "b.csv", cells)).bodies["name"].tolist()
    assert names[:2] == [MARKUP, FORMULA]


def test_a_loop_is_refused(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "b.csv", [*CELLS, row(V, S, "groupement")])
    with pytest.raises(SchemaError, match=f"en boucle : .*{V} → {S}|{S} → {V}"):
        read(path)
    alone = as_csv(tmp_path / "c.csv", [HEADER, row(V, V, "groupement")])
    with pytest.raises(SchemaError, match=f"en boucle : {V} → {V}"):
        read(alone)


def change(line: int, column: int, value: str) -> list[list[str]]:
    cells = [list(cells) for cells in CELLS]
    cells[line][column] = value
    return cells


@pytest.mark.parametrize(
    ("cells", "match"),
    [
        (change(1, 1, "25310000"), "ligne 2 : « N° SIREN » = « 25310000 » mal formé"),
        (change(3, 4, "2,13E+08"), "ligne 4 : « Siren membre » = « 2,13E\\+08 »"),
        (change(3, 4, FORMULA), "ligne 4 : « Siren membre »"),
        (change(2, 2, "SMO"), f"ligne 3 : deux natures juridiques pour « {S} »"),
        (change(0, 4, "Siren membres"), "renommer la colonne « Siren membres »"),
        (change(0, 8, "Nom membre"), "colonne « Nom membre » présente 2 fois"),
        ([*CELLS, ["trop", "court"]], "ligne 10 : 2 cellules pour 9 colonnes"),
    ],
)
def test_faults_are_told(tmp_path: Path, cells: list[list[str]], match: str) -> None:
    with pytest.raises(SchemaError, match=match):
        read(as_csv(tmp_path / "b.csv", cells))


@pytest.mark.parametrize(
    ("content", "error", "match"),
    [
        (b"", SourceError, "fichier vide"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", SourceError, "Excel 97"),
        (b"PK\x03\x04", SourceError, "classeur illisible"),
        ("é".encode("utf-16"), SourceError, "encodage illisible"),
        (render([HEADER]), SourceError, "un en-tête sans ligne"),
        (render([HEADER]) + b'\n"x;y', SchemaError, "guillemets mal fermés"),
    ],
)
def test_what_is_no_export_is_refused(
    tmp_path: Path, content: bytes, error: type[Exception], match: str
) -> None:
    path = tmp_path / "b.csv"
    path.write_bytes(content)
    with pytest.raises(error, match=match):
        read(path)


def test_a_long_chain_is_followed() -> None:
    links = {f"g{n}": [(f"g{n + 1}", True)] for n in range(5_000)}
    found = expand_members(
        ["g0"], links=links, communes={"g5000": "31001"}, known={}, where="x"
    )
    assert found == {"g0": {"31001": True}}


def test_exports_join_into_periods(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "b.csv", [HEADER, *ROWS[6:]])
    without = as_csv(tmp_path / "c.csv", [HEADER, ROWS[7]])
    days = [dt.date(year, 1, 1) for year in (2023, 2024, 2025, 2026)]
    files = [path, path, without, path]
    exports = [read(f, on_date=day) for f, day in zip(files, days, strict=True)]
    for order in (exports, exports[::-1]):
        table = join_periods(order).table
        assert table[["code_insee", "from_date", "to_date"]].values.tolist() == [
            ["31002", "2023-01-01", "2025-01-01"],
            ["31002", "2026-01-01", ""],
            ["31003", "2023-01-01", ""],
        ]
    with pytest.raises(SchemaError, match="aucun export"):
        join_periods([])
    with pytest.raises(SchemaError, match="déjà daté du 2023-01-01"):
        join_periods([exports[0], exports[0]])


def test_a_member_that_leads_to_no_commune_is_reported(tmp_path: Path) -> None:
    # V is described, but of no commune that is known: its own rows and S -> V.
    path = as_csv(tmp_path / "b.csv", CELLS)
    few = {siren: code for siren, code in CODES.items() if siren not in {C2, C3}}
    loaded = read(path, communes=few)
    assert set(loaded.table["body_id"]) == {f"epci_{E}", f"syndicat_{S}"}
    reasons = loaded.dropped.set_index("row")["reason"]
    assert reasons["3"] == f"membre dont aucun membre n'est une commune connue : {V}"
    assert reasons.index.tolist() == ["3", "5", "7", "8", "9"]
    assert_accounted(path, loaded, few)
    empty = read(path, communes=CODES, known={"223100017": []})
    assert empty.dropped["row"].tolist() == ["5"]


def assert_accounted(path: Path, loaded: BodyTables, codes: dict[str, str]) -> None:
    """Hold that each row is in the table through its member, or reported once."""
    rows = read_banatic_rows(path)
    header = path.read_bytes().split(b"\n", 1)[0].decode("utf-8", errors="replace")
    separator = max("\t;,", key=header.count)
    if separator == "\t":
        lines = path.read_text("utf-8-sig", errors="replace").splitlines()
        assert len(rows) == sum(bool(line.strip("\t")) for line in lines) - 1
    else:
        assert len(rows) == count_rows(path, separator=separator)
    told = loaded.dropped["row"].tolist()
    assert len(told) == len(set(told))
    assert set(told) <= {str(line) for line in rows.index}
    held = loaded.table.groupby(loaded.table["body_id"].str[-9:])["code_insee"].agg(set)
    for line, group, member in rows[[GROUP, MEMBER]].itertuples():
        own = {codes[member]} if member in codes else held.get(member, set())
        entered = bool(own) and own <= held.get(group, set())
        twice = rows.loc[: line - 1, [GROUP, MEMBER]].eq([group, member]).all(axis=1)
        assert (str(line) in told) == (not entered or bool(twice.any()))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=mutated_csv(render(CELLS)))
def test_spoilt_exports_read_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("spoilt") / "b.csv"
    path.write_bytes(data)
    loaded = assert_reads_or_refuses(read, path, table="membership")
    if isinstance(loaded, BodyTables):
        assert_accounted(path, loaded, CODES)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return as_workbook(tmp_path_factory.mktemp("sound") / "b.xlsx", CELLS).read_bytes()


def test_siren_codes_of_every_form(tmp_path: Path) -> None:
    etalab = [
        {"code": code, "siren": siren, "type": "commune-actuelle"}
        for siren, code in CODES.items()
    ]
    etalab.append({"code": "31009", "type": "commune-deleguee"})
    path = tmp_path / "communes.json"
    path.write_text(json.dumps(etalab), encoding="utf-8")
    loaded = read_siren_codes(path)
    pairs = loaded.table.set_index("siren")["code_insee"].to_dict()
    assert pairs == CODES
    assert loaded.dropped["subject"].tolist() == ["31009"]
    cells = [["siren", "insee", "nom_com"], *([s, c, "x"] for s, c in CODES.items())]
    book = read_siren_codes(as_workbook(tmp_path / "c.xlsx", cells))
    text = read_siren_codes(as_csv(tmp_path / "c.csv", cells))
    pd.testing.assert_frame_equal(book.table, loaded.table)
    pd.testing.assert_frame_equal(text.table, loaded.table)


@pytest.mark.parametrize(
    ("cells", "match"),
    [
        ([["siren", "insee"], ["213100011", "9001"]], "sans son zéro"),
        ([["siren", "insee"], ["2,13E+08", "09001"]], "« siren » = « 2,13E"),
        ([["siren", "insee"]] + [["213100011", "09001"]] * 2, "clé répétée"),
        ([["siret", "insee"], ["213100011", "09001"]], "renommer la colonne « siret »"),
    ],
)
def test_faults_of_siren_codes(
    tmp_path: Path, cells: list[list[str]], match: str
) -> None:
    with pytest.raises(SchemaError, match=match):
        read_siren_codes(as_csv(tmp_path / "c.csv", cells))


def test_the_petr_comminges_from_its_epci(shared: Path, tmp_path: Path) -> None:
    pairs = read_siren_codes(shared / "cog" / "communes_09_31_32_65.json").table
    codes = pairs.set_index("siren")["code_insee"].to_dict()
    assert len(codes) == 1838
    epci = json.loads((shared / "cog" / "epci_09_31_32_65.json").read_text("utf-8"))
    three = {"200072643", "200073146", "200072635"}
    petr = "200051357"
    cells = [HEADER]
    cells += [
        [b["nom"], b["code"], b["type"], "", m["siren"], m["nom"], "", "commune", ""]
        for b in epci
        for m in b["membres"]
    ]
    cells += [["PETR", petr, "PETR", "", e, e, "", "groupement", ""] for e in three]
    loaded = read(as_csv(tmp_path / "b.csv", cells), communes=codes, bodies=[petr])
    assert len(loaded.table) == 235
    assert loaded.bodies["kind"].tolist() == ["petr"]


def read_sample_banatic(path: Path, _: gpd.GeoDataFrame) -> Any:
    """Read the groupings at a date."""
    return read(path)


SAMPLES = {
    "banatic": Source(
        "BANATIC (DGCL), export des périmètres, CSV",
        ("read_banatic",),
        "banatic.csv",
        read_sample_banatic,
        render(CELLS),
        table="membership",
        separator=";",
        text="Nom du groupement",
        needed="Nom du groupement",
    ),
}
