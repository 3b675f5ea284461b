"""Candidate perimeters: bodies, unions of EPCI, methods that vote, random contours."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.perimeters.basins import basin_cuts
    from eitgeo.perimeters.blocks import block_contributions
    from eitgeo.perimeters.bodies import body_perimeters
    from eitgeo.perimeters.candidate import (
        Candidate,
        Rule,
        perimeter_tables,
        read_candidates,
    )
    from eitgeo.perimeters.certificate import Certificate, certify
    from eitgeo.perimeters.communities import community_regions
    from eitgeo.perimeters.core_fringe import (
        ALL_FAMILIES,
        CORE_ABOVE,
        FULL_VOICE,
        Vote,
        core_of,
        membership_frequency,
    )
    from eitgeo.perimeters.ensemble import Chain, sample_contours
    from eitgeo.perimeters.exchanges import (
        exchange_choice,
        exchange_perimeter,
        kept_exchanges,
        with_rules,
    )
    from eitgeo.perimeters.families import FAMILIES, LEFT_OUT_BY_QUICK
    from eitgeo.perimeters.infeasible import clash_text
    from eitgeo.perimeters.likeness import commune_features
    from eitgeo.perimeters.maxp import maxp_regions
    from eitgeo.perimeters.mending import Mended, enclaves, mend
    from eitgeo.perimeters.mesh import Mesh, make_mesh
    from eitgeo.perimeters.mixing import ENOUGH, MIXED_BELOW, mixing
    from eitgeo.perimeters.optimum import Choice, Limit, Optimum, best_set
    from eitgeo.perimeters.partitions import agreement, match_labels
    from eitgeo.perimeters.reach import reach_perimeter, under_rules
    from eitgeo.perimeters.regions import ward_perimeter, ward_regions
    from eitgeo.perimeters.rules import broken_rules, cut_epci, require_sound
    from eitgeo.perimeters.skater import skater_regions
    from eitgeo.perimeters.ties import (
        SectorTies,
        Ties,
        road_ties,
        sector_jobs,
        sector_ties,
    )
    from eitgeo.perimeters.unions import connected_unions, union_perimeters, whole_epci
    from eitgeo.perimeters.user_defined import user_perimeter
    from eitgeo.perimeters.votes import (
        Field,
        ProvedContour,
        cast_votes,
    )

__all__ = [
    "ALL_FAMILIES",
    "CORE_ABOVE",
    "ENOUGH",
    "FAMILIES",
    "FULL_VOICE",
    "LEFT_OUT_BY_QUICK",
    "MIXED_BELOW",
    "Candidate",
    "Certificate",
    "Chain",
    "Choice",
    "Field",
    "Limit",
    "Mended",
    "Mesh",
    "Optimum",
    "ProvedContour",
    "Rule",
    "SectorTies",
    "Ties",
    "Vote",
    "agreement",
    "basin_cuts",
    "best_set",
    "block_contributions",
    "body_perimeters",
    "broken_rules",
    "cast_votes",
    "certify",
    "clash_text",
    "commune_features",
    "community_regions",
    "connected_unions",
    "core_of",
    "cut_epci",
    "enclaves",
    "exchange_choice",
    "exchange_perimeter",
    "kept_exchanges",
    "make_mesh",
    "match_labels",
    "maxp_regions",
    "membership_frequency",
    "mend",
    "mixing",
    "perimeter_tables",
    "reach_perimeter",
    "read_candidates",
    "require_sound",
    "road_ties",
    "sample_contours",
    "sector_jobs",
    "sector_ties",
    "skater_regions",
    "under_rules",
    "union_perimeters",
    "user_perimeter",
    "ward_perimeter",
    "ward_regions",
    "whole_epci",
    "with_rules",
]

lend(__name__)
