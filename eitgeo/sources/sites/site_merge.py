"""One row an establishment: sources put together, a site that two name told once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from eitgeo.sources.files.frames import installation_keys
from eitgeo.sources.files.loaded import Audited, Loaded, Note, dropped_rows, note_rows
from eitgeo.tables.columns import POSITION_QUALITIES
from eitgeo.tables.schema import validate

_HEADCOUNTS = ["headcount_low", "headcount_mid", "headcount_high"]
_ACTIVITY = ["naf", "naf_version"]
_TABLE = "établissements réunis"
_UNTOLD = "établissement qu'une autre source ne diffuse pas"
NAME_WITHHELD = "(nom non diffusé)"
"""End of the names that readers write where they are not sure to be allowed one."""


@dataclass(frozen=True)
class Merged(Audited):
    """Sources put together.

    Attributes
    ----------
    withheld
        Identifiers under which a source shows what another one withholds.
    """

    withheld: tuple[str, ...]


def merge_loaded(parts: Sequence[Loaded]) -> Merged:
    """Put together what readers give, with all that they hide."""
    return merge_sites(
        [one.table for one in parts],
        [one.holders for one in parts],
        frozenset().union(*(one.silenced for one in parts)),
    )


def merge_sites(
    parts: Sequence[pd.DataFrame],
    holders: Sequence[Mapping[str, str]] = (),
    silenced: Collection[str] = (),
) -> Merged:
    """Put tables of establishments together, one row an establishment.

    `holders`: for each part, the SIRET of the rows that hide theirs
    (:attr:`Loaded.holders`); `silenced`: those that a source withholds without a row.

    Notes
    -----
    Rows of two parts are one establishment when they bear the same SIRET, hidden or
    not, the same number of installation (S3IC ``0068.02548``, IREP ``068.02548``, ICPE
    ``0006802548``) or the same ``site_id``. Rows of one part are never merged: its
    reader tells a SIRET borne twice. The SIRET of a head office joins nothing. What
    one source withholds is withheld, whatever another one shows.
    """
    tables = [part.assign(part=rank) for rank, part in enumerate(parts)]
    rows = gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=parts[0].crs)
    held_sirets = _held(rows, holders)
    office = _is_of_an_office(rows, held_sirets)
    siret = held_sirets.mask(office, "")
    identity = installation_keys(rows["site_id"])
    leader = _leaders(rows["part"], siret, identity)
    hidden = ~rows["diffusible"] | rows["natural_person"]
    silent = held_sirets.isin(list(silenced)) & ~hidden
    secret = (hidden | silent).groupby(leader).transform("any")
    rows = _silent(rows, silent)
    united = _united(rows, leader)
    named = rows.assign(name=rows["name"].mask(secret & ~hidden, _UNTOLD))
    left_out = _left_out(named, leader, siret)
    notes = [*_office_notes(rows[office]), *_odds_notes(rows, leader)]
    table = validate(united, table="sites", where=_TABLE)
    return Merged(
        table,
        dropped_rows(left_out),
        note_rows(notes),
        tuple(sorted(set(rows.loc[secret & ~hidden, "site_id"]))),
    )


def _silent(rows: gpd.GeoDataFrame, silent: pd.Series) -> gpd.GeoDataFrame:
    """Take name and SIRET away from the rows that another source withholds."""
    return rows.assign(
        name=rows["name"].mask(silent, f"Établissement {NAME_WITHHELD}"),
        siret=rows["siret"].mask(silent, ""),
        diffusible=rows["diffusible"] & ~silent,
    )


def _held(rows: pd.DataFrame, holders: Sequence[Mapping[str, str]]) -> pd.Series:
    """Return the SIRET of each row, hidden ones too."""
    holders_of_rows = rows["siret"].copy()
    for rank, known in enumerate(holders):
        unnumbered = (rows["part"] == rank) & (rows["siret"] == "")
        # Not by map(): where no row hides its SIRET, it gives numbers.
        holders_of_rows[unnumbered] = [
            known.get(one, "") for one in rows.loc[unnumbered, "site_id"]
        ]
    return holders_of_rows


def _is_of_an_office(rows: pd.DataFrame, siret: pd.Series) -> pd.Series:
    sirets = siret.where(siret != "")
    n_communes = rows.groupby([sirets, "part"])["code_insee"].transform("nunique")
    return n_communes.fillna(0) > 1


def _leaders(part: pd.Series, *keys: pd.Series) -> pd.Series:
    """Return the row into which each row goes: itself, or one of an earlier part."""
    index = np.arange(len(part))
    parts = part.to_numpy()
    links = []
    for key in keys:
        given = key[key != ""]
        first = given.index.to_series().groupby(given).transform("min")
        joined = parts[first.to_numpy()] < parts[first.index.to_numpy()]
        links.append(
            np.stack([first.index.to_numpy()[joined], first.to_numpy()[joined]])
        )
    rows, columns = np.concatenate(links, axis=1).astype("int64")
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(part),) * 2)
    _, group = connected_components(graph, directed=False)
    head = pd.Series(index).groupby(group).transform("min").to_numpy()
    return pd.Series(np.where(parts[head] < parts, head, index), index=part.index)


def _left_out(
    rows: pd.DataFrame, leader: pd.Series, siret: pd.Series
) -> list[tuple[str, str, str, str]]:
    return [
        (
            rows["source"][index],
            rows["site_id"][index],
            rows["name"][index],
            _merged_into(rows, index, leader[index], siret),
        )
        for index in leader.index[leader != leader.index]
    ]


def _merged_into(rows: pd.DataFrame, index: int, head: int, siret: pd.Series) -> str:
    common = siret[index] if siret[index] == siret[head] else ""
    by = f"SIRET {common}" if common else "même numéro d'installation"
    if common and "" in {rows["siret"][head], rows["siret"][index]}:
        by = "même SIRET, non diffusé"
    return f"même établissement que « {rows['site_id'][head]} » ({by})"


def _united(rows: gpd.GeoDataFrame, leader: pd.Series) -> gpd.GeoDataFrame:
    heads = leader[leader != leader.index].unique()
    alone = rows[(leader == leader.index) & ~rows.index.isin(heads)]
    shared = rows[leader.isin(heads)]
    if shared.empty:
        return alone
    table = _completed(shared, leader[shared.index])
    return gpd.GeoDataFrame(pd.concat([alone, table]), crs=rows.crs)


def _completed(rows: gpd.GeoDataFrame, leader: pd.Series) -> gpd.GeoDataFrame:
    heads = rows.loc[sorted(set(leader))].copy()
    counted = _first(rows["headcount_low"].notna(), leader)
    active = _finest(rows["naf"], leader)
    for columns, chosen, word in (
        (_HEADCOUNTS, counted, "effectif"),
        (_ACTIVITY, active, "activité"),
    ):
        heads.loc[chosen.index, columns] = rows.loc[chosen, columns].set_axis(
            chosen.index
        )
        told = chosen[chosen != chosen.index]
        origin = rows.loc[told, "source"].set_axis(told.index)
        heads.loc[told.index, "source"] += f" ; {word} : " + origin
    withheld = rows["name"].str.contains(NAME_WITHHELD, regex=False)
    by_column = {
        "siret": _first(rows["siret"] != "", leader),
        "naf_rev2": _finest(rows["naf_rev2"], leader),
        "naf_2025": _finest(rows["naf_2025"], leader),
        "name": _first(~withheld, leader),
    }
    for name, chosen in by_column.items():
        heads.loc[chosen.index, name] = rows.loc[chosen, name].set_axis(chosen.index)
    heads["source"] += _also(heads, rows, leader)
    return _withheld(_best_placed(heads, rows, leader), rows, leader)


def _also(heads: pd.DataFrame, rows: pd.DataFrame, leader: pd.Series) -> pd.Series:
    """Say, by leader, which sources tell the same establishment and are not named."""
    others = rows["source"][leader != leader.index]
    named = heads["source"].reindex(leader[others.index])
    new = [one not in known for one, known in zip(others, named, strict=True)]
    told = (
        others[new].groupby(leader).agg(lambda names: ", ".join(dict.fromkeys(names)))
    )
    return (" ; aussi : " + told).reindex(heads.index, fill_value="")


def _first(good: pd.Series, leader: pd.Series) -> pd.Series:
    """Return, by leader, the first row of its group that is good."""
    index = good.index[good].to_series()
    return index.groupby(leader[index]).min()


def _finest(codes: pd.Series, leader: pd.Series) -> pd.Series:
    """Return, by leader, the first row that tells a sub-class, else a division."""
    precise = _first(codes.str.contains(".", regex=False), leader)
    return precise.combine_first(_first(codes != "", leader)).astype("int64")


def _best_placed(
    heads: gpd.GeoDataFrame, rows: gpd.GeoDataFrame, leader: pd.Series
) -> gpd.GeoDataFrame:
    order = {quality: rank for rank, quality in enumerate(POSITION_QUALITIES)}
    commune = rows["code_insee"][leader].set_axis(rows.index)
    of_commune = rows[rows["code_insee"] == commune]
    best = (
        of_commune["position_quality"]
        .map(order)
        .groupby(leader[of_commune.index])
        .idxmin()
    )
    points = gpd.GeoSeries(
        rows.geometry[best].to_numpy(), index=best.index, crs=rows.crs
    )
    quality = rows["position_quality"][best].set_axis(best.index)
    return heads.assign(position_quality=quality).set_geometry(points)


def _withheld(
    heads: gpd.GeoDataFrame, rows: gpd.GeoDataFrame, leader: pd.Series
) -> gpd.GeoDataFrame:
    hidden = ~rows["diffusible"] | rows["natural_person"]
    chosen = _first(hidden, leader)
    masked = rows.loc[chosen, "name"].set_axis(chosen.index)
    heads.loc[chosen.index, "name"] = masked
    heads.loc[chosen.index, "siret"] = ""
    return heads.assign(
        diffusible=rows["diffusible"].groupby(leader).all(),
        natural_person=rows["natural_person"].groupby(leader).any(),
    )


def _office_notes(rows: pd.DataFrame) -> list[Note]:
    detail = "SIRET que la source donne à plusieurs communes : ne réunit rien"
    fields = ["source", "site_id", "name"]
    return [
        (source, at, name, "siret_de_siege", detail)
        for source, at, name in rows[fields].to_numpy()
    ]


def _odds_notes(rows: pd.DataFrame, leader: pd.Series) -> list[Note]:
    merged = leader[leader != leader.index]
    mine, head = rows.loc[merged.index], rows.loc[merged].set_axis(merged.index)
    apart = (mine["headcount_low"] > head["headcount_high"]) | (
        mine["headcount_high"] < head["headcount_low"]
    )
    moved = mine["code_insee"] != head["code_insee"]
    pairs = (
        ("effectif_discordant", apart, _headcount),
        ("commune_discordante", moved, lambda row: str(row["code_insee"])),
    )
    return [
        (
            rows["source"][index],
            rows["site_id"][index],
            rows["name"][index],
            kind,
            f"{write(mine.loc[index])} ici, {_kept(head.loc[index], write)}",
        )
        for kind, wrong, write in pairs
        for index in mine.index[wrong]
    ]


def _kept(row: pd.Series, write: Callable[[pd.Series], str]) -> str:
    return f"{write(row)} pour « {row['site_id']} », retenu"


def _headcount(row: pd.Series) -> str:
    return f"{row['headcount_low']:g} à {row['headcount_high']:g} salariés"
