"""The study file: one strict YAML per study, checked before anything runs.

An unknown key is refused with the nearest valid one. Paths are relative to the
folder of the file. Membership, perimeters, seats and weights live here or in the
tables that it names, never in code.
"""

from eitgeo.study._project import Project, open_project, read_study
from eitgeo.study._sections import (
    CommuneSource,
    Comparison,
    Credits,
    Flows,
    Identity,
    Methods,
    OutletSource,
    Reach,
    RoadProfile,
    Roads,
    Section,
    SiteSource,
    Sources,
    Study,
    Territory,
    Ward,
    Zones,
)

__all__ = [
    "CommuneSource",
    "Comparison",
    "Credits",
    "Flows",
    "Identity",
    "Methods",
    "OutletSource",
    "Project",
    "Reach",
    "RoadProfile",
    "Roads",
    "Section",
    "SiteSource",
    "Sources",
    "Study",
    "Territory",
    "Ward",
    "Zones",
    "open_project",
    "read_study",
]
