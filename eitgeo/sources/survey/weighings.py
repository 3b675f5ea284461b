"""Tickets of a weighbridge, whatever its columns are called: the study maps them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.reference.naf import naf_divisions
from eitgeo.reference.siret import siret_fault
from eitgeo.reference.waste import low_ewc, stream_families
from eitgeo.sources.files.loaded import (
    Audited,
    dropped_rows,
    drops,
    first_reason,
    note_rows,
    remarks,
    where,
)
from eitgeo.sources.files.rows import faulty, read_official
from eitgeo.sources.files.workbooks import read_sheet
from eitgeo.study.asked import Weighings

INERT, HAZARDOUS = "inertes", "dangereux"
UNCLASSED = ""
"""Family of a product that the study does not name."""

HEAVIEST_KG = 1_000_000.0
"""Beyond, a ticket is no truck: its unit is another."""

_KG = {"kg": 1, "t": 1000}
_NEEDED = ("date", "product", "mass")
_BLANKS = re.compile(r"[\s\u00a0\u202f]+")
_MASS = re.compile(r"[-+]?\d{1,12}(\.\d{1,6})?")
_CODE = re.compile(r"\d{2} \d{2} \d{2}\*?")
_NAF = re.compile(r"(\d{2})(\.?\d{2}[A-Z]?)?")
_WITHOUT_ZERO = 13
_ISO = "%Y-%m-%d"
WEIGHED_TICKET = [
    *("day", "siret", "naf", "client", "commune", "product", "waste_code", "family"),
    *("outlet_id", "site", "ticket", "mass_kg"),
]
"""Columns of a ticket."""


def read_weighings(path: Path, *, layout: Weighings) -> Audited:
    """Read the tickets of a weighbridge.

    Parameters
    ----------
    path
        CSV (UTF-8 or Windows-1252) or ``.xlsx``.
    layout
        Section ``sources.pesees`` of the study: names of columns, format of dates,
        decimal sign, unit, what products and sites are.

    Returns
    -------
    Audited
        One row a ticket that counts: ``day`` (ISO), ``siret`` (empty: none, or one
        whose key is wrong), ``naf`` (division), ``client``, ``commune``, ``product``,
        ``waste_code``, ``family`` (empty: a product that the study does not name),
        ``outlet_id``, ``site``, ``ticket``, ``mass_kg`` [kg], below
        0 for a correction. Left out: cancelled tickets, repeated ones, products that
        are no waste.

    Raises
    ------
    SourceError
        File absent, empty, unreadable.
    SchemaError
        Missing column, date or mass that is none, ticket of more than 1000 t or out of
        the period, number of a ticket that two different ones bear, product put in a
        category that does not exist.

    References
    ----------
    The weighbridge of the treatment body: tickets of firms, under no open licence; they
    stay in ``private/``, sums leave by ``eitgeo survey publish``. No
    coordinates.
    """
    rows = _rows(path, layout)
    faults = Faults(path.name)
    families = _product_families(layout, faults=faults)
    table = rows.assign(
        day=_days(rows["date"], path, layout, faults=faults),
        mass_kg=_masses(rows["mass"], path, layout, faults=faults),
    )
    product = table["product"].map(_folded)
    # Texts of an empty product must not find a product of the study.
    codes = {_folded(name): code.strip() for name, code in layout.products.items()}
    told = _found(product, codes)
    table["waste_code"] = told.where(told.str.fullmatch(_CODE.pattern), "")
    table["family"] = _found(product, families)
    out = _left_out(table, told.eq("") & product.isin(codes), layout)
    _check_repeats(table[out == ""], layout, faults=faults)
    faults.raise_if_any(SchemaError)
    kept = table[out == ""]
    numbers = kept["ticket"].where(kept["ticket"] != "", "ticket sans numéro")
    sites = {_folded(name): one for name, one in layout.sites.items()}
    tidy = kept.assign(
        siret=kept["siret"].map(_true_siret),
        naf=kept["naf"].map(_division),
        outlet_id=_found(kept["site"].map(_folded), sites),
    )
    everyone = table["ticket"].where(table["ticket"] != "", "ticket sans numéro")
    return Audited(
        tidy[WEIGHED_TICKET].reset_index(drop=True),
        dropped_rows(drops(path.name, everyone, out)),
        notes=note_rows(_doubts(path.name, numbers, kept, tidy)),
    )


def united_weighings(loads: Sequence[Audited]) -> tuple[pd.DataFrame, int]:
    """Put the tickets of several files together; count those of two files at once.

    A number that two files give two contents is refused.
    """
    none = pd.DataFrame(columns=WEIGHED_TICKET).astype("str")
    parts = [one.table for one in loads] or [none]
    every = pd.concat(parts, ignore_index=True)
    numbered = every["ticket"] != ""
    kept = every[~(every.duplicated() & numbered)].reset_index(drop=True)
    loads_of = kept[kept["ticket"].ne("") & kept["mass_kg"].gt(0)]
    faults = Faults("pesées")
    for number in loads_of["ticket"][loads_of.duplicated(["site", "day", "ticket"])]:
        met = f"ticket « {number[:40]} » dans deux fichiers, de contenus différents"
        faults.add(met, remedy="ne garder que le dernier export")
    faults.raise_if_any(SchemaError)
    return kept, len(every) - len(kept)


def _product_families(layout: Weighings, *, faults: Faults) -> dict[str, str]:
    """Put each product of the study in a family, and note those that have none."""
    known = low_ewc().set_index("waste_code")
    categories = set(known["ewc_stat"])
    families = {}
    for name, told in layout.products.items():
        code = told.strip()
        is_code = _CODE.fullmatch(code) is not None
        if code and not is_code and code not in categories:
            met = f"sources.pesees.products : « {name} » = « {code} »"
            faults.add(met, remedy="écrire un code (« 15 01 03 ») ou une catégorie")
        elif is_code and not code.endswith("*") and code not in known.index:
            met = f"sources.pesees.products : « {name} », code « {code} » inconnu"
            faults.add(met, remedy="écrire sa catégorie (« W075 ») à la place")
        elif code:
            families[_folded(name)] = _family(code, known)
    return families


def _family(code: str, known: pd.DataFrame) -> str:
    if code.endswith("*"):
        return HAZARDOUS
    if code not in known.index:
        return str(stream_families(pd.Series([code])).iloc[0])
    if known.loc[code, "stream"] == "INERT":
        return INERT
    return str(stream_families(pd.Series([known.loc[code, "ewc_stat"]])).iloc[0])


def _found(keys: pd.Series, known: Mapping[str, str]) -> pd.Series:
    """Look texts up: empty, as an unclassed product is, where nothing is known."""
    families = [known.get(key, UNCLASSED) for key in keys]
    return pd.Series(families, index=keys.index, dtype="str")


def _folded(text: str) -> str:
    return _BLANKS.sub(" ", text).strip().casefold()


def _rows(path: Path, layout: Weighings) -> pd.DataFrame:
    """Read the columns of a ticket by our names, blank where the file has none."""
    named = layout.columns.model_dump()
    needed = list(dict.fromkeys(named[name] for name in _NEEDED))
    others = [told for told in named.values() if told and told not in needed]
    asked = [*needed, *dict.fromkeys(others)]
    if path.suffix.lower() == ".xlsx":
        rows = read_sheet(path, columns=asked, sheet=layout.sheet)
    else:
        rows = read_official(path, columns=asked, separator=layout.separator)
    blank = pd.Series("", index=rows.index, dtype="str")
    return pd.DataFrame(
        {name: rows[told] if told else blank for name, told in named.items()}
    )


def _days(
    texts: pd.Series, path: Path, layout: Weighings, *, faults: Faults
) -> pd.Series:
    """Read days; a workbook gives those of its cells as ISO writes them."""
    days = dict.fromkeys(texts.index, "")
    ways = [layout.date_format]
    if path.suffix.lower() == ".xlsx":
        ways.append(_ISO)
    first, last = layout.first_day, layout.last_day
    for line, text in texts.items():
        day = next((date for way in ways if (date := _day(text, way))), None)
        if day is None:
            met = f"« {layout.columns.date} » = « {text[:40]} »"
            remedy = f"date requise comme « {layout.date_format} » (date_format)"
            faults.add(met, row=str(line), remedy=remedy)
        elif (first and day < first) or (last and day > last):
            met = f"ticket du {day:%d/%m/%Y}, hors de la période déclarée"
            remedy = "corriger la date, ou « first_day » et « last_day »"
            faults.add(met, row=str(line), remedy=remedy)
        else:
            days[line] = day.isoformat()
    return pd.Series(days, index=texts.index, dtype="str")


def _day(text: str, way: str) -> dt.date | None:
    if not text.isascii():
        return None
    try:
        return dt.datetime.strptime(text, way).date()  # noqa: DTZ007 - a day
    except ValueError:
        return None


def _masses(
    texts: pd.Series, path: Path, layout: Weighings, *, faults: Faults
) -> pd.Series:
    """Read masses to the milligram, in kilograms."""
    is_book = path.suffix.lower() == ".xlsx"
    masses = {}
    for line, text in texts.items():
        plain = _BLANKS.sub("", text)
        if layout.decimal == "," and not ("." in plain and not is_book):
            plain = plain.replace(",", ".")
        elif layout.decimal == ",":
            plain = ""
        good = plain.isascii() and _MASS.fullmatch(plain) is not None
        kg = float(Decimal(plain) * _KG[layout.unit]) if good else 0.0
        masses[line] = kg
        if not good:
            met = f"« {layout.columns.mass} » = « {text[:40]} »"
            remedy = f"écrire un nombre, décimales après « {layout.decimal} » (decimal)"
            faults.add(met, row=str(line), remedy=remedy)
        elif abs(kg) > HEAVIEST_KG:
            met = f"ticket de {kg / 1000:.0f} t"
            remedy = "vérifier la pesée, et l'unité (unit : kg ou t)"
            faults.add(met, row=str(line), remedy=remedy)
    return pd.Series(masses, index=texts.index, dtype="float64")


def _left_out(table: pd.DataFrame, is_other: pd.Series, layout: Weighings) -> pd.Series:
    """Give a reason to the tickets that count for nothing."""
    states = {_folded(one) for one in layout.cancelled}
    void = table["state"].map(_folded).isin(states) & (table["state"] != "")
    alive = table[~void]
    again = alive.duplicated() & (alive["ticket"] != "")
    return first_reason(
        where(void, "ticket annulé"),
        where(again.reindex(table.index, fill_value=False), "ticket déjà lu"),
        where(is_other, "produit qui n'est pas un déchet"),
    )


def _check_repeats(table: pd.DataFrame, layout: Weighings, *, faults: Faults) -> None:
    """Note two loads of one number: one of them replaces the other, or it is wrong."""
    numbered = table[(table["ticket"] != "") & table["mass_kg"].gt(0)]
    again = numbered.duplicated(["site", "day", "ticket"])
    for line, text in faulty(numbered["ticket"], again):
        met = f"ticket « {text[:40]} » pesé deux fois, de contenus différents"
        states = "« cancelled »" if layout.columns.state else "« columns.state »"
        remedy = f"ôter celui qui ne vaut plus, ou dire les tickets annulés ({states})"
        faults.add(met, row=line, remedy=remedy)


def _true_siret(text: str) -> str:
    digits = _BLANKS.sub("", text)
    if len(digits) == _WITHOUT_ZERO:  # a workbook holds a number
        digits = f"0{digits}"
    return digits if digits and siret_fault(digits) is None else ""


def _division(text: str) -> str:
    code = _NAF.fullmatch(text.strip().upper())
    return code[1] if code and code[1] in naf_divisions().index else ""


def _doubts(
    file: str, numbers: pd.Series, written: pd.DataFrame, read: pd.DataFrame
) -> Iterable[tuple[str, object, str, str, str]]:
    """List what is doubtful in the tickets kept; no client is named."""
    lost = written["siret"].ne("") & read["siret"].eq("")
    detail = "SIRET faux : client connu par son numéro ou son activité, s'ils sont là"
    yield from remarks(file, numbers, "siret_faux", where(lost, detail))
    untold = read["family"].eq(UNCLASSED)
    detail = "produit que « sources.pesees.products » ne nomme pas"
    yield from remarks(file, numbers, "produit_inconnu", where(untold, detail))
    away = written["site"].ne("") & read["outlet_id"].eq("")
    detail = "site que « sources.pesees.sites » ne nomme pas"
    yield from remarks(file, numbers, "site_inconnu", where(away, detail))
    twins = written.duplicated() & written["ticket"].eq("")
    detail = "même ligne qu'une autre : compté, faute de numéro de ticket"
    yield from remarks(file, numbers, "jumeau", where(twins, detail))
    minus = read["mass_kg"].lt(0)
    yield from remarks(file, numbers, "correction", where(minus, "masse négative"))
