"""Guards: every fault of an input is gathered, then told once, with its remedy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from eitgeo.errors import CrsError, EitgeoError, SchemaError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

WORKING_EPSG = 2154
"""Lambert-93, metres: the only CRS in which the package measures."""

MAX_FAULTS_TOLD = 20
"""Faults listed in one message; the rest is counted."""

LAMBERT93_BOX = (0.0, 6_000_000.0, 1_300_000.0, 7_200_000.0)
"""Metropolitan France in EPSG:2154: xmin, ymin, xmax, ymax [m]."""

_COMMUNE_CODE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}")


@dataclass
class Faults:
    """Collects the faults of one input so that they are raised together.

    Attributes
    ----------
    where
        The file or table that is read, as the user names it.
    items
        The faults noted so far, in French.

    Examples
    --------
    >>> faults = Faults("membres.csv")
    >>> faults.add("code inconnu « 99999 »", row=3, remedy="corriger le code")
    >>> faults.raise_if_any(SchemaError)
    Traceback (most recent call last):
    eitgeo.errors.SchemaError: membres.csv : 1 anomalie
      - ligne 3 : code inconnu « 99999 » → corriger le code
    """

    where: str | Path
    items: list[str] = field(default_factory=list)

    def add(self, met: str, *, row: int | str | None = None, remedy: str = "") -> None:
        """Note one fault."""
        place = "" if row is None else f"ligne {row} : "
        tail = f" → {remedy}" if remedy else ""
        self.items.append(f"{place}{met}{tail}")

    def raise_if_any(self, error: type[EitgeoError] = SchemaError) -> None:
        """Raise one error that lists the faults, if there are any."""
        if not self.items:
            return
        count = len(self.items)
        title = f"{self.where} : {count} anomalie{'s' if count > 1 else ''}"
        lines = [f"  - {item}" for item in self.items[:MAX_FAULTS_TOLD]]
        if count > MAX_FAULTS_TOLD:
            rest = count - MAX_FAULTS_TOLD
            lines.append(f"  … et {rest} autre{'s' if rest > 1 else ''}")
        raise error("\n".join([title, *lines]))


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the valid name closest to the one that was written.

    Examples
    --------
    >>> nearest("radius", ["radius_m", "min_sites"])
    'radius_m'
    """
    folded = {str(valid).casefold(): str(valid) for valid in names}
    close = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.5)
    return folded[close[0]] if close else None


def hint(name: str, names: Iterable[str]) -> str:
    """Return « vouliez-vous dire … ? », or the list of the valid names."""
    known = sorted(str(valid) for valid in names)
    close = nearest(name, known)
    if close is not None:
        return f"vouliez-vous dire « {close} » ?"
    told = ", ".join(known[:MAX_FAULTS_TOLD])
    rest = "" if len(known) <= MAX_FAULTS_TOLD else f" … ({len(known)} en tout)"
    return f"valeurs admises : {told}{rest}"


def require_columns(
    frame: pd.DataFrame, names: Iterable[str], *, where: str | Path
) -> None:
    """Refuse a table that lacks a column, naming the nearest one present."""
    faults = Faults(where)
    present = [str(column) for column in frame.columns]
    for name in names:
        if name not in present:
            close = nearest(name, present)
            remedy = (
                f"renommer la colonne « {close} »" if close else "ajouter la colonne"
            )
            faults.add(f"colonne « {name} » absente", row=1, remedy=remedy)
    faults.raise_if_any(SchemaError)


def require_lambert93(layer: gpd.GeoDataFrame | gpd.GeoSeries, *, where: str) -> None:
    """Refuse a layer that is not in EPSG:2154, metres, inside France."""
    if layer.crs is None:
        message = f"{where} : système de coordonnées absent → l'indiquer à la source"
        raise CrsError(message)
    # To name a system, one goes through all of them: it is compared first.
    if layer.crs != WORKING_EPSG and layer.crs.to_epsg() != WORKING_EPSG:
        message = (
            f"{where} : système de coordonnées {layer.crs.name}, "
            "EPSG:2154 (mètres) requis ici → reprojeter avant la mesure"
        )
        raise CrsError(message)
    if len(layer) == 0 or layer.geometry.is_empty.all():
        return
    xmin, ymin, xmax, ymax = (float(value) for value in layer.total_bounds)
    west, south, east, north = LAMBERT93_BOX
    if xmin < west or ymin < south or xmax > east or ymax > north:
        message = (
            f"{where} : coordonnées hors de la France métropolitaine "
            f"({xmin:.0f}, {ymin:.0f} – {xmax:.0f}, {ymax:.0f}) "
            "→ vérifier l'ordre des axes et l'unité"
        )
        raise CrsError(message)


def commune_code_fault(code: object) -> tuple[str, str] | None:
    """Say what is wrong with an INSEE commune code.

    Examples
    --------
    >>> commune_code_fault("09001") is None
    True
    >>> commune_code_fault("9001")[1]
    'écrire « 09001 » (colonne au format texte)'
    """
    text = str(code)
    if isinstance(code, str) and _COMMUNE_CODE.fullmatch(text):
        return None
    if re.fullmatch(r"[0-9]{4}", text):
        met = f"code commune « {text} » sans son zéro de tête"
        return met, f"écrire « 0{text} » (colonne au format texte)"
    return (
        f"code commune « {text} » mal formé",
        "cinq caractères, par exemple « 09001 »",
    )
