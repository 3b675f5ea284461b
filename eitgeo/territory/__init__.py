"""Communes, bodies and borders: who is where, who belongs to what, who touches whom."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.territory.borders import border_contiguity
    from eitgeo.territory.coverage import coverage_report, repair_coverage
    from eitgeo.territory.former import former_communes, renew_codes, with_former
    from eitgeo.territory.membership import (
        WIDER_LAYER,
        body_extents,
        members,
        members_by_body,
        n_pieces,
        require_known,
        require_known_epci,
        require_one_epci,
        study_area,
        told_away,
        within_layer,
    )
    from eitgeo.territory.passages import Passage, pass_to_vintage, recode_rows
    from eitgeo.territory.rings import within_ring
    from eitgeo.territory.whole import (
        doubtful_epci,
        epci_lists,
        epci_sizes,
        members_of_epci,
        require_lists,
    )

__all__ = [
    "WIDER_LAYER",
    "Passage",
    "body_extents",
    "border_contiguity",
    "coverage_report",
    "doubtful_epci",
    "epci_lists",
    "epci_sizes",
    "former_communes",
    "members",
    "members_by_body",
    "members_of_epci",
    "n_pieces",
    "pass_to_vintage",
    "recode_rows",
    "renew_codes",
    "repair_coverage",
    "require_known",
    "require_known_epci",
    "require_lists",
    "require_one_epci",
    "study_area",
    "told_away",
    "with_former",
    "within_layer",
    "within_ring",
]

lend(__name__)
