"""Fields, lists and factors of the sign-up form: what a firm may answer."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

import pandas as pd

from eitgeo.check import hint
from eitgeo.errors import SchemaError

FORM_FORMAT = "eitgeo-inscription/1"
"""Name and version of the files that the form writes."""

LIST_SEPARATOR = "|"
"""Between the answers of a field of several choices, in CSV."""

_OWN_TABLES = {
    "unite": ("survey_units.csv", "unit"),
    "nature": ("survey_densities.csv", "nature"),
    "periode": ("survey_periods.csv", "period"),
    "devenir": ("survey_outcomes.csv", "outcome"),
}


@cache
def _read(name: str) -> pd.DataFrame:
    with resources.files("eitgeo.reference").joinpath(name).open("rb") as handle:
        return pd.read_csv(handle, dtype=str, keep_default_na=False)


def _numbers(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    values = table[columns].replace("", "nan").astype(float)
    return table.assign(**{column: values[column] for column in columns})


def survey_fields() -> pd.DataFrame:
    """Return the fields of the form, in order."""
    table = _read("survey_fields.csv").copy()
    table["max_length"] = table["max_length"].astype(int)
    return table.set_index("field_id")


def survey_choices(name: str) -> dict[str, str]:
    """Return what a list of the form offers.

    Examples
    --------
    >>> survey_choices("mois")["02"]
    'février'
    """
    return dict(_offered(name))


@cache
def _offered(name: str) -> dict[str, str]:
    if name in _OWN_TABLES:
        file, key = _OWN_TABLES[name]
        table = _read(file).rename(columns={key: "code"})
    else:
        every = _read("survey_choices.csv")
        table = every[every["list"] == name]
        if table.empty:
            known = [*every["list"].unique(), *_OWN_TABLES]
            message = f"formulaire : liste inconnue « {name} » → {hint(name, known)}"
            raise SchemaError(message)
    return dict(zip(table["code"], table["label_fr"], strict=True))


def choice_code(name: str, written: str) -> str:
    """Find the code of an answer that was written as its code or as its label.

    Examples
    --------
    >>> choice_code("unite", "Bennes de 15 m³"), choice_code("mois", "FEVRIER")
    ('benne_15m3', '02')
    """
    offered = survey_choices(name)
    found = {_folded(label): code for code, label in offered.items()}
    found |= {_folded(code): code for code in offered}
    code = found.get(_folded(written))
    if code is None:
        raise SchemaError(
            f"« {written} » n'est pas dans la liste « {name} » "
            f"→ {hint(written, offered.values())}"
        )
    return code


def _folded(text: str) -> str:
    # Compatibility forms: a no-break space is a space, « m³ » is « m3 ».
    plain = unicodedata.normalize("NFKD", text).replace("’", "'")
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return re.sub(r"\s+", " ", letters).strip().casefold()


def survey_units() -> pd.DataFrame:
    """Return the units in which a firm may state a quantity."""
    columns = ["m3", "kg_low", "kg_mid", "kg_high"]
    columns += ["fill_low", "fill_mid", "fill_high"]
    return _numbers(_read("survey_units.csv"), columns).set_index("unit")


def survey_natures() -> pd.DataFrame:
    """Return the resources that a firm may declare, in plain words."""
    columns = ["t_per_m3_low", "t_per_m3_mid", "t_per_m3_high"]
    return _numbers(_read("survey_densities.csv"), columns).set_index("nature")


def survey_periods() -> pd.DataFrame:
    """Return the periods over which a firm may state a quantity."""
    columns = ["per_year_low", "per_year_mid", "per_year_high"]
    table = _numbers(_read("survey_periods.csv"), columns)
    return table.assign(one_off=table["one_off"] == "oui").set_index("period")


def survey_outcomes() -> pd.DataFrame:
    """Return what may become of a resource today."""
    table = _read("survey_outcomes.csv")
    answers = {name: table[name] == "oui" for name in ("leaves_site", "asks_who")}
    return table.assign(**answers).set_index("outcome")
