"""The register: what is refused, what stands for several files, what is picked."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.fetch.register import (
    COLUMNS,
    _path_fault,
    expand_rows,
    read_register,
    select_rows,
)

ROOT = Path(__file__).resolve().parents[3]
BY_HAND = "à télécharger à la main"
GOOD = {
    "name": "A",
    "url": "https://ici.fr/a.csv",
    "path": "data/raw/a.csv",
    "licence": "LO",
}


def write(folder: Path, *rows: dict[str, str]) -> Path:
    """Write a register of rows that lack most of their cells."""
    path = folder / "sources.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        columns = dict.fromkeys([*COLUMNS, *(name for row in rows for name in row)])
        writer = csv.DictWriter(handle, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_kinds_of_rows(tmp_path) -> None:
    shipped = {"name": "data/raw/b.csv", "sha256": "A" * 64}
    hand = {"name": "C", "url": "https://ici.fr"}
    each = {
        "name": "D {dep}",
        "url": "https://ici.fr/{dep3}.zip?d={dep}",
        "path": "data/raw/d_{dep}.zip",
        "licence": "LO",
    }
    rows = read_register(write(tmp_path, GOOD, shipped, hand, each))
    kinds = [(row.is_shipped, row.is_by_hand, row.is_template) for row in rows]
    assert kinds == [
        (False, False, False),
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert rows[1].sha256 == "a" * 64
    found = expand_rows(rows, departements=["2A", "09", "09"])
    assert [(one.name, one.url, one.path) for one in found] == [
        ("A", "https://ici.fr/a.csv", "data/raw/a.csv"),
        ("D 09", "https://ici.fr/009.zip?d=09", "data/raw/d_09.zip"),
        ("D 2A", "https://ici.fr/02A.zip?d=2A", "data/raw/d_2A.zip"),
    ]
    assert found[1].file == "d_09.zip"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "nom absent"),
        ({"sha256": "abc"}, "empreinte mal formée"),
        ({"size_mb": "-3"}, "size_mb = « -3 »"),
        ({"size_mb": "9" * 300}, "en Mo, par exemple 12.5, ou rien"),
        ({"licence": ""}, "licence absente"),
        ({"name": "data/raw/a.csv"}, "une cible pour un fichier livré"),
        ({"url": "ftp://ici.fr/a.csv"}, r"n'est pas en http\(s\)"),
        ({"url": "file:///a.csv"}, r"n'est pas en http\(s\)"),
        ({"url": ""}, r"n'est pas en http\(s\)"),
        ({"url": "http://[::1/a.csv"}, "mal formée"),
        ({"url": "https://moi:mot@ici.fr/a.csv"}, "identifiant ou mot de passe"),
        ({"url": "https://ici.fr/a b.csv"}, "blanc dans une adresse"),
        ({"path": "data/processed/a.csv"}, "hors de data/raw/"),
        ({"path": "/data/raw/a.csv"}, "hors de data/raw/"),
        ({"path": "data/raw/../../a.csv"}, "dossier vide, caché ou au-dessus"),
        ({"path": "data/raw//a.csv"}, "dossier vide, caché ou au-dessus"),
        ({"path": "data/raw/.a.csv"}, "dossier vide, caché ou au-dessus"),
        ({"path": "data/raw/a:b.csv"}, "signe interdit"),
        ({"path": r"data/raw/..\a.csv"}, "dossier vide, caché|signe interdit"),
        ({"path": "data/raw/x /a.csv"}, "signe interdit"),
        ({"path": "data/raw/nul.csv"}, "nom réservé par Windows"),
        ({"path": "data/raw/COM1/a.csv"}, "nom réservé par Windows"),
        ({"path": f"data/raw/{'a' * 150}.csv"}, "plus de 150 signes"),
        ({"path": "data/raw/a.exe"}, "type de fichier inconnu"),
        ({"path": "data/raw/a"}, "type de fichier inconnu"),
        ({"path": "data/raw/{dep}.csv"}, "le mettre dans les trois"),
        ({"url": "https://ici.fr/{annee}.csv"}, "« {annee} » inconnu"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path, change, said) -> None:
    with pytest.raises(SchemaError, match=f"ligne 2 : .*({said})"):
        read_register(write(tmp_path, GOOD | change))


@pytest.mark.parametrize(
    ("size_mb", "most_bytes"), [("", 50e9), ("2.5", 100e6), ("300", 1_200e6)]
)
def test_a_file_may_be_four_times_as_large_as_the_register_says(
    tmp_path, size_mb: str, most_bytes: float
) -> None:
    (row,) = read_register(write(tmp_path, GOOD | {"size_mb": size_mb}))
    (item,) = expand_rows([row], departements=[])
    assert item.most_bytes == most_bytes


def test_all_faults_are_told_at_once(tmp_path) -> None:
    same = {"name": "a", "path": "DATA/RAW/a.csv"}
    several = {
        "name": "{dep}",
        "url": "https://ici.fr/{dep}",
        "path": "data/raw/{dep}.csv",
        "licence": "LO",
        "sha256": "0" * 64,
    }
    with pytest.raises(SchemaError, match="4 anomalies") as caught:
        read_register(write(tmp_path, GOOD, GOOD | same, several))
    said = str(caught.value)
    assert "ligne 3 : nom « a » déjà à la ligne 2" in said
    assert "ligne 3 : cible « DATA/RAW/a.csv » déjà à la ligne 2" in said
    assert "ligne 4 : une empreinte pour plusieurs fichiers" in said


@given(st.text(max_size=30))
def test_no_target_leads_out_of_the_folder(text) -> None:
    path = f"data/raw/{text}.csv"
    if _path_fault(path) is None:
        inside = (Path("/base") / path).as_posix()
        assert inside.startswith("/base/data/raw/")
        assert ".." not in Path(path).parts
        assert "\\" not in path


def test_rows_are_picked_by_name_target_or_file(tmp_path) -> None:
    rows = read_register(
        write(tmp_path, GOOD, GOOD | {"name": "B", "path": "data/raw/b.csv"})
    )
    assert select_rows(rows) == rows
    for word in ("b", "B", "data/raw/b.csv", "B.CSV"):
        assert [row.name for row in select_rows(rows, only=[word])] == ["B"]
    with pytest.raises(SourceError, match=r"source « b\.cvs » inconnue"):
        select_rows(rows, only=["b.cvs"])


def test_a_departement_is_needed_and_checked(tmp_path) -> None:
    row = {key: value.replace("a.csv", "{dep}.csv") for key, value in GOOD.items()}
    rows = read_register(write(tmp_path, row | {"name": "A {dep}"}))
    with pytest.raises(SourceError, match="aucun code → en donner"):
        expand_rows(rows, departements=[])
    with pytest.raises(SourceError, match="code « 9 » mal formé"):
        expand_rows(rows, departements=["9"])


def test_the_register_of_the_repository_is_sound() -> None:
    rows = read_register(ROOT / "data" / "sources.csv")
    for row in rows:
        assert (BY_HAND in row.note) == row.is_by_hand, row.name
        if row.is_by_hand:
            assert row.url.startswith("https://"), row.name
    items = expand_rows(rows, departements=["09", "31", "65"])
    assert len({one.path.casefold() for one in items}) == len(items)
    for one in items:
        assert one.path.startswith("data/raw/officiel/"), one.name
        assert one.url.startswith("https://"), one.name


def test_what_is_fetched_is_not_tracked() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/data/raw/officiel/" in ignored
