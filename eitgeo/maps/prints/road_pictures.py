"""What the maps of closed roads, of links and of other engines show and say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eitgeo.maps.prints.road_maps import (
    Picture,
    RoadGround,
    RoadLayer,
    count_text,
    set_statements,
)
from eitgeo.words import NBSP, first_upper, french_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from eitgeo.disclosure.door.rules import Released

_TENTH_H = 0.1


def closure_picture(
    tables: dict[str, Released],
    *,
    closure_id: str,
    towns: Sequence[str],
    ground: RoadGround,
) -> Picture:
    """Show a closed road, and the trip that it delays most."""
    mine: dict[str, Any] = {
        name: one.table[one.table["closure_id"] == closure_id]
        for name, one in tables.items()
    }
    row, trips = mine["closures"].iloc[0], mine["closure_trips"]
    before, after = (trips[trips["state"] == one] for one in ("ouverte", "fermee"))
    ends = sorted({*trips["origin_id"], *trips["destination_id"]})
    layers = (
        ground.layer,
        RoadLayer("path", tables["closure_trips"], "chemin avant", before),
        RoadLayer("path_after", tables["closure_trips"], "chemin après", after),
        RoadLayer(
            "closed", tables["closed_roads"], "route fermée", mine["closed_roads"]
        ),
        ground.points("town", [code for code in towns if code not in ends], "ville"),
        ground.points("place", ends, "communes du trajet montré"),
    )
    statements = [
        (
            "Ce qui est fermé",
            _closed(row),
        ),
        ("Trajets des communes vers les villes", _lost(row)),
        ("Accès des communes aux villes", _later(mine["closure_access"], ground)),
        (
            "Limites",
            (
                f"Camion de l'étude, sans trafic, {ground.network} ; un trajet privé "
                "de chemin est compté, jamais chiffré en minutes."
            ),
        ),
    ]
    return Picture(f"Fermeture : {row['label']}", layers, set_statements(statements))


def _closed(row: Any) -> str:
    """Say what is closed, where that is known from, and since when."""
    if not row["n_edges"]:
        return f"Rien : {row['note']}."
    km = french_number(row["length_m"] / 1000, decimals=1)
    status = "à confirmer" if row["status"] == "a_confirmer" else "publié"
    year, _, rest = str(row["as_of"]).partition("-")
    dated = f", écrit le {rest[3:]}/{rest[:2]}/{year}" if rest else ""
    note = f" {first_upper(row['note'])}." if row["note"] else ""
    return (
        f"{km} km ({count_text(row['n_edges'], 'tronçon')}). Tracé : {row['source']} ; "
        f"{status}{dated}.{note}"
    )


def _lost(row: Any) -> str:
    if not row["pairs"]:
        return "Aucun ne passe là."
    text = (
        f"{count_text(row['pairs'], 'trajet')} par là : "
        f"{count_text(row['rerouted_pairs'], 'dévié')}"
    )
    if row["rerouted_pairs"]:
        mean = row["extra_min"] / row["rerouted_pairs"]
        text += (
            f" (+{french_number(mean, decimals=0)} min en moyenne, "
            f"+{french_number(row['extra_min_max'], decimals=0)} au pire)"
        )
    text += f", {count_text(row['cut_pairs'], 'privé')} de chemin"
    if row["on_link_pairs"]:
        on_it = count_text(row["on_link_pairs"], "trajet")
        text += f", {on_it} dont un bout est sur la route"
    return f"{text}."


def _later(access: pd.DataFrame, ground: RoadGround) -> str:
    if access.empty:
        return "Aucun temps d'accès ne change."
    # Who stands on the closed road is told with what is closed.
    access = access[access["status"] != "forbidden_to_profile"]
    if access.empty:
        return "Aucun autre temps d'accès ne change."
    cut = access["closed_min"].isna()
    n_later = access.loc[~cut, "origin_id"].nunique()
    n_cut = access.loc[cut, "origin_id"].nunique()
    parts = []
    if n_later:
        delay = access["closed_min"] - access["open_min"]
        worst = access.iloc[int(np.nanargmax(delay.to_numpy(dtype=float)))]
        parts.append(
            f"{count_text(n_later, 'commune')} plus loin d'une ville au moins ; "
            f"le plus : de {ground.name(worst['origin_id'])} à "
            f"{ground.name(worst['destination_id'])}, "
            f"{french_number(worst['open_min'], decimals=0)} min avant, "
            f"{french_number(worst['closed_min'], decimals=0)} min après"
        )
    if n_cut:
        parts.append(
            f"{count_text(n_cut, 'commune')} sans chemin vers une ville au moins"
        )
    return f"{' ; '.join(parts)}."


def criticality_picture(
    links: Released, *, classes: int, towns: Sequence[str], ground: RoadGround
) -> Picture:
    """Show the links whose loss costs the trips of the study most."""
    table: Any = links.table
    costly = table[table["extra_min"] > 0].sort_values(
        ["extra_min", "edge_id"], ascending=[False, True]
    )
    drawn = _graded(costly, classes)
    cuts = table[table["cut_pairs"] > 0]
    layers = (
        ground.layer._replace(is_muted=True),
        RoadLayer("path", links, "sans autre chemin", cuts),
        RoadLayer("graded", links, part=drawn),
        ground.points("place", towns, "ville"),
    )
    top = costly.iloc[0] if len(costly) else None
    first = (
        "Aucune ne rallonge un trajet."
        if top is None
        else f"Sa fermeture dévie {count_text(top['rerouted_pairs'], 'trajet')} "
        f"pour {french_number(top['extra_min'] / 60, decimals=1)} h en tout "
        f"(+{french_number(top['extra_min_max'], decimals=0)} min au pire)."
    )
    statements = (
        ("La plus coûteuse", first),
        (
            "Sans autre chemin",
            (
                f"{count_text(len(cuts), 'tronçon')} "
                f"({french_number(cuts['length_m'].sum() / 1000, decimals=0)} km) : "
                "fermé, chacun prive de chemin des trajets ; ce n'est pas un temps."
            ),
        ),
        (
            "Méthode",
            (
                "Chaque liaison principale empruntée est fermée seule, puis tous les "
                "trajets des communes vers les villes sont recalculés pour le "
                f"camion. {first_upper(ground.network)}."
            ),
        ),
    )
    return Picture(
        "Liaisons dont dépendent les trajets", layers, set_statements(statements)
    )


def _graded(costly: gpd.GeoDataFrame, classes: int) -> gpd.GeoDataFrame:
    """Join links by class of time lost, the least first, each with its words."""
    if costly.empty:
        return costly.assign(label="")
    hours = np.round(costly["extra_min"].to_numpy() / 60, 1)
    # Classes of as many distinct costs: many short links share the cost of a road.
    known = np.unique(hours)
    breaks = known[np.arange(classes) * len(known) // classes]
    rank = np.searchsorted(np.unique(breaks), hours, side="right") - 1
    joined = costly.assign(rank=rank)[["rank", "geometry"]].dissolve(by="rank")
    words = [_hours(hours[rank == at]) for at in joined.index]
    return joined.reset_index(drop=True).assign(label=words)


def _hours(hours: np.ndarray) -> str:
    low, high = (french_number(h, decimals=1) for h in (hours.min(), hours.max()))
    span = low if low == high else f"{low} à {high}"
    if hours.min() == 0:
        span = f"moins de {french_number(hours.max() + _TENTH_H, decimals=1)}"
    return f"{span}{NBSP}h d’allongement cumulé"


def outlier_picture(
    checks: Released,
    outliers: Released,
    *,
    engine: str,
    shown: int,
    ground: RoadGround,
) -> Picture:
    """Show the routes of another engine that differ most from ours."""
    told_of: Any = checks.table
    rows = told_of[told_of["check"].str.startswith(f"{engine} : ")]
    every: Any = outliers.table
    listed = every[every["check"].isin(rows["check"])]
    off = np.abs(np.log(listed["ratio"]))
    worst = listed.assign(_off=off).sort_values(
        ["_off", "origin_id", "destination_id"], ascending=[False, True, True]
    )
    drawn = worst.head(shown).drop(columns="_off")
    layers = (
        ground.layer,
        RoadLayer("path", outliers, f"chemins de {engine}, les plus différents", drawn),
    )
    told = [
        (
            f"{first_upper(str(row.check).partition(' : ')[2])} : nous ÷ {engine}",
            (
                f"médiane {french_number(row.median, decimals=2)} ; 90 % des "
                f"{count_text(row.pairs, 'paire')} entre "
                f"{french_number(row.p05, decimals=2)} et "
                f"{french_number(row.p95, decimals=2)} ; "
                f"{count_text(row.outliers, 'paire')} hors de 0,67 à 1,5."
            ),
        )
        for row in rows.sort_values("check", ascending=False).itertuples()
    ]
    why = listed["reason"].value_counts().sort_index()
    reasons = " ; ".join(f"{name} : {count}" for name, count in why.items())
    statements = (
        *told,
        ("Pourquoi", f"{first_upper(reasons or 'aucun écart')}."),
        (
            "Méthode",
            (
                "Mêmes paires, même extrait ; les paires dont l'autre moteur part ou "
                "arrive à plus de 10 m du lieu, et celles de moins de 1 km, sont "
                "écartées."
            ),
        ),
    )
    return Picture(f"Écarts avec {engine}", layers, set_statements(statements))
