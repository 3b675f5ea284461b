"""Archives: what is wanted comes out whole; what is hostile is refused."""

import io
import re
import stat
import zipfile
from pathlib import Path

import py7zr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.files.archives import extracted
from eitgeo.sources.files.csv import MAX_LINE
from eitgeo.sources.files.rows import read_official

CONTENT = {
    "lot/COMMUNE.SHP": b"shape",
    "lot/COMMUNE.DBF": b"table",
    "lot/sub/EPCI.DBF": b"epci",
    "lisez-moi.txt": b"",
}


def make_zip(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def make_seven(
    path: Path, content: dict[str, bytes], password: str | None = None
) -> Path:
    with py7zr.SevenZipFile(path, "w", password=password) as archive:
        for name, data in content.items():
            # The public method refuses the hostile names that are needed here.
            archive._writef(io.BytesIO(data), name)  # noqa: SLF001
    return path


def make(folder: Path, suffix: str, content: dict[str, bytes]) -> Path:
    maker = make_zip if suffix == ".zip" else make_seven
    return maker(folder / f"archive{suffix}", content)


both = pytest.mark.parametrize("suffix", [".zip", ".7z"])


@both
def test_wanted_members_come_out_and_vanish(tmp_path: Path, suffix: str) -> None:
    path = make(tmp_path, suffix, CONTENT)
    with extracted(path, wanted=(".dbf", ".shp")) as files:
        assert list(files) == ["lot/COMMUNE.DBF", "lot/COMMUNE.SHP", "lot/sub/EPCI.DBF"]
        assert {n: p.read_bytes() for n, p in files.items()} == {
            name: CONTENT[name] for name in files
        }
        assert files["lot/COMMUNE.DBF"].parent == files["lot/COMMUNE.SHP"].parent
        assert files["lot/COMMUNE.DBF"].name == "COMMUNE.DBF"
        kept = list(files.values())
    assert not any(out.exists() for out in kept)


@both
def test_wanted_may_be_a_predicate(tmp_path: Path, suffix: str) -> None:
    path = make(tmp_path, suffix, CONTENT)
    with extracted(path, wanted=lambda name: name.startswith("lisez")) as files:
        assert files["lisez-moi.txt"].read_bytes() == b""


def test_a_folder_and_a_file_are_given_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "X.csv").write_text("x")
    with extracted(tmp_path, wanted=(".csv",)) as files:
        assert files == {"a/X.csv": tmp_path / "a" / "X.csv"}
    with extracted(tmp_path / "a" / "X.csv", wanted=(".csv",)) as files:
        assert files == {"X.csv": tmp_path / "a" / "X.csv"}


@both
def test_errors_of_the_block_pass_through(tmp_path: Path, suffix: str) -> None:
    path = make(tmp_path, suffix, CONTENT)
    error = SchemaError("à moi")
    with pytest.raises(SchemaError, match="à moi"), extracted(path, wanted=(".dbf",)):
        raise error


@both
@pytest.mark.parametrize(
    "name",
    ["../x.csv", "/x.csv", "a/../../x.csv", "C:/x.csv", "..\\x.csv"],
)
def test_a_path_outside_is_refused(tmp_path: Path, suffix: str, name: str) -> None:
    path = make(tmp_path, suffix, {"bon.csv": b"1", name: b"2"})
    with (
        pytest.raises(SourceError, match="hors du dossier de l'archive"),
        extracted(path, wanted=("bon.csv",)),
    ):
        pass
    assert [p.name for p in tmp_path.rglob("*.csv")] == []


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lien.zip"
    info = zipfile.ZipInfo("lien.csv")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with (
        pytest.raises(SourceError, match=r"« lien\.csv » est un lien"),
        extracted(path, wanted=(".csv",)),
    ):
        pass


def test_a_link_in_a_seven_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "lien.csv"
    (tmp_path / "cible").write_text("1")
    link.symlink_to(tmp_path / "cible")
    with py7zr.SevenZipFile(tmp_path / "lien.7z", "w") as archive:
        archive.write(link, "lien.csv")
    with (
        pytest.raises(SourceError, match=r"« lien\.csv » est un lien"),
        extracted(tmp_path / "lien.7z", wanted=(".csv",)),
    ):
        pass


@both
def test_a_bomb_is_refused_before_it_unfolds(tmp_path: Path, suffix: str) -> None:
    path = make(tmp_path, suffix, {"a.csv": b"0" * 600, "b.csv": b"0" * 600})
    with (
        pytest.raises(SourceError, match="plus que la limite"),
        extracted(path, wanted=(".csv",), max_bytes=1_000),
    ):
        pass
    with extracted(path, wanted=("a.csv",), max_bytes=1_000) as files:
        assert len(files) == 1


def test_a_size_that_lies_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "ment.zip", {"a.csv": b"0" * 5_000})
    data = path.read_bytes()
    announced = (5_000).to_bytes(4, "little")
    assert data.count(announced) == 2
    path.write_bytes(data.replace(announced, (10).to_bytes(4, "little")))
    with (
        pytest.raises(SourceError, match=r"ment\.zip : archive illisible ou tronquée"),
        extracted(path, wanted=(".csv",), max_bytes=1_000),
    ):
        pass


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("a.csv", "A.csv"), ("a.csv", "a.csv")])
def test_a_repeated_name_is_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    path = tmp_path / "deux.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "1")
    with (
        pytest.raises(SourceError, match="figure deux fois"),
        extracted(path, wanted=(".csv",)),
    ):
        pass


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "clos.zip", {"a.csv": b"1"})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # general purpose flag of the local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and of the central directory
    path.write_bytes(bytes(data))
    with (
        pytest.raises(SourceError, match="mot de passe"),
        extracted(path, wanted=(".csv",)),
    ):
        pass


def test_an_encrypted_seven_is_refused(tmp_path: Path) -> None:
    path = make_seven(tmp_path / "clos.7z", {"a.csv": b"1"}, password="clé")  # noqa: S106
    with (
        pytest.raises(SourceError, match="mot de passe"),
        extracted(path, wanted=(".csv",)),
    ):
        pass


@both
def test_nothing_wanted_is_refused(tmp_path: Path, suffix: str) -> None:
    path = make(tmp_path, suffix, CONTENT)
    with (
        pytest.raises(SourceError, match="aucun des fichiers nécessaires"),
        extracted(path, wanted=(".gpkg",)),
    ):
        pass


@both
@pytest.mark.parametrize(
    ("content", "match"),
    [(b"", "fichier vide"), (b"PK\x03\x04 bruit", "illisible"), (b"x", "illisible")],
)
def test_what_is_no_archive_is_refused(
    tmp_path: Path, suffix: str, content: bytes, match: str
) -> None:
    path = tmp_path / f"faux{suffix}"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=match), extracted(path, wanted=(".csv",)):
        pass


def test_an_absent_archive_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(SourceError, match="fichier absent"),
        extracted(tmp_path / "x.zip", wanted=(".csv",)),
    ):
        pass


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("samples")
    return {s: make(folder, s, CONTENT).read_bytes() for s in (".zip", ".7z")}


@settings(deadline=None, max_examples=60)
@given(
    suffix=st.sampled_from([".zip", ".7z"]),
    place=st.floats(0, 1, exclude_max=True),
    byte=st.integers(0, 255),
    cut=st.booleans(),
)
def test_damaged_bytes_give_the_content_or_a_source_error(
    samples: dict[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
    suffix: str,
    place: float,
    byte: int,
    cut: bool,  # noqa: FBT001
) -> None:
    data = bytearray(samples[suffix])
    at = int(place * len(data))
    data[at] = byte
    path = tmp_path_factory.mktemp("damaged") / f"a{suffix}"
    path.write_bytes(bytes(data[:at]) if cut else bytes(data))
    try:
        with extracted(path, wanted=(".dbf", ".shp"), max_bytes=100) as files:
            for name, out in files.items():
                assert out.read_bytes() == CONTENT.get(name, out.read_bytes())
    except SourceError as error:
        assert path.name in str(error)  # noqa: PT017


@both
def test_a_fault_inside_names_the_archive(tmp_path: Path, suffix: str) -> None:
    path = make(tmp_path, suffix, {"a.csv": b"code;nom\n1;x;y\n"})
    told = rf"^{re.escape(path.name)} : a\.csv : 1 anomalie\n  - ligne 2"
    with (
        pytest.raises(SchemaError, match=told),
        extracted(path, wanted=(".csv",)) as files,
    ):
        read_official(files["a.csv"], columns=["code"])


def test_a_line_without_end_is_refused_before_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"code;nom\n1;" + b"x" * (MAX_LINE + 1))
    told = f"a\\.csv : ligne 2 : ligne de plus de {MAX_LINE} caractères"
    with pytest.raises(SchemaError, match=told):
        read_official(path, columns=["code"])
