"""The workbook of zones: what each is made of, what was drawn before, sectors."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from eitgeo.check import require_columns
from eitgeo.disclosure.door.rules import Released
from eitgeo.disclosure.zones import ACTIVITY_DRAWN
from eitgeo.maps.paper.sheet import Sheet, require_released
from eitgeo.maps.prints.zone_side import zone_number
from eitgeo.maps.words.counts import counted_as
from eitgeo.maps.workbooks.concentration_sheet import write_concentration
from eitgeo.maps.workbooks.read_me import write_read_me
from eitgeo.maps.workbooks.workbook import Book, Column, sourced
from eitgeo.reference.labels import labels_of
from eitgeo.study.roads import TIMES_EVIDENCE
from eitgeo.zones.reference_zones import ComparedWords, overlap, sites_sentence

_CONTENT = (
    "Zones d'activités et sites isolés majeurs, {many}, secteurs clés, "
    "concentration, réglages comparés : les mêmes chiffres que les cartes des zones."
)
_ROUNDING = (
    "Temps de route, quotients, distances de concentration : deux chiffres "
    "significatifs en classe S, un seul en classe H (hypothèses, sites tirés, réseau "
    "de substitution). Comptages, stabilité et accords : exacts sur des sites "
    "observés, de classe H sur des sites tirés au sort (« Fiabilité »). Surfaces et "
    "altitudes : arrondies à ce qui est montré. Les emplois sont en classes."
)
_NEEDED = {
    "zones": ["zone_id", "code_insee", "size_class", "stability"],
    "profile": ["zone_id", "shannon", "n_rules_inside", "motorway_min", "outlet_name"],
    "concordance": ["zone_id", "official_id", "iou"],
    "sectors": ["division", "rank", "n_sites", "quotient", "n_rules"],
    "concentration": ["division", "measure", "p_value", "status"],
    "settings": ["setting_id", "agreement", "chosen"],
    "areas": ["code_insee", "nom", "epci", "kind", "n_areas", "area_ha"],
}
_KINDS = {"zone": "zone", "site_isole": "site isolé majeur"}
_GROUNDS = {
    "officielle": "zone officielle",
    "corine_121": "enveloppe et CORINE 121",
    "enveloppe": "enveloppe des sites",
}
_DISTANCES = {"plane": "vol d'oiseau", "truck_m": "camion, m", "truck_min": "camion"}
_METHODS = {"dbscan": "DBSCAN", "hdbscan": "HDBSCAN"}
N_RULES_TOLD = 6
"""Rules that a cell names: their number stands beside."""

_LEAST_HA = 0.05
"""Ground that is not told where no area is counted: two limits drawn apart."""

_RANKING = (
    "Classement : d'abord le nombre de sites à rencontrer (au-dessus du seuil "
    "d'effectif de l'étude) ; à égalité, le quotient de localisation (part du secteur "
    "dans les établissements à rencontrer, ici ÷ dans la référence) ; puis le nombre "
    "de règles de synergie dont le secteur tient un bout et un autre site l'autre. Les "
    "tonnages n'y entrent pas : ce sont encore des hypothèses."
)
_DRAWN = " Un quotient d'établissements tirés au sort mesure le tirage (classe H)."


class ZoneTables(NamedTuple):
    """Released tables that the workbook of zones is made from."""

    zones: Released  # table ``zones_public``
    profile: Released  # table ``zone_profile``
    concordance: Released  # table ``zone_concordance``
    sectors: Released  # table ``key_sectors``
    concentration: Released
    settings: Released  # table ``zone_settings``
    areas: Released  # table ``activity_areas``


def zones_xlsx(
    tables: ZoneTables,
    *,
    commune_names: pd.Series[str],
    division_names: pd.Series[str],
    sentence: str,
    words: ComparedWords,
    sheet: Sheet,
) -> bytes:
    """Lay out zones and sectors as a workbook that opens in French."""
    for name, released in tables._asdict().items():
        require_columns(
            require_released(released, name).table, _NEEDED[name], where=name
        )
    book = Book(sheet)
    write_read_me(book, _CONTENT.format(many=words.many), rounding=_ROUNDING)
    sure = counted_as(drawn=tables.zones.demonstration)
    rows = tables.zones.table.merge(
        tables.profile.table, on="zone_id", how="left", suffixes=("", "_profile")
    )
    _write_zones(
        book,
        rows=rows.sort_values("zone_id", ignore_index=True, kind="stable"),
        communes=commune_names,
        divisions=division_names,
        sure=sure,
        words=words,
    )
    if len(tables.concordance.table):
        _write_concordance(book, tables.concordance.table, words, sure=sure)
    if len(tables.areas.table):
        _write_areas(book, tables.areas.table, words)
    _write_sectors(book, tables.sectors.table)
    write_concentration(
        book,
        tables.concentration.table,
        divisions=division_names,
        sentence=sentence,
    )
    _write_settings(book, tables.settings.table, words, sure=sure)
    return book.content()


def _write_zones(
    book: Book,
    *,
    rows: pd.DataFrame,
    communes: pd.Series[str],
    divisions: pd.Series[str],
    sure: str,
    words: ComparedWords,
) -> None:
    """Write one row a zone or isolated large site; counts and times have a class."""
    columns = [
        *_identity(rows, communes, divisions, words),
        _sites(rows, sure),
        *_composition(rows, sure),
        *_setting(rows),
        Column("Fiabilité (temps)", 9, pd.Series(TIMES_EVIDENCE, index=rows.index)),
        Column("Stabilité", 11, 100 * rows["stability"], 0, sure, "%"),
        Column(
            "Emplois du noyau toujours réuni",
            15,
            rows["core_share_pct"].where(rows["kind"].eq("zone")),
            0,
            sure,
            "%",
        ),
        Column("Fiabilité", 9, pd.Series(sure, index=rows.index)),
        Column("Emprise", 24, rows["footprint_source"].map(_GROUNDS)),
        Column("Part synthétique", 12, rows["synthetic_share_pct"], 0, unit="%"),
    ]
    book.sheet("Zones", sourced(columns, "zones_public", rows["zone_id"]))


def _identity(
    rows: pd.DataFrame,
    communes: pd.Series[str],
    divisions: pd.Series[str],
    words: ComparedWords,
) -> list[Column]:
    return [
        Column("N°", 8, rows["zone_id"].map(zone_number)),
        Column("Type", 16, rows["kind"].map(_KINDS)),
        Column("Commune", 26, rows["code_insee"].map(communes)),
        Column("Code INSEE", 9, rows["code_insee"]),
        Column(words.one, 16, _as_read(rows["official_zone"])),
        Column("Emplois (classe)", 14, rows["size_class"]),
        Column("Première activité", 38, _activity(rows, divisions)),
    ]


def _activity(rows: pd.DataFrame, divisions: pd.Series[str]) -> pd.Series[str]:
    """Name the first activity of each zone, or say that it is not told."""
    untold = rows["main_naf"].where(rows["main_naf"].eq(ACTIVITY_DRAWN))
    return rows["main_naf"].map(divisions).fillna(untold)


def _sites(rows: pd.DataFrame, sure: str) -> Column:
    return Column("Sites", 8, rows["n_sites"], 0, sure)


def _as_read(identifiers: pd.Series[str]) -> pd.Series[str]:
    """Write identifiers of areas of OpenStreetMap as numbers, not as keys."""
    return identifiers.str.replace("osm_", "OSM ", regex=False)


def _composition(rows: pd.DataFrame, sure: str) -> list[Column]:
    return [
        Column("Activités (divisions NAF)", 11, rows["richness"], 0, sure),
        Column("Diversité (Shannon)", 11, rows["shannon"], 2, sure),
        Column("Sites d'ancrage", 10, rows["n_anchors"], 0, sure),
        Column("Règles aux deux bouts", 11, rows["n_rules_inside"], 0, sure),
        Column("Lesquelles", 22, rows["rules_inside"].map(_some)),
    ]


def _some(joined: str | float) -> str:
    """Keep the first rules of a list, saying with « … » that more was there."""
    names = joined.split(";") if isinstance(joined, str) else []
    shown = ", ".join(names[:N_RULES_TOLD])
    return f"{shown}, …" if len(names) > N_RULES_TOLD else shown


def _setting(rows: pd.DataFrame) -> list[Column]:
    return [
        Column("Sol industriel ou commercial", 13, rows["industrial_pct"], 0, unit="%"),
        Column("Première occupation du sol", 26, rows["main_cover"]),
        Column("Altitude", 10, rows["altitude_m"], 0, unit="m"),
        Column("Échangeur", 20, rows["motorway_exit"]),
        Column("Échangeur (min, camion)", 11, rows["motorway_min"], 0, TIMES_EVIDENCE),
        Column("Exutoire", 20, rows["outlet_name"]),
        Column("Exutoire (min, camion)", 11, rows["outlet_min"], 0, TIMES_EVIDENCE),
    ]


def _write_concordance(
    book: Book, table: pd.DataFrame, words: ComparedWords, *, sure: str
) -> None:
    """Write one row a pair of a zone and one drawn before, and those without."""
    columns = [
        Column("Zone", 8, table["zone_id"].map(zone_number, na_action="ignore")),
        Column(words.one, 18, _as_read(table["official_id"])),
        Column(words.name, 40, table["official_name"]),
        Column("Surface commune ÷ réunie (IoU)", 14, table["iou"], 2, sure),
        Column("Sites de la zone dedans", 12, table["n_in"], 0, sure),
        Column("Sites de la zone dehors", 12, table["n_out"], 0, sure),
        Column("Autres sites dedans", 12, table["n_others"], 0, sure),
        Column("Fiabilité", 9, pd.Series(sure, index=table.index)),
    ]
    shared = overlap(table)
    note = (
        f"Comparaison aux {words.many}. Case vide : l'une est sans l'autre. "
        f"Sans zone trouvée : {shared.n_empty} des {shared.n_met + shared.n_empty} "
        f"{words.compared}. {sites_sentence(shared)} {words.circular}"
    ).rstrip()
    keys = table["zone_id"].fillna("") + " / " + table["official_id"].fillna("")
    book.sheet(words.sheet, sourced(columns, "zone_concordance", keys), note=note)


def _write_areas(book: Book, table: pd.DataFrame, words: ComparedWords) -> None:
    """Write one row a commune and a use: how many areas, how much ground."""
    is_shown = table["n_areas"].gt(0) | table["area_ha"].ge(_LEAST_HA)
    table = table[is_shown].reset_index(drop=True)
    uses = table["kind"].map(labels_of("landuse")).fillna(table["kind"])
    columns = [
        Column("Code INSEE", 9, table["code_insee"]),
        Column("Commune", 26, table["nom"]),
        Column("EPCI", 40, table["epci"]),
        Column("Usage", 34, uses),
        Column("Nombre", 9, table["n_areas"], 0),
        Column("Surface", 11, table["area_ha"], 1, unit="ha"),
        Column("Fiabilité", 9, pd.Series("O", index=table.index)),
        Column("Source", 30, table["source"]),
    ]
    note = (
        f"Surface des {words.many}. Observé : rien n'y est tiré au sort. Une zone à "
        "cheval est comptée dans la commune qui en a le plus ; la surface est celle de "
        "chaque commune, écrite à partir d'un vingtième d'hectare."
    )
    keys = table["code_insee"] + " / " + table["kind"]
    told_columns = sourced(columns, "activity_areas", keys)
    book.sheet("Surfaces par commune", told_columns, note=note)


def _write_sectors(book: Book, table: pd.DataFrame) -> None:
    """Write the ranking of sectors, with its formula in words."""
    rows = table.sort_values(["rank", "division"], ignore_index=True)
    sure = rows["evidence"]
    columns = [
        Column("Rang", 7, rows["rank"], 0),
        Column("Division NAF", 9, rows["division"]),
        Column("Activité", 52, rows["label"]),
        Column("Sites à rencontrer", 11, rows["n_sites"], 0, sure),
        Column("Quotient de localisation", 12, rows["quotient"], 2, sure),
        Column("Bas (95 %)", 9, rows["quotient_low"], 2, sure),
        Column("Haut (95 %)", 9, rows["quotient_high"], 2, sure),
        Column("Référence", 22, rows["reference"]),
        Column("Règles comme donneur", 11, rows["n_rules_given"], 0),
        Column("Règles comme preneur", 11, rows["n_rules_taken"], 0),
        Column("Règles en tout", 10, rows["n_rules"], 0),
        Column("Fiabilité", 9, rows["evidence"]),
    ]
    drawn_note = _DRAWN if rows["synthetic_share_pct"].gt(0).any() else ""
    sourced_columns = sourced(columns, "key_sectors", rows["division"])
    book.sheet("Secteurs clés", sourced_columns, note=_RANKING + drawn_note)


def _write_settings(
    book: Book, table: pd.DataFrame, words: ComparedWords, *, sure: str
) -> None:
    """Write one row a setting of the sweep, the one chosen marked."""
    columns = [
        Column("Retenu", 9, table["chosen"].map({True: "oui", False: ""})),
        Column("Méthode", 11, table["method"].map(_METHODS)),
        Column("Distance", 14, table["distance"].map(_DISTANCES)),
        Column("Rayon", 9, table["radius_m"], 0, unit="m"),
        Column("Rayon", 9, table["radius_min"], 2, unit="min"),
        Column("Sites au moins", 9, table["min_sites"], 0),
        Column("ou emplois", 9, table["min_jobs"], 0),
        Column("Zones", 9, table["n_zones"], 0, sure),
        Column("Sites en zone", 10, table["n_sites"], 0, sure),
        Column("Accord moyen (Rand ajusté)", 13, table["agreement"], 2, sure),
        Column(f"Accord {words.agreement}", 13, table["official_agreement"], 2, sure),
        Column("Fiabilité", 9, pd.Series(sure, index=table.index)),
    ]
    note = (
        "Retenu : parmi les réglages que l'étude admet, celui dont le classement "
        "s'accorde le mieux, en moyenne, avec tous les autres classements."
    )
    keys = pd.Series(table.index.astype(str), index=table.index)
    book.sheet("Réglages", sourced(columns, "zone_settings", keys), note=note)
