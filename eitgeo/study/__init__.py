"""The study file: one strict YAML per study, checked before anything runs.

An unknown key is refused with the nearest valid one. Paths are relative to the
folder of the file. Membership, perimeters, seats and weights live here or in the
tables that it names, never in code.
"""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.study._arisings import Arisings
    from eitgeo.study._base import Section
    from eitgeo.study._closures import RoadClosure
    from eitgeo.study._decision import CHOICES, Ranking, Stress
    from eitgeo.study._form import Form, Notice, require_settled
    from eitgeo.study._governance import (
        Budget,
        ContextFact,
        FieldWork,
        Governance,
        Neighbour,
        VerdictRule,
    )
    from eitgeo.study._methods import (
        ExchangeContour,
        Methods,
        Reach,
        UserPerimeter,
        Ward,
    )
    from eitgeo.study._project import (
        Project,
        open_project,
        read_study,
        require_current_folder,
    )
    from eitgeo.study._road_questions import (
        QUESTIONS,
        AnimationSeats,
        Criticality,
        Isochrones,
        SecondEngines,
    )
    from eitgeo.study._roads import (
        RoadNetwork,
        RoadProfile,
        Roads,
        VehicleChange,
    )
    from eitgeo.study._sections import (
        Comparison,
        Flows,
        Identity,
        Phase,
        Study,
        Territory,
    )
    from eitgeo.study._sectors import Sectors
    from eitgeo.study._sources import (
        BodySource,
        CommuneSource,
        Credits,
        OutletSource,
        SiteSource,
        Sources,
    )
    from eitgeo.study._survey import PRIVATE_FOLDER, Survey
    from eitgeo.study._syndicate import PublicService, Syndicate
    from eitgeo.study._votes import Affinity, Ensemble, Rules, Votes
    from eitgeo.study._zones import Minimum, OfficialZones, Zones, ZoneSweep

__all__ = [
    "CHOICES",
    "PRIVATE_FOLDER",
    "QUESTIONS",
    "Affinity",
    "AnimationSeats",
    "Arisings",
    "BodySource",
    "Budget",
    "CommuneSource",
    "Comparison",
    "ContextFact",
    "Credits",
    "Criticality",
    "Ensemble",
    "ExchangeContour",
    "FieldWork",
    "Flows",
    "Form",
    "Governance",
    "Identity",
    "Isochrones",
    "Methods",
    "Minimum",
    "Neighbour",
    "Notice",
    "OfficialZones",
    "OutletSource",
    "Phase",
    "Project",
    "PublicService",
    "Ranking",
    "Reach",
    "RoadClosure",
    "RoadNetwork",
    "RoadProfile",
    "Roads",
    "Rules",
    "SecondEngines",
    "Section",
    "Sectors",
    "SiteSource",
    "Sources",
    "Stress",
    "Study",
    "Survey",
    "Syndicate",
    "Territory",
    "UserPerimeter",
    "VehicleChange",
    "VerdictRule",
    "Votes",
    "Ward",
    "ZoneSweep",
    "Zones",
    "open_project",
    "read_study",
    "require_current_folder",
    "require_settled",
]

lend(__name__)
