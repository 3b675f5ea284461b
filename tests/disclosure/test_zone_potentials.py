"""Potential waste of zones as it is told: classes, or « secret »."""

import pandas as pd
import pytest

from eitgeo.disclosure.zones import zone_potentials
from eitgeo.errors import SchemaError
from eitgeo.tables.schema import validate

ZONES = {
    "Z001": {"a": 40.0, "b": 40.0, "c": 19.0},
    "Z002": {"d": 90.0, "e": 5.0, "f": 5.0},
    "Z003": {"g": 50.0, "h": 50.0},
    "Z004": {"i": 400.0, "j": 400.0, "k": 200.0},
}


def sites(**firms: str) -> pd.DataFrame:
    """Return the sites of the zones; each its own firm unless said."""
    rows = [(site, zone) for zone, held in ZONES.items() for site in held]
    table = pd.DataFrame(rows, columns=["site_id", "zone_id"], dtype="str")
    siret = pd.Series([firms.get(one, "") for one in table["site_id"]], dtype="str")
    return table.assign(siret=siret)


def told(table: pd.DataFrame, **changes: float) -> dict[str, str]:
    """Return the class of each zone."""
    tonnes = {site: t for held in ZONES.values() for site, t in held.items()} | changes
    found = zone_potentials(table, pd.Series(tonnes))
    validate(found, table="zone_potentials")
    return dict(zip(found["zone_id"], found["potential_class"], strict=True))


def test_classes_where_three_firms_share_and_none_has_most() -> None:
    assert told(sites()) == {
        "Z001": "30 à 100",
        "Z002": "secret",  # one of 90 %
        "Z003": "secret",  # two firms
        "Z004": "1 000 ou plus",
    }
    assert told(sites(), c=20.0)["Z001"] == "100 à 300"


@pytest.mark.parametrize(
    ("mass_t", "name"),
    [
        (29.7, "moins de 30"),
        (30.0, "30 à 100"),
        (99.9, "30 à 100"),
        (100.0, "100 à 300"),
        (299.7, "100 à 300"),
        (300.0, "300 à 1 000"),
        (999.9, "300 à 1 000"),
        (1_000.0, "1 000 ou plus"),
    ],
)
def test_a_class_starts_at_its_first_tonne(mass_t, name) -> None:
    assert told(sites(), **dict.fromkeys("abc", mass_t / 3))["Z001"] == name


def test_two_sites_of_a_firm_are_one() -> None:
    same = {"a": "12345678200011", "b": "12345678200029"}
    assert told(sites(**same))["Z001"] == "secret"


def test_sites_without_estimate_are_not_zero_and_do_not_count() -> None:
    assert told(sites(), c=float("nan"))["Z001"] == "secret"
    assert told(sites().iloc[::-1]) == told(sites())


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(SchemaError, match="siret"):
        zone_potentials(sites().drop(columns="siret"), pd.Series(dtype=float))
