"""The chapter on zones of activity and key sectors."""

from __future__ import annotations

from eitgeo.dossier.chapters.belief import belief_section
from eitgeo.dossier.chapters.counts import counted_section
from eitgeo.dossier.desk import Desk, joined, number, told
from eitgeo.dossier.model import Block, Chapter, Runs, Section
from eitgeo.dossier.prose import read_prose
from eitgeo.dossier.views import lines, table, wide_map
from eitgeo.maps.words.counts import counted_as, zones_in_order

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
