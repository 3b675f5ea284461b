"""The map of the network by class, with what is closed and what hangs on one road."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from eitgeo.ledger import Place, plain
from eitgeo.maps.paper.charter import TEXT_PT
from eitgeo.maps.paper.labels import Lettering
from eitgeo.maps.paper.map_sheet import Layer, MapSheet, listed, statement
from eitgeo.maps.paper.marks import Line, Mark, fills, lines, names
from eitgeo.maps.paper.side import SideTable
from eitgeo.maps.roads.closures import closed_lines, counted_in
from eitgeo.maps.roads.layers import Roads, count_text, road_sheet
from eitgeo.maps.roads.links import ALONE_LINE
from eitgeo.maps.words.texts import sentences
from eitgeo.reference.map_sheets import map_title
from eitgeo.tables.public import Released, ReleasedTables
from eitgeo.words import first_upper

_SAY = sentences("roads", "network")
_HELD = "Commune qu’une seule route relie aux villes"
_HELD_STYLE: dict[str, Any] = {
    "facecolor": "#dbe6f4",
    "edgecolor": "#1f4e9c",
    "hatch": "////",
}
_LISTED = 12
_LOCAL = "route locale"
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
