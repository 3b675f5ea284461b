"""Combinations of sums: the limits of the two rules, by hand."""

import pytest

from eitgeo.disclosure.answers import approximates_firm

FIRST, SECOND = dict.fromkeys("abc", 5.0), dict.fromkeys("def", 5.0)


def told(**others: float) -> bool:
    """Add a sum from which the first two may be taken: these are left."""
    return approximates_firm([FIRST, SECOND, FIRST | SECOND | others])


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({"h": 5.0, "i": 5.0, "j": 5.0}, True),  # 15 beside 100: less than 15/85
        ({"h": 5.8, "i": 5.8, "j": 5.8}, True),  # 17.4, where 17.65 are 15/85
        (
            {"h": 5.9, "i": 5.9, "j": 5.9},
            False,
        ),  # 17.7 beside 100, 11.8 for one of them
        ({"h": 13.0, "i": 13.0}, False),  # 26; 13 for who knows the other
        ({"h": 10.0, "i": 10.0}, False),  # just a tenth
        ({"h": 15.0, "i": 9.9}, True),  # h knows its own: 9.9
        ({"h": 9.9, "i": 9.9}, True),
    ],
)
def test_what_is_left_of_a_sum_less_others_is_held_to_both_limits(
    others, expected
) -> None:
    assert told(g=100.0, **others) is expected


def test_who_brought_nothing_protects_nobody_and_breaks_nothing() -> None:
    assert not approximates_firm([FIRST | {"g": 0.0}])
    assert approximates_firm([{"a": 100.0, "b": 7.0, "c": 7.0, "g": 0.0}])


def test_rounding_of_large_sums_leaves_nobody_less_than_nothing() -> None:
    """Of two firms, what is left of their sum without both is -6e-5 in numbers."""
    large, small = 632e9, 382e9 + 0.2
    assert (large + small) - large - small < 0
    assert approximates_firm([{"a": large, "b": small}])


@pytest.mark.parametrize(
    ("less", "expected"), [(0.0, False), (5e-10, False), (1e-6, True)]
)
def test_a_sum_tells_no_more_unless_by_more_than_rounding(less, expected) -> None:
    """a is approached by the first sum alone, which is told: does the second help?

    Three others take the places of three, with so little less.
    """
    first = {"a": 1e8, "b": 3e6} | dict.fromkeys("cde", 4e6)
    second = {"a": 1e8, "b": 3e6} | dict.fromkeys("fgh", 4e6 * (1 - less))
    assert approximates_firm([first])
    assert not approximates_firm([first, first])
    assert approximates_firm([first, second]) is expected
