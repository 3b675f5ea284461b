"""Candidate perimeters: declared bodies, unions of whole EPCI, reach, regions."""

from eitgeo.perimeters.blocks import block_contributions
from eitgeo.perimeters.bodies import body_perimeters
from eitgeo.perimeters.candidate import Candidate, perimeter_tables, read_candidates
from eitgeo.perimeters.certificate import Certificate, certify
from eitgeo.perimeters.optimum import Choice, Limit, Optimum, best_set
from eitgeo.perimeters.reach import reach_perimeter
from eitgeo.perimeters.regions import ward_perimeter
from eitgeo.perimeters.unions import connected_unions, union_perimeters, whole_epci

__all__ = [
    "Candidate",
    "Certificate",
    "Choice",
    "Limit",
    "Optimum",
    "best_set",
    "block_contributions",
    "body_perimeters",
    "certify",
    "connected_unions",
    "perimeter_tables",
    "reach_perimeter",
    "read_candidates",
    "union_perimeters",
    "ward_perimeter",
    "whole_epci",
]
