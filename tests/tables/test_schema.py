"""What a table lets through and what it refuses, table by table."""

import re
from itertools import batched, pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from shapely import Point

from eitgeo.check import MAX_FAULTS_TOLD
from eitgeo.errors import CrsError, SchemaError
from eitgeo.tables.columns import EVIDENCE_CLASSES, OD_STATUSES, values_of
from eitgeo.tables.schema import TABLES, is_surely_right, validate
from tests.tables.conftest import EXAMPLES, SEAT, drawn_of, frame_of, row_of, two_rows

ALL = sorted(TABLES)
WITH_GEOMETRY = [name for name in ALL if TABLES[name].has_geometry]
COMMUNE = r"^(\d{2}|2[AB])\d{3}$"
TYPED = {"str": 7, "int64": 1.5, "float64": "a lot", "bool": "oui"}


def kind_of(table: str, column: str) -> str:
    """Return the kind of a column: str, int64, float64 or bool."""
    name = str(TABLES[table].columns[column].dtype)
    return "str" if name.startswith("str") else name


CELLS = [(table, column) for table in ALL for column in TABLES[table].columns]


def test_the_examples_are_of_forms_that_a_table_has() -> None:
    forms = {TABLES[table].columns[column].pattern for table, column in CELLS}
    assert set(EXAMPLES) <= forms


def test_two_examples_of_a_new_form_are_drawn() -> None:
    for pattern in (r"^[A-Z]{2}-\d+$", r"^(oui|non)?$"):
        first, other = drawn_of(pattern)
        assert first != other
        assert all(re.fullmatch(pattern, one) for one in (first, other))


def test_what_a_source_may_leave_unsaid_is_declared_with_a_true_value() -> None:
    """A reader that says nothing of a column leaves there what the table admits."""
    silent = {
        table: [
            name
            for name, column in TABLES[table].columns.items()
            if column.default is not None
        ]
        for table in ALL
    }
    assert {name: len(held) for name, held in silent.items() if held} == {
        "outlets": 8,
        "sites": 10,
    }
    for table in ("outlets", "sites"):
        values = {name: TABLES[table].columns[name].default for name in silent[table]}
        validate(frame_of(table, row_of(table, **values)), table=table)


@pytest.mark.parametrize("table", ALL)
def test_a_valid_row_passes_in_canonical_form(table) -> None:
    met = frame_of(table).assign(extra=1)
    before = met.copy(deep=True)
    tidy = validate(met[met.columns[::-1]], table=table)
    assert list(tidy.columns) == TABLES[table].column_names
    assert tidy.iloc[0].drop("geometry", errors="ignore").to_dict() == pytest.approx(
        {name: row_of(table)[name] for name in TABLES[table].columns}, nan_ok=True
    )
    assert_frame_equal(pd.DataFrame(met), pd.DataFrame(before))


@pytest.mark.parametrize("table", ALL)
def test_the_key_is_a_column_and_identifies_rows(table) -> None:
    spec = TABLES[table]
    assert set(spec.key) <= set(spec.columns)
    assert len(validate(two_rows(table), table=table)) == 2
    with pytest.raises(SchemaError, match=r"clé répétée .* → garder une seule ligne"):
        validate(frame_of(table, row_of(table), row_of(table)), table=table)


@pytest.mark.parametrize("table", ALL)
def test_a_missing_column_names_the_nearest(table) -> None:
    whole = frame_of(table)
    for column in TABLES[table].columns:
        met = whole.rename(columns={column: f"{column}_"})
        message = f"x.csv.*« {column} » absente → renommer la colonne « {column}_ »"
        with pytest.raises(SchemaError, match=rf"(?s){message}"):
            validate(met, table=table, where="x.csv")


def told_together(kinds: set[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Columns of some kinds, as many as one message tells; of those alike, the first.

    What is refused depends on the domain of a column alone; that each column is
    doubted, in each table, is tested apart.
    """
    found, met = [], set()
    for table in ALL:
        names = []
        for name, column in TABLES[table].columns.items():
            if kind_of(table, name) in kinds and column not in met:
                met.add(column)
                names.append(name)
        found += [(table, some) for some in batched(names, MAX_FAULTS_TOLD)]
    return found


def passes_at_a_glance(table: str, column: str, *values: object) -> bool:
    """Whether a table that holds values in a column would not be judged for them."""
    held = pd.DataFrame({column: values})[column]
    return is_surely_right(held, TABLES[table].columns[column])


@pytest.mark.parametrize("table", ALL)
def test_each_column_of_each_table_is_judged(table) -> None:
    """Right, it is not; of another type, absent or infinite, it is."""
    right = row_of(table)
    for column in TABLES[table].columns:
        kind = kind_of(table, column)
        assert passes_at_a_glance(table, column, right[column])
        for wrong in (TYPED[kind], None if kind == "str" else np.inf):
            assert not passes_at_a_glance(table, column, wrong)
            assert not passes_at_a_glance(table, column, right[column], wrong)


def refusal_of(met: pd.DataFrame, table: str) -> list[str]:
    """Return what is told of each fault of a table that is refused."""
    with pytest.raises(SchemaError) as caught:
        validate(met, table=table)
    return str(caught.value).splitlines()[1:]


@pytest.mark.parametrize(("table", "columns"), told_together(set(TYPED)))
def test_a_column_of_another_type_is_refused(table, columns) -> None:
    changed = {column: TYPED[kind_of(table, column)] for column in columns}
    told = refusal_of(frame_of(table, row_of(table, **changed)), table)
    words = {"str": "texte", "int64": "nombre entier", "float64": "nombre"}
    assert len(told) == len(columns)
    for column, line in zip(sorted(columns), told, strict=True):
        needed = words.get(kind_of(table, column), "oui/non")
        assert re.search(f"colonne « {column} ».*, {needed} requis", line)


@pytest.mark.parametrize(("table", "columns"), told_together({"str"}))
def test_text_is_never_missing(table, columns) -> None:
    met = two_rows(table)
    met.loc[1, list(columns)] = None
    told = refusal_of(met, table)
    assert len(told) == len(columns)
    for column, line in zip(sorted(columns), told, strict=True):
        assert re.search(f"« {column} ».* : valeur absente → la don", line)


@pytest.mark.parametrize("table", ALL)
def test_a_number_may_be_unknown(table) -> None:
    numbers = [one for one in TABLES[table].columns if kind_of(table, one) == "float64"]
    unknown = frame_of(table, row_of(table, **dict.fromkeys(numbers, np.nan)))
    assert validate(unknown, table=table)[numbers].isna().all(axis=None)


@pytest.mark.parametrize(("table", "columns"), told_together({"float64"}))
def test_a_number_is_not_infinite(table, columns) -> None:
    infinite = frame_of(table, row_of(table, **dict.fromkeys(columns, np.inf)))
    told = refusal_of(infinite, table)
    assert len(told) == len(columns)
    for column, line in zip(sorted(columns), told, strict=True):
        assert re.search(f"« {column} ».*(fini|au plus .*) requis", line)


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        ("communes", "code_insee", "9001", "« 9001 », forme requise"),
        ("communes", "epci_siren", "20007264", "forme requise"),
        ("communes", "dep", "9", "forme requise"),
        ("communes", "population", -1, "« -1 », au moins 0 requis"),
        ("communes", "area_km2", -0.1, "au moins 0 requis"),
        ("communes", "altitude_m", 4901.0, "au plus 4900 requis"),
        ("communes", "altitude_m", -51.0, "au moins -50 requis"),
        ("communes", "seat_source", "mairi", "vouliez-vous dire « mairie »"),
        ("bodies", "body_id", "PETR Comminges", "forme requise"),
        ("bodies", "kind", "epcis", "hors de la liste → vouliez-vous dire « epci »"),
        ("membership", "status", "publié", "vouliez-vous dire « publie »"),
        ("membership", "from_date", "01/01/2025", "forme requise"),
        ("membership", "to_date", "2025", "forme requise"),
        ("sites", "siret", "3993182780002", "forme requise"),
        ("sites", "naf", "1610A", "forme requise"),
        ("sites", "evidence", "X", "valeurs admises : H, O, S"),
        ("sites", "headcount_low", -1.0, "au moins 0 requis"),
        ("zones", "n_sites", 0, "au moins 1 requis"),
        ("zones", "synthetic_share_pct", 100.5, "au plus 100 requis"),
        ("od_matrix", "status", "unreachable", "hors de la liste"),
        ("od_matrix", "profile", "bike", "hors de la liste"),
        ("road_edges", "class", "routes", "vouliez-vous dire « route »"),
        ("synergies", "confidence", "D", "valeurs admises : A, B, C"),
        ("perimeters", "status", "certifié", "vouliez-vous dire « certifie »"),
        ("indicators", "direction", "UP ", "vouliez-vous dire « up »"),
    ],
)
def test_a_value_out_of_its_domain_is_refused(table, column, value, message) -> None:
    with pytest.raises(SchemaError, match=f"« {column} ».*{message}"):
        validate(frame_of(table, row_of(table, **{column: value})), table=table)


def test_corsica_and_a_commune_without_epci_pass() -> None:
    row = row_of("communes", code_insee="2A004", dep="2A", epci_siren="")
    assert validate(frame_of("communes", row), table="communes")["dep"].item() == "2A"


def test_the_vocabulary_is_the_one_of_the_architecture() -> None:
    assert EVIDENCE_CLASSES == ("O", "S", "H")
    assert values_of("status") == ("publie", "a_confirmer")
    assert len(OD_STATUSES) == 8


def test_every_fault_is_told_once_with_the_key_of_its_row() -> None:
    met = frame_of(
        "borders",
        row_of("borders", code_a="9001", code_b="31483"),
        row_of("borders", code_a="31002", code_b="31002", shared_border_m=-1.0),
        row_of("borders", code_a="31002", code_b="31002", shared_border_m=np.inf),
    )
    with pytest.raises(SchemaError) as caught:
        validate(met, table="borders", where="borders.csv")
    title, *lines = str(caught.value).splitlines()
    assert title == "borders.csv : 4 anomalies"
    fix = "→ corriger la valeur à la source"
    code = "  - colonne « code_a » (9001, 31483) : « 9001 »"
    border = "  - colonne « shared_border_m » (31002, 31002)"
    assert lines == [
        "  - clé répétée (31002, 31002) → garder une seule ligne par clé",
        f"{code}, forme requise : {COMMUNE} {fix}",
        f"{border} : « -1.0 », au moins 0 requis {fix}",
        f"{border} : « inf », nombre fini requis {fix}",
    ]


def test_what_a_wrong_type_entails_is_not_told_again() -> None:
    rows = [row_of("site_zone", site_id="a"), row_of("site_zone", site_id=1)]
    with pytest.raises(SchemaError, match=r"1 anomalie\n.* \(1\) : « 1 », texte req"):
        validate(frame_of("site_zone", *rows), table="site_zone")
    codes = frame_of("borders", row_of("borders", code_a=31002))
    with pytest.raises(SchemaError, match=r"1 anomalie\n"):
        validate(codes, table="borders")


@given(st.permutations(range(6)))
def test_row_order_does_not_matter(order) -> None:
    codes = ["01004", "09001", "2A004", "2B033", "31483", "97101"]
    rows = [row_of("borders", code_a=code) for code in codes]
    met = frame_of("borders", *[rows[i] for i in order])
    met.index = pd.Index(reversed(range(6)))
    tidy = validate(met, table="borders")
    assert tidy["code_a"].tolist() == codes
    assert tidy.index.tolist() == list(range(6))


KEYS = st.tuples(st.sampled_from("ab"), st.integers(1, 12))


@given(st.lists(KEYS, min_size=1, max_size=8))
def test_keys_are_sorted_as_texts_and_each_repeated_one_is_told(keys) -> None:
    rows = [row_of("phases", indicator_id=name, phase=rank) for name, rank in keys]
    met = frame_of("phases", *rows)
    texts = sorted((name, str(rank)) for name, rank in keys)
    again = [one for one, next_one in pairwise(texts) if one == next_one]
    if again:
        with pytest.raises(SchemaError) as caught:
            validate(met, table="phases")
        _, *lines = str(caught.value).splitlines()
        told = [re.search(r"clé répétée \((.*)\)", line) for line in lines]
        assert [one[1] for one in told if one] == [", ".join(one) for one in again]
    else:
        tidy = validate(met, table="phases")[["indicator_id", "phase"]].astype(str)
        assert [*tidy.itertuples(index=False, name=None)] == texts


@pytest.mark.parametrize("table", WITH_GEOMETRY)
@pytest.mark.parametrize("shape", [None, Point(), Point(np.nan, np.nan)])
def test_a_row_without_geometry_is_refused(table, shape) -> None:
    met = gpd.GeoDataFrame(two_rows(table))
    geometry = gpd.GeoSeries([met.geometry[0], shape], crs=2154)
    with pytest.raises(SchemaError, match=r"1 anomalie\n.*sans géométrie → placer"):
        validate(met.set_geometry(geometry), table=table)


@pytest.mark.parametrize("table", WITH_GEOMETRY)
@pytest.mark.parametrize("crs", [None, 4326, 3857])
def test_geometries_are_in_lambert_93(table, crs) -> None:
    with pytest.raises(CrsError, match=f"{table} : système de coordonnées"):
        validate(
            gpd.GeoDataFrame(frame_of(table)).set_crs(crs, allow_override=True),
            table=table,
        )
    assert validate(frame_of(table), table=table).crs.to_epsg() == 2154


def test_axes_in_the_wrong_order_are_refused() -> None:
    row = row_of("places", geometry=Point(SEAT.y, SEAT.x))
    with pytest.raises(CrsError, match="ordre des axes"):
        validate(frame_of("places", row), table="places")
