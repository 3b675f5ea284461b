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
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import TABLES, validate
from tests.tables.conftest import frame_of, row_of, two_rows

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
