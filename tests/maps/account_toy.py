"""A released account of two plants and three members, one of them in doubt."""

import pandas as pd

from eitgeo.maps.words.account_words import Named
from eitgeo.reference.exchange_terms import syndicate_lines
from eitgeo.tables.public import Released
from tests.maps.toy import released

NAMED = Named(
    {"compost": "Le compost", "stock": "Le stockage"},
    {f"20000000{n}": name for n, name in enumerate(("Aval", "Milieu", "Nord"), 1)},
)
WHY = "exutoires du syndicat non désignés"
_NONE = float("nan")
_ROWS: list[tuple[str, str, str, str, float, float, float, str, str]] = [
    ("balance", "", "", "", -500e3, -210e3, -36e3, "chiffre", "H"),
    ("ceiling_t", "stock", "", "", 48_492.0, 48_492.0, 85e3, "chiffre", "S"),
    ("cost_spared", "", "", "", 49e3, 210e3, 420e3, "chiffre", "H"),
    ("fee_lost", "", "", "", -710e3, -440e3, -270e3, "chiffre", "H"),
    ("landfill_days", "", "", "", 0.0, 0.0, 0.0, "chiffre", "H"),
    ("landfill_t", "", "", "", 0.0, 0.0, 0.0, "chiffre", "H"),
    ("landfill_years", "", "", "", 0.0, 0.0, 0.0, "chiffre", "H"),
    ("materials_lost", "", "", "", -190e3, -75e3, -18e3, "chiffre", "H"),
    ("member_eur", "", "", "200000001", -86e3, -35e3, -5.9e3, "chiffre", "H"),
    ("member_eur", "", "", "200000002", -83e3, -34e3, -5.7e3, "chiffre", "H"),
    ("member_eur", "", "", "200000003", -18e3, -3.7e3, 0.0, "chiffre", "H"),
    ("out_t", "", "", "", 12e3, 15e3, 20e3, "chiffre", "H"),
    ("out_t", "compost", "", "", 5.1e3, 6.3e3, 8e3, "chiffre", "H"),
    ("out_t", "compost", "W091", "", 2.6e3, 3.2e3, 3.9e3, "chiffre", "H"),
    ("out_t", "compost", "W092", "", _NONE, _NONE, _NONE, "secret", "H"),
    ("out_t", "stock", "", "", 0.0, 0.0, 0.0, "chiffre", "H"),
    ("over_threshold_t", "stock", "", "", 3.5e3, 3.5e3, 3.5e3, "chiffre", "S"),
    ("per_inhabitant", "", "", "", -2.8, -1.1, -0.19, "chiffre", "H"),
    ("premium_paid", "stock", "", "", 17.5e3, 17.5e3, 17.5e3, "chiffre", "S"),
    ("premium_spared", "", "", "", 0.0, 0.0, 0.0, "chiffre", "H"),
    ("taken_t", "stock", "", "", 48.5e3, 48.5e3, 48.5e3, "chiffre", "S"),
    ("tax_1000t", "stock", "", "", 74e3, 74e3, 74e3, "chiffre", "S"),
    ("tax_passed", "", "", "", 0.0, 0.0, 0.0, "chiffre", "H"),
    ("tax_spared", "", "", "", 0.0, 0.0, 0.0, "chiffre", "H"),
    ("years_1000t", "stock", "", "", 0.165, 0.175, 0.186, "chiffre", "S"),
]
_NAMES = [
    *("line", "outlet_id", "ewc_stat", "member"),
    *("low", "mid", "high", "status", "evidence"),
]


def account_table() -> pd.DataFrame:
    """Return the rows as released."""
    table = pd.DataFrame(_ROWS, columns=_NAMES)
    units = table["line"].map(syndicate_lines()["unit"])
    return table.assign(unit=units, left_out="")


def account_rows(*, demonstration: bool = True) -> Released:
    """Release the account of the toy."""
    return released(account_table(), demonstration=demonstration)


def untold_rows() -> Released:
    """Release the account of a study that names no outlet of a syndicate."""
    lines = list(syndicate_lines().index)
    table = account_table().iloc[: len(lines)].assign(line=lines, left_out=WHY)
    names = ["low", "mid", "high"]
    table[names] = _NONE
    table[["outlet_id", "ewc_stat", "member"]] = ""
    return released(table.assign(status="non_chiffre", evidence="H"))
