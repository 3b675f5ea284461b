"""Maps of the network: what is closed, what hangs on one road, which links matter."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from eitgeo.ledger import Place, headed, plain
from eitgeo.maps.paper.charter import TEXT_PT, styles
from eitgeo.maps.paper.labels import Lettering
from eitgeo.maps.paper.map_sheet import Layer, MapSheet, listed, statement
from eitgeo.maps.paper.marks import Line, Mark, fills, lines, names
from eitgeo.maps.paper.side import SideTable
from eitgeo.maps.roads.closures import closed_lines, counted_in
from eitgeo.maps.roads.layers import Roads, count_text, minutes_text, road_sheet
from eitgeo.maps.words.sentences import sentences
from eitgeo.reference.map_sheets import map_title
from eitgeo.study.roads import TIMES_EVIDENCE
from eitgeo.tables.public import Released, ReleasedTables
from eitgeo.words import NBSP, first_upper

_SAY = sentences("roads", "network")
_HELD = "Commune qu’une seule route relie aux villes"
_HELD_STYLE = styles("network")["held"]
_LISTED = 12
_CLOSED_NAME = Lettering(TEXT_PT, colour="#9c0f1a", bold=True)
_ROAD_NAME = Lettering(TEXT_PT, colour="#1f4e9c", bold=True)


def network_map(roads: Roads, public: ReleasedTables) -> MapSheet:
    """Show the roads by class, those that alone join communes, and those closed."""
    valleys = public["dead_end_valleys"]
    rows: Any = _largest_first(valleys)
    codes_cut = {code for codes in rows["communes"] for code in codes.split(";")}
    area = roads.ground.area
    is_held = area.index.isin(sorted(codes_cut))
    people = int(area.loc[is_held, "population"].sum())
    subject = map_title("carte_reseau")
    return road_sheet(
        roads,
        *_closed_layers(public),
        *_alone_layers(valleys),
        fills(
            (valleys,), area, np.where(is_held, _HELD, ""), styles={_HELD: _HELD_STYLE}
        ),
        subject=subject,
        heading=_heading(len(codes_cut), people) if codes_cut else subject,
        side=(
            *_closure_lines(public),
            *([listed(_valley_table(roads, rows))] if len(rows) else []),
            statement(*_SAY.titled("reading", network=first_upper(roads.network))),
        ),
    )


def _heading(n_communes: int, people: int) -> str:
    return _SAY(
        "heading",
        communes=count_text(n_communes, "commune", _of_all("communes")),
        verb="tiennent" if n_communes > 1 else "tient",
        people=plain(people, _of_all("habitants")),
    )


def _of_all(column: str) -> Place:
    return Place("dead_end_valleys", "toutes", column)


def _closed_layers(public: ReleasedTables) -> tuple[Layer, Layer]:
    """Draw the closures that the study asks about, and name them."""
    called = public["closures"].table.set_index("closure_id")["label"]
    closed: Any = public["closed_roads"].table
    shapes = {
        str(called[key]): shapely.union_all(rows.geometry.to_numpy())
        for key, rows in closed.groupby("closure_id", sort=True)
    }
    labels = ["Fermeture étudiée"] + [""] * len(shapes)
    drawn = [
        line
        for shape, label in zip(shapes.values(), labels, strict=False)
        for line in closed_lines(shape, label)
    ]
    marks = [Mark(_middle(shape), text) for text, shape in shapes.items()]
    return (
        lines((public["closed_roads"], public["closures"]), drawn),
        names(marks, gap_mm=1.2, lettering=_CLOSED_NAME),
    )


def _alone_layers(valleys: Released) -> tuple[Layer, Layer]:
    """Draw the roads that alone join communes, and write their numbers."""
    rows: Any = _largest_first(valleys)
    whole = shapely.union_all(rows.geometry.to_numpy())
    first = rows[rows["ref"] != ""].drop_duplicates("ref").head(2 * _LISTED)
    marks = [
        Mark(_middle(link.geometry), _numbers(link.ref)) for link in first.itertuples()
    ]
    return (
        lines(
            (valleys,), [Line(whole, ALONE_LINE, "Route sans autre chemin", zorder=15)]
        ),
        names(marks, gap_mm=1.0, lettering=_ROAD_NAME),
    )


def _middle(lines: shapely.Geometry) -> shapely.Point:
    """Return the point of lines that is nearest to their middle."""
    return shapely.get_point(
        shapely.shortest_line(lines, shapely.envelope(lines).centroid), 0
    )


def _closure_lines(public: ReleasedTables) -> list[Any]:
    """Say what each closure of the study does."""
    rows: Any = public["closures"].table.to_dict("records")
    if not rows:
        return []
    lines = [
        f"{row['label']} : {counted_in(row, 'rerouted_pairs', 'trajet')} "
        f"dévié{'s' if row['rerouted_pairs'] > 1 else ''}"
        + (
            f", {counted_in(row, 'cut_pairs', 'privé')} de chemin"
            if row["cut_pairs"]
            else ""
        )
        for row in rows
    ]
    return [statement("Fermetures étudiées", f"{' ; '.join(lines)}.")]


def _valley_table(roads: Roads, rows: gpd.GeoDataFrame) -> SideTable:
    """List the roads with most inhabitants behind them, each road once."""
    numbered = rows[rows["ref"] != ""].drop_duplicates("ref")
    first = numbered.head(_LISTED)
    table_rows = tuple(
        (
            f"{_numbers(row.ref)}, vers {roads.name(_largest(roads, row.communes))}",
            *(
                plain(
                    getattr(row, column),
                    Place("dead_end_valleys", row.valley_id, column),
                )
                for column in ("n_communes", "inhabitants")
            ),
        )
        for row in first.itertuples()
    )
    every = f"route ({len(first)} sur {len(numbered)})"
    head = every if len(first) < len(numbered) else "route"
    return SideTable("Derrière une seule route", (head, "communes", "hab."), table_rows)


def _largest_first(valleys: Released) -> Any:
    """Order valleys by who lives behind the road."""
    return valleys.table.sort_values(
        ["inhabitants", "valley_id"], ascending=[False, True], kind="stable"
    )


def _numbers(ref: str) -> str:
    return ref.replace(";", ", ")


def _largest(roads: Roads, codes: str) -> str:
    """Return the commune of most inhabitants."""
    communes = roads.ground.communes.loc[sorted(codes.split(";"))]
    return str(communes["population"].idxmax())


_LINK_SAY = sentences("roads", "links")
_GRADES = styles("network")["grades"]
ALONE_LINE = styles("network")["alone"]
"""A link without another way around it."""
_OVER_LIMITS = 9.0
"""And under the outline of the study area."""
_TENTH_H = 0.1


def link_map(roads: Roads, links: Released, *, classes: int) -> MapSheet:
    """Show the links whose loss costs the trips of the study most."""
    table: Any = links.table
    costly = table[table["extra_min"] > 0].sort_values(
        ["extra_min", "edge_id"], ascending=[False, True]
    )
    cuts = table[table["cut_pairs"] > 0]
    cut_km = cuts["length_m"].sum() / 1000
    whole = shapely.line_merge(shapely.union_all(cuts.geometry.to_numpy()))
    return road_sheet(
        roads,
        lines(
            (links,),
            [Line(whole, ALONE_LINE, "Sans autre chemin", zorder=_OVER_LIMITS + 2.5)],
        ),
        lines((links,), _graded_lines(graded(costly, classes))),
        is_muted=True,
        subject=_LINK_SAY("subject"),
        heading=_link_heading(costly) or _LINK_SAY("subject"),
        side=(
            statement("La plus coûteuse", _first(costly)),
            statement(
                *_LINK_SAY.titled(
                    "cut",
                    edges=count_text(
                        len(cuts), "tronçon", _of_links("sans autre chemin")
                    ),
                    km=_told_km(cut_km),
                )
            ),
            statement(*_LINK_SAY.titled("method", network=first_upper(roads.network))),
        ),
    )


def _told_km(length_km: float) -> str:
    length = plain(length_km, _of_links("sans autre chemin, km"))
    return "moins de 1 km" if length == "0" and length_km > 0 else f"{length} km"


def _link_heading(costly: gpd.GeoDataFrame) -> str:
    """Say which road trips hang on most, where it has a number."""
    if costly.empty:
        return ""
    top = costly.iloc[0]
    ref = str(top.get("ref", "")).partition(";")[0]
    if not ref:
        return ""
    mean = minutes_text(
        top["extra_min"] / top["rerouted_pairs"], _place(top, "moyenne")
    )
    longer = count_text(top["rerouted_pairs"], "trajet", _place(top, "rerouted_pairs"))
    return _LINK_SAY("heading", ref=ref, trips=longer, mean=mean)


def _first(costly: gpd.GeoDataFrame) -> str:
    if costly.empty:
        return _LINK_SAY("no_first")
    top = costly.iloc[0]
    longer = count_text(top["rerouted_pairs"], "trajet", _place(top, "rerouted_pairs"))
    hours = _rounded(top["extra_min"] / 60, _place(top, "extra_min"))
    worst = minutes_text(top["extra_min_max"], _place(top, "extra_min_max"))
    return _LINK_SAY("first", trips=longer, hours=hours, worst=worst)


def _place(row: Any, column: str) -> Place:
    return Place("link_criticality", str(row["edge_id"]), column)


def _of_links(column: str) -> Place:
    return Place("link_criticality", "toutes", column)


def _graded_lines(rows: gpd.GeoDataFrame) -> list[Line]:
    """Draw the links by class of time lost, the most over the least."""
    last = len(_GRADES) - 1
    steps = [
        round(rank * last / max(1, len(rows) - 1)) if len(rows) > 1 else 2
        for rank in range(len(rows))
    ]
    return [
        Line(
            row.geometry,
            _GRADES[step],
            str(row.label),
            zorder=_OVER_LIMITS + rank / 2,
            is_cased=bool(step),
        )
        for rank, (step, row) in enumerate(zip(steps, rows.itertuples(), strict=True))
    ]


def graded(costly: gpd.GeoDataFrame, classes: int) -> gpd.GeoDataFrame:
    """Join links by class of time lost, the least first, each with its words."""
    if costly.empty:
        return costly.assign(label="")
    hours = np.round(costly["extra_min"].to_numpy() / 60, 1)
    # Classes of as many distinct costs: many short links share the cost of a road.
    known = np.unique(hours)
    breaks = known[np.arange(classes) * len(known) // classes]
    rank = np.searchsorted(np.unique(breaks), hours, side="right") - 1
    joined = costly.assign(rank=rank)[["rank", "geometry"]].dissolve(by="rank")
    words = [_hours(hours[rank == at], f"classe {at}") for at in joined.index]
    return joined.reset_index(drop=True).assign(label=words)


def _hours(hours: np.ndarray, name: str) -> str:
    least, most = hours.min(), hours.max()
    if least == 0:
        most += _TENTH_H
    low, high = (
        _rounded(hours, Place("link_criticality", name, end))
        for hours, end in ((least, "low"), (most, "high"))
    )
    span = low if low == high else f"{low} à {high}"
    if least == 0:
        span = f"moins de {high}"
    return f"{span}{NBSP}h d’allongement cumulé"


def _rounded(hours: float, place: Place) -> str:
    """Write hours as sure as speeds are."""
    return headed(hours, place, evidence=TIMES_EVIDENCE, unit="")
