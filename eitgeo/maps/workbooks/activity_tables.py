"""The workbooks of activity: what registers count, what zones are made of."""

from __future__ import annotations

import pandas as pd

from eitgeo.disclosure.zones import ACTIVITY_DRAWN
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.prints.zone_maps import zone_number
from eitgeo.maps.words.sentences import counted_as
from eitgeo.maps.workbooks.workbook import (
    Book,
    Column,
    note_of,
    sourced,
    view,
    write_read_me,
)
from eitgeo.reference.labels import labels_of
from eitgeo.study.roads import TIMES_EVIDENCE
from eitgeo.tables.columns import (
    INSEE_MEASURES,
    INSEE_SECTORS,
    URSSAF_MEASURES,
    URSSAF_SECTORS,
)
from eitgeo.tables.public import Released, ReleasedTables
from eitgeo.zones.reference_zones import ComparedWords, overlap, sites_sentence

_KEY = ["sector", "measure"]


def counts_xlsx(
    urssaf: Released,
    insee: Released,
    *,
    communes: Released,
    when: dict[str, str],
    sheet: Sheet,
) -> bytes:
    """Lay out each source in a sheet of its own; `when`: words of each vintage."""
    book = Book(sheet)
    write_read_me(book, "counts")
    ground = communes.table
    named = ground[ground["in_area"]].set_index("code_insee")["nom"]
    employers = _wide(urssaf.table, named)
    if len(employers):
        pairs = [(one, two) for two in URSSAF_MEASURES for one in URSSAF_SECTORS]
        days = {when[day] for day in set(urssaf.table["vintage"])}
        note = note_of("URSSAF", when=", ".join(sorted(days)))
        _write(
            book,
            "URSSAF (ODbL)",
            "activity_urssaf",
            employers,
            pairs=pairs,
            named=named,
            note=note,
        )
    firms = _wide(insee.table, named)
    if len(firms):
        pairs = [(one, two) for two in INSEE_MEASURES for one in INSEE_SECTORS]
        vintages = insee.table.drop_duplicates("measure").set_index("measure")[
            "vintage"
        ]
        note = note_of(
            "INSEE",
            when=when[vintages["establishments"]],
            census=when[vintages["jobs"]],
        )
        _write(
            book,
            "INSEE",
            "activity_insee",
            firms,
            pairs=pairs,
            named=named,
            note=note,
        )
    return book.content()


def _wide(table: pd.DataFrame, named: pd.Series[str]) -> pd.DataFrame:
    """Lay one row a commune of the study area."""
    is_named = table[table["code_insee"].isin(named.index)]
    return is_named.pivot_table(index="code_insee", columns=_KEY, values="value")


def _write(
    book: Book,
    title: str,
    name: str,
    wide: pd.DataFrame,
    *,
    pairs: list[tuple[str, str]],
    named: pd.Series[str],
    note: str,
) -> None:
    sectors, measures = labels_of("counted_sector"), labels_of("counted_measure")
    rows = wide.reset_index()
    columns = [
        Column("Code INSEE", 9, rows["code_insee"]),
        Column("Commune", 26, rows["code_insee"].map(named)),
    ]
    for sector, measure in pairs:
        if (sector, measure) in wide:
            label = f"{measures[measure]} : {sectors[sector]}"
            sure = "S" if measure in {"jobs", "employee_jobs"} else "O"
            columns.append(Column(label, 13, rows[(sector, measure)], 0, sure))
    sourced_columns = sourced(columns, name, rows["code_insee"])
    book.sheet(title, sourced_columns, note=note, frozen=2)


N_RULES_TOLD = 6
"""Rules that a cell names: their number stands beside."""

_LEAST_HA = 0.05
"""Ground that is not told where no area is counted: two limits drawn apart."""

_CURVE = ["division", "measure"]


def zones_xlsx(
    public: ReleasedTables,
    *,
    commune_names: pd.Series[str],
    division_names: pd.Series[str],
    sentence: str,
    words: ComparedWords,
    sheet: Sheet,
) -> bytes:
    """Lay out zones and sectors as a workbook that opens in French."""
    book = Book(sheet)
    write_read_me(book, "zones", many=words.many)
    sure = counted_as(drawn=public["zones_public"].demonstration)
    rows = public["zones_public"].table.merge(
        public["zone_profile"].table,
        on="zone_id",
        how="left",
        suffixes=("", "_profile"),
    )
    _write_zones(
        book,
        rows=rows.sort_values("zone_id", ignore_index=True, kind="stable"),
        communes=commune_names,
        divisions=division_names,
        sure=sure,
        words=words,
    )
    if len(public["zone_concordance"].table):
        _write_concordance(book, public["zone_concordance"].table, words, sure=sure)
    if len(public["activity_areas"].table):
        _write_areas(book, public["activity_areas"].table, words)
    _write_sectors(book, public["key_sectors"].table)
    _write_concentration(
        book,
        public["concentration"].table,
        divisions=division_names,
        sentence=sentence,
    )
    table = public["zone_settings"].table
    chosen = table["chosen"].map({True: "oui", False: ""})
    keys = pd.Series(table.index.astype(str), index=table.index)
    columns = view(
        "Réglages",
        table.assign(chosen=chosen, sure=sure),
        table="zone_settings",
        keys=keys,
        agreement=words.agreement,
    )
    book.sheet("Réglages", columns, note=note_of("Réglages"))
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
    zones = rows.assign(
        number=rows["zone_id"].map(zone_number),
        commune=rows["code_insee"].map(communes),
        official_zone=_as_read(rows["official_zone"]),
        activity=_activity(rows, divisions),
        rules_inside=rows["rules_inside"].map(_some),
        times=TIMES_EVIDENCE,
        stability=100 * rows["stability"],
        core_share_pct=rows["core_share_pct"].where(rows["kind"].eq("zone")),
        sure=sure,
    )
    keys = rows["zone_id"]
    columns = view("Zones", zones, table="zones_public", keys=keys, one=words.one)
    book.sheet("Zones", columns)


def _activity(rows: pd.DataFrame, divisions: pd.Series[str]) -> pd.Series[str]:
    """Name the first activity of each zone, or say that it is not told."""
    untold = rows["main_naf"].where(rows["main_naf"].eq(ACTIVITY_DRAWN))
    return rows["main_naf"].map(divisions).fillna(untold)


def _as_read(identifiers: pd.Series[str]) -> pd.Series[str]:
    """Write identifiers of areas of OpenStreetMap as numbers, not as keys."""
    return identifiers.str.replace("osm_", "OSM ", regex=False)


def _some(joined: str | float) -> str:
    """Keep the first rules of a list, saying with « … » that more was there."""
    names = joined.split(";") if isinstance(joined, str) else []
    shown = ", ".join(names[:N_RULES_TOLD])
    return f"{shown}, …" if len(names) > N_RULES_TOLD else shown


def _write_concordance(
    book: Book, table: pd.DataFrame, words: ComparedWords, *, sure: str
) -> None:
    """Write one row a pair of a zone and one drawn before, and those without."""
    zones = table["zone_id"].map(zone_number, na_action="ignore")
    rows = table.assign(zone=zones, official_id=_as_read(table["official_id"]))
    shared = overlap(table)
    note = note_of(
        "Concordance",
        many=words.many,
        n_empty=f"{shared.n_empty}",
        n_all=f"{shared.n_met + shared.n_empty}",
        compared=words.compared,
        sites=sites_sentence(shared),
        circular=words.circular,
    ).rstrip()
    keys = table["zone_id"].fillna("") + " / " + table["official_id"].fillna("")
    columns = view(
        "Concordance",
        rows.assign(sure=sure),
        table="zone_concordance",
        keys=keys,
        one=words.one,
        name=words.name,
    )
    book.sheet(words.sheet, columns, note=note)


def _write_areas(book: Book, table: pd.DataFrame, words: ComparedWords) -> None:
    """Write one row a commune and a use: how many areas, how much ground."""
    is_shown = table["n_areas"].gt(0) | table["area_ha"].ge(_LEAST_HA)
    table = table[is_shown].reset_index(drop=True)
    uses = table["kind"].map(labels_of("landuse")).fillna(table["kind"])
    keys = table["code_insee"] + " / " + table["kind"]
    title = "Surfaces par commune"
    rows = table.assign(use=uses, sure="O")
    columns = view(title, rows, table="activity_areas", keys=keys)
    book.sheet(title, columns, note=note_of(title, many=words.many))


def _write_sectors(book: Book, table: pd.DataFrame) -> None:
    """Write the ranking of sectors, with its formula in words."""
    rows = table.sort_values(["rank", "division"], ignore_index=True)
    is_drawn = rows["synthetic_share_pct"].gt(0).any()
    note = note_of("Secteurs clés")
    note = f"{note} {note_of('Secteurs tirés')}" if is_drawn else note
    columns = view("Secteurs clés", rows, table="key_sectors", keys=rows["division"])
    book.sheet("Secteurs clés", columns, note=note)


def _write_concentration(
    book: Book,
    table: pd.DataFrame,
    *,
    divisions: pd.Series[str],
    sentence: str,
) -> None:
    """Write, sector by sector, at which distances it leaves its envelope."""
    first = table.drop_duplicates(_CURVE).drop(columns="status").reset_index(drop=True)
    gaps = _gaps(table).reindex(pd.MultiIndex.from_frame(first[_CURVE]))
    rows = first.join(gaps.reset_index(drop=True))
    rows = rows.assign(
        activity=rows["division"].map(divisions),
        status=rows["status"].fillna("aucun_ecart"),
    )
    keys = rows[_CURVE].agg(" / ".join, axis=1)
    columns = view("Concentration", rows, table="concentration", keys=keys)
    book.sheet("Concentration", columns, note=sentence)


def _gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Say how each curve first leaves its envelope, and between which distances."""
    out = table[table["status"].isin(["concentre", "disperse"])]
    out = out.sort_values([*_CURVE, "distance_m"])
    first = out.groupby(_CURVE)["status"].transform("first")
    same = out[out["status"].eq(first)].assign(km=out["distance_m"] / 1000)
    groups = same.groupby(_CURVE)
    return groups.agg(
        status=("status", "first"), near_km=("km", "min"), far_km=("km", "max")
    )
