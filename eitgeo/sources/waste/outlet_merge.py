"""One outlet a site: sources put together, a site under two numbers told once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources.files.frames import installation_keys
from eitgeo.sources.files.loaded import Audited, Loaded, Note, dropped_rows, note_rows
from eitgeo.sources.files.rows import check_key, read_rows
from eitgeo.tables.columns import POSITION_QUALITIES
from eitgeo.tables.schema import validate

GENERIC_KINDS = ("icpe_dechets", "traitement", "collecte", "stockage", "transit")
"""Kinds so broad that they do not tell two sites apart."""

NAME_WITHHELD = "Exutoire (nom non diffusé)"
CAPACITY_TOLERANCE = 0.01
ALIAS_COLUMNS = ("site", "alias", "source")
_SIRET = r"\d{14}"


def read_outlet_aliases(path: Path) -> Loaded:
    """Read which numbers name one and the same treatment site.

    Parameters
    ----------
    path
        CSV, ``,``, UTF-8: ``site`` (a name of the site), ``alias`` (a SIRET, another
        alias or the ``outlet_id`` of a source), ``source``; a row an alias.

    Returns
    -------
    Loaded
        ``ALIAS_COLUMNS``, sorted by site and alias; no row is left out.

    References
    ----------
    Producer: the author of the study, each row citing a public source. Licence: that of
    the sources (Licence Ouverte 2.0 for the file that ships). Vintage: told row by row.
    CRS: none.
    """
    rows = read_rows(path, columns=ALIAS_COLUMNS)
    faults = Faults(path.name)
    for name in ("site", "alias"):
        for line in rows.index[rows[name] == ""]:
            faults.add(f"« {name} » vide", row=line, remedy="compléter la ligne")
    check_key(rows, ["alias"], faults=faults)
    faults.raise_if_any(SchemaError)
    table = rows[list(ALIAS_COLUMNS)].sort_values(["site", "alias"], ignore_index=True)
    return Loaded(table, dropped_rows([]))


def merge_outlets(
    parts: Sequence[pd.DataFrame], *, aliases: pd.DataFrame | None = None
) -> Audited:
    """Put tables of outlets together, one row a site.

    Notes
    -----
    Two rows with a SIRET in common are one site when they are of the same kind (or one
    is of a generic kind), or come from two sources in the same commune. A number that
    one source gives to sites of several communes is the operator's: it joins nothing.
    Rows of two sources with the same number of installation (S3IC, IREP, ICPE) are
    one site.
    """
    tables = [part.assign(part=rank) for rank, part in enumerate(parts)]
    rows = gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=parts[0].crs)
    bearers = _bearers(rows)
    office = bearers.groupby(["siret", "part"])["code_insee"].transform("nunique") > 1
    offices = set(bearers.loc[office, "siret"])
    own = bearers[~bearers["siret"].isin(offices)]
    pairs = [*_declared(rows, aliases), *_installations(rows), *_by_siret(own)]
    leader, common = _leaders(len(rows), pairs)
    merged = leader != rows.index
    left_out = [
        (
            rows["source"][index],
            rows["outlet_id"][index],
            rows["name"][index],
            _merged_into(rows["outlet_id"][leader[index]], common[index]),
        )
        for index in rows.index[merged]
    ]
    united = _united(rows, leader)
    notes = [
        *_office_notes(rows, bearers[bearers["siret"].isin(offices)]),
        *_capacity_notes(rows, leader),
        *_duplicate_notes(united),
    ]
    table = validate(united, table="outlets", where="exutoires réunis")
    return Audited(table, dropped_rows(left_out), note_rows(notes))


def without_names(outlets: pd.DataFrame, withheld: Iterable[str]) -> pd.DataFrame:
    """Take the name away from the outlets that another source withholds.

    `withheld`: identifiers of establishments, whose numbers of installation tell. Their
    SIRET still unite rows; :func:`without_numbers` takes them away then.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"outlet_id": ["ICPE0006802548"], "name": ["X SA"],
    ...     "aliases": ["39931827800021"]})
    >>> without_names(rows, ["IREP068.02548"])["name"].item()
    'Exutoire (nom non diffusé)'
    """
    hidden = _is_withheld(outlets, withheld)
    return outlets.assign(name=outlets["name"].mask(hidden, NAME_WITHHELD))


def without_numbers(
    outlets: pd.DataFrame, parts: Iterable[pd.DataFrame], withheld: Iterable[str]
) -> pd.DataFrame:
    """Keep of the SIRET of outlets those that a row which nobody withholds bears.

    `parts`: the tables that were united into `outlets`.

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame({"outlet_id": ["ISDND1"], "aliases": ["1"]})
    >>> two = pd.DataFrame({"outlet_id": ["ICPE0006802548"], "aliases": ["2"]})
    >>> rows = pd.DataFrame({"outlet_id": ["ISDND1"], "aliases": ["1;2"]})
    >>> without_numbers(rows, [one, two], ["IREP068.02548"])["aliases"].item()
    '1'
    """
    names = list(withheld)
    numbers: set[str] = set()
    for part in parts:
        open_ = part.loc[~_is_withheld(part, names), "aliases"]
        numbers |= set(open_.str.split(";").explode().str.strip())
    kept = [
        ";".join(one for one in str(text).split(";") if one.strip() in numbers)
        for text in outlets["aliases"]
    ]
    return outlets.assign(aliases=pd.Series(kept, index=outlets.index, dtype="str"))


def _is_withheld(outlets: pd.DataFrame, withheld: Iterable[str]) -> pd.Series:
    known = pd.Series(list(withheld), dtype="str")
    return installation_keys(outlets["outlet_id"]).isin(installation_keys(known))


type _Pair = tuple[int, int, str]
"""Two rows that are one site, and what says so."""


def _merged_into(outlet_id: str, common: str) -> str:
    return f"fusionné avec « {outlet_id} » ({common})"


class _Bearer(NamedTuple):
    """A row that bears a SIRET."""

    row: int
    part: int
    code_insee: str
    kind: str


def _bearers(rows: pd.DataFrame) -> pd.DataFrame:
    parts = rows["aliases"].str.split(";").explode().str.strip()
    sirets = parts[parts.str.fullmatch(_SIRET).fillna(value=False)].rename("siret")
    columns = ["part", "code_insee", "kind"]
    bearers = rows[columns].join(sirets, how="inner").rename_axis("row").reset_index()
    return bearers.drop_duplicates(["siret", "row"])


def _declared(rows: pd.DataFrame, aliases: pd.DataFrame | None) -> Iterator[_Pair]:
    if aliases is None:
        return
    names = rows["aliases"] + ";" + rows["outlet_id"]
    each = names.str.split(";").explode().str.strip()
    site = each.map(dict(zip(aliases["alias"], aliases["site"], strict=True))).dropna()
    for name, index in site.groupby(site, sort=True).groups.items():
        first, *others = sorted(set(index))
        yield from ((first, other, f"alias de « {name} »") for other in others)


def _installations(rows: pd.DataFrame) -> Iterator[_Pair]:
    keys = installation_keys(rows["outlet_id"])
    numbered = rows["part"][keys != rows["outlet_id"]]
    for key, index in numbered.groupby(keys[numbered.index], sort=True).groups.items():
        for one, other in combinations(sorted(index), 2):
            if numbered[one] != numbered[other]:
                yield one, other, f"installation {key}"


def _by_siret(bearers: pd.DataFrame) -> Iterator[_Pair]:
    for siret, group in bearers.groupby("siret", sort=True):
        fields = group[list(_Bearer._fields)].to_numpy().tolist()
        for one, other in combinations([_Bearer(*values) for values in fields], 2):
            if _same_site(one, other):
                yield one.row, other.row, f"SIRET {siret}"


def _leaders(n_rows: int, pairs: Sequence[_Pair]) -> tuple[pd.Series, dict[int, str]]:
    """Return the first row of each group, and what joins a row to it."""
    leader = {index: index for index in range(n_rows)}
    common: dict[int, str] = {}

    def root(index: int) -> int:
        while leader[index] != index:
            index = leader[index]
        return index

    for one, other, by in pairs:
        first, last = sorted((root(one), root(other)))
        if first != last:
            leader[last] = first
            common[last] = by
    return pd.Series({index: root(index) for index in leader}, dtype="int64"), common


def _same_site(one: _Bearer, other: _Bearer) -> bool:
    kinds = {one.kind, other.kind}
    if len(kinds) == 1 or kinds & set(GENERIC_KINDS):
        return True
    return one.code_insee == other.code_insee and one.part != other.part


def _united(rows: gpd.GeoDataFrame, leader: pd.Series) -> gpd.GeoDataFrame:
    groups = rows.groupby(leader)
    table = rows.loc[sorted(set(leader))].copy()
    for name in ("aliases", "icpe_headings"):
        table[name] = groups[name].agg(_union)
    for name in ("capacity_t", "household_t"):
        table[name] = groups[name].first()
    permitted = rows["permitted"].mask(rows["permitted"] == "")
    table["permitted"] = permitted.groupby(leader).first().fillna("").astype("str")
    order = {quality: rank for rank, quality in enumerate(POSITION_QUALITIES)}
    same_commune = rows["code_insee"] == rows["code_insee"][leader].to_numpy()
    best = (
        rows["position_quality"][same_commune]
        .map(order)
        .groupby(leader[same_commune])
        .idxmin()
    )
    table["position_quality"] = rows["position_quality"][best].to_numpy()
    return table.set_geometry(
        gpd.GeoSeries(rows.geometry[best].to_numpy(), index=table.index, crs=rows.crs)
    )


def _union(lists: pd.Series) -> str:
    parts = [part.strip() for text in lists for part in text.split(";")]
    return ";".join(dict.fromkeys(part for part in parts if part))


def _office_notes(rows: pd.DataFrame, bearers: pd.DataFrame) -> list[Note]:
    return [
        (
            rows["source"][index],
            rows["outlet_id"][index],
            rows["name"][index],
            "siret_de_siege",
            f"SIRET {siret} porté dans plusieurs communes : ne fusionne rien",
        )
        for index, siret in zip(bearers["row"], bearers["siret"], strict=True)
    ]


def _capacity_notes(rows: pd.DataFrame, leader: pd.Series) -> list[Note]:
    first = rows["capacity_t"].groupby(leader).transform("first")
    apart = (rows["capacity_t"] - first).abs() > CAPACITY_TOLERANCE * first
    return [
        (
            rows["source"][index],
            rows["outlet_id"][leader[index]],
            rows["name"][leader[index]],
            "capacites_differentes",
            f"{rows['capacity_t'][index]:.0f} t au lieu de {first[index]:.0f} t",
        )
        for index in rows.index[apart]
    ]


def _duplicate_notes(rows: pd.DataFrame) -> list[Note]:
    notes: list[Note] = []
    for (code, kind), group in rows.groupby(["code_insee", "kind"], sort=True):
        if len(group) > 1:
            others = ", ".join(sorted(group["outlet_id"]))
            detail = f"même commune ({code}) et même type ({kind}) : {others}"
            notes += [
                (source, at, name, "doublon_possible", detail)
                for source, at, name in zip(
                    group["source"], group["outlet_id"], group["name"], strict=True
                )
            ]
    return notes
