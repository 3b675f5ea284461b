"""The chapter on zones of activity and key sectors."""

from __future__ import annotations

from eitgeo.dossier.chapters.belief import belief_section
from eitgeo.dossier.chapters.counts import counted_section
from eitgeo.dossier.desk import Desk, cell, joined, number, table, told
from eitgeo.dossier.model import Block, Chapter, Row, Runs, Section
from eitgeo.dossier.prose import read_prose
from eitgeo.maps.words.counts import counted_as, zones_in_order

_ZONES = read_prose("zones")
_SHOWN = 12
_ISOLATED = "site_isole"


def zones(desk: Desk) -> Chapter:
    """Describe zones, isolated sites and sectors."""
    if not desk.terms.has_sites:
        return Chapter(_ZONES.runs("title"), (_ZONES.say("no_sites"),), ("R3",))
    map_ = desk.wide_picture(
        "zones", _ZONES.runs("map"), alt="".join(map(str, _ZONES.runs("map_alt")))
    )
    kinds = desk.matter.zones.table["kind"]
    isolated = int(kinds.eq(_ISOLATED).sum())
    sure = counted_as(drawn=desk.matter.zones.demonstration)
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
        map_,
    )
    return Chapter(_ZONES.runs("title"), blocks, ("R3",))


def _counted(n: int, what: str, evidence: str) -> Runs:
    word = "".join(map(str, _ZONES.runs(what)))
    counted = number(n, ("zones_public", "toutes", word), evidence=evidence)
    return (counted, f"\N{NO-BREAK SPACE}{word}")


def _zone_table(desk: Desk) -> Block:
    zones_ = desk.matter.zones.table
    shown = zones_[zones_["kind"] != _ISOLATED].sort_values(
        ["n_sites", "zone_id"], ascending=[False, True]
    )
    evidence = counted_as(drawn=desk.matter.zones.demonstration)
    names, divisions = desk.terms.commune_names, desk.terms.governance.division_names
    shown = zones_in_order(shown, names, evidence=evidence)
    rows: list[Row] = []
    for zone in shown.head(_SHOWN).to_dict("records"):
        key = str(zone["zone_id"])
        commune = names.get(str(zone["code_insee"]), str(zone["code_insee"]))
        naf = divisions.get(str(zone["main_naf"])[:2], str(zone["main_naf"]))
        stable = 100 * float(zone["stability"])
        rows.append(
            (
                (told(key, "zones_public", key, "zone_id"),),
                (told(commune, "zones_public", key, "code_insee"),),
                *(
                    (
                        number(
                            float(zone[one]),
                            ("zones_public", key, one),
                            evidence=evidence,
                        ),
                    )
                    for one in ("n_sites", "richness")
                ),
                (told(naf, "zones_public", key, "main_naf"),),
                (
                    number(
                        stable,
                        ("zones_public", key, "stability"),
                        evidence=evidence,
                        unit="%",
                    ),
                ),
            )
        )
    return table(
        _ZONES.runs("zones_caption_drawn" if evidence == "H" else "zones_caption"),
        _ZONES.heads("zones_heads"),
        rows,
        widths=(0.8, 1.8, 0.8, 1.1, 3.2, 1.0),
        note=_ZONES.runs("zones_note"),
    )


def _sector_table(desk: Desk) -> Block:
    sectors = desk.matter.sectors.table.sort_values("rank", kind="stable")
    references = dict.fromkeys(sectors["reference"].astype(str))
    rows: list[Row] = []
    for row in sectors.head(_SHOWN).to_dict("records"):
        key, evidence = str(row["division"]), str(row["evidence"])
        quotient = number(
            float(row["quotient"]),
            ("key_sectors", key, "quotient"),
            evidence=evidence,
            unit="",
            decimals=1,
            bounds=(float(row["quotient_low"]), float(row["quotient_high"])),
        )
        counts = (
            (number(float(row[name]), ("key_sectors", key, name)),)
            for name in ("n_rules_given", "n_rules_taken")
        )
        n_sites = number(
            float(row["n_sites"]), ("key_sectors", key, "n_sites"), evidence=evidence
        )
        label = (cell(row, "key_sectors", key, "label"),)
        rows.append((label, (n_sites,), (quotient,), *counts))
    told_as = joined(
        told(one, "key_sectors", "tous", "reference") for one in references
    )
    is_drawn = sectors["synthetic_share_pct"].gt(0).any()
    warning = _ZONES.runs("sectors_drawn") if is_drawn else ()
    return table(
        _ZONES.runs("sectors_caption"),
        _ZONES.heads("sectors_heads"),
        rows,
        widths=(3.6, 1.4, 2.2, 1.0, 1.0),
        note=(*_ZONES.runs("sectors_note", reference=told_as), *warning),
    )
