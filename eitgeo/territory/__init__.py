"""Communes, bodies and borders: who is where, who belongs to what, who touches whom."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.territory.borders import border_contiguity
    from eitgeo.territory.coverage import coverage_report, repair_coverage
    from eitgeo.territory.former import former_communes, renew_codes, with_former
    from eitgeo.territory.membership import (
        body_extents,
        members,
        members_by_body,
        n_pieces,
        require_known,
        require_known_epci,
        require_one_epci,
        study_area,
        within_layer,
    )
    from eitgeo.territory.passages import Passage, pass_to_vintage, recode_rows
    from eitgeo.territory.rings import within_ring

__all__ = [
    "Passage",
    "body_extents",
    "border_contiguity",
    "coverage_report",
    "former_communes",
    "members",
    "members_by_body",
    "n_pieces",
    "pass_to_vintage",
    "recode_rows",
    "renew_codes",
    "repair_coverage",
    "require_known",
    "require_known_epci",
    "require_one_epci",
    "study_area",
    "with_former",
    "within_layer",
    "within_ring",
]

lend(__name__)
