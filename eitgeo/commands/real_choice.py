"""Which EPCI a name means, in the list of all those of France."""

from __future__ import annotations

import difflib
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import StudyError
from eitgeo.perimeters.contours.candidate import fitting_size
from eitgeo.study.methods import Methods
from eitgeo.words import french_number

if TYPE_CHECKING:
    from eitgeo.commands.study_text import Wanted

OVERSEAS = "97"
_SHOWN = 4
_SIREN_SIGNS = 9
_MISTYPED = 2
"""Digits of a SIREN that may be wrong for another one to be suggested."""

_KINDS = (
    "communaute de communes ",
    "communaute d agglomeration ",
    "communaute urbaine ",
    "metropole ",
    "cc ",
    "ca ",
    "cu ",
)
"""What a name starts with, that nobody says the same way."""

_LINKS = ("de la ", "du ", "des ", "de l ", "de ", "d ", "le ", "la ", "les ", "l ")


class Place(NamedTuple):
    """Where a study on real files takes place.

    ``epci``: rows of the list, the most populated first. ``departements``: those of the
    territory and of its ring. ``box``: west, south, east, north of the territory
    [degrees, EPSG:4326]. ``most``: EPCI of a union at most, where all unions would be
    too many; None: all.
    """

    epci: pd.DataFrame
    departements: tuple[str, ...]
    box: tuple[float, float, float, float]
    most: int | None

    @property
    def own(self) -> tuple[str, ...]:
        """Return the départements of the territory alone."""
        codes = {one for told in self.epci["departements"] for one in told.split()}
        return tuple(sorted(codes))


def choose_place(wanted: Wanted, epci: pd.DataFrame, *, buffer_km: float) -> Place:
    """Find the EPCI that are asked for, or refuse with what they may mean."""
    faults = Faults("nouvelle étude")
    chosen: list[str] = []
    for one in wanted.epci:
        known, remedy = named_epci(one, epci)
        if known is None:
            faults.add(f"EPCI « {one} »", remedy=remedy)
        else:
            chosen.append(known)
    for code in wanted.departements:
        inside = epci.index[_departement(epci["seat"]).eq(code)]
        if inside.empty:
            remedy = "par exemple 09 ou 2A"
            faults.add(f"département « {code} » sans EPCI", remedy=remedy)
        chosen += inside.tolist()
    if not wanted.epci and not wanted.departements:
        faults.add("ni EPCI ni département", remedy="donner --epci ou --dep")
    rows = epci.loc[list(dict.fromkeys(chosen))]
    for siren, name in rows.loc[rows["west"].isna(), "name"].items():
        remedy = "le paquet calcule en Lambert-93 : France métropolitaine seule"
        faults.add(f"{name} ({siren}), outre-mer", remedy=remedy)
    faults.raise_if_any(StudyError)
    ranked = rows.sort_values("population", ascending=False, kind="stable")
    low, high = ranked[["west", "south"]].min(), ranked[["east", "north"]].max()
    return Place(
        ranked,
        _within(ranked, buffer_km),
        (*map(float, low), *map(float, high)),  # type: ignore[arg-type]
        _bound(ranked),
    )


def _departement(codes: pd.Series[str]) -> pd.Series[str]:
    return codes.str[:2].mask(codes.str.startswith(OVERSEAS), codes.str[:3])


def _within(rows: pd.DataFrame, km: float) -> tuple[str, ...]:
    own = {dep for told in rows["departements"] for dep in told.split()}
    pairs = (pair.partition(":") for told in rows["near"] for pair in told.split())
    return tuple(sorted(own | {dep for dep, _, away in pairs if int(away) <= km}))


def _bound(rows: pd.DataFrame) -> int | None:
    """Say which size makes the unions few enough; boxes touch more than EPCI do."""
    boxes = rows[["west", "south", "east", "north"]]
    touching = {
        str(siren): frozenset(
            boxes.index[
                (boxes["west"] <= one["east"])
                & (boxes["east"] >= one["west"])
                & (boxes["south"] <= one["north"])
                & (boxes["north"] >= one["south"])
            ]
        )
        - {siren}
        for siren, one in boxes.iterrows()
    }
    limit = int(Methods.model_fields["max_unions"].default)
    size, _ = fitting_size(touching, str(rows.index[0]), limit=limit)
    return size if size < len(rows) else None


def named_epci(asked: str, epci: pd.DataFrame) -> tuple[str | None, str]:
    """Return the SIREN that a SIREN, a name or a part of one means; else a remedy."""
    if asked in epci.index:
        return asked, ""
    if asked.isdigit():
        return None, _near_siren(asked, epci)
    plain = _plain(asked)
    names = epci["name"].map(_plain)
    for same in (names == plain, names.map(_bare) == _bare(plain)):
        if same.sum() == 1:
            return str(epci.index[same][0]), ""
    holds = names.str.contains(_bare(plain) or plain, regex=False)
    if holds.any():
        several = f"{holds.sum()} portent ce nom : " + _told(epci[holds])
        return (str(epci.index[holds][0]), "") if holds.sum() == 1 else (None, several)
    close = difflib.get_close_matches(_bare(plain), names.map(_bare), n=3, cutoff=0.6)
    if not close:
        remedy = (
            "aucun n'y ressemble dans la liste des EPCI de France ; un EPCI créé "
            "depuis se lit dans une liste plus récente (--epci-list)"
        )
    else:
        alike = epci[names.map(_bare).isin(close)]
        remedy = "vouliez-vous dire " + _told(alike) + " ?"
    return None, remedy


def _near_siren(asked: str, epci: pd.DataFrame) -> str:
    if len(asked) != _SIREN_SIGNS:
        return f"un SIREN a {_SIREN_SIGNS} chiffres : {epci.index[0]}"
    away = {one: _changed(asked, one) for one in epci.index}
    least = min(away.values(), default=_SIREN_SIGNS)
    close = [one for one, n in away.items() if n == least <= _MISTYPED]
    newer = (
        "un EPCI créé depuis (SIREN en 99) se lit dans une liste plus récente "
        "(--epci-list)"
    )
    if not close:
        return f"absent de la liste des EPCI de France ; {newer}"
    return f"vouliez-vous dire {_told(epci.loc[close])} ? sinon, {newer}"


def _changed(one: str, other: str) -> int:
    """Count the digits that differ."""
    return sum(a != b for a, b in zip(one, other, strict=False))


def _told(rows: pd.DataFrame) -> str:
    ranked = rows.sort_values("population", ascending=False, kind="stable")
    shown = [
        f"« {siren} » ({one['name']}, {one['departements'].replace(' ', ', ')}, "
        f"{french_number(one['population'])} habitants)"
        for siren, one in ranked.head(_SHOWN).iterrows()
    ]
    more = len(rows) - len(shown)
    return " ou ".join(shown) + (f", et {more} autres" if more > 0 else "")


def _plain(text: str) -> str:
    """Write a name without accents, capitals nor signs."""
    marked = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    letters = [one if one.isalnum() else " " for one in marked if one.isascii()]
    words = "".join(letters).split()
    return " ".join("saint" if word == "st" else word for word in words)


def _bare(plain: str) -> str:
    """Leave out what kind of EPCI it is, and the article that follows."""
    kind = next((one for one in _KINDS if plain.startswith(one)), "")
    rest = plain.removeprefix(kind)
    link = next((one for one in _LINKS if rest.startswith(one)), "")
    return rest.removeprefix(link)
