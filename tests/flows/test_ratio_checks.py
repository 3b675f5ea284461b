"""What no ratio can be."""

from typing import Any

import pytest

from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.arising_draws import arising_terms, require_ratios
from eitgeo.reference.tables import waste_ratios
from tests.flows.toy import RATIOS, make_sites

MID, LOW, HIGH = "t_per_employee", "t_per_employee_low", "t_per_employee_high"


def spoilt(row: int, **values: Any) -> Any:
    """Return the toy ratios with other values in a row."""
    table = RATIOS.copy()
    for name, value in values.items():
        table.loc[row, name] = value
    return table


def test_what_ships_passes() -> None:
    require_ratios(waste_ratios())
    require_ratios(RATIOS)


@pytest.mark.parametrize(
    ("row", "values", "message"),
    [
        (2, {LOW: -1.0}, "47.11 NDNI : ratio négatif"),
        (2, {HIGH: float("nan")}, "47.11 NDNI : ratio absent"),
        (2, {MID: 9.0}, "47.11 NDNI : P10, P50, P90 en désordre"),
        (2, {LOW: 0.0}, "47.11 NDNI : P10 nul"),
        (2, {HIGH: 12_000.0}, "plus de 10\u202f000 t/salarié → des kilogrammes"),
        (2, {"share": 60.0}, "part hors de 0–1"),
        (1, {"share": 0.9}, "47 NDNI : composition de 150 %"),
        (2, {"naf_prefix": "47.9Z"}, "préfixe NAF « 47.9Z » inconnu"),
        (2, {"naf_prefix": "4711"}, "préfixe NAF « 4711 » inconnu"),
        (2, {"stream": "DD"}, "flux « DD » inconnu"),
        (2, {"naf_prefix": "47"}, "47 NDNI : deux ratios"),
    ],
)
def test_each_fault_is_told(row: int, values: dict[str, Any], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        require_ratios(spoilt(row, **values))


def test_kilograms_do_not_reach_the_estimate() -> None:
    """A sawmill of 60 t a job, written in kilograms."""
    in_kg = RATIOS.copy()
    is_building = in_kg["naf_prefix"] == "41"
    for level in (LOW, MID, HIGH):
        in_kg[level] = in_kg[level].where(~is_building, 1000 * in_kg[level])
    with pytest.raises(SchemaError, match="41 INERT : plus de 10"):
        arising_terms(make_sites(("a", "41.20A", 10, "31001")), in_kg)


def test_a_missing_column_is_told() -> None:
    with pytest.raises(SchemaError, match="ratio_id"):
        require_ratios(RATIOS.drop(columns="ratio_id"))
