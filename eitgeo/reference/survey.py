"""The sign-up form: fields, lists, and what a firm states turned into tonnes."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError
from eitgeo.reference.shipped import shipped_table
from eitgeo.words import french_number

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
MONTHS_A_YEAR = 12
_KG_PER_T = 1000.0
_NO_MASS = ("energy", "count")
_BY_VOLUME = ("volume", "container")
_WITHIN_YEAR = ("jour", "semaine", "mois", "trimestre")
_ENDS = ("low", "mid", "high")
type _Factor = tuple[float, ...]
"""Low, mid and high."""


def _numbers(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    values = table[columns].replace("", "nan").astype(float)
    return table.assign(**{column: values[column] for column in columns})


def survey_fields() -> pd.DataFrame:
    """Return the fields of the form, in order."""
    table = shipped_table("survey_fields.csv").copy()
    table["max_length"] = table["max_length"].astype(int)
    return table.set_index("field_id")


def answer_kinds() -> pd.DataFrame:
    """Return what makes an answer of each kind right.

    Returns: indexed by ``kind``: ``removed`` (signs that people put in numbers),
    ``pattern`` of what is left, ``joined`` (between its groups, as it is kept),
    ``fault`` and ``remedy`` (French).
    """
    return shipped_table("answer_kinds.csv").set_index("kind")


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
        table = shipped_table(file).rename(columns={key: "code"})
    else:
        every = shipped_table("survey_choices.csv")
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
    codes = {_folded(label): code for code, label in offered.items()}
    codes |= {_folded(code): code for code in offered}
    code = codes.get(_folded(written))
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
    return _numbers(shipped_table("survey_units.csv"), columns).set_index("unit")


def survey_natures() -> pd.DataFrame:
    """Return the resources that a firm may declare, in plain words."""
    columns = ["t_per_m3_low", "t_per_m3_mid", "t_per_m3_high"]
    return _numbers(shipped_table("survey_densities.csv"), columns).set_index("nature")


def survey_periods() -> pd.DataFrame:
    """Return the periods over which a firm may state a quantity."""
    columns = ["per_year_low", "per_year_mid", "per_year_high"]
    table = _numbers(shipped_table("survey_periods.csv"), columns)
    return table.assign(one_off=table["one_off"] == "oui").set_index("period")


def survey_outcomes() -> pd.DataFrame:
    """Return what may become of a resource today."""
    table = shipped_table("survey_outcomes.csv")
    answers = {name: table[name] == "oui" for name in ("leaves_site", "asks_who")}
    return table.assign(**answers).set_index("outcome")


@dataclass(frozen=True)
class DeclaredMass:
    """A mass that a firm stated in its own units.

    ``low_t``, ``mid_t``, ``high_t``: mass [t/year, or t when it is ``one_off``]: about
    P10, median, P90. ``one_off``: the quantity is there once: it is no yearly flow.
    ``evidence``: ``O`` where the firm gave tonnes a year, else ``H``. ``assumption``:
    how it was converted, French.
    """

    low_t: float
    mid_t: float
    high_t: float
    one_off: bool
    evidence: str
    assumption: str


def has_mass(nature: str, unit: str) -> bool:
    """Say whether a quantity of this nature in this unit converts to tonnes.

    Examples
    --------
    >>> has_mass("palettes", "benne_15m3"), has_mass("chaleur", "mwh")
    (True, False)
    >>> has_mass("autre", "m3"), has_mass("autre", "kg")
    (False, True)
    """
    _require_known(nature, unit, period="an")
    kind = _rows("unité")[unit]["kind"]
    measured = _rows("nature")[nature]
    if measured["measure"] != "masse" or kind in _NO_MASS:
        return False
    return kind not in _BY_VOLUME or math.isfinite(measured["t_per_m3_mid"])


def declared_mass_t(
    quantity: float, unit: str, *, nature: str, period: str, n_months: int = 12
) -> DeclaredMass:
    """Convert a stated quantity to tonnes a year, with its interval.

    Notes
    -----
    mid = quantity × units a year × mass of a unit, where the mass of a container is
    volume × filling × bulk density. Each factor has a low and a high value, taken as
    P10 and P90 of independent log-normal variables: relative half-widths are added in
    quadrature, ``low = mid · exp(−√Σ ln²(mid_i ÷ low_i))``. The quantity itself is
    taken as stated, so a mass stated in tonnes a year comes back as it is (class O:
    declared by the firm); everything else is of class H.

    Examples
    --------
    Three skips × 12 × 15 m³ × 0.85 full × 0.10 t/m³ = 45.9 t/year:

    >>> mass = declared_mass_t(3, "benne_15m3", nature="palettes", period="mois")
    >>> round(mass.low_t), round(mass.mid_t, 1), round(mass.high_t)
    (25, 45.9, 84)
    >>> declared_mass_t(20, "t", nature="palettes", period="an").low_t
    20.0
    """
    _require_known(nature, unit, period=period)
    _require_domain(quantity, n_months)
    if not has_mass(nature, unit):
        raise SchemaError(
            f"« {nature} » en « {unit} » : aucune masse ne s'en déduit "
            "→ donner une quantité en tonnes ou en kilogrammes, ou la laisser telle"
        )
    factors, words = _unit_factors(nature, unit)
    times, share = _rows("période")[period], 1.0
    factors.append(_factor(times, "per_year"))
    words.append(times["note"])
    if period in _WITHIN_YEAR and n_months < MONTHS_A_YEAR:
        share = n_months / MONTHS_A_YEAR
        words.append(f"{n_months} mois sur 12")
    mid_t = quantity * share * math.prod(mid for _, mid, _ in factors)
    down = math.hypot(*(math.log(mid / low) for low, mid, _ in factors))
    up = math.hypot(*(math.log(high / mid) for _, mid, high in factors))
    return DeclaredMass(
        low_t=mid_t * math.exp(-down),
        mid_t=mid_t,
        high_t=mid_t * math.exp(up),
        one_off=bool(times["one_off"]),
        evidence="H" if down or up or share < 1 else "O",
        assumption=" ; ".join(word for word in words if word),
    )


def _unit_factors(nature: str, unit: str) -> tuple[list[_Factor], list[str]]:
    """Return the factors that make a unit of this nature a mass [t], in words too."""
    measured = _rows("unité")[unit]
    if measured["kind"] not in _BY_VOLUME:
        return [_factor(measured, "kg", per=_KG_PER_T)], [measured["note"]]
    filled = _factor(measured, "fill", per=1 / measured["m3"])
    density = _factor(_rows("nature")[nature], "t_per_m3")
    low, mid, high = (french_number(value) for value in density)
    return [filled, density], [f"{mid} t/m³ ({low} à {high})", measured["note"]]


@cache
def _rows(name: str) -> dict[str, dict[str, Any]]:
    """Return a table as one mapping a row, read once."""
    table = {
        "nature": survey_natures,
        "unité": survey_units,
        "période": survey_periods,
    }[name]()
    return {
        str(key): {str(column): value for column, value in row.items()}
        for key, row in table.to_dict("index").items()
    }


def _factor(row: dict[str, Any], name: str, *, per: float = 1.0) -> _Factor:
    return tuple(float(row[f"{name}_{end}"] / per) for end in _ENDS)


def _require_known(nature: str, unit: str, *, period: str) -> None:
    faults = Faults("quantité déclarée")
    for word, written in (("nature", nature), ("unité", unit), ("période", period)):
        known = _rows(word)
        if written not in known:
            faults.add(f"{word} inconnue « {written} »", remedy=hint(written, known))
    faults.raise_if_any(SchemaError)


def _require_domain(quantity: float, n_months: int) -> None:
    faults = Faults("quantité déclarée")
    if not (math.isfinite(quantity) and quantity > 0):
        faults.add(f"quantité {quantity:g}", remedy="un nombre supérieur à zéro")
    if not 1 <= n_months <= MONTHS_A_YEAR:
        faults.add(f"{n_months} mois par an", remedy="de 1 à 12")
    faults.raise_if_any(SchemaError)
