"""Tables on disk: the same rows back, the same bytes twice, whole or not at all."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from eitgeo.errors import SchemaError, SourceError
from eitgeo.tables import files
from eitgeo.tables.files import put_rows, read_table, write_table
from eitgeo.tables.schema import TABLES, validate
from tests.tables.conftest import frame_of, row_of, two_rows
from tests.tables.held import changed_tables

ALL = sorted(TABLES)


@pytest.mark.parametrize("table", ALL)
def test_a_table_comes_back_as_validated(tmp_path, table) -> None:
    met = two_rows(table)
    path = write_table(tmp_path / "processed", met, table=table)
    assert path == tmp_path / "processed" / f"{table}.parquet"
    back = read_table(path.parent, table)
    if TABLES[table].has_geometry:
        assert isinstance(back, gpd.GeoDataFrame)
        assert back.crs.to_epsg() == 2154
        assert_geodataframe_equal(back, validate(met, table=table))
    else:
        assert_frame_equal(back, validate(met, table=table))


@pytest.mark.parametrize("table", ALL)
def test_the_same_rows_give_the_same_bytes(tmp_path, table) -> None:
    met = two_rows(table)
    once = write_table(tmp_path / "a", met, table=table).read_bytes()
    turned = met.iloc[::-1, ::-1]
    assert write_table(tmp_path / "b", turned, table=table).read_bytes() == once


@pytest.mark.parametrize("table", ["communes", "od_matrix"])
def test_the_bytes_are_those_of_texts_held_by_arrow(tmp_path, table) -> None:
    met = two_rows(table)
    kinds = {
        name: kind
        for name, kind in met.dtypes.items()
        if isinstance(kind, pd.StringDtype)
    }
    assert {kind.storage for kind in kinds.values()} == {"python"}
    held = met.astype(dict.fromkeys(kinds, pd.StringDtype("pyarrow", np.nan)))
    once = write_table(tmp_path / "a", met, table=table)
    assert write_table(tmp_path / "b", held, table=table).read_bytes() == (
        once.read_bytes()
    )
    types = {pq.read_schema(once).field(name).type for name in kinds}
    assert types == {pa.large_string()}


def test_bytes_tell_nothing_of_the_machine(tmp_path) -> None:
    path = write_table(tmp_path, frame_of("communes"), table="communes")
    assert str(tmp_path).encode() not in path.read_bytes()
    assert pq.read_metadata(path).row_group(0).column(0).compression == "ZSTD"


@given(
    st.lists(
        st.floats(min_value=0, allow_infinity=False) | st.just(np.nan),
        min_size=1,
        max_size=20,
    )
)
def test_numbers_come_back_exactly(tmp_path_factory, values) -> None:
    rows = [
        row_of("affinity", code_b=f"{31000 + rank}", t_mid=value)
        for rank, value in enumerate(values)
    ]
    folder = tmp_path_factory.mktemp("tables")
    write_table(folder, frame_of("affinity", *rows), table="affinity")
    back = read_table(folder, "affinity")["t_mid"].to_numpy()
    np.testing.assert_array_equal(back, values)


def test_accents_and_leading_zeros_survive(tmp_path) -> None:
    row = row_of("communes", code_insee="09001", nom="L'Œuvre-Basse")
    write_table(tmp_path, frame_of("communes", row), table="communes")
    back = read_table(tmp_path, "communes")
    assert back.loc[0, ["code_insee", "nom"]].tolist() == ["09001", "L'Œuvre-Basse"]


def test_rows_are_those_that_pandas_reads(tmp_path) -> None:
    texts = ["09001", None, "31000", "09001", ""]
    met = pd.DataFrame({"a": texts, "n": [1.5, np.nan, 2, 3, 4], "none": [None] * 5})
    met = met.astype({"a": "str", "none": "str"})
    path = tmp_path / "bodies.parquet"
    put_rows(pd.DataFrame({"a": ["x"]}, dtype="str"), path)
    assert_frame_equal(read_table(tmp_path, "bodies"), pd.DataFrame({"a": ["x"]}))
    for rows in (met, met.iloc[:0]):
        put_rows(rows, path)
        whole = pq.read_table(path)
        pq.write_table(whole, path, row_group_size=2)
        assert_frame_equal(read_table(tmp_path, "bodies"), rows)
        assert_frame_equal(pd.read_parquet(path), rows)
        asked = read_table(tmp_path, "bodies", columns=["n", "a"])
        assert_frame_equal(asked, rows[["n", "a"]])
    with pytest.raises(SourceError, match="table illisible"):
        read_table(tmp_path, "bodies", columns=["a", "b"])


def test_a_refused_table_leaves_the_one_before(tmp_path) -> None:
    path = write_table(tmp_path, frame_of("borders"), table="borders")
    before = path.read_bytes()
    faulty = frame_of("borders", row_of("borders", code_a="9001"))
    with pytest.raises(SchemaError, match="borders : 1 anomalie"):
        write_table(tmp_path, faulty, table="borders")
    assert [item.name for item in tmp_path.iterdir()] == ["borders.parquet"]
    assert path.read_bytes() == before


def test_an_absent_table_says_what_to_run(tmp_path) -> None:
    with pytest.raises(SourceError, match=r"zones\.parquet absent .* « eitgeo run »"):
        read_table(tmp_path, "zones")


def test_who_reads_a_table_changes_it_for_himself_alone(tmp_path) -> None:
    path = write_table(tmp_path, two_rows("communes"), table="communes")
    whole = gpd.read_parquet(path)
    mine = read_table(tmp_path, "communes")
    mine.loc[0, "nom"] = "Ailleurs"
    mine["population"] += 1
    mine.loc[0, "geometry"] = mine["geometry"].iloc[0].buffer(1.0)
    mine["new"] = 1
    mine.index.name, mine.columns.name, mine.attrs["mine"] = "row", "name", True
    again = read_table(tmp_path, "communes")
    assert_geodataframe_equal(again, whole)
    assert again.attrs == {}
    assert (again.index.name, again.columns.name) == (None, None)


def test_a_table_that_changed_is_read_again(tmp_path) -> None:
    def names() -> list[str]:
        return [*read_table(tmp_path, "communes")["nom"]]

    for name in ("Aulon", "Bize"):  # as long: a file of the same size
        row = row_of("communes", nom=name)
        write_table(tmp_path, frame_of("communes", row), table="communes")
        assert names() == [name]
    assert read_table(tmp_path, "communes").shape[1] > 2
    assert read_table(tmp_path, "communes", columns=["geometry"]).shape == (1, 1)
    place = tmp_path / "communes.parquet"
    place.write_bytes(place.read_bytes()[:-8])
    with pytest.raises(SourceError, match=r"communes\.parquet : table illisible"):
        names()
    place.unlink()
    with pytest.raises(SourceError, match=r"communes\.parquet absent"):
        names()


def test_large_tables_and_those_of_long_ago_are_not_held(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(files, "HELD", {})
    monkeypatch.setattr(files, "_MOST_HELD", 2)
    for name in ("bodies", "borders", "communes"):
        write_table(tmp_path, two_rows(name), table=name)
    for name in ("bodies", "borders", "bodies", "communes"):
        read_table(tmp_path, name)
    assert [table for _, table, _ in files.HELD] == ["bodies", "communes"]
    monkeypatch.setattr(files, "_MOST_HELD_BYTES", 100)
    read_table(tmp_path, "borders")
    assert [table for _, table, _ in files.HELD] == ["bodies", "communes"]


def test_a_table_that_a_reader_wrote_into_is_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(files, "HELD", {})
    write_table(tmp_path, two_rows("communes"), table="communes")
    shapes = read_table(tmp_path, "communes")["geometry"].array
    assert changed_tables(files.HELD) == []
    shapes[0] = shapes[0].buffer(1.0)  # past pandas, which would have copied
    assert changed_tables(files.HELD) == ["communes"]
