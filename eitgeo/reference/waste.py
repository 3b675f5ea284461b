"""Nomenclatures of waste: headings, operations, and codes of the List of Waste."""

from __future__ import annotations

import pandas as pd

from eitgeo.reference.divisions import expand_divisions
from eitgeo.reference.shipped import shipped_table


def icpe_headings() -> pd.DataFrame:
    """Return the ICPE headings of waste, and the kind of outlet that each makes."""
    table = shipped_table("icpe_headings.csv")
    table["rank"] = table["rank"].astype(int)
    return table


def low_ewc() -> pd.DataFrame:
    """Return the categories of waste codes that the package knows.

    Notes
    -----
    589 of the 842 codes; one that is absent has no category here, and none is guessed.
    551 are those of the Scottish agency (``S``), which writes the categories of
    EWC-Stat by their names; 38 are of the synergy rules alone (``H``): 34 that the
    agency does not list, and 4 that it puts elsewhere (02 01 07 in W092, 03 03 08 in
    W102, 03 03 11 in W11, 19 08 09 in W091). The annex of Regulation (EU) 849/2010
    itself was not at hand. ``INERT`` are concrete, bricks, tiles, asphalt and soils of
    annex I of the order of 12 December 2014; glass stays ``NDNI``.

    References
    ----------
    SEPA, correspondence of waste codes and materials, 2020, Open Government Licence
    v2.0, as Data Commons Scotland republishes it
    (https://github.com/data-commons-scotland/dcs-easier-open-data,
    ``material-coding``); arrêté du 12 décembre 2014 (DEVP1412523A), annexe I.
    """
    return shipped_table("low_ewc.csv")


OTHER_OUTLET_KINDS = (
    "chaufferie_biomasse",
    "collecte",
    "collecte_dangereux",
    "icpe_dechets",
    "quai_de_transfert",
    "traitement_effluents",
)
"""Kinds of outlet that neither a heading nor an operation gives."""


def outlet_kinds() -> frozenset[str]:
    """Return every kind that an outlet may be of.

    Examples
    --------
    >>> {"isdnd", "compostage", "incineration", "collecte"} <= outlet_kinds()
    True
    """
    kinds = {*icpe_headings()["kind"], *waste_operations()["kind"]}
    return frozenset(kinds | set(OTHER_OUTLET_KINDS))


def waste_operations() -> pd.DataFrame:
    """Return the disposal (D) and recovery (R) operations, with a kind of outlet."""
    return shipped_table("waste_operations.csv")


STREAM_FAMILIES = {
    "melange": ("W10",),
    "bois": ("W075",),
    "papiers": ("W072",),
    "organiques": ("W09",),
    "metaux": ("W06",),
}
"""Families of categories of waste that a map tells apart → the categories of each;
all others, and what secrecy puts with them, are :data:`OTHER_STREAMS`."""

OTHER_STREAMS = "autres"


def stream_families(ewc_stat: pd.Series[str]) -> pd.Series[str]:
    """Name the family of each category of waste.

    Examples
    --------
    >>> stream_families(pd.Series(["W061", "W102", "W12B"])).tolist()
    ['metaux', 'melange', 'autres']
    """
    families = pd.Series(OTHER_STREAMS, index=ewc_stat.index, dtype="str")
    for name, categories in STREAM_FAMILIES.items():
        families[ewc_stat.str.startswith(categories)] = name
    return families


def in_scope(rows: pd.DataFrame, *, naf: str, stream: str) -> pd.Series[bool]:
    """Say which rows (``division``, ``stream``) a published total counts."""
    divisions = expand_divisions(naf.split(";"))
    return rows["stream"].eq(stream) & rows["division"].isin(divisions)


def in_categories(ewc_stat: pd.Series[str], reference: pd.Series) -> pd.Series:
    """Say which categories of waste a published total counts."""
    only, but = reference["ewc_stat"], reference["without_ewc_stat"]
    is_counted = ~ewc_stat.isin(but.split(";"))
    return is_counted & ewc_stat.isin(only.split(";")) if only else is_counted
