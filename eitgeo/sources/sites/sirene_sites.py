"""Establishments of SIRENE in the columns of table ``sites``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError
from eitgeo.sources.files.frames import HEADCOUNT_BRACKETS, NOT_DIFFUSED, naf_from_ape
from eitgeo.sources.sites.sirene_rows import DIFFUSED

if TYPE_CHECKING:
    from pathlib import Path

MASKED_NAME = "Établissement (nom non diffusé)"
UNNAMED = "Établissement sans nom"
UNKNOWN_BRACKETS = ("NN", "")
BRACKETS = HEADCOUNT_BRACKETS | {"53": (10_000, np.nan)}
"""INSEE headcount brackets: code → lowest, highest; the last one has no top."""

NATURAL_CATEGORIES = r"1\d{3}|2[123]10"
"""Legal categories of natural persons: sole traders (1000; 1xxx before 2018) and what
natural persons hold together without a legal person (2110, 2210, 2310)."""

CATEGORY = r"\d{4}"
"""How a legal category is written; another text (« 1000.0 ») tells none."""

NO_ACTIVITY = "00.00Z"
NAF_REV2, NAF_2025 = "NAFRev2", "NAF2025"
_log = logging.getLogger(__name__)


def described(
    picked: pd.DataFrame, *, units: pd.DataFrame, naf_version: str, path: Path
) -> pd.DataFrame:
    """Lay out the establishments, those that may not be named being masked."""
    rows = picked.assign(siren=picked["siret"].str[:9])
    rows = rows.merge(
        units.drop(columns="n_rows"), on="siren", how="left", validate="many_to_one"
    )
    rows = _with_own(rows)
    natural = rows["category"].str.fullmatch(NATURAL_CATEGORIES)
    natural |= ~rows["category"].str.fullmatch(CATEGORY)
    diffusible = (rows["status"] == DIFFUSED) & (rows["unit_status"] == DIFFUSED)
    hidden = natural | ~diffusible
    activities = _activities(rows, path)
    low, high = _headcounts(rows, path)
    sites = pd.DataFrame(
        {
            "key": rows["siret"],
            "site_id": _identifiers(rows, hidden),
            "siret": rows["siret"].mask(hidden, ""),
            "name": _names(rows, hidden),
            "naf": activities["naf_2025" if naf_version == NAF_2025 else "naf_rev2"],
            "naf_version": naf_version,
            "headcount_low": low,
            "headcount_mid": np.sqrt(low * high),
            "headcount_high": high,
            "diffusible": diffusible,
            "natural_person": natural,
            "evidence": "O",
            "synthetic": False,
            "code_insee": rows["code_insee"],
        }
    )
    return sites.join(activities)


def _with_own(rows: pd.DataFrame) -> pd.DataFrame:
    """Fill in, from a list of sirene.fr, what the legal units at hand do not tell.

    A unit whose status nothing tells is not known to be diffused.
    """
    told = {
        name: rows[name].where(rows[name].notna(), rows[f"own_{name}"])
        for name in ("unit_status", "unit_name", "category")
    }
    return rows.assign(**told).astype(dict.fromkeys(told, "str"))


def _identifiers(rows: pd.DataFrame, hidden: pd.Series) -> pd.Series:
    # A SIRET leads to its holder: the hidden ones bear a rank in their commune.
    rank = rows[hidden].groupby("code_insee").cumcount() + 1
    ranked = rows["code_insee"] + "-" + rank.astype("str").str.zfill(6)
    return "SIRENE" + ranked.where(hidden, rows["siret"])


def _names(rows: pd.DataFrame, hidden: pd.Series) -> pd.Series:
    names = rows["unit_name"]
    for other in ("usual_name", "sign"):
        names = names.where(names != "", rows[other])
    withheld = names.str.contains(NOT_DIFFUSED, regex=False)
    return names.mask(names == "", UNNAMED).mask(hidden | withheld, MASKED_NAME)


def _activities(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    main = _sub_classes(rows["activity"], path)
    is_2025 = rows["nomenclature"] == NAF_2025
    second = _sub_classes(rows["activity_2025"], path)
    return pd.DataFrame(
        {
            "naf_rev2": main.where(rows["nomenclature"] == NAF_REV2, ""),
            "naf_2025": second.where(~is_2025 | (second != ""), main),
        }
    )


def _sub_classes(codes: pd.Series, path: Path) -> pd.Series:
    written = naf_from_ape(codes)
    lost = sorted(set(codes[written == ""]) - {""})
    if lost:
        _log.warning(
            "%s : codes d'activité mal formés, laissés vides : %s",
            path.name,
            ", ".join(lost),
        )
    return written.mask(written == NO_ACTIVITY, "")


def _headcounts(rows: pd.DataFrame, path: Path) -> tuple[Any, Any]:
    known = rows["bracket"].isin([*BRACKETS, *UNKNOWN_BRACKETS])
    faults = Faults(path.name)
    for code in sorted(set(rows.loc[~known, "bracket"])):
        met = f"« trancheEffectifsEtablissement » = « {code} »"
        faults.add(met, remedy=hint(code.zfill(2), [*BRACKETS, "NN"]))
    faults.raise_if_any(SchemaError)
    low = rows["bracket"].map({code: band[0] for code, band in BRACKETS.items()})
    high = rows["bracket"].map({code: band[1] for code, band in BRACKETS.items()})
    return low.to_numpy(dtype=float), high.to_numpy(dtype=float)
