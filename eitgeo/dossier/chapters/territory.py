"""The territory as chapters tell it: what registers count, bodies, AFOM grid, zones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import pandas as pd

from eitgeo.dossier.chapters.belief import belief_section
from eitgeo.dossier.desk import (
    Desk,
    cell,
    exact,
    joined,
    lines,
    number,
    table,
    told,
    wide_map,
)
from eitgeo.dossier.model import Block, Chapter, Row, Runs, Section, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.ledger import Place, plain
from eitgeo.maps.words.governance_words import (
    KIND_WORDS,
    OUTCOME_WORDS,
    SIDE_WORDS,
    told_facts,
    unsure_lists,
)
from eitgeo.maps.words.sentences import counted, counted_as, zones_in_order
from eitgeo.reference.labels import labels_of
from eitgeo.words import MISSING

type Cells = Mapping[tuple[str, str], Mapping[Any, Any]]

_COUNTS = read_prose("counts")
_TABLE, _EVERY, _FIRMS = "counted_sectors", "all", "establishments"
_FACTS = {
    "URSSAF": {
        "employees": ("employees", "all"),
        "employers": ("employers", "all"),
        "industry": ("employees", "industry"),
    },
    "INSEE": {
        "firms": ("establishments", "all"),
        "firms_industry": ("establishments", "industry"),
        "large": ("establishments_10_plus", "all"),
    },
}


def counted_sentences(desk: Desk) -> tuple[Block, ...]:
    """Say what each register counts in the study area, and when; none: nothing."""
    blocks: list[Block] = []
    for producer, facts in _FACTS.items():
        cells = _cells(desk, producer)
        if not cells:
            continue
        values: dict[str, Any] = {
            name: _figure(cells[at], "value") for name, at in facts.items()
        }
        if producer == "INSEE":
            values["label"] = (desk.label("counted_firms_10"),)
        first = cells[next(iter(facts.values()))]
        values["when"] = _when(first)
        blocks.append(_COUNTS.say(f"sentence_{producer}", **values))
        if missed := int(first["n_missed"]):
            n = number(float(missed), (_TABLE, producer, "n_missed"))
            blocks.append(_COUNTS.say("missed", style="note", n=n))
    return tuple(blocks)


def counted_vintages(desk: Desk) -> tuple[Block, ...]:
    """Say, under a table of perimeters, when what it shows of registers was so."""
    return tuple(
        _COUNTS.say(
            f"vintage_{producer}",
            style="note",
            when=_when(cells[next(iter(facts.values()))]),
        )
        for producer, facts in _FACTS.items()
        if (cells := _cells(desk, producer))
    )


def counted_map(desk: Desk) -> tuple[Block, ...]:
    """Show the employees of industry, where a register counts them."""
    if not _cells(desk, "URSSAF"):
        return ()
    return (wide_map(desk, _COUNTS, "counts", "map"),)


def counted_section(desk: Desk) -> tuple[Section, ...]:
    """Put the sectors that registers count before those that are drawn."""
    insee, urssaf = (_cells(desk, one) for one in ("INSEE", "URSSAF"))
    blocks: list[Block] = []
    if insee:
        blocks.append(_insee_table(insee))
    if urssaf:
        blocks.append(_urssaf_table(urssaf))
    if not blocks:
        return ()
    return (Section(_COUNTS.runs("title"), (_COUNTS.say("intro"), *blocks)),)


def _cells(desk: Desk, producer: str) -> Cells:
    """Return the rows of a producer by measure and sector, the largest first."""
    rows = desk.public["counted_sectors"].table
    own = rows[rows["producer"].eq(producer)]
    ordered = own.sort_values(["value", "sector"], ascending=[False, True])
    return {
        (str(row["measure"]), str(row["sector"])): row
        for row in ordered.to_dict("records")
    }


def _sectors(cells: Cells, measure: str) -> list[str]:
    return [sector for one, sector in cells if one == measure and sector != _EVERY]


def _where(row: Mapping[Any, Any]) -> str:
    return f"{row['producer']} / {row['measure']} / {row['sector']}"


def _figure(
    row: Mapping[Any, Any], column: str, *, unit: str = "nombre", decimals: int = 0
) -> Value:
    return number(
        float(row[column]),
        (_TABLE, _where(row), column),
        evidence=str(row["evidence"]),
        unit=unit,
        decimals=decimals,
    )


def _when(row: Mapping[Any, Any]) -> Value:
    return told(str(row["when"]), _TABLE, str(row["producer"]), "vintage")


def _name(row: Mapping[Any, Any]) -> Value:
    name = labels_of("counted_sector")[str(row["sector"])]
    return told(name, _TABLE, _where(row), "sector")


def _insee_table(cells: Cells) -> Block:
    """Write one row a sector: establishments, share, location quotient."""
    shown = [cells[_FIRMS, one] for one in _sectors(cells, _FIRMS)]
    keys = [_where(row) for row in shown]
    name = [_name(row) for row in shown]
    held = pd.DataFrame(shown)
    rows = lines(_COUNTS, "insee", held, source=_TABLE, keys=keys, name=name)
    first = shown[0]
    against = told(str(first["reference"]), _TABLE, "INSEE", "reference")
    return table(
        _COUNTS,
        "insee",
        rows,
        note=_COUNTS.runs("insee_note", reference=against, when=_when(first)),
    )


def _urssaf_table(cells: Cells) -> Block:
    """Write one row a sector: employers, employees and their share."""
    sectors = _sectors(cells, "employees")
    rows: list[Row] = [
        (
            (_name(cells["employees", one]),),
            (_figure(cells["employers", one], "value"),),
            (_figure(cells["employees", one], "value"),),
            (_figure(cells["employees", one], "part_pct", unit="%", decimals=1),),
        )
        for one in sectors
    ]
    return table(
        _COUNTS,
        "urssaf",
        rows,
        note=_COUNTS.runs("urssaf_note", when=_when(cells["employees", _EVERY])),
    )


_TERRITORY = read_prose("territory")
_ALL = "*"
_OF_REGISTERS = ("counted_industry_employees", "counted_firms_10")
_EPCI_FACTS = {
    "population": 1.0,
    "communes": 1.0,
    "departements": 1.2,
    **dict.fromkeys(_OF_REGISTERS, 1.4),
    "target_sites": 1.3,
    "main_divisions": 3.0,
}
"""Facts of each EPCI in the table, with the widths of their columns."""
_SIGNS = {"<=": "≤", ">=": "≥"}


def territory(desk: Desk) -> Chapter:
    """Describe the territory, its bodies, its neighbours, its AFOM grid."""
    map_ = wide_map(desk, _TERRITORY, "territory", "map")
    portrait = Section(
        _TERRITORY.runs("portrait"),
        (
            _TERRITORY.say("area", **_area(desk)),
            _TERRITORY.say("area_note", style="note"),
            *counted_sentences(desk),
            _epci_table(desk),
        ),
    )
    bodies = Section(
        _TERRITORY.runs("bodies"),
        (_TERRITORY.say("bodies_intro"), _body_table(desk)),
    )
    swot = (_TERRITORY.say("swot_intro"), *_swot(desk))
    blocks: tuple[Block, ...] = (
        portrait,
        belief_section(desk, "Gouvernance", "Activité comptée"),
        bodies,
        Section(_TERRITORY.runs("neighbours"), _neighbours(desk)),
        Section(_TERRITORY.runs("swot"), swot),
        map_,
        *counted_map(desk),
        wide_map(desk, _TERRITORY, "bodies", "bodies_map"),
    )
    return Chapter(_TERRITORY.runs("title"), blocks, ("R2",))


def _area(desk: Desk) -> dict[str, Value]:
    communes = desk.public["communes"].table
    communes_in = communes[communes["in_area"].astype(bool)]
    n_epci = float(
        communes_in.loc[communes_in["epci_siren"] != "", "epci_siren"].nunique()
    )
    place = partial(Place, "communes", "in_area")
    km2 = float(communes_in.geometry.area.sum()) / 1e6
    told_as = {
        "communes": counted(float(len(communes_in)), "commune", place("communes")),
        "people": counted(
            float(communes_in["population"].sum()), "habitant", place("people")
        ),
        "area": plain(km2, place("area"), unit="km²"),
        "epci": counted(n_epci, "EPCI", place("epci")),
        "departements": counted(
            float(communes_in["dep"].nunique()), "département", place("departements")
        ),
    }
    return {
        name: told(text, "communes", "in_area", name, evidence="O")
        for name, text in told_as.items()
    }


def epci_values(desk: Desk, siren: str) -> dict[str, Value]:
    """Return what is known of an EPCI, fact by fact."""
    terms = desk.terms.governance
    lines = told_facts(
        desk.public["epci_facts"],
        siren=siren,
        division_names=terms.division_names,
        root_name=terms.root_name,
    )
    return {
        label: told(
            text,
            "epci_facts",
            f"{siren} / {label}",
            "value",
            evidence="" if text == MISSING else evidence,
        )
        for label, text, evidence in lines
    }


def epci_fact(desk: Desk, siren: str, fact_id: str) -> Value:
    """Return one fact of an EPCI."""
    terms = desk.terms.governance
    lines = told_facts(
        desk.public["epci_facts"],
        siren=siren,
        division_names=terms.division_names,
        root_name=terms.root_name,
        only=fact_id,
    )
    text, evidence = lines[0][1:] if lines else (MISSING, "")
    shown = "" if text == MISSING else evidence
    return told(text, "epci_facts", f"{siren} / {fact_id}", "value", evidence=shown)


def _epci_table(desk: Desk) -> Block:
    first, *others = _TERRITORY.heads("epci_heads")
    known = set(desk.public["epci_facts"].table["fact_id"])
    usual = [fact for fact in _EPCI_FACTS if fact not in _OF_REGISTERS]
    heads: dict[str, Runs] = dict(zip(usual, others, strict=True))
    heads |= {one: (desk.label(one),) for one in _OF_REGISTERS if one in known}
    shown = [
        (fact, heads[fact], width)
        for fact, width in _EPCI_FACTS.items()
        if fact in heads
    ]
    rows: list[Row] = [
        (
            (told(name, "bodies", f"epci_{siren}", "name"),),
            *((epci_fact(desk, siren, fact),) for fact, _, _ in shown),
        )
        for siren, name in desk.terms.governance.epci_names.items()
    ]
    return table(
        _TERRITORY,
        "epci",
        rows,
        heads=(first, *(head for _, head, _ in shown)),
        widths=(2.2, *(width for _, _, width in shown)),
    )


def _body_table(desk: Desk) -> Block:
    overlaps = desk.public["perimeter_bodies"].table
    bodies = desk.public["bodies"].table
    touching = bodies[
        bodies["body_id"].isin(overlaps["body_id"]) & (bodies["kind"] != "epci")
    ]
    unsure = unsure_lists(desk.public["bodies"], desk.public["perimeter_bodies"])
    rows: list[Row] = []
    for body in touching.sort_values(["kind", "name", "body_id"]).to_dict("records"):
        name = str(body["body_id"])
        kind = KIND_WORDS.get(str(body["kind"]), str(body["kind"]))
        flags = ("legal_person", "economic_competence", "waste_competence")
        rows.append(
            (
                (cell(body, "bodies", name, "name"),),
                (told(kind, "bodies", name, "kind"),),
                *(_TERRITORY.runs(f"yes.{bool(body.get(flag))}") for flag in flags),
                (labels_of("list_status")[_list_status(body, unsure)],),
            )
        )
    return table(_TERRITORY, "bodies", rows)


def _list_status(body: Mapping[Any, Any], unsure: Collection[str]) -> str:
    return "a_confirmer" if body["body_id"] in unsure else str(body["status"])


def _neighbours(desk: Desk) -> tuple[Block, ...]:
    rows: list[Row] = [
        (
            (told(name, "étude", "governance.neighbours", "name"),),
            (labels_of("list_status")[status],),
            (told(source, "étude", "governance.neighbours", "source"),),
        )
        for name, source, status in desk.terms.neighbours
    ]
    if not rows:
        return (_TERRITORY.say("neighbours_none"),)
    return (
        table(_TERRITORY, "neighbours", rows, note=()),
        _TERRITORY.say("neighbours_note"),
    )


def _swot(desk: Desk) -> tuple[Block, ...]:
    swot = desk.public["swot"].table
    names = [desk.name(one) for one in desk.shown]
    statement, limit, source = _TERRITORY.heads("swot_heads")
    heads: tuple[Runs, ...] = (statement, limit, *((one,) for one in names), source)
    widths = (2.6, 1.9, *[1.7] * len(names), 1.9)
    blocks = []
    for side, title in SIDE_WORDS.items():
        cells_of = swot[swot["side"] == side]
        rows = [
            _swot_row(desk, cells.set_index("perimeter_id"))
            for _, cells in cells_of.groupby("cell_id", sort=True)
        ]
        blocks.append(
            table(_TERRITORY, "swot", rows, heads=heads, widths=widths, side=(title,))
        )
    return tuple(blocks)


def _swot_row(desk: Desk, cells: pd.DataFrame) -> Row:
    first: Mapping[Any, Any] = cells.iloc[0].to_dict()
    where = str(first["cell_id"])
    statement = (cell(first, "swot", where, "statement"),)
    source = (cell(first, "swot", where, "source"),)
    if cells.index[0] == _ALL:
        blanks: tuple[Runs, ...] = ((MISSING,),) * len(desk.shown)
        return (statement, _TERRITORY.runs("fact"), *blanks, source)
    cell_of = cells.to_dict("index")
    outcomes = tuple(_outcome(desk, cell_of[one], one) for one in desk.shown)
    return (statement, _limit(desk, first), *outcomes, source)


def _limit(desk: Desk, first: Mapping[Any, Any]) -> Runs:
    catalogue = desk.terms.governance.catalogue
    measure, where = str(first["measure"]), str(first["cell_id"])
    known = measure in catalogue.index
    label = desk.label(measure) if known else told(measure, "swot", where, "measure")
    unit = str(catalogue.loc[measure, "unit"]) if known else ""
    source = ("swot", where, "threshold")
    limit = exact(float(first["threshold"]), source, unit=unit)
    sign = _SIGNS.get(str(first["operator"]), str(first["operator"]))
    return _TERRITORY.runs(
        "compared_to",
        label=label,
        sign=(sign,),
        limit=limit,
    )


def _outcome(desk: Desk, found: Mapping[Any, Any], perimeter_id: str) -> Runs:
    word = OUTCOME_WORDS[str(found["outcome"])]
    where = f"{perimeter_id} / {found['cell_id']}"
    if found["outcome"] == "non_evalue":
        value = told(str(found["missing"]), "swot", where, "missing")
    else:
        value = desk.indicator(perimeter_id, str(found["measure"]))
    return _TERRITORY.runs("outcome", word=(word,), value=value)


def bodies_of_epci(desk: Desk, siren: str) -> list[Value]:
    """Name the bodies other than itself that an EPCI belongs to."""
    rows = desk.public["epci_bodies"].table
    own = rows[(rows["group_id"] == siren) & (rows["body_id"] != f"epci_{siren}")]
    names = desk.public["bodies"].table.set_index("body_id")["name"]
    return [
        told(str(names[body]), "epci_bodies", f"{siren} / {body}", "name")
        for body in sorted(own["body_id"])
    ]


_ZONES = read_prose("zones")
_SHOWN = 12
_ISOLATED = "site_isole"


def zones(desk: Desk) -> Chapter:
    """Describe zones, isolated sites and sectors."""
    if not desk.terms.has_sites:
        return Chapter(_ZONES.runs("title"), (_ZONES.say("no_sites"),), ("R3",))
    kinds = desk.public["zones_public"].table["kind"]
    isolated = int(kinds.eq(_ISOLATED).sum())
    sure = counted_as(drawn=desk.public["zones_public"].demonstration)
    counts = {
        "n_zones": _counted(len(kinds) - isolated, "n_zones", sure),
        "n_isolated": _counted(isolated, "n_isolated", sure),
    }
    compared = desk.terms.compared
    before = told(compared, "activity_areas", "tous", "phrase")
    said = desk.terms.concentration
    sentence = told(said, "concentration", "tous", "phrase")
    blocks: tuple[Block, ...] = (
        belief_section(desk, "Activité comptée", "Tissu économique"),
        Section(
            _ZONES.runs("zones"),
            (
                _ZONES.say("intro"),
                _ZONES.say("counts", **counts),
                *([_ZONES.say("compared", sentence=before)] if compared else []),
                _zone_table(desk),
            ),
        ),
        *counted_section(desk),
        Section(
            _ZONES.runs("sectors"),
            (
                _ZONES.say("sectors_intro"),
                _sector_table(desk),
                *([_ZONES.say("concentration", sentence=sentence)] if said else []),
                _ZONES.say("who_drawn" if sure == "H" else "who"),
            ),
        ),
        wide_map(desk, _ZONES, "zones", "map"),
    )
    return Chapter(_ZONES.runs("title"), blocks, ("R3",))


def _counted(n: int, what: str, evidence: str) -> Runs:
    word = "".join(map(str, _ZONES.runs(what)))
    counted = number(n, ("zones_public", "toutes", word), evidence=evidence)
    return (counted, f"\N{NO-BREAK SPACE}{word}")


def _zone_table(desk: Desk) -> Block:
    zones_ = desk.public["zones_public"].table
    shown = zones_[zones_["kind"] != _ISOLATED].sort_values(
        ["n_sites", "zone_id"], ascending=[False, True]
    )
    evidence = counted_as(drawn=desk.public["zones_public"].demonstration)
    names, divisions = desk.terms.commune_names, desk.terms.governance.division_names
    shown = zones_in_order(shown, names, evidence=evidence)
    first = shown.head(_SHOWN)
    codes, naf = first["code_insee"].astype(str), first["main_naf"].astype(str)
    first = first.assign(
        commune=codes.map(names).fillna(codes),
        activity=naf.str[:2].map(divisions).fillna(naf),
        stability=100 * first["stability"],
        sure=evidence,
    )
    rows = lines(_ZONES, "zones", first, source="zones_public", keys=first["zone_id"])
    suffix = "_drawn" if evidence == "H" else ""
    return table(_ZONES, "zones", rows, caption=_ZONES.runs(f"zones_caption{suffix}"))


def _sector_table(desk: Desk) -> Block:
    sectors = desk.public["key_sectors"].table.sort_values("rank", kind="stable")
    references = dict.fromkeys(sectors["reference"].astype(str))
    first = sectors.head(_SHOWN)
    rows = lines(_ZONES, "sectors", first, source="key_sectors", keys=first["division"])
    told_as = joined(
        told(one, "key_sectors", "tous", "reference") for one in references
    )
    is_drawn = sectors["synthetic_share_pct"].gt(0).any()
    warning = _ZONES.runs("sectors_drawn") if is_drawn else ()
    return table(
        _ZONES,
        "sectors",
        rows,
        note=(*_ZONES.runs("sectors_note", reference=told_as), *warning),
    )
