"""The spoiler spoils, and the referee is strict."""

import random

import pandas as pd
import pytest
from hypothesis import given

from eitgeo.errors import SchemaError
from eitgeo.sources.files.loaded import Loaded, dropped_rows
from tests.sources.mutate import (
    MUTATIONS,
    assert_reads_or_refuses,
    count_rows,
    mutated_bytes,
    mutated_csv,
    parse,
    spoil,
)

VALID = "code;nom;x\n09001;Œuvre;1.5\n31002;Élix;2.5\n".encode()


@pytest.mark.parametrize("name", sorted(set(MUTATIONS) - {"swap_cells"}))
def test_each_mutation_changes_the_file_for_some_dice(name):
    dice = random.Random(0)  # noqa: S311 - not a secret
    assert any(spoil(VALID, [name], dice) != VALID for _ in range(20))


@pytest.mark.parametrize("ragged", ["short_row", "long_row"])
@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_mutations_take_rows_of_unequal_width(ragged, name):
    for seed in range(20):
        dice = random.Random(seed)  # noqa: S311 - not a secret
        assert isinstance(spoil(VALID, [ragged, name], dice), bytes)


def test_a_file_of_one_column_in_some_row_is_left_as_it_is():
    dice = random.Random(0)  # noqa: S311 - not a secret
    assert spoil(b"a;b\n1\n", ["empty_cell"], dice) == b"a;b\n1\n"


@given(mutated_csv(VALID), mutated_bytes(VALID))
def test_strategies_give_bytes_and_leave_the_file_alone(text, binary):
    assert isinstance(text, bytes)
    assert isinstance(binary, bytes)
    assert parse(VALID)[1] == ["09001", "Œuvre", "1.5"]


def loaded(n_rows, reasons=()):
    table = pd.DataFrame({"x": range(n_rows)})
    return Loaded(table, dropped_rows(("a.csv", 1, "s", why) for why in reasons))


def test_the_referee_counts_rows(write):
    path = write("a.csv", VALID)
    assert count_rows(path) == 2
    assert_reads_or_refuses(lambda _: loaded(1, ["loin"]), path, rows_in=count_rows)
    with pytest.raises(AssertionError):
        assert_reads_or_refuses(lambda _: loaded(1), path, rows_in=count_rows)
    with pytest.raises(AssertionError):
        assert_reads_or_refuses(lambda _: loaded(1, [""]), path)


def test_the_referee_wants_the_file_and_a_remedy(write):
    path = write("a.csv", VALID)

    def refuse(message):
        def reader(_):
            raise SchemaError(message)

        return reader

    assert assert_reads_or_refuses(refuse("a.csv : faux → corriger"), path) is None
    for message in ("a.csv : faux", "b.csv : faux → corriger"):
        with pytest.raises(AssertionError):
            assert_reads_or_refuses(refuse(message), path)


def test_the_referee_lets_other_errors_through(write):
    def reader(_):
        raise KeyError

    with pytest.raises(KeyError):
        assert_reads_or_refuses(reader, write("a.csv", VALID))
